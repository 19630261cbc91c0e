package node_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"tramy/internal/journal"
	"tramy/internal/node"
	"tramy/internal/registry"
	"tramy/internal/store"
	"tramy/internal/store/memory"
	p "tramy/syncproto"
)

// damaged stops a machine, takes its database away and the record at i out of its journal, and starts it again.
func (m *machine) damaged(i int) {
	m.t.Helper()
	m.rejournal(true, func(k int, r *node.Record) bool { return k != i })
}

// rejournal stops a machine, leaves those records in its journal that stay, takes its database away if that is lost, and
// starts it again.
func (m *machine) rejournal(lost bool, stays func(k int, r *node.Record) bool) {
	m.t.Helper()
	m.stop()
	path := filepath.Join(m.dir, "journal")
	old, err := journal.Open(path)
	if err != nil {
		m.t.Fatal(err)
	}
	var records []*node.Record
	if err := old.Replay(func(r *node.Record) error {
		records = append(records, r)
		return nil
	}); err != nil {
		m.t.Fatal(err)
	}
	old.Close()
	if lost {
		if err := os.RemoveAll(m.dir); err != nil {
			m.t.Fatal(err)
		}
		if err := os.Mkdir(m.dir, 0o700); err != nil {
			m.t.Fatal(err)
		}
	} else if err := os.Remove(path); err != nil {
		m.t.Fatal(err)
	}
	fresh, err := journal.Open(path)
	if err != nil {
		m.t.Fatal(err)
	}
	for k, r := range records {
		if stays(k, r) {
			if err := fresh.Append(r); err != nil {
				m.t.Fatal(err)
			}
		}
	}
	fresh.Close()
	if lost && m.disk != nil {
		m.disk = memory.New()
	}
	m.start()
}

// recordWithVoid is the number of the first record of a machine's journal that ends a log, -1 if none does.
func (m *machine) recordWithVoid() int {
	m.t.Helper()
	found, k := -1, 0
	if err := m.jr.Replay(func(r *node.Record) error {
		if found < 0 && len(r.Voids()) > 0 {
			found = k
		}
		k++
		return nil
	}); err != nil {
		m.t.Fatal(err)
	}
	return found
}

// stands are the live texts of a field on a machine, each with the entities that have it and are not void.
func stands(t *testing.T, m *machine, fields ...p.Field) map[string][]p.EntityID {
	t.Helper()
	out := map[string][]p.EntityID{}
	m.view(func(tx store.Tx) error {
		return tx.EachState(func(s *p.State) error {
			if _, void := registry.Voided(s); void {
				return nil
			}
			for _, f := range fields {
				for _, v := range s.Values(f) {
					if text, ok := v.Data.Text(); ok {
						out[text] = append(out[text], s.ID)
					}
				}
			}
			return nil
		})
	})
	return out
}

// TestActsBehindADamagedRecordComeBack: the database is gone, and one record of the journal. Of what was written behind it the
// hub may have nothing, a part, or all. Everything that is in the journal or at the hub stands at the centre, once, and what
// belongs together still does.
func TestActsBehindADamagedRecordComeBack(t *testing.T) {
	const acts = 9
	for hole := range acts {
		for _, sent := range []int{0, 4, 7, acts} {
			t.Run(fmt.Sprintf("record %d, %d sent", hole, sent), func(t *testing.T) { behindADamagedRecord(t, hole, sent, acts) })
		}
	}
}

