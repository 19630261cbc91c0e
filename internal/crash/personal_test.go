package crash

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"
)

// Accounts of these tests, beside those that every world has.
const (
	personalNurse   = "xmt"
	personalHead    = "ptk"
	personalOfficer = "hbd"
	personalAdmin   = "qtv"
)

// personal is a country in which people do all they can do, and whatever could tell of them is captured.
type personal struct {
	*testing.T
	w      *world
	places *places
	read   map[string]int64 // how much of each log was searched
	child  string
	page   string // of that child
}

func newPersonal(t *testing.T) *personal {
	t.Helper()
	x := &personal{T: t, w: newWorldOf(t, planted.programs(t, plantSeam(t))), places: newPlaces(canaries...), read: map[string]int64{}}
	temp := filepath.Join(x.w.dir, tempFolder)
	if err := os.MkdirAll(temp, 0o700); err != nil {
		t.Fatal(err)
	}
	// That this is found shows that the folder is read: nothing has to be left there.
	if err := os.WriteFile(filepath.Join(temp, "beside"), []byte("put here by the test"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, n := range x.w.all {
		n.env = x.env()
	}
	for _, u := range []struct{ login, name, role, place string }{
		{personalNurse, "Giàng Thị " + nurseName.text, "nurse", commune},
		{personalHead, "Vừ A " + guardianName.text, "head", commune},
		{personalOfficer, "Quàng Văn " + officerName.text, "province", province},
		{personalAdmin, "Lường Văn " + officerName.text, "admin", province},
	} {
		x.run("tramy-hub", first.text+"\n", 0, "user", "add", u.login, "--name", u.name, "--phone", nursePhone.text, "--role", u.role, "--place", u.place, "--data", x.w.centre.dir)
	}
	x.w.startAll(t)
	for _, n := range []*node{x.w.hub, x.w.station} {
		x.run(n.program, "", 0, "sync", "--data", n.dir)
	}
	return x
}

func (x *personal) env() []string {
	temp := filepath.Join(x.w.dir, tempFolder)
	return []string{"TRAMY_LOG=debug", "TMPDIR=" + temp, "TMP=" + temp, "TEMP=" + temp}
}

// run gives a command and captures what it says. It must end with the exit code; a negative one is any but 0.
func (x *personal) run(name, stdin string, code int, args ...string) string {
	x.Helper()
	cmd := exec.Command(program(x.w.programs, name), args...)
	cmd.Env = append(os.Environ(), x.env()...)
	cmd.Stdin = strings.NewReader(stdin)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if got := cmd.ProcessState.ExitCode(); got != code && (code >= 0 || got == 0) {
		x.Fatalf("%s %s: exit %d, want %d, %v\n%s%s", name, strings.Join(args, " "), got, code, err, out.String(), errs.String())
	}
	said := out.String()
	if args[0] == "enrol" { // its output is the code that was asked for
		x.places.secret("an enrolment code", strings.TrimSpace(said))
		said = ""
	}
	x.places.take(placeCommands, said+errs.String())
	return out.String()
}

// call asks the API of a node as a program does, and captures the address, the headers and each refusal.
func (x *personal) call(n *node, token, method, path string, body any, into any, headers ...string) int {
	x.Helper()
	var b []byte
	switch body := body.(type) {
	case nil:
	case string:
		b = []byte(body)
	default:
		var err error
		if b, err = json.Marshal(body); err != nil {
			x.Fatal(err)
		}
	}
	req, err := http.NewRequest(method, "http://"+n.pages+path, bytes.NewReader(b))
	if err != nil {
		x.Fatal(err)
	}
	x.places.take(placeVisited, req.URL.String()+"\n")
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", uuid.NewString())
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
		if headers[i] == "Host" {
			req.Host = headers[i+1]
		}
	}
	resp, err := connections.Do(req)
	if err != nil {
		x.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		x.Fatal(err)
	}
	for name, values := range resp.Header {
		x.places.take(placeHeaders, name+": "+strings.Join(values, ", ")+"\n")
	}
	if resp.StatusCode >= 300 {
		x.places.take(placeProblems, withoutLive(answer))
	} else if into != nil {
		if err := json.Unmarshal(answer, into); err != nil {
			x.Fatalf("%s %s: %v in %s", method, path, err, answer)
		}
	}
	return resp.StatusCode
}

// withoutLive is a problem document without the members that tell of records on purpose: whom a new one may be, and what stands now
// where two wrote at once. Who may not read them does not get them.
func withoutLive(answer []byte) string {
	var doc map[string]any
	if err := json.Unmarshal(answer, &doc); err != nil {
		return string(answer)
	}
	switch doc["type"] {
	case "tramy:duplicate":
		delete(doc, "candidates")
	case "tramy:stale":
		delete(doc, "values")
	}
	b, err := json.Marshal(doc)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// must is call for what has to be done, or every test after it would look at nothing.
func (x *personal) must(n *node, token, method, path string, body, into any) {
	x.Helper()
	if status := x.call(n, token, method, path, body, into); status >= 300 {
		x.Fatalf("%s %s at the %s: %d", method, path, n.name, status)
	}
}

// token logs in at the API.
func (x *personal) token(n *node, who, password string) string {
	x.Helper()
	var out struct{ Token string }
	x.must(n, "", http.MethodPost, "/api/v1/login", fields{"login": who, "password": password}, &out)
	x.places.secret("a token of a log-in", out.Token)
	return out.Token
}

// look searches what lies in files and what was printed meanwhile. asked are files that hold people's data because a person wanted so.
func (x *personal) look(asked ...string) {
	x.Helper()
	x.places.files(x.T, x.w.dir, asked...)
	x.places.logs(x.T, x.w, x.read)
}

// health asks every machine how it is.
func (x *personal) health() {
	x.Helper()
	for _, n := range x.w.all {
		for _, path := range []string{"/healthz", "/readyz", "/metrics", "/debug/vars", "/debug/pprof/"} {
			resp, err := connections.Get("http://" + n.pages + path)
			if err != nil {
				x.Fatal(err)
			}
			b, err := io.ReadAll(resp.Body)
			resp.Body.Close()
			if err != nil {
				x.Fatal(err)
			}
			x.places.take(placeHealth, string(b))
		}
	}
}

// TestNoPersonalDataBesideTheRecords runs the real programs of a small country, at debug level, and does what people do there, rightly
// and wrongly. Nothing of it may be found but in databases, journals, encrypted files, and what a person asked for in clear. Then what
// leaks on purpose is planted in a running program, and must be found where it is.
func TestNoPersonalDataBesideTheRecords(t *testing.T) {
	x := newPersonal(t)
	x.outside(x.w.station)
	x.outside(x.w.hub)
	x.nurse()
	x.head()
	x.api()
	x.must(x.w.station, x.token(x.w.station, personalNurse, chosen.text), http.MethodPost, "/api/v1/sync", fields{}, nil)
	x.officer()
	x.admin()
	x.health()
	x.panics()
	x.commands()
	x.damaged()
	x.refusing()
	x.places.report(t)
	if t.Failed() {
		return
	}
	t.Run("planted", x.plants)
}
