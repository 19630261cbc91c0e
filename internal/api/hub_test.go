package api_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"tramy/internal/api"
	"tramy/internal/api/apitest"
	"tramy/internal/exchange"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/server"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// TestHub does at a hub all that only a hub, or only an admin, can do.
func TestHub(t *testing.T) {
	x := serveHub(t, apitest.New(t))
	x.serveStation()
	admin, nurse := x.hub.As(apitest.Admin), x.station.As(apitest.Nurse)
	add(nurse, x.baby("Lò Thị Mai Chi", "Lò Thị Ánh", "0912345678"))
	nurse.Do(http.MethodPost, "/api/v1/sync", nil).Want(http.StatusOK)

	var code struct {
		Text, Expires string
		PlaceName     string `json:"place_name"`
	}
	admin.Do(http.MethodPost, "/api/v1/enrolments", fields{"place": x.Facility.String(), "role": "station"}).Want(http.StatusCreated).Into(&code)
	parsed, err := exchange.ParseCode(code.Text)
	if err != nil || parsed.Place != code.PlaceName || parsed.Role != registry.NodeStation {
		t.Errorf("the code reads as %+v, %v", parsed, err)
	}
	admin.Do(http.MethodPost, "/api/v1/enrolments", fields{"place": x.Facility.String(), "role": "kiosk"}).WantProblem(http.StatusUnprocessableEntity, server.TypeInvalid)

	var list struct {
		Items []struct {
			Device, Number, Contact string
			Pending                 *int
			Revoked                 bool
			Held                    int
		}
	}
	admin.Do(http.MethodGet, "/api/v1/stations", nil).Want(http.StatusOK).Into(&list)
	if len(list.Items) != 1 || list.Items[0].Contact == "" || list.Items[0].Pending == nil || list.Items[0].Held != 0 {
		t.Fatalf("stations %+v", list)
	}
	device := list.Items[0].Device
	path := "/api/v1/devices/" + device + "/revoke"
	if pr := admin.Do(http.MethodPost, path, fields{"reason": " "}).WantProblem(http.StatusUnprocessableEntity, server.TypeInvalid); pr.Field != "reason" {
		t.Errorf("revoked without a reason: %+v", pr)
	}
	self := x.Hub.Node.Identity().Device.String()
	admin.Do(http.MethodPost, "/api/v1/devices/"+self+"/revoke", fields{"reason": "thử"}).WantProblem(http.StatusConflict, server.TypeConflict)
	admin.Do(http.MethodPost, path, fields{"reason": "mất máy"}).Want(http.StatusNoContent)
	admin.Do(http.MethodGet, "/api/v1/stations", nil).Want(http.StatusOK).Into(&list)
	if !list.Items[0].Revoked {
		t.Errorf("not revoked: %+v", list)
	}
	nurse.Do(http.MethodPost, "/api/v1/sync", nil).WantProblem(http.StatusForbidden, server.TypeRevoked)

	x.holdAndAdmit(admin, device)
	x.accounts(admin)
	admin.Do(http.MethodPost, "/api/v1/sync", nil).WantProblem(http.StatusConflict, api.TypeNoUpstream)
	for _, op := range []string{"listStations", "enrol", "revokeDevice", "listHeld", "admitLog", "listUsers", "addUser", "setPassword", "disableUser", "enableUser"} {
		if slices.Contains(x.hubDoc.missing(), op) {
			t.Errorf("%s was not seen to work", op)
		}
	}
}

// holdAndAdmit marks a log of the station as held, as an exchange does that brings what a device may not
// write, and lets it in.
func (x *programs) holdAndAdmit(admin *apitest.Client, device string) {
	t := x.T
	t.Helper()
	id, err := p.ParseEntityID(device)
	if err != nil {
		t.Fatal(err)
	}
	var log string
	err = x.Hub.Node.Store().Update(context.Background(), func(tx store.Tx) error {
		rows, err := tx.LogsOf(id)
		if err != nil || len(rows) == 0 {
			t.Fatalf("the station's logs: %v, %v", rows, err)
		}
		row := rows[0]
		log = row.ID.String()
		row.Reason, row.In = p.HoldRights, row.Head-1
		return tx.PutLog(&row)
	})
	if err != nil {
		t.Fatal(err)
	}
	var held struct {
		Items []struct {
			Log, Reason string
			Waiting     int
		}
	}
	admin.Do(http.MethodGet, "/api/v1/held", nil).Want(http.StatusOK).Into(&held)
	if len(held.Items) != 1 || held.Items[0].Log != log || held.Items[0].Reason != "rights" || held.Items[0].Waiting != 1 {
		t.Fatalf("held %+v", held)
	}
	admin.Do(http.MethodPost, "/api/v1/held/"+strings.Repeat("0", 24)+"/admit", nil).WantProblem(http.StatusNotFound, server.TypeNotFound)
	admin.Do(http.MethodPost, "/api/v1/held/"+log+"/admit", nil).Want(http.StatusNoContent)
	admin.Do(http.MethodGet, "/api/v1/held", nil).Want(http.StatusOK).Into(&held)
	if len(held.Items) != 0 {
		t.Errorf("still held: %+v", held)
	}
}

