package registry

import (
	"errors"
	"slices"
	"testing"

	p "tramy/syncproto"
)

// TestProtectedAtBirth holds WHO's durations and the two weeks before birth: two doses 3 years, three 5, four 10, five for as
// long as a woman can bear children.
func TestProtectedAtBirth(t *testing.T) {
	day := func(text string) Day {
		d, err := ParseISO(text)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	given := func(texts ...string) (out []TetanusDose) {
		for _, text := range texts {
			out = append(out, TetanusDose{On: day(text), FirstHand: true})
		}
		return out
	}
	born := day("2000-05-05")
	for _, c := range []struct {
		name  string
		h     TetanusHistory
		birth string
		want  Protected
		doses int
		by    Evidence
	}{
		{"nobody asked", TetanusHistory{}, "2026-11-20", ProtectedUnknown, 0, 0},
		{"asked, none", TetanusHistory{Asked: true}, "2026-11-20", ProtectedNo, 0, EvidenceTold},
		{"one dose", TetanusHistory{Doses: given("2026-05-01")}, "2026-11-20", ProtectedNo, 1, EvidenceRecord},
		{"two doses", TetanusHistory{Doses: given("2026-05-01", "2026-06-01")}, "2026-11-20", ProtectedYes, 2, EvidenceRecord},
		{"two doses, 27 days apart", TetanusHistory{Doses: given("2026-05-01", "2026-05-28")}, "2026-11-20", ProtectedNo, 1, EvidenceRecord},
		{"the second two weeks before", TetanusHistory{Doses: given("2026-05-01", "2026-11-06")}, "2026-11-20", ProtectedYes, 2, EvidenceRecord},
		{"the second 13 days before", TetanusHistory{Doses: given("2026-05-01", "2026-11-07")}, "2026-11-20", ProtectedNo, 1, EvidenceRecord},
		{"two doses, the last day of three years", TetanusHistory{Doses: given("2020-01-01", "2020-02-01")}, "2023-02-01", ProtectedYes, 2, EvidenceRecord},
		{"and the day after", TetanusHistory{Doses: given("2020-01-01", "2020-02-01")}, "2023-02-02", ProtectedNo, 2, EvidenceRecord},
		{"three doses, the last day of five years", TetanusHistory{Doses: given("2020-01-01", "2020-02-01", "2020-08-01")}, "2025-08-01", ProtectedYes, 3, EvidenceRecord},
		{"and the day after", TetanusHistory{Doses: given("2020-01-01", "2020-02-01", "2020-08-01")}, "2025-08-02", ProtectedNo, 3, EvidenceRecord},
		{"the third a day too soon", TetanusHistory{Doses: given("2020-01-01", "2020-02-01", "2020-07-31")}, "2025-08-01", ProtectedNo, 2, EvidenceRecord},
		{"four doses, ten years", TetanusHistory{Doses: given("2010-01-01", "2010-02-01", "2010-08-01", "2011-08-01")}, "2021-08-01", ProtectedYes, 4, EvidenceRecord},
		{"and the day after", TetanusHistory{Doses: given("2010-01-01", "2010-02-01", "2010-08-01", "2011-08-01")}, "2021-08-02", ProtectedNo, 4, EvidenceRecord},
		{"five doses, for good", TetanusHistory{Doses: given("2010-01-01", "2010-02-01", "2010-08-01", "2011-08-01", "2012-08-01")}, "2040-01-01", ProtectedYes, 5, EvidenceRecord},
		{"three as a child wake with two", TetanusHistory{Born: born, Doses: given("2000-07-05", "2000-08-05", "2000-09-05", "2020-01-01", "2020-02-01")}, "2030-02-01", ProtectedYes, 4, EvidenceRecord},
		{"and not with one", TetanusHistory{Born: born, Doses: given("2000-07-05", "2000-08-05", "2000-09-05", "2026-01-01")}, "2026-11-20", ProtectedNo, 1, EvidenceRecord},
		{"three and a booster wake with one", TetanusHistory{Born: born, Doses: given("2000-07-05", "2000-08-05", "2000-09-05", "2001-11-05", "2026-01-01")}, "2035-12-01", ProtectedYes, 4, EvidenceRecord},
		{"a dose the day before fifteen is one of childhood", TetanusHistory{Born: born, Doses: given("2015-05-04", "2015-06-10")}, "2015-12-01", ProtectedNo, 1, EvidenceRecord},
		{"five by the card, nobody knows when", TetanusHistory{Before: 5, Asked: true, From: EvidenceCard}, "2026-11-20", ProtectedYes, 5, EvidenceCard},
		{"three as told, nobody knows when", TetanusHistory{Before: 3, Asked: true, From: EvidenceTold}, "2026-11-20", ProtectedUnknown, 3, EvidenceTold},
		{"three as told, and one on record", TetanusHistory{Before: 3, Asked: true, From: EvidenceTold, Doses: given("2026-05-01")}, "2026-11-20", ProtectedYes, 4, EvidenceTold},
		{"two on a card in 2022: three years may be over", TetanusHistory{Before: 2, Asked: true, From: EvidenceCard, Year: 2022}, "2025-06-01", ProtectedUnknown, 2, EvidenceCard},
		{"and are surely not", TetanusHistory{Before: 2, Asked: true, From: EvidenceCard, Year: 2022}, "2025-01-01", ProtectedYes, 2, EvidenceCard},
		{"and surely are", TetanusHistory{Before: 2, Asked: true, From: EvidenceCard, Year: 2022}, "2026-01-01", ProtectedNo, 2, EvidenceCard},
		{"what is on record is enough: nothing rests on the card", TetanusHistory{Before: 2, Asked: true, From: EvidenceTold, Doses: given("2026-05-01", "2026-06-01")}, "2026-11-20", ProtectedYes, 2, EvidenceRecord},
		{"second hand doses rest on a card", TetanusHistory{Doses: []TetanusDose{{On: day("2026-05-01")}, {On: day("2026-06-01"), FirstHand: true}}}, "2026-11-20", ProtectedYes, 2, EvidenceCard},
	} {
		got := c.h.Protects(day(c.birth))
		if got.Answer != c.want || got.Doses != c.doses || got.By != c.by {
			t.Errorf("%s: %s by %q with %d doses, want %s by %q with %d", c.name, got.Answer, got.By, got.Doses, c.want, c.by, c.doses)
		}
	}
}

// TestAssumedTetanus: doses of which no date is known never hold up the next one by more than they can, and lie before what is known.
func TestAssumedTetanus(t *testing.T) {
	born, began := dayOf(2000, 5, 5), dayOf(2026, 2, 13)
	for n := 1; n <= 7; n++ {
		for _, year := range []int{0, 2019, 2026} {
			days := AssumedTetanus(n, year, born, began)
			if len(days) != min(n, 5) || !slices.IsSorted(days) || days[len(days)-1] >= began || days[0] < born.AddMonths(15*12) {
				t.Errorf("%d doses, %d: %v", n, year, days)
			}
			for i := 1; i < len(days); i++ {
				if days[i] < tetanusGap(i, days[i-1]) {
					t.Errorf("%d doses, %d: dose %d on %s is too soon after %s", n, year, i+1, days[i], days[i-1])
				}
			}
		}
	}
	if days := AssumedTetanus(2, 2019, born, began); days[1] != dayOf(2019, 12, 31) {
		t.Errorf("the last of 2019 is put on %s", days[1])
	}
	if days := AssumedTetanus(0, 2019, born, began); days != nil {
		t.Errorf("no doses: %v", days)
	}
}

func TestTetanusLimits(t *testing.T) {
	today := dayOf(2026, 11, 25)
	in := SubjectInput{
		Place: someID(1), Code: goodCode, Name: "Lò Thị Ánh", Group: GroupPregnant, Tetanus: TetanusMax, TetanusFrom: EvidenceCard, TetanusYear: TetanusYearMin,
	}
	if _, err := NewSubject(in, today); err != nil {
		t.Errorf("at the limits: %v", err)
	}
	beyond := in
	beyond.Tetanus++
	beyond.TetanusYear--
	var errs Errors
	if _, err := NewSubject(beyond, today); !errors.As(err, &errs) || !errs.Has("tetanus_before", CodeTetanusCount) || !errs.Has("tetanus_year", CodeYearRange) {
		t.Errorf("beyond: %v", err)
	}
	beyond = in
	beyond.TetanusYear, beyond.TetanusFrom = 2027, 0
	if _, err := NewSubject(beyond, today); !errors.As(err, &errs) || !errs.Has("tetanus_year", CodeYearRange) || !errs.Has("tetanus_evidence", CodeRequired) {
		t.Errorf("of next year and from nobody: %v", err)
	}
	due := dayOf(2026, 11, 20)
	for birth, want := range map[Day]bool{
		Began(due): false, Began(due) + 1: true, due: true, Began(due) + pregnancyDaysMax: true, Began(due) + pregnancyDaysMax + 1: false,
	} {
		if EndsPregnancy(due, birth) != want {
			t.Errorf("a birth on %s ends the pregnancy: %v", birth, !want)
		}
	}
}

func TestSameBirth(t *testing.T) {
	a := SubjectInput{BirthDate: 20_000, BirthPrec: PrecisionDay, MotherName: "Lò Thị Ánh", MotherPhone: "0385000412"}
	b := a
	b.BirthDate, b.MotherName = a.BirthDate+2, "LÒ THỊ ÁNH"
	if !SameBirth(&a, &b) {
		t.Error("two days apart, by the mother's name and phone")
	}
	late, other, nobody, year := b, b, b, b
	late.BirthDate++
	other.MotherPhone = "0385000413"
	nobody.MotherName = ""
	year.BirthPrec = PrecisionYear
	for name, x := range map[string]SubjectInput{"three days apart": late, "another phone": other, "no mother": nobody, "only the year": year} {
		if SameBirth(&a, &x) {
			t.Error(name)
		}
	}
	a.Mother, other.Mother = p.EntityID{9}, p.EntityID{9}
	if !SameBirth(&a, &other) {
		t.Error("of one record")
	}
	if other.Mother = (p.EntityID{8}); SameBirth(&a, &other) {
		t.Error("of two women of one name")
	}
}
