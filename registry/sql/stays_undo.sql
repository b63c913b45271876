-- Undo of stays.sql.
DROP TRIGGER IF EXISTS registry_trust_fixed ON registry_trustedaccount;
DROP TRIGGER IF EXISTS registry_application_fixed ON registry_accountapplication;
DROP FUNCTION IF EXISTS registry_public_record_by_owner() CASCADE;
DROP FUNCTION IF EXISTS registry_serial_pattern_stays() CASCADE;
