package node

import (
	"tramy/internal/store"
	p "tramy/syncproto"
)

// Waiting is how many intakes wait for whoever has the lock.
func (n *Node) Waiting() int {
	n.waitingMu.Lock()
	defer n.waitingMu.Unlock()
	return len(n.waiting)
}

// RowsVersion sets by which version of the program rows are made, until the test is over.
func RowsVersion(t interface{ Cleanup(func()) }, version uint64) {
	before := rowsVersion
	rowsVersion = version
	t.Cleanup(func() { rowsVersion = before })
}

// Numbers of receipts, see receipts.go.
const ReceiptRunsMax = receiptRunsMax

var (
	LeapReceipts = leapReceipts
	KnowsReceipt = knowsReceipt
)

// ReturnedPerAnswer is how many segments an answer hands back before it leaves further logs to the next.
const ReturnedPerAnswer = returnedPerAnswer

// Limits of what a child can make a node keep, see limits.go, missing.go, keys.go and returned.go.
const (
	ParkedThroughMax   = parkedThroughMax
	ParkedUnderKeysMax = parkedUnderKeysMax
	BareLogsMax        = bareLogsMax
	CounterBare        = counterBare
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
