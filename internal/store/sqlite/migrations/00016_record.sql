-- +goose Up

-- By what the entities of a vaccination day are found (visit, reaction, contact, appointment, session, lot, hamlet).
CREATE TABLE record (
    num INTEGER PRIMARY KEY, kind INTEGER NOT NULL, subject INTEGER NOT NULL, place INTEGER NOT NULL, under INTEGER NOT NULL,
    day INTEGER NOT NULL, void INTEGER NOT NULL
) STRICT;
CREATE INDEX record_place ON record (kind, place, day);
CREATE INDEX record_subject ON record (subject, kind) WHERE subject <> 0;
CREATE INDEX record_under ON record (under) WHERE under <> 0;
