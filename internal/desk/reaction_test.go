package desk_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"tramy/internal/desk"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

const penta = "DPT-VGB-HIB"

// given records a dose at a station, today at eight.
func gave(t *testing.T, s *desk.Desk, who desk.Who, subject p.EntityID, vaccine, lot, against string) (p.EntityID, error) {
	t.Helper()
	ids, err := s.RecordVisit(t.Context(), who, desk.Visit{
		Subject: subject, Screening: registry.ScreeningEligible, Against: against, Checked: registry.CheckedCard,
		Doses: []registry.ImmunizationInput{{Vaccine: vaccine, Lot: lot, GivenClock: registry.NewClock(8, 0)}},
	})
	if err != nil {
		return p.EntityID{}, err
	}
	return ids[0], nil
}

func mustGive(t *testing.T, s *desk.Desk, who desk.Who, subject p.EntityID, vaccine, lot string) p.EntityID {
	t.Helper()
	id, err := gave(t, s, who, subject, vaccine, lot, "theo chỉ định")
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// stops asks whether giving a lot needs a reason.
func stopped(t *testing.T, d *desk.Desk, vaccine, lot string) bool {
	t.Helper()
	stops, err := d.Stops(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, is := stops.Of(vaccine, lot)
	return is
}

func react(t *testing.T, tr *nodetest.Tree, subject p.EntityID, sign string, doses ...p.EntityID) p.EntityID {
	t.Helper()
	id, err := tr.Station.RecordReaction(t.Context(), tr.Nurse, registry.ReactionInput{
		Subject: subject, Doses: doses, On: tr.Station.Today(), Clock: registry.NewClock(8, 0), Signs: []string{sign},
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func reaction(t *testing.T, d *desk.Desk, who desk.Who, id p.EntityID) *desk.Reacted {
	t.Helper()
	x, err := d.ReactionAt(t.Context(), who, id)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func waiting(t *testing.T, d *desk.Desk) (int, time.Time) {
	t.Helper()
	n, until, err := d.ReactionsWaiting(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n, until
}

// session plans one for today behind the desk's back: who plans sessions is another part.
func session(t *testing.T, tr *nodetest.Tree) p.EntityID {
	t.Helper()
	dots, err := tr.Station.Node.Append(t.Context(), tr.Nurse.User, func(store.Tx, func(int) p.EntityID) ([]registry.Draft, error) {
		return []registry.Draft{{Kind: registry.KindSession, Writes: []p.Write{
			{Field: p.FieldPlace, Data: p.Ref(tr.Facility)}, {Field: registry.SessionDay, Data: p.Int(int64(tr.Station.Today()))},
		}}}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return dots[0].Entity()
}

// other enrols a second laptop at the station, and returns what lets it exchange.
func other(t *testing.T, tr *nodetest.Tree) (d *desk.Desk, sync func()) {
	t.Helper()
	s := tr.AddStation(t, tr.Hub, tr.Facility, "Máy 2")
	t.Cleanup(s.Uplink.Client.Close)
	sync = func() {
		t.Helper()
		if res, err := s.Uplink.Client.Sync(t.Context()); err != nil || res.Refusal != nil {
			t.Fatal(err, res.Refusal)
		}
	}
	sync()
	tr.Sync(t)
	return s.Desk, sync
}

// A severe reaction stops its lot, and its vaccine for the day, on every laptop of the station; whoever gives it all the same
// says why.
func TestSevereReactionStopsTheLot(t *testing.T) {
	tr := nodetest.New(t)
	d := tr.Station.Desk
	second, sync := other(t, tr)
	urgent := 0
	d.Urgent = func() { urgent++ }
	an, binh, chi := child(t, tr, "Vàng A An", "2026-07-18"), child(t, tr, "Thào A Bình", "2026-07-18"), child(t, tr, "Lường Thị Chi", "2026-07-18")
	today := session(t, tr)
	dose := mustGive(t, tr.Station.Desk, tr.Nurse, an, penta, "A24-123")
	mustGive(t, tr.Station.Desk, tr.Nurse, binh, penta, "a24123")
	mustGive(t, tr.Station.Desk, tr.Nurse, chi, penta, "B-1")

	common := react(t, tr, an, "fever", dose)
	if n, _ := waiting(t, d); n != 0 || urgent != 0 || stopped(t, d, penta, "A24-123") {
		t.Error("a fever stops something")
	}
	severe := react(t, tr, an, "seizure", dose)
	if urgent != 1 {
		t.Errorf("those above are told at once %d times", urgent)
	}
	tr.Sync(t)
	sync()
	for name, s := range map[string]*desk.Desk{"the laptop": d, "the other one": second} {
		if !stopped(t, s, penta, "A24 123") || !stopped(t, s, penta, "B-1") || stopped(t, s, "BOPV", "A24-123") {
			t.Errorf("%s gives what is stopped, or not what is not", name)
		}
		var dose *desk.DoseError
		var list registry.Errors
		if _, err := gave(t, s, tr.Nurse, chi, penta, "A24-123", ""); !errors.As(err, &dose) || !errors.As(err, &list) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := d.Node.Store().View(t.Context(), func(tx store.Tx) error {
		s, err := tx.State(today)
		x := registry.SessionOf(s)
		if x.Closed != 0 || !slices.Equal(x.Stopped, []string{penta}) {
			t.Errorf("the session stopped %v", x.Stopped)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	// Who else had it: the same number however it was typed, and nobody who had another.
	exposed, err := d.ExposedTo(t.Context(), tr.Nurse, reaction(t, d, tr.Nurse, severe))
	if err != nil || len(exposed) != 1 || exposed[0].Subject.ID != binh || exposed[0].Reacted {
		t.Errorf("exposed: %+v, %v", exposed, err)
	}
	// The next day the session is over and the lot is not.
	tr.Clock().Add(24 * time.Hour)
	if !stopped(t, d, penta, "A24-123") || stopped(t, d, penta, "B-1") {
		t.Error("what stays stopped is the lot")
	}
	if !stopped(t, d, penta, "") {
		t.Error("a vial without a number may be the one")
	}
	list, err := d.Reactions(t.Context(), tr.Nurse)
	if err != nil || len(list) != 2 || list[0].ID != severe || list[1].ID != common {
		t.Errorf("%+v, %v", list, err)
	}
}

// The other laptop lifts the suspension, with a reason; what was seen of it meanwhile is not overwritten.
func TestLiftLot(t *testing.T) {
	tr := nodetest.New(t)
	d := tr.Station.Desk
	an := child(t, tr, "Vàng A An", "2026-07-18")
	session(t, tr)
	x := reaction(t, d, tr.Nurse, react(t, tr, an, "anaphylaxis", mustGive(t, tr.Station.Desk, tr.Nurse, an, penta, "A24-123")))
	if len(x.Suspended) != 1 {
		t.Fatalf("%+v", x.Suspended)
	}
	lot := x.Suspended[0]
	var list registry.Errors
	if err := d.LiftLot(t.Context(), tr.Nurse, lot.Lot, " ", lot.Saw); !errors.As(err, &list) || !list.Has("lifted", registry.CodeReasonRequired) {
		t.Errorf("without a reason: %v", err)
	}
	if err := d.LiftLot(t.Context(), tr.Officer, lot.Lot, "CDC kết luận trùng hợp", lot.Saw); !errors.Is(err, desk.ErrForbidden) {
		t.Errorf("an officer at a station: %v", err)
	}
	if err := d.LiftLot(t.Context(), tr.Nurse, lot.Lot, "CDC kết luận trùng hợp", lot.Saw); err != nil {
		t.Fatal(err)
	}
	if stopped(t, d, penta, "A24-123") || stopped(t, d, penta, "B-1") {
		t.Error("it is stopped after it was lifted")
	}
	// A second reaction stops the same lot again; who saw the first only does not lift that.
	react(t, tr, an, "seizure", x.Reaction.Doses...)
	var stale *registry.StaleError
	if err := d.LiftLot(t.Context(), tr.Nurse, lot.Lot, "như trên", lot.Saw); !errors.As(err, &stale) || !stopped(t, d, penta, "A24-123") {
		t.Errorf("lifted by somebody who did not see it: %v", err)
	}
	// An outcome that is written later stops nothing anew.
	again := reaction(t, d, tr.Nurse, x.ID)
	for _, lot := range reaction(t, d, tr.Nurse, mustWait(t, d)).Suspended {
		if err := d.LiftLot(t.Context(), tr.Nurse, lot.Lot, "CDC kết luận trùng hợp", lot.Saw); err != nil {
			t.Fatal(err)
		}
	}
	in := again.ReactionInput
	in.Outcome = registry.EndRecovered
	if err := d.AmendReaction(t.Context(), tr.Nurse, x.ID, in, registry.SawOf(again.State)); err != nil {
		t.Fatal(err)
	}
	if stopped(t, d, penta, "A24-123") || !reaction(t, d, tr.Nurse, x.ID).Ended() {
		t.Error("a follow-up stops the lot again, or ends nothing")
	}
}

// mustWait is the newest reaction that waits.
func mustWait(t *testing.T, d *desk.Desk) p.EntityID {
	t.Helper()
	var out p.EntityID
	if err := d.Node.Store().View(t.Context(), func(tx store.Tx) error {
		rows, err := tx.RecordsAt(store.RecordQuery{Kind: registry.KindReaction, Places: []p.EntityID{d.Node.Identity().Place}})
		for _, r := range rows {
			out = r.ID // equal days: by id, so the last written
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

// The hours run from the recording until a signed word of the hub says that it has the report, and no follow-up begins them anew.
func TestReportWaitsForTheReceipt(t *testing.T) {
	tr := nodetest.New(t)
	d := tr.Station.Desk
	an := child(t, tr, "Vàng A An", "2026-07-18")
	id := react(t, tr, an, "seizure", mustGive(t, tr.Station.Desk, tr.Nurse, an, penta, "A24-123"))
	recorded := tr.Clock().Now()
	if n, until := waiting(t, d); n != 1 || until.Sub(recorded).Round(time.Minute) != 24*time.Hour {
		t.Errorf("%d wait, until %s", n, until)
	}
	tr.Clock().Add(25 * time.Hour)
	if x := reaction(t, d, tr.Nurse, id); !x.Late(tr.Clock().Now()) || x.ReceivedMS != 0 {
		t.Errorf("after 25 hours: %+v", x)
	}
	tr.Sync(t)
	heard := tr.Clock().Now()
	tr.Clock().Add(time.Hour)
	tr.Sync(t)
	x := reaction(t, d, tr.Nurse, id)
	if n, _ := waiting(t, d); n != 0 || x.Waits() || x.ReceivedMS != heard.UnixMilli() {
		t.Errorf("%d wait, received at %s, want %s", n, time.UnixMilli(x.ReceivedMS), heard)
	}
	if err := d.TellReaction(t.Context(), tr.Nurse, id, d.Today(), registry.NewClock(9, 0), "chị Hà, CDC", registry.SawOf(x.State)); err != nil {
		t.Fatal(err)
	}
	if x := reaction(t, d, tr.Nurse, id); x.Waits() || x.ToldHow == "" || x.Receipt < desk.TickHub {
		t.Errorf("a note that waits takes the report back: %+v", x)
	}
	// The centre knows how long it took, and whom to call stands there for those who call.
	tr.Sync(t)
	list, err := tr.Hub.Reactions(t.Context(), tr.Officer)
	if err != nil || len(list) != 1 || list[0].Waits() || time.Duration(list[0].ArrivedMS-list[0].RecordedMS)*time.Millisecond/time.Hour != 25 || list[0].Subject.Phone != "" {
		t.Errorf("at the centre: %+v, %v", list, err)
	}
	if s := desk.SignalsOf(list); len(s) != 1 || s[0].Severe != 1 || s[0].Lot != "A24-123" {
		t.Errorf("signals: %+v", s)
	}
	if _, err := d.RecordReaction(t.Context(), tr.Officer, registry.ReactionInput{Subject: an}); !errors.Is(err, desk.ErrForbidden) {
		t.Errorf("an officer records: %v", err)
	}
}

// What the hub holds, because of something before it in the same log, nobody above reads: it still waits.
func TestHeldReportWaits(t *testing.T) {
	tr := nodetest.New(t)
	an := child(t, tr, "Vàng A An", "2026-07-18")
	dose := mustGive(t, tr.Station.Desk, tr.Nurse, an, penta, "A24-123")
	tr.WriteElsewhere(t, an)
	id := react(t, tr, an, "seizure", dose)
	tr.Sync(t)
	tr.Sync(t)
	if x := reaction(t, tr.Station.Desk, tr.Nurse, id); !x.Waits() || x.ReceivedMS != 0 {
		t.Errorf("a report that is held counts as received: %+v", x)
	}
}
