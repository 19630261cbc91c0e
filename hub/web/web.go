package web

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"tramy/hub"
	"tramy/internal/desk"
	"tramy/internal/drive"
	"tramy/internal/locale"
	"tramy/internal/pages"
	"tramy/internal/registry"
	"tramy/internal/report"
	"tramy/internal/rights"
	"tramy/internal/server"
	"tramy/internal/store"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// Options are what a hub's pages work with. Hub and Logins are required.
type Options struct {
	Hub      *hub.Hub
	Logins   *server.Logins
	Throttle *server.Throttle // shared with the API; nil: its own
	UI       *ui.Engine       // nil: parsed here
	Log      *slog.Logger
	USB      string // a folder for the files of a stick, offered beside what is plugged in
	// FactorRequired lets no officer and no admin work here without a second factor.
	FactorRequired bool
	Training       bool
	People         []ui.DemoPerson // with their passwords, shown on the log-in page of a training hub
}

// Web is the pages of one hub.
type Web struct {
	*pages.Pages
	hub   *hub.Hub
	codes codes
}

// New returns the pages. They answer once Register has put them on a server, whose Options.ErrorPage is
// the Web's.
func New(o Options) (*Web, error) {
	if o.Hub == nil || o.Logins == nil {
		return nil, errors.New("a hub's pages need the hub and the log-ins")
	}
	if o.UI == nil {
		var err error
		if o.UI, err = ui.New(); err != nil {
			return nil, err
		}
	}
	w := &Web{hub: o.Hub}
	var err error
	w.Pages, err = pages.New(pages.Options{
		Rules: server.EntryRules{FactorRequired: o.FactorRequired},
		Desk:  o.Hub.Desk, UI: o.UI, Logins: o.Logins, Throttle: o.Throttle, Log: o.Log, Hub: true, Place: o.Hub.Dir.Info.PlaceName,
		Uplink: o.Hub.Uplink, Courier: o.Hub.Courier, Bundles: o.Hub.Bundles, USB: o.USB, Mending: o.Hub.Dir.Mending,
		Encrypted: func() drive.Encryption { return drive.EncryptionOf(o.Hub.Dir.Path) },
		Backups:   o.Hub.Backups, Training: o.Training || o.Hub.Dir.Info.Training, People: o.People,
		Todos: []func(*pages.Call) ([]ui.Todo, error){w.heldTodos},
	})
	return w, err
}

// Addresses beside those of package ui.
const (
	pathRevoke = ui.PathDevices + "/revoke" // POST: id, reason
	pathAdmit  = ui.PathDevices + "/admit"  // POST: log
	pathReject = ui.PathDevices + "/reject" // POST: log, reason

	pathReinstate = ui.PathDevices + "/reinstate" // POST: id
	pathAskKeys   = ui.PathDevices + "/keys"      // POST: id

	pathFind    = ui.PathPlaces + "/find"    // POST: q. Reads only
	pathChange  = ui.PathPlaces + "/change"  // GET ?do= &at=; POST: the form again, ?parts= for more of them
	pathPreview = ui.PathPlaces + "/preview" // POST: do, at, and the form's entries; writes nothing
	pathWrite   = ui.PathPlaces + "/write"   // POST: the same, digest
)

// Register puts all pages of a hub on a server.
func (w *Web) Register(s *server.Server) {
	w.Pages.Register(s)
	get := func(path string, h func(*pages.Call) error) { s.Handle(http.MethodGet, path, w.Page(h)) }
	post := func(path string, h func(*pages.Call) error) { s.Handle(http.MethodPost, path, w.Form(h)) }
	get(ui.PathOverview, w.overview)
	get(ui.PathSearch, w.searchForm)
	get(ui.PathStations, w.stations)
	get(ui.PathEnrol, w.enrolForm)
	post(ui.PathEnrol, w.enrol)
	get(ui.PathEnrol+"/{file}", w.enrolFile)
	get(ui.PathDevices, w.devices)
	get(ui.PathDevices+"/{id}", w.machinePage)
	post(pathRevoke, w.revoke)
	post(pathReinstate, w.reinstate)
	post(pathAskKeys, w.askKeys)
	post(pathAdmit, w.admit)
	post(pathReject, w.reject)
	get(ui.PathPlaces, w.places)
	post(ui.PathPlaces, w.addPlace)
	s.Handle(http.MethodPost, pathFind, w.Page(w.findPlace)) // reads only
	get(pathChange, w.changeForm)
	post(pathChange, w.changeForm)
	post(pathPreview, w.preview)
	post(pathWrite, w.writePlaces)
	get(ui.PathAccess, w.access)
	s.Handle(http.MethodPost, ui.PathAccess, w.Page(w.findAccess)) // reads only
}

