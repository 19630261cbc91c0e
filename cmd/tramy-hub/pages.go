package main

import (
	"log/slog"

	"tramy/hub"
	"tramy/internal/api"
	"tramy/internal/server"
)

// newPages puts a hub's pages and its API on one server.
func newPages(h *hub.Hub, c *serveCmd, log *slog.Logger) (*server.Server, error) {
	logins := &server.Logins{Store: &server.MemoryLogins{}}
	srv := server.New(server.Options{Logins: logins, Log: log})
	api.New(api.Options{Desk: h.Desk, Uplink: h.Uplink, Logins: logins}).Register(srv)
	return srv, nil
}
