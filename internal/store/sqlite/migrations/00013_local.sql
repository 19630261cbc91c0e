-- +goose Up

-- What a machine keeps for itself of who works at it: guesses at passwords, PINs, who works in which browser. It is in no log and
-- no state, and goes nowhere but into the machine's own backups.
CREATE TABLE local (
    kind  TEXT NOT NULL,
    key   TEXT NOT NULL,
    value BLOB NOT NULL,
    PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;
