"""Structured logs: one line an event on standard error, as text for people or JSON for machines.

What is bound with `structlog.contextvars` (`mail=17`) stands on every line until it is unbound: one mail is
followed by its id through all processes.
"""

import json
import logging
import re
import sys
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor

# What is written as it is; anything else is quoted, so that no stranger's text begins a line of its own.
_PLAIN = re.compile(r"[\w.,:;/@+<>()\[\]{}*%#=!?~^|&$-]+", re.ASCII)


def configure(log_format: str, *, process: str = "", level: str = "INFO") -> None:
    """Sends our events and those of libraries to standard error; `log_format` is `text` or `json`.

    `process` names who speaks (`web`, `worker`) on each line. The last call counts.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    if process:
        shared.append(_naming(process))
    speak: Processor = structlog.processors.JSONRenderer(default=str)
    handler = _StandardError()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                speak if log_format == "json" else as_text,
            ],
        )
    )
    root = logging.getLogger()
    for old in [each for each in root.handlers if isinstance(each, _StandardError)]:
        root.removeHandler(old)
    root.addHandler(handler)
    # Libraries speak up when something is wrong; what they do otherwise is in our own events.
    root.setLevel(logging.WARNING)
    logging.getLogger("helpdesk").setLevel(level)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
    )


def as_text(_logger: Any, _method: str, event: EventDict) -> str:
    """`2026-11-25T08:00:00Z info worker mail_handled mail=17 state=done`, then the traceback if any."""
    trace = event.pop("exception", None)
    # Seconds are enough for people; JSON keeps the microseconds.
    moment = re.sub(r"\.\d+", "", str(event.pop("timestamp", "")))
    first = [moment, event.pop("level", ""), event.pop("process", ""), _quoted(event.pop("event", ""))]
    pairs = [f"{name}={_quoted(value)}" for name, value in event.items()]
    line = " ".join([part for part in first if part] + pairs)
    return f"{line}\n{trace}" if trace else line


def _quoted(value: object) -> str:
    text = str(value)
    if _PLAIN.fullmatch(text):
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    # JSON leaves what some terminals and editors take for commands and line ends.
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in quoted)


def _naming(process: str) -> Processor:
    def name(_logger: Any, _method: str, event: EventDict) -> EventDict:
        event.setdefault("process", process)
        return event

    return name


class _StandardError(logging.StreamHandler[TextIO]):
    """Writes to whatever standard error is at that moment: tests and daemons replace it."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:  # type: ignore[override]
        return sys.stderr
