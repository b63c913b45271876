-- Undo of log.sql: dropping a function drops the triggers that call it.
DROP FUNCTION IF EXISTS registry_checkpoint_follows() CASCADE;
DROP FUNCTION IF EXISTS registry_log_tree_is_true() CASCADE;
DROP FUNCTION IF EXISTS registry_log_grows() CASCADE;
DROP FUNCTION IF EXISTS registry_waiting_only_follows() CASCADE;
DROP FUNCTION IF EXISTS registry_log_append_only() CASCADE;
