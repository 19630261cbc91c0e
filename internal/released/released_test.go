package released

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"testing"

	"tramy/internal/node"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	"tramy/internal/store/sqlite"
	p "tramy/syncproto"
)

// each runs a test for each exchange of each version, with the folders unpacked.
func each(t *testing.T, fn func(t *testing.T, f *fixture, x *exchange, dir string)) {
	for _, v := range versions(t) {
		f := read(t, v)
		dir := unpack(t, v)
		for i := range f.Exchanges {
			x := &f.Exchanges[i]
			t.Run(v+"/"+x.Name, func(t *testing.T) { fn(t, &f, x, filepath.Join(dir, x.Name)) })
		}
	}
}

// said returns what was recorded of one exchange.
func said(t *testing.T, f *fixture, x *exchange) (requests, answers [][]byte) {
	t.Helper()
	for i := range x.Rounds {
		for end, to := range map[string]*[][]byte{"request": &requests, "answer": &answers} {
			b, err := os.ReadFile(filepath.Join(root, f.Version, fmt.Sprintf("%s-%d.%s", x.Name, i+1, end)))
			if err != nil {
				t.Fatal(err)
			}
			*to = append(*to, b)
		}
	}
	return requests, answers
}

// helloOf is how a request begins.
func helloOf(t *testing.T, request []byte) *p.Hello {
	t.Helper()
	f, err := p.NewFrameReader(bytes.NewReader(request)).Read()
	if err != nil {
		t.Fatal(err)
	}
	return f.(*p.Hello)
}

func TestEachVersionHasLeftLittle(t *testing.T) {
	for _, v := range versions(t) {
		var size int64
		entries, err := os.ReadDir(filepath.Join(root, v))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			info, err := e.Info()
			if err != nil {
				t.Fatal(err)
			}
			size += info.Size()
		}
		if size > sizeBytesMax {
			t.Errorf("%s has left %d bytes, at most %d are allowed", v, size, sizeBytesMax)
		}
		if f := read(t, v); f.Version != v || len(f.People) == 0 || len(f.Exchanges) < 5 {
			t.Errorf("%s: it names the version %q, %d people and %d exchanges", v, f.Version, len(f.People), len(f.Exchanges))
		}
	}
}

// TestEachReleaseHasLeftAFolder holds the list against CHANGELOG.md.
func TestEachReleaseHasLeftAFolder(t *testing.T) {
	b, err := os.ReadFile("../../CHANGELOG.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`(?m)^## \[(\d[^\]]*)\]`).FindAllSubmatch(b, -1) {
		if _, err := os.Stat(filepath.Join(root, string(m[1]), fixtureFile)); err != nil {
			t.Errorf("version %s has left nothing here: run go test ./internal/released -run TestWrite -write %s", m[1], m[1])
		}
	}
}

// An old folder opens, every record is there as it was, and rows are those that follow from the states.
func TestOldFoldersOpen(t *testing.T) {
	each(t, func(t *testing.T, f *fixture, x *exchange, dir string) {
		for program, want := range map[string]facts{"hub": x.Hub, "station": x.Station} {
			for range 2 { // and once more, when it was brought up to this version
				m := start(t, filepath.Join(dir, program), program, f)
				if err := m.st.(*sqlite.Store).QuickCheck(context.Background()); err != nil {
					t.Error(err)
				}
				if got := factsOf(t, m.st); got != want {
					t.Errorf("%s holds %+v, want %+v", program, got, want)
				}
				if x.Name != comparedName || program == "hub" { // there the station has lost a state and not its row
					rowsFollow(t, m)
				}
				if program == "hub" && x == &f.Exchanges[len(f.Exchanges)-1] {
					if got := peopleAt(t, m.st); !reflect.DeepEqual(got, f.People) {
						t.Errorf("people at the hub:\n%v, want\n%v", got, f.People)
					}
				}
				m.stop(t)
			}
		}
	})
}

