package synth_test

import (
	"strings"
	"testing"

	"tramy/internal/forecast"
	"tramy/internal/forecast/national"
	"tramy/internal/registry"
	"tramy/internal/synth"
)

// within fails unless part of whole lies between lo and hi per thousand.
func within(t *testing.T, what string, part, whole, lo, hi int) {
	t.Helper()
	if whole == 0 || part*1000 < lo*whole || part*1000 > hi*whole {
		t.Errorf("%s: %d of %d, want %d to %d of a thousand", what, part, whole, lo, hi)
	}
}

// city is a commune where nearly all are Kinh.
var city = []synth.Commune{{Code: "09622", Name: "Phường Hoàn Thành", Type: "phuong", Province: "33", Population: 30_000}}

func TestSharesAreBelievable(t *testing.T) {
	n := nation(t, 11, synth.Options{Communes: city, Children: 6000, Duplicates: -1})
	count := map[string]int{}
	children, women, names, words := 0, 0, 0, map[int]int{}
	for r := range n.Records() {
		in := &r.Subject
		if in.Group != registry.GroupChild {
			women++
			if in.Group == registry.GroupPregnant {
				count["pregnant"]++
				if in.DueDate <= today || in.DueDate > today+280 {
					t.Fatalf("due on %s", in.DueDate)
				}
			}
			continue
		}
		children++
		count[r.Rare.String()]++
		count["status "+in.Status.String()]++
		if in.Sex == registry.SexFemale {
			count["girls"]++
		}
		if in.MotherPhone == "" {
			count["no phone"]++
		}
		if in.PersonalNo == "" {
			count["no number"]++
		}
		if in.Ethnic == "Kinh" {
			count["kinh"]++
		}
		if strings.HasPrefix(in.Name, "CB ") {
			count["unnamed"]++
			continue
		}
		names++
		count[strings.Fields(in.Name)[0]]++
		words[len(strings.Fields(in.Name))]++
	}
	if children != 6000 {
		t.Errorf("%d children, want 6000", children)
	}
	within(t, "Nguyễn", count["Nguyễn"], names, 330, 430)
	within(t, "Trần", count["Trần"], names, 90, 150)
	within(t, "names of three words", words[3], names, 600, 850)
	within(t, "names of four words", words[4], names, 100, 350)
	within(t, "Kinh", count["kinh"], children, 930, 1000)
	within(t, "girls", count["girls"], children, 450, 500)
	within(t, "twins", count["twin"], children, 10, 30)
	within(t, "namesakes", count["namesake"], children, 1, 8)
	within(t, "cousins", count["cousin"], children, 50, 150)
	within(t, "siblings", count["sibling"], children, 100, 300)
	within(t, "no phone", count["no phone"], children, 80, 220)
	within(t, "no number", count["no number"], children, 40, 130)
	within(t, "moved", count["status moved"], children, 15, 40)
	within(t, "died", count["status died"], children, 3, 12)
	within(t, "unnamed", count["unnamed"], children, 1, 15)
	within(t, "women", women, children, 60, 300)
	within(t, "pregnant now", count["pregnant"], children, 40, 150)
}

// Twins have one birth date and mother, their order, and names of their own; no two people share a personal number.
func TestTwinsAndNumbersAreApart(t *testing.T) {
	type birth struct {
		mother string
		on     registry.Day
	}
	orders, names := map[birth]map[int]bool{}, map[birth]map[string]bool{}
	numbers := map[string]synth.PersonID{}
	n := nation(t, 12, synth.Options{Children: 2500})
	for r := range n.Records() {
		in := &r.Subject
		if in.PersonalNo != "" {
			if other, ok := numbers[in.PersonalNo]; ok && other != r.Person {
				t.Fatalf("two people have %s", in.PersonalNo)
			}
			numbers[in.PersonalNo] = r.Person
			for _, w := range in.Warnings() {
				t.Fatalf("%s of %s born %s: %v", in.PersonalNo, in.Sex, in.BirthDate, w.Code)
			}
		}
		if r.Rare == synth.Twin && r.At == synth.Station && r.Subject.NextDate != 0 {
			b := birth{in.MotherName + in.FatherName, in.BirthDate}
			if orders[b] == nil {
				orders[b], names[b] = map[int]bool{}, map[string]bool{}
			}
			if orders[b][in.BirthOrder] || in.BirthOrder == 0 {
				t.Errorf("birth order %d twice or not at all: %s", in.BirthOrder, in.Name)
			}
			if names[b][in.Name] && !strings.HasPrefix(in.Name, "CB ") {
				t.Errorf("twins of one name: %s", in.Name)
			}
			orders[b][in.BirthOrder], names[b][in.Name] = true, true
		}
	}
	if len(orders) < 50 {
		t.Errorf("%d multiple births in 20,000, want more", len(orders))
	}
}

