package synth

import (
	"fmt"

	"tramy/internal/registry"
)

// habits are how a family keeps to the schedule.
type habits struct {
	misses  int // of a hundred session days they are told to come to
	stops   int // days after birth from which they do not come; 0: they go on
	never   bool
	atHome  bool // children are born at home
	clinic  bool // pays for vaccines in the town
	atPoint bool // is vaccinated at the outreach point
}

// Habits of families, of a hundred.
const (
	missesUsual  = 8
	livesFar     = 10
	missesFar    = 50
	stopsComing  = 4
	neverComes   = 1
	bornAtHome   = 8
	goesToClinic = 6
	inTown       = 14 // goes to the clinic, in a ward
	atPoint      = 15
)

func (m *maker) habits() habits {
	c := m.care
	h := habits{misses: missesUsual, never: c.of(neverComes), atHome: c.of(bornAtHome), atPoint: c.of(atPoint)}
	if c.of(livesFar) {
		h.misses, h.atPoint = missesFar, c.of(60)
	}
	if c.of(stopsComing) {
		h.stops = c.between(60, 660)
	}
	paying := goesToClinic
	if m.c.Type == "phuong" {
		paying = inTown
	}
	h.clinic = c.of(paying)
	return h
}

// live makes what somebody has been given so far.
func (m *maker) live(pn *person) {}

// lot names the lot of a vaccine that a commune had on a day, and when it expires: one a quarter.
func (n *Nation) lot(commune int, vaccine string, day registry.Day) (string, registry.Day) {
	y, month, _ := day.Date()
	quarter := (int(month) + 2) / 3
	x := hash(vaccine, n.communes[commune].Province, fmt.Sprint(y, quarter, commune%3))
	first := registry.NewMonth(y, month).First()
	return fmt.Sprintf("%s%02d%d-%03d", vaccine[:1], y%100, quarter, x%1000), first + 270 + registry.Day(x/1000%400)
}
