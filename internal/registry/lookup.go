package registry

import (
	"strconv"
	"strings"
	"unicode/utf8"

	p "tramy/syncproto"
)

// Sought is what is known of a person who is looked up elsewhere: a code, or a personal number, or name
// and birth date with the mother's name or a phone.
type Sought struct {
	Code       PersonCode
	PersonalNo string
	Name       string
	BirthDate  Day
	MotherName string
	Phone      string
}

// Check brings the question into the form that is asked, or returns the Errors in the way.
func (s *Sought) Check() error {
	var c check
	s.Name, s.MotherName = cleanLine(s.Name), cleanLine(s.MotherName)
	if s.Code != "" {
		code, err := ParseCode(string(s.Code))
		c.failIf(err != nil, "code", CodeCodeCheck)
		s.Code = code
		return c.err(nil)
	}
	if s.PersonalNo != "" {
		digits, ok := plainDigits(s.PersonalNo)
		c.failIf(!ok || len(digits) != 12, "personal_no", CodePersonalNo)
		s.PersonalNo = digits
		return c.err(nil)
	}
	if s.Phone != "" {
		phone, err := NormalPhone(s.Phone)
		c.failIf(err != nil, "mother_phone", CodePhoneMalformed)
		s.Phone = phone
	}
	c.failIf(s.Name == "", "name", CodeRequired)
	c.failIf(s.BirthDate == 0, "birth_date", CodeBirthRequired)
	c.failIf(s.MotherName == "" && s.Phone == "", "mother_name", CodeRequired)
	return c.err(nil)
}

// Terms are the question as it travels.
func (s *Sought) Terms() []p.Term {
	var out []p.Term
	add := func(f p.Field, d p.Data) {
		if !d.IsNull() {
			out = append(out, p.Term{Field: f, Data: d})
		}
	}
	add(SubjectCode, textData(string(s.Code)))
	add(SubjectName, textData(s.Name))
	add(SubjectBirthDate, intData(s.BirthDate))
	add(SubjectMotherName, textData(s.MotherName))
	add(SubjectMotherPhone, textData(s.Phone))
	add(SubjectPersonalNo, textData(s.PersonalNo))
	return out
}

// SoughtOf reads a question that came from another node; what it does not know is left out.
func SoughtOf(terms []p.Term) Sought {
	var s Sought
	g := termsGetter(terms)
	s.Code, s.PersonalNo, s.Name = PersonCode(g.text(SubjectCode)), g.text(SubjectPersonalNo), g.text(SubjectName)
	s.BirthDate, s.MotherName, s.Phone = g.day(SubjectBirthDate), g.text(SubjectMotherName), g.text(SubjectMotherPhone)
	return s
}

// termsGetter reads terms as a state is read.
func termsGetter(terms []p.Term) getter {
	return func(f p.Field) p.Data {
		for _, t := range terms {
			if t.Field == f {
				return t.Data
			}
		}
		return p.Null()
	}
}

// Score reports whether a subject is who is sought, and how likely: those found by a number are equal.
func (s *Sought) Score(sub *Subject) (float64, bool) {
	switch {
	case s.Code != "":
		return 0, sub.Code == s.Code
	case s.PersonalNo != "":
		digits, ok := plainDigits(sub.PersonalNo)
		return 0, ok && digits == s.PersonalNo
	}
	asked := Subject{SubjectInput: SubjectInput{Name: s.Name, BirthDate: s.BirthDate, BirthPrec: PrecisionDay, MotherName: s.MotherName, MotherPhone: s.Phone}}
	c := CompareProfiles(ProfileOf(&asked), ProfileOf(sub))
	return c.Score, c.Likely()
}

// Hint is what tells namesakes apart before one of them is chosen, and no more.
type Hint struct {
	Name   string // initials and the given name: L. G. Bảo
	Born   string // the year
	Sex    Sex
	Mother string // initials and the given name
	Phone  string // the last two digits
	Place  string // name of the commune
}

// HintOf masks a subject.
func HintOf(s *Subject, place string) Hint {
	h := Hint{Name: maskName(s.Name), Sex: s.Sex, Mother: maskName(s.MotherName), Place: place}
	if s.BirthDate != 0 {
		y, _, _ := s.BirthDate.Date()
		h.Born = strconv.Itoa(y)
	}
	if phone, err := NormalPhone(s.MotherPhone); err == nil && len(phone) > 2 {
		h.Phone = phone[len(phone)-2:]
	}
	return h
}

// maskName leaves the given name, which in Vietnamese stands last, and initials.
func maskName(name string) string {
	words := strings.Fields(name)
	for i := range words {
		if i+1 < len(words) {
			r, _ := utf8.DecodeRuneInString(words[i])
			words[i] = string(r) + "."
		}
	}
	return strings.Join(words, " ")
}

// Terms are the hint as it travels.
func (h *Hint) Terms() []p.Term {
	var out []p.Term
	for _, t := range []p.Term{
		{Field: p.FieldPlace, Data: textData(h.Place)},
		{Field: SubjectName, Data: textData(h.Name)},
		{Field: SubjectBirthDate, Data: textData(h.Born)},
		{Field: SubjectSex, Data: intData(h.Sex)},
		{Field: SubjectMotherName, Data: textData(h.Mother)},
		{Field: SubjectMotherPhone, Data: textData(h.Phone)},
	} {
		if !t.Data.IsNull() {
			out = append(out, t)
		}
	}
	return out
}

// HintFrom reads a hint that came from another node.
func HintFrom(terms []p.Term) Hint {
	g := termsGetter(terms)
	return Hint{
		Place: g.text(p.FieldPlace), Name: g.text(SubjectName), Born: g.text(SubjectBirthDate), Sex: enumOf[Sex](g, SubjectSex),
		Mother: g.text(SubjectMotherName), Phone: g.text(SubjectMotherPhone),
	}
}

// NewPin makes the draft that binds a subject's case to a place which looked it up: from then on the place
// receives it.
func NewPin(subject, place p.EntityID) Draft {
	return creation(KindPin, []fieldData{{p.FieldSubject, refData(subject)}, {p.FieldPlace, refData(place)}})
}
