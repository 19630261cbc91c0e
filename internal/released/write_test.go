package released

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"tramy/internal/datadir"
	"tramy/internal/desk"
	"tramy/internal/node"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/store"
	"tramy/internal/store/sqlite"
	"tramy/internal/synth"
	"tramy/station"
	p "tramy/syncproto"
)

var version = flag.String("write", "", "write what this version leaves, under this name, into testdata/released")

// writer gathers what a version leaves.
type writer struct {
	t     *testing.T
	tree  *nodetest.Tree
	st    *station.Station // whose exchanges are recorded
	names *synth.Namer
	out   string
	tar   *tar.Writer
	fix   fixture
}

// TestWrite writes the folder of the present version; a release runs it once.
func TestWrite(t *testing.T) {
	if *version == "" {
		t.Log("nothing to write: -write names the version")
		return
	}
	out := filepath.Join(root, *version)
	if _, err := os.Stat(out); err == nil {
		t.Fatalf("%s is there already: what a version has left is never changed", out)
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	z, err := zstd.NewWriter(&packed, zstd.WithEncoderLevel(zstd.SpeedBestCompression), zstd.WithWindowSize(windowBytes))
	if err != nil {
		t.Fatal(err)
	}
	w := &writer{t: t, tree: nodetest.New(t), names: synth.NewNamer(7), out: out, tar: tar.NewWriter(z), fix: fixture{Version: *version}}
	w.exchanges()
	w.must(w.tar.Close())
	w.must(z.Close())
	w.must(os.WriteFile(filepath.Join(out, foldersFile), packed.Bytes(), 0o644))
	w.fix.AtMS = w.tree.Clock().Now().UnixMilli()
	w.fix.People = peopleAt(t, w.tree.Hub.Node.Store())
	b, err := json.MarshalIndent(w.fix, "", " ")
	w.must(err)
	w.must(os.WriteFile(filepath.Join(out, fixtureFile), append(b, '\n'), 0o644))
}

func (w *writer) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// exchanges lets a commune work: one station fills the register, a second is new there.
func (w *writer) exchanges() {
	old := w.tree.Station
	children := w.work(old, 14)
	w.must(old.Link(w.ctx(), w.tree.Head, children[0], children[1], true))
	w.tree.Sync(w.t)
	w.edit(w.tree.Hub.Desk, w.tree.Head, children[2], "bản Na Phay 1")
	w.edit(old.Desk, w.tree.Nurse, children[2], "bản Pha Thanh") // two hamlets stand side by side
	w.tree.Sync(w.t)

	w.st = w.tree.AddStation(w.t, w.tree.Hub, w.tree.Facility, "Máy trạm thứ hai")
	w.record("first")
	w.day()
	mine := w.work(w.st, 4)
	w.record("day")
	w.record("idle")
	w.day()
	// The station loses what it had heard of one child.
	before := w.state(children[5])
	w.edit(w.tree.Hub.Desk, w.tree.Head, children[5], "bản Na Phay 2")
	w.exchange(nil)
	nodetest.SetBack(w.t, w.st.Node.Store(), before)
	w.record(comparedName)
	w.day()

	// What it may not write is held.
	w.tree.Station = w.st // WriteElsewhere writes at it
	w.tree.WriteElsewhere(w.t, mine[0])
	w.tree.Station = old
	w.record("held")
}

func (w *writer) ctx() context.Context { return context.Background() }

// day moves the clock to the next.
func (w *writer) day() { w.tree.Clock().Add(24 * time.Hour) }

// work registers children and gives them doses.
func (w *writer) work(s *station.Station, n int) (ids []p.EntityID) {
	w.t.Helper()
	today := s.Today()
	for i := range n {
		sex := []registry.Sex{registry.SexFemale, registry.SexMale}[i%2]
		ethnic := w.names.Ethnic("11")
		id, _, err := s.Register(w.ctx(), w.tree.Nurse, registry.SubjectInput{
			Place: w.tree.Commune, Name: w.names.Child(ethnic, sex, w.names.Family(ethnic)), BirthDate: today - registry.Day(40+i), BirthPrec: registry.PrecisionDay,
			Sex: sex, MotherName: w.names.Adult(ethnic, registry.SexFemale), Hamlet: "bản Na Phay 1",
		}, true)
		w.must(err)
		doses := []registry.ImmunizationInput{{Vaccine: "BCG", Lot: "A24-123", Programme: registry.ProgrammeEPI, Source: registry.SourceHere}}
		if i%3 == 0 {
			doses = append(doses, registry.ImmunizationInput{Vaccine: "VGB", Lot: "B24-001", Programme: registry.ProgrammeEPI, Source: registry.SourceHere})
		}
		given, err := s.RecordVisit(w.ctx(), w.tree.Nurse, desk.Visit{Subject: id, Doses: doses, GivenOn: today - 1, Screening: registry.ScreeningEligible})
		w.must(err)
		if i%5 == 4 {
			w.must(s.VoidDose(w.ctx(), w.tree.Nurse, given[0], "nhầm trẻ", registry.Saw{}))
		}
		ids = append(ids, id)
	}
	return ids
}

// edit writes where a child lives, whatever stood there.
func (w *writer) edit(d *desk.Desk, who desk.Who, id p.EntityID, hamlet string) {
	w.t.Helper()
	_, err := d.Node.Append(w.ctx(), who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		s, err := tx.State(id)
		if err != nil {
			return nil, err
		}
		return []registry.Draft{registry.Edit(s, registry.SubjectHamlet, p.Text(hamlet))}, nil
	})
	w.must(err)
}

