package sim

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"tramy/internal/exchange"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// narrow is a line that carries so many segments up, or so many pages down, before it breaks in the middle of the next.
type narrow struct {
	*machine
	carries  int
	up, down int // whole segments and pages that went over it
}

// RoundTrip implements http.RoundTripper.
func (l *narrow) RoundTrip(r *http.Request) (*http.Response, error) {
	w := l.w
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
		r.Body.Close()
	}
	part, k, broken1 := upTo(body, p.FrameSegment, l.carries)
	l.up += k
	said := w.deliver(letter{to: w.at(r.URL.Host), from: l.number, head: r.Header, path: r.URL.Path, body: part})
	if said == nil || broken1 {
		return nil, errLine
	}
	answer, k, broken2 := upTo(said.body.Bytes(), p.FramePage, l.carries)
	l.down += k
	resp := &http.Response{StatusCode: said.status, Header: said.head, Body: io.NopCloser(bytes.NewReader(answer)), Request: r}
	if broken2 {
		resp.Body = io.NopCloser(io.MultiReader(bytes.NewReader(answer), broken{}))
	}
	return resp, nil
}

// upTo returns what comes before the middle of the first frame of a type that is one too many, and how many came whole.
func upTo(b []byte, typ p.FrameType, most int) (part []byte, whole int, cut bool) {
	r := p.NewFrameReader(bytes.NewReader(b))
	var out bytes.Buffer
	fw := p.NewFrameWriter(&out)
	for {
		f, err := r.Read()
		if err != nil { // the end, or no frames at all
			if out.Len() > 0 {
				b = out.Bytes()
			}
			return b, whole, false
		}
		if h, ok := f.(*p.Hello); ok {
			h.PageBytes = 2 << 10 // as a client asks for that knows how slow the line is
		}
		before := out.Len()
		if err := fw.Write(f); err != nil {
			panic(err)
		}
		if f.FrameType() != typ {
			continue
		}
		if whole == most {
			return b[:(before+out.Len())/2], whole, true
		}
		whole++
	}
}

// twoOf is the smallest country: a centre, a hub, a station, and nothing goes wrong.
func twoOf(t *testing.T) (w *world, station *machine) {
	t.Helper()
	w = newWorld(t.Context(), Options{Seed: 7, Script: Script{nil}})
	w.tape.step()
	w.found()
	w.quiet = true
	return w, w.machine(func(m *machine) bool { return m.commune != nil })
}

// TestProgress: a line that carries f segments or pages a contact brings n of them over in n/f contacts and two more, however
// often it breaks: what arrived whole never goes again.
func TestProgress(t *testing.T) {
	for _, way := range []string{"up", "down", "both"} {
		for _, f := range []int{1, 2, 5} {
			t.Run(fmt.Sprintf("%s %d a contact", way, f), func(t *testing.T) {
				w, m := twoOf(t)
				line := &narrow{machine: m, carries: 1 << 20}
				m.client = &exchange.Client{
					Node: m.node, Addresses: []string{"http://" + m.up.name}, Token: m.token, Software: "sim", Now: m.now, Carry: line,
				}
				child := knownChild(t, w, m)
				contact(t, w, m)
				line.up, line.down = 0, 0
				if way != "down" {
					for i := range 24 {
						noise(t, w, m, child, i)
					}
				}
				if way != "up" {
					crowd(t, w, m, 2200)
				}
				n := waiting(t, m)
				*line = narrow{machine: m, carries: f}
				bound := (n.up+f-1)/f + (n.down+f-1)/f + 2
				contacts := 0
				for done := false; !done; contacts++ {
					if contacts == bound {
						t.Fatalf("no end after %d contacts: %d segments and %d pages went, where %d and %d were waiting", contacts, line.up, line.down, n.up, n.down)
					}
					done = contact(t, w, m)
				}
				switch {
				case way != "down" && n.up < 8, way != "up" && n.down < 8:
					t.Errorf("too little waits to show anything: %+v", n)
				case line.up != n.up || line.down != n.down:
					t.Errorf("%d segments and %d pages went, %d and %d were waiting: something went twice, or not at all", line.up, line.down, n.up, n.down)
				}
			})
		}
	}
}

// contact lets a machine speak to its hub once and reports whether all is said.
func contact(t *testing.T, w *world, m *machine) bool {
	t.Helper()
	res, err := m.client.Sync(w.ctx)
	if err != nil && !errors.Is(err, errLine) {
		t.Fatal(err)
	}
	return err == nil && res.Level
}

// load is how many segments go up and pages come down.
type load struct{ up, down int }

// waiting counts on a copy of both disks, over a line that does not break, what has to go.
func waiting(t *testing.T, m *machine) load {
	t.Helper()
	w := m.w
	was := []*machine{m, m.up}
	disks := make([]*disk, len(was))
	for i, x := range was {
		d, err := x.disk.copy(w.ctx)
		if err != nil {
			t.Fatal(err)
		}
		disks[i] = d
	}
	_ = contact(t, w, m)
	line := m.client.Carry.(*narrow)
	n := load{line.up, line.down}
	for i, x := range was {
		st, err := disks[i].base.Open(w.ctx)
		if err != nil {
			t.Fatal(err)
		}
		x.disk, x.store.inner = disks[i], st
	}
	return n
}

func knownChild(t *testing.T, w *world, m *machine) p.EntityID {
	t.Helper()
	w.register()
	if len(w.people) != 1 {
		t.Fatal("nobody is registered")
	}
	m.exchange()
	return w.people[0]
}

// noise writes a note that does not compress, so that a segment holds no more than one.
func noise(t *testing.T, w *world, m *machine, child p.EntityID, i int) {
	t.Helper()
	b := make([]byte, 3000)
	_, _ = m.random.Read(b)
	for k := range b {
		b[k] = 'a' + b[k]%26 // some of it does, a little
	}
	w.pass(time.Second) // else all would be one act
	s := m.state(child)
	d, err := registry.EditSubject(s, registry.Patch{registry.SubjectNote: p.Text(fmt.Sprint(i) + string(b))}, registry.SawOf(s), today(m))
	if err != nil {
		t.Fatal(err)
	}
	if w.save(m, fmt.Sprint(i)+string(b), d) == nil {
		t.Fatal("not saved")
	}
}

// crowd registers so many children at the hub, in the commune of a station.
func crowd(t *testing.T, w *world, m *machine, n int) {
	t.Helper()
	for n > 0 {
		k := min(n, p.ActChangesMax)
		n -= k
		_, err := m.up.node.Append(w.ctx, p.EntityID{}, func(store.Tx, func(int) p.EntityID) (out []registry.Draft, err error) {
			for range k {
				code, err := registry.NewCode(m.up.number, m.random)
				if err != nil {
					return nil, err
				}
				d, err := registry.NewSubject(registry.SubjectInput{
					Place: m.commune.place, Code: code, Name: "Lò Văn " + w.token(), BirthDate: today(m) - 60, BirthPrec: registry.PrecisionDay,
					Sex: registry.SexMale, MotherName: "Lò Thị Mai",
				}, today(m))
				if err != nil {
					return nil, err
				}
				out = append(out, d)
			}
			return out, nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
