CREATE OR REPLACE FUNCTION rule_version_update_published() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.state = 'published' THEN RAISE check_violation USING MESSAGE = 'rules_published'; END IF; RETURN NEW; END $$
-- next --
CREATE OR REPLACE TRIGGER rule_version_update_published BEFORE UPDATE ON rule_version FOR EACH ROW EXECUTE FUNCTION rule_version_update_published()
-- next --
CREATE OR REPLACE FUNCTION rule_version_delete_published() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.state = 'published' THEN RAISE check_violation USING MESSAGE = 'rules_published'; END IF; RETURN OLD; END $$
-- next --
CREATE OR REPLACE TRIGGER rule_version_delete_published BEFORE DELETE ON rule_version FOR EACH ROW EXECUTE FUNCTION rule_version_delete_published()
-- next --
CREATE OR REPLACE FUNCTION rule_item_update_published() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TRUE THEN RAISE check_violation USING MESSAGE = 'rules_published'; END IF; RETURN NEW; END $$
-- next --
CREATE OR REPLACE TRIGGER rule_item_update_published BEFORE UPDATE ON rule_item FOR EACH ROW EXECUTE FUNCTION rule_item_update_published()
-- next --
CREATE OR REPLACE FUNCTION rule_place_insert_published() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM rule_version v WHERE v.id = NEW.version_id AND v.state = 'published') THEN RAISE check_violation USING MESSAGE = 'rules_published'; END IF; RETURN NEW; END $$
-- next --
CREATE OR REPLACE TRIGGER rule_place_insert_published BEFORE INSERT ON rule_place FOR EACH ROW EXECUTE FUNCTION rule_place_insert_published()
-- next --
CREATE OR REPLACE FUNCTION rule_place_update_published() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM rule_version v WHERE v.id = OLD.version_id AND v.state = 'published') THEN RAISE check_violation USING MESSAGE = 'rules_published'; END IF; RETURN NEW; END $$
-- next --
CREATE OR REPLACE TRIGGER rule_place_update_published BEFORE UPDATE ON rule_place FOR EACH ROW EXECUTE FUNCTION rule_place_update_published()
-- next --
CREATE OR REPLACE FUNCTION rule_place_delete_published() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM rule_version v WHERE v.id = OLD.version_id AND v.state = 'published') THEN RAISE check_violation USING MESSAGE = 'rules_published'; END IF; RETURN OLD; END $$
-- next --
CREATE OR REPLACE TRIGGER rule_place_delete_published BEFORE DELETE ON rule_place FOR EACH ROW EXECUTE FUNCTION rule_place_delete_published()
