-- No credit of the acquiring Party without authorization of both Parties. Kept by PostgreSQL whatever the application
-- does; not a CHECK, because a leg, its lines and the authorizations are rows of different tables. Undo:
-- authorizations_undo.sql.

-- What was authorized is never rewritten; it is confirmed once and revoked once.
CREATE FUNCTION registry_authorization_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (NEW.approach_id, NEW.party_id, NEW.project_id, NEW.vintage_from, NEW.vintage_to,
            NEW.quantity, NEW.purpose, NEW.authorized_on, NEW.reference, NEW.recorded_by_id, NEW.recorded_at,
            NEW.source) IS DISTINCT FROM (OLD.approach_id, OLD.party_id, OLD.project_id, OLD.vintage_from,
            OLD.vintage_to, OLD.quantity, OLD.purpose, OLD.authorized_on, OLD.reference, OLD.recorded_by_id,
            OLD.recorded_at, OLD.source)
            OR OLD.confirmed_at IS NOT NULL AND (NEW.confirmed_by_id, NEW.confirmed_at)
            IS DISTINCT FROM (OLD.confirmed_by_id, OLD.confirmed_at)
            OR OLD.revoked_at IS NOT NULL AND (NEW.revoked_by_id, NEW.revoked_at, NEW.revocation_reason,
            NEW.confirmed_at) IS DISTINCT FROM (OLD.revoked_by_id, OLD.revoked_at, OLD.revocation_reason,
            OLD.confirmed_at) THEN
        RAISE EXCEPTION 'an authorization is not rewritten'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_authorization_is_fixed';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER registry_authorization_fixed BEFORE UPDATE OR DELETE ON registry_authorization
    FOR EACH ROW EXECUTE FUNCTION registry_authorization_fixed();

-- An authorization is used for its own approach, project and vintages, and never beyond its quantity. What a leg took
-- is given back only while the leg waits.
CREATE FUNCTION registry_authorization_use_allowed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    given registry_authorization;
    used numeric;
BEGIN
    IF TG_OP = 'UPDATE' OR TG_OP = 'DELETE' AND NOT EXISTS (
            SELECT FROM registry_issuanceleg WHERE id = OLD.leg_id AND state = 'awaiting_authorization') THEN
        RAISE EXCEPTION 'the use of an authorization is not rewritten'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_authorization_use_is_fixed';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    -- The row is the lock: two legs that want the same tonnes follow each other.
    SELECT * INTO given FROM registry_authorization WHERE id = NEW.authorization_id FOR UPDATE;
    SELECT coalesce(sum(quantity), 0) INTO used FROM registry_authorizationuse
     WHERE authorization_id = NEW.authorization_id;
    IF given.confirmed_at IS NULL OR given.revoked_at IS NOT NULL
            OR NEW.vintage NOT BETWEEN given.vintage_from AND given.vintage_to
            OR used + NEW.quantity > given.quantity
            OR NOT EXISTS (
                SELECT FROM registry_issuanceleg l
                  JOIN registry_issuancenotification n ON n.id = l.notification_id
                  JOIN projects_project p ON p.id = n.project_id
                  JOIN registry_cooperativeapproach a ON a.partnership_id = p.partnership_id
                 WHERE l.id = NEW.leg_id AND a.id = given.approach_id AND a.status = 'active'
                   AND coalesce(given.project_id, p.id) = p.id) THEN
        RAISE EXCEPTION 'authorization % does not cover % t of %', NEW.authorization_id, NEW.quantity, NEW.vintage
            USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_authorization_covers_its_use';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER registry_authorization_use_allowed BEFORE INSERT OR UPDATE OR DELETE ON registry_authorizationuse
    FOR EACH ROW EXECUTE FUNCTION registry_authorization_use_allowed();

-- The acquiring Party's leg goes on only when both Parties have authorized every tonne of the vintages that need it.
-- A revocation comes too late for a leg that two people had approved. A public record that tells of an issuance is
-- taken over as it is: nobody here proposed or approved it.
CREATE FUNCTION registry_leg_is_authorized() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    this_leg bigint := CASE WHEN TG_TABLE_NAME = 'registry_legline' THEN (to_jsonb(NEW) ->> 'leg_id')::bigint
                            ELSE (to_jsonb(NEW) ->> 'id')::bigint END;
    leg registry_issuanceleg;
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) ->> 'state' = to_jsonb(OLD) ->> 'state' THEN
        RETURN NULL;
    END IF;
    SELECT * INTO leg FROM registry_issuanceleg WHERE id = this_leg;
    IF leg.state NOT IN ('notified', 'proposed', 'approved', 'issued')
            OR leg.source = 'public_record' AND leg.state = 'issued' AND leg.proposed_by_id IS NULL THEN
        RETURN NULL;
    END IF;
    -- Whoever revokes meanwhile waits for this transaction.
    PERFORM FROM registry_authorization WHERE id IN (
        SELECT authorization_id FROM registry_authorizationuse WHERE leg_id = this_leg) ORDER BY id FOR SHARE;
    IF EXISTS (
        SELECT FROM registry_issuancenotification n
          JOIN projects_project p ON p.id = n.project_id
          JOIN parties_partnership pa ON pa.id = p.partnership_id
          JOIN registry_registry r ON r.id = leg.registry_id AND r.party_id = pa.acquirer_id
          CROSS JOIN LATERAL (VALUES (pa.acquirer_id), (pa.host_id)) AS side (party_id)
          CROSS JOIN LATERAL (
                SELECT vintage, sum(quantity) AS quantity FROM registry_legline
                 WHERE leg_id = this_leg AND vintage >= pa.authorization_from_vintage GROUP BY vintage) AS line
         WHERE n.id = leg.notification_id AND line.quantity <> (
                SELECT coalesce(sum(u.quantity), 0) FROM registry_authorizationuse u
                  JOIN registry_authorization a ON a.id = u.authorization_id
                 WHERE u.leg_id = this_leg AND u.vintage = line.vintage AND a.party_id = side.party_id
                   AND (a.revoked_at IS NULL OR a.revoked_at >= leg.approved_at))) THEN
        RAISE EXCEPTION 'leg % is not authorized by both Parties', this_leg
            USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_leg_waits_for_authorization';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER registry_leg_is_authorized AFTER INSERT OR UPDATE ON registry_issuanceleg
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION registry_leg_is_authorized();
CREATE CONSTRAINT TRIGGER registry_leg_is_authorized AFTER INSERT ON registry_legline
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION registry_leg_is_authorized();
