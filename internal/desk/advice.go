package desk

import (
	"context"
	"slices"

	"tramy/internal/forecast"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// Advice is what the schedule says to one person on one day, and how far it can be trusted here.
type Advice struct {
	On       registry.Day
	Schedule *forecast.Schedule // nil: none is in force, and there is no advice
	Groups   []forecast.GroupForecast
	Items    []forecast.Advice // what is next, a row a vaccine
	Verdicts map[string]forecast.Verdict
	Stopped  []string        // vaccines of the programme that a condition stands against
	Missed   map[string]bool // vaccines of the programme that the person is too old for
	Courses  map[string]int  // vaccines of the courses that the person is on, and how many doses each has
	Doses    map[p.EntityID]DoseJudgement
	Order    []p.EntityID // of Doses: by date
	Doubt    *Doubt       // why there may be doses that this register does not know; nil if nothing says so
	Heard    registry.Day
	// Next is when to come again if all that is due and safe now is given now; 0 if nothing follows.
	Next registry.Day
	// Sold are, at a clinic, the products that may be bought in the place of a vaccine that is due, by its code.
	Sold map[string][]string
}

// Forecast asks the schedule about one person as of a day, and writes down who looked.
func (d *Desk) Forecast(ctx context.Context, who Who, id p.EntityID, on registry.Day) (*Advice, error) {
	if err := may(who, rights.Read, registry.KindSubject); err != nil {
		return nil, err
	}
	var out *Advice
	err := d.view(ctx, func(tx store.Tx) error {
		row, err := tx.SubjectRow(id)
		if err != nil {
			return err
		}
		if row == nil {
			return ErrNotFound
		}
		if _, err := d.readable(tx, who, row.Case); err != nil {
			return err
		}
		if _, err := d.mayOpen(tx, who, row); err != nil {
			return err
		}
		out, err = d.advise(tx, row.Case, on)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, d.note(ctx, who, registry.ActView, id, "")
}

// DoseJudgement says whether a recorded dose counts, and if not why.
type DoseJudgement struct {
	Status  forecast.EvaluationStatus
	Reasons []forecast.Reason
	OnTime  forecast.Answer
}

// Doubt is the strongest sign that somebody has had doses elsewhere.
type Doubt struct {
	Sign  Sign
	Place string // where, if that is known
	On    registry.Day
}

// Sign says what a doubt rests on.
type Sign uint8

// Signs, the strongest first.
const (
	SignLoading     Sign = 1 // the first load is not over: what is not here may be on its way
	SignProvisional Sign = 2 // the record was begun here under the code of a card
	SignVisitor     Sign = 3 // lives elsewhere
	SignMoved       Sign = 4 // recorded as moved, or came from another place within a year
	SignPaid        Sign = 5 // had a paid dose within a year
	SignElsewhere   Sign = 6 // was vaccinated at another place within a year, after the first month of life
)

var signKeys = []string{"", "loading", "provisional", "visitor", "moved", "paid", "elsewhere"}

// String returns the stable key of a sign, for the API and the catalogue.
func (s Sign) String() string { return signKeys[s] }

// signDays is how long a dose elsewhere makes us ask.
const signDays = 365

// newbornDays is how long after birth a dose at a hospital says nothing: that is where children are born.
const newbornDays = 30

// stayDays is how many days after the birth somebody who was born in a house is taken to be there still.
const stayDays = 3

// question is one person, put into the words of the schedule.
type question struct {
	advisor  *project.Advisor
	who      forecast.Patient
	lead     *project.SubjectRow // the canonical subject of the case
	subjects []project.SubjectRow
	doses    []project.ImmunizationRow
}

// question reads a case; nil if there is nobody to forecast for.
func (d *Desk) question(tx store.Tx, kase p.EntityID) (*question, error) {
	q := &question{advisor: d.Node.Advisor()}
	var err error
	if q.subjects, err = tx.SubjectsOfCase(kase); err != nil {
		return nil, err
	}
	if q.doses, err = tx.DosesOfCase(kase); err != nil {
		return nil, err
	}
	at := slices.IndexFunc(q.subjects, func(s project.SubjectRow) bool { return s.ID == kase })
	if at < 0 {
		return nil, nil
	}
	q.lead = &q.subjects[at]
	var ok bool
	if q.who, ok = q.advisor.Patient(kase, q.subjects, q.doses, d.Node.Areas(q.lead.Recorded, q.lead.Residence)); !ok {
		return nil, nil
	}
	return q, nil
}

// knowledge is how far this node can be trusted to know every dose of the person, and why not.
func (d *Desk) knowledge(tx store.Tx, q *question, on registry.Day) (forecast.Knowledge, *Doubt, error) {
	doubt, err := d.doubt(tx, q, on)
	if err != nil || doubt == nil {
		return forecast.Knowledge{}, nil, err
	}
	know := forecast.Knowledge{Doubt: true}
	if doubt.Sign > SignProvisional {
		// Of the two before, nothing the hub said is about this person yet: part of the register, or the record
		// that the card belongs to, is still to come.
		know.Heard, err = d.heard(tx)
	}
	return know, doubt, err
}

// advise asks the schedule about a case, as of a day.
func (d *Desk) advise(tx store.Tx, kase p.EntityID, on registry.Day) (*Advice, error) {
	out := &Advice{
		On: on, Verdicts: map[string]forecast.Verdict{}, Missed: map[string]bool{}, Courses: map[string]int{},
		Doses: map[p.EntityID]DoseJudgement{},
	}
	q, err := d.question(tx, kase)
	if err != nil || q == nil {
		return out, err
	}
	var result forecast.Result
	if out.Schedule = q.advisor.Evaluate(&q.who, on, &result); out.Schedule == nil {
		return out, nil
	}
	out.judge(q.doses, &result)
	out.groups(result.Groups)
	out.Items = slices.DeleteFunc(out.Schedule.Advise(&q.who, on, &result), func(x forecast.Advice) bool { return x.Vaccine == forecast.None })
	var know forecast.Knowledge
	if know, out.Doubt, err = d.knowledge(tx, q, on); err != nil {
		return nil, err
	}
	if out.Heard, err = d.heard(tx); err != nil {
		return nil, err
	}
	for i := range out.Items {
		code := out.Code(&out.Items[i])
		out.Verdicts[code] = q.advisor.MayGive(&q.who, []string{code}, on, know)[0]
	}
	if d.Facility() == registry.PlaceClinic {
		out.sell(q, on, know)
	}
	for _, code := range out.Stopped {
		out.Verdicts[code] = q.advisor.MayGive(&q.who, []string{code}, on, know)[0]
	}
	out.next(q.advisor, &q.who)
	return out, nil
}

// sell adds what a clinic offers in the place of what is due: products that cover the same and may be given.
func (a *Advice) sell(q *question, on registry.Day, know forecast.Knowledge) {
	for i := range a.Items {
		code := a.Code(&a.Items[i])
		if _, done := a.Sold[code]; done {
			continue
		}
		for _, other := range q.advisor.Sold(code) {
			if _, known := a.Verdicts[other]; known {
				continue
			}
			verdict := q.advisor.MayGive(&q.who, []string{other}, on, know)[0]
			if verdict.Call != forecast.Safe && verdict.Call != forecast.Ask {
				continue
			}
			if a.Sold == nil {
				a.Sold = map[string][]string{}
			}
			a.Verdicts[other] = verdict
			a.Sold[code] = append(a.Sold[code], other)
		}
	}
}

// groups keeps where the person stands in each group, and what follows for the card.
func (a *Advice) groups(list []forecast.GroupForecast) {
	a.Groups = list
	for i := range list {
		f := &list[i]
		if v := f.Label.Vaccine; v != forecast.None {
			switch code := a.Schedule.Vaccines[v].Code; {
			case f.Status == forecast.AgedOut:
				a.Missed[code] = true
			case f.Status == forecast.Contraindicated && f.Offered && f.Programme != registry.ProgrammePaid:
				a.Stopped = append(a.Stopped, code)
			}
		}
		if f.Offered && f.Programme != registry.ProgrammePaid || f.Dose > 1 {
			a.course(f)
		}
	}
}

// Code is the vaccine of an item.
func (a *Advice) Code(x *forecast.Advice) string { return a.Schedule.Vaccines[x.Vaccine].Code }

// course notes the doses of the course that a forecast is made of, as the card names them.
func (a *Advice) course(f *forecast.GroupForecast) {
	for _, x := range f.Antigens {
		for _, step := range a.Schedule.Antigens[x.Antigen].Series[x.Series].Doses {
			if v := step.Label.Vaccine; v != forecast.None {
				code := a.Schedule.Vaccines[v].Code
				a.Courses[code] = max(a.Courses[code], step.Label.Number)
			}
		}
	}
}

// next works out the day to come again.
func (a *Advice) next(advisor *project.Advisor, who *forecast.Patient) {
	given := *who
	given.Doses = given.Doses[:len(given.Doses):len(given.Doses)]
	for i := range a.Items {
		x := &a.Items[i]
		if code := a.Code(x); project.Wanted(x) && x.Recommended != 0 && x.Recommended <= a.On && a.Verdicts[code].Call == forecast.Safe {
			given.Doses = append(given.Doses, forecast.Dose{Vaccine: code, On: a.On})
		}
	}
	var result forecast.Result
	s := advisor.Evaluate(&given, a.On, &result)
	items := s.Advise(&given, a.On, &result)
	for i := range items {
		x := &items[i]
		if project.Wanted(x) && x.Recommended > a.On && (a.Next == 0 || x.Recommended < a.Next) {
			a.Next = x.Recommended
		}
	}
}

// judge keeps what became of each recorded dose. Of its antigens the worst speaks: a nurse has to know of it.
func (a *Advice) judge(doses []project.ImmunizationRow, result *forecast.Result) {
	n := 0
	for i := range doses {
		if !project.Judged(&doses[i]) {
			continue
		}
		r := &result.Doses[n]
		n++
		j := DoseJudgement{OnTime: r.OnTime}
		for _, v := range r.Verdicts {
			if v.Best && worse(v.Status, j.Status) {
				j.Status = v.Status
			}
		}
		for _, v := range r.Verdicts {
			if v.Status != j.Status || !v.Best && v.Status != forecast.NotEvaluated {
				continue
			}
			for _, why := range v.Reasons {
				if !slices.ContainsFunc(j.Reasons, func(r forecast.Reason) bool { return r.Code == why.Code }) {
					j.Reasons = append(j.Reasons, why)
				}
			}
		}
		a.Doses[doses[i].ID] = j
		a.Order = append(a.Order, doses[i].ID)
	}
}

// worse orders the statuses of one dose for several antigens: not valid before valid before extraneous, so
// that a combined vaccine is not called useless for one antigen that was complete.
func worse(a, b forecast.EvaluationStatus) bool {
	rank := func(s forecast.EvaluationStatus) int {
		return slices.Index([]forecast.EvaluationStatus{
			forecast.NotEvaluated, forecast.Extraneous, forecast.Substandard, forecast.Valid, forecast.NotValid,
		}, s)
	}
	return rank(a) > rank(b)
}

// heard is the last day on which the hub answered, by its own clock; today at the root.
func (d *Desk) heard(tx store.Tx) (registry.Day, error) {
	if id := d.Node.Identity(); id.IsRoot() {
		return d.Today(), nil
	}
	return d.Node.HeardOn(tx)
}

// bornHere reports whether somebody was born in this house and is not older than a newborn: they were nowhere else.
func (d *Desk) bornHere(tx store.Tx, row *project.SubjectRow, on registry.Day) (bool, error) {
	if d.Facility() != registry.PlaceHospital || row.BirthPrec == 0 || on > row.BirthDate+stayDays {
		return false, nil
	}
	s, err := tx.State(row.ID)
	return err == nil && s != nil && registry.SubjectOf(s).BornAt == d.Node.Identity().Place, err
}

// doubt looks for the strongest sign of doses elsewhere.
func (d *Desk) doubt(tx store.Tx, q *question, on registry.Day) (*Doubt, error) {
	if d.Node.Identity().Role == registry.NodeHub {
		return nil, nil // nobody is given anything here
	}
	complete, err := d.complete(tx)
	if err != nil {
		return nil, err
	}
	if !complete {
		return &Doubt{Sign: SignLoading}, nil
	}
	s, home := q.lead, d.Home()
	if here, err := d.bornHere(tx, s, on); here || err != nil {
		return nil, err
	}
	var found *Doubt
	offer := func(sign Sign, place p.EntityID, day registry.Day) error {
		if found != nil && (found.Sign < sign || found.Sign == sign && found.On >= day) {
			return nil
		}
		found = &Doubt{Sign: sign, On: day}
		if place.IsZero() {
			return nil
		}
		row, err := tx.Place(place)
		if err == nil && row != nil {
			found.Place = row.Name
		}
		return err
	}
	if len(q.subjects) == 1 && (q.lead.FromCard || q.lead.Provisional) {
		return &Doubt{Sign: SignProvisional}, nil // the record that the code of the card belongs to is not joined yet
	}
	if !home.Has(s) {
		err = offer(SignVisitor, s.Residence, 0)
	}
	if err == nil && s.Status == registry.StatusMoved {
		err = offer(SignMoved, p.EntityID{}, 0)
	}
	// Whatever was given in a register that this machine is served whole is known here.
	places := d.Node.Atlas()
	served := places.StationScopes(d.Node.Identity().Place)
	for i := range q.doses {
		r := &q.doses[i]
		if err != nil {
			return nil, err
		}
		if !r.Counted || r.GivenOn <= on-signDays || s.BirthPrec != 0 && r.GivenOn <= s.BirthDate+newbornDays {
			continue
		}
		away := r.Source != registry.SourceHere
		if !r.Place.IsZero() {
			_, here := slices.BinarySearchFunc(served, places.Scope(r.Place, r.GivenOn), p.EntityID.Compare)
			away = !here
		}
		switch {
		case r.Programme == registry.ProgrammePaid:
			err = offer(SignPaid, r.Place, r.GivenOn)
		case away:
			err = offer(SignElsewhere, r.Place, r.GivenOn)
		}
	}
	return found, err
}
