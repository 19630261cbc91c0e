package sim

import (
	"bytes"
	"io"
	"net/http"

	"tramy/internal/exchange"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// strangers are a kind and a field that no program knows. The kind's hundred says that it goes where its subject goes.
const (
	strangeKind  p.Kind  = 150
	strangeField p.Field = 900
)

func (w *world) strangeKind() {
	m := w.station()
	if m == nil {
		return
	}
	if s := w.known(m, w.people); s != nil {
		token := w.token()
		ids := w.save(m, token, registry.Draft{Kind: strangeKind, Writes: []p.Write{
			{Field: p.FieldSubject, Data: p.Ref(s.ID)},
			{Field: strangeField, Data: p.Text(token)},
			{Field: strangeField + 1, Data: p.List(p.Int(7), p.Bytes([]byte{1, 2}), p.Bool(true))},
		}})
		w.strange = append(w.strange, ids...)
	}
}

func (w *world) strangeField() {
	m := w.station()
	if m == nil {
		return
	}
	list := w.people
	if w.tape.chance(500) {
		list = w.strange
	}
	if s := w.known(m, list); s != nil {
		token := w.token()
		write := p.Write{Field: strangeField, Data: p.Text(token)}
		for _, v := range s.Values(strangeField) {
			write.Supersedes = append(write.Supersedes, v.Superseded())
		}
		if len(write.Supersedes) <= registry.SupersedesMax {
			w.save(m, token, registry.Draft{Kind: s.Kind, Entity: s.ID, Writes: []p.Write{write}})
		}
	}
}

// poison writes what decodes and merges and cannot be shown: a dose given on a text.
func (w *world) poison() {
	m := w.station()
	if m == nil {
		return
	}
	if s := w.known(m, w.people); s != nil {
		token := w.token()
		w.save(m, token, registry.Draft{Kind: registry.KindImmunization, Writes: []p.Write{
			{Field: p.FieldSubject, Data: p.Ref(s.ID)},
			{Field: p.FieldPlace, Data: p.Ref(m.commune.facility)},
			{Field: registry.DoseVaccine, Data: p.Int(4)},
			{Field: registry.DoseGivenOn, Data: p.Text("hôm qua")},
			{Field: registry.DoseLot, Data: p.Text(token)},
		}})
	}
}

// twoContents lets a device sign another content under a dot that it used, as a cheat would, and send it.
func (w *world) twoContents() {
	m := w.station()
	if m == nil || !m.up.runs() || m.revoked {
		return
	}
	r := w.facts.last[m]
	if r == nil || r.Opening == nil || len(r.Changes) != 1 {
		return // only of a log whose beginning is at hand
	}
	c := r.Changes[0]
	c.Writes = append([]p.Write(nil), c.Writes...)
	for i := range c.Writes { // what marks the true act stays with that
		if _, ok := c.Writes[i].Data.Text(); ok || i == len(c.Writes)-1 {
			c.Writes[i].Data = p.Text("khác")
		}
	}
	if c.Check() != nil {
		return
	}
	w.facts.add(&c)
	w.send(m, r.Opening, c)
}

// replaceUnseen lets a device write, in a log of its own, that it replaces values which it has not seen: one that is
// yet to be written, and one under a wrong hash. Neither may go.
func (w *world) replaceUnseen() {
	m := w.station()
	if m == nil || !m.up.runs() || m.revoked {
		return
	}
	s := w.known(m, w.people)
	if s == nil {
		return
	}
	o := &p.Opening{Device: m.id.Device}
	_, _ = io.ReadFull(m.random, o.Random[:])
	log := p.NewLogID(publicKey(m), o.Random)
	c := p.Change{
		Dot: p.Dot{Log: log, Seq: 1}, At: p.At{WallMS: m.now().UnixMilli()}, Actor: m.actor, Kind: registry.KindSubject, Entity: s.ID,
		Writes: []p.Write{{Field: registry.SubjectNote, Data: p.Text(w.token())}},
	}
	unseen := p.Superseded{Dot: p.Dot{Log: w.writing(m), Seq: 999}}
	if !unseen.Dot.Log.IsZero() {
		c.Writes[0].Supersedes = append(c.Writes[0].Supersedes, unseen)
	}
	for _, v := range s.Values(registry.SubjectNote) {
		wrong := v.Superseded()
		wrong.Hash[0]++
		c.Writes[0].Supersedes = append(c.Writes[0].Supersedes, wrong)
		break
	}
	sortSuperseded(c.Writes[0].Supersedes)
	if c.Check() != nil {
		return
	}
	w.facts.add(&c)
	w.send(m, o, c)
}

func sortSuperseded(list []p.Superseded) {
	if len(list) == 2 && list[0].Compare(list[1]) > 0 {
		list[0], list[1] = list[1], list[0]
	}
}

// send signs one change as a log's first segment and sends it in a request that only looks like one of the machine's.
func (w *world) send(m *machine, o *p.Opening, c p.Change) {
	raw, err := p.SealSegment(m.id.Key, o, p.ChainStart(c.Dot.Log), []p.Change{c})
	w.must(err)
	hello := &p.Hello{WallMS: m.now().UnixMilli(), PageBytes: 4096, Intro: &p.Intro{Versions: []uint8{p.Version}, Software: "?", Device: m.id.Device}}
	_, _ = io.ReadFull(m.random, hello.Incarnation[:])
	_, _ = io.ReadFull(m.random, hello.Nonce[:])
	var body bytes.Buffer
	fw := p.NewFrameWriter(&body)
	for _, f := range []p.Frame{hello, &p.SegmentFrame{Raw: raw}, &p.RequestEnd{Segments: 1}} {
		w.must(fw.Write(f))
	}
	head := http.Header{"Authorization": {"Bearer " + exchange.EncodeToken(m.token)}, "Content-Type": {p.ContentType}}
	w.deliver(letter{to: m.up, from: m.number, head: head, path: exchange.PathExchange, body: body.Bytes()})
}

// place edits a place at the centre, as a reform does.
func (w *world) place(id p.EntityID, change func(*registry.PlaceInput)) {
	if !w.root.runs() {
		return
	}
	s := w.root.state(id)
	if s == nil {
		return
	}
	in := registry.PlaceOf(s).PlaceInput
	change(&in)
	d, err := registry.EditFields(s, in.Patch(s), registry.SawOf(s))
	if err != nil || len(d.Writes) == 0 {
		return
	}
	_, err = w.root.node.Append(w.ctx, p.EntityID{}, func(store.Tx, func(int) p.EntityID) ([]registry.Draft, error) {
		return []registry.Draft{d}, nil
	})
	if err == nil {
		w.facts.tell(w.root, "", false)
	}
}

// merge ends a commune in favour of another.
func (w *world) merge() {
	if len(w.communes) < 2 {
		return
	}
	a, b := w.communes[w.tape.below(len(w.communes))], w.communes[w.tape.below(len(w.communes))]
	if a == b || a.ended || b.ended {
		return
	}
	a.ended = true
	w.note("%s becomes part of %s", a.code, b.code)
	day := registry.Today(w.now, registry.VietnamOffset)
	w.place(a.place, func(in *registry.PlaceInput) { in.Until, in.Successors = day, []p.EntityID{b.place} })
	w.place(a.facility, func(in *registry.PlaceInput) {
		in.Former = append(in.Former, registry.FormerPlace{Until: day, Parent: in.Parent, Code: in.Code, Name: in.Name})
		in.Parent = b.place
	})
}

func (w *world) rename() {
	c := w.communes[w.tape.below(len(w.communes))]
	name := w.token()
	w.place(c.place, func(in *registry.PlaceInput) { in.Name = "Xã " + name })
}

// shift moves a facility, with its machines, to another commune as if the first had been a mistake.
func (w *world) shift() {
	if len(w.communes) < 2 {
		return
	}
	c, to := w.communes[w.tape.below(len(w.communes))], w.communes[w.tape.below(len(w.communes))]
	if c == to || c.ended || to.ended {
		return
	}
	w.note("the facility of %s belongs to %s", c.code, to.code)
	w.place(c.facility, func(in *registry.PlaceInput) { in.Parent = to.place })
}
