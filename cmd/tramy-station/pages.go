package main

import (
	"log/slog"

	"tramy/internal/api"
	"tramy/internal/lan"
	"tramy/internal/pages"
	"tramy/internal/server"
	"tramy/station"
	stationapi "tramy/station/api"
	"tramy/station/web"
)

// newPages puts a station's pages and its API on one server.
// phones is the same behind the checks for phones in the room, nil if they have no way in.
func newPages(s *station.Station, logins *server.Logins, usb string, room *lan.LAN, log *slog.Logger) (srv, phones *server.Server, err error) {
	throttle := &server.Throttle{Store: pages.Guesses{Store: s.Node.Store()}, Log: log} // by a clock that nobody sets
	w, err := web.New(s, web.Options{Logins: logins, Throttle: throttle, USB: usb, LAN: room, Log: log})
	if err != nil {
		return nil, nil, err
	}
	on := func(o server.Options) *server.Server {
		o.Logins, o.ErrorPage, o.Log = w.Logins, w.ErrorPage, log
		srv := server.New(o)
		w.Register(srv)
		stationapi.Register(srv, s, api.Options{Logins: w.Logins, Throttle: throttle, Rules: w.Rules})
		return srv
	}
	if room != nil {
		phones = on(server.Options{TLS: room.TLS(), Host: room.Host, Admit: web.AdmitPhone(room)})
	}
	return on(server.Options{}), phones, nil
}
