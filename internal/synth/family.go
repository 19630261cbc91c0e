package synth

import (
	"cmp"
	"fmt"

	"tramy/internal/registry"
)

// maker makes the people of one commune. Its streams of chance are apart, so that doses and slips do not move people.
type maker struct {
	n      *Nation
	at     int
	c      *Commune
	yield  func(*Record) bool
	stop   bool
	people uint32
	record uint32

	s, care, where, slips *source

	serials map[serialKey]int
	earlier [64]namesake // children to share a name with, a ring
	born    int
	last    *household
}

type serialKey struct {
	sex  registry.Sex
	year int
}

// namesake is what a child of another mother may share.
type namesake struct {
	pe    *people
	name  fullName
	sex   registry.Sex
	birth registry.Day
}

// household is a mother, a father and what their children have in common.
type household struct {
	pe                       *people
	family                   string // the children's
	hamlet                   string
	mother, father           fullName
	motherBirth, fatherBirth registry.Day
	motherPhone, fatherPhone string
	guardianName             string
	guardianPhone            string
	clan                     uint64 // households of brothers share it
	cousin                   bool
	motherID                 PersonID
	motherCode               registry.PersonCode
	births                   int // that the mother has had, those before the years included
	habits                   habits
}

// person is somebody as they are, and what every record of them starts from.
type person struct {
	id     PersonID
	who    registry.SubjectInput
	family *household
	rare   Rare
	mother PersonID
	code   registry.PersonCode // of the first record
	from   registry.Day        // on record from this day on: birth, or the first visit of a pregnancy
	moved  registry.Day        // 0: did not
	number string              // personal number, once it has come
	numbOn registry.Day
	doses  []Dose // all they have had, oldest first
}

func (m *maker) today() registry.Day { return m.n.opt.Today }

func (m *maker) run() bool {
	for want := m.n.Children(m.at); m.born < want && !m.stop; {
		h := m.household()
		if m.s.of(firstPregnancy) {
			m.expecting(m.household())
		}
		m.children(h, want)
		m.last = h
	}
	return !m.stop
}

// household founds a family; some are a brother's of the one before.
func (m *maker) household() *household {
	s := m.s
	h := &household{habits: m.habits()}
	if m.last != nil && s.of(cousins) {
		l := m.last
		h.pe, h.family, h.hamlet, h.guardianPhone, h.clan, h.cousin = l.pe, l.family, l.hamlet, l.guardianPhone, l.clan, true
		h.father = s.adultName(h.pe, registry.SexMale, cmp.Or(l.father.familyName(), l.family))
		h.mother = s.adultName(h.pe, registry.SexFemale, s.pick(h.pe.families))
		if h.pe.fromMother {
			h.family = h.mother.familyName()
		}
	} else {
		h.pe = peopleOf(s.ethnic(m.c.Province))
		h.clan = s.Uint64()
		h.hamlet = s.one(m.c.Hamlets)
		h.father = s.adultName(h.pe, registry.SexMale, s.pick(h.pe.families))
		h.mother = s.adultName(h.pe, registry.SexFemale, s.pick(h.pe.families))
		h.family = h.father.familyName()
		if h.pe.fromMother {
			h.family = h.mother.familyName()
		}
		h.guardianPhone = m.phone()
	}
	if h.family == "" { // a parent known by one word
		h.family = s.pick(h.pe.families)
	}
	m.phones(h)
	if s.of(fatherUnknown) {
		h.father, h.fatherPhone = fullName{}, ""
	}
	if s.of(guardian) {
		h.guardianName = s.adultName(h.pe, registry.SexFemale, s.pick(h.pe.families)).String()
	} else if !h.cousin && !s.of(20) {
		h.guardianPhone = ""
	}
	h.births = s.between(0, 3) / 2
	return h
}

func (n fullName) familyName() string {
	if n.last != "" {
		return n.last
	}
	return n.family
}

var phonePrefixes = []weighted{
	{"032", 5},
	{"033", 5},
	{"034", 6},
	{"035", 6},
	{"036", 6},
	{"037", 5},
	{"038", 6},
	{"039", 5},
	{"086", 4},
	{"096", 7},
	{"097", 9},
	{"098", 9},
	{"091", 6},
	{"094", 5},
	{"081", 2},
	{"082", 2},
	{"083", 2},
	{"085", 2},
	{"088", 2},
	{"070", 2},
	{"076", 2},
	{"077", 2},
	{"079", 2},
	{"090", 4},
	{"093", 3},
	{"056", 1},
	{"058", 1},
	{"059", 1},
}

func (m *maker) phone() string {
	return fmt.Sprintf("%s%07d", m.s.pick(phonePrefixes), m.s.IntN(10_000_000))
}

