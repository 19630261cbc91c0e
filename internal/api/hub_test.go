package api_test

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	hubapi "tramy/hub/api"
	"tramy/internal/api"
	"tramy/internal/exchange"
	"tramy/internal/nodetest"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/server"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// TestHub does at a hub all that only a hub, or only an admin, can do.
func TestHub(t *testing.T) {
	x := serveHub(t, newTree(t))
	x.serveStation()
	admin, nurse := x.hub.as(nodetest.AdminLogin), x.station.as(nodetest.NurseLogin)
	add(nurse, x.baby("Lò Thị Mai Chi", "Lò Thị Ánh", "0912345678"))
	nurse.do(http.MethodPost, "/api/v1/sync", nil).want(http.StatusOK)

	var code struct {
		Text, Expires string
		PlaceName     string `json:"place_name"`
	}
	admin.do(http.MethodPost, "/api/v1/enrolments", fields{"place": x.Facility.String(), "role": "station"}).want(http.StatusCreated).into(&code)
	parsed, err := exchange.ParseCode(code.Text)
	if err != nil || parsed.Place != code.PlaceName || parsed.Role != registry.NodeStation {
		t.Errorf("the code reads as %+v, %v", parsed, err)
	}
	admin.do(http.MethodPost, "/api/v1/enrolments", fields{"place": x.Facility.String(), "role": "kiosk"}).wantProblem(http.StatusUnprocessableEntity, server.TypeInvalid)

	var list struct {
		Items []struct {
			Device, Number, Contact string
			Pending                 *int
			Revoked                 bool
			Held                    int
		}
	}
	admin.do(http.MethodGet, "/api/v1/stations", nil).want(http.StatusOK).into(&list)
	if len(list.Items) != 1 || list.Items[0].Contact == "" || list.Items[0].Pending == nil || list.Items[0].Held != 0 {
		t.Fatalf("stations %+v", list)
	}
	device := list.Items[0].Device
	path := "/api/v1/devices/" + device + "/revoke"
	if pr := admin.do(http.MethodPost, path, fields{"reason": " "}).wantProblem(http.StatusUnprocessableEntity, server.TypeInvalid); pr.Field != "reason" {
		t.Errorf("revoked without a reason: %+v", pr)
	}
	self := x.Hub.Node.Identity().Device.String()
	admin.do(http.MethodPost, "/api/v1/devices/"+self+"/revoke", fields{"reason": "thử"}).wantProblem(http.StatusConflict, server.TypeConflict)
	admin.do(http.MethodPost, path, fields{"reason": "mất máy"}).want(http.StatusNoContent)
	admin.do(http.MethodGet, "/api/v1/stations", nil).want(http.StatusOK).into(&list)
	if !list.Items[0].Revoked {
		t.Errorf("not revoked: %+v", list)
	}
	nurse.do(http.MethodPost, "/api/v1/sync", nil).wantProblem(http.StatusForbidden, server.TypeRevoked)

	x.holdAndAdmit(admin, device)
	x.accounts(admin)
	admin.do(http.MethodPost, "/api/v1/sync", nil).wantProblem(http.StatusConflict, api.TypeNoUpstream)
	for _, op := range []string{"listStations", "enrol", "revokeDevice", "listHeld", "admitLog", "rejectLog", "listRescues", "listUsers", "addUser", "setPassword", "disableUser", "enableUser"} {
		if slices.Contains(x.hubDoc.missing(), op) {
			t.Errorf("%s was not seen to work", op)
		}
	}
}

