package web_test

import (
	"net/http"
	"net/url"
	"testing"

	"tramy/internal/nodetest"
	"tramy/internal/server"
	"tramy/station/web"
)

// BenchmarkLogin is what a nurse waits for after Enter, through real HTTP and on a real disk: with the password, and with the PIN.
func BenchmarkLogin(b *testing.B) {
	tree := nodetest.New(b)
	logins := &server.Logins{Store: &server.MemoryLogins{}, Now: tree.Clock().Now}
	w, err := web.New(tree.Station, web.Options{UI: engine, Log: nodetest.Quiet(), Logins: logins})
	if err != nil {
		b.Fatal(err)
	}
	srv := server.New(server.Options{Logins: logins, ErrorPage: w.ErrorPage, Log: nodetest.Quiet()})
	w.Register(srv)
	at := newPost(b, srv)
	account, err := tree.Station.Account(b.Context(), tree.Nurse.User)
	if err != nil {
		b.Fatal(err)
	}
	if err := tree.Station.SetPin(b.Context(), account, "4817"); err != nil {
		b.Fatal(err)
	}
	password := func(word string) url.Values {
		return url.Values{"user": {nodetest.NurseLogin}, "password": {word}}
	}
	at("/login", password(nodetest.Password), http.StatusSeeOther)
	pin := url.Values{"user": {tree.Nurse.User.String()}, "pin": {"4817"}}
	for _, c := range []struct {
		name, path string
		form       url.Values
	}{{"password", "/login", password(nodetest.Password)}, {"pin", "/login/pin", pin}} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				at(c.path, c.form, http.StatusSeeOther)
			}
		})
	}
}
