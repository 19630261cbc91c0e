package main

import (
	"testing"

	"tramy/internal/nodetest"
	"tramy/internal/server"
)

// All routes as the program serves them: the pages and the API, and what machines below call.
func TestRoutesOfTheHub(t *testing.T) {
	tr := nodetest.New(t)
	pages, err := newPages(tr.Hub, &server.Logins{Store: &server.MemoryLogins{}}, &serveCmd{}, nodetest.Quiet())
	if err != nil {
		t.Fatal(err)
	}
	nodetest.CheckRoutes(t, pages, "localhost", nodetest.LogIn(t, pages, "localhost", nodetest.OfficerLogin)...)
	below := server.New(server.Options{Hosts: []string{server.AnyHost}, Log: nodetest.Quiet()})
	tr.Hub.Register(below)
	nodetest.CheckRoutes(t, below, "hub.example.vn")
}
