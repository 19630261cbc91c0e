package node_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"testing"

	"tramy/internal/node"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// crowd puts n entities, which nobody has edited since, at the beginning of the feed of a scope of all machines, as a
// register does that was level for years. It returns a few of them, far from each other.
func crowd(machines []*machine, scope, place p.EntityID, n int) (some []p.EntityID) {
	log := p.LogID{0xee, 7}
	for k, m := range machines {
		m.update(func(tx store.Tx) error {
			sum, err := tx.Sum(scope)
			if err != nil {
				return err
			}
			for i := range n {
				log[0], log[3] = byte(i*37), byte(i) // among all others, in the order of ids
				d := p.Dot{Log: log, Seq: p.Seq(i + 1)}
				s := &p.State{ID: d.Entity(), Kind: newOfPlace, Seen: []p.Seen{p.Seen(d)}, Fields: []p.FieldValues{
					{Field: p.FieldPlace, Values: []p.Value{{Dot: d, Data: p.Ref(place)}}},
				}}
				r := store.RouteRow{Scope: scope, Entity: s.ID, Number: 1, Hash: p.StateHash(s)}
				sum.Sum, sum.Count = sum.Sum.Add(r.Hash), sum.Count+1
				if k == 0 && i%(n/5) == n/10 {
					some = append(some, s.ID)
				}
				if err := tx.PutState(s, true); err != nil {
					return err
				}
				if err := tx.PutRoute(&r); err != nil {
					return err
				}
			}
			return tx.PutSum(scope, sum)
		})
	}
	return some
}

// leaveOut takes an entity out of what is routed at a machine, and its state too if whole, without a trace.
func (m *machine) leaveOut(id p.EntityID, whole bool) {
	m.t.Helper()
	m.update(func(tx store.Tx) error {
		routes, err := tx.Routes(id)
		if err != nil {
			return err
		}
		for _, r := range routes {
			sum, err := tx.Sum(r.Scope)
			if err != nil {
				return err
			}
			sum.Sum, sum.Count = sum.Sum.Sub(r.Hash), sum.Count-1
			if err := tx.PutSum(r.Scope, sum); err != nil {
				return err
			}
		}
		if err := tx.DeleteRoutes(id); err != nil || !whole {
			return err
		}
		return tx.DeleteState(id)
	})
}

// damaged is a state with another text under the dot of the name.
func damaged(s *p.State) *p.State {
	out := *s
	out.Fields = slices.Clone(s.Fields)
	for i := range out.Fields {
		if f := &out.Fields[i]; f.Field == registry.SubjectName {
			f.Values = slices.Clone(f.Values)
			f.Values[0].Data = p.Text("Lo Gia Bao hỏng")
		}
	}
	return &out
}

// emptied is a state that has seen all and lost a field.
func emptied(s *p.State) *p.State {
	out := *s
	out.Fields = slices.DeleteFunc(slices.Clone(s.Fields), func(f p.FieldValues) bool { return f.Field == registry.SubjectMotherPhone })
	return &out
}

