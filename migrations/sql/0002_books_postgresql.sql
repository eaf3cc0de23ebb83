CREATE OR REPLACE FUNCTION account_update_checks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (TRUE) AND NOT coalesce(((NEW.id = OLD.id OR (NEW.id IS NULL AND OLD.id IS NULL)) AND (NEW.kind = OLD.kind OR (NEW.kind IS NULL AND OLD.kind IS NULL)) AND (NEW.customer_id = OLD.customer_id OR (NEW.customer_id IS NULL AND OLD.customer_id IS NULL)) AND (NEW.currency = OLD.currency OR (NEW.currency IS NULL AND OLD.currency IS NULL))), FALSE) THEN
    RAISE check_violation USING MESSAGE = 'ledger_unchangeable';
  END IF;
  RETURN NEW;
END $$
-- next --
CREATE OR REPLACE TRIGGER account_update_checks BEFORE UPDATE ON account FOR EACH ROW EXECUTE FUNCTION account_update_checks()
-- next --
CREATE OR REPLACE FUNCTION account_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE check_violation USING MESSAGE = 'ledger_unchangeable';
END $$
-- next --
CREATE OR REPLACE TRIGGER account_kept BEFORE DELETE ON account FOR EACH ROW EXECUTE FUNCTION account_kept()
-- next --
CREATE OR REPLACE FUNCTION price_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE check_violation USING MESSAGE = 'ledger_unchangeable';
END $$
-- next --
CREATE OR REPLACE TRIGGER price_frozen BEFORE UPDATE OR DELETE ON price FOR EACH ROW EXECUTE FUNCTION price_frozen()
-- next --
CREATE OR REPLACE TRIGGER price_frozen_whole BEFORE TRUNCATE ON price FOR EACH STATEMENT EXECUTE FUNCTION price_frozen()
-- next --
CREATE OR REPLACE FUNCTION standing_authorisation_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE check_violation USING MESSAGE = 'ledger_unchangeable';
END $$
-- next --
CREATE OR REPLACE TRIGGER standing_authorisation_kept BEFORE DELETE ON standing_authorisation FOR EACH ROW EXECUTE FUNCTION standing_authorisation_kept()
-- next --
CREATE OR REPLACE FUNCTION offer_insert_checks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (TRUE) AND NOT coalesce((NEW.state = 'open' AND NEW.used_minor = 0), FALSE) THEN
    RAISE check_violation USING MESSAGE = 'offer_not_new';
  END IF;
  RETURN NEW;
