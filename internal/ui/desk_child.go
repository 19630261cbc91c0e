package ui

import "slices"

// Child is the page of one person: who they are, what may be given now and from which lot, and the book.
type Child struct {
	Frame
	ID   string
	Name string
	Sex  Sex
	Born string // 18/07/2026, with the hour for a newborn
	Age  string // Catalogue.Age
	// Mother, Phone and Home (hamlet and commune); empty is shown as unknown.
	Mother, Phone, Home string
	Code                string
	// Grown says that nobody asks for a mother's name any more.
	Grown bool
	// Family is who the person is tied to, and what follows from it.
	Family Family
	// Kid offers to register another child of the birth and to tie the record to the mother's, Slip what she takes home.
	Kid, Slip bool
	// Pregnant offers to write down that a woman expects a child.
	Pregnant bool
	// More is a line of the rest: "dân tộc Thái, BHYT TE1".
	More string
	// Marks are what must not be overlooked: MarkAllergy, MarkTwin, MarkAway with their Text.
	Marks []Mark
	// Records is from how many linked records the page is put together; shown from two on.
	Records int
	// CanLink says that the caller may take linked records apart.
	CanLink bool
	Two     []TwoValues
	Give    Give
	Book    Book
	Next    []NextDose
	// Consents shows the ways to what was said about the uses of the data, told in one line in Consent, and to asking
	// something about them; Requests are those that wait or restrict. Looks shows the way to who looked.
	Consents bool
	Consent  string
	Requests []Crumb
	Looks    bool
	// React shows the way to take a reaction down, Reactions are those on record.
	React     bool
	Reactions []ChildReaction
	// Paper shows the way to the record on paper.
	Paper bool
	// Back is the address forms of this page come back to; usually the page itself.
	Back string
	// ReadOnly leaves out everything that writes, for those who may only look.
	ReadOnly bool
	// CanEdit shows the way to the form of who the person is: at a hub a head may correct that, too.
	CanEdit bool
	// Booking is to which sessions somebody is called, and which are offered; nil: none can be booked here.
	Booking *BookSession
	// Messages are the words that call the family, to be copied.
	Messages []FamilyMessage
}

// ChildReaction is a reaction on a child's page: what was seen, and how it stands.
type ChildReaction struct {
	Href, Text, Line string
	Mark             Mark
}

// TwoValues is a field that was given two values at once by people who did not know of each other.
type TwoValues struct {
	Case          Case   // on the review page
	Entity, Field string // what is sent back
	// Label names the field as in "Hai giá trị: số điện thoại".
	Label  string
	Values []OneValue
	// Seen is what the page knew, sent back so that a third value is noticed.
	Seen string
	// Name and Line tell whose field it is, on the review page.
	ID, Name, Line string
}

// OneValue is one of two values, with who wrote it, where and when.
type OneValue struct{ Choice, Value, Who string }

// Give is the panel of today's doses; posted to …/visit.
type Give struct {
	// Draft keeps the form while it is typed.
	Draft DraftBox
	Lines []GiveLine
	// News says how fresh the knowledge about this child is: "tin về bé mới đến 06:58 hôm nay".
	News string
	// Doubt says why there may be doses that the register does not know, Question what to ask; Checked is posted
	// as checked: what answered it.
	Doubt, Question string
	Checked         Select
	// Against is posted as against: why something is given that the schedule speaks against.
	Against Field
	// Visit is how far the person is today.
	Visit VisitLine
	// Screening is posted as screening, unless it was done; Temperature as temperature, degrees.
	Screening   Select
	Temperature Field
	// On is the day of giving, posted as on; today unless changed.
	On Field
	// NextDate is when to come again, posted as next; Proposed is the day in words: "thứ Sáu 25/12/2026".
	NextDate Field
	Proposed string
	// Computed is the next date that the page put there by itself, posted as computed: without a dose it is not
	// worth saving.
	Computed string
	// Other are the vaccines that are not proposed, for the part "Ghi mũi khác" (posted as other, with
	// other_on, other_lot, other_expires, other_source).
	Other        Select
	OtherOn      Field
	OtherLot     Field
	OtherExpires Field
	Source       Select
	// Programme is posted as other_programme: a campaign's dose does not move the schedule. Empty: that under which
	// the vaccine is mostly given.
	Programme Select
	// Pay asks at a clinic who paid, posted as pay; Receipt is posted as receipt. nil elsewhere.
	Pay     *Select
	Receipt Field
	// NotDone are the reasons for giving nothing, posted as not_done; Note as note.
	NotDone Select
	Note    Field
	// Error is the sentence above the panel when nothing could be saved.
	Error string
	// Twin stands beside the button that saves, so that nothing goes to the other child of one birth.
	Twin *TwinSave
	// Seen is what the page knew of the child, sent back.
	Seen string
	// Done is true when all for today is given.
	Done bool
}

