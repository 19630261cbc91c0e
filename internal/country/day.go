package country

import (
	"context"
	"errors"
	"slices"

	"tramy/internal/desk"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// A session in full swing, as OpenDay leaves it: how many people of those called stand where. Whoever is left has not come yet.
const (
	dayHours    = 4  // of the session, half of them over
	dayPeople   = 50 // called, if so many are due
	dayGone     = 12 // dosed, watched and gone home
	dayPutOff   = 1  // had a fever
	dayOver     = 1  // is watched, and the half hour is over
	dayWatched  = 5
	dayReady    = 3 // screened, waits for the needle
	dayWaiting  = 4 // waits to be screened; a walk-in comes to them
	dayAttempts = 6 // people who did not come last time, and were called since
)

// OpenDay puts a station into the middle of a vaccination day, whatever the hour is: people called with hours, some waiting to be
// screened, some for the needle, some watched, some gone, lots in hand, a reaction after the last session, and attempts to reach who
// did not come. What it writes is written by the acts that people use, or as they would have written it some minutes ago.
func (c *Country) OpenDay(ctx context.Context, n *Node, seed uint64) error {
	for {
		more, err := n.Desk().Node.WorkOutDue(ctx, 200)
		if err != nil {
			return err
		}
		if !more {
			break
		}
	}
	nurse, err := n.Desk().As(ctx, n.Accounts[0].Login)
	if err != nil {
		return err
	}
	d := &dayMaker{n: n, desk: n.Desk(), who: nurse, m: NewMaker(seed + 7), today: n.Desk().Today(), now: n.Desk().Clock()}
	for _, step := range []func(context.Context) error{d.attempts, d.lots, d.stock, d.above, d.fridge, d.reaction, d.people, d.walkIn} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// dayMaker makes one station's day.
type dayMaker struct {
	n     *Node
	desk  *desk.Desk
	who   desk.Who
	m     *Maker
	today registry.Day
	now   registry.Clock
}

// ago is the time of day so many minutes ago, but of today.
func (d *dayMaker) ago(minutes int) registry.Clock {
	m, _ := d.now.Minute()
	m = max(0, m-minutes)
	return registry.NewClock(m/60, m%60)
}

// attempts calls some of those who did not come.
func (d *dayMaker) attempts(ctx context.Context) error {
	home := d.desk.Home()
	list, err := d.desk.Worklist(ctx, d.who, store.DueQuery{List: store.ListOverdue, Residences: home.Residences(), On: d.today, Limit: 3 * dayAttempts})
	if err != nil {
		return err
	}
	people, err := d.desk.Expect(ctx, d.who, list)
	if err != nil {
		return err
	}
	came := []registry.ContactResult{registry.ContactComing, registry.ContactUnreached, registry.ContactAway, registry.ContactSick}
	for i := range min(dayAttempts, len(people)/3) {
		in := registry.ContactInput{
			Subject: people[3*i].Subject.ID, On: d.today - registry.Day(1+i), Clock: registry.NewClock(15, 10*i%60), Via: registry.ContactPhone, Came: came[i%len(came)],
		}
		if in.Came == registry.ContactAway {
			in.Until = d.today + 20
		}
		if err := d.desk.RecordContact(ctx, d.who, in, false); err != nil {
			return err
		}
	}
	return nil
}

// lots takes a vial of each vaccine that the station gave last time.
func (d *dayMaker) lots(ctx context.Context) error {
	known, err := d.desk.KnownLots(ctx, d.who)
	if err != nil {
		return err
	}
	for _, v := range registry.Vaccines() {
		if len(known[v.Code]) == 0 {
			continue
		}
		if err := d.desk.ChooseLot(ctx, d.who, v.Code, lotOf(v.Code, d.today), d.today+400, 0); err != nil {
			return err
		}
	}
	return nil
}

// stock writes into the ledger what the station received and holds: the lots in hand, one of measles and rubella that ends soon, and
// what needles and boxes there are.
func (d *dayMaker) stock(ctx context.Context) error {
	known, err := d.desk.KnownLots(ctx, d.who)
	if err != nil {
		return err
	}
	var in []registry.MovementInput
	received := func(item, lot string, quantity int, expires registry.Day) {
		in = append(in, registry.MovementInput{
			Item: item, Lot: lot, Quantity: quantity, Expires: expires, Type: registry.MoveReceived, Day: d.today - 10, Clock: registry.NewClock(9, 30), Other: "Kho khu vực",
		})
	}
	for _, v := range registry.Vaccines() {
		if len(known[v.Code]) > 0 && v.Programme == registry.ProgrammeEPI {
			received(v.Code, lotOf(v.Code, d.today), 80, d.today+400)
		}
	}
	received("MR", "MR-0325", 30, d.today+9)
	for part := range slices.Chunk(in, 16) { // a slip
		if _, err := d.desk.MoveStock(ctx, d.who, part...); err != nil {
			return err
		}
	}
	_, err = d.desk.CountStock(ctx, d.who, []registry.StockCountInput{
		{Item: registry.SupplyAD05, Quantity: 400}, {Item: registry.SupplyAD01, Quantity: 60}, {Item: registry.SupplyMix5, Quantity: 40}, {Item: registry.SupplyBox, Quantity: 6},
	})
	return err
}

// fridgeDays is for how many days the thermometer was read before today.
const fridgeDays = 20

// fridge keeps one, reads it twice a day, and has found it too warm once.
func (d *dayMaker) fridge(ctx context.Context) error {
	id, err := d.desk.SaveFridge(ctx, d.who, p.EntityID{}, registry.FridgeInput{Name: "Tủ phòng tiêm"}, registry.Saw{})
	if err != nil {
		return err
	}
	var list []registry.TemperatureInput
	for day := d.today - fridgeDays; day <= d.today; day++ {
		for _, at := range []registry.Clock{registry.NewClock(7, 5), registry.NewClock(16, 30)} {
			if day == d.today && at > d.now {
				break
			}
			in := registry.TemperatureInput{Fridge: id, Day: day, Clock: at, Value: registry.DegreesOf(registry.Tenths(38 + d.m.r.IntN(20)))}
			if day == d.today-4 && at == registry.NewClock(16, 30) {
				in.Value, in.Note = registry.DegreesOf(92), "Mất điện, đã có điện lại"
			}
			list = append(list, in)
		}
	}
	_, err = d.desk.RecordTemperatures(ctx, d.who, list)
	return err
}

// reaction reports the fever of somebody who had a dose at the last session.
func (d *dayMaker) reaction(ctx context.Context) error {
	var dose *project.ImmunizationRow
	err := d.desk.Node.Store().View(ctx, func(tx store.Tx) error {
		for day := d.today - SessionEvery; day > d.today-4*SessionEvery && dose == nil; day -= SessionEvery {
			rows, err := tx.DosesOn([]p.EntityID{d.n.Place}, day)
			if err != nil {
				return err
			}
			if i := slices.IndexFunc(rows, func(r project.ImmunizationRow) bool { return r.Vaccine == "DPT-VGB-HIB" && r.Lot != "" }); i >= 0 {
				dose = &rows[i]
			}
		}
		return nil
	})
	if err != nil || dose == nil {
		return err
	}
	_, err = d.desk.RecordReaction(ctx, d.who, registry.ReactionInput{
		Subject: dose.Subject, Doses: []p.EntityID{dose.ID}, On: dose.GivenOn, Clock: registry.NewClock(19, 30), Signs: []string{"fever", "local"}, Outcome: registry.EndRecovered,
	})
	return err
}

// people plans the session, calls who is due, and lets them come.
func (d *dayMaker) people(ctx context.Context) error {
	begun, _ := d.ago(60 * dayHours / 2).Minute()
	begun -= begun % 30 // people say half past seven
	in := registry.SessionInput{Place: d.n.Place, From: registry.NewClock(begun/60, begun%60), Setting: registry.SettingStation, Capacity: (dayPeople + dayHours - 1) / dayHours}
	from, _ := in.From.Minute()
	until := min(from+60*dayHours, 24*60-1)
	in.Until = registry.NewClock(until/60, until%60)
	ids, _, err := d.desk.PlanSessions(ctx, d.who, in, []registry.Day{d.today})
	if err != nil || len(ids) == 0 {
		return err
	}
	strangers, err := d.desk.NewHere(ctx, d.who)
	if err != nil {
		return err
	}
	if _, err := d.desk.SpreadSession(ctx, d.who, ids[0], nil); err != nil {
		return err
	}
	for i := range strangers { // whom nobody here has met yet is not in the room: a baby may be an hour old
		if _, err := d.desk.TakeOff(ctx, d.who, ids[0], strangers[i].Subject.ID, "mới về xã, chưa gặp"); err != nil && !errors.Is(err, desk.ErrNotFound) {
			return err
		}
	}
	list, err := d.desk.SessionList(ctx, d.who, ids[0], 0)
	if err != nil {
		return err
	}
	called := list.Called
	next := func(k int) []desk.Called {
		k = min(k, len(called)*k/dayPeople+1, len(called))
		part := called[:k]
		called = called[k:]
		return part
	}
	for _, part := range []struct {
		people  []desk.Called
		came    int // minutes ago the first of them came, and the next ones every…
		every   int
		advance func(x *desk.Called, v *registry.VisitInput, came int) bool // false: no dose
	}{
		{next(dayGone), 118, 5, func(_ *desk.Called, v *registry.VisitInput, came int) bool {
			d.screened(v, came-4)
			v.Gone, v.GoneBy = d.ago(came-10-registry.WatchMinutes-2), d.who.User
			return true
		}},
		{next(dayPutOff), 52, 0, func(_ *desk.Called, v *registry.VisitInput, came int) bool {
			d.screened(v, came-6)
			v.Conclusion, v.Temperature, v.Findings = registry.ScreeningPostpone, 384, []string{registry.FindingFever}
			return false
		}},
		{next(dayOver), 46, 0, func(_ *desk.Called, v *registry.VisitInput, came int) bool { d.screened(v, came-3); return true }},
		{next(dayWatched), 36, 5, func(_ *desk.Called, v *registry.VisitInput, came int) bool { d.screened(v, came-4); return true }},
		{next(dayReady), 14, 3, func(_ *desk.Called, v *registry.VisitInput, came int) bool { d.screened(v, came-6); return false }},
		{next(dayWaiting), 9, 2, func(*desk.Called, *registry.VisitInput, int) bool { return false }},
	} {
		for i := range part.people {
			x, came := &part.people[i], part.came-i*part.every
			v := registry.VisitInput{Subject: x.Subject.ID, Place: d.n.Place, Session: ids[0], Day: d.today, Arrived: d.ago(came)}
			dosed := part.advance(x, &v, came)
			if err := d.visit(ctx, v); err != nil {
				return err
			}
			if dosed {
				if err := d.give(ctx, x, d.ago(came-10)); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// screened notes that nothing is wrong.
func (d *dayMaker) screened(v *registry.VisitInput, minutesAgo int) {
	v.Screened, v.Conclusion, v.Screener, v.Temperature = d.ago(minutesAgo), registry.ScreeningEligible, d.who.User, 365+d.m.r.IntN(7)
}

// visit writes a visit as it was written some minutes ago.
func (d *dayMaker) visit(ctx context.Context, v registry.VisitInput) error {
	_, err := d.desk.Node.Append(ctx, d.who.User, func(store.Tx, func(int) p.EntityID) ([]registry.Draft, error) {
		draft, err := registry.NewVisit(v, d.today)
		return []registry.Draft{draft}, err
	})
	return err
}

// give gives what is due and may be given.
func (d *dayMaker) give(ctx context.Context, x *desk.Called, at registry.Clock) error {
	v := desk.Visit{Subject: x.Subject.ID, GivenClock: at, Checked: registry.CheckedCard}
	for i := range x.Due {
		code := x.Due[i].Vaccine
		v.Doses = append(v.Doses, registry.ImmunizationInput{Vaccine: code, Lot: lotOf(code, d.today), Expires: d.today + 400, Site: vaccines[code].Site, Route: vaccines[code].Route, Programme: vaccines[code].Programme})
	}
	for len(v.Doses) > 0 {
		_, err := d.desk.RecordVisit(ctx, d.who, v)
		var not *desk.DoseError
		if !errors.As(err, &not) {
			return err
		}
		v.Doses = slices.Delete(v.Doses, not.Index, not.Index+1) // the page would have said so, and left it out
	}
	return nil
}

// walkIn lets somebody come whom nobody had called: a newborn of today's night, on record since a minute ago.
func (d *dayMaker) walkIn(ctx context.Context) error {
	in := d.m.Child(d.n.Commune, d.today, 1)
	in.BirthDate = d.today - 1
	id, _, err := d.desk.Register(ctx, d.who, in, true)
	if err != nil {
		return err
	}
	return d.desk.Arrive(ctx, d.who, id)
}
