// Command mutants plants bugs, one at a time, and shows that the simulator finds each within the seeds that its table
// states. The product has no seams for it: a changed copy of one file is laid over the real one while the simulator is
// built (go build -overlay), and thrown away.
//
// Run it at the root of the repository: go run ./internal/sim/mutants. To plant another bug, add a row to table.go: a test
// fails when a row's text no longer stands exactly once in its file.
package main
