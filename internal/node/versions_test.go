package node_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"slices"
	"testing"

	"tramy/internal/node"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// Kinds and a field of a version to come, one of each hundred.
const (
	newOfCase  p.Kind  = 150
	newOfPlace p.Kind  = 250
	newOfAll   p.Kind  = 350
	newOfNone  p.Kind  = 450
	newField   p.Field = 700
)

// odd is data of every type, as a version to come may write it.
func odd(ref p.EntityID) []p.Data {
	return []p.Data{
		p.Null(), p.Bool(true), p.Bool(false), p.Int(-1 << 63), p.Text("chưa biết\u0301"), p.Bytes([]byte{0, 255}), p.Ref(ref),
		p.List(p.Bytes([]byte{0}), p.Ref(ref), p.Null(), p.Int(7), p.Text("")),
	}
}

// oddWrites returns the writes of fields from the first on.
func oddWrites(first p.Field, data []p.Data, before ...p.Write) []p.Write {
	for i, d := range data {
		before = append(before, p.Write{Field: first + p.Field(i), Data: d})
	}
	return before
}

// actAs is act for a person.
func (m *machine) actAs(who p.EntityID, drafts ...registry.Draft) []p.EntityID {
	m.t.Helper()
	dots, err := m.n.Append(context.Background(), who, func(store.Tx, func(int) p.EntityID) ([]registry.Draft, error) { return drafts, nil })
	if err != nil {
		m.t.Fatal(err)
	}
	ids := make([]p.EntityID, len(dots))
	for i, d := range dots {
		ids[i] = d.Entity()
	}
	return ids
}

// changes returns every change of a log that a machine holds, in their canonical form.
func (m *machine) changes(log p.LogID) (out [][]byte) {
	m.t.Helper()
	m.view(func(tx store.Tx) error {
		for at := p.Seq(1); ; {
			row, err := tx.SegmentHolding(log, at)
			if err != nil || row == nil {
				return err
			}
			seg, err := p.ParseSegment(row.Raw)
			if err != nil {
				return err
			}
			changes, err := seg.Changes()
			if err != nil {
				return err
			}
			for i := range changes {
				out = append(out, p.AppendChange(nil, &changes[i]))
			}
			at = seg.Last() + 1
		}
	})
	return out
}

