package registry

import (
	"slices"

	p "tramy/syncproto"
)

// Fields of a target (306): how many people a place (3) is to vaccinate in a year, by group, as one level planned it. That of a commune goes to
// the commune, one of more to everybody. Each group has a number and a source of its own, so that what two people write of two groups stands.
const (
	TargetYear     p.Field = 10 // int
	TargetBy       p.Field = 11 // ref to the place whose word it is: the highest one stands
	TargetDocument p.Field = 12 // text: the decision or table it rests on
	targetPeople   p.Field = 20 // + TargetGroup: int, 0 is a target
	targetSource   p.Field = 40 // + TargetGroup: int, TargetSource
)

// TargetPeopleOf and TargetSourceOf are the fields of a group.
func TargetPeopleOf(g TargetGroup) p.Field { return targetPeople + p.Field(g) }

// TargetSourceOf see TargetPeopleOf.
func TargetSourceOf(g TargetGroup) p.Field { return targetSource + p.Field(g) }

var targetFields = targetTable()

func targetTable() []FieldInfo {
	out := []FieldInfo{
		{KindTarget, p.FieldPlace, "place", Soft, TypeRef, nil},
		{KindTarget, p.FieldVoid, "void", Soft, TypeText, nil},
		{KindTarget, TargetYear, "year", Soft, TypeInt, nil},
		{KindTarget, TargetBy, "by", Soft, TypeRef, nil},
		{KindTarget, TargetDocument, "document", Soft, TypeText, nil},
	}
	for _, g := range TargetGroups() {
		out = append(out, FieldInfo{KindTarget, TargetPeopleOf(g), g.String(), Soft, TypeInt, nil})
	}
	for _, g := range TargetGroups() {
		out = append(out, FieldInfo{KindTarget, TargetSourceOf(g), g.String() + "_source", Soft, TypeEnum, TargetSourceEnum})
	}
	return out
}

// Limits of what is believed about a target.
const (
	TargetPeopleMax = 100_000_000 // of a country
	TargetYearsMax  = 5           // from this year, back and ahead
)

// TargetGroup is whom a target counts.
type TargetGroup uint8

// Groups of targets, each the people for whom the programme's doses of a year are planned (vietnam.md 1.1, 2.3).
const (
	TargetBirths   TargetGroup = 1 // children born in the year
	TargetUnder1   TargetGroup = 2 // children under one year: those of the year who live
	TargetAge1     TargetGroup = 3 // children in their second year
	TargetAge2     TargetGroup = 4 // in their third
	TargetAge7     TargetGroup = 5 // of 7 years
	TargetGirls11  TargetGroup = 6 // girls of 11 years
	TargetPregnant TargetGroup = 7 // women with child
)

var targetGroupKeys = []string{1: "births", 2: "under1", 3: "age1", 4: "age2", 5: "age7", 6: "girls11", 7: "pregnant"}

// String returns the stable key.
func (x TargetGroup) String() string { return key(targetGroupKeys, int64(x)) }

// TargetGroups are the groups in the order of a form.
func TargetGroups() []TargetGroup {
	return []TargetGroup{TargetBirths, TargetUnder1, TargetAge1, TargetAge2, TargetAge7, TargetGirls11, TargetPregnant}
}

// Born is from which year to which, inclusive, the people of a group of a year were born. False: age does not say who is one of them.
func (x TargetGroup) Born(year int) (int, bool) {
	switch x {
	case TargetBirths, TargetUnder1:
		return year, true
	case TargetAge1:
		return year - 1, true
	case TargetAge2:
		return year - 2, true
	case TargetAge7:
		return year - 7, true
	case TargetGirls11:
		return year - 11, true
	}
	return 0, false
}

// TargetSource is what a target rests on.
type TargetSource uint8

// Sources of targets.
const (
	TargetStatistics TargetSource = 1 // the statistics office
	TargetLastYear   TargetSource = 2 // the births of the year before
	TargetPlan       TargetSource = 3 // the plan of the level above
	TargetOwnCount   TargetSource = 4 // counted in the hamlets
)

var targetSourceKeys = []string{1: "statistics", 2: "last_year", 3: "plan", 4: "own_count"}

// String returns the stable key.
func (x TargetSource) String() string { return key(targetSourceKeys, int64(x)) }

// The enumerations, as in enums.go.
var (
	TargetGroupEnum  = &Enum{"target_group", targetGroupKeys}
	TargetSourceEnum = &Enum{"target_source", targetSourceKeys}
)

