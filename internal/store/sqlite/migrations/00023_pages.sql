-- +goose Up

-- Worklists: what can still be given, what was missed and the children without a first dose, each in an index of its own, so that a list
-- reads nothing of the others; one index of all is what it replaces. The children without a first dose are rows of their own from here
-- on, so everybody's are worked out anew.
DROP INDEX IF EXISTS due_list;
CREATE INDEX due_open ON due (residence, recommended, overdue, latest, hamlet) WHERE status = 1;
CREATE INDEX due_missed ON due (residence, latest, hamlet) WHERE status = 2;
CREATE INDEX due_first ON due (residence, recommended, dose, hamlet) WHERE status = 3;
UPDATE due_case SET generation = 0, until = 0;

-- Who is new to a place is looked for author by author: after a register was read in, its own accounts have written where everybody
-- lives within one day.
DROP INDEX IF EXISTS subject_home;
CREATE INDEX subject_home ON subject (residence, home_by, home_day);

-- Hamlets are counted as often as their page is opened.
CREATE INDEX subject_hamlet ON subject (residence, hamlet) WHERE case_num = 0 AND void = 0 AND status NOT IN (3, 4);
