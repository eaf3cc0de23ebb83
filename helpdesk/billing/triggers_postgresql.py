"""PostgreSQL's triggers: many writers at once, so the rows that are counted on are locked."""

from collections.abc import Sequence

from helpdesk.billing import lot_rules
from helpdesk.billing.book_rules import ANSWERED, HOLDS, MOVES, USE, Rule

# ruff: noqa: S608  these are fixed texts of ours; nothing from outside is put into them


class Postgresql:
    """Many writers at once: the rows that are counted on are locked, lower account first."""

    def frozen(self, table: str) -> list[str]:
        return [
            *self._function(
                f"{table}_frozen", "RAISE check_violation USING MESSAGE = 'ledger_unchangeable';"
            ),
            *self._trigger(f"{table}_frozen", f"BEFORE UPDATE OR DELETE ON {table}", "ROW"),
            *self._trigger(f"{table}_frozen", f"BEFORE TRUNCATE ON {table}", "STATEMENT", "_whole"),
        ]

    def kept(self, table: str) -> list[str]:
        return [
            *self._function(f"{table}_kept", "RAISE check_violation USING MESSAGE = 'ledger_unchangeable';"),
            *self._trigger(f"{table}_kept", f"BEFORE DELETE ON {table}", "ROW"),
        ]

    def checks(self, table: str, verb: str, rules: Sequence[Rule], *, name: str = "checks") -> list[str]:
        body = _refusals(rules)
        whole = f"{table}_{verb.lower()}_{name}"
        return [
            *self._function(whole, f"{body}\n  RETURN NEW;"),
            *self._trigger(whole, f"BEFORE {verb} ON {table}", "ROW"),
        ]

    def counts(self) -> list[str]:
        body = f"""  PERFORM 1 FROM account WHERE id IN (NEW.debit_account_id, NEW.credit_account_id)
    AND limit_minor IS NOT NULL ORDER BY id FOR NO KEY UPDATE;
  UPDATE account SET debits_posted = debits_posted + ({MOVES}),
    debits_pending = debits_pending + ({HOLDS})
    WHERE id = NEW.debit_account_id AND limit_minor IS NOT NULL;
  IF NEW.kind IN ('single', 'post', 'reverse') THEN
    UPDATE account SET credits_posted = credits_posted + ({MOVES})
      WHERE id = NEW.credit_account_id AND limit_minor IS NOT NULL;
  END IF;
  IF NEW.acceptance_id IS NOT NULL THEN
    UPDATE offer SET used_minor = used_minor + ({USE})
      WHERE id = (SELECT offer_id FROM offer_answer WHERE id = NEW.acceptance_id);
  END IF;
  RETURN NULL;"""
        return [
            *self._function("transfer_counts", body),
            *self._trigger("transfer_counts", "AFTER INSERT ON transfer", "ROW"),
        ]

    def lots(self) -> list[str]:
        # By its name it fires after `transfer_counts`, which locks the account and with it the lots.
        body = ""
        for when, steps in lot_rules.STEPS:
            done = "\n".join(f"    {step};" for step in steps)
            body += f"  IF {when} THEN\n{done}\n  END IF;\n"
        body += _refusals(lot_rules.AFTER)
        return [
            *self._function("transfer_lots", f"{body}\n  RETURN NULL;"),
            *self._trigger("transfer_lots", "AFTER INSERT ON transfer", "ROW"),
        ]

    def uses(self) -> list[str]:
        return [
            *self._function("lot_use_counts", f"  {lot_rules.COUNTED};\n  RETURN NULL;"),
            *self._trigger("lot_use_counts", "AFTER INSERT ON lot_use", "ROW"),
        ]

    def answers(self) -> list[str]:
        # Somebody else may have settled the offer while we waited for its row.
        body = f"""  {ANSWERED} WHERE id = NEW.offer_id AND state = 'open';
  IF NOT FOUND THEN
    RAISE check_violation USING MESSAGE = 'offer_closed';
  END IF;
  RETURN NULL;"""
        return [
            *self._function("offer_answer_settles", body),
            *self._trigger("offer_answer_settles", "AFTER INSERT ON offer_answer", "ROW"),
        ]

    def _function(self, name: str, body: str) -> list[str]:
        return [
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$\n"
            f"BEGIN\n  {body.strip()}\nEND $$"
        ]

    def _trigger(self, name: str, when: str, each: str, suffix: str = "") -> list[str]:
        return [f"CREATE OR REPLACE TRIGGER {name}{suffix} {when} FOR EACH {each} EXECUTE FUNCTION {name}()"]


def _refusals(rules: Sequence[Rule]) -> str:
    return "\n".join(
        f"""  IF ({when}) AND NOT coalesce(({must}), FALSE) THEN
    RAISE check_violation USING MESSAGE = '{code}';
  END IF;"""
        for code, when, must in rules
    )