// VisitLine is one line on where somebody stands in today's session.
type VisitLine struct {
	// Text says it: "Đến 08:52, chờ khám". Mark is the conclusion once there is one.
	Text string
	Mark Mark
	// Screened is true once there is a conclusion: it is not asked for again.
	Screened bool
	// CanArrive, CanScreen, CanSign and CanBack show the ways on and back; Shown, the conclusion, and Stage are posted as shown.
	CanArrive, CanScreen, CanSign, CanBack bool
	Shown, Stage                           string
	// Back says what the way back undoes: "Chưa đến lại".
	Back string
	// Send is the word on the button that ends the watch; empty: nobody is watched. It posts to PathSend.
	Send string
}

// Verdict says whether a dose may be given now.
type Verdict int

// The verdicts.
const (
	VerdictYes Verdict = iota
	VerdictAsk
	VerdictNo
	// VerdictOpen says nothing about it: who gives the dose decides.
	VerdictOpen
)

// GiveLine is one vaccine in the panel. Its fields are posted as give (the vaccine's code, if ticked) and
// lot.CODE, expires.CODE, site.CODE, number.CODE, not.CODE.
type GiveLine struct {
	Vaccine string // code
	Dose    DoseName
	Verdict Verdict
	// Mark is MarkSafe, MarkSafeOral, MarkDue, MarkOverdue, MarkAsk, MarkNo or MarkEarly.
	Mark Mark
	// Reason says why: "30 ngày sau mũi 2 (ít nhất 28)". Volume is how much: "0,5 ml".
	Reason, Volume string
	Ticked         bool
	Lot            Field
	// Lots are the lots last used here, the one to use first on top.
	Lots    []string
	Expires Field
	// Site is empty for an oral vaccine.
	Site Select
	// Not is posted as not.CODE: why nothing is given, while others of the visit are.
	Not Select
}

// Anyway says that the line is for who gives it against the verdict, with a reason.
func (l GiveLine) Anyway() bool { return l.Verdict == VerdictNo }

// Refusals reports whether a line speaks against a vaccine.
func (g Give) Refusals() bool { return slices.ContainsFunc(g.Lines, GiveLine.Anyway) }

// Asks reports whether a line has to be asked about first.
func (g Give) Asks() bool {
	return slices.ContainsFunc(g.Lines, func(l GiveLine) bool { return l.Verdict == VerdictAsk })
}

// OpenLot says whether lot and place on the body must be shown for typing: when one is missing or wrong, or why nothing is given is told.
// Otherwise they stand in one line, and a touch changes them.
func (l GiveLine) OpenLot() bool {
	return l.Verdict == VerdictYes && l.Lot.Value == "" || l.Not.Value+l.Not.Error+l.Lot.Error != "" || l.Expires.Error != "" || l.Site.Error != ""
}

// SiteWord is the chosen place on the body, in words.
func (l GiveLine) SiteWord() string { return l.Site.word() }

// Class is the class of the line: the tone of its edge.
func (l GiveLine) Class() string {
	switch l.Verdict {
	case VerdictAsk:
		return "n-ask"
	case VerdictNo:
		return "never"
	case VerdictOpen:
		return "open"
	}
	return "yes"
}

// Book is the grid of vaccine and dose, as on the card.
type Book struct {
	// Columns is the highest number of doses.
	Columns int
	Rows    []BookRow
	// Other are doses outside the series: campaigns, paid vaccines without a row.
	Other []OtherDose
	// Note stands in the caption.
	Note string
}

// Numbers counts the columns.
func (b Book) Numbers() []int {
	list := make([]int, b.Columns)
	for i := range list {
		list[i] = i + 1
	}
	return list
}

// BookRow is a vaccine; Short is its name on a phone. Cells are as many as the series has doses.
type BookRow struct {
	Name, Short string
	Cells       []BookCell
}

// CellKind is what a cell of the book shows.
type CellKind int

// The kinds of cell.
const (
	CellEmpty   CellKind = iota // not part of the series
	CellDone                    // given
	CellNow                     // may be given today
	CellAsk                     // ask first
	CellWait                    // later; Text says from when
	CellNotDone                 // refused or postponed
	CellInvalid                 // given, but does not count
)

// BookCell is one dose in the book.
type BookCell struct {
	Kind CellKind
	// ID is the recorded dose, which the date links to.
	ID   string
	Date string
	Tick Tick
	// Text is the small line: place and lot, or from when, or why not.
	Text string
}

// OtherDose is a dose without a place in the grid.
type OtherDose struct {
	ID, Name, Date, Text string
	Tick                 Tick
}

// NextDose is a dose that comes later.
type NextDose struct {
	Doses []DoseName
	Line  string
	Mark  Mark
}

var _ = page("child", "desk_child.html", Child{})

// FamilyMessage is a text to be copied, in a language; ID is that of its field.
type FamilyMessage struct{ ID, Lang, Text string }

// BookSession is to which sessions a person is called, and the next ones with places left. Posted to …/book as session, at, from; off=1
// takes them off.
type BookSession struct {
	Called, Offers []BookSlot
}

// BookSlot is a session and an hour in it.
type BookSlot struct {
	Session, At string
	Text        string // "05/12 08:30"
	Day, Where  string
}