func (m *maker) phones(h *household) {
	s := m.s
	if s.of(motherPhone) {
		h.motherPhone = m.phone()
	}
	switch {
	case h.motherPhone != "" && s.of(sharedPhone):
		h.fatherPhone = h.motherPhone
	case s.of(fatherPhone):
		h.fatherPhone = m.phone()
	}
	if s.of(healthWorkersPhone) {
		h.motherPhone = fmt.Sprintf("0%d%07d", 96+hash(m.c.Code, h.hamlet)%3, hash(h.hamlet, m.c.Code)%10_000_000)
	}
}

// children brings a family's children into the world, until the commune has as many as wanted.
func (m *maker) children(h *household, want int) {
	s := m.s
	birth := m.today() - s.days(0, m.n.opt.Years*365)
	var like *namesake
	if e := &m.earlier[s.IntN(len(m.earlier))]; e.pe != nil && !h.cousin && s.permille(namesakePermille) {
		like, birth = e, e.birth
		m.rename(h, e)
	}
	if h.cousin && s.of(40) && m.born > 0 {
		birth = min(m.today(), m.earlier[(m.born-1)%len(m.earlier)].birth-s.days(-20, 20))
	}
	h.motherBirth = birth - s.days(18*365, 38*365)
	h.fatherBirth = h.motherBirth - s.days(-3*365, 8*365)
	var names []namesake
	more := secondChild
	for birth <= m.today() && m.born < want && !m.stop {
		count := 1
		if s.permille(multipleBirthsPermille) {
			count = 2
			if s.of(tripletsPerHundred) {
				count = 3
			}
		}
		h.births++
		m.mother(h, birth)
		for i := range count {
			if m.born == want || m.stop {
				return
			}
			m.child(h, birth, i, count, &names, like)
			like = nil
		}
		if !s.of(more) {
			break
		}
		more = thirdChild
		birth += s.days(400, 1500)
	}
	if birth < m.today()-400 && s.of(pregnantAgain) {
		m.expecting(h)
	}
}

// rename makes a family one in which a child can have the name.
func (m *maker) rename(h *household, e *namesake) {
	s := m.s
	h.pe, h.family = e.pe, e.name.familyName()
	father, mother := h.family, s.pick(h.pe.families)
	if h.pe.fromMother {
		father, mother = mother, father
	}
	if h.father.given != "" {
		h.father = s.adultName(h.pe, registry.SexMale, father)
	}
	h.mother = s.adultName(h.pe, registry.SexFemale, mother)
}

// child makes the i-th child of a birth; like is a child of another mother to be named as, or nil.
func (m *maker) child(h *household, birth registry.Day, i, count int, names *[]namesake, like *namesake) {
	s := m.s
	sex := registry.SexMale
	if s.permille(477) { // 109 boys for 100 girls
		sex = registry.SexFemale
	}
	pn := &person{id: m.newPerson(), family: h, from: birth, mother: h.motherID}
	name := m.distinct(h, sex, *names, i > 0 || s.of(20))
	switch {
	case count > 1:
		pn.rare = Twin
	case like != nil:
		pn.rare, name, sex = Namesake, like.name, like.sex
	case len(*names) > 0:
		pn.rare = Sibling
	case h.cousin:
		pn.rare = Cousin
	}
	here := namesake{h.pe, name, sex, birth}
	*names = append(*names, here)
	m.earlier[m.born%len(m.earlier)] = here
	m.born++

	pn.who = registry.SubjectInput{
		Name: name.String(), BirthDate: birth, BirthPrec: registry.PrecisionDay, Sex: sex, Ethnic: h.pe.ethnic, Hamlet: h.hamlet,
		MotherName: h.mother.String(), MotherPhone: h.motherPhone, FatherName: h.father.String(), FatherPhone: h.fatherPhone,
		Group: registry.GroupChild, Status: registry.StatusPresent,
	}
	if h.guardianName != "" {
		pn.who.GuardianName, pn.who.GuardianPhone = h.guardianName, h.guardianPhone
	}
	if count > 1 {
		pn.who.BirthOrder = i + 1
	}
	if m.today()-birth < unnamedDays && s.of(unnamed) {
		pn.who.Name = newbornName(h)
	}
	m.atBirth(pn, count)
	m.fate(pn)
	m.live(pn)
	m.write(pn)
}

// newbornName is what a child without a name is called on paper.
func newbornName(h *household) string { return "CB " + h.mother.String() }

// distinct names a child unlike its brothers and sisters; alike makes it sound like the one before.
func (m *maker) distinct(h *household, sex registry.Sex, names []namesake, alike bool) fullName {
	for try := 0; ; try++ {
		name := m.s.childName(h.pe, sex, h.family)
		if n := len(names); alike && n > 0 && try < 3 && names[n-1].sex == sex && name.first == names[n-1].name.first {
			name.middle = names[n-1].name.middle
		}
		taken := false
		for i := range names {
			taken = taken || names[i].name.given == name.given
		}
		if !taken || try > 20 {
			return name
		}
	}
}

