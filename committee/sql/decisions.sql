-- What the committee's record keeps, whatever the application does. Undo: decisions_undo.sql.

-- An adopted decision is final; another one may replace it.
CREATE FUNCTION committee_adopted_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status = 'adopted' THEN
        RAISE EXCEPTION 'an adopted decision is final'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'committee_adopted_is_final';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER committee_adopted_is_final BEFORE UPDATE OR DELETE ON committee_decision
    FOR EACH ROW EXECUTE FUNCTION committee_adopted_is_final();
