-- The ledger's rules, kept by PostgreSQL whatever the application does. Undo: ledger_undo.sql.
-- Each refusal carries a constraint name, which registry/errors.py turns into a sentence.
-- Functions on a move's way set enable_seqscan off: a session keeps the plan of its first move, and would read whole
-- tables for ever because they were small that day.

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

-- What the application signs in with records what happens now; it can neither take over a public record, which needs
-- no second person, nor go ahead of the clock to where a waiting time is over. Only the tables' owner can.
-- And transactions of a registry share a lock that a stop takes alone (identity.sql).
CREATE FUNCTION registry_transaction_begins() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    lock text := pg_advisory_xact_lock_shared(hashtextextended('registry stop', NEW.registry_id));
BEGIN
    IF NEW.source = 'public_record' OR NEW.at > clock_timestamp() + interval '1 minute' THEN
        IF NOT pg_has_role(session_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER') THEN
            RAISE EXCEPTION 'only the owner of the tables takes over records of other times'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_transaction_is_of_now';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER registry_transaction_begins BEFORE INSERT ON registry_transaction
    FOR EACH ROW EXECUTE FUNCTION registry_transaction_begins();

-- The lines of a leg are written together with it and sum to it (a public record may lack them).
CREATE FUNCTION registry_leg_lines_sum() RETURNS trigger
    LANGUAGE plpgsql SET enable_seqscan = off AS $$
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

-- A movement belongs to the database transaction that wrote its ledger transaction, stays in one registry, goes
-- where its kind may go, and touches nothing frozen or reserved for another proposal. An issuance takes the next
-- serial numbers of its series without a gap; everything else moves credits that the account holds.
-- Positions follow in the same step: a partial move splits a block, every part keeps the block's issuance, and
-- blocks never merge.
CREATE FUNCTION registry_movement_moves() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
    entry registry_transaction;
    registries bigint[];
    origin_kind text;
    target_kind text;
    all_open boolean;
    frozen boolean;
    block registry_creditblock;
    next_serial bigint;
    lock text;
BEGIN
    SELECT * INTO entry FROM registry_transaction WHERE id = NEW.transaction_id
    -- Its leaf in the log says that it was compared with its cause: nothing can be slipped in after that either.
       AND NOT EXISTS (SELECT FROM registry_logleaf WHERE transaction_id = NEW.transaction_id);
    IF NOT FOUND OR entry.database_transaction <> txid_current() THEN
        RAISE EXCEPTION 'movements cannot be added to a finished transaction'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_no_late_movements';
    END IF;
    IF entry.kind <> 'issuance' THEN
        -- Credits leave an account one transaction after the other: two that split one block would else each see
        -- half of what the other did. Other accounts are not held up.
        lock := pg_advisory_xact_lock(hashtextextended('registry account', NEW.from_account_id));
    ELSE
        -- The series' row is its lock: two issuances into one series follow each other.
        PERFORM FROM registry_series WHERE id = NEW.series_id FOR UPDATE;
    END IF;
    SELECT ARRAY[s.registry_id, origin.registry_id, target.registry_id], origin.kind, target.kind,
           origin.state = 'open' AND target.state = 'open',
           EXISTS (SELECT FROM registry_freeze f WHERE f.registry_id = s.registry_id AND f.lifted_at IS NULL AND (
                f.account_id IN (NEW.from_account_id, NEW.to_account_id)
                OR f.account_id IS NULL AND f.series_id IS NULL
                OR f.series_id = NEW.series_id AND f.first <= NEW.last AND f.last >= NEW.first))
      INTO registries, origin_kind, target_kind, all_open, frozen
      FROM registry_series s, registry_account origin, registry_account target
     WHERE s.id = NEW.series_id AND origin.id = NEW.from_account_id AND target.id = NEW.to_account_id;
    -- Without one of the three rows nothing was found, and the array is NULL.
    IF registries IS DISTINCT FROM ARRAY[entry.registry_id, entry.registry_id, entry.registry_id] THEN
        RAISE EXCEPTION 'nothing moves between registries'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_nothing_moves_between_registries';
    END IF;
    IF (origin_kind = 'source') <> (entry.kind = 'issuance') OR target_kind = 'source' THEN
        RAISE EXCEPTION 'issuance goes from the source account to a holding account'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_issuance_comes_from_source';
    END IF;
    IF origin_kind IN ('retirement', 'cancellation') THEN
        RAISE EXCEPTION 'retirement and cancellation are final'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_nothing_leaves_a_final_account';
    END IF;
    IF (target_kind = 'retirement') <> (entry.kind = 'retirement')
            OR (target_kind = 'cancellation') <> (entry.kind = 'cancellation') THEN
        RAISE EXCEPTION 'a % does not go to a % account', entry.kind, target_kind
            USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_kind_goes_to_its_account';
    END IF;
    IF NOT all_open THEN
        RAISE EXCEPTION 'an account is not open'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_accounts_are_open';
    END IF;
    IF frozen THEN
        RAISE EXCEPTION 'the registry, an account or these credits are frozen'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_frozen_does_not_move';
    END IF;
    IF entry.kind = 'issuance' THEN
        SELECT coalesce(max(last), 0) + 1 INTO next_serial FROM registry_movement
         WHERE series_id = NEW.series_id AND from_account_id = NEW.from_account_id;
        IF NEW.first <> next_serial THEN
            RAISE EXCEPTION 'serial % is not the next of its series, % is', NEW.first, next_serial
                USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_serials_have_no_gap';
        END IF;
        INSERT INTO registry_creditblock (series_id, first, last, account_id, leg_id)
        VALUES (NEW.series_id, NEW.first, NEW.last, NEW.to_account_id, entry.leg_id);
        RETURN NEW;
    END IF;
    IF EXISTS (SELECT FROM registry_proposalline l WHERE l.series_id = NEW.series_id AND l.reserved
                     AND int8range(l.first, l.last, '[]') && int8range(NEW.first, NEW.last, '[]')
                     AND l.proposal_id <> entry.proposal_id) THEN
        RAISE EXCEPTION 'these credits are reserved for another proposal'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_credits_reserved_once';
    END IF;
    SELECT * INTO block FROM registry_creditblock
     WHERE series_id = NEW.series_id AND first <= NEW.first ORDER BY first DESC LIMIT 1 FOR UPDATE;
    IF NOT FOUND OR block.last < NEW.last OR block.account_id <> NEW.from_account_id THEN
        RAISE EXCEPTION 'the account does not hold %-% of series %', NEW.first, NEW.last, NEW.series_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_account_holds_what_it_moves';
    END IF;
    UPDATE registry_creditblock SET account_id = NEW.to_account_id, first = NEW.first, last = NEW.last
     WHERE id = block.id;
    IF block.first < NEW.first THEN
        INSERT INTO registry_creditblock (series_id, first, last, account_id, leg_id)
        VALUES (block.series_id, block.first, NEW.first - 1, block.account_id, block.leg_id);
    END IF;
    IF block.last > NEW.last THEN
        INSERT INTO registry_creditblock (series_id, first, last, account_id, leg_id)
        VALUES (block.series_id, NEW.last + 1, block.last, block.account_id, block.leg_id);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER registry_movement_moves BEFORE INSERT ON registry_movement
    FOR EACH ROW EXECUTE FUNCTION registry_movement_moves();

-- Blocks are written by the function above alone.
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

-- A proposal reserves credits that its account holds, in its own registry. What it asks for never changes.
CREATE FUNCTION registry_line_allowed() RETURNS trigger
    LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    now_in text;
BEGIN
    IF TG_OP = 'DELETE' OR TG_OP = 'UPDATE' AND (NEW.proposal_id, NEW.series_id, NEW.first, NEW.last,
            NEW.from_account_id, NEW.to_account_id, NEW.purpose, NEW.beneficiary, NEW.reporting_year)
            IS DISTINCT FROM (OLD.proposal_id, OLD.series_id, OLD.first, OLD.last,
            OLD.from_account_id, OLD.to_account_id, OLD.purpose, OLD.beneficiary, OLD.reporting_year) THEN
        RAISE EXCEPTION 'a proposal is not rewritten'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_proposal_is_fixed';
    END IF;
    SELECT state INTO now_in FROM registry_proposal WHERE id = NEW.proposal_id;
    IF NEW.reserved <> (now_in IN ('proposed', 'approved', 'executing')) THEN
        RAISE EXCEPTION 'credits are reserved exactly while their proposal is open'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_reserved_while_open';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF now_in <> 'proposed' OR NOT EXISTS (
                SELECT FROM registry_creditblock b WHERE b.series_id = NEW.series_id
                   AND b.account_id = NEW.from_account_id AND b.first <= NEW.first AND b.last >= NEW.last) THEN
            RAISE EXCEPTION 'the account does not hold %-% of series %', NEW.first, NEW.last, NEW.series_id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_account_holds_what_it_moves';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER registry_line_allowed BEFORE INSERT OR UPDATE OR DELETE ON registry_proposalline
    FOR EACH ROW EXECUTE FUNCTION registry_line_allowed();

