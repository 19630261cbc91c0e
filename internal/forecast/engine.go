package forecast

import (
	"slices"

	"tramy/internal/registry"
)

// Engine evaluates people under one schedule. It keeps the room it works in, so that an evaluation allocates
// next to nothing: use one for each goroutine.
type Engine struct {
	s   *Schedule
	off rule // tests only: rules that are left out

	p     *Patient
	on    Day
	until Day      // the first day after on that a question about on was decided by
	birth interval // the days that may be the birth date
	first date     // the same two days, as ages are counted from them
	last  date
	sex   registry.Sex

	given    []given      // doses that are looked at, by date; of one day in the order of the record
	everyone []int32      // 0, 1, 2… for all of given
	parts    []part       // the antigens of each of given, dose after dose
	doses    []int32      // room for antigenRun.doses: positions in given, antigen after antigen, each by date
	ofA      []antigenRun // by antigen
	runs     []run        // one for each series of the schedule, antigen after antigen
	seen     []Day        // by observation: its latest date; unseen if it is not there
	anySeen  bool

	verdicts []verdict
	by       []int32
	reasons  []Reason
	members  []*run
	scored   []*run
	votes    []vote
}

// noDay stands for a date that there is none of; unseen for an observation that is not there.
const (
	noDay  Day = -1 << 31
	unseen Day = noDay + 1
)

// interval is a range of days, both included.
type interval struct{ first, last Day }

// given is a dose that is looked at.
type given struct {
	dose     *Dose
	index    int // in Patient.Doses
	on       Day
	vaccine  VaccineIndex // None if the schedule does not know it
	from, to int32        // its antigens, in parts
}

// part is one antigen of a dose, and which of the antigen's doses it is.
type part struct {
	antigen AntigenIndex
	at      int32
}

// antigenRun is where the doses and the series of an antigen lie.
type antigenRun struct {
	doses    []int32
	count    int // of them
	runs     []run
	immunity Reason // why immune; no code if not
	contra   Reason // why the antigen is contraindicated
	asked    bool   // both have been looked up
}

// stage of a run: a series may be asked for by another one [Completed Series] before its turn.
type stage uint8

const (
	waiting stage = iota
	walking
	done
)

// run is one series on its way through the sections of the algorithm.
type run struct {
	antigen  AntigenIndex
	index    int
	series   *Series
	relevant bool
	offered  bool
	stage    stage

	// Evaluation.
	doses     []int32   // all doses of the antigen
	verdicts  []verdict // one for each of them
	by        []int32   // by step: the dose (position in doses) that satisfied it last, or one of the marks below
	next      int       // the first step that is neither satisfied nor skipped; len(series.Doses) if there is none
	satisfied int
	valid     int // doses that are Valid

	// Forecast. Dates are noDay if there is none.
	status                                         SeriesStatus
	dose                                           int
	earliest, recommended, pastDue, latest, finish Day
	override                                       bool
	why                                            slice

	// Choice.
	scorable, prioritised, best bool
	score                       int
}

// Marks in run.by.
const (
	unmet   = -1
	skipped = -2
)

// slice is a part of Engine.reasons.
type slice struct{ from, to int32 }

// verdict is what became of a dose in a series.
type verdict struct {
	status      EvaluationStatus
	inadvertent bool
	target      int16 // the step it satisfied, from 1
	why         slice
}

// NewEngine returns an engine for a schedule that Compile has been called on.
func NewEngine(s *Schedule) *Engine {
	e := &Engine{s: s, seen: make([]Day, len(s.Observations)), ofA: make([]antigenRun, len(s.Antigens))}
	for i := range e.seen {
		e.seen[i] = unseen
	}
	n := 0
	for i := range s.Antigens {
		n += len(s.Antigens[i].Series)
	}
	e.runs = make([]run, n)
	e.by = make([]int32, 0, s.doseCount)
	return e
}

// Evaluate judges the doses of a person and forecasts the next ones as of a day. What it finds replaces what
// out held; out and p are not kept. The order of the steps is that of the CDSi logic specification, chapter 4.
func (e *Engine) Evaluate(p *Patient, on Day, out *Result) {
	e.begin(p, on)
	for i := range e.runs {
		r := &e.runs[i]
		r.relevant, r.offered = e.relevant(r)
	}
	for i := range e.runs {
		e.finish(&e.runs[i])
	}
	for i := range e.ofA {
		e.choose(e.ofA[i].runs)
	}
	out.reset()
	out.Until = e.until
	e.reportDoses(out)
	e.reportGroups(out)
	e.end()
}

// finish takes a series through evaluation and forecast, once.
func (e *Engine) finish(r *run) {
	if !r.relevant || r.stage != waiting {
		return
	}
	r.stage = walking
	e.evaluate(r)
	e.forecast(r)
	r.stage = done
}

