package registry

import (
	"slices"
	"strings"

	p "tramy/syncproto"
)

// Profile is a subject prepared for comparing, so that a sweep folds each name once. It holds nothing of the
// subject that comparing does not need.
type Profile struct {
	name     personName
	mother   personName
	newborn  bool // has no name yet
	born     Day
	prec     Precision
	digits   string // of born: yyyymmdd
	swapped  string // with day and month exchanged
	sex      Sex
	order    int
	phones   []string
	hamlet   string
	personal string
	papers   [3]string // insurance, national code, passport
	parent   p.EntityID
}

// ProfileOf prepares a subject.
func ProfileOf(s *Subject) *Profile {
	rest, newborn := StripTitle(s.Name)
	pr := &Profile{
		newborn: newborn || s.Name == "", born: s.BirthDate, prec: s.BirthPrec, sex: s.Sex, order: s.BirthOrder,
		hamlet: Fold(s.Hamlet), parent: s.Mother,
	}
	if s.HasBirth() {
		iso := s.BirthDate.ISO()
		pr.digits = iso[:4] + iso[5:7] + iso[8:]
		pr.swapped = iso[:4] + iso[8:] + iso[5:7]
	}
	mother := s.MotherName
	if newborn && mother == "" {
		mother = rest
	}
	if !pr.newborn {
		pr.name = nameOf(rest)
	}
	pr.mother = nameOf(mother)
	for _, phone := range []string{s.Phone, s.MotherPhone, s.FatherPhone, s.GuardianPhone} {
		if n, err := NormalPhone(phone); err == nil && !slices.Contains(pr.phones, n) {
			pr.phones = append(pr.phones, n)
		}
	}
	if d, ok := plainDigits(s.PersonalNo); ok {
		pr.personal = d
	}
	for i, v := range []string{insuranceKey(s.Insurance), s.NationalCode, s.Passport} {
		pr.papers[i] = strings.ToUpper(strings.ReplaceAll(v, " ", ""))
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

// toDay reports whether the birth date is not one of a month or a year only.
func (pr *Profile) toDay() bool { return pr.prec != PrecisionMonth && pr.prec != PrecisionYear }

// known reports whether the birth date is known, to the day.
func (pr *Profile) known() bool { return pr.prec.DayKnown() }

// Blocks returns the keys under which a subject is filed for comparing: only subjects that share a key are
// compared. They are made so that one mistake in a record leaves at least one of them alone.
func Blocks(s *Subject) []string { return ProfileOf(s).Blocks() }

// Blocks is [Blocks] of a prepared subject: sorted, each key once.
func (pr *Profile) Blocks() []string {
	var keys []string
	year, day := "", ""
	if pr.prec != 0 {
		year = pr.digits[:4]
		if pr.prec != PrecisionYear {
			day = min(pr.digits, pr.swapped) // the same for a date and the one with day and month exchanged
		}
	}
	for _, n := range []struct {
		tag  string
		name *personName
	}{{"n", &pr.name}, {"m", &pr.mother}} {
		if len(n.name.tokens) == 0 {
			continue
		}
		whole := strings.Join(n.name.sorted, " ")
		if day != "" {
			keys = append(keys, n.tag+"d:"+day+":"+n.name.tokens[len(n.name.tokens)-1])
		}
		if year != "" {
			keys = append(keys, n.tag+"y:"+year+":"+whole)
		}
		// A wrong year: the whole name with the hamlet.
		keys = append(keys, n.tag+"h:"+pr.hamlet+":"+whole)
	}
	if day != "" && pr.hamlet != "" {
		keys = append(keys, "dh:"+day+":"+pr.hamlet)
	}
	for _, phone := range pr.phones {
		keys = append(keys, "t:"+phone)
	}
	if pr.personal != "" {
		keys = append(keys, "p:"+pr.personal)
	}
	for i, v := range pr.papers {
		if v != "" {
			keys = append(keys, weights[byInsurance+i].field+":"+v)
		}
	}
	if !pr.parent.IsZero() {
		keys = append(keys, "mother:"+pr.parent.String())
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// Nearness orders profiles so that those of one person stand close together where too many share a key to
// compare each with each: by birth date and name, or by hamlet and name.
func Nearness(a, b *Profile, hamletFirst bool) int {
	if hamletFirst {
		return strings.Compare(a.hamlet+"\x00"+a.name.whole()+"\x00"+a.digits, b.hamlet+"\x00"+b.name.whole()+"\x00"+b.digits)
	}
	return strings.Compare(a.digits+a.name.whole(), b.digits+b.name.whole())
}
