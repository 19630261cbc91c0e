package desk

import (
	"cmp"
	"context"
	"slices"

	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	"tramy/internal/thermometer"
	p "tramy/syncproto"
)

// Noon parts the two readings of a day: temperatures are read before it and after it, on Sundays too.
var Noon = registry.NewClock(12, 0)

// FridgeSheet is one fridge of this place with what its thermometer showed.
type FridgeSheet struct {
	registry.Fridge
	State *p.State    // for Saw
	Days  []FridgeDay // the last first, every day of the period that it was kept
}

// FridgeDay is one day of a fridge; a nil reading was not made.
type FridgeDay struct {
	Day                registry.Day
	Morning, Afternoon *Temperature // the last of each half
	Logger             *Temperature
	Lowest, Highest    registry.Degrees // of all that is known of the day
	More               int              // readings besides
}

// Temperature is a reading with what it says about its fridge.
type Temperature struct {
	registry.Temperature
	State      *p.State // for Saw
	Fridge     string   // its name
	Cold, Warm bool     // colder, warmer than the fridge should be
}

// Unexplained reports whether somebody still has to say what was done about it.
func (t *Temperature) Unexplained() bool { return (t.Cold || t.Warm) && t.Note == "" }

// FridgeLog is what this place knows of its fridges in a period.
type FridgeLog struct {
	Fridges    []FridgeSheet
	Excursions []Temperature // colder or warmer than it should be, the last first; those that nobody has explained before others
}

// FridgeLog reads the fridges of this place, by name, and their temperatures from a day to another, both among them.
func (d *Desk) FridgeLog(ctx context.Context, who Who, from, until registry.Day) (*FridgeLog, error) {
	if err := may(who, rights.Read, registry.KindTemperature); err != nil {
		return nil, err
	}
	var out *FridgeLog
	err := d.view(ctx, func(tx store.Tx) (err error) {
		out, err = d.fridgeLog(tx, from, until, true)
		return err
	})
	return out, err
}

// fridges reads the fridges of this place, by name.
func (d *Desk) fridges(tx store.Tx) ([]FridgeSheet, error) {
	all, err := recordedAt(tx, registry.KindFridge, d.Node.Identity().Place, 0, 0)
	if err != nil {
		return nil, err
	}
	var out []FridgeSheet
	for _, s := range all {
		if f := registry.FridgeOf(s); f.Void == "" {
			out = append(out, FridgeSheet{Fridge: f, State: s})
		}
	}
	slices.SortFunc(out, func(a, b FridgeSheet) int { return cmp.Or(registry.CompareHamlets(a.Name, b.Name), a.ID.Compare(b.ID)) })
	return out, nil
}

func (d *Desk) fridgeLog(tx store.Tx, from, until registry.Day, anew bool) (*FridgeLog, error) {
	list, err := d.fridges(tx)
	if err != nil {
		return nil, err
	}
	out := &FridgeLog{Fridges: list}
	all, err := d.temperatures(tx, from, until, anew)
	if err != nil {
		return nil, err
	}
	var read []Temperature
	for _, t := range all {
		i := slices.IndexFunc(list, func(f FridgeSheet) bool { return f.ID == t.TemperatureInput.Fridge })
		if t.Void != "" || i < 0 {
			continue
		}
		t.Fridge = list[i].Name
		t.Cold, t.Warm = t.Breaks(&list[i].FridgeInput)
		read = append(read, t)
		if t.Cold || t.Warm {
			out.Excursions = append(out.Excursions, t)
		}
	}
	slices.SortStableFunc(out.Excursions, func(a, b Temperature) int {
		return cmp.Or(btoi(b.Unexplained())-btoi(a.Unexplained()), -cmp.Compare(a.Day, b.Day), -cmp.Compare(a.Clock, b.Clock))
	})
	slices.SortStableFunc(read, func(a, b Temperature) int { return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.Clock, b.Clock)) })
	for i := range list {
		list[i].fill(read, from, min(until, d.Today()))
	}
	return out, nil
}

// tempRead is a reading of a thermometer and by which row of it that was read.
type tempRead struct {
	sum uint32
	of  Temperature
}

