package ui

// Today is the first page of a station: one box that finds people, and who is expected.
type Today struct {
	Frame
	// Day is the day in full, "thứ Tư 25/11/2026".
	Day string
	// Session says what is on, "Buổi tiêm tại trạm, 07:30–11:00"; may be empty.
	Session string
	// Query is what was searched for, Found what was found; nil when nothing was searched for.
	Query string
	Found *Found
	// The three parts of the list, each in the order to be called.
	Due, Overdue, Done People
	// Registered is how many people this machine holds; 0 shows how to begin.
	Registered int
	// Watch are the children in their half hour after the needle, those whose time is over first.
	Watch []Watched
}

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
	ID   string
	Mark Mark
	Name string
	Sex  Sex
	Born string // 18/07/2026, 07/2026 or 2026
	Age  string // Catalogue.ShortAge
	// Mother, Hamlet and Phone; empty is shown as unknown.
	Mother, Hamlet, Phone string
	// Grown is true for whom no mother is missed.
	Grown bool
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
}

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

var _ = page("today", "station_today.html", Today{})
