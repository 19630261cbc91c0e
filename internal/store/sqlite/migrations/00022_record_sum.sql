-- +goose Up

-- What tells one state of a record from another, so that who read it once need not read it again; 0 until rows are made anew.
ALTER TABLE record ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;
