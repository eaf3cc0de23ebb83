"""Rule sets in the database: versions that never change once published, made of rows that they share.

A rule or a concept is one row for each wording it ever had; a version names the rows that it is made of. So
an edit adds one row, two versions are compared by their rows, and going back costs nothing.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, event, text
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.db import Base, table_of
from helpdesk.triage import rule_guards

ITEM_KINDS = ("rule", "concept")
# draft: being edited, at most one; offered: a newer starter set that waits for a lead, at most one;
# aside: a starter set that was taken into a draft or left, kept to compare the next one with.
STATES = ("aside", "draft", "offered", "published")
ORIGINS = ("starter", "edited", "imported", "restored")


class RuleVersion(Base):
    """One version of all rules and concepts; the published one with the highest number judges the mail."""

    __tablename__ = "rule_version"
    __table_args__ = (
        CheckConstraint("state IN ('aside', 'draft', 'offered', 'published')", name="state"),
        CheckConstraint("origin IN ('starter', 'edited', 'imported', 'restored')", name="origin"),
        CheckConstraint(
            "(state = 'published') = (number IS NOT NULL)"
            " AND (state = 'published') = (published_at IS NOT NULL)",
            name="published",
        ),
        Index(
            "uq_rule_version_unpublished",
            "state",
            unique=True,
            sqlite_where=text("state IN ('draft', 'offered')"),
            postgresql_where=text("state IN ('draft', 'offered')"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(10))
    origin: Mapped[str] = mapped_column(String(10))
    #: Counted from 1 at publishing; what people call the version.
    number: Mapped[int | None] = mapped_column(unique=True)
    #: Of the whole content: two versions with the same fingerprint give the same verdicts.
    fingerprint: Mapped[str] = mapped_column(String(40))
    #: The version that it was made from.
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("rule_version.id"))
    #: The starter set that it contains, by its fingerprint: what a newer one is compared with.
    starter: Mapped[str] = mapped_column(String(40), default="")
    note: Mapped[str] = mapped_column(String(500), default="")
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    created_at: Mapped[datetime]
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    published_at: Mapped[datetime | None]


class RuleItem(Base):
    """A rule or a concept as it was worded once. Added, never changed."""

    __tablename__ = "rule_item"
    __table_args__ = (
        CheckConstraint("kind IN ('rule', 'concept')", name="kind"),
        UniqueConstraint("kind", "name", "sha256", name="uq_rule_item_wording"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(7))
    name: Mapped[str] = mapped_column(String(60))
    sha256: Mapped[str] = mapped_column(String(64))
    data: Mapped[dict[str, Any]]


class RulePlace(Base):
    """Which wording stands in which version, and where: `position` is the order in files."""

    __tablename__ = "rule_place"

    version_id: Mapped[int] = mapped_column(ForeignKey("rule_version.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(7), primary_key=True)
    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("rule_item.id"))
    position: Mapped[int]


def _install(table: Any, connection: Any, **_: Any) -> None:
    for statement in rule_guards.statements(table.name, connection.dialect.name):
        connection.exec_driver_sql(statement)


for _table in map(table_of, (RuleVersion, RuleItem, RulePlace)):
    event.listen(_table, "after_create", _install)
