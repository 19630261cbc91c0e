package ui

// Communes is the choice of the commune where somebody lives, posted as commune (an id). The name typed as commune_q is
// searched for by the button find=commune, or when the form is sent with a query that it has not shown the answers of.
type Communes struct {
	Value, Name string // what is chosen
	Error       string
	Options     []Option
	Query       string // what was searched for
	Searched    bool
	Found       bool // something was
	More        bool // more were found than are shown
	Elsewhere   bool // the chosen one is not that of this station
	Ask         bool // none is chosen, and none is the place's own
}

// Open says whether the choice must be shown.
func (c Communes) Open() bool { return c.Searched || c.Elsewhere || c.Ask || c.Error != "" }

// Hamlet is the choice of a hamlet: posted as hamlet, from the list of the commune, or typed as hamlet_other. Without a list it
// is typed as hamlet.
type Hamlet struct {
	Value, Other string
	Error        string
	Options      []Option
}

// Pick is the choice from the list.
func (h Hamlet) Pick() Select { return Select{Value: h.Value, Error: h.Error, Options: h.Options} }

// Typed is what is typed.
func (h Hamlet) Typed() Field {
	f := Field{Value: h.Other}
	if len(h.Options) == 0 {
		f.Error = h.Error
	}
	return f
}
