"""Quotes and their lines."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Brings the tables to this revision."""
    op.create_table(
        "quote",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=10), server_default="draft", nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("basis", sa.String(length=6), nullable=False),
        sa.Column("terms", sa.Text(), server_default="", nullable=False),
        sa.Column("valid_days", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("offer_id", sa.Integer(), nullable=True),
        sa.Column("supplement_to_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("warned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("late_yes_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(stage IN ('draft', 'discarded')) = (offer_id IS NULL)", name=op.f("ck_quote_offer")
        ),
        sa.CheckConstraint("basis IN ('fixed', 'effort')", name=op.f("ck_quote_basis")),
        sa.CheckConstraint(
            "stage IN ('draft', 'discarded', 'sent', 'done', 'billed')", name=op.f("ck_quote_stage")
        ),
        sa.CheckConstraint("valid_days BETWEEN 1 AND 180 AND version >= 1", name=op.f("ck_quote_numbers")),
        sa.ForeignKeyConstraint(["created_by_id"], ["agent.id"], name=op.f("fk_quote_created_by_id_agent")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_quote_customer_id_customer")),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.id"], name=op.f("fk_quote_offer_id_offer")),
        sa.ForeignKeyConstraint(
            ["supplement_to_id"], ["quote.id"], name=op.f("fk_quote_supplement_to_id_quote")
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_quote_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote")),
        sa.UniqueConstraint("number", "version", name="uq_quote_version"),
        sa.UniqueConstraint("offer_id", name=op.f("uq_quote_offer_id")),
    )
    with op.batch_alter_table("quote", schema=None) as batch_op:
        batch_op.create_index("ix_quote_stage", ["stage", "id"], unique=False)
        batch_op.create_index("ix_quote_ticket_id", ["ticket_id"], unique=False)

    op.create_table(
        "quote_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("quote_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("text <> ''", name=op.f("ck_quote_line_text")),
        sa.CheckConstraint(
            "minutes IS NULL OR minutes BETWEEN 1 AND 60000", name=op.f("ck_quote_line_minutes")
        ),
        sa.CheckConstraint("net_minor BETWEEN 1 AND 99999999", name=op.f("ck_quote_line_net")),
        sa.ForeignKeyConstraint(["quote_id"], ["quote.id"], name=op.f("fk_quote_line_quote_id_quote")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote_line")),
        sa.UniqueConstraint("quote_id", "position", name="uq_quote_line_position"),
    )


def downgrade() -> None:
    """Quotes are vouchers; they are never dropped by a command."""
    raise RuntimeError("Quotes are never dropped: restore a backup.")
