package storetest

import (
	"errors"
	"testing"

	"tramy/internal/store"
)

// alarmsKept floods one machine's alarms: those of others stay.
func alarmsKept(t *testing.T, s store.Store) {
	flood := make([]store.AlarmRow, store.AlarmsKept+1)
	for i := range flood {
		flood[i] = store.AlarmRow{WallMS: int64(i), Code: "segment", Device: id(7)}
	}
	others := []store.AlarmRow{{Code: "segment", Device: id(8)}, {Code: "fork", Device: id(7)}}
	update(t, s, func(tx store.Tx) error {
		return errors.Join(each(others, tx.PutAlarm), each(flood[:store.AlarmsKept], tx.PutAlarm))
	})
	count := func() int {
		return len(read(t, s, func(tx store.Tx) ([]store.AlarmRow, error) { return tx.Alarms(1000) }))
	}
	if got := count(); got != store.AlarmsKept+2 {
		t.Errorf("%d alarms at the limit", got)
	}
	update(t, s, func(tx store.Tx) error { return tx.PutAlarm(&flood[store.AlarmsKept]) })
	all := read(t, s, func(tx store.Tx) ([]store.AlarmRow, error) { return tx.Alarms(1000) })
	if len(all) != store.AlarmsKept+2 || all[0].WallMS != store.AlarmsKept || all[store.AlarmsKept-1].WallMS != 1 {
		t.Errorf("%d alarms one beyond it, from %d to %d", len(all), all[0].WallMS, all[store.AlarmsKept-1].WallMS)
	}
	same(t, "other alarms", all[store.AlarmsKept:], []store.AlarmRow{others[1], others[0]})
}

// waiting counts what leads nowhere yet, child by child.
func waiting(t *testing.T, s store.Store) {
	update(t, s, func(tx store.Tx) error {
		return errors.Join(
			tx.PutLog(&store.LogRow{ID: logID(1), Via: id(5), Receipt: 1}), tx.PutLog(&store.LogRow{ID: logID(2), Via: id(5), Receipt: 2}),
			tx.PutLog(&store.LogRow{ID: logID(3), Via: id(5), Receipt: 3, Head: 1}), tx.PutLog(&store.LogRow{ID: logID(4), Via: id(6), Receipt: 4}),
			tx.PutParked(&store.ParkedRow{Log: logID(1), First: 1, Device: id(1), Via: id(5), Raw: make([]byte, 1000)}),
			tx.PutParked(&store.ParkedRow{Log: logID(1), First: 2, Device: id(1), Via: id(5), Raw: make([]byte, 24)}),
			tx.PutParked(&store.ParkedRow{Log: logID(9), First: 1, Via: id(6), Raw: make([]byte, 7)}),
		)
	})
	for via, want := range map[int]store.WaitingRow{5: {Logs: 2, ParkedBytes: 1024}, 6: {Logs: 1, ParkedBytes: 7}, 7: {}} {
		got := read(t, s, func(tx store.Tx) (store.WaitingRow, error) { return tx.Waiting(id(via)) })
		if got != want {
			t.Errorf("of child %d %+v waits, want %+v", via, got, want)
		}
	}
}