-- What a proposal asks for and who approved it stays.
CREATE FUNCTION registry_proposal_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (NEW.registry_id, NEW.kind, NEW.proposed_by_id, NEW.proposed_at, NEW.idempotency_key,
            NEW.reason, NEW.decision_number, NEW.source) IS DISTINCT FROM (OLD.registry_id, OLD.kind,
            OLD.proposed_by_id, OLD.proposed_at, OLD.idempotency_key, OLD.reason, OLD.decision_number, OLD.source)
            OR OLD.approved_by_id IS NOT NULL AND (NEW.approved_by_id, NEW.approved_at, NEW.execute_at)
            IS DISTINCT FROM (OLD.approved_by_id, OLD.approved_at, OLD.execute_at) THEN
        RAISE EXCEPTION 'a proposal is not rewritten'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_proposal_is_fixed';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER registry_proposal_fixed BEFORE UPDATE OR DELETE ON registry_proposal
    FOR EACH ROW EXECUTE FUNCTION registry_proposal_fixed();

-- When a proposal ends, in whatever way, its credits are free again; one that says "completed" has its transaction.
CREATE FUNCTION registry_proposal_ends() RETURNS trigger
    LANGUAGE plpgsql SET enable_seqscan = off AS $$
BEGIN
    IF NEW.state = 'completed' AND NOT EXISTS (SELECT FROM registry_transaction WHERE proposal_id = NEW.id) THEN
        RAISE EXCEPTION 'proposal % says completed without a transaction', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_completed_proposal_has_transaction';
    END IF;
    IF NEW.state IN ('completed', 'rejected', 'cancelled', 'expired') THEN
        UPDATE registry_proposalline SET reserved = false WHERE proposal_id = NEW.id AND reserved;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER registry_proposal_ends AFTER INSERT OR UPDATE OF state ON registry_proposal
    FOR EACH ROW EXECUTE FUNCTION registry_proposal_ends();

