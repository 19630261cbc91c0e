package registry

import (
	"slices"
	"strings"

	p "tramy/syncproto"
)

// Limits of what is believed about a campaign.
const (
	CampaignDaysMax   = 366       // from its first day to its last
	CampaignAgeMax    = 1_440     // months: 120 years
	CampaignPlacesMax = 500       // places that are named beside the one it is for, and places with a target
	CampaignTargetMax = 5_000_000 // people of one place
	// CampaignIntervalMax is the longest wait for a second dose, in days: both doses are given within the campaign.
	CampaignIntervalMax = CampaignDaysMax
)

// CampaignInput is a campaign as it is planned. Zero values mean "not stated".
type CampaignInput struct {
	Place       p.EntityID // the top of what it is for
	Name        string
	Kind        CampaignKind
	Vaccine     string // code
	From, Until Day    // both inclusive
	// Second is the day on which the second round begins: for those who were missed. 0: there is one round.
	Second Day
	// Interval is how many days after the first dose a person has the second at the earliest. 0: there is one dose a person.
	Interval int
	// AgeFrom and AgeTo are full months, both inclusive; AgeTo 0 has no end.
	AgeFrom, AgeTo int
	Sex            Sex // 0: both
	// Places are the parts of Place it is for; none: all of it.
	Places []p.EntityID
	// Targets are how many people are to be vaccinated in a place, as somebody planned it.
	Targets []CampaignTarget
	// Counts says that its doses are those of the routine schedule. Else they stand beside it, as "mũi 0".
	Counts   bool
	Reason   string
	Document string // the decision it rests on
}

// CampaignTarget is how many people of a place are to be vaccinated.
type CampaignTarget struct {
	Place  p.EntityID
	People int
}

// Campaign is a campaign as it stands.
type Campaign struct {
	ID p.EntityID
	CampaignInput
	Void string
}

// CampaignOf reads a campaign from its state.
func CampaignOf(s *p.State) Campaign {
	void, _ := Voided(s)
	g := getter(s.Get)
	out := Campaign{ID: s.ID, Void: void, CampaignInput: CampaignInput{
		Place: g.ref(p.FieldPlace), Name: g.text(CampaignName), Kind: enumOf[CampaignKind](g, CampaignSort), Vaccine: g.text(CampaignVaccine),
		From: g.day(CampaignFrom), Until: g.day(CampaignUntil), Second: g.day(CampaignSecond), Interval: g.small(CampaignInterval), AgeFrom: g.small(CampaignAgeFrom), AgeTo: g.small(CampaignAgeTo),
		Sex: enumOf[Sex](g, CampaignSex), Places: g.refs(CampaignPlaces), Reason: g.text(CampaignReason), Document: g.text(CampaignDocument),
	}}
	out.Counts = g(CampaignCounts).Bool()
	people, _ := g(CampaignTargets).List()
	for i, place := range g.refs(CampaignTargetsAt) {
		if i >= len(people) {
			break
		}
		if n, ok := people[i].Int(); ok && n >= 0 && n <= CampaignTargetMax {
			out.Targets = append(out.Targets, CampaignTarget{place, int(n)})
		}
	}
	return out
}

// Round is the round of a day: 1, or 2 from the day on which the second begins.
func (in *CampaignInput) Round(day Day) int {
	if in.Second != 0 && day >= in.Second {
		return 2
	}
	return 1
}

// On reports whether the campaign is held on a day.
func (in *CampaignInput) On(day Day) bool { return in.From <= day && day <= in.Until }

// ForAge reports whether somebody of an age, in full months, is one of those it is for.
func (in *CampaignInput) ForAge(months int) bool {
	return months >= in.AgeFrom && (in.AgeTo == 0 || months <= in.AgeTo)
}

// Fits reports whether somebody is one of those the campaign is for, by sex and by age on a day; what is not known fits.
func (in *CampaignInput) Fits(birth Day, prec Precision, sex Sex, on Day) bool {
	if in.Sex != 0 && sex != in.Sex && (sex == SexMale || sex == SexFemale) {
		return false
	}
	if prec == 0 {
		return true
	}
	first, last := birthRange(birth, prec)
	oldest, youngest := on.AgeMonths(first), on.AgeMonths(last)
	return oldest >= in.AgeFrom && (in.AgeTo == 0 || youngest <= in.AgeTo)
}

// Target is how many people of a place are to be vaccinated, and whether somebody said so.
func (in *CampaignInput) Target(place p.EntityID) (int, bool) {
	for _, t := range in.Targets {
		if t.Place == place {
			return t.People, true
		}
	}
	return 0, false
}

// Programme is the one that its doses are given under.
func (in *CampaignInput) Programme() Programme {
	if in.Counts {
		return ProgrammeEPI
	}
	return ProgrammeOutbreak
}

