package desk

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// PaperDaysMax is how many days back a list that was filled in on paper is written up on its page; what is older is entered at the
// person's own.
const PaperDaysMax = 400

// PaperSheetMax bounds the people of one sheet.
const PaperSheetMax = 500

// ErrSheetAhead says that a sheet's day has not come.
var ErrSheetAhead = errors.New("the day of this list has not come")

// ErrSheetOld says that a sheet is older than is written up from a list.
var ErrSheetOld = errors.New("this list is too old")

// SheetDose is what stands on a sheet to be ticked.
type SheetDose struct {
	Vaccine string `json:"v"`
	Dose    int    `json:"n"`
}

// sheetLine is one line of a sheet as it is kept: who, and what was due.
type sheetLine struct {
	ID  p.EntityID  `json:"id"`
	Due []SheetDose `json:"due,omitempty"`
}

// sheetLot is a lot that was in hand when the sheet was printed.
type sheetLot struct {
	Vaccine string       `json:"v"`
	Number  string       `json:"n"`
	Expires registry.Day `json:"e,omitempty"`
}

// sheetKept is a sheet as this machine keeps it, so that it comes back in the order and with the numbers of the paper. It names
// nobody. The names are kept on disk and do not change.
type sheetKept struct {
	At      int64        `json:"at"`
	Day     registry.Day `json:"day"`
	Printed bool         `json:"printed,omitempty"`
	Lines   []sheetLine  `json:"lines"`
	Lots    []sheetLot   `json:"lots,omitempty"`
}

// PaperLine is somebody on a sheet that came back.
type PaperLine struct {
	N       int // as on the paper
	Subject project.SubjectRow
	AskHome bool
	Due     []SheetDose
	Doses   []project.ImmunizationRow // on record of that day, those not given among them
	Extra   bool                      // did not stand on it
}

// PaperSheet is a day's list that was filled in on paper.
type PaperSheet struct {
	Held    *Held // nil: of a day without a session
	Day     registry.Day
	Place   p.EntityID
	Printed bool // as it was printed at this machine, not as it would be made today
	Lines   []PaperLine
	Lots    map[string]KnownLot // by vaccine: in hand when it was printed, or used on that day
}

func sheetKey(session p.EntityID, day registry.Day) string {
	if session.IsZero() {
		return day.ISO()
	}
	return session.String()
}

// KeepSheet keeps the list of a session as it is printed, until its day is past: then it is kept as it was.
func (d *Desk) KeepSheet(ctx context.Context, list *SessionList) error {
	if list.Day < d.Today() {
		return nil
	}
	kept := &sheetKept{At: d.Node.Now().UnixMilli(), Day: list.Day, Printed: true}
	people := list.Sheet()
	for i := range people {
		kept.add(&people[i])
	}
	return d.Node.Store().Update(ctx, func(tx store.Tx) error {
		lots, err := d.Lots(tx)
		if err != nil {
			return err
		}
		for _, known := range lots {
			if l := &known[0]; l.InHand {
				kept.Lots = append(kept.Lots, sheetLot{l.Vaccine, l.Number, l.Expires})
			}
		}
		return d.putSheet(tx, sheetKey(list.ID, list.Day), kept)
	})
}

func (k *sheetKept) add(x *Expected) {
	line := sheetLine{ID: x.Subject.ID}
	for i := range x.Due {
		line.Due = append(line.Due, SheetDose{x.Due[i].Vaccine, int(x.Due[i].Dose)})
	}
	if len(k.Lines) < PaperSheetMax {
		k.Lines = append(k.Lines, line)
	}
}

