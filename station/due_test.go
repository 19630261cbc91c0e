package station_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"tramy/internal/desk"
	"tramy/internal/forecast"
	"tramy/internal/forecast/national"
	"tramy/internal/node"
	"tramy/internal/nodetest"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// dueAt reads what is kept as due in a case, as "VACCINE n", by vaccine.
func dueAt(t *testing.T, n *node.Node, kase p.EntityID) map[string]project.DueRow {
	t.Helper()
	out := map[string]project.DueRow{}
	if err := n.Store().View(context.Background(), func(tx store.Tx) error {
		rows, err := tx.DueOf(kase)
		for _, r := range rows {
			out[r.Vaccine] = r
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

// settle works out all that is marked, a few cases at a time, and returns how many steps that took.
func settle(t *testing.T, n *node.Node) int {
	t.Helper()
	for steps := 1; ; steps++ {
		more, err := n.WorkOutDue(context.Background(), 2)
		if err != nil {
			t.Fatal(err)
		}
		if !more {
			return steps
		}
	}
}

func left(t *testing.T, n *node.Node) int64 {
	t.Helper()
	k, err := n.DueLeft(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// born registers a child of so many days at the tree's station.
func born(t *testing.T, tr *nodetest.Tree, name string, days int) p.EntityID {
	t.Helper()
	id, _, err := tr.Station.Register(context.Background(), tr.Nurse, registry.SubjectInput{
		Place: tr.Commune, Name: name, BirthDate: tr.Station.Today() - registry.Day(days), Sex: registry.SexFemale, MotherName: "Lò Thị " + name,
	}, true)
	if err != nil {
		t.Fatal(err)
	}
	settle(t, tr.Station.Node)
	return id
}

func give(t *testing.T, tr *nodetest.Tree, id p.EntityID, vaccines ...string) {
	t.Helper()
	v := desk.Visit{Subject: id, Screening: registry.ScreeningEligible, Checked: registry.CheckedCard}
	for _, code := range vaccines {
		v.Doses = append(v.Doses, registry.ImmunizationInput{Vaccine: code, Lot: "L1"})
	}
	if _, err := tr.Station.RecordVisit(context.Background(), tr.Nurse, v); err != nil {
		t.Fatal(err)
	}
	settle(t, tr.Station.Node)
}

// What was recorded or came from elsewhere is worked out a moment later, and is the same at every node.
func TestDueFollowsWhatIsRecorded(t *testing.T) {
	tr := nodetest.New(t)
	settle(t, tr.Station.Node)
	id := born(t, tr, "Bảo", 70)
	due := dueAt(t, tr.Station.Node, id)
	if r := due["DPT-VGB-HIB"]; r.Dose != 1 || r.Status != project.DueOpen || r.Residence != tr.Commune || r.Recommended == 0 {
		t.Fatalf("5-in-1 of a child of ten weeks: %+v", r)
	}
	if due["VGB0"].Status != project.DueMissed {
		t.Errorf("the birth dose of a child of ten weeks: %+v", due["VGB0"])
	}
	if len(due["PCV"].Vaccine) > 0 || len(due["VAR"].Vaccine) > 0 {
		t.Errorf("called for what is not offered here: %v", due)
	}
	give(t, tr, id, "DPT-VGB-HIB", "BOPV")
	today := tr.Station.Today()
	if r := dueAt(t, tr.Station.Node, id)["DPT-VGB-HIB"]; r.Dose != 2 || r.Earliest != today+28 {
		t.Errorf("after the first dose: %+v, want the second from %s", r, (today + 28).ISO())
	}
	tr.Sync(t)
	if k := left(t, tr.Hub.Node); k != 1 {
		t.Errorf("%d cases wait at the centre, want the one that came", k)
	}
	settle(t, tr.Hub.Node)
	if here, there := dueAt(t, tr.Station.Node, id), dueAt(t, tr.Hub.Node, id); len(here) == 0 || !mapsEqual(here, there) {
		t.Errorf("the station has %v, the centre %v", here, there)
	}
}

func mapsEqual(a, b map[string]project.DueRow) bool {
	if len(a) != len(b) {
		return false
	}
	for k := range a {
		if a[k] != b[k] {
			return false
		}
	}
	return true
}

// A child grows too old for a vaccine although nobody writes anything.
func TestDueFollowsTheDays(t *testing.T) {
	tr := nodetest.New(t)
	id := born(t, tr, "Bảo", 70)
	settle(t, tr.Station.Node)
	if r := dueAt(t, tr.Station.Node, id)["ROTA"]; r.Status != project.DueOpen {
		t.Fatalf("rota at ten weeks: %+v", r)
	}
	tr.Clock().Add(210 * 24 * time.Hour)
	if k := left(t, tr.Station.Node); k != 1 {
		t.Errorf("%d cases wait after half a year, want 1", k)
	}
	settle(t, tr.Station.Node)
	if r := dueAt(t, tr.Station.Node, id)["ROTA"]; r.Status != project.DueMissed || r.Latest == 0 {
		t.Errorf("rota at nine months: %+v", r)
	}
	if r := dueAt(t, tr.Station.Node, id)["SOI"]; r.Status != project.DueOpen || r.Recommended > tr.Station.Today() {
		t.Errorf("measles at nine months: %+v", r)
	}
}

// Two records of one child are one row; taken apart they are two again.
func TestDueFollowsLinks(t *testing.T) {
	ctx := context.Background()
	tr := nodetest.New(t)
	a := born(t, tr, "Bảo", 70)
	b := born(t, tr, "Ngọc", 70)
	give(t, tr, b, "BOPV")
	if err := tr.Station.Link(ctx, tr.Nurse, a, b, true); err != nil {
		t.Fatal(err)
	}
	settle(t, tr.Station.Node)
	lead, other := a, b
	if b.Compare(a) < 0 {
		lead, other = b, a
	}
	if rows := dueAt(t, tr.Station.Node, other); len(rows) != 0 {
		t.Errorf("the linked record has rows of its own: %v", rows)
	}
	if r := dueAt(t, tr.Station.Node, lead)["BOPV"]; r.Dose != 2 {
		t.Errorf("drops of both records: %+v", r)
	}
	if err := tr.Station.Link(ctx, tr.Nurse, a, b, false); err != nil {
		t.Fatal(err)
	}
	settle(t, tr.Station.Node)
	if one, two := dueAt(t, tr.Station.Node, a)["BOPV"], dueAt(t, tr.Station.Node, b)["BOPV"]; one.Dose != 1 || two.Dose != 2 {
		t.Errorf("taken apart: %+v and %+v", one, two)
	}
}

// An officer brings in another schedule: every node works out anew, a few cases at a time, and the rows are those
// that a fresh computation gives.
func TestDueFollowsTheSchedule(t *testing.T) {
	ctx := context.Background()
	tr := nodetest.New(t)
	var ids []p.EntityID
	for _, name := range []string{"An", "Bình", "Chi", "Dung", "Em"} {
		ids = append(ids, born(t, tr, name, 70))
	}
	settle(t, tr.Station.Node)
	tr.Sync(t)
	text := strings.NewReplacer("schedule: vn-2026-07", "schedule: thu", "from: 2026-07-01\n\nsources", "from: 2026-11-20\n\nsources").
		Replace(string(national.Text("vn-2026-07")))
	text += "  bcg:\n    antigens: BCG\n    programme: epi\n    cite: circular\n    doses:\n      - {dose: BCG 1, valid_from_age: 3m, recommended_age: 3m, latest_age: 12m}\n"
	done, err := tr.Hub.ImportSchedule(ctx, tr.Officer, "thu.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if done.Code != "thu" || done.Ends != "vn-2026-07" {
		t.Errorf("imported: %+v", done)
	}
	before := dueAt(t, tr.Station.Node, ids[0])["BCG"]
	tr.Sync(t)
	if k := left(t, tr.Station.Node); k != int64(len(ids)) {
		t.Errorf("%d cases wait after a change of the schedule, want %d", k, len(ids))
	}
	if r := dueAt(t, tr.Station.Node, ids[0])["BCG"]; r != before {
		t.Errorf("rows changed before they were worked out: %+v", r)
	}
	if steps := settle(t, tr.Station.Node); steps < 2 {
		t.Errorf("all was worked out in %d step", steps)
	}
	for _, id := range ids {
		if r, want := dueAt(t, tr.Station.Node, id)["BCG"], (tr.Station.Today() - 70).AddMonths(3); r.Recommended != want {
			t.Errorf("BCG under the new schedule: %+v, want it from %s", r, want.ISO())
		}
	}
	if got := tr.Station.Node.Advisor().Schedule(tr.Station.Today()).ID; got != "thu" {
		t.Errorf("the station follows %s", got)
	}
	// I9: what is kept is what follows.
	if err := tr.Station.Node.Store().View(ctx, func(tx store.Tx) error {
		for _, id := range ids {
			subjects, err := tx.SubjectsOfCase(id)
			if err != nil {
				return err
			}
			doses, err := tx.DosesOfCase(id)
			if err != nil {
				return err
			}
			kept, err := tx.DueOf(id)
			if err != nil {
				return err
			}
			fresh, _ := tr.Station.Node.Advisor().Due(id, subjects, doses, tr.Station.Node.Areas(tr.Commune, tr.Commune), tr.Station.Today())
			if len(kept) != len(fresh) || slices.ContainsFunc(fresh, func(r project.DueRow) bool { return !slices.Contains(kept, r) }) {
				t.Errorf("kept %v, but %v follows", kept, fresh)
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// A pilot of pneumococcal vaccine is offered in some provinces; the commune that is moved to one is told.
func TestDueFollowsTheMap(t *testing.T) {
	ctx := context.Background()
	tr := nodetest.New(t)
	id := born(t, tr, "Bảo", 70)
	if r := dueAt(t, tr.Station.Node, id)["PCV"]; r.Vaccine != "" {
		t.Fatalf("pneumococcus in Điện Biên before 2027: %+v", r)
	}
	var sonLa p.EntityID
	if err := tr.Hub.Node.Store().View(ctx, func(tx store.Tx) error {
		rows, err := tx.PlacesByCode("gso:14")
		if len(rows) > 0 {
			sonLa = rows[0].ID
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	tr.AmendPlace(t, tr.Commune, func(in *registry.PlaceInput) { in.Parent = sonLa })
	tr.Sync(t)
	settle(t, tr.Station.Node)
	if r := dueAt(t, tr.Station.Node, id)["PCV"]; r.Dose != 1 || r.Status != project.DueOpen {
		t.Errorf("pneumococcus in Sơn La in 2026: %+v", r)
	}
}

// Who is dead, or entered in error, is on no list.
func TestDueLetsGo(t *testing.T) {
	ctx := context.Background()
	tr := nodetest.New(t)
	dead, wrong := born(t, tr, "An", 70), born(t, tr, "Bình", 70)
	if err := tr.Station.Edit(ctx, tr.Nurse, dead, registry.Patch{registry.SubjectStatus: p.Int(int64(registry.StatusDied))}, nil); err != nil {
		t.Fatal(err)
	}
	if err := tr.Station.VoidSubject(ctx, tr.Head, wrong, "nhập nhầm", nil); err != nil {
		t.Fatal(err)
	}
	settle(t, tr.Station.Node)
	for _, id := range []p.EntityID{dead, wrong} {
		if rows := dueAt(t, tr.Station.Node, id); len(rows) != 0 {
			t.Errorf("still called for: %v", rows)
		}
	}
}

// What the hub sends is about records that are known. That of a card is not joined yet: however new the news is, a
// dose on the card would be missing, so the nurse is asked.
func TestNewsDoesNotAnswerForACard(t *testing.T) {
	ctx := context.Background()
	tr := nodetest.New(t)
	e := newElsewhere(t, tr)
	_, child := atHome(t, tr, "Lò Gia Bảo")
	id := e.fromCard(t, registry.SubjectInput{Code: child.Code, Name: "Lò Gia Bảo", BirthDate: child.BirthDate, MotherName: "Lò Thị Mai"})
	e.sync(t)
	advice, err := e.station.Forecast(ctx, e.nurse, id, e.station.Today())
	if err != nil {
		t.Fatal(err)
	}
	if d := advice.Doubt; d == nil || d.Sign != desk.SignProvisional || advice.Heard != e.station.Today() {
		t.Fatalf("doubt %+v, heard %s", d, advice.Heard)
	}
	if v := advice.Verdicts["DPT-VGB-HIB"]; v.Call != forecast.Ask {
		t.Errorf("the first five-in-one is %s: %+v", v.Call, advice.Verdicts)
	}
}

// Who was here today is not among those who are to come, whatever else they still need; and who is not shown is told of
// without their record being read.
func TestTodayLeavesOutWhoWasSeen(t *testing.T) {
	tr := nodetest.New(t)
	settle(t, tr.Station.Node)
	seen, waits := born(t, tr, "Bảo", 70), born(t, tr, "Chi", 75)
	settle(t, tr.Station.Node)
	list := func(show int) desk.Today {
		t.Helper()
		got, err := tr.Station.ListToday(context.Background(), tr.Nurse, tr.Station.Today(), show)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	all := list(0)
	if max(len(all.Due), len(all.Overdue)) != 2 || all.DueMore+all.OverdueMore != 0 {
		t.Errorf("before: %+v", all)
	}
	for show := 1; show <= 3; show++ { // one less than there are, all, and more
		got := list(show)
		for _, part := range []struct {
			got, all []desk.Expected
			more     int
		}{{got.Due, all.Due, got.DueMore}, {got.Overdue, all.Overdue, got.OverdueMore}} {
			if len(part.got) != min(show, len(part.all)) || len(part.got)+part.more != len(part.all) {
				t.Errorf("of %d, %d are shown and %d counted, where %d were asked for", len(part.all), len(part.got), part.more, show)
			}
			for i := range part.got {
				if part.got[i].Subject.ID != part.all[i].Subject.ID || part.got[i].Subject.Name == "" {
					t.Errorf("place %d of the first %d: %+v", i, show, part.got[i])
				}
			}
		}
	}
	give(t, tr, seen, "BOPV")
	if left := dueAt(t, tr.Station.Node, seen); len(left) == 0 {
		t.Fatal("nothing is left to give")
	}
	got := list(0)
	if all := append(got.Due, got.Overdue...); len(all) != 1 || all[0].Subject.ID != waits || len(all[0].Due) == 0 || len(got.Seen) != 1 || got.Seen[0].Subject.ID != seen {
		t.Errorf("after: %+v", got)
	}
}

// An account may be kept at the facility or at its commune: the lists of the station are the same.
func TestWorklistOfAFacilitysAccount(t *testing.T) {
	tr := nodetest.New(t)
	born(t, tr, "Bảo", 200)
	settle(t, tr.Station.Node)
	at := tr.AddUser(t, "diem", "Lò Thị Điểm", rights.Nurse, tr.Facility)
	for _, who := range []desk.Who{tr.Nurse, at} {
		people, err := tr.Station.Worklist(context.Background(), who, store.DueQuery{List: store.ListOverdue, On: tr.Station.Today()})
		if err != nil || len(people) != 1 {
			t.Errorf("%s sees %d people, %v", who.Login, len(people), err)
		}
	}
}