// rowsFollow compares the rows of people and doses with those made of all states at once, and the figures with the
// rows.
func rowsFollow(t *testing.T, m *machine) {
	t.Helper()
	if err := m.st.View(context.Background(), func(tx store.Tx) error {
		all := project.Case{Residence: m.n.Atlas().Residence}
		if err := tx.EachState(func(s *p.State) error {
			switch s.Kind {
			case registry.KindSubject:
				all.Subjects = append(all.Subjects, s)
			case registry.KindImmunization:
				all.Doses = append(all.Doses, s)
			case registry.KindLink:
				all.Links = append(all.Links, s)
			}
			return nil
		}); err != nil {
			return err
		}
		want := project.CaseRows(all)
		for i := range want.Subjects {
			if got, err := tx.SubjectRow(want.Subjects[i].ID); err != nil || got == nil || *got != want.Subjects[i] {
				t.Errorf("the row of a person is\n%+v, want\n%+v, %v", got, want.Subjects[i], err)
			}
		}
		counted := int64(0)
		for i := range want.Doses {
			if got, err := tx.ImmunizationRow(want.Doses[i].ID); err != nil || got == nil || *got != want.Doses[i] {
				t.Errorf("the row of a dose is\n%+v, want\n%+v, %v", got, want.Doses[i], err)
			}
			if _, ok := want.Doses[i].Coverage(); ok {
				counted++
			}
		}
		rows, err := tx.Coverage(store.CoverageQuery{})
		for _, r := range rows {
			counted -= r.Count
		}
		if counted != 0 {
			t.Errorf("%d doses more follow from the states than are counted", counted)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// A hub of today answers an old station: in words that it believes, having taken all that it sent.
func TestOldRequestsAreAnswered(t *testing.T) {
	each(t, func(t *testing.T, f *fixture, x *exchange, dir string) {
		ctx := context.Background()
		hub := start(t, filepath.Join(dir, "hub"), "hub", f)
		requests, _ := said(t, f, x)
		station := helloOf(t, requests[0]).Intro.Device
		for i, request := range requests {
			var answer bytes.Buffer
			if err := hub.n.Serve(ctx, station, bytes.NewReader(request), &answer); err != nil {
				t.Fatalf("request %d: %v", i+1, err)
			}
			a := &heard{t: t, hub: hub, station: station, hello: helloOf(t, request)}
			if err := p.ReadResponse(&answer, a); err != nil || a.heads == nil {
				t.Fatalf("answer %d: %v", i+1, err)
			}
			sent := &segments{}
			if err := p.ReadRequest(bytes.NewReader(request), sent); err != nil {
				t.Fatal(err)
			}
			if to := a.hello.From.Number + uint64(len(sent.all)); a.heads.Position.Number != to && len(sent.all) > 0 {
				t.Errorf("request %d brought the outbox up to %d, the hub says it has taken %d", i+1, to, a.heads.Position.Number)
			}
			for _, s := range sent.all {
				hub.has(t, s)
			}
		}
		if held := hub.held(t, station); held != x.Held {
			t.Errorf("%d changes are held, want %d", held, x.Held)
		}
	})
}

// has fails unless a hub has a segment whole.
func (m *machine) has(t *testing.T, raw []byte) {
	t.Helper()
	seg, err := p.ParseSegment(raw)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.st.View(context.Background(), func(tx store.Tx) error {
		row, err := tx.SegmentHolding(seg.Log, seg.Last())
		if err == nil && (row == nil || !bytes.Equal(row.Raw, raw)) {
			t.Errorf("segment %s:%d is not kept as it came", seg.Log, seg.First)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// held counts the changes of a device that a hub did not let in.
func (m *machine) held(t *testing.T, device p.EntityID) (n uint64) {
	t.Helper()
	if err := m.st.View(context.Background(), func(tx store.Tx) error {
		logs, err := tx.LogsOf(device)
		for i := range logs {
			n += uint64(logs[i].Head - min(logs[i].In, logs[i].Head))
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return n
}

// A station of today takes in what an old hub answered, and then holds what one of then held.
func TestOldAnswersAreTakenIn(t *testing.T) {
	each(t, func(t *testing.T, f *fixture, x *exchange, dir string) {
		ctx := context.Background()
		requests, answers := said(t, f, x)
		var nonces [][16]byte
		for _, r := range requests {
			nonces = append(nonces, helloOf(t, r).Nonce)
		}
		station := start(t, filepath.Join(dir, "station"), "station", f, nonces...)
		var res node.Result
		for i, answer := range answers {
			call, err := station.n.Begin(ctx, node.Options{Fresh: i == 0, Software: "tramy-station", PageBytes: 2 << 10})
			if err != nil {
				t.Fatal(err)
			}
			var request bytes.Buffer
			if err := call.WriteRequest(&request); err != nil {
				t.Fatal(err)
			}
			if res, err = call.ReadResponse(bytes.NewReader(answer)); err != nil || res.Refusal != nil {
				t.Fatalf("answer %d: %v %v", i+1, res.Refusal, err)
			}
		}
		if res.Level != x.Level {
			t.Errorf("level with the hub: %v, want %v", res.Level, x.Level)
		}
		if got := factsOf(t, station.st); got != x.After {
			t.Errorf("it then holds %+v, want %+v", got, x.After)
		}
		st, err := station.n.Status(ctx)
		if err != nil || st.Held != x.Held || st.Saved != 0 {
			t.Errorf("%d changes are held and %d not taken, want %d and none, %v", st.Held, st.Saved, x.Held, err)
		}
		rowsFollow(t, station)
	})
}

// Both upgraded, they go on from where they stood and come to hold the same.
func TestOldFoldersGoOnTogether(t *testing.T) {
	each(t, func(t *testing.T, f *fixture, x *exchange, dir string) {
		ctx := context.Background()
		hub, station := start(t, filepath.Join(dir, "hub"), "hub", f), start(t, filepath.Join(dir, "station"), "station", f)
		for round := 1; ; round++ {
			call, err := station.n.Begin(ctx, node.Options{Fresh: round == 1, Software: "tramy-station"})
			if err != nil {
				t.Fatal(err)
			}
			var request, answer bytes.Buffer
			if err := call.WriteRequest(&request); err != nil {
				t.Fatal(err)
			}
			if err := hub.n.Serve(ctx, station.n.Identity().Device, &request, &answer); err != nil {
				t.Fatal(err)
			}
			res, err := call.ReadResponse(&answer)
			if err != nil {
				t.Fatal(err)
			}
			if !res.More {
				if res.Level != x.Level {
					t.Errorf("level with the hub: %v, want %v", res.Level, x.Level)
				}
				break
			}
			if round > 20 {
				t.Fatal("20 rounds did not come to an end")
			}
		}
		if got := factsOf(t, station.st); got != x.After {
			t.Errorf("the station then holds %+v, want %+v", got, x.After)
		}
	})
}

// segments gathers what a request brings.
type segments struct{ all [][]byte }

func (s *segments) Hello(*p.Hello) error { return nil }
func (s *segments) Segment(f *p.SegmentFrame) error {
	s.all = append(s.all, bytes.Clone(f.Raw))
	return nil
}
func (s *segments) Let(*p.Let) error               { return nil }
func (s *segments) Logs(*p.Logs) error             { return nil }
func (s *segments) Range(*p.Range) error           { return nil }
func (s *segments) Want(*p.Want) error             { return nil }
func (s *segments) RequestEnd(*p.RequestEnd) error { return nil }

// heard reads an answer as the station of then did: it believes what the hub signed.
type heard struct {
	t       *testing.T
	hub     *machine
	station p.EntityID
	hello   *p.Hello
	heads   *p.Heads
}

func (h *heard) Heads(f *p.Heads) error {
	h.heads = f
	return f.Verify(h.hub.dir.Keys.Private().Public().(ed25519.PublicKey), h.station, h.hello.Nonce)
}

func (h *heard) Refusal(r *p.Refusal) error {
	h.t.Errorf("refused: %d %s", r.Code, r.Message)
	return nil
}

func (h *heard) Page(f *p.Page) error {
	_, err := f.Rows()
	return err
}
func (h *heard) Scopes(*p.Scopes) error           { return nil }
func (h *heard) Fingerprint(*p.Fingerprint) error { return nil }
func (h *heard) Part(*p.Part) error               { return nil }
func (h *heard) Known(*p.Known) error             { return nil }
func (h *heard) RootSum(*p.RootSum) error         { return nil }
func (h *heard) Notice(*p.Notice) error           { return nil }
func (h *heard) ResponseEnd(*p.ResponseEnd) error { return nil }
