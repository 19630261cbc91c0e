package bench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"tramy/internal/desk"
	"tramy/internal/registry"
	"tramy/internal/sheet"
	"tramy/internal/store"
	"tramy/station"
	p "tramy/syncproto"
)

// What is planted into the register that is imported: one person in so many.
const (
	plantEvery  = 100 // a dose before birth
	doubleEvery = 100 // somebody who is nearly one above: a person is to be asked
	importDoses = 12  // doses of a child
)

// Import measures how a commune's register comes in from a spreadsheet: how long it takes, whether exactly the
// planted rows stay out, how much memory it takes, what somebody who searches and saves meanwhile waits, how long
// it takes to find out that all is there already, what going out again takes, and what the first sync of a second
// laptop then costs.
func Import(ctx context.Context, opt Options) (Report, error) {
	opt.defaults()
	opt.Work.Doses, opt.Work.Edits, opt.Work.Concurrent = opt.Work.Children*importDoses, 0, 0
	r := Report{Title: "A register comes in from a spreadsheet", Work: opt.Work}
	t, err := newTree(ctx, opt)
	if err != nil {
		return r, fmt.Errorf("founding the hub: %w", err)
	}
	defer t.close()
	w := &wire{tree: t, maker: NewMaker(opt.Seed), report: &r}
	st, err := w.station(ctx, w.facility)
	if err != nil {
		return r, err
	}
	if _, err := w.sync(ctx, st); err != nil {
		return r, fmt.Errorf("reference data: %w", err)
	}
	opt.Progress("writing the spreadsheet")
	path := filepath.Join(t.dir, "so.xlsx")
	planted, err := w.spreadsheet(path)
	if err != nil {
		return r, fmt.Errorf("writing the spreadsheet: %w", err)
	}
	if info, err := os.Stat(path); err == nil {
		r.add("import", "file", float64(info.Size()), "B", Bound{}, "XLSX, a row a child")
	}
	if err := w.importing(ctx, st, path, planted); err != nil {
		return r, err
	}
	if err := w.exporting(ctx, st); err != nil {
		return r, fmt.Errorf("going out again: %w", err)
	}
	return r, w.second(ctx, st)
}

// planted is how many people of a register are to stay out, and how many to be asked about.
type planted struct{ people, refused, proposed int }

// spreadsheet writes a register with mistakes of known number.
func (w *wire) spreadsheet(path string) (planted, error) {
	var n planted
	f, err := os.Create(path)
	if err != nil {
		return n, err
	}
	defer f.Close()
	today := registry.Today(w.clock.now(), vietnam)
	var makeErr error
	people := func(yield func(*sheet.Person, error) bool) {
		for i := range w.opt.Work.Children {
			in, err := w.maker.Child(p.EntityID{}, 0, today-500, 1300)
			if err != nil {
				makeErr = err
				return
			}
			in.Code = "" // a register from before tramy has none
			person := &sheet.Person{Subject: in, Commune: "Xã Mường Nhà"}
			born := time.Unix(int64(in.BirthDate)*86400, 0).UTC().Add(3 * time.Hour)
			for k := 0; len(person.Doses) < importDoses; k++ {
				for _, dose := range w.maker.Visit(p.EntityID{}, p.EntityID{}, k, len(visits[k]), born.AddDate(0, k, k)) {
					person.Doses = append(person.Doses, sheet.Dose{ImmunizationInput: dose})
				}
			}
			person.Doses = person.Doses[:importDoses]
			var twice *sheet.Person
			switch {
			case i%plantEvery == plantEvery-1:
				person.Doses[0].GivenOn = in.BirthDate - 30
				n.refused++
			case i%doubleEvery == 7:
				again := *person
				again.Subject.BirthDate += 1
				if _, _, day := in.BirthDate.Date(); day%10 == 9 || day >= 28 {
					again.Subject.BirthDate -= 2 // one digit, not two
				}
				again.Doses = nil
				twice = &again
				n.proposed++
			}
			n.people++
			if !yield(person, nil) {
				return
			}
			if twice != nil {
				n.people++
				if !yield(twice, nil) {
					return
				}
			}
		}
	}
	err = sheet.WriteWide(f, sheet.XLSX, people, sheet.WriteOptions{Vaccines: registry.Vaccines()})
	if err == nil {
		err = makeErr
	}
	return n, err
}

