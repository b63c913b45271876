-- What else keeps its meaning, after identity.sql. Undo: stays_undo.sql.

-- A trust counts from its day on: no trusted account is made older. Who applied for an account, and when, stays.
CREATE TRIGGER registry_trust_fixed BEFORE UPDATE OR DELETE ON registry_trustedaccount
    FOR EACH ROW EXECUTE FUNCTION registry_identity_fixed(
        'account_id', 'destination_id', 'added_by_id', 'added_at', 'effective_from');
CREATE TRIGGER registry_application_fixed BEFORE UPDATE OR DELETE ON registry_accountapplication
    FOR EACH ROW EXECUTE FUNCTION registry_identity_fixed(
        'account_id', 'representative', 'email', 'address', 'applied_by_id', 'applied_at');

-- Numbers that people have written down keep their form.
CREATE FUNCTION registry_serial_pattern_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.serial_pattern <> OLD.serial_pattern AND OLD.serial_pattern <> TG_ARGV[0]
            AND EXISTS (SELECT FROM registry_series WHERE registry_id = OLD.id) THEN
        RAISE EXCEPTION 'serial numbers were written in this form'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_serial_pattern_stays';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER registry_serial_pattern_stays BEFORE UPDATE ON registry_registry FOR EACH ROW
    EXECUTE FUNCTION registry_serial_pattern_stays('{registry}-{host}-{project}-{vintage}-{first}-{last}');

-- Public records of decisions need no request and no second person: the tables' owner alone takes them over.
CREATE FUNCTION registry_public_record_by_owner() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT pg_has_role(session_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER') THEN
        RAISE EXCEPTION 'only the owner of the tables takes over public records'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_transaction_is_of_now';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER registry_public_record_by_owner BEFORE INSERT ON registry_issuancenotification
    FOR EACH ROW WHEN (NEW.source = 'public_record') EXECUTE FUNCTION registry_public_record_by_owner();
CREATE TRIGGER registry_public_record_by_owner BEFORE INSERT ON registry_issuanceleg
    FOR EACH ROW WHEN (NEW.source = 'public_record') EXECUTE FUNCTION registry_public_record_by_owner();
