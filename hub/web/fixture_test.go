package web

import (
	"testing"

	"tramy/internal/api/apitest"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// child changes what the hub noted when the station last called.
func child(t *testing.T, tree *apitest.Tree, change func(*store.ChildRow)) {
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
func hold(t *testing.T, tree *apitest.Tree, reason p.HoldReason) {
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
