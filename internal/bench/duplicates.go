package bench

import (
	"fmt"
	"io"
	"math"
	"math/rand/v2"
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
	Today    registry.Day
	Weights  bool // count Quality.Weights too
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

	Seconds float64 // looking for them, without making the register
	HeapMB  float64 // in use afterwards, all profiles among it

	Weights []Weight
}

// Weight is what a field says of two records of one person and of any two people.
type Weight struct {
	Field string
	// OnePerson and TwoPeople are the shares of same, near and different among those pairs where both know it.
	OnePerson, TwoPeople [3]float64
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
	q := Quality{Level: int(opt.Level), Wrong: map[string]int{}}
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
	var together [][2]*entry // of one person
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
				if a.person == b.person {
					together = append(together, [2]*entry{a, b})
				}
			}
			q.Compared++
		}
	}
	q.Seconds = time.Since(began).Seconds()
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	q.HeapMB = float64(mem.HeapAlloc) / (1 << 20)
	if opt.Weights {
		q.weigh(together, entries, opt.Seed)
	}
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

// strangers is how many pairs of any two people are looked at for the weights.
const strangers = 400_000

// weigh counts how often fields agree between the records of one person, and between any two people.
func (q *Quality) weigh(together [][2]*entry, entries []entry, seed uint64) {
	r := rand.New(rand.NewPCG(seed, 1))
	for range strangers {
		if a, b := &entries[r.IntN(len(entries))], &entries[r.IntN(len(entries))]; a.person != b.person {
			together = append(together, [2]*entry{a, b})
		}
	}
	var fields []string
	counts := map[string]*[2][4]float64{}
	for _, pair := range together {
		one := 1
		if pair[0].person == pair[1].person {
			one = 0
		}
		for _, item := range registry.CompareProfiles(pair[0].profile, pair[1].profile).Items {
			if counts[item.Field] == nil {
				counts[item.Field] = new([2][4]float64)
				fields = append(fields, item.Field)
			}
			counts[item.Field][one][item.Verdict]++
		}
	}
	for _, field := range fields {
		w := Weight{Field: field}
		for side, shares := range []*[3]float64{&w.OnePerson, &w.TwoPeople} {
			n := counts[field][side]
			known := n[registry.Same] + n[registry.Near] + n[registry.Different]
			for i, v := range []registry.Verdict{registry.Same, registry.Near, registry.Different} {
				if known > 0 {
					shares[i] = n[v] / known
				}
			}
		}
		q.Weights = append(q.Weights, w)
	}
}

// givenOnce are vaccines of one dose in life, as reference data has them.
func givenOnce(code string) bool { return code == "BCG" || code == "VGB0" }

// sizeChildren is how many children of six years a commune of 30,000 people has.
const sizeChildren = 2400

// sizeCommunes are as many communes as together have about so many records, in the provinces of different peoples.
func sizeCommunes(subjects, children int) []synth.Commune {
	var communes []synth.Commune
	for i := range max(1, (subjects+children-1)/children) {
		communes = append(communes, synth.Commune{
			Code: fmt.Sprintf("gso:%05d", 40_000+i), Name: fmt.Sprintf("Xã Số %d", i+1), Province: []string{"11", "01", "66", "79"}[i%4], Population: 30_000,
		})
	}
	return communes
}

func duplicateRegister(opt *DuplicateOptions) ([]entry, error) {
	communes := sizeCommunes(opt.Subjects, sizeChildren)
	nation, err := synth.New(opt.Seed, synth.Options{Today: opt.Today, Communes: communes, Children: sizeChildren, Level: opt.Level})
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
		if out = append(out, e); len(out) == opt.Subjects {
			break
		}
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
	if len(q.Weights) > 0 {
		fmt.Fprintf(w, "field\tone person\tnear\tother\ttwo people\tnear\tother\tlog2\tnear\tother\t\n")
	}
	for _, x := range q.Weights {
		fmt.Fprintf(w, "%s\t", x.Field)
		for _, shares := range [][3]float64{x.OnePerson, x.TwoPeople} {
			for _, share := range shares {
				fmt.Fprintf(w, "%.5f\t", share)
			}
		}
		for i := range x.OnePerson {
			fmt.Fprintf(w, "%.1f\t", math.Log2(x.OnePerson[i]/x.TwoPeople[i]))
		}
		fmt.Fprintln(w)
	}
	return w.Flush()
}
