"""What corrections teach about the rules: figures, suggestions, and what a corrected case came to at billing."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Brings the tables to this revision."""
    op.create_table(
        "learning_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("data", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_learning_report_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learning_report")),
    )
    op.create_table(
        "rule_suggestion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("data", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'accepted', 'rejected')", name=op.f("ck_rule_suggestion_state")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["agent.id"], name=op.f("fk_rule_suggestion_decided_by_id_agent")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_suggestion")),
        sa.UniqueConstraint("key", name=op.f("uq_rule_suggestion_key")),
    )
    op.add_column("correction", sa.Column("billed", sa.String(length=10), nullable=True))


def downgrade() -> None:
    """Goes back to the revision before."""
    op.drop_column("correction", "billed")
    op.drop_table("rule_suggestion")
    op.drop_table("learning_report")
