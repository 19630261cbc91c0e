package ui

// PregnancyFields are the controls about a pregnancy, posted as due, period, tetanus, tetanus_year, tetanus_from, hbsag.
type PregnancyFields struct {
	Due, Period Field
	Count, Year Field // tetanus doses of which no date is known
	From, HBsAg Select
	Derived     string // the day of birth that was worked out from the last period
}

// Grown is the form for somebody of school age or grown and, with Pregnancy, for a woman who expects a child.
type Grown struct {
	Frame
	Pregnancy *PregnancyFields
	Name, Born, OwnPhone,
	PersonalNo, Guardian, GuardianTel,
	Ethnic, Insurance, Note Field
	Admin      Admin
	Sex        Select
	Hamlet     Hamlet
	Commune    Communes
	Opened     bool
	Force      bool
	Candidates Candidates
}

// Path is where the form is posted to.
func (g Grown) Path() string {
	if g.Pregnancy != nil {
		return PathPregnant
	}
	return PathGrown
}

var _ = page("grown", "station_grown.html", Grown{})

// Women lists who expects a child.
type Women struct {
	Frame
	Total     int
	Tetanus   bool // only those who are to have a tetanus dose
	Wanting   int  // how many those are
	Parts     []WomenPart
	Protected int    // of Total would be protected at birth
	AllHref   string // the page with all Listed, "" where they are here
	Listed    int
}

// WomenPart is the women of one week, or those whose day is past or not known.
type WomenPart struct {
	ID, Title, Note string
	Late            bool
	Rows            []WomanRow
}

// WomanRow is one woman in the list.
type WomanRow struct {
	ID, Name, Born, Age, Hamlet, Phone string
	Visitor                            bool
	Due                                string
	Week                               int // of the pregnancy
	Tetanus                            Mark
	Dose                               []DoseName // that is next
	Protection                         Mark
	Soon                               bool // the birth may be written down
	Main                               bool
}

var _ = page("women", "station_women.html", Women{})

// PregnancyPage is the form for a woman who is in the register: that she expects a child, and what is known about it.
type PregnancyPage struct {
	Frame
	ID, Name, Line string
	Known          bool // she is listed as pregnant already
	Pregnancy      PregnancyFields
	Seen           string
}

var _ = page("pregnancy", "station_pregnancy.html", PregnancyPage{})

// BirthPage is the form for the end of a pregnancy: posted as end, born, birth_place, died, and for each child sex.N,
// weight.N, clock.N, name.N. With Candidates the form was sent, and somebody is in the register who may be the child.
type BirthPage struct {
	Frame
	ID, Name, Line, Due string
	Protection          Mark
	End                 Select
	Born                Field
	BirthPlace          Select
	Babies              []BabyFields
	More                bool // the further children are shown
	Died                bool
	Seen                string
	Force               bool
	Candidates          []Candidate
}

// BabyFields are the controls of one child.
type BabyFields struct {
	N                   string // 1, 2, 3
	Title               string
	Sex                 Select
	Weight, Clock, Name Field
}

// First is the first child.
func (p BirthPage) First() []BabyFields { return p.Babies[:min(1, len(p.Babies))] }

// Further are the children after the first.
func (p BirthPage) Further() []BabyFields { return p.Babies[min(1, len(p.Babies)):] }

var _ = page("birth", "station_birth.html", BirthPage{})