// putSheet keeps a sheet and lets go of those of which nothing is written any more.
func (d *Desk) putSheet(tx store.Tx, key string, kept *sheetKept) error {
	all, err := tx.Locals(store.LocalSheet)
	if err != nil {
		return err
	}
	for i := range all {
		old := &sheetKept{}
		if json.Unmarshal(all[i].Value, old) == nil && old.Day >= d.Today()-PaperDaysMax {
			continue
		}
		if err := tx.DeleteLocal(store.LocalSheet, all[i].Key); err != nil {
			return err
		}
	}
	value, err := json.Marshal(kept)
	if err != nil {
		return err
	}
	return tx.PutLocal(&store.LocalRow{Kind: store.LocalSheet, Key: key, Value: value})
}

// PaperSheet reads the list of a session, or of a day without one, as it stood when it was printed here or, if it never was, as it
// would have been on that day; from then on it keeps its order. Extra people follow it. It writes down whom it names.
func (d *Desk) PaperSheet(ctx context.Context, who Who, session p.EntityID, day registry.Day, extra ...p.EntityID) (*PaperSheet, error) {
	for _, x := range []struct {
		act  rights.Act
		kind p.Kind
	}{{rights.Create, registry.KindImmunization}, {rights.Create, registry.KindVisit}, {rights.Read, registry.KindSubject}} {
		if err := may(who, x.act, x.kind); err != nil {
			return nil, err
		}
	}
	if err := d.WorkOutDue(ctx); err != nil {
		return nil, err
	}
	out := &PaperSheet{Day: day, Place: d.Node.Identity().Place}
	err := d.Node.Store().Update(ctx, func(tx store.Tx) error { return d.paperSheet(tx, who, session, extra, out) })
	if err != nil {
		return nil, err
	}
	if len(out.Lines) == 0 {
		return out, nil
	}
	return out, d.NoteListed(ctx, who, idsOf(out.Lines, func(x *PaperLine) p.EntityID { return x.Subject.ID })...)
}

func (d *Desk) paperSheet(tx store.Tx, who Who, session p.EntityID, extra []p.EntityID, out *PaperSheet) error {
	if !session.IsZero() {
		held, err := d.session(tx, who, session)
		if err != nil {
			return err
		}
		out.Held, out.Day, out.Place = held, held.Day, held.Place
	}
	switch {
	case out.Day > d.Today():
		return ErrSheetAhead
	case out.Day < d.Today()-PaperDaysMax:
		return ErrSheetOld
	}
	home := d.Home()
	doses, err := tx.DosesOn([]p.EntityID{out.Place}, out.Day)
	if err != nil {
		return err
	}
	kept := &sheetKept{}
	key := sheetKey(session, out.Day)
	value, err := tx.Local(store.LocalSheet, key)
	if err == nil && value != nil {
		err = json.Unmarshal(value, kept)
	} else if err == nil {
		if kept, err = d.sheetAsOf(tx, out, doses, &home); err == nil {
			err = d.putSheet(tx, key, kept)
		}
	}
	if err != nil {
		return err
	}
	out.Printed = kept.Printed
	if err := d.sheetLines(tx, who, kept, extra, doses, &home, out); err != nil {
		return err
	}
	return d.sheetLots(tx, kept, doses, out)
}

// sheetAsOf makes the list of a day that is past: who was called, then who was due.
func (d *Desk) sheetAsOf(tx store.Tx, sheet *PaperSheet, doses []project.ImmunizationRow, home *Home) (*sheetKept, error) {
	kept := &sheetKept{At: d.Node.Now().UnixMilli(), Day: sheet.Day}
	day := Today{Day: sheet.Day}
	seen, err := day.seen(tx, doses, home)
	if err != nil {
		return nil, err
	}
	list := &SessionList{}
	var calls []call
	if sheet.Held != nil {
		list.Held = *sheet.Held
		if calls, err = callsTo(tx, &list.Session); err != nil {
			return nil, err
		}
	}
	due, overdue, err := day.toCome(d, tx, home.Residences(), calls, seen)
	if err != nil {
		return nil, err
	}
	if sheet.Held != nil {
		called, err := list.called(tx, calls, slices.Concat(due, overdue), seen, home)
		if err != nil {
			return nil, err
		}
		for i := range called {
			kept.add(&called[i].Expected)
		}
	}
	if err := list.open(tx, calls, nil, due, overdue, PaperSheetMax, home); err != nil {
		return nil, err
	}
	for i := range list.Open {
		kept.add(&list.Open[i])
	}
	for i := range day.Seen {
		if x := &day.Seen[i]; !slices.ContainsFunc(kept.Lines, func(l sheetLine) bool { return l.ID == x.Subject.ID }) {
			kept.add(&Expected{Subject: x.Subject})
		}
	}
	return kept, nil
}

