package synth

import (
	"fmt"
	"slices"

	"tramy/internal/registry"
)

// habits are how a family keeps to the schedule.
type habits struct {
	misses  int // of a hundred session days they are told to come to
	stops   int // days after birth from which they do not come; 0: they go on
	never   bool
	atHome  bool // children are born at home
	clinic  bool // pays for vaccines in the town
	atPoint bool // is vaccinated at the outreach point
}

// Habits of families, of a hundred; of a thousand where a name says so.
const (
	missesUsual       = 8
	livesFar          = 10
	missesFar         = 45
	stopsComing       = 4
	neverComes        = 1
	bornAtHome        = 8
	goesToClinic      = 6
	inTown            = 14 // goes to the clinic, in a ward
	usesPoint         = 15
	birthDoseLate     = 6 // after 24 hours
	birthDoseNot      = 5
	bcgInHospital     = 78
	tooEarlyPermille  = 60 // of visits: something is given some days too early
	unwell            = 3  // of visits: all is put off
	ranOutPermille    = 8  // of doses
	refusedPermille   = 4
	inCampaign        = 78
	takesTetanus      = 90
	tooEarlyDays      = 12
	lightAtBirth      = 2000 // grams: below it the birth doses wait
	clinicWaitDaysMax = 14
)

func (m *maker) habits() habits {
	c := m.care
	h := habits{misses: missesUsual, never: c.of(neverComes), atHome: c.of(bornAtHome), atPoint: c.of(usesPoint)}
	if h.never {
		h.atHome = c.of(60)
	}
	if c.of(livesFar) {
		h.misses, h.atPoint = missesFar, c.of(60)
	}
	if c.of(stopsComing) {
		h.stops = c.between(60, 660)
	}
	paying := goesToClinic
	if m.c.Type == "phuong" {
		paying = inTown
	}
	h.clinic = c.of(paying)
	return h
}

// life is somebody's way through the courses.
type life struct {
	m     *maker
	pn    *person
	birth registry.Day
	end   registry.Day // first day on which nothing is given any more
	lives []registry.Day
	last  map[string]registry.Day
	count map[string]int
}

// live makes what somebody has been given so far.
func (m *maker) live(pn *person) {
	l := &life{m: m, pn: pn, birth: pn.who.BirthDate, end: m.today() + 1, last: map[string]registry.Day{}, count: map[string]int{}}
	switch pn.who.Status {
	case registry.StatusDied:
		l.end = pn.who.StatusDate
	case registry.StatusAbsent:
		l.end -= m.care.days(20, 200)
	}
	if pn.who.Group != registry.GroupChild {
		l.tetanus()
	} else {
		l.child()
	}
	slices.SortStableFunc(pn.doses, func(a, b Dose) int { return int(a.GivenOn - b.GivenOn) })
}

func (l *life) child() {
	h := &l.pn.family.habits
	l.atBirth(h)
	end := l.end
	if h.never {
		return
	}
	if h.stops > 0 {
		end = min(end, l.birth+registry.Day(h.stops))
	}
	l.campaign()
	station := slices.Clone(stationCourses)
	if l.count["BCG"] > 0 {
		station = station[1:]
	}
	if h.clinic {
		station = slices.DeleteFunc(station, func(c course) bool { return spared[c.vaccine] })
		l.follow(clinicCourses, Clinic, end)
	}
	at := Station
	if h.atPoint {
		at = Point
	}
	next := l.follow(station, at, end)
	if l.pn.who.Status == registry.StatusPresent {
		l.pn.who.NextDate = next
	}
}

// atBirth is what the delivery room gives.
func (l *life) atBirth(h *habits) {
	c := l.m.care
	if h.atHome || l.pn.who.BirthWeight < lightAtBirth {
		return
	}
	if !c.of(birthDoseNot) {
		on := l.birth
		if c.of(birthDoseLate) {
			on += c.days(1, 5)
		}
		l.give("VGB0", on, Hospital)
	}
	if c.of(bcgInHospital) {
		l.give("BCG", l.birth+c.days(1, 4), Hospital)
	}
}

