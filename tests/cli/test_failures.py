"""A command that fails says one sentence and ends with a code that scripts can read."""

import click
import pytest
from click.testing import CliRunner, Result

from helpdesk.cli.lazy import Later
from helpdesk.cli.root import Root
from helpdesk.core.errors import Conflict


def failing(error: BaseException) -> Root:
    """A command line with one command that fails."""

    @click.command()
    def fail() -> None:
        """Fail."""
        raise error

    root = Root(name="helpdesk", later={"fail": Later("", "Fail.")})
    root.add_command(fail)
    return root


def run(error: BaseException) -> Result:
    """How it ends."""
    return CliRunner().invoke(failing(error), ["fail"])


def test_what_we_know_is_said_as_it_is() -> None:
    result = run(Conflict("There are %(n)s of them\nalready.", n=2))
    assert (result.exit_code, result.output) == (1, "helpdesk: There are 2 of them already.\n")


def test_what_nobody_expected_is_one_line_too() -> None:
    result = run(ZeroDivisionError("division by zero"))
    assert result.exit_code == 70
    assert result.output.count("\n") == 1
    assert "Unexpected ZeroDivisionError: division by zero" in result.output


def test_whoever_debugs_gets_the_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELPDESK_DEBUG", "1")
    assert isinstance(run(ZeroDivisionError()).exception, ZeroDivisionError)


def test_control_c_ends_quietly() -> None:
    result = run(KeyboardInterrupt())
    assert (result.exit_code, result.output.strip()) == (130, "")


def test_a_mistyped_command_is_a_matter_of_typing() -> None:
    result = CliRunner().invoke(failing(KeyError()), ["fale"])
    assert result.exit_code == 2
    assert "No such command" in result.output
