-- +goose Up

-- By whose account and on which day (hub time) somebody's standing residence was written: who is new to a place was written there
-- by somebody elsewhere. All rows are made anew (node.rowsVersion 5).
ALTER TABLE subject ADD COLUMN home_by INTEGER NOT NULL DEFAULT 0;
ALTER TABLE subject ADD COLUMN home_day INTEGER NOT NULL DEFAULT 0;
CREATE INDEX subject_home ON subject (residence, home_day);
