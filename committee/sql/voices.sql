-- What stays of a decision that is over: its items, answers and declarations. Undo: voices_undo.sql.

CREATE FUNCTION committee_is_over(decision bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT status NOT IN ('prepared', 'open') FROM committee_decision WHERE id = decision), false)
$$;

-- Answers are given while a decision is open; the seats are filled when it opens.
CREATE FUNCTION committee_answer_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.decision_id, NEW.member_id, NEW.party_id, NEW.role)
        IS DISTINCT FROM (OLD.decision_id, OLD.member_id, OLD.party_id, OLD.role)
        OR committee_is_over(CASE TG_OP WHEN 'DELETE' THEN OLD.decision_id ELSE NEW.decision_id END)
    THEN
        RAISE EXCEPTION 'the answers of a decision that is over are final'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'committee_answer_is_final';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER committee_answer_is_final BEFORE INSERT OR UPDATE OR DELETE ON committee_answer
    FOR EACH ROW EXECUTE FUNCTION committee_answer_is_final();

-- A conflict of interest is declared before the matter is decided.
CREATE FUNCTION committee_declaration_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    about bigint := CASE TG_OP WHEN 'DELETE' THEN OLD.item_id ELSE NEW.item_id END;
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.item_id, NEW.member_id) IS DISTINCT FROM (OLD.item_id, OLD.member_id)
        OR committee_is_over((SELECT decision_id FROM committee_decisionitem WHERE id = about))
    THEN
        RAISE EXCEPTION 'what was declared of a decision that is over is final'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'committee_declaration_is_final';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER committee_declaration_is_final BEFORE INSERT OR UPDATE OR DELETE ON committee_declaration
    FOR EACH ROW EXECUTE FUNCTION committee_declaration_is_final();

-- The items of a decision that is over stay as they were; only which record they name may become known later.
CREATE FUNCTION committee_item_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF committee_is_over(OLD.decision_id) AND (TG_OP = 'DELETE'
        OR (NEW.decision_id, NEW.partnership_id, NEW.kind, NEW.subject, NEW.outcome)
            IS DISTINCT FROM (OLD.decision_id, OLD.partnership_id, OLD.kind, OLD.subject, OLD.outcome))
    THEN
        RAISE EXCEPTION 'the items of a decision that is over are final'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'committee_item_is_final';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER committee_item_is_final BEFORE UPDATE OR DELETE ON committee_decisionitem
    FOR EACH ROW EXECUTE FUNCTION committee_item_is_final();

-- Nothing joins a decision that is over, but what the public record says of it.
CREATE FUNCTION committee_item_joins_in_time() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF committee_is_over(NEW.decision_id) AND NOT EXISTS (
        SELECT FROM committee_decision WHERE id = NEW.decision_id AND source = 'public_record')
    THEN
        RAISE EXCEPTION 'a decision that is over takes no more items'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'committee_item_joins_in_time';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER committee_item_joins_in_time BEFORE INSERT OR UPDATE OF decision_id ON committee_decisionitem
    FOR EACH ROW EXECUTE FUNCTION committee_item_joins_in_time();