// temperatures reads what thermometers of this place showed. The first page counts a month of them each time, so what was read before is
// not read again as long as its row says that the same values stand. Whoever shows readings to change them asks for them anew: the state
// may hold a second value beside.
func (d *Desk) temperatures(tx store.Tx, from, until registry.Day, anew bool) ([]Temperature, error) {
	rows, err := tx.RecordsAt(store.RecordQuery{Kind: registry.KindTemperature, Places: []p.EntityID{d.Node.Identity().Place}, From: from, Until: until + 1})
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	d.mu.Lock()
	before := d.temps
	d.mu.Unlock()
	now := make(map[p.EntityID]tempRead, len(rows))
	out := make([]Temperature, 0, len(rows))
	for i := range rows {
		r := &rows[i]
		if r.Void {
			continue
		}
		x, known := before[r.ID]
		if !known || x.sum != r.Sum || r.Sum == 0 || anew {
			s, err := tx.State(r.ID)
			if err != nil {
				return nil, err
			}
			if s == nil {
				continue
			}
			x = tempRead{r.Sum, Temperature{Temperature: registry.TemperatureOf(s), State: s}}
		}
		now[r.ID] = x
		out = append(out, x.of)
	}
	d.mu.Lock()
	d.temps = now // replaced whole, and never written to again
	d.mu.Unlock()
	return out, nil
}

// fill puts readings into days.
func (f *FridgeSheet) fill(read []Temperature, from, until registry.Day) {
	for day := until; day >= from; day-- {
		x := FridgeDay{Day: day}
		for i := range read {
			t := &read[i]
			if t.TemperatureInput.Fridge != f.ID || t.Day != day {
				continue
			}
			if low := t.Coldest(); low.Known && (!x.Lowest.Known || low.Tenths < x.Lowest.Tenths) {
				x.Lowest = low
			}
			if high := t.Warmest(); high.Known && (!x.Highest.Known || high.Tenths > x.Highest.Tenths) {
				x.Highest = high
			}
			at := &x.Morning
			switch {
			case t.Readings > 0:
				at = &x.Logger
			case t.Clock >= Noon:
				at = &x.Afternoon
			}
			if *at != nil {
				x.More++
			}
			*at = t
		}
		if x.Lowest.Known || f.Keeps(day) {
			f.Days = append(f.Days, x)
		}
	}
}

// FridgeWaits is what this place still has to do about its fridges.
type FridgeWaits struct {
	Unread      []string // fridges of which nobody has read the temperature in this half of the day
	Unexplained int      // excursions of the last days that nobody has explained
}

// fridgeDays is for how long an excursion that nobody explained is asked about.
const fridgeDays = 31

// FridgeWaits reads what this place still has to do about its fridges; nothing where it keeps none.
func (d *Desk) FridgeWaits(ctx context.Context) (FridgeWaits, error) {
	var out FridgeWaits
	err := d.view(ctx, func(tx store.Tx) error {
		today := d.Today()
		log, err := d.fridgeLog(tx, today-fridgeDays, today, false)
		if err != nil {
			return err
		}
		for i := range log.Fridges {
			f := &log.Fridges[i]
			if !f.Keeps(today) || len(f.Days) == 0 {
				continue
			}
			half := f.Days[0].Morning
			if d.Clock() >= Noon {
				half = f.Days[0].Afternoon
			}
			if half == nil && f.Days[0].Logger == nil {
				out.Unread = append(out.Unread, f.Name)
			}
		}
		for i := range log.Excursions {
			if log.Excursions[i].Unexplained() {
				out.Unexplained++
			}
		}
		return nil
	})
	return out, err
}

// SaveFridge writes a fridge of this place down, or what it is called and should keep; a zero id makes a new one.
func (d *Desk) SaveFridge(ctx context.Context, who Who, id p.EntityID, in registry.FridgeInput, saw registry.Saw) (p.EntityID, error) {
	act := rights.Amend
	if id.IsZero() {
		act = rights.Create
	}
	if err := may(who, act, registry.KindFridge); err != nil {
		return id, err
	}
	in.Place = d.Node.Identity().Place
	dots, err := d.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		list, err := d.fridges(tx)
		if err != nil {
			return nil, err
		}
		if id.IsZero() {
			if len(list) >= registry.FridgesMax {
				return nil, registry.Errors{{Field: "name", Code: registry.CodeFridgesMax, Params: map[string]any{"max": registry.FridgesMax}}}
			}
			draft, err := registry.NewFridge(in, d.Today())
			return []registry.Draft{draft}, err
		}
		s, err := d.ownState(tx, who, id, registry.KindFridge)
		if err != nil {
			return nil, err
		}
		draft, err := registry.EditFridge(s, in, d.Today(), saw)
		return nonEmpty(draft), err
	})
	if err = ignoreNothing(err); err == nil && id.IsZero() && len(dots) > 0 {
		id = dots[0].Entity()
	}
	return id, err
}

// ownState reads an entity of this place that must be there.
func (d *Desk) ownState(tx store.Tx, who Who, id p.EntityID, kind p.Kind) (*p.State, error) {
	s, err := state(tx, id, kind)
	if err == nil {
		err = d.mineEntity(tx, who, s)
	}
	return s, err
}

