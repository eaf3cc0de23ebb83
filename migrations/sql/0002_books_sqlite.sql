DROP TRIGGER IF EXISTS account_update_ledger_unchangeable
-- next --
CREATE TRIGGER account_update_ledger_unchangeable BEFORE UPDATE ON account WHEN TRUE BEGIN
  SELECT RAISE(ABORT, 'ledger_unchangeable') WHERE NOT coalesce(((NEW.id = OLD.id OR (NEW.id IS NULL AND OLD.id IS NULL)) AND (NEW.kind = OLD.kind OR (NEW.kind IS NULL AND OLD.kind IS NULL)) AND (NEW.customer_id = OLD.customer_id OR (NEW.customer_id IS NULL AND OLD.customer_id IS NULL)) AND (NEW.currency = OLD.currency OR (NEW.currency IS NULL AND OLD.currency IS NULL))), FALSE);
END
-- next --
DROP TRIGGER IF EXISTS account_delete_ledger_unchangeable
-- next --
CREATE TRIGGER account_delete_ledger_unchangeable BEFORE DELETE ON account WHEN TRUE BEGIN
  SELECT RAISE(ABORT, 'ledger_unchangeable') WHERE NOT coalesce((FALSE), FALSE);
END
-- next --
DROP TRIGGER IF EXISTS price_update_ledger_unchangeable
-- next --
CREATE TRIGGER price_update_ledger_unchangeable BEFORE UPDATE ON price WHEN TRUE BEGIN
  SELECT RAISE(ABORT, 'ledger_unchangeable') WHERE NOT coalesce((FALSE), FALSE);
END
-- next --
DROP TRIGGER IF EXISTS price_delete_ledger_unchangeable
-- next --
CREATE TRIGGER price_delete_ledger_unchangeable BEFORE DELETE ON price WHEN TRUE BEGIN
  SELECT RAISE(ABORT, 'ledger_unchangeable') WHERE NOT coalesce((FALSE), FALSE);
END
-- next --
DROP TRIGGER IF EXISTS price_insert_ledger_key_taken
-- next --
CREATE TRIGGER price_insert_ledger_key_taken BEFORE INSERT ON price WHEN NEW.id IS NOT NULL BEGIN
  SELECT RAISE(ABORT, 'ledger_key_taken') WHERE NOT coalesce((NOT EXISTS (SELECT 1 FROM price t WHERE t.id = NEW.id)), FALSE);
END
-- next --
DROP TRIGGER IF EXISTS standing_authorisation_delete_ledger_unchangeable
-- next --
CREATE TRIGGER standing_authorisation_delete_ledger_unchangeable BEFORE DELETE ON standing_authorisation WHEN TRUE BEGIN
  SELECT RAISE(ABORT, 'ledger_unchangeable') WHERE NOT coalesce((FALSE), FALSE);
END
-- next --
DROP TRIGGER IF EXISTS offer_insert_offer_not_new
-- next --
CREATE TRIGGER offer_insert_offer_not_new BEFORE INSERT ON offer WHEN TRUE BEGIN
  SELECT RAISE(ABORT, 'offer_not_new') WHERE NOT coalesce((NEW.state = 'open' AND NEW.used_minor = 0), FALSE);
END
-- next --
DROP TRIGGER IF EXISTS offer_update_offer_final
-- next --
CREATE TRIGGER offer_update_offer_final BEFORE UPDATE ON offer WHEN NEW.state <> OLD.state BEGIN
  SELECT RAISE(ABORT, 'offer_final') WHERE NOT coalesce((OLD.state = 'open'), FALSE);
END
-- next --
DROP TRIGGER IF EXISTS offer_update_offer_unanswered
-- next --
CREATE TRIGGER offer_update_offer_unanswered BEFORE UPDATE ON offer WHEN NEW.state <> OLD.state AND NEW.state IN ('accepted', 'declined') BEGIN
  SELECT RAISE(ABORT, 'offer_unanswered') WHERE NOT coalesce((EXISTS (SELECT 1 FROM offer_answer a WHERE a.offer_id = NEW.id
    AND a.accepted = (NEW.state = 'accepted'))), FALSE);
