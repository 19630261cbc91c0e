package desk

import (
	"context"
	"errors"

	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/sheet"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// OpeningVerdict is what becomes of a line of a list of opening stock.
type OpeningVerdict uint8

// Verdicts.
const (
	OpeningNew     OpeningVerdict = iota + 1 // counted
	OpeningThere                             // the ledger says so already
	OpeningRefused                           // something is wrong with it, or the ledger says otherwise: nothing is written of it
)

// OpeningLine is a line with what becomes of it.
type OpeningLine struct {
	sheet.StockLine
	Verdict OpeningVerdict
	Book    int64 // what the ledger says
}

// OpeningStock takes a list of stock in as counts of this place, as one act, or tries it. A lot that the ledger knows is left as it is: a
// list never goes over what somebody entered or counted here, and the same list twice changes nothing.
func (d *Desk) OpeningStock(ctx context.Context, who Who, lines []sheet.StockLine, dry bool) ([]OpeningLine, error) {
	if err := d.mayKeepStock(who, rights.Create); err != nil {
		return nil, err
	}
	if len(lines) > sheet.StockLinesMax {
		return nil, &sheet.TooLargeError{What: "lots", Got: int64(len(lines)), Max: sheet.StockLinesMax}
	}
	place := d.Node.Identity().Place
	out := make([]OpeningLine, len(lines))
	var counts []registry.StockCountInput
	err := d.view(ctx, func(tx store.Tx) error {
		known, err := d.stockKnown(tx)
		if err != nil {
			return err
		}
		seen := map[registry.StockKey]int{}
		for i := range lines {
			x := &out[i]
			x.StockLine, x.Verdict = lines[i], OpeningRefused
			if len(x.Problems) > 0 {
				continue
			}
			in := registry.StockCountInput{Place: place, Item: x.Item, Lot: x.Lot, Expires: x.Expires, Quantity: x.Quantity, Stock: x.Stock}
			day, clock := registry.Day(0), registry.Clock(0)
			d.stamp(&day, &clock)
			in.Day, in.Clock = day, clock
			if err := x.judge(tx, in, known, seen); err != nil {
				return err
			}
			if x.Verdict == OpeningNew {
				in.Day, in.Clock = 0, 0 // stamped when it is written
				counts = append(counts, in)
			}
		}
		return nil
	})
	if err != nil || dry || len(counts) == 0 {
		return out, err
	}
	_, err = d.CountStock(ctx, who, counts)
	return out, err
}

// judge decides about a line that could be read.
func (x *OpeningLine) judge(tx store.Tx, in registry.StockCountInput, known registry.Known, seen map[registry.StockKey]int) error {
	refuse := func(code registry.Code, params map[string]any) {
		x.Problems = append(x.Problems, sheet.Problem{Row: x.Row, Text: x.Lot, Code: code, Params: params})
	}
	key := in.Key()
	if at := seen[key]; at > 0 {
		refuse(sheet.CodeStockTwice, map[string]any{"row": at})
		return nil
	}
	seen[key] = x.Row
	row, err := tx.StockRow(key)
	if err != nil {
		return err
	}
	if row != nil {
		x.Book = row.Balance()
	}
	if row != nil && (row.Entries > 0 || row.Count != (p.EntityID{})) {
		if x.Book == int64(x.Quantity) {
			x.Verdict = OpeningThere
			return nil
		}
		refuse(sheet.CodeStockBook, map[string]any{"book": int(x.Book)})
		return nil
	}
	var wrong registry.Errors
	if _, err := registry.NewStockCount(in, known); errors.As(err, &wrong) {
		for i := range wrong {
			refuse(wrong[i].Code, wrong[i].Params)
		}
		return nil
	} else if err != nil {
		return err
	}
	x.Verdict = OpeningNew
	return nil
}
