"""`desk`: an office on a stage. Stories send it mail, let it work, and look at what it says and books."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from types import TracebackType
from typing import Any, Self

from flask import Flask
from sqlalchemy import select

from helpdesk.accounts.models import Agent
from helpdesk.actions.deliver_mail import deliver_due
from helpdesk.actions.handle_mail import handle_due
from helpdesk.actions.receive_mail import receive
from helpdesk.billing.queries import credit_of
from helpdesk.core import clock
from helpdesk.core.actors import Actor
from helpdesk.core.money import Money, chf
from helpdesk.customers.models import Customer
from helpdesk.db import db
from helpdesk.mail.models import OutgoingMail, RawMail
from helpdesk.mail.outcome import Outcome
from helpdesk.tickets.models import Event, Ticket, TicketMessage
from tests.support.builders import a_contact, a_customer, a_mailbox, a_price_list, an_agent
from tests.support.clock import StandingClock
from tests.support.letters import letter, passed

SUPPORT = "support@helpdesk.example"


@dataclass
class Postman:
    """Carries mail nowhere and keeps what it was given; `says` is what a mail server would answer."""

    sent: list[tuple[str, bytes]]
    says: Outcome

    def send(self, mail: OutgoingMail, message: bytes) -> Outcome:
        """As a Sender does."""
        if self.says.state == "accepted":
            self.sent.append((mail.to_address, message))
        return self.says


class Desk:
    """An office with three agents, three customers and one mailbox, on a Wednesday at ten.

    muster: French, cloud, CHF 500.00 credit; compta@muster.example may order up to CHF 1,000.
    beispiel: German, cloud, no credit; info@beispiel.example may not order.
    exempel: Swedish, on-premise, CHF 100.00 credit; ekonomi@exempel.example may order up to CHF 1,000.
    """

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.postman = Postman([], Outcome("accepted"))
        self._deliveries = count(1)

    def __enter__(self) -> Self:
        self.clock = StandingClock()
        a_price_list()
        self.mailbox = a_mailbox(SUPPORT)
        self.anna = an_agent("Anna Agent")
        self.lea = an_agent("Lea Lead", role="lead", language="de")
        self.adam = an_agent("Adam Admin", role="admin", language="fr")
        self.muster = a_customer("Muster SA", language="fr", credit=chf(500))
        self.beispiel = a_customer("Beispiel AG", language="de")
        self.exempel = a_customer(
            "Exempel AB", language="sv", country="SE", subscription="update", credit=chf(100)
        )
        a_contact(self.muster, "compta@muster.example", name="Carla Compta", limit=chf(1000))
        a_contact(self.beispiel, "info@beispiel.example", name="Ina Info")
        a_contact(self.exempel, "ekonomi@exempel.example", name="Erik Ekonomi", limit=chf(1000))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.clock.stop()

    # What comes in

    def mail_in(
        self,
        mail: bytes | str,
        *,
        envelope_from: str = "",
        envelope_to: Sequence[str] = (SUPPORT,),
        through_border: bool = True,
        source_key: str | None = None,
        work: bool = True,
        **letter_parts: Any,
    ) -> int | None:
        """Delivers a message (bytes, or a text with the parts of `letter`) and handles it.

        Returns the raw mail's id, None for a delivery that was stored before.
        """
        raw = mail if isinstance(mail, bytes) else letter(mail, **letter_parts)
        stored = receive(
            raw,
            source="test",
            source_key=source_key or f"delivery-{next(self._deliveries)}",
            envelope_from=envelope_from,
            envelope_to=list(envelope_to),
            through_border=through_border,
            now=clock.now(),
        )
        if work:
            self.work()
        return stored

    def reply(self, mail: OutgoingMail, text: str, **parts: Any) -> int | None:
        """Answers one of our mails as a mail program does; see `answer` for the parts."""
        raw = self.answer(mail, text, **parts)
        return self.mail_in(raw, envelope_from=mail.to_address, envelope_to=[mail.reply_to])

    def answer(
        self,
        mail: OutgoingMail,
        text: str,
        *,
        authenticated: bool = True,
        sender: str | None = None,
        **parts: Any,
    ) -> bytes:
        """The answer to one of our mails, from the address it went to (or another `sender`), not sent yet.

        With `authenticated` our border server says that the sender is genuine.
        """
        sender = sender or f"{mail.to_name} <{mail.to_address}>"
        headers = {
            "In-Reply-To": f"<{mail.message_id}>",
            "References": " ".join(f"<{each}>" for each in [*mail.references, mail.message_id]),
            **(passed(sender) if authenticated else {}),
            **parts.pop("headers", {}),
        }
        subject = parts.pop("subject", f"Re: {mail.subject}")
        return letter(text, sender=sender, to=mail.reply_to, subject=subject, headers=headers, **parts)

    # What the office does

    def work(self) -> None:
        """Handles and sends everything that is due now."""
        while handle_due(clock.now()):
            pass
        while deliver_due(self.postman, clock.now()):
            pass

    # What can be seen

    def outbox(self) -> list[OutgoingMail]:
        """All mails that were written, oldest first, sent or not."""
        return self._read(OutgoingMail)

    def mails_to(self, address: str) -> list[OutgoingMail]:
        """The mails written to one address, oldest first."""
        return [mail for mail in self.outbox() if mail.to_address == address]

    def tickets(self) -> list[Ticket]:
        """All tickets, oldest first."""
        return self._read(Ticket)

    def ticket(self, number: int | None = None) -> Ticket:
        """The ticket with this number, as it is now; without a number the only one."""
        found = [ticket for ticket in self.tickets() if number in (None, ticket.id)]
        assert len(found) == 1, f"{len(found)} tickets instead of one"
        return found[0]

    def messages(self, number: int | None = None) -> list[TicketMessage]:
        """The conversation of a ticket, oldest first; without a number all messages."""
        return [message for message in self._read(TicketMessage) if number in (None, message.ticket_id)]

    def history(self, number: int | None = None) -> list[str]:
        """The codes of what happened to a ticket."""
        return [event.code for event in self._read(Event) if number in (None, event.ticket_id)]

    def raw_mails(self) -> list[RawMail]:
        """All messages as they came in."""
        return self._read(RawMail)

    def credit(self, customer: Customer | str) -> Money:
        """What a customer (or the one with this name) may still spend of their support credit."""
        db.session.rollback()
        if isinstance(customer, str):
            customer = db.session.scalars(select(Customer).where(Customer.name == customer)).one()
        standing = credit_of(customer.id)
        return standing.available if standing else chf(0)

    def actor(self, agent: Agent) -> Actor:
        """The agent as the one who does something."""
        return Actor("agent", agent.id, agent.name)

    def _read(self, model: Any) -> list[Any]:
        # Web requests and workers write in sessions of their own: what was read before may be old.
        db.session.rollback()
        query = select(model).order_by(model.id).execution_options(populate_existing=True)
        return list(db.session.scalars(query))
