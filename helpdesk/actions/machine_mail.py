"""Mail from machines: bounces go to the mail they speak of; nothing here is ever answered (M4)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import update

from helpdesk.actions.add_message import add_received
from helpdesk.actions.context import context
from helpdesk.actions.open_ticket import open_from_mail
from helpdesk.actions.place_mail import NEW
from helpdesk.actions.undelivered import undelivered
from helpdesk.core.actors import SYSTEM
from helpdesk.customers.models import mark_unreachable
from helpdesk.db import db
from helpdesk.mail.models import OutgoingMail
from helpdesk.mail.parsed import ParsedMail
from helpdesk.mail.path import Path
from helpdesk.mail.queries import Box, latest_to, outgoing_by_message_id
from helpdesk.mail.recipients import header_recipients, our_addresses
from helpdesk.tickets.models import locked_current, record


def bounce(
    mail_id: int,
    parsed: ParsedMail,
    box: Box,
    path: Path,
    now: datetime,
    *,
    envelope_to: Sequence[str] = (),
    boxes: Mapping[str, object] | None = None,
) -> str:
    """Ties a bounce to our mail by the Message-ID in it, or by the signed address that it came back to.

    One that names none of ours is a ticket like any.

    A permanent failure marks the mail as failed, its receiver as not to be reached, and brings the ticket
    back to the agents; a delay is only noted.
    """
    assert parsed.bounce is not None
    ours, proof = outgoing_by_message_id(parsed.bounce.original_ids), "message_id"
    if ours is None:
        ours, proof = _sent_from(parsed, envelope_to, boxes or {}), "bounce_address"
    if ours is None or ours.ticket_number is None:
        path.note("bounce_of_unknown")
        open_from_mail(mail_id, parsed, NEW, box, path, now=now)
        return "done"
    ticket = locked_current(ours.ticket_number)
    permanent = parsed.bounce.kind != "temporary"
    failed = list(parsed.bounce.recipients)
    path.note("bounce", ticket=ticket.id, mail=ours.id, permanent=permanent, to=failed)
    threading: dict[str, object] = {"reason": "bounce", "proof": proof}
    add_received(ticket.id, mail_id, parsed, kind="automatic", contact_id=None, threading=threading, now=now)
    if not permanent:
        ticket.updated_at = now
        record(ticket.id, "mail_delayed", SYSTEM, now, to=failed, mail=ours.id)
        return "done"
    db.session.execute(
        update(OutgoingMail)
        .where(OutgoingMail.id == ours.id)
        .values(state="failed", error=parsed.new_text[:2000], undo=None)
    )
    mark_unreachable(ours.to_address, parsed.new_text, now)
    undelivered(ours, "mail_bounced", SYSTEM, now, to=failed, mail=ours.id)
    return "done"


def _sent_from(
    parsed: ParsedMail, envelope_to: Sequence[str], boxes: Mapping[str, object]
) -> OutgoingMail | None:
    """Our mail by the address that the bounce came back to: its tag is signed for one ticket and receiver.

    Half of real bounces name no Message-ID of ours. The failed address must be the one that the tag was
    made for, so that nobody can have another's mail marked as failed.
    """
    tags = [tag for _base, tag in our_addresses([*envelope_to, *header_recipients(parsed)], boxes) if tag]
    failed = parsed.bounce.recipients if parsed.bounce else ()
    for tag in tags:
        for address in failed[:20]:
            number = context().signer.verify_reply_tag(tag, address)
            if number is not None:
                return latest_to(number, address)
    return None
