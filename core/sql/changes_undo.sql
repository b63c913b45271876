DROP FUNCTION core_row_changed() CASCADE;
