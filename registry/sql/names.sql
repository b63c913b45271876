-- The public log names a holder's account by a word of its own, so that nobody who knows an account's
-- number reads in the log what it holds. Its first letters say registry and kind, as a number does,
-- which is what tools/verify_log.py reads. The governments' own accounts have their numbers. Undo: names_undo.sql.
CREATE FUNCTION registry_account_named() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.log_name := CASE NEW.kind WHEN 'entity'
        THEN split_part(NEW.number, '-', 1) || '-2' || left(replace(gen_random_uuid()::text, '-', ''), 20)
        ELSE NEW.number END;
    RETURN NEW;
END $$;
CREATE TRIGGER registry_account_named BEFORE INSERT ON registry_account
    FOR EACH ROW EXECUTE FUNCTION registry_account_named();
CREATE TRIGGER registry_name_fixed BEFORE UPDATE ON registry_account
    FOR EACH ROW EXECUTE FUNCTION registry_identity_fixed('log_name');