// campaign is the measles round of 2025 with its dose 0.
func (l *life) campaign() {
	on := measlesCampaign + registry.Day(hash(l.m.c.Code)%40)
	if age := on.AgeMonths(l.birth); on >= l.end || age < 6 || age > 8 || !l.m.care.of(inCampaign) {
		return
	}
	l.give("SOI", on, Station)
	d := &l.pn.doses[len(l.pn.doses)-1]
	d.Order, d.HasOrder, d.Programme = 0, true, registry.ProgrammeOutbreak
	delete(l.count, "SOI")
	delete(l.last, "SOI")
}

// due is the first day a course's next dose may be given, 0 if there is none any more.
func (l *life) due(c *course, at Facility) registry.Day {
	n := l.count[c.vaccine]
	if n >= len(c.doses) {
		return 0
	}
	d := &c.doses[n]
	if d.afterOnly && l.count[d.after] < 3 {
		return 0
	}
	on := l.birth.AddMonths(d.months) + registry.Day(d.days)
	from := c.vaccine
	if d.after != "" {
		from = d.after
	}
	if last, ok := l.last[from]; ok {
		on = max(on, last+registry.Day(d.gap))
	}
	if at != Clinic {
		on = max(on, since(c.vaccine, l.m.c.Province))
	}
	return on
}

// clear moves a day on until an injected live vaccine may be given.
func (l *life) clear(c *course, on registry.Day) registry.Day {
	if !c.live {
		return on
	}
	for moved := true; moved; {
		moved = false
		for _, other := range l.lives {
			if other != on && other < on+liveGap && on < other+liveGap {
				on, moved = other+liveGap, true
			}
		}
	}
	return on
}

func (c *course) tooLate(n int, birth, on registry.Day) bool {
	latest := c.doses[n].latest
	return latest > 0 && on >= birth.AddMonths(latest)
}

// next is the first day on which one of the courses has something, 0 if none has.
func (l *life) next(courses []course, at Facility) registry.Day {
	var next registry.Day
	for i := range courses {
		c := &courses[i]
		on := l.due(c, at)
		if on == 0 {
			continue
		}
		on = l.clear(c, on)
		if !c.tooLate(l.count[c.vaccine], l.birth, on) && (next == 0 || on < next) {
			next = on
		}
	}
	return next
}

// follow goes through courses session by session and returns the day that somebody is told to come next.
func (l *life) follow(courses []course, at Facility, end registry.Day) registry.Day {
	c, h := l.m.care, &l.pn.family.habits
	for from := l.birth + 1; ; {
		next := l.next(courses, at)
		if next == 0 {
			return 0
		}
		on := max(next, from)
		if at == Clinic {
			on += registry.Day(c.IntN(clinicWaitDaysMax))
		} else {
			on = l.m.session(on, at)
		}
		if on >= end {
			return on
		}
		from = on + 1
		switch {
		case c.of(h.misses):
		case c.of(unwell):
			l.visit(courses, at, on, registry.NotDonePostponed)
		default:
			l.visit(courses, at, on, 0)
		}
	}
}

// visit gives what is due on a day, or writes down why not.
func (l *life) visit(courses []course, at Facility, on registry.Day, reason registry.NotDone) {
	c := l.m.care
	early := registry.Day(0)
	if c.permille(tooEarlyPermille) {
		early = tooEarlyDays
	}
	for i := range courses {
		x := &courses[i]
		due := l.due(x, at)
		if due == 0 || due > on+early || l.clear(x, on) != on || x.tooLate(l.count[x.vaccine], l.birth, on) {
			continue
		}
		why := reason
		switch {
		case why != 0:
		case at != Clinic && c.permille(ranOutPermille):
			why = registry.NotDoneNoVaccine
		case c.permille(refusedPermille):
			why = registry.NotDoneRefused
		}
		if why != 0 {
			l.notDone(x.vaccine, on, at, why)
			continue
		}
		l.give(x.vaccine, on, at)
	}
}

