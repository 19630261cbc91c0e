package desk

import (
	"encoding/hex"
	"testing"
	"time"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	"tramy/internal/store/memory"
	p "tramy/syncproto"
)

func numbered(i int) p.EntityID { return p.Dot{Log: p.LogID{1, 11: 0x40}, Seq: p.Seq(i + 1)}.Entity() }

// So many looks are remembered; of more, all are forgotten, and some are written down twice.
func TestLooksRememberedAreBounded(t *testing.T) {
	views, now := map[view]time.Time{}, time.Now()
	for i := range viewsMax {
		if remember(views, view{subject: numbered(i)}, now, viewsAgain) {
			t.Fatalf("look %d was not there before", i)
		}
	}
	if !remember(views, view{subject: numbered(0)}, now, viewsAgain) {
		t.Error("at the limit the first is forgotten")
	}
	if remember(views, view{subject: numbered(viewsMax)}, now, viewsAgain) || len(views) != 1 {
		t.Errorf("one beyond it %d are remembered", len(views))
	}
}

// So many records are open through a broken glass; of more, the one that was opened first is closed.
func TestBrokenGlassesAreBounded(t *testing.T) {
	glasses, start := map[glass]time.Time{}, time.Now()
	of := func(i int) glass { return glass{record: numbered(i)} }
	for i := range glassMax {
		open(glasses, of(i), start.Add(time.Duration(i)*time.Millisecond))
	}
	if _, is := glasses[of(0)]; !is || len(glasses) != glassMax {
		t.Errorf("at the limit %d are open", len(glasses))
	}
	open(glasses, of(glassMax), start.Add(time.Minute))
	if _, is := glasses[of(0)]; is || len(glasses) != glassMax {
		t.Errorf("one beyond it %d are open, the first of them %v", len(glasses), is)
	}
	if held(start, start.Add(GlassTime)) || !held(start, start.Add(GlassTime-1)) {
		t.Error("a glass is not open for as long as it is said")
	}
}

// So many wrong PINs are taken, and then the password is asked for.
func TestWrongPinsAreBounded(t *testing.T) {
	var basis registry.Basis
	for wrong, usable := range map[int]bool{pinGuesses - 1: true, pinGuesses: false} {
		row := &pin{Wrong: wrong, Basis: hex.EncodeToString(basis[:])}
		if row.usable(basis) != usable {
			t.Errorf("after %d wrong guesses a PIN opens: %v", wrong, !usable)
		}
	}
}

// So many sessions are planned at once; one more is refused before the store is asked.
func TestSessionsPlannedAtOnce(t *testing.T) {
	for n, many := range map[int]bool{SessionsOnceMax: false, SessionsOnceMax + 1: true} {
		if err := tooManySessions(n); (err != nil) != many {
			t.Errorf("%d sessions: %v", n, err)
		}
	}
}

// Of more people than a list holds who are new at once, the latest are listed.
func TestNewHereIsBounded(t *testing.T) {
	for n, want := range map[int]int{NewHereMax: NewHereMax, NewHereMax + 1: NewHereMax} {
		st := memory.New()
		home := numbered(0)
		if err := st.Update(t.Context(), func(tx store.Tx) error {
			for i := range n {
				row := project.SubjectRow{ID: numbered(i + 1), Case: numbered(i + 1), Residence: home, HomeBy: numbered(9999), HomeDay: registry.Day(100 + i), SortName: "x"}
				if err := tx.PutSubjectRow(&row); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if err := st.View(t.Context(), func(tx store.Tx) error {
			rows, err := tx.SubjectsCame([]p.EntityID{home}, 0, nil, NewHereMax)
			if len(rows) != want || rows[0].HomeDay != registry.Day(100+n-1) {
				t.Errorf("of %d people %d are listed, the first of day %d", n, len(rows), rows[0].HomeDay)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
}
