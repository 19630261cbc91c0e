package pages

import (
	"fmt"
	"time"

	"tramy/internal/node"
	"tramy/internal/store"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// mendedShown is for how long the sync page says in a line that something was put right.
const mendedShown = 7 * 24 * time.Hour

// Mended lists what machines and their hubs held otherwise, and put right: of the machines that of accepts, newest
// first, from the alarms of a status.
func (c *Call) Mended(alarms []store.AlarmRow, of func(device p.EntityID) bool) []ui.Mended {
	var out []ui.Mended
	_ = c.View(func(tx store.Tx) error { // what cannot be read is not named
		for i := range alarms {
			a := &alarms[i]
			scope, records, ok := node.MendedOf(a)
			if !ok || !of(a.Device) {
				continue
			}
			line := ui.Mended{At: c.Words.When(at(a.WallMS), c.Now), Area: c.T("say.everybody"), Records: records}
			if !scope.IsZero() {
				line.Area = "?"
				if place, err := tx.Place(scope); err == nil && place != nil {
					line.Area = place.Name
				}
			}
			if row, err := tx.Device(a.Device); err == nil && row != nil {
				line.Machine = fmt.Sprintf("%03d %03d", row.Number/1000, row.Number%1000)
				if place, err := tx.Place(row.Place); err == nil && place != nil {
					line.Where = place.Name
				}
			}
			out = append(out, line)
		}
		return nil
	})
	return out
}

// mendedHere fills in what the sync page says of this machine itself.
func (c *Call) mendedHere(page *ui.Exchange, alarms []store.AlarmRow) {
	self := c.Desk.Node.Identity().Device
	page.Mended = c.Mended(alarms, func(device p.EntityID) bool { return device == self })
	for i := range alarms {
		if _, n, ok := node.MendedOf(&alarms[i]); ok && alarms[i].Device == self {
			if when := at(alarms[i].WallMS); c.Now.Sub(when) < mendedShown {
				page.MendedLine = c.T("say.mended", "at", c.Words.When(when, c.Now), "n", n)
			}
			return
		}
	}
}

// current leaves out of the alarms what is told otherwise: what was put right, and this machine's difference
// before it.
func current(alarms []store.AlarmRow, self p.EntityID) []store.AlarmRow {
	var out []store.AlarmRow
	mended := false
	for i := range alarms {
		switch {
		case alarms[i].Code == node.AlarmMended:
			mended = mended || alarms[i].Device == self
		case alarms[i].Code == node.AlarmUnequal && mended:
		default:
			out = append(out, alarms[i])
		}
	}
	return out
}