-- At commit, a transaction has done exactly what its cause says and no more: an issuance what its leg says, by
-- vintage and account, for the leg's project; anything else the lines of its proposal. Its cause says that it is
-- done, by the same two people. Then the transaction becomes a leaf of the log.
CREATE FUNCTION registry_issuance_matches(entry registry_transaction) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM (
            SELECT vintage, account_id, quantity::numeric FROM registry_legline WHERE leg_id = entry.leg_id
        ) line FULL JOIN (
            SELECT s.vintage, m.to_account_id AS account_id, sum(m.last - m.first + 1) AS quantity
              FROM registry_movement m JOIN registry_series s ON s.id = m.series_id
             WHERE m.transaction_id = entry.id GROUP BY 1, 2
        ) moved USING (vintage, account_id)
        WHERE line.quantity IS DISTINCT FROM moved.quantity
    ) OR NOT EXISTS (SELECT FROM registry_movement WHERE transaction_id = entry.id) OR EXISTS (
        SELECT FROM registry_movement m JOIN registry_series s ON s.id = m.series_id
          JOIN registry_issuanceleg l ON l.id = entry.leg_id
          JOIN registry_issuancenotification n ON n.id = l.notification_id
         WHERE m.transaction_id = entry.id AND s.project_id <> n.project_id
    ) THEN
        RAISE EXCEPTION 'issuance differs from its leg'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_issuance_matches_leg';
    END IF;
    IF NOT EXISTS (SELECT FROM registry_issuanceleg l WHERE l.id = entry.leg_id AND l.state = 'issued'
                      AND l.registry_id = entry.registry_id AND l.source = entry.source
                      AND l.proposed_by_id IS NOT DISTINCT FROM entry.proposed_by_id
                      AND l.approved_by_id IS NOT DISTINCT FROM entry.approved_by_id) THEN
        RAISE EXCEPTION 'issuance without its approved leg'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_issuance_has_approved_leg';
    END IF;
    RETURN true;
