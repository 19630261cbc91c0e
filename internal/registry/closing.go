package registry

import (
	"strconv"
	"strings"

	p "tramy/syncproto"
)

// A closing says that a month's report was handed in, and keeps what was handed in. It is written once and never amended: nobody has a
// right to. What is mended afterwards shows in the report of the same month made anew, beside it; a second closing is a correction, with a reason.

// Fields of a closing (210). Its place (3) is the station whose ledger was closed.
const (
	ClosingMonth    p.Field = 10 // int, day number of the month's first day
	ClosingDay      p.Field = 11 // int, day number on which it was closed
	ClosingClock    p.Field = 12 // int, minutes after midnight
	ClosingHash     p.Field = 13 // text: SHA-256 of what was kept, before it was packed, in hexadecimal digits
	ClosingReasons  p.Field = 14 // list of text, one a difference: see Settled
	ClosingCorrects p.Field = 15 // ref to the closing that it corrects
	ClosingWhy      p.Field = 16 // text: why it was closed once more
	ClosingPacked   p.Field = 20 // bytes: what was kept, packed; goes on in the fields after it, ClosingPartsMax in all
)

// Limits of a closing.
const (
	ClosingPartsMax     = 4
	ClosingPartBytesMax = 16 << 10                              // what one value may hold, see syncproto
	ClosingBytesMax     = ClosingPartsMax * ClosingPartBytesMax // packed; a month of 60 lots takes 4 KB
	ClosingReasonsMax   = 300
)

var closingFields = []FieldInfo{
	{KindClosing, p.FieldPlace, "place", Soft, TypeRef, nil},
	{KindClosing, ClosingMonth, "month", Soft, TypeDay, nil},
	{KindClosing, ClosingDay, "day", Soft, TypeDay, nil},
	{KindClosing, ClosingClock, "minute", Soft, TypeClock, nil},
	{KindClosing, ClosingHash, "hash", Soft, TypeText, nil},
	{KindClosing, ClosingReasons, "reasons", Soft, TypeTexts, nil},
	{KindClosing, ClosingCorrects, "corrects", Soft, TypeRef, nil},
	{KindClosing, ClosingWhy, "why", Soft, TypeText, nil},
	{KindClosing, ClosingPacked, "packed", Soft, TypeBytes, nil},
	{KindClosing, ClosingPacked + 1, "packed_2", Soft, TypeBytes, nil},
	{KindClosing, ClosingPacked + 2, "packed_3", Soft, TypeBytes, nil},
	{KindClosing, ClosingPacked + 3, "packed_4", Soft, TypeBytes, nil},
}

// GapReason is why a count found something else than the ledger says.
type GapReason uint8

// The reasons, as the report states them.
const (
	GapNoLot    GapReason = 1 // doses of which nobody wrote the lot
	GapSession  GapReason = 2 // a session's bag that was not told of to the end
	GapVial     GapReason = 3 // an open vial whose rest was not thrown away in the ledger
	GapTransfer GapReason = 4 // a delivery that nobody confirmed
	GapLate     GapReason = 5 // written down late, after the count
	GapMistake  GapReason = 6 // counted or entered wrongly
	GapLost     GapReason = 7 // broken or lost, and not entered
	GapUnknown  GapReason = 8 // nobody knows
	GapOther    GapReason = 9
)

var gapReasonKeys = []string{1: "no_lot", 2: "session", 3: "vial", 4: "transfer", 5: "late", 6: "mistake", 7: "lost", 8: "unknown", 9: "other"}

// String returns the stable key.
func (x GapReason) String() string { return key(gapReasonKeys, int64(x)) }

// GapReasonEnum is the enumeration, as in enums.go.
var GapReasonEnum = &Enum{"gap_reason", gapReasonKeys}

// Settled is what was said about a difference of one lot.
type Settled struct {
	Count  p.EntityID // zero: it is no count that differs, but the ledger itself is below zero
	Item   string
	Lot    string
	Gap    int64 // found less what the ledger says
	Reason GapReason
	Note   string
}

func (x *Settled) text() string {
	id := ""
	if !x.Count.IsZero() {
		id = x.Count.String()
	}
	return strings.Join([]string{id, x.Item, strings.ReplaceAll(x.Lot, lineSeparator, "/"), strconv.FormatInt(x.Gap, 10), x.Reason.String(), strings.ReplaceAll(x.Note, lineSeparator, "/")}, lineSeparator)
}

