"""Mail that could not be handled: try again, or put it away with a reason; never lost (M3)."""

from datetime import datetime

from sqlalchemy import select

from helpdesk import queue
from helpdesk.core.actors import Actor
from helpdesk.core.errors import Conflict, InvalidInput, NotFound
from helpdesk.db import db, transaction
from helpdesk.mail.models import RawMail


def retry(raw_id: int, *, by: Actor, now: datetime) -> None:
    """Hands the message to the workers again, with three fresh attempts."""
    with transaction() as then:
        mail = _waiting(raw_id)
        mail.state, mail.attempts, mail.due_at = "due", 0, now
        mail.path = [*mail.path, _step("retried", by, now)]
        then.after_commit(lambda: queue.wake(queue.Wake.HANDLE_MAIL))


def discard(raw_id: int, reason: str, *, by: Actor, now: datetime) -> None:
    """Puts the message away for good; it stays readable with the reason and the name."""
    if not reason.strip():
        raise InvalidInput("Say why this message is put away.", field="reason")
    with transaction():
        mail = _waiting(raw_id)
        mail.state, mail.handled_at = "discarded", now
        mail.path = [*mail.path, {**_step("discarded", by, now), "reason": reason.strip()[:500]}]


def _waiting(raw_id: int) -> RawMail:
    mail = db.session.scalar(
        select(RawMail)
        .where(RawMail.id == raw_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if mail is None:
        raise NotFound("There is no such message.")
    if mail.state != "quarantine":
        raise Conflict("This message is no longer in quarantine.")
    return mail


def _step(step: str, by: Actor, now: datetime) -> dict[str, object]:
    return {"step": step, "at": now.isoformat(), "by": by.name}
