package bench

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"tramy/internal/desk"
	"tramy/internal/registry"
	"tramy/internal/store"
	"tramy/internal/synth"
	p "tramy/syncproto"
)

// SizeOptions say how big a node to make and what errors its records have.
type SizeOptions struct {
	Options
	Subjects int
	Level    synth.Level
	// Of the sweeps: how many are edited before the second one.
	Edited int
}

// actSubjects is how many subjects are registered in one act while a node is filled: what an act may have at most.
const actSubjects = p.ActChangesMax

// filled is a hub with many people, and some of what they are called.
type filled struct {
	*tree
	ids   []p.EntityID
	some  []registry.SubjectInput
	fillS float64
}

// fill registers people at a hub, through the door that people use.
func fill(ctx context.Context, opt *SizeOptions) (*filled, error) {
	t, err := newTree(ctx, opt.Options)
	if err != nil {
		return nil, err
	}
	f := &filled{tree: t}
	if err := f.register(ctx, opt); err != nil {
		t.close()
		return nil, err
	}
	return f, nil
}

func (f *filled) register(ctx context.Context, opt *SizeOptions) error {
	began := time.Now()
	today := f.hub.Today()
	province, err := f.provinceID(ctx)
	if err != nil {
		return err
	}
	places := map[string]p.EntityID{}
	communes := sizeCommunes(opt.Subjects, sizeChildren)
	for _, c := range communes {
		id, err := f.hub.AddPlace(ctx, f.admin, registry.PlaceInput{Parent: province, Code: c.Code, Name: c.Name, Level: registry.LevelCommune, Type: "xa"})
		if err != nil {
			return err
		}
		places[c.Code] = id
	}
	nation, err := synth.New(opt.Seed, synth.Options{
		Today: today, Communes: communes, Children: sizeChildren, Level: opt.Level,
		Commune: func(code string) p.EntityID { return places[code] },
	})
	if err != nil {
		return err
	}
	var drafts []registry.Draft
	flush := func() error {
		dots, err := f.hub.Node.Append(ctx, f.admin.User, func(store.Tx, func(int) p.EntityID) ([]registry.Draft, error) { return drafts, nil })
		for _, d := range dots {
			f.ids = append(f.ids, d.Entity())
		}
		drafts = drafts[:0]
		return err
	}
	for r := range nation.Records() {
		draft, err := registry.NewSubject(r.Subject, today)
		if err != nil {
			return fmt.Errorf("a made-up record is refused: %w", err)
		}
		if len(f.ids)%97 == 0 && len(f.some) < 300 {
			f.some = append(f.some, r.Subject)
		}
		if drafts = append(drafts, draft); len(drafts) == actSubjects {
			if err := flush(); err != nil {
				return err
			}
			if n := len(f.ids); n%(actSubjects*500) == 0 && opt.Progress != nil {
				opt.Progress(fmt.Sprintf("%d people registered", n))
			}
		}
		if len(f.ids)+len(drafts) >= opt.Subjects {
			break
		}
	}
	if len(drafts) > 0 {
		if err := flush(); err != nil {
			return err
		}
	}
	f.fillS = time.Since(began).Seconds()
	return nil
}

// Searching says how long one kind of search takes.
type Searching struct {
	What     string
	Queries  int
	P50, P99 time.Duration
	Worst    time.Duration
	WorstFor string
}

// Search measures the one box at a node of a size: names as they are typed, numbers, mothers, hamlets.
func Search(ctx context.Context, opt SizeOptions) ([]Searching, error) {
	f, err := fill(ctx, &opt)
	if err != nil {
		return nil, err
	}
	defer f.close()
	return f.search(ctx)
}

