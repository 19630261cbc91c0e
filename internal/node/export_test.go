package node

// Waiting is how many intakes wait for whoever has the lock.
func (n *Node) Waiting() int {
	n.waitingMu.Lock()
	defer n.waitingMu.Unlock()
	return len(n.waiting)
}
