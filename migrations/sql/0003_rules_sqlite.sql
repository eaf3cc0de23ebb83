CREATE TRIGGER rule_version_update_published BEFORE UPDATE ON rule_version WHEN OLD.state = 'published' BEGIN SELECT RAISE(ABORT, 'rules_published'); END
-- next --
CREATE TRIGGER rule_version_delete_published BEFORE DELETE ON rule_version WHEN OLD.state = 'published' BEGIN SELECT RAISE(ABORT, 'rules_published'); END
-- next --
CREATE TRIGGER rule_item_update_published BEFORE UPDATE ON rule_item WHEN TRUE BEGIN SELECT RAISE(ABORT, 'rules_published'); END
-- next --
CREATE TRIGGER rule_place_insert_published BEFORE INSERT ON rule_place WHEN EXISTS (SELECT 1 FROM rule_version v WHERE v.id = NEW.version_id AND v.state = 'published') BEGIN SELECT RAISE(ABORT, 'rules_published'); END
-- next --
CREATE TRIGGER rule_place_update_published BEFORE UPDATE ON rule_place WHEN EXISTS (SELECT 1 FROM rule_version v WHERE v.id = OLD.version_id AND v.state = 'published') BEGIN SELECT RAISE(ABORT, 'rules_published'); END
-- next --
CREATE TRIGGER rule_place_delete_published BEFORE DELETE ON rule_place WHEN EXISTS (SELECT 1 FROM rule_version v WHERE v.id = OLD.version_id AND v.state = 'published') BEGIN SELECT RAISE(ABORT, 'rules_published'); END
