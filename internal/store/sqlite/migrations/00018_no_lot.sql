-- +goose Up

-- Doses given here whose lot nobody wrote down: a list that is short, and asked for on every page of the day.
CREATE INDEX immunization_no_lot ON immunization (place, given_on) WHERE lot = 0 AND void = 0 AND not_done = 0;