// holdAndAdmit marks a log of the station as held, as an exchange does that brings what a device may not
// write, and lets it in.
func (x *programs) holdAndAdmit(admin *client, device string) {
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
			Log, State, Reason string
			Waiting            int
		}
	}
	admin.do(http.MethodGet, "/api/v1/held", nil).want(http.StatusOK).into(&held)
	if len(held.Items) != 1 || held.Items[0].Log != log || held.Items[0].State != "held" || held.Items[0].Reason != "rights" || held.Items[0].Waiting != 1 {
		t.Fatalf("held %+v", held)
	}
	admin.do(http.MethodPost, "/api/v1/held/"+strings.Repeat("0", 24)+"/admit", nil).wantProblem(http.StatusNotFound, server.TypeNotFound)
	admin.do(http.MethodPost, "/api/v1/held/"+log+"/admit", nil).want(http.StatusNoContent)
	admin.do(http.MethodGet, "/api/v1/held", nil).want(http.StatusOK).into(&held)
	if len(held.Items) != 0 {
		t.Errorf("still held: %+v", held)
	}
	err = x.Hub.Node.Store().Update(context.Background(), func(tx store.Tx) error {
		row, err := tx.Log(must(p.ParseLogID(log)))
		if err != nil {
			return err
		}
		row.Reason, row.In = p.HoldRights, row.Head-1
		return tx.PutLog(row)
	})
	if err != nil {
		t.Fatal(err)
	}
	admin.do(http.MethodPost, "/api/v1/held/"+log+"/reject", fields{"reason": " "}).wantProblem(http.StatusUnprocessableEntity, server.TypeInvalid)
	admin.do(http.MethodPost, "/api/v1/held/"+log+"/reject", fields{"reason": "không có mũi này"}).want(http.StatusNoContent)
	admin.do(http.MethodPost, "/api/v1/held/"+log+"/admit", nil).wantProblem(http.StatusNotFound, server.TypeNotFound)
	admin.do(http.MethodGet, "/api/v1/held", nil).want(http.StatusOK).into(&held)
	if len(held.Items) != 1 || held.Items[0].Log != log || held.Items[0].State != "rejected" || held.Items[0].Reason != "rejected" {
		t.Errorf("held after it was rejected: %+v", held)
	}
	rescue := p.Dot{Log: must(p.ParseLogID(log)), Seq: 1}.Entity()
	unknown := p.Dot{Log: p.LogID{1, 11: 0x40}, Seq: 9}.Entity()
	err = x.Hub.Node.Store().Update(context.Background(), func(tx store.Tx) error {
		later := p.Dot{Log: rescue.Birth().Log, Seq: 2}.Entity()
		return errors.Join(
			tx.PutRescueRow(&project.RescueRow{ID: rescue, Place: x.Facility, WallMS: 5, Entity: unknown, Field: registry.SubjectName, AuthorMS: 4}),
			tx.PutRescueRow(&project.RescueRow{ID: later, Place: x.Other, WallMS: 9, Entity: x.Facility, Field: registry.PlaceHamlets, AuthorMS: 4}))
	})
	if err != nil {
		t.Fatal(err)
	}
	var rescues struct {
		Items []struct {
			Entity, Kind, Field string
		}
	}
	admin.do(http.MethodGet, "/api/v1/rescues", nil).want(http.StatusOK).into(&rescues)
	if len(rescues.Items) != 2 || rescues.Items[0].Kind != "place" || rescues.Items[0].Field != "hamlets" ||
		rescues.Items[1].Entity != unknown.String() || rescues.Items[1].Kind != "" || rescues.Items[1].Field != strconv.Itoa(int(registry.SubjectName)) {
		t.Errorf("rescues, newest first: %+v", rescues)
	}
	x.hub.as(officerLogin).do(http.MethodGet, "/api/v1/rescues", nil).want(http.StatusOK).into(&rescues)
	if len(rescues.Items) != 1 || rescues.Items[0].Entity != unknown.String() {
		t.Errorf("an officer of one province is shown what was written again in another: %+v", rescues)
	}
}