// importing brings the file in twice, with somebody at work beside it the first time.
func (w *wire) importing(ctx context.Context, st *station.Station, path string, want planted) error {
	w.opt.Progress("importing")
	memory := watchMemory()
	beside, end := context.WithCancel(ctx)
	defer end()
	var waits workBeside
	var done sync.WaitGroup
	done.Go(func() { waits.run(beside, st, w) })
	counts, took, err := w.importFile(ctx, st, path)
	end()
	done.Wait()
	peak := memory()
	if err != nil {
		return fmt.Errorf("importing: %w", err)
	}
	if waits.err != nil {
		return fmt.Errorf("working beside it: %w", waits.err)
	}
	perSecond := float64(counts.People) / took.Seconds()
	w.report.add("import", "seconds", took.Seconds(), "s", Bound{}, fmt.Sprintf("%d people, %d doses", counts.New, counts.Doses))
	w.report.add("import", "people a second", perSecond, "", Bound{Must: 100, AtLeast: true}, "somebody searches and saves meanwhile")
	w.report.add("import", "rejected, beyond those planted", float64(counts.Refused-want.refused), "", Bound{}, fmt.Sprintf("%d of %d", counts.Refused, want.refused))
	w.report.add("import", "asked about, beyond those planted", float64(counts.Proposed-want.proposed), "", Bound{}, fmt.Sprintf("%d of %d", counts.Proposed, want.proposed))
	if counts.Refused != want.refused || counts.Proposed != want.proposed || counts.New != want.people-want.refused-want.proposed {
		return fmt.Errorf("planted %+v, got %+v", want, counts)
	}
	w.report.add("import", "peak memory of the program", float64(peak.runtime), "B", Bound{}, "station, hub and generator together, as the runtime has it")
	if peak.resident > 0 {
		w.report.add("import", "peak resident memory", float64(peak.resident), "B", Bound{}, "of the process, from its start")
	}
	for name, list := range map[string][]time.Duration{"search": waits.searches, "save": waits.saves} {
		if len(list) == 0 {
			continue
		}
		slices.Sort(list)
		ms := func(q float64) float64 { return float64(list[int(q*float64(len(list)-1))].Microseconds()) / 1000 }
		w.report.add("beside it", name+", median", ms(0.5), "ms", Bound{}, fmt.Sprintf("of %d", len(list)))
		w.report.add("beside it", name+", 99 of 100", ms(0.99), "ms", Bound{}, "")
		w.report.add("beside it", name+", worst", ms(1), "ms", Bound{}, "")
	}
	w.opt.Progress("importing the same file again")
	again, took, err := w.importFile(ctx, st, path)
	if err != nil {
		return fmt.Errorf("importing again: %w", err)
	}
	if again.New+again.Completed+again.Doses != 0 {
		return fmt.Errorf("the same file again wrote something: %+v", again)
	}
	w.report.add("import", "the same file again", took.Seconds(), "s", Bound{}, fmt.Sprintf("%.0f people a second, nothing written", float64(again.People)/took.Seconds()))
	return nil
}

func (w *wire) importFile(ctx context.Context, st *station.Station, path string) (desk.ImportCounts, time.Duration, error) {
	begun := time.Now()
	f, err := os.Open(path)
	if err != nil {
		return desk.ImportCounts{}, 0, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return desk.ImportCounts{}, 0, err
	}
	book, err := sheet.Open(filepath.Base(path), f, info.Size())
	if err != nil {
		return desk.ImportCounts{}, 0, err
	}
	names, err := st.VaccineNames(ctx)
	if err != nil {
		return desk.ImportCounts{}, 0, err
	}
	m, err := book.Guess("", nil, names)
	if err != nil {
		return desk.ImportCounts{}, 0, err
	}
	counts, err := st.ImportBook(ctx, w.nurses[0], book, &m, desk.ImportOptions{File: info.Name()}, func(desk.ImportedEntry, *desk.ImportCounts) error {
		w.clock.move(4 * time.Millisecond) // no two acts are of one moment
		return nil
	})
	return counts, time.Since(begun), err
}

// workBeside is what somebody waits who searches, and now and then saves, while a register comes in.
type workBeside struct {
	searches, saves []time.Duration
	err             error
}

// Somebody at work: a search each fiftieth of a second, far more than anybody types, and a save each tenth one.
const (
	besideEvery = 20 * time.Millisecond
	saveEvery   = 10
)

func (b *workBeside) run(ctx context.Context, st *station.Station, w *wire) {
	maker := NewMaker(w.opt.Seed + 1)
	pick := rand.New(rand.NewPCG(w.opt.Seed, 3))
	tick := time.NewTicker(besideEvery)
	defer tick.Stop()
	for i := 1; ; i++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		name := strings.Fields(maker.Name())
		begun := time.Now()
		if _, err := st.Search(context.WithoutCancel(ctx), w.nurses[1], name[0]+" "+name[len(name)-1]); err != nil {
			b.err = err
			return
		}
		b.searches = append(b.searches, time.Since(begun))
		if i%saveEvery > 0 {
			continue
		}
		in, err := maker.Child(w.commune, 0, registry.Today(w.clock.now(), vietnam), 365)
		if err != nil {
			b.err = err
			return
		}
		in.Code, in.Note = "", strconv.Itoa(pick.IntN(1000))
		begun = time.Now()
		if _, _, err := st.Register(context.WithoutCancel(ctx), w.nurses[1], in, true); err != nil {
			b.err = err
			return
		}
		b.saves = append(b.saves, time.Since(begun))
	}
}

