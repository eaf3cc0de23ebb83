"""SQLite's triggers: one writer at a time, so that they see the truth."""

from collections.abc import Sequence

from helpdesk.billing import lot_rules
from helpdesk.billing.book_rules import ANSWERED, HOLDS, MOVES, USE, Rule

# ruff: noqa: S608  these are fixed texts of ours; nothing from outside is put into them

#: What a row is known by, where that is not `id`.
_KEYS = {
    "transfer": ("key",),
    "lot_use": ("transfer_key", "lot_id"),
    "answer_seal": ("answer_id",),
    "invoice_item": ("transfer_key",),
}


class Sqlite:
    """One writer at a time: triggers see the truth."""

    def frozen(self, table: str) -> list[str]:
        # REPLACE deletes the old row without firing DELETE triggers, so a taken key is refused before it.
        keys = _KEYS.get(table, ("id",))
        same = " AND ".join(f"t.{key} = NEW.{key}" for key in keys)
        taken = f"NOT EXISTS (SELECT 1 FROM {table} t WHERE {same})"
        return [
            *self._trigger(table, "UPDATE", "ledger_unchangeable", "TRUE", "FALSE"),
            *self.kept(table),
            *self._trigger(table, "INSERT", "ledger_key_taken", f"NEW.{keys[0]} IS NOT NULL", taken),
        ]

    def kept(self, table: str) -> list[str]:
        return self._trigger(table, "DELETE", "ledger_unchangeable", "TRUE", "FALSE")

    def checks(self, table: str, verb: str, rules: Sequence[Rule], *, name: str = "checks") -> list[str]:
        made = [s for rule in rules for s in self._trigger(table, verb, *rule)]
        if table == "transfer" and name == "checks":
            # A column of SQLite takes 0.5 where an integer is declared; money does not.
            made += self._trigger(
                table, verb, "ledger_amount", "TRUE", "typeof(NEW.amount_minor) = 'integer'"
            )
        return made

    def counts(self) -> list[str]:
        return [
            "DROP TRIGGER IF EXISTS transfer_counts",
            f"""CREATE TRIGGER transfer_counts AFTER INSERT ON transfer BEGIN
  UPDATE account SET debits_posted = debits_posted + ({MOVES}),
    debits_pending = debits_pending + ({HOLDS})
    WHERE id = NEW.debit_account_id AND limit_minor IS NOT NULL;
  UPDATE account SET credits_posted = credits_posted + ({MOVES})
    WHERE id = NEW.credit_account_id AND limit_minor IS NOT NULL;
  UPDATE offer SET used_minor = used_minor + ({USE})
    WHERE id = (SELECT offer_id FROM offer_answer WHERE id = NEW.acceptance_id);
END""",
        ]

    def lots(self) -> list[str]:
        made = []
        for number, (when, steps) in enumerate(lot_rules.STEPS):
            body = ";\n  ".join((*steps, *self._afterwards(when)))
            made += [
                f"DROP TRIGGER IF EXISTS transfer_lots_{number}",
                f"CREATE TRIGGER transfer_lots_{number} AFTER INSERT ON transfer WHEN {when}"
                f" BEGIN\n  {body};\nEND",
            ]
        return made

    def _afterwards(self, when: str) -> list[str]:
        return [
            f"SELECT RAISE(ABORT, '{code}') WHERE NOT coalesce(({must}), FALSE)"
            for code, applies, must in lot_rules.AFTER
            if applies == when
        ]

    def uses(self) -> list[str]:
        return [
            "DROP TRIGGER IF EXISTS lot_use_counts",
            f"CREATE TRIGGER lot_use_counts AFTER INSERT ON lot_use BEGIN\n  {lot_rules.COUNTED};\nEND",
        ]

    def answers(self) -> list[str]:
        return [
            "DROP TRIGGER IF EXISTS offer_answer_settles",
            f"""CREATE TRIGGER offer_answer_settles AFTER INSERT ON offer_answer BEGIN
  {ANSWERED} WHERE id = NEW.offer_id AND state = 'open';
END""",
        ]

    def _trigger(self, table: str, verb: str, code: str, when: str, must: str) -> list[str]:
        name = f"{table}_{verb.lower()}_{code}"
        return [
            f"DROP TRIGGER IF EXISTS {name}",
            f"""CREATE TRIGGER {name} BEFORE {verb} ON {table} WHEN {when} BEGIN
  SELECT RAISE(ABORT, '{code}') WHERE NOT coalesce(({must}), FALSE);
END""",
        ]