// Among 60,000 records of a place one is wrong, in any way that a fault of a disk or of a program can make it: it is
// found for a few kilobytes, and what both hold afterwards is what was written.
func TestFewDifferencesAmongMany(t *testing.T) {
	const records = 60_000
	c := newCountry(t)
	scope := c.communeA
	var names []registry.Draft
	for i := range 12 {
		names = append(names, subject(t, c.a, c.communeA, fmt.Sprint("Lò Gia Bảo ", i)))
	}
	children := c.a.act(names...)
	c.quiet()
	edited, before := children[0], c.a.state(children[0])
	c.a.edit(edited, registry.SubjectHamlet, p.Text("Na Phay 1"))
	c.quiet()
	elsewhere := c.b.act(subject(t, c.b, c.communeB, "Ở xã khác"))[0]
	moved := c.a.act(subject(t, c.a, c.communeA, "Đã chuyển đi"))[0]
	c.quiet()
	c.a.edit(moved, p.FieldPlace, p.Ref(c.communeB))
	c.quiet()
	apart := crowd([]*machine{c.a, c.province}, scope, c.placeA, records)
	truth := map[p.EntityID]*p.State{elsewhere: c.province.state(elsewhere), moved: c.province.state(moved)}
	for _, id := range children {
		truth[id] = c.centre.state(id)
	}
	for _, x := range []struct {
		what  string
		plant func()
		id    p.EntityID
	}{
		{"a value missing at the station", func() { c.a.setTo(before) }, edited},
		{"a value missing at the hub", func() { c.province.setTo(before) }, edited},
		{"a state damaged at the station", func() { c.a.setTo(damaged(truth[children[1]])) }, children[1]},
		{"a state damaged at the hub", func() { c.province.setTo(damaged(truth[children[2]])) }, children[2]},
		{"a field lost at the station that was seen", func() { c.a.setTo(emptied(truth[children[3]])) }, children[3]},
		{"a field lost at the hub that was seen", func() { c.province.setTo(emptied(truth[children[4]])) }, children[4]},
		{"a row left out at the station", func() { c.a.leaveOut(children[5], false) }, children[5]},
		{"a row left out at the hub", func() { c.province.leaveOut(children[6], false) }, children[6]},
		{"a record gone from the station", func() { c.a.leaveOut(children[7], true) }, children[7]},
		{"a record gone from the hub", func() { c.province.leaveOut(children[8], true) }, children[8]},
		{"a record too many at the station", func() {
			s := truth[elsewhere]
			c.a.update(func(tx store.Tx) error {
				sum, err := tx.Sum(scope)
				if err != nil {
					return err
				}
				r := store.RouteRow{Scope: scope, Entity: s.ID, Number: 1, Hash: p.StateHash(s)}
				sum.Sum, sum.Count = sum.Sum.Add(r.Hash), sum.Count+1
				if err := tx.PutState(s, true); err != nil {
					return err
				}
				if err := tx.PutRoute(&r); err != nil {
					return err
				}
				return tx.PutSum(scope, sum)
			})
		}, elsewhere},
		{"a record at the station where it was before it left", func() { c.a.takeAsThere(scope, moved) }, moved},
		{"a sum added wrongly at the station", func() { c.a.addWrongly(scope) }, children[9]},
		{"a sum added wrongly at the hub", func() { c.province.addWrongly(scope) }, children[9]},
	} {
		if res := c.a.sync(c.province); !res.Level {
			t.Fatalf("before %s: not level", x.what)
		}
		x.plant()
		told := mended(t, c.a)
		calls, bytes, level := c.a.compareWith(c.province)
		t.Logf("%s: %d requests, %d bytes", x.what, calls, bytes)
		if !level || calls > 10 || bytes > 10<<10 {
			t.Errorf("%s: level %v after %d requests and %d bytes; want level, at most 10 and 10 KiB", x.what, level, calls, bytes)
		}
		if got := mended(t, c.a) - told; got > 1 {
			t.Errorf("%s: %d records are told of, want one at most", x.what, got)
		}
		same(t, c.a, c.province, x.id)
		for _, m := range []*machine{c.a, c.province} {
			if s := m.state(x.id); s == nil || p.StateHash(s) != p.StateHash(truth[x.id]) {
				t.Errorf("%s: it is not as it was written", x.what)
			}
		}
	}
	// Ten at once, five of them far apart, cost less than ten times as much.
	c.a.setTo(before)
	c.a.setTo(damaged(truth[children[1]]))
	c.province.setTo(damaged(truth[children[2]]))
	c.province.leaveOut(children[3], true)
	c.a.leaveOut(children[4], false)
	for _, id := range apart {
		truth[id] = c.province.state(id)
		c.a.leaveOut(id, true)
	}
	calls, bytes, level := c.a.compareWith(c.province)
	t.Logf("ten of them: %d requests, %d bytes", calls, bytes)
	if len(apart) != 5 || !level || calls > 10 || bytes > 40<<10 {
		t.Errorf("%d of them: level %v after %d requests and %d bytes", 5+len(apart), level, calls, bytes)
	}
	for _, m := range []*machine{c.a, c.province} {
		for id, s := range truth {
			if got := m.state(id); got == nil || p.StateHash(got) != p.StateHash(s) {
				t.Errorf("record %s is not as it was written", id)
			}
		}
	}
	if n := mended(t, c.a); n < 8 {
		t.Errorf("people are told of %d records that were put right", n)
	}
	if n := mended(t, c.province); n < 8 {
		t.Errorf("at the hub people are told of %d records that were put right", n)
	}
}

