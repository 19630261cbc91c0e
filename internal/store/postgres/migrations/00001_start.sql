-- Tables and columns are named as SQLite's. Every primary key and unique index of a table that spread.go spreads over machines
-- contains the column by which it is spread, and no foreign key crosses: there is none.
-- Texts sort by their bytes, whatever the database's language: pages are cut between two of them. A row of an index holds 2.7 kB,
-- and a text from a machine below may be longer: where one is part of a key, *_key stands for it; else an index has its beginning.
-- +goose Up
CREATE TABLE holder (one boolean PRIMARY KEY CHECK (one), name uuid NOT NULL, steps bigint NOT NULL);
CREATE TABLE meta (key text COLLATE "C" PRIMARY KEY, value bytea NOT NULL);
CREATE TABLE counter (name text COLLATE "C" PRIMARY KEY, n bigint NOT NULL);
CREATE TABLE tally (name text COLLATE "C" PRIMARY KEY, n bigint NOT NULL);
CREATE TABLE local (kind text COLLATE "C" NOT NULL, key text COLLATE "C" NOT NULL, value bytea NOT NULL, PRIMARY KEY (kind, key));

CREATE TABLE log (
    id bytea PRIMARY KEY, device uuid NOT NULL, own boolean NOT NULL, access boolean NOT NULL, head bigint NOT NULL, hash bytea NOT NULL,
    sealed bigint NOT NULL, sealed_hash bytea NOT NULL, let_in bigint NOT NULL, reason integer NOT NULL, fork bigint NOT NULL, via uuid NOT NULL,
    receipt bigint NOT NULL, wall_ms bigint NOT NULL, offset_ms integer NOT NULL, up_here bigint NOT NULL, up_hash bytea NOT NULL,
    up_in bigint NOT NULL, up_reason integer NOT NULL, root bigint NOT NULL, root_incarnation bytea NOT NULL, root_number bigint NOT NULL,
    proof_up bigint NOT NULL, proof_top bigint NOT NULL, told bigint NOT NULL
);
CREATE INDEX log_via ON log (via, receipt);
CREATE INDEX log_device ON log (device, id);
CREATE INDEX log_held ON log (device, id) WHERE reason > 0;

-- A segment is compressed already.
CREATE TABLE segment (
    log bytea NOT NULL, first bigint NOT NULL, count bigint NOT NULL, raw bytea NOT NULL, PRIMARY KEY (log, first)
);
ALTER TABLE segment ALTER COLUMN raw SET STORAGE EXTERNAL;
CREATE TABLE outbox (
    position bigint NOT NULL, log bytea NOT NULL, first bigint NOT NULL, let_in bigint NOT NULL, reason integer NOT NULL, low boolean NOT NULL,
    PRIMARY KEY (position, log)
);
CREATE INDEX outbox_log ON outbox (log, first);
CREATE TABLE tail (
    n bigint GENERATED ALWAYS AS IDENTITY, log bytea NOT NULL, seq bigint NOT NULL, change bytea NOT NULL, PRIMARY KEY (log, seq)
);
CREATE TABLE parked (
    log bytea NOT NULL, first bigint NOT NULL, device uuid NOT NULL, via uuid NOT NULL, raw bytea NOT NULL, PRIMARY KEY (log, first)
);
ALTER TABLE parked ALTER COLUMN raw SET STORAGE EXTERNAL;
CREATE INDEX parked_device ON parked (device, log, first);
CREATE INDEX parked_via ON parked (via);

