-- The rules of exchange and reconciliation, kept by PostgreSQL whatever the application does.
-- Undo: reconciliation_undo.sql.

-- Messages, receipts, refusals and differences are written once.
CREATE FUNCTION registry_exchange_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME
        USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_exchange_is_append_only';
END $$;
CREATE TRIGGER registry_exchange_append_only BEFORE UPDATE OR DELETE ON registry_message
    FOR EACH ROW EXECUTE FUNCTION registry_exchange_append_only();
CREATE TRIGGER registry_exchange_append_only BEFORE UPDATE OR DELETE ON registry_receipt
    FOR EACH ROW EXECUTE FUNCTION registry_exchange_append_only();
CREATE TRIGGER registry_exchange_append_only BEFORE UPDATE OR DELETE ON registry_refusedmessage
    FOR EACH ROW EXECUTE FUNCTION registry_exchange_append_only();
CREATE TRIGGER registry_exchange_append_only BEFORE UPDATE OR DELETE ON registry_difference
    FOR EACH ROW EXECUTE FUNCTION registry_exchange_append_only();

-- A message is what its header says, its hashes are true, and it follows the one before in its direction. The
-- counterpart's row is the lock of both directions.
CREATE FUNCTION registry_message_follows() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    said jsonb := NEW.header::jsonb;
    last_no bigint;
    last_hash text;
BEGIN
    PERFORM FROM registry_counterpart
      WHERE id = NEW.counterpart_id AND confirmed_at IS NOT NULL AND stopped_at IS NULL FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'counterpart % is not in use', NEW.counterpart_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_counterpart_is_in_use';
    END IF;
    SELECT sequence_no, hash INTO last_no, last_hash FROM registry_message
     WHERE counterpart_id = NEW.counterpart_id AND direction = NEW.direction ORDER BY sequence_no DESC LIMIT 1;
    IF NEW.sequence_no <> coalesce(last_no, 0) + 1 OR said ->> 'prev_hash' <> coalesce(last_hash, repeat('0', 64)) THEN
        RAISE EXCEPTION 'message % does not follow the last one', NEW.sequence_no
            USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_messages_have_no_gap';
    END IF;
    IF (NEW.sequence_no::text, NEW.message_id::text, NEW.type::text, NEW.correlation_id::text)
            IS DISTINCT FROM (said ->> 'sequence_no', said ->> 'message_id', said ->> 'type', said ->> 'correlation_id')
            OR NEW.hash IS DISTINCT FROM encode(sha256(convert_to(NEW.header, 'UTF8')), 'hex')
            OR said ->> 'payload_sha256' IS DISTINCT FROM encode(sha256(convert_to(NEW.payload, 'UTF8')), 'hex') THEN
        RAISE EXCEPTION 'message % is not what its header says', NEW.message_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_message_is_its_header';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER registry_message_follows BEFORE INSERT ON registry_message
    FOR EACH ROW EXECUTE FUNCTION registry_message_follows();

CREATE FUNCTION registry_receipt_names_message() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM registry_message m WHERE m.id = NEW.message_id
                      AND m.hash = NEW.body::jsonb ->> 'message_hash'
                      AND NEW.body::jsonb ->> 'outcome' = 'accepted') THEN
        RAISE EXCEPTION 'a receipt is for another message'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_receipt_is_for_its_message';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER registry_receipt_names_message BEFORE INSERT ON registry_receipt
    FOR EACH ROW EXECUTE FUNCTION registry_receipt_names_message();

-- A counterpart keeps its name and its key; a confirmation and a stop are not taken back.
CREATE FUNCTION registry_counterpart_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (NEW.registry_id, NEW.code, NEW.name, NEW.public_key, NEW.entered_by_id, NEW.entered_at,
            NEW.source) IS DISTINCT FROM (OLD.registry_id, OLD.code, OLD.name, OLD.public_key, OLD.entered_by_id,
            OLD.entered_at, OLD.source)
            OR OLD.confirmed_at IS NOT NULL AND (NEW.confirmed_by_id, NEW.confirmed_at)
            IS DISTINCT FROM (OLD.confirmed_by_id, OLD.confirmed_at)
            OR OLD.stopped_at IS NOT NULL AND to_jsonb(NEW) IS DISTINCT FROM to_jsonb(OLD) THEN
        RAISE EXCEPTION 'a counterpart keeps its key'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_counterpart_is_fixed';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER registry_counterpart_fixed BEFORE UPDATE OR DELETE ON registry_counterpart
    FOR EACH ROW EXECUTE FUNCTION registry_counterpart_fixed();

-- A cycle begins at its beginning, stays what was asked, and is closed with differences by two people alone.
CREATE FUNCTION registry_cycle_fixed() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'initiated' THEN
            RAISE EXCEPTION 'a cycle begins by asking'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_cycle_is_fixed';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' OR OLD.state = 'closed' AND to_jsonb(NEW) IS DISTINCT FROM to_jsonb(OLD)
            OR (NEW.counterpart_id, NEW.as_of, NEW.begun_by_id, NEW.started_at)
            IS DISTINCT FROM (OLD.counterpart_id, OLD.as_of, OLD.begun_by_id, OLD.started_at)
            OR OLD.theirs_sha256 <> '' AND (NEW.ours_sha256, NEW.theirs_sha256)
            IS DISTINCT FROM (OLD.ours_sha256, OLD.theirs_sha256)
            OR OLD.corrected_at IS NOT NULL AND (NEW.corrected_by_id, NEW.corrected_at, NEW.correction)
            IS DISTINCT FROM (OLD.corrected_by_id, OLD.corrected_at, OLD.correction) THEN
        RAISE EXCEPTION 'a cycle is not rewritten'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_cycle_is_fixed';
    END IF;
    IF NEW.state IN ('corrected', 'closed') AND OLD.state <> NEW.state AND (
            NEW.ours_sha256 <> NEW.theirs_sha256 OR NEW.ours_sha256 = ''
            OR EXISTS (SELECT FROM registry_difference d WHERE d.cycle_id = NEW.id))
            AND (NEW.corrected_by_id IS NULL OR NEW.state = 'closed' AND NEW.closed_by_id IS NULL) THEN
        RAISE EXCEPTION 'a cycle with differences is closed by two people'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_differences_need_two_people';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER registry_cycle_fixed BEFORE INSERT OR UPDATE OR DELETE ON registry_cycle
    FOR EACH ROW EXECUTE FUNCTION registry_cycle_fixed();

-- Differences are found while both sides exchange; none is slipped in later.
CREATE FUNCTION registry_difference_in_time() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM FROM registry_cycle WHERE id = NEW.cycle_id AND state IN ('totals_differ', 'blocks_differ') FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the exchange of the cycle is over'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_difference_is_found_in_exchange';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER registry_difference_in_time BEFORE INSERT ON registry_difference
    FOR EACH ROW EXECUTE FUNCTION registry_difference_in_time();

-- A freeze names for good the comparison that set it.
CREATE FUNCTION registry_freeze_cycle_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.cycle_id IS DISTINCT FROM OLD.cycle_id THEN
        RAISE EXCEPTION 'a freeze keeps its cause'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_freeze_keeps_its_cause';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER registry_freeze_cycle_fixed BEFORE UPDATE ON registry_freeze
    FOR EACH ROW EXECUTE FUNCTION registry_freeze_cycle_fixed();