END $$
-- next --
CREATE OR REPLACE TRIGGER offer_insert_checks BEFORE INSERT ON offer FOR EACH ROW EXECUTE FUNCTION offer_insert_checks()
-- next --
CREATE OR REPLACE FUNCTION offer_update_checks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.state <> OLD.state) AND NOT coalesce((OLD.state = 'open'), FALSE) THEN
    RAISE check_violation USING MESSAGE = 'offer_final';
  END IF;
  IF (NEW.state <> OLD.state AND NEW.state IN ('accepted', 'declined')) AND NOT coalesce((EXISTS (SELECT 1 FROM offer_answer a WHERE a.offer_id = NEW.id
    AND a.accepted = (NEW.state = 'accepted'))), FALSE) THEN
    RAISE check_violation USING MESSAGE = 'offer_unanswered';
  END IF;
  IF (TRUE) AND NOT coalesce(((NEW.id = OLD.id OR (NEW.id IS NULL AND OLD.id IS NULL)) AND (NEW.number = OLD.number OR (NEW.number IS NULL AND OLD.number IS NULL)) AND (NEW.kind = OLD.kind OR (NEW.kind IS NULL AND OLD.kind IS NULL)) AND (NEW.ticket_id = OLD.ticket_id OR (NEW.ticket_id IS NULL AND OLD.ticket_id IS NULL)) AND (NEW.customer_id = OLD.customer_id OR (NEW.customer_id IS NULL AND OLD.customer_id IS NULL)) AND (NEW.to_contact_id = OLD.to_contact_id OR (NEW.to_contact_id IS NULL AND OLD.to_contact_id IS NULL)) AND (NEW.minutes = OLD.minutes OR (NEW.minutes IS NULL AND OLD.minutes IS NULL)) AND (NEW.net_minor = OLD.net_minor OR (NEW.net_minor IS NULL AND OLD.net_minor IS NULL)) AND (NEW.vat_bp = OLD.vat_bp OR (NEW.vat_bp IS NULL AND OLD.vat_bp IS NULL)) AND (NEW.vat_minor = OLD.vat_minor OR (NEW.vat_minor IS NULL AND OLD.vat_minor IS NULL)) AND (NEW.gross_minor = OLD.gross_minor OR (NEW.gross_minor IS NULL AND OLD.gross_minor IS NULL)) AND (NEW.currency = OLD.currency OR (NEW.currency IS NULL AND OLD.currency IS NULL)) AND (NEW.language = OLD.language OR (NEW.language IS NULL AND OLD.language IS NULL)) AND (NEW.subject = OLD.subject OR (NEW.subject IS NULL AND OLD.subject IS NULL)) AND (NEW.text = OLD.text OR (NEW.text IS NULL AND OLD.text IS NULL)) AND (NEW.text_version = OLD.text_version OR (NEW.text_version IS NULL AND OLD.text_version IS NULL)) AND (NEW.sha256 = OLD.sha256 OR (NEW.sha256 IS NULL AND OLD.sha256 IS NULL)) AND (NEW.token_hash = OLD.token_hash OR (NEW.token_hash IS NULL AND OLD.token_hash IS NULL)) AND (NEW.valid_until = OLD.valid_until OR (NEW.valid_until IS NULL AND OLD.valid_until IS NULL)) AND (NEW.created_at = OLD.created_at OR (NEW.created_at IS NULL AND OLD.created_at IS NULL)) AND (NEW.created_by_kind = OLD.created_by_kind OR (NEW.created_by_kind IS NULL AND OLD.created_by_kind IS NULL)) AND (NEW.created_by_id = OLD.created_by_id OR (NEW.created_by_id IS NULL AND OLD.created_by_id IS NULL))), FALSE) THEN
    RAISE check_violation USING MESSAGE = 'offer_frozen';
  END IF;
  RETURN NEW;
END $$
-- next --
CREATE OR REPLACE TRIGGER offer_update_checks BEFORE UPDATE ON offer FOR EACH ROW EXECUTE FUNCTION offer_update_checks()
-- next --
CREATE OR REPLACE FUNCTION offer_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE check_violation USING MESSAGE = 'ledger_unchangeable';
END $$
-- next --
CREATE OR REPLACE TRIGGER offer_kept BEFORE DELETE ON offer FOR EACH ROW EXECUTE FUNCTION offer_kept()
-- next --
CREATE OR REPLACE FUNCTION offer_answer_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE check_violation USING MESSAGE = 'ledger_unchangeable';
END $$
-- next --
CREATE OR REPLACE TRIGGER offer_answer_frozen BEFORE UPDATE OR DELETE ON offer_answer FOR EACH ROW EXECUTE FUNCTION offer_answer_frozen()
-- next --
CREATE OR REPLACE TRIGGER offer_answer_frozen_whole BEFORE TRUNCATE ON offer_answer FOR EACH STATEMENT EXECUTE FUNCTION offer_answer_frozen()
-- next --
CREATE OR REPLACE FUNCTION offer_answer_insert_checks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (TRUE) AND NOT coalesce((EXISTS (SELECT 1 FROM offer f WHERE f.id = NEW.offer_id AND f.state = 'open'
    AND f.created_at <= NEW.at AND NEW.at < f.valid_until AND f.sha256 = NEW.text_sha256)), FALSE) THEN
    RAISE check_violation USING MESSAGE = 'offer_closed';
  END IF;
  IF (NEW.channel = 'standing') AND NOT coalesce((EXISTS (SELECT 1 FROM offer f JOIN standing_authorisation s ON s.id = NEW.authorisation_id
    WHERE f.id = NEW.offer_id AND f.kind = 'work' AND f.customer_id = s.customer_id
    AND f.currency = s.currency AND f.net_minor <= s.amount_minor
    AND NOT EXISTS (SELECT 1 FROM offer_answer b JOIN offer g ON g.id = b.offer_id
      WHERE b.authorisation_id = s.id AND g.ticket_id = f.ticket_id))), FALSE) THEN
    RAISE check_violation USING MESSAGE = 'offer_needs_own_answer';
  END IF;
  RETURN NEW;
