package registry

import (
	"maps"
	"slices"
	"strings"
)

// How two records of one person are found: agreement in each field is worth the logarithm (base 2) of how
// much more likely it is in one person than in two (Fellegi and Sunter 1969). The weights assume a
// commune's register of some two thousand subjects; they are judgements informed by what goes wrong here
// (names without marks, swapped day and month, a phone shared by a family, names given late), not fitted.
const (
	weightNameSame   = 8   // marks included, or one of the two written without any
	weightNameNear   = 3   // other marks, a slip of the finger, a middle name left out
	weightNameOther  = -9  // people are seldom renamed, but newborns are (then the name is unknown)
	weightBirthSame  = 9   // about one in two thousand
	weightBirthNear  = 4   // day and month swapped, one digit, or the same within the precision
	weightBirthOther = -8  //
	weightSexSame    = 0.9 // one in two
	weightSexOther   = -4  //
	weightMotherSame = 8
	weightMotherNear = 3.5
	weightMotherDiff = -5
	weightPhoneSame  = 4    // shared by a family or the village health worker
	weightPhoneOther = -0.5 // people change numbers
	weightHamletSame = 1.5
	weightHamletDiff = -0.5
	weightNumberSame = 20 // personal number
	weightNumberNear = 6  // one digit mistyped or two swapped
	weightNumberDiff = -12
	weightPaperSame  = 14 // insurance, national code, passport
	weightPaperDiff  = -2 // one person can have several
	weightOrderDiff  = -25
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

// Profile is a subject prepared for comparing, so that a sweep folds each name once.
type Profile struct {
	subject  *Subject
	name     personName
	mother   personName
	newborn  bool // has no name yet
	phones   []string
	hamlet   string
	personal string
	papers   map[string]string
}

// ProfileOf prepares a subject. It keeps a pointer to it.
func ProfileOf(s *Subject) *Profile {
	rest, newborn := StripTitle(s.Name)
	pr := &Profile{subject: s, newborn: newborn || s.Name == "", hamlet: Fold(s.Hamlet), papers: make(map[string]string)}
	mother := s.MotherName
	if newborn && mother == "" {
		mother = rest
	}
	if !pr.newborn {
		pr.name = nameOf(rest)
	}
	pr.mother = nameOf(mother)
	for _, phone := range []string{s.MotherPhone, s.FatherPhone, s.GuardianPhone} {
		if n, err := NormalPhone(phone); err == nil && !slices.Contains(pr.phones, n) {
			pr.phones = append(pr.phones, n)
		}
	}
	if d, ok := plainDigits(s.PersonalNo); ok {
		pr.personal = d
	}
	for field, v := range map[string]string{"insurance": insuranceKey(s.Insurance), "national_code": s.NationalCode, "passport": s.Passport} {
		if v = strings.ToUpper(strings.ReplaceAll(v, " ", "")); v != "" {
			pr.papers[field] = v
		}
	}
	return pr
}

// insuranceKey takes the five characters of group, benefit and province off an old card's number of 15:
// the last ten are the person's.
func insuranceKey(s string) string {
	s = strings.ReplaceAll(s, " ", "")
	if len(s) == 15 {
		return s[5:]
	}
	return s
}

// Compare scores two subjects.
func Compare(a, b *Subject) Comparison { return CompareProfiles(ProfileOf(a), ProfileOf(b)) }

// CompareProfiles scores two prepared subjects.
func CompareProfiles(a, b *Profile) Comparison {
	var c Comparison
	add := func(field string, v Verdict, same, near, different float64) {
		w := 0.0
		switch v {
		case Same:
			w = same
		case Near:
			w = near
		case Different:
			w = different
		}
		c.Score += w
		c.Items = append(c.Items, Agreement{field, v, w})
	}
	add("name", a.name.compare(&b.name), weightNameSame, weightNameNear, weightNameOther)
	add("birth_date", compareBirth(&a.subject.SubjectInput, &b.subject.SubjectInput), weightBirthSame, weightBirthNear, weightBirthOther)
	add("sex", compareSex(a.subject.Sex, b.subject.Sex), weightSexSame, 0, weightSexOther)
	add("mother_name", a.mother.compare(&b.mother), weightMotherSame, weightMotherNear, weightMotherDiff)
	add("mother_phone", compareSets(a.phones, b.phones), weightPhoneSame, 0, weightPhoneOther)
	add("hamlet", compareText(a.hamlet, b.hamlet), weightHamletSame, 0, weightHamletDiff)
	add("personal_no", compareNumber(a.personal, b.personal), weightNumberSame, weightNumberNear, weightNumberDiff)
	for _, field := range []string{"insurance", "national_code", "passport"} {
		add(field, compareText(a.papers[field], b.papers[field]), weightPaperSame, 0, weightPaperDiff)
	}
	if twins(a.subject, b.subject) {
		add("birth_order", Different, 0, 0, weightOrderDiff)
	}
	return c
}

// SamePerson reports whether two records may be linked without asking anybody: personal number, birth
// date to the day, and sex agree, the name is compatible, and they are not recorded as two of a multiple
// birth. The caller also makes sure that their doses do not contradict (Contradict) and that nobody has
// said they are different.
func SamePerson(a, b *Subject) bool {
	pa, pb := ProfileOf(a), ProfileOf(b)
	exact := func(s *Subject) bool { return s.BirthPrec == PrecisionDay || s.BirthPrec == PrecisionMinute }
	compatible := pa.newborn || pb.newborn || pa.name.compare(&pb.name) == Same || pa.name.compare(&pb.name) == Near
	return len(pa.personal) == 12 && pa.personal == pb.personal &&
		exact(a) && exact(b) && a.BirthDate == b.BirthDate &&
		(a.Sex == SexMale || a.Sex == SexFemale) && a.Sex == b.Sex &&
		compatible && !twins(a, b)
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

func twins(a, b *Subject) bool {
	return a.BirthOrder > 0 && b.BirthOrder > 0 && a.BirthOrder != b.BirthOrder
}

// Blocks returns the keys under which a subject is filed for comparing: only subjects that share a key
// are compared. They are made so that one mistake in a record leaves at least one of them alone.
func Blocks(s *Subject) []string {
	pr := ProfileOf(s)
	keys := make(map[string]bool)
	year, swap := "", ""
	if s.HasBirth() {
		_, m, d := s.BirthDate.Date()
		year = s.BirthDate.ISO()[:4]
		lo, hi := min(int(m), d), max(int(m), d)
		swap = year + "-" + string([]byte{'A' + byte(lo), 'A' + byte(hi)})
	}
	for _, n := range []struct {
		tag  string
		name personName
	}{{"n", pr.name}, {"m", pr.mother}} {
		if len(n.name.tokens) == 0 {
			continue
		}
		given := n.name.tokens[len(n.name.tokens)-1]
		all := slices.Clone(n.name.tokens)
		slices.Sort(all)
		if swap != "" {
			keys[n.tag+"d:"+swap+":"+given] = true
		}
		if year != "" {
			keys[n.tag+"y:"+year+":"+strings.Join(all, " ")] = true
		}
		// A wrong year: the whole name with the hamlet.
		keys[n.tag+"h:"+pr.hamlet+":"+strings.Join(all, " ")] = true
	}
	if swap != "" && pr.hamlet != "" {
		keys["dh:"+swap+":"+pr.hamlet] = true
	}
	for _, phone := range pr.phones {
		keys["t:"+phone] = true
	}
	if pr.personal != "" {
		keys["p:"+pr.personal] = true
	}
	for field, v := range pr.papers {
		keys[field+":"+v] = true
	}
	if !s.Mother.IsZero() {
		keys["mother:"+s.Mother.String()] = true
	}
	return slices.Sorted(maps.Keys(keys))
}

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

func compareBirth(a, b *SubjectInput) Verdict {
	if !a.HasBirth() || !b.HasBirth() {
		return Unknown
	}
	exact := func(in *SubjectInput) bool { return in.BirthPrec != PrecisionMonth && in.BirthPrec != PrecisionYear }
	if exact(a) && exact(b) {
		if a.BirthDate == b.BirthDate {
			return Same
		}
		ya, ma, da := a.BirthDate.Date()
		yb, mb, db := b.BirthDate.Date()
		if ya == yb && int(ma) == db && int(mb) == da || oneSlip(a.BirthDate.ISO(), b.BirthDate.ISO()) {
			return Near
		}
		return Different
	}
	a1, a2 := a.BirthRange()
	b1, b2 := b.BirthRange()
	if a1 <= b2 && b1 <= a2 {
		return Near
	}
	return Different
}
