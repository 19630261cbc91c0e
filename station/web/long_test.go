package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// named counts how many of some people an access record names.
func named(t *testing.T, tree *nodetest.Tree, people []p.EntityID) (n int) {
	t.Helper()
	if err := tree.Station.Node.Store().View(t.Context(), func(tx store.Tx) error {
		for _, id := range people {
			rows, err := tx.AccessesNaming(id, 0)
			if err != nil {
				return err
			}
			if len(rows) > 0 {
				n++
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return n
}

// A long list shows its first part and counts the others: their names are neither drawn nor, so, looked at.
func TestALongListOfWomenShowsItsFirstPart(t *testing.T) {
	b := serve(t, nodetest.New(t)).as(nodetest.NurseLogin)
	today := b.tree.Station.Today()
	var women []p.EntityID
	for i := range 70 {
		in := registry.SubjectInput{
			Place: b.tree.Commune, Name: fmt.Sprintf("Lò Thị %02d", i), Phone: fmt.Sprintf("03870001%02d", i), BirthDate: today - 9000, BirthPrec: registry.PrecisionDay,
			Sex: registry.SexFemale, Group: registry.GroupPregnant, DueDate: today + registry.Day(i) - 2,
		}
		if i == 69 {
			in.DueDate = 0 // nobody knows it: asked about before the weeks
		}
		id, _, err := b.tree.Station.Register(t.Context(), b.tree.Nurse, in, true)
		if err != nil {
			t.Fatal(err)
		}
		women = append(women, id)
	}
	workOut(t, b.tree)
	b.get("/women").want(http.StatusOK).says("70", "Xem cả 70 người", "Lò Thị 00", "Lò Thị 69", "Lò Thị 58").silent("Lò Thị 59", "Lò Thị 68")
	if n := named(t, b.tree, women); n != 60 {
		t.Errorf("%d were named, 60 are shown", n)
	}
	b.get("/women?all=1").want(http.StatusOK).says("Lò Thị 59", "Lò Thị 68").silent("Xem cả")
	if n := named(t, b.tree, women); n != 70 {
		t.Errorf("%d were named, all are shown", n)
	}
}

func TestALongSessionShowsItsFirstPart(t *testing.T) {
	b := serve(t, nodetest.New(t)).as(nodetest.NurseLogin)
	people := children(t, b.tree, 70)
	ids, _, err := b.tree.Station.PlanSessions(t.Context(), b.tree.Nurse, registry.SessionInput{From: registry.NewClock(7, 30), Until: registry.NewClock(11, 0), Capacity: 50, Hamlets: []string{"bản Na Phay 1", "bản Pha Thanh"}}, []registry.Day{b.tree.Station.Today()})
	if err != nil {
		t.Fatal(err)
	}
	workOut(t, b.tree)
	page := "/session/" + ids[0].String()
	b.get(page).want(http.StatusOK).says("70", "Xem cả 70 người")
	drawn := 0
	for i := range people {
		if strings.Contains(b.text(), fmt.Sprintf("Lò Văn %02d", i)) {
			drawn++
		}
	}
	if drawn != 60 {
		t.Errorf("%d people are drawn, not the first 60", drawn)
	}
	if n := named(t, b.tree, people); n != 60 {
		t.Errorf("%d were named, 60 are shown", n)
	}
	list, err := b.tree.Station.SessionList(t.Context(), b.tree.Nurse, ids[0], 10)
	if err != nil {
		t.Fatal(err)
	}
	whole, err := b.tree.Station.SessionList(t.Context(), b.tree.Nurse, ids[0], 0)
	if err != nil {
		t.Fatal(err)
	}
	if len(list.Open) != 10 || list.OpenMore != 60 || len(whole.Open) != 70 || whole.OpenMore != 0 || len(list.Hamlets) != 2 || list.Hamlets[0] != whole.Hamlets[0] || list.Hamlets[0].People != 47 {
		t.Errorf("of 70 %d and %d more, all: %d and %d more; %v, %v", len(list.Open), list.OpenMore, len(whole.Open), whole.OpenMore, list.Hamlets, whole.Hamlets)
	}
	for i := range list.Open {
		if list.Open[i].Subject.ID != whole.Open[i].Subject.ID || len(list.Open[i].Due) != len(whole.Open[i].Due) || len(list.Open[i].Due) == 0 {
			t.Errorf("row %d differs from that of the whole list", i)
		}
	}
}

// workOut works out all that is due.
func workOut(t *testing.T, tree *nodetest.Tree) {
	t.Helper()
	for more := true; more; {
		var err error
		if more, err = tree.Station.Node.WorkOutDue(t.Context(), 500); err != nil {
			t.Fatal(err)
		}
	}
}
