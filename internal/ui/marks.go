package ui

import (
	"html"
	"html/template"
	"strings"

	"tramy/internal/locale"
)

// MarkKind is a status; it decides shape, colour and word together, so that colour never stands alone.
type MarkKind string

// Mark is a status as it stands in the margin. N and At fill the places in its word (26 in "Quá 26 ngày",
// 08:52 in "Xong 08:52"); Text, if there is one, is said instead of the word. The zero Mark draws nothing.
type Mark struct {
	Kind MarkKind
	N    int
	At   string
	Text string
}

// The statuses of a person.
const (
	MarkDone      MarkKind = "done"      // everything for today is given; At: when
	MarkDue       MarkKind = "due"       // may be given today
	MarkOverdue   MarkKind = "overdue"   // N days past the recommended age
	MarkBooked    MarkKind = "booked"    // At: the hour
	MarkLater     MarkKind = "later"     // nothing due yet
	MarkComplete  MarkKind = "complete"  // has all for this age
	MarkElsewhere MarkKind = "elsewhere" // belongs to another place
	MarkAway      MarkKind = "away"      // moved, absent or died: not to be called
	MarkMissed    MarkKind = "missed"    // too old for it by now
)

// The verdicts and signs of a dose.
const (
	MarkSafe     MarkKind = "safe"     // may be injected
	MarkSafeOral MarkKind = "safeoral" // may be swallowed
	MarkAsk      MarkKind = "ask"      // ask before the needle
	MarkNo       MarkKind = "no"       // must not be given
	MarkEarly    MarkKind = "early"    // not old enough yet
	MarkAllergy  MarkKind = "allergy"  // Text: what against
	MarkTwin     MarkKind = "twin"     // one of a multiple birth
	MarkVoid     MarkKind = "void"     // entered in error
	MarkInvalid  MarkKind = "invalid"  // given, but does not count; Text: why
	MarkNotDone  MarkKind = "notdone"  // refused or postponed
)

// The signs of review and of search for duplicates.
const (
	MarkTwo     MarkKind = "two"     // two values
	MarkAlike   MarkKind = "alike"   // very likely one person
	MarkSimilar MarkKind = "similar" // perhaps one person
	MarkSame    MarkKind = "same"    // Text: what agrees
	MarkDiffers MarkKind = "differs" // Text: what does not
	MarkRefused MarkKind = "refused" // the hub did not take it
	MarkHeld    MarkKind = "held"    // waiting for something else to arrive, or for somebody to decide
	MarkForked  MarkKind = "forked"  // a machine ran twice or was set back
)

// The signs of exchange, of stations and of figures.
const (
	MarkOK       MarkKind = "ok"       // exchange finished
	MarkHalf     MarkKind = "half"     // broke off half way
	MarkNoLink   MarkKind = "nolink"   // nobody answered
	MarkBusy     MarkKind = "busy"     // under way
	MarkSilent   MarkKind = "silent"   // N days without a word
	MarkNever    MarkKind = "never"    // not heard from yet
	MarkOnTime   MarkKind = "ontime"   // heard when expected
	MarkClock    MarkKind = "clock"    // clock is wrong
	MarkNoBackup MarkKind = "nobackup" // no verified backup for a week
	MarkOld      MarkKind = "old"      // old version of the program
	MarkUnlike   MarkKind = "unlike"   // fingerprint differs from the centre
	MarkEqual    MarkKind = "equal"    // fingerprint equal
	MarkUnknown  MarkKind = "unknown"  // not compared yet
	MarkUnheard  MarkKind = "unheard"  // figures miss a station
	MarkLow      MarkKind = "low"      // below the target
	MarkNear     MarkKind = "near"     // nearly there
	MarkReached  MarkKind = "reached"  // there
	MarkInForce  MarkKind = "inforce"  // a device or account that works
	MarkRevoked  MarkKind = "revoked"  // a device that may no longer exchange
	MarkDisabled MarkKind = "disabled" // an account nobody can log in with
	MarkCut      MarkKind = "cut"      // demo: the line is cut
	MarkSlow     MarkKind = "slow"     // demo: the line is slow
)

