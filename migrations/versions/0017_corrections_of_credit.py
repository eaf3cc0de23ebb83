"""Corrections of credit by hand, with a second person above CHF 500; monthly statements by mail."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Brings the tables to this revision."""
    op.add_column(
        "billing_terms", sa.Column("statements", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.create_table(
        "credit_correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=9), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=True),
        sa.Column("transfer_key", sa.String(length=120), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(length=7), nullable=True),
        sa.CheckConstraint(
            "kind IN ('bonus', 'refund', 'extension', 'reversal')", name=op.f("ck_credit_correction_kind")
        ),
        sa.CheckConstraint("outcome IN ('booked', 'refused')", name=op.f("ck_credit_correction_outcome")),
        sa.CheckConstraint(
            "(outcome IS NULL) = (decided_at IS NULL)", name=op.f("ck_credit_correction_decided")
        ),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> asked_by_id",
            name=op.f("ck_credit_correction_two_persons"),
        ),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome = 'refused' OR kind = 'extension' OR amount_minor <= 50000"
            " OR decided_by_id IS NOT NULL",
            name=op.f("ck_credit_correction_second_person"),
        ),
        sa.CheckConstraint("amount_minor > 0 AND reason <> ''", name=op.f("ck_credit_correction_content")),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["agent.id"], name=op.f("fk_credit_correction_asked_by_id_agent")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_credit_correction_customer_id_customer")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["agent.id"], name=op.f("fk_credit_correction_decided_by_id_agent")
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["credit_lot.id"], name=op.f("fk_credit_correction_lot_id_credit_lot")
        ),
        sa.ForeignKeyConstraint(
            ["transfer_key"], ["transfer.key"], name=op.f("fk_credit_correction_transfer_key_transfer")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_correction")),
        sa.UniqueConstraint("key", name=op.f("uq_credit_correction_key")),
    )
    waiting = sa.text("outcome IS NULL")
    op.create_index(
        "ix_credit_correction_waiting",
        "credit_correction",
        ["customer_id"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
    once = sa.text("transfer_key IS NOT NULL AND outcome IS NULL")
    op.create_index(
        "uq_credit_correction_transfer",
        "credit_correction",
        ["transfer_key"],
        unique=True,
        sqlite_where=once,
        postgresql_where=once,
    )


def downgrade() -> None:
    """Books are never dropped by a command."""
    raise RuntimeError("This migration cannot be undone: restore a backup.")
