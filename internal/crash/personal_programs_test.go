package crash

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// api does with the API what other programs do, rightly and wrongly.
func (x *personal) api() {
	x.Helper()
	n := x.w.station
	token := x.token(n, personalNurse, chosen.text)
	at := "/api/v1/subjects/" + x.child
	var out struct {
		ID    string
		Doses []string
	}
	commune := x.w.commune
	x.must(n, token, http.MethodPost, "/api/v1/subjects", fields{"force": true, "fields": fields{
		"place": commune, "name": "Lò " + childName.text, "birth_date": birthDate.text, "sex": "male", "mother_name": "Cà " + motherName.text, "note": childNote.text,
	}}, &out)
	x.must(n, token, http.MethodPost, "/api/v1/visits", fields{
		"subject": out.ID, "given_on": day(3), "doses": []fields{{"vaccine": "BCG", "lot": "A1", "note": visitNote.text}},
	}, &out)
	if len(out.Doses) == 1 {
		x.must(n, token, http.MethodPost, "/api/v1/immunizations/"+out.Doses[0]+"/void", fields{"reason": mistake.text}, nil)
	}
	wrong := func(method, path string, b any) {
		if status := x.call(n, token, method, path, b, nil); status < 400 || status >= 500 {
			x.Errorf("%s %s with %.300v is answered with %d", method, path, b, status)
		}
	}
	for _, b := range []any{
		fields{"fields": fields{"name": childName.text, "birth_date": badDate.text, "place": commune}},
		fields{"fields": fields{"name": childName.text, "birth_date": birthDate.text, "place": childName.text}},
		fields{"fields": fields{"name": childName.text, "birth_date": birthDate.text, "mother_phone": phone.text + "77", "place": commune, "sex": motherName.text}},
		fields{"fields": fields{childName.text: "x"}},
		fields{childName.text: fields{}},
		fields{"fields": childName.text},
		fields{"fields": fields{"name": fields{"x": childName.text}}},
		`{"fields":{"name":"` + childName.text + `"`, childName.text, `{"force":"` + childName.text + `"}`,
	} {
		wrong(http.MethodPost, "/api/v1/subjects", b)
	}
	for _, b := range []any{
		fields{"saw": childName.text, "fields": fields{"note": childNote.text}},
		fields{"saw": "", "fields": fields{"birth_date": badDate.text}},
	} {
		wrong(http.MethodPatch, at, b)
	}
	for path, b := range map[string]any{
		"/api/v1/visits":              fields{"subject": childName.text, "given_on": badDate.text, "doses": []fields{{"vaccine": childName.text}}},
		"/api/v1/users":               fields{"login": misplaced.text, "name": nurseName.text, "password": chosen.text},
		at + "/link":                  fields{"other": childName.text},
		at + "/consents":              fields{"by": consenting.text, "purposes": fields{wish.text: wish.text}},
		"/api/v1/lookup":              fields{"name": nobodyName.text, "birth_date": badDate.text},
		"/api/v1/lookup/fetch":        fields{"nonce": childName.text, "ticket": childName.text},
		"/api/v1/conflicts/x/settle":  fields{"field": childName.text},
		"/api/v1/users/x/password":    fields{"old": chosen.text, "new": misplaced.text},
		"/api/v1/immunizations/x":     fields{"note": visitNote.text},
		"/api/v1/requests":            fields{"subject": x.child, "wish": wish.text, "words": wish.text},
		"/api/v1/subjects/x/unlink":   fields{"other": childName.text},
		"/api/v1/nothing":             fields{"name": childName.text},
		"/api/v1/subjects/" + x.child: fields{"name": childName.text},
	} {
		wrong(http.MethodPost, path, b)
	}
	x.must(n, token, http.MethodPost, "/api/v1/subjects/search", fields{"text": childName.text}, nil)
	x.must(n, token, http.MethodPost, "/api/v1/subjects/search", fields{"text": strings.Repeat(nobodyName.text, 60)}, nil)
	x.must(n, token, http.MethodPost, at+"/open", fields{"reason": lookReason.text}, nil)
	for range 2 { // the second is answered from what is kept of the first
		x.call(n, token, http.MethodPost, "/api/v1/subjects", fields{"fields": fields{"name": childName.text, "birth_date": badDate.text, "place": commune}}, nil, "Idempotency-Key", "once-only")
	}
	if status := x.call(n, token, http.MethodPost, "/api/v1/subjects", fields{"fields": fields{
		"place": commune, "name": "Lò " + childName.text, "birth_date": birthDate.text, "sex": "male", "mother_name": "Cà " + motherName.text,
	}}, nil); status != http.StatusConflict {
		x.Errorf("somebody who is there already is registered with %d", status)
	}
	var log json.RawMessage
	x.must(n, x.token(n, personalHead, chosen.text), http.MethodGet, at+"/accesses", nil, &log)
	x.places.take(placeAccessLog, string(log))
	x.call(n, token, http.MethodGet, "/api/v1/sync", nil, nil)
}

