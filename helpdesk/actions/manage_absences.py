"""Who is away from when until when, and who stands in."""

from datetime import date

from helpdesk.accounts.models import AgentAbsence
from helpdesk.accounts.permissions import Permission, may
from helpdesk.accounts.queries import agent_by_id
from helpdesk.core.actors import Actor
from helpdesk.core.errors import Forbidden, InvalidInput, NotFound
from helpdesk.db import db, insert_row, transaction

#: Longer is a deactivation.
MAX_DAYS = 366


def add_absence(agent_id: int, first: date, last: date, stand_in_id: int | None, *, by: Actor) -> int:
    """Adds days on which an agent is away, both included; returns the row's id.

    Agents enter their own, leads anybody's. Raises InvalidInput for days or a stand-in that make no sense.
    """
    if last < first:
        raise InvalidInput("The last day lies before the first.", field="last")
    if (last - first).days >= MAX_DAYS:
        raise InvalidInput("An absence may last a year at most.", field="last")
    with transaction():
        _may_change(agent_id, by)
        agent_by_id(agent_id)
        if stand_in_id is not None and (stand_in_id == agent_id or not agent_by_id(stand_in_id).active):
            raise InvalidInput("This person cannot stand in.", field="stand_in")
        return insert_row(
            AgentAbsence, agent_id=agent_id, first_day=first, last_day=last, stand_in_id=stand_in_id
        )


def remove_absence(absence_id: int, *, by: Actor) -> None:
    """The agent is there after all. Raises NotFound."""
    with transaction():
        absence = db.session.get(AgentAbsence, absence_id)
        if absence is None:
            raise NotFound("There is no such absence.")
        _may_change(absence.agent_id, by)
        db.session.delete(absence)


def _may_change(agent_id: int, by: Actor) -> None:
    if by.kind != "agent" or by.id is None:
        raise Forbidden("Your role does not include this. Ask a lead or an administrator.")
    if by.id != agent_id and not may(agent_by_id(by.id), Permission.EDIT_PROMISES):
        raise Forbidden("Your role does not include this. Ask a lead or an administrator.")
