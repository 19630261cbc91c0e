package desk_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"tramy/internal/desk"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/rights"
	p "tramy/syncproto"
)

// elsewhere is a tree whose centre holds children of two provinces, and officers of either.
type elsewhere struct {
	*nodetest.Tree
	otherCommune p.EntityID
	hanoi        desk.Who // an officer of the other province
	child        p.EntityID
}

func newElsewhere(t *testing.T) *elsewhere {
	t.Helper()
	x := &elsewhere{Tree: nodetest.New(t)}
	other := x.Place(t, "gso:01")
	var err error
	x.otherCommune, err = x.Hub.AddPlace(t.Context(), x.Admin, registry.PlaceInput{
		Parent: other, Code: "gso:00004", Name: "Phường Ba Đình", Level: registry.LevelCommune, Type: "phuong",
	})
	if err != nil {
		t.Fatal(err)
	}
	x.hanoi = x.AddUser(t, "hanoi", "Trần Văn Nam", rights.Province, other)
	x.hanoi.LogIn = [32]byte{1}
	x.child = x.register(t, "Lò Gia Bảo")
	x.Sync(t)
	return x
}

func (x *elsewhere) register(t *testing.T, name string) p.EntityID {
	t.Helper()
	id, _, err := x.Station.Register(t.Context(), x.Nurse, registry.SubjectInput{
		Place: x.Commune, Name: name, MotherName: "Lò Thị Mai", MotherPhone: "0385000412", BirthDate: x.Station.Today() - 100,
	}, true)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

const why = "mẹ đưa con đến, quên sổ"

func TestBrokenGlassOpensOneRecordForAnHour(t *testing.T) {
	x := newElsewhere(t)
	ctx := context.Background()
	second := x.register(t, "Lò Gia Khánh")
	x.Sync(t)
	opens := func(who desk.Who, id p.EntityID) error {
		_, err := x.Hub.Open(ctx, who, id)
		return err
	}
	if err := opens(x.hanoi, x.child); !errors.Is(err, desk.ErrElsewhere) {
		t.Fatalf("an officer of another province opens the record: %v", err)
	}
	for reason, code := range map[string]registry.Code{
		"": registry.CodeReasonShort, "         vội        ": registry.CodeReasonShort, strings.Repeat("ư", desk.GlassReasonMin-1): registry.CodeReasonShort,
		strings.Repeat("ư", desk.GlassReasonMax+1): registry.CodeTextTooLong,
	} {
		var wrong registry.Errors
		if err := x.Hub.BreakGlass(ctx, x.hanoi, x.child, reason); !errors.As(err, &wrong) || wrong[0].Code != code {
			t.Errorf("a reason of %d characters: %v", len([]rune(reason)), err)
		}
	}
	for _, reason := range []string{strings.Repeat("ư", desk.GlassReasonMin), strings.Repeat("ư", desk.GlassReasonMax)} {
		if err := x.Hub.BreakGlass(ctx, x.hanoi, second, reason); err != nil {
			t.Errorf("a reason of %d characters: %v", len([]rune(reason)), err)
		}
	}
	if err := x.Hub.BreakGlass(ctx, x.hanoi, x.child, why); err != nil {
		t.Fatal(err)
	}
	rec, err := x.Hub.Open(ctx, x.hanoi, x.child)
	if err != nil || rec.Glass.IsZero() || rec.Subject.Name != "Lò Gia Bảo" {
		t.Fatalf("after the reason: %+v, %v", rec, err)
	}
	// Another log-in of the same account, another account and another record stay closed.
	again := x.hanoi
	again.LogIn = [32]byte{2}
	if err := opens(again, x.child); !errors.Is(err, desk.ErrElsewhere) {
		t.Errorf("another log-in: %v", err)
	}
	third := x.register(t, "Lò Gia Hân")
	x.Sync(t)
	if err := opens(x.hanoi, third); !errors.Is(err, desk.ErrElsewhere) {
		t.Errorf("another record: %v", err)
	}
	x.Clock().Add(desk.GlassTime - time.Second)
	if err := opens(x.hanoi, x.child); err != nil {
		t.Errorf("a second before the end: %v", err)
	}
	x.Clock().Add(time.Second)
	if err := opens(x.hanoi, x.child); !errors.Is(err, desk.ErrElsewhere) {
		t.Errorf("after an hour: %v", err)
	}
	// Who has the place needs no reason, and none is written.
	x.Officer.LogIn = [32]byte{5}
	before := len(x.urgent(t, x.Officer))
	if err := x.Hub.BreakGlass(ctx, x.Officer, x.child, why); err != nil || len(x.urgent(t, x.Officer)) != before {
		t.Errorf("breaking one's own glass: %v", err)
	}
}

// urgent are the access records of a broken glass that somebody sees at the centre.
func (x *elsewhere) urgent(t *testing.T, who desk.Who) []string {
	t.Helper()
	rows, err := x.Hub.Accesses(t.Context(), who, p.EntityID{}, 1000)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, r := range rows {
		if r.Act == registry.ActBreakGlass && r.Actor == x.hanoi.User {
			out = append(out, r.Reason)
		}
	}
	return out
}

func TestBrokenGlassIsSeenByThePlaceOfTheChild(t *testing.T) {
	x := newElsewhere(t)
	if err := x.Hub.BreakGlass(t.Context(), x.hanoi, x.child, why); err != nil {
		t.Fatal(err)
	}
	commune := x.Head
	third := x.AddUser(t, "lai", "Vàng Thị Lai", rights.Province, x.Place(t, "gso:12"))
	for name, c := range map[string]struct {
		who  desk.Who
		want int
	}{"the head of the child's station": {commune, 1}, "the centre": {x.Officer, 1}, "a third province": {third, 0}} {
		if got := x.urgent(t, c.who); len(got) != c.want || c.want == 1 && got[0] != why {
			t.Errorf("%s sees %v", name, got)
		}
	}
}

func TestBrokenGlassIsToReadOnly(t *testing.T) {
	x := newElsewhere(t)
	ctx := context.Background()
	dose, err := x.Station.RecordVisit(ctx, x.Nurse, desk.Visit{
		Subject: x.child, Screening: registry.ScreeningEligible, Doses: []registry.ImmunizationInput{{Vaccine: "BCG", Lot: "A24-123"}},
		Checked: registry.CheckedCard,
	})
	if err != nil {
		t.Fatal(err)
	}
	x.Sync(t)
	head := x.AddUser(t, "truong", "Đỗ Thị Lan", rights.Head, x.otherCommune)
	head.LogIn = [32]byte{3}
	if err := x.Hub.BreakGlass(ctx, head, x.child, why); err != nil {
		t.Fatal(err)
	}
	if _, err := x.Hub.Dose(ctx, head, dose[0]); err != nil {
		t.Errorf("a dose of the record: %v", err)
	}
	if _, err := x.Hub.History(ctx, head, dose[0]); err != nil {
		t.Errorf("its history: %v", err)
	}
	if _, err := x.Hub.Forecast(ctx, head, x.child, x.Hub.Today()); err != nil {
		t.Errorf("what is due: %v", err)
	}
	for name, err := range map[string]error{
		"edit":    x.Hub.Edit(ctx, head, x.child, registry.Patch{registry.SubjectNote: p.Text("x")}, nil),
		"void":    x.Hub.VoidSubject(ctx, head, x.child, "ghi hai lần", nil),
		"amend":   x.Hub.Amend(ctx, head, dose[0], registry.Patch{registry.DoseLot: p.Text("X")}, nil),
		"unmake":  x.Hub.VoidDose(ctx, head, dose[0], "ghi hai lần", nil),
		"restore": x.Hub.RestoreDose(ctx, head, dose[0], nil),
		"settle":  x.Hub.Settle(ctx, head, x.child, registry.SubjectNote, p.Dot{}, nil),
		"link":    x.Hub.Link(ctx, head, x.child, x.register(t, "Lò Gia Bảo"), true),
	} {
		if !errors.Is(err, desk.ErrElsewhere) && (name != "link" || !errors.Is(err, desk.ErrNotFound)) {
			t.Errorf("%s through the glass: %v", name, err)
		}
	}
	_, err = x.Hub.RecordVisit(ctx, head, desk.Visit{Subject: x.child, Screening: registry.ScreeningEligible, Doses: []registry.ImmunizationInput{{Vaccine: "BOPV"}}})
	if !errors.Is(err, desk.ErrElsewhere) {
		t.Errorf("a visit through the glass: %v", err)
	}
	if _, err := x.Hub.Print(ctx, head, x.child, registry.TakeFamily, "mẹ xin"); !errors.Is(err, desk.ErrElsewhere) {
		t.Errorf("paper through the glass: %v", err)
	}
}

func TestWhoHasNoMotherBeforeThemBreaksNoGlass(t *testing.T) {
	x := newElsewhere(t)
	family := x.AddUser(t, "me", "Lò Thị Mai", rights.Family, x.Commune)
	for _, who := range []desk.Who{x.Admin, family} {
		who.LogIn = [32]byte{9}
		if err := x.Hub.BreakGlass(t.Context(), who, x.child, why); !errors.Is(err, desk.ErrForbidden) {
			t.Errorf("%s: %v", who.Role, err)
		}
	}
	nobody := x.hanoi
	nobody.LogIn = [32]byte{}
	if err := x.Hub.BreakGlass(t.Context(), nobody, x.child, why); !errors.Is(err, desk.ErrForbidden) {
		t.Errorf("without a log-in: %v", err)
	}
	if err := x.Hub.BreakGlass(t.Context(), x.hanoi, p.EntityID{1}, why); !errors.Is(err, desk.ErrNotFound) {
		t.Errorf("a record that is not here: %v", err)
	}
}

// A child whose record left the station stands there again while there is no network: it is read with a reason, or taken in.
func TestRecordThatLeftTheStation(t *testing.T) {
	x := newElsewhere(t)
	ctx := context.Background()
	if err := x.Station.Edit(ctx, x.Nurse, x.child, registry.Patch{p.FieldPlace: p.Ref(x.otherCommune)}, x.saw(t)); err != nil {
		t.Fatal(err)
	}
	if _, err := x.Station.Open(ctx, x.Nurse, x.child); err != nil {
		t.Errorf("who just wrote that the child moved cannot take it back: %v", err)
	}
	x.Clock().Add(25 * time.Hour)
	x.Nurse.LogIn = [32]byte{4}
	if _, err := x.Station.Open(ctx, x.Nurse, x.child); !errors.Is(err, desk.ErrElsewhere) {
		t.Fatalf("a day later: %v", err)
	}
	if found, err := x.Station.Search(ctx, x.Nurse, "lo gia bao"); err != nil || len(found) != 0 {
		t.Errorf("the search names %d, %v", len(found), err)
	}
	if err := x.Station.BreakGlass(ctx, x.Nurse, x.child, why); err != nil {
		t.Fatal(err)
	}
	if rec, err := x.Station.Open(ctx, x.Nurse, x.child); err != nil || rec.Glass.IsZero() {
		t.Errorf("with a reason: %v", err)
	}
	if err := x.Station.Take(ctx, x.Nurse, x.child); err != nil {
		t.Fatal(err)
	}
	if rec, err := x.Station.Open(ctx, x.Nurse, x.child); err != nil || !rec.Glass.IsZero() {
		t.Errorf("taken in: %v", err)
	}
}

func (x *elsewhere) saw(t *testing.T) registry.Saw {
	t.Helper()
	rec, err := x.Station.Open(t.Context(), x.Nurse, x.child)
	if err != nil {
		t.Fatal(err)
	}
	return registry.SawOf(rec.State)
}
