package registry

import (
	"slices"
	"strings"

	p "tramy/syncproto"
)

// Twice says why two records of doses may be of one dose.
type Twice uint8

// Reasons, the surest first. Numbers are not stored.
const (
	TwiceDay     Twice = iota + 1 // the same vaccine on the same day
	TwiceSwapped                  // day and month exchanged
	TwiceNear                     // nearer to each other than the vaccine is given
)

var twiceKeys = []string{TwiceDay: "day", TwiceSwapped: "swapped", TwiceNear: "near"}

// String returns the stable key, "" for none.
func (x Twice) String() string { return key(twiceKeys, int64(x)) }

// Told is what decides whether two records may be of one dose.
type Told struct {
	Vaccine   string
	On        Day
	FirstHand bool // whoever recorded it also gave it
	Lot       string
}

// sameHandDays is within how many days two records of one vaccine that come from one kind of source are asked about. No schedule
// gives two doses so near (the shortest interval of the national ones is that of Japanese encephalitis, one week), save rabies after
// exposure. Between one's own record and what a card tells, nearDays are.
const sameHandDays = 7

// quickVaccines are given again sooner than nearDays, by the schedules in force: Japanese encephalitis and cholera a week or two
// after the first dose; their records are asked about within sameHandDays only. Of rabies after exposure (days 0, 3, 7, 14, 28) only
// those of one day are.
var quickVaccines = []string{"VNNB", "JEEV", "TA", "TA-DV"}

const rabies = "DAI"

// TwiceRecorded tells whether two counted records of one person may be of one dose, 0 if nothing speaks for it. Only a person can say,
// who looks at the card or asks.
func TwiceRecorded(a, b Told) Twice {
	if a.Vaccine != b.Vaccine || a.Vaccine == "" || a.On == 0 || b.On == 0 {
		return 0
	}
	days := a.On.AgeDays(b.On)
	days = max(days, -days)
	mixed := a.FirstHand != b.FirstHand
	within := sameHandDays
	switch {
	case strings.HasPrefix(a.Vaccine, rabies):
		within = 0
	case mixed && !slices.Contains(quickVaccines, a.Vaccine):
		within = nearDays
	}
	switch {
	case days == 0:
		return TwiceDay
	// Who gave both doses has their own word for both days, unless both are said to be of one vial.
	case swappedDay(a.On, b.On) && (mixed || a.Lot != "" && SameLot(a.Lot, b.Lot)):
		return TwiceSwapped
	case days < within:
		return TwiceNear
	}
	return 0
}

func swappedDay(a, b Day) bool {
	ya, ma, da := a.Date()
	yb, mb, db := b.Date()
	return a != b && ya == yb && int(ma) == db && int(mb) == da
}

// ApartOf returns the doses of which somebody said that they are others than this one. What two machines said at once both stands.
func ApartOf(s *p.State) []p.EntityID {
	var out []p.EntityID
	for _, v := range s.Values(DoseApart) {
		list, _ := v.Data.List()
		for _, item := range list {
			if id, ok := item.Ref(); ok && !slices.Contains(out, id) {
				out = append(out, id)
			}
		}
	}
	slices.SortFunc(out, p.EntityID.Compare)
	return out
}

// TellApart says that a dose is another than one that looks like it, or takes that back. The draft is empty if that is known.
func TellApart(s *p.State, other p.EntityID, apart bool) Draft {
	list := ApartOf(s)
	i := slices.Index(list, other)
	switch {
	case apart == (i >= 0):
		return Draft{}
	case apart:
		list = append(list, other)
		slices.SortFunc(list, p.EntityID.Compare)
	default:
		list = slices.Delete(list, i, i+1)
	}
	return Edit(s, DoseApart, refsData(list))
}
