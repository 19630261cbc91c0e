package api_test

import (
	"testing"

	"tramy/internal/desk"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	"tramy/station"
	p "tramy/syncproto"
)

// officerLogin is the officer of the province.
const officerLogin = "tinh"

// tree is a centre, its places and people, and a station that has not called yet.
type tree struct {
	*nodetest.Tree
	T     testing.TB
	Local desk.Who   // the officer of the province
	Other p.EntityID // another province
}

// newTree makes a tree.
func newTree(t testing.TB) *tree {
	t.Helper()
	x := &tree{Tree: nodetest.NewUnsynced(t), T: t}
	err := x.Hub.Node.Store().View(t.Context(), func(tx store.Tx) error {
		rows, err := tx.PlacesByCode("gso:01")
		if len(rows) > 0 {
			x.Other = rows[0].ID
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	x.Local = x.AddUser(t, officerLogin, "Nguyễn Thu Hà", rights.Province, x.Province)
	return x
}

// join lets the station call for the first time and from then on by itself.
func (x *tree) join() *station.Station {
	x.T.Helper()
	x.Sync(x.T)
	x.Run(x.T)
	return x.Station
}

// day is a date some days from the tree's today, as a program writes it.
func day(n int) string {
	return (registry.Today(nodetest.Start, registry.VietnamOffset) + registry.Day(n)).ISO()
}