CREATE TABLE entity (id uuid PRIMARY KEY, state bytea NOT NULL);
CREATE TABLE edit (entity uuid NOT NULL, n bigint NOT NULL, log bytea NOT NULL, seq bigint NOT NULL, PRIMARY KEY (entity, n));
CREATE TABLE member (subject uuid NOT NULL, entity uuid NOT NULL, PRIMARY KEY (subject, entity));
CREATE TABLE route (
    scope uuid NOT NULL, entity uuid NOT NULL, number bigint NOT NULL, hash bytea NOT NULL, gone boolean NOT NULL,
    echo uuid NOT NULL, echo_incarnation bytea NOT NULL, PRIMARY KEY (scope, entity)
);
CREATE INDEX route_feed ON route (scope, number, entity);
CREATE INDEX route_entity ON route (entity);
CREATE TABLE scope_sum (scope uuid PRIMARY KEY, sum bytea NOT NULL, count bigint NOT NULL);
CREATE TABLE root_sum (scope uuid PRIMARY KEY, wall_ms bigint NOT NULL, frame bytea NOT NULL, equal_ms bigint NOT NULL);
CREATE TABLE refresh (id uuid PRIMARY KEY);
CREATE TABLE cursor (
    upstream uuid NOT NULL, scope uuid NOT NULL, incarnation bytea NOT NULL, number bigint NOT NULL, complete boolean NOT NULL,
    PRIMARY KEY (upstream, scope)
);
CREATE TABLE incarnation (
    id bytea PRIMARY KEY, ord bigint NOT NULL, feed_end bigint NOT NULL, outbox_end bigint NOT NULL, ended boolean NOT NULL
);
CREATE TABLE child_position (
    child uuid NOT NULL, incarnation bytea NOT NULL, number bigint NOT NULL, n bigint NOT NULL, PRIMARY KEY (child, incarnation)
);
CREATE TABLE child (
    device uuid PRIMARY KEY, token_hash bytea NOT NULL, contact_ms bigint NOT NULL, clock_err_ms bigint NOT NULL, pending bigint NOT NULL,
    software text COLLATE "C" NOT NULL, level_ms bigint NOT NULL, unequal_ms bigint NOT NULL, request bigint NOT NULL, data_ms bigint NOT NULL,
    root_sum_ms bigint NOT NULL, backup_ms bigint NOT NULL
);
CREATE TABLE proof (id bigint PRIMARY KEY, nonce bytea NOT NULL, heads bytea NOT NULL);
CREATE TABLE exchange (
    n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, start_ms bigint NOT NULL, end_ms bigint NOT NULL, result text COLLATE "C" NOT NULL,
    detail text COLLATE "C" NOT NULL, sent bigint NOT NULL, received bigint NOT NULL, bytes_up bigint NOT NULL, bytes_down bigint NOT NULL,
    level boolean NOT NULL
);
CREATE TABLE alarm (
    n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, wall_ms bigint NOT NULL, code text COLLATE "C" NOT NULL, detail text COLLATE "C" NOT NULL,
    device uuid NOT NULL
);
CREATE INDEX alarm_device ON alarm (code, device, n);

CREATE TABLE subject (
    id uuid PRIMARY KEY, case_id uuid NOT NULL, recorded uuid NOT NULL, residence uuid NOT NULL, code text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL, birth_date integer NOT NULL, birth_prec integer NOT NULL, birth_minute integer NOT NULL,
    birth_order integer NOT NULL, sex integer NOT NULL, hamlet text COLLATE "C" NOT NULL, mother_name text COLLATE "C" NOT NULL,
    phone text COLLATE "C" NOT NULL, personal_no text COLLATE "C" NOT NULL, grp integer NOT NULL, status integer NOT NULL,
    next_date integer NOT NULL, due_date integer NOT NULL, conditions text COLLATE "C" NOT NULL, void boolean NOT NULL,
    provisional boolean NOT NULL, search text COLLATE "C" NOT NULL, numbers text COLLATE "C" NOT NULL, sort_name text COLLATE "C" NOT NULL,
    from_card boolean NOT NULL, mother uuid NOT NULL, tetanus integer NOT NULL, tetanus_year integer NOT NULL, home_by uuid NOT NULL,
    home_day integer NOT NULL, words tsvector NOT NULL
);
CREATE INDEX subject_case ON subject (case_id);
CREATE INDEX subject_name ON subject (left(sort_name, 200), id);
CREATE INDEX subject_residence ON subject (residence, left(sort_name, 200), id);
CREATE INDEX subject_recorded ON subject (recorded);
CREATE INDEX subject_next ON subject (residence, next_date);
CREATE INDEX subject_birth ON subject (birth_date);
CREATE INDEX subject_card ON subject (left(code, 100)) WHERE from_card;
CREATE INDEX subject_mother ON subject (mother) WHERE mother <> '00000000-0000-0000-0000-000000000000';
CREATE INDEX subject_pregnant ON subject (residence, due_date) WHERE grp = 2;
CREATE INDEX subject_home ON subject (residence, home_by, home_day);
CREATE INDEX subject_words ON subject USING gin (words);