END
-- next --
DROP TRIGGER IF EXISTS offer_update_offer_frozen
-- next --
CREATE TRIGGER offer_update_offer_frozen BEFORE UPDATE ON offer WHEN TRUE BEGIN
  SELECT RAISE(ABORT, 'offer_frozen') WHERE NOT coalesce(((NEW.id = OLD.id OR (NEW.id IS NULL AND OLD.id IS NULL)) AND (NEW.number = OLD.number OR (NEW.number IS NULL AND OLD.number IS NULL)) AND (NEW.kind = OLD.kind OR (NEW.kind IS NULL AND OLD.kind IS NULL)) AND (NEW.ticket_id = OLD.ticket_id OR (NEW.ticket_id IS NULL AND OLD.ticket_id IS NULL)) AND (NEW.customer_id = OLD.customer_id OR (NEW.customer_id IS NULL AND OLD.customer_id IS NULL)) AND (NEW.to_contact_id = OLD.to_contact_id OR (NEW.to_contact_id IS NULL AND OLD.to_contact_id IS NULL)) AND (NEW.minutes = OLD.minutes OR (NEW.minutes IS NULL AND OLD.minutes IS NULL)) AND (NEW.net_minor = OLD.net_minor OR (NEW.net_minor IS NULL AND OLD.net_minor IS NULL)) AND (NEW.vat_bp = OLD.vat_bp OR (NEW.vat_bp IS NULL AND OLD.vat_bp IS NULL)) AND (NEW.vat_minor = OLD.vat_minor OR (NEW.vat_minor IS NULL AND OLD.vat_minor IS NULL)) AND (NEW.gross_minor = OLD.gross_minor OR (NEW.gross_minor IS NULL AND OLD.gross_minor IS NULL)) AND (NEW.currency = OLD.currency OR (NEW.currency IS NULL AND OLD.currency IS NULL)) AND (NEW.language = OLD.language OR (NEW.language IS NULL AND OLD.language IS NULL)) AND (NEW.subject = OLD.subject OR (NEW.subject IS NULL AND OLD.subject IS NULL)) AND (NEW.text = OLD.text OR (NEW.text IS NULL AND OLD.text IS NULL)) AND (NEW.text_version = OLD.text_version OR (NEW.text_version IS NULL AND OLD.text_version IS NULL)) AND (NEW.sha256 = OLD.sha256 OR (NEW.sha256 IS NULL AND OLD.sha256 IS NULL)) AND (NEW.token_hash = OLD.token_hash OR (NEW.token_hash IS NULL AND OLD.token_hash IS NULL)) AND (NEW.valid_until = OLD.valid_until OR (NEW.valid_until IS NULL AND OLD.valid_until IS NULL)) AND (NEW.created_at = OLD.created_at OR (NEW.created_at IS NULL AND OLD.created_at IS NULL)) AND (NEW.created_by_kind = OLD.created_by_kind OR (NEW.created_by_kind IS NULL AND OLD.created_by_kind IS NULL)) AND (NEW.created_by_id = OLD.created_by_id OR (NEW.created_by_id IS NULL AND OLD.created_by_id IS NULL))), FALSE);
END
-- next --
DROP TRIGGER IF EXISTS offer_delete_ledger_unchangeable
-- next --
CREATE TRIGGER offer_delete_ledger_unchangeable BEFORE DELETE ON offer WHEN TRUE BEGIN
  SELECT RAISE(ABORT, 'ledger_unchangeable') WHERE NOT coalesce((FALSE), FALSE);
END
-- next --
DROP TRIGGER IF EXISTS offer_answer_update_ledger_unchangeable
-- next --
CREATE TRIGGER offer_answer_update_ledger_unchangeable BEFORE UPDATE ON offer_answer WHEN TRUE BEGIN
  SELECT RAISE(ABORT, 'ledger_unchangeable') WHERE NOT coalesce((FALSE), FALSE);
END
-- next --
DROP TRIGGER IF EXISTS offer_answer_delete_ledger_unchangeable
-- next --
CREATE TRIGGER offer_answer_delete_ledger_unchangeable BEFORE DELETE ON offer_answer WHEN TRUE BEGIN
  SELECT RAISE(ABORT, 'ledger_unchangeable') WHERE NOT coalesce((FALSE), FALSE);
END
-- next --
DROP TRIGGER IF EXISTS offer_answer_insert_ledger_key_taken
-- next --
CREATE TRIGGER offer_answer_insert_ledger_key_taken BEFORE INSERT ON offer_answer WHEN NEW.id IS NOT NULL BEGIN
  SELECT RAISE(ABORT, 'ledger_key_taken') WHERE NOT coalesce((NOT EXISTS (SELECT 1 FROM offer_answer t WHERE t.id = NEW.id)), FALSE);
