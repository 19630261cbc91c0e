package ui

// Sessions is the plan of a station's vaccination sessions.
type Sessions struct {
	Frame
	Coming, Past []SessionLine
	// MayPlan lets a form stand there; it posts the fields of SessionForm, and day or monthly with months.
	MayPlan bool
	New     SessionForm
	Day     Field
	Monthly Field
	Months  Select
}

// SessionLine is a session in a list.
type SessionLine struct {
	Href  string
	Mark  Mark
	Day   string // thứ Bảy 05/12/2026
	Hours string // 07:30–11:00
	Where string
	What  string // whom it is for and what is given, where that is not everybody and everything
	Note  string // why it was moved or cancelled
	// Booked of Places have an hour; Untold must be told of a change; Doses were given.
	Booked, Places, Untold, Doses int
	Over                          bool // its day has come
}

// SessionForm is how a session is held.
type SessionForm struct {
	Place                               Select // one option: not asked
	From, Until, Site, Capacity, Online Field
	Setting                             Select
	Hamlets, Vaccines                   []Box
	HamletsError, VaccinesError         string
	Note                                Field
	Opened                              bool // the rarely used part
}

// SessionPage is one session and its people.
type SessionPage struct {
	Frame
	SessionLine
	ID    string
	Title string // Buổi tiêm thứ Bảy 05/12/2026
	Live  bool   // it takes place, and its day is not past
	// MayPaper shows the way to write it up from paper; Drafts are what is begun of that.
	MayPaper bool
	Drafts   []DraftLine
	// Called are those with an hour, Open those without one; More is where the rest of these are.
	Called []CalledRow
	Open   []CalledRow
	Total  int // of Open
	More   string
	// Hamlets of Open may be ticked to be called first; posted as first.
	Hamlets []HamletTick
	Left    int // places left
	// Untold must be told of a change.
	UntoldRows []CalledRow
	MayChange  bool
	Seen       string
	Form       SessionForm
	// MoveDay, MoveFrom, MoveUntil and MoveWhy put it off, CancelWhy cancels it.
	MoveDay, MoveFrom, MoveUntil, MoveWhy, CancelWhy Field
	OpenEdit, OpenMove, OpenCancel                   bool
}

// HamletTick is a hamlet with people without an hour.
type HamletTick struct {
	Key, Name string
	People    int
	Ticked    bool
}

// CalledRow is somebody on a session's list.
type CalledRow struct {
	Person
	At     string // 08:30
	Told   string // the day their family was told, where that is another
	Change string // where the hour can be changed; may be empty
	// Editing shows the form for the hour: at, or off=1 to take them off.
	Editing bool
	Field   Field
	Booked  bool
}

// SessionSheet is a session's list on paper, to be filled in by hand.
type SessionSheet struct {
	Frame
	Title, Hours, Where string
	Made                string // for whom and what it was printed
	Lots                []LotWord
	Rows                []SheetRow
	Blank               []int // empty rows
}

// LotWord is a lot in hand.
type LotWord struct{ Vaccine, Lot, Expires string }

// SheetRow is somebody on the sheet.
type SheetRow struct {
	N int
	// Code is the whole one, Tail its end.
	At, Code, Tail, Name       string
	Sex                        Sex
	Born, Mother, Where, Phone string
	Doses                      []DoseName
}

// Lots is which lot of each vaccine is in hand.
type Lots struct {
	Frame
	Rows  []LotLine
	Other []LotLine // vaccines of which this place has none
	May   bool
}

// LotLine is one vaccine. Its form posts vaccine, and lot, a known number, or number with expires.
type LotLine struct {
	Vaccine, Name string
	Stock         string // whose it is: epi or paid; posted as stock
	Stocks        Select
	Other         bool // of the stock that this place does not give mostly
	Mark          Mark
	Lot, Expires  string
	Note          string
	Choices       []LotChoice
	Number, Until Field
	Open          bool
}

// LotChoice is a lot that is known here.
type LotChoice struct{ Number, Text string }

var (
	_ = page("sessions", "station_sessions.html", Sessions{})
	_ = page("session", "station_session.html", SessionPage{})
	_ = page("sessionsheet", "station_sheet.html", SessionSheet{})
	_ = page("lots", "station_lots.html", Lots{})
)

// callOf is what the form for one person's hour is drawn from.
type callOf struct {
	Page SessionPage
	Row  CalledRow
}

func newCall(page SessionPage, row CalledRow) callOf { return callOf{page, row} }

// lotOf is what a vaccine's line is drawn from.
type lotOf struct {
	Page Lots
	Line LotLine
}

func newLot(page Lots, line LotLine) lotOf { return lotOf{page, line} }
