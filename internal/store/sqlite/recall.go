package sqlite

import (
	"strings"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
)

// lotIndex is a hub's: it asks for a lot among the doses of a province, where a station goes through its own few. It holds all that
// LotDoses reads, so that a hundred thousand doses are read in one go and not looked up one by one.
const lotIndex = `CREATE INDEX IF NOT EXISTS immunization_lot ON immunization
	(lot, vaccine, given_on, given_minute, num, case_num, subject, place, recorded, residence) WHERE lot <> 0 AND void = 0 AND not_done = 0`

// spellings are the numbers of all words that name a lot, however it was typed.
func (t *tx) spellings(lot string) (in string, args []any, err error) {
	folded := registry.FoldLot(lot)
	if folded == "" {
		return "", nil, nil
	}
	// The database folds names of plain letters as FoldLot does, so that few leave it; FoldLot decides, and looks at all others itself.
	type word struct {
		n    int64
		name string
	}
	words, err := list(t, `SELECT n, CAST(name AS TEXT) FROM word
		WHERE replace(replace(replace(replace(upper(CAST(name AS TEXT)), ' ', ''), '-', ''), '.', ''), '/', '') = ?
		OR CAST(name AS TEXT) GLOB '*[^ -~]*'`, []any{folded}, func(w *word) []any {
		return []any{&w.n, &w.name}
	})
	for _, w := range words {
		if registry.FoldLot(w.name) == folded {
			in, args = in+", ?", append(args, w.n)
		}
	}
	return strings.TrimPrefix(in, ", "), args, err
}

// LotDoses implements store.Query.
func (t *tx) LotDoses(vaccine, lot string) ([]store.LotDose, error) {
	in, args, err := t.spellings(lot)
	if err != nil || len(args) == 0 {
		return nil, err
	}
	word, err := t.word(vaccine)
	if err != nil || word <= 0 {
		return nil, err
	}
	rows, err := list(t, `SELECT num, case_num, coalesce(subject, case_num), place, coalesce(recorded, residence), residence, given_on, given_minute
		FROM immunization WHERE lot IN (`+in+`) AND lot <> 0 AND vaccine = ? AND void = 0 AND not_done = 0`, append(args, word), func(r *store.LotDose) []any {
		return []any{t.to(&r.ID), t.to(&r.Case), t.to(&r.Subject), t.to(&r.Place), t.to(&r.Recorded), t.to(&r.Residence), &r.On, &r.Minute}
	})
	store.SortLotDoses(rows)
	return rows, err
}

// StockOfLot implements store.Query.
func (t *tx) StockOfLot(item, lot string) ([]project.StockRow, error) {
	args, err := t.wordsOf(item, registry.FoldLot(lot))
	if err != nil || args[0] <= 0 || args[1] <= 0 {
		return nil, err
	}
	rows, err := list(t, `SELECT `+stockColumns+` FROM stock WHERE item = ? AND lot = ?`, []any{args[0], args[1]}, t.stockDest)
	store.SortStock(rows)
	return rows, err
}