END $$;

CREATE FUNCTION registry_proposal_matches(entry registry_transaction) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    approved boolean;
    matched boolean;
BEGIN
    -- Two ordered lists, since they stay cheap for one line and for ten thousand. Without a row a list is NULL.
    SELECT (p.state, p.registry_id, p.kind, p.source, p.proposed_by_id, p.approved_by_id)
               IS NOT DISTINCT FROM ('completed', entry.registry_id, entry.kind, entry.source, entry.proposed_by_id,
               entry.approved_by_id) AND p.execute_at <= entry.at,
           (SELECT array_agg(ROW (series_id, first, last, from_account_id, to_account_id) ORDER BY series_id, first)
              FROM registry_proposalline WHERE proposal_id = entry.proposal_id)
           = (SELECT array_agg(ROW (series_id, first, last, from_account_id, to_account_id) ORDER BY series_id, first)
                FROM registry_movement WHERE transaction_id = entry.id)
      INTO approved, matched FROM registry_proposal p WHERE p.id = entry.proposal_id;
    IF approved IS NOT TRUE THEN
        RAISE EXCEPTION 'transaction without its approved proposal'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_transaction_has_approved_proposal';
    END IF;
    IF matched IS NOT TRUE THEN
        RAISE EXCEPTION 'transaction differs from its proposal'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_transaction_matches_proposal';
    END IF;
    RETURN true;
END $$;

-- The canonical text of a transaction: keys in order, no spaces, whole numbers, UTC to the microsecond. In PL/pgSQL,
-- which keeps its plans: planning this anew took longer than the whole transfer.
CREATE FUNCTION registry_leaf_body(entry registry_transaction) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    party text;
    cause text := entry.proposal_id;
    movements text;
BEGIN
    IF entry.leg_id IS NOT NULL THEN
        SELECT n.decision_number INTO cause FROM registry_issuanceleg l
          JOIN registry_issuancenotification n ON n.id = l.notification_id WHERE l.id = entry.leg_id;
    END IF;
    SELECT c.iso2, (
        SELECT string_agg(
                '{"first":' || m.first || ',"from":' || to_json(f.log_name::text) || ',"last":' || m.last
                || ',"series":' || to_json(c.iso2 || '-' || h.iso2 || '-' || pr.number || '-' || s.vintage)
                || ',"to":' || to_json(t.log_name::text) || '}', ',' ORDER BY m.id)
          FROM registry_movement m JOIN registry_account f ON f.id = m.from_account_id
          JOIN registry_account t ON t.id = m.to_account_id JOIN registry_series s ON s.id = m.series_id
          JOIN projects_project pr ON pr.id = s.project_id
          JOIN parties_partnership pa ON pa.id = pr.partnership_id JOIN parties_country h ON h.id = pa.host_id
         WHERE m.transaction_id = entry.id)
      INTO party, movements
      FROM registry_registry r JOIN parties_country c ON c.id = r.party_id WHERE r.id = entry.registry_id;
    RETURN '{"at":' || to_json(to_char(entry.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))
        || ',"cause":' || to_json(cause) || ',"id":' || to_json(entry.id::text) || ',"kind":'
        || to_json(entry.kind::text) || ',"movements":[' || movements || '],"registry":' || to_json(party)
        || ',"source":' || to_json(entry.source::text) || ',"v":1}';
END $$;

CREATE FUNCTION registry_transaction_closes() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
    matched boolean := CASE NEW.kind WHEN 'issuance' THEN registry_issuance_matches(NEW)
                       ELSE registry_proposal_matches(NEW) END;  -- or raised what differs
    body text := registry_leaf_body(NEW);