END
-- next --
DROP TRIGGER IF EXISTS offer_answer_insert_offer_closed
-- next --
CREATE TRIGGER offer_answer_insert_offer_closed BEFORE INSERT ON offer_answer WHEN TRUE BEGIN
  SELECT RAISE(ABORT, 'offer_closed') WHERE NOT coalesce((EXISTS (SELECT 1 FROM offer f WHERE f.id = NEW.offer_id AND f.state = 'open'
    AND f.created_at <= NEW.at AND NEW.at < f.valid_until AND f.sha256 = NEW.text_sha256)), FALSE);
END
-- next --
DROP TRIGGER IF EXISTS offer_answer_insert_offer_needs_own_answer
-- next --
CREATE TRIGGER offer_answer_insert_offer_needs_own_answer BEFORE INSERT ON offer_answer WHEN NEW.channel = 'standing' BEGIN
  SELECT RAISE(ABORT, 'offer_needs_own_answer') WHERE NOT coalesce((EXISTS (SELECT 1 FROM offer f JOIN standing_authorisation s ON s.id = NEW.authorisation_id
    WHERE f.id = NEW.offer_id AND f.kind = 'work' AND f.customer_id = s.customer_id
    AND f.currency = s.currency AND f.net_minor <= s.amount_minor
    AND NOT EXISTS (SELECT 1 FROM offer_answer b JOIN offer g ON g.id = b.offer_id
      WHERE b.authorisation_id = s.id AND g.ticket_id = f.ticket_id))), FALSE);
END
-- next --
DROP TRIGGER IF EXISTS offer_answer_settles
-- next --
CREATE TRIGGER offer_answer_settles AFTER INSERT ON offer_answer BEGIN
  UPDATE offer SET state = CASE WHEN NEW.accepted THEN 'accepted' ELSE 'declined' END WHERE id = NEW.offer_id AND state = 'open';
END
-- next --
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
    AND (NEW.cause = 'surcharge') = (f.kind = 'surcharge'))), FALSE);
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
  UPDATE offer SET used_minor = used_minor + (CASE NEW.kind WHEN 'single' THEN NEW.amount_minor WHEN 'pending' THEN NEW.amount_minor
    WHEN 'post' THEN NEW.amount_minor - (SELECT amount_minor FROM transfer WHERE key = NEW.pending_key) ELSE -NEW.amount_minor END)
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
DROP TRIGGER IF EXISTS credit_lot_insert_lot_not_new
-- next --
CREATE TRIGGER credit_lot_insert_lot_not_new BEFORE INSERT ON credit_lot WHEN TRUE BEGIN
  SELECT RAISE(ABORT, 'lot_not_new') WHERE NOT coalesce((NEW.bought_minor = 0 AND NEW.used_minor = 0 AND NEW.held_minor = 0
    AND EXISTS (SELECT 1 FROM account k WHERE k.id = NEW.account_id AND k.kind = 'credit'
    AND k.currency = NEW.currency)), FALSE);
END
-- next --
DROP TRIGGER IF EXISTS credit_lot_update_ledger_unchangeable
-- next --
CREATE TRIGGER credit_lot_update_ledger_unchangeable BEFORE UPDATE ON credit_lot WHEN TRUE BEGIN
  SELECT RAISE(ABORT, 'ledger_unchangeable') WHERE NOT coalesce(((NEW.id = OLD.id OR (NEW.id IS NULL AND OLD.id IS NULL)) AND (NEW.account_id = OLD.account_id OR (NEW.account_id IS NULL AND OLD.account_id IS NULL)) AND (NEW.transfer_key = OLD.transfer_key OR (NEW.transfer_key IS NULL AND OLD.transfer_key IS NULL)) AND (NEW.kind = OLD.kind OR (NEW.kind IS NULL AND OLD.kind IS NULL)) AND (NEW.name = OLD.name OR (NEW.name IS NULL AND OLD.name IS NULL)) AND (NEW.currency = OLD.currency OR (NEW.currency IS NULL AND OLD.currency IS NULL)) AND (NEW.rate_minor = OLD.rate_minor OR (NEW.rate_minor IS NULL AND OLD.rate_minor IS NULL)) AND (NEW.tax_point = OLD.tax_point OR (NEW.tax_point IS NULL AND OLD.tax_point IS NULL)) AND (NEW.vat_minor = OLD.vat_minor OR (NEW.vat_minor IS NULL AND OLD.vat_minor IS NULL)) AND (NEW.paid_at = OLD.paid_at OR (NEW.paid_at IS NULL AND OLD.paid_at IS NULL))), FALSE);
