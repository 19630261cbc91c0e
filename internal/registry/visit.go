package registry

import (
	"cmp"
	"slices"

	p "tramy/syncproto"
)

// Limits of what is believed about a visit.
const (
	VisitWeightMin = 300     // grams
	VisitWeightMax = 250_000 // grams
)

// Visit is how somebody who came to a place on a day went through it: arrived, screened, dosed, gone. What was given stands
// in the doses; the visit says the rest.
type Visit struct {
	ID p.EntityID
	VisitInput
	Void string
}

// VisitInput is what people enter about a visit. Zero values mean "not yet".
type VisitInput struct {
	Subject, Place p.EntityID
	Session        p.EntityID
	Day            Day
	Arrived        Clock
	Screened       Clock
	Conclusion     Screening
	Findings       []string
	Temperature    int // tenths of a degree Celsius
	Weight         int // grams
	Screener       p.EntityID
	Second         p.EntityID // who signed as well
	Dosed          Clock      // the last needle
	Gone           Clock
	GoneBy         p.EntityID
	Paper          bool // screened on paper
	Note           string
}

// VisitOf reads a visit from its state.
func VisitOf(s *p.State) Visit {
	g := getter(s.Get)
	void, _ := Voided(s)
	paper := g(VisitPaper).Bool()
	return Visit{ID: s.ID, Void: void, VisitInput: VisitInput{
		Subject: g.ref(p.FieldSubject), Place: g.ref(p.FieldPlace), Session: g.ref(VisitSession), Day: g.day(VisitDay),
		Arrived: g.clock(VisitArrived), Screened: g.clock(VisitScreened), Conclusion: enumOf[Screening](g, VisitConclusion),
		Findings: g.texts(VisitFindings), Temperature: g.small(VisitTemperature), Weight: g.small(VisitWeight),
		Screener: g.ref(VisitScreener), Second: g.ref(VisitSecond), Dosed: g.clock(VisitDosed), Gone: g.clock(VisitGone),
		GoneBy: g.ref(VisitGoneBy), Paper: paper, Note: g.text(VisitNote),
	}}
}

// setScreening takes the screening over from another visit: it is written, taken over and taken back as one.
func (in *VisitInput) setScreening(from *VisitInput) {
	in.Screened, in.Conclusion, in.Findings = from.Screened, from.Conclusion, from.Findings
	in.Temperature, in.Weight = from.Temperature, from.Weight
	in.Screener, in.Second, in.Paper, in.Note = from.Screener, from.Second, from.Paper, from.Note
}

// ClearScreening takes the screening out.
func (in *VisitInput) ClearScreening() { in.setScreening(&VisitInput{}) }

// Stage is how far somebody is on their way through a session.
type Stage uint8

// The stages, in order.
const (
	StageAbsent  Stage = iota // not here
	StageArrived              // waits to be screened
	StageReady                // may be given doses
	StageWatch                // was given one, and stays for half an hour
	StageDone                 // went home, or was sent home without a dose
)

// Stage reads it: whoever skipped a step stands where the later one put them.
func (in *VisitInput) Stage() Stage {
	switch {
	case in.Dosed != 0 && in.Gone < in.Dosed:
		return StageWatch
	case in.Gone != 0:
		return StageDone
	case in.Conclusion != 0 && !in.Conclusion.MayFollow():
		return StageDone
	case in.Conclusion != 0 || in.Screened != 0:
		return StageReady
	case in.Arrived != 0:
		return StageArrived
	}
	return StageAbsent
}

// FoldVisits makes one of the visits of one person at one place on one day: two laptops that do not hear each other make two.
// The earliest arrival and the latest step stand, and of two conclusions drawn side by side the more careful one. Voided ones do
// not count. The id is that of the first one, into which is written from then on; it is zero if there is none.
func FoldVisits(list []Visit) Visit {
	live := slices.DeleteFunc(slices.Clone(list), func(v Visit) bool { return v.Void != "" })
	if len(live) == 0 {
		return Visit{}
	}
	slices.SortFunc(live, func(a, b Visit) int { return a.ID.Compare(b.ID) })
	out := live[0]
	for i := range live[1:] {
		v := &live[i+1]
		if out.Arrived == 0 || v.Arrived != 0 && v.Arrived < out.Arrived {
			out.Arrived = v.Arrived
		}
		if careful(&v.VisitInput, &out.VisitInput) > 0 {
			out.setScreening(&v.VisitInput)
		}
		out.Dosed = max(out.Dosed, v.Dosed)
		if v.Gone > out.Gone {
			out.Gone, out.GoneBy = v.Gone, v.GoneBy
		}
		if out.Session.IsZero() {
			out.Session = v.Session
		}
	}
	return out
}

