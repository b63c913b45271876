-- Undo of ledger.sql: dropping a function drops the triggers that call it.
DROP FUNCTION registry_issued_leg_has_transaction() CASCADE;
DROP FUNCTION registry_issuance_matches_leg() CASCADE;
DROP FUNCTION registry_position_only_follows() CASCADE;
DROP FUNCTION registry_position_follows() CASCADE;
DROP FUNCTION registry_movement_allowed() CASCADE;
DROP FUNCTION registry_leg_lines_sum() CASCADE;
DROP FUNCTION registry_leg_fixed() CASCADE;
DROP FUNCTION registry_append_only() CASCADE;
