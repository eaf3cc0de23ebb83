"""Running a stored message again with today's code: as a rehearsal that changes nothing, or for real.

A rehearsal goes the whole way inside one transaction that is then given up, so it also shows whether a
message that failed would fail again. What it needs of the database is locked as long as that takes. On
PostgreSQL a ticket that it opens uses up a number: the next real one is one higher.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select, update

from helpdesk.actions.handle_mail import claimed_as_it_is, handle_one, read, settle
from helpdesk.core.actors import Actor
from helpdesk.core.errors import Conflict
from helpdesk.db import db, transaction
from helpdesk.mail.models import OutgoingMail, RawMail
from helpdesk.mail.queries import mailboxes
from helpdesk.tickets.models import TicketMessage

#: What differs from run to run and says nothing of the decision.
_VOLATILE = {"step", "at", "ms", "mail", "offer", "attempt", "received", "due", "confidence"}
# Numbers that a step hands out; of the others the number is the decision.
_HANDS_OUT = {"opened"}
#: Steps that people or the workers add around the handling itself.
_AROUND = {"failed", "retried", "discarded", "taken_back", "made_a_ticket", "moved", "moved_back"}


class _GiveUp(Exception):
    """Ends a rehearsal: everything it did is undone."""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a run with today's code would do; `error` is what it failed with.

    `changes` lists (step, what is on record, what would be): None where there is no such step.
    """

    state: str | None
    steps: list[dict[str, Any]]
    changes: list[tuple[str, dict[str, Any] | None, dict[str, Any] | None]]
    error: str | None = None


def rehearse(mail_id: int, now: datetime) -> Rehearsal:
    """Runs the message through today's code and undoes it; raises NotFound."""
    mail = claimed_as_it_is(mail_id)
    boxes = mailboxes()
    steps: list[dict[str, Any]] = []
    state = error = None
    try:
        parsed, path = read(mail, now)
        steps = path.steps
        with transaction():
            _lift_out(mail_id)
            state = settle(mail, parsed, boxes, path, now)
            raise _GiveUp
    except _GiveUp:
        pass
    except Exception as failure:  # whatever it is: to see it is what a rehearsal is for
        error = f"{type(failure).__name__}: {failure}"[:2000]
    return Rehearsal(state, steps, compare(mail.path, steps), error)


def replay(mail_id: int, *, by: Actor, now: datetime) -> str:
    """Handles the message for real, now; returns the state that it ends in.

    Only where nothing would be doubled: raises Conflict for a message that is on a ticket or led to anything
    else, and for one that a worker has in hand.
    """
    with transaction():
        mail = db.session.scalar(
            select(RawMail)
            .where(RawMail.id == claimed_as_it_is(mail_id).id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        assert mail is not None
        if mail.state == "done" or _is_on_a_ticket(mail_id):
            raise Conflict("This message was handled. Running it again for real would double it.")
        if mail.state == "due" and mail.attempts and mail.due_at > now:
            raise Conflict("A worker has this message in hand.")
        mail.state, mail.attempts, mail.due_at, mail.handled_at = "due", 0, now, None
        mail.path = [*mail.path, {"step": "retried", "at": now.isoformat(), "by": by.name}]
    if not handle_one(mail_id, now):
        raise Conflict("A worker has this message in hand.")
    return str(db.session.scalar(select(RawMail.state).where(RawMail.id == mail_id)))


def failed_ids() -> list[int]:
    """Everything in quarantine, oldest first."""
    query = select(RawMail.id).where(RawMail.state == "quarantine").order_by(RawMail.id)
    return list(db.session.scalars(query))


def compare(
    recorded: Iterable[dict[str, Any]], rerun: Iterable[dict[str, Any]]
) -> list[tuple[str, dict[str, Any] | None, dict[str, Any] | None]]:
    """Which decisions of the last recorded run differ from those of another one, in their order."""
    before, after = _decisions(_last_run(recorded)), _decisions(rerun)
    names = [*before, *(name for name in after if name not in before)]
    return [
        (name, before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)
    ]


def _last_run(steps: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    found = [step for step in steps if step.get("step") not in _AROUND]
    starts = [n for n, step in enumerate(found) if step.get("step") == "stored"]
    return found[starts[-1] :] if starts else found


def _decisions(steps: Iterable[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for step in steps:
        name = str(step.get("step"))
        hidden = _VOLATILE | ({"ticket"} if name in _HANDS_OUT else set())
        found[name] = {key: value for key, value in step.items() if key not in hidden and value is not None}
    return found


def _is_on_a_ticket(mail_id: int) -> bool:
    return bool(db.session.scalar(select(exists().where(TicketMessage.raw_mail_id == mail_id))))


def _lift_out(mail_id: int) -> None:
    """As if the message had never been handled; only for a transaction that is given up."""
    db.session.execute(
        update(TicketMessage).where(TicketMessage.raw_mail_id == mail_id).values(raw_mail_id=None, subject="")
    )
    for prefix in ("ack", "too-large"):
        key = f"{prefix}:{mail_id}"
        db.session.execute(
            update(OutgoingMail).where(OutgoingMail.key == key).values(key=f"before-{key}"[:120])
        )