// careful compares two screenings: by the caution of what they conclude, then by when they were.
func careful(a, b *VisitInput) int {
	return cmp.Or(cmp.Compare(slices.Index(caution, a.Conclusion), slices.Index(caution, b.Conclusion)), cmp.Compare(a.Screened, b.Screened))
}

// NewVisit makes the draft of a visit, or the Errors in the way.
func NewVisit(in VisitInput, today Day) (Draft, error) {
	in.clean()
	var c check
	in.check(&c, today)
	if err := c.err(nil); err != nil {
		return Draft{}, err
	}
	return creation(KindVisit, in.fields()), nil
}

// EditVisit makes the draft that brings a visit to what in says. Fields that say so already are left out; what the form had
// not shown is a *StaleError. An empty draft changes nothing.
func EditVisit(old *p.State, in VisitInput, saw Saw, today Day) (Draft, error) {
	in.clean()
	patch := difference(old, in.fields())
	names := map[string]bool{}
	for f := range patch {
		names[fieldName(KindVisit, f)] = true
	}
	var c check
	in.check(&c, today)
	if err := c.err(names); err != nil {
		return Draft{}, err
	}
	return edit(old, patch, saw)
}

func (in *VisitInput) clean() {
	in.Note = cleanText(in.Note)
	in.Findings = cleanLines(in.Findings)
	slices.Sort(in.Findings)
	in.Findings = slices.Compact(in.Findings)
}

func (in *VisitInput) check(c *check, today Day) {
	c.texts(KindVisit, in.fields())
	c.failIf(in.Subject.IsZero(), "subject", CodeSubjectRequired)
	c.failIf(in.Place.IsZero(), "place", CodePlaceRequired)
	c.failIf(in.Day == 0, "day", CodeRequired)
	c.failIf(in.Day > today, "day", CodeDayFuture, "today", today)
	c.choice("conclusion", ScreeningEnum, int64(in.Conclusion))
	for _, code := range in.Findings {
		if _, known := FindingOf(code); !known {
			c.fail("findings", CodeFinding, "text", code)
		}
	}
	if t := in.Temperature; t != 0 && (t < TemperatureMin || t > TemperatureMax) {
		c.fail("temperature", CodeTemperature, guess(t, TemperatureMin, TemperatureMax, 340, 420)...)
	}
	if w := in.Weight; w != 0 && (w < VisitWeightMin || w > VisitWeightMax) {
		c.fail("weight", CodeWeight, "min", VisitWeightMin, "max", VisitWeightMax, "got", w)
	}
}

// fields lists every field of a visit, in order of number.
func (in *VisitInput) fields() []fieldData {
	return []fieldData{
		{p.FieldSubject, refData(in.Subject)},
		{p.FieldPlace, refData(in.Place)},
		{VisitDay, intData(in.Day)},
		{VisitSession, refData(in.Session)},
		{VisitArrived, clockData(in.Arrived)},
		{VisitScreened, clockData(in.Screened)},
		{VisitConclusion, intData(in.Conclusion)},
		{VisitFindings, textsData(in.Findings)},
		{VisitTemperature, intData(in.Temperature)},
		{VisitScreener, refData(in.Screener)},
		{VisitSecond, refData(in.Second)},
		{VisitDosed, clockData(in.Dosed)},
		{VisitGone, clockData(in.Gone)},
		{VisitGoneBy, refData(in.GoneBy)},
		{VisitPaper, boolData(in.Paper)},
		{VisitNote, textData(in.Note)},
		{VisitWeight, intData(in.Weight)},
	}
}
