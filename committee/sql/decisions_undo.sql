-- Undo of decisions.sql.
DROP FUNCTION IF EXISTS committee_adopted_is_final() CASCADE;
