package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os/exec"
	"runtime"
	"strconv"
	"sync"

	hubapi "tramy/hub/api"
	hubweb "tramy/hub/web"
	"tramy/internal/api"
	"tramy/internal/country"
	"tramy/internal/locale"
	"tramy/internal/server"
	"tramy/internal/ui"
	stationapi "tramy/station/api"
	stationweb "tramy/station/web"
)

// controlRoom is the demo's own page: every node, its pages, its people, and a switch for its line.
type controlRoom struct {
	log    *slog.Logger
	once   sync.Once
	engine *ui.Engine
	err    error
	nation *country.Country
	seed   uint64
}

func (r *controlRoom) ui() (*ui.Engine, error) {
	r.once.Do(func() { r.engine, r.err = ui.New() })
	return r.engine, r.err
}

// handler serves one node's pages and API. Browsers share cookies between ports, so each node's has a name
// of its own.
func (r *controlRoom) handler(n *country.Node) (*server.Server, error) {
	engine, err := r.ui()
	if err != nil {
		return nil, err
	}
	logins := &server.Logins{Store: &server.MemoryLogins{}, Cookie: fmt.Sprintf("tramy-%x", n.Desk().Node.Identity().Number), Idle: server.DefaultLoginMax}
	throttle := &server.Throttle{}
	var people []ui.DemoPerson
	for _, a := range n.Accounts {
		people = append(people, ui.DemoPerson{Name: a.Name, Role: locale.For(locale.Vietnamese).T("role." + a.Role), Login: a.Login, Password: a.Password})
	}
	a := api.Options{Logins: logins, Throttle: throttle, Rules: server.EntryRules{Training: true}}
	if n.Station != nil {
		w, err := stationweb.New(n.Station, stationweb.Options{
			UI: engine, Logins: logins, Throttle: throttle, Log: r.log, Up: n.Up.Name, Root: "Trung ương", Training: true, People: people,
		})
		if err != nil {
			return nil, err
		}
		srv := server.New(server.Options{Logins: logins, ErrorPage: w.ErrorPage, Log: r.log})
		w.Register(srv)
		stationapi.Register(srv, n.Station, a)
		return srv, nil
	}
	w, err := hubweb.New(hubweb.Options{Hub: n.Hub, UI: engine, Logins: logins, Throttle: throttle, Log: r.log, Training: true, People: people})
	if err != nil {
		return nil, err
	}
	srv := server.New(server.Options{Logins: logins, ErrorPage: w.ErrorPage, Log: r.log})
	w.Register(srv)
	hubapi.Register(srv, n.Hub, a)
	return srv, nil
}

// serve shows the control page until the program is ended.
func (r *controlRoom) serve(e *env, c *runCmd, nation *country.Country) error {
	r.nation, r.seed = nation, c.Seed
	srv := server.New(server.Options{Log: r.log})
	srv.Handle(http.MethodGet, ui.StaticPath+"{file}", ui.Static())
	srv.HandleFunc(http.MethodGet, "/", r.show)
	srv.HandleFunc(http.MethodPost, ui.PathDemoLink, r.link)
	l, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return err
	}
	url := "http://" + l.Addr().String() + "/"
	fmt.Fprintf(e.err, "\nThe country runs. Everybody's password is %q.\n\n", country.Password)
	for _, n := range nation.Nodes {
		fmt.Fprintf(e.err, "  %-32s http://%s/   %s\n", n.Name, n.PagesAddr, n.Accounts[0].Login)
	}
	fmt.Fprintf(e.err, "\nStart here: %s   (Ctrl+C ends it)\n", url)
	if c.Open {
		openBrowser(e.ctx, url)
	}
	return srv.Serve(e.ctx, l)
}

// openBrowser asks the desktop to open a page; where there is none, the address stands on the terminal.
func openBrowser(ctx context.Context, url string) {
	name, args := "xdg-open", []string{url}
	switch runtime.GOOS {
	case "windows":
		name, args = "rundll32", []string{"url.dll,FileProtocolHandler", url}
	case "darwin":
		name = "open"
	}
	_ = exec.CommandContext(ctx, name, args...).Start()
}

// kindWords are the words for the nodes' levels.
var kindWords = map[string]string{"centre": "level.nation", "province": "level.province", "region": "level.region", "station": "level.facility"}

func (r *controlRoom) show(w http.ResponseWriter, req *http.Request) {
	words := locale.For(locale.Vietnamese)
	page := &ui.DemoControl{Frame: ui.Frame{Place: "tramy", Training: true, Path: "/"}, Seed: strconv.FormatUint(r.seed, 10)}
	for i, n := range r.nation.Nodes {
		node := ui.DemoNode{ID: strconv.Itoa(i), Name: n.Name, Kind: words.T(kindWords[n.Kind]), Level: n.Level, Href: "http://" + n.PagesAddr + "/", Top: n.Link == nil}
		for _, a := range n.Accounts {
			node.People = append(node.People, ui.DemoPerson{Name: a.Name, Role: locale.For(locale.Vietnamese).T("role." + a.Role), Login: a.Login, Password: a.Password})
		}
		st, err := n.Desk().Node.Status(req.Context())
		if err != nil {
			server.WriteProblem(w, req, err)
			return
		}
		node.Waiting, node.Children, node.Doses = int(st.Saved), int(st.Subjects), int(st.Doses)
		if n.Link != nil {
			switch n.Link.State() {
			case country.LinkCut:
				node.Line.Kind = ui.MarkCut
			case country.LinkSlow:
				node.Line.Kind = ui.MarkSlow
			}
		}
		page.Nodes = append(page.Nodes, node)
	}
	page.Day = r.nation.Centre().Desk().Today().String()
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if err := r.engine.Render(w, locale.Vietnamese, "demo", page); err != nil {
		server.WriteProblem(w, req, err)
	}
}

func (r *controlRoom) link(w http.ResponseWriter, req *http.Request) {
	i, err := strconv.Atoi(req.FormValue("node"))
	if err != nil || i < 1 || i >= len(r.nation.Nodes) {
		server.WriteProblem(w, req, server.NewProblem(server.TypeNotFound))
		return
	}
	link := r.nation.Nodes[i].Link
	switch req.FormValue("do") {
	case "cut":
		link.Set(country.LinkCut)
	case "slow":
		link.Set(country.LinkSlow)
	case "restore":
		link.Set(country.LinkUp)
	}
	http.Redirect(w, req, "/", http.StatusSeeOther)
}
