-- Undo of identity.sql: dropping a function drops the triggers that call it.
DROP FUNCTION IF EXISTS registry_closed_account_is_empty() CASCADE;
DROP FUNCTION IF EXISTS registry_stop_is_complete() CASCADE;
DROP FUNCTION IF EXISTS registry_identity_fixed() CASCADE;
