-- +goose Up

-- Why the lot of a dose will never be known, 0 where nobody said so: such a dose is no longer asked about.
ALTER TABLE immunization ADD COLUMN lot_lost INTEGER NOT NULL DEFAULT 0;
DROP INDEX immunization_no_lot;
CREATE INDEX immunization_no_lot ON immunization (place, (lot_lost <> 0), given_on) WHERE lot = 0 AND void = 0 AND not_done = 0;
