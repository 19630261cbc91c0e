-- +goose Up
-- Who was registered under the code of a card that another machine made.
ALTER TABLE subject ADD COLUMN from_card INTEGER NOT NULL DEFAULT 0;
CREATE INDEX subject_card ON subject (num) WHERE from_card = 1;
