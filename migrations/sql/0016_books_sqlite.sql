DROP TRIGGER IF EXISTS transfer_update_ledger_unchangeable
-- next --
CREATE TRIGGER transfer_update_ledger_unchangeable BEFORE UPDATE ON transfer WHEN TRUE BEGIN
  SELECT RAISE(ABORT, 'ledger_unchangeable') WHERE NOT coalesce((FALSE), FALSE);
END
-- next --
DROP TRIGGER IF EXISTS transfer_delete_ledger_unchangeable
-- next --
CREATE TRIGGER transfer_delete_ledger_unchangeable BEFORE DELETE ON transfer WHEN TRUE BEGIN
  SELECT RAISE(ABORT, 'ledger_unchangeable') WHERE NOT coalesce((FALSE), FALSE);
END
-- next --
DROP TRIGGER IF EXISTS transfer_insert_ledger_key_taken
-- next --
CREATE TRIGGER transfer_insert_ledger_key_taken BEFORE INSERT ON transfer WHEN NEW.key IS NOT NULL BEGIN
  SELECT RAISE(ABORT, 'ledger_key_taken') WHERE NOT coalesce((NOT EXISTS (SELECT 1 FROM transfer t WHERE t.key = NEW.key)), FALSE);
END
-- next --
DROP TRIGGER IF EXISTS transfer_insert_ledger_currency
-- next --
CREATE TRIGGER transfer_insert_ledger_currency BEFORE INSERT ON transfer WHEN TRUE BEGIN
  SELECT RAISE(ABORT, 'ledger_currency') WHERE NOT coalesce(((SELECT count(*) FROM account
    WHERE id IN (NEW.debit_account_id, NEW.credit_account_id) AND currency = NEW.currency) = 2), FALSE);
END
-- next --
DROP TRIGGER IF EXISTS transfer_insert_ledger_no_hold
-- next --
CREATE TRIGGER transfer_insert_ledger_no_hold BEFORE INSERT ON transfer WHEN NEW.kind IN ('post', 'void', 'expire') BEGIN
  SELECT RAISE(ABORT, 'ledger_no_hold') WHERE NOT coalesce((EXISTS (SELECT 1 FROM transfer p WHERE p.key = NEW.pending_key AND p.kind = 'pending' AND p.debit_account_id = NEW.debit_account_id AND p.credit_account_id = NEW.credit_account_id
    AND p.currency = NEW.currency AND p.cause = NEW.cause AND p.cause_ref = NEW.cause_ref
    AND coalesce(p.ticket_id, 0) = coalesce(NEW.ticket_id, 0)
    AND coalesce(p.acceptance_id, 0) = coalesce(NEW.acceptance_id, 0))), FALSE);
END
-- next --
DROP TRIGGER IF EXISTS transfer_insert_ledger_above_hold
-- next --
CREATE TRIGGER transfer_insert_ledger_above_hold BEFORE INSERT ON transfer WHEN NEW.kind = 'post' BEGIN
  SELECT RAISE(ABORT, 'ledger_above_hold') WHERE NOT coalesce((coalesce(NEW.amount_minor <= (SELECT amount_minor FROM transfer WHERE key = NEW.pending_key), TRUE)), FALSE);
END
-- next --
DROP TRIGGER IF EXISTS transfer_insert_ledger_not_the_hold
-- next --
CREATE TRIGGER transfer_insert_ledger_not_the_hold BEFORE INSERT ON transfer WHEN NEW.kind IN ('void', 'expire') BEGIN
  SELECT RAISE(ABORT, 'ledger_not_the_hold') WHERE NOT coalesce((coalesce(NEW.amount_minor = (SELECT amount_minor FROM transfer WHERE key = NEW.pending_key), TRUE)), FALSE);
END
-- next --
DROP TRIGGER IF EXISTS transfer_insert_ledger_hold_ran_out
-- next --
CREATE TRIGGER transfer_insert_ledger_hold_ran_out BEFORE INSERT ON transfer WHEN NEW.kind = 'post' BEGIN
  SELECT RAISE(ABORT, 'ledger_hold_ran_out') WHERE NOT coalesce((NOT EXISTS (SELECT 1 FROM transfer p WHERE p.key = NEW.pending_key AND p.kind = 'pending' AND p.debit_account_id = NEW.debit_account_id AND p.credit_account_id = NEW.credit_account_id
    AND p.currency = NEW.currency AND p.cause = NEW.cause AND p.cause_ref = NEW.cause_ref
    AND coalesce(p.ticket_id, 0) = coalesce(NEW.ticket_id, 0)
    AND coalesce(p.acceptance_id, 0) = coalesce(NEW.acceptance_id, 0) AND p.expires_at <= NEW.created_at)), FALSE);
