package ui

// Family is who a person is tied to, on their page.
type Family struct {
	Pregnant *Pregnant
	Naming   *Naming
	// Protection is whether a child was protected against tetanus at birth.
	Protection *Mark
	People     []Kin
	Moved      []MovedDose
}

// Any says whether there is anything to show.
func (f Family) Any() bool {
	return f.Pregnant != nil || f.Naming != nil || f.Protection != nil || len(f.People) > 0 || len(f.Moved) > 0
}

// Pregnant is a pregnancy: when the birth is expected, and whether the child would be protected against tetanus.
type Pregnant struct {
	Due        string // "28/11/2026", empty if nobody knows
	Period     string // first day of the last period, empty if nobody knows
	Weeks      int    // of the pregnancy, today
	Protection Mark
	Doses      string // "2 mũi uốn ván đã tính"
	CanEdit    bool
}

// Naming is the form that gives a newborn its name, posted to …/name as name.
type Naming struct {
	Name Field
	Seen string
}

// Kin is somebody of the family: the mother, a child, another child of one birth.
type Kin struct{ ID, Label, Name, Line string }

// MovedDose is a dose that was written here by mistake and is on another record now.
type MovedDose struct {
	Text   string
	ID     string // of the dose; empty if it is not here
	To, At string // name and id of whose it is, if they may be told
}

// TwinSave is what stands beside the button that saves on the page of one of several children of a birth.
type TwinSave struct {
	Line, Name, Born, Mother string
	Others                   []Kin
}
