package node

import (
	"tramy/internal/store"
	p "tramy/syncproto"
)

// Limits of what a child can make a node keep, see limits.go, missing.go, keys.go and returned.go.
const (
	ParkedUnderKeysMax = parkedUnderKeysMax
	ListedLogsMax      = listedLogsMax
	WantsAnsweredMax   = wantsAnsweredMax
	EndsKeptMax        = endsKeptMax
	RecordsLookedMax   = recordsLookedMax
	ReturnedMax        = returnedMax
)

// LookThrough is the part of Missing that looks for signs in the records of a scope, after so many others.
func LookThrough(tx store.Tx, scope p.EntityID, before int) (records int, all bool, err error) {
	m := missing{ends: map[p.LogID]*end{}, out: Missing{Records: before, All: true}}
	err = m.records(tx, []p.EntityID{scope})
	return m.out.Records, m.out.All, err
}

// TakeReturned hands a call that many segments, and returns how many it keeps.
func TakeReturned(n int) (int, error) {
	c := &Call{}
	for range n {
		if err := c.Returned(&p.Returned{}); err != nil {
			return 0, err
		}
	}
	return len(c.returned), nil
}