END
-- next --
DROP TRIGGER IF EXISTS credit_lot_update_lot_worth
-- next --
CREATE TRIGGER credit_lot_update_lot_worth BEFORE UPDATE ON credit_lot WHEN NEW.bought_minor <> OLD.bought_minor BEGIN
  SELECT RAISE(ABORT, 'lot_worth') WHERE NOT coalesce((OLD.bought_minor = 0 AND EXISTS (SELECT 1 FROM transfer t WHERE t.key = NEW.transfer_key
    AND t.kind IN ('single', 'post') AND t.amount_minor = NEW.bought_minor
    AND t.credit_account_id = NEW.account_id)), FALSE);
END
-- next --
DROP TRIGGER IF EXISTS credit_lot_update_lot_expiry_earlier
-- next --
CREATE TRIGGER credit_lot_update_lot_expiry_earlier BEFORE UPDATE ON credit_lot WHEN NEW.expires_at IS NOT NULL BEGIN
  SELECT RAISE(ABORT, 'lot_expiry_earlier') WHERE NOT coalesce((OLD.expires_at IS NOT NULL AND NEW.expires_at >= OLD.expires_at), FALSE);
END
-- next --
DROP TRIGGER IF EXISTS credit_lot_delete_ledger_unchangeable
-- next --
CREATE TRIGGER credit_lot_delete_ledger_unchangeable BEFORE DELETE ON credit_lot WHEN TRUE BEGIN
  SELECT RAISE(ABORT, 'ledger_unchangeable') WHERE NOT coalesce((FALSE), FALSE);
END
-- next --
DROP TRIGGER IF EXISTS lot_use_update_ledger_unchangeable
-- next --
CREATE TRIGGER lot_use_update_ledger_unchangeable BEFORE UPDATE ON lot_use WHEN TRUE BEGIN
  SELECT RAISE(ABORT, 'ledger_unchangeable') WHERE NOT coalesce((FALSE), FALSE);
END
-- next --
DROP TRIGGER IF EXISTS lot_use_delete_ledger_unchangeable
-- next --
CREATE TRIGGER lot_use_delete_ledger_unchangeable BEFORE DELETE ON lot_use WHEN TRUE BEGIN
  SELECT RAISE(ABORT, 'ledger_unchangeable') WHERE NOT coalesce((FALSE), FALSE);
END
-- next --
DROP TRIGGER IF EXISTS lot_use_insert_ledger_key_taken
-- next --
CREATE TRIGGER lot_use_insert_ledger_key_taken BEFORE INSERT ON lot_use WHEN NEW.transfer_key IS NOT NULL BEGIN
  SELECT RAISE(ABORT, 'ledger_key_taken') WHERE NOT coalesce((NOT EXISTS (SELECT 1 FROM lot_use t WHERE t.transfer_key = NEW.transfer_key AND t.lot_id = NEW.lot_id)), FALSE);
END
-- next --
DROP TRIGGER IF EXISTS lot_use_insert_lot_use_without_transfer
-- next --
CREATE TRIGGER lot_use_insert_lot_use_without_transfer BEFORE INSERT ON lot_use WHEN TRUE BEGIN
  SELECT RAISE(ABORT, 'lot_use_without_transfer') WHERE NOT coalesce((EXISTS (SELECT 1 FROM transfer t JOIN credit_lot l ON l.id = NEW.lot_id
    WHERE t.key = NEW.transfer_key AND l.account_id IN (t.debit_account_id, t.credit_account_id))), FALSE);
END
-- next --
DROP TRIGGER IF EXISTS lot_use_counts
-- next --
CREATE TRIGGER lot_use_counts AFTER INSERT ON lot_use BEGIN
  UPDATE credit_lot SET used_minor = used_minor + NEW.used_minor,
    held_minor = held_minor + NEW.held_minor WHERE id = NEW.lot_id;
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
