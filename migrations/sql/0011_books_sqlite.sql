DROP TRIGGER IF EXISTS invoice_insert_invoice_gap
-- next --
CREATE TRIGGER invoice_insert_invoice_gap BEFORE INSERT ON invoice WHEN TRUE BEGIN
  SELECT RAISE(ABORT, 'invoice_gap') WHERE NOT coalesce((NEW.number_in_series = (SELECT s.last FROM invoice_series s WHERE s.code = NEW.series)
    AND (NEW.number_in_series = 1 OR EXISTS (SELECT 1 FROM invoice i
      WHERE i.series = NEW.series AND i.number_in_series = NEW.number_in_series - 1))), FALSE);
END
-- next --
DROP TRIGGER IF EXISTS invoice_update_invoice_frozen
-- next --
CREATE TRIGGER invoice_update_invoice_frozen BEFORE UPDATE ON invoice WHEN TRUE BEGIN
  SELECT RAISE(ABORT, 'invoice_frozen') WHERE NOT coalesce(((NEW.id = OLD.id OR (NEW.id IS NULL AND OLD.id IS NULL)) AND (NEW.number = OLD.number OR (NEW.number IS NULL AND OLD.number IS NULL)) AND (NEW.series = OLD.series OR (NEW.series IS NULL AND OLD.series IS NULL)) AND (NEW.number_in_series = OLD.number_in_series OR (NEW.number_in_series IS NULL AND OLD.number_in_series IS NULL)) AND (NEW.kind = OLD.kind OR (NEW.kind IS NULL AND OLD.kind IS NULL)) AND (NEW.key = OLD.key OR (NEW.key IS NULL AND OLD.key IS NULL)) AND (NEW.customer_id = OLD.customer_id OR (NEW.customer_id IS NULL AND OLD.customer_id IS NULL)) AND (NEW.corrects_id = OLD.corrects_id OR (NEW.corrects_id IS NULL AND OLD.corrects_id IS NULL)) AND (NEW.language = OLD.language OR (NEW.language IS NULL AND OLD.language IS NULL)) AND (NEW.issued_on = OLD.issued_on OR (NEW.issued_on IS NULL AND OLD.issued_on IS NULL)) AND (NEW.due_on = OLD.due_on OR (NEW.due_on IS NULL AND OLD.due_on IS NULL)) AND (NEW.currency = OLD.currency OR (NEW.currency IS NULL AND OLD.currency IS NULL)) AND (NEW.net_minor = OLD.net_minor OR (NEW.net_minor IS NULL AND OLD.net_minor IS NULL)) AND (NEW.vat_bp = OLD.vat_bp OR (NEW.vat_bp IS NULL AND OLD.vat_bp IS NULL)) AND (NEW.vat_note = OLD.vat_note OR (NEW.vat_note IS NULL AND OLD.vat_note IS NULL)) AND (NEW.vat_minor = OLD.vat_minor OR (NEW.vat_minor IS NULL AND OLD.vat_minor IS NULL)) AND (NEW.rounding_minor = OLD.rounding_minor OR (NEW.rounding_minor IS NULL AND OLD.rounding_minor IS NULL)) AND (NEW.total_minor = OLD.total_minor OR (NEW.total_minor IS NULL AND OLD.total_minor IS NULL)) AND (NEW.reference = OLD.reference OR (NEW.reference IS NULL AND OLD.reference IS NULL)) AND (NEW.iban = OLD.iban OR (NEW.iban IS NULL AND OLD.iban IS NULL)) AND (NEW.created_at = OLD.created_at OR (NEW.created_at IS NULL AND OLD.created_at IS NULL)) AND (NEW.actor_kind = OLD.actor_kind OR (NEW.actor_kind IS NULL AND OLD.actor_kind IS NULL)) AND (NEW.actor_id = OLD.actor_id OR (NEW.actor_id IS NULL AND OLD.actor_id IS NULL))), FALSE);
