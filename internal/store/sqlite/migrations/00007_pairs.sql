-- +goose Up

-- Pairs of subjects that may be one person, as sweeps found them. score is in hundredths; found is the day a
-- pair was first found, sweep the number of the sweep that found it last.
CREATE TABLE pair (
    a INTEGER NOT NULL, b INTEGER NOT NULL, score INTEGER NOT NULL, certain INTEGER NOT NULL, found INTEGER NOT NULL,
    sweep INTEGER NOT NULL, PRIMARY KEY (a, b)
) STRICT, WITHOUT ROWID;
CREATE INDEX pair_b ON pair (b);
CREATE INDEX pair_score ON pair (score, a, b);
CREATE INDEX pair_certain ON pair (found) WHERE certain = 1;
-- Whose pairs are to be looked for, by the sweep that was the last to begin when they changed: at first
-- everybody's.
CREATE TABLE unpaired (num INTEGER PRIMARY KEY, sweep INTEGER NOT NULL) STRICT;
CREATE INDEX unpaired_sweep ON unpaired (sweep);
INSERT INTO unpaired (num, sweep) SELECT num, 0 FROM subject;
