package registry

import "slices"

// How two records of one person are found: agreement in each field is worth the logarithm (base 2) of how
// much more often it is met in two records of one person than in two of different people (Fellegi and Sunter 1969).
// The weights were counted on a made-up register of a commune's size with all kinds of errors in it (seed 1,
// `tramy-demo bench duplicates`) and measured on another (seed 2). Where fields depend on each other they were
// drawn together by hand: a phone and a mother's name agree between sisters too, so a name of its own and another
// birth date must outweigh them.
const (
	weightNameSame   = 9   // marks included, or one of the two written without any
	weightNameNear   = 5   // other marks, a slip of the finger, a middle name left out
	weightNameOther  = -5  // children are named late and renamed
	weightBirthSame  = 10  // about one in two thousand, less those who share it in one family
	weightBirthNear  = 3.5 // day and month swapped, one digit, or the same within the precision
	weightBirthOther = -7  //
	weightSexSame    = 1   // one in two
	weightSexOther   = -4  //
	weightMotherSame = 8
	weightMotherNear = 5
	weightMotherDiff = -5
	weightPhoneSame  = 5    // shared by a family or the village health worker
	weightPhoneOther = -1.5 // people change numbers
	weightHamletSame = 2
	weightHamletDiff = -1
	weightNumberSame = 20 // personal number
	weightNumberNear = 6  // one digit mistyped or two swapped
	weightNumberDiff = -10
	weightPaperSame  = 14  // insurance, national code, passport
	weightPaperDiff  = -2  // one person can have several
	weightOrderDiff  = -60 // whatever else agrees: twins share it
)

// Thresholds of a score: from Likely the page asks at once, from Possible it lists.
const (
	Likely   = 16.0
	Possible = 9.0
)

// Verdict says how two values compare.
type Verdict uint8

// Verdicts.
const (
	Unknown   Verdict = iota // one of them is not known
	Same                     // equal, up to spelling
	Near                     // a probable slip
	Different                //
)

// String returns the stable key.
func (v Verdict) String() string {
	switch v {
	case Same:
		return "same"
	case Near:
		return "near"
	case Different:
		return "different"
	}
	return "unknown"
}

// Agreement is what one field says about two records. Field is the name in the field table.
type Agreement struct {
	Field   string
	Verdict Verdict
	Weight  float64
}

// Comparison is how likely two records are one person, and why, in a fixed order of fields.
type Comparison struct {
	Score float64
	Items []Agreement
}

// Likely reports whether a person should be asked at once.
func (c *Comparison) Likely() bool { return c.Score >= Likely }

// Possible reports whether the pair belongs on a list.
func (c *Comparison) Possible() bool { return c.Score >= Possible }

// Verdict returns what a field says.
func (c *Comparison) Verdict(field string) Verdict {
	for _, a := range c.Items {
		if a.Field == field {
			return a.Verdict
		}
	}
	return Unknown
}

// Compare scores two subjects.
func Compare(a, b *Subject) Comparison { return CompareProfiles(ProfileOf(a), ProfileOf(b)) }

// The fields in which records are compared, in the order of Comparison.Items.
const (
	byName = iota
	byBirth
	bySex
	byMother
	byPhone
	byHamlet
	byNumber
	byInsurance
	byNational
	byPassport
	byOrder
	compared
)

// weights are what a verdict on a field is worth.
var weights = [compared]struct {
	field                 string
	same, near, different float64
}{
	byName:      {"name", weightNameSame, weightNameNear, weightNameOther},
	byBirth:     {"birth_date", weightBirthSame, weightBirthNear, weightBirthOther},
	bySex:       {"sex", weightSexSame, 0, weightSexOther},
	byMother:    {"mother_name", weightMotherSame, weightMotherNear, weightMotherDiff},
	byPhone:     {"mother_phone", weightPhoneSame, 0, weightPhoneOther},
	byHamlet:    {"hamlet", weightHamletSame, 0, weightHamletDiff},
	byNumber:    {"personal_no", weightNumberSame, weightNumberNear, weightNumberDiff},
	byInsurance: {"insurance", weightPaperSame, 0, weightPaperDiff},
	byNational:  {"national_code", weightPaperSame, 0, weightPaperDiff},
	byPassport:  {"passport", weightPaperSame, 0, weightPaperDiff},
	byOrder:     {"birth_order", 0, 0, weightOrderDiff},
}

// verdicts compares two profiles field by field.
func verdicts(a, b *Profile) (v [compared]Verdict) {
	v[byName] = a.name.compare(&b.name)
	v[byBirth] = compareBirth(a, b)
	v[bySex] = compareSex(a.sex, b.sex)
	v[byMother] = a.mother.compare(&b.mother)
	v[byPhone] = compareSets(a.phones, b.phones)
	v[byHamlet] = compareText(a.hamlet, b.hamlet)
	v[byNumber] = compareNumber(a.personal, b.personal)
	for i := range a.papers {
		v[byInsurance+i] = compareText(a.papers[i], b.papers[i])
	}
	if twins(a.order, b.order) {
		v[byOrder] = Different
	}
	return v
}

func weigh(field int, v Verdict) float64 {
	w := &weights[field]
	switch v {
	case Same:
		return w.same
	case Near:
		return w.near
	case Different:
		return w.different
	}
	return 0
}

// CompareProfiles scores two prepared subjects.
func CompareProfiles(a, b *Profile) Comparison {
	var c Comparison
	for field, v := range verdicts(a, b) {
		if field == byOrder && v == Unknown {
			continue
		}
		w := weigh(field, v)
		c.Score += w
		c.Items = append(c.Items, Agreement{weights[field].field, v, w})
	}
	return c
}