// commands gives the commands of both programs, rightly and with what a tired person types in the wrong place.
func (x *personal) commands() {
	x.Helper()
	s, h := x.w.station, x.w.hub
	file := filepath.Join(x.w.dir, "in", "so-tay.csv")
	out := filepath.Join(x.w.dir, "out")
	for _, dir := range []string{filepath.Dir(file), out} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			x.Fatal(err)
		}
	}
	if err := os.WriteFile(file, register(importedName.text), 0o600); err != nil {
		x.Fatal(err)
	}
	station := func(code int, args ...string) string {
		return x.run("tramy-station", "", code, append(args, "--data", s.dir)...)
	}
	hub := func(code int, args ...string) string {
		return x.run("tramy-hub", "", code, append(args, "--data", h.dir)...)
	}

	station(0, "status")
	station(0, "status", "--json")
	station(0, "config")
	station(1, "import", file, "--dry-run", "--as", personalHead)
	station(1, "import", file, "--dry-run", "--json", "--as", personalHead)
	station(1, "import", file, "--as", personalHead, "--rejected", filepath.Join(out, "chua-nhap.xlsx"))
	station(0, "export", "-o", filepath.Join(out, "so.xlsx"), "--for", "report", "--reason", takeReason.text+" quý ba", "--as", personalHead)
	station(-1, "export", "-o", filepath.Join(out, "so2.xlsx"), "--for", "report", "--reason", takeReason.text, "--as", misplaced.text)
	station(-1, "export", "-o", filepath.Join(out, "so3.xlsx"), "--for", takeReason.text, "--reason", takeReason.text)
	station(-1, "export", "-o", filepath.Join(out, "so4.xlsx"), "--for", "report", "--reason", takeReason.text, "--born-from", badDate.text)
	station(-1, "status", childName.text)
	station(-1, "search", childName.text)
	station(-1, "status", "--name", childName.text)
	station(-1, "import", file, "--as", childName.text)

	hub(0, "device", "list", "--json")
	laptop := x.laptop()
	hub(0, "device", "missing", laptop)
	hub(0, "device", "missing", laptop, "--json")
	hub(0, "place", "list")
	hub(0, "config")
	hub(0, "backup", "list")
	hub(-1, "user", "passwd", personalNurse, chosen.text)
	hub(-1, "user", "passwd", misplaced.text)
	hub(-1, "user", "disable", personalNurse, "--reason")
	hub(-1, "user", "add", personalNurse, "--name", nurseName.text, "--role", misplaced.text, "--place", commune)
	hub(-1, "device", "revoke", childName.text, "--reason", "x")
	hub(-1, "device", "list", "--json="+childName.text)
	hub(-1, "place", "show", childName.text)
	hub(-1, "place", "hamlets", commune, "--rename", childName.text)

	// By stick, and back.
	request := filepath.Join(x.w.dir, "stick", "request.tramy")
	if err := os.MkdirAll(filepath.Dir(request), 0o700); err != nil {
		x.Fatal(err)
	}
	station(0, "bundle", "out", request)
	hub(0, "bundle", "in", request)
	answers, err := filepath.Glob(filepath.Join(x.w.dir, "stick", "*.tramy"))
	if err != nil || len(answers) != 2 {
		x.Fatalf("on the stick: %v %v", answers, err)
	}
	for _, a := range answers {
		if a != request {
			station(0, "bundle", "in", a)
		}
	}
	station(0, "backup")
	station(0, "backup", "list")
	hub(0, "backup")
	x.look("in/", "out/")
	for _, dir := range []string{"in", "out"} { // what a person asked for has been looked at
		if err := os.RemoveAll(filepath.Join(x.w.dir, dir)); err != nil {
			x.Fatal(err)
		}
	}
}

// laptop is the number of the station's laptop, as an operator finds it.
func (x *personal) laptop() string {
	x.Helper()
	list := x.run("tramy-hub", "", 0, "device", "list", "--data", x.w.hub.dir)
	for line := range strings.Lines(list) {
		if f := strings.Fields(line); len(f) > 1 && f[1] == "station" {
			return f[0]
		}
	}
	x.Fatalf("no station in the list of machines:\n%s", list)
	return ""
}

// damaged restores a backup, damages the database, and lets the program set it aside.
func (x *personal) damaged() {
	x.Helper()
	s := x.w.station
	backups, err := filepath.Glob(filepath.Join(s.dir, "backup*", "*.backup"))
	if err != nil || len(backups) == 0 {
		x.Fatalf("no backup: %v", err)
	}
	if err := s.stop(); err != nil {
		x.Fatal(err)
	}
	x.run("tramy-station", "", 0, "restore", backups[len(backups)-1], "--data", s.dir)
	x.run("tramy-station", "", 0, "check", "--data", s.dir)
	if err := os.Remove(filepath.Join(s.dir, "tramy.db-wal")); err != nil && !os.IsNotExist(err) {
		x.Fatal(err)
	}
	path := filepath.Join(s.dir, "tramy.db")
	b, err := os.ReadFile(path)
	if err != nil {
		x.Fatal(err)
	}
	for at := len(b) / 3; at < len(b)/2; at++ {
		b[at] ^= 0x55
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		x.Fatal(err)
	}
	x.run("tramy-station", "", 0, "check", "--data", s.dir) // it begins anew on what can be read
	aside, err := filepath.Glob(filepath.Join(s.dir, "*", "tramy.db"))
	if err != nil || len(aside) == 0 {
		x.Errorf("no damaged database is set aside: %v", err)
	}
	s.mustStart(x.T)
	x.look()
}

// refusing has the hub revoke the station, and the station hear of it; and it calls a hub that is not there.
func (x *personal) refusing() {
	x.Helper()
	s := x.w.station
	if err := x.w.hub.stop(); err != nil {
		x.Fatal(err)
	}
	x.run("tramy-station", "", -1, "sync", "--data", s.dir)
	x.w.hub.mustStart(x.T)
	x.run("tramy-hub", "", 0, "device", "revoke", x.laptop(), "--reason", "mất máy", "--data", x.w.hub.dir)
	x.run("tramy-station", "", -1, "sync", "--data", s.dir)
	v := newVisitor(x.T, x.places, s)
	v.get("/?q=").get("/login")
	x.strayed(v, "/child/"+url.PathEscape(childName.text))
	x.call(s, "", http.MethodPost, "/api/v1/login", fields{"login": personalNurse, "password": chosen.text}, nil)
	x.look()
}
