package synth_test

import (
	"crypto/sha256"
	"encoding/json"
	"iter"
	"testing"

	"tramy/internal/registry"
	"tramy/internal/synth"
)

var today = func() registry.Day { d, _ := registry.NewDay(2026, 11, 26); return d }()

func nation(t testing.TB, seed uint64, opt synth.Options) *synth.Nation {
	t.Helper()
	if opt.Today == 0 {
		opt.Today = today
	}
	n, err := synth.New(seed, opt)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// digest is of every byte of the records.
func digest(t *testing.T, records iter.Seq[*synth.Record]) [32]byte {
	t.Helper()
	h := sha256.New()
	enc := json.NewEncoder(h)
	for r := range records {
		if err := enc.Encode(r); err != nil {
			t.Fatal(err)
		}
	}
	return [32]byte(h.Sum(nil))
}

func TestEqualSeedsMakeEqualNations(t *testing.T) {
	opt := synth.Options{Children: 300, Level: synth.LevelHeavy}
	a, b := nation(t, 3, opt), nation(t, 3, opt)
	if digest(t, a.Records()) != digest(t, b.Records()) {
		t.Error("one seed made two nations")
	}
	// Asked again, and for the communes backwards.
	for i := len(b.Communes()) - 1; i >= 0; i-- {
		if digest(t, a.Register(i)) != digest(t, b.Register(i)) {
			t.Errorf("commune %d came out another way", i)
		}
	}
	if digest(t, a.Records()) == digest(t, nation(t, 4, opt).Records()) {
		t.Error("two seeds made one nation")
	}
}

// A commune's register is what the whole nation has there.
func TestRegistersAddUpToTheNation(t *testing.T) {
	n := nation(t, 5, synth.Options{Children: 200, Level: synth.LevelMedium})
	all := map[string]int{}
	for r := range n.Records() {
		all[r.ID.String()] = r.Commune
	}
	seen := 0
	for i := range n.Communes() {
		for r := range n.Register(i) {
			seen++
			if c, ok := all[r.ID.String()]; !ok || c != i {
				t.Fatalf("record %s of commune %d: in the nation at %d, %v", r.ID, i, c, ok)
			}
		}
	}
	if seen != len(all) {
		t.Errorf("the registers have %d records, the nation %d", seen, len(all))
	}
}

// Whatever goes wrong, people could have entered it.
func TestRecordsPassTheRulesOfEntry(t *testing.T) {
	vaccines := map[string]bool{}
	for _, v := range registry.Vaccines() {
		vaccines[v.Code] = true
	}
	for level := synth.LevelNone; level <= synth.LevelHeavy; level++ {
		n := nation(t, 1, synth.Options{Children: 250, Level: level})
		for r := range n.Records() {
			draft, err := registry.NewSubject(r.Subject, today)
			if err != nil {
				t.Fatalf("level %d: %v\n%+v", level, err, r)
			}
			if len(draft.Writes) == 0 {
				t.Fatal("a subject of nothing")
			}
			for _, d := range r.Doses {
				d.Subject = r.ID
				known := registry.Known{
					Today: today, BirthDate: r.Subject.BirthDate, BirthPrec: r.Subject.BirthPrec,
					Vaccine: func(code string) bool { return vaccines[code] },
				}
				if _, err := registry.NewImmunization(d.ImmunizationInput, known); err != nil {
					t.Fatalf("level %d: %v\n%+v\n%+v", level, err, r, d)
				}
			}
		}
	}
}