// parseSettled reads one as it is kept. What cannot be read says nothing.
func parseSettled(text string) (Settled, bool) {
	parts := strings.Split(text, lineSeparator)
	if len(parts) < 6 {
		return Settled{}, false
	}
	out := Settled{Item: parts[1], Lot: parts[2], Note: parts[5]}
	if parts[0] != "" {
		id, err := p.ParseEntityID(parts[0])
		if err != nil {
			return Settled{}, false
		}
		out.Count = id
	}
	gap, err := strconv.ParseInt(parts[3], 10, 64)
	reason, known := GapReasonEnum.Number(parts[4])
	out.Gap, out.Reason = gap, GapReason(reason)
	return out, err == nil && known
}

// ClosingInput is a month's report as it was handed in.
type ClosingInput struct {
	Place    p.EntityID
	Month    Month
	Day      Day
	Clock    Clock
	Packed   []byte
	Hash     string
	Settled  []Settled
	Corrects p.EntityID
	Why      string
}

// Closing is a closing as it stands.
type Closing struct {
	ID p.EntityID
	ClosingInput
}

// ClosingOf reads a closing from its state.
func ClosingOf(s *p.State) Closing {
	g := getter(s.Get)
	c := Closing{ID: s.ID, ClosingInput: ClosingInput{
		Place: g.ref(p.FieldPlace), Month: g.day(ClosingMonth).Month(), Day: g.day(ClosingDay), Clock: g.clock(ClosingClock), Hash: g.text(ClosingHash),
		Corrects: g.ref(ClosingCorrects), Why: g.text(ClosingWhy),
	}}
	for i := range p.Field(ClosingPartsMax) {
		part, _ := s.Get(ClosingPacked + i).Bytes()
		c.Packed = append(c.Packed, part...)
	}
	for _, text := range g.texts(ClosingReasons) {
		if x, ok := parseSettled(text); ok {
			c.Settled = append(c.Settled, x)
		}
	}
	return c
}

// NewClosing makes the draft of a closing, or the Errors in the way. A month is closed when it is over.
func NewClosing(in ClosingInput, k Known) (Draft, error) {
	in.Why = cleanText(in.Why)
	var c check
	c.failIf(in.Place.IsZero(), "place", CodePlaceRequired)
	c.failIf(in.Month.Last() >= k.Today, "month", CodeMonthOpen, "on", in.Month.Last()+1)
	c.failIf(in.Day == 0 || in.Day > k.Today, "day", CodeDayFuture, "today", k.Today)
	c.failIf(len(in.Packed) == 0 || len(in.Hash) != 64, "packed", CodeRequired)
	c.failIf(len(in.Packed) > ClosingBytesMax, "packed", CodeTextTooLong, "max", ClosingBytesMax)
	c.failIf(len(in.Settled) > ClosingReasonsMax, "reasons", CodeTooMany, "max", ClosingReasonsMax)
	c.failIf(!in.Corrects.IsZero() && in.Why == "", "why", CodeReasonRequired)
	c.failIf(len(in.Why) > TextBytesMax, "why", CodeTextTooLong, "max", TextBytesMax)
	var reasons []string
	for i := range in.Settled {
		x := &in.Settled[i]
		x.Note = cleanLine(x.Note)
		at := "-" + strconv.Itoa(i+1)
		c.failIf(x.Reason == 0, "reason"+at, CodeReasonRequired)
		c.choice("reason"+at, GapReasonEnum, int64(x.Reason))
		c.failIf(x.Reason == GapOther && x.Note == "", "note"+at, CodeReasonRequired)
		c.name("note"+at, x.Note)
		reasons = append(reasons, x.text())
	}
	fields := []fieldData{
		{p.FieldPlace, refData(in.Place)},
		{ClosingMonth, intData(in.Month.First())},
		{ClosingDay, intData(in.Day)},
		{ClosingClock, clockData(in.Clock)},
		{ClosingHash, textData(in.Hash)},
		{ClosingReasons, textsData(reasons)},
		{ClosingCorrects, refData(in.Corrects)},
		{ClosingWhy, textData(in.Why)},
	}
	for i, rest := p.Field(0), in.Packed; len(rest) > 0; i++ {
		n := min(len(rest), ClosingPartBytesMax)
		fields = append(fields, fieldData{ClosingPacked + i, p.Bytes(rest[:n])})
		rest = rest[n:]
	}
	if err := c.err(nil); err != nil {
		return Draft{}, err
	}
	return creation(KindClosing, fields), nil
}
