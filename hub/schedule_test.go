package hub_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"tramy/hub"
	"tramy/internal/desk"
	"tramy/internal/forecast/national"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
)

// nextYear is a version that begins in 2027 and has no birth dose of BCG before a month of age.
var nextYear = []byte(`schedule: vn-2027
based_on: vn-2026-07
title: Lịch thử 2027
from: 2027-01-01
series:
  bcg:
    antigens: BCG
    programme: epi
    cite: circular
    doses:
      - {dose: BCG 1, valid_from_age: 1m, recommended_age: 1m, latest_age: 12m}
`)

func TestImportSchedule(t *testing.T) {
	ctx := context.Background()
	tr := nodetest.New(t)
	rows, err := tr.Hub.Schedules(ctx)
	if err != nil || len(rows) != len(national.IDs()) {
		t.Fatalf("a new centre has %d schedules, %v; want those of the program", len(rows), err)
	}
	if _, err := tr.Hub.ImportSchedule(ctx, tr.Nurse, "x.yaml", nextYear); !errors.Is(err, desk.ErrForbidden) {
		t.Errorf("a nurse brings in a schedule: %v", err)
	}
	var problems national.Problems
	if _, err := tr.Hub.ImportSchedule(ctx, tr.Officer, "x.yaml", []byte(strings.Replace(string(nextYear), "1m, latest", "1 moon, latest", 1))); !errors.As(err, &problems) ||
		!strings.Contains(err.Error(), "x.yaml:11") {
		t.Errorf("a wrong unit: %v", err)
	}
	if after, _ := tr.Hub.Schedules(ctx); len(after) != len(rows) {
		t.Error("something was written although the file was refused")
	}

	done, err := tr.Hub.ImportSchedule(ctx, tr.Officer, "x.yaml", nextYear)
	if err != nil || done != (hub.ScheduleImport{Code: "vn-2027", Title: "Lịch thử 2027", From: day(t, "2027-01-01"), Ends: "vn-2026-07"}) {
		t.Fatalf("imported: %+v, %v", done, err)
	}
	for on, want := range map[string]string{"2026-12-31": "vn-2026-07", "2027-01-01": "vn-2027", "2025-01-01": "vn-2024-08"} {
		if got := tr.Hub.Node.Advisor().Schedule(day(t, on)); got == nil || got.ID != want {
			t.Errorf("on %s %v is in force, want %s", on, got, want)
		}
	}
	again, err := tr.Hub.ImportSchedule(ctx, tr.Officer, "x.yaml", []byte(strings.ReplaceAll(string(nextYear), "1m", "2m")))
	if err != nil || !again.Replaces || again.Ends != "" {
		t.Errorf("the same version corrected: %+v, %v", again, err)
	}
	if rows, err = tr.Hub.Schedules(ctx); err != nil || len(rows) != len(national.IDs())+1 {
		t.Errorf("%d versions, %v", len(rows), err)
	}
	overlap := strings.NewReplacer("vn-2027", "other", "2027-01-01", "2026-03-01\nuntil: 2026-09-01", "vn-2026-07", "vn-2024-08").Replace(string(nextYear))
	if _, err := tr.Hub.ImportSchedule(ctx, tr.Officer, "x.yaml", []byte(overlap)); !errors.Is(err, hub.ErrScheduleOverlap) || !strings.Contains(err.Error(), "vn-2026-02") {
		t.Errorf("a version within another: %v", err)
	}
}

func TestCheckSchedule(t *testing.T) {
	ctx := context.Background()
	tr := nodetest.New(t)
	for i, name := range []string{"An", "Bình", "Chi"} {
		in := registry.SubjectInput{
			Place: tr.Commune, Name: name, MotherName: "Lò Thị " + name, Sex: registry.SexMale,
			BirthDate: tr.Station.Today() - registry.Day(i*1000), // the last two are too old for BCG under both
		}
		if _, _, err := tr.Station.Register(ctx, tr.Nurse, in, true); err != nil {
			t.Fatal(err)
		}
	}
	tr.Sync(t)
	var seen int
	out, err := tr.Hub.CheckSchedule(ctx, tr.Officer, "x.yaml", nextYear, func(n int) { seen = n })
	if err != nil || out.On != day(t, "2027-01-01") || out.Present != "vn-2026-07" || out.People != 3 || seen != 3 || out.Changed != 1 || len(out.Examples) != 1 {
		t.Fatalf("%+v, %v", out, err)
	}
	x := out.Examples[0]
	if x.Born != tr.Station.Today() || len(x.Items) != 1 || x.Items[0].Vaccine != "BCG" || x.Items[0].Before.Recommended >= x.Items[0].After.Recommended {
		t.Errorf("what changes: %+v", x)
	}
	if rows, _ := tr.Hub.Schedules(ctx); len(rows) != len(national.IDs()) {
		t.Error("a check wrote something")
	}
	if _, err := tr.Hub.CheckSchedule(ctx, tr.Nurse, "x.yaml", nextYear, nil); !errors.Is(err, desk.ErrForbidden) {
		t.Errorf("a nurse checks a schedule: %v", err)
	}
}

func day(t *testing.T, text string) registry.Day {
	t.Helper()
	d, err := registry.ParseISO(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
