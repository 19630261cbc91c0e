-- +goose Up

-- Worklists are read from one index, a row a vaccine that somebody needs; hamlet is a word.
DROP INDEX IF EXISTS due_recommended;
DROP INDEX IF EXISTS due_overdue;
ALTER TABLE due ADD COLUMN hamlet INTEGER NOT NULL DEFAULT 0;
CREATE INDEX due_list ON due (residence, recommended, overdue, latest, status, hamlet);
-- What stands there was worked out without hamlets.
DELETE FROM due;
UPDATE due_case SET generation = 0, until = 0;
