CREATE OR REPLACE FUNCTION invoice_insert_checks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (TRUE) AND NOT coalesce((NEW.number_in_series = (SELECT s.last FROM invoice_series s WHERE s.code = NEW.series)
    AND (NEW.number_in_series = 1 OR EXISTS (SELECT 1 FROM invoice i
      WHERE i.series = NEW.series AND i.number_in_series = NEW.number_in_series - 1))), FALSE) THEN
    RAISE check_violation USING MESSAGE = 'invoice_gap';
  END IF;
  RETURN NEW;
END $$
-- next --
CREATE OR REPLACE TRIGGER invoice_insert_checks BEFORE INSERT ON invoice FOR EACH ROW EXECUTE FUNCTION invoice_insert_checks()
-- next --
CREATE OR REPLACE FUNCTION invoice_update_checks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (TRUE) AND NOT coalesce(((NEW.id = OLD.id OR (NEW.id IS NULL AND OLD.id IS NULL)) AND (NEW.number = OLD.number OR (NEW.number IS NULL AND OLD.number IS NULL)) AND (NEW.series = OLD.series OR (NEW.series IS NULL AND OLD.series IS NULL)) AND (NEW.number_in_series = OLD.number_in_series OR (NEW.number_in_series IS NULL AND OLD.number_in_series IS NULL)) AND (NEW.kind = OLD.kind OR (NEW.kind IS NULL AND OLD.kind IS NULL)) AND (NEW.key = OLD.key OR (NEW.key IS NULL AND OLD.key IS NULL)) AND (NEW.customer_id = OLD.customer_id OR (NEW.customer_id IS NULL AND OLD.customer_id IS NULL)) AND (NEW.corrects_id = OLD.corrects_id OR (NEW.corrects_id IS NULL AND OLD.corrects_id IS NULL)) AND (NEW.language = OLD.language OR (NEW.language IS NULL AND OLD.language IS NULL)) AND (NEW.issued_on = OLD.issued_on OR (NEW.issued_on IS NULL AND OLD.issued_on IS NULL)) AND (NEW.due_on = OLD.due_on OR (NEW.due_on IS NULL AND OLD.due_on IS NULL)) AND (NEW.currency = OLD.currency OR (NEW.currency IS NULL AND OLD.currency IS NULL)) AND (NEW.net_minor = OLD.net_minor OR (NEW.net_minor IS NULL AND OLD.net_minor IS NULL)) AND (NEW.vat_bp = OLD.vat_bp OR (NEW.vat_bp IS NULL AND OLD.vat_bp IS NULL)) AND (NEW.vat_note = OLD.vat_note OR (NEW.vat_note IS NULL AND OLD.vat_note IS NULL)) AND (NEW.vat_minor = OLD.vat_minor OR (NEW.vat_minor IS NULL AND OLD.vat_minor IS NULL)) AND (NEW.rounding_minor = OLD.rounding_minor OR (NEW.rounding_minor IS NULL AND OLD.rounding_minor IS NULL)) AND (NEW.total_minor = OLD.total_minor OR (NEW.total_minor IS NULL AND OLD.total_minor IS NULL)) AND (NEW.reference = OLD.reference OR (NEW.reference IS NULL AND OLD.reference IS NULL)) AND (NEW.iban = OLD.iban OR (NEW.iban IS NULL AND OLD.iban IS NULL)) AND (NEW.created_at = OLD.created_at OR (NEW.created_at IS NULL AND OLD.created_at IS NULL)) AND (NEW.actor_kind = OLD.actor_kind OR (NEW.actor_kind IS NULL AND OLD.actor_kind IS NULL)) AND (NEW.actor_id = OLD.actor_id OR (NEW.actor_id IS NULL AND OLD.actor_id IS NULL))), FALSE) THEN
    RAISE check_violation USING MESSAGE = 'invoice_frozen';
  END IF;
  IF (TRUE) AND NOT coalesce((CAST(NEW.creditor AS TEXT) = CAST(OLD.creditor AS TEXT) AND CAST(NEW.debtor AS TEXT) = CAST(OLD.debtor AS TEXT) AND CAST(NEW.lines AS TEXT) = CAST(OLD.lines AS TEXT) AND CAST(NEW.credit_terms AS TEXT) = CAST(OLD.credit_terms AS TEXT)), FALSE) THEN
    RAISE check_violation USING MESSAGE = 'invoice_words';
  END IF;
  IF (NEW.state <> OLD.state) AND NOT coalesce((OLD.state = 'open'), FALSE) THEN
    RAISE check_violation USING MESSAGE = 'invoice_settled';
  END IF;
  IF (NEW.state = 'paid' AND OLD.state <> 'paid') AND NOT coalesce((NEW.paid_minor >= NEW.total_minor), FALSE) THEN
    RAISE check_violation USING MESSAGE = 'invoice_unpaid';
  END IF;
  IF (NEW.paid_minor <> OLD.paid_minor) AND NOT coalesce((NEW.paid_minor > OLD.paid_minor), FALSE) THEN
    RAISE check_violation USING MESSAGE = 'invoice_payment';
  END IF;
  RETURN NEW;
END $$
-- next --
CREATE OR REPLACE TRIGGER invoice_update_checks BEFORE UPDATE ON invoice FOR EACH ROW EXECUTE FUNCTION invoice_update_checks()
-- next --
CREATE OR REPLACE FUNCTION invoice_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE check_violation USING MESSAGE = 'ledger_unchangeable';
END $$
-- next --
CREATE OR REPLACE TRIGGER invoice_kept BEFORE DELETE ON invoice FOR EACH ROW EXECUTE FUNCTION invoice_kept()
-- next --
CREATE OR REPLACE FUNCTION invoice_series_update_checks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (TRUE) AND NOT coalesce((NEW.last = OLD.last + 1 AND NEW.code = OLD.code), FALSE) THEN
    RAISE check_violation USING MESSAGE = 'invoice_gap';
  END IF;
  RETURN NEW;
END $$
-- next --
CREATE OR REPLACE TRIGGER invoice_series_update_checks BEFORE UPDATE ON invoice_series FOR EACH ROW EXECUTE FUNCTION invoice_series_update_checks()
-- next --
CREATE OR REPLACE FUNCTION invoice_series_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE check_violation USING MESSAGE = 'ledger_unchangeable';
END $$
-- next --
CREATE OR REPLACE TRIGGER invoice_series_kept BEFORE DELETE ON invoice_series FOR EACH ROW EXECUTE FUNCTION invoice_series_kept()
-- next --
CREATE OR REPLACE FUNCTION invoice_item_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE check_violation USING MESSAGE = 'ledger_unchangeable';
END $$
-- next --
CREATE OR REPLACE TRIGGER invoice_item_frozen BEFORE UPDATE OR DELETE ON invoice_item FOR EACH ROW EXECUTE FUNCTION invoice_item_frozen()
-- next --
CREATE OR REPLACE TRIGGER invoice_item_frozen_whole BEFORE TRUNCATE ON invoice_item FOR EACH STATEMENT EXECUTE FUNCTION invoice_item_frozen()