END $$
-- next --
CREATE OR REPLACE TRIGGER offer_answer_insert_checks BEFORE INSERT ON offer_answer FOR EACH ROW EXECUTE FUNCTION offer_answer_insert_checks()
-- next --
CREATE OR REPLACE FUNCTION offer_answer_settles() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE offer SET state = CASE WHEN NEW.accepted THEN 'accepted' ELSE 'declined' END WHERE id = NEW.offer_id AND state = 'open';
  IF NOT FOUND THEN
    RAISE check_violation USING MESSAGE = 'offer_closed';
  END IF;
  RETURN NULL;
END $$
-- next --
CREATE OR REPLACE TRIGGER offer_answer_settles AFTER INSERT ON offer_answer FOR EACH ROW EXECUTE FUNCTION offer_answer_settles()
-- next --
CREATE OR REPLACE FUNCTION transfer_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE check_violation USING MESSAGE = 'ledger_unchangeable';
END $$
-- next --
CREATE OR REPLACE TRIGGER transfer_frozen BEFORE UPDATE OR DELETE ON transfer FOR EACH ROW EXECUTE FUNCTION transfer_frozen()
-- next --
CREATE OR REPLACE TRIGGER transfer_frozen_whole BEFORE TRUNCATE ON transfer FOR EACH STATEMENT EXECUTE FUNCTION transfer_frozen()
-- next --
CREATE OR REPLACE FUNCTION transfer_insert_checks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (TRUE) AND NOT coalesce(((SELECT count(*) FROM account
    WHERE id IN (NEW.debit_account_id, NEW.credit_account_id) AND currency = NEW.currency) = 2), FALSE) THEN
    RAISE check_violation USING MESSAGE = 'ledger_currency';
  END IF;
  IF (NEW.kind IN ('post', 'void', 'expire')) AND NOT coalesce((EXISTS (SELECT 1 FROM transfer p WHERE p.key = NEW.pending_key AND p.kind = 'pending' AND p.debit_account_id = NEW.debit_account_id AND p.credit_account_id = NEW.credit_account_id
    AND p.currency = NEW.currency AND p.cause = NEW.cause AND p.cause_ref = NEW.cause_ref
    AND coalesce(p.ticket_id, 0) = coalesce(NEW.ticket_id, 0)
    AND coalesce(p.acceptance_id, 0) = coalesce(NEW.acceptance_id, 0))), FALSE) THEN
    RAISE check_violation USING MESSAGE = 'ledger_no_hold';
  END IF;
  IF (NEW.kind = 'post') AND NOT coalesce((coalesce(NEW.amount_minor <= (SELECT amount_minor FROM transfer WHERE key = NEW.pending_key), TRUE)), FALSE) THEN
    RAISE check_violation USING MESSAGE = 'ledger_above_hold';
  END IF;
  IF (NEW.kind IN ('void', 'expire')) AND NOT coalesce((coalesce(NEW.amount_minor = (SELECT amount_minor FROM transfer WHERE key = NEW.pending_key), TRUE)), FALSE) THEN
    RAISE check_violation USING MESSAGE = 'ledger_not_the_hold';
  END IF;
  IF (NEW.kind = 'post') AND NOT coalesce((NOT EXISTS (SELECT 1 FROM transfer p WHERE p.key = NEW.pending_key AND p.kind = 'pending' AND p.debit_account_id = NEW.debit_account_id AND p.credit_account_id = NEW.credit_account_id
    AND p.currency = NEW.currency AND p.cause = NEW.cause AND p.cause_ref = NEW.cause_ref
    AND coalesce(p.ticket_id, 0) = coalesce(NEW.ticket_id, 0)
    AND coalesce(p.acceptance_id, 0) = coalesce(NEW.acceptance_id, 0) AND p.expires_at <= NEW.created_at)), FALSE) THEN
    RAISE check_violation USING MESSAGE = 'ledger_hold_ran_out';
  END IF;
  IF (NEW.kind = 'expire') AND NOT coalesce((EXISTS (SELECT 1 FROM transfer p WHERE p.key = NEW.pending_key AND p.kind = 'pending' AND p.debit_account_id = NEW.debit_account_id AND p.credit_account_id = NEW.credit_account_id
    AND p.currency = NEW.currency AND p.cause = NEW.cause AND p.cause_ref = NEW.cause_ref
    AND coalesce(p.ticket_id, 0) = coalesce(NEW.ticket_id, 0)
    AND coalesce(p.acceptance_id, 0) = coalesce(NEW.acceptance_id, 0) AND p.expires_at <= NEW.created_at)), FALSE) THEN
    RAISE check_violation USING MESSAGE = 'ledger_hold_runs_on';
  END IF;
  IF (NEW.kind = 'reverse') AND NOT coalesce((EXISTS (SELECT 1 FROM transfer o WHERE o.key = NEW.reverses_key AND o.kind IN ('single', 'post')
    AND o.debit_account_id = NEW.credit_account_id AND o.credit_account_id = NEW.debit_account_id
    AND o.currency = NEW.currency AND o.amount_minor = NEW.amount_minor
    AND coalesce(o.ticket_id, 0) = coalesce(NEW.ticket_id, 0)
    AND coalesce(o.acceptance_id, 0) = coalesce(NEW.acceptance_id, 0))), FALSE) THEN
    RAISE check_violation USING MESSAGE = 'ledger_not_the_original';
  END IF;
  IF (NEW.acceptance_id IS NOT NULL AND NEW.kind IN ('single', 'pending')) AND NOT coalesce((EXISTS (SELECT 1 FROM offer_answer a JOIN offer f ON f.id = a.offer_id
    JOIN account d ON d.id = NEW.debit_account_id
    WHERE a.id = NEW.acceptance_id AND a.accepted AND a.at <= NEW.created_at
    AND f.ticket_id = NEW.ticket_id AND f.currency = NEW.currency AND f.customer_id = d.customer_id
    AND (NEW.cause = 'surcharge') = (f.kind = 'surcharge'))), FALSE) THEN
    RAISE check_violation USING MESSAGE = 'ledger_not_agreed';
  END IF;
  IF (EXISTS (SELECT 1 FROM credit_lot b WHERE b.transfer_key = NEW.key)) AND NOT coalesce((NEW.kind IN ('single', 'post') AND EXISTS (SELECT 1 FROM credit_lot b
    WHERE b.transfer_key = NEW.key AND b.account_id = NEW.credit_account_id
    AND b.currency = NEW.currency AND b.bought_minor = 0)), FALSE) THEN
    RAISE check_violation USING MESSAGE = 'lot_of_another_account';
  END IF;
  IF (NEW.cause = 'expiry' AND NEW.kind = 'single') AND NOT coalesce((EXISTS (SELECT 1 FROM credit_lot l WHERE l.transfer_key = NEW.cause_ref
    AND l.account_id = NEW.debit_account_id AND l.held_minor = 0 AND l.expires_at <= NEW.created_at)), FALSE) THEN
    RAISE check_violation USING MESSAGE = 'lot_not_expired';
  END IF;
  IF (NEW.cause = 'refund' AND NEW.kind IN ('single', 'pending', 'reverse') AND EXISTS (SELECT 1 FROM account k WHERE k.id = NEW.debit_account_id AND k.kind = 'credit')) AND NOT coalesce((EXISTS (SELECT 1 FROM credit_lot l WHERE l.transfer_key = NEW.cause_ref
    AND l.account_id = NEW.debit_account_id AND l.kind = 'paid')), FALSE) THEN
    RAISE check_violation USING MESSAGE = 'lot_not_refundable';
  END IF;
  RETURN NEW;
