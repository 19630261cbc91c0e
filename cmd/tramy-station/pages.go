package main

import (
	"log/slog"

	"tramy/internal/api"
	"tramy/internal/pages"
	"tramy/internal/server"
	"tramy/station"
	stationapi "tramy/station/api"
	"tramy/station/web"
)

// newPages puts a station's pages and its API on one server.
func newPages(s *station.Station, logins *server.Logins, usb string, log *slog.Logger) (*server.Server, error) {
	throttle := &server.Throttle{Store: pages.Guesses{Store: s.Node.Store()}, Log: log} // by a clock that nobody sets
	w, err := web.New(s, web.Options{Logins: logins, Throttle: throttle, USB: usb, Log: log})
	if err != nil {
		return nil, err
	}
	srv := server.New(server.Options{Logins: w.Logins, ErrorPage: w.ErrorPage, Log: log})
	w.Register(srv)
	stationapi.Register(srv, s, api.Options{Logins: w.Logins, Throttle: throttle, Rules: w.Rules})
	return srv, nil
}
