"""Appointments: services, specialists' hours, terms, and the rule that no two of one agent overlap."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from helpdesk.booking.constraints import statements

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Brings the tables to this revision."""
    op.create_table(
        "service",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("names", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("texts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("buffer", sa.Integer(), nullable=False),
        sa.Column("notice", sa.Integer(), nullable=False),
        sa.Column("horizon_days", sa.Integer(), nullable=False),
        sa.Column("activity", sa.String(length=40), nullable=False),
        sa.Column("free_hours", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("buffer BETWEEN 0 AND 240", name=op.f("ck_service_buffer")),
        sa.CheckConstraint(
            "minutes BETWEEN 5 AND 480 AND step BETWEEN 5 AND 240", name=op.f("ck_service_minutes")
        ),
        sa.CheckConstraint(
            "notice >= 0 AND horizon_days BETWEEN 1 AND 400 AND free_hours >= 0",
            name=op.f("ck_service_terms"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service")),
    )
    op.create_table(
        "terms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terms")),
        sa.UniqueConstraint("number", "language", name="uq_terms_number"),
    )
    op.create_table(
        "agent_hours",
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("zone", sa.String(length=60), nullable=False),
        sa.Column("week", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("languages", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_agent_hours_agent_id_agent")),
        sa.PrimaryKeyConstraint("agent_id", name=op.f("pk_agent_hours")),
    )
    op.create_table(
        "hours_exception",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("hours", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_hours_exception_agent_id_agent")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hours_exception")),
        sa.UniqueConstraint("agent_id", "day", name="uq_hours_exception_day"),
    )
    op.create_table(
        "service_agent",
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_service_agent_agent_id_agent")),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_service_agent_service_id_service")
        ),
        sa.PrimaryKeyConstraint("service_id", "agent_id", name=op.f("pk_service_agent")),
    )
    op.create_table(
        "appointment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=80), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("busy_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("extended", sa.Boolean(), nullable=False),
        sa.Column("address", sa.String(length=60), nullable=False),
        sa.Column("draft_hash", sa.String(length=64), nullable=False),
        sa.Column("proof_hash", sa.String(length=64), nullable=True),
        sa.Column("manage_hash", sa.String(length=64), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("company", sa.String(length=160), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=True),
        sa.Column("customer_id", sa.Integer(), nullable=True),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("hold_key", sa.String(length=120), nullable=True),
        sa.Column("net_minor", sa.BigInteger(), nullable=True),
        sa.Column("fee_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("free_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state <> 'hold' OR held_until IS NOT NULL", name=op.f("ck_appointment_held_until")
        ),
        sa.CheckConstraint(
            "state IN ('hold', 'expired') OR (contact_id IS NOT NULL AND customer_id IS NOT NULL AND ticket_id IS NOT NULL AND hold_key IS NOT NULL AND net_minor > 0 AND fee_minor IS NOT NULL AND free_until IS NOT NULL)",
            name=op.f("ck_appointment_booked"),
        ),
        sa.CheckConstraint(
            "state IN ('hold', 'expired', 'confirmed', 'done', 'no_show', 'cancelled_free', 'cancelled_late', 'cancelled_by_us')",
            name=op.f("ck_appointment_state"),
        ),
        sa.CheckConstraint(
            "starts_at < ends_at AND ends_at <= busy_until", name=op.f("ck_appointment_order")
        ),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_appointment_agent_id_agent")),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact.id"], name=op.f("fk_appointment_contact_id_contact")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_appointment_customer_id_customer")
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_appointment_service_id_service")
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_appointment_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment")),
        sa.UniqueConstraint("draft_hash", name=op.f("uq_appointment_draft_hash")),
        sa.UniqueConstraint("manage_hash", name=op.f("uq_appointment_manage_hash")),
        sa.UniqueConstraint("proof_hash", name=op.f("uq_appointment_proof_hash")),
        sa.UniqueConstraint("uid", name=op.f("uq_appointment_uid")),
    )
    with op.batch_alter_table("appointment", schema=None) as batch_op:
        batch_op.create_index("ix_appointment_address", ["address", "state"], unique=False)
        batch_op.create_index("ix_appointment_agent_time", ["agent_id", "starts_at"], unique=False)
        batch_op.create_index(
            "ix_appointment_ahead",
            ["starts_at"],
            unique=False,
            sqlite_where=sa.text("state = 'confirmed'"),
            postgresql_where=sa.text("state = 'confirmed'"),
        )
        batch_op.create_index("ix_appointment_contact_id", ["contact_id", "starts_at"], unique=False)
        batch_op.create_index("ix_appointment_customer_id", ["customer_id", "starts_at"], unique=False)
        batch_op.create_index(
            "ix_appointment_held",
            ["held_until"],
            unique=False,
            sqlite_where=sa.text("state = 'hold'"),
            postgresql_where=sa.text("state = 'hold'"),
        )
        batch_op.create_index(batch_op.f("ix_appointment_ticket_id"), ["ticket_id"], unique=False)

    op.create_table(
        "terms_acceptance",
        sa.Column("appointment_id", sa.Integer(), nullable=False),
        sa.Column("terms_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("ip", sa.String(length=45), nullable=False),
        sa.Column("user_agent", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["appointment_id"],
            ["appointment.id"],
            name=op.f("fk_terms_acceptance_appointment_id_appointment"),
        ),
        sa.ForeignKeyConstraint(["terms_id"], ["terms.id"], name=op.f("fk_terms_acceptance_terms_id_terms")),
        sa.PrimaryKeyConstraint("appointment_id", name=op.f("pk_terms_acceptance")),
    )
    for statement in statements(op.get_bind().dialect.name):
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    """Goes back to the revision before."""
    op.drop_table("terms_acceptance")
    with op.batch_alter_table("appointment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_appointment_ticket_id"))
        batch_op.drop_index(
            "ix_appointment_held",
            sqlite_where=sa.text("state = 'hold'"),
            postgresql_where=sa.text("state = 'hold'"),
        )
        batch_op.drop_index("ix_appointment_customer_id")
        batch_op.drop_index("ix_appointment_contact_id")
        batch_op.drop_index(
            "ix_appointment_ahead",
            sqlite_where=sa.text("state = 'confirmed'"),
            postgresql_where=sa.text("state = 'confirmed'"),
        )
        batch_op.drop_index("ix_appointment_agent_time")
        batch_op.drop_index("ix_appointment_address")

    op.drop_table("appointment")
    op.drop_table("service_agent")
    op.drop_table("hours_exception")
    op.drop_table("agent_hours")
    op.drop_table("terms")
    op.drop_table("service")
