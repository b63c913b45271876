-- The ledger's rules, kept by PostgreSQL whatever the application does. Undo: ledger_undo.sql.
-- Each refusal carries a constraint name, which registry/errors.py turns into a sentence.

-- History is written once.
CREATE FUNCTION registry_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME
        USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_history_is_append_only';
END $$;
CREATE TRIGGER registry_append_only BEFORE UPDATE OR DELETE ON registry_transaction
    FOR EACH ROW EXECUTE FUNCTION registry_append_only();
CREATE TRIGGER registry_append_only BEFORE UPDATE OR DELETE ON registry_movement
    FOR EACH ROW EXECUTE FUNCTION registry_append_only();
CREATE TRIGGER registry_append_only BEFORE UPDATE OR DELETE ON registry_legline
    FOR EACH ROW EXECUTE FUNCTION registry_append_only();

-- A leg's amounts are what the Joint Committee notified; only its way through the registry is recorded later.
CREATE FUNCTION registry_leg_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (NEW.notification_id, NEW.registry_id, NEW.notified, NEW.source)
            IS DISTINCT FROM (OLD.notification_id, OLD.registry_id, OLD.notified, OLD.source) THEN
        RAISE EXCEPTION 'a notified leg cannot be changed'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_notified_leg_is_fixed';
    END IF;
    -- Only a public record is taken over as issued in one step; an entered leg is proposed and approved before.
    IF NEW.state = 'issued' AND OLD.state IN ('notified', 'awaiting_authorization')
            AND NEW.source <> 'public_record' THEN
        RAISE EXCEPTION 'a leg is proposed and approved before it is issued'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_leg_approved_by_second_person';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER registry_leg_fixed BEFORE UPDATE OR DELETE ON registry_issuanceleg
    FOR EACH ROW EXECUTE FUNCTION registry_leg_fixed();

-- The lines of a leg are written together with it and sum to it (a public record may lack them).
CREATE FUNCTION registry_leg_lines_sum() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    this_leg bigint := CASE WHEN TG_TABLE_NAME = 'registry_legline' THEN (to_jsonb(NEW) ->> 'leg_id')::bigint
                            ELSE (to_jsonb(NEW) ->> 'id')::bigint END;
    leg registry_issuanceleg;
    total numeric;
BEGIN
    SELECT * INTO leg FROM registry_issuanceleg WHERE id = this_leg;
    SELECT coalesce(sum(quantity), 0) INTO total FROM registry_legline WHERE leg_id = this_leg;
    IF total <> leg.notified AND NOT (leg.incomplete AND total = 0) THEN
        RAISE EXCEPTION 'lines of leg % sum to %, notified are %', this_leg, total, leg.notified
            USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_leg_lines_sum_to_notified';
    END IF;
    IF EXISTS (SELECT FROM registry_legline l JOIN registry_account a ON a.id = l.account_id
                WHERE l.leg_id = this_leg AND (a.registry_id <> leg.registry_id OR a.kind = 'source')) THEN
        RAISE EXCEPTION 'leg % names an account of another registry', this_leg
            USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_leg_stays_in_registry';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER registry_leg_lines_sum AFTER INSERT ON registry_issuanceleg
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION registry_leg_lines_sum();
CREATE CONSTRAINT TRIGGER registry_leg_lines_sum AFTER INSERT ON registry_legline
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION registry_leg_lines_sum();

-- A movement belongs to the database transaction that wrote its ledger transaction, stays in one registry,
-- leaves the source account only by issuance, and takes the next serial numbers of its series without a gap.
CREATE FUNCTION registry_movement_allowed() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    entry registry_transaction;
    from_kind text; from_registry bigint; to_kind text; to_registry bigint; series_registry bigint;
    next_serial bigint;
