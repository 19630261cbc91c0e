package desk_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"tramy/internal/desk"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/rights"
	p "tramy/syncproto"
)

// fresh lists the names of who is new at a desk.
func fresh(t *testing.T, d *desk.Desk, who desk.Who) string {
	t.Helper()
	list, err := d.NewHere(context.Background(), who)
	if err != nil {
		t.Fatal(err)
	}
	n, err := d.CountNewHere(context.Background())
	if err != nil || n != len(list) {
		t.Errorf("%d are counted, %d listed (%v)", n, len(list), err)
	}
	var names []string
	for i := range list {
		names = append(names, fmt.Sprintf("%s (%s)", list[i].Subject.Name, list[i].How))
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// stationElsewhere is a laptop of another commune, with its nurse and what lets it exchange.
func stationElsewhere(t *testing.T, tr *nodetest.Tree) (*desk.Desk, desk.Who, func()) {
	t.Helper()
	place := func(in registry.PlaceInput) p.EntityID {
		id, err := tr.Hub.AddPlace(t.Context(), tr.Admin, in)
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	commune := place(registry.PlaceInput{Parent: tr.Province, Code: "gso:99", Name: "Xã Núa Ngam", Level: registry.LevelCommune, Type: "xa"})
	hospital := place(registry.PlaceInput{Parent: commune, Code: "kcb:99", Name: "Bệnh viện", Level: registry.LevelFacility, Type: registry.PlaceStation})
	nurse := tr.AddUser(t, "hospital", "Quàng Thị Nga", rights.Nurse, commune)
	s := tr.AddStation(t, tr.Hub, hospital, "Phòng sinh")
	t.Cleanup(s.Uplink.Client.Close)
	sync := func() {
		t.Helper()
		if res, err := s.Uplink.Client.Sync(t.Context()); err != nil || res.Refusal != nil {
			t.Fatal(err, res.Refusal)
		}
	}
	sync()
	return s.Desk, nurse, sync
}

// Whoever was written down elsewhere as living here is new on every laptop of the place, until one of them meets them; who was
// registered here, on whichever laptop, never is.
func TestNewHere(t *testing.T) {
	ctx := context.Background()
	tr := nodetest.New(t)
	second, sync := other(t, tr)
	away, away1, send := stationElsewhere(t, tr)
	live := func(d *desk.Desk, who desk.Who, name, born string) p.EntityID {
		t.Helper()
		id, _, err := d.Register(ctx, who, registry.SubjectInput{Name: name, BirthDate: day(t, born), BirthPrec: registry.PrecisionDay, Place: tr.Commune, MotherName: "Mẹ " + name}, true)
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	handed := live(away, away1, "Lò Gia Bảo", "2026-11-20")
	live(away, away1, "Giàng Thị Sua", "2025-02-12")
	live(tr.Station.Desk, tr.Nurse, "Vàng A An", "2026-11-21")
	live(second, tr.Nurse, "Thào A Bình", "2026-11-22")
	send()
	tr.Sync(t)
	sync()
	tr.Sync(t)
	const both = "Giàng Thị Sua (moved), Lò Gia Bảo (born)"
	for i, d := range []*desk.Desk{tr.Station.Desk, second} {
		if got := fresh(t, d, tr.Nurse); got != both {
			t.Errorf("new at laptop %d: %s", i+1, got)
		}
	}
	made, err := second.Welcome(ctx, tr.Nurse, []p.EntityID{handed})
	if err != nil || len(made) != 1 {
		t.Fatal(made, err)
	}
	if again, err := second.Welcome(ctx, tr.Nurse, []p.EntityID{handed}); err != nil || len(again) != 0 {
		t.Errorf("a second press wrote %d (%v)", len(again), err)
	}
	sync()
	tr.Sync(t)
	for i, d := range []*desk.Desk{tr.Station.Desk, second} {
		if got := fresh(t, d, tr.Nurse); got != "Giàng Thị Sua (moved)" {
			t.Errorf("after one of the place knows: new at laptop %d: %s", i+1, got)
		}
	}
	// That somebody is known is no attempt to reach them.
	if tried, err := tr.Station.Tried(ctx); err != nil || len(tried) != 0 {
		t.Errorf("%d were tried to be reached (%v)", len(tried), err)
	}
	if err := second.UndoWelcome(ctx, tr.Nurse, made, "Hoàn tác"); err != nil {
		t.Fatal(err)
	}
	if got := fresh(t, second, tr.Nurse); got != both {
		t.Errorf("after it was taken back: %s", got)
	}
}

// Spreading a session's hours over the hamlets meets nobody: who is new stays so until somebody agrees an hour with them, which can be
// taken back. What an older version wrote does not say whether anybody was asked, and counts as nothing.
func TestHoursThatWereSpreadMeetNobody(t *testing.T) {
	ctx := context.Background()
	tr := nodetest.New(t)
	away, nurse, send := stationElsewhere(t, tr)
	id, _, err := away.Register(ctx, nurse, registry.SubjectInput{Name: "Lò Gia Bảo", BirthDate: day(t, "2026-11-20"), BirthPrec: registry.PrecisionDay, Place: tr.Commune, MotherName: "Lò Thị Hoa", NextDate: tr.Station.Today() + 1}, true)
	if err != nil {
		t.Fatal(err)
	}
	send()
	tr.Sync(t)
	const isNew = "Lò Gia Bảo (born)"
	sessions, _, err := tr.Station.PlanSessions(ctx, tr.Nurse, registry.SessionInput{From: registry.NewClock(8, 0), Until: registry.NewClock(10, 0), Capacity: 10}, []registry.Day{tr.Station.Today() + 1})
	if err != nil {
		t.Fatal(err)
	}
	spread, err := tr.Station.SpreadSession(ctx, tr.Nurse, sessions[0], nil)
	if err != nil || len(spread.Made) != 1 {
		t.Fatal(spread, err)
	}
	if got := fresh(t, tr.Station.Desk, tr.Nurse); got != isNew {
		t.Errorf("after hours were spread: %q are new", got)
	}
	booked, err := tr.Station.Book(ctx, tr.Nurse, id, sessions[0], registry.NewClock(9, 0), p.EntityID{}, "")
	if err != nil {
		t.Fatal(err)
	}
	if got := fresh(t, tr.Station.Desk, tr.Nurse); got != "" {
		t.Errorf("after an hour was agreed with the family: %q are new", got)
	}
	if err := tr.Station.UndoBook(ctx, tr.Nurse, id, booked, "Hoàn tác"); err != nil {
		t.Fatal(err)
	}
	if got := fresh(t, tr.Station.Desk, tr.Nurse); got != isNew {
		t.Errorf("after that was taken back: %q are new", got)
	}
	list, err := tr.Station.SessionList(ctx, tr.Nurse, sessions[0], 0)
	if err != nil || len(list.Called) != 1 || list.Called[0].At != registry.NewClock(8, 0) {
		t.Errorf("the hour that was spread: %+v (%v)", list.Called, err)
	}
	if _, _, err := tr.Station.CallTo(ctx, tr.Nurse, sessions[0], id, registry.NewClock(8, 0)); err != nil {
		t.Fatal(err)
	}
	if got := fresh(t, tr.Station.Desk, tr.Nurse); got != "" {
		t.Errorf("after somebody kept the hour by hand: %q are new", got)
	}
}

// The head's answer holds on all laptops of the station; what one machine was told before holds there until then.
func TestSecondSignatureIsThePlaces(t *testing.T) {
	ctx := context.Background()
	tr := nodetest.New(t)
	second, sync := other(t, tr)
	wants := func(d *desk.Desk) bool {
		t.Helper()
		on, err := d.WantsSecond(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return on
	}
	if err := tr.Station.SetSecond(ctx, tr.Nurse, true); err == nil {
		t.Error("a nurse decided it")
	}
	if err := tr.Station.SetSecond(ctx, tr.Head, true); err != nil {
		t.Fatal(err)
	}
	tr.Sync(t)
	sync()
	if !wants(tr.Station.Desk) || !wants(second) {
		t.Error("one of the laptops does not ask for it")
	}
	if err := second.SetSecond(ctx, tr.Head, false); err != nil {
		t.Fatal(err)
	}
	sync()
	tr.Sync(t)
	if wants(tr.Station.Desk) || wants(second) {
		t.Error("it is still asked for")
	}
}
