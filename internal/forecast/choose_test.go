package forecast

import "testing"

// candidateRun is a series on its way to the choice. Of each the doses are two: on 1 March and 1 May 2020.
type candidateRun struct {
	kind          SeriesType
	isDefault     bool
	product       bool
	priority      string
	preference    int
	status        SeriesStatus
	satisfied     int // of three steps
	valid         int
	startBy       string
	earliest, end string // earliest and finish date
	max           string // maximum age of the last step
	notOffered    bool
	steps         int // 0: three
}

// TestPrioritise tells which series of a cluster is followed.
func TestPrioritise(t *testing.T) {
	begun := candidateRun{kind: Standard, status: NotComplete, satisfied: 1, valid: 1, preference: 1, earliest: "2020-06-01", end: "2020-07-01"}
	fresh := candidateRun{kind: Standard, status: NotComplete, preference: 1, earliest: "2020-06-01", end: "2020-07-01"}
	done := candidateRun{kind: Standard, status: Complete, satisfied: 3, valid: 2, preference: 1}
	with := func(c candidateRun, change func(c *candidateRun)) candidateRun { change(&c); return c }
	for _, c := range []struct {
		name string
		list []candidateRun
		want int // position, -1 for none
	}{
		{"the default if nothing counts", []candidateRun{fresh, with(fresh, func(c *candidateRun) { c.isDefault = true })}, 1},
		{"nothing, if only an unfinished one evaluates", []candidateRun{with(fresh, func(c *candidateRun) { c.kind = EvaluationOnly })}, -1},
		{"one that only evaluates, once complete", []candidateRun{with(fresh, func(c *candidateRun) { c.isDefault = true }), with(done, func(c *candidateRun) { c.kind = EvaluationOnly })}, 1},
		{"not one that was begun too old", []candidateRun{with(begun, func(c *candidateRun) { c.startBy = "2 months" }), with(begun, func(c *candidateRun) { c.preference = 2 })}, 1},
		{"begun a day before the age", []candidateRun{with(begun, func(c *candidateRun) { c.startBy = "2 months + 1 day" }), with(begun, func(c *candidateRun) { c.preference = 2 })}, 0},
		{"the only complete one", []candidateRun{begun, done}, 1},
		{"the only one in process", []candidateRun{with(begun, func(c *candidateRun) { c.status = AgedOut }), with(begun, func(c *candidateRun) { c.preference = 2 })}, 1},
		{"the only default of those not begun", []candidateRun{
			with(fresh, func(c *candidateRun) { c.kind, c.priority = Risk, "A" }),
			with(fresh, func(c *candidateRun) { c.kind, c.priority, c.isDefault, c.earliest = Risk, "A", true, "2021-01-01" }),
		}, 1},
		{"the best priority of the risk series", []candidateRun{
			with(fresh, func(c *candidateRun) { c.kind, c.priority = Risk, "B" }), with(fresh, func(c *candidateRun) { c.kind, c.priority, c.preference = Risk, "A", 2 }),
		}, 1},
		{"the next priority if the best is contraindicated", []candidateRun{
			with(fresh, func(c *candidateRun) { c.kind, c.priority = Risk, "B" }),
			with(fresh, func(c *candidateRun) { c.kind, c.priority, c.status = Risk, "A", Contraindicated }),
		}, 0},
		{"contraindicated if all are", []candidateRun{
			with(fresh, func(c *candidateRun) { c.kind, c.priority, c.status = Risk, "B", Contraindicated }),
			with(fresh, func(c *candidateRun) { c.kind, c.priority, c.status = Risk, "A", Contraindicated }),
		}, 1},
		{"complete: most steps", []candidateRun{with(done, func(c *candidateRun) { c.satisfied = 2 }), with(done, func(c *candidateRun) { c.preference = 2 }), begun}, 1},
		{"in process: those not in process are not scored", []candidateRun{
			begun, with(begun, func(c *candidateRun) { c.preference = 2 }), with(done, func(c *candidateRun) { c.status, c.satisfied = AgedOut, 3 }),
		}, 0},
		{"in process: can still be finished, before more steps done", []candidateRun{
			with(begun, func(c *candidateRun) { c.max, c.satisfied = "6 months", 2 }), with(begun, func(c *candidateRun) { c.max, c.preference = "6 months + 1 day", 2 }),
		}, 1},
		{"in process: most steps", []candidateRun{begun, with(begun, func(c *candidateRun) { c.satisfied, c.preference = 2, 2 })}, 1},
		{"in process: a product's own series, all doses valid", []candidateRun{
			begun, with(begun, func(c *candidateRun) { c.product, c.valid, c.preference = true, 2, 2 }),
		}, 1},
		{"in process: not if a dose was not valid", []candidateRun{begun, with(begun, func(c *candidateRun) { c.product, c.preference = true, 2 })}, 0},
		{"in process: fewest steps left", []candidateRun{begun, with(begun, func(c *candidateRun) { c.steps, c.preference = 2, 2 })}, 1},
		{"in process: a shorter one that was not begun is not scored", []candidateRun{
			begun, with(begun, func(c *candidateRun) { c.preference = 2 }), with(fresh, func(c *candidateRun) { c.kind, c.steps, c.end = Risk, 2, "2020-06-15" }),
		}, 0},
		{"in process: earliest finish", []candidateRun{begun, with(begun, func(c *candidateRun) { c.end, c.preference = "2020-06-30", 2 })}, 1},
		{"not begun: earliest start", []candidateRun{fresh, with(fresh, func(c *candidateRun) { c.earliest, c.preference = "2020-05-31", 2 })}, 1},
		{"not begun: can be finished", []candidateRun{with(fresh, func(c *candidateRun) { c.max = "6 months" }), with(fresh, func(c *candidateRun) { c.preference = 2 })}, 1},
		{"not begun: rather not a product's own", []candidateRun{with(fresh, func(c *candidateRun) { c.product = true }), with(fresh, func(c *candidateRun) { c.preference = 2 })}, 1},
		{"begun and contraindicated: as if in process", []candidateRun{
			with(fresh, func(c *candidateRun) { c.kind, c.status = Risk, Contraindicated }),
			with(begun, func(c *candidateRun) { c.kind, c.status, c.preference = Risk, Contraindicated, 2 }),
		}, 1},
		{"equal: the preferred one", []candidateRun{with(fresh, func(c *candidateRun) { c.preference = 3 }), with(fresh, func(c *candidateRun) { c.preference = 2 })}, 1},
		{"no preference is the last", []candidateRun{with(fresh, func(c *candidateRun) { c.preference = 0 }), with(fresh, func(c *candidateRun) { c.preference = 9 })}, 1},
		{"equal in all: the first", []candidateRun{fresh, fresh}, 0},
		{"equal: offered before preferred", []candidateRun{with(begun, func(c *candidateRun) { c.notOffered = true }), with(begun, func(c *candidateRun) { c.preference = 2 })}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := NewEngine(small())
			e.begin(child("A 2020-03-01", "A 2020-05-01"), on("2020-05-02"))
			var members []*run
			for _, m := range c.list {
				members = append(members, m.run(e))
			}
			got := -1
			if r := e.prioritise(offeredOrBegun(members)); r != nil {
				for got = range members {
					if members[got] == r {
						break
					}
				}
			}
			if got != c.want {
				t.Errorf("series %d is followed, want %d", got, c.want)
			}
		})
	}
}