BEGIN
    SELECT * INTO entry FROM registry_transaction WHERE id = NEW.transaction_id;
    IF NOT FOUND OR entry.database_transaction <> txid_current() THEN
        RAISE EXCEPTION 'movements cannot be added to a finished transaction'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_no_late_movements';
    END IF;
    -- The series' row is its lock: two issuances into one series follow each other.
    SELECT registry_id INTO series_registry FROM registry_series WHERE id = NEW.series_id FOR UPDATE;
    SELECT kind, registry_id INTO from_kind, from_registry FROM registry_account WHERE id = NEW.from_account_id;
    SELECT kind, registry_id INTO to_kind, to_registry FROM registry_account WHERE id = NEW.to_account_id;
    IF entry.registry_id IS DISTINCT FROM series_registry OR entry.registry_id IS DISTINCT FROM from_registry
            OR entry.registry_id IS DISTINCT FROM to_registry THEN
        RAISE EXCEPTION 'nothing moves between registries'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_nothing_moves_between_registries';
    END IF;
    IF from_kind <> 'source' OR to_kind = 'source' THEN
        RAISE EXCEPTION 'issuance goes from the source account to a holding account'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_issuance_comes_from_source';
    END IF;
    SELECT coalesce(max(last), 0) + 1 INTO next_serial FROM registry_movement
     WHERE series_id = NEW.series_id AND from_account_id = NEW.from_account_id;
    IF NEW.first <> next_serial THEN
        RAISE EXCEPTION 'serial % is not the next of its series, % is', NEW.first, next_serial
            USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_serials_have_no_gap';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER registry_movement_allowed BEFORE INSERT ON registry_movement
    FOR EACH ROW EXECUTE FUNCTION registry_movement_allowed();

-- Positions follow movements, and nothing else writes them.
CREATE FUNCTION registry_position_follows() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO registry_creditblock (series_id, first, last, account_id, leg_id)
    SELECT NEW.series_id, NEW.first, NEW.last, NEW.to_account_id, leg_id
      FROM registry_transaction WHERE id = NEW.transaction_id;
    RETURN NULL;
END $$;
CREATE TRIGGER registry_position_follows AFTER INSERT ON registry_movement
    FOR EACH ROW EXECUTE FUNCTION registry_position_follows();

CREATE FUNCTION registry_position_only_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'credit blocks follow movements'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_blocks_follow_movements';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER registry_position_only_follows BEFORE INSERT OR UPDATE OR DELETE ON registry_creditblock
    FOR EACH ROW EXECUTE FUNCTION registry_position_only_follows();

-- At commit, an issuance has given exactly what its leg says, by vintage and account, for the leg's project,
-- and the leg says that it is issued by the same two people.
CREATE FUNCTION registry_issuance_matches_leg() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM (
            SELECT vintage, account_id, quantity::numeric FROM registry_legline WHERE leg_id = NEW.leg_id
        ) line FULL JOIN (
            SELECT s.vintage, m.to_account_id AS account_id, sum(m.last - m.first + 1) AS quantity
              FROM registry_movement m JOIN registry_series s ON s.id = m.series_id
             WHERE m.transaction_id = NEW.id GROUP BY 1, 2
        ) moved USING (vintage, account_id)
        WHERE line.quantity IS DISTINCT FROM moved.quantity
    ) OR NOT EXISTS (SELECT FROM registry_movement WHERE transaction_id = NEW.id) OR EXISTS (
        SELECT FROM registry_movement m JOIN registry_series s ON s.id = m.series_id
          JOIN registry_issuanceleg l ON l.id = NEW.leg_id JOIN registry_issuancenotification n ON n.id = l.notification_id
         WHERE m.transaction_id = NEW.id AND s.project_id <> n.project_id
    ) THEN
        RAISE EXCEPTION 'issuance differs from its leg'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_issuance_matches_leg';
    END IF;
    IF NOT EXISTS (SELECT FROM registry_issuanceleg l WHERE l.id = NEW.leg_id AND l.state = 'issued'
                      AND l.registry_id = NEW.registry_id AND l.source = NEW.source
                      AND l.proposed_by_id IS NOT DISTINCT FROM NEW.proposed_by_id
                      AND l.approved_by_id IS NOT DISTINCT FROM NEW.approved_by_id) THEN
        RAISE EXCEPTION 'issuance without its approved leg'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_issuance_has_approved_leg';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER registry_issuance_matches_leg AFTER INSERT ON registry_transaction
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION registry_issuance_matches_leg();

-- A leg that says "issued" has its transaction (an incomplete public record is kept without credits).
CREATE FUNCTION registry_issued_leg_has_transaction() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM registry_issuanceleg l WHERE l.id = NEW.id AND l.state = 'issued' AND NOT l.incomplete)
            AND NOT EXISTS (SELECT FROM registry_transaction t WHERE t.leg_id = NEW.id) THEN
        RAISE EXCEPTION 'leg % says issued without a transaction', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_issued_leg_has_transaction';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER registry_issued_leg_has_transaction AFTER INSERT OR UPDATE ON registry_issuanceleg
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION registry_issued_leg_has_transaction();
