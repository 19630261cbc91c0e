package desk_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"tramy/internal/desk"
	"tramy/internal/forecast"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

func recallOf(place p.EntityID, number string, children registry.RecallCare, on registry.Day) registry.RecallInput {
	return registry.RecallInput{
		Place: place, Vaccine: penta, Number: number, Kind: registry.RecallRecalled, Reason: "có vật lạ trong lọ", Document: "123/QLD-CL", Children: children, Day: on,
	}
}

func recalled(t testing.TB, d *desk.Desk, who desk.Who, in registry.RecallInput) p.EntityID {
	t.Helper()
	id, err := d.WriteRecall(t.Context(), who, in)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func recallAt(t testing.TB, d *desk.Desk, who desk.Who, id p.EntityID) *desk.Recalling {
	t.Helper()
	x, err := d.RecallAt(t.Context(), who, id)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func recallReport(t testing.TB, d *desk.Desk, who desk.Who, id, top p.EntityID) *desk.RecallReport {
	t.Helper()
	x, err := d.RecallReport(t.Context(), who, id, top)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func recallChildren(t testing.TB, d *desk.Desk, who desk.Who, id, place p.EntityID) []string {
	t.Helper()
	_, list, _, err := d.RecallChildren(t.Context(), who, id, place)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for i := range list {
		out = append(out, list[i].Subject.Name)
	}
	slices.Sort(out)
	return out
}

func recallsWaiting(t testing.TB, d *desk.Desk, who desk.Who) int {
	t.Helper()
	list, err := d.RecallsWaiting(t.Context(), who)
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}

// neighbour is a second commune of the province with a station of its own, its nurse, and what lets it exchange.
func neighbour(t *testing.T, tr *nodetest.Tree) (d *desk.Desk, nurse desk.Who, commune p.EntityID, sync func()) {
	t.Helper()
	commune, err := tr.Hub.AddPlace(t.Context(), tr.Admin, registry.PlaceInput{Parent: tr.Province, Code: "gso:03385", Name: "Xã Thanh Nưa", Level: registry.LevelCommune, Type: "xa"})
	if err != nil {
		t.Fatal(err)
	}
	facility, err := tr.Hub.AddPlace(t.Context(), tr.Admin, registry.PlaceInput{
		Parent: commune, Code: "kcb:11002", Name: "Trạm Y tế xã Thanh Nưa", Level: registry.LevelFacility, Type: registry.PlaceStation,
	})
	if err != nil {
		t.Fatal(err)
	}
	nurse = tr.AddUser(t, "nua", "Quàng Thị Nưa", rights.Nurse, commune)
	s := tr.AddStation(t, tr.Hub, facility, "Máy Thanh Nưa")
	t.Cleanup(s.Uplink.Client.Close)
	sync = func() {
		t.Helper()
		if res, err := s.Uplink.Client.Sync(t.Context()); err != nil || res.Refusal != nil {
			t.Fatal(err, res.Refusal)
		}
	}
	sync()
	return s.Desk, nurse, commune, sync
}

// A lot is recalled at the centre: it stops at once at every station, the remaining doses and the children are known, and who was not
// heard from is named until it is. What a dark machine gave meanwhile stands on the list when it comes.
func TestRecallStopsTheLotEverywhere(t *testing.T) {
	tr := nodetest.New(t)
	d := tr.Station.Desk
	second, sync := other(t, tr)
	far, nua, farCommune, farSync := neighbour(t, tr)
	an, binh := child(t, tr, "Vàng A An", "2026-07-18"), child(t, tr, "Thào A Bình", "2026-07-18")
	moved(t, d, tr.Nurse, received(penta, "A24-123", 40, 0))
	mustGive(t, d, tr.Nurse, an, penta, "a24 123")
	mustGive(t, d, tr.Nurse, binh, penta, "B-1")
	tr.Sync(t)

	tr.Clock().Add(time.Hour)
	id := recalled(t, tr.Hub.Desk, tr.Officer, recallOf(tr.Nation, "A24/123", registry.CareWatch, d.Today()))
	before := recallReport(t, tr.Hub.Desk, tr.Officer, id, p.EntityID{})
	if got := len(before.Silent); got != 2 || before.Sum.Silent != 2 || before.Sum.Given != 1 || before.Sum.Children != 1 || before.Sum.Left != 39 {
		t.Fatalf("before anybody heard: %d silent, %+v", got, before.Sum)
	}
	if at := slices.IndexFunc(before.Silent, func(x desk.RecallSilent) bool { return x.Place == tr.Facility }); at < 0 || before.Silent[at].Left != 39 || before.Silent[at].HeardMS == 0 {
		t.Errorf("what the silent station may still have is not said: %+v", before.Silent)
	}
	if stopped(t, d, penta, "A24-123") {
		t.Error("the station knows of the recall before it was told")
	}
	if _, err := gave(t, d, tr.Nurse, binh, penta, "A24.123", "bé đến muộn"); err != nil { // before it hears
		t.Fatal(err)
	}
	tr.Clock().Add(time.Minute)
	tr.Sync(t)
	sync()
	for name, s := range map[string]*desk.Desk{"the laptop": d, "the other one": second} {
		if !stopped(t, s, penta, "a24123") || stopped(t, s, penta, "B-1") || stopped(t, s, "BOPV", "A24-123") {
			t.Errorf("%s gives what is recalled, or not what is not", name)
		}
		if n := recallsWaiting(t, s, tr.Nurse); n != 1 {
			t.Errorf("%s asks for %d lots to be set apart, want 1", name, n)
		}
	}
	if got := recallChildren(t, d, tr.Nurse, id, p.EntityID{}); !slices.Equal(got, []string{"Thào A Bình", "Vàng A An"}) {
		t.Errorf("the nurse is shown %q", got)
	}
	if err := d.ChooseLot(t.Context(), tr.Nurse, penta, "A24 123", 0, 0); err == nil {
		t.Error("the lot is put in hand")
	}
	lots, err := d.KnownLots(t.Context(), tr.Nurse)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lots[penta] {
		if registry.SameLot(l.Number, "A24-123") && (l.InHand || l.Suspended == "") {
			t.Errorf("the lot is proposed: %+v", l)
		}
	}
	// It is refused unless somebody says why, and what was given on paper is kept.
	chi := child(t, tr, "Lường Thị Chi", "2026-07-18")
	var list registry.Errors
	if _, err := gave(t, d, tr.Nurse, chi, penta, "A24-123", ""); !errors.As(err, &list) || list[0].Code != registry.CodeLotStopped && list[0].Code != registry.CodeAgainst {
		t.Errorf("a recalled lot is given: %v", err)
	}
	if _, err := d.RecordVisit(t.Context(), tr.Nurse, desk.Visit{Subject: chi, Paper: true, Doses: []registry.ImmunizationInput{{
		Vaccine: penta, Lot: "A24-123", GivenOn: d.Today() - 1, Source: registry.SourceHere,
	}}}); err != nil {
		t.Errorf("a late entry is refused: %v", err)
	}

	// Set apart: the count is the ledger's from then on.
	if ids, err := d.SetApart(t.Context(), tr.Nurse, id, []int{36}, ""); err != nil || len(ids) != 1 {
		t.Fatal(ids, err)
	}
	if n := recallsWaiting(t, d, tr.Nurse); n != 0 || balance(t, d, tr.Facility, penta, "A24-123") != 36 {
		t.Errorf("%d still to be set apart, the ledger says %d", n, balance(t, d, tr.Facility, penta, "A24-123"))
	}
	tr.Clock().Add(time.Minute)
	tr.Sync(t)
	sync()
	if n := recallsWaiting(t, second, tr.Nurse); n != 0 {
		t.Errorf("the other laptop still asks: %d", n)
	}
	after := recallReport(t, tr.Hub.Desk, tr.Officer, id, tr.Province)
	if after.Sum.Apart != 36 || after.Sum.Left != 36 || after.Sum.Given != 3 || after.Sum.Children != 3 || after.Sum.Confirmed != 1 || after.Sum.Stations != 2 || after.Sum.Silent != 1 {
		t.Errorf("after one station confirmed: %+v", after.Sum)
	}
	if len(after.Silent) != 1 || after.Silent[0].Name != "Trạm Y tế xã Thanh Nưa" {
		t.Errorf("not heard from: %+v", after.Silent)
	}

	// More of it arrives: it is to be set apart again.
	tr.Clock().Add(time.Minute)
	moved(t, d, tr.Nurse, received(penta, "A24-123", 10, 0))
	if n := recallsWaiting(t, d, tr.Nurse); n != 1 {
		t.Errorf("what came after it was set apart is not asked for: %d", n)
	}

	// The dark station comes, with a child who had it.
	dot, _, err := far.Register(t.Context(), nua, registry.SubjectInput{
		Name: "Quàng A Dũng", BirthDate: day(t, "2026-07-18"), BirthPrec: registry.PrecisionDay, Sex: registry.SexMale, MotherName: "Quàng Thị É", Place: farCommune,
	}, true)
	if err != nil {
		t.Fatal(err)
	}
	mustGive(t, far, nua, dot, penta, "A24-123")
	tr.Clock().Add(time.Minute)
	farSync()
	if !stopped(t, far, penta, "A24-123") || recallsWaiting(t, far, nua) != 1 {
		t.Error("the dark station did not hear of the recall")
	}
	late := recallReport(t, tr.Hub.Desk, tr.Officer, id, tr.Province)
	if len(late.Silent) != 0 || !slices.ContainsFunc(late.Open, func(x desk.RecallSilent) bool { return x.Name == "Trạm Y tế xã Thanh Nưa" && x.Given == 1 }) {
		t.Errorf("the dark station came: %+v, %+v", late.Silent, late.Open)
	}
	if got := recallChildren(t, tr.Hub.Desk, tr.Officer, id, farCommune); !slices.Equal(got, []string{"Quàng A Dũng"}) {
		t.Errorf("the officer is shown %q", got)
	}
	if _, err := far.SetApart(t.Context(), nua, id, []int{0}, ""); err != nil {
		t.Fatal(err)
	}
	if recallsWaiting(t, far, nua) != 0 {
		t.Error("a station that has none cannot say so")
	}

	// Lifted: it is given again.
	x := recallAt(t, tr.Hub.Desk, tr.Officer, id)
	if err := tr.Hub.Desk.LiftRecall(t.Context(), tr.Officer, id, "kết quả kiểm nghiệm đạt", registry.SawOf(x.State)); err != nil {
		t.Fatal(err)
	}
	tr.Sync(t)
	if stopped(t, d, penta, "A24-123") || recallsWaiting(t, d, tr.Nurse) != 0 {
		t.Error("the lot stays stopped after the recall was lifted")
	}
}

// A dose of a lot that is to be given again does not count, for those who had it alone, and counts again once that is lifted.
func TestRecalledDoseIsGivenAgain(t *testing.T) {
	tr := nodetest.New(t)
	d := tr.Station.Desk
	an, binh := child(t, tr, "Vàng A An", "2026-07-18"), child(t, tr, "Thào A Bình", "2026-07-18")
	mine := mustGive(t, d, tr.Nurse, an, penta, "A24-123")
	others := mustGive(t, d, tr.Nurse, binh, penta, "B-1")
	tr.Sync(t)
	tr.Clock().Add(time.Minute)
	workOut := func() {
		t.Helper()
		for more := true; more; {
			var err error
			if more, err = d.Node.WorkOutDue(t.Context(), 100); err != nil {
				t.Fatal(err)
			}
		}
	}
	workOut()
	generation := d.Node.Advisor().Generation
	judged := func(subject, dose p.EntityID) desk.DoseJudgement {
		t.Helper()
		advice, err := d.Forecast(t.Context(), tr.Nurse, subject, d.Today())
		if err != nil {
			t.Fatal(err)
		}
		return advice.Doses[dose]
	}
	if j := judged(an, mine); j.Status != forecast.Valid {
		t.Fatalf("before: %+v", j)
	}
	id := recalled(t, tr.Hub.Desk, tr.Officer, recallOf(tr.Province, "A24123", registry.CareAgain, d.Today()))
	tr.Sync(t)
	j := judged(an, mine)
	if j.Status != forecast.Substandard || !slices.ContainsFunc(j.Reasons, func(r forecast.Reason) bool { return r.Code == forecast.ReasonRecalled }) {
		t.Errorf("a dose of a recalled lot is %s for %+v", j.Status, j.Reasons)
	}
	if j := judged(binh, others); j.Status != forecast.Valid {
		t.Errorf("a dose of another lot is %s", j.Status)
	}
	if d.Node.Advisor().Generation != generation {
		t.Error("everybody is worked out anew")
	}
	if left, err := d.Node.DueLeft(t.Context()); err != nil || left != 1 {
		t.Errorf("%d are worked out anew, want the one who had it (%v)", left, err)
	}
	workOut()
	if _, err := d.Node.Rebuild(t.Context(), false, nil); err != nil {
		t.Fatal(err)
	}
	if j := judged(an, mine); j.Status != forecast.Substandard {
		t.Errorf("after the rows were made anew it is %s", j.Status)
	}
	x := recallAt(t, tr.Hub.Desk, tr.Officer, id)
	if err := tr.Hub.Desk.LiftRecall(t.Context(), tr.Officer, id, "nhầm lô", registry.SawOf(x.State)); err != nil {
		t.Fatal(err)
	}
	tr.Sync(t)
	if j := judged(an, mine); j.Status != forecast.Valid {
		t.Errorf("after it was lifted the dose is %s", j.Status)
	}
}

// Two officers who did not hear of each other recall one lot: both are shown, one is set apart for both, and to lift one is not to lift
// the other.
func TestRecallWrittenTwice(t *testing.T) {
	tr := nodetest.New(t)
	d := tr.Station.Desk
	moved(t, d, tr.Nurse, received(penta, "A24-123", 40, 0))
	first := recalled(t, tr.Hub.Desk, tr.Officer, recallOf(tr.Nation, "A24-123", registry.CareNothing, d.Today()))
	second := recalled(t, tr.Hub.Desk, tr.Officer, recallOf(tr.Province, "a24 123", registry.CareWatch, d.Today()))
	tr.Sync(t)
	x := recallAt(t, d, tr.Nurse, first)
	if len(x.Twins) != 1 || x.Twins[0].ID != second || recallsWaiting(t, d, tr.Nurse) != 1 {
		t.Fatalf("twins %+v", x.Twins)
	}
	if _, err := d.SetApart(t.Context(), tr.Nurse, second, []int{40}, ""); err != nil {
		t.Fatal(err)
	}
	tr.Sync(t)
	if recallsWaiting(t, d, tr.Nurse) != 0 || !recallAt(t, d, tr.Nurse, first).Here.Handled || recallReport(t, tr.Hub.Desk, tr.Officer, first, tr.Nation).Sum.Apart != 40 {
		t.Error("what was set apart for one is not set apart for the other")
	}
	y := recallAt(t, tr.Hub.Desk, tr.Officer, first)
	if err := tr.Hub.Desk.LiftRecall(t.Context(), tr.Officer, first, "viết hai lần", registry.SawOf(y.State)); err != nil {
		t.Fatal(err)
	}
	tr.Sync(t)
	if !stopped(t, d, penta, "A24-123") {
		t.Error("to lift one lifts the other")
	}
}

// Who may recall: an officer, at a hub, for their own places. A hub's machine that writes about more than its place is held.
func TestWhoMayRecall(t *testing.T) {
	tr := nodetest.New(t)
	below := tr.AddHub(t, tr.Province, "Máy chủ tỉnh")
	tinh := tr.AddUser(t, "tinh", "Lê Văn Tỉnh", rights.Province, tr.Province)
	if res, err := below.Uplink.Client.Sync(t.Context()); err != nil || res.Refusal != nil {
		t.Fatal(err, res)
	}
	nation := recalled(t, tr.Hub.Desk, tr.Officer, recallOf(tr.Nation, "N-1", registry.CareWatch, tr.Hub.Desk.Today()))
	if res, err := below.Uplink.Client.Sync(t.Context()); err != nil || res.Refusal != nil {
		t.Fatal(err, res)
	}
	if _, err := tr.Station.WriteRecall(t.Context(), tr.Nurse, recallOf(tr.Commune, "A-1", registry.CareWatch, tr.Station.Today())); !errors.Is(err, desk.ErrForbidden) {
		t.Errorf("a nurse recalls a lot: %v", err)
	}
	if _, err := tr.Station.WriteRecall(t.Context(), tr.Officer, recallOf(tr.Commune, "A-1", registry.CareWatch, tr.Station.Today())); !errors.Is(err, desk.ErrElsewhere) {
		t.Errorf("a recall is written at a station: %v", err)
	}
	if _, err := below.WriteRecall(t.Context(), tinh, recallOf(tr.Nation, "A-1", registry.CareWatch, below.Today())); !errors.Is(err, desk.ErrElsewhere) {
		t.Errorf("a province recalls for the nation: %v", err)
	}
	x := recallAt(t, below.Desk, tinh, nation)
	if x.MayChange {
		t.Error("a province is offered to change the nation's recall")
	}
	if err := below.LiftRecall(t.Context(), tinh, nation, "thử", registry.SawOf(x.State)); !errors.Is(err, desk.ErrElsewhere) {
		t.Errorf("a province lifts the nation's: %v", err)
	}
	own := recalled(t, below.Desk, tinh, recallOf(tr.Province, "A-1", registry.CareWatch, below.Today()))
	if res, err := below.Uplink.Client.Sync(t.Context()); err != nil || res.Refusal != nil {
		t.Fatal(err, res)
	}
	if got := recallAt(t, tr.Hub.Desk, tr.Officer, own); !got.InForce() {
		t.Error("the centre does not know the province's recall")
	}
	tr.Sync(t)
	if !stopped(t, tr.Station.Desk, penta, "A-1") {
		t.Error("the province's recall did not reach its station")
	}
	// A wrong entry is said beside its field.
	var list registry.Errors
	_, err := tr.Hub.Desk.WriteRecall(t.Context(), tr.Officer, registry.RecallInput{Place: tr.Nation, Vaccine: "KHÔNG", Number: " - ", Day: tr.Hub.Desk.Today() + 1})
	for field, code := range map[string]registry.Code{
		"vaccine": registry.CodeVaccineUnknown, "number": registry.CodeRequired, "kind": registry.CodeRequired, "children": registry.CodeRequired,
		"reason": registry.CodeReasonRequired, "day": registry.CodeDayFuture,
	} {
		if !errors.As(err, &list) || !list.Has(field, code) {
			t.Errorf("%s: no %s in %v", field, code, err)
		}
	}
	// A program that does not ask who may is not believed by the hub above: the nation's recall stands, and what it wrote is held.
	draft, err := registry.LiftRecall(recallAt(t, below.Desk, tinh, nation).State, "không hỏi ai", below.Today(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := below.Node.Append(t.Context(), tinh.User, func(store.Tx, func(int) p.EntityID) ([]registry.Draft, error) { return []registry.Draft{draft}, nil }); err != nil {
		t.Fatal(err)
	}
	if res, err := below.Uplink.Client.Sync(t.Context()); err != nil || res.Refusal != nil {
		t.Fatal(err, res)
	}
	if got := recallAt(t, tr.Hub.Desk, tr.Officer, nation); !got.InForce() {
		t.Error("a hub below lifted what the nation recalled")
	}
}
