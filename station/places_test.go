package station_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"tramy/hub"
	"tramy/internal/desk"
	"tramy/internal/node"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	"tramy/station"
	p "tramy/syncproto"
)

// site is a commune with its station's machine and nurse.
type site struct {
	commune, facility p.EntityID
	st                *station.Station
	nurse             desk.Who
}

// reformed is a district with a hub and three communes. On its day the district ends, xã A and xã B become xã Mới with
// a part of xã C, the rest of which becomes xã Nhỏ.
type reformed struct {
	*nodetest.Tree
	t            *testing.T
	district     p.EntityID
	hub          *hub.Hub
	a, b, c      site
	fresh, small p.EntityID
	day          registry.Day
}

func newReformed(t *testing.T) *reformed {
	t.Helper()
	r := &reformed{Tree: nodetest.New(t), t: t}
	r.day = r.Hub.Today() + 3
	r.district = r.place(registry.PlaceInput{Parent: r.Province, Code: "gso:096", Name: "Huyện Cũ", Level: registry.LevelRegion, Type: "huyen"})
	r.hub = r.AddHub(t, r.district, "Máy huyện")
	for i, s := range []*site{&r.a, &r.b, &r.c} {
		name := string(rune('A' + i))
		s.commune = r.place(registry.PlaceInput{Parent: r.district, Code: "gso:0310" + name, Name: "Xã " + name, Level: registry.LevelCommune, Type: "xa"})
		s.facility = r.place(registry.PlaceInput{Parent: s.commune, Code: "kcb:" + name, Name: "Trạm " + name, Level: registry.LevelFacility, Type: registry.PlaceStation})
		s.nurse = r.AddUser(t, "nurse-"+string(rune('a'+i)), "Y tá "+name, rights.Nurse, s.commune)
	}
	r.sync(r.hub.Uplink.Client)
	for _, s := range []*site{&r.a, &r.b, &r.c} {
		s.st = r.AddStation(t, r.hub, s.facility, "Máy")
		r.sync(s.st.Uplink.Client)
	}
	return r
}

func (r *reformed) place(in registry.PlaceInput) p.EntityID {
	r.t.Helper()
	id, err := r.Hub.AddPlace(context.Background(), r.Admin, in)
	r.must(err)
	return id
}

func (r *reformed) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

// change enters a dated change of a place at the centre.
func (r *reformed) change(id p.EntityID, edit func(*registry.PlaceInput)) {
	r.t.Helper()
	_, err := r.Hub.Node.Append(context.Background(), r.Admin.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		s, err := tx.State(id)
		if err != nil {
			return nil, err
		}
		place := registry.PlaceOf(s)
		edit(&place.PlaceInput)
		draft, err := registry.EditFields(s, place.Patch(s), registry.SawOf(s))
		return []registry.Draft{draft}, err
	})
	r.must(err)
}

// reform enters all of it, to hold from the day on.
func (r *reformed) reform() {
	r.t.Helper()
	commune := registry.PlaceInput{Parent: r.Province, Level: registry.LevelCommune, Type: "xa", From: r.day}
	commune.Code, commune.Name, commune.Hamlets = "gso:0310M", "Xã Mới", []string{"bản Một", "Bản C Trên"}
	r.fresh = r.place(commune)
	commune.Code, commune.Name, commune.Hamlets = "gso:0310N", "Xã Nhỏ", []string{"Bản C Dưới"}
	r.small = r.place(commune)
	ends := func(id p.EntityID, next ...p.EntityID) {
		r.change(id, func(in *registry.PlaceInput) { in.Until, in.Successors = r.day, next })
	}
	moves := func(s *site, to p.EntityID) {
		r.change(s.facility, func(in *registry.PlaceInput) {
			in.Former = append(in.Former, registry.FormerPlace{Until: r.day, Parent: in.Parent, Code: in.Code, Name: in.Name, Type: in.Type})
			in.Parent, in.Type = to, registry.PlacePoint
		})
	}
	ends(r.a.commune, r.fresh)
	ends(r.b.commune, r.fresh)
	ends(r.c.commune, r.fresh, r.small)
	ends(r.district)
	moves(&r.a, r.fresh)
	moves(&r.b, r.fresh)
	moves(&r.c, r.small)
}