// Score is the score of CompareProfiles alone, for those who compare millions.
func Score(a, b *Profile) float64 {
	sum := 0.0
	for field, v := range verdicts(a, b) {
		sum += weigh(field, v)
	}
	return sum
}

// SamePerson reports whether two records may be linked without asking anybody: personal number, birth
// date to the day, and sex agree, the name is compatible, and they are not recorded as two of a multiple
// birth. The caller also makes sure that their doses do not contradict (Contradict) and that nobody has
// said they are different.
func SamePerson(a, b *Subject) bool { return SameProfiles(ProfileOf(a), ProfileOf(b)) }

// SameProfiles is SamePerson of prepared subjects.
func SameProfiles(a, b *Profile) bool {
	compatible := a.newborn || b.newborn
	if !compatible {
		name := a.name.compare(&b.name)
		compatible = name == Same || name == Near
	}
	return len(a.personal) == 12 && a.personal == b.personal && a.known() && b.known() && a.born == b.born &&
		compareSex(a.sex, b.sex) == Same && compatible && !twins(a.order, b.order)
}

// SameCard reports whether a record made under the code of a card may be joined to the record that has this
// code without asking anybody. A code agrees on a sister's card too, so the birth date to the day and the
// name, both known, must agree with it, and nothing else that is known may speak against it. A name that is
// only near does not do, nor a child without one: twins are named alike, and are born on one day of one
// mother. The caller also makes sure of what SamePerson leaves to it.
func SameCard(a, b *Subject) bool {
	if !a.Code.Valid() || a.Code != b.Code || a.BirthOrder != b.BirthOrder || a.Status == StatusDied || b.Status == StatusDied {
		return false
	}
	c := Compare(a, b)
	for _, field := range []string{"sex", "mother_name", "insurance", "national_code", "passport"} {
		if c.Verdict(field) == Different {
			return false
		}
	}
	number := c.Verdict("personal_no")
	return c.Verdict("name") == Same && c.Verdict("birth_date") == Same && number != Near && number != Different
}

// Contradict reports whether the first-hand doses of two records cannot be one person's: the same vaccine
// within a week at two places, the same day at two places, or a vaccine given once in life (singles: code
// to true) at both.
func Contradict(a, b []Immunization, singles func(code string) bool) bool {
	for i := range a {
		for j := range b {
			x, y := &a[i], &b[j]
			if x.ID == y.ID || !x.FirstHand() || !y.FirstHand() || !x.Counts() || !y.Counts() {
				continue
			}
			days := x.GivenOn.AgeDays(y.GivenOn)
			days = max(days, -days)
			same := x.Vaccine == y.Vaccine
			if days == 0 && x.Place != y.Place || same && days < 7 || same && singles != nil && singles(x.Vaccine) {
				return true
			}
		}
	}
	return false
}

// nearDays is within how many days two doses of one vaccine are more often one dose written down twice: the least
// interval of the schedule's routine vaccines.
const nearDays = 28

// NearDoses reports whether the doses of two records hold what may be one dose, told to one of them with another
// date: the same vaccine, one of them at second hand, and the days near each other or day and month exchanged. Nobody
// can tell from the records alone; a person looks before they are joined.
func NearDoses(a, b []Immunization) bool {
	for i := range a {
		for j := range b {
			x, y := &a[i], &b[j]
			if x.ID == y.ID || x.Vaccine != y.Vaccine || x.FirstHand() && y.FirstHand() || !x.Counts() || !y.Counts() || x.GivenOn == y.GivenOn {
				continue
			}
			days := x.GivenOn.AgeDays(y.GivenOn)
			yx, mx, dx := x.GivenOn.Date()
			yy, my, dy := y.GivenOn.Date()
			if max(days, -days) < nearDays || yx == yy && int(mx) == dy && int(my) == dx {
				return true
			}
		}
	}
	return false
}

// twins reports whether two orders of birth are those of two of one multiple birth.
func twins(a, b int) bool { return a > 0 && b > 0 && a != b }

func compareText(a, b string) Verdict {
	switch {
	case a == "" || b == "":
		return Unknown
	case a == b:
		return Same
	}
	return Different
}

func compareSex(a, b Sex) Verdict {
	known := func(s Sex) bool { return s == SexMale || s == SexFemale }
	switch {
	case !known(a) || !known(b):
		return Unknown
	case a == b:
		return Same
	}
	return Different
}

func compareSets(a, b []string) Verdict {
	if len(a) == 0 || len(b) == 0 {
		return Unknown
	}
	for _, x := range a {
		if slices.Contains(b, x) {
			return Same
		}
	}
	return Different
}

func compareNumber(a, b string) Verdict {
	v := compareText(a, b)
	if v == Different && oneSlip(a, b) {
		return Near
	}
	return v
}

// oneSlip reports whether two texts of equal length differ in one character or in two exchanged neighbours.
func oneSlip(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	var at []int
	for i := range len(a) {
		if a[i] != b[i] {
			at = append(at, i)
		}
	}
	switch len(at) {
	case 1:
		return true
	case 2:
		i, j := at[0], at[1]
		return j == i+1 && a[i] == b[j] && a[j] == b[i]
	}
	return false
}

func compareBirth(a, b *Profile) Verdict {
	if a.prec == 0 || b.prec == 0 {
		return Unknown
	}
	if a.toDay() && b.toDay() {
		if a.born == b.born {
			return Same
		}
		if a.swapped == b.digits || oneSlip(a.digits, b.digits) {
			return Near
		}
		return Different
	}
	a1, a2 := birthRange(a.born, a.prec)
	b1, b2 := birthRange(b.born, b.prec)
	if a1 <= b2 && b1 <= a2 {
		return Near
	}
	return Different
}
