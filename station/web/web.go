// Package web is the pages of a station: the day's list, the worklists, the form to register, and everything that
// package pages draws for station and hub alike.
//
//	w, err := web.New(st, web.Options{Throttle: throttle})
//	srv := server.New(server.Options{Logins: w.Logins, ErrorPage: w.ErrorPage, …})
//	w.Register(srv)
//
// Read web.go, then today.go, due.go and register.go.
package web

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net/http"

	"tramy/internal/drive"
	"tramy/internal/lan"
	"tramy/internal/pages"
	"tramy/internal/server"
	"tramy/internal/ui"
	"tramy/station"
)

// Options are what a start decides. The zero Options serve a station at work.
type Options struct {
	UI       *ui.Engine       // nil: parsed here
	Logins   *server.Logins   // nil: kept in memory, so that a restart logs everybody out
	Throttle *server.Throttle // nil: one of its own; share it with the API, or guesses count twice
	Log      *slog.Logger

	// Up and Root name the hub above and the centre; empty ones are left out.
	Up, Root string
	// Training puts the banner on every page and People on the log-in page.
	Training bool
	People   []ui.DemoPerson
	// USB is a folder for the files of a stick, offered beside what is plugged in.
	USB string
	// Encrypted says whether the data folder's disk is encrypted; nil: the system is asked.
	Encrypted func() drive.Encryption
	// LAN is the way in for phones in the room; nil: there is none.
	LAN *lan.LAN
	// About are facts of this machine for the settings page.
	About func(c *pages.Call) ([]ui.Fact, error)
}

// Web is a station's pages.
type Web struct {
	*pages.Pages
	station *station.Station
	lan     *lan.LAN
	rolls   rolls
	started string // tells this run's tags of the day's lists from those of others
}

// New returns the pages of a station. They answer once Register has put them on a server.
func New(st *station.Station, o Options) (*Web, error) {
	if st == nil {
		return nil, errors.New("pages of a station need the station")
	}
	if o.UI == nil {
		engine, err := ui.New()
		if err != nil {
			return nil, err
		}
		o.UI = engine
	}
	if o.Logins == nil {
		o.Logins = &server.Logins{Store: &server.MemoryLogins{}}
	}
	if o.Encrypted == nil {
		o.Encrypted = func() drive.Encryption { return drive.EncryptionOf(st.Dir.Path) }
	}
	w := &Web{station: st, lan: o.LAN, started: rand.Text()}
	st.Imports.Words, st.Imports.Line, st.Imports.Fault = pages.ImportReasons, pages.ImportCandidateLine, pages.ImportFault
	var changeKeys func(context.Context) error
	if st.BeginsAnew {
		changeKeys = st.ChangeKeys
	}
	var err error
	w.Pages, err = pages.New(pages.Options{
		Desk: st.Desk, UI: o.UI, Logins: o.Logins, Throttle: o.Throttle, Log: o.Log, Uplink: st.Uplink, Courier: st.Courier, USB: o.USB,
		Mending: st.Dir.Mending, Room: st.Room,
		Place: st.Dir.Info.PlaceName, Up: o.Up, Root: o.Root,
		Training: o.Training || st.Dir.Info.Training, People: o.People, About: o.About, ShowFound: w.drawToday,
		Backups: st.Backups, ChangeKeys: changeKeys, Encrypted: o.Encrypted,
	})
	return w, err
}

// Register puts all pages of the station on a server.
func (w *Web) Register(s *server.Server) {
	w.Pages.Register(s)
	s.Handle(http.MethodGet, ui.PathToday, w.Page(w.today))
	w.registerDay(s)
	s.Handle(http.MethodGet, ui.PathDue, w.Page(w.due))
	s.Handle(http.MethodGet, ui.PathNew, w.Page(w.showNew))
	s.Handle(http.MethodPost, ui.PathNew, w.Form(w.welcome))
	w.registerHamlets(s)
	w.registerFridge(s)
	s.Handle(http.MethodGet, ui.PathDuePrint, w.Page(w.askDuePrint))
	s.Handle(http.MethodPost, ui.PathDuePrint, w.Page(w.duePrint)) // its answer is the list itself, each time
	s.Handle(http.MethodGet, ui.PathRegister, w.Page(w.showRegister))
	s.Handle(http.MethodPost, ui.PathRegister, w.Form(w.register))
	s.Handle(http.MethodPost, ui.PathRegisterNew, w.Page(w.registerNamed))
	s.Handle(http.MethodPost, ui.PathCandidates, w.Page(w.candidates))
	s.Handle(http.MethodGet, ui.PathHomes, w.Page(w.showHomes))
	s.Handle(http.MethodPost, ui.PathHomes, w.Form(w.settleHomes))
	w.registerWomen(s)
	w.registerBirths(s)
	w.registerSessions(s)
	w.registerPaper(s)
	w.registerCampaigns(s)
	w.registerImport(s)
	w.registerData(s)
	w.registerStockFile(s)
	w.registerPhones(s)
	s.Handle(http.MethodGet, ui.PathElsewhere, w.Page(w.showElsewhere))
	s.Handle(http.MethodPost, ui.PathElsewhere, w.Page(w.elsewhere))
	s.Handle(http.MethodPost, ui.PathElsewhere+"/named", w.Page(w.elsewhereNamed))
	s.Handle(http.MethodPost, ui.PathElsewhere+"/fetch", w.Form(w.fetch))
	s.Handle(http.MethodPost, ui.PathElsewhere+"/provisional", w.Form(w.provisional))
}
