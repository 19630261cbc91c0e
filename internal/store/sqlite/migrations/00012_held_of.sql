-- +goose Up

-- In each answer a hub asks for the logs of one author that are not let in as they come: few of all that he ever wrote.
DROP INDEX IF EXISTS log_held;
CREATE INDEX log_held ON log (device, id) WHERE reason > 0;