func behindADamagedRecord(t *testing.T, hole, sent, acts int) {
	c := countryOn(t, true)
	var one, two p.EntityID
	given := func(child p.EntityID, vaccine, lot string) {
		d := dose(t, child, c.placeA, vaccine)
		for i := range d.Writes {
			if d.Writes[i].Field == registry.DoseLot {
				d.Writes[i].Data = p.Text(lot)
			}
		}
		c.a.act(d)
	}
	for k, act := range []func(){
		func() { one = c.a.act(subject(t, c.a, c.communeA, "Một"))[0] },
		func() { given(one, "BCG", "LOT1") },
		func() { two = c.a.act(subject(t, c.a, c.communeA, "Hai"))[0] },
		func() { c.a.edit(one, registry.SubjectMotherPhone, p.Text("0385000001")) },
		func() { given(two, "BCG", "LOT2") },
		func() { c.a.edit(one, registry.SubjectMotherPhone, p.Text("0385000002")) },
		func() { // the next day's log goes on with what the first began
			*c.a.clock = c.a.clock.Add(24 * time.Hour)
			c.a.edit(one, registry.SubjectMotherPhone, p.Text("0385000003"))
		},
		func() { given(two, "OPV", "LOT3") },
		func() { c.a.edit(two, registry.SubjectGuardianName, p.Text("Bà ngoại")) },
	} {
		if k == sent {
			c.a.sync(c.province)
		}
		act()
	}
	if sent == acts {
		c.a.sync(c.province)
	}
	c.a.damaged(hole)
	if behind := c.a.n.Stranded(); hole < 6 && behind != 5-hole {
		t.Errorf("%d acts are said to lie behind the damaged place, want %d", behind, 5-hole)
	}
	c.quiet()
	has := func(k int) bool { return k != hole || k < sent }
	check := func(when string) {
		t.Helper()
		if n := c.a.n.Stranded(); n != 0 {
			t.Errorf("%s: %d acts are still said to lie behind a damaged place", when, n)
		}
		texts := stands(t, c.centre, registry.SubjectName, registry.SubjectMotherPhone, registry.SubjectGuardianName, registry.DoseLot)
		for k, text := range []string{"Một", "LOT1", "Hai", "", "LOT2", "", "", "LOT3", "Bà ngoại"} {
			if want := 1; text != "" && has(k) && len(texts[text]) != want || text != "" && !has(k) && len(texts[text]) != 0 {
				t.Errorf("%s: %q stands in %d records", when, text, len(texts[text]))
			}
		}
		var phones []string
		for _, x := range []string{"0385000001", "0385000002", "0385000003"} {
			if len(texts[x]) > 0 {
				phones = append(phones, x)
			}
		}
		last := "0385000003"
		if !has(6) {
			last = "0385000002"
		}
		// Where the middle one of three is lost, nothing says any more that the last replaced the first.
		if want := []string{last}; !slices.Equal(phones, want) && has(5) {
			t.Errorf("%s: phones %v, want %v", when, phones, want)
		}
		refersTo := func(lot, name string, child int, k int) {
			if !has(k) || !has(child) || len(texts[lot]) != 1 || len(texts[name]) != 1 {
				return
			}
			id, _ := c.centre.state(texts[lot][0]).Get(p.FieldSubject).Ref()
			if id != texts[name][0] {
				t.Errorf("%s: dose %s is of %s, %s is %s", when, lot, id, name, texts[name][0])
			}
		}
		refersTo("LOT1", "Một", 0, 1)
		refersTo("LOT2", "Hai", 2, 4)
		refersTo("LOT3", "Hai", 2, 7)
		level(t, c.a, c.province)
		level(t, c.province, c.centre)
		if st, err := c.a.n.Status(context.Background()); err != nil || st.Saved != 0 || st.AtHub != 0 || st.Held != 0 {
			t.Errorf("%s: %d saved here only, %d at the hub, %d held, %v", when, st.Saved, st.AtHub, st.Held, err)
		}
	}
	check("at first")
	before := stands(t, c.centre, registry.SubjectName, registry.SubjectMotherPhone, registry.DoseLot)
	c.a.stop()
	c.a.start()
	c.quiet()
	check("started again")
	c.a.damaged(-1)
	c.quiet()
	check("without a database again")
	if k := c.a.recordWithVoid(); k >= 0 {
		c.a.damaged(k)
		c.quiet()
		check("without the record of that")
	}
	after := stands(t, c.centre, registry.SubjectName, registry.SubjectMotherPhone, registry.DoseLot)
	if fmt.Sprint(before) != fmt.Sprint(after) {
		t.Errorf("what was issued again once was issued once more:\n%v\n%v", before, after)
	}
}

// TestLostCreationThatTurnsUpAfterAllStandsOnce: a hub that was thought lost comes back with the log of which a part was
// issued again meanwhile. What was lost comes with it; what was written again is void under its old name.
func TestLostCreationThatTurnsUpAfterAllStandsOnce(t *testing.T) {
	c := newCountry(t)
	back := c.province.saved()
	c.a.act(subject(t, c.a, c.communeA, "Trước"))
	hole := c.a.act(subject(t, c.a, c.communeA, "Trong chỗ hỏng"))[0]
	c.a.act(dose(t, hole, c.placeA, "BCG"))
	behind := c.a.act(subject(t, c.a, c.communeA, "Sau"))[0]
	c.a.act(dose(t, behind, c.placeA, "OPV"))
	c.a.sync(c.province)
	var raws [][]byte
	c.province.view(func(tx store.Tx) error {
		for at := p.Seq(1); ; {
			row, err := tx.SegmentHolding(behind.Birth().Log, at)
			if err != nil || row == nil {
				return err
			}
			raws, at = append(raws, row.Raw), row.First+p.Seq(row.Count)
		}
	})
	back()
	c.a.damaged(1)
	c.quiet()
	names := stands(t, c.centre, registry.SubjectName)
	if len(names["Sau"]) != 1 || names["Sau"][0] == behind || len(names["Trong chỗ hỏng"]) != 0 {
		t.Fatalf("what was behind the damaged place is not issued again: %v", names)
	}
	if got, err := c.province.n.BringIn(context.Background(), c.a.id.Device, raws); err != nil || got.New == 0 {
		t.Fatalf("the log is not taken in: %+v, %v", got, err)
	}
	c.quiet()
	for _, m := range []*machine{c.a, c.province, c.centre} {
		names := stands(t, m, registry.SubjectName)
		for _, name := range []string{"Trước", "Trong chỗ hỏng", "Sau"} {
			if len(names[name]) != 1 {
				t.Errorf("%q stands in %d records", name, len(names[name]))
			}
		}
		if n := doses(t, m); n != 2 {
			t.Errorf("%d doses count, want 2", n)
		}
	}
	level(t, c.a, c.province)
	level(t, c.province, c.centre)
}