func (w *writer) state(id p.EntityID) (s *p.State) {
	w.must(w.st.Node.Store().View(w.ctx(), func(tx store.Tx) (err error) {
		s, err = tx.State(id)
		return err
	}))
	return s
}

// exchange lets the station and its hub say all they have to say. take is shown each request before it is answered,
// with its number, and each answer.
func (w *writer) exchange(take func(round int, request, answer []byte)) (last node.Result) {
	w.t.Helper()
	for round := 1; ; round++ {
		call, err := w.st.Node.Begin(w.ctx(), node.Options{Fresh: round == 1, Software: "tramy-station " + w.fix.Version, PageBytes: 2 << 10})
		w.must(err)
		var req, answer bytes.Buffer
		w.must(call.WriteRequest(&req))
		if take != nil {
			take(round, req.Bytes(), nil)
		}
		w.must(w.tree.Hub.Node.Serve(w.ctx(), w.st.Node.Identity().Device, bytes.NewReader(req.Bytes()), &answer))
		if take != nil {
			take(round, req.Bytes(), answer.Bytes())
		}
		res, err := call.ReadResponse(&answer)
		w.must(err)
		if !res.More {
			return res
		}
		if round > 30 {
			w.t.Fatal("30 rounds did not come to an end")
		}
	}
}

// record keeps both folders as they are when the hub has not yet answered, and all that is said.
func (w *writer) record(name string) {
	w.t.Helper()
	x := exchange{Name: name}
	res := w.exchange(func(round int, request, answer []byte) {
		if answer != nil {
			w.must(os.WriteFile(filepath.Join(w.out, fmt.Sprintf("%s-%d.request", name, round)), request, 0o644))
			w.must(os.WriteFile(filepath.Join(w.out, fmt.Sprintf("%s-%d.answer", name, round)), answer, 0o644))
			x.Rounds = round
			return
		}
		if round == 1 {
			x.Hub, x.Station = factsOf(w.t, w.tree.Hub.Node.Store()), factsOf(w.t, w.st.Node.Store())
			w.folder(name+"/hub", w.tree.Hub.Dir)
			w.folder(name+"/station", w.st.Dir)
		}
	})
	x.After, x.Level = factsOf(w.t, w.st.Node.Store()), res.Level
	st, err := w.st.Node.Status(w.ctx())
	w.must(err)
	x.Held = st.Held
	w.fix.Exchanges = append(w.fix.Exchanges, x)
}

// folder puts a folder into the archive while its program runs.
func (w *writer) folder(name string, dir *datadir.Running) {
	w.t.Helper()
	copied := filepath.Join(w.t.TempDir(), sqlite.FileName)
	w.must(dir.Store.(*sqlite.Store).Backup(w.ctx(), copied))
	for _, path := range []string{filepath.Join(dir.Path, datadir.FileIdentity), filepath.Join(dir.Path, "device.key"), dir.JournalPath(), copied} {
		b, err := os.ReadFile(path)
		w.must(err)
		w.must(w.tar.WriteHeader(&tar.Header{Name: name + "/" + filepath.Base(path), Mode: 0o600, Size: int64(len(b))}))
		_, err = w.tar.Write(b)
		w.must(err)
	}
}

// peopleAt lists who is on record, with what they were given and what of it counts.
func peopleAt(t *testing.T, st store.Store) (out []person) {
	t.Helper()
	err := st.View(context.Background(), func(tx store.Tx) error {
		var subjects []p.EntityID
		if err := tx.EachState(func(s *p.State) error {
			if s.Kind == registry.KindSubject {
				subjects = append(subjects, s.ID)
			}
			return nil
		}); err != nil {
			return err
		}
		slices.SortFunc(subjects, p.EntityID.Compare)
		for _, id := range subjects {
			row, err := tx.SubjectRow(id)
			if err != nil || row == nil {
				return fmt.Errorf("subject %s has no row: %w", id, err)
			}
			doses, err := tx.DosesOfCase(row.Case)
			if err != nil {
				return err
			}
			who := person{Name: row.Name, Doses: []string{}}
			for _, d := range doses {
				if d.Subject == id {
					who.Doses = append(who.Doses, fmt.Sprintf("%s %s %s counts:%v", d.Vaccine, d.GivenOn.ISO(), d.Lot, d.Counted))
				}
			}
			slices.SortFunc(who.Doses, strings.Compare)
			out = append(out, who)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
