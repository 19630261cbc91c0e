package node_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"io"
	"slices"
	"testing"
	"time"

	"tramy/internal/node"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// What a hub that means ill does to what went through it, and what finds it. The hub is the province's; the stations, the
// centre and the code are what they are.

// rewrite passes frames on through a change of them, and counts anew what a request says it holds.
func rewrite(t testing.TB, in []byte, change func(p.Frame) []p.Frame) []byte {
	t.Helper()
	var out bytes.Buffer
	fr, fw := p.NewFrameReader(bytes.NewReader(in)), p.NewFrameWriter(&out)
	segments := uint32(0)
	for {
		f, err := fr.Read()
		if errors.Is(err, io.EOF) {
			return out.Bytes()
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range change(f) {
			switch end, is := f.(*p.RequestEnd); {
			case is:
				end.Segments = segments
			case f.FrameType() == p.FrameSegment, f.FrameType() == p.FrameLet:
				segments++
			}
			if err := fw.Write(f); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func asIs(f p.Frame) []p.Frame { return []p.Frame{f} }

// through is one exchange whose request and answer somebody rewrites.
func (m *machine) through(up *machine, request, answer func(p.Frame) []p.Frame) {
	m.t.Helper()
	ctx := context.Background()
	c, err := m.n.Begin(ctx, node.Options{Fresh: true, Software: "test"})
	if err != nil {
		m.t.Fatal(err)
	}
	var req, resp bytes.Buffer
	if err := c.WriteRequest(&req); err != nil {
		m.t.Fatal(err)
	}
	if err := up.n.Serve(ctx, m.id.Device, bytes.NewReader(rewrite(m.t, req.Bytes(), request)), &resp); err != nil {
		m.t.Fatal(err)
	}
	if _, err := c.ReadResponse(bytes.NewReader(rewrite(m.t, resp.Bytes(), answer))); err != nil {
		m.t.Fatal(err)
	}
}

// alarms counts what a machine raised alarm about.
func (m *machine) alarms(code string) int {
	m.t.Helper()
	n := 0
	m.view(func(tx store.Tx) error {
		rows, err := tx.Alarms(100)
		for _, a := range rows {
			if a.Code == code {
				n++
			}
		}
		return err
	})
	return n
}

// of reports whether a segment is of a log that a device wrote.
func (m *machine) wrote(raw []byte) bool {
	m.t.Helper()
	seg, err := p.ParseSegment(raw)
	if err != nil {
		m.t.Fatal(err)
	}
	own := false
	m.view(func(tx store.Tx) error {
		row, err := tx.Log(seg.Log)
		own = row != nil && row.Own
		return err
	})
	return own
}

func TestHubThatAltersAStationsChangeIsFound(t *testing.T) {
	c := newCountry(t)
	child := c.a.act(subject(t, c.a, c.communeA, "Lò Gia Bảo"))[0]
	c.a.sync(c.province)
	c.province.through(c.centre, func(f p.Frame) []p.Frame {
		s, is := f.(*p.SegmentFrame)
		if !is || !c.a.wrote(s.Raw) {
			return asIs(f)
		}
		seg, err := p.ParseSegment(s.Raw)
		if err != nil {
			t.Fatal(err)
		}
		changes, err := seg.Changes()
		if err != nil {
			t.Fatal(err)
		}
		for i := range changes {
			for j := range changes[i].Writes {
				if w := &changes[i].Writes[j]; w.Field == registry.SubjectName {
					w.Data = p.Text("Tên Khác")
				}
			}
		}
		raws, err := p.Seal(c.province.id.Key, seg.Opening, p.ChainStart(seg.Log), changes) // it has no other key
		if err != nil {
			t.Fatal(err)
		}
		var out []p.Frame
		for _, raw := range raws {
			out = append(out, &p.SegmentFrame{Raw: raw})
		}
		return out
	}, asIs)
	if c.centre.state(child) != nil {
		t.Errorf("the centre took %q from the hub", c.centre.text(child, registry.SubjectName))
	}
	if c.centre.alarms(node.AlarmSegment) == 0 {
		t.Error("the centre raised no alarm")
	}
	c.quiet()
	if got := c.centre.text(child, registry.SubjectName); got != "Lò Gia Bảo" {
		t.Errorf("what the station wrote arrived as %q", got)
	}
}

func TestHubThatInventsAStationsChangeIsFound(t *testing.T) {
	c := newCountry(t)
	opening := &p.Opening{Device: c.a.id.Device, Random: [16]byte{7}}
	for name, key := range map[string]ed25519.PublicKey{
		"with the station's name": c.a.id.Key.Public().(ed25519.PublicKey), "with its own": c.province.id.Key.Public().(ed25519.PublicKey),
	} {
		log := p.NewLogID(key, opening.Random)
		dot := p.Dot{Log: log, Seq: 1}
		raws, err := p.Seal(c.province.id.Key, opening, p.ChainStart(log), []p.Change{{
			Dot: dot, At: p.At{WallMS: 1_790_000_000_000}, Kind: registry.KindSubject, Entity: dot.Entity(),
			Writes: []p.Write{{Field: p.FieldPlace, Data: p.Ref(c.communeA)}, {Field: registry.SubjectName, Data: p.Text("Không Có Ai")}},
		}})
		if err != nil {
			t.Fatal(err)
		}
		before := c.centre.alarms(node.AlarmSegment)
		c.province.through(c.centre, func(f p.Frame) []p.Frame {
			if _, is := f.(*p.RequestEnd); is {
				return []p.Frame{&p.SegmentFrame{Raw: raws[0]}, f}
			}
			return asIs(f)
		}, asIs)
		// Under a key that nobody knows it waits, for the station may have changed its keys; else it is an alarm.
		waits := 0
		c.centre.view(func(tx store.Tx) error {
			rows, err := tx.Parked(c.a.id.Device)
			waits = len(rows)
			return err
		})
		if c.centre.state(dot.Entity()) != nil || c.centre.alarms(node.AlarmSegment) == before && waits != 1 {
			t.Errorf("%s: taken %v, alarms %d, %d wait", name, c.centre.state(dot.Entity()) != nil, c.centre.alarms(node.AlarmSegment)-before, waits)
		}
	}
}

func TestHubThatDropsAChangeFromTheMiddleIsFound(t *testing.T) {
	c := newCountry(t)
	child := c.a.act(subject(t, c.a, c.communeA, "Lò Gia Bảo"))[0]
	c.quiet()
	var acts []p.EntityID
	for _, vaccine := range []string{"BCG", "OPV", "VGB"} {
		acts = append(acts, c.a.act(dose(t, child, c.placeA, vaccine))[0])
		c.a.sync(c.province) // a segment each
	}
	dropped := false
	c.province.through(c.centre, func(f p.Frame) []p.Frame {
		if s, is := f.(*p.SegmentFrame); is && c.a.wrote(s.Raw) && !dropped {
			dropped = true
			return nil
		}
		return asIs(f)
	}, asIs)
	if !dropped {
		t.Fatal("nothing was dropped")
	}
	for i, id := range acts {
		if c.centre.state(id) != nil {
			t.Errorf("the centre took dose %d behind one that is missing", i)
		}
	}
	if c.centre.alarms(node.AlarmGap) == 0 {
		t.Error("the centre raised no alarm")
	}
	c.quiet()
	for i, id := range acts {
		if c.centre.state(id) == nil {
			t.Errorf("dose %d did not arrive", i)
		}
	}
}

// hours lets time pass, so that the root says its sums again.
func (c *country) hours(n int) {
	for _, m := range c.machines() {
		*m.clock = m.clock.Add(time.Duration(n) * time.Hour)
	}
}

func (m *machine) status() node.Status {
	m.t.Helper()
	st, err := m.n.Status(context.Background())
	if err != nil {
		m.t.Fatal(err)
	}
	return st
}

// A hub keeps the end of a log, or all of it, to itself. If it says nothing the station has one tick and not two. If it
// makes up that the centre has it, the station believes that: the word is its own hub's. But the centre signs what it
// holds, and a station never equals that again.
func TestHubThatWithholdsALogIsFound(t *testing.T) {
	c := newCountry(t)
	c.a.act(subject(t, c.a, c.communeA, "Lò Gia Bảo"))
	for range 2 {
		c.hours(2)
		c.quiet()
	}
	before := c.a.status()
	if before.EqualRoot == 0 || before.Saved+before.AtHub > 0 {
		t.Fatalf("an honest tree: equal as of %d, %d changes not at the root", before.EqualRoot, before.Saved+before.AtHub)
	}
	kept := c.a.act(subject(t, c.a, c.communeA, "Giữ Lại"))[0]
	withhold := func(f p.Frame) []p.Frame {
		if s, is := f.(*p.SegmentFrame); is && c.a.wrote(s.Raw) {
			return nil
		}
		return asIs(f)
	}
	round := func(lie bool) {
		c.hours(2)
		c.province.through(c.centre, withhold, asIs)
		var nonce [16]byte
		c.a.through(c.province, func(f p.Frame) []p.Frame {
			if h, is := f.(*p.Hello); is {
				nonce = h.Nonce
			}
			return asIs(f)
		}, func(f p.Frame) []p.Frame {
			if h, is := f.(*p.Heads); is && lie {
				for i := range h.Logs {
					h.Logs[i].Root, h.Logs[i].RootAt = h.Logs[i].Here, p.Cursor{Incarnation: h.Position.Incarnation, Number: 1 << 30}
				}
				p.SignHeads(h, c.province.id.Key, c.a.id.Device, nonce)
			}
			return asIs(f)
		})
		c.b.sync(c.province)
	}
	for range 3 {
		round(false)
	}
	if c.centre.state(kept) != nil {
		t.Fatal("it was not withheld")
	}
	honest := c.a.status()
	if honest.AtHub == 0 {
		t.Error("the station shows two ticks for what the centre never said it has")
	}
	c.a.act(subject(t, c.a, c.communeA, "Giữ Lại Nữa"))
	for range 3 {
		round(true)
	}
	after := c.a.status()
	if after.Saved+after.AtHub > 0 {
		t.Errorf("the station does not believe its hub about the root any more: say so in docs/threat-model.md")
	}
	if after.EqualRoot > before.EqualRoot+int64(2*time.Hour/time.Millisecond) {
		t.Errorf("the station says that it equals the centre as of %v, and the centre lacks what it wrote", time.UnixMilli(after.EqualRoot))
	}
	if c.b.status().EqualRoot <= before.EqualRoot {
		t.Error("the other station, of which nothing is withheld, does not equal the centre either: the figure shows nothing")
	}
}

// A hub tells two stations two names of one place. Nobody signed either, and states carry no signature; the centre's
// signed sums are the same for both.
func TestHubThatTellsTwoStationsTwoThingsIsFound(t *testing.T) {
	c := newCountry(t)
	for range 2 {
		c.hours(2)
		c.quiet()
	}
	before := c.a.status().EqualRoot
	if before == 0 || c.b.status().EqualRoot == 0 {
		t.Fatal("an honest tree is not equal")
	}
	c.centre.edit(c.communeB, registry.PlacePhone, p.Text("0215 111 111"))
	c.province.sync(c.centre)
	forged := 0
	c.a.through(c.province, asIs, func(f p.Frame) []p.Frame {
		page, is := f.(*p.Page)
		if !is {
			return asIs(f)
		}
		rows, err := page.Rows()
		if err != nil {
			t.Fatal(err)
		}
		for i := range rows {
			if rows[i].State.ID != c.communeB {
				continue
			}
			for j := range rows[i].State.Fields {
				if v := rows[i].State.Fields[j]; v.Field == registry.PlacePhone {
					v.Values[0].Data = p.Text("0900 000 000")
					forged++
				}
			}
		}
		again, err := p.EncodePage(page.Scope, page.After, rows)
		if err != nil {
			t.Fatal(err)
		}
		return asIs(again)
	})
	if forged == 0 || c.a.text(c.communeB, registry.PlacePhone) != "0900 000 000" {
		t.Fatalf("the station was not told another number: %d, %q", forged, c.a.text(c.communeB, registry.PlacePhone))
	}
	c.b.sync(c.province)
	lying := func(f p.Frame) []p.Frame { // it compares nothing with the station, and passes the centre's word on
		switch f.(type) {
		case *p.Fingerprint:
			return nil
		}
		return asIs(f)
	}
	for range 3 {
		c.hours(2)
		c.province.sync(c.centre)
		c.b.sync(c.province)
		c.a.through(c.province, asIs, lying)
	}
	if got := c.a.status().EqualRoot; got > before+int64(2*time.Hour/time.Millisecond) {
		t.Errorf("the station that was lied to equals the centre as of %v", time.UnixMilli(got))
	}
	if c.b.status().EqualRoot <= before {
		t.Error("the station that was told the truth does not equal the centre")
	}
	// An honest comparison puts it right: the upstream's word for a dot replaces another.
	c.quiet()
	if got := c.a.text(c.communeB, registry.PlacePhone); got != "0215 111 111" {
		t.Errorf("compared again the station has %q", got)
	}
}

// What a hub says of a station's own records is held against what the station signed itself.
func TestHubThatAltersAStationsOwnRecordIsFoundByTheStation(t *testing.T) {
	c := newCountry(t)
	child := c.a.act(subject(t, c.a, c.communeA, "Lò Gia Bảo"))[0]
	c.quiet()
	s := c.province.state(child)
	for i := range s.Fields {
		if s.Fields[i].Field == registry.SubjectName {
			s.Fields[i].Values = slices.Clone(s.Fields[i].Values)
			s.Fields[i].Values[0].Data = p.Text("Tên Khác")
		}
	}
	nodetest.SetBack(t, c.province.st, s)
	for range 3 {
		c.a.sync(c.province)
	}
	if got := c.a.text(child, registry.SubjectName); got != "Lò Gia Bảo" {
		t.Errorf("the station has %q of its own record", got)
	}
	if c.a.alarms(node.AlarmUnequal) == 0 {
		t.Error("the station raised no alarm")
	}
}

// A hub invents a value and gives it a dot that nobody ever wrote. Below it cannot be told from one that all above have
// lost: it goes up as a rescue, in the station's name, and is listed for an officer, who sees that nobody is its author.
func TestStateThatNobodyWroteGoesUpAsARescue(t *testing.T) {
	c := newCountry(t)
	child := c.a.act(subject(t, c.a, c.communeA, "Lò Gia Bảo"))[0]
	c.quiet()
	c.province.edit(child, registry.SubjectHamlet, p.Text("Na Phay 1"))
	invented := p.Dot{Log: p.NewLogID(c.province.id.Key.Public().(ed25519.PublicKey), [16]byte{9}), Seq: 1}
	c.a.through(c.province, asIs, func(f p.Frame) []p.Frame {
		page, is := f.(*p.Page)
		if !is {
			return asIs(f)
		}
		rows, err := page.Rows()
		if err != nil {
			t.Fatal(err)
		}
		for i := range rows {
			s := rows[i].State
			if s.ID != child {
				continue
			}
			value := p.Value{Dot: invented, At: p.At{WallMS: 1_790_000_000_000}, Data: p.Text("Bịa ra")}
			s.Fields = append(s.Fields, p.FieldValues{Field: registry.SubjectNote, Values: []p.Value{value}})
			slices.SortFunc(s.Fields, func(a, b p.FieldValues) int { return int(a.Field) - int(b.Field) })
			s.Seen = append(s.Seen, p.Seen(invented))
			slices.SortFunc(s.Seen, func(a, b p.Seen) int { return bytes.Compare(a.Log[:], b.Log[:]) })
		}
		again, err := p.EncodePage(page.Scope, page.After, rows)
		if err != nil {
			t.Fatal(err)
		}
		return asIs(again)
	})
	if got := c.a.text(child, registry.SubjectNote); got != "Bịa ra" {
		t.Fatalf("the station was not told: %q", got)
	}
	for range 3 {
		c.quiet()
	}
	listed := 0
	c.centre.view(func(tx store.Tx) error {
		rows, err := tx.Rescues(0)
		for _, r := range rows {
			if r.Entity == child && r.Field == registry.SubjectNote && r.Author.IsZero() {
				listed++
			}
		}
		return err
	})
	got := c.centre.text(child, registry.SubjectNote)
	if got != "" && listed == 0 {
		t.Errorf("the centre has %q, and nothing is listed", got)
	}
	if got == "" {
		t.Error("it did not go up: say so in docs/threat-model.md")
	}
}
