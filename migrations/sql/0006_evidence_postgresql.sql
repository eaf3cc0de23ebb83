CREATE OR REPLACE FUNCTION answer_seal_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE check_violation USING MESSAGE = 'ledger_unchangeable';
END $$
-- next --
CREATE OR REPLACE TRIGGER answer_seal_frozen BEFORE UPDATE OR DELETE ON answer_seal FOR EACH ROW EXECUTE FUNCTION answer_seal_frozen()
-- next --
CREATE OR REPLACE TRIGGER answer_seal_frozen_whole BEFORE TRUNCATE ON answer_seal FOR EACH STATEMENT EXECUTE FUNCTION answer_seal_frozen()
-- next --
CREATE OR REPLACE FUNCTION objection_insert_checks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (TRUE) AND NOT coalesce((NEW.outcome IS NULL AND EXISTS (SELECT 1 FROM offer_answer a
    WHERE a.id = NEW.answer_id AND a.accepted AND a.at <= NEW.at)), FALSE) THEN
    RAISE check_violation USING MESSAGE = 'objection_to_nothing';
  END IF;
  RETURN NEW;
END $$
-- next --
CREATE OR REPLACE TRIGGER objection_insert_checks BEFORE INSERT ON objection FOR EACH ROW EXECUTE FUNCTION objection_insert_checks()
-- next --
CREATE OR REPLACE FUNCTION objection_update_checks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (TRUE) AND NOT coalesce((OLD.outcome IS NULL), FALSE) THEN
    RAISE check_violation USING MESSAGE = 'objection_decided';
  END IF;
  IF (TRUE) AND NOT coalesce(((NEW.id = OLD.id OR (NEW.id IS NULL AND OLD.id IS NULL)) AND (NEW.answer_id = OLD.answer_id OR (NEW.answer_id IS NULL AND OLD.answer_id IS NULL)) AND (NEW.at = OLD.at OR (NEW.at IS NULL AND OLD.at IS NULL)) AND (NEW.contact_id = OLD.contact_id OR (NEW.contact_id IS NULL AND OLD.contact_id IS NULL)) AND (NEW.raw_mail_id = OLD.raw_mail_id OR (NEW.raw_mail_id IS NULL AND OLD.raw_mail_id IS NULL)) AND (NEW.raw_sha256 = OLD.raw_sha256 OR (NEW.raw_sha256 IS NULL AND OLD.raw_sha256 IS NULL)) AND (NEW.words = OLD.words OR (NEW.words IS NULL AND OLD.words IS NULL))), FALSE) THEN
    RAISE check_violation USING MESSAGE = 'objection_frozen';
  END IF;
  RETURN NEW;
END $$
-- next --
CREATE OR REPLACE TRIGGER objection_update_checks BEFORE UPDATE ON objection FOR EACH ROW EXECUTE FUNCTION objection_update_checks()
-- next --
CREATE OR REPLACE FUNCTION objection_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE check_violation USING MESSAGE = 'ledger_unchangeable';
END $$
-- next --
CREATE OR REPLACE TRIGGER objection_kept BEFORE DELETE ON objection FOR EACH ROW EXECUTE FUNCTION objection_kept()
-- next --
CREATE OR REPLACE FUNCTION transfer_insert_objections() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.acceptance_id IS NOT NULL AND NEW.kind IN ('single', 'pending', 'post')) AND NOT coalesce((NOT EXISTS (SELECT 1 FROM objection o WHERE o.answer_id = NEW.acceptance_id
    AND coalesce(o.outcome, '') <> 'stands')), FALSE) THEN
    RAISE check_violation USING MESSAGE = 'ledger_objected';
  END IF;
  RETURN NEW;
END $$
-- next --
CREATE OR REPLACE TRIGGER transfer_insert_objections BEFORE INSERT ON transfer FOR EACH ROW EXECUTE FUNCTION transfer_insert_objections()
