// Package pages holds the handlers of the pages that station and hub share: log in, find, a child's page
// and everything done from it, review, settings, accounts and sync. What only one program has lives in
// station/web and hub/web, which make one Pages each, put its routes on their server and draw their own
// pages through the same Call:
//
//	pg, err := pages.New(pages.Options{Desk: st.Desk, UI: engine, Logins: logins, Throttle: throttle, …})
//	srv := server.New(server.Options{Logins: logins, ErrorPage: pg.ErrorPage})
//	pg.Register(srv)
//	srv.Handle(http.MethodGet, ui.PathStations, pg.Page(func(c *pages.Call) error {
//		frame, err := c.Frame(ui.NavStations)
//		…
//		return c.Draw(http.StatusOK, "stations", ui.Stations{Frame: frame, …})
//	}))
//
// It promises that a form pressed twice acts once, that an entry which is refused comes back as typed with
// the sentence beside its field, that a form drawn before somebody else's change overwrites nothing
// unseen, and that no address holds a name. Rules and rights are desk's and registry's.
//
// Read pages.go, then call.go, then child.go and visit.go.
package pages
