"""The first answer to a new ticket: number, promise, and what it will cost, in the customer's language."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from helpdesk.actions.context import context
from helpdesk.actions.send_mail import put_in_outbox
from helpdesk.billing.estimate import Estimate, estimate_support
from helpdesk.mail.parsed import ParsedMail
from helpdesk.mail.path import Path
from helpdesk.mail.queries import Box, automatic_since
from helpdesk.mail.render import Rendered, render
from helpdesk.triage.explain import for_customer

if TYPE_CHECKING:
    from helpdesk.actions.open_ticket import Opened

# One acknowledgement to an address in this time, and few a day: a loop with a machine that hides what it is
# ends here (M4), and nobody can have us flood a stranger.
BRAKE_WINDOW = timedelta(minutes=10)
BRAKE_DAY = 20


def acknowledge(
    opened: "Opened", mail_id: int, parsed: ParsedMail, box: Box, path: Path, now: datetime
) -> None:
    """Queues the acknowledgement, unless a machine wrote or this address had enough of them lately."""
    address = opened.contact.email
    if parsed.is_auto or parsed.is_bounce or not parsed.from_trustworthy:
        path.note("not_acknowledged", why="automatic" if parsed.is_auto else "sender_unclear")
        return
    known = opened.contact.customer_id is not None
    if wrote_enough(address, now):
        path.note("not_acknowledged", why="brake")
        return
    outgoing_id, _message = put_in_outbox(
        _words(opened, box, now) if known else _neutral_words(opened, box, now),
        key=f"ack:{mail_id}",
        ticket_id=opened.ticket_id,
        mailbox=box,
        to_address=address,
        to_name=opened.contact.name if known else "",
        language=opened.language,
        now=now,
        automatic=True,
        answers=[opened.message_id] if opened.message_id else [],
    )
    path.note("acknowledged", mail=outgoing_id)


def wrote_enough(address: str, now: datetime, allowed: int = 0) -> bool:
    """Whether this address got more than `allowed` automatic mails in the window, or many today."""
    lately, today = automatic_since(address, now - timedelta(days=1), now - BRAKE_WINDOW)
    return lately > allowed or today >= BRAKE_DAY


def _words(opened: "Opened", box: Box, now: datetime) -> Rendered:
    settings = context().settings
    calendar = opened.promised.calendar
    estimate = estimate_support(
        opened.contact.customer_id, calendar.local_date(now), plan=opened.coverage.plan
    )
    return render(
        "ticket-received",
        opened.language,
        zone=opened.promised.calendar.zone,
        number=opened.ticket_id,
        subject=opened.subject,
        name=opened.contact.name,
        due_at=opened.deadline.due_at,
        now=now,
        closed=None if calendar.is_open(now) else calendar.next_open(now),
        cost=_cost(opened),
        why=for_customer(opened.verdict, opened.language),
        **_figures(estimate),
        vendor=settings.vendor_name,
    )


def _cost(opened: "Opened") -> str:
    """Which of the four things we can honestly say: free, paid, no_subscription, or not known yet."""
    if not opened.verdict.sure:
        return "open"
    if opened.verdict.label == "support":
        return "paid"
    return "no_subscription" if opened.verdict.billable else "free"


def _figures(estimate: Estimate) -> dict[str, object]:
    return {
        "minutes": estimate.minutes,
        "estimate": estimate.net,
        "credit": estimate.credit.available if estimate.credit else None,
        "authorised": estimate.authorised,
    }


def _neutral_words(opened: "Opened", box: Box, now: datetime) -> Rendered:
    """For an address we do not know: not a word of the sender's in it, or we would carry anybody's text."""
    return render(
        "sender-unknown",
        opened.language,
        zone=opened.promised.calendar.zone,
        number=opened.ticket_id,
        due_at=opened.deadline.due_at,
        now=now,
        vendor=context().settings.vendor_name,
    )
