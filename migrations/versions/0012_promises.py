"""Offices and policies in versions; a ticket knows its office, its warnings and the end of its matter."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_TIMES = ("warn_at", "resolve_from", "resolve_by", "resolve_warn_at")


def upgrade() -> None:
    """Brings the tables to this revision."""
    op.create_table(
        "promise_book",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("content", _JSON, nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["saved_by_id"], ["agent.id"], name=op.f("fk_promise_book_saved_by_id_agent")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promise_book")),
        sa.UniqueConstraint("number", name=op.f("uq_promise_book_number")),
    )
    op.add_column("agent", sa.Column("team", sa.String(length=60), server_default="", nullable=False))
    op.add_column("ticket", sa.Column("office", sa.String(length=120), server_default="", nullable=False))
    # -1: the next sweep works every open promise out anew, with its warnings.
    op.add_column("ticket", sa.Column("promise_version", sa.Integer(), server_default="-1", nullable=False))
    for column in _TIMES:
        op.add_column("ticket", sa.Column(column, sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Goes back to the revision before."""
    for column in reversed(("office", "promise_version", *_TIMES)):
        op.drop_column("ticket", column)
    op.drop_column("agent", "team")
    op.drop_table("promise_book")
