package desk_test

import (
	"errors"
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
