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
  IF (NEW.cause = 'quote') AND NOT coalesce((NEW.kind IN ('pending', 'void', 'expire')), FALSE) THEN
    RAISE check_violation USING MESSAGE = 'ledger_quote_held';
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
    AND (NEW.cause = 'surcharge') = (f.kind = 'surcharge') AND (NEW.cause <> 'quote' OR f.kind = 'quote'))), FALSE) THEN
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
    UPDATE offer SET used_minor = used_minor + (CASE WHEN NEW.cause = 'quote' THEN 0 WHEN NEW.kind IN ('single', 'pending') THEN NEW.amount_minor
    WHEN NEW.kind = 'post' THEN NEW.amount_minor - (SELECT amount_minor FROM transfer WHERE key = NEW.pending_key) ELSE -NEW.amount_minor END)
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
CREATE OR REPLACE FUNCTION work_entry_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE check_violation USING MESSAGE = 'ledger_unchangeable';
END $$
-- next --
CREATE OR REPLACE TRIGGER work_entry_frozen BEFORE UPDATE OR DELETE ON work_entry FOR EACH ROW EXECUTE FUNCTION work_entry_frozen()
-- next --
CREATE OR REPLACE TRIGGER work_entry_frozen_whole BEFORE TRUNCATE ON work_entry FOR EACH STATEMENT EXECUTE FUNCTION work_entry_frozen()
-- next --
CREATE OR REPLACE FUNCTION work_entry_insert_checks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.activity = 'development' AND NEW.billing = 'charged') AND NOT coalesce((EXISTS (SELECT 1 FROM transfer t JOIN offer_answer a ON a.id = t.acceptance_id
    JOIN offer f ON f.id = a.offer_id WHERE t.key = NEW.transfer_key AND f.kind = 'quote')), FALSE) THEN
    RAISE check_violation USING MESSAGE = 'work_needs_quote';
  END IF;
  RETURN NEW;
END $$
-- next --
CREATE OR REPLACE TRIGGER work_entry_insert_checks BEFORE INSERT ON work_entry FOR EACH ROW EXECUTE FUNCTION work_entry_insert_checks()
