// Package panics says what may be told of a panic. A panic's value may hold what a person typed, so that only its type is told, and
// the words of Go's runtime, which name types, indices and lengths.
package panics
