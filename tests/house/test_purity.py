"""Where decisions are made nothing else happens: no database, network, disk or clock (rule 2)."""

from pathlib import Path

import pytest

from tests.house.code import ROOT, belongs, calls, files, imports, name_of, tree

FEATURES = (
    "mail", "accounts", "customers", "contracts", "tickets", "triage", "billing",
    "sla", "booking", "licences", "monitoring", "knowledge",
)  # fmt: skip

# In a feature only these kinds of file may touch the database; `queue_queries.py` is one too.
KEEPERS = ("models.py", "queries.py")

DATABASE = ("sqlalchemy", "flask_sqlalchemy", "helpdesk.db", "psycopg", "sqlite3")
OUTSIDE = (
    "socket", "ssl", "http", "urllib.request", "requests", "imaplib", "imaplib2", "smtplib", "aiosmtpd", "redis",
    "rq", "subprocess", "multiprocessing", "threading", "asyncio", "os", "pathlib", "shutil", "tempfile", "io.open",
)  # fmt: skip
CLOCK_MODULES = ("helpdesk.core.clock", "time")
CLOCK_CALLS = (
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "time.time",
    "time.monotonic",
)
DISK_CALLS = ("open", "Path.open")

# Verbs on own rows that grew out of models.py.
ROW_VERBS = {
    "helpdesk/billing/ledger.py": "the only way to move money: accounts and transfers",
    "helpdesk/billing/offers.py": "offers, their answers and their holds",
    "helpdesk/billing/work.py": "work entries",
    "helpdesk/billing/invoices.py": "invoices, their numbers and what was paid on them",
    "helpdesk/billing/lots.py": "the terms and the expiry of lots of credit",
    "helpdesk/billing/ledger_check.py": "proves the sums of the books",
    "helpdesk/billing/quotes.py": "quotes, their versions and lines",
    "helpdesk/billing/quote_rest.py": "the rest of a fixed price",
    "helpdesk/billing/quote_hold.py": "what an accepted quote holds on credit",
    "helpdesk/billing/corrections.py": "bonus, later expiry and reversal by hand",
    "helpdesk/billing/refunds.py": "bought credit that is paid back",
    "helpdesk/billing/objections.py": "objections to acceptances",
    "helpdesk/billing/evidence_check.py": "proves the seals on the answers",
    "helpdesk/billing/constraints.py": "installs the triggers after their tables",
    "helpdesk/booking/appointments.py": "the only way to take a specialist's time",
    "helpdesk/booking/constraints.py": "installs the rule against overlaps after its table",
}

ADAPTERS = {
    "helpdesk/mail/imap.py": "a mailbox on a server",
    "helpdesk/mail/imap_connection.py": "a mailbox on a server",
    "helpdesk/mail/smtp.py": "a mail server that takes our mail",
    "helpdesk/mail/listener.py": "mail servers that bring us mail",
    "helpdesk/mail/smtp_session.py": "mail servers that bring us mail",
    "helpdesk/mail/maildir.py": "mail in a folder",
    "helpdesk/mail/eml_folder.py": "outgoing mail as files, while there is no mail server",
    "helpdesk/mail/oauth.py": "servers that give access tokens",
    "helpdesk/mail/contain.py": "parses in a child process, with limits",
    "helpdesk/mail/render.py": "reads the templates of outgoing mail",
    "helpdesk/tickets/storage.py": "attachments on the disk",
    "helpdesk/tickets/s3_storage.py": "attachments in a bucket",
}

CORE = {
    "helpdesk/core/clock.py": "the one place that reads the clock",
    "helpdesk/core/tokens.py": "random bytes",
}

ALLOWED = ROW_VERBS | ADAPTERS | CORE


def _keeps_rows(path: Path) -> bool:
    return path.name.rpartition("_")[2] in KEEPERS


def _pure_files() -> list[Path]:
    rooms = [path for feature in FEATURES for path in files(f"helpdesk/{feature}") if not _keeps_rows(path)]
    return files("helpdesk/core") + rooms


def _touches(path: Path) -> list[str]:
    """What a file does besides thinking."""
    name, parsed = name_of(path), tree(path)
    forbidden = OUTSIDE + CLOCK_MODULES + (() if name in ROW_VERBS else DATABASE)
    touched = [imported for imported in imports(parsed) if belongs(imported, forbidden)]
    for called, line in calls(parsed):
        if called in DISK_CALLS or any(called == c or called.endswith(f".{c}") for c in CLOCK_CALLS):
            touched.append(f"{called}() in line {line}")
    return touched


@pytest.mark.parametrize("path", _pure_files(), ids=name_of)
def test_a_file_that_decides_touches_nothing(path: Path) -> None:
    if name_of(path) not in ADAPTERS | CORE:
        assert _touches(path) == []


def test_models_and_queries_read_no_clock_and_no_disk() -> None:
    for path in (p for feature in FEATURES for p in files(f"helpdesk/{feature}") if _keeps_rows(p)):
        touched = [t for t in _touches(path) if not belongs(t, DATABASE)]
        assert touched == [], name_of(path)


def test_actions_and_reports_are_given_the_time() -> None:
    for path in files("helpdesk/actions", "helpdesk/reports"):
        used = [name for name in imports(tree(path)) if belongs(name, CLOCK_MODULES)]
        used += [called for called, _line in calls(tree(path)) if called in CLOCK_CALLS]
        assert used == [], name_of(path)


def test_only_the_clock_reads_the_clock() -> None:
    readers = {
        name_of(path)
        for path in files("helpdesk")
        for called, _line in calls(tree(path))
        if called in ("datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time")
    }
    assert readers == {"helpdesk/core/clock.py"}


def test_every_exception_is_still_a_file() -> None:
    assert [name for name in ALLOWED if not (ROOT / name).exists()] == []
