package project

import (
	"tramy/internal/registry"
	p "tramy/syncproto"
)

// ConsentRow says that there is a statement about somebody's data. What it says is read from its state.
type ConsentRow struct {
	ID      p.EntityID
	Subject p.EntityID // as recorded
	Purpose registry.Purpose
	On      registry.Day
	Void    bool
}

// RequestRow is a request of a data subject as lists need it.
type RequestRow struct {
	ID        p.EntityID
	Subject   p.EntityID // as recorded
	Place     p.EntityID // where it was received
	Wish      registry.Wish
	On        registry.Day
	Answered  registry.Day
	Extended  bool
	Outcome   registry.Outcome
	Done      registry.Day // 0: open
	Restricts bool         // the person's data are restricted by it
	Void      bool
}

// ConsentRowOf projects a statement.
func ConsentRowOf(s *p.State) (ConsentRow, bool) {
	if s.Kind != registry.KindConsent || !Born(s) {
		return ConsentRow{}, false
	}
	c := registry.ConsentOf(s)
	return ConsentRow{ID: c.ID, Subject: c.Subject, Purpose: c.Purpose, On: c.On, Void: c.Void != ""}, !c.Subject.IsZero()
}

// RequestRowOf projects a request.
func RequestRowOf(s *p.State) (RequestRow, bool) {
	if s.Kind != registry.KindRequest || !Born(s) {
		return RequestRow{}, false
	}
	r := registry.RequestOf(s)
	return RequestRow{
		ID: r.ID, Subject: r.Subject, Place: r.Place, Wish: r.Wish, On: r.On, Answered: r.Answered, Extended: r.Extended != "",
		Outcome: r.Outcome, Done: r.Done, Restricts: r.Restricts(), Void: r.Void != "",
	}, !r.Subject.IsZero()
}
