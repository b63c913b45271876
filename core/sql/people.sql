-- Whom an event names stays; a person who leaves is made inactive. Undo: people_undo.sql.
-- A foreign key would do this too, but every event would lock its person's row, and sessions wait for each other there.
CREATE FUNCTION core_people_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM core_event WHERE actor_id = OLD.id) THEN
        RAISE EXCEPTION 'person % is named by an event', OLD.id
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'core_people_stay';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER core_people_stay BEFORE DELETE ON core_user FOR EACH ROW EXECUTE FUNCTION core_people_stay();
