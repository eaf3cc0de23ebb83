"""Mailboxes are fetched by accounts of their own; macros, signatures by language; pictures by message."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Brings the tables to this revision."""
    op.create_table(
        "macro",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("texts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_macro")),
        sa.UniqueConstraint("name", name=op.f("uq_macro_name")),
    )
    op.create_table(
        "mail_source",
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("succeeded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(length=500), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("oldest_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_mail_source")),
    )
    op.create_table(
        "agent_signature",
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_agent_signature_agent_id_agent")),
        sa.PrimaryKeyConstraint("agent_id", "language", name=op.f("pk_agent_signature")),
    )
    op.create_table(
        "mail_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mailbox_id", sa.Integer(), nullable=False),
        sa.Column("host", sa.String(length=255), nullable=False),
        sa.Column("port", sa.Integer(), nullable=False),
        sa.Column("security", sa.String(length=8), nullable=False),
        sa.Column("username", sa.String(length=254), nullable=False),
        sa.Column("folder", sa.String(length=250), nullable=False),
        sa.Column("sign_in", sa.String(length=8), nullable=False),
        sa.Column("token_url", sa.String(length=500), nullable=False),
        sa.Column("client_id", sa.String(length=250), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("begins_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("security IN ('tls', 'starttls', 'none')", name=op.f("ck_mail_account_security")),
        sa.CheckConstraint("sign_in IN ('password', 'oauth')", name=op.f("ck_mail_account_sign_in")),
        sa.ForeignKeyConstraint(
            ["mailbox_id"], ["mailbox.id"], name=op.f("fk_mail_account_mailbox_id_mailbox")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_account")),
        sa.UniqueConstraint("mailbox_id", name=op.f("uq_mail_account_mailbox_id")),
    )
    with op.batch_alter_table("mailbox", schema=None) as batch_op:
        batch_op.add_column(sa.Column("team", sa.String(length=80), server_default="", nullable=False))
        batch_op.add_column(sa.Column("zone", sa.String(length=64), server_default="", nullable=False))
        batch_op.add_column(sa.Column("country", sa.String(length=2), server_default="", nullable=False))
        batch_op.add_column(sa.Column("subdivision", sa.String(length=10), server_default="", nullable=False))
        batch_op.add_column(sa.Column("signature", sa.String(length=2000), server_default="", nullable=False))

    with op.batch_alter_table("raw_mail", schema=None) as batch_op:
        batch_op.add_column(sa.Column("silent", sa.Boolean(), server_default=sa.false(), nullable=False))

    with op.batch_alter_table("ticket_message", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("pictures_allowed", sa.Boolean(), server_default=sa.false(), nullable=False)
        )


def downgrade() -> None:
    """Goes back to the revision before."""
    with op.batch_alter_table("ticket_message", schema=None) as batch_op:
        batch_op.drop_column("pictures_allowed")

    with op.batch_alter_table("raw_mail", schema=None) as batch_op:
        batch_op.drop_column("silent")

    with op.batch_alter_table("mailbox", schema=None) as batch_op:
        batch_op.drop_column("signature")
        batch_op.drop_column("subdivision")
        batch_op.drop_column("country")
        batch_op.drop_column("zone")
        batch_op.drop_column("team")

    op.drop_table("mail_account")
    op.drop_table("agent_signature")
    op.drop_table("mail_source")
    op.drop_table("macro")