// A station is upgraded years before the hubs above it and the station beside it. What only it knows passes
// through them bit for bit, goes where the hundreds of its kind say, and is held by nobody, whoever wrote it.
func TestWhatANewerStationWritesPassesThroughOlderNodes(t *testing.T) {
	c := newCountry(t)
	sibling := c.sibling(t)
	nurse, err := registry.NewUser(registry.UserInput{Login: "dien", Name: "Cà Thị Diên", Role: int(rights.Nurse), Place: c.communeA, Password: "x"})
	if err != nil {
		t.Fatal(err)
	}
	who := c.centre.act(nurse)[0]
	child := c.a.act(subject(t, c.a, c.communeA, "Lò Gia Bảo"))[0]
	c.quiet()
	if err := c.province.st.View(context.Background(), func(tx store.Tx) error {
		u, err := tx.User(who)
		if err == nil && u == nil {
			t.Fatal("the nurse is not known: nobody would judge what she writes")
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	ids := c.a.actAs(
		who,
		registry.Draft{Kind: newOfCase, Writes: oddWrites(newField, odd(child), p.Write{Field: p.FieldSubject, Data: p.Ref(child)}, p.Write{Field: p.FieldPlace, Data: p.Ref(c.placeA)})},
		registry.Draft{Kind: newOfPlace, Writes: oddWrites(newField, odd(child), p.Write{Field: p.FieldPlace, Data: p.Ref(c.placeA)})},
		registry.Draft{Kind: newOfNone, Writes: oddWrites(newField, odd(child))},
		registry.Draft{Kind: registry.KindSubject, Entity: child, Writes: oddWrites(newField, odd(c.placeA))},
	)
	ofCase, ofPlace, ofNone := ids[0], ids[1], ids[2]
	ofAll := c.centre.act(registry.Draft{Kind: newOfAll, Writes: oddWrites(newField, odd(child))})[0]
	c.quiet()
	sibling.sync(c.province)
	c.b.sync(c.province)
	c.a.view(func(tx store.Tx) error {
		logs, err := tx.LogsOf(c.a.id.Device)
		for _, l := range logs {
			if l.UpReason != p.HoldNone || l.Root != l.Head {
				t.Errorf("log %s: %d of %d let in, reason %d, %d at the root", l.ID, l.UpIn, l.Head, l.UpReason, l.Root)
			}
		}
		return err
	})
	log := ofCase.Birth().Log
	want := c.a.changes(log)
	for _, m := range []*machine{c.province, c.centre} {
		if got := m.changes(log); len(want) == 0 || !slices.EqualFunc(got, want, bytes.Equal) {
			t.Errorf("%d changes came up, %d were written, or otherwise", len(got), len(want))
		}
	}
	// An older hub edits what it knows of the child, and an older station what it knows of it beside.
	c.province.edit(child, registry.SubjectHamlet, p.Text("Na Phay 2"))
	sibling.edit(child, registry.SubjectMotherPhone, p.Text("0385000421"))
	c.quiet()
	sibling.sync(c.province)
	c.quiet()
	for _, e := range []struct {
		what   string
		id     p.EntityID
		at     []*machine
		absent []*machine
	}{
		{"a new field of a child", child, []*machine{c.province, c.centre, sibling, c.a}, []*machine{c.b}},
		{"a new kind of its case", ofCase, []*machine{c.province, c.centre, sibling, c.a}, []*machine{c.b}},
		{"a new kind of its place", ofPlace, []*machine{c.province, c.centre, sibling, c.a}, []*machine{c.b}},
		{"a new kind for everybody", ofAll, []*machine{c.province, c.centre, sibling, c.a, c.b}, nil},
		{"a new kind for nobody", ofNone, []*machine{c.province, c.centre, c.a}, []*machine{sibling, c.b}},
	} {
		for _, m := range e.at {
			s := m.state(e.id)
			if s == nil {
				t.Errorf("%s: not at %s", e.what, m.dir)
				continue
			}
			same(t, m, c.centre, e.id)
			for i, d := range odd(child) {
				if e.id == child {
					d = odd(c.placeA)[i]
				}
				if v := s.Values(newField + p.Field(i)); len(v) != 1 || !v[0].Data.Equal(d) {
					t.Errorf("%s: field %d holds %v, want %v", e.what, newField+p.Field(i), v, d)
				}
			}
		}
		for _, m := range e.absent {
			if m.state(e.id) != nil {
				t.Errorf("%s: it is where it does not belong", e.what)
			}
		}
	}
	level(t, sibling, c.province)
	level(t, c.a, c.province)
}

// What a station may not write it may not write under a new number either.
func TestNewKindForEverybodyIsHeldFromAStation(t *testing.T) {
	c := newCountry(t)
	id := c.a.act(registry.Draft{Kind: newOfAll, Writes: oddWrites(newField, odd(c.placeA))})[0]
	c.quiet()
	if c.province.state(id) != nil {
		t.Error("a station wrote to everybody")
	}
}

// A version to come says more than this one understands: frames from 128 on are passed over wherever they stand.
func TestFramesToComeArePassedOver(t *testing.T) {
	c := newCountry(t)
	child := c.a.act(subject(t, c.a, c.communeA, "Lò Gia Bảo"))[0]
	ctx := context.Background()
	call, err := c.a.n.Begin(ctx, node.Options{Fresh: true})
	if err != nil {
		t.Fatal(err)
	}
	var req, answer bytes.Buffer
	if err := call.WriteRequest(&req); err != nil {
		t.Fatal(err)
	}
	if err := c.province.n.Serve(ctx, c.a.id.Device, bytes.NewReader(amid(t, req.Bytes())), &answer); err != nil {
		t.Fatal(err)
	}
	if _, err := call.ReadResponse(bytes.NewReader(amid(t, answer.Bytes()))); err != nil {
		t.Fatal(err)
	}
	same(t, c.a, c.province, child)
	level(t, c.a, c.province)
}

// amid puts a frame of a type to come before, between and behind the frames of a stream.
func amid(t *testing.T, stream []byte) []byte {
	t.Helper()
	news := []byte{3, 200, 0x92, 0xc0, 0xff}
	out := append(append([]byte(nil), stream[:len(p.Magic)]...), news...)
	for b := stream[len(p.Magic):]; len(b) > 0; {
		n, k := binary.Uvarint(b)
		if k <= 0 {
			t.Fatal("not a stream of frames")
		}
		end := k + 1 + int(n)
		out = append(append(out, b[:end]...), news...)
		b = b[end:]
	}
	return out
}

// What an older version kept and could make no rows of gets its rows at the first start of one that can, and only
// then; nobody is sent anything for it, and lists, counts and sums are those of a node that knew all along.
func TestRowsAreMadeOfWhatAnOlderVersionKept(t *testing.T) {
	c := newCountry(t)
	var children []p.EntityID
	for range 5 {
		child := c.a.act(subject(t, c.a, c.communeA, "Lò Gia Bảo"))[0]
		c.a.act(dose(t, child, c.placeA, "BCG"), dose(t, child, c.placeA, "OPV"))
		children = append(children, child)
	}
	link, err := registry.NewLink(children[0], children[1], true)
	if err != nil {
		t.Fatal(err)
	}
	c.a.act(link)
	c.quiet()
	for _, m := range []*machine{c.a, c.province} {
		m.edit(children[2], registry.SubjectName, p.Text("Lò Gia Huy "+m.dir[len(m.dir)-1:]))
	}
	c.a.edit(children[2], registry.SubjectName, p.Text("Lò Gia Huy"))
	c.quiet()
	for _, m := range []*machine{c.a, c.province, c.centre} {
		counts, conflicted, doses := tally(t, m), conflicts(t, m), counted(t, m)
		m.update(func(tx store.Tx) error { return tx.ClearRows() })
		m.stop()
		node.RowsVersion(t, 2)
		m.start()
		if got := tally(t, m); got.Subjects != 0 {
			t.Fatalf("rows were made although the version is the same: %+v", got)
		}
		m.stop()
		node.RowsVersion(t, 1000) // higher than any there has been
		m.start()
		rowsFollow(t, m, "a newer version began")
		if got := tally(t, m); got != counts || counted(t, m) != doses || !slices.Equal(conflicts(t, m), conflicted) {
			t.Errorf("%+v, %d doses counted, conflicts %v; want %+v, %d, %v", got, counted(t, m), conflicts(t, m), counts, doses, conflicted)
		}
		// It is done once.
		m.update(func(tx store.Tx) error { return tx.DeleteSubjectRow(children[4]) })
		m.stop()
		m.start()
		if got := tally(t, m); got.Subjects != counts.Subjects-1 {
			t.Errorf("after one more start there are %d rows, want %d", got.Subjects, counts.Subjects-1)
		}
	}
	c.province.sync(c.centre) // once since its start a hub must hear all there is
	for _, m := range []*machine{c.a, c.b} {
		res := m.sync(c.province)
		if res.Received != 0 || !res.Level {
			t.Errorf("making rows anew sent %d states down; level: %v", res.Received, res.Level)
		}
	}
}

func tally(t *testing.T, m *machine) (counts store.Counts) {
	t.Helper()
	m.view(func(tx store.Tx) (err error) {
		counts, err = tx.Counts()
		return err
	})
	return counts
}