// marks says how each status looks: the tone (a class for colour) and the shape.
var marks = map[MarkKind]struct{ tone, shape, key string }{
	MarkDone: {"ok", "ok", "mark.done"}, MarkDue: {"due", "due", "mark.due"},
	MarkOverdue: {"late", "late", "mark.overdue"}, MarkBooked: {"", "book", "mark.booked"},
	MarkLater: {"", "later", "mark.later"}, MarkComplete: {"ok", "ok", "mark.complete"},
	MarkElsewhere: {"", "later", "mark.elsewhere"}, MarkAway: {"off", "off", "mark.away"}, MarkMissed: {"off", "no", "mark.missed"},

	MarkSafe: {"ok", "ok", "mark.safe"}, MarkSafeOral: {"ok", "ok", "mark.safeoral"},
	MarkAsk: {"ask", "ask", "mark.ask"}, MarkNo: {"late", "no", "mark.no"}, MarkEarly: {"late", "no", "mark.early"},
	MarkAllergy: {"ask", "ask", "mark.allergy"}, MarkTwin: {"ask", "ask", "mark.twin"},
	MarkVoid: {"off", "no", "mark.void"}, MarkInvalid: {"late", "no", "mark.invalid"}, MarkNotDone: {"off", "later", "mark.notdone"},

	MarkTwo: {"ask", "two", "mark.two"}, MarkAlike: {"ask", "ask", "mark.alike"}, MarkSimilar: {"", "later", "mark.similar"},
	MarkSame: {"ok", "ok", "mark.same"}, MarkDiffers: {"off", "no", "mark.differs"},
	MarkRefused: {"late", "no", "mark.refused"}, MarkHeld: {"", "wait", "mark.held"}, MarkForked: {"ask", "ask", "mark.forked"},

	MarkOK: {"ok", "ok", "mark.ok"}, MarkHalf: {"ask", "ask", "mark.half"}, MarkNoLink: {"off", "off", "mark.nolink"},
	MarkBusy: {"", "wait", "mark.busy"}, MarkSilent: {"late", "off", "mark.silent"}, MarkNever: {"off", "later", "mark.never"},
	MarkOnTime: {"ok", "ok", "mark.ontime"}, MarkClock: {"ask", "ask", "mark.clock"}, MarkOld: {"ask", "ask", "mark.old"},
	MarkNoBackup: {"ask", "ask", "mark.nobackup"},
	MarkUnlike:   {"late", "no", "mark.unlike"}, MarkEqual: {"ok", "ok", "mark.equal"}, MarkUnknown: {"", "later", "mark.unknown"},
	MarkUnheard: {"off", "off", "mark.unheard"}, MarkLow: {"late", "late", "mark.low"}, MarkNear: {"ask", "ask", "mark.near"},
	MarkReached: {"ok", "ok", "mark.reached"}, MarkInForce: {"ok", "ok", "mark.inforce"},
	MarkRevoked: {"off", "no", "mark.revoked"}, MarkDisabled: {"off", "no", "mark.disabled"},
	MarkCut: {"off", "off", "mark.cut"}, MarkSlow: {"ask", "wait", "mark.slow"},
}

func (m Mark) tone() string  { return marks[m.Kind].tone }
func (m Mark) shape() string { return marks[m.Kind].shape }
func (m Mark) word(words *locale.Catalogue) string {
	if m.Text != "" {
		return m.Text
	}
	if m.Kind == MarkOverdue && m.N == 0 {
		return words.T("mark.overdue_today")
	}
	return strings.TrimSpace(words.T(marks[m.Kind].key, "n", m.N, "at", m.At))
}

// Tick says how far something has travelled.
type Tick int

// The ticks: ○ on this machine only, ✓ the hub has it, ✓✓ the centre has it.
const (
	TickHere Tick = iota
	TickHub
	TickCentre
)

// Sex of a person.
type Sex int

// The sexes. Male and female are counted as the registry counts them; anything else is not known.
const (
	SexUnknown Sex = iota
	SexMale
	SexFemale
)

func (s Sex) word(words *locale.Catalogue) string {
	switch s {
	case SexMale:
		return words.T("sex.male")
	case SexFemale:
		return words.T("sex.female")
	}
	return words.T("sex.unknown")
}

// DoseName names one dose of a series: 5 trong 1 mũi 3; swallowed ones are counted "lần". Number 0 is a
// dose outside the series, named without a number.
type DoseName struct {
	Vaccine string // as on the card: "5 trong 1"
	Number  int
	Oral    bool
}

func (d DoseName) number(words *locale.Catalogue) string {
	switch {
	case d.Number == 0:
		return ""
	case d.Oral:
		return words.T("dose.oral", "n", d.Number)
	}
	return words.T("dose.number", "n", d.Number)
}

func (d DoseName) word(words *locale.Catalogue) string {
	if n := d.number(words); n != "" {
		return d.Vaccine + " " + n
	}
	return d.Vaccine
}

// doseNames lists doses with the vaccine in bold: the word a nurse looks for.
func doseNames(list []DoseName, words *locale.Catalogue) template.HTML {
	parts := make([]string, len(list))
	for i, d := range list {
		parts[i] = "<b>" + html.EscapeString(d.Vaccine) + "</b>"
		if n := d.number(words); n != "" {
			parts[i] += " " + html.EscapeString(n)
		}
	}
	return template.HTML(strings.Join(parts, ", "))
}
