-- +goose Up

-- When a child's newest verified backup was made, by this hub's clock.
ALTER TABLE child ADD COLUMN backup_ms INTEGER NOT NULL DEFAULT 0;