func (x *programs) accounts(admin *apitest.Client) {
	t := x.T
	t.Helper()
	user := fields{"login": "thom", "name": "Lò Thị Thơm", "role": "nurse", "place": x.Facility.String(), "password": nodetest.Password}
	var made struct{ ID string }
	admin.Do(http.MethodPost, "/api/v1/users", user).Want(http.StatusCreated).Into(&made)
	if pr := admin.Do(http.MethodPost, "/api/v1/users", user).WantProblem(http.StatusConflict, api.TypeLoginTaken); pr.Field != "login" {
		t.Errorf("a name that is taken: %+v", pr)
	}
	user["login"], user["role"] = "thom2", "chief"
	if pr := admin.Do(http.MethodPost, "/api/v1/users", user).WantProblem(http.StatusUnprocessableEntity, server.TypeInvalid); pr.Field != "role" {
		t.Errorf("no such role: %+v", pr)
	}
	r := admin.Do(http.MethodGet, "/api/v1/users", nil).Want(http.StatusOK)
	if strings.Contains(string(r.Body), "argon2") {
		t.Error("the list of accounts holds what proves a password")
	}
	thom := x.hub.As("thom")
	admin.Do(http.MethodPost, "/api/v1/users/"+made.ID+"/disable", fields{"reason": ""}).WantProblem(http.StatusUnprocessableEntity, server.TypeInvalid)
	admin.Do(http.MethodPost, "/api/v1/users/"+made.ID+"/disable", fields{"reason": "nghỉ việc"}).Want(http.StatusNoContent)
	thom.Do(http.MethodGet, "/api/v1/sync", nil).WantProblem(http.StatusUnauthorized, server.TypeNotLoggedIn)
	x.hub.Do(http.MethodPost, "/api/v1/login", fields{"login": "thom", "password": nodetest.Password}).WantProblem(http.StatusUnauthorized, server.TypeWrongLogin)
	admin.Do(http.MethodPost, "/api/v1/users/"+made.ID+"/enable", nil).Want(http.StatusNoContent)
	x.hub.As("thom")
	admin.Do(http.MethodPost, "/api/v1/users/"+made.ID+"/password", fields{"password": "tre già măng mọc"}).Want(http.StatusNoContent)
	x.hub.Do(http.MethodPost, "/api/v1/login", fields{"login": "thom", "password": "tre già măng mọc"}).Want(http.StatusOK)
	admin.Do(http.MethodPost, "/api/v1/users/"+x.Admin.User.String()+"/disable", fields{"reason": "thử"}).WantProblem(http.StatusConflict, server.TypeConflict)
}

// TestRights asks for what a role may not do, or not there.
func TestRights(t *testing.T) {
	x := serveHub(t, apitest.New(t))
	for _, test := range []struct {
		who, method, path string
		body              any
		want              string
	}{
		{apitest.Nurse, "POST", "/api/v1/enrolments", fields{"place": x.Facility.String(), "role": "station"}, server.TypeForbidden},
		{apitest.Nurse, "POST", "/api/v1/devices/" + x.Hub.Node.Identity().Device.String() + "/revoke", fields{"reason": "x"}, server.TypeForbidden},
		{apitest.Nurse, "POST", "/api/v1/users", fields{"login": "a", "name": "A", "role": "nurse", "place": x.Facility.String(), "password": nodetest.Password}, server.TypeForbidden},
		{apitest.Head, "POST", "/api/v1/users", fields{"login": "a", "name": "A", "role": "admin", "place": x.Facility.String(), "password": nodetest.Password}, server.TypeForbidden},
		{apitest.Head, "POST", "/api/v1/users/" + x.Officer.User.String() + "/disable", fields{"reason": "x"}, server.TypeForbidden},
		{apitest.Officer, "POST", "/api/v1/subjects", fields{"fields": x.baby("A", "B", "")}, server.TypeForbidden},
		{apitest.Officer, "POST", "/api/v1/enrolments", fields{"place": x.Facility.String(), "role": "station"}, server.TypeForbidden},
		{apitest.Officer, "GET", "/api/v1/reports/coverage?place=gso:01", nil, server.TypeElsewhere},
		{apitest.Admin, "POST", "/api/v1/subjects/search", fields{"text": "lò"}, server.TypeForbidden},
		{apitest.Admin, "GET", "/api/v1/conflicts", nil, server.TypeForbidden},
		{"", "GET", "/api/v1/stations", nil, server.TypeNotLoggedIn},
		{"", "POST", "/api/v1/subjects/search", fields{"text": "lò"}, server.TypeNotLoggedIn},
	} {
		c := x.hub
		if test.who != "" {
			c = x.hub.As(test.who)
		}
		status := map[string]int{
			server.TypeForbidden: http.StatusForbidden, server.TypeElsewhere: http.StatusForbidden, server.TypeNotLoggedIn: http.StatusUnauthorized,
		}[test.want]
		c.Do(test.method, test.path, test.body).WantProblem(status, test.want)
	}
	// An admin's power ends with the subtree it is held for.
	x.AddUser(x.T, "quantri11", "Quản trị tỉnh", x.Admin.Role, x.Province)
	local := x.hub.As("quantri11")
	local.Do(http.MethodPost, "/api/v1/enrolments", fields{"place": x.Other.String(), "role": "station"}).WantProblem(http.StatusForbidden, server.TypeElsewhere)
	local.Do(http.MethodPost, "/api/v1/enrolments", fields{"place": x.Facility.String(), "role": "station"}).Want(http.StatusCreated)
}
