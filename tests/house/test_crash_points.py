"""Crash points end a process only when they are asked to, and at the step that was asked for."""

import os
import signal
import subprocess
import sys

import pytest

PASSES_THREE = (
    "from helpdesk.core.crash_points import crash_point as c; c('one'); c('two'); c('three'); print('alive')"
)


@pytest.mark.parametrize("at", ["", "0", "4"])
def test_a_process_lives_on_when_the_number_is_not_reached(at: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PASSES_THREE], env={**os.environ, "HELPDESK_CRASH_AT": at}, capture_output=True
    )
    assert done.stdout == b"alive\n"


def test_a_process_dies_at_the_step() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PASSES_THREE],
        env={**os.environ, "HELPDESK_CRASH_AT": "2"},
        capture_output=True,
    )
    assert done.returncode == -signal.SIGKILL
    assert (done.stdout, done.stderr) == (b"", b"crash point: two\n")