// must is for what cannot fail here.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func (x *programs) accounts(admin *client) {
	t := x.T
	t.Helper()
	user := fields{"login": "thom", "name": "Lò Thị Thơm", "role": "nurse", "place": x.Facility.String(), "password": nodetest.Password}
	var made struct{ ID string }
	admin.do(http.MethodPost, "/api/v1/users", user).want(http.StatusCreated).into(&made)
	if pr := admin.do(http.MethodPost, "/api/v1/users", user).wantProblem(http.StatusConflict, api.TypeLoginTaken); pr.Field != "login" {
		t.Errorf("a name that is taken: %+v", pr)
	}
	user["login"], user["role"] = "thom2", "chief"
	if pr := admin.do(http.MethodPost, "/api/v1/users", user).wantProblem(http.StatusUnprocessableEntity, server.TypeInvalid); pr.Field != "role" {
		t.Errorf("no such role: %+v", pr)
	}
	r := admin.do(http.MethodGet, "/api/v1/users", nil).want(http.StatusOK)
	if strings.Contains(string(r.Body), "argon2") {
		t.Error("the list of accounts holds what proves a password")
	}
	// An admin made that password: whom it is for chooses another before anything else.
	given := x.hub.as("thom")
	for _, path := range []string{"/api/v1/sync", "/api/v1/users", "/api/v1/logins"} {
		given.do(http.MethodGet, path, nil).wantProblem(http.StatusForbidden, server.TypeMust)
	}
	given.do(http.MethodPost, "/api/v1/users/"+x.Nurse.User.String()+"/password", fields{"password": "suối chè mây núi"}).wantProblem(http.StatusForbidden, server.TypeMust)
	given.do(http.MethodPost, "/api/v1/users/"+made.ID+"/password", fields{"old": nodetest.Password, "password": nodetest.Password}).wantProblem(http.StatusUnprocessableEntity, server.TypePassword)
	given.do(http.MethodPost, "/api/v1/users/"+made.ID+"/password", fields{"old": nodetest.Password, "password": "suối chè mây núi"}).want(http.StatusNoContent)
	given.do(http.MethodGet, "/api/v1/sync", nil).wantProblem(http.StatusUnauthorized, server.TypeNotLoggedIn)
	thom := x.hub.with("thom", fields{"password": "suối chè mây núi"})
	thom.do(http.MethodGet, "/api/v1/sync", nil).want(http.StatusOK)
	thom.do(http.MethodDelete, "/api/v1/users/"+x.Admin.User.String()+"/logins", nil).wantProblem(http.StatusForbidden, server.TypeForbidden)
	admin.do(http.MethodDelete, "/api/v1/users/"+made.ID+"/logins", nil).want(http.StatusNoContent)
	thom.do(http.MethodGet, "/api/v1/sync", nil).wantProblem(http.StatusUnauthorized, server.TypeNotLoggedIn)
	thom = x.hub.with("thom", fields{"password": "suối chè mây núi"})
	admin.do(http.MethodPost, "/api/v1/users/"+made.ID+"/disable", fields{"reason": ""}).wantProblem(http.StatusUnprocessableEntity, server.TypeInvalid)
	admin.do(http.MethodPost, "/api/v1/users/"+made.ID+"/disable", fields{"reason": "nghỉ việc"}).want(http.StatusNoContent)
	thom.do(http.MethodGet, "/api/v1/sync", nil).wantProblem(http.StatusUnauthorized, server.TypeNotLoggedIn)
	x.hub.do(http.MethodPost, "/api/v1/login", fields{"login": "thom", "password": "suối chè mây núi"}).wantProblem(http.StatusUnauthorized, server.TypeWrongLogin)
	admin.do(http.MethodPost, "/api/v1/users/"+made.ID+"/enable", nil).want(http.StatusNoContent)
	thom.do(http.MethodGet, "/api/v1/sync", nil).wantProblem(http.StatusUnauthorized, server.TypeNotLoggedIn) // opened again, it does not come back
	x.hub.with("thom", fields{"password": "suối chè mây núi"})
	admin.do(http.MethodPost, "/api/v1/users/"+made.ID+"/password", fields{"password": "tre già măng mọc"}).want(http.StatusNoContent)
	x.hub.do(http.MethodPost, "/api/v1/login", fields{"login": "thom", "password": "tre già măng mọc"}).want(http.StatusOK)
	admin.do(http.MethodPost, "/api/v1/users/"+x.Admin.User.String()+"/disable", fields{"reason": "thử"}).wantProblem(http.StatusConflict, server.TypeConflict)
}

// TestRights asks for what a role may not do, or not there.
func TestRights(t *testing.T) {
	x := serveHub(t, newTree(t))
	for _, test := range []struct {
		who, method, path string
		body              any
		want              string
	}{
		{nodetest.NurseLogin, "POST", "/api/v1/enrolments", fields{"place": x.Facility.String(), "role": "station"}, server.TypeForbidden},
		{nodetest.NurseLogin, "POST", "/api/v1/devices/" + x.Hub.Node.Identity().Device.String() + "/revoke", fields{"reason": "x"}, server.TypeForbidden},
		{nodetest.NurseLogin, "POST", "/api/v1/users", fields{"login": "a", "name": "A", "role": "nurse", "place": x.Facility.String(), "password": nodetest.Password}, server.TypeForbidden},
		{nodetest.HeadLogin, "POST", "/api/v1/users", fields{"login": "a", "name": "A", "role": "admin", "place": x.Facility.String(), "password": nodetest.Password}, server.TypeForbidden},
		{nodetest.HeadLogin, "POST", "/api/v1/users/" + x.Officer.User.String() + "/disable", fields{"reason": "x"}, server.TypeForbidden},
		{officerLogin, "POST", "/api/v1/subjects", fields{"fields": x.baby("A", "B", "")}, server.TypeForbidden},
		{officerLogin, "POST", "/api/v1/enrolments", fields{"place": x.Facility.String(), "role": "station"}, server.TypeForbidden},
		{officerLogin, "GET", "/api/v1/reports/coverage?place=gso:01", nil, server.TypeElsewhere},
		{nodetest.AdminLogin, "POST", "/api/v1/subjects/search", fields{"text": "lò"}, server.TypeForbidden},
		{nodetest.AdminLogin, "GET", "/api/v1/conflicts", nil, server.TypeForbidden},
		{"", "GET", "/api/v1/stations", nil, server.TypeNotLoggedIn},
		{"", "POST", "/api/v1/subjects/search", fields{"text": "lò"}, server.TypeNotLoggedIn},
	} {
		c := x.hub
		if test.who != "" {
			c = x.hub.as(test.who)
		}
		status := map[string]int{
			server.TypeForbidden: http.StatusForbidden, server.TypeElsewhere: http.StatusForbidden, server.TypeNotLoggedIn: http.StatusUnauthorized,
		}[test.want]
		c.do(test.method, test.path, test.body).wantProblem(status, test.want)
	}
	// An admin's power ends with the subtree it is held for.
	x.AddUser(x.T, "quantri11", "Quản trị tỉnh", x.Admin.Role, x.Province)
	local := x.hub.as("quantri11")
	local.do(http.MethodPost, "/api/v1/enrolments", fields{"place": x.Other.String(), "role": "station"}).wantProblem(http.StatusForbidden, server.TypeElsewhere)
	local.do(http.MethodPost, "/api/v1/enrolments", fields{"place": x.Facility.String(), "role": "station"}).want(http.StatusCreated)
}