func (in *CampaignInput) clean() {
	in.Name, in.Reason, in.Document = cleanLine(in.Name), cleanText(in.Reason), cleanLine(in.Document)
	in.Vaccine = strings.ToUpper(cleanLine(in.Vaccine))
	in.Counts = in.Counts || in.Kind == CampaignCatchUp
	in.Targets = slices.Clone(in.Targets)
	slices.SortFunc(in.Targets, func(a, b CampaignTarget) int { return a.Place.Compare(b.Place) })
}

func (in *CampaignInput) fields() []fieldData {
	counts, people := boolData(in.Counts), make([]p.Data, len(in.Targets))
	at := make([]p.EntityID, len(in.Targets))
	for i, t := range in.Targets {
		at[i], people[i] = t.Place, p.Int(int64(t.People))
	}
	targets := p.Null()
	if len(people) > 0 {
		targets = p.List(people...)
	}
	return []fieldData{
		{p.FieldPlace, refData(in.Place)},
		{CampaignName, textData(in.Name)},
		{CampaignSort, intData(in.Kind)},
		{CampaignVaccine, textData(in.Vaccine)},
		{CampaignFrom, intData(in.From)},
		{CampaignUntil, intData(in.Until)},
		{CampaignSecond, intData(in.Second)},
		{CampaignInterval, intData(in.Interval)},
		{CampaignAgeFrom, intData(in.AgeFrom)},
		{CampaignAgeTo, intData(in.AgeTo)},
		{CampaignSex, intData(in.Sex)},
		{CampaignPlaces, refsData(in.Places)},
		{CampaignTargetsAt, refsData(at)},
		{CampaignTargets, targets},
		{CampaignCounts, counts},
		{CampaignReason, textData(in.Reason)},
		{CampaignDocument, textData(in.Document)},
	}
}

func (in *CampaignInput) check(c *check, k Known) {
	c.failIf(in.Place.IsZero(), "place", CodePlaceRequired)
	c.failIf(in.Name == "", "name", CodeRequired)
	c.name("name", in.Name)
	c.failIf(in.Kind == 0, "kind", CodeRequired)
	c.choice("kind", CampaignKindEnum, int64(in.Kind))
	c.choice("sex", SexEnum, int64(in.Sex))
	c.failIf(in.Vaccine == "", "vaccine", CodeRequired)
	c.failIf(in.Vaccine != "" && k.Vaccine != nil && !k.Vaccine(in.Vaccine), "vaccine", CodeVaccineUnknown, "text", in.Vaccine)
	c.failIf(in.From == 0, "from", CodeRequired)
	c.failIf(in.Until == 0, "until", CodeRequired)
	if in.From != 0 && in.Until != 0 {
		c.failIf(in.Until < in.From, "until", CodeDayBefore, "min", in.From)
		c.failIf(in.Until-in.From > CampaignDaysMax, "until", CodeUntilFar, "max", in.From+CampaignDaysMax)
		c.failIf(in.Second != 0 && in.Second <= in.From, "second", CodeDayBefore, "min", in.From+1)
		c.failIf(in.Second > in.Until, "second", CodeUntilFar, "max", in.Until)
		if in.Interval > 0 && in.Interval <= CampaignIntervalMax { // who comes on the first day has both
			c.failIf(in.Until >= in.From && int(in.Until-in.From) < in.Interval, "until", CodeDayBefore, "min", in.From+Day(in.Interval))
		}
	}
	c.failIf(in.Interval < 0 || in.Interval > CampaignIntervalMax, "interval", CodeRange, "min", 1, "max", CampaignIntervalMax)
	c.failIf(in.AgeFrom < 0 || in.AgeFrom > CampaignAgeMax, "age_from", CodeRange, "min", 0, "max", CampaignAgeMax)
	c.failIf(in.AgeTo != 0 && (in.AgeTo < in.AgeFrom || in.AgeTo > CampaignAgeMax), "age_to", CodeRange, "min", in.AgeFrom, "max", CampaignAgeMax)
	c.failIf(len(in.Places) > CampaignPlacesMax, "places", CodeTooMany, "max", CampaignPlacesMax)
	c.failIf(len(in.Targets) > CampaignPlacesMax, "targets", CodeTooMany, "max", CampaignPlacesMax)
	for _, t := range in.Targets {
		c.failIf(t.People < 0 || t.People > CampaignTargetMax, "targets", CodeRange, "min", 0, "max", CampaignTargetMax)
	}
	c.texts(KindCampaign, in.fields())
}

// NewCampaign makes the draft of a campaign, or the Errors in the way.
func NewCampaign(in CampaignInput, k Known) (Draft, error) {
	in.clean()
	var c check
	in.check(&c, k)
	c.failIf(in.Until != 0 && in.Until < k.Today, "until", CodeDayBefore, "min", k.Today)
	if err := c.err(nil); err != nil {
		return Draft{}, err
	}
	return creation(KindCampaign, in.fields()), nil
}

