-- +goose Up

-- Entities are named by small numbers inside the database: block n * 256 + the last byte of the id.
-- A block is the first 15 bytes of an id, so what one log created shares a few of them.
CREATE TABLE block (n INTEGER PRIMARY KEY, name BLOB NOT NULL UNIQUE) STRICT;
-- Texts that repeat (vaccines, lots, hamlets) and the shapes of states are numbers too; 0 is the empty text.
CREATE TABLE word (n INTEGER PRIMARY KEY, name BLOB NOT NULL UNIQUE) STRICT;

CREATE TABLE meta (key TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE counter (name TEXT PRIMARY KEY, n INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE tally (name TEXT PRIMARY KEY, n INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE log (
    id BLOB PRIMARY KEY, device BLOB NOT NULL, own INTEGER NOT NULL, access INTEGER NOT NULL,
    head INTEGER NOT NULL, hash BLOB NOT NULL, sealed INTEGER NOT NULL,
    sealed_hash BLOB NOT NULL, let_in INTEGER NOT NULL,
    reason INTEGER NOT NULL, fork INTEGER NOT NULL, via BLOB NOT NULL, receipt INTEGER NOT NULL,
    wall_ms INTEGER NOT NULL, offset_ms INTEGER NOT NULL,
    up_here INTEGER NOT NULL, up_hash BLOB NOT NULL, up_in INTEGER NOT NULL, up_reason INTEGER NOT NULL,
    root INTEGER NOT NULL, root_incarnation BLOB NOT NULL, root_number INTEGER NOT NULL,
    proof_up INTEGER NOT NULL, proof_top INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX log_via ON log (via, receipt);
CREATE INDEX log_device ON log (device);
CREATE INDEX log_held ON log (id) WHERE reason > 0;

CREATE TABLE segment (
    log BLOB NOT NULL, first INTEGER NOT NULL, count INTEGER NOT NULL, raw BLOB NOT NULL,
    UNIQUE (log, first)
) STRICT;
CREATE TABLE outbox (
    position INTEGER PRIMARY KEY, log BLOB NOT NULL, first INTEGER NOT NULL, let_in INTEGER NOT NULL,
    reason INTEGER NOT NULL, low INTEGER NOT NULL
) STRICT;
CREATE TABLE tail (
    n INTEGER PRIMARY KEY, log BLOB NOT NULL, seq INTEGER NOT NULL, change BLOB NOT NULL,
    UNIQUE (log, seq)
) STRICT;
CREATE TABLE parked (
    log BLOB NOT NULL, first INTEGER NOT NULL, device BLOB NOT NULL, via BLOB NOT NULL, raw BLOB NOT NULL,
    UNIQUE (log, first)
) STRICT;
CREATE INDEX parked_device ON parked (device);

CREATE TABLE entity (num INTEGER PRIMARY KEY, state BLOB NOT NULL) STRICT;
CREATE TABLE edit (
    entity INTEGER NOT NULL, n INTEGER NOT NULL, log BLOB NOT NULL, seq INTEGER NOT NULL,
    PRIMARY KEY (entity, n)
) STRICT, WITHOUT ROWID;
CREATE TABLE member (
    subject INTEGER NOT NULL, entity INTEGER NOT NULL, PRIMARY KEY (subject, entity)
) STRICT, WITHOUT ROWID;
CREATE TABLE route (
    entity INTEGER NOT NULL, scope INTEGER NOT NULL, number INTEGER NOT NULL, hash BLOB NOT NULL,
    gone INTEGER NOT NULL, echo INTEGER NOT NULL, PRIMARY KEY (entity, scope)
) STRICT, WITHOUT ROWID;
CREATE TABLE echo (
    n INTEGER PRIMARY KEY, child BLOB NOT NULL, incarnation BLOB NOT NULL, UNIQUE (child, incarnation)
) STRICT;
CREATE TABLE scope_sum (
    scope BLOB PRIMARY KEY, sum BLOB NOT NULL, count INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE root_sum (
    scope BLOB PRIMARY KEY, wall_ms INTEGER NOT NULL, frame BLOB NOT NULL, equal_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE refresh (id BLOB PRIMARY KEY) STRICT, WITHOUT ROWID;

CREATE TABLE cursor (
    upstream BLOB NOT NULL, scope BLOB NOT NULL, incarnation BLOB NOT NULL, number INTEGER NOT NULL,
    complete INTEGER NOT NULL, PRIMARY KEY (upstream, scope)
) STRICT, WITHOUT ROWID;
CREATE TABLE incarnation (
    id BLOB PRIMARY KEY, ord INTEGER NOT NULL, feed_end INTEGER NOT NULL, outbox_end INTEGER NOT NULL,
    ended INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE child_position (
    n INTEGER PRIMARY KEY, child BLOB NOT NULL, incarnation BLOB NOT NULL, number INTEGER NOT NULL,
    UNIQUE (child, incarnation)
) STRICT;
CREATE TABLE child (
    device BLOB PRIMARY KEY, token_hash BLOB NOT NULL, contact_ms INTEGER NOT NULL,
    clock_err_ms INTEGER NOT NULL, pending INTEGER NOT NULL, software TEXT NOT NULL,
    level_ms INTEGER NOT NULL, unequal_ms INTEGER NOT NULL, request INTEGER NOT NULL, data_ms INTEGER NOT NULL,
    root_sum_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE proof (id INTEGER PRIMARY KEY, nonce BLOB NOT NULL, heads BLOB NOT NULL) STRICT;
CREATE TABLE exchange (
    n INTEGER PRIMARY KEY, start_ms INTEGER NOT NULL, end_ms INTEGER NOT NULL, result TEXT NOT NULL,
    detail TEXT NOT NULL, sent INTEGER NOT NULL, received INTEGER NOT NULL, bytes_up INTEGER NOT NULL,
    bytes_down INTEGER NOT NULL, level INTEGER NOT NULL
) STRICT;
CREATE TABLE alarm (
    n INTEGER PRIMARY KEY, wall_ms INTEGER NOT NULL, code TEXT NOT NULL, detail TEXT NOT NULL
) STRICT;

-- Projections. subject.rid orders by name: see rid.go. case_num is 0 where it equals num.
CREATE TABLE subject (
    rid INTEGER PRIMARY KEY, num INTEGER NOT NULL UNIQUE, case_num INTEGER NOT NULL,
    residence INTEGER NOT NULL, code TEXT NOT NULL, name TEXT NOT NULL, birth_date INTEGER NOT NULL,
    birth_prec INTEGER NOT NULL, birth_minute INTEGER NOT NULL, birth_order INTEGER NOT NULL,
    sex INTEGER NOT NULL, hamlet TEXT NOT NULL, mother_name TEXT NOT NULL, phone TEXT NOT NULL,
    personal_no TEXT NOT NULL, grp INTEGER NOT NULL, status INTEGER NOT NULL, next_date INTEGER NOT NULL,
    void INTEGER NOT NULL, provisional INTEGER NOT NULL, search TEXT NOT NULL, numbers TEXT NOT NULL,
    sort_name TEXT NOT NULL
) STRICT;
CREATE INDEX subject_case ON subject (case_num) WHERE case_num <> 0;
CREATE INDEX subject_next ON subject (residence, next_date);
CREATE INDEX subject_birth ON subject (birth_date);
CREATE VIRTUAL TABLE subject_words USING fts5 (
    words, content = '', contentless_delete = 1, detail = none, prefix = '1 2 3 5 7',
    tokenize = "ascii tokenchars '#@'"
);

-- subject is NULL where it equals case_num; vaccine and lot are words.
CREATE TABLE immunization (
    num INTEGER PRIMARY KEY, case_num INTEGER NOT NULL, subject INTEGER, place INTEGER NOT NULL,
    residence INTEGER NOT NULL, code TEXT NOT NULL, vaccine INTEGER NOT NULL, given_on INTEGER NOT NULL,
    given_minute INTEGER NOT NULL, dose INTEGER NOT NULL, typed_dose INTEGER NOT NULL, lot INTEGER NOT NULL,
    expires INTEGER NOT NULL, site INTEGER NOT NULL, route INTEGER NOT NULL, programme INTEGER NOT NULL,
    source INTEGER NOT NULL, not_done INTEGER NOT NULL, screening INTEGER NOT NULL,
    temperature INTEGER NOT NULL, given_by INTEGER NOT NULL, cohort INTEGER NOT NULL, void INTEGER NOT NULL,
    counted INTEGER NOT NULL
) STRICT;
CREATE INDEX immunization_case ON immunization (case_num);
CREATE INDEX immunization_day ON immunization (place, given_on);

CREATE TABLE link (
    num INTEGER PRIMARY KEY, a INTEGER NOT NULL, b INTEGER NOT NULL, same INTEGER NOT NULL
) STRICT;
CREATE INDEX link_a ON link (a);
CREATE INDEX link_b ON link (b);
CREATE TABLE conflict (
    entity INTEGER NOT NULL, field INTEGER NOT NULL, kind INTEGER NOT NULL, case_num INTEGER NOT NULL,
    class INTEGER NOT NULL, PRIMARY KEY (entity, field)
) STRICT, WITHOUT ROWID;
CREATE INDEX conflict_case ON conflict (case_num);

CREATE TABLE place (
    id BLOB PRIMARY KEY, parent BLOB NOT NULL, code TEXT NOT NULL, name TEXT NOT NULL, name_en TEXT NOT NULL,
    level INTEGER NOT NULL, type TEXT NOT NULL, valid_from INTEGER NOT NULL, valid_until INTEGER NOT NULL,
    void INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX place_code ON place (code);
CREATE TABLE account (
    id BLOB PRIMARY KEY, place BLOB NOT NULL, login TEXT NOT NULL, name TEXT NOT NULL, role INTEGER NOT NULL,
    password TEXT NOT NULL, phone TEXT NOT NULL, void INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX account_login ON account (login);
CREATE TABLE device (
    id BLOB PRIMARY KEY, place BLOB NOT NULL, number INTEGER NOT NULL, key BLOB NOT NULL,
    seal_key BLOB NOT NULL, role INTEGER NOT NULL, name TEXT NOT NULL, up BLOB NOT NULL,
    revoked INTEGER NOT NULL, number_first INTEGER NOT NULL, number_last INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE vaccine (
    id BLOB PRIMARY KEY, code TEXT NOT NULL, name TEXT NOT NULL, name_en TEXT NOT NULL, short TEXT NOT NULL,
    antigens TEXT NOT NULL, doses INTEGER NOT NULL, ord INTEGER NOT NULL, route INTEGER NOT NULL,
    site INTEGER NOT NULL, volume INTEGER NOT NULL, programme INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE access (
    num INTEGER PRIMARY KEY, actor INTEGER NOT NULL, place INTEGER NOT NULL, subject INTEGER NOT NULL,
    act TEXT NOT NULL, reason TEXT NOT NULL, wall_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX access_subject ON access (subject, wall_ms);
CREATE INDEX access_time ON access (wall_ms);

CREATE TABLE rejection (
    id BLOB PRIMARY KEY, log BLOB NOT NULL, first INTEGER NOT NULL, reason TEXT NOT NULL, actor BLOB NOT NULL,
    wall_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX rejection_log ON rejection (log, first);
CREATE TABLE rescue (
    id BLOB NOT NULL, n INTEGER NOT NULL, place BLOB NOT NULL, wall_ms INTEGER NOT NULL, entity BLOB NOT NULL,
    field INTEGER NOT NULL, author BLOB NOT NULL, author_ms INTEGER NOT NULL, PRIMARY KEY (id, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX rescue_time ON rescue (wall_ms);

-- Aggregates, kept by the difference of rows.
CREATE TABLE coverage (
    cohort INTEGER NOT NULL, residence INTEGER NOT NULL, vaccine INTEGER NOT NULL, dose INTEGER NOT NULL,
    month INTEGER NOT NULL, programme INTEGER NOT NULL, place INTEGER NOT NULL, n INTEGER NOT NULL,
    PRIMARY KEY (cohort, residence, vaccine, dose, month, programme, place)
) STRICT, WITHOUT ROWID;
CREATE TABLE cohort (
    cohort INTEGER NOT NULL, residence INTEGER NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (cohort, residence)
) STRICT, WITHOUT ROWID;
