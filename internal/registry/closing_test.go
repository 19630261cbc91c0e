package registry

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"

	p "tramy/syncproto"
)

func closingAt(today Day) ClosingInput {
	return ClosingInput{Place: p.EntityID{1}, Month: today.Month() - 1, Day: today, Clock: NewClock(8, 5), Packed: []byte("x"), Hash: strings.Repeat("a", 64)}
}

// What is kept is split over values of the size that a value may have, and nothing beyond the limits is written.
func TestClosingLimits(t *testing.T) {
	const today = Day(20_000)
	packed := func(n int) error {
		in := closingAt(today)
		in.Packed = bytes.Repeat([]byte("k"), n)
		draft, err := NewClosing(in, Known{Today: today})
		if err == nil && !bytes.Equal(ClosingOf(stockState(draft)).Packed, in.Packed) {
			t.Errorf("%d bytes come back as others", n)
		}
		return err
	}
	reasons := func(n int) error {
		in := closingAt(today)
		in.Settled = make([]Settled, n)
		for i := range in.Settled {
			in.Settled[i].Reason = GapUnknown
		}
		_, err := NewClosing(in, Known{Today: today})
		return err
	}
	for _, n := range []int{1, ClosingPartBytesMax, ClosingPartBytesMax + 1, ClosingPartsMax * ClosingPartBytesMax, ClosingBytesMax} {
		if err := packed(n); err != nil {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
	if err := packed(ClosingBytesMax + 1); err == nil {
		t.Error("one byte beyond was kept")
	}
	if err := reasons(ClosingReasonsMax); err != nil {
		t.Error(err)
	}
	if err := reasons(ClosingReasonsMax + 1); err == nil {
		t.Error("one reason beyond was kept")
	}
}

// A month is closed when it is over, each difference with a reason, a correction with one of its own; all of it reads back.
func TestClosing(t *testing.T) {
	const today = Day(20_000)
	in := closingAt(today)
	count := p.EntityID{6: 0x80, 8: 0x80, 15: 7}
	in.Settled = []Settled{{Count: count, Item: "BCG", Lot: "A|1", Gap: -2, Reason: GapNoLot, Note: "hỏi | lại"}, {Item: "BOPV", Lot: "P9", Gap: 3, Reason: GapUnknown}}
	in.Corrects, in.Why = p.EntityID{5}, "một mũi ghi muộn"
	draft, err := NewClosing(in, Known{Today: today})
	if err != nil {
		t.Fatal(err)
	}
	want := in
	want.Settled = []Settled{in.Settled[0], in.Settled[1]}
	want.Settled[0].Lot, want.Settled[0].Note = "A/1", "hỏi / lại"
	if got := ClosingOf(stockState(draft)); !reflect.DeepEqual(got.ClosingInput, want) {
		t.Errorf("%+v", got)
	}
	for field, change := range map[string]func(*ClosingInput){
		"month":    func(in *ClosingInput) { in.Month = today.Month() },
		"why":      func(in *ClosingInput) { in.Why = " " },
		"reason-2": func(in *ClosingInput) { in.Settled[1].Reason = 0 },
		"note-1":   func(in *ClosingInput) { in.Settled[0].Reason, in.Settled[0].Note = GapOther, "" },
		"packed":   func(in *ClosingInput) { in.Hash = "" },
		"place":    func(in *ClosingInput) { in.Place = p.EntityID{} },
	} {
		bad := in
		bad.Settled = append([]Settled(nil), in.Settled...)
		change(&bad)
		var list Errors
		if _, err := NewClosing(bad, Known{Today: today}); !errors.As(err, &list) || list[0].Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	for _, text := range []string{"", "|", "x|BCG|A|1|no_lot|", "|BCG|A|1|nothing|", "|BCG|A|one|no_lot|"} {
		if _, ok := parseSettled(text); ok {
			t.Errorf("%q is read", text)
		}
	}
}
