// Command mutants plants bugs in tramy-hub and tramy-station, one at a time, and shows that the tests that kill and cut off the real
// programs notice each: a test that finds nothing proves nothing.
//
// Run it at the root of the repository: go run ./internal/crash/mutants. To plant another bug, add a row to table.go: a test
// fails when a row's text no longer stands exactly once in its file.
package main