// TestWhatIsWrittenIntoARecordThatStandsAgainComesBack: a record was issued again under another id, later work is written under
// its old one, into another log, and comes to lie behind a damaged place itself.
func TestWhatIsWrittenIntoARecordThatStandsAgainComesBack(t *testing.T) {
	c := newCountry(t)
	c.a.act(subject(t, c.a, c.communeA, "Trong chỗ hỏng"))
	behind := c.a.act(subject(t, c.a, c.communeA, "Sau"))[0]
	c.a.damaged(0)
	c.quiet()
	if names := stands(t, c.centre, registry.SubjectName); len(names["Sau"]) != 1 || names["Sau"][0] == behind {
		t.Fatalf("what was behind the damaged place is not issued again: %v", names)
	}
	hole := 0
	if err := c.a.jr.Replay(func(*node.Record) error {
		hole++
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	c.a.act(subject(t, c.a, c.communeA, "Cũng trong chỗ hỏng"))
	c.a.edit(behind, registry.SubjectHamlet, p.Text("Na Phay 2"))
	c.a.damaged(hole)
	if c.a.n.Stranded() == 0 {
		t.Fatal("nothing lies behind the damaged place")
	}
	c.quiet()
	for _, m := range []*machine{c.a, c.province, c.centre} {
		if got := m.text(behind, registry.SubjectHamlet); got != "Na Phay 2" {
			t.Errorf("%s has the hamlet %q", m.id.Device, got)
		}
		if names := stands(t, m, registry.SubjectName); len(names["Sau"]) != 1 {
			t.Errorf("%s has %d records of the child", m.id.Device, len(names["Sau"]))
		}
	}
}

// doses counts the doses that are not void.
func doses(t *testing.T, m *machine) (n int) {
	t.Helper()
	m.view(func(tx store.Tx) error {
		return tx.EachState(func(s *p.State) error {
			if _, void := registry.Voided(s); s.Kind == registry.KindImmunization && !void {
				n++
			}
			return nil
		})
	})
	return n
}

// TestHubLosesWhatAStationCountedOnItFor: a station lost its database and the first record of a log, and its hub had all of that
// log. Then the hub is set back to before it had any.
func TestHubLosesWhatAStationCountedOnItFor(t *testing.T) {
	c := countryOn(t, true)
	c.a.act(subject(t, c.a, c.communeA, "Hôm qua"))
	c.quiet()
	back := c.province.saved()
	*c.a.clock = c.a.clock.Add(24 * time.Hour)
	c.a.act(subject(t, c.a, c.communeA, "Trong chỗ hỏng"))
	child := c.a.act(subject(t, c.a, c.communeA, "Sau"))[0]
	c.a.act(dose(t, child, c.placeA, "BCG"))
	c.a.sync(c.province)
	c.a.damaged(1)
	c.a.sync(c.province)
	back()
	c.quiet()
	if names := stands(t, c.centre, registry.SubjectName); len(names["Sau"]) != 1 {
		t.Errorf("what is in the journal stands in %d records at the centre", len(names["Sau"]))
	}
	if n := doses(t, c.centre); n != 1 {
		t.Errorf("%d doses at the centre, want 1", n)
	}
	level(t, c.a, c.province)
	level(t, c.province, c.centre)
	above := map[p.LogID]p.Seq{}
	for _, row := range logs(c.province) {
		above[row.ID] = row.Head
	}
	for _, row := range logs(c.a) {
		if row.Own && row.UpHere > above[row.ID] {
			t.Errorf("%d changes of log %s count as being at the hub, which has %d", row.UpHere, row.ID, above[row.ID])
		}
	}
}
