package desk

import (
	"context"
	"runtime/debug"
	"slices"
	"time"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// dueCasesPerStep is how many cases are worked out in one transaction: few enough that whoever presses save in
// between waits for milliseconds.
const dueCasesPerStep = 32

// dueStepsLong is after how many steps in a row, at the start after any, memory is given back to the system: a laptop has
// little, and one that then does nothing would keep for hours what the work had needed.
const dueStepsLong = 100

// KeepDue works out what is due wherever something has changed, and each morning for those whose day has come,
// until ctx ends; failed is told what went wrong.
func (d *Desk) KeepDue(ctx context.Context, failed func(error)) {
	hour := time.NewTicker(time.Hour) // the day changes when nobody writes, too
	defer hour.Stop()
	for long := 0; ; long = dueStepsLong {
		steps := 0
		for {
			steps++
			more, err := d.Node.WorkOutDue(ctx, dueCasesPerStep)
			if err != nil && ctx.Err() == nil {
				failed(err)
			}
			if err != nil || !more {
				break
			}
		}
		if steps > long {
			debug.FreeOSMemory()
		}
		select {
		case <-ctx.Done():
			return
		case <-d.Node.DueWork():
		case <-hour.C:
		}
	}
}

// WorkOutDue works out what the last acts have changed, so that lists read after a save show it. What a change
// of the schedule leaves is more than a reader waits for, and goes on beside. Who reads when nothing is left does
// not wait for those who write.
func (d *Desk) WorkOutDue(ctx context.Context) error {
	left, err := d.Node.DueLeft(ctx)
	if err == nil && left > 0 {
		_, err = d.Node.WorkOutDue(ctx, dueCasesPerStep)
	}
	return err
}

// Worklist lists whom the schedule asks for at this node's places. At a hub these are all places below it. It is as of
// the last [Desk.WorkOutDue]. Who they are is read by [Desk.Expect], for those that are shown.
func (d *Desk) Worklist(ctx context.Context, who Who, q store.DueQuery) ([]store.DuePerson, error) {
	if err := may(who, rights.Read, registry.KindSubject); err != nil {
		return nil, err
	}
	home := d.Home()
	q.Residences = home.Residences()
	var out []store.DuePerson
	if err := d.view(ctx, func(tx store.Tx) (err error) {
		out, err = tx.Due(q)
		return err
	}); err != nil {
		return nil, err
	}
	if len(q.Residences) > 0 { // the station's own people
		return out, nil
	}
	a := d.areaOf(who)
	return slices.DeleteFunc(out, func(x store.DuePerson) bool { return !a.has(x.Residence) }), nil
}

// CountDue tells how many Worklist has, without those whom leave names.
func (d *Desk) CountDue(ctx context.Context, who Who, q store.DueQuery, leave func(kase p.EntityID) bool) (int, error) {
	home := d.Home()
	var cases []p.EntityID
	if q.Residences = home.Residences(); len(q.Residences) == 0 { // a person's area decides
		people, err := d.Worklist(ctx, who, q)
		if err != nil {
			return 0, err
		}
		cases = idsOf(people, func(x *store.DuePerson) p.EntityID { return x.Case })
	} else {
		if err := may(who, rights.Read, registry.KindSubject); err != nil {
			return 0, err
		}
		if err := d.view(ctx, func(tx store.Tx) (err error) {
			cases, err = tx.DueCases(q)
			return err
		}); err != nil {
			return 0, err
		}
	}
	n := 0
	for _, kase := range cases {
		n += btoi(!leave(kase))
	}
	return n, nil
}

// Expect reads the records of people of a worklist, and writes down that somebody read their names. Who is not here any
// more is left out.
func (d *Desk) Expect(ctx context.Context, who Who, people []store.DuePerson) ([]Expected, error) {
	home := d.Home()
	var out []Expected
	err := d.view(ctx, func(tx store.Tx) (err error) {
		all := make([]coming, len(people))
		for i, x := range people {
			all[i] = coming{since: x.Since, kase: x.Case, vaccines: x.Vaccines}
		}
		out, err = read(tx, all, &home)
		return err
	})
	if err != nil {
		return nil, err
	}
	for i := range out {
		masked(who, &out[i].Subject)
	}
	return out, d.NoteListed(ctx, who, idsOf(out, func(x *Expected) p.EntityID { return x.Subject.ID })...)
}

// coming is somebody on a list whose record is not read yet; what is told of them becomes an Expected. There may be thousands.
type coming struct {
	kase         p.EntityID
	residence    p.EntityID // zero with hamlet, unless something is due or overdue: then the record says it
	hamlet       string
	vaccines     []string
	since        registry.Day
	at           registry.Clock
	booked, late bool
}

// read reads who leads each case and what they need of the vaccines they are listed for. Who is not here is left out.
func read(tx store.Tx, people []coming, home *Home) ([]Expected, error) {
	cases := make([]p.EntityID, len(people))
	for i := range people {
		cases[i] = people[i].kase
	}
	leads, err := tx.Leads(cases...)
	if err != nil {
		return nil, err
	}
	due, err := tx.DueOf(cases...)
	if err != nil {
		return nil, err
	}
	at, wanted := make(map[p.EntityID]int, len(leads)), make(map[p.EntityID][]project.DueRow, len(leads))
	for i := range leads {
		at[leads[i].ID] = i
	}
	for i := range due {
		wanted[due[i].Case] = append(wanted[due[i].Case], due[i])
	}
	out := make([]Expected, 0, len(people))
	for i := range people {
		x := &people[i]
		k, here := at[x.kase]
		if !here {
			continue
		}
		out = append(out, Expected{
			Subject: leads[k], AskHome: home.Asks(&leads[k]), Booked: x.booked, At: x.at, Since: x.since,
			Due: slices.DeleteFunc(wanted[x.kase], func(r project.DueRow) bool { return !slices.Contains(x.vaccines, r.Vaccine) }),
		})
	}
	return out, nil
}
