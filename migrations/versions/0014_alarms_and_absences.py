"""What was said of promises in danger, once each; and who is away, with their stand-in."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Brings the tables to this revision."""
    op.create_table(
        "agent_absence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("stand_in_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_agent_absence_order")),
        sa.CheckConstraint(
            "stand_in_id IS NULL OR stand_in_id <> agent_id", name=op.f("ck_agent_absence_stand_in")
        ),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_agent_absence_agent_id_agent")),
        sa.ForeignKeyConstraint(
            ["stand_in_id"], ["agent.id"], name=op.f("fk_agent_absence_stand_in_id_agent")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agent_absence")),
    )
    op.create_index("ix_agent_absence_agent_id", "agent_absence", ["agent_id"])
    op.create_table(
        "promise_alarm",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("clock", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=7), nullable=False),
        sa.Column("counted_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fired_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("clock IN ('answer', 'resolution')", name=op.f("ck_promise_alarm_clock")),
        sa.CheckConstraint("kind IN ('warning', 'broken')", name=op.f("ck_promise_alarm_kind")),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_promise_alarm_agent_id_agent")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_promise_alarm_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promise_alarm")),
        sa.UniqueConstraint("ticket_id", "clock", "kind", "counted_from", name="uq_promise_alarm_promise"),
    )


def downgrade() -> None:
    """Goes back to the revision before."""
    op.drop_table("promise_alarm")
    op.drop_index("ix_agent_absence_agent_id", "agent_absence")
    op.drop_table("agent_absence")
