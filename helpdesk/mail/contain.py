"""Read suspicious messages in a child process with limits of memory, CPU and time [adapter].

A new interpreter and not a fork: the caller may have threads, database connections and sockets open.
"""

import resource
import subprocess
import sys

from helpdesk.mail import limits
from helpdesk.mail.parse import parse, parse_header_only
from helpdesk.mail.parsed import ParsedMail
from helpdesk.mail.wire import dump, load

#: Bytes of address space, seconds of CPU, seconds of wall time for the child.
MEMORY = 512 * 1024 * 1024
CPU_SECONDS = 10
WALL_SECONDS = 20

_COMMAND = [sys.executable, "-m", "helpdesk.mail.contain"]


def parse_contained(raw: bytes) -> ParsedMail:
    """Like `parse`, but a suspicious message is read in a child; if that dies, only its header is read here.

    Never raises. An ordinary message is parsed at once in this process.
    """
    reason = limits.suspicious(raw)
    if reason is None:
        return parse(raw)
    hopeless = limits.hopeless(raw)
    if hopeless is not None:
        return parse_header_only(raw, hopeless)
    return _in_child(raw, reason)


def _in_child(raw: bytes, reason: str) -> ParsedMail:
    try:
        child = subprocess.run(  # noqa: S603 - our own interpreter and module, no input in the command
            _COMMAND,
            input=raw,
            capture_output=True,
            timeout=WALL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return parse_header_only(raw, f"{reason}: not read within {WALL_SECONDS} s")
    except (OSError, ValueError):
        return parse_header_only(raw, f"{reason}: no process to read it in")
    try:
        return load(child.stdout)
    except (ValueError, KeyError, TypeError):
        return parse_header_only(raw, f"{reason}: beyond the limits of memory or time")


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    """The child: raw message on standard input, JSON of the result on standard output."""
    _limit()
    sys.stdout.buffer.write(dump(parse(sys.stdin.buffer.read())))


if __name__ == "__main__":
    main()