// TestSecondFactor logs an officer in with a code, and without one not.
func TestSecondFactor(t *testing.T) {
	x := serveHub(t, newTree(t))
	key, err := rights.NewFactor(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	code := func() string {
		c, err := rights.FactorCode(key, x.Hub.Node.Now())
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	recovery, err := x.Hub.SetFactor(t.Context(), x.Officer, key, code())
	if err != nil {
		t.Fatal(err)
	}
	login := fields{"login": nodetest.OfficerLogin, "password": nodetest.Password}
	if pr := x.hub.do(http.MethodPost, "/api/v1/login", login).wantProblem(http.StatusUnauthorized, server.TypeCode); pr.Field != "code" {
		t.Errorf("without a code: %+v", pr)
	}
	login["code"] = code() // was used to set it up
	x.hub.do(http.MethodPost, "/api/v1/login", login).wantProblem(http.StatusUnauthorized, server.TypeCode)
	login["code"], login["password"] = recovery[0], "không phải"
	x.hub.do(http.MethodPost, "/api/v1/login", login).wantProblem(http.StatusUnauthorized, server.TypeWrongLogin)
	officer := x.hub.with(nodetest.OfficerLogin, fields{"code": recovery[0]})
	officer.do(http.MethodGet, "/api/v1/sync", nil).want(http.StatusOK)
	x.Clock().Add(time.Minute)
	x.hub.with(nodetest.OfficerLogin, fields{"code": code()})
	// Guesses at codes are slowed down, and the right password does not free them.
	login["password"], login["code"] = nodetest.Password, "000000"
	for {
		r := x.hub.do(http.MethodPost, "/api/v1/login", login)
		if r.Status == http.StatusTooManyRequests {
			break
		}
		r.wantProblem(http.StatusUnauthorized, server.TypeCode)
	}
}

// TestFactorRequired leads who needs a second factor to the pages.
func TestFactorRequired(t *testing.T) {
	tr := newTree(t)
	logins := &server.Logins{Store: &server.MemoryLogins{}}
	s := server.New(server.Options{Logins: logins, Log: silent()})
	hubapi.Register(s, tr.Hub, api.Options{Logins: logins, Rules: server.EntryRules{FactorRequired: true}})
	hub := &client{T: t, URL: serve(t, s)}
	hub.as(nodetest.OfficerLogin).do(http.MethodGet, "/api/v1/sync", nil).wantProblem(http.StatusForbidden, server.TypeMust)
	hub.as(nodetest.NurseLogin).do(http.MethodGet, "/api/v1/sync", nil).want(http.StatusOK)
}

// logins lists one's own log-ins at a program and ends one of them.
func (x *programs) logins(at *client) {
	x.T.Helper()
	first, second := at.as(nodetest.HeadLogin), at.as(nodetest.HeadLogin)
	at.as(nodetest.NurseLogin)
	var list struct {
		Items []struct {
			ID   string
			Here bool
		}
	}
	second.do(http.MethodGet, "/api/v1/logins", nil).want(http.StatusOK).into(&list)
	here := 0
	for _, l := range list.Items {
		if l.Here {
			here++
			continue
		}
		second.do(http.MethodDelete, "/api/v1/logins/"+l.ID, nil).want(http.StatusNoContent)
	}
	if here != 1 || len(list.Items) < 2 {
		x.T.Errorf("log-ins: %+v", list)
	}
	first.do(http.MethodGet, "/api/v1/sync", nil).wantProblem(http.StatusUnauthorized, server.TypeNotLoggedIn)
	second.do(http.MethodGet, "/api/v1/sync", nil).want(http.StatusOK)
}
