"""Who writes, what covers them, and which versions judge and promise: one statement a mail."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from helpdesk.actions.context import settings
from helpdesk.actions.live_promises import book_of
from helpdesk.actions.live_rules import rules_judging
from helpdesk.contracts.entitlements import Coverage
from helpdesk.contracts.queries import COVERED_BY, best, covers
from helpdesk.customers.models import Contact, ensure_contact
from helpdesk.db import db
from helpdesk.sla.book import Book
from helpdesk.sla.queries import NEWEST_FINGERPRINT
from helpdesk.triage.rule_queries import LIVE_FINGERPRINT
from helpdesk.triage.rules import RuleSet


@dataclass(frozen=True, slots=True)
class Sender:
    """The contact, their customer's coverage today, and the fingerprints of what holds (None: as set up)."""

    contact: Contact
    coverage: Coverage
    _book: str | None
    _rules: str | None

    @property
    def known(self) -> bool:
        """Whether we know whose contact this is."""
        return self.contact.customer_id is not None

    @property
    def book(self) -> Book:
        """The book of promises that held when the sender was read."""
        return book_of(self._book)

    @property
    def rules(self) -> RuleSet:
        """The rules that judged when the sender was read."""
        return rules_judging(self._rules)


def known_sender(address: str, name: str, language: str, now: datetime) -> Sender:
    """The sender with this address; an unknown one becomes a contact without a customer.

    Call inside transaction(). What is compiled once a process is proven fresh by what this reads.
    """
    asked = {"address": address, "day": now.astimezone(settings().zone).date()}
    rows = db.session.execute(_SENDER, asked).all()
    if not rows:
        ensure_contact(address, name, language, now)
        rows = db.session.execute(_SENDER, asked).all()
    first = rows[0]
    return Sender(first.Contact, best([row for row in rows if row.plan is not None]), first.book, first.rules)


# Built once. A contact has a row for each subscription in force, mostly one; without any, one of NULLs.
_SENDER = (
    select(Contact, *COVERED_BY, NEWEST_FINGERPRINT.label("book"), LIVE_FINGERPRINT.label("rules"))
    .outerjoin(*covers(Contact.customer_id))
    .where(Contact.email == bindparam("address"))
)
