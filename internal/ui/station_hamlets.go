package ui

// Hamlets is the list of hamlets of a station's commune, with who goes round in each, and what people have written that is not in it.
type Hamlets struct {
	Frame
	Rows   []HamletLine
	People int         // in all of them
	Others []HamletBox // written, but in no list; posted as from, ticked
	None   int         // people of whom nobody wrote a hamlet
	Into   Select      // into what they are merged
	Form   HamletForm  // a new one, or the one that is edited
	// MayChange shows the forms.
	MayChange bool
}

// HamletLine is a hamlet of the list.
type HamletLine struct {
	Name, Former  string // Former: what else people have written that means it
	Worker, Phone string
	People        int
	Due, Edit     string // addresses: who is overdue there, and this page with its form
	Current       bool   // it is in the form
}

// HamletBox is a spelling that people have written.
type HamletBox struct {
	Text   string
	People int
	Ticked bool
}

// HamletForm is what is asked about a hamlet. Posted as id, place, seen, name, worker, phone; of one of the hub's list alone id is
// empty.
type HamletForm struct {
	ID, Place, Seen, Was string
	Name, Worker, Phone  Field
	// Into are the hamlets into which this one can be merged; posted with from.
	Into Select
}

var _ = page("hamlets", "station_hamlets.html", Hamlets{})
