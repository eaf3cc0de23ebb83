"""What the database refuses about invoices: other words or amounts once numbered, gaps, steps back."""

from helpdesk.billing.book_rules import Rule, unchanged

_FROZEN = (
    "id",
    "number",
    "series",
    "number_in_series",
    "kind",
    "key",
    "customer_id",
    "corrects_id",
    "language",
    "issued_on",
    "due_on",
    "currency",
    "net_minor",
    "vat_bp",
    "vat_note",
    "vat_minor",
    "rounding_minor",
    "total_minor",
    "reference",
    "iban",
    "created_at",
    "actor_kind",
    "actor_id",
)
#: JSON columns are compared as texts.
_TEXTS = ("creditor", "debtor", "lines", "credit_terms")
INVOICE_RULES = (
    unchanged("invoice_frozen", _FROZEN),
    Rule(
        "invoice_words",
        "TRUE",
        " AND ".join(f"CAST(NEW.{c} AS TEXT) = CAST(OLD.{c} AS TEXT)" for c in _TEXTS),
    ),
    Rule("invoice_settled", "NEW.state <> OLD.state", "OLD.state = 'open'"),
    Rule("invoice_unpaid", "NEW.state = 'paid' AND OLD.state <> 'paid'", "NEW.paid_minor >= NEW.total_minor"),
    Rule("invoice_payment", "NEW.paid_minor <> OLD.paid_minor", "NEW.paid_minor > OLD.paid_minor"),
)
NEW_INVOICE_RULES = (
    Rule(
        "invoice_gap",
        "TRUE",
        """NEW.number_in_series = (SELECT s.last FROM invoice_series s WHERE s.code = NEW.series)
    AND (NEW.number_in_series = 1 OR EXISTS (SELECT 1 FROM invoice i
      WHERE i.series = NEW.series AND i.number_in_series = NEW.number_in_series - 1))""",
    ),
)
SERIES_RULES = (Rule("invoice_gap", "TRUE", "NEW.last = OLD.last + 1 AND NEW.code = OLD.code"),)
