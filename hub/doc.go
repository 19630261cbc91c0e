// Package hub is what a region, a province or the centre does: it takes in what its children send, judges
// what those it enrolled may write, passes it on, serves states down, enrols machines, keeps the map of
// places and shows officers the figures.
//
// Read hub.go, then enrol.go.
package hub
