package desk_test

import (
	"errors"
	"reflect"
	"testing"

	"tramy/internal/desk"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/report"
)

// A report is as long as a year and a leap day, and no longer; one of another place is not made here.
func TestReportPeriods(t *testing.T) {
	tree := nodetest.New(t)
	from := registry.NewMonth(2026, 1).First()
	ask := func(days registry.Day) error {
		_, err := tree.Station.Report(t.Context(), tree.Nurse, desk.ReportQuery{Period: report.Period{From: from, To: from + days - 1}})
		return err
	}
	if err := ask(desk.ReportDaysMax); err != nil {
		t.Error(err)
	}
	for _, days := range []registry.Day{desk.ReportDaysMax + 1, 0} {
		var errs registry.Errors
		if err := ask(days); !errors.As(err, &errs) || errs[0].Field != "to" {
			t.Errorf("%d days: %v", days, err)
		}
	}
	if _, err := tree.Station.Report(t.Context(), tree.Nurse, desk.ReportQuery{Place: tree.Province, Period: report.Period{From: from, To: from}}); !errors.Is(err, desk.ErrElsewhere) {
		t.Error(err)
	}
}

// A hub makes the same report of a commune below it, and says which of its stations were heard from; of a province it makes none.
func TestReportAtAHub(t *testing.T) {
	tree := nodetest.New(t)
	id, _, err := tree.Station.Register(t.Context(), tree.Nurse, registry.SubjectInput{
		Place: tree.Commune, Name: "Lò Văn A", BirthDate: tree.Station.Today() - 20, MotherName: "Lò Thị Mai",
	}, true)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = tree.Station.RecordVisit(t.Context(), tree.Nurse, desk.Visit{Subject: id, GivenOn: tree.Station.Today() - 5, Doses: []registry.ImmunizationInput{{Vaccine: "BCG", Lot: "A1"}}}); err != nil {
		t.Fatal(err)
	}
	tree.Sync(t)
	month := tree.Station.Today().Month()
	q := desk.ReportQuery{Place: tree.Commune, Period: report.Period{From: month.First(), To: month.Last()}}
	here, err := tree.Station.Report(t.Context(), tree.Nurse, q)
	if err != nil {
		t.Fatal(err)
	}
	there, err := tree.Hub.Report(t.Context(), tree.Officer, q)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(here.Cells, there.Cells) || len(there.Of("bcg", "resident-epi")) != 1 || there.Heard.Stations != 1 || there.Heard.Fresh != 1 {
		t.Errorf("the hub has %v, heard from %+v; the station %v", there.Cells, there.Heard, here.Cells)
	}
	q.Place = tree.Province
	if _, err := tree.Hub.Report(t.Context(), tree.Officer, q); !errors.Is(err, desk.ErrElsewhere) {
		t.Errorf("a form of a province: %v", err)
	}
}