CREATE TABLE immunization (
    case_id uuid NOT NULL, id uuid NOT NULL, subject uuid NOT NULL, place uuid NOT NULL, recorded uuid NOT NULL, residence uuid NOT NULL,
    code text COLLATE "C" NOT NULL, vaccine text COLLATE "C" NOT NULL, given_on integer NOT NULL, given_minute integer NOT NULL,
    dose integer NOT NULL, typed_dose integer NOT NULL, lot text COLLATE "C" NOT NULL, expires integer NOT NULL, site integer NOT NULL,
    route integer NOT NULL, programme integer NOT NULL, source integer NOT NULL, not_done integer NOT NULL, screening integer NOT NULL,
    temperature integer NOT NULL, given_by uuid NOT NULL, cohort integer NOT NULL, void boolean NOT NULL, counted boolean NOT NULL,
    campaign uuid NOT NULL, lot_lost integer NOT NULL, PRIMARY KEY (case_id, id)
);
CREATE INDEX immunization_id ON immunization (id);
CREATE INDEX immunization_day ON immunization (place, given_on);
CREATE INDEX immunization_no_lot ON immunization (place, (lot_lost <> 0), given_on) WHERE lot = '' AND NOT void AND not_done = 0;
CREATE INDEX immunization_lot ON immunization (left(vaccine, 100), left(upper(translate(lot, ' -./', '')), 100)) WHERE lot <> '' AND NOT void AND not_done = 0;
CREATE INDEX immunization_lot_odd ON immunization (left(vaccine, 100)) WHERE lot ~ '[^ -~]' AND NOT void AND not_done = 0;
CREATE INDEX immunization_campaign ON immunization (campaign, given_on) WHERE campaign <> '00000000-0000-0000-0000-000000000000';

-- A link stands once under each of its two subjects.
CREATE TABLE link (
    subject uuid NOT NULL, id uuid NOT NULL, a uuid NOT NULL, b uuid NOT NULL, same boolean NOT NULL, PRIMARY KEY (subject, id)
);
CREATE INDEX link_id ON link (id);
CREATE TABLE conflict (
    entity uuid NOT NULL, field integer NOT NULL, kind integer NOT NULL, case_id uuid NOT NULL, class integer NOT NULL,
    PRIMARY KEY (entity, field)
);
CREATE INDEX conflict_case ON conflict (case_id);

CREATE TABLE place (
    id uuid PRIMARY KEY, parent uuid NOT NULL, code text COLLATE "C" NOT NULL, name text COLLATE "C" NOT NULL, name_en text COLLATE "C" NOT NULL,
    level integer NOT NULL, type text COLLATE "C" NOT NULL, valid_from integer NOT NULL, valid_until integer NOT NULL, void boolean NOT NULL,
    successors uuid[] NOT NULL, hamlets text[] COLLATE "C" NOT NULL, lists text[] COLLATE "C" NOT NULL
);
CREATE INDEX place_code ON place (left(code, 100));
CREATE TABLE place_former (
    place uuid NOT NULL, n integer NOT NULL, until integer NOT NULL, parent uuid NOT NULL, code text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL, type text COLLATE "C" NOT NULL, PRIMARY KEY (place, n)
);
CREATE INDEX place_former_code ON place_former (left(code, 100));
CREATE TABLE account (
    id uuid PRIMARY KEY, place uuid NOT NULL, login text COLLATE "C" NOT NULL, name text COLLATE "C" NOT NULL, role integer NOT NULL,
    password text COLLATE "C" NOT NULL, phone text COLLATE "C" NOT NULL, void boolean NOT NULL
);
CREATE INDEX account_login ON account (left(login, 100));
CREATE TABLE device (
    id uuid PRIMARY KEY, place uuid NOT NULL, number bigint NOT NULL, key bytea NOT NULL, seal_key bytea NOT NULL, role integer NOT NULL,
    name text COLLATE "C" NOT NULL, up uuid NOT NULL, revoked boolean NOT NULL, number_first bigint NOT NULL, number_last bigint NOT NULL,
    former_keys bytea NOT NULL, renew boolean NOT NULL
);
CREATE TABLE vaccine (
    id uuid PRIMARY KEY, code text COLLATE "C" NOT NULL, name text COLLATE "C" NOT NULL, name_en text COLLATE "C" NOT NULL,
    short text COLLATE "C" NOT NULL, antigens text COLLATE "C" NOT NULL, doses integer NOT NULL, ord integer NOT NULL, route integer NOT NULL,
    site integer NOT NULL, volume integer NOT NULL, programme integer NOT NULL
);
CREATE TABLE schedule (
    id uuid PRIMARY KEY, code text COLLATE "C" NOT NULL, title text COLLATE "C" NOT NULL, valid_from integer NOT NULL,
    valid_until integer NOT NULL, file text COLLATE "C" NOT NULL, void boolean NOT NULL
);

