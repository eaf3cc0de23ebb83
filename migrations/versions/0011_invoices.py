"""Invoices and credit notes, what was paid on them, and reminders."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Brings the tables to this revision."""
    op.create_table(
        "invoice_series",
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_invoice_series")),
    )
    op.create_table(
        "invoice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("series", sa.String(length=10), nullable=False),
        sa.Column("number_in_series", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=11), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("corrects_id", sa.Integer(), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.Column("vat_bp", sa.Integer(), nullable=False),
        sa.Column("vat_note", sa.String(length=10), nullable=False),
        sa.Column("vat_minor", sa.BigInteger(), nullable=False),
        sa.Column("rounding_minor", sa.Integer(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.String(length=27), nullable=False),
        sa.Column("iban", sa.String(length=34), nullable=False),
        sa.Column("creditor", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("debtor", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("lines", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("credit_terms", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("state", sa.String(length=9), server_default="open", nullable=False),
        sa.Column("paid_minor", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_kind", sa.String(length=8), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('work', 'credit', 'credit_note')", name=op.f("ck_invoice_kind")),
        sa.CheckConstraint("state IN ('open', 'paid', 'cancelled')", name=op.f("ck_invoice_state")),
        sa.CheckConstraint(
            "net_minor > 0 AND vat_minor >= 0 AND rounding_minor BETWEEN -2 AND 2",
            name=op.f("ck_invoice_amounts"),
        ),
        sa.CheckConstraint("number_in_series > 0", name=op.f("ck_invoice_number_in_series")),
        sa.CheckConstraint("paid_minor >= 0", name=op.f("ck_invoice_paid")),
        sa.CheckConstraint(
            "total_minor = net_minor + vat_minor + rounding_minor", name=op.f("ck_invoice_total")
        ),
        sa.ForeignKeyConstraint(["corrects_id"], ["invoice.id"], name=op.f("fk_invoice_corrects_id_invoice")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_invoice_customer_id_customer")
        ),
        sa.ForeignKeyConstraint(
            ["series"], ["invoice_series.code"], name=op.f("fk_invoice_series_invoice_series")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice")),
        sa.UniqueConstraint("corrects_id", name=op.f("uq_invoice_corrects_id")),
        sa.UniqueConstraint("key", name=op.f("uq_invoice_key")),
        sa.UniqueConstraint("number", name=op.f("uq_invoice_number")),
        sa.UniqueConstraint("reference", name=op.f("uq_invoice_reference")),
    )
    with op.batch_alter_table("invoice", schema=None) as batch_op:
        batch_op.create_index("ix_invoice_customer_id", ["customer_id", "id"], unique=False)
        batch_op.create_index(
            "ix_invoice_open",
            ["due_on"],
            unique=False,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.create_index("uq_invoice_in_series", ["series", "number_in_series"], unique=True)

    op.create_table(
        "invoice_reminder",
        sa.Column("invoice_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("level BETWEEN 1 AND 3", name=op.f("ck_invoice_reminder_level")),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoice.id"], name=op.f("fk_invoice_reminder_invoice_id_invoice")
        ),
        sa.PrimaryKeyConstraint("invoice_id", "level", name=op.f("pk_invoice_reminder")),
    )
    op.create_table(
        "payment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("source", sa.String(length=4), nullable=False),
        sa.Column("invoice_id", sa.Integer(), nullable=True),
        sa.Column("reference", sa.String(length=140), nullable=False),
        sa.Column("payer", sa.String(length=140), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("source IN ('hand', 'camt')", name=op.f("ck_payment_source")),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_payment_amount")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_payment_invoice_id_invoice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
        sa.UniqueConstraint("key", name=op.f("uq_payment_key")),
    )
    with op.batch_alter_table("payment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payment_invoice_id"), ["invoice_id"], unique=False)

    op.create_table(
        "invoice_item",
        sa.Column("transfer_key", sa.String(length=120), nullable=False),
        sa.Column("invoice_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoice.id"], name=op.f("fk_invoice_item_invoice_id_invoice")
        ),
        sa.ForeignKeyConstraint(
            ["transfer_key"], ["transfer.key"], name=op.f("fk_invoice_item_transfer_key_transfer")
        ),
        sa.PrimaryKeyConstraint("transfer_key", name=op.f("pk_invoice_item")),
    )
    with op.batch_alter_table("invoice_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invoice_item_invoice_id"), ["invoice_id"], unique=False)

    # As they were when this was released: a migration never changes when the code does.
    script = Path(__file__).parents[1] / "sql" / f"0011_books_{op.get_bind().dialect.name}.sql"
    for statement in script.read_text(encoding="utf-8").split("-- next --"):
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    """Books are never dropped by a command."""
    raise RuntimeError("This migration cannot be undone: restore a backup.")
