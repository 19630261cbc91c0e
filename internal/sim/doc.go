// Package sim runs a small country in one process: a centre, hubs, stations and the people at them, on the real
// merge, node, exchange and store, while everything goes wrong that page 6.1 of the design lists. All that happens
// follows from a tape of choices, drawn from one seed: a run that failed is played again from its seed, cut down to
// the few steps that matter, and kept as a script.
//
// A run has three phases. In the first people work and machines speak to each other. In the second faults come on
// top, of kinds and at rates that each seed draws for itself. In the third all is well again, and what the tree
// holds is compared with what people were told: see package proof, which shares no code with merge or node.
//
// Time, network, disks and randomness are the simulator's; nothing runs beside. A request is written by a goroutine
// of the exchange's own, while the simulator waits for its bytes.
//
// Read world.go, then work.go (what people do), faults.go (what goes wrong) and end.go (what must hold).
package sim