END
-- next --
DROP TRIGGER IF EXISTS invoice_update_invoice_words
-- next --
CREATE TRIGGER invoice_update_invoice_words BEFORE UPDATE ON invoice WHEN TRUE BEGIN
  SELECT RAISE(ABORT, 'invoice_words') WHERE NOT coalesce((CAST(NEW.creditor AS TEXT) = CAST(OLD.creditor AS TEXT) AND CAST(NEW.debtor AS TEXT) = CAST(OLD.debtor AS TEXT) AND CAST(NEW.lines AS TEXT) = CAST(OLD.lines AS TEXT) AND CAST(NEW.credit_terms AS TEXT) = CAST(OLD.credit_terms AS TEXT)), FALSE);
END
-- next --
DROP TRIGGER IF EXISTS invoice_update_invoice_settled
-- next --
CREATE TRIGGER invoice_update_invoice_settled BEFORE UPDATE ON invoice WHEN NEW.state <> OLD.state BEGIN
  SELECT RAISE(ABORT, 'invoice_settled') WHERE NOT coalesce((OLD.state = 'open'), FALSE);
END
-- next --
DROP TRIGGER IF EXISTS invoice_update_invoice_unpaid
-- next --
CREATE TRIGGER invoice_update_invoice_unpaid BEFORE UPDATE ON invoice WHEN NEW.state = 'paid' AND OLD.state <> 'paid' BEGIN
  SELECT RAISE(ABORT, 'invoice_unpaid') WHERE NOT coalesce((NEW.paid_minor >= NEW.total_minor), FALSE);
END
-- next --
DROP TRIGGER IF EXISTS invoice_update_invoice_payment
-- next --
CREATE TRIGGER invoice_update_invoice_payment BEFORE UPDATE ON invoice WHEN NEW.paid_minor <> OLD.paid_minor BEGIN
  SELECT RAISE(ABORT, 'invoice_payment') WHERE NOT coalesce((NEW.paid_minor > OLD.paid_minor), FALSE);
END
-- next --
DROP TRIGGER IF EXISTS invoice_delete_ledger_unchangeable
-- next --
CREATE TRIGGER invoice_delete_ledger_unchangeable BEFORE DELETE ON invoice WHEN TRUE BEGIN
  SELECT RAISE(ABORT, 'ledger_unchangeable') WHERE NOT coalesce((FALSE), FALSE);
END
-- next --
DROP TRIGGER IF EXISTS invoice_series_update_invoice_gap
-- next --
CREATE TRIGGER invoice_series_update_invoice_gap BEFORE UPDATE ON invoice_series WHEN TRUE BEGIN
  SELECT RAISE(ABORT, 'invoice_gap') WHERE NOT coalesce((NEW.last = OLD.last + 1 AND NEW.code = OLD.code), FALSE);
END
-- next --
DROP TRIGGER IF EXISTS invoice_series_delete_ledger_unchangeable
-- next --
CREATE TRIGGER invoice_series_delete_ledger_unchangeable BEFORE DELETE ON invoice_series WHEN TRUE BEGIN
  SELECT RAISE(ABORT, 'ledger_unchangeable') WHERE NOT coalesce((FALSE), FALSE);
END
-- next --
DROP TRIGGER IF EXISTS invoice_item_update_ledger_unchangeable
-- next --
CREATE TRIGGER invoice_item_update_ledger_unchangeable BEFORE UPDATE ON invoice_item WHEN TRUE BEGIN
  SELECT RAISE(ABORT, 'ledger_unchangeable') WHERE NOT coalesce((FALSE), FALSE);
END
-- next --
DROP TRIGGER IF EXISTS invoice_item_delete_ledger_unchangeable
-- next --
CREATE TRIGGER invoice_item_delete_ledger_unchangeable BEFORE DELETE ON invoice_item WHEN TRUE BEGIN
  SELECT RAISE(ABORT, 'ledger_unchangeable') WHERE NOT coalesce((FALSE), FALSE);
END
-- next --
DROP TRIGGER IF EXISTS invoice_item_insert_ledger_key_taken
-- next --
CREATE TRIGGER invoice_item_insert_ledger_key_taken BEFORE INSERT ON invoice_item WHEN NEW.transfer_key IS NOT NULL BEGIN
  SELECT RAISE(ABORT, 'ledger_key_taken') WHERE NOT coalesce((NOT EXISTS (SELECT 1 FROM invoice_item t WHERE t.transfer_key = NEW.transfer_key)), FALSE);
END
