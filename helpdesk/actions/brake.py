"""The brake on automatic mail: too many in a short time means a loop that nobody recognised (M4).

Nothing is dropped. Automatic mail is still written and waits; agents' answers leave. A lead looks and lets it
go, or puts what waits away.
"""

from datetime import datetime, timedelta

import structlog
from sqlalchemy import select, text, update

from helpdesk.actions.context import settings
from helpdesk.core.actors import Actor
from helpdesk.db import db, insert_row, transaction
from helpdesk.mail.models import MailBrake, OutgoingMail
from helpdesk.mail.queries import automatic_sent, open_brake

log = structlog.get_logger()

WINDOW = timedelta(minutes=10)


def pulled(now: datetime, about_to_leave: int) -> bool:
    """Whether automatic mail has to wait, with that many more about to leave; pulls the brake if needed.

    Call inside transaction().
    """
    if open_brake() is not None:
        return True
    limit = settings().automatic_mail_limit
    sent = automatic_sent(now - WINDOW, limit)
    if sent + about_to_leave <= limit:
        return False
    insert_row(MailBrake, pulled_at=now, sent=sent, released_at=None, released_by="")
    log.error("automatic_mail_stopped", sent=sent, minutes=int(WINDOW.total_seconds() // 60))
    return True


def release(*, put_away: bool, by: Actor, now: datetime) -> int:
    """Lets automatic mail leave again, or with `put_away` first withdraws what waits; returns how many.

    From now on the window counts anew. Releasing twice is releasing once.
    """
    waiting = text("state = 'queued' AND automatic")
    with transaction():
        ids = list(db.session.scalars(select(OutgoingMail.id).where(waiting)))
        if open_brake() is None:
            return 0
        if put_away and ids:
            _change(ids, state="withdrawn", error=f"Put away by {by.name} with the brake.")
        elif ids:
            _change(ids, due_at=now)
        db.session.execute(
            update(MailBrake)
            .where(MailBrake.released_at.is_(None))
            .values(released_at=now, released_by=by.name[:160]),
            execution_options={"synchronize_session": False},
        )
    log.warning("automatic_mail_released", by=by.name, waiting=len(ids), put_away=put_away)
    return len(ids)


def _change(ids: list[int], **values: object) -> None:
    # In pieces: a loop may have written very many.
    for start in range(0, len(ids), 500):
        db.session.execute(
            update(OutgoingMail).where(OutgoingMail.id.in_(ids[start : start + 500])).values(**values),
            execution_options={"synchronize_session": False},
        )
