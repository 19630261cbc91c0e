-- +goose Up

-- A campaign is counted from its lists and its doses. At a centre that is a hundred thousand of each, so what is counted stands in the
-- indexes themselves, in the order in which it is asked for. 111 is the kind of an entry of a list.
CREATE INDEX record_enrolled ON record (under, day, num, subject, place, mark, void, sum) WHERE kind = 111;
DROP INDEX immunization_campaign;
CREATE INDEX immunization_campaign ON immunization (campaign, given_on, given_minute, num, case_num, subject, place, void, not_done)
    WHERE campaign <> 0;
-- How often anything changed that a campaign is counted from: who counted at a number need not count again at the same one. Campaign 0
-- counts what may have been of any.
CREATE TABLE campaign_stamp (campaign INTEGER PRIMARY KEY, n INTEGER NOT NULL) STRICT;