// EditCampaign makes the draft after which the campaign is as in says; its place stays. The vaccine and whether its doses count
// for the schedule are those of the doses already given, which given tells: they cannot change any more. Nor can a campaign of two
// doses become one of one dose: the second ones given would be of no campaign. One of one dose may become one of two.
func EditCampaign(old *p.State, in CampaignInput, given bool, k Known, saw Saw) (Draft, error) {
	was := CampaignOf(old)
	in.clean()
	in.Place = was.Place
	var c check
	in.check(&c, k)
	c.failIf(given && in.Vaccine != was.Vaccine, "vaccine", CodeCampaignBegun)
	c.failIf(given && in.Counts != was.Counts, "counts", CodeCampaignBegun)
	c.failIf(given && in.Interval == 0 && was.Interval != 0, "interval", CodeCampaignBegun)
	if err := c.err(nil); err != nil {
		return Draft{}, err
	}
	return edit(old, difference(old, in.fields()), saw)
}

// EnrolmentInput is somebody on a campaign's list, and why they had no dose of it.
type EnrolmentInput struct {
	Subject  p.EntityID
	Campaign p.EntityID
	Place    p.EntityID // the station whose list it is
	Class    string     // of a school; or whatever groups the list
	School   string
	Outcome  EnrolmentOutcome // why there was no dose, 0: nobody said
	Day      Day              // of the outcome
	Reason   string
	Order    int // in the list as it came
}

// Enrolment is an entry of a list as it stands.
type Enrolment struct {
	ID p.EntityID
	EnrolmentInput
	Void string
}

// EnrolmentOf reads an entry from its state.
func EnrolmentOf(s *p.State) Enrolment {
	void, _ := Voided(s)
	g := getter(s.Get)
	return Enrolment{ID: s.ID, Void: void, EnrolmentInput: EnrolmentInput{
		Subject: g.ref(p.FieldSubject), Campaign: g.ref(EnrolmentCampaign), Place: g.ref(p.FieldPlace), Class: g.text(EnrolmentClass),
		School: g.text(EnrolmentSchool), Outcome: enumOf[EnrolmentOutcome](g, EnrolmentWhy), Day: g.day(EnrolmentDay), Reason: g.text(EnrolmentReason),
		Order: g.small(EnrolmentOrder),
	}}
}

func (in *EnrolmentInput) clean() {
	in.Class, in.School, in.Reason = cleanLine(in.Class), cleanLine(in.School), cleanLine(in.Reason)
	if in.Outcome == 0 {
		in.Day, in.Reason = 0, ""
	}
}

func (in *EnrolmentInput) fields() []fieldData {
	return []fieldData{
		{p.FieldSubject, refData(in.Subject)},
		{p.FieldPlace, refData(in.Place)},
		{EnrolmentCampaign, refData(in.Campaign)},
		{EnrolmentClass, textData(in.Class)},
		{EnrolmentSchool, textData(in.School)},
		{EnrolmentWhy, intData(in.Outcome)},
		{EnrolmentDay, intData(in.Day)},
		{EnrolmentReason, textData(in.Reason)},
		{EnrolmentOrder, intData(in.Order)},
	}
}

func (in *EnrolmentInput) check(c *check, today Day) {
	c.failIf(in.Subject.IsZero(), "subject", CodeSubjectRequired)
	c.failIf(in.Campaign.IsZero(), "campaign", CodeRequired)
	c.failIf(in.Place.IsZero(), "place", CodePlaceRequired)
	c.name("class", in.Class)
	c.name("school", in.School)
	c.choice("outcome", EnrolmentOutcomeEnum, int64(in.Outcome))
	c.failIf(in.Outcome != 0 && in.Day == 0, "day", CodeRequired)
	c.failIf(in.Day > today, "day", CodeDayFuture, "today", today)
	c.failIf(in.Outcome.NeedsReason() && in.Reason == "", "reason", CodeReasonRequired)
	c.texts(KindEnrolment, in.fields())
}

// NewEnrolment makes the draft that puts somebody on a list, or the Errors in the way.
func NewEnrolment(in EnrolmentInput, today Day) (Draft, error) {
	in.clean()
	var c check
	in.check(&c, today)
	if err := c.err(nil); err != nil {
		return Draft{}, err
	}
	return creation(KindEnrolment, in.fields()), nil
}

// EditEnrolment makes the draft after which an entry is as in says; who it is about, whose list and which campaign stay.
func EditEnrolment(old *p.State, in EnrolmentInput, today Day, saw Saw) (Draft, error) {
	was := EnrolmentOf(old)
	in.Subject, in.Campaign, in.Place = was.Subject, was.Campaign, was.Place
	in.clean()
	var c check
	in.check(&c, today)
	if err := c.err(nil); err != nil {
		return Draft{}, err
	}
	return edit(old, difference(old, in.fields()), saw)
}
