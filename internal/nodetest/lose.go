package nodetest

import (
	"context"
	"testing"

	"tramy/internal/store"
	p "tramy/syncproto"
)

// SetBack puts a state in a store behind its node's back, where it goes as before, as a fault of a disk or of a
// program would that leaves no trace.
func SetBack(t testing.TB, st store.Store, s *p.State) {
	t.Helper()
	must(t, st.Update(context.Background(), func(tx store.Tx) error {
		routes, err := tx.Routes(s.ID)
		if err != nil {
			return err
		}
		for _, r := range routes {
			sum, err := tx.Sum(r.Scope)
			if err != nil {
				return err
			}
			sum.Sum = sum.Sum.Sub(r.Hash)
			r.Hash = p.StateHash(s)
			sum.Sum = sum.Sum.Add(r.Hash)
			if err := tx.PutRoute(&r); err != nil {
				return err
			}
			if err := tx.PutSum(r.Scope, sum); err != nil {
				return err
			}
		}
		return tx.PutState(s, false)
	}))
}