// exchanger is what exchanges with a machine above.
type exchanger interface {
	Sync(ctx context.Context) (node.Result, error)
}

// sync exchanges and returns how many states came down.
func (r *reformed) sync(x exchanger) int {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	res, err := x.Sync(ctx)
	r.must(err)
	if res.Refusal != nil {
		r.t.Fatalf("refused: %s", res.Refusal.Message)
	}
	return res.Received
}

// quiet exchanges until everybody has heard everything.
func (r *reformed) quiet(sites ...*site) {
	r.t.Helper()
	for range 3 {
		for _, s := range sites {
			r.sync(s.st.Uplink.Client)
		}
		r.sync(r.hub.Uplink.Client)
	}
}

func (s *site) child(t *testing.T, home p.EntityID, name, hamlet string) p.EntityID {
	t.Helper()
	ctx := context.Background()
	id, _, err := s.st.Register(ctx, s.nurse, registry.SubjectInput{
		Place: home, Name: name, Hamlet: hamlet, BirthDate: s.st.Today() - 100, MotherName: "Lò Thị Mai",
	}, true)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func (s *site) dose(t *testing.T, child p.EntityID, vaccine string) p.EntityID {
	t.Helper()
	ids, err := s.st.RecordVisit(context.Background(), s.nurse, desk.Visit{
		Subject: child, Screening: registry.ScreeningEligible, Checked: registry.CheckedTold,
		Doses: []registry.ImmunizationInput{{Vaccine: vaccine, Against: "thử"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return ids[0]
}

// residenceAt returns where a machine has somebody, zeros if it does not know them.
func residenceAt(t *testing.T, d *desk.Desk, id p.EntityID) (recorded, residence p.EntityID) {
	t.Helper()
	err := d.Node.Store().View(context.Background(), func(tx store.Tx) error {
		row, err := tx.SubjectRow(id)
		if row != nil {
			recorded, residence = row.Recorded, row.Residence
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return recorded, residence
}

// sums returns the fingerprints that a machine keeps of scopes.
func sums(t *testing.T, d *desk.Desk, scopes []p.EntityID) (out []store.ScopeSum) {
	t.Helper()
	err := d.Node.Store().View(context.Background(), func(tx store.Tx) error {
		for _, scope := range scopes {
			sum, err := tx.Sum(scope)
			if err != nil {
				return err
			}
			out = append(out, sum)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// A laptop was dark while its commune was joined to another. It goes on by its old map, and nothing it wrote is held,
// nothing it holds is sent again, and afterwards both stations hold one register.
func TestStationsWorkThroughAReform(t *testing.T) {
	ctx := context.Background()
	r := newReformed(t)
	const own = 30
	var first p.EntityID
	for i := range own {
		id := r.a.child(t, r.a.commune, fmt.Sprintf("Trẻ %d", i), "")
		if r.a.dose(t, id, "BCG"); i == 0 {
			first = id
		}
	}
	ofB := r.b.child(t, r.b.commune, "Trẻ xã B", "")
	ofC := r.c.child(t, r.c.commune, "Trẻ xã C", "")
	r.quiet(&r.a, &r.b, &r.c)

	r.reform()
	r.quiet(&r.b, &r.c)
	r.Clock().Add(5 * 24 * time.Hour)
	dark := r.a.child(t, r.a.commune, "Sinh khi mất mạng", "")
	r.a.dose(t, dark, "BCG")
	late := r.a.dose(t, first, "VGB")
	after := r.b.child(t, r.fresh, "Sinh ở xã Mới", "")
	r.b.dose(t, after, "BCG")

	came := r.sync(r.a.st.Uplink.Client)
	r.quiet(&r.a, &r.b, &r.c)
	came += r.sync(r.a.st.Uplink.Client)
	if came >= own*3/2 { // each of its children is a person, a dose and a visit; others' and places came as well
		t.Errorf("%d states came down, its own register of %d among them", came, own)
	}
	for _, d := range []*desk.Desk{r.Hub.Desk, r.hub.Desk} {
		err := d.Node.Store().View(ctx, func(tx store.Tx) error {
			held, err := tx.HeldLogs()
			if len(held) > 0 {
				t.Errorf("held: %+v", held)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range []*site{&r.a, &r.b} {
		home := s.st.Home()
		if home.Commune != r.fresh {
			t.Errorf("%s looks after %s", s.facility, home.Commune)
		}
		for name, id := range map[string]p.EntityID{"A": first, "dark": dark, "B": ofB, "new": after} {
			if recorded, _ := residenceAt(t, s.st.Desk, id); recorded.IsZero() {
				t.Errorf("%s does not know the child %q", s.facility, name)
			}
		}
	}
	if recorded, _ := residenceAt(t, r.a.st.Desk, ofC); recorded.IsZero() {
		t.Error("a part of xã C came to xã Mới, but A does not know its children")
	}
	if recorded, _ := residenceAt(t, r.c.st.Desk, ofB); !recorded.IsZero() {
		t.Error("xã Nhỏ got nothing of xã B, but knows its children")
	}
	scopes := r.Hub.Node.Atlas().StationScopes(r.a.facility)
	for _, commune := range []p.EntityID{r.a.commune, r.b.commune, r.c.commune, r.fresh} {
		if !slices.Contains(scopes, commune) {
			t.Errorf("A is not served %s", commune)
		}
	}
	want := sums(t, r.Hub.Desk, scopes)
	for i, d := range []*desk.Desk{r.a.st.Desk, r.b.st.Desk, r.hub.Desk} {
		if got := sums(t, d, scopes); !slices.Equal(got, want) {
			t.Errorf("machine %d: sums %v, the centre has %v", i, got, want)
		}
	}
	// A dose after the reform belongs to the new commune as well; the record stays where it was made.
	err := r.Hub.Node.Store().View(ctx, func(tx store.Tx) error {
		routes, err := tx.Routes(late)
		var at []p.EntityID
		for _, x := range routes {
			if !x.Left {
				at = append(at, x.Scope)
			}
		}
		if len(at) != 2 || !slices.Contains(at, r.a.commune) || !slices.Contains(at, r.fresh) {
			t.Errorf("the dose is at %v", at)
		}
		return err
	})
	r.must(err)
}

// A new laptop gets the places there are, and the history of its own communes.
func TestNewLaptopGetsThePresentTreeAndItsOwnHistory(t *testing.T) {
	r := newReformed(t)
	other := r.place(registry.PlaceInput{Parent: r.Province, Code: "gso:097", Name: "Huyện Khác", Level: registry.LevelRegion, Type: "huyen"})
	far := r.place(registry.PlaceInput{Parent: other, Code: "gso:03200", Name: "Xã Xa", Level: registry.LevelCommune, Type: "xa"})
	r.Sync(t) // the station of a commune far away has heard of all of them
	r.reform()
	r.change(far, func(in *registry.PlaceInput) { in.Until, in.Successors = r.day, []p.EntityID{r.Commune} })
	r.change(other, func(in *registry.PlaceInput) { in.Until = r.day })
	r.sync(r.hub.Uplink.Client)
	laptop := r.AddStation(t, r.hub, r.b.facility, "Máy mới")
	r.sync(laptop.Uplink.Client)
	known := map[p.EntityID]bool{}
	ended := 0
	for _, id := range laptop.Node.Atlas().Places() {
		known[id] = true
		if row, _ := laptop.Node.Atlas().Row(id); row.Until != 0 {
			ended++
		}
	}
	for _, id := range []p.EntityID{r.a.commune, r.b.commune, r.c.commune, r.district} {
		if !known[id] {
			t.Errorf("%s is missing: the people of its communes were recorded there", id)
		}
	}
	if ended != 4 || known[far] || known[other] {
		t.Errorf("%d ended places, want 4; those of others: %v %v", ended, known[far], known[other])
	}
	if all := r.Hub.Node.Atlas().Places(); len(known) != len(all)-2 {
		t.Errorf("%d of %d places", len(known), len(all))
	}
	// Who had them keeps them, and the sums agree.
	r.Sync(t)
	r.quiet(&r.a, &r.b, &r.c)
	if _, ok := r.Station.Node.Atlas().Row(r.a.commune); !ok {
		t.Error("the station of another commune lost a place")
	}
	all := []p.EntityID{{}}
	if got, want := sums(t, laptop.Desk, all), sums(t, r.Hub.Desk, all); !slices.Equal(got, want) {
		t.Errorf("what goes to everybody: %v, want %v", got, want)
	}
}

// Of a commune that was split a hamlet says where its people are; of the others somebody has to, and every station that
// got a part sees them until then.
func TestPeopleOfASplitCommuneAreAskedOnce(t *testing.T) {
	ctx := context.Background()
	r := newReformed(t)
	upper := r.c.child(t, r.c.commune, "Ở bản trên", "BẢN C TRÊN")
	lower := r.c.child(t, r.c.commune, "Ở bản dưới", "bản C dưới")
	var unclear []p.EntityID
	for i := range 70 { // more than one act holds
		unclear = append(unclear, r.c.child(t, r.c.commune, fmt.Sprintf("Trẻ %d", i), "bản C Giữa"))
	}
	bare := r.c.child(t, r.c.commune, "Chưa ghi bản", "")
	r.quiet(&r.a, &r.c)
	r.reform()
	r.quiet(&r.a, &r.c)
	r.Clock().Add(5 * 24 * time.Hour)
	machines := []*desk.Desk{r.a.st.Desk, r.c.st.Desk, r.hub.Desk, r.Hub.Desk}
	expect := func(what string, id, want p.EntityID) {
		t.Helper()
		for i, d := range machines {
			if _, got := residenceAt(t, d, id); got != want {
				t.Errorf("%s: machine %d has %s, want %s", what, i, got, want)
			}
		}
	}
	expect("above", upper, r.fresh)
	expect("below", lower, r.small)
	expect("between", unclear[0], r.c.commune)

	for _, s := range []*site{&r.a, &r.c} {
		groups, err := s.st.AskHome(ctx, s.nurse)
		r.must(err)
		if len(groups) != 2 || len(groups[0].People) != 70 || groups[0].Hamlet != "bản C Giữa" || len(groups[1].People) != 1 || len(groups[0].Choices) != 2 {
			t.Fatalf("asks for %d groups: %+v", len(groups), groups)
		}
		_, err = s.st.Node.WorkOutDue(ctx, 1000)
		r.must(err)
		people, err := s.st.Worklist(ctx, s.nurse, store.DueQuery{List: store.ListOverdue, On: s.st.Today()})
		r.must(err)
		due, err := s.st.Expect(ctx, s.nurse, people)
		r.must(err)
		asked := 0
		for _, x := range due {
			if x.AskHome {
				asked++
			}
		}
		if asked != 71 {
			t.Errorf("%d in the list are marked", asked)
		}
	}
	if _, err := r.c.st.SettleHome(ctx, r.c.nurse, unclear[:1], r.Commune); err == nil {
		t.Error("somebody was put into a commune that got nothing of theirs")
	}
	if n, err := r.c.st.SettleHome(ctx, r.c.nurse, append(slices.Clone(unclear), upper), r.small); err != nil || n != 70 {
		t.Errorf("%d settled, %v", n, err)
	}
	r.quiet(&r.c, &r.a, &r.c, &r.a)
	expect("settled", unclear[69], r.small)
	expect("not touched", upper, r.fresh)
	expect("still unclear", bare, r.c.commune)
	if n, err := r.a.st.CountAskHome(ctx); err != nil || n != 1 {
		t.Errorf("A has still %d to ask, %v", n, err)
	}
	// What is known later settles the rest: the hamlet of the record, or that of a successor.
	r.change(r.fresh, func(in *registry.PlaceInput) { in.Hamlets = append(in.Hamlets, "bản Sau") })
	s := r.state(r.c.st.Desk, bare)
	r.must(r.c.st.Edit(ctx, r.c.nurse, bare, registry.Patch{registry.SubjectHamlet: p.Text("Bản sau")}, registry.SawOf(s)))
	r.quiet(&r.c, &r.a, &r.c, &r.a)
	expect("by its hamlet", bare, r.fresh)
}

func (r *reformed) state(d *desk.Desk, id p.EntityID) (s *p.State) {
	r.t.Helper()
	r.must(d.Node.Store().View(context.Background(), func(tx store.Tx) (err error) {
		s, err = tx.State(id)
		return err
	}))
	return s
}

// scopesOf returns where an entity is.
func (r *reformed) scopesOf(id p.EntityID) (at []p.EntityID) {
	r.t.Helper()
	r.must(r.Hub.Node.Store().View(context.Background(), func(tx store.Tx) error {
		routes, err := tx.Routes(id)
		for _, x := range routes {
			if !x.Left {
				at = append(at, x.Scope)
			}
		}
		return err
	}))
	slices.SortFunc(at, p.EntityID.Compare)
	return at
}

// A station that moves on a day leaves its doses where they were given; one that was entered at the wrong commune takes
// all of them along. Nothing it writes at either place is held.
func TestStationMovesByADayOrByACorrection(t *testing.T) {
	r := newReformed(t)
	child := r.a.child(t, r.b.commune, "Trẻ", "")
	early := r.a.dose(t, child, "BCG")
	r.quiet(&r.a)
	want := func(what string, id p.EntityID, communes ...p.EntityID) {
		t.Helper()
		slices.SortFunc(communes, p.EntityID.Compare)
		if got := r.scopesOf(id); !slices.Equal(got, communes) {
			t.Errorf("%s is at %v, want %v", what, got, communes)
		}
	}
	want("a dose", early, r.a.commune, r.b.commune)
	today := r.a.st.Today()
	r.change(r.a.facility, func(in *registry.PlaceInput) {
		in.Former = []registry.FormerPlace{{Until: today + 2, Parent: in.Parent, Code: in.Code, Name: in.Name, Type: in.Type}}
		in.Parent = r.c.commune
	})
	want("a dose before the move", early, r.a.commune, r.b.commune)
	r.quiet(&r.a)
	r.Clock().Add(3 * 24 * time.Hour)
	if home := r.a.st.Home(); home.Commune != r.c.commune {
		t.Errorf("the station looks after %s", home.Commune)
	}
	for facility, may := range map[p.EntityID]bool{r.c.facility: true, r.b.facility: false} {
		if r.a.st.Node.MayRecordAt(facility) != may {
			t.Errorf("what it writes for %s would be let in: %v", facility, !may)
		}
	}
	late := r.a.dose(t, child, "VGB")
	here := r.a.child(t, r.c.commune, "Trẻ ở xã C", "")
	r.a.dose(t, here, "BCG")
	r.quiet(&r.a)
	want("the case after a dose at the new commune", early, r.a.commune, r.b.commune, r.c.commune)
	want("that dose", late, r.a.commune, r.b.commune, r.c.commune)
	want("a child of the new commune", here, r.c.commune)

	r.change(r.a.facility, func(in *registry.PlaceInput) { in.Former[0].Parent = r.c.commune })
	want("the case once it was never in commune A", early, r.b.commune, r.c.commune)
	r.quiet(&r.a, &r.b, &r.c)
	r.must(r.hub.Node.Store().View(context.Background(), func(tx store.Tx) error {
		held, err := tx.HeldLogs()
		if len(held) > 0 {
			t.Errorf("held: %+v", held)
		}
		return err
	}))
	scopes := []p.EntityID{{}, r.b.commune, r.c.commune, r.a.commune}
	if got, want := sums(t, r.hub.Desk, scopes), sums(t, r.Hub.Desk, scopes); !slices.Equal(got, want) {
		t.Errorf("sums %v, want %v", got, want)
	}
}
