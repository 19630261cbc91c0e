-- +goose Up

ALTER TABLE subject ADD COLUMN due_date INTEGER NOT NULL DEFAULT 0;
ALTER TABLE subject ADD COLUMN conditions TEXT NOT NULL DEFAULT '';

CREATE TABLE schedule (
    id BLOB PRIMARY KEY, code TEXT NOT NULL, title TEXT NOT NULL, valid_from INTEGER NOT NULL,
    valid_until INTEGER NOT NULL, file TEXT NOT NULL, void INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What a person still needs, a row a vaccine; vaccine is a word.
CREATE TABLE due (
    case_num INTEGER NOT NULL, vaccine INTEGER NOT NULL, residence INTEGER NOT NULL, dose INTEGER NOT NULL,
    status INTEGER NOT NULL, programme INTEGER NOT NULL, earliest INTEGER NOT NULL, recommended INTEGER NOT NULL,
    overdue INTEGER NOT NULL, latest INTEGER NOT NULL, PRIMARY KEY (case_num, vaccine)
) STRICT, WITHOUT ROWID;
CREATE INDEX due_recommended ON due (residence, recommended);
CREATE INDEX due_overdue ON due (residence, overdue) WHERE overdue <> 0;
-- Up to which day the rows of a case hold, and by which generation of the schedules they were worked out.
CREATE TABLE due_case (case_num INTEGER PRIMARY KEY, generation INTEGER NOT NULL, until INTEGER NOT NULL) STRICT;
CREATE INDEX due_case_generation ON due_case (generation);
CREATE INDEX due_case_until ON due_case (until);
