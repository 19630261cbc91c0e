package synth

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"tramy/internal/registry"
)

// Slip is one thing that went wrong while a record was written.
type Slip uint8

// Slips, by the level from which they happen.
const (
	SlipNoMarks       Slip = iota // names without marks
	SlipCapitals                  // names in capitals
	SlipTone                      // Hoà for Hòa
	SlipIY                        // Lí for Lý
	SlipTitle                     // bé, cháu in front of the name
	SlipNoPhone                   // no phone
	SlipOldPhone                  // the number of before 2018, with eleven digits
	SlipHamlet                    // the hamlet spelled another way
	SlipNoFather                  // father left out
	SlipNoNumber                  // personal number left out
	SlipMotherMarks               // the mother's name without marks
	SlipTyping                    // a slip of the finger in the name
	SlipUnnamed                   // written down before there was a name: CB and the mother's
	SlipMotherShort               // the mother's middle name left out or cut to its initial
	SlipMotherTyping              // a slip of the finger in the mother's name
	SlipOtherPhone                // another phone: a new one, or somebody else's
	SlipMiddle                    // a word of the name left out
	SlipNoHamlet                  // no hamlet
	SlipNoOrder                   // that it is a twin is left out
	SlipNoMother                  // the mother's name left out
	SlipDayMonth                  // day and month swapped
	SlipDay                       // a day before or after, or a wrong digit in the day
	SlipYear                      // the wrong year
	SlipNumberDigit               // one digit of the personal number
	SlipSex                       // the other sex
	SlipOtherName                 // a name used at home, or the one before it was changed
	SlipOtherSpelling             // the name misheard
)

var slipNames = [...]string{
	"no-marks", "capitals", "tone-placement", "i-y", "title", "no-phone", "old-phone", "hamlet-spelling", "no-father",
	"no-number", "mother-no-marks", "typing", "unnamed", "mother-short", "mother-typing", "other-phone", "word-left-out", "no-hamlet",
	"no-birth-order", "no-mother", "day-month-swapped", "day", "year", "number-digit", "sex", "other-name", "misheard",
}

// String names the slip.
func (s Slip) String() string { return slipNames[s] }

// slipsAt are the slips of a level and their weights, on top of those of the levels before.
var slipsAt = [LevelHeavy + 1][]struct {
	slip   Slip
	weight int
}{
	LevelLight: {
		{SlipNoMarks, 14},
		{SlipCapitals, 12},
		{SlipTone, 10},
		{SlipIY, 8},
		{SlipTitle, 8},
		{SlipNoPhone, 14},
		{SlipOldPhone, 4},
		{SlipHamlet, 12},
		{SlipNoFather, 8},
		{SlipNoNumber, 14},
		{SlipMotherMarks, 10},
	},
	LevelMedium: {
		{SlipTyping, 16},
		{SlipUnnamed, 18},
		{SlipMotherShort, 14},
		{SlipMotherTyping, 12},
		{SlipOtherPhone, 16},
		{SlipMiddle, 8},
		{SlipNoHamlet, 8},
		{SlipNoOrder, 8},
		{SlipNoMother, 4},
	},
	LevelHeavy: {
		{SlipDayMonth, 14}, {SlipDay, 14}, {SlipYear, 12}, {SlipNumberDigit, 14}, {SlipSex, 5}, {SlipOtherName, 14}, {SlipOtherSpelling, 14},
	},
}

// slipCount draws how many slips a record has: fewer in the first record of somebody, which more people look at.
func (m *maker) slipCount(another bool) int {
	s := m.slips
	switch m.n.opt.Level {
	case LevelLight:
		if another {
			return s.between(0, 2)
		}
		return s.IntN(10) / 7
	case LevelMedium:
		if another {
			return s.between(1, 3)
		}
		return s.IntN(10) / 6
	case LevelHeavy:
		if another {
			return s.between(2, 4)
		}
		return s.IntN(10) / 4
	}
	return 0
}

// slip lets things go wrong in a record, as its level has them.
func (m *maker) slip(r *Record, pn *person, another bool) {
	n := m.slipCount(another)
	if n == 0 {
		return
	}
	type choice = struct {
		slip   Slip
		weight int
	}
	var from []choice
	for l := LevelLight; l <= m.n.opt.Level; l++ {
		from = append(from, slipsAt[l]...)
	}
	for n > 0 && len(from) > 0 {
		sum := 0
		for _, c := range from {
			sum += c.weight
		}
		at := m.slips.IntN(sum)
		i := 0
		for ; at >= from[i].weight; i++ {
			at -= from[i].weight
		}
		slip := from[i].slip
		from = slices.Delete(from, i, i+1)
		if m.make(slip, r, pn) {
			r.Slips = append(r.Slips, slip)
			n--
		}
	}
	slices.Sort(r.Slips)
}

