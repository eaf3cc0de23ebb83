"""What every action may ask for: settings, signer, file store, first promises. Set once at the start."""

from collections.abc import Callable
from dataclasses import dataclass

from helpdesk.core.errors import SettingsError
from helpdesk.core.tokens import Signer
from helpdesk.core.vault import Vault
from helpdesk.settings import Settings
from helpdesk.sla.book import Book
from helpdesk.tickets.storage import Files
from helpdesk.triage.rules import RuleSet


@dataclass(frozen=True, slots=True)
class Context:
    """The parts that an action needs besides the database."""

    settings: Settings
    signer: Signer
    vault: Vault
    files: Files
    book: Book
    rules: RuleSet
    #: Starts one; what it returns says how many milliseconds ago that was.
    stopwatch: Callable[[], Callable[[], float]]


_context: Context | None = None


def use(context: Context) -> None:
    """Called by the application factory; the last call counts (tests build several applications)."""
    global _context
    _context = context


def context() -> Context:
    """The parts; raises SettingsError before the application was built."""
    if _context is None:
        raise SettingsError("The application has not been set up yet.")
    return _context


def settings() -> Settings:
    """The settings that the application was built with."""
    return context().settings