// TargetInput is what one level says of a place and year.
type TargetInput struct {
	Place    p.EntityID
	Year     int
	By       p.EntityID // the place whose word it is
	Document string
	Numbers  map[TargetGroup]TargetNumber // of a group that is not in it nothing is said
}

// TargetNumber is how many people a group has, and what that rests on.
type TargetNumber struct {
	People int
	Source TargetSource
}

// Target is a target as it stands.
type Target struct {
	ID p.EntityID
	TargetInput
	Void string
}

// TargetOf reads a target from its state. A number that no entry lets through is none.
func TargetOf(s *p.State) Target {
	void, _ := Voided(s)
	g := getter(s.Get)
	t := Target{ID: s.ID, Void: void, TargetInput: TargetInput{
		Place: g.ref(p.FieldPlace), Year: g.small(TargetYear), By: g.ref(TargetBy), Document: g.text(TargetDocument), Numbers: map[TargetGroup]TargetNumber{},
	}}
	for _, group := range TargetGroups() {
		if n, ok := g(TargetPeopleOf(group)).Int(); ok && n >= 0 && n <= TargetPeopleMax {
			t.Numbers[group] = TargetNumber{int(n), enumOf[TargetSource](g, TargetSourceOf(group))}
		}
	}
	return t
}

func (in *TargetInput) fields() []fieldData {
	out := []fieldData{
		{p.FieldPlace, refData(in.Place)},
		{TargetYear, intData(in.Year)},
		{TargetBy, refData(in.By)},
		{TargetDocument, textData(in.Document)},
	}
	for _, group := range TargetGroups() {
		people, source := p.Null(), p.Null()
		if n, said := in.Numbers[group]; said {
			people, source = p.Int(int64(n.People)), intData(n.Source)
		}
		out = append(out, fieldData{TargetPeopleOf(group), people}, fieldData{TargetSourceOf(group), source})
	}
	return out
}

func (in *TargetInput) check(k Known) error {
	in.Document = cleanLine(in.Document)
	year, _, _ := k.Today.Date()
	var c check
	c.failIf(in.Place.IsZero(), "place", CodePlaceRequired)
	c.failIf(in.By.IsZero(), "by", CodePlaceRequired)
	c.failIf(in.Year < year-TargetYearsMax || in.Year > year+TargetYearsMax, "year", CodeRange, "min", year-TargetYearsMax, "max", year+TargetYearsMax)
	for group, n := range in.Numbers {
		c.choice(group.String(), TargetGroupEnum, int64(group))
		c.failIf(n.People < 0 || n.People > TargetPeopleMax, group.String(), CodeRange, "min", 0, "max", TargetPeopleMax)
		c.failIf(n.Source == 0, group.String()+"_source", CodeRequired)
		c.choice(group.String()+"_source", TargetSourceEnum, int64(n.Source))
	}
	c.name("document", in.Document)
	return c.err(nil)
}

// NewTarget makes the draft of a target, or the Errors in the way.
func NewTarget(in TargetInput, k Known) (Draft, error) {
	if err := in.check(k); err != nil {
		return Draft{}, err
	}
	return creation(KindTarget, in.fields()), nil
}

// EditTarget makes the draft after which a target is as in says. Whose word it is and of what stays: another's is another target.
func EditTarget(old *p.State, in TargetInput, k Known, saw Saw) (Draft, error) {
	was := TargetOf(old)
	in.Place, in.Year, in.By = was.Place, was.Year, was.By
	if err := in.check(k); err != nil {
		return Draft{}, err
	}
	return edit(old, difference(old, in.fields()), saw)
}

// TargetWord is what one level says of one group.
type TargetWord struct {
	ID, Place, By p.EntityID
	TargetNumber
	Document string
}

// StandingTargets orders the words about one group of one place and year, the one that stands first: that of the highest level. Of one place,
// which two machines wrote without having heard each other, the greater stands: what is planned too high is seen, what is planned too low is not.
func StandingTargets(words []TargetWord, level func(p.EntityID) Level) []TargetWord {
	out := slices.Clone(words)
	slices.SortFunc(out, func(a, b TargetWord) int {
		la, lb := level(a.By), level(b.By)
		switch {
		case la != lb && la == 0:
			return 1
		case la != lb && lb == 0:
			return -1
		case la != lb:
			return int(la) - int(lb)
		case a.People != b.People:
			return b.People - a.People
		}
		return a.ID.Compare(b.ID)
	})
	return out
}
