-- Undo of ledger.sql: dropping a function drops the triggers that call it.
DROP FUNCTION IF EXISTS registry_issued_leg_has_transaction() CASCADE;
DROP FUNCTION IF EXISTS registry_execute(uuid[], timestamptz, text[], text[]) CASCADE;
DROP FUNCTION IF EXISTS registry_leaf_only_follows() CASCADE;
DROP FUNCTION IF EXISTS registry_transaction_closes() CASCADE;
DROP FUNCTION IF EXISTS registry_leaf_body(registry_transaction) CASCADE;
DROP FUNCTION IF EXISTS registry_proposal_matches(registry_transaction) CASCADE;
DROP FUNCTION IF EXISTS registry_issuance_matches(registry_transaction) CASCADE;
DROP FUNCTION IF EXISTS registry_proposal_fixed() CASCADE;
DROP FUNCTION IF EXISTS registry_proposal_ends() CASCADE;
DROP FUNCTION IF EXISTS registry_line_allowed() CASCADE;
DROP FUNCTION IF EXISTS registry_position_only_follows() CASCADE;
DROP FUNCTION IF EXISTS registry_movement_moves() CASCADE;
DROP FUNCTION IF EXISTS registry_transaction_begins() CASCADE;
DROP FUNCTION IF EXISTS registry_leg_lines_sum() CASCADE;
DROP FUNCTION IF EXISTS registry_leg_fixed() CASCADE;
DROP FUNCTION IF EXISTS registry_append_only() CASCADE;
