-- Undo of names.sql.
DROP TRIGGER IF EXISTS registry_name_fixed ON registry_account;
DROP FUNCTION IF EXISTS registry_account_named() CASCADE;