// make lets one thing go wrong; false if it cannot in this record, or changes nothing.
func (m *maker) make(slip Slip, r *Record, pn *person) bool {
	s, in := m.slips, &r.Subject
	change := func(field *string, to string) bool {
		if *field == "" || *field == to || strings.TrimSpace(to) == "" {
			return false
		}
		*field = to
		return true
	}
	switch slip {
	case SlipNoMarks:
		changed := change(&in.Name, withoutMarks(in.Name))
		return change(&in.MotherName, withoutMarks(in.MotherName)) || changed
	case SlipCapitals:
		in.MotherName = strings.ToUpper(in.MotherName)
		return change(&in.Name, strings.ToUpper(in.Name))
	case SlipTone:
		changed := change(&in.Name, otherTonePlace(in.Name))
		return change(&in.MotherName, otherTonePlace(in.MotherName)) || changed
	case SlipIY:
		changed := change(&in.Name, iForY(in.Name))
		return change(&in.MotherName, iForY(in.MotherName)) || changed
	case SlipTitle:
		if in.Group != registry.GroupChild || strings.HasPrefix(in.Name, "CB ") {
			return false
		}
		return change(&in.Name, s.one([]string{"Bé ", "Cháu ", "bé ", "Em "})+in.Name)
	case SlipNoPhone:
		had := in.MotherPhone != "" || in.FatherPhone != "" || in.GuardianPhone != ""
		in.MotherPhone, in.FatherPhone, in.GuardianPhone = "", "", ""
		return had
	case SlipOldPhone:
		changed := change(&in.MotherPhone, oldPhone(in.MotherPhone))
		return change(&in.FatherPhone, oldPhone(in.FatherPhone)) || changed
	case SlipHamlet:
		return change(&in.Hamlet, m.otherHamlet(in.Hamlet))
	case SlipNoFather:
		had := in.FatherName != ""
		in.FatherName, in.FatherPhone = "", ""
		return had
	case SlipNoNumber:
		had := in.PersonalNo != ""
		in.PersonalNo = ""
		return had
	case SlipMotherMarks:
		return change(&in.MotherName, withoutMarks(in.MotherName))
	case SlipTyping:
		return change(&in.Name, s.typed(in.Name))
	case SlipMotherShort:
		return change(&in.MotherName, s.short(in.MotherName))
	case SlipMotherTyping:
		return change(&in.MotherName, s.typed(in.MotherName))
	case SlipNoHamlet:
		had := in.Hamlet != ""
		in.Hamlet = ""
		return had
	case SlipNoOrder:
		had := in.BirthOrder != 0
		in.BirthOrder = 0
		return had
	case SlipNoMother:
		had := in.MotherName != "" && !strings.HasPrefix(in.Name, "CB ")
		if had {
			in.MotherName = ""
		}
		return had
	case SlipMiddle:
		return change(&in.Name, s.withoutMiddle(in.Name))
	case SlipOtherPhone:
		return m.otherPhone(in)
	case SlipDayMonth, SlipDay, SlipYear:
		return m.otherBirth(slip, r)
	case SlipNumberDigit:
		return change(&in.PersonalNo, s.otherDigit(in.PersonalNo))
	case SlipSex:
		in.Sex = registry.SexMale + registry.SexFemale - in.Sex
		return in.Group == registry.GroupChild || m.restoreSex(in)
	}
	return m.otherName(slip, r, pn)
}

// restoreSex undoes a slip that a pregnant woman's register does not make.
func (m *maker) restoreSex(in *registry.SubjectInput) bool {
	in.Sex = registry.SexFemale
	return false
}

// otherName writes down a child under another name: none yet, one of the home, or misheard.
func (m *maker) otherName(slip Slip, r *Record, pn *person) bool {
	in, h := &r.Subject, pn.family
	if in.Group != registry.GroupChild || strings.HasPrefix(in.Name, "CB ") {
		return false
	}
	switch slip {
	case SlipUnnamed:
		if r.At == Clinic {
			return false // they come with papers
		}
		in.Name = newbornName(h)
		if in.MotherName == "" {
			in.MotherName = h.mother.String()
		}
	case SlipOtherName:
		in.Name = m.slips.childName(h.pe, in.Sex, h.family).String()
	default:
		heard := misheard(in.Name)
		if heard == in.Name {
			return false
		}
		in.Name = heard
	}
	return true
}

// otherPhone gives another number: the father's as the mother's, the village health worker's, or a new one.
func (m *maker) otherPhone(in *registry.SubjectInput) bool {
	s := m.slips
	field := &in.MotherPhone
	if in.Group != registry.GroupChild {
		field = &in.GuardianPhone
	}
	switch {
	case in.FatherPhone != "" && in.FatherPhone != in.MotherPhone && s.of(35):
		*field, in.FatherPhone = in.FatherPhone, ""
	default:
		*field = fmt.Sprintf("%s%07d", s.pick(phonePrefixes), s.IntN(10_000_000))
	}
	return true
}

// otherBirth writes a birth date wrong, where that stays possible: not after a dose, a death or today.
func (m *maker) otherBirth(slip Slip, r *Record) bool {
	s, in := m.slips, &r.Subject
	if !in.BirthPrec.DayKnown() {
		return false
	}
	last := m.today()
	if in.StatusDate != 0 {
		last = min(last, in.StatusDate)
	}
	for i := range r.Doses {
		last = min(last, r.Doses[i].GivenOn)
	}
	y, month, d := in.BirthDate.Date()
	switch slip {
	case SlipDayMonth:
		month, d = time.Month(d), int(month)
	case SlipYear:
		y += 2*s.IntN(2) - 1
	default:
		d += []int{-1, 1, 10, -10}[s.IntN(4)]
	}
	other, err := registry.NewDay(y, month, d)
	if err != nil || other == in.BirthDate || other > last {
		return false
	}
	in.BirthDate = other
	return true
}
