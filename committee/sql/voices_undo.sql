-- Undo of voices.sql.
DROP FUNCTION IF EXISTS committee_item_joins_in_time() CASCADE;
DROP FUNCTION IF EXISTS committee_item_is_final() CASCADE;
DROP FUNCTION IF EXISTS committee_declaration_is_final() CASCADE;
DROP FUNCTION IF EXISTS committee_answer_is_final() CASCADE;
DROP FUNCTION IF EXISTS committee_is_over(bigint) CASCADE;
