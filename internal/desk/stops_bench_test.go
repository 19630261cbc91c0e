package desk_test

import (
	"crypto/rand"
	"flag"
	"fmt"
	"testing"

	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// What a station has gathered after years, of what the lists of the day look at again every second and a half.
var (
	benchPeople   = flag.Int("people", 3000, "how many people the station of the benchmark of lists has; the half of them were called")
	benchContacts = flag.Int("contacts", 4000, "how many attempts to reach somebody it made in a year")
	benchLots     = flag.Int("lots", 600, "how many lots it ever had in hand")
)

func gathered(b *testing.B) *nodetest.Tree {
	b.Helper()
	tree := nodetest.New(b)
	today := tree.Station.Today()
	var drafts []registry.Draft
	var people []p.EntityID
	write := func(all bool) {
		b.Helper()
		if len(drafts) < 60 && !all || len(drafts) == 0 {
			return
		}
		dots, err := tree.Station.Node.Append(b.Context(), tree.Nurse.User, func(store.Tx, func(int) p.EntityID) ([]registry.Draft, error) { return drafts, nil })
		if err != nil {
			b.Fatal(err)
		}
		for i, dot := range dots {
			if drafts[i].Kind == registry.KindSubject {
				people = append(people, dot.Entity())
			}
		}
		drafts = drafts[:0]
	}
	add := func(d registry.Draft, err error) {
		b.Helper()
		if err != nil {
			b.Fatal(err)
		}
		drafts = append(drafts, d)
		write(false)
	}
	for i := range *benchPeople {
		code, err := registry.NewCode(int(tree.Station.Node.Identity().Number), rand.Reader)
		if err != nil {
			b.Fatal(err)
		}
		add(registry.NewSubject(registry.SubjectInput{
			Code: code, Place: tree.Commune, Name: fmt.Sprintf("Lò Thị %d", i), MotherName: "Mẹ", BirthDate: today - registry.Day(30+i%2000), BirthPrec: registry.PrecisionDay,
		}, today))
	}
	write(true)
	for i := range *benchContacts {
		add(registry.NewContact(registry.ContactInput{
			Subject: people[i%(len(people)/2)], Place: tree.Facility, On: today - registry.Day(i%360), Via: registry.ContactPhone, Came: registry.ContactUnreached,
		}, today))
	}
	for i := range *benchLots {
		lot := registry.LotAt{Place: tree.Facility, Vaccine: "BOPV", Number: fmt.Sprintf("L-%d", i), Expires: today + 700 - registry.Day(i*3)}
		d := registry.SuspendLot(nil, lot, "thử", p.EntityID{})
		if i > 0 { // one of them is suspended, the others are in nobody's way
			d.Writes = d.Writes[:0]
			for _, w := range registry.SuspendLot(nil, lot, "thử", p.EntityID{}).Writes {
				if w.Field != registry.LotSuspended {
					d.Writes = append(d.Writes, w)
				}
			}
		}
		add(d, nil)
	}
	write(true)
	return tree
}

func BenchmarkStops(b *testing.B) {
	tree := gathered(b)
	b.Run("stops", func(b *testing.B) {
		for b.Loop() {
			if list, err := tree.Station.Stops(b.Context()); err != nil || len(list) != 1 {
				b.Fatal(list, err)
			}
		}
	})
	b.Run("tried", func(b *testing.B) {
		for b.Loop() {
			if list, err := tree.Station.Tried(b.Context()); err != nil || len(list) == 0 {
				b.Fatal(len(list), err)
			}
		}
	})
}
