"""Terms with a customer, prices for a plan or a customer, cases that cost nothing, timers, links to credit."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Brings the tables to this revision."""
    op.create_table(
        "billing_terms",
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("policy", sa.String(length=7), nullable=False),
        sa.Column("limit_minor", sa.BigInteger(), nullable=False),
        sa.Column("payment_days", sa.Integer(), nullable=False),
        sa.Column("business", sa.Boolean(), nullable=False),
        sa.Column("round_to_five", sa.Boolean(), nullable=False),
        sa.CheckConstraint("policy IN ('ask', 'invoice', 'minus')", name=op.f("ck_billing_terms_policy")),
        sa.CheckConstraint("limit_minor >= 0", name=op.f("ck_billing_terms_limit_minor")),
        sa.CheckConstraint("payment_days BETWEEN 0 AND 120", name=op.f("ck_billing_terms_payment_days")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_billing_terms_customer_id_customer")
        ),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_billing_terms")),
    )
    op.create_table(
        "credit_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact.id"], name=op.f("fk_credit_link_contact_id_contact")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_credit_link_customer_id_customer")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_credit_link_token_hash")),
    )
    with op.batch_alter_table("credit_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_credit_link_customer_id"), ["customer_id"], unique=False)

    op.create_table(
        "case_waiver",
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("actor_kind", sa.String(length=8), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('defect', 'goodwill', 'nothing')", name=op.f("ck_case_waiver_kind")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_case_waiver_reason")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_case_waiver_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_case_waiver")),
    )
    op.create_table(
        "work_timer",
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_work_timer_agent_id_agent")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_work_timer_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("agent_id", name=op.f("pk_work_timer")),
    )
    with op.batch_alter_table("price", schema=None) as batch_op:
        batch_op.add_column(sa.Column("scope", sa.String(length=40), server_default="", nullable=False))

    # Nobody was asked yet when these were closed.
    op.execute(
        """INSERT INTO case_waiver (ticket_id, kind, reason, actor_kind, at)
        SELECT t.id, 'nothing', 'Closed before this was asked', 'system', coalesce(t.closed_at, t.updated_at)
        FROM ticket t WHERE t.status = 'closed' AND t.label = 'support'
          AND NOT EXISTS (SELECT 1 FROM work_entry w WHERE w.ticket_id = t.id)"""
    )


def downgrade() -> None:
    """Goes back to the revision before."""
    with op.batch_alter_table("price") as batch_op:
        batch_op.drop_column("scope")
    for table in ("work_timer", "case_waiver", "credit_link", "billing_terms"):
        op.drop_table(table)