// memoryPeak is the most memory that was seen.
type memoryPeak struct{ runtime, resident uint64 }

// watchMemory looks at the memory of the program until what it returns is called.
func watchMemory() func() memoryPeak {
	stop, done := make(chan struct{}), make(chan memoryPeak)
	go func() {
		var peak memoryPeak
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			peak.runtime = max(peak.runtime, m.Sys-m.HeapReleased)
			select {
			case <-stop:
				peak.resident = residentMax()
				done <- peak
				return
			case <-tick.C:
			}
		}
	}()
	return func() memoryPeak {
		close(stop)
		return <-done
	}
}

// residentMax is the process's peak resident memory where the system tells it in /proc, else 0.
func residentMax() uint64 {
	b, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(b)) {
		if f := strings.Fields(line); len(f) == 3 && f[0] == "VmHWM:" {
			kb, err := strconv.ParseUint(f[1], 10, 64)
			if err == nil {
				return kb << 10
			}
		}
	}
	return 0
}

// exporting writes the register out, in both layouts.
func (w *wire) exporting(ctx context.Context, st *station.Station) error {
	w.opt.Progress("exporting")
	head := w.officer
	vaccines, err := st.Vaccines(ctx)
	if err != nil {
		return err
	}
	for name, write := range map[string]func(*os.File) error{
		"a row a person": func(f *os.File) error {
			people, err := st.Export(ctx, head, desk.ExportOptions{For: registry.TakeCare, Reason: "measure"})
			if err != nil {
				return err
			}
			return sheet.WriteWide(f, sheet.XLSX, people, sheet.WriteOptions{Vaccines: vaccines, Lots: true})
		},
		"a row a dose": func(f *os.File) error {
			people, err := st.Export(ctx, head, desk.ExportOptions{For: registry.TakeCare, Reason: "measure", NotDone: true})
			if err != nil {
				return err
			}
			return sheet.WriteLong(f, sheet.XLSX, people, sheet.WriteOptions{Vaccines: vaccines})
		},
	} {
		f, err := os.Create(filepath.Join(w.dir, "out.xlsx"))
		if err != nil {
			return err
		}
		runtime.GC()
		memory, begun := watchMemory(), time.Now()
		err = write(f)
		peak := memory()
		if cerr := f.Close(); err == nil {
			err = cerr
		}
		if err != nil {
			return err
		}
		w.report.add("export", name, time.Since(begun).Seconds(), "s", Bound{}, fmt.Sprintf("XLSX, %d MB of memory at most", peak.runtime>>20))
	}
	return nil
}

// second sends what came in to the hub, and lets another laptop of the commune load it.
func (w *wire) second(ctx context.Context, st *station.Station) error {
	w.opt.Progress("sending it, and the first sync of a second laptop")
	begun := time.Now()
	up, err := w.sync(ctx, st)
	if err != nil {
		return fmt.Errorf("sending: %w", err)
	}
	if !up.level {
		return fmt.Errorf("station and hub are not equal after sending %d bytes in %d requests", up.up, up.requests)
	}
	w.report.add("sending it", "bytes both ways", float64(up.up+up.down), "B", Bound{}, fmt.Sprintf("%d up, %d requests, %.1f s", up.up, up.requests, time.Since(begun).Seconds()))
	other, err := w.station(ctx, w.facility)
	if err != nil {
		return err
	}
	begun = time.Now()
	var bytes, states, pages, requests, calls int
	for level := false; !level; calls++ {
		if calls == secondCallsMax {
			return fmt.Errorf("station and hub are not equal after %d calls and %d states", calls, states)
		}
		t, err := w.sync(ctx, other)
		if err != nil {
			return fmt.Errorf("first sync: %w", err)
		}
		bytes, states, requests = bytes+int(t.up+t.down), states+t.received, requests+int(t.requests)
		pages, level = pages+t.frames[p.FramePage].n, t.level
	}
	w.report.add("second laptop", "bytes both ways", float64(bytes), "B", Bound{},
		fmt.Sprintf("%d states, %d pages, %d requests in %d calls, %.1f s", states, pages, requests, calls, time.Since(begun).Seconds()))
	return sameCounts(ctx, st, other)
}

// secondCallsMax is after how many calls a laptop that is still not equal to its hub is a fault.
const secondCallsMax = 10

func sameCounts(ctx context.Context, a, b *station.Station) error {
	var n [2]store.Counts
	for i, st := range []*station.Station{a, b} {
		err := st.Node.Store().View(ctx, func(tx store.Tx) error {
			var err error
			n[i], err = tx.Counts()
			return err
		})
		if err != nil {
			return err
		}
	}
	if n[0].Subjects != n[1].Subjects || n[0].Doses != n[1].Doses {
		return fmt.Errorf("%d people with %d doses here, %d with %d on the second laptop", n[0].Subjects, n[0].Doses, n[1].Subjects, n[1].Doses)
	}
	return nil
}
