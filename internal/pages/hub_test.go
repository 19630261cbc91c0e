package pages_test

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"tramy/internal/nodetest"
	"tramy/internal/pages"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/server"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// atHub serves the shared pages at the centre and logs somebody in.
func atHub(t *testing.T, tree *nodetest.Tree, login string) func(method, path string, form url.Values) (int, string) {
	t.Helper()
	engine, err := ui.New("vi")
	if err != nil {
		t.Fatal(err)
	}
	logins := &server.Logins{Store: &server.MemoryLogins{}}
	pg, err := pages.New(pages.Options{Desk: tree.Hub.Desk, UI: engine, Logins: logins, Log: nodetest.Quiet(), Hub: true, Place: "Trung ương"})
	if err != nil {
		t.Fatal(err)
	}
	srv := server.New(server.Options{Logins: logins, ErrorPage: pg.ErrorPage, Log: nodetest.Quiet()})
	pg.Register(srv)
	// What a hub adds: a page of its own.
	srv.Handle(http.MethodGet, ui.PathStations, pg.Page(func(c *pages.Call) error {
		frame, err := c.Frame(ui.NavStations)
		if err != nil {
			return err
		}
		return c.Draw(http.StatusOK, "stations", ui.Stations{Frame: frame, Name: c.Who.Name})
	}))
	at := httptest.NewServer(srv)
	t.Cleanup(at.Close)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	ask := func(method, path string, form url.Values) (int, string) {
		t.Helper()
		req, err := http.NewRequest(method, at.URL+path, strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Accept", "text/html")
		req.Header.Set("Accept-Language", "vi")
		if method == http.MethodPost {
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, string(body)
	}
	ask(http.MethodPost, ui.PathLogin, url.Values{"user": {login}, "password": {nodetest.Password}})
	return ask
}

// At a hub an officer reads and settles what stations wrote; nothing is given there.
func TestPagesAtAHub(t *testing.T) {
	ctx := context.Background()
	tree := nodetest.New(t)
	id, _, err := tree.Station.Register(ctx, tree.Nurse, registry.SubjectInput{
		Place: tree.Commune, Name: "Lò Gia Bảo", MotherName: "Lò Thị Mai", MotherPhone: "0385000412", BirthDate: registry.Today(nodetest.Start, 0) - 100,
	}, false)
	if err != nil {
		t.Fatal(err)
	}
	tree.Sync(t)
	ask := atHub(t, tree, nodetest.OfficerLogin)
	child := ui.PathChild + id.String()
	status, body := ask(http.MethodGet, child, nil)
	if status != http.StatusOK || !strings.Contains(body, "Lò Gia Bảo") {
		t.Fatalf("the child's page: %d %s", status, body)
	}
	if strings.Contains(body, "/visit") || strings.Contains(body, child+"/edit") {
		t.Error("the page offers to write")
	}
	if status, _ := ask(http.MethodPost, child+"/visit", url.Values{"give": {"BOPV"}, "screening": {"eligible"}}); status != http.StatusMethodNotAllowed && status != http.StatusNotFound {
		t.Errorf("a visit at a hub: %d", status)
	}
	if status, _ := ask(http.MethodPost, child+"/edit", url.Values{"name": {"X"}}); status != http.StatusForbidden {
		t.Errorf("an edit by an officer: %d", status)
	}
	for path, want := range map[string]int{
		child + "/history": http.StatusOK, ui.PathReview: http.StatusOK, ui.PathSettings: http.StatusOK, ui.PathStations: http.StatusOK,
		ui.PathSync: http.StatusNotFound, ui.PathUsers: http.StatusForbidden, "/dose/" + id.String(): http.StatusNotFound,
	} {
		if status, body := ask(http.MethodGet, path, nil); status != want {
			t.Errorf("%s: %d, want %d: %s", path, status, want, body)
		}
	}
	if status, body := ask(http.MethodPost, ui.PathSearch, url.Values{"q": {"lo gia bao"}}); status != http.StatusOK || !strings.Contains(body, child) {
		t.Errorf("the search: %d %s", status, body)
	}
	rows, err := tree.Hub.Accesses(ctx, tree.Admin, id, 10)
	if err != nil || len(rows) != 1 || rows[0].Actor != tree.Officer.User {
		t.Errorf("who looked is %v, %v", rows, err)
	}
	// What a family takes home is made at a hub, too, in the hub's name.
	for _, sheet := range []string{"record", "book", "card", "certificate"} {
		status, body := ask(http.MethodPost, child+"/paper", url.Values{"sheet": {sheet}, "format": {"pdf"}, "for": {registry.TakeFamily}, "reason": {"mẹ xin"}})
		if status != http.StatusOK || !strings.HasPrefix(body, "%PDF-") {
			t.Errorf("%s at a hub: %d %.200s", sheet, status, body)
		}
	}
}

// An administrator's accounts may be anywhere in the country; a nurse's role opens none of these pages.
func TestAdminAtAHub(t *testing.T) {
	tree := nodetest.New(t)
	ask := atHub(t, tree, nodetest.AdminLogin)
	status, body := ask(http.MethodGet, ui.PathUsers, nil)
	if status != http.StatusOK || !strings.Contains(body, "Cà Thị Diên") || !strings.Contains(body, "Trạm Y tế xã Mường Nhà") {
		t.Errorf("the accounts: %d %s", status, body)
	}
	status, body = ask(http.MethodPost, ui.PathUsers, url.Values{
		"name": {"Nguyễn Thu Hà"}, "login": {"ha"}, "role": {rights.Province.String()}, "place": {tree.Province.String()},
	})
	if status != http.StatusOK || !strings.Contains(body, "Nguyễn Thu Hà") {
		t.Errorf("a new account: %d %s", status, body)
	}
	if status, _ := ask(http.MethodPost, ui.PathUsers, url.Values{"name": {"X"}, "login": {"x"}, "role": {"nurse"}, "place": {p.EntityID{1}.String()}}); status < 400 {
		t.Errorf("an account at no place: %d", status)
	}
}