func (f *filled) search(ctx context.Context) ([]Searching, error) {
	var out []Searching
	for _, kind := range searches(f.some) {
		s := Searching{What: kind.what}
		var took []time.Duration
		for _, text := range kind.texts {
			began := time.Now()
			if _, err := f.hub.Search(ctx, f.officer, text); err != nil {
				return nil, err
			}
			d := time.Since(began)
			took = append(took, d)
			if d > s.Worst {
				s.Worst, s.WorstFor = d, text
			}
		}
		slices.Sort(took)
		s.Queries, s.P50, s.P99 = len(took), took[len(took)/2], took[len(took)*99/100]
		out = append(out, s)
	}
	return out, nil
}

type searchKind struct {
	what  string
	texts []string
}

// searches are what people type, from names and numbers that are there. The first word of each kind is asked for
// once more than the others, so that the page cache is not what is measured.
func searches(some []registry.SubjectInput) []searchKind {
	kinds := []searchKind{
		{what: "one letter"},
		{what: "two letters"},
		{what: "common name"},
		{what: "whole name"},
		{what: "as one types"},
		{what: "six digits"},
		{what: "phone"},
		{what: "mother"},
		{what: "hamlet"},
		{what: "name and mother"},
		{what: "nobody"},
	}
	for c := 'a'; c <= 'y'; c++ {
		kinds[0].texts = append(kinds[0].texts, string(c))
	}
	common := []string{"nguyen", "nguyen thi", "tran van", "le thi", "pham", "hoang thi", "thi hoa", "nguyen van", "tran thi", "phuong", "thanh", "ng", "ngu", "nguy", "tran", "phan", "linh", "trang", "khanh"}
	kinds[2].texts = common
	for i := range some {
		in := &some[i]
		name := registry.Fold(in.Name)
		if len(name) > 2 {
			kinds[1].texts = append(kinds[1].texts, name[:2])
		}
		kinds[3].texts = append(kinds[3].texts, in.Name)
		if i%6 == 0 {
			for n := 1; n <= len(name); n++ {
				kinds[4].texts = append(kinds[4].texts, name[:n])
			}
		}
		if code := string(in.Code); len(code) == 16 {
			kinds[5].texts = append(kinds[5].texts, code[10:])
		}
		if in.MotherPhone != "" {
			kinds[6].texts = append(kinds[6].texts, in.MotherPhone)
		}
		if in.MotherName != "" {
			kinds[7].texts = append(kinds[7].texts, in.MotherName)
			given := strings.Fields(in.Name)
			kinds[9].texts = append(kinds[9].texts, given[len(given)-1]+" "+in.MotherName)
			kinds[10].texts = append(kinds[10].texts, "nguyen thi xqz"+given[0])
		}
		if in.Hamlet != "" {
			kinds[8].texts = append(kinds[8].texts, in.Hamlet)
		}
	}
	return slices.DeleteFunc(kinds, func(k searchKind) bool { return len(k.texts) == 0 })
}

// WriteSearches prints how long searches took.
func WriteSearches(out io.Writer, all []Searching) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "search\tqueries\tp50 ms\tp99 ms\tworst ms\tfor")
	for _, s := range all {
		fmt.Fprintf(w, "%s\t%d\t%.2f\t%.2f\t%.2f\t%s\n", s.What, s.Queries, ms(s.P50), ms(s.P99), ms(s.Worst), s.WorstFor)
	}
	return w.Flush()
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// Sweeping says how a sweep of a whole node went, and one after some were edited.
type Sweeping struct {
	Subjects         int
	FillSeconds      float64
	First, Second    desk.Swept
	FirstS, SecondS  float64
	HeapMB           float64 // the most that was in use while it ran, above what was before
	Listed           int     // pairs for people, to desk.PairsCounted
	SaveP50, SaveP99 time.Duration
}

// Sweep measures looking for duplicates at a node of a size, and how long who saves meanwhile waits.
func Sweep(ctx context.Context, opt SizeOptions) (Sweeping, error) {
	f, err := fill(ctx, &opt)
	if err != nil {
		return Sweeping{}, err
	}
	defer f.close()
	return f.sweep(ctx, &opt)
}

