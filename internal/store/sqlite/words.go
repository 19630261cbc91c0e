package sqlite

import (
	"maps"
	"slices"
)

// wordsDue is what is to happen to one row of the word index.
type wordsDue struct {
	remove bool // a row is there that must go
	insert bool
	words  string
}

// The word index takes what is written to it in order of rid into one of its segments; whatever comes out of
// order, and any savepoint, makes it begin another, and segments are merged later at several times the cost.
// So a transaction gathers and writes at its end, or before it searches.

func (t *tx) insertWords(rid int64, words string) {
	due := t.index[rid]
	due.insert, due.words = true, words
	t.indexLater(rid, due)
}

func (t *tx) removeWords(rid int64) {
	due, ok := t.index[rid]
	t.indexLater(rid, wordsDue{remove: due.remove || !ok})
}

func (t *tx) indexLater(rid int64, due wordsDue) {
	if t.index == nil {
		t.index = map[int64]wordsDue{}
	}
	t.index[rid] = due
}

// flushWords writes what was gathered.
func (t *tx) flushWords() error {
	for _, rid := range slices.Sorted(maps.Keys(t.index)) {
		due := t.index[rid]
		if due.remove {
			if err := t.exec(`DELETE FROM subject_words WHERE rowid = ?`, rid); err != nil {
				return err
			}
		}
		if due.insert {
			if err := t.exec(`INSERT INTO subject_words (rowid, words) VALUES (?, ?)`, rid, due.words); err != nil {
				return err
			}
		}
	}
	clear(t.index)
	return nil
}