// searchForm is the page to search from; what was typed comes by POST.
func (w *Web) searchForm(c *pages.Call) error {
	if !c.May(rights.Read, registry.KindSubject) {
		return desk.ErrForbidden
	}
	frame, err := c.Frame(ui.NavSearch)
	if err != nil {
		return err
	}
	return c.Draw(http.StatusOK, "search", ui.Search{Frame: frame})
}

// below lists the machines in an area with when they were last heard from.
func (w *Web) below(c *pages.Call, area *subtree) ([]machine, error) {
	all, err := w.hub.Stations(c.Ctx(), c.Who)
	if err != nil {
		return nil, err
	}
	var out []machine
	for _, s := range all {
		if area.has(s.Device.Place) {
			out = append(out, machine{Station: s, heard: max(s.Child.ContactMS, s.Child.DataMS)})
		}
	}
	return out, nil
}

// machine is a device below this hub.
type machine struct {
	hub.Station
	heard int64 // when this hub last had news of it, by itself or through others; 0 never
}

// silent says whether it was not heard from lately.
func (m *machine) silent(now time.Time) bool {
	return report.Silent(m.heard, now.UnixMilli())
}

// moment is a time in the place's zone.
func moment(c *pages.Call, ms int64) time.Time { return time.UnixMilli(ms).In(c.Now.Location()) }

// when writes a time for a person, "" for never.
func when(c *pages.Call, ms int64) string {
	if ms == 0 {
		return ""
	}
	return c.Words.When(moment(c, ms), c.Now)
}

// number is a device's number as people read it out: 041 272.
func number(n int64) string {
	s := fmt.Sprintf("%06d", n)
	return s[:3] + " " + s[3:]
}

// version is the middle of what a program calls itself: "tramy-station 1.4.2 linux/amd64".
func version(software string) string {
	if parts := strings.Fields(software); len(parts) > 1 {
		return parts[1]
	}
	return software
}

// entity reads an id from a form or address; what is no id names nothing.
func entity(text string) (p.EntityID, error) {
	id, err := p.ParseEntityID(text)
	if err != nil {
		return id, desk.ErrNotFound
	}
	return id, nil
}

// sentence says what is wrong with an entry of a form.
func sentence(words *locale.Catalogue, e registry.FieldError) string {
	var args []any
	for name, v := range e.Params {
		args = append(args, name, v)
	}
	return words.T("invalid."+string(e.Code), args...)
}

// rowsPerPage is how many lines a long list shows.
const rowsPerPage = 100

// window cuts a page out of a list; at is the number of its first row, as the address has it.
func window[T any](rows []T, at, base string) ([]T, ui.Pager) {
	from := 0
	if n, err := fmt.Sscanf(at, "%d", &from); err != nil || n != 1 || from < 0 || from >= len(rows) {
		from = 0
	}
	to := min(from+rowsPerPage, len(rows))
	pager := ui.Pager{}
	if len(rows) > rowsPerPage {
		pager = ui.Pager{From: from + 1, To: to, Total: len(rows)}
		if from > 0 {
			pager.Newer = base + fmt.Sprint(max(0, from-rowsPerPage))
		}
		if to < len(rows) {
			pager.Older = base + fmt.Sprint(to)
		}
	}
	return rows[from:to], pager
}

// names are the people of a node by id, for who did something and whom to call.
func (w *Web) people(c *pages.Call) (map[p.EntityID]person, error) {
	out := map[p.EntityID]person{}
	err := c.View(func(tx store.Tx) error {
		rows, err := tx.Users()
		for _, r := range rows {
			out[r.ID] = person{name: r.Name, login: r.Login, phone: registry.FormatPhone(r.Phone), place: r.Place, role: rights.Role(r.Role), gone: r.Void}
		}
		return err
	})
	return out, err
}

// person is an account as lists name it.
type person struct {
	name, login, phone string
	place              p.EntityID
	role               rights.Role
	gone               bool
}

// callAt is whom to call about a station: its head before its nurses, whose accounts may be the station's or
// the commune's.
func callAt(people map[p.EntityID]person, station, commune p.EntityID) string {
	best := person{}
	for _, x := range people {
		if x.gone || x.place != station && x.place != commune {
			continue
		}
		head, bestHead := x.role == rights.Head, best.role == rights.Head
		if best.name == "" || head && !bestHead || head == bestHead && x.login < best.login {
			best = x
		}
	}
	if best.phone == "" {
		return best.name
	}
	return best.name + ", " + best.phone
}
