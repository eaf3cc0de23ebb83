"""Seals on answers, objections to them, and a monthly limit for standing authorisations."""

import hashlib
import json
from datetime import UTC
from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Brings the tables to this revision."""
    op.create_table(
        "answer_seal",
        sa.Column("answer_id", sa.Integer(), nullable=False),
        sa.Column("before", sa.String(length=64), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["offer_answer.id"], name=op.f("fk_answer_seal_answer_id_offer_answer")
        ),
        sa.PrimaryKeyConstraint("answer_id", name=op.f("pk_answer_seal")),
        sa.UniqueConstraint("seal", name=op.f("uq_answer_seal_seal")),
    )
    op.create_table(
        "objection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("answer_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("raw_mail_id", sa.Integer(), nullable=False),
        sa.Column("raw_sha256", sa.String(length=64), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=True),
        sa.Column("reason", sa.String(length=300), server_default="", nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome IN ('stands', 'cancelled')", name=op.f("ck_objection_outcome")
        ),
        sa.CheckConstraint("outcome IS NULL OR reason <> ''", name=op.f("ck_objection_reason")),
        sa.CheckConstraint(
            "(outcome IS NULL) = (decided_at IS NULL) AND (outcome IS NULL) = (decided_by_id IS NULL)",
            name=op.f("ck_objection_decided"),
        ),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["offer_answer.id"], name=op.f("fk_objection_answer_id_offer_answer")
        ),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_objection_contact_id_contact")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["agent.id"], name=op.f("fk_objection_decided_by_id_agent")
        ),
        sa.ForeignKeyConstraint(
            ["raw_mail_id"], ["raw_mail.id"], name=op.f("fk_objection_raw_mail_id_raw_mail")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection")),
        sa.UniqueConstraint("answer_id", name=op.f("uq_objection_answer_id")),
    )
    # In one statement with its CHECK, so that SQLite need not rebuild a table that triggers guard.
    op.execute(
        "ALTER TABLE standing_authorisation ADD COLUMN month_minor BIGINT"
        " CONSTRAINT ck_standing_authorisation_month"
        " CHECK (month_minor IS NULL OR month_minor >= amount_minor)"
    )
    _seal_what_is_there()
    script = Path(__file__).parents[1] / "sql" / f"0006_evidence_{op.get_bind().dialect.name}.sql"
    for statement in script.read_text(encoding="utf-8").split("-- next --"):
        op.get_bind().exec_driver_sql(statement)


def _seal_what_is_there() -> None:
    """Answers from before the seal are sealed as they stand now."""
    offer = sa.table("offer", sa.column("id", sa.Integer), sa.column("ticket_id", sa.Integer))
    answer = sa.table(
        "offer_answer",
        sa.column("id", sa.Integer),
        sa.column("offer_id", sa.Integer),
        sa.column("accepted", sa.Boolean),
        sa.column("at", sa.DateTime(timezone=True)),
        *(sa.column(name, sa.Integer) for name in ("contact_id", "agent_id", "authorisation_id")),
        *(sa.column(name, sa.Text) for name in ("channel", "name", "words", "raw_sha256", "text_sha256")),
        *(sa.column(name, sa.Text) for name in ("ip", "user_agent")),
        sa.column("raw_mail_id", sa.Integer),
        sa.column("auth_result", _JSON),
    )
    sealed = sa.table("answer_seal", *(sa.column(name) for name in ("answer_id", "before", "seal")))
    query = sa.select(offer.c.ticket_id, answer).join(offer, offer.c.id == answer.c.offer_id)
    last: dict[int, str] = {}
    for row in op.get_bind().execute(query.order_by(answer.c.id)).mappings().all():
        parts = {name: row[name] for name in row if name not in ("id", "ticket_id")}
        at = row["at"] if row["at"].tzinfo else row["at"].replace(tzinfo=UTC)
        parts["at"] = at.astimezone(UTC).isoformat(timespec="microseconds")
        before = last.get(row["ticket_id"], "")
        made = hashlib.sha256(json.dumps([before, parts], sort_keys=True).encode()).hexdigest()
        op.get_bind().execute(sealed.insert().values(answer_id=row["id"], before=before, seal=made))
        last[row["ticket_id"]] = made


def downgrade() -> None:
    """Evidence is never dropped by a command."""
    raise RuntimeError("Evidence is never dropped: restore a backup.")
