-- +goose Up
-- Which machine an alarm is about; zeros are this one.
ALTER TABLE alarm ADD COLUMN device BLOB NOT NULL DEFAULT x'00000000000000000000000000000000';