END
-- next --
DROP TRIGGER IF EXISTS transfer_insert_ledger_hold_runs_on
-- next --
CREATE TRIGGER transfer_insert_ledger_hold_runs_on BEFORE INSERT ON transfer WHEN NEW.kind = 'expire' BEGIN
  SELECT RAISE(ABORT, 'ledger_hold_runs_on') WHERE NOT coalesce((EXISTS (SELECT 1 FROM transfer p WHERE p.key = NEW.pending_key AND p.kind = 'pending' AND p.debit_account_id = NEW.debit_account_id AND p.credit_account_id = NEW.credit_account_id
    AND p.currency = NEW.currency AND p.cause = NEW.cause AND p.cause_ref = NEW.cause_ref
    AND coalesce(p.ticket_id, 0) = coalesce(NEW.ticket_id, 0)
    AND coalesce(p.acceptance_id, 0) = coalesce(NEW.acceptance_id, 0) AND p.expires_at <= NEW.created_at)), FALSE);
END
-- next --
DROP TRIGGER IF EXISTS transfer_insert_ledger_quote_held
-- next --
CREATE TRIGGER transfer_insert_ledger_quote_held BEFORE INSERT ON transfer WHEN NEW.cause = 'quote' BEGIN
  SELECT RAISE(ABORT, 'ledger_quote_held') WHERE NOT coalesce((NEW.kind IN ('pending', 'void', 'expire')), FALSE);
END
-- next --
DROP TRIGGER IF EXISTS transfer_insert_ledger_not_the_original
-- next --
CREATE TRIGGER transfer_insert_ledger_not_the_original BEFORE INSERT ON transfer WHEN NEW.kind = 'reverse' BEGIN
  SELECT RAISE(ABORT, 'ledger_not_the_original') WHERE NOT coalesce((EXISTS (SELECT 1 FROM transfer o WHERE o.key = NEW.reverses_key AND o.kind IN ('single', 'post')
    AND o.debit_account_id = NEW.credit_account_id AND o.credit_account_id = NEW.debit_account_id
    AND o.currency = NEW.currency AND o.amount_minor = NEW.amount_minor
    AND coalesce(o.ticket_id, 0) = coalesce(NEW.ticket_id, 0)
    AND coalesce(o.acceptance_id, 0) = coalesce(NEW.acceptance_id, 0))), FALSE);
END
-- next --
DROP TRIGGER IF EXISTS transfer_insert_ledger_not_agreed
-- next --
CREATE TRIGGER transfer_insert_ledger_not_agreed BEFORE INSERT ON transfer WHEN NEW.acceptance_id IS NOT NULL AND NEW.kind IN ('single', 'pending') BEGIN
  SELECT RAISE(ABORT, 'ledger_not_agreed') WHERE NOT coalesce((EXISTS (SELECT 1 FROM offer_answer a JOIN offer f ON f.id = a.offer_id
    JOIN account d ON d.id = NEW.debit_account_id
    WHERE a.id = NEW.acceptance_id AND a.accepted AND a.at <= NEW.created_at
    AND f.ticket_id = NEW.ticket_id AND f.currency = NEW.currency AND f.customer_id = d.customer_id
    AND (NEW.cause = 'surcharge') = (f.kind = 'surcharge') AND (NEW.cause <> 'quote' OR f.kind = 'quote'))), FALSE);
END
-- next --
DROP TRIGGER IF EXISTS transfer_insert_lot_of_another_account
-- next --
CREATE TRIGGER transfer_insert_lot_of_another_account BEFORE INSERT ON transfer WHEN EXISTS (SELECT 1 FROM credit_lot b WHERE b.transfer_key = NEW.key) BEGIN
  SELECT RAISE(ABORT, 'lot_of_another_account') WHERE NOT coalesce((NEW.kind IN ('single', 'post') AND EXISTS (SELECT 1 FROM credit_lot b
    WHERE b.transfer_key = NEW.key AND b.account_id = NEW.credit_account_id
    AND b.currency = NEW.currency AND b.bought_minor = 0)), FALSE);