// sheetLines reads who stands on a sheet now.
func (d *Desk) sheetLines(tx store.Tx, who Who, kept *sheetKept, extra []p.EntityID, doses []project.ImmunizationRow, home *Home, out *PaperSheet) error {
	given := map[p.EntityID][]project.ImmunizationRow{}
	for i := range doses {
		if x := &doses[i]; !x.Void && !x.Subject.IsZero() {
			given[x.Case] = append(given[x.Case], *x)
		}
	}
	there := map[p.EntityID]bool{}
	add := func(n int, id p.EntityID, due []SheetDose, extra bool) error {
		row, err := tx.SubjectRow(id)
		if err != nil || row == nil || row.Void || there[row.Case] {
			return err // left this place, or entered in error, or one with somebody above: the numbers stay
		}
		if extra {
			glass, err := d.readable(tx, who, row.Case)
			if errors.Is(err, ErrElsewhere) || err == nil && !glass.IsZero() {
				return nil
			}
			if err != nil {
				return err
			}
			needs, err := tx.DueOf(row.Case)
			if err != nil {
				return err
			}
			for i := range needs {
				if r := &needs[i]; r.Status == project.DueOpen && r.Recommended <= out.Day {
					due = append(due, SheetDose{r.Vaccine, int(r.Dose)})
				}
			}
		}
		there[row.Case] = true
		line := PaperLine{N: n, Subject: *row, AskHome: home.Asks(row), Doses: given[row.Case], Extra: extra}
		for _, x := range due {
			if !slices.ContainsFunc(line.Doses, func(r project.ImmunizationRow) bool { return r.Vaccine == x.Vaccine }) {
				line.Due = append(line.Due, x)
			}
		}
		masked(who, &line.Subject)
		out.Lines = append(out.Lines, line)
		return nil
	}
	for i, l := range kept.Lines {
		if err := add(i+1, l.ID, l.Due, false); err != nil {
			return err
		}
	}
	for i, id := range extra {
		if err := add(len(kept.Lines)+i+1, id, nil, true); err != nil {
			return err
		}
	}
	for i := range doses { // whoever else was here
		if x := &doses[i]; !x.Void && !x.Subject.IsZero() && !there[x.Case] {
			if err := add(0, x.Subject, nil, false); err != nil {
				return err
			}
		}
	}
	return nil
}

// sheetLots proposes lots: what was used on that day, else what was in hand when the sheet was printed; on the day itself what is in
// hand. Of another day nothing is guessed.
func (d *Desk) sheetLots(tx store.Tx, kept *sheetKept, doses []project.ImmunizationRow, out *PaperSheet) error {
	out.Lots = map[string]KnownLot{}
	if out.Day == d.Today() {
		lots, err := d.Lots(tx)
		if err != nil {
			return err
		}
		for code, known := range lots {
			if known[0].InHand {
				out.Lots[code] = known[0]
			}
		}
	}
	for _, l := range kept.Lots {
		out.Lots[l.Vaccine] = KnownLot{Vaccine: l.Vaccine, Number: l.Number, Expires: l.Expires}
	}
	for i := range doses {
		if x := &doses[i]; !x.Void && x.NotDone == 0 && x.Lot != "" {
			out.Lots[x.Vaccine] = KnownLot{Vaccine: x.Vaccine, Number: x.Lot, Expires: x.Expires}
		}
	}
	return nil
}
