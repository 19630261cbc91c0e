// Package apitest is for tests of what programs and officers touch: a tree of nodetest with an officer of
// its province, and a client that speaks to a server as one of its people.
package apitest

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

// Log-in names of a tree's people; the password of all is nodetest.Password.
const (
	Nurse   = nodetest.NurseLogin
	Head    = nodetest.HeadLogin
	Admin   = nodetest.AdminLogin
	Officer = "tinh" // of the province
)

// Tree is a centre, its places and people, and a station that has not called yet.
type Tree struct {
	*nodetest.Tree
	T     testing.TB
	Local desk.Who   // the officer of the province
	Other p.EntityID // another province
}

// New makes a tree.
func New(t testing.TB) *Tree {
	t.Helper()
	tree := &Tree{Tree: nodetest.NewUnsynced(t), T: t}
	err := tree.Hub.Node.Store().View(t.Context(), func(tx store.Tx) error {
		row, err := tx.PlaceByCode("gso:01")
		if err == nil {
			tree.Other = row.ID
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	tree.Local = tree.AddUser(t, Officer, "Nguyễn Thu Hà", rights.Province, tree.Province)
	return tree
}

// Join lets the station call for the first time and from then on by itself.
func (tree *Tree) Join() *station.Station {
	tree.T.Helper()
	tree.Sync(tree.T)
	tree.Run(tree.T)
	return tree.Station
}

// Day is a date some days from the tree's today, as a program writes it.
func Day(n int) string {
	return (registry.Today(nodetest.Start, registry.VietnamOffset) + registry.Day(n)).ISO()
}
