"""Messages can be moved to another ticket, and tickets merged."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_COLUMNS = (("ticket", "merged_into_id"), ("ticket_message", "moved_from_id"))


def upgrade() -> None:
    """Brings the tables to this revision."""
    last = _last_number()
    for table, column in _COLUMNS:
        kind = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
        only = sa.text(f"{column} IS NOT NULL")
        with op.batch_alter_table(table, table_kwargs={"sqlite_autoincrement": table == "ticket"}) as batch:
            batch.add_column(sa.Column(column, kind, nullable=True))
            batch.create_foreign_key(f"fk_{table}_{column}_ticket", "ticket", [column], ["id"])
            if table == "ticket":
                batch.create_check_constraint("merged", "merged_into_id IS NULL OR status = 'closed'")
        index = f"ix_{table}_{column.removesuffix('_id')}"
        op.create_index(index, table, [column], sqlite_where=only, postgresql_where=only)
    _restore(last)


def downgrade() -> None:
    """Goes back to the revision before."""
    last = _last_number()
    for table, column in reversed(_COLUMNS):
        op.drop_index(f"ix_{table}_{column.removesuffix('_id')}", table)
        with op.batch_alter_table(table, table_kwargs={"sqlite_autoincrement": table == "ticket"}) as batch:
            batch.drop_constraint(f"fk_{table}_{column}_ticket", type_="foreignkey")
            if table == "ticket":
                batch.drop_constraint("merged", type_="check")
            batch.drop_column(column)
    _restore(last)


def _last_number() -> int:
    """SQLite makes the table anew and forgets which number it gave last: the next ticket would be #1."""
    if op.get_bind().dialect.name != "sqlite":
        return 0
    query = sa.text("SELECT seq FROM sqlite_sequence WHERE name = 'ticket'")
    return int(op.get_bind().scalar(query) or 0)


def _restore(last: int) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DELETE FROM sqlite_sequence WHERE name IN ('ticket', '_alembic_tmp_ticket')")
        op.execute(
            sa.text("INSERT INTO sqlite_sequence (name, seq) VALUES ('ticket', :last)").bindparams(last=last)
        )
