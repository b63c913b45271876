-- Undo of reconciliation.sql: dropping a function drops the triggers that call it.
DROP FUNCTION IF EXISTS registry_freeze_cycle_fixed() CASCADE;
DROP FUNCTION IF EXISTS registry_difference_in_time() CASCADE;
DROP FUNCTION IF EXISTS registry_cycle_fixed() CASCADE;
DROP FUNCTION IF EXISTS registry_counterpart_fixed() CASCADE;
DROP FUNCTION IF EXISTS registry_receipt_names_message() CASCADE;
DROP FUNCTION IF EXISTS registry_message_follows() CASCADE;
DROP FUNCTION IF EXISTS registry_exchange_append_only() CASCADE;
