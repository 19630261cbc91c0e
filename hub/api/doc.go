// Package api serves a hub's JSON interface: what internal/api shares between station and hub, and what
// only a hub has: the stations below it, enrolment, revoking, and logs that were not let in whole.
//
// Read api.go.
package api
