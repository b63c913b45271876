-- Undo of people.sql.
DROP FUNCTION IF EXISTS core_people_stay() CASCADE;