// The truth: at level 0 all records of a person agree in what they say, at the others ever fewer do, and the people
// are the same.
func TestLevelsChangeWhatIsWrittenAndNotWhoItIs(t *testing.T) {
	type person struct{ name, mother, birth string }
	var before float64 = 2
	truth := map[synth.PersonID]int{}
	for level := synth.LevelNone; level <= synth.LevelHeavy; level++ {
		n := nation(t, 13, synth.Options{Children: 600, Level: level})
		records, first, agree, pairs := map[synth.PersonID]int{}, map[synth.PersonID]person{}, 0, 0
		for r := range n.Records() {
			x := person{r.Subject.Name, r.Subject.MotherName, r.Subject.BirthDate.ISO()}
			records[r.Person]++
			if records[r.Person] == 1 {
				first[r.Person] = x
				continue
			}
			pairs++
			if first[r.Person] == x {
				agree++
			}
			if level == synth.LevelNone && len(r.Slips) > 0 {
				t.Fatalf("a slip at level 0: %v", r.Slips)
			}
		}
		if level == synth.LevelNone {
			truth = records
			within(t, "on record twice", pairs, 600*len(n.Communes()), 70, 160)
			if agree != pairs {
				t.Errorf("level 0: %d of %d pairs agree", agree, pairs)
			}
		}
		for id, k := range records {
			if truth[id] != k {
				t.Fatalf("level %d: person %d has %d records, %d without slips", level, id, k, truth[id])
			}
		}
		share := float64(agree) / float64(pairs)
		if share >= before {
			t.Errorf("level %d: %.2f of the pairs agree, %.2f at the level before", level, share, before)
		}
		before = share
	}
	if before > 0.25 {
		t.Errorf("at the heaviest level %.2f of the pairs still agree", before)
	}
}

// Each slip happens, and changes the record it names.
func TestEverySlipHappens(t *testing.T) {
	seen := map[synth.Slip]int{}
	for r := range nation(t, 14, synth.Options{Children: 3000, Level: synth.LevelHeavy, Duplicates: 40}).Records() {
		for _, s := range r.Slips {
			seen[s]++
		}
	}
	for s := synth.SlipNoMarks; s <= synth.SlipOtherSpelling; s++ {
		if seen[s] == 0 {
			t.Errorf("%s never happened", s)
		}
	}
}

var injectedLive = map[string]bool{"BCG": true, "SOI": true, "MR": true, "MMR": true, "VAR": true, "IMOJEV": true}

