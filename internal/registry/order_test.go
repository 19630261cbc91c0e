package registry

import (
	"errors"
	"strings"
	"testing"

	p "tramy/syncproto"
)

func orderOf(n int) OrderInput {
	in := OrderInput{Place: p.EntityID{1}, To: p.EntityID{2}, Month: Day(20_000).Month(), Day: 20_000}
	for i := range n {
		in.Lines = append(in.Lines, OrderLine{Item: "V" + strings.Repeat("X", i), Stock: ProgrammeEPI, Quantity: 1})
	}
	return in
}

func TestOrderLimits(t *testing.T) {
	known := Known{Today: 20_000}
	refused := func(in OrderInput, field string, code Code) bool {
		_, err := NewOrder(in, known)
		var list Errors
		if err != nil && !errors.As(err, &list) {
			t.Fatal(err)
		}
		return list.Has(field, code)
	}
	if refused(orderOf(OrderLinesMax), "lines", CodeTooMany) || !refused(orderOf(OrderLinesMax+1), "lines", CodeTooMany) {
		t.Error("lines of an order")
	}
	far := orderOf(1)
	far.Month = known.Today.Month() + OrderMonthsMax
	if refused(far, "month", CodeDayFar) {
		t.Error("the last month is refused")
	}
	if far.Month++; !refused(far, "month", CodeDayFar) {
		t.Error("a month beyond it is taken")
	}
	// Reasons of letters of three bytes fill an order before they are each too long; the last byte decides.
	long := orderOf(OrderLinesMax)
	size := func() (n int) {
		for i := range long.Lines {
			n += len(long.Lines[i].text())
		}
		return n
	}
	for i := range long.Lines {
		long.Lines[i].Stock = ProgrammeEPI
		long.Lines[i].Why = strings.Repeat("ệ", min(NameCharsMax-2, max(OrderBytesMax-size(), 0)/3))
	}
	long.Lines[0].Why += strings.Repeat("a", OrderBytesMax-size())
	if size() != OrderBytesMax {
		t.Fatalf("the lines have %d bytes", size())
	}
	if refused(long, "lines", CodeTextTooLong) {
		t.Error("lines of the greatest size are refused")
	}
	long.Lines[1].Why += "a"
	if !refused(long, "lines", CodeTextTooLong) {
		t.Error("lines beyond it are taken")
	}
}

// What is kept is read as it was written, and what cannot be read asks for nothing.
func TestOrderLineIsReadAsWritten(t *testing.T) {
	l := OrderLine{Item: "SOI", Stock: ProgrammeEPI, Quantity: 40, Have: 3, Needed: 12, Why: "đợt sởi | bản Pha"}
	if got := parseOrderLine(l.text()); got != l {
		t.Errorf("%+v, want %+v", got, l)
	}
	for _, text := range []string{"", "SOI", "SOI|epi|40", "|||||"} {
		if got := parseOrderLine(text); got.Item != "" {
			t.Errorf("%q asks for %+v", text, got)
		}
	}
	if got := parseOrderLine("SOI|epi|-5|9999999999|x|"); got.Quantity != 0 || got.Have != 0 || got.Needed != 0 {
		t.Errorf("numbers that no entry makes count as %+v", got)
	}
}

// A ring of replacements, which no entry makes, still has one that stands.
func TestStandingOrderOfARing(t *testing.T) {
	a, b := Order{ID: p.EntityID{1}}, Order{ID: p.EntityID{2}}
	a.Instead, b.Instead, a.Day, b.Day = b.ID, a.ID, 10, 20
	if got := StandingOrder([]Order{a, b}); got != 1 {
		t.Errorf("%d stands, want the later one", got)
	}
	a.Void = "x"
	if got := StandingOrder([]Order{a}); got != -1 {
		t.Errorf("%d stands of what was taken back", got)
	}
}
