package main

import (
	"crypto/tls"
	"log/slog"

	"tramy/hub"
	hubapi "tramy/hub/api"
	"tramy/hub/web"
	"tramy/internal/api"
	"tramy/internal/pages"
	"tramy/internal/server"
)

// newPages puts a hub's pages and its API on one server. Beyond this machine they need a certificate that
// browsers know: the exchange's own key is pinned by machines, and no browser accepts it.
func newPages(h *hub.Hub, logins *server.Logins, c *serveCmd, log *slog.Logger) (*server.Server, error) {
	throttle := &server.Throttle{Store: pages.Guesses{Store: h.Node.Store()}, Log: log} // by a clock that nobody sets
	required := c.SecondFactor == "required"
	w, err := web.New(web.Options{Hub: h, Logins: logins, Throttle: throttle, USB: c.USB, Log: log, FactorRequired: required})
	if err != nil {
		return nil, err
	}
	opt := server.Options{Hosts: append(server.LoopbackHosts(), c.Host...), Logins: logins, ErrorPage: w.ErrorPage, Log: log}
	if c.Cert != "" {
		cert, err := tls.LoadX509KeyPair(c.Cert, c.Key)
		if err != nil {
			return nil, err
		}
		opt.TLS = server.ServerTLS(cert)
	}
	srv := server.New(opt)
	w.Register(srv)
	hubapi.Register(srv, h, api.Options{Logins: logins, Throttle: throttle, Rules: w.Rules})
	return srv, nil
}
