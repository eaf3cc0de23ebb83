"""Reads about versions of the rules: which one judges, what is in one, which there are."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import func, select

from helpdesk.core.errors import NotFound
from helpdesk.db import connection, db, table_of
from helpdesk.triage.content import Content, Item
from helpdesk.triage.rule_models import RuleItem, RulePlace, RuleVersion

_VERSION = table_of(RuleVersion).c
# Built once: the intake asks it for each message.
_LIVE = (
    select(_VERSION.id, _VERSION.number, _VERSION.fingerprint)
    .where(_VERSION.number.is_not(None))
    .order_by(_VERSION.number.desc())
    .limit(1)
)
#: For a statement that asks more.
LIVE_FINGERPRINT = _LIVE.with_only_columns(_VERSION.fingerprint).scalar_subquery()


class Live(NamedTuple):
    """The version that judges."""

    id: int
    number: int
    fingerprint: str


def live_version() -> Live | None:
    """The version that judges now; None before the first one was published."""
    row = connection().execute(_LIVE).one_or_none()
    return Live(*row) if row else None


def version(version_id: int) -> RuleVersion:
    """One version; raises NotFound."""
    found = db.session.get(RuleVersion, version_id)
    if found is None:
        raise NotFound("There is no such version of the rules.")
    return found


def unpublished(state: str) -> RuleVersion | None:
    """The draft, or the starter set that is offered (`draft`, `offered`)."""
    return db.session.scalar(select(RuleVersion).where(RuleVersion.state == state))


def published(limit: int = 50) -> Sequence[RuleVersion]:
    """Published versions, newest first."""
    newest = select(RuleVersion).where(RuleVersion.number.is_not(None)).order_by(RuleVersion.number.desc())
    return db.session.scalars(newest.limit(limit)).all()


def numbers() -> dict[str, int]:
    """The number of each published fingerprint; the newest where a version was brought back."""
    rows = db.session.execute(
        select(_VERSION.fingerprint, func.max(_VERSION.number))
        .where(_VERSION.number.is_not(None))
        .group_by(_VERSION.fingerprint)
    )
    return {row[0]: row[1] for row in rows}


def by_fingerprint(fingerprint: str) -> RuleVersion | None:
    """A published version with this content."""
    same = select(RuleVersion).where(RuleVersion.fingerprint == fingerprint, RuleVersion.number.is_not(None))
    return db.session.scalars(same.order_by(RuleVersion.number.desc()).limit(1)).first()


def starter_set(fingerprint: str) -> RuleVersion | None:
    """The starter set with this content, published, offered or put aside."""
    same = select(RuleVersion).where(RuleVersion.origin == "starter", RuleVersion.fingerprint == fingerprint)
    return db.session.scalars(same.order_by(RuleVersion.id.desc()).limit(1)).first()


def nobody_edited() -> bool:
    """Whether every published version is a starter set as it came."""
    edited = select(_VERSION.id).where(_VERSION.number.is_not(None), _VERSION.origin != "starter")
    return db.session.execute(edited.limit(1)).first() is None


def content(version_id: int) -> Content:
    """All rules and concepts of a version, in the order of their files."""
    rows = db.session.execute(
        select(RuleItem.kind, RuleItem.name, RuleItem.data)
        .join(RulePlace, RulePlace.item_id == RuleItem.id)
        .where(RulePlace.version_id == version_id)
        .order_by(RulePlace.position)
    )
    return Content(tuple(Item(kind, name, data) for kind, name, data in rows))
