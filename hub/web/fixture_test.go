package web

import (
	"testing"

	"tramy/internal/desk"
	"tramy/internal/nodetest"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// officerLogin is the officer of the province.
const officerLogin = "tinh"

// tree is a centre with a station that has not called yet, and an officer of its province.
type tree struct {
	*nodetest.Tree
	Local desk.Who   // the officer of the province
	Other p.EntityID // another province
}

func newTree(t *testing.T) *tree {
	t.Helper()
	x := &tree{Tree: nodetest.NewUnsynced(t)}
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
func (x *tree) join(t *testing.T) {
	t.Helper()
	x.Sync(t)
	x.Run(t)
}

// child changes what the hub noted when the station last called.
func child(t *testing.T, tree *tree, change func(*store.ChildRow)) {
	t.Helper()
	err := tree.Hub.Node.Store().Update(t.Context(), func(tx store.Tx) error {
		row, err := tx.Child(tree.Station.Node.Identity().Device)
		if err != nil {
			return err
		}
		change(row)
		return tx.PutChild(row)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// hold marks the station's last change as not let in, as an exchange does that brings what may not be.
func hold(t *testing.T, tree *tree, reason p.HoldReason) {
	t.Helper()
	err := tree.Hub.Node.Store().Update(t.Context(), func(tx store.Tx) error {
		rows, err := tx.LogsOf(tree.Station.Node.Identity().Device)
		if err != nil {
			return err
		}
		row := rows[0]
		row.Reason, row.In = reason, row.Head-1
		return tx.PutLog(&row)
	})
	if err != nil {
		t.Fatal(err)
	}
}
