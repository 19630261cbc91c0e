// Package hostile attacks a hub, as somebody without a token and as one machine that has one, while other machines go on exchanging, and
// measures what it costs the hub and them. Each attack has one name. The attacks are for our own hubs: they are what its bounds are tested
// with, and what `tramy-demo bench hostile` prints.
//
// Start with Attacks (attacks.go) for the list, and Run (run.go) for what is measured. The bounds themselves are in internal/server
// (conns.go), internal/exchange (turns.go, allowance.go) and internal/node (waiting.go).
package hostile
