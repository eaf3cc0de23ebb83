"""Mails about appointments, with the invitation that calendars read; in the customer's language."""

from datetime import datetime
from typing import Any

from helpdesk.actions.booking_price import Cost
from helpdesk.actions.context import context
from helpdesk.actions.send_mail import put_in_outbox
from helpdesk.booking import invites
from helpdesk.booking.invites import Invite
from helpdesk.booking.models import Appointment
from helpdesk.core.addresses import domain
from helpdesk.i18n import gettext, speaking
from helpdesk.mail.queries import Box, box, was_written
from helpdesk.mail.render import render
from helpdesk.tickets.models import Ticket


def confirm(row: Appointment, cost: Cost, now: datetime) -> None:
    """Says what was booked, what it costs and until when it is free to cancel, with the invitation."""
    _write(
        "appointment-booked", row, now, invites.REQUEST, link=manage_link(row), invoice=cost.pays == "invoice"
    )


def moved(row: Appointment, now: datetime) -> None:
    """Says the new time; the invitation moves the same event."""
    _write("appointment-moved", row, now, invites.REQUEST, link=manage_link(row))


def cancelled(row: Appointment, now: datetime, *, charged: bool) -> None:
    """Confirms that the customer cancelled, with or without the fee; calendars drop the event."""
    _write("appointment-cancelled", row, now, invites.CANCEL, charged=charged)


def cancelled_by_us(row: Appointment, reason: str, choices: list[datetime], now: datetime) -> None:
    """Apologises, says that nothing is charged, and offers other times."""
    link = f"{context().settings.public_url}/book/{row.service_id}"
    _write(
        "appointment-called-off",
        row,
        now,
        invites.CANCEL,
        reason=reason,
        choices=choices,
        link=link,
    )


def remind(row: Appointment, hours: int, now: datetime) -> bool:
    """Once for each kind; returns whether it was written now."""
    return _write(f"appointment-reminder-{hours}", row, now, None, link=manage_link(row))


def manage_token(row: Appointment) -> str:
    """The secret of the link to change or cancel: the same in each mail of an appointment."""
    return context().signer.appointment_token(row.uid)


def manage_link(row: Appointment) -> str:
    """Where the customer changes or cancels."""
    return f"{context().settings.public_url}/appointments/{manage_token(row)}"


def invitation(row: Appointment, method: str, now: datetime) -> bytes:
    """The calendar file of an appointment, as the mail with it carries it."""
    ticket = row.ticket
    assert ticket is not None
    return _file(row, box(ticket.mailbox_id), method, now)


def _write(kind: str, row: Appointment, now: datetime, method: str | None, **values: Any) -> bool:
    ticket = row.ticket
    assert ticket is not None
    template = "appointment-reminder" if kind.startswith("appointment-reminder") else kind
    # One mail an event and person: an event is a kind of change of one version of the appointment.
    key = f"{kind}:{row.id}:{row.sequence}"
    if was_written(key):
        return False
    mailbox = box(ticket.mailbox_id)
    words = render(
        template,
        row.language,
        number=ticket.id,
        name=row.name,
        vendor=context().settings.vendor_name,
        service=row.service.named(row.language),
        agent=row.agent.name,
        starts_at=row.starts_at,
        minutes=row.service.minutes,
        net=row.net,
        fee=row.fee,
        free_until=row.free_until,
        now=now,
        **values,
    )
    put_in_outbox(
        words,
        key=key,
        ticket_id=ticket.id,
        mailbox=mailbox,
        to_address=row.email,
        to_name=row.name,
        language=row.language,
        now=now,
        automatic=True,
        attachments=_attached(row, mailbox, ticket, method, now),
    )
    return True


def _attached(
    row: Appointment, mailbox: Box, ticket: Ticket, method: str | None, now: datetime
) -> list[dict[str, Any]]:
    if method is None:
        return []
    content = _file(row, mailbox, method, now)
    return [
        {
            "filename": "invite.ics",
            "content_type": "text/calendar",
            "sha256": context().files.put(content),
            "size": len(content),
            "method": method,
        }
    ]


def _file(row: Appointment, mailbox: Box, method: str, now: datetime) -> bytes:
    with speaking(row.language):
        description = gettext(
            "With %(agent)s. Ticket #%(number)s: %(subject)s",
            agent=row.agent.name,
            number=row.ticket_id,
            subject=row.subject,
        )
    invite = Invite(
        uid=f"{row.uid}@{domain(mailbox.address)}",
        sequence=row.sequence,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        summary=f"{row.service.named(row.language)} · {context().settings.vendor_name}",
        description=description,
        organiser=mailbox.address,
        organiser_name=context().settings.vendor_name,
        guest=row.email,
        guest_name=row.name,
    )
    return invites.written(invite, method, now)
