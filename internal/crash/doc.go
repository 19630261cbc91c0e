// Package crash holds tests that run the real programs, tramy-hub and tramy-station, as processes, and treat them
// as the field does: they are killed at any moment, also while they restore a backup, the power goes, the disk fills up, bytes of
// their files and of files on a stick turn, the line is bad and breaks every few KB or is slow, far away and gone for a while, something
// between answers in the hub's place or rewrites what passes, and clocks are wrong. A driver outside works over the programs' own
// HTTP API and keeps what it was told was saved; nothing of it may be missing or doubled afterwards.
//
// personal_test.go looks at the same programs for what they leave beside the records: nothing that a log, an address, a message or a file
// in clear holds may tell of a person.
//
// What it proves is proved in turn: "make crash-mutants" plants bugs in the programs, and a test must notice each.
//
// "go test" runs a slice of each; "make crash" runs them for long and prints the figures. A run is repeated by its
// seed, as far as processes can be: what is drawn is the same, the moment is the machine's.
//
// Start with world_test.go (the programs and the places they run in), book_test.go (what was told, and the check) and
// network_test.go (lines between them). How to run it and what to do with a failure is told in docs/guide/real-programs.md.
package crash