// atBirth is what is written down at a birth.
func (m *maker) atBirth(pn *person, count int) {
	s, in := m.s, &pn.who
	in.BirthWeight = 10 * s.between(255, 385)
	if s.of(lowWeight) || count > 1 && s.of(50) {
		in.BirthWeight = 10 * s.between(150, 249)
	}
	if s.of(birthHour) {
		in.BirthClock, in.BirthPrec = registry.NewClock(s.IntN(24), s.IntN(60)), registry.PrecisionMinute
	}
	pn.number, pn.numbOn = m.personalNo(in.Sex, in.BirthDate), in.BirthDate+s.days(5, 2*30*numberLaterMonths)
	if s.of(numberNever) {
		pn.numbOn = m.today() + 1
	}
	if pn.numbOn <= m.today() {
		in.PersonalNo = pn.number
	}
}

// personalNo makes a number by its rule: province of registration, century and sex, year of birth, six digits; no two
// people of a nation share one.
func (m *maker) personalNo(sex registry.Sex, birth registry.Day) string {
	y, _, _ := birth.Date()
	century := 2 * (y/100 - 19)
	if sex == registry.SexFemale {
		century++
	}
	key := serialKey{sex, y}
	serial := m.serials[key]
	m.serials[key]++
	const space = 1_000_000
	room := space / max(1, m.n.within[m.c.Province])
	number := (m.n.ordinal[m.at]*room + serial) % space
	prefix := fmt.Sprintf("0%s%d%02d", m.c.Province, century, y%100)
	// A factor prime to the space scatters neighbours over the six digits and keeps all of them apart.
	return fmt.Sprintf("%s%06d", prefix, (uint64(number)*611_953+hash(prefix)%space)%space)
}

// fate says who died, moved or is away.
func (m *maker) fate(pn *person) {
	s, in := m.s, &pn.who
	age := int(m.today() - pn.from)
	switch x := s.IntN(1000); {
	case age < 1:
	case x < diedPermille:
		in.Status, in.StatusDate = registry.StatusDied, pn.from+s.days(0, min(age, 400))
	case x < diedPermille+10*movedPerCent && age > 120:
		in.Status, in.StatusDate = registry.StatusMoved, pn.from+s.days(100, age)
		pn.moved = in.StatusDate
	case x < diedPermille+10*(movedPerCent+absentPerCent):
		in.Status = registry.StatusAbsent
	}
}

func (m *maker) newPerson() PersonID {
	m.people++
	return PersonID(uint64(m.at+1)<<32 | uint64(m.people))
}

// mother puts a woman on record who gave birth within the year: she was, while she was pregnant.
func (m *maker) mother(h *household, birth registry.Day) {
	if birth < m.today()-365 || h.motherID != 0 || !m.s.of(motherOnRecord) {
		return
	}
	pn := m.woman(h, birth)
	pn.who.Group, pn.who.DueDate = registry.GroupAdult, 0
	h.motherID = pn.id
	m.live(pn)
	m.write(pn)
	h.motherCode = pn.code
}

// Days of a pregnancy, and of its part before the first visit.
const (
	pregnancyDays = 280
	bookedDays    = 84
)

// expecting puts a woman on record who is pregnant today.
func (m *maker) expecting(h *household) {
	due := m.today() + m.s.days(1, pregnancyDays-bookedDays)
	if h.motherBirth == 0 {
		h.motherBirth = due - m.s.days(17*365, 33*365)
	}
	pn := m.woman(h, due)
	pn.who.Group, pn.who.DueDate = registry.GroupPregnant, due
	m.live(pn)
	m.write(pn)
	if m.s.of(wentToOwnHome) {
		m.writeElsewhere(pn)
	}
}

func (m *maker) woman(h *household, due registry.Day) *person {
	pn := &person{id: m.newPerson(), family: h, from: due - pregnancyDays + bookedDays}
	pn.who = registry.SubjectInput{
		Name: h.mother.String(), BirthDate: h.motherBirth, BirthPrec: registry.PrecisionDay, Sex: registry.SexFemale,
		Ethnic: h.pe.ethnic, Hamlet: h.hamlet, GuardianName: h.father.String(), GuardianPhone: cmp.Or(h.fatherPhone, h.motherPhone),
		Status: registry.StatusPresent,
	}
	pn.number = m.personalNo(registry.SexFemale, h.motherBirth)
	if !m.s.of(10) {
		pn.who.PersonalNo = pn.number
	}
	if h.pe.ethnic == "Mông" && m.s.of(10) {
		pn.who.BirthPrec = registry.PrecisionYear
	}
	return pn
}
