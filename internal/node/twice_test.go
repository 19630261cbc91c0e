package node_test

import (
	"context"
	"fmt"
	"testing"

	"tramy/internal/store"
)

// TestWhatComesTwiceIsFollowedOnce: a long log that comes again, because an answer was cut or a station was set back, costs
// three times as much if it is three times as long. Followed from its beginning at each segment it costs nine times.
func TestWhatComesTwiceIsFollowedOnce(t *testing.T) {
	const some, times = 80, 3
	c := countryOn(t, true)
	for i := range some * times {
		c.a.act(subject(t, c.a, c.communeA, fmt.Sprint("Lò Gia ", i)))
		c.a.sealAll() // a segment each
	}
	var raws [][]byte
	c.a.view(func(tx store.Tx) error {
		rows, err := tx.Outbox(0, some*times+1)
		for i := range rows {
			raws = append(raws, rows[i].Raw)
		}
		return err
	})
	if len(raws) != some*times {
		t.Fatalf("%d segments", len(raws))
	}
	bring := func(raws [][]byte) float64 {
		return testing.AllocsPerRun(1, func() {
			got, err := c.province.n.BringIn(context.Background(), c.a.id.Device, raws)
			if err != nil || got.New+got.Known != len(raws) || got.Bad > 0 {
				t.Fatalf("%+v, %v", got, err)
			}
		})
	}
	bring(raws)
	short, long := bring(raws[:some]), bring(raws)
	if long > short*(times+1) {
		t.Errorf("%d segments that are known cost %.0f allocations, %d cost %.0f", some, short, len(raws), long)
	}
}
