"""A process that has everything loaded and forks a child for each job: a hundred lives in a minute.

python -m tests.faults.nursery      jobs as JSON lines on standard input, exit codes on standard output
"""

import json
import os
import subprocess
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


class Nursery:
    """The parent's side."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.nursery"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, job: dict[str, Any]) -> int:
        """Lets a child do the job; returns its exit code, -9 where it was killed."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def warm_up(self, job: dict[str, Any]) -> None:
        """Does a job in the parent: what it loads and compiles, no child has to."""
        assert self.run({**job, "fork": False}) == 0

    def close(self) -> None:
        """Ends the process."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(20)
        self._process.stdout.close()


def main() -> None:
    """The nursery itself."""
    from tests.faults import books, office

    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # standard output is for exit codes; logs go where errors go
    for line in sys.stdin:
        job = json.loads(line)
        work = books.work if "deed" in job else office.work
        code = _work_in_a_child(work, job) if job.get("fork", True) else _work(work, job)
        print(code, file=answers, flush=True)


def _work_in_a_child(work: Callable[[dict[str, Any]], None], job: dict[str, Any]) -> int:
    child = os.fork()
    if child == 0:
        os._exit(_work(work, job))
    _pid, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def _work(work: Callable[[dict[str, Any]], None], job: dict[str, Any]) -> int:
    try:
        work(job)
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


if __name__ == "__main__":
    main()
