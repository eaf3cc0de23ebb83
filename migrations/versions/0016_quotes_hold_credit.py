"""Accepted quotes hold credit; work in the customer's absence is charged under a quote only."""

from pathlib import Path

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_CAUSES = "'surcharge', 'appointment', 'late_cancel', 'licence', 'top_up', 'bonus', 'invoice', 'settlement', 'payment', 'refund', 'vat', 'rounding', 'expiry', 'adjustment', 'reversal'"
_AGREED = "OR kind IN ('void', 'expire') OR (acceptance_id IS NOT NULL AND ticket_id IS NOT NULL)"
#: (constraint, condition before, condition now)
_CHECKS = (
    ("ck_transfer_cause", f"cause IN ('work', {_CAUSES})", f"cause IN ('work', 'quote', {_CAUSES})"),
    (
        "ck_transfer_agreed",
        f"cause NOT IN ('work', 'surcharge') {_AGREED}",
        f"cause NOT IN ('work', 'quote', 'surcharge') {_AGREED}",
    ),
)


def upgrade() -> None:
    """Brings the tables to this revision."""
    _widen_checks()
    script = Path(__file__).parents[1] / "sql" / f"0016_books_{op.get_bind().dialect.name}.sql"
    for statement in script.read_text(encoding="utf-8").split("-- next --"):
        op.get_bind().exec_driver_sql(statement)


def _widen_checks() -> None:
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        for name, _before, now in _CHECKS:
            op.drop_constraint(op.f(name), "transfer", type_="check")
            op.create_check_constraint(op.f(name), "transfer", now)
        return
    # As in 0002: in place, without making the table and its triggers anew.
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema=ON")
    for _name, before, now in _CHECKS:
        changed = connection.exec_driver_sql(
            "UPDATE sqlite_master SET sql = replace(sql, ?, ?)"
            " WHERE type = 'table' AND name = 'transfer' AND instr(sql, ?) > 0",
            (before, now, before),
        )
        if changed.rowcount != 1:
            raise RuntimeError("the table transfer is not as the migrations before made it")
    connection.exec_driver_sql(f"PRAGMA schema_version={version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema=RESET")


def downgrade() -> None:
    """Books are never dropped by a command."""
    raise RuntimeError("This migration cannot be undone: restore a backup.")
