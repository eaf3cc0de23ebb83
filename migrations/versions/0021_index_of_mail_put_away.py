"""The list of mails that were put away walks an index of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Brings the tables to this revision."""
    op.create_index(
        "ix_raw_mail_discarded",
        "raw_mail",
        ["id"],
        sqlite_where=sa.text("state = 'discarded'"),
        postgresql_where=sa.text("state = 'discarded'"),
    )


def downgrade() -> None:
    """Takes this revision back."""
    op.drop_index("ix_raw_mail_discarded", table_name="raw_mail")
