"""Logs: one line an event, followed by the mail's id; no stranger's text begins a line of its own."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from helpdesk.core import logs

OURS = "helpdesk.tests"


@pytest.fixture(autouse=True)
def back_to_defaults() -> Iterator[None]:
    """What configure() changes is changed back."""
    root, ours = logging.getLogger(), logging.getLogger("helpdesk")
    before = (list(root.handlers), root.level, ours.level)
    yield
    structlog.reset_defaults()
    root.handlers[:], level, our_level = before
    root.setLevel(level)
    ours.setLevel(our_level)


def said(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The lines on standard error."""
    return capsys.readouterr().err.splitlines()


def test_one_mail_is_followed_by_its_id(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("text", process="worker")
    with structlog.contextvars.bound_contextvars(mail=17):
        structlog.get_logger(OURS).info("mail_handled", state="done")
    [line] = said(capsys)
    assert line.split(" ", 1)[1] == "info worker mail_handled state=done mail=17"


def test_a_subject_with_line_breaks_stays_on_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("text")
    structlog.get_logger(OURS).info("mail_stored", subject="x\n2026-01-01 error forged\x1b[2J\u2028more")
    [line] = said(capsys)
    assert "\\n2026-01-01 error forged" in line
    assert "\x1b" not in line
    assert "\u2028" not in line


def test_machines_get_json(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("json", process="fetch")
    structlog.get_logger(OURS).warning("trouble", box="Übergabe")
    event = json.loads(said(capsys)[0])
    assert event.pop("timestamp").endswith("Z")
    assert event == {"event": "trouble", "level": "warning", "process": "fetch", "box": "Übergabe"}


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_a_traceback_comes_with_its_event(capsys: pytest.CaptureFixture[str], log_format: str) -> None:
    logs.configure(log_format)
    try:
        raise ValueError("broken")
    except ValueError:
        structlog.get_logger(OURS).exception("mail_failed")
    lines = said(capsys)
    assert "mail_failed" in lines[0]
    assert "ValueError: broken" in "\n".join(lines)
    assert len(lines) == 1 or log_format == "text"


def test_libraries_are_heard_when_something_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("text")
    logging.getLogger("some.library").info("chatter")
    logging.getLogger("some.library").warning("careful: %s", "hot")
    [line] = said(capsys)
    assert line.endswith('warning "careful: hot"')


def test_quiet_commands_say_warnings_only(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("text", level="WARNING")
    structlog.get_logger(OURS).info("detail")
    assert said(capsys) == []


def test_configuring_again_does_not_say_everything_twice(capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        logs.configure("text")
    structlog.get_logger(OURS).info("once")
    assert len(said(capsys)) == 1