END $$
-- next --
CREATE OR REPLACE TRIGGER transfer_insert_checks BEFORE INSERT ON transfer FOR EACH ROW EXECUTE FUNCTION transfer_insert_checks()
-- next --
CREATE OR REPLACE FUNCTION transfer_counts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM account WHERE id IN (NEW.debit_account_id, NEW.credit_account_id)
    AND limit_minor IS NOT NULL ORDER BY id FOR NO KEY UPDATE;
  UPDATE account SET debits_posted = debits_posted + (CASE WHEN NEW.kind IN ('single', 'post', 'reverse') THEN NEW.amount_minor ELSE 0 END),
    debits_pending = debits_pending + (CASE WHEN NEW.kind = 'pending' THEN NEW.amount_minor WHEN NEW.kind IN ('post', 'void', 'expire') THEN -(SELECT amount_minor FROM transfer WHERE key = NEW.pending_key) ELSE 0 END)
    WHERE id = NEW.debit_account_id AND limit_minor IS NOT NULL;
  IF NEW.kind IN ('single', 'post', 'reverse') THEN
    UPDATE account SET credits_posted = credits_posted + (CASE WHEN NEW.kind IN ('single', 'post', 'reverse') THEN NEW.amount_minor ELSE 0 END)
      WHERE id = NEW.credit_account_id AND limit_minor IS NOT NULL;
  END IF;
  IF NEW.acceptance_id IS NOT NULL THEN
    UPDATE offer SET used_minor = used_minor + (CASE NEW.kind WHEN 'single' THEN NEW.amount_minor WHEN 'pending' THEN NEW.amount_minor
    WHEN 'post' THEN NEW.amount_minor - (SELECT amount_minor FROM transfer WHERE key = NEW.pending_key) ELSE -NEW.amount_minor END)
      WHERE id = (SELECT offer_id FROM offer_answer WHERE id = NEW.acceptance_id);
  END IF;
  RETURN NULL;
