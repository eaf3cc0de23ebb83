"""The outbox can be undone, asked about and braked; contacts whose mail fails are marked."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_STATES = "'queued', 'sending', 'sent', 'failed', 'unknown'"


def upgrade() -> None:
    """Brings the tables to this revision."""
    op.create_table(
        "mail_brake",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pulled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_by", sa.String(length=160), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_brake")),
    )
    op.add_column("contact", sa.Column("mail_fails_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "contact", sa.Column("mail_fails_why", sa.String(length=500), server_default="", nullable=False)
    )
    op.add_column("outgoing_mail", sa.Column("agent_id", sa.Integer(), nullable=True))
    op.add_column("outgoing_mail", sa.Column("written", sa.Text(), nullable=True))
    op.add_column(
        "outgoing_mail",
        sa.Column("undo", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
    )
    op.add_column("outgoing_mail", sa.Column("doubts", sa.Integer(), server_default="0", nullable=False))
    op.add_column("outgoing_mail", sa.Column("retried_at", sa.DateTime(timezone=True), nullable=True))
    _states(f"{_STATES}, 'withdrawn'")
    op.create_index(
        "ix_outgoing_mail_automatic_sent",
        "outgoing_mail",
        ["sent_at"],
        sqlite_where=sa.text("automatic"),
        postgresql_where=sa.text("automatic"),
    )


def downgrade() -> None:
    """Goes back to the revision before; what was withdrawn counts as failed."""
    op.execute("UPDATE outgoing_mail SET state = 'failed' WHERE state = 'withdrawn'")
    op.drop_index("ix_outgoing_mail_automatic_sent", "outgoing_mail")
    _states(_STATES)
    for column in ("retried_at", "doubts", "undo", "written", "agent_id"):
        op.drop_column("outgoing_mail", column)
    for column in ("mail_fails_why", "mail_fails_since"):
        op.drop_column("contact", column)
    op.drop_table("mail_brake")


def _states(states: str) -> None:
    """Replaces the list of states; SQLite makes the table anew for that, without its CHECKs."""
    name, rule = op.f("ck_outgoing_mail_state"), f"state IN ({states})"
    if op.get_bind().dialect.name == "sqlite":
        with op.batch_alter_table("outgoing_mail", recreate="always") as table:
            table.create_check_constraint(name, rule)
    else:
        op.drop_constraint(name, "outgoing_mail", type_="check")
        op.create_check_constraint(name, "outgoing_mail", rule)
