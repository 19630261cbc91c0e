package node

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

// Limits of what may wait, see waiting.go.
const (
	EmptyLogsStation   = emptyLogsStation
	ParkedBytesStation = parkedBytesStation
	WalksBackMax       = walksBackMax
)