END $$
-- next --
CREATE OR REPLACE TRIGGER transfer_counts AFTER INSERT ON transfer FOR EACH ROW EXECUTE FUNCTION transfer_counts()
-- next --
CREATE OR REPLACE FUNCTION transfer_lots() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.kind IN ('single', 'post') AND EXISTS (SELECT 1 FROM account k WHERE k.id = NEW.credit_account_id AND k.kind = 'credit') THEN
    INSERT INTO credit_lot (account_id, transfer_key, kind, name, bought_minor, used_minor,
    held_minor, currency, tax_point, vat_minor, paid_at)
  SELECT NEW.credit_account_id, NEW.key, CASE WHEN NEW.cause = 'bonus' THEN 'bonus' ELSE 'paid' END, '', 0, 0,
    0, NEW.currency, CASE WHEN NEW.cause = 'bonus' THEN 'none' ELSE 'purchase' END, 0, NEW.created_at
  WHERE NOT EXISTS (SELECT 1 FROM credit_lot b WHERE b.transfer_key = NEW.key);
    UPDATE credit_lot SET bought_minor = NEW.amount_minor WHERE transfer_key = NEW.key;
  END IF;
  IF NEW.kind IN ('single', 'pending', 'reverse') AND EXISTS (SELECT 1 FROM account k WHERE k.id = NEW.debit_account_id AND k.kind = 'credit') THEN
    INSERT INTO lot_use (transfer_key, lot_id, position, used_minor, held_minor)
  SELECT NEW.key, q.id, q.position, CASE WHEN NEW.kind = 'pending' THEN 0 ELSE q.part END,
    CASE WHEN NEW.kind = 'pending' THEN q.part ELSE 0 END
  FROM (SELECT p.id, p.position,
      CASE WHEN p.upto <= NEW.amount_minor THEN p.rest ELSE NEW.amount_minor - (p.upto - p.rest) END AS part
    FROM (SELECT l.id, l.bought_minor - l.used_minor - l.held_minor AS rest, sum(l.bought_minor - l.used_minor - l.held_minor) OVER (ORDER BY CASE WHEN l.transfer_key = NEW.reverses_key THEN 0 ELSE 1 END, CASE WHEN l.kind = 'bonus' THEN 0 ELSE 1 END, CASE WHEN l.expires_at IS NULL THEN 1 ELSE 0 END, l.expires_at, l.paid_at, l.id) AS upto,
        row_number() OVER (ORDER BY CASE WHEN l.transfer_key = NEW.reverses_key THEN 0 ELSE 1 END, CASE WHEN l.kind = 'bonus' THEN 0 ELSE 1 END, CASE WHEN l.expires_at IS NULL THEN 1 ELSE 0 END, l.expires_at, l.paid_at, l.id) AS position
      FROM credit_lot l WHERE l.account_id = NEW.debit_account_id
        AND l.used_minor + l.held_minor < l.bought_minor AND CASE WHEN NEW.cause IN ('expiry', 'refund') THEN l.transfer_key = NEW.cause_ref
    WHEN NEW.kind = 'reverse' THEN TRUE
    ELSE l.expires_at IS NULL OR l.expires_at > NEW.created_at END) p
    WHERE p.upto - p.rest < NEW.amount_minor) q;
  END IF;
  IF NEW.kind IN ('post', 'void', 'expire') AND EXISTS (SELECT 1 FROM account k WHERE k.id = NEW.debit_account_id AND k.kind = 'credit') THEN
    INSERT INTO lot_use (transfer_key, lot_id, position, used_minor, held_minor)
  SELECT NEW.key, p.lot_id, p.position,
    CASE WHEN NEW.kind <> 'post' OR p.upto - p.held_minor >= NEW.amount_minor THEN 0
      WHEN p.upto <= NEW.amount_minor THEN p.held_minor ELSE NEW.amount_minor - (p.upto - p.held_minor) END,
    -p.held_minor
  FROM (SELECT u.lot_id, u.position, u.held_minor, sum(u.held_minor) OVER (ORDER BY u.position) AS upto
    FROM lot_use u WHERE u.transfer_key = NEW.pending_key AND u.held_minor > 0) p;
  END IF;
  IF NEW.kind = 'reverse' AND EXISTS (SELECT 1 FROM account k WHERE k.id = NEW.credit_account_id AND k.kind = 'credit') THEN
    INSERT INTO lot_use (transfer_key, lot_id, position, used_minor, held_minor)
  SELECT NEW.key, u.lot_id, u.position, -u.used_minor, 0
  FROM lot_use u JOIN credit_lot l ON l.id = u.lot_id AND l.account_id = NEW.credit_account_id
  WHERE u.transfer_key = NEW.reverses_key AND u.used_minor > 0;
  END IF;
  IF (NEW.kind IN ('single', 'pending', 'reverse') AND EXISTS (SELECT 1 FROM account k WHERE k.id = NEW.debit_account_id AND k.kind = 'credit')) AND NOT coalesce(((SELECT coalesce(sum(u.used_minor + u.held_minor), 0) FROM lot_use u
    JOIN credit_lot l ON l.id = u.lot_id AND l.account_id = NEW.debit_account_id
    WHERE u.transfer_key = NEW.key) = NEW.amount_minor), FALSE) THEN
    RAISE check_violation USING MESSAGE = 'lot_not_enough';
  END IF;
  IF (NEW.kind = 'reverse' AND EXISTS (SELECT 1 FROM account k WHERE k.id = NEW.credit_account_id AND k.kind = 'credit')) AND NOT coalesce(((SELECT coalesce(sum(-u.used_minor), 0) FROM lot_use u
    JOIN credit_lot l ON l.id = u.lot_id AND l.account_id = NEW.credit_account_id
    WHERE u.transfer_key = NEW.key) = NEW.amount_minor), FALSE) THEN
    RAISE check_violation USING MESSAGE = 'lot_not_the_same';
  END IF;
  RETURN NULL;
