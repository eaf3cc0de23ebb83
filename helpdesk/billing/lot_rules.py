"""How the database gives each booking on credit to the customer's lots; SQL that both databases read.

A lot is born with the transfer that brings its money. What is charged or held is taken from the lots in their
order; what is captured comes from the lots that were held, the rest goes back to them; what is reversed goes
back to the lots that paid it. If lots and booking do not agree to the Rappen, the booking is refused.
"""

# ruff: noqa: S608  these are fixed texts of ours; nothing from outside is put into them

from helpdesk.billing.book_rules import Rule, unchanged


def _on_credit(side: str) -> str:
    return f"EXISTS (SELECT 1 FROM account k WHERE k.id = NEW.{side}_account_id AND k.kind = 'credit')"


_BRINGS = f"NEW.kind IN ('single', 'post') AND {_on_credit('credit')}"
_TAKES = f"NEW.kind IN ('single', 'pending', 'reverse') AND {_on_credit('debit')}"
_SETTLES = f"NEW.kind IN ('post', 'void', 'expire') AND {_on_credit('debit')}"
_RETURNS = f"NEW.kind = 'reverse' AND {_on_credit('credit')}"

#: Bonus before paid, earliest expiry, then oldest.
ORDER = (
    "CASE WHEN l.kind = 'bonus' THEN 0 ELSE 1 END, "
    "CASE WHEN l.expires_at IS NULL THEN 1 ELSE 0 END, l.expires_at, l.paid_at, l.id"
)
_REST = "l.bought_minor - l.used_minor - l.held_minor"
# Expiry and refund name their lot; a lot that was booked wrongly is taken back itself, as far as it is left.
_USABLE = """CASE WHEN NEW.cause IN ('expiry', 'refund') THEN l.transfer_key = NEW.cause_ref
    WHEN NEW.kind = 'reverse' THEN TRUE
    ELSE l.expires_at IS NULL OR l.expires_at > NEW.created_at END"""
_OWN_FIRST = "CASE WHEN l.transfer_key = NEW.reverses_key THEN 0 ELSE 1 END"

_BIRTH = """INSERT INTO credit_lot (account_id, transfer_key, kind, name, bought_minor, used_minor,
    held_minor, currency, tax_point, vat_minor, paid_at)
  SELECT NEW.credit_account_id, NEW.key, CASE WHEN NEW.cause = 'bonus' THEN 'bonus' ELSE 'paid' END, '', 0, 0,
    0, NEW.currency, CASE WHEN NEW.cause = 'bonus' THEN 'none' ELSE 'purchase' END, 0, NEW.created_at
  WHERE NOT EXISTS (SELECT 1 FROM credit_lot b WHERE b.transfer_key = NEW.key)"""
_WORTH = "UPDATE credit_lot SET bought_minor = NEW.amount_minor WHERE transfer_key = NEW.key"
_TAKE = f"""INSERT INTO lot_use (transfer_key, lot_id, position, used_minor, held_minor)
  SELECT NEW.key, q.id, q.position, CASE WHEN NEW.kind = 'pending' THEN 0 ELSE q.part END,
    CASE WHEN NEW.kind = 'pending' THEN q.part ELSE 0 END
  FROM (SELECT p.id, p.position,
      CASE WHEN p.upto <= NEW.amount_minor THEN p.rest ELSE NEW.amount_minor - (p.upto - p.rest) END AS part
    FROM (SELECT l.id, {_REST} AS rest, sum({_REST}) OVER (ORDER BY {_OWN_FIRST}, {ORDER}) AS upto,
        row_number() OVER (ORDER BY {_OWN_FIRST}, {ORDER}) AS position
      FROM credit_lot l WHERE l.account_id = NEW.debit_account_id
        AND l.used_minor + l.held_minor < l.bought_minor AND {_USABLE}) p
    WHERE p.upto - p.rest < NEW.amount_minor) q"""
_SETTLE = """INSERT INTO lot_use (transfer_key, lot_id, position, used_minor, held_minor)
  SELECT NEW.key, p.lot_id, p.position,
    CASE WHEN NEW.kind <> 'post' OR p.upto - p.held_minor >= NEW.amount_minor THEN 0
      WHEN p.upto <= NEW.amount_minor THEN p.held_minor ELSE NEW.amount_minor - (p.upto - p.held_minor) END,
    -p.held_minor
  FROM (SELECT u.lot_id, u.position, u.held_minor, sum(u.held_minor) OVER (ORDER BY u.position) AS upto
    FROM lot_use u WHERE u.transfer_key = NEW.pending_key AND u.held_minor > 0) p"""
