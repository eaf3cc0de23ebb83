"""What a command that failed says: one sentence on standard error and an exit code, never a traceback."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from helpdesk.core.errors import HelpdeskError

FAILED = 1
UNEXPECTED = 70  # EX_SOFTWARE in sysexits.h
TRY_AGAIN = 75  # EX_TEMPFAIL: a mail server keeps the message and comes back
INTERRUPTED = 130  # what shells report for Ctrl-C


class Told(click.ClickException):
    """A failure in one sentence."""

    def __init__(self, sentence: str, exit_code: int = FAILED) -> None:
        super().__init__(sentence)
        self.exit_code = exit_code  # type: ignore[misc]  # click reads it from the instance

    def show(self, file: object = None) -> None:
        """One line, whatever the sentence contains."""
        say(self.message)


def say(sentence: str) -> None:
    """Prints `helpdesk: sentence` on standard error."""
    click.echo(f"helpdesk: {' '.join(sentence.split())}", err=True)


@contextmanager
def told() -> Iterator[None]:
    """Turns whatever goes wrong inside into one sentence and an exit code.

    HELPDESK_DEBUG=1 lets what nobody expected through, with its traceback.
    """
    try:
        yield
    except (click.ClickException, click.exceptions.Exit, click.Abort):
        raise
    except HelpdeskError as error:
        raise Told(str(error)) from error
    except KeyboardInterrupt:
        raise click.exceptions.Exit(INTERRUPTED) from None
    except BrokenPipeError:
        raise  # click ends quietly: whoever read our output has seen enough
    except Exception as error:
        if os.environ.get("HELPDESK_DEBUG") == "1":
            raise
        raise _unexpected(error) from error


def _unexpected(error: Exception) -> Told:
    if _database_is_away(error):
        return Told("The database does not answer. Is it running?")
    sentence = f"{type(error).__name__}: {error}"[:500]
    return Told(f"Unexpected {sentence} (HELPDESK_DEBUG=1 shows where)", UNEXPECTED)


def _database_is_away(error: Exception) -> bool:
    # Asked for by name in what is loaded already: most commands that fail never saw the database.
    loaded = sys.modules.get("sqlalchemy.exc")
    return loaded is not None and isinstance(error, loaded.OperationalError)
