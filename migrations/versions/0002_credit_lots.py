"""Credit comes in lots: bonus and paid, with a rate and an expiry of their own; work entries are books."""

from collections import defaultdict
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_OLD_KINDS = "'credit', 'receivable', 'cash', 'revenue_work', 'revenue_surcharge', 'revenue_other', 'vat_due', 'goodwill', 'expired_credit'"
_NEW_KINDS = "'credit', 'receivable', 'debtor', 'cash', 'revenue_work', 'revenue_surcharge', 'revenue_other', 'vat_due', 'vat_deferred', 'rounding', 'goodwill', 'expired_credit'"
#: (table, constraint, condition before, condition now)
_CHECKS = (
    ("account", "ck_account_kind", f"kind IN ({_OLD_KINDS})", f"kind IN ({_NEW_KINDS})"),
    (
        "account",
        "ck_account_owner",
        "(customer_id IS NOT NULL) = (kind IN ('credit', 'receivable')) AND (customer_id IS NOT NULL) = (limit_minor IS NOT NULL)",
        "(customer_id IS NOT NULL) = (kind IN ('credit', 'receivable', 'debtor')) AND (customer_id IS NOT NULL) = (limit_minor IS NOT NULL)",
    ),
    (
        "transfer",
        "ck_transfer_cause",
        "cause IN ('work', 'surcharge', 'appointment', 'late_cancel', 'licence', 'top_up', 'bonus', 'payment', 'refund', 'vat', 'rounding', 'expiry', 'adjustment', 'reversal')",
        "cause IN ('work', 'surcharge', 'appointment', 'late_cancel', 'licence', 'top_up', 'bonus', 'invoice', 'settlement', 'payment', 'refund', 'vat', 'rounding', 'expiry', 'adjustment', 'reversal')",
    ),
)


