-- Undo of authorizations.sql; CASCADE takes the triggers with their functions.
DROP FUNCTION IF EXISTS registry_leg_is_authorized() CASCADE;
DROP FUNCTION IF EXISTS registry_authorization_use_allowed() CASCADE;
DROP FUNCTION IF EXISTS registry_authorization_fixed() CASCADE;
