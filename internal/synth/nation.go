package synth

import (
	"errors"
	"fmt"
	"iter"

	"tramy/internal/registry"
	p "tramy/syncproto"
)

// Level says how much goes wrong while people are written down.
type Level uint8

// Levels of errors. Each has the slips of the one before as well, and more of them in one record.
const (
	LevelNone   Level = 0 // every record says what is true
	LevelLight  Level = 1 // spelling, capitals, a phone left out
	LevelMedium Level = 2 // slips of the finger, no name yet, the mother's name cut short, another phone
	LevelHeavy  Level = 3 // wrong dates, a wrong digit in the personal number, another name
)

// Limits of a nation.
const (
	YearsMax    = 18
	ChildrenMax = 1_000_000 // of one commune
)

// Options say what nation to make.
type Options struct {
	Today    registry.Day // the registers are as of this day
	Communes []Commune    // none: DemoCommunes
	Children int          // born within Years, per commune; 0: as its population has them
	Years    int          // 0: 6
	Level    Level
	// Duplicates is how many children of a hundred are on record twice or more for want of a look-up, besides those
	// who moved; 0: 8, negative: none.
	Duplicates int
	// Commune and Place name the ids of places; nil: ids that are nobody's. A point may share its station's.
	Commune func(code string) p.EntityID
	Place   func(code string, f Facility) p.EntityID
}

// Defaults of options.
const (
	yearsUsual      = 6
	duplicatesUsual = 8
)

// peoplePerBirth is of how many people one child is born in a year: 400 of 30,000.
const peoplePerBirth = 75

// Nation is a country's registers before they are made.
type Nation struct {
	seed     uint64
	opt      Options
	communes []Commune
	ordinal  []int // of a commune within its province
	within   map[string]int
}

// New makes a nation ready. The error says which option is wrong.
func New(seed uint64, opt Options) (*Nation, error) {
	if len(opt.Communes) == 0 {
		opt.Communes = DemoCommunes()
	}
	if opt.Years == 0 {
		opt.Years = yearsUsual
	}
	if opt.Duplicates == 0 {
		opt.Duplicates = duplicatesUsual
	}
	switch {
	case opt.Today == 0:
		return nil, errors.New("today: want the day the registers are as of")
	case opt.Level > LevelHeavy:
		return nil, fmt.Errorf("level: %d, want 0 to %d", opt.Level, LevelHeavy)
	case opt.Years < 1 || opt.Years > YearsMax:
		return nil, fmt.Errorf("years: %d, want 1 to %d", opt.Years, YearsMax)
	case opt.Children < 0 || opt.Children > ChildrenMax:
		return nil, fmt.Errorf("children: %d, want 0 to %d a commune", opt.Children, ChildrenMax)
	case opt.Duplicates > 100:
		return nil, fmt.Errorf("duplicates: %d, want at most 100 of a hundred", opt.Duplicates)
	}
	if opt.Commune == nil {
		opt.Commune = CommuneID
	}
	if opt.Place == nil {
		opt.Place = placeID
	}
	n := &Nation{seed: seed, opt: opt, within: map[string]int{}}
	taken := map[string]bool{}
	for _, c := range opt.Communes {
		if c.Code == "" || taken[c.Code] {
			return nil, fmt.Errorf("communes: code %q is empty or stands twice", c.Code)
		}
		taken[c.Code] = true
		n.communes = append(n.communes, c.complete(seed))
		n.ordinal = append(n.ordinal, n.within[c.Province])
		n.within[c.Province]++
	}
	return n, nil
}

// Communes returns the communes, with hamlets and population.
func (n *Nation) Communes() []Commune { return n.communes }

// Children is how many children are born in a commune within the years.
func (n *Nation) Children(commune int) int {
	if n.opt.Children > 0 {
		return n.opt.Children
	}
	return max(1, n.communes[commune].Population*n.opt.Years/peoplePerBirth)
}

// PersonID names a person in the truth: records with one PersonID are about one person.
type PersonID uint64

// Record is one person as one register has them.
type Record struct {
	ID     p.EntityID // of the record; nobody's, for what wants one
	Person PersonID   // the truth
	Mother PersonID   // of a child whose mother is on record too, else 0
	// MotherCode is the code of the mother's own record, "" if she has none.
	MotherCode registry.PersonCode
	Commune    int      // of residence, as recorded
	At         Facility // who keeps the record: the commune's station, a hospital, a clinic
	Subject    registry.SubjectInput
	Doses      []Dose
	Slips      []Slip // what went wrong while it was written
	Rare       Rare   // why somebody else may be taken for this person
}

// Dose is a dose as a record has it.
type Dose struct {
	registry.ImmunizationInput
	At      Facility // who gave it
	Commune int      // of that station or point; for hospitals and clinics that of residence
}

// Rare says why two people of a register look like one.
type Rare uint8

// Reasons to be taken for another.
const (
	Ordinary Rare = iota
	Twin          // or triplet: one birth date, one mother, names alike
	Namesake      // same name and birth date as another mother's child of the commune
	Cousin        // same family name, hamlet and grandparents' phone, born within weeks
	Sibling       // another child of the mother is in the register
)

// String names the reason.
func (r Rare) String() string {
	return [...]string{"", "twin", "namesake", "cousin", "sibling"}[r]
}

// Records yields every record of the nation, commune by commune; of each commune its own births, with their records
// elsewhere. Memory is bounded by one person.
func (n *Nation) Records() iter.Seq[*Record] {
	return func(yield func(*Record) bool) {
		for i := range n.communes {
			if !n.born(i, yield) {
				return
			}
		}
	}
}

// Register yields the records of people who live in a commune, as recorded: those of its own births and women, and
// those of the neighbouring commune whose people came here.
func (n *Nation) Register(commune int) iter.Seq[*Record] {
	return func(yield func(*Record) bool) {
		here := func(r *Record) bool { return r.Commune != commune || yield(r) }
		if !n.born(commune, here) {
			return
		}
		if from := n.before(commune); from != commune {
			n.born(from, here)
		}
	}
}

// next is the commune to which people of a commune move; before is its inverse.
func (n *Nation) next(commune int) int { return (commune + 1) % len(n.communes) }

func (n *Nation) before(commune int) int {
	return (commune + len(n.communes) - 1) % len(n.communes)
}

// born makes the people of a commune and yields their records, wherever they are. It reports whether yield wanted all.
func (n *Nation) born(commune int, yield func(*Record) bool) bool {
	c := &n.communes[commune]
	m := &maker{
		n: n, at: commune, c: c, yield: yield, serials: map[serialKey]int{},
		s:     newSource(n.seed, "people "+c.Code),
		care:  newSource(n.seed, "doses "+c.Code),
		where: newSource(n.seed, "records "+c.Code),
		slips: newSource(n.seed, fmt.Sprintf("slips %d %s", n.opt.Level, c.Code)),
	}
	return m.run()
}
