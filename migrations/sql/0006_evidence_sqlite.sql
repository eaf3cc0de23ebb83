DROP TRIGGER IF EXISTS answer_seal_update_ledger_unchangeable
-- next --
CREATE TRIGGER answer_seal_update_ledger_unchangeable BEFORE UPDATE ON answer_seal WHEN TRUE BEGIN
  SELECT RAISE(ABORT, 'ledger_unchangeable') WHERE NOT coalesce((FALSE), FALSE);
END
-- next --
DROP TRIGGER IF EXISTS answer_seal_delete_ledger_unchangeable
-- next --
CREATE TRIGGER answer_seal_delete_ledger_unchangeable BEFORE DELETE ON answer_seal WHEN TRUE BEGIN
  SELECT RAISE(ABORT, 'ledger_unchangeable') WHERE NOT coalesce((FALSE), FALSE);
END
-- next --
DROP TRIGGER IF EXISTS answer_seal_insert_ledger_key_taken
-- next --
CREATE TRIGGER answer_seal_insert_ledger_key_taken BEFORE INSERT ON answer_seal WHEN NEW.answer_id IS NOT NULL BEGIN
  SELECT RAISE(ABORT, 'ledger_key_taken') WHERE NOT coalesce((NOT EXISTS (SELECT 1 FROM answer_seal t WHERE t.answer_id = NEW.answer_id)), FALSE);
END
-- next --
DROP TRIGGER IF EXISTS objection_insert_objection_to_nothing
-- next --
CREATE TRIGGER objection_insert_objection_to_nothing BEFORE INSERT ON objection WHEN TRUE BEGIN
  SELECT RAISE(ABORT, 'objection_to_nothing') WHERE NOT coalesce((NEW.outcome IS NULL AND EXISTS (SELECT 1 FROM offer_answer a
    WHERE a.id = NEW.answer_id AND a.accepted AND a.at <= NEW.at)), FALSE);
END
-- next --
DROP TRIGGER IF EXISTS objection_update_objection_decided
-- next --
CREATE TRIGGER objection_update_objection_decided BEFORE UPDATE ON objection WHEN TRUE BEGIN
  SELECT RAISE(ABORT, 'objection_decided') WHERE NOT coalesce((OLD.outcome IS NULL), FALSE);
END
-- next --
DROP TRIGGER IF EXISTS objection_update_objection_frozen
-- next --
CREATE TRIGGER objection_update_objection_frozen BEFORE UPDATE ON objection WHEN TRUE BEGIN
  SELECT RAISE(ABORT, 'objection_frozen') WHERE NOT coalesce(((NEW.id = OLD.id OR (NEW.id IS NULL AND OLD.id IS NULL)) AND (NEW.answer_id = OLD.answer_id OR (NEW.answer_id IS NULL AND OLD.answer_id IS NULL)) AND (NEW.at = OLD.at OR (NEW.at IS NULL AND OLD.at IS NULL)) AND (NEW.contact_id = OLD.contact_id OR (NEW.contact_id IS NULL AND OLD.contact_id IS NULL)) AND (NEW.raw_mail_id = OLD.raw_mail_id OR (NEW.raw_mail_id IS NULL AND OLD.raw_mail_id IS NULL)) AND (NEW.raw_sha256 = OLD.raw_sha256 OR (NEW.raw_sha256 IS NULL AND OLD.raw_sha256 IS NULL)) AND (NEW.words = OLD.words OR (NEW.words IS NULL AND OLD.words IS NULL))), FALSE);
END
-- next --
DROP TRIGGER IF EXISTS objection_delete_ledger_unchangeable
-- next --
CREATE TRIGGER objection_delete_ledger_unchangeable BEFORE DELETE ON objection WHEN TRUE BEGIN
  SELECT RAISE(ABORT, 'ledger_unchangeable') WHERE NOT coalesce((FALSE), FALSE);
END
-- next --
DROP TRIGGER IF EXISTS transfer_insert_ledger_objected
-- next --
CREATE TRIGGER transfer_insert_ledger_objected BEFORE INSERT ON transfer WHEN NEW.acceptance_id IS NOT NULL AND NEW.kind IN ('single', 'pending', 'post') BEGIN
  SELECT RAISE(ABORT, 'ledger_objected') WHERE NOT coalesce((NOT EXISTS (SELECT 1 FROM objection o WHERE o.answer_id = NEW.acceptance_id
    AND coalesce(o.outcome, '') <> 'stands')), FALSE);
END
