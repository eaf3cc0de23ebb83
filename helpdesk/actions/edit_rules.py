"""The draft of the rules: one rule or concept at a time, or a whole set from files; it judges nothing yet."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select

from helpdesk.actions.rule_rows import agent_id, copied, item_ids, remove, store
from helpdesk.core.actors import Actor
from helpdesk.core.errors import Conflict, InvalidInput, NotFound
from helpdesk.db import db, transaction
from helpdesk.triage.content import Content, Item, Kind
from helpdesk.triage.rule_models import RulePlace, RuleVersion
from helpdesk.triage.rule_queries import content, live_version, unpublished, version

NAME_AT_MOST = 60
#: What one rule or concept may weigh as JSON; the longest of the starter set is a third of it.
BYTES_AT_MOST = 60_000


def save(
    kind: Kind, name: str, data: Mapping[str, Any], *, was: str | None, by: Actor, now: datetime
) -> None:
    """Puts a rule or a concept into the draft, which is made from the live version where there is none.

    `was` is the sha256 of the wording that was edited, None for a new one. Raises Conflict when somebody
    else changed it meanwhile or the name is taken.
    """
    agent_id(by)
    item = Item(kind, name, data)
    if not name or len(name) > NAME_AT_MOST or len(repr(data)) > BYTES_AT_MOST:
        raise InvalidInput("This name cannot be used.", field="name")
    with transaction():
        draft = _draft(by, now)
        before = content(draft.id)
        there = before.get(kind, name)
        if (Item(kind, name, there).sha256 if there is not None else None) != was:
            if was is None:
                raise InvalidInput("This name is taken.", field="name")
            raise Conflict("Somebody else changed this meanwhile. Open it again.")
        _place(draft, item)
        draft.fingerprint = before.put(kind, name, data).compiled().version


def _place(draft: RuleVersion, item: Item) -> None:
    row = db.session.get(RulePlace, (draft.id, item.kind, item.name))
    item_id = item_ids(Content((item,)))[item.kind, item.name]
    if row is not None:
        row.item_id = item_id
        return
    last = db.session.scalar(select(func.max(RulePlace.position)).where(RulePlace.version_id == draft.id))
    db.session.add(
        RulePlace(
            version_id=draft.id,
            kind=item.kind,
            name=item.name,
            item_id=item_id,
            position=0 if last is None else last + 1,
        )
    )


def take_out(kind: Kind, name: str, *, by: Actor, now: datetime) -> None:
    """Takes a rule or a concept out of the draft; earlier versions keep it. Raises NotFound."""
    agent_id(by)
    with transaction():
        draft = _draft(by, now)
        before = content(draft.id)
        if before.get(kind, name) is None:
            raise NotFound("There is nothing here.")
        db.session.execute(
            delete(RulePlace).where(
                RulePlace.version_id == draft.id, RulePlace.kind == kind, RulePlace.name == name
            )
        )
        draft.fingerprint = before.put(kind, name, None).compiled().version


def replace(new: Content, *, by: Actor, now: datetime) -> None:
    """Makes a whole set the draft, instead of the one that is there."""
    with transaction():
        live, draft = live_version(), unpublished("draft")
        starter = draft.starter if draft else (version(live.id).starter if live else "")
        if draft is not None:
            remove(draft)
        store(new, "draft", "imported", live, starter, now, by)


def discard(*, by: Actor) -> None:
    """Throws the draft away; the published rules stay as they are."""
    agent_id(by)
    with transaction():
        draft = unpublished("draft")
        if draft is not None:
            remove(draft)


def _draft(by: Actor, now: datetime) -> RuleVersion:
    """The draft, made from the live version when nobody edits one yet; inside transaction()."""
    draft, live = unpublished("draft"), live_version()
    if draft is not None:
        return draft
    if live is None:
        raise Conflict("There are no rules yet. Run `helpdesk setup` first.")
    made = copied(version(live.id), "edited", now, by)
    made.state = "draft"
    db.session.flush()
    return made