def upgrade() -> None:
    """Brings the tables to this revision."""
    _widen_checks()
    op.create_table(
        "credit_lot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("transfer_key", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=5), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("bought_minor", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("used_minor", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("held_minor", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("rate_minor", sa.BigInteger(), nullable=True),
        sa.Column("tax_point", sa.String(length=8), nullable=False),
        sa.Column("vat_minor", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('paid', 'bonus')", name=op.f("ck_credit_lot_kind")),
        sa.CheckConstraint("tax_point IN ('purchase', 'use', 'none')", name=op.f("ck_credit_lot_tax_point")),
        sa.CheckConstraint(
            "bought_minor >= 0 AND used_minor >= 0 AND held_minor >= 0 AND used_minor + held_minor <= bought_minor",
            name=op.f("ck_credit_lot_rest"),
        ),
        sa.CheckConstraint("rate_minor IS NULL OR rate_minor > 0", name=op.f("ck_credit_lot_rate")),
        sa.CheckConstraint("vat_minor >= 0", name=op.f("ck_credit_lot_vat")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_credit_lot_account_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_lot")),
        sa.UniqueConstraint("transfer_key", name=op.f("uq_credit_lot_transfer_key")),
    )
    with op.batch_alter_table("credit_lot", schema=None) as batch_op:
        batch_op.create_index("ix_credit_lot_account_id", ["account_id", "id"], unique=False)
        batch_op.create_index(
            "ix_credit_lot_expires_at",
            ["expires_at"],
            unique=False,
            sqlite_where=sa.text("expires_at IS NOT NULL"),
            postgresql_where=sa.text("expires_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_credit_lot_open",
            ["account_id"],
            unique=False,
            sqlite_where=sa.text("used_minor + held_minor < bought_minor"),
            postgresql_where=sa.text("used_minor + held_minor < bought_minor"),
        )

    op.create_table(
        "lot_use",
        sa.Column("transfer_key", sa.String(length=120), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("used_minor", sa.BigInteger(), nullable=False),
        sa.Column("held_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("used_minor <> 0 OR held_minor <> 0", name=op.f("ck_lot_use_something")),
        sa.ForeignKeyConstraint(["lot_id"], ["credit_lot.id"], name=op.f("fk_lot_use_lot_id_credit_lot")),
        sa.ForeignKeyConstraint(
            ["transfer_key"], ["transfer.key"], name=op.f("fk_lot_use_transfer_key_transfer")
        ),
        sa.PrimaryKeyConstraint("transfer_key", "lot_id", name=op.f("pk_lot_use")),
    )
    with op.batch_alter_table("lot_use", schema=None) as batch_op:
        batch_op.create_index("ix_lot_use_lot_id", ["lot_id"], unique=False)

    _give_credit_to_lots(op.get_bind())
    # As they were when this was released: a migration never changes when the code does.
    script = Path(__file__).parents[1] / "sql" / f"0002_books_{op.get_bind().dialect.name}.sql"
    for statement in script.read_text(encoding="utf-8").split("-- next --"):
        op.get_bind().exec_driver_sql(statement)


def _widen_checks() -> None:
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        for table, name, _before, now in _CHECKS:
            op.drop_constraint(op.f(name), table, type_="check")
            op.create_check_constraint(op.f(name), table, now)
        return
    # SQLite can change a CHECK that fits all rows in place, without making the table and its triggers anew
    # (sqlite.org/lang_altertable.html, section 7).
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema=ON")
    for table, _name, before, now in _CHECKS:
        changed = connection.exec_driver_sql(
            "UPDATE sqlite_master SET sql = replace(sql, ?, ?)"
            " WHERE type = 'table' AND name = ? AND instr(sql, ?) > 0",
            (before, now, table, before),
        )
        if changed.rowcount != 1:
            raise RuntimeError(f"the table {table} is not as the first migration made it")
    connection.exec_driver_sql(f"PRAGMA schema_version={version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema=RESET")


def _give_credit_to_lots(connection: Any) -> None:
    """Makes a lot of each payment so far and tells which charge used which, as if lots had always been."""
    # Transfers are only ever added, so the order of the rows is the order in which they were booked.
    order = "ctid" if connection.dialect.name == "postgresql" else "rowid"
    query = sa.text(
        f"SELECT * FROM transfer WHERE debit_account_id = :a OR credit_account_id = :a ORDER BY {order}"  # noqa: S608
    )
    for (account,) in connection.execute(
        sa.text("SELECT id FROM account WHERE kind = 'credit' ORDER BY id")
    ).all():
        _Replay(connection, account).play(connection.execute(query, {"a": account}).all())


class _Replay:
    """The bookings of one account once more, each with its lots."""

    def __init__(self, connection: Any, account: int) -> None:
        self.connection, self.account = connection, account
        self.rest: dict[int, int] = {}
        self.order: list[int] = []
        self.uses: dict[str, list[tuple[int, int, int]]] = defaultdict(list)

    def play(self, rows: Any) -> None:
        incoming = [r for r in rows if r.credit_account_id == self.account and r.kind in ("single", "post")]
        for row in sorted(incoming, key=lambda r: r.cause != "bonus"):
            self._birth(row)
        for row in rows:
            if row not in incoming and not self._use(row):
                raise RuntimeError(f"the bookings of account {self.account} do not add up at {row.key}")
        for lot, rest in self.rest.items():
            self._counters(lot, rest)

    def _birth(self, row: Any) -> None:
        bonus = row.cause == "bonus"
        lot = self.connection.execute(
            sa.text(
                "INSERT INTO credit_lot (account_id, transfer_key, kind, name, bought_minor, currency, tax_point, paid_at)"
                " VALUES (:a, :k, :kind, '', :m, :c, :t, :at) RETURNING id"
            ),
            {
                "a": self.account,
                "k": row.key,
                "kind": "bonus" if bonus else "paid",
                "m": row.amount_minor,
                "c": row.currency,
                "t": "none" if bonus else "purchase",
                "at": row.created_at,
            },
        ).scalar_one()
        self.rest[lot] = row.amount_minor
        self.order.append(lot)

    def _use(self, row: Any) -> bool:
        """Notes what the booking did to the lots; False when they do not have it."""
        if row.kind in ("single", "pending") or (
            row.kind == "reverse" and row.debit_account_id == self.account
        ):
            parts = self._take(row.amount_minor)
            held = row.kind == "pending"
            moves = [(lot, 0, part) if held else (lot, part, 0) for lot, part in parts]
        elif row.kind == "reverse":
            moves = [(lot, -used, 0) for lot, used, _held in self.uses.get(row.reverses_key, ()) if used > 0]
        else:
            captured = row.amount_minor if row.kind == "post" else 0
            moves = []
            for lot, _used, held in self.uses.get(row.pending_key, ()):
                moves.append((lot, min(captured, held), -held))
                captured -= min(captured, held)
        if not moves:
            return False
        for position, (lot, used, held) in enumerate(moves, 1):
            self.rest[lot] -= used + held
            self.uses[row.key].append((lot, used, held))
            self.connection.execute(
                sa.text("INSERT INTO lot_use VALUES (:k, :l, :p, :u, :h)"),
                {"k": row.key, "l": lot, "p": position, "u": used, "h": held},
            )
        return True

    def _take(self, amount: int) -> list[tuple[int, int]]:
        if sum(self.rest.values()) < amount:
            return []
        parts = []
        for lot in self.order:
            part = min(amount, self.rest[lot])
            if part:
                parts.append((lot, part))
                amount -= part
        return parts

    def _counters(self, lot: int, rest: int) -> None:
        moves = [move for uses in self.uses.values() for move in uses if move[0] == lot]
        self.connection.execute(
            sa.text("UPDATE credit_lot SET used_minor = :u, held_minor = :h WHERE id = :l"),
            {"u": sum(m[1] for m in moves), "h": sum(m[2] for m in moves), "l": lot},
        )


def downgrade() -> None:
    """What a lot says of money cannot be taken back; books are never dropped by a command."""
    raise RuntimeError("This migration cannot be undone: restore a backup.")
