package registry

import (
	"strings"

	p "tramy/syncproto"
)

// Limits of what is believed about a subject.
const (
	BirthWeightMin = 400  // grams
	BirthWeightMax = 7000 // grams
	BirthOrderMax  = 9
	MotherYearMin  = 1900  // year in which somebody's mother was born
	dueDaysMax     = 310   // days from today to an expected birth
	nextDaysMax    = 3653  // days from today to the next date
	childMonthsMax = 192   // without a stated group, under 16 years is a child
	newbornPrefix  = "CB " // con bà: a child without a name goes by its mother's
)

var birthMin = dayOf(1900, 1, 1)

// NewSubject makes the draft that registers a subject, or the Errors that stand in the way. Without a
// name a child is called "CB" and its mother's name; without a group the age decides.
func NewSubject(in SubjectInput, today Day) (Draft, error) {
	in.clean()
	in.nameNewborn()
	if in.Group == 0 && in.HasBirth() {
		in.Group = GroupChild
		if today.AgeMonths(in.BirthDate) >= childMonthsMax {
			in.Group = GroupAdult
		}
	}
	var c check
	in.check(&c, today)
	c.failIf(in.Code == "", "code", CodeRequired)
	c.failIf(in.Place.IsZero(), "place", CodePlaceRequired)
	c.failIf(!in.HasBirth() && in.Group != GroupAdult && in.Group != GroupPregnant, "birth_date", CodeBirthRequired)
	if err := c.err(nil); err != nil {
		return Draft{}, err
	}
	return creation(KindSubject, in.fields()), nil
}

// EditSubject makes the draft that changes a subject. Only the patch's fields are checked, so that an old
// mistake elsewhere does not stop today's correction. The error is Errors or a *StaleError.
func EditSubject(old *p.State, patch Patch, saw Saw, today Day) (Draft, error) {
	patch, err := cleanPatch(old.Kind, patch)
	if err != nil {
		return Draft{}, err
	}
	coupleBirth(old, patch)
	in := subjectFrom(over(old, patch))
	in.clean()
	names := patched(KindSubject, patch, in.fields())
	var c check
	in.check(&c, today)
	c.failIf(in.Place.IsZero(), "place", CodePlaceRequired)
	if err := c.err(names); err != nil {
		return Draft{}, err
	}
	return edit(old, patch, saw)
}

// coupleBirth keeps the precision true when a patch names only the date or the time of birth: somebody
// who types a whole date knows the day.
func coupleBirth(old *p.State, patch Patch) {
	if _, stated := patch[SubjectBirthPrec]; stated {
		return
	}
	date, dated := patch[SubjectBirthDate]
	minute, timed := patch[SubjectBirthMinute]
	if !dated && !timed {
		return
	}
	if !dated {
		date = old.Get(SubjectBirthDate)
	}
	if !timed {
		minute = old.Get(SubjectBirthMinute)
	}
	switch {
	case date.IsNull():
		patch[SubjectBirthPrec] = p.Null()
	case !minute.IsNull():
		patch[SubjectBirthPrec] = intData(PrecisionMinute)
	case dated || old.Get(SubjectBirthPrec).Equal(intData(PrecisionMinute)):
		patch[SubjectBirthPrec] = intData(PrecisionDay)
	}
}

// Patch returns what has to be written so that old says what in says. A field in conflict is in it only
// if in differs from the value that stands; to settle a conflict put the chosen data into the patch.
func (in SubjectInput) Patch(old *p.State) Patch {
	in.clean()
	return difference(old, in.fields())
}

// Cleaned returns the input in the form that is kept: phones and numbers without separators, names without
// double spaces, a child without a name under its mother's. What is wrong stays as it was typed.
func (in SubjectInput) Cleaned() SubjectInput {
	in.clean()
	in.nameNewborn()
	return in
}

// nameNewborn calls a child without a name by its mother's.
func (in *SubjectInput) nameNewborn() {
	if in.Name == "" && in.MotherName != "" {
		in.Name = newbornPrefix + in.MotherName
	}
}

// Nameless reports whether somebody is called by their mother's name, because they have none of their own yet.
func Nameless(name string) bool { return strings.HasPrefix(name, newbornPrefix) }

// clean brings the input into the form that is kept.
func (in *SubjectInput) clean() {
	if in.BirthPrec == 0 && in.BirthDate != 0 {
		in.BirthPrec = PrecisionDay
	}
	if in.BirthClock != 0 && in.BirthPrec == PrecisionDay {
		in.BirthPrec = PrecisionMinute
	}
	if in.BirthPrec == PrecisionMinute && in.BirthClock == 0 {
		in.BirthPrec = PrecisionDay
	}
	if in.HasBirth() {
		in.BirthDate, _ = in.BirthRange()
	}
	for _, s := range []*string{
		&in.Name, &in.Ethnic, &in.Hamlet, &in.MotherName, &in.FatherName, &in.GuardianName,
		&in.Insurance, &in.NationalCode, &in.Passport, &in.BirthPlace, &in.TravelPaper,
	} {
		*s = cleanLine(*s)
	}
	for _, s := range []*string{
		&in.StatusReason, &in.Allergies, &in.Contraindications, &in.AddrBirth,
		&in.AddrRegister, &in.AddrNative, &in.AddrPermanent, &in.Note,
	} {
		*s = cleanText(*s)
	}
	in.HasTetanus = in.HasTetanus || in.Tetanus != 0
	for _, s := range []*string{&in.MotherPhone, &in.FatherPhone, &in.GuardianPhone, &in.Phone} {
		*s = cleanPhone(*s)
	}
	in.Code = cleanCode(in.Code)
	in.PersonalNo = cleanLine(in.PersonalNo)
	if d, ok := plainDigits(in.PersonalNo); ok {
		in.PersonalNo = d
	}
	in.Insurance = strings.ToUpper(strings.ReplaceAll(in.Insurance, " ", ""))
	in.Aliases = cleanLines(in.Aliases)
	in.Consents = cleanLines(in.Consents)
	in.Conditions = cleanConditions(in.Conditions)
}