// takeAsThere lets an entity that left a scope stand there as if it had not.
func (m *machine) takeAsThere(scope, id p.EntityID) {
	m.t.Helper()
	m.update(func(tx store.Tx) error {
		routes, err := tx.Routes(id)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(routes, func(r store.RouteRow) bool { return r.Scope == scope && r.Left })
		if i < 0 {
			m.t.Fatal("it never left")
		}
		sum, err := tx.Sum(scope)
		if err != nil {
			return err
		}
		sum.Sum, sum.Count = sum.Sum.Add(routes[i].Hash), sum.Count+1
		if err := tx.PutSum(scope, sum); err != nil {
			return err
		}
		routes[i].Left = false
		return tx.PutRoute(&routes[i])
	})
}

func (m *machine) addWrongly(scope p.EntityID) {
	m.t.Helper()
	m.update(func(tx store.Tx) error {
		sum, err := tx.Sum(scope)
		if err != nil {
			return err
		}
		sum.Sum = sum.Sum.Add([16]byte{1})
		return tx.PutSum(scope, sum)
	})
}

// mended is how many records people at a machine were told of.
func mended(t *testing.T, m *machine) (n int) {
	t.Helper()
	m.view(func(tx store.Tx) error {
		rows, err := tx.Alarms(1000)
		for i := range rows {
			if _, k, ok := node.MendedOf(&rows[i]); ok {
				n += k
			}
		}
		return err
	})
	return n
}

// compareWith exchanges until both hold the same or have nothing more to say, and counts requests and bytes both ways.
func (m *machine) compareWith(up *machine) (calls, size int, level bool) {
	m.t.Helper()
	ctx := context.Background()
	quiet := 0
	for calls < 20 {
		call, err := m.n.Begin(ctx, node.Options{})
		if err != nil {
			m.t.Fatal(err)
		}
		var req, answer bytes.Buffer
		if err := call.WriteRequest(&req); err != nil {
			m.t.Fatal(err)
		}
		asked := req.Len()
		if err := up.n.Serve(ctx, m.id.Device, &req, &answer); err != nil {
			m.t.Fatal(err)
		}
		calls, size = calls+1, size+asked+answer.Len()
		res, err := call.ReadResponse(&answer)
		if err != nil {
			m.t.Fatal(err)
		}
		if res.Level {
			return calls, size, true
		}
		if res.More {
			quiet = 0
		} else if quiet++; quiet > 2 {
			break
		}
	}
	return calls, size, false
}

// TestMoreDiffersThanOneRequestAsksFor: a station has lost a register of which only its hub has the logs. Some of what differs is
// found in longer parts than the rest, and so later, when what was found before still waits to be asked for. All of it stands above,
// so nothing is written again.
func TestMoreDiffersThanOneRequestAsksFor(t *testing.T) {
	c := countryOn(t, true)
	c.quiet()
	crowd([]*machine{c.a, c.province}, c.communeA, c.placeA, 4200)
	var gone []p.EntityID
	c.a.view(func(tx store.Tx) error {
		marks, err := tx.Marks(c.communeA)
		for i := range marks {
			if s, serr := tx.State(marks[i].Entity); serr == nil && s.Kind == newOfPlace {
				gone = append(gone, marks[i].Entity)
			}
		}
		return err
	})
	for _, id := range gone {
		c.a.leaveOut(id, true)
	}
	for i := 0; ; i++ {
		res, err := c.a.call(c.province, -1, -1)
		if err != nil {
			t.Fatal(err)
		}
		if !res.More {
			break
		}
		if i > 40 {
			t.Fatal("comparing does not come to an end")
		}
	}
	level(t, c.a, c.province)
	c.a.view(func(tx store.Tx) error {
		logs, err := tx.LogsOf(c.a.id.Device)
		for i := range logs {
			t.Errorf("the station has written %d changes", logs[i].Head)
		}
		return err
	})
}
