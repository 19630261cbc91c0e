// Package country makes a small country on one machine, for newcomers, training, checks and measuring: a
// centre, a province, a regional hub and stations, with children and doses of a made-up register, whose
// nodes speak to each other only over sockets, each through a link that can be cut and slowed.
//
// Read country.go, then life.go for its people and link.go for its lines; check.go and asks.go ask it questions.
package country
