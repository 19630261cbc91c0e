package ui

// Births is a shift of a delivery room: who was born in it, with the first doses, and the form for the next birth. The shift is on, from
// and until, which each form sends along.
//
// The form for a birth is posted to PathBirths: mother_id, mother, mother_year, phone, commune, hamlet, hbsag, screening, and for each
// child sex.N, weight.N, clock.N and, for each vaccine V, given.V.N, lot.V.N and not.V.N. What a row lacks is posted to PathBirths +
// "/dose": who, screening, and given.V, lot.V, not.V.
type Births struct {
	Frame
	Title           string
	Shifts          []Shift
	On, From, Until Field // of the shift
	May             bool
	Form            DeliveryForm
	Rows            []BirthRow
	Vaccines        []string // heads of the columns
	Counts          []Fact
}

// Shift is one shift to choose.
type Shift struct {
	Href, Name string
	Current    bool
}

// DeliveryForm is the form for one birth.
type DeliveryForm struct {
	Mother, Year, Phone Field
	MotherID, Hint      string
	Expecting           []Kin // women who may be the mother
	Commune             Communes
	Hamlet              Hamlet
	HBsAg, Screening    Select
	Babies              []DeliveredFields
	More                bool // the further children are shown
	Seen                string
	Force               bool
	NotThem             bool // none of Expecting is the mother
	Candidates          []Candidate
	Top                 string // what is wrong with the whole
}

// First is the first child, Further those after it.
func (f DeliveryForm) First() []DeliveredFields { return f.Babies[:min(1, len(f.Babies))] }

// Further are the children after the first.
func (f DeliveryForm) Further() []DeliveredFields { return f.Babies[min(1, len(f.Babies)):] }

// DeliveredFields are the controls of one child.
type DeliveredFields struct {
	N, Title      string
	Sex           Select
	Weight, Clock Field
	Doses         []BirthDoseFields
}

// BirthDoseFields are the controls of one dose at birth. ID ends their names: "VGB0.1", or "VGB0" in a row.
type BirthDoseFields struct {
	ID, Key    string // Key: of the element, as a page may have the same name more than once
	Name       string
	Given, Lot Field
	Lots       []string
	Not        Select
}

// BirthRow is one newborn.
type BirthRow struct {
	ID, Name, Twin, Code, Born, Weight string
	Sex                                Sex
	Home, Mother, Phone                string
	Mark                               Mark
	Cells                              []BirthCell
	Open                               []BirthDoseFields // what is still to be written down
	Screening                          Select
	Typed                              bool // the form was sent and came back
	Error                              string
}

// BirthCell is what stands of one dose: when and from which lot, or why not.
type BirthCell struct {
	Dose, At, Lot, Not string
	Mark               Mark // while it runs out
}

// Slip is what a mother takes home from the delivery room, on A5. It is always in Vietnamese.
type Slip struct {
	Frame
	ID, Name, Code, QR      string
	Born, Sex, Twin, Weight string
	Mother, Home, Made      string
	Given                   []PaperDose
	Next                    []PaperDose // Name: what, On: from when
	Where, WherePhone       string
}

// Twin is the form for another child of one birth: posted as sex, weight, clock, name.
type Twin struct {
	Frame
	ID, Name, Line           string
	Shared                   []Fact // what is taken over
	Sex                      Select
	Weight, Clock, ChildName Field
	Force                    bool
	Candidates               []Candidate
}

// TieMother ties a child to its mother's own record: posted as q, then as to, or untie=1.
type TieMother struct {
	Frame
	ID, Name, Line string
	Tied           *Kin // whose record it is tied to
	Query          Field
	Rows           []Person
	Seen           string
	Sought         bool
}

// Mothers are women of the register who may be the mother that is typed: a partial named "mothers". fill chooses one.
type Mothers struct{ Women []Kin }

var (
	_ = partial("mothers", "station_mothers.html", Mothers{})
	_ = page("births", "station_births.html", Births{})
	_ = page("slip", "station_slip.html", Slip{})
	_ = page("twin", "station_twin.html", Twin{})
	_ = page("tie", "station_tie.html", TieMother{})
)