END
-- next --
DROP TRIGGER IF EXISTS transfer_insert_lot_not_expired
-- next --
CREATE TRIGGER transfer_insert_lot_not_expired BEFORE INSERT ON transfer WHEN NEW.cause = 'expiry' AND NEW.kind = 'single' BEGIN
  SELECT RAISE(ABORT, 'lot_not_expired') WHERE NOT coalesce((EXISTS (SELECT 1 FROM credit_lot l WHERE l.transfer_key = NEW.cause_ref
    AND l.account_id = NEW.debit_account_id AND l.held_minor = 0 AND l.expires_at <= NEW.created_at)), FALSE);
END
-- next --
DROP TRIGGER IF EXISTS transfer_insert_lot_not_refundable
-- next --
CREATE TRIGGER transfer_insert_lot_not_refundable BEFORE INSERT ON transfer WHEN NEW.cause = 'refund' AND NEW.kind IN ('single', 'pending', 'reverse') AND EXISTS (SELECT 1 FROM account k WHERE k.id = NEW.debit_account_id AND k.kind = 'credit') BEGIN
  SELECT RAISE(ABORT, 'lot_not_refundable') WHERE NOT coalesce((EXISTS (SELECT 1 FROM credit_lot l WHERE l.transfer_key = NEW.cause_ref
    AND l.account_id = NEW.debit_account_id AND l.kind = 'paid')), FALSE);
END
-- next --
DROP TRIGGER IF EXISTS transfer_insert_ledger_amount
-- next --
CREATE TRIGGER transfer_insert_ledger_amount BEFORE INSERT ON transfer WHEN TRUE BEGIN
  SELECT RAISE(ABORT, 'ledger_amount') WHERE NOT coalesce((typeof(NEW.amount_minor) = 'integer'), FALSE);
END
-- next --
DROP TRIGGER IF EXISTS transfer_counts
-- next --
CREATE TRIGGER transfer_counts AFTER INSERT ON transfer BEGIN
  UPDATE account SET debits_posted = debits_posted + (CASE WHEN NEW.kind IN ('single', 'post', 'reverse') THEN NEW.amount_minor ELSE 0 END),
    debits_pending = debits_pending + (CASE WHEN NEW.kind = 'pending' THEN NEW.amount_minor WHEN NEW.kind IN ('post', 'void', 'expire') THEN -(SELECT amount_minor FROM transfer WHERE key = NEW.pending_key) ELSE 0 END)
    WHERE id = NEW.debit_account_id AND limit_minor IS NOT NULL;
  UPDATE account SET credits_posted = credits_posted + (CASE WHEN NEW.kind IN ('single', 'post', 'reverse') THEN NEW.amount_minor ELSE 0 END)
    WHERE id = NEW.credit_account_id AND limit_minor IS NOT NULL;
  UPDATE offer SET used_minor = used_minor + (CASE WHEN NEW.cause = 'quote' THEN 0 WHEN NEW.kind IN ('single', 'pending') THEN NEW.amount_minor
    WHEN NEW.kind = 'post' THEN NEW.amount_minor - (SELECT amount_minor FROM transfer WHERE key = NEW.pending_key) ELSE -NEW.amount_minor END)
    WHERE id = (SELECT offer_id FROM offer_answer WHERE id = NEW.acceptance_id);
END
-- next --
DROP TRIGGER IF EXISTS transfer_lots_0
-- next --
CREATE TRIGGER transfer_lots_0 AFTER INSERT ON transfer WHEN NEW.kind IN ('single', 'post') AND EXISTS (SELECT 1 FROM account k WHERE k.id = NEW.credit_account_id AND k.kind = 'credit') BEGIN
  INSERT INTO credit_lot (account_id, transfer_key, kind, name, bought_minor, used_minor,
    held_minor, currency, tax_point, vat_minor, paid_at)
  SELECT NEW.credit_account_id, NEW.key, CASE WHEN NEW.cause = 'bonus' THEN 'bonus' ELSE 'paid' END, '', 0, 0,
    0, NEW.currency, CASE WHEN NEW.cause = 'bonus' THEN 'none' ELSE 'purchase' END, 0, NEW.created_at
  WHERE NOT EXISTS (SELECT 1 FROM credit_lot b WHERE b.transfer_key = NEW.key);
  UPDATE credit_lot SET bought_minor = NEW.amount_minor WHERE transfer_key = NEW.key;
