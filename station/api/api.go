// Package api serves a station's JSON interface: what internal/api shares between station and hub, and
// nothing else so far.
package api

import (
	"tramy/internal/api"
	"tramy/internal/server"
	"tramy/station"
)

// Register puts a station's API on a server and returns it. Of o, Desk and Uplink are filled in here.
func Register(s *server.Server, st *station.Station, o api.Options) *api.API {
	o.Desk, o.Uplink = st.Desk, st.Uplink
	a := api.New(o)
	a.Register(s)
	return a
}
