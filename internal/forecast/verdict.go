package forecast

// Verdict answers whether a vaccine may be given to a person on a day. It is not part of CDSi: it holds the
// dose that is about to be given against the schedule as if it had been given, and asks what could be wrong
// with that if this register does not know of every dose.
type Verdict struct {
	Call Call
	// Reasons say why not, or what to ask about. From is the first day on which nothing speaks against it any
	// more, 0 if there is none or it does not depend on time.
	Reasons []Reason
	From    Day
	// Microlitres is how much is given at this age, 0 if the schedule does not say.
	Microlitres int
}

// Call is the verdict in a word.
type Call uint8

// Calls. Open says that the schedule has no opinion: it does not know the vaccine, or has no series of it for
// this person, and whoever gives it decides.
const (
	Open Call = 0
	Safe Call = 1
	Ask  Call = 2 // a dose that this register does not know of would make it wrong
	Not  Call = 3
)

var callKeys = []string{Safe: "safe", Ask: "ask", Not: "no"}

// String returns the stable key of a call; "open" for Open.
func (c Call) String() string {
	if c == Open {
		return "open"
	}
	return keyOf(callKeys, int(c))
}

// Knowledge is how far a register can be trusted to know every dose of a person.
type Knowledge struct {
	// Heard is the day up to which what was recorded elsewhere is known here.
	Heard Day
	// Doubt says that there is a sign of doses elsewhere. Without one nobody is asked, however old the news.
	Doubt bool
	// Answered says that somebody looked at the card or asked, and what came of it is in the record.
	Answered bool
}

// MayGive judges the giving of vaccines on a day, together: two of them may be safe alone and one too many in
// one visit. The verdicts are in the order of the vaccines; out is room to work in.
func (e *Engine) MayGive(p *Patient, vaccines []string, on Day, k Knowledge, out *Result) []Verdict {
	verdicts := e.judgeGiving(p, vaccines, on, out)
	for i, vaccine := range vaccines {
		v := &verdicts[i]
		v.Microlitres = e.volume(p, vaccine, on)
		if v.Call != Safe || !k.Doubt || k.Answered || k.Heard >= on {
			continue
		}
		// The worst days for a dose nobody here knows of are the first and the last of those in the dark.
		for _, day := range [...]Day{max(k.Heard, p.BornFirst), on - 1} {
			if day < p.BornFirst {
				continue
			}
			told := *p
			told.Doses = append(told.Doses[:len(told.Doses):len(told.Doses)], Dose{Vaccine: vaccine, On: day})
			if w := e.judgeGiving(&told, []string{vaccine}, on, out)[0]; w.Call != Safe {
				v.Call, v.Reasons = Ask, w.Reasons
				break
			}
		}
	}
	return verdicts
}

// judgeGiving evaluates the person as if the doses had been given.
func (e *Engine) judgeGiving(p *Patient, vaccines []string, on Day, out *Result) []Verdict {
	given := *p
	given.Doses = given.Doses[:len(given.Doses):len(given.Doses)]
	for _, vaccine := range vaccines {
		given.Doses = append(given.Doses, Dose{Vaccine: vaccine, On: on})
	}
	e.Evaluate(&given, on, out)
	verdicts := make([]Verdict, len(vaccines))
	for i, vaccine := range vaccines {
		verdicts[i] = e.s.verdictOf(&out.Doses[len(p.Doses)+i])
		if why, ok := e.forbidden(p, vaccine, on); ok {
			verdicts[i] = Verdict{Call: Not, Reasons: []Reason{why}}
		}
	}
	return verdicts
}

// verdictOf turns what became of a dose into a verdict on giving it. One that a condition
// puts off would count, but is not to be given yet.
func (s *Schedule) verdictOf(d *DoseResult) Verdict {
	var v Verdict
	valid, wrong, spare, early := false, false, false, false
	for _, x := range d.Verdicts {
		if !x.Best {
			continue // the series of another product, which is not followed
		}
		switch x.Status {
		case Valid:
			valid = true
			for _, r := range x.Reasons {
				if r.Code == ReasonGrace && r.Seen != None && s.defers(r.Seen) {
					early = true
					r.Code = ReasonByObservation
					v.add(r)
				}
			}
			continue
		case NotValid:
			wrong = true
		case Extraneous:
			spare = true
		default:
			continue
		}
		for _, r := range x.Reasons {
			v.add(r)
		}
	}
	switch {
	case wrong, early, !valid && spare:
		v.Call = Not
	case valid:
		return Verdict{Call: Safe}
	}
	return v
}

// add keeps a reason once, the one that lasts longest of several with one code.
func (v *Verdict) add(r Reason) {
	switch r.Code {
	case ReasonTooYoung, ReasonTooSoon, ReasonLiveConflict, ReasonByObservation:
		v.From = max(v.From, r.On)
	}
	for i := range v.Reasons {
		if old := &v.Reasons[i]; old.Code == r.Code {
			if r.On > old.On {
				*old = r
			}
			return
		}
	}
	v.Reasons = append(v.Reasons, r)
}

// forbidden returns the contraindication that stands against a vaccine on a day.
func (e *Engine) forbidden(p *Patient, vaccine string, on Day) (Reason, bool) {
	v := e.s.Vaccine(vaccine)
	if v == None {
		return Reason{}, false
	}
	e.begin(p, on)
	defer e.end()
	for _, a := range e.s.Vaccines[v].Antigens {
		if !e.mayBeAged(a.Begin, a.End, on) {
			continue
		}
		if why := e.contraindication(&e.s.Antigens[a.Antigen]); why.Code != 0 {
			return why, true
		}
		if seen := e.forbids(a.Antigen, v); seen != None {
			return Reason{Code: ReasonContraindicated, Vaccine: None, Seen: seen}, true
		}
	}
	return Reason{}, false
}

// volume returns how much of a vaccine is given at the age on a day.
func (e *Engine) volume(p *Patient, vaccine string, on Day) int {
	v := e.s.Vaccine(vaccine)
	if v == None {
		return 0
	}
	for _, volume := range e.s.Vaccines[v].Volumes {
		// Who may still be too young for the larger volume gets the smaller one.
		if (!volume.Begin.Stated || volume.Begin.After(p.BornLast) <= on) && (!volume.End.Stated || on < volume.End.After(p.BornLast)) {
			return volume.Microlitres
		}
	}
	return 0
}
