-- +goose Up

-- The keys a device signed with before, and whether somebody asked it for new ones.
ALTER TABLE device ADD COLUMN former_keys BLOB NOT NULL DEFAULT x'';
ALTER TABLE device ADD COLUMN renew INTEGER NOT NULL DEFAULT 0;

-- The last change of a log that somebody said there is: what of it never arrived can be named when its machine is lost.
ALTER TABLE log ADD COLUMN told INTEGER NOT NULL DEFAULT 0;
