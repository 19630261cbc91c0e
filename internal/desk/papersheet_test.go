package desk_test

import (
	"context"
	"errors"
	"testing"

	"tramy/internal/desk"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
)

// What two laptops, or one in two goes, write off the same paper is one dose: the second is told, and nothing of its visit is written.
// What was not given before may be given; what stands on paper is written whatever the schedule says.
func TestPaperIsWrittenOnce(t *testing.T) {
	tree := nodetest.New(t)
	d, ctx := tree.Station.Desk, context.Background()
	id, _, err := d.Register(ctx, tree.Nurse, registry.SubjectInput{
		Place: tree.Commune, Name: "Lò Gia Bảo", MotherName: "Lò Thị Mai", BirthDate: d.Today() - 20, BirthPrec: registry.PrecisionDay, Sex: registry.SexMale,
	}, true)
	if err != nil {
		t.Fatal(err)
	}
	write := func(day registry.Day, not registry.NotDone, vaccines ...string) error {
		v := desk.Visit{Subject: id, Paper: true, GivenOn: day}
		for _, code := range vaccines {
			v.Doses = append(v.Doses, registry.ImmunizationInput{Vaccine: code, NotDone: not})
		}
		_, err := d.RecordVisit(ctx, tree.Nurse, v)
		return err
	}
	day := d.Today() - 2
	for _, c := range []struct {
		name string
		err  error
		want registry.Code
	}{
		{"given too young, as the paper says", write(day, 0, "BOPV"), ""},
		{"the same again, with another", write(day, 0, "BCG", "BOPV"), registry.CodeDoseRecorded},
		{"not given, of what was given", write(day, registry.NotDoneRefused, "BOPV"), registry.CodeDoseRecorded},
		{"another that day", write(day, registry.NotDonePostponed, "BCG"), ""},
		{"postponed, and given after all", write(day, 0, "BCG"), ""},
		{"the same on another day", write(day+1, 0, "BOPV"), ""},
	} {
		var list registry.Errors
		if c.want == "" && c.err != nil || c.want != "" && (!errors.As(c.err, &list) || !list.Has("vaccine", c.want)) {
			t.Errorf("%s: %v", c.name, c.err)
		}
	}
	rec, err := d.Open(ctx, tree.Nurse, id)
	if err != nil {
		t.Fatal(err)
	}
	given := 0
	for i := range rec.Doses {
		if rec.Doses[i].NotDone == 0 {
			given++
		}
	}
	if given != 3 || len(rec.Doses) != 4 {
		t.Errorf("%d given of %d", given, len(rec.Doses))
	}
}
