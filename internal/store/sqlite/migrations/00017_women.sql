-- +goose Up

-- Whose child somebody is by the mother's own record, 0 if nobody said; tetanus doses of which no date is known, and the
-- year of the last of them.
ALTER TABLE subject ADD COLUMN mother INTEGER NOT NULL DEFAULT 0;
ALTER TABLE subject ADD COLUMN tetanus INTEGER NOT NULL DEFAULT 0;
ALTER TABLE subject ADD COLUMN tetanus_year INTEGER NOT NULL DEFAULT 0;
CREATE INDEX subject_mother ON subject (mother) WHERE mother <> 0;
CREATE INDEX subject_pregnant ON subject (residence, due_date) WHERE grp = 2;