END $$
-- next --
CREATE OR REPLACE TRIGGER transfer_lots AFTER INSERT ON transfer FOR EACH ROW EXECUTE FUNCTION transfer_lots()
-- next --
CREATE OR REPLACE FUNCTION credit_lot_insert_checks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (TRUE) AND NOT coalesce((NEW.bought_minor = 0 AND NEW.used_minor = 0 AND NEW.held_minor = 0
    AND EXISTS (SELECT 1 FROM account k WHERE k.id = NEW.account_id AND k.kind = 'credit'
    AND k.currency = NEW.currency)), FALSE) THEN
    RAISE check_violation USING MESSAGE = 'lot_not_new';
  END IF;
  RETURN NEW;
END $$
-- next --
CREATE OR REPLACE TRIGGER credit_lot_insert_checks BEFORE INSERT ON credit_lot FOR EACH ROW EXECUTE FUNCTION credit_lot_insert_checks()
-- next --
CREATE OR REPLACE FUNCTION credit_lot_update_checks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (TRUE) AND NOT coalesce(((NEW.id = OLD.id OR (NEW.id IS NULL AND OLD.id IS NULL)) AND (NEW.account_id = OLD.account_id OR (NEW.account_id IS NULL AND OLD.account_id IS NULL)) AND (NEW.transfer_key = OLD.transfer_key OR (NEW.transfer_key IS NULL AND OLD.transfer_key IS NULL)) AND (NEW.kind = OLD.kind OR (NEW.kind IS NULL AND OLD.kind IS NULL)) AND (NEW.name = OLD.name OR (NEW.name IS NULL AND OLD.name IS NULL)) AND (NEW.currency = OLD.currency OR (NEW.currency IS NULL AND OLD.currency IS NULL)) AND (NEW.rate_minor = OLD.rate_minor OR (NEW.rate_minor IS NULL AND OLD.rate_minor IS NULL)) AND (NEW.tax_point = OLD.tax_point OR (NEW.tax_point IS NULL AND OLD.tax_point IS NULL)) AND (NEW.vat_minor = OLD.vat_minor OR (NEW.vat_minor IS NULL AND OLD.vat_minor IS NULL)) AND (NEW.paid_at = OLD.paid_at OR (NEW.paid_at IS NULL AND OLD.paid_at IS NULL))), FALSE) THEN
    RAISE check_violation USING MESSAGE = 'ledger_unchangeable';
  END IF;
  IF (NEW.bought_minor <> OLD.bought_minor) AND NOT coalesce((OLD.bought_minor = 0 AND EXISTS (SELECT 1 FROM transfer t WHERE t.key = NEW.transfer_key
    AND t.kind IN ('single', 'post') AND t.amount_minor = NEW.bought_minor
    AND t.credit_account_id = NEW.account_id)), FALSE) THEN
    RAISE check_violation USING MESSAGE = 'lot_worth';
  END IF;
  IF (NEW.expires_at IS NOT NULL) AND NOT coalesce((OLD.expires_at IS NOT NULL AND NEW.expires_at >= OLD.expires_at), FALSE) THEN
    RAISE check_violation USING MESSAGE = 'lot_expiry_earlier';
  END IF;
  RETURN NEW;
