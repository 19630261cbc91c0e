// Package node is the node equation: one rule that stations, hubs and the centre share. What comes from
// below, and what this node's own users do, is applied as changes; what comes from above is joined as
// states. Append, Receive and Absorb are the three doors to one private apply; nothing else changes a
// state.
//
// The package starts no goroutine, reads no clock and draws no randomness of its own: they are passed in,
// so that a simulator can drive it. It never decides by a clock (I3) and never iterates a map where the
// order could be seen.
//
// Read node.go, append.go and batch.go, then call.go and take.go (the child's side of an exchange) and serve.go (the
// upstream's).
package node
