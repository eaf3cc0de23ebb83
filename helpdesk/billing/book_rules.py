"""What the database must refuse and what it must count, as conditions that both databases read.

BEFORE triggers check these, AFTER triggers count. Each rule is (refusal, when it applies, what must be true).
"""

from typing import NamedTuple


class Rule(NamedTuple):
    """A refusal's code, the condition under which it applies, and what must be true then."""

    code: str
    when: str
    must: str


def unchanged(code: str, columns: tuple[str, ...]) -> Rule:
    """These columns may not change once written."""
    same = " AND ".join(f"(NEW.{c} = OLD.{c} OR (NEW.{c} IS NULL AND OLD.{c} IS NULL))" for c in columns)
    return Rule(code, "TRUE", same)


FROZEN_OFFER = (
    "id",
    "number",
    "kind",
    "ticket_id",
    "customer_id",
    "to_contact_id",
    "minutes",
    "net_minor",
    "vat_bp",
    "vat_minor",
    "gross_minor",
    "currency",
    "language",
    "subject",
    "text",
    "text_version",
    "sha256",
    "token_hash",
    "valid_until",
    "created_at",
    "created_by_kind",
    "created_by_id",
)
FROZEN_ACCOUNT = ("id", "kind", "customer_id", "currency")

# Shared conditions; both databases read them.
_BOTH_SIDES_IN_CURRENCY = """(SELECT count(*) FROM account
    WHERE id IN (NEW.debit_account_id, NEW.credit_account_id) AND currency = NEW.currency) = 2"""
_RESOLVES = "NEW.kind IN ('post', 'void', 'expire')"
_SAME_DEAL = """p.debit_account_id = NEW.debit_account_id AND p.credit_account_id = NEW.credit_account_id
    AND p.currency = NEW.currency AND p.cause = NEW.cause AND p.cause_ref = NEW.cause_ref
    AND coalesce(p.ticket_id, 0) = coalesce(NEW.ticket_id, 0)
    AND coalesce(p.acceptance_id, 0) = coalesce(NEW.acceptance_id, 0)"""
_HOLD = f"FROM transfer p WHERE p.key = NEW.pending_key AND p.kind = 'pending' AND {_SAME_DEAL}"
_ORIGINAL = """FROM transfer o WHERE o.key = NEW.reverses_key AND o.kind IN ('single', 'post')
    AND o.debit_account_id = NEW.credit_account_id AND o.credit_account_id = NEW.debit_account_id
    AND o.currency = NEW.currency AND o.amount_minor = NEW.amount_minor
    AND coalesce(o.ticket_id, 0) = coalesce(NEW.ticket_id, 0)
    AND coalesce(o.acceptance_id, 0) = coalesce(NEW.acceptance_id, 0)"""
# A yes, given before, to an offer of the right kind on the same ticket by the customer who pays.
_AGREEMENT = """FROM offer_answer a JOIN offer f ON f.id = a.offer_id
    JOIN account d ON d.id = NEW.debit_account_id
    WHERE a.id = NEW.acceptance_id AND a.accepted AND a.at <= NEW.created_at
    AND f.ticket_id = NEW.ticket_id AND f.currency = NEW.currency AND f.customer_id = d.customer_id
    AND (NEW.cause = 'surcharge') = (f.kind = 'surcharge') AND (NEW.cause <> 'quote' OR f.kind = 'quote')"""
_HELD = "(SELECT amount_minor FROM transfer WHERE key = NEW.pending_key)"

# What a transfer adds to each counter: (kinds, posted debit, posted credit, pending debit, use of the offer).
# What is only held for a quote uses nothing of it yet.
USE = f"""CASE WHEN NEW.cause = 'quote' THEN 0 WHEN NEW.kind IN ('single', 'pending') THEN NEW.amount_minor
    WHEN NEW.kind = 'post' THEN NEW.amount_minor - {_HELD} ELSE -NEW.amount_minor END"""
MOVES = "CASE WHEN NEW.kind IN ('single', 'post', 'reverse') THEN NEW.amount_minor ELSE 0 END"
HOLDS = f"CASE WHEN NEW.kind = 'pending' THEN NEW.amount_minor WHEN {_RESOLVES} THEN -{_HELD} ELSE 0 END"

