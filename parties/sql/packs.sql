-- What rule packs keep, whatever the application does. Undo: packs_undo.sql.

-- An adopted pack is final: the days of every case that started under it follow from it.
CREATE FUNCTION parties_adopted_pack_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status = 'adopted' THEN
        RAISE EXCEPTION 'rule pack % is adopted and final', OLD.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'parties_adopted_pack_is_final';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER parties_adopted_pack_is_final BEFORE UPDATE OR DELETE ON parties_rulepack
    FOR EACH ROW EXECUTE FUNCTION parties_adopted_pack_is_final();

-- And so is its checklist. The lock makes an adoption at the same moment wait.
CREATE FUNCTION parties_checklist_follows_its_pack() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    pack record;
BEGIN
    FOR pack IN SELECT status FROM parties_rulepack WHERE id IN (OLD.pack_id, NEW.pack_id) ORDER BY id FOR SHARE LOOP
        IF pack.status = 'adopted' THEN
            RAISE EXCEPTION 'the checklist of an adopted rule pack is final'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'parties_checklist_follows_its_pack';
        END IF;
    END LOOP;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER parties_checklist_follows_its_pack BEFORE INSERT OR UPDATE OR DELETE ON parties_checklistitem
    FOR EACH ROW EXECUTE FUNCTION parties_checklist_follows_its_pack();

-- A case keeps the pack under which it was first submitted.
CREATE FUNCTION parties_case_keeps_its_pack() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.rule_pack_id, NEW.partnership_id, NEW.kind) <> (OLD.rule_pack_id, OLD.partnership_id, OLD.kind) THEN
        RAISE EXCEPTION 'case % keeps its rule pack', OLD.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'parties_case_keeps_its_pack';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER parties_case_keeps_its_pack BEFORE UPDATE ON parties_case
    FOR EACH ROW EXECUTE FUNCTION parties_case_keeps_its_pack();