END
-- next --
DROP TRIGGER IF EXISTS transfer_lots_1
-- next --
CREATE TRIGGER transfer_lots_1 AFTER INSERT ON transfer WHEN NEW.kind IN ('single', 'pending', 'reverse') AND EXISTS (SELECT 1 FROM account k WHERE k.id = NEW.debit_account_id AND k.kind = 'credit') BEGIN
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
  SELECT RAISE(ABORT, 'lot_not_enough') WHERE NOT coalesce(((SELECT coalesce(sum(u.used_minor + u.held_minor), 0) FROM lot_use u
    JOIN credit_lot l ON l.id = u.lot_id AND l.account_id = NEW.debit_account_id
    WHERE u.transfer_key = NEW.key) = NEW.amount_minor), FALSE);
END
-- next --
DROP TRIGGER IF EXISTS transfer_lots_2
-- next --
CREATE TRIGGER transfer_lots_2 AFTER INSERT ON transfer WHEN NEW.kind IN ('post', 'void', 'expire') AND EXISTS (SELECT 1 FROM account k WHERE k.id = NEW.debit_account_id AND k.kind = 'credit') BEGIN
  INSERT INTO lot_use (transfer_key, lot_id, position, used_minor, held_minor)
  SELECT NEW.key, p.lot_id, p.position,
    CASE WHEN NEW.kind <> 'post' OR p.upto - p.held_minor >= NEW.amount_minor THEN 0
      WHEN p.upto <= NEW.amount_minor THEN p.held_minor ELSE NEW.amount_minor - (p.upto - p.held_minor) END,
    -p.held_minor
  FROM (SELECT u.lot_id, u.position, u.held_minor, sum(u.held_minor) OVER (ORDER BY u.position) AS upto
    FROM lot_use u WHERE u.transfer_key = NEW.pending_key AND u.held_minor > 0) p;
END
-- next --
DROP TRIGGER IF EXISTS transfer_lots_3
-- next --
CREATE TRIGGER transfer_lots_3 AFTER INSERT ON transfer WHEN NEW.kind = 'reverse' AND EXISTS (SELECT 1 FROM account k WHERE k.id = NEW.credit_account_id AND k.kind = 'credit') BEGIN
  INSERT INTO lot_use (transfer_key, lot_id, position, used_minor, held_minor)
  SELECT NEW.key, u.lot_id, u.position, -u.used_minor, 0
  FROM lot_use u JOIN credit_lot l ON l.id = u.lot_id AND l.account_id = NEW.credit_account_id
  WHERE u.transfer_key = NEW.reverses_key AND u.used_minor > 0;
  SELECT RAISE(ABORT, 'lot_not_the_same') WHERE NOT coalesce(((SELECT coalesce(sum(-u.used_minor), 0) FROM lot_use u
    JOIN credit_lot l ON l.id = u.lot_id AND l.account_id = NEW.credit_account_id
    WHERE u.transfer_key = NEW.key) = NEW.amount_minor), FALSE);
END
-- next --
DROP TRIGGER IF EXISTS work_entry_update_ledger_unchangeable
-- next --
CREATE TRIGGER work_entry_update_ledger_unchangeable BEFORE UPDATE ON work_entry WHEN TRUE BEGIN
  SELECT RAISE(ABORT, 'ledger_unchangeable') WHERE NOT coalesce((FALSE), FALSE);
END
-- next --
DROP TRIGGER IF EXISTS work_entry_delete_ledger_unchangeable
-- next --
CREATE TRIGGER work_entry_delete_ledger_unchangeable BEFORE DELETE ON work_entry WHEN TRUE BEGIN
  SELECT RAISE(ABORT, 'ledger_unchangeable') WHERE NOT coalesce((FALSE), FALSE);
END
-- next --
DROP TRIGGER IF EXISTS work_entry_insert_ledger_key_taken
-- next --
CREATE TRIGGER work_entry_insert_ledger_key_taken BEFORE INSERT ON work_entry WHEN NEW.id IS NOT NULL BEGIN
  SELECT RAISE(ABORT, 'ledger_key_taken') WHERE NOT coalesce((NOT EXISTS (SELECT 1 FROM work_entry t WHERE t.id = NEW.id)), FALSE);
END
-- next --
DROP TRIGGER IF EXISTS work_entry_insert_work_needs_quote
-- next --
CREATE TRIGGER work_entry_insert_work_needs_quote BEFORE INSERT ON work_entry WHEN NEW.activity = 'development' AND NEW.billing = 'charged' BEGIN
  SELECT RAISE(ABORT, 'work_needs_quote') WHERE NOT coalesce((EXISTS (SELECT 1 FROM transfer t JOIN offer_answer a ON a.id = t.acceptance_id
    JOIN offer f ON f.id = a.offer_id WHERE t.key = NEW.transfer_key AND f.kind = 'quote')), FALSE);
END