// cleanPhone normalises a phone number; what is none stays as typed and is refused by the check.
func cleanPhone(s string) string {
	s = cleanLine(s)
	if n, err := NormalPhone(s); err == nil {
		return n
	}
	return s
}

func cleanCode(code PersonCode) PersonCode {
	s := cleanLine(string(code))
	if c, err := ParseCode(s); err == nil {
		return c
	}
	return PersonCode(s)
}

func (in *SubjectInput) check(c *check, today Day) {
	c.texts(KindSubject, in.fields())
	c.failIf(in.Name == "", "name", CodeRequired)
	c.name("name", in.Name)
	c.name("mother_name", in.MotherName)
	c.name("father_name", in.FatherName)
	c.name("guardian_name", in.GuardianName)
	c.failIf(in.Code != "" && !in.Code.Valid(), "code", CodeCodeCheck)
	if in.HasBirth() {
		first, _ := in.BirthRange()
		c.failIf(first > today, "birth_date", CodeBirthFuture, "today", today)
		c.failIf(first < birthMin, "birth_date", CodeBirthTooOld, "min", birthMin)
	}
	year, _, _ := today.Date()
	c.failIf(in.MotherYear != 0 && (in.MotherYear < MotherYearMin || in.MotherYear > year), "mother_year", CodeYearRange, "min", MotherYearMin, "max", year)
	c.failIf(in.LastPeriod > today, "last_period", CodeDayFuture, "today", today)
	c.choice("birth_precision", PrecisionEnum, int64(in.BirthPrec))
	c.choice("sex", SexEnum, int64(in.Sex))
	c.choice("status", StatusEnum, int64(in.Status))
	c.choice("group", GroupEnum, int64(in.Group))
	c.phone("mother_phone", in.MotherPhone)
	c.phone("father_phone", in.FatherPhone)
	c.phone("guardian_phone", in.GuardianPhone)
	c.phone("phone", in.Phone)
	if in.PersonalNo != "" {
		d, ok := plainDigits(in.PersonalNo)
		c.failIf(!ok || len(d) != 12, "personal_no", CodePersonalNo)
	}
	c.conditions("conditions", in.Conditions, today)
	c.failIf(in.StatusDate > today, "status_date", CodeStatusFuture, "today", today)
	c.failIf(in.BirthOrder < 0 || in.BirthOrder > BirthOrderMax, "birth_order", CodeBirthOrder, "max", BirthOrderMax)
	if w := in.BirthWeight; w != 0 && (w < BirthWeightMin || w > BirthWeightMax) {
		c.fail("birth_weight", CodeWeight, guess(w, BirthWeightMin, BirthWeightMax, 1500, 5500)...)
	}
	c.failIf(in.DueDate > today+dueDaysMax, "due_date", CodeDueDateFar, "max", today+dueDaysMax)
	in.checkTetanus(c, today)
	c.choice("blood_group", BloodGroupEnum, int64(in.BloodGroup))
	c.choice("paper_kind", PaperKindEnum, int64(in.PaperKind))
	c.failIf(in.MissingSince > today, "missing_since", CodeDayFuture, "today", today)
	c.failIf(in.PregnancyOn > today, "pregnancy_end_date", CodeDayFuture, "today", today)
	c.choice("pregnancy_end", PregnancyEndEnum, int64(in.PregnancyEnd))
	c.failIf(in.AbsentUntil > today+nextDaysMax, "absent_until", CodeNextDateFar, "max", today+nextDaysMax)
	c.failIf(in.NextDate > today+nextDaysMax, "next_date", CodeNextDateFar, "max", today+nextDaysMax)
}

// guess returns the parameters of a range error, with what was probably meant: a digit left out or added
// at the end that brings the number into the usual range.
func guess(got, lo, hi, usualLo, usualHi int) []any {
	params := []any{"got", got, "min", lo, "max", hi}
	for _, g := range []int{got * 10, got / 10, got * 1000} {
		if g >= usualLo && g <= usualHi {
			return append(params, "guess", g)
		}
	}
	return params
}

// Warnings returns what looks odd about a subject and may still be right.
func (in SubjectInput) Warnings() []FieldError {
	in.clean()
	var c check
	if n := in.PersonalNo; len(n) == 12 && strings.Trim(n, "0123456789") == "" {
		// 3 digits province of birth registration, 1 century and sex, 2 year, 6 random; no check digit.
		century, year := int(n[3]-'0'), number(n[4:6])
		year += 1900 + century/2*100
		province := number(n[:3])
		c.failIf(province < 1 || province > 96, "personal_no", WarnPersonalProvince, "text", n[:3])
		sex := SexMale
		if century%2 == 1 {
			sex = SexFemale
		}
		c.failIf((in.Sex == SexMale || in.Sex == SexFemale) && in.Sex != sex, "personal_no", WarnPersonalSex)
		if in.HasBirth() {
			y, _, _ := in.BirthDate.Date()
			c.failIf(y != year, "personal_no", WarnPersonalYear, "year", year)
		}
	}
	c.failIf(in.Insurance != "" && len(in.Insurance) != 10 && len(in.Insurance) != 15, "insurance", WarnInsuranceLength)
	c.failIf(strings.Contains(in.Name, " ") && in.Name == strings.ToUpper(in.Name) && in.Name != strings.ToLower(in.Name),
		"name", WarnAllCaps)
	return c.errs
}