#: (refusal, when it applies, what must be true)
TRANSFER_RULES = (
    Rule("ledger_currency", "TRUE", _BOTH_SIDES_IN_CURRENCY),
    Rule("ledger_no_hold", _RESOLVES, f"EXISTS (SELECT 1 {_HOLD})"),
    Rule("ledger_above_hold", "NEW.kind = 'post'", f"coalesce(NEW.amount_minor <= {_HELD}, TRUE)"),
    Rule(
        "ledger_not_the_hold", "NEW.kind IN ('void', 'expire')", f"coalesce(NEW.amount_minor = {_HELD}, TRUE)"
    ),
    Rule(
        "ledger_hold_ran_out",
        "NEW.kind = 'post'",
        f"NOT EXISTS (SELECT 1 {_HOLD} AND p.expires_at <= NEW.created_at)",
    ),
    Rule(
        "ledger_hold_runs_on",
        "NEW.kind = 'expire'",
        f"EXISTS (SELECT 1 {_HOLD} AND p.expires_at <= NEW.created_at)",
    ),
    # What an accepted quote holds is let go before it is charged, so that it is never counted twice.
    Rule("ledger_quote_held", "NEW.cause = 'quote'", "NEW.kind IN ('pending', 'void', 'expire')"),
    Rule("ledger_not_the_original", "NEW.kind = 'reverse'", f"EXISTS (SELECT 1 {_ORIGINAL})"),
    Rule(
        "ledger_not_agreed",
        "NEW.acceptance_id IS NOT NULL AND NEW.kind IN ('single', 'pending')",
        f"EXISTS (SELECT 1 {_AGREEMENT})",
    ),
)
#: Work in the customer's absence is charged under an accepted quote and under nothing else (product rule 3).
NEW_WORK_RULES = (
    Rule(
        "work_needs_quote",
        "NEW.activity = 'development' AND NEW.billing = 'charged'",
        """EXISTS (SELECT 1 FROM transfer t JOIN offer_answer a ON a.id = t.acceptance_id
    JOIN offer f ON f.id = a.offer_id WHERE t.key = NEW.transfer_key AND f.kind = 'quote')""",
    ),
)
ANSWER_RULES = (
    Rule(
        "offer_closed",
        "TRUE",
        """EXISTS (SELECT 1 FROM offer f WHERE f.id = NEW.offer_id AND f.state = 'open'
    AND f.created_at <= NEW.at AND NEW.at < f.valid_until AND f.sha256 = NEW.text_sha256)""",
    ),
    Rule(
        # Urgency and quotes are asked for each time; a contract may only cover work up to an amount.
        "offer_needs_own_answer",
        "NEW.channel = 'standing'",
        """EXISTS (SELECT 1 FROM offer f JOIN standing_authorisation s ON s.id = NEW.authorisation_id
    WHERE f.id = NEW.offer_id AND f.kind = 'work' AND f.customer_id = s.customer_id
    AND f.currency = s.currency AND f.net_minor <= s.amount_minor
    AND NOT EXISTS (SELECT 1 FROM offer_answer b JOIN offer g ON g.id = b.offer_id
      WHERE b.authorisation_id = s.id AND g.ticket_id = f.ticket_id))""",
    ),
)
#: Said by a customer who did not agree: nothing is charged under it unless an agent decided that it stands.
OBJECTED_RULES = (
    Rule(
        "ledger_objected",
        "NEW.acceptance_id IS NOT NULL AND NEW.kind IN ('single', 'pending', 'post')",
        """NOT EXISTS (SELECT 1 FROM objection o WHERE o.answer_id = NEW.acceptance_id
    AND coalesce(o.outcome, '') <> 'stands')""",
    ),
)
NEW_OBJECTION_RULES = (
    Rule(
        "objection_to_nothing",
        "TRUE",
        """NEW.outcome IS NULL AND EXISTS (SELECT 1 FROM offer_answer a
    WHERE a.id = NEW.answer_id AND a.accepted AND a.at <= NEW.at)""",
    ),
)
OBJECTION_RULES = (
    Rule("objection_decided", "TRUE", "OLD.outcome IS NULL"),
    unchanged(
        "objection_frozen", ("id", "answer_id", "at", "contact_id", "raw_mail_id", "raw_sha256", "words")
    ),
)
NEW_OFFER_RULES = (Rule("offer_not_new", "TRUE", "NEW.state = 'open' AND NEW.used_minor = 0"),)
OFFER_RULES = (
    Rule("offer_final", "NEW.state <> OLD.state", "OLD.state = 'open'"),
    Rule(
        "offer_unanswered",
        "NEW.state <> OLD.state AND NEW.state IN ('accepted', 'declined')",
        """EXISTS (SELECT 1 FROM offer_answer a WHERE a.offer_id = NEW.id
    AND a.accepted = (NEW.state = 'accepted'))""",
    ),
)
ANSWERED = "UPDATE offer SET state = CASE WHEN NEW.accepted THEN 'accepted' ELSE 'declined' END"
