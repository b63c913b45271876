-- The rules of the transparency log, kept by PostgreSQL whatever the application does. Undo: log_undo.sql.
-- Entries, nodes and checkpoints are append-only; their numbers have no gap; each node is the hash of the two below.

CREATE FUNCTION registry_log_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME
        USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_history_is_append_only';
END $$;
CREATE TRIGGER registry_log_append_only BEFORE UPDATE OR DELETE ON registry_logentry
    FOR EACH ROW EXECUTE FUNCTION registry_log_append_only();
CREATE TRIGGER registry_log_append_only BEFORE UPDATE OR DELETE ON registry_lognode
    FOR EACH ROW EXECUTE FUNCTION registry_log_append_only();
CREATE TRIGGER registry_log_append_only BEFORE UPDATE OR DELETE ON registry_checkpoint
    FOR EACH ROW EXECUTE FUNCTION registry_log_append_only();

-- A leaf waits from its transaction on (ledger.sql) until it is an entry; nobody else adds or removes one that waits.
CREATE FUNCTION registry_waiting_only_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'leaves wait by themselves'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_log_follows_transactions';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER registry_waiting_only_follows BEFORE INSERT OR UPDATE OR DELETE ON registry_unsealedleaf
    FOR EACH STATEMENT EXECUTE FUNCTION registry_waiting_only_follows();

CREATE FUNCTION registry_log_grows() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM added a JOIN registry_logleaf l ON l.transaction_id = a.leaf_id
         WHERE l.registry_id <> a.registry_id OR a.index > 0 AND NOT EXISTS (
            SELECT FROM registry_logentry e WHERE e.registry_id = a.registry_id AND e.index = a.index - 1)
    ) THEN
        RAISE EXCEPTION 'an entry is not the next of its log'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_log_has_no_gap';
    END IF;
    DELETE FROM registry_unsealedleaf w USING added a WHERE w.leaf_id = a.leaf_id;
    RETURN NULL;
END $$;
CREATE TRIGGER registry_log_grows AFTER INSERT ON registry_logentry
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION registry_log_grows();

-- Level 0 is the leaf's hash; above it, SHA-256 of 0x01, the left and the right node below (RFC 9162, 2.1.1).
CREATE FUNCTION registry_log_tree_is_true() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM added n
          LEFT JOIN registry_logentry e ON n.level = 0 AND e.registry_id = n.registry_id AND e.index = n.position
          LEFT JOIN registry_logleaf l ON l.transaction_id = e.leaf_id
          LEFT JOIN registry_lognode lower_left ON n.level > 0 AND lower_left.registry_id = n.registry_id
               AND lower_left.level = n.level - 1 AND lower_left.position = n.position * 2
          LEFT JOIN registry_lognode lower_right ON n.level > 0 AND lower_right.registry_id = n.registry_id
               AND lower_right.level = n.level - 1 AND lower_right.position = n.position * 2 + 1
         WHERE n.hash IS DISTINCT FROM
               coalesce(l.leaf_hash, sha256('\x01'::bytea || lower_left.hash || lower_right.hash))
    ) THEN
        RAISE EXCEPTION 'a node is not the hash of what is below it'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_log_tree_is_true';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER registry_log_tree_is_true AFTER INSERT ON registry_lognode
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION registry_log_tree_is_true();

CREATE FUNCTION registry_checkpoint_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.size <> (SELECT coalesce(max(e.index) + 1, 0) FROM registry_logentry e WHERE e.registry_id = NEW.registry_id)
            OR EXISTS (SELECT FROM registry_checkpoint c WHERE c.registry_id = NEW.registry_id
                        AND (c.size = NEW.size OR c.id = (SELECT max(id) FROM registry_checkpoint l
                                                           WHERE l.registry_id = NEW.registry_id))
                        AND (c.at > NEW.at OR c.size = NEW.size AND c.root <> NEW.root)) THEN
        RAISE EXCEPTION 'a checkpoint does not follow the log'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_checkpoint_follows_log';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER registry_checkpoint_follows BEFORE INSERT ON registry_checkpoint
    FOR EACH ROW EXECUTE FUNCTION registry_checkpoint_follows();