func (f *filled) sweep(ctx context.Context, opt *SizeOptions) (out Sweeping, err error) {
	out.Subjects, out.FillSeconds = len(f.ids), f.fillS
	report := func(done, total int) {
		if opt.Progress != nil {
			opt.Progress(fmt.Sprintf("compared %d %% ", done*100/max(1, total)))
		}
	}
	peak := watchHeap()
	var saves []time.Duration
	stop, done := make(chan struct{}), make(chan error, 1)
	go func() { done <- f.saveMeanwhile(ctx, stop, &saves) }()
	began := time.Now()
	out.First, err = f.hub.Sweep(ctx, report)
	out.FirstS = time.Since(began).Seconds()
	out.HeapMB = peak()
	close(stop)
	if serr := <-done; err == nil {
		err = serr
	}
	if err != nil {
		return out, err
	}
	if len(saves) > 0 {
		slices.Sort(saves)
		out.SaveP50, out.SaveP99 = saves[len(saves)/2], saves[len(saves)*99/100]
	}
	for i := range opt.Edited {
		if err := f.edit(ctx, f.ids[i*len(f.ids)/opt.Edited]); err != nil {
			return out, err
		}
	}
	began = time.Now()
	if out.Second, err = f.hub.Sweep(ctx, nil); err != nil {
		return out, err
	}
	out.SecondS = time.Since(began).Seconds()
	list, err := f.hub.Pairs(ctx, f.officer, store.PairRow{}, false)
	out.Listed = list.Total
	return out, err
}

// saveMeanwhile edits somebody ten times a second until stop, and notes how long each took.
func (f *filled) saveMeanwhile(ctx context.Context, stop <-chan struct{}, took *[]time.Duration) error {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-stop:
			return nil
		case <-tick.C:
		}
		began := time.Now()
		if err := f.edit(ctx, f.ids[rand.IntN(len(f.ids))]); err != nil {
			return err
		}
		*took = append(*took, time.Since(began))
	}
}

func (f *filled) edit(ctx context.Context, id p.EntityID) error {
	_, err := f.hub.Node.Append(ctx, f.admin.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		s, err := tx.State(id)
		if err != nil {
			return nil, err
		}
		return []registry.Draft{registry.Edit(s, registry.SubjectNote, p.Text(time.Now().String()))}, nil
	})
	return err
}

// watchHeap samples the memory in use; what it returns ends it and says how much more than before was in use at most,
// in MB.
func watchHeap() func() float64 {
	inUse := func() uint64 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapInuse
	}
	runtime.GC()
	before, most := inUse(), uint64(0)
	stop := make(chan struct{})
	var wait sync.WaitGroup
	wait.Go(func() {
		tick := time.NewTicker(200 * time.Millisecond)
		defer tick.Stop()
		for {
			most = max(most, inUse())
			select {
			case <-stop:
				return
			case <-tick.C:
			}
		}
	})
	return func() float64 {
		close(stop)
		wait.Wait()
		return float64(most-min(most, before)) / (1 << 20)
	}
}

// WriteText prints a sweep for people.
func (s *Sweeping) WriteText(out io.Writer) error {
	_, err := fmt.Fprintf(out, `%d people, registered in %.0f s
first sweep:  %.1f s, %d compared, %d pairs found, %d linked, %.0f MB of memory at most
saves while it ran: p50 %.1f ms, p99 %.1f ms
second sweep: %.1f s, %d compared, %d pairs found, %d linked
listed for people: %d (counted up to %d)
`, s.Subjects, s.FillSeconds, s.FirstS, s.First.Changed, s.First.Found, s.First.Linked, s.HeapMB, ms(s.SaveP50), ms(s.SaveP99),
		s.SecondS, s.Second.Changed, s.Second.Found, s.Second.Linked, s.Listed, desk.PairsCounted)
	return err
}
