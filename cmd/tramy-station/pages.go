package main

import (
	"log/slog"

	"tramy/internal/api"
	"tramy/internal/server"
	"tramy/station"
	"tramy/station/web"
)

// newPages puts a station's pages and its API on one server.
func newPages(s *station.Station, log *slog.Logger) (*server.Server, error) {
	throttle := &server.Throttle{}
	w, err := web.New(s, web.Options{Throttle: throttle, Log: log})
	if err != nil {
		return nil, err
	}
	srv := server.New(server.Options{Logins: w.Logins, ErrorPage: w.ErrorPage, Log: log})
	w.Register(srv)
	api.New(api.Options{Desk: s.Desk, Uplink: s.Uplink, Logins: w.Logins, Throttle: throttle}).Register(srv)
	return srv, nil
}
