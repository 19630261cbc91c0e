package country

import (
	"fmt"

	"tramy/internal/forecast"
	"tramy/internal/project"
	"tramy/internal/registry"
	p "tramy/syncproto"
)

// SessionEvery is how many days lie between two session days of a station. Today is one, whatever the date, so
// that whoever opens the demo finds a day with work on it.
const SessionEvery = 14

// How people of this register keep to the schedule: of a hundred, or of a thousand where a name says so. They
// are made up, so that the lists of a station with a hundred births a year have the length they have there.
const (
	bornAtHome     = 8
	missesASession = 7  // who is told to come and does not
	oftenAbsent    = 10 // live far up
	missesWhenFar  = 60
	stopsComing    = 4
	goesToClinic   = 5  // pays for some vaccines, in the town
	oneVaccineLess = 2  // refused, or none left that day: comes again for it
	tooEarly       = 24 // of a thousand session days: given although nothing is due
	movedHere      = 3  // vaccinated in the next commune so far
)

// Days of a pregnancy, and of its part before the first visit.
const (
	pregnancyDays = 280
	bookedDays    = 84
)

// Around says where somebody is vaccinated, and which places residence lies in.
type Around struct {
	Station, Hospital, Clinic p.EntityID
	Areas                     []string
}

// sessionFrom returns the first session day from a day on.
func sessionFrom(day, today registry.Day) registry.Day {
	if day <= today {
		return today - (today-day)/SessionEvery*SessionEvery
	}
	return today + (day-today+SessionEvery-1)/SessionEvery*SessionEvery
}

// life is what is known of somebody while their record is written.
type life struct {
	m      *Maker
	rules  *project.Advisor
	around Around
	today  registry.Day
	clinic bool
	who    forecast.Patient
	doses  []registry.ImmunizationInput
}

// Life makes the doses that somebody has had before today, and sets the day they were told to come. At each
// session day they come to they get what the schedule then asked for; a few get it too early.
func (m *Maker) Life(rules *project.Advisor, in *registry.SubjectInput, around Around, today registry.Day) []registry.ImmunizationInput {
	l := &life{m: m, rules: rules, around: around, today: today, clinic: m.chance(goesToClinic)}
	l.who = forecast.Patient{Sex: in.Sex, Areas: around.Areas, KnownBirth: true}
	l.who.BornFirst, l.who.BornLast = in.BirthRange()
	for _, c := range in.Observed() {
		l.who.Observations = append(l.who.Observations, forecast.Observation{Code: c.Code, On: c.On})
	}
	from := in.BirthDate
	if in.Group == registry.GroupPregnant {
		from = in.DueDate - pregnancyDays + bookedDays
		in.NextDate = sessionFrom(from, today)
	} else {
		l.birth(from)
		in.NextDate = l.next(from + 3)
	}
	misses, stops := missesASession, forecast.LastDay
	if m.chance(oftenAbsent) {
		misses = missesWhenFar
	}
	if m.chance(stopsComing) {
		stops = from + registry.Day(60+m.r.IntN(600))
	}
	for day := sessionFrom(from+1, today); day < today && in.NextDate != 0; day += SessionEvery {
		early := day < in.NextDate && m.r.IntN(1000) < tooEarly
		if day >= stops || day < in.NextDate && !early || m.chance(misses) {
			continue
		}
		l.visit(day, early)
		in.NextDate = l.next(day)
	}
	return l.doses
}

func (m *Maker) chance(percent int) bool { return m.r.IntN(100) < percent }

// birth is what the delivery room gives.
func (l *life) birth(day registry.Day) {
	if l.m.chance(bornAtHome) {
		return
	}
	if on := day + registry.Day(l.m.r.IntN(20)/18); on <= l.today { // mostly within 24 hours
		l.give("VGB0", on, l.around.Hospital)
	}
	if on := day + registry.Day(1+l.m.r.IntN(3)); on <= l.today && !l.m.chance(15) {
		l.give("BCG", on, l.around.Hospital)
	}
}

// wanted lists what somebody is called for, as of a day.
func (l *life) wanted(day registry.Day) (list []forecast.Advice, vaccine func(*forecast.Advice) string) {
	var result forecast.Result
	s := l.rules.Evaluate(&l.who, day, &result)
	for _, x := range s.Advise(&l.who, day, &result) {
		if x.Vaccine != forecast.None && project.Wanted(&x) {
			list = append(list, x)
		}
	}
	return list, func(x *forecast.Advice) string { return s.Vaccines[x.Vaccine].Code }
}

// next is the session day for what comes next, 0 if nothing does.
func (l *life) next(day registry.Day) registry.Day {
	var next registry.Day
	list, _ := l.wanted(day)
	for i := range list {
		if r := list[i].Recommended; r != 0 && (next == 0 || r < next) {
			next = r
		}
	}
	if next == 0 {
		return 0
	}
	return sessionFrom(max(next, day+1), l.today)
}

// visit gives what is due on a day. Who pays for a course gets that in the town, and the rest another day.
func (l *life) visit(day registry.Day, early bool) {
	list, vaccine := l.wanted(day)
	var paid, free []string
	for i := range list {
		x := &list[i]
		code := vaccine(x)
		switch {
		case early:
			if len(free) == 0 && x.Recommended > day && x.Recommended <= day+21 {
				free = append(free, code)
			}
		case x.Recommended == 0 || x.Recommended > day:
		case x.Programme == registry.ProgrammePaid:
			paid = append(paid, code)
		case l.clinic && paidInstead[code] != nil && x.Number == 1:
			paid = append(paid, pick(l.m, paidInstead[code]))
		default:
			free = append(free, code)
		}
	}
	at := l.around.Station
	if len(paid) > 0 {
		free, at = paid, l.around.Clinic
	}
	for _, code := range free {
		if !l.m.chance(oneVaccineLess) {
			l.give(code, day, at)
		}
	}
}

// paidInstead is what a clinic gives in the place of the programme's first dose.
var paidInstead = map[string][]string{
	"DPT-VGB-HIB": {"HEXA", "HEXA", "HEXA", "PENTA-IPV"},
	"ROTA":        {"ROTARIX"},
	"MR":          {"MMR"},
}

// give writes a dose down as the place that gave it does.
func (l *life) give(vaccine string, day registry.Day, at p.EntityID) {
	v := vaccines[vaccine]
	in := registry.ImmunizationInput{
		Place: at, Vaccine: vaccine, GivenOn: day, GivenClock: registry.NewClock(8+l.m.r.IntN(3), l.m.r.IntN(60)),
		Lot: lotOf(vaccine, day), Expires: day + 400, Programme: v.Programme, Source: registry.SourceHere, Site: v.Site, Route: v.Route,
		Screening: registry.ScreeningEligible,
	}
	l.doses = append(l.doses, in)
	l.who.Doses = append(l.who.Doses, forecast.Dose{Vaccine: vaccine, On: day, Clock: in.GivenClock})
}

// vaccines are those of the registry's reference data.
var vaccines = func() map[string]registry.VaccineInput {
	out := map[string]registry.VaccineInput{}
	for _, v := range registry.Vaccines() {
		out[v.Code] = v
	}
	return out
}()

// lotOf names the lot of a vaccine that was in use on a day: one a quarter.
func lotOf(vaccine string, day registry.Day) string {
	y, mo, _ := day.Date()
	return fmt.Sprintf("%s%02d-%d", vaccine[:1], y%100, (int(mo)+2)/3)
}