// RecordTemperatures writes down what thermometers showed, all in one act. Each input names its fridge; its place follows.
func (d *Desk) RecordTemperatures(ctx context.Context, who Who, list []registry.TemperatureInput) ([]p.EntityID, error) {
	if err := may(who, rights.Create, registry.KindTemperature); err != nil {
		return nil, err
	}
	dots, err := d.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		var drafts []registry.Draft
		for i := range list {
			in := list[i]
			s, err := d.ownState(tx, who, in.Fridge, registry.KindFridge)
			if err != nil {
				return nil, err
			}
			in.Place = registry.FridgeOf(s).Place
			if in.Day == d.Today() && in.Clock > d.Clock() {
				return nil, registry.Errors{{Field: "minute", Code: registry.CodeTimeFuture}}
			}
			draft, err := registry.NewTemperature(in, d.Today())
			if err != nil {
				return nil, err
			}
			drafts = append(drafts, draft)
		}
		return drafts, nil
	})
	return madeBy(dots), ignoreNothing(err)
}

// NoteTemperature writes what was done about a temperature.
func (d *Desk) NoteTemperature(ctx context.Context, who Who, id p.EntityID, note string, saw registry.Saw) error {
	if err := may(who, rights.Amend, registry.KindTemperature); err != nil {
		return err
	}
	_, err := d.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		s, err := d.ownState(tx, who, id, registry.KindTemperature)
		if err != nil {
			return nil, err
		}
		draft, err := registry.NoteTemperature(s, note, saw)
		return nonEmpty(draft), err
	})
	return ignoreNothing(err)
}

// VoidTemperatures says of readings, or of a fridge, that they were entered in error; restore takes that back.
func (d *Desk) VoidTemperatures(ctx context.Context, who Who, kind p.Kind, ids []p.EntityID, reason string, restore bool) error {
	if err := may(who, rights.Void, kind); err != nil {
		return err
	}
	_, err := d.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		var drafts []registry.Draft
		for _, id := range ids {
			s, err := d.ownState(tx, who, id, kind)
			if err != nil {
				return nil, err
			}
			draft, err := registry.Void(s, reason, registry.SawOf(s))
			if restore {
				draft, err = registry.Restore(s, registry.SawOf(s))
			}
			if err != nil {
				return nil, err
			}
			drafts = append(drafts, nonEmpty(draft)...)
		}
		return drafts, nil
	})
	return ignoreNothing(err)
}

// LoggerTaken is what came of a logger's file.
type LoggerTaken struct{ New, Longer, Same int }

// TakeLogger writes the days of a logger's file down. A day that is there already is made longer where the file knows more of it, so
// the same file twice changes nothing.
func (d *Desk) TakeLogger(ctx context.Context, who Who, fridge p.EntityID, days []thermometer.Day) (LoggerTaken, error) {
	var out LoggerTaken
	for _, act := range []rights.Act{rights.Create, rights.Amend} {
		if err := may(who, act, registry.KindTemperature); err != nil {
			return out, err
		}
	}
	for part := range slices.Chunk(days, p.ActChangesMax) {
		var taken LoggerTaken
		_, err := d.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
			taken = LoggerTaken{}
			f, err := d.ownState(tx, who, fridge, registry.KindFridge)
			if err != nil {
				return nil, err
			}
			there, err := recordedAt(tx, registry.KindTemperature, registry.FridgeOf(f).Place, part[0].Day, part[len(part)-1].Day+1)
			if err != nil {
				return nil, err
			}
			known := map[registry.Day]*p.State{}
			for _, s := range there {
				if t := registry.TemperatureOf(s); t.Fridge == fridge && t.Void == "" && t.Readings > 0 {
					known[t.Day] = s
				}
			}
			var drafts []registry.Draft
			for i := range part {
				in := loggerDay(&part[i], fridge, registry.FridgeOf(f).Place)
				if old := known[in.Day]; old != nil {
					draft, err := registry.LengthenTemperature(old, in, d.Today())
					if err != nil {
						return nil, err
					}
					if draft.Empty() {
						taken.Same++
						continue
					}
					taken.Longer++
					drafts = append(drafts, draft)
					continue
				}
				draft, err := registry.NewTemperature(in, d.Today())
				if err != nil {
					return nil, err
				}
				taken.New++
				drafts = append(drafts, draft)
			}
			return drafts, nil
		})
		if err = ignoreNothing(err); err != nil {
			return out, err
		}
		out.New, out.Longer, out.Same = out.New+taken.New, out.Longer+taken.Longer, out.Same+taken.Same
	}
	return out, nil
}

// loggerDay is a day of a file as it is recorded.
func loggerDay(day *thermometer.Day, fridge, place p.EntityID) registry.TemperatureInput {
	return registry.TemperatureInput{
		Fridge: fridge, Place: place, Day: day.Day, Clock: day.Last, Readings: day.Readings, Below: day.Below, Above: day.Above,
		Lowest: registry.DegreesOf(day.Lowest), Highest: registry.DegreesOf(day.Highest),
	}
}
