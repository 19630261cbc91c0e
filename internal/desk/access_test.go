package desk_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"tramy/internal/desk"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// child registers somebody born on a day at the tree's station.
func child(t *testing.T, tr *nodetest.Tree, name, born string) p.EntityID {
	t.Helper()
	id, _, err := tr.Station.Register(t.Context(), tr.Nurse, registry.SubjectInput{
		Name: name, BirthDate: day(t, born), BirthPrec: registry.PrecisionDay, Sex: registry.SexMale, MotherName: "Lò Thị Ánh", Place: tr.Commune,
	}, true)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// told are the looks at somebody as the desk tells them, newest first: sort and act.
func told(t *testing.T, d *desk.Desk, who desk.Who, id p.EntityID) []string {
	t.Helper()
	looks, err := d.LooksAt(t.Context(), who, id)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, l := range looks.List {
		out = append(out, l.Sort+" "+l.Act)
	}
	return out
}

func acts(t *testing.T, d *desk.Desk) []string {
	t.Helper()
	var out []string
	err := d.Node.Store().View(t.Context(), func(tx store.Tx) error {
		rows, err := tx.Accesses(p.EntityID{}, 0)
		for _, r := range rows {
			out = append(out, r.Act)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestWhoLookedAtThisChild(t *testing.T) {
	tr := nodetest.New(t)
	d := tr.Station.Desk
	before := child(t, tr, "Cà Văn Hùng", "2025-01-01")
	step := func() { tr.Clock().Add(time.Second) }
	step()
	if _, err := d.Export(t.Context(), tr.Head, desk.ExportOptions{For: registry.TakeReport, Reason: "báo cáo quý"}); err != nil {
		t.Fatal(err)
	}
	step()
	bao := child(t, tr, "Lò Gia Bảo", "2026-07-18")
	step()
	if _, err := d.Search(t.Context(), tr.Nurse, "lo gia bao"); err != nil {
		t.Fatal(err)
	}
	step()
	if _, err := d.Search(t.Context(), tr.Nurse, "lo gia"); err != nil { // names nobody new
		t.Fatal(err)
	}
	if _, err := d.Open(t.Context(), tr.Nurse, bao); err != nil {
		t.Fatal(err)
	}
	step()
	if _, err := d.Print(t.Context(), tr.Nurse, bao, registry.TakeFamily, "mẹ xin"); err != nil {
		t.Fatal(err)
	}
	step()
	if _, err := d.Export(t.Context(), tr.Head, desk.ExportOptions{For: registry.TakeCare, Reason: "đối chiếu"}); err != nil {
		t.Fatal(err)
	}
	step()
	looks, err := d.LooksAt(t.Context(), tr.Head, bao)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"whole export", "one print", "one view", "among search"}
	var got []string
	for _, l := range looks.List {
		got = append(got, l.Sort+" "+l.Act)
	}
	if !slices.Equal(got, want) {
		t.Errorf("the station tells %v, want %v", got, want)
	}
	if !looks.OwnOnly || looks.List[1].Who != tr.Nurse.Name || looks.List[1].Role != tr.Nurse.Role || looks.List[1].Taking != registry.TakeFamily ||
		looks.List[1].Reason != "mẹ xin" || looks.List[1].Place == "" || looks.List[3].Count != 1 {
		t.Errorf("%+v", looks)
	}
	// To ask who looked is a look.
	if got := told(t, d, tr.Head, bao); !slices.Equal(got, append([]string{"one view"}, want...)) {
		t.Errorf("after asking: %v", got)
	}
	if got := told(t, d, tr.Head, before); !slices.Contains(got, "whole export") || slices.Contains(got, "one print") {
		t.Errorf("of another child: %v", got)
	}
	if _, err := d.LooksAt(t.Context(), tr.Nurse, bao); !errors.Is(err, desk.ErrForbidden) {
		t.Errorf("a nurse is told: %v", err)
	}
	// The hub hears of all of it, and adds its own.
	tr.Sync(t)
	tr.Sync(t)
	up, err := tr.Hub.LooksAt(t.Context(), tr.Officer, bao)
	if err != nil {
		t.Fatal(err)
	}
	if len(up.List) < len(want)+1 || up.OwnOnly {
		t.Errorf("the hub tells %+v", up.List)
	}
}

// A list of the day names the same people a hundred times a day: it is written down once, and again on the next day.
func TestListsAreWrittenDownOnce(t *testing.T) {
	tr := nodetest.New(t)
	d := tr.Station.Desk
	a, b := child(t, tr, "Lò A", "2026-01-01"), child(t, tr, "Lò B", "2026-01-02")
	note := func(people ...p.EntityID) int {
		t.Helper()
		if err := d.NoteListed(t.Context(), tr.Nurse, people...); err != nil {
			t.Fatal(err)
		}
		return len(acts(t, d))
	}
	for _, c := range []struct {
		wait  time.Duration
		named []p.EntityID
		want  int
	}{
		{0, []p.EntityID{a}, 1},
		{time.Minute, []p.EntityID{a}, 1},
		{0, []p.EntityID{a, b}, 2},
		{time.Hour, []p.EntityID{b}, 3},
		{0, []p.EntityID{a}, 3},
		{12 * time.Hour, []p.EntityID{a, b}, 4},
	} {
		tr.Clock().Add(c.wait)
		if got := note(c.named...); got != c.want {
			t.Errorf("after %v more: %d records, want %d", c.wait, got, c.want)
		}
	}
	named := func(id p.EntityID) (n int) {
		err := d.Node.Store().View(t.Context(), func(tx store.Tx) error {
			rows, err := tx.AccessesNaming(id, 0)
			n = len(rows)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if named(a) != 2 || named(b) != 2 {
		t.Errorf("they are named %d and %d times, want 2 and 2", named(a), named(b))
	}
}

func TestLoginsAreWrittenDown(t *testing.T) {
	tr := nodetest.New(t)
	d := tr.Station.Desk
	for _, name := range []string{nodetest.NurseLogin, "mat khau cua toi"} {
		if _, err := d.Login(t.Context(), name, "sai"); !errors.Is(err, desk.ErrLogin) {
			t.Fatal(err)
		}
	}
	if err := d.NoteLogout(t.Context(), tr.Nurse.User); err != nil {
		t.Fatal(err)
	}
	if got := acts(t, d); !slices.Equal(got, []string{registry.ActLogout, registry.ActRefused, registry.ActRefused}) {
		t.Errorf("%v", got)
	}
	err := d.Node.Store().View(t.Context(), func(tx store.Tx) error {
		rows, err := tx.Accesses(p.EntityID{}, 0)
		if rows[2].Actor != tr.Nurse.User || !rows[1].Actor.IsZero() || rows[1].Reason != "" {
			t.Errorf("refused: %+v", rows)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A PIN and a code that are wrong are refused log-ins as a password is.
func TestWrongPinsAndCodesAreWrittenDown(t *testing.T) {
	tr := nodetest.New(t)
	ctx := t.Context()
	nurse := account(t, tr.Station.Desk, tr.Nurse)
	if err := tr.Station.SetPin(ctx, nurse, "4817"); err != nil {
		t.Fatal(err)
	}
	if err := tr.Station.TryPin(ctx, nurse, "4818"); !errors.Is(err, desk.ErrPin) {
		t.Fatal(err)
	}
	key, err := rights.NewFactor(tr.Hub.Rand)
	if err != nil {
		t.Fatal(err)
	}
	code, err := rights.FactorCode(key, tr.Hub.Node.Now())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tr.Hub.SetFactor(ctx, tr.Officer, key, code); err != nil {
		t.Fatal(err)
	}
	if _, err := tr.Hub.TakeCode(ctx, tr.Officer.User, code); !errors.Is(err, desk.ErrCode) {
		t.Fatalf("a code that was used: %v", err)
	}
	for _, d := range []*desk.Desk{tr.Station.Desk, tr.Hub.Desk} {
		if got := acts(t, d); !slices.Equal(got, []string{registry.ActRefused}) {
			t.Errorf("%v", got)
		}
	}
}
