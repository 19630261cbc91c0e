package ui

// The worklists of a station.
const (
	DueWeek    = "due"     // due now or in the week to come
	DueOverdue = "overdue" // late, and still possible
	DueZero    = "zero"    // children without a first dose against diphtheria, tetanus and pertussis
	DueMissed  = "missed"  // too old for it by now
)

// Due is a worklist of a station: whom the schedule asks for, a row each.
type Due struct {
	Frame
	List string // one of the lists
	// Until is the last day looked at, dd/mm/yyyy; Day is today.
	Day, Until string
	Tabs       []DueTab
	// Vaccine and Hamlet narrow the list; posted by GET as vaccine and hamlet. All is where everybody is.
	Vaccine, Hamlet Select
	// Worker and Came narrow it too (who goes round in the hamlet, what came of the last attempt); By groups it.
	Worker, Came, By Select
	// Phone narrows it to those of whom no number is known; posted as phone.
	Phone    Select
	Filtered bool
	All      string
	// Groups are the rows of People once more, by hamlet or by who goes round there.
	Groups []DueGroup
	People People
	// Late counts the list of those overdue by vaccine and days.
	Late []LateLine
	// Registered is how many people this machine holds, Schedule says that a schedule is in force.
	Registered int
	Schedule   bool
	// Print leads to the list for printing; Made says on that one for whom it was made.
	Print, Made string
	// Workers and Letters lead to the lists a health worker and the letters to families, for printing.
	Workers, Letters string
	// Cards leads to a card for each of them, as PDF.
	Cards string
	// Contact is the form under each row for an attempt to reach somebody; without results there is none.
	Contact ContactForm
	// Later counts those who are not asked for before some day, as somebody wrote; AllHref shows them with the others, Shown says
	// that they are.
	Later   int
	AllHref string
	Shown   bool
}

// Row is what the template "contactrow" needs.
func (d Due) Row(p Person) contactRow { return contactRow{d.Frame, p, d.Contact} }

type contactRow struct {
	Frame  Frame
	Person Person
	Form   ContactForm
}

// DueGroup is a part of a list with its head; without a Title it has none.
type DueGroup struct {
	Title, Note, Phone string
	Count              int
	Rows               []Person
}

// LateLine is how many people are overdue for a vaccine: for up to 7, 30 and 90 days, and longer.
type LateLine struct {
	Vaccine, Href string
	Counts        []int
	Total         int
}

// DueTab leads to a worklist and counts its people.
type DueTab struct {
	List, Href string
	Count      int
	Current    bool
}

var _ = page("due", "station_due.html", Due{})
