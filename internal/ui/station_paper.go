package ui

import "strings"

// PaperDay asks of which day a list is written up.
type PaperDay struct {
	Frame
	Day      Field // day
	Sessions []SessionLine
}

// PaperPage is a session's list, or a day's, as it comes back from paper. Its form posts for each vaccine vlot.CODE, expires.CODE and
// vnone.CODE; for each row by its Key as.KEY, give.KEY (codes) and what PaperMore has; save=all or a key, show=a key, do=find with q,
// do=new, pick=an id; and carries extra (ids), new (keys) and open (keys).
type PaperPage struct {
	Frame
	Title, Where string
	Post, Back   string
	// How says where the order comes from: as it was printed, or as it would have been.
	How  string
	Lots []PaperLot
	// LotsOpen shows the fields of the lots: one is not said yet, or is wrong. Else one line tells them, and the people come first.
	LotsOpen bool
	Rows     []PaperRow
	New      []PaperNew
	Extra    []string
	// Query and Found are the search for somebody who did not stand on the list.
	Query  string
	Sought bool
	Found  []PaperFound
	// Vaccines are all, for what was given and was not due; Givers are who may have given it.
	Givers Select // given_by
	Draft  DraftBox
	Marked int // rows that are filled in and not saved
	Done   int // rows that are on record
}

// PaperLot is the lot of a vaccine for the whole list.
type PaperLot struct {
	Code, Name string
	Lot        Field
	Expires    Field
	Known      []string
	None       bool // nobody wrote it down
}

// PaperRow is somebody on the list.
type PaperRow struct {
	Person
	Key, N string
	Boxes  []PaperBox
	As     bool // as the list says
	// Done says that something of that day is on record; Line says what.
	Done    bool
	Error   string
	Showing bool
	More    PaperMore
}

// PaperBox is a vaccine that is due to somebody.
type PaperBox struct {
	Code   string
	Dose   DoseName
	Ticked bool
	Lot    Field  // lot.KEY.CODE
	Site   Select // site.KEY.CODE
}

// PaperMore is what is rarely written about a row: at.KEY, temp.KEY, weight.KEY, note.KEY, not.KEY, other.KEY and other_lot.KEY.
type PaperMore struct {
	At, Temperature, Weight, Note Field
	NotDone                       Select
	Other                         Select
	OtherLot                      Field
}

// PaperNew is a child who is not in the register yet.
type PaperNew struct {
	Key, N                            string
	Name, Mother, Phone, Born, Hamlet Field
	Sex                               Select
	Boxes                             []PaperBox
	Error                             string
	Candidates                        PaperCandidates
	More                              PaperMore
	HamletNames                       []string
}

// Asked are the controls by which who it may be is looked for, for htmx.
func (n PaperNew) Asked() string {
	names := []string{"csrf", "row"}
	for _, name := range []string{"name", "mother", "phone", "born", "hamlet", "sex", "force", "different"} {
		names = append(names, name+"."+n.Key)
	}
	return strings.Join(names, ",")
}

// PaperCandidates are people who may be a child of a row: a partial named "papercands". pick chooses one; force says that it is none of
// those who are much alike, and different names them.
type PaperCandidates struct {
	Key    string
	Rows   []Candidate
	Likely bool // one of them is so much alike that the child is not entered unless somebody says that it is another
	Force  bool
}

// PaperFound is somebody to be put on the list.
type PaperFound struct {
	ID, Name, Line string
	There          string // the number of their row, if they are on it
}

// Ask is the box to find somebody.
func (p PaperPage) Ask() Field { return Field{Value: p.Query} }

// None are no boxes: a new child's vaccines have no lots of their own.
func (n PaperNew) None() []PaperBox { return nil }

// NoLot lists doses whose lot nobody wrote down, by day and vaccine.
type NoLot struct {
	Frame
	Groups []NoLotGroup
	// Lost are the doses of which somebody said that their lot will never be known.
	Lost []NoLotGroup
	May  bool
	More bool // there are more than are shown
}

// Lots counts the doses of Lost.
func (n NoLot) Lots() (count int) {
	for i := range n.Lost {
		count += len(n.Lost[i].People)
	}
	return count
}

// NoLotGroup are the doses of one vaccine on one day. Its form posts group, dose (ids), lot and expires; or
// with do=lost why, and with do=ask nothing more.
type NoLotGroup struct {
	ID, Vaccine, Day string
	Code             string // of the vaccine
	People           []NoLotLine
	Lot, Expires     Field
	Why              Select // why
	Opened           bool   // that part is shown
	Known            []string
	Error            string
}

// NoLotLine is one dose.
type NoLotLine struct {
	ID, Child, Name, Line string
	Ticked                bool
	Why                   string // why its lot will never be known
}

// paperOf is what a row is drawn from.
type paperOf struct {
	Page PaperPage
	Row  PaperRow
}

func newPaper(page PaperPage, row PaperRow) paperOf { return paperOf{page, row} }

// moreOf is what the rarely written part of a row is drawn from.
type moreOf struct {
	Key   string
	More  PaperMore
	Boxes []PaperBox
}

func newMore(key string, more PaperMore, boxes []PaperBox) moreOf { return moreOf{key, more, boxes} }

var (
	_ = page("paperday", "station_paperday.html", PaperDay{})
	_ = page("nolot", "station_nolot.html", NoLot{})
	_ = page("papersheet", "station_papersheet.html", PaperPage{})
	_ = partial("papercands", "station_papercands.html", PaperCandidates{})
)
