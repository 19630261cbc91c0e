package ui

// Today is the first page of a station: one box that finds people, and who is expected.
type Today struct {
	Frame
	// Day is the day in full, "thứ Tư 25/11/2026".
	Day string
	// Sessions say what is on, "Buổi tiêm tại trạm, 07:30–11:00, 50 người hẹn", each with its page.
	Sessions []Crumb
	// Drafts are forms that were typed and not saved.
	Drafts []DraftLine
	// Query is what was searched for, Found what was found; nil when nothing was searched for.
	Query string
	Found *Found
	Lists
	// Registered is how many people this machine holds; 0 shows how to begin.
	Registered int
	// MayClose shows the way to the end of the session.
	MayClose bool
}

// Lists are who is expected and who is here, by stage. They are also a partial of their own: open pages ask for them every 1.5
// seconds and get nothing while Tag, the ETag of what they hold, still stands (here without its quotes).
type Lists struct {
	Keys FormKeys
	Tag  string
	All  bool // all rows are asked for
	// Who is to come, what is due and what is overdue, each in the order to be called; who waits to be screened, who may be given
	// doses; who is done.
	Due, Overdue, Waiting, Ready, Done People
	// Watch are those in their half hour after the needle, those whose time is over first; Over counts these.
	Watch []Watched
	Over  int
	// Warn is what nobody in the room may miss: vaccines that stopped, reports that wait. It comes with the lists, so that it is on
	// every device as soon as they are.
	Warn []Note
	// MayAct shows the buttons that write.
	MayAct bool
	// Tell makes the partial answer to a form: Said takes the place of what was said above the lists before.
	Tell bool
	Said []Note
}

// FormKeys are what each form carries; see Frame.
type FormKeys struct{ CSRF, Once string }

// Absent counts who is to come.
func (l Lists) Absent() int { return l.Due.Total + l.Overdue.Total }

// People is a part of a list. Total may be more than the rows shown.
type People struct {
	Total int
	Rows  []Person
	// More is where the rest is; may be empty.
	More string
}

// Person is a row in any list of people. Namesakes must differ within the row, so birth date, mother and
// hamlet are always there, or said to be unknown.
type Person struct {
	ID string
	// Messages are the words that call the family, on the worklists.
	Messages []FamilyMessage
	Mark     Mark
	Name     string
	Sex      Sex
	Born     string // 18/07/2026, 07/2026 or 2026
	Age      string // Catalogue.ShortAge
	// Mother, Hamlet and Phone; empty is shown as unknown.
	Mother, Hamlet, Phone string
	// Grown is true for whom no mother is missed.
	Grown bool
	// Twin says that somebody is one of several children of one birth: "Sinh đôi, con thứ 2".
	Twin string
	// Visitor is true for a child of another commune.
	Visitor bool
	// AskHome is true for somebody whose commune was split, and of whom nobody has said in which part they live.
	AskHome bool
	// Doses are what is due, or what was given today; Line is said where there are none.
	Doses []DoseName
	Line  string
	// Note is the small line below: "đủ 18 tháng từ 20/11".
	Note string
	// Code is the end of the person's code, "0181 5941", shown in search results.
	Code string
	// Tried is what came of the attempts to reach them; only worklists say it.
	Tried string
	// Ready makes the button say "Tiêm" instead of "Mở"; Main fills it, for the first row of a list only.
	Ready, Main bool
	// Step is what the button does instead.
	Step Step
}

// Step is what the one button of a row does.
type Step int

// The steps.
const (
	StepOpen   Step = iota // open the record: Ready says for what
	StepArrive             // note that the person is here; the form around the list posts who
	StepScreen             // open the screening
)

// Watched is a child in the half hour after the needle.
type Watched struct {
	ID, Name, Vaccine string
	// Minutes gone of Of; more than Of means time is over.
	Minutes, Of int
}

// Left is how many minutes remain, Over how many are past.
func (w Watched) Left() int { return max(0, w.Of-w.Minutes) }

// Over is how many minutes ago the time was over.
func (w Watched) Over() int { return max(0, w.Minutes-w.Of) }

var (
	_ = page("today", "station_today.html", Today{})
	_ = partial("lists", "station_lists.html", Lists{})
)