func (c *candidateRun) run(e *Engine) *run {
	s := &Series{
		Type: c.kind, Default: c.isDefault, Product: c.product, Priority: c.priority, Preference: c.preference, StartBy: period(c.startBy),
		Doses: []SeriesDose{step(vA), step(vA), step(vA)},
	}
	if c.steps > 0 {
		s.Doses = s.Doses[:c.steps]
	}
	s.Doses[len(s.Doses)-1].Ages = []AgeRule{age("", "", "", "", c.max)}
	r := &run{
		series: s, relevant: true, offered: !c.notOffered, stage: done, status: c.status, satisfied: c.satisfied, next: 1, valid: c.valid,
		doses: e.ofA[0].doses, verdicts: make([]verdict, 2), earliest: noDay, finish: noDay,
	}
	for i := range r.verdicts {
		r.verdicts[i].status = NotValid
		if i < c.valid {
			r.verdicts[i].status = Valid
		}
	}
	if c.earliest != "" {
		r.earliest, r.finish = on(c.earliest), on(c.end)
	}
	return r
}

// The finish date adds the intervals that are still ahead.
func TestFinish(t *testing.T) {
	s := small(x(func(s *Series) {
		s.Doses = append(s.Doses, step(vA, since(SincePrevious, "", "6 months"), since(SincePrevious, "", "1 month")))
	}))
	e := NewEngine(s)
	e.Evaluate(child(), on("2020-01-02"), new(Result))
	if got := e.runs[0].finish; got != on("2020-09-29") {
		t.Errorf("finish %s", got.ISO())
	}
}

// TestBest tells which of the prioritised series of an antigen make its forecast.
func TestBest(t *testing.T) {
	one := func(kind SeriesType, status SeriesStatus, cluster int, equivalent ...int) run {
		return run{series: &Series{Type: kind, Cluster: cluster, Equivalent: equivalent}, status: status, prioritised: true}
	}
	for _, c := range []struct {
		name string
		runs []run
		want []bool
	}{
		{"alone", []run{one(Standard, NotComplete, 1, 2)}, []bool{true}},
		{"beside a risk series", []run{one(Standard, NotComplete, 1, 2), one(Risk, NotComplete, 2)}, []bool{false, true}},
		{"beside one that is not equivalent", []run{one(Standard, NotComplete, 1), one(Risk, NotComplete, 2)}, []bool{true, true}},
		{"beside a complete one", []run{one(Standard, Complete, 1), one(Risk, NotComplete, 2, 1)}, []bool{true, false}},
		{"complete beside a risk series", []run{one(Standard, Complete, 1, 2), one(Risk, NotComplete, 2)}, []bool{true, true}},
		{"a standard series beside a standard one", []run{one(Standard, NotComplete, 1, 2), one(Standard, NotComplete, 2, 1)}, []bool{true, true}},
		{"one that only evaluates", []run{one(EvaluationOnly, NotComplete, 1)}, []bool{false}},
		{"one that only evaluates, complete", []run{one(EvaluationOnly, Complete, 1)}, []bool{true}},
	} {
		e := NewEngine(small())
		for i, want := range c.want {
			if got := e.isBest(&c.runs[i], c.runs); got != want {
				t.Errorf("%s: series %d is best: %v", c.name, i, got)
			}
		}
	}
}