_RETURN = """INSERT INTO lot_use (transfer_key, lot_id, position, used_minor, held_minor)
  SELECT NEW.key, u.lot_id, u.position, -u.used_minor, 0
  FROM lot_use u JOIN credit_lot l ON l.id = u.lot_id AND l.account_id = NEW.credit_account_id
  WHERE u.transfer_key = NEW.reverses_key AND u.used_minor > 0"""
#: When a step applies, and what it does; in this order.
STEPS = ((_BRINGS, (_BIRTH, _WORTH)), (_TAKES, (_TAKE,)), (_SETTLES, (_SETTLE,)), (_RETURNS, (_RETURN,)))

_TAKEN = """(SELECT coalesce(sum(u.used_minor + u.held_minor), 0) FROM lot_use u
    JOIN credit_lot l ON l.id = u.lot_id AND l.account_id = NEW.debit_account_id
    WHERE u.transfer_key = NEW.key)"""
_GIVEN_BACK = """(SELECT coalesce(sum(-u.used_minor), 0) FROM lot_use u
    JOIN credit_lot l ON l.id = u.lot_id AND l.account_id = NEW.credit_account_id
    WHERE u.transfer_key = NEW.key)"""
#: What must be true after the steps: nothing is spent that belongs to no lot, nothing comes back to none.
AFTER = (
    Rule("lot_not_enough", _TAKES, f"{_TAKEN} = NEW.amount_minor"),
    Rule("lot_not_the_same", _RETURNS, f"{_GIVEN_BACK} = NEW.amount_minor"),
)

#: Before a transfer.
TRANSFER_RULES = (
    Rule(
        "lot_of_another_account",
        "EXISTS (SELECT 1 FROM credit_lot b WHERE b.transfer_key = NEW.key)",
        """NEW.kind IN ('single', 'post') AND EXISTS (SELECT 1 FROM credit_lot b
    WHERE b.transfer_key = NEW.key AND b.account_id = NEW.credit_account_id
    AND b.currency = NEW.currency AND b.bought_minor = 0)""",
    ),
    Rule(
        "lot_not_expired",
        "NEW.cause = 'expiry' AND NEW.kind = 'single'",
        """EXISTS (SELECT 1 FROM credit_lot l WHERE l.transfer_key = NEW.cause_ref
    AND l.account_id = NEW.debit_account_id AND l.held_minor = 0 AND l.expires_at <= NEW.created_at)""",
    ),
    Rule(
        "lot_not_refundable",
        f"NEW.cause = 'refund' AND {_TAKES}",
        """EXISTS (SELECT 1 FROM credit_lot l WHERE l.transfer_key = NEW.cause_ref
    AND l.account_id = NEW.debit_account_id AND l.kind = 'paid')""",
    ),
)

_FROZEN_LOT = (
    "id",
    "account_id",
    "transfer_key",
    "kind",
    "name",
    "currency",
    "rate_minor",
    "tax_point",
    "vat_minor",
    "paid_at",
)
NEW_LOT_RULES = (
    Rule(
        "lot_not_new",
        "TRUE",
        """NEW.bought_minor = 0 AND NEW.used_minor = 0 AND NEW.held_minor = 0
    AND EXISTS (SELECT 1 FROM account k WHERE k.id = NEW.account_id AND k.kind = 'credit'
    AND k.currency = NEW.currency)""",
    ),
)
LOT_RULES = (
    unchanged("ledger_unchangeable", _FROZEN_LOT),
    Rule(
        "lot_worth",
        "NEW.bought_minor <> OLD.bought_minor",
        """OLD.bought_minor = 0 AND EXISTS (SELECT 1 FROM transfer t WHERE t.key = NEW.transfer_key
    AND t.kind IN ('single', 'post') AND t.amount_minor = NEW.bought_minor
    AND t.credit_account_id = NEW.account_id)""",
    ),
    Rule(
        "lot_expiry_earlier",
        "NEW.expires_at IS NOT NULL",
        "OLD.expires_at IS NOT NULL AND NEW.expires_at >= OLD.expires_at",
    ),
)
USE_RULES = (
    Rule(
        "lot_use_without_transfer",
        "TRUE",
        """EXISTS (SELECT 1 FROM transfer t JOIN credit_lot l ON l.id = NEW.lot_id
    WHERE t.key = NEW.transfer_key AND l.account_id IN (t.debit_account_id, t.credit_account_id))""",
    ),
)
COUNTED = """UPDATE credit_lot SET used_minor = used_minor + NEW.used_minor,
    held_minor = held_minor + NEW.held_minor WHERE id = NEW.lot_id"""
