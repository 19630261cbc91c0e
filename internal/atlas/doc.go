// Package atlas answers what the map of places was on a day: which places were in force, under what name and
// parent, and where somebody who was recorded at one place stands on the map of another day.
//
// A place that is renamed, gets another code or kind or moves is the same place and keeps what it was as former
// periods; a place that ends names its successors, and new territory is a new place. Records keep the place at
// which they were made. So everything here is a reading: a pure function of rows, without a clock, that gives the
// same on every node which holds the same places, in whatever order they came.
//
// An Atlas is all of history, a Map one day of it. It does not say what may be written about a place (registry) or who
// may see it (rights).
//
// Read atlas.go first, then map.go, stands.go for people, scope.go for whose feed carries what.
package atlas