CREATE TABLE due (
    case_id uuid NOT NULL, vaccine text COLLATE "C" NOT NULL, residence uuid NOT NULL, hamlet text COLLATE "C" NOT NULL, dose integer NOT NULL,
    status integer NOT NULL, programme integer NOT NULL, earliest integer NOT NULL, recommended integer NOT NULL, overdue integer NOT NULL,
    latest integer NOT NULL,
    vaccine_key text COLLATE "C" GENERATED ALWAYS AS (CASE WHEN octet_length(vaccine) <= 500 THEN vaccine ELSE md5(vaccine) END) STORED,
    PRIMARY KEY (case_id, vaccine_key)
);
CREATE INDEX due_open ON due (residence, recommended, overdue, latest) WHERE status = 1;
CREATE INDEX due_missed ON due (residence, latest) WHERE status = 2;
CREATE INDEX due_first ON due (residence, recommended) WHERE status = 3;
CREATE TABLE due_case (case_id uuid PRIMARY KEY, generation bigint NOT NULL, until integer NOT NULL);
CREATE INDEX due_case_generation ON due_case (generation);
CREATE INDEX due_case_until ON due_case (until);

CREATE TABLE access (
    id uuid PRIMARY KEY, actor uuid NOT NULL, place uuid NOT NULL, subject uuid NOT NULL, act text COLLATE "C" NOT NULL,
    reason text COLLATE "C" NOT NULL, named integer NOT NULL, wall_ms bigint NOT NULL
);
CREATE INDEX access_subject ON access (subject, wall_ms);
CREATE INDEX access_time ON access (wall_ms);
CREATE INDEX access_taking ON access (wall_ms) WHERE act IN ('export', 'print') AND subject = '00000000-0000-0000-0000-000000000000';
CREATE TABLE access_named (subject uuid NOT NULL, id uuid NOT NULL, PRIMARY KEY (subject, id));

CREATE TABLE consent (
    subject uuid NOT NULL, id uuid NOT NULL, purpose integer NOT NULL, day integer NOT NULL, void boolean NOT NULL, PRIMARY KEY (subject, id)
);
CREATE INDEX consent_id ON consent (id);
CREATE TABLE request (
    subject uuid NOT NULL, id uuid NOT NULL, place uuid NOT NULL, wish integer NOT NULL, day integer NOT NULL, answered integer NOT NULL,
    extended boolean NOT NULL, outcome integer NOT NULL, done integer NOT NULL, restricts boolean NOT NULL, void boolean NOT NULL,
    PRIMARY KEY (subject, id)
);
CREATE INDEX request_id ON request (id);
CREATE INDEX request_open ON request (day) WHERE done = 0 AND NOT void;

CREATE TABLE record (
    id uuid PRIMARY KEY, kind integer NOT NULL, subject uuid NOT NULL, place uuid NOT NULL, under uuid NOT NULL, day integer NOT NULL,
    void boolean NOT NULL, part text COLLATE "C" NOT NULL, mark integer NOT NULL, sum bigint NOT NULL
);
CREATE INDEX record_place ON record (kind, place, day);
CREATE INDEX record_subject ON record (subject, kind) WHERE subject <> '00000000-0000-0000-0000-000000000000';
CREATE INDEX record_under ON record (under, kind) WHERE under <> '00000000-0000-0000-0000-000000000000';
CREATE TABLE campaign_stamp (campaign uuid PRIMARY KEY, n bigint NOT NULL);

