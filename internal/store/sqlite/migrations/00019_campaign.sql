-- +goose Up

-- The campaign a dose was given in, 0 for none; what parts a long list of records, and how each of them stands.
ALTER TABLE immunization ADD COLUMN campaign INTEGER NOT NULL DEFAULT 0;
CREATE INDEX immunization_campaign ON immunization (campaign, given_on) WHERE campaign <> 0;
ALTER TABLE record ADD COLUMN part TEXT NOT NULL DEFAULT '';
ALTER TABLE record ADD COLUMN mark INTEGER NOT NULL DEFAULT 0;
