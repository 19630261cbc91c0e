-- +goose Up

-- What became of a place and what it was before. successors are ids one after the other, hamlets and lists
-- JSON lists of text.
ALTER TABLE place ADD COLUMN successors BLOB NOT NULL DEFAULT x'';
ALTER TABLE place ADD COLUMN hamlets TEXT NOT NULL DEFAULT '[]';
ALTER TABLE place ADD COLUMN lists TEXT NOT NULL DEFAULT '[]';
CREATE TABLE place_former (
    place BLOB NOT NULL, n INTEGER NOT NULL, until INTEGER NOT NULL, parent BLOB NOT NULL, code TEXT NOT NULL,
    name TEXT NOT NULL, type TEXT NOT NULL, PRIMARY KEY (place, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX place_former_code ON place_former (code);

-- Residence as recorded; NULL where it leads nowhere else.
ALTER TABLE subject ADD COLUMN recorded INTEGER;
CREATE INDEX subject_recorded ON subject (recorded) WHERE recorded IS NOT NULL;
ALTER TABLE immunization ADD COLUMN recorded INTEGER;

CREATE TABLE coverage_anew (
    cohort INTEGER NOT NULL, recorded INTEGER NOT NULL, residence INTEGER NOT NULL, vaccine INTEGER NOT NULL,
    dose INTEGER NOT NULL, month INTEGER NOT NULL, programme INTEGER NOT NULL, place INTEGER NOT NULL,
    n INTEGER NOT NULL, PRIMARY KEY (cohort, recorded, residence, vaccine, dose, month, programme, place)
) STRICT, WITHOUT ROWID;
INSERT INTO coverage_anew SELECT cohort, residence, residence, vaccine, dose, month, programme, place, n FROM coverage;
DROP TABLE coverage;
ALTER TABLE coverage_anew RENAME TO coverage;

CREATE TABLE cohort_anew (
    cohort INTEGER NOT NULL, recorded INTEGER NOT NULL, residence INTEGER NOT NULL, n INTEGER NOT NULL,
    PRIMARY KEY (cohort, recorded, residence)
) STRICT, WITHOUT ROWID;
INSERT INTO cohort_anew SELECT cohort, residence, residence, n FROM cohort;
DROP TABLE cohort;
ALTER TABLE cohort_anew RENAME TO cohort;
