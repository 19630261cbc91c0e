package desk_test

import (
	"testing"

	"tramy/internal/desk"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
)

// Of a campaign of two doses everybody is listed once and given to twice: the second dose waits for its day, is asked for by that day
// on, and is counted apart, at a station and at the centre.
func TestACampaignOfTwoDoses(t *testing.T) {
	tree := nodetest.New(t)
	d := tree.Station.Desk
	const day = 24 * 3600e9
	id := plan(t, tree, func(in *registry.CampaignInput) {
		in.Vaccine, in.Interval, in.Until, in.Second = "TA", 14, in.From+30, 0
	})
	roll(t, d, tree.Nurse, desk.Roll{Campaign: id}, school(4))
	rows := listOf(t, d, tree.Nurse, id).Rows
	give := func(k int, shown registry.EnrolmentOutcome) desk.LinePressed {
		t.Helper()
		return press(t, d, tree.Nurse, desk.LinePress{Campaign: id, Enrolment: rows[k].ID, Lot: "M-77", Shown: shown})
	}
	sum := func(when registry.Day) desk.CampaignPlace {
		t.Helper()
		got, err := d.CampaignDay(t.Context(), tree.Nurse, id, when)
		if err != nil {
			t.Fatal(err)
		}
		return got.Sum
	}
	counts := func() (waiting, resting, second, due int) {
		t.Helper()
		list := listOf(t, d, tree.Nurse, id)
		for _, c := range list.Classes {
			waiting, resting, second = waiting+c.Waiting, resting+c.Resting, second+c.Second
		}
		return waiting, resting, second, list.DueSecond
	}
	begin := d.Today()
	press(t, d, tree.Nurse, desk.LinePress{Campaign: id, Enrolment: rows[0].ID, Outcome: registry.EnrolmentAbsent})
	give(0, registry.EnrolmentAbsent)
	give(1, 0)
	_, err := d.PressLine(t.Context(), tree.Nurse, desk.LinePress{Campaign: id, Enrolment: rows[1].ID, Lot: "M-77"})
	refusedFor(t, err, registry.CodeCampaignEarly)
	_, err = d.PressLine(t.Context(), tree.Nurse, desk.LinePress{Campaign: id, Enrolment: rows[1].ID, Outcome: registry.EnrolmentAbsent})
	refusedFor(t, err, registry.CodeCampaignEarly)
	if waiting, resting, second, due := counts(); waiting != 2 || resting != 2 || second != 0 || due != 0 {
		t.Errorf("on the first day %d wait, %d rest, %d have both, %d are due", waiting, resting, second, due)
	}
	tree.Clock().Add(13 * day)
	give(2, 0)
	_, err = d.PressLine(t.Context(), tree.Nurse, desk.LinePress{Campaign: id, Enrolment: rows[1].ID, Lot: "M-77"})
	refusedFor(t, err, registry.CodeCampaignEarly)
	tree.Clock().Add(day)
	if waiting, resting, _, due := counts(); waiting != 3 || resting != 1 || due != 2 {
		t.Errorf("on the day of the second dose %d wait, %d rest, %d are due for it", waiting, resting, due)
	}
	give(0, registry.EnrolmentAbsent) // of before the first dose
	done := give(1, 0)
	_, err = d.PressLine(t.Context(), tree.Nurse, desk.LinePress{Campaign: id, Enrolment: rows[1].ID, Lot: "M-77"})
	refusedFor(t, err, registry.CodeCampaignHad)
	if got := dosesOf(t, d, rows[1].Person.Case); len(got) != 2 {
		t.Errorf("doses %v, want two", got)
	}
	if x := sum(d.Today()); x.Listed != 4 || x.Given != 3 || x.Full != 2 || x.FullNow != 2 || x.Today != 0 || x.DueSecond != 0 || x.Absent != 0 {
		t.Errorf("the report counts %+v", x)
	}
	if x := sum(begin); x.Given != 2 || x.Full != 0 || x.Today != 2 || x.DueSecond != 0 {
		t.Errorf("the report of the first day counts %+v", x)
	}
	got, err := d.CampaignDay(t.Context(), tree.Nurse, id, d.Today())
	if err != nil {
		t.Fatal(err)
	}
	count := func(ages []desk.CampaignAge) (n int) {
		for _, a := range ages {
			n += a.Male + a.Female + a.Neither
		}
		return n
	}
	if count(got.Ages) != 0 || count(got.AgesSecond) != 2 || got.Beside != 0 {
		t.Errorf("by age %d first and %d second doses, %d beside", count(got.Ages), count(got.AgesSecond), got.Beside)
	}
	tree.Sync(t)
	above, err := tree.Hub.CampaignDay(t.Context(), tree.Officer, id, d.Today())
	if err != nil || above.Sum.Given != 3 || above.Sum.Full != 2 {
		t.Errorf("the centre counts %+v, %v", above.Sum, err)
	}
	// Absent for the second dose; what is taken back is to come again.
	if err := d.UndoLine(t.Context(), tree.Nurse, done, "Hoàn tác"); err != nil {
		t.Fatal(err)
	}
	press(t, d, tree.Nurse, desk.LinePress{Campaign: id, Enrolment: rows[1].ID, Outcome: registry.EnrolmentAbsent})
	if x := sum(d.Today()); x.Full != 1 || x.DueSecond != 1 || x.Absent != 1 {
		t.Errorf("with one absent for the second dose the report counts %+v", x)
	}
	if waiting, _, _, due := counts(); waiting != 1 || due != 1 {
		t.Errorf("with one absent for the second dose %d wait, %d are due for it", waiting, due)
	}
}
