-- What a row said before and after, for those who must be able to check who changed it. Undo: changes_undo.sql.
-- core/changes.py puts the trigger on the tables; its arguments are the key, and columns that nobody may read here.
CREATE FUNCTION core_row_changed() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    before jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) - TG_ARGV[1:] END;
    after jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) - TG_ARGV[1:] END;
    key text := coalesce(after, before) ->> TG_ARGV[0];
BEGIN
    IF TG_OP = 'UPDATE' THEN
        SELECT jsonb_object_agg(b.key, b.value), jsonb_object_agg(b.key, after -> b.key) INTO before, after
          FROM jsonb_each(before) b WHERE after -> b.key IS DISTINCT FROM b.value;
        IF before IS NULL THEN
            RETURN NULL;
        END IF;
    END IF;
    INSERT INTO core_rowchange (at, database_transaction, signed_in_as, subject_table, subject_id, before, after)
        VALUES (statement_timestamp(), txid_current(), session_user, TG_TABLE_NAME, key, before, after);
    RETURN NULL;
END $$;
