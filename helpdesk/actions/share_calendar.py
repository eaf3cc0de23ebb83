"""A specialist's sessions for their own calendar program: a secret, read-only address that can be revoked."""

from datetime import datetime, timedelta

from sqlalchemy import delete

from helpdesk.accounts.queries import agent_by_id
from helpdesk.actions.context import context
from helpdesk.booking import invites, queries
from helpdesk.booking.invites import Entry
from helpdesk.booking.models import CalendarFeed
from helpdesk.core.actors import Actor
from helpdesk.core.errors import Forbidden
from helpdesk.core.tokens import link_token, token_hash
from helpdesk.customers.queries import customer_names
from helpdesk.db import db, insert_row, transaction
from helpdesk.i18n import speaking

PURPOSE = "calendar feed"
#: How far back the feed reaches.
_PAST = timedelta(days=30)


def make_address(*, by: Actor, now: datetime) -> str:
    """Makes the agent's address and returns it, once; one that was made before opens nothing any more."""
    token = link_token()
    with transaction():
        agent_id = _revoke(by)
        insert_row(CalendarFeed, agent_id=agent_id, token_hash=token_hash(token, PURPOSE), made_at=now)
    return f"{context().settings.public_url}/calendar/{token}.ics"


def revoke(*, by: Actor) -> None:
    """The address opens nothing any more."""
    with transaction():
        _revoke(by)


def calendar(token: str, now: datetime) -> bytes:
    """The sessions behind an address, in the specialist's language; changes nothing. Raises NotFound."""
    agent = queries.agent_of_feed(token_hash(token, PURPOSE))
    rows = queries.sessions_of(agent.id, now - _PAST)
    names = customer_names({row.customer_id for row in rows if row.customer_id is not None})
    with speaking(agent.language):
        entries = [
            Entry(
                f"{row.uid}-{row.sequence}",
                row.starts_at,
                row.ends_at,
                f"{row.service.named(agent.language)}: {names[row.customer_id or 0][1]}",
                f"#{row.ticket_id} {row.subject}",
            )
            for row in rows
        ]
    return invites.feed(entries, context().settings.vendor_name, now)


def _revoke(by: Actor) -> int:
    if by.kind != "agent" or by.id is None:
        raise Forbidden("Only an agent can do this.")
    db.session.execute(delete(CalendarFeed).where(CalendarFeed.agent_id == agent_by_id(by.id).id))
    return by.id