// begin sets the room out for a person.
func (e *Engine) begin(p *Patient, on Day) {
	e.p, e.on, e.until = p, on, LastDay
	e.birth = interval{p.BornFirst, p.BornLast}
	if !p.KnownBirth {
		e.birth = interval{FirstDay, on}
		e.until = on + 1 // each day makes another one possible
	}
	e.first, e.last = civil(e.birth.first), civil(e.birth.last)
	e.sex = p.Sex
	if e.sex == 0 {
		e.sex = registry.SexUnknown
	}
	for _, o := range p.Observations {
		i := e.s.Observation(o.Code)
		if i == None {
			continue
		}
		at := o.On
		if at == 0 {
			at = noDay
		}
		e.anySeen = true
		if e.seen[i] == unseen || e.seen[i] < at {
			e.seen[i] = at
		}
	}
	e.verdicts, e.by, e.reasons = e.verdicts[:0], e.by[:0], e.reasons[:0]
	e.lineUp()
	n := 0
	for a := range e.s.Antigens {
		series := e.s.Antigens[a].Series
		runs := e.runs[n : n+len(series) : n+len(series)]
		for i := range series {
			runs[i] = run{antigen: AntigenIndex(a), index: i, series: &series[i]}
		}
		e.ofA[a].runs, e.ofA[a].asked = runs, false
		n += len(series)
	}
}

// end forgets the person.
func (e *Engine) end() {
	if e.anySeen {
		for _, o := range e.p.Observations {
			if i := e.s.Observation(o.Code); i != None {
				e.seen[i] = unseen
			}
		}
	}
	e.anySeen = false
	e.p = nil
}

// lineUp puts the doses in order of their dates and breaks them into antigens [section 5 of the logic
// specification: organize immunization history].
func (e *Engine) lineUp() {
	e.given, e.parts = e.given[:0], e.parts[:0]
	for i := range e.p.Doses {
		d := &e.p.Doses[i]
		if e.reached(e.on, d.On) {
			e.given = append(e.given, given{dose: d, index: i, on: d.On, vaccine: e.s.Vaccine(d.Vaccine)})
		}
	}
	slices.SortStableFunc(e.given, func(a, b given) int { return int(a.on - b.on) })
	for len(e.everyone) < len(e.given) {
		e.everyone = append(e.everyone, int32(len(e.everyone)))
	}
	for i := range e.given {
		g := &e.given[i]
		g.from = int32(len(e.parts))
		if g.vaccine != None {
			for _, a := range e.s.Vaccines[g.vaccine].Antigens {
				if e.mayBeAged(a.Begin, a.End, g.on) {
					e.addPart(g.from, a.Antigen)
				}
			}
		} else {
			for _, name := range g.dose.Antigens {
				for _, a := range e.s.named[name] {
					e.addPart(g.from, a)
				}
			}
		}
		g.to = int32(len(e.parts))
	}
	if cap(e.doses) < len(e.parts) {
		e.doses = make([]int32, 0, 2*len(e.parts))
	}
	for a := range e.ofA {
		e.ofA[a].count = 0
	}
	for _, p := range e.parts {
		e.ofA[p.antigen].count++
	}
	from := 0
	for a := range e.ofA {
		run := &e.ofA[a]
		run.doses = e.doses[from : from : from+run.count]
		from += run.count
	}
	for i := range e.given {
		for k := e.given[i].from; k < e.given[i].to; k++ {
			run := &e.ofA[e.parts[k].antigen]
			e.parts[k].at = int32(len(run.doses))
			run.doses = append(run.doses, int32(i))
		}
	}
}

// addPart adds an antigen to the dose whose parts begin at from, once.
func (e *Engine) addPart(from int32, a AntigenIndex) {
	for _, p := range e.parts[from:] {
		if p.antigen == a {
			return
		}
	}
	e.parts = append(e.parts, part{antigen: a})
}

// mayBeAged reports whether a person may have been between two ages on a day, on the birth date that speaks
// for it.
func (e *Engine) mayBeAged(begin, end Period, on Day) bool {
	return (!begin.Stated || e.reached(on, begin.afterDate(e.first))) && (!end.Stated || !e.reached(on, end.afterDate(e.last)))
}

// isAged reports whether a person was between two ages on a day, whichever the birth date is.
func (e *Engine) isAged(begin, end Period, on Day) bool {
	return (!begin.Stated || e.reached(on, begin.afterDate(e.last))) && (!end.Stated || !e.reached(on, end.afterDate(e.first)))
}

// reached reports whether a day, on, is d or later. Where on is the assessment date the answer changes on d, and
// what follows from it with it: so nothing that is found changes before the soonest of these days.
func (e *Engine) reached(on, d Day) bool {
	if on == e.on && d > on && d < e.until {
		e.until = d
	}
	return on >= d
}

// has reports whether an observation is there.
func (e *Engine) has(o ObservationIndex) bool { return o >= 0 && e.seen[o] != unseen }

// note keeps a reason and returns where.
func (e *Engine) note(w *slice, r Reason) {
	if w.from == w.to {
		w.from = int32(len(e.reasons))
	}
	e.reasons = append(e.reasons, r)
	w.to = int32(len(e.reasons))
}

// because makes a reason that names neither a vaccine nor an observation.
func because(code ReasonCode) Reason { return Reason{Code: code, Vaccine: None, Seen: None} }
