package station_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"tramy/internal/desk"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/store"
	"tramy/station"
	p "tramy/syncproto"
)

// queued returns where one person stands at a station, nil if they are not here.
func queued(t *testing.T, st *station.Station, who desk.Who, id p.EntityID) *desk.Queued {
	t.Helper()
	list, err := st.ListToday(context.Background(), who, st.Today(), 0)
	if err != nil {
		t.Fatal(err)
	}
	var out *desk.Queued
	for i := range list.Queue {
		if list.Queue[i].Subject.ID == id {
			if out != nil {
				t.Fatalf("%s stands in the queue twice", id)
			}
			out = &list.Queue[i]
		}
	}
	return out
}

func exchangeAll(t *testing.T, stations ...*station.Station) {
	t.Helper()
	for range 2 {
		for _, st := range stations {
			if res, err := st.Uplink.Client.Sync(context.Background()); err != nil || res.Refusal != nil {
				t.Fatalf("exchange: %v, %+v", err, res.Refusal)
			}
		}
	}
}

func well(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Two laptops in one room that do not hear each other note the same child's arrival, and conclude differently. Once they have met
// there is one row: the earlier arrival, the more careful conclusion. What is taken back then is taken back in both.
func TestTwoLaptopsMakeOneVisit(t *testing.T) {
	tr := nodetest.New(t)
	ctx := context.Background()
	other := tr.AddStation(t, tr.Hub, tr.Facility, "Máy bàn khám")
	id := born(t, tr, "Bảo", 70)
	exchangeAll(t, tr.Station, other)

	well(t, tr.Station.Arrive(ctx, tr.Nurse, id))
	tr.Clock().Add(4 * time.Minute)
	well(t, other.Arrive(ctx, tr.Head, id))
	_, err := other.Screen(ctx, tr.Head, desk.Screened{Subject: id, Conclusion: registry.ScreeningPostpone, Findings: []string{"acute_illness"}})
	well(t, err)
	tr.Clock().Add(time.Minute)
	_, err = tr.Station.Screen(ctx, tr.Nurse, desk.Screened{Subject: id, Conclusion: registry.ScreeningEligible, Temperature: 367})
	well(t, err)
	exchangeAll(t, tr.Station, other)

	for name, st := range map[string]*station.Station{"first": tr.Station, "second": other} {
		q := queued(t, st, tr.Nurse, id)
		if q == nil || q.Visit.Arrived != registry.NewClock(8, 0) || q.Visit.Conclusion != registry.ScreeningPostpone || q.Visit.Screener != tr.Head.User || q.Stage != registry.StageDone {
			t.Fatalf("at the %s laptop: %+v", name, q)
		}
	}
	well(t, tr.Station.StepBack(ctx, tr.Nurse, id, registry.StageDone))
	exchangeAll(t, tr.Station, other)
	for name, st := range map[string]*station.Station{"first": tr.Station, "second": other} {
		if q := queued(t, st, tr.Nurse, id); q == nil || q.Stage != registry.StageArrived || q.Visit.Conclusion != 0 {
			t.Fatalf("screened anew, at the %s laptop: %+v", name, q)
		}
	}
	well(t, other.StepBack(ctx, tr.Nurse, id, registry.StageArrived))
	exchangeAll(t, tr.Station, other)
	if q := queued(t, tr.Station, tr.Nurse, id); q != nil {
		t.Errorf("not here after all, and still in the queue: %+v", q)
	}
}

// What was concluded when a child was screened holds for its doses; against a conclusion to wait a dose needs a reason.
func TestDosesTakeTheScreeningOver(t *testing.T) {
	tr := nodetest.New(t)
	ctx := context.Background()
	id := born(t, tr, "Bảo", 70)
	_, err := tr.Station.Screen(ctx, tr.Head, desk.Screened{Subject: id, Conclusion: registry.ScreeningEligible, Temperature: 367})
	well(t, err)
	if q := queued(t, tr.Station, tr.Nurse, id); q == nil || q.Stage != registry.StageReady || len(q.Due) == 0 {
		t.Fatalf("screened: %+v", q)
	}
	visit := desk.Visit{Subject: id, Checked: registry.CheckedCard, Doses: []registry.ImmunizationInput{{Vaccine: "BOPV", Lot: "P-1"}}}
	ids, err := tr.Station.RecordVisit(ctx, tr.Nurse, visit)
	well(t, err)
	dose, err := tr.Station.Dose(ctx, tr.Nurse, ids[0])
	well(t, err)
	if im := dose.Immunization; im.Screening != registry.ScreeningEligible || im.Temperature != 367 {
		t.Errorf("the dose says of the screening: %v, %d", im.Screening, im.Temperature)
	}
	q := queued(t, tr.Station, tr.Nurse, id)
	if q == nil || q.Stage != registry.StageWatch || q.Visit.Screener != tr.Head.User {
		t.Fatalf("dosed: %+v", q)
	}

	ill := born(t, tr, "Hân", 70)
	_, err = tr.Station.Screen(ctx, tr.Head, desk.Screened{
		Subject: ill, Conclusion: registry.ScreeningPostpone, Findings: []string{"fever"}, Temperature: 385, NotDone: []string{"BOPV", "DPT-VGB-HIB"}, NextDate: tr.Station.Today() + 7, HasNext: true,
	})
	well(t, err)
	q = queued(t, tr.Station, tr.Nurse, ill)
	if q == nil || q.Stage != registry.StageDone || len(q.Doses) != 2 || q.Doses[0].NotDone != registry.NotDonePostponed || q.Subject.NextDate != tr.Station.Today()+7 {
		t.Fatalf("postponed: %+v", q)
	}
	visit.Subject, visit.Screening = ill, registry.ScreeningEligible // a page that was opened before
	var wrong registry.Errors
	if _, err := tr.Station.RecordVisit(ctx, tr.Nurse, visit); !errors.As(err, &wrong) || !wrong.Has("against", registry.CodeAgainst) {
		t.Errorf("a dose to a child who is to wait: %v", err)
	}
	// What is only copied from a card is not given today.
	visit.Doses = []registry.ImmunizationInput{{Vaccine: "BCG", Source: registry.SourceCard, GivenOn: tr.Station.Today() - 60}}
	_, err = tr.Station.RecordVisit(ctx, tr.Nurse, visit)
	well(t, err)
}

// Half an hour is thirty minutes, from the last needle on.
func TestWatchLastsThirtyMinutes(t *testing.T) {
	tr := nodetest.New(t)
	ctx := context.Background()
	first, second := born(t, tr, "Bảo", 70), born(t, tr, "Hân", 70)
	give(t, tr, first, "BOPV")
	tr.Clock().Add(10 * time.Minute)
	give(t, tr, second, "BOPV")
	send := func(early bool, want int) {
		t.Helper()
		sent, err := tr.Station.SendHome(ctx, tr.Nurse, early, first, second)
		if well(t, err); len(sent) != want {
			t.Fatalf("%d were sent home, want %d", len(sent), want)
		}
	}
	tr.Clock().Add((registry.WatchMinutes - 11) * time.Minute) // 29 minutes for the first
	if q := queued(t, tr.Station, tr.Nurse, first); q.Over(tr.Station.Clock()) || q.Stage != registry.StageWatch {
		t.Errorf("after 29 minutes: %+v", q)
	}
	send(false, 0)
	tr.Clock().Add(time.Minute)
	send(false, 1)
	send(false, 0) // another device pressed it, too
	if q := queued(t, tr.Station, tr.Nurse, first); q.Stage != registry.StageDone || q.Visit.Gone != registry.NewClock(8, 30) || q.Visit.GoneBy != tr.Nurse.User {
		t.Errorf("sent home: %+v", q)
	}
	send(true, 1) // the second goes early: she may
	if q := queued(t, tr.Station, tr.Nurse, second); q.Stage != registry.StageDone || q.Watched(q.Visit.Gone) != 20 {
		t.Errorf("gone early: %+v", q)
	}
	// A needle after that begins another half hour.
	give(t, tr, first, "DPT-VGB-HIB")
	if q := queued(t, tr.Station, tr.Nurse, first); q.Stage != registry.StageDone && q.Stage != registry.StageWatch {
		t.Errorf("another dose: %+v", q)
	}
	tr.Clock().Add(time.Minute)
	give(t, tr, first, "ROTA")
	if q := queued(t, tr.Station, tr.Nurse, first); q.Stage != registry.StageWatch {
		t.Errorf("a dose after going home: %+v", q)
	}
}

// What one save did is taken back by one act: doses, visit, next date.
func TestTakeBackIsOneAct(t *testing.T) {
	tr := nodetest.New(t)
	ctx := context.Background()
	id := born(t, tr, "Bảo", 70)
	well(t, tr.Station.Arrive(ctx, tr.Nurse, id))
	before, err := tr.Station.Before(ctx, id)
	well(t, err)
	ids, err := tr.Station.RecordVisit(ctx, tr.Nurse, desk.Visit{
		Subject: id, Screening: registry.ScreeningEligible, Checked: registry.CheckedCard, NextDate: tr.Station.Today() + 28, HasNext: true,
		Doses: []registry.ImmunizationInput{{Vaccine: "BOPV", Lot: "P-1"}, {Vaccine: "DPT-VGB-HIB", Lot: "A-1"}},
	})
	well(t, err)
	segments := func() (n int64) {
		well(t, tr.Station.Node.Store().View(ctx, func(tx store.Tx) error {
			c, err := tx.Counts()
			n = c.Changes
			return err
		}))
		return n
	}
	version := tr.Station.Node.Version()
	changes := segments()
	well(t, tr.Station.TakeBack(ctx, tr.Nurse, desk.TakenBack{Subject: id, Doses: ids, Before: before, Visited: true, HasNext: true}, "Hoàn tác"))
	if got := tr.Station.Node.Version() - version; got != 1 {
		t.Errorf("%d acts", got)
	}
	if got := segments() - changes; got != 4 {
		t.Errorf("%d changes, want two doses, the visit and the day to come again", got)
	}
	q := queued(t, tr.Station, tr.Nurse, id)
	if q == nil || q.Stage != registry.StageArrived || q.Visit.Conclusion != 0 || len(q.Doses) != 0 || q.Subject.NextDate != 0 {
		t.Errorf("taken back: %+v", q)
	}
}

// The second signature is another person's, and what is signed is what was shown.
func TestSecondSignature(t *testing.T) {
	tr := nodetest.New(t)
	ctx := context.Background()
	if err := tr.Station.SetSecond(ctx, tr.Nurse, true); !errors.Is(err, desk.ErrForbidden) {
		t.Errorf("a nurse decides how many sign: %v", err)
	}
	well(t, tr.Station.SetSecond(ctx, tr.Head, true))
	id := born(t, tr, "Bảo", 70)
	_, err := tr.Station.Screen(ctx, tr.Nurse, desk.Screened{Subject: id, Conclusion: registry.ScreeningEligible})
	well(t, err)
	v, err := tr.Station.VisitToday(ctx, tr.Nurse, id)
	if well(t, err); !v.WantsSecond {
		t.Error("nobody asks for the second signature")
	}
	var wrong registry.Errors
	if err := tr.Station.Countersign(ctx, tr.Nurse, id, registry.ScreeningEligible); !errors.As(err, &wrong) || wrong[0].Code != registry.CodeSignedAlready {
		t.Errorf("signed twice by one: %v", err)
	}
	if err := tr.Station.Countersign(ctx, tr.Head, id, registry.ScreeningPostpone); !errors.As(err, &wrong) || wrong[0].Code != registry.CodeScreenedOtherwise {
		t.Errorf("signed what was not shown: %v", err)
	}
	well(t, tr.Station.Countersign(ctx, tr.Head, id, registry.ScreeningEligible))
	if v, err = tr.Station.VisitToday(ctx, tr.Nurse, id); err != nil || v.WantsSecond || v.Second != tr.Head.Name {
		t.Errorf("signed: %+v, %v", v, err)
	}
	// A further screening replaces nothing unseen, and both signatures fall.
	if _, err := tr.Station.Screen(ctx, tr.Nurse, desk.Screened{Subject: id, Conclusion: registry.ScreeningRefer}); !errors.As(err, &wrong) || wrong[0].Code != registry.CodeScreenedOtherwise {
		t.Errorf("a conclusion replaced unseen: %v", err)
	}
	_, err = tr.Station.Screen(ctx, tr.Nurse, desk.Screened{Subject: id, Conclusion: registry.ScreeningRefer, Shown: registry.ScreeningEligible})
	well(t, err)
	if v, err = tr.Station.VisitToday(ctx, tr.Nurse, id); err != nil || !v.WantsSecond || v.Second != "" {
		t.Errorf("screened anew: %+v, %v", v, err)
	}
}

// A day ends once nobody is watched, or somebody says that they stay; one that nobody had planned is noted as held.
func TestCloseDay(t *testing.T) {
	tr := nodetest.New(t)
	ctx := context.Background()
	id := born(t, tr, "Bảo", 70)
	if ended, err := tr.Station.CloseDay(ctx, tr.Nurse, false); err != nil || len(ended) != 0 {
		t.Fatalf("a day on which nobody came: %v, %v", ended, err)
	}
	well(t, tr.Station.Arrive(ctx, tr.Nurse, id))
	tr.Clock().Add(5 * time.Minute)
	give(t, tr, id, "BOPV")
	var wrong registry.Errors
	if _, err := tr.Station.CloseDay(ctx, tr.Nurse, false); !errors.As(err, &wrong) || !wrong.Has("watching", registry.CodeStillWatched) {
		t.Fatalf("while somebody is watched: %v", err)
	}
	ended, err := tr.Station.CloseDay(ctx, tr.Nurse, true)
	if well(t, err); len(ended) != 1 {
		t.Fatalf("sessions ended: %v", ended)
	}
	end, err := tr.Station.EndOfDay(ctx, tr.Nurse)
	well(t, err)
	if end.Closed != registry.NewClock(8, 5) || end.ClosedBy != tr.Nurse.Name || len(end.Given) != 1 || end.Given[0] != (desk.LotGiven{Vaccine: "BOPV", Lot: "L1", Count: 1}) {
		t.Errorf("the end of the day: %v by %q, %+v", end.Closed, end.ClosedBy, end.Given)
	}
	well(t, tr.Station.ReopenDay(ctx, tr.Nurse, ended))
	if end, err = tr.Station.EndOfDay(ctx, tr.Nurse); err != nil || end.Closed != 0 {
		t.Errorf("taken back: %v, %v", end.Closed, err)
	}
	if again, err := tr.Station.CloseDay(ctx, tr.Nurse, true); err != nil || len(again) != 1 || again[0] != ended[0] {
		t.Errorf("ended again: %v, %v", again, err)
	}
}
