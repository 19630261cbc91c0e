package registry

import (
	"encoding/binary"
	"errors"
	"testing"

	p "tramy/syncproto"
)

func movementAt(today Day) MovementInput {
	return MovementInput{Place: p.EntityID{1}, Item: "SOI", Lot: "M-1", Type: MoveReceived, Quantity: 10, Day: today}
}

func TestStockLimits(t *testing.T) {
	const today = Day(20_000)
	known := Known{Today: today}
	lines := func(n int) []TransferLine {
		out := make([]TransferLine, n)
		for i := range out {
			out[i] = TransferLine{Item: "SOI", Lot: "M-1", Quantity: 1}
		}
		return out
	}
	ids := func(n int) []p.EntityID {
		out := make([]p.EntityID, n)
		for i := range out {
			binary.BigEndian.PutUint32(out[i][:], uint32(i+1))
		}
		return out
	}
	move := func(set func(*MovementInput, int)) func(int) error {
		return func(n int) error {
			in := movementAt(today)
			set(&in, n)
			_, err := NewMovement(in, known)
			return err
		}
	}
	for _, x := range []struct {
		name, field string
		limit       int
		make        func(int) error
	}{
		{"quantity", "quantity", StockQuantityMax, move(func(in *MovementInput, n int) { in.Quantity = n })},
		{"vial", "vial", VialDosesMax, move(func(in *MovementInput, n int) { in.Vial = n })},
		{"monitor", "vvm", VVMStageMax, move(func(in *MovementInput, n int) { in.VVM = n })},
		{"lines", "lines", TransferLinesMax, func(n int) error {
			_, err := NewTransfer(TransferInput{Place: p.EntityID{1}, To: p.EntityID{2}, Day: today, Lines: lines(n)}, known)
			return err
		}},
		{"seen", "seen", CountSeenMax, func(n int) error {
			_, err := NewStockCount(StockCountInput{Place: p.EntityID{1}, Item: "SOI", Lot: "M-1", Day: today, Seen: ids(n)}, known)
			return err
		}},
		{"counted", "quantity", StockQuantityMax, func(n int) error {
			_, err := NewStockCount(StockCountInput{Place: p.EntityID{1}, Item: "SOI", Lot: "M-1", Day: today, Quantity: n}, known)
			return err
		}},
	} {
		if err := x.make(x.limit); err != nil {
			t.Errorf("%s at the limit: %v", x.name, err)
		}
		var list Errors
		if err := x.make(x.limit + 1); !errors.As(err, &list) || list[0].Field != x.field {
			t.Errorf("%s one beyond: %v", x.name, err)
		}
	}
}

// stockState is an entity as its creation made it.
func stockState(d Draft) *p.State {
	s := &p.State{ID: p.EntityID{9}, Kind: d.Kind}
	for _, w := range d.Writes {
		s.Fields = append(s.Fields, p.FieldValues{Field: w.Field, Values: []p.Value{{Data: w.Data}}})
	}
	return s
}

func TestStockReadsBack(t *testing.T) {
	const today = Day(20_000)
	known := Known{Today: today}
	in := TransferInput{Place: p.EntityID{1}, To: p.EntityID{2}, Day: today, Clock: NewClock(8, 5), Number: "0093", Note: "gấp", Lines: []TransferLine{
		{Item: "SOI", Lot: "M|1", Quantity: 20, Expires: today + 100, Vial: 10, VVM: 2}, {Item: SupplyAD05, Quantity: 100},
	}}
	draft, err := NewTransfer(in, known)
	if err != nil {
		t.Fatal(err)
	}
	out := TransferOf(stockState(draft))
	if len(out.Lines) != 2 || out.Lines[0] != (TransferLine{Item: "SOI", Lot: "M/1", Stock: ProgrammeEPI, Quantity: 20, Expires: today + 100, Vial: 10, VVM: 2}) ||
		out.Lines[1].Quantity != 100 || out.Number != "0093" || out.Clock != NewClock(8, 5) {
		t.Errorf("%+v", out)
	}
	for _, bad := range []string{"", "a|b", "SOI|L|epi|2026-13-45|x|-1|99", "SOI|L|epi||99999999999999999999|0|0"} {
		if l := parseLine(bad); l.Quantity != 0 || l.Vial != 0 || l.VVM != 0 || l.Expires != 0 {
			t.Errorf("%q is read as %+v", bad, l)
		}
	}
	draft, err = NewStockCount(StockCountInput{Place: p.EntityID{1}, Item: "SOI", Lot: "m-1", Day: today, Quantity: 0, Book: -4}, known)
	if err != nil {
		t.Fatal(err)
	}
	if c := StockCountOf(stockState(draft)); c.Quantity != 0 || c.Book != -4 || c.Key() != (StockKey{p.EntityID{1}, "SOI", "M1", ProgrammeEPI}) {
		t.Errorf("%+v", c)
	}
}

// A code on a box is read as GS1 writes it, and as keyboards make of it; what is none is said to be none.
func TestParseGS1(t *testing.T) {
	expires := func(iso string) Day {
		d, err := ParseISO(iso)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	want := GS1{GTIN: "08901234567890", Lot: "ABC-9", Expires: expires("2027-09-30")}
	for _, text := range []string{
		"(01)08901234567890(17)270930(10)ABC-9", "010890123456789017270930" + "10ABC-9", "]d2010890123456789010ABC-9\x1d17270930",
		"0108901234567890" + "10abc-9|17270930", "\x1d0108901234567890" + "172709002110\x1d10ABC-9", " (01)08901234567890(10)ABC-9(17)270900 ",
	} {
		if got, ok := ParseGS1(text); !ok || got != want {
			t.Errorf("%q: %+v, %v", text, got, ok)
		}
	}
	for _, text := range []string{
		"", "ABC-9", "0412752601815941", "(01)08901234567891(10)A", "(01)0890123456789", "0108901234567890" + "17271340", "(10)ABC", "010890123456789",
		"(01)08901234567890(10)", "(01)08901234567890(10)ABCDEFGHIJKLMNOPQRSTU", "(01",
	} {
		if got, ok := ParseGS1(text); ok {
			t.Errorf("%q is read as %+v", text, got)
		}
	}
}

func FuzzParseGS1(f *testing.F) {
	f.Add("(01)08901234567890(17)270930(10)ABC-9")
	f.Add("010890123456789017270930" + "10ABC-9")
	f.Fuzz(func(t *testing.T, text string) {
		if g, ok := ParseGS1(text); ok && !gtinChecks(g.GTIN) {
			t.Errorf("%q: %+v", text, g)
		}
	})
}
