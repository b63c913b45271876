-- What history refers to keeps its meaning: an account is not turned into another, a notification not reworded, a
-- freeze not removed. And a stop is complete: nothing that began before it ends after it. Undo: identity_undo.sql.

-- Refuse to delete the row, and to change the columns that the trigger names.
CREATE FUNCTION registry_identity_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR EXISTS (SELECT FROM unnest(TG_ARGV) named
                                    WHERE to_jsonb(OLD) -> named IS DISTINCT FROM to_jsonb(NEW) -> named) THEN
        RAISE EXCEPTION '% keeps its meaning', TG_TABLE_NAME
            USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_identity_is_fixed';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER registry_identity_fixed BEFORE UPDATE OR DELETE ON registry_registry
    FOR EACH ROW EXECUTE FUNCTION registry_identity_fixed('party_id');
CREATE TRIGGER registry_identity_fixed BEFORE UPDATE OR DELETE ON registry_account
    FOR EACH ROW EXECUTE FUNCTION registry_identity_fixed('registry_id', 'number', 'kind', 'holder_id', 'source');
CREATE TRIGGER registry_identity_fixed BEFORE UPDATE OR DELETE ON registry_series
    FOR EACH ROW EXECUTE FUNCTION registry_identity_fixed('registry_id', 'project_id', 'vintage');
CREATE TRIGGER registry_identity_fixed BEFORE UPDATE OR DELETE ON registry_issuancenotification
    FOR EACH ROW EXECUTE FUNCTION registry_identity_fixed('project_id', 'source');
-- The public record may learn later when and how the committee decided; what was entered here was complete.
CREATE TRIGGER registry_entered_fixed BEFORE UPDATE ON registry_issuancenotification
    FOR EACH ROW WHEN (OLD.source <> 'public_record') EXECUTE FUNCTION registry_identity_fixed(
        'request_id', 'period_start', 'period_end', 'decided_on', 'decision_number', 'signatory_acquirer',
        'signatory_host');
CREATE TRIGGER registry_approval_fixed BEFORE UPDATE ON registry_issuanceleg
    FOR EACH ROW WHEN (OLD.approved_by_id IS NOT NULL) EXECUTE FUNCTION registry_identity_fixed(
        'proposed_by_id', 'proposed_at', 'approved_by_id', 'approved_at');
CREATE TRIGGER registry_issuance_fixed BEFORE UPDATE ON registry_issuanceleg
    FOR EACH ROW WHEN (OLD.state = 'issued') EXECUTE FUNCTION registry_identity_fixed('issued_on');
CREATE TRIGGER registry_identity_fixed BEFORE UPDATE OR DELETE ON registry_freeze
    FOR EACH ROW EXECUTE FUNCTION registry_identity_fixed(
        'registry_id', 'account_id', 'series_id', 'first', 'last', 'reason', 'frozen_by_id', 'frozen_at');
CREATE TRIGGER registry_lift_fixed BEFORE UPDATE ON registry_freeze
    FOR EACH ROW WHEN (OLD.lifted_at IS NOT NULL) EXECUTE FUNCTION registry_identity_fixed(
        'lift_proposed_by_id', 'lift_proposed_at', 'lifted_by_id', 'lifted_at');

-- A freeze and a change of an account's state take the lock alone that transactions of the registry share (ledger.sql):
-- these wait for what is under way, and what comes later sees them.
CREATE FUNCTION registry_stop_is_complete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('registry stop', NEW.registry_id));
    RETURN NEW;
END $$;
CREATE TRIGGER registry_stop_is_complete BEFORE INSERT ON registry_freeze
    FOR EACH ROW EXECUTE FUNCTION registry_stop_is_complete();
CREATE TRIGGER registry_stop_is_complete BEFORE UPDATE OF state ON registry_account
    FOR EACH ROW WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION registry_stop_is_complete();

-- With the stop in place nothing can come in any more: a closed account is empty and stays so.
CREATE FUNCTION registry_closed_account_is_empty() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM registry_creditblock WHERE account_id = NEW.id) THEN
        RAISE EXCEPTION 'account % still holds credits', NEW.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_closed_account_is_empty';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER registry_closed_account_is_empty AFTER UPDATE OF state ON registry_account
    FOR EACH ROW WHEN (NEW.state = 'closed') EXECUTE FUNCTION registry_closed_account_is_empty();
