// Package cases runs an engine over cases: people with what is expected of them, one JSON object a line, as CDC
// publishes them for its own schedule and as anybody can write them for another. It is behind the command
// "forecast" of both programs, and behind the conformance test.
//
// Read case.go for what a line says, answer.go for what is printed, compare.go for when the two agree.
package cases