CREATE TABLE movement (
    place uuid NOT NULL, id uuid NOT NULL, n integer NOT NULL, kind integer NOT NULL, item text COLLATE "C" NOT NULL, lot text COLLATE "C" NOT NULL,
    stock integer NOT NULL, moment bigint NOT NULL, type integer NOT NULL, amount bigint NOT NULL, number text COLLATE "C" NOT NULL,
    expires integer NOT NULL, vvm integer NOT NULL, vial integer NOT NULL, session uuid NOT NULL, transfer uuid NOT NULL, line integer NOT NULL,
    reason integer NOT NULL, void boolean NOT NULL, seen bytea NOT NULL, PRIMARY KEY (place, id, n)
);
CREATE INDEX movement_id ON movement (id);
CREATE INDEX movement_lot ON movement (place, left(item, 100), left(lot, 100), stock);
CREATE INDEX movement_day ON movement (place, moment);
CREATE INDEX movement_transfer ON movement (transfer) WHERE transfer <> '00000000-0000-0000-0000-000000000000';
CREATE TABLE stock (
    place uuid NOT NULL, item text COLLATE "C" NOT NULL, lot text COLLATE "C" NOT NULL, stock integer NOT NULL, number text COLLATE "C" NOT NULL,
    expires integer NOT NULL, vvm integer NOT NULL, vial integer NOT NULL, count uuid NOT NULL, counted bigint NOT NULL, base bigint NOT NULL,
    moved bigint NOT NULL, given bigint NOT NULL, entries bigint NOT NULL,
    item_key text COLLATE "C" GENERATED ALWAYS AS (CASE WHEN octet_length(item) <= 500 THEN item ELSE md5(item) END) STORED,
    lot_key text COLLATE "C" GENERATED ALWAYS AS (CASE WHEN octet_length(lot) <= 500 THEN lot ELSE md5(lot) END) STORED,
    PRIMARY KEY (place, item_key, lot_key, stock)
);

CREATE TABLE rejection (
    id uuid PRIMARY KEY, log bytea NOT NULL, first bigint NOT NULL, reason text COLLATE "C" NOT NULL, actor uuid NOT NULL, wall_ms bigint NOT NULL
);
CREATE INDEX rejection_log ON rejection (log, first);
CREATE TABLE rescue (
    id uuid NOT NULL, n integer NOT NULL, place uuid NOT NULL, wall_ms bigint NOT NULL, entity uuid NOT NULL, field integer NOT NULL,
    author uuid NOT NULL, author_ms bigint NOT NULL, PRIMARY KEY (id, n)
);
CREATE INDEX rescue_time ON rescue (wall_ms);

CREATE TABLE pair (
    a uuid NOT NULL, b uuid NOT NULL, score integer NOT NULL, certain boolean NOT NULL, found integer NOT NULL, sweep bigint NOT NULL,
    PRIMARY KEY (a, b)
);
CREATE INDEX pair_b ON pair (b);
CREATE INDEX pair_score ON pair (score, a, b);
CREATE INDEX pair_certain ON pair (found) WHERE certain;
CREATE TABLE unpaired (id uuid PRIMARY KEY, sweep bigint NOT NULL);
CREATE INDEX unpaired_sweep ON unpaired (sweep);

CREATE TABLE coverage (
    cohort integer NOT NULL, recorded uuid NOT NULL, residence uuid NOT NULL, vaccine text COLLATE "C" NOT NULL, dose integer NOT NULL,
    month integer NOT NULL, programme integer NOT NULL, place uuid NOT NULL, n bigint NOT NULL,
    vaccine_key text COLLATE "C" GENERATED ALWAYS AS (CASE WHEN octet_length(vaccine) <= 500 THEN vaccine ELSE md5(vaccine) END) STORED,
    PRIMARY KEY (residence, cohort, recorded, vaccine_key, dose, month, programme, place)
);
-- Of those born in one year who live at one place: how many, and how many had each dose, by month of birth.
CREATE TABLE figure (
    year integer NOT NULL, recorded uuid NOT NULL, residence uuid NOT NULL, vaccine text COLLATE "C" NOT NULL, dose integer NOT NULL,
    counts bigint[] NOT NULL,
    vaccine_key text COLLATE "C" GENERATED ALWAYS AS (CASE WHEN octet_length(vaccine) <= 500 THEN vaccine ELSE md5(vaccine) END) STORED,
    PRIMARY KEY (residence, year, recorded, vaccine_key, dose)
);
CREATE INDEX figure_year ON figure (year);
CREATE TABLE registered (recorded uuid NOT NULL, residence uuid NOT NULL, n bigint NOT NULL, PRIMARY KEY (residence, recorded));
