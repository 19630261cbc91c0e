-- +goose Up

-- Statements about what a person's data may be used for, and requests about them.
CREATE TABLE consent (
    num INTEGER PRIMARY KEY, subject INTEGER NOT NULL, purpose INTEGER NOT NULL, day INTEGER NOT NULL, void INTEGER NOT NULL
) STRICT;
CREATE INDEX consent_subject ON consent (subject);

CREATE TABLE request (
    num INTEGER PRIMARY KEY, subject INTEGER NOT NULL, place INTEGER NOT NULL, wish INTEGER NOT NULL, day INTEGER NOT NULL,
    answered INTEGER NOT NULL, extended INTEGER NOT NULL, outcome INTEGER NOT NULL, done INTEGER NOT NULL,
    restricts INTEGER NOT NULL, void INTEGER NOT NULL
) STRICT;
CREATE INDEX request_subject ON request (subject);
CREATE INDEX request_open ON request (day) WHERE done = 0 AND void = 0;

-- Whom the list of an access record named, and how many they were.
ALTER TABLE access ADD COLUMN named INTEGER NOT NULL DEFAULT 0;
CREATE TABLE access_named (subject INTEGER NOT NULL, num INTEGER NOT NULL, PRIMARY KEY (subject, num)) STRICT, WITHOUT ROWID;
CREATE INDEX access_taking ON access (wall_ms) WHERE act IN ('export', 'print') AND subject = 0;
