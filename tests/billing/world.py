"""A small vendor with one customer, one ticket and a price list, on any database."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import Flask

from helpdesk.accounts.models import Agent
from helpdesk.billing import ledger, offers, work
from helpdesk.billing.models import Offer, Price, StandingAuthorisation, WorkEntry
from helpdesk.billing.price_list import DEFAULTS
from helpdesk.billing.pricing import with_vat
from helpdesk.core.actors import SYSTEM, Actor
from helpdesk.core.money import Money, chf
from helpdesk.customers.models import Contact, Customer
from helpdesk.db import db, insert_row, transaction
from helpdesk.db.transactions import prepare_engine
from helpdesk.mail.models import Mailbox
from helpdesk.tickets.models import Ticket

NOW = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
TODAY = date(2026, 11, 25)
SURCHARGE = chf(200)
A_CASE = chf(500)


@dataclass
class World:
    """Ids of what every story needs, and shorthands to tell it."""

    customer: int
    contact: int
    agent: int
    ticket: int
    credit: int
    cash: int
    revenue: int

    @property
    def clerk(self) -> Actor:
        return Actor("agent", self.agent, "Keller")

    def top_up(self, amount: Money, key: str = "top_up:1") -> str:
        return ledger.transfer(
            key, debit=self.cash, credit=self.credit, amount=amount, cause="top_up", by=SYSTEM, now=NOW
        )

    def hold(self, key: str, amount: Money, **more: object) -> str:
        wanted: dict[str, Any] = {"cause": "appointment", "by": SYSTEM, "now": NOW} | more
        return ledger.reserve(key, debit=self.credit, credit=self.revenue, amount=amount, **wanted)

    def charge(self, key: str, amount: Money, **more: object) -> str:
        wanted: dict[str, Any] = {"cause": "licence", "by": SYSTEM, "now": NOW} | more
        return ledger.transfer(key, debit=self.credit, credit=self.revenue, amount=amount, **wanted)

    def available(self) -> Money:
        return ledger.balance(self.credit).available

    def offer(self, kind: str = "surcharge", net: Money = SURCHARGE, **more: object) -> Offer:
        wanted: dict[str, Any] = {
            "kind": kind,
            "ticket_id": self.ticket,
            "customer_id": self.customer,
            "to_contact_id": self.contact,
            "price": with_vat(net, 810),
            "vat_bp": 810,
            "language": "de",
            "subject": "Dringende Bearbeitung",
            "text": "Sofort für CHF 200.00 zusätzlich zum Preis der Arbeit.",
            "text_version": "1",
            "valid_until": NOW + timedelta(days=2),
        } | more
        return offers.create_offer(offers.Draft(**wanted), by=SYSTEM, now=NOW)

    def say(self, offer: Offer, accepted: bool = True, now: datetime = NOW) -> offers.Recorded:
        page = offers.Evidence("page", contact_id=self.contact, name="Anna Muster", ip="192.0.2.7")
        return offers.record_answer(offer.id, accepted, page, now=now)

    def standing(self, amount: Money = A_CASE, a_month: Money | None = None) -> int:
        return insert_row(
            StandingAuthorisation,
            customer_id=self.customer,
            amount_minor=amount.minor,
            month_minor=a_month.minor if a_month else None,
            currency=amount.currency,
            valid_from=date(2026, 1, 1),
            valid_until=None,
            reference="Vertrag 2026-17, Ziffer 4",
            granted_by="Anna Muster",
            created_at=NOW,
        )

    def work(self, minutes: int, key: str = "1", **more: object) -> work.Work:
        wanted: dict[str, Any] = {
            "key": key,
            "ticket_id": self.ticket,
            "customer_id": self.customer,
            "label": "support",
            "subscriber": True,
            "minutes": minutes,
            "activity": "support",
            "at": NOW,
            "local_day": TODAY,
        } | more
        return work.Work(**wanted)

    def log(self, minutes: int, key: str = "1", **more: object) -> WorkEntry:
        return work.record_work(self.work(minutes, key, **more), agent_id=self.agent, by=self.clerk)

    def another_ticket(self) -> int:
        return _ticket(self.customer, self.contact)


def make_app(url: str) -> Flask:
    """The database and nothing else of the application."""
    app = Flask("books")
    options = {"pool_size": 1} if url.startswith("postgresql") else {}
    app.config.update(SQLALCHEMY_DATABASE_URI=url, SQLALCHEMY_ENGINE_OPTIONS=options)
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
    return app


@contextmanager
def opened(url: str) -> Iterator[World]:
    """A world in the migrated, empty database at `url`, inside an app context."""
    with make_app(url).app_context():
        with transaction():
            world = build()
        yield world
        db.session.remove()
        db.engine.dispose()


def build() -> World:
    customer = insert_row(Customer, number="10017", name="Muster SA", language="de", created_at=NOW)
    contact = insert_row(
        Contact,
        customer_id=customer,
        email="anna@muster.example",
        language="de",
        may_order=True,
        order_limit_minor=50000,
        created_at=NOW,
    )
    agent = insert_row(
        Agent, email="keller@helpdesk.example", name="Keller", password_hash="x", created_at=NOW
    )
    for line in DEFAULTS:
        insert_row(
            Price,
            code=line.code,
            amount_minor=line.price.amount.minor,
            currency=line.price.amount.currency,
            unit_minutes=line.price.unit_minutes,
            minimum_minutes=line.price.minimum_minutes,
            vat_bp=line.price.vat_bp,
            valid_from=line.valid_from,
        )
    return World(
        customer,
        contact,
        agent,
        _ticket(customer, contact),
        ledger.open_account("credit", "CHF", customer_id=customer, now=NOW),
        ledger.open_account("cash", "CHF", now=NOW),
        ledger.open_account("revenue_other", "CHF", now=NOW),
    )


def _ticket(customer: int, contact: int) -> int:
    mailbox = db.session.query(Mailbox.id).scalar() or insert_row(
        Mailbox, address="support@helpdesk.example", name="Support", language="de"
    )
    return insert_row(
        Ticket,
        subject="Lohnlauf",
        mailbox_id=mailbox,
        customer_id=customer,
        contact_id=contact,
        language="de",
        created_at=NOW,
        updated_at=NOW,
    )