END $$
-- next --
CREATE OR REPLACE TRIGGER credit_lot_update_checks BEFORE UPDATE ON credit_lot FOR EACH ROW EXECUTE FUNCTION credit_lot_update_checks()
-- next --
CREATE OR REPLACE FUNCTION credit_lot_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE check_violation USING MESSAGE = 'ledger_unchangeable';
END $$
-- next --
CREATE OR REPLACE TRIGGER credit_lot_kept BEFORE DELETE ON credit_lot FOR EACH ROW EXECUTE FUNCTION credit_lot_kept()
-- next --
CREATE OR REPLACE FUNCTION lot_use_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE check_violation USING MESSAGE = 'ledger_unchangeable';
END $$
-- next --
CREATE OR REPLACE TRIGGER lot_use_frozen BEFORE UPDATE OR DELETE ON lot_use FOR EACH ROW EXECUTE FUNCTION lot_use_frozen()
-- next --
CREATE OR REPLACE TRIGGER lot_use_frozen_whole BEFORE TRUNCATE ON lot_use FOR EACH STATEMENT EXECUTE FUNCTION lot_use_frozen()
-- next --
CREATE OR REPLACE FUNCTION lot_use_insert_checks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (TRUE) AND NOT coalesce((EXISTS (SELECT 1 FROM transfer t JOIN credit_lot l ON l.id = NEW.lot_id
    WHERE t.key = NEW.transfer_key AND l.account_id IN (t.debit_account_id, t.credit_account_id))), FALSE) THEN
    RAISE check_violation USING MESSAGE = 'lot_use_without_transfer';
  END IF;
  RETURN NEW;
END $$
-- next --
CREATE OR REPLACE TRIGGER lot_use_insert_checks BEFORE INSERT ON lot_use FOR EACH ROW EXECUTE FUNCTION lot_use_insert_checks()
-- next --
CREATE OR REPLACE FUNCTION lot_use_counts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE credit_lot SET used_minor = used_minor + NEW.used_minor,
    held_minor = held_minor + NEW.held_minor WHERE id = NEW.lot_id;
  RETURN NULL;
END $$
-- next --
CREATE OR REPLACE TRIGGER lot_use_counts AFTER INSERT ON lot_use FOR EACH ROW EXECUTE FUNCTION lot_use_counts()
-- next --
CREATE OR REPLACE FUNCTION work_entry_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE check_violation USING MESSAGE = 'ledger_unchangeable';
END $$
-- next --
CREATE OR REPLACE TRIGGER work_entry_frozen BEFORE UPDATE OR DELETE ON work_entry FOR EACH ROW EXECUTE FUNCTION work_entry_frozen()
-- next --
CREATE OR REPLACE TRIGGER work_entry_frozen_whole BEFORE TRUNCATE ON work_entry FOR EACH STATEMENT EXECUTE FUNCTION work_entry_frozen()
