// Package api serves a station's JSON interface: what internal/api shares between station and hub, and
// looking a child up elsewhere.
package api

import (
	"net/http"

	"tramy/internal/api"
	"tramy/internal/server"
	"tramy/station"
)

// Register puts a station's API on a server and returns it. Of o, Desk and Uplink are filled in here.
func Register(s *server.Server, st *station.Station, o api.Options) *api.API {
	o.Desk, o.Uplink = st.Desk, st.Uplink
	a := api.New(o)
	a.Describe(parts, "openapi")
	a.Register(s)
	x := &stationAPI{station: st}
	a.Handle(s, api.Read, http.MethodPost, api.Prefix+"/lookup", x.lookUp)
	a.Handle(s, api.Write, http.MethodPost, api.Prefix+"/lookup/fetch", x.fetch)
	a.TakeBundles(s)
	return a
}
