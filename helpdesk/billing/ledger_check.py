"""The proof of the books: counters from transfers alone, holds, charges (`helpdesk ledger check`).

The database refuses all of this already; the check finds what a restored backup, a hand at a SQL prompt or
a fault of ours changed nevertheless. Read-only; one statement a rule, each a single pass.
"""

from typing import Any, NamedTuple

from sqlalchemy import text

from helpdesk.billing.evidence_check import broken_evidence
from helpdesk.db import db


class Finding(NamedTuple):
    """A broken rule (`code`) and the row that breaks it."""

    code: str
    row: str


#: code -> a query whose rows break the rule; the first column names the row.
_RULES = {
    # A counter that is not the sum of its transfers (B1).
    "account_sum": """
WITH side AS (
  SELECT t.debit_account_id AS account_id,
    CASE WHEN t.kind IN ('single', 'post', 'reverse') THEN t.amount_minor ELSE 0 END AS debit, 0 AS credit,
    CASE WHEN t.kind = 'pending' THEN t.amount_minor WHEN t.pending_key IS NOT NULL THEN -h.amount_minor
      ELSE 0 END AS held
  FROM transfer t LEFT JOIN transfer h ON h.key = t.pending_key
  UNION ALL
  SELECT credit_account_id, 0,
    CASE WHEN kind IN ('single', 'post', 'reverse') THEN amount_minor ELSE 0 END, 0 FROM transfer
), total AS (
  SELECT account_id, sum(debit) AS debit, sum(credit) AS credit, sum(held) AS held
  FROM side GROUP BY account_id
)
SELECT a.id FROM account a LEFT JOIN total s ON s.account_id = a.id
WHERE a.limit_minor IS NOT NULL AND (a.debits_posted <> coalesce(s.debit, 0)
  OR a.credits_posted <> coalesce(s.credit, 0) OR a.debits_pending <> coalesce(s.held, 0))
ORDER BY a.id""",
    # Below the limit (B2).
    "account_limit": """
SELECT id FROM account
WHERE credits_posted - debits_posted - debits_pending < -limit_minor ORDER BY id""",
    # Sides in another currency than the transfer (B8).
    "transfer_currency": """
SELECT t.key FROM transfer t JOIN account d ON d.id = t.debit_account_id
  JOIN account c ON c.id = t.credit_account_id
WHERE d.currency <> t.currency OR c.currency <> t.currency ORDER BY t.key""",
    # A hold settled twice, above itself, or without there being one (B7).
    "hold_settled_twice": """
SELECT pending_key FROM transfer WHERE pending_key IS NOT NULL
GROUP BY pending_key HAVING count(*) > 1 ORDER BY pending_key""",
    "hold_exceeded": """
SELECT t.key FROM transfer t LEFT JOIN transfer h ON h.key = t.pending_key AND h.kind = 'pending'
  AND h.debit_account_id = t.debit_account_id AND h.credit_account_id = t.credit_account_id
WHERE t.pending_key IS NOT NULL AND (h.key IS NULL OR t.amount_minor > h.amount_minor) ORDER BY t.key""",
    "reversal_differs": """
SELECT t.key FROM transfer t LEFT JOIN transfer o ON o.key = t.reverses_key
  AND o.debit_account_id = t.credit_account_id AND o.credit_account_id = t.debit_account_id
  AND o.amount_minor = t.amount_minor
WHERE t.kind = 'reverse' AND o.key IS NULL ORDER BY t.key""",
    # Money without a yes (B4).
    "not_agreed": """
SELECT t.key FROM transfer t
  LEFT JOIN offer_answer a ON a.id = t.acceptance_id AND a.accepted AND a.at <= t.created_at
  LEFT JOIN offer f ON f.id = a.offer_id AND f.ticket_id = t.ticket_id
    AND (f.kind = 'surcharge') = (t.cause = 'surcharge')
WHERE t.cause IN ('work', 'quote', 'surcharge') AND t.kind IN ('single', 'pending', 'post') AND f.id IS NULL
ORDER BY t.key""",
    "offer_used": """
WITH used AS (
  SELECT t.acceptance_id, sum(CASE t.kind WHEN 'single' THEN t.amount_minor WHEN 'pending' THEN t.amount_minor
    WHEN 'post' THEN t.amount_minor - h.amount_minor ELSE -t.amount_minor END) AS minor
  FROM transfer t LEFT JOIN transfer h ON h.key = t.pending_key
  WHERE t.acceptance_id IS NOT NULL AND t.cause <> 'quote' GROUP BY t.acceptance_id
)
SELECT f.number FROM offer f LEFT JOIN offer_answer a ON a.offer_id = f.id
  LEFT JOIN used u ON u.acceptance_id = a.id
WHERE f.used_minor <> coalesce(u.minor, 0) ORDER BY f.id""",
    "offer_state": """
SELECT f.number FROM offer f LEFT JOIN offer_answer a ON a.offer_id = f.id
WHERE (f.state = 'accepted') <> (a.id IS NOT NULL AND a.accepted)
  OR (f.state = 'declined') <> (a.id IS NOT NULL AND NOT a.accepted)
  OR a.text_sha256 <> f.sha256 ORDER BY f.id""",
    # Lots: their counters are the sums of their uses, their worth is their transfer's (B1).
    "lot_sum": """
WITH total AS (
  SELECT lot_id, sum(used_minor) AS used, sum(held_minor) AS held FROM lot_use GROUP BY lot_id
)
SELECT l.id FROM credit_lot l LEFT JOIN total s ON s.lot_id = l.id
WHERE l.used_minor <> coalesce(s.used, 0) OR l.held_minor <> coalesce(s.held, 0)
  OR l.used_minor < 0 OR l.held_minor < 0 OR l.used_minor + l.held_minor > l.bought_minor
ORDER BY l.id""",
    "lot_worth": """
SELECT l.id FROM credit_lot l LEFT JOIN transfer t ON t.key = l.transfer_key AND t.kind IN ('single', 'post')
  AND t.credit_account_id = l.account_id
WHERE l.bought_minor <> coalesce(t.amount_minor, 0) ORDER BY l.id""",
    # All money of a credit belongs to lots, and nothing else does.
    "lot_account": """
WITH total AS (
  SELECT account_id, sum(bought_minor - used_minor) AS posted, sum(held_minor) AS held
  FROM credit_lot GROUP BY account_id
)
SELECT a.id FROM account a LEFT JOIN total s ON s.account_id = a.id
WHERE a.kind = 'credit' AND (a.credits_posted - a.debits_posted <> coalesce(s.posted, 0)
  OR a.debits_pending <> coalesce(s.held, 0)) ORDER BY a.id""",
    # What a booking took from lots or gave back to them is its own amount, to the Rappen.
    "lot_use_sum": """
WITH total AS (
  SELECT u.transfer_key, l.account_id, sum(u.used_minor) AS used, sum(u.held_minor) AS held
  FROM lot_use u JOIN credit_lot l ON l.id = u.lot_id GROUP BY u.transfer_key, l.account_id
)
SELECT t.key FROM transfer t
  JOIN account a ON a.kind = 'credit' AND (a.id = t.debit_account_id
    OR (a.id = t.credit_account_id AND t.kind = 'reverse'))
  LEFT JOIN transfer h ON h.key = t.pending_key
  LEFT JOIN total s ON s.transfer_key = t.key AND s.account_id = a.id
WHERE coalesce(s.used, 0) <> CASE WHEN t.kind = 'pending' OR t.kind IN ('void', 'expire') THEN 0
    WHEN a.id = t.debit_account_id THEN t.amount_minor ELSE -t.amount_minor END
  OR coalesce(s.held, 0) <> CASE WHEN t.kind = 'pending' THEN t.amount_minor
    WHEN t.pending_key IS NOT NULL THEN -h.amount_minor ELSE 0 END
ORDER BY t.key""",
    # One charge, or a reason for none, for each work entry; and no charge without its entry (B3, B6).
    "work_charge": """
SELECT w.key FROM work_entry w
  LEFT JOIN transfer t ON t.key = w.transfer_key AND t.cause = 'work' AND t.kind = 'single'
    AND t.ticket_id = w.ticket_id
  LEFT JOIN transfer r ON r.key = w.transfer_key || ':' || 'rest' AND r.cause = 'work' AND r.kind = 'single'
    AND r.ticket_id = w.ticket_id
WHERE w.billing = 'charged' AND (t.key IS NULL OR t.amount_minor + coalesce(r.amount_minor, 0) <> w.net_minor)
ORDER BY w.id""",
    "charge_without_work": """
SELECT t.key FROM transfer t LEFT JOIN work_entry w ON w.transfer_key = t.key
  LEFT JOIN work_entry v ON v.transfer_key || ':' || 'rest' = t.key AND v.key = t.cause_ref
WHERE t.cause = 'work' AND t.kind = 'single' AND w.id IS NULL AND v.id IS NULL ORDER BY t.key""",
    # What was corrected is booked back.
    "correction_without_reversal": """
SELECT w.key FROM work_entry w JOIN work_entry n ON n.corrects_id = w.id
  LEFT JOIN transfer r ON r.reverses_key = w.transfer_key
WHERE w.transfer_key IS NOT NULL AND r.key IS NULL ORDER BY w.id""",
    # Numbers without gaps; an invoice's bookings make its net, each invoiced once; paid says what came in.
    "invoice_gap": """
SELECT i.number FROM invoice i WHERE i.number_in_series > 1 AND NOT EXISTS (SELECT 1 FROM invoice p
  WHERE p.series = i.series AND p.number_in_series = i.number_in_series - 1)
UNION ALL SELECT s.code FROM invoice_series s
WHERE s.last <> (SELECT coalesce(max(i.number_in_series), 0) FROM invoice i WHERE i.series = s.code)""",
    "invoice_sum": """
WITH total AS (
  SELECT i.id, sum(CASE WHEN d.kind = 'receivable' THEN t.amount_minor ELSE -t.amount_minor END) AS net
  FROM invoice i JOIN invoice_item m ON m.invoice_id = i.id JOIN transfer t ON t.key = m.transfer_key
    JOIN account d ON d.id = t.debit_account_id
  GROUP BY i.id
)
SELECT i.number FROM invoice i JOIN total s ON s.id = i.id
WHERE s.net <> CASE WHEN i.kind = 'credit_note' THEN -i.net_minor ELSE i.net_minor END ORDER BY i.id""",
    "invoice_paid": """
SELECT i.number FROM invoice i WHERE i.paid_minor <> (SELECT coalesce(sum(p.amount_minor), 0)
  FROM payment p WHERE p.invoice_id = i.id) ORDER BY i.id""",
    # A paid case that is done was charged, or somebody said why not.
    "case_not_billed": """
SELECT t.id FROM ticket t
WHERE t.status = 'closed' AND t.label = 'support'
  AND NOT EXISTS (SELECT 1 FROM work_entry w WHERE w.ticket_id = t.id)
  AND NOT EXISTS (SELECT 1 FROM case_waiver c WHERE c.ticket_id = t.id) ORDER BY t.id""",
}


def check_ledger() -> list[Finding]:
    """Every row that breaks a rule of the books; an empty list is the proof that all is well."""
    found = [Finding(code, str(row[0])) for code, query in _RULES.items() for row in _rows(query)]
    return found + [Finding(*each) for each in broken_evidence()]


def _rows(query: str) -> Any:
    return db.session.execute(text(query)).all()