// give writes a dose down as the place that gave it does.
func (l *life) give(vaccine string, on registry.Day, at Facility) {
	if on >= l.end {
		return
	}
	v := vaccines[vaccine]
	l.count[vaccine]++
	l.last[vaccine] = on
	if live[vaccine] {
		l.lives = append(l.lives, on)
	}
	d := l.dose(vaccine, on, at)
	d.Order, d.HasOrder = l.count[vaccine], true
	d.Lot, d.Expires = l.m.n.lot(l.m.at, vaccine, on)
	d.Site, d.Route, d.Screening = v.Site, v.Route, registry.ScreeningEligible
	d.GivenClock = registry.NewClock(7+l.m.care.IntN(4), l.m.care.IntN(60))
	l.pn.doses = append(l.pn.doses, d)
}

func (l *life) notDone(vaccine string, on registry.Day, at Facility, why registry.NotDone) {
	d := l.dose(vaccine, on, at)
	d.NotDone = why
	d.Screening = registry.ScreeningEligible
	if why == registry.NotDonePostponed {
		d.Screening = registry.ScreeningPostpone
	}
	l.pn.doses = append(l.pn.doses, d)
}

func (l *life) dose(vaccine string, on registry.Day, at Facility) Dose {
	d := Dose{At: at, Commune: l.m.at}
	d.Vaccine, d.GivenOn, d.Programme, d.Source = vaccine, on, vaccines[vaccine].Programme, registry.SourceHere
	return d
}

// live says which vaccines are injected and live.
var live = func() map[string]bool {
	out := map[string]bool{}
	for _, list := range [][]course{stationCourses, clinicCourses} {
		for i := range list {
			out[list[i].vaccine] = list[i].live
		}
	}
	return out
}()

// tetanus is what a pregnant woman has had: in earlier pregnancies, and in this one.
func (l *life) tetanus() {
	c, h := l.m.care, l.pn.family
	booked := l.pn.from
	earlier := max(0, h.births-1)
	if l.pn.who.Group == registry.GroupPregnant {
		earlier = h.births
	}
	for i := range earlier {
		before := booked - registry.Day((earlier-i)*c.between(700, 1300))
		if before < l.birth.AddMonths(12*15) || !c.of(takesTetanus) {
			continue
		}
		l.tetanusOf(before)
	}
	if c.of(takesTetanus) {
		l.tetanusOf(booked)
	}
}

// tetanusOf gives what a pregnancy asks for: two doses in the first, one in each later one, five in all.
func (l *life) tetanusOf(booked registry.Day) {
	gaps := []registry.Day{0, 30, 185, 366, 366}
	due := booked + pregnancyDays - bookedDays
	on := booked + l.m.care.days(0, 40)
	for n := 0; n < 2 && l.count["UV"] < len(gaps); n++ {
		if last, ok := l.last["UV"]; ok {
			on = max(on, last+gaps[l.count["UV"]])
		}
		on = l.m.session(on, Station)
		if on > due-30 || n == 1 && l.count["UV"] != 1 {
			return
		}
		l.give("UV", on, Station)
	}
}

// session is the first day from a day on, on which a commune vaccinates: one a month for the station, another for its
// point.
func (m *maker) session(from registry.Day, at Facility) registry.Day {
	on := registry.Day(4 + hash(m.c.Code, at.String())%20)
	first := from.Month().First()
	if first+on >= from {
		return first + on
	}
	return from.AddMonths(1).Month().First() + on
}

// lot names the lot of a vaccine that a commune had on a day, and when it expires: one a quarter.
func (n *Nation) lot(commune int, vaccine string, day registry.Day) (string, registry.Day) {
	y, month, _ := day.Date()
	quarter := (int(month) + 2) / 3
	x := hash(vaccine, n.communes[commune].Province, fmt.Sprint(y, quarter, commune%3))
	first := registry.NewMonth(y, month).First()
	return fmt.Sprintf("%s%02d%d-%03d", vaccine[:1], y%100, quarter, x%1000), first + 270 + registry.Day(x/1000%400)
}
