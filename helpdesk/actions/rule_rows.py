"""Writing a version of the rules down as rows, and taking an unpublished one away; inside transaction()."""

from datetime import datetime

from sqlalchemy import delete, func, insert, literal, select, tuple_

from helpdesk.core.actors import Actor
from helpdesk.core.errors import Forbidden
from helpdesk.db import db, insert_new, table_of
from helpdesk.triage.content import Content, Item
from helpdesk.triage.rule_models import RuleItem, RulePlace, RuleVersion
from helpdesk.triage.rule_queries import Live

_AT_ONCE = 100


def agent_id(by: Actor) -> int:
    """Whoever changes rules is an agent with a name; raises Forbidden."""
    if by.kind != "agent" or by.id is None:
        raise Forbidden("Only a lead can change the rules.")
    return by.id


def store(
    content: Content, state: str, origin: str, parent: Live | None, starter: str, now: datetime, by: Actor
) -> RuleVersion:
    """Writes a whole version; rows that other versions have already are shared."""
    made = RuleVersion(
        state=state,
        origin=origin,
        fingerprint=content.compiled().version,
        parent_id=parent.id if parent else None,
        starter=starter,
        created_by_id=by.id,
        created_at=now,
    )
    db.session.add(made)
    db.session.flush()
    ids = item_ids(content)
    places = [
        {
            "version_id": made.id,
            "kind": i.kind,
            "name": i.name,
            "item_id": ids[i.kind, i.name],
            "position": at,
        }
        for at, i in enumerate(content.items)
    ]
    if places:
        db.session.connection().execute(insert(table_of(RulePlace)), places)
    return made


def copied(old: RuleVersion, origin: str, now: datetime, by: Actor) -> RuleVersion:
    """A new version of the same rows, not in use yet."""
    made = RuleVersion(
        state="aside",
        origin=origin,
        fingerprint=old.fingerprint,
        # A draft may be thrown away; what it was made from stays.
        parent_id=old.id if old.number is not None else old.parent_id,
        starter=old.starter,
        created_by_id=by.id,
        created_at=now,
    )
    db.session.add(made)
    db.session.flush()
    place = table_of(RulePlace)
    same = select(literal(made.id), place.c.kind, place.c.name, place.c.item_id, place.c.position)
    db.session.connection().execute(
        insert(place).from_select(
            ["version_id", "kind", "name", "item_id", "position"], same.where(place.c.version_id == old.id)
        )
    )
    return made


def item_ids(content: Content) -> dict[tuple[str, str], int]:
    """The row of each item, made where this wording is new."""
    ids: dict[tuple[str, str], int] = {}
    for start in range(0, len(content.items), _AT_ONCE):
        some = content.items[start : start + _AT_ONCE]
        ids |= _known(some)
        for item in (item for item in some if (item.kind, item.name) not in ids):
            insert_new(RuleItem, kind=item.kind, name=item.name, sha256=item.sha256, data=dict(item.data))
            ids |= _known([item])
    return ids


def _known(items: "list[Item] | tuple[Item, ...]") -> dict[tuple[str, str], int]:
    row = table_of(RuleItem).c
    wanted = tuple_(row.kind, row.name, row.sha256).in_([(i.kind, i.name, i.sha256) for i in items])
    rows = db.session.execute(select(row.kind, row.name, row.id).where(wanted))
    return {(kind, name): found for kind, name, found in rows}


def number_it(made: RuleVersion, by: Actor, now: datetime) -> int:
    """Publishes a version: it judges from the commit on, and never changes again."""
    highest = db.session.scalar(select(func.max(RuleVersion.number))) or 0
    made.state, made.number = "published", highest + 1
    made.published_by_id, made.published_at = by.id, now
    db.session.flush()
    return highest + 1


def remove(made: RuleVersion) -> None:
    """Takes a version away that was never published; its rows stay, others may share them."""
    db.session.execute(delete(RulePlace).where(RulePlace.version_id == made.id))
    db.session.execute(delete(RuleVersion).where(RuleVersion.id == made.id))
    db.session.expunge(made)
