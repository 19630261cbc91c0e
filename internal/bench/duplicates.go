package bench

import (
	"fmt"
	"io"
	"runtime"
	"text/tabwriter"
	"time"

	"tramy/internal/pairs"
	"tramy/internal/registry"
	"tramy/internal/synth"
	p "tramy/syncproto"
)

// DuplicateOptions say what register to look for duplicates in.
type DuplicateOptions struct {
	Seed     uint64
	Level    synth.Level
	Subjects int // about how many records
	Children int // a commune; 0: 2400
	Today    registry.Day
}

// Quality says how well the records of one person were found, against the truth.
type Quality struct {
	Level      int
	Records    int
	TruePairs  int // pairs of records of one person
	Compared   int // pairs that share a block
	TrueShared int // of TruePairs

	Linked, LinkedTrue     int // would be linked without asking anybody
	Likely, LikelyTrue     int // a person is asked
	Possible, PossibleTrue int // listed on request; holds the likely ones
	// Wrong counts, by why the two look alike, pairs of two people that are Likely.
	Wrong map[string]int

	Seconds  float64 // looking for them, without making the register
	HeapMB   float64 // of the finder and the profiles
	verdicts map[string]*[2][4]int
}

// entry is a record as the measuring keeps it.
type entry struct {
	id      p.EntityID
	person  synth.PersonID
	rare    synth.Rare
	profile *registry.Profile
	doses   []registry.Immunization
}

// Duplicates makes a register and looks in it for the records of one person, in memory, by the same blocks and scores
// as a sweep does.
func Duplicates(opt DuplicateOptions) (Quality, error) {
	q := Quality{Level: int(opt.Level), Wrong: map[string]int{}, verdicts: map[string]*[2][4]int{}}
	entries, err := duplicateRegister(&opt)
	if err != nil {
		return q, err
	}
	q.Records = len(entries)
	at := make(map[p.EntityID]*entry, len(entries))
	people := map[synth.PersonID]int{}
	for i := range entries {
		e := &entries[i]
		at[e.id] = e
		q.TruePairs += people[e.person]
		people[e.person]++
	}
	began := time.Now()
	finder := &pairs.Finder{}
	for i := range entries {
		finder.Add(entries[i].id, true, entries[i].profile.Blocks())
	}
	seen := map[[2]p.EntityID]bool{}
	for b := finder.Next(); b != nil; b = finder.Next() {
		profiles := make([]*registry.Profile, len(b.Members))
		for i, id := range b.Members {
			profiles[i] = at[id].profile
		}
		for _, pair := range b.Compare(profiles, -1e9) {
			key := [2]p.EntityID{pair.A, pair.B}
			if a, b := at[pair.A], at[pair.B]; !seen[key] && (pair.Score >= registry.Possible || a.person == b.person || pair.Certain) {
				seen[key] = true
				q.judge(a, b, &pair)
			} else if !seen[key] && (len(seen)+q.Compared)%97 == 0 {
				q.count(a, b)
			}
			q.Compared++
		}
	}
	q.Seconds = time.Since(began).Seconds()
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	q.HeapMB = float64(mem.HeapAlloc) / (1 << 20)
	runtime.KeepAlive(entries)
	return q, nil
}

func (q *Quality) judge(a, b *entry, pair *pairs.Pair) {
	same := a.person == b.person
	add := func(n, right *int) {
		*n++
		if same {
			*right++
		}
	}
	if same {
		q.TrueShared++
	}
	q.count(a, b)
	if pair.Score >= registry.Possible {
		add(&q.Possible, &q.PossibleTrue)
	}
	if pair.Score >= registry.Likely {
		add(&q.Likely, &q.LikelyTrue)
		if !same {
			q.Wrong[a.rare.String()+"/"+b.rare.String()]++
		}
	}
	if pair.Certain && !registry.Contradict(a.doses, b.doses, givenOnce) {
		add(&q.Linked, &q.LinkedTrue)
	}
}

func (q *Quality) count(a, b *entry) {
	same := 0
	if a.person == b.person {
		same = 1
	}
	for _, item := range registry.CompareProfiles(a.profile, b.profile).Items {
		if q.verdicts[item.Field] == nil {
			q.verdicts[item.Field] = new([2][4]int)
		}
		q.verdicts[item.Field][same][item.Verdict]++
	}
}

// givenOnce are vaccines of one dose in life, as reference data has them.
func givenOnce(code string) bool { return code == "BCG" || code == "VGB0" }

func duplicateRegister(opt *DuplicateOptions) ([]entry, error) {
	children := opt.Children
	if children == 0 {
		children = 2400
	}
	var communes []synth.Commune
	for i := range max(1, opt.Subjects/(children*9/8)) {
		communes = append(communes, synth.Commune{
			Code: fmt.Sprintf("gso:%05d", 30000+i), Name: fmt.Sprintf("Xã Số %d", i+1), Province: []string{"11", "01", "66", "79"}[i%4], Population: 30_000,
		})
	}
	nation, err := synth.New(opt.Seed, synth.Options{Today: opt.Today, Communes: communes, Children: children, Level: opt.Level})
	if err != nil {
		return nil, err
	}
	var out []entry
	for r := range nation.Records() {
		s := registry.Subject{ID: r.ID, SubjectInput: r.Subject}
		e := entry{id: r.ID, person: r.Person, rare: r.Rare, profile: registry.ProfileOf(&s)}
		for i := range r.Doses {
			if d := &r.Doses[i]; d.FirstHand() {
				e.doses = append(e.doses, registry.Immunization{ID: p.EntityID{byte(i + 1)}, ImmunizationInput: d.ImmunizationInput})
			}
		}
		out = append(out, e)
	}
	return out, nil
}

// WriteText prints a quality for people.
func (q *Quality) WriteText(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	share := func(part, whole int) string {
		if whole == 0 {
			return "-"
		}
		return fmt.Sprintf("%.4f", float64(part)/float64(whole))
	}
	fmt.Fprintf(w, "level %d: %d records, %d pairs of one person, %d pairs compared, %.1f s, %.0f MB\n", q.Level, q.Records, q.TruePairs, q.Compared, q.Seconds, q.HeapMB)
	fmt.Fprintf(w, "\tpairs\twrong\tprecision\trecall\t\n")
	for _, r := range []struct {
		name     string
		n, right int
	}{{"linked", q.Linked, q.LinkedTrue}, {"likely", q.Likely, q.LikelyTrue}, {"possible", q.Possible, q.PossibleTrue}, {"compared", q.Compared, q.TrueShared}} {
		fmt.Fprintf(w, "%s\t%d\t%d\t%s\t%s\t\n", r.name, r.n, r.n-r.right, share(r.right, r.n), share(r.right, q.TruePairs))
	}
	fmt.Fprintf(w, "likely and wrong: %v\n", q.Wrong)
	return w.Flush()
}
