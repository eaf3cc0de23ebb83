"""Rows that stories begin with, each made with one call; what a test does not say has a usual value."""

from datetime import date
from itertools import count

from helpdesk.accounts.models import Agent
from helpdesk.billing import ledger
from helpdesk.billing.models import Price
from helpdesk.billing.price_list import DEFAULTS
from helpdesk.contracts.models import Subscription
from helpdesk.core import clock
from helpdesk.core.actors import SYSTEM
from helpdesk.core.money import Money
from helpdesk.customers.models import Contact, Customer
from helpdesk.db import db, transaction
from helpdesk.mail.models import Mailbox

_numbers = count(1)


def a_mailbox(address: str = "support@helpdesk.example", language: str = "de") -> Mailbox:
    """An address that we answer for."""
    with transaction():
        mailbox = Mailbox(address=address, name="Support", language=language, active=True)
        db.session.add(mailbox)
    return mailbox


def an_agent(
    name: str = "Anna Agent", *, role: str = "agent", language: str = "en", password_hash: str = "unusable"
) -> Agent:
    """A person who works here; `password_hash` is needed only to sign in."""
    with transaction():
        agent = Agent(
            email=f"{name.split()[0].lower()}@helpdesk.example",
            name=name,
            password_hash=password_hash,
            role=role,
            language=language,
            created_at=clock.now(),
        )
        db.session.add(agent)
    return agent


def a_customer(
    name: str,
    *,
    language: str = "de",
    country: str = "CH",
    subscription: str | None = "cloud",
    plan: str = "business",
    deployment: str | None = None,
    credit: Money | None = None,
) -> Customer:
    """An organisation with a subscription in force (None: without) and support credit, if any."""
    now = clock.now()
    with transaction():
        customer = Customer(
            number=f"K{next(_numbers):05d}", name=name, language=language, country=country, created_at=now
        )
        db.session.add(customer)
        db.session.flush()
        if subscription:
            db.session.add(
                Subscription(
                    customer_id=customer.id,
                    kind=subscription,
                    plan=plan,
                    deployment=deployment or ("cloud" if subscription == "cloud" else "on_premise"),
                    valid_from=date(2026, 1, 1),
                    valid_until=None,
                )
            )
    if credit is not None:
        give_credit(customer, credit)
    return customer


def a_contact(
    customer: Customer | None,
    email: str,
    *,
    name: str = "",
    language: str | None = None,
    limit: Money | None = None,
) -> Contact:
    """A person who writes to us; with a `limit` they may order up to that amount."""
    with transaction():
        contact = Contact(
            customer_id=customer.id if customer else None,
            email=email,
            name=name,
            language=language or (customer.language if customer else "de"),
            may_order=limit is not None,
            order_limit_minor=limit.minor if limit else 0,
            created_at=clock.now(),
        )
        db.session.add(contact)
    return contact


def give_credit(customer: Customer, amount: Money) -> None:
    """Books a payment for support credit."""
    now = clock.now()
    with transaction():
        ledger.transfer(
            f"top_up:test-{next(_numbers)}",
            debit=ledger.open_account("cash", amount.currency, now=now),
            credit=ledger.open_account("credit", amount.currency, customer_id=customer.id, now=now),
            amount=amount,
            cause="top_up",
            by=SYSTEM,
            now=now,
        )


def a_price_list() -> None:
    """The default prices."""
    with transaction():
        for line in DEFAULTS:
            db.session.add(
                Price(
                    code=line.code,
                    currency=line.price.amount.currency,
                    amount_minor=line.price.amount.minor,
                    unit_minutes=line.price.unit_minutes,
                    minimum_minutes=line.price.minimum_minutes,
                    vat_bp=line.price.vat_bp,
                    valid_from=line.valid_from,
                )
            )
