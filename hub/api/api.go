package api

import (
	"embed"
	"net/http"

	"tramy/hub"
	"tramy/internal/api"
	"tramy/internal/server"
)

//go:embed openapi/*.json
var parts embed.FS

// hubAPI holds the handlers that only a hub has.
type hubAPI struct{ hub *hub.Hub }

// Register puts a hub's API on a server and returns it. Of o, Desk and Uplink are filled in here.
func Register(s *server.Server, h *hub.Hub, o api.Options) *api.API {
	o.Desk, o.Uplink, o.Rules.Hub = h.Desk, h.Uplink, true
	a := api.New(o)
	a.Describe(parts, "openapi")
	a.Register(s)
	x := &hubAPI{hub: h}
	a.Handle(s, api.Read, http.MethodGet, api.Prefix+"/stations", x.stations)
	a.Handle(s, api.Write, http.MethodPost, api.Prefix+"/enrolments", x.enrol)
	a.Handle(s, api.Write, http.MethodPost, api.Prefix+"/devices/{id}/revoke", x.revoke)
	a.Handle(s, api.Read, http.MethodGet, api.Prefix+"/held", x.held)
	a.Handle(s, api.Write, http.MethodPost, api.Prefix+"/held/{log}/admit", x.admit)
	a.Handle(s, api.Write, http.MethodPost, api.Prefix+"/held/{log}/reject", x.reject)
	a.Handle(s, api.Read, http.MethodGet, api.Prefix+"/rescues", x.rescues)
	return a
}
