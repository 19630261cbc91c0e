-- +goose Up

-- The ledger of stock: each lot in a movement, a transfer or a count, by what it is found.
CREATE TABLE movement (
    num INTEGER NOT NULL, n INTEGER NOT NULL, kind INTEGER NOT NULL, place INTEGER NOT NULL, item INTEGER NOT NULL, lot INTEGER NOT NULL,
    stock INTEGER NOT NULL, moment INTEGER NOT NULL, type INTEGER NOT NULL, amount INTEGER NOT NULL, number INTEGER NOT NULL, expires INTEGER NOT NULL,
    vvm INTEGER NOT NULL, vial INTEGER NOT NULL, session INTEGER NOT NULL, transfer INTEGER NOT NULL, line INTEGER NOT NULL, reason INTEGER NOT NULL,
    void INTEGER NOT NULL, seen BLOB NOT NULL, PRIMARY KEY (num, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX movement_lot ON movement (place, item, lot, stock);
CREATE INDEX movement_day ON movement (place, moment);
CREATE INDEX movement_transfer ON movement (transfer) WHERE transfer <> 0;

-- What each place has of each lot, kept by difference like the other aggregates.
CREATE TABLE stock (
    place INTEGER NOT NULL, item INTEGER NOT NULL, lot INTEGER NOT NULL, stock INTEGER NOT NULL, number INTEGER NOT NULL, expires INTEGER NOT NULL,
    vvm INTEGER NOT NULL, vial INTEGER NOT NULL, count INTEGER NOT NULL, counted INTEGER NOT NULL, base INTEGER NOT NULL, moved INTEGER NOT NULL,
    given INTEGER NOT NULL, entries INTEGER NOT NULL, PRIMARY KEY (place, item, lot, stock)
) STRICT, WITHOUT ROWID;
