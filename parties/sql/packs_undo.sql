-- Undo of packs.sql.
DROP FUNCTION IF EXISTS parties_case_keeps_its_pack() CASCADE;
DROP FUNCTION IF EXISTS parties_checklist_follows_its_pack() CASCADE;
DROP FUNCTION IF EXISTS parties_adopted_pack_is_final() CASCADE;