// Most children have what they should, a tail does not, and the schedule in force lets nearly every dose count.
func TestDosesFollowTheSchedule(t *testing.T) {
	versions, err := national.Versions()
	if err != nil {
		t.Fatal(err)
	}
	engine := forecast.NewEngine(national.InForce(versions, today))
	n := nation(t, 15, synth.Options{Children: 700, Duplicates: -1})
	children, had := 0, map[string]int{}
	doses, invalid, places := 0, 0, map[synth.Facility]int{}
	programmes := map[string]int{}
	for r := range n.Records() {
		in := &r.Subject
		if r.Subject.Status == registry.StatusMoved || in.Group != registry.GroupChild {
			continue
		}
		p := forecast.Patient{BornFirst: in.BirthDate, BornLast: in.BirthDate, KnownBirth: true, Sex: in.Sex, Areas: []string{"gso:11"}}
		got := map[string]int{}
		var last, lived, ipv registry.Day
		for i := range r.Doses {
			d := &r.Doses[i]
			if d.GivenOn < last {
				t.Fatalf("doses of %s are not in order", in.Name)
			}
			if last = d.GivenOn; !d.Given() {
				continue
			}
			got[d.Vaccine]++
			if injectedLive[d.Vaccine] {
				if lived != 0 && d.GivenOn != lived && d.GivenOn < lived+28 {
					t.Errorf("%s of %s on %s, another live vaccine on %s", d.Vaccine, in.Name, d.GivenOn, lived)
				}
				lived = d.GivenOn
			}
			if d.Vaccine == "IPV" && got["IPV"] == 2 && d.GivenOn < ipv+124-12 {
				t.Errorf("IPV of %s on %s and %s", in.Name, ipv, d.GivenOn)
			}
			if d.Vaccine == "IPV" {
				ipv = d.GivenOn
			}
			places[d.At]++
			programmes[d.Programme.String()]++
			p.Doses = append(p.Doses, forecast.Dose{Vaccine: d.Vaccine, On: d.GivenOn, Campaign: d.Programme == registry.ProgrammeOutbreak})
			if d.Expires != 0 && d.Expires <= d.GivenOn {
				t.Fatalf("%s was given from a lot that had expired", d.Vaccine)
			}
		}
		var res forecast.Result
		engine.Evaluate(&p, today, &res)
		for _, d := range res.Doses {
			doses++
			for _, v := range d.Verdicts {
				if v.Best && v.Status == forecast.NotValid {
					invalid++
					break
				}
			}
		}
		if age := today.AgeMonths(in.BirthDate); age >= 12 && age < 24 && in.Status == registry.StatusPresent {
			children++
			had["third"] += min(1, (got["DPT-VGB-HIB"]+got["HEXA"])/3)
			had["measles"] += min(1, got["SOI"])
			had["bcg"] += min(1, got["BCG"])
			had["birth dose"] += min(1, got["VGB0"])
			if len(got) == 0 {
				had["nothing"]++
			}
		}
	}
	within(t, "three of the 5-in-1", had["third"], children, 850, 970)
	within(t, "measles", had["measles"], children, 850, 970)
	within(t, "BCG", had["bcg"], children, 850, 990)
	within(t, "birth dose", had["birth dose"], children, 650, 900)
	within(t, "nothing at all", had["nothing"], children, 1, 20)
	within(t, "doses that do not count", invalid, doses, 1, 8)
	within(t, "given at a clinic", places[synth.Clinic], doses, 20, 150)
	within(t, "given at a point", places[synth.Point], doses, 80, 300)
	within(t, "given in hospital", places[synth.Hospital], doses, 60, 200)
	within(t, "campaign doses", programmes["outbreak"], doses, 1, 20)
}

func TestLimitsOfOptions(t *testing.T) {
	ok := synth.Options{Today: today, Children: synth.ChildrenMax, Years: synth.YearsMax, Level: synth.LevelHeavy, Duplicates: 100}
	if _, err := synth.New(1, ok); err != nil {
		t.Errorf("at the limits: %v", err)
	}
	for _, change := range []func(*synth.Options){
		func(o *synth.Options) { o.Today = 0 },
		func(o *synth.Options) { o.Children++ },
		func(o *synth.Options) { o.Children = -1 },
		func(o *synth.Options) { o.Years++ },
		func(o *synth.Options) { o.Years = -1 },
		func(o *synth.Options) { o.Level++ },
		func(o *synth.Options) { o.Duplicates++ },
		func(o *synth.Options) { o.Communes = append(synth.DemoCommunes(), synth.DemoCommunes()[0]) },
	} {
		opt := ok
		change(&opt)
		if _, err := synth.New(1, opt); err == nil {
			t.Errorf("%+v passed", opt)
		}
	}
}