BEGIN
    -- The leaf waits until the sealer makes it an entry of the log (log.sql).
    WITH leaf AS (
        INSERT INTO registry_logleaf (transaction_id, registry_id, body, leaf_hash)
        VALUES (NEW.id, NEW.registry_id, body, sha256('\x00'::bytea || convert_to(body, 'UTF8')))
        RETURNING transaction_id, registry_id)
    INSERT INTO registry_unsealedleaf (leaf_id, registry_id) SELECT transaction_id, registry_id FROM leaf;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER registry_transaction_closes AFTER INSERT ON registry_transaction
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION registry_transaction_closes();

CREATE FUNCTION registry_leaf_only_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' OR pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'the log is written by transactions alone'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_log_follows_transactions';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER registry_leaf_only_follows BEFORE INSERT OR UPDATE OR DELETE ON registry_logleaf
    FOR EACH ROW EXECUTE FUNCTION registry_leaf_only_follows();

-- The one way in which approved proposals are carried out: all of them or none, each with a transaction of its own, its
-- event and one waiting delivery for each subscriber. Repeating it gives the first transactions and no deliveries.
CREATE FUNCTION registry_execute(
    wanted uuid[], at_time timestamptz, subscribers text[], queues text[],
    OUT entries uuid[], OUT deliveries bigint[], OUT their_queues text[]
) LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
    ready uuid[];
    done bigint;
BEGIN
    -- In the order of their keys, so that two sessions never wait for each other.
    SELECT array_agg(p.id) FILTER (WHERE p.state IN ('approved', 'executing') AND p.execute_at <= at_time),
           count(*) FILTER (WHERE p.state = 'completed')
      INTO ready, done
      FROM (SELECT id, state, execute_at FROM registry_proposal WHERE id = ANY (wanted) ORDER BY id FOR UPDATE) p;
    IF coalesce(cardinality(ready), 0) + done <> cardinality(wanted) THEN
        RAISE EXCEPTION 'a proposal is not to be executed now'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_only_approved_is_executed';
    END IF;
    IF ready IS NOT NULL THEN
        INSERT INTO registry_transaction (id, registry_id, kind, idempotency_key, proposal_id, at, proposed_by_id,
                                          approved_by_id, source)
        SELECT gen_random_uuid(), registry_id, kind, 'proposal:' || id, id, at_time, proposed_by_id, approved_by_id,
               source FROM registry_proposal WHERE id = ANY (ready);
        -- Account by account, which locks them in order; and from the middle outwards (the bits of consecutive numbers
        -- reversed): each move cuts its block in two, so a piece has few ancestors. One after the other the rest would
        -- be cut ten thousand times, and each cut compared with all that it was before.
        INSERT INTO registry_movement (transaction_id, series_id, first, last, from_account_id, to_account_id)
        SELECT t.id, l.series_id, l.first, l.last, l.from_account_id, l.to_account_id
          FROM registry_transaction t JOIN registry_proposalline l ON l.proposal_id = t.proposal_id
         WHERE t.proposal_id = ANY (ready) ORDER BY l.from_account_id, reverse(l.id::bit(32)::text);
        UPDATE registry_proposal SET state = 'completed' WHERE id = ANY (ready);
        WITH event AS (
            INSERT INTO core_event (id, name, subject_type, subject_id, subject_label, actor_id, at, data)
            SELECT gen_random_uuid(), 'credits.moved', 'registry.proposal', t.proposal_id, t.kind, t.approved_by_id,
                   at_time, jsonb_build_object('transaction', t.id)
              FROM registry_transaction t WHERE t.proposal_id = ANY (ready)
            RETURNING id
        ), delivery AS (
            INSERT INTO core_delivery (event_id, subscriber, queue, attempts, next_try_at, last_error)
            SELECT event.id, s.subscriber, s.queue, 0, at_time, ''
              FROM event, unnest(subscribers, queues) AS s (subscriber, queue)
            RETURNING id, queue
        )
        SELECT array_agg(id), array_agg(queue) INTO deliveries, their_queues FROM delivery;
    END IF;
    SELECT array_agg(t.id ORDER BY w.place) INTO entries
      FROM unnest(wanted) WITH ORDINALITY AS w (id, place) JOIN registry_transaction t ON t.proposal_id = w.id;
END $$;

-- A leg that says "issued" has its transaction (an incomplete public record is kept without credits).
CREATE FUNCTION registry_issued_leg_has_transaction() RETURNS trigger
    LANGUAGE plpgsql SET enable_seqscan = off AS $$
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
