// Package crash holds tests that run the real programs, tramy-hub and tramy-station, as processes, and treat them
// as the field does: they are killed at any moment, the power goes, the disk fills up, bytes of their files turn, the line is bad
// and something between answers in the hub's place, and clocks are wrong. A driver outside works over the programs' own
// HTTP API and keeps what it was told was saved; nothing of it may be missing or doubled afterwards.
//
// "go test" runs a slice of each; "make crash" runs them for long and prints the figures. A run is repeated by its
// seed, as far as processes can be: what is drawn is the same, the moment is the machine's.
//
// Start with world_test.go (the programs and the places they run in) and book_test.go (what was told, and the check).
package crash
