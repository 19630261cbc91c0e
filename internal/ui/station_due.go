package ui

// The worklists of a station.
const (
	DueWeek    = "due"     // due now or in the week to come
	DueOverdue = "overdue" // late, and still possible
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
	Filtered        bool
	All             string
	People          People
	// Registered is how many people this machine holds, Schedule says that a schedule is in force.
	Registered int
	Schedule   bool
	// Print leads to the list for printing; Made says on that one for whom it was made.
	Print, Made string
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

// DueTab leads to a worklist and counts its people.
type DueTab struct {
	List, Href string
	Count      int
	Current    bool
}

var _ = page("due", "station_due.html", Due{})
