package crash

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tramy/internal/overlay"
)

// The seam is not in the product: it is laid over one file of it for the build that this test runs (internal/overlay). A request
// that asks for it makes the program leak what the request brings along.
const (
	seamHeader   = "Plant"
	seamText     = "Plant-Text"
	seamBefore   = "	setHeaders(w.Header(), r.URL.Path)\n	if err := s.check(r); err != nil {"
	seamImports  = "	\"errors\"\n	\"fmt\"\n	\"log/slog\"\n	\"net\"\n	\"net/http\"\n"
	seamFunction = "// Flush lets a handler send what it has so far."
)

var seamChanges = []overlay.Change{
	{Old: seamBefore, New: "	if s.plant(st.answer, r) {\n		return\n	}\n" + seamBefore},
	{Old: seamImports, New: seamImports + "	\"bytes\"\n	\"encoding/base64\"\n	\"encoding/json\"\n	\"net/url\"\n	\"os\"\n	\"path/filepath\"\n"},
	{Old: seamFunction, New: `
func (s *Server) plant(w http.ResponseWriter, r *http.Request) bool {
	text, _ := url.QueryUnescape(r.Header.Get("Plant-Text"))
	page := func(status int, body string) { w.Header().Set("Content-Type", "text/html"); w.WriteHeader(status); fmt.Fprint(w, body) }
	switch r.Header.Get("Plant") {
	case "":
		return false
	case "panic with text":
		panic("cannot save " + text)
	case "panic with an error":
		panic(fmt.Errorf("cannot save %s", text))
	case "panic of the runtime":
		_ = text[:len(text)+len(r.Method)]
	case "panic in a map":
		var m map[string]int
		m[text] = 1
	case "cause":
		WriteProblem(w, r, fmt.Errorf("cannot save %s", text))
	case "log":
		s.log.Info("saved", "name", text)
	case "log, in lower case":
		s.log.Info("saved", "name", strings.ToLower(text))
	case "debug":
		s.log.Debug("looked for " + text)
	case "log, as bytes":
		s.log.Info("sent", "body", base64.StdEncoding.EncodeToString([]byte("{\"name\":\""+text+"\"}")))
	case "stdout":
		fmt.Println(text)
	case "stderr":
		fmt.Fprintf(os.Stderr, "%+q\n", text)
	case "Location":
		http.Redirect(w, r, "/login?next="+url.QueryEscape("/search?q="+text), http.StatusSeeOther)
	case "header":
		w.Header().Set("X-Found", url.PathEscape(text))
		page(200, "")
	case "href":
		page(200, "<a href=\"/child?name="+url.QueryEscape(text)+"\">x</a>")
	case "action":
		page(200, "<form action=\"/child/"+url.PathEscape(text)+"\"></form>")
	case "problem":
		b, _ := json.Marshal(map[string]string{"type": "tramy:invalid", "detail": text})
		w.Header().Set("Content-Type", ProblemType)
		w.WriteHeader(422)
		_, _ = w.Write(b)
	case "page for a stranger":
		page(404, "<p>"+text+"</p>")
	case "health":
		page(200, "saved last: "+text)
	case "temporary file":
		_ = os.WriteFile(filepath.Join(os.TempDir(), "upload-1"), bytes.ToUpper([]byte(text)), 0o600)
	case "name of a file":
		_ = os.WriteFile(filepath.Join(os.TempDir(), text+".csv"), []byte("x"), 0o600)
	case "file beside the database":
		_ = os.WriteFile(r.Header.Get("Plant-Folder")+"/last-search.json", []byte(text), 0o600)
	case "backup in clear":
		_ = os.WriteFile(r.Header.Get("Plant-Folder")+"/x.backup", []byte(text), 0o600)
	case "bundle in clear":
		_ = os.WriteFile(r.Header.Get("Plant-Folder")+"/x.tramy", []byte(text), 0o600)
	}
	if a, ok := w.(*answer); !ok || a.status == 0 {
		page(200, "")
	}
	return true
}

` + seamFunction},
}

func plantSeam(t *testing.T) string {
	t.Helper()
	list, err := overlay.Plant(t.TempDir(), "guard", filepath.Join("..", "server", "guard.go"), seamChanges...)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// plant makes the running program do something with a text.
func (x *personal) plant(n *node, what, text string) {
	x.Helper()
	v := newVisitor(x.T, x.places, n)
	v.get("/readyz", seamHeader, what, seamText, url.QueryEscape(text), "Plant-Folder", n.dir)
	if what == "health" {
		x.places.take(placeHealth, v.body)
	}
}

// panics provokes panics in handlers, whose values name somebody: nothing of them may be printed or answered.
func (x *personal) panics() {
	x.Helper()
	for _, n := range x.w.all {
		for _, what := range []string{"panic with text", "panic with an error", "panic of the runtime", "panic in a map"} {
			v := newVisitor(x.T, x.places, n)
			v.get("/readyz", seamHeader, what, seamText, url.QueryEscape(childName.text), "Accept", "text/html").want(http.StatusInternalServerError)
			x.call(n, "", http.MethodGet, "/readyz", nil, nil, seamHeader, what, seamText, url.QueryEscape(childName.text))
		}
	}
	x.places.logs(x.T, x.w, x.read)
	b, err := os.ReadFile(x.w.station.dir + ".log")
	if err != nil {
		x.Fatal(err)
	}
	if n := strings.Count(string(b), "handler panicked"); n != 8 {
		x.Errorf("%d panics are in the log, want 8", n)
	}
}

// plants makes the station leak in each way, a canary of its own each time, and looks whether it is found there.
func (x *personal) plants(t *testing.T) {
	x.T = t
	for i, plant := range []struct{ what, place string }{
		{"cause", placeStation},
		{"log", placeStation},
		{"log, in lower case", placeStation},
		{"debug", placeStation},
		{"log, as bytes", placeStation},
		{"stdout", placeStation},
		{"stderr", placeStation},
		{"Location", placeHeaders},
		{"Location", placeVisited},
		{"header", placeHeaders},
		{"href", placeLinks},
		{"action", placeLinks},
		{"problem", placeProblems},
		{"page for a stranger", placeOutside},
		{"health", placeHealth},
		{"temporary file", placeTemp},
		{"name of a file", placeNames},
		{"file beside the database", placeFiles},
		{"backup in clear", placeBackups},
		{"bundle in clear", placeBundles},
	} {
		t.Run(plant.what, func(t *testing.T) {
			x.T = t
			c := canary{what: fmt.Sprintf("planted %d", i), text: fmt.Sprintf("Rộnràngđẫy%cớt%cng", 'a'+i, 'a'+i)}
			x.places = newPlaces(c)
			x.plant(x.w.station, plant.what, c.text)
			x.look()
			for _, l := range x.places.found {
				if l.place == plant.place && l.what == c.what {
					return
				}
			}
			t.Errorf("what was planted is not found at: %s; found %v", plant.place, x.places.found)
		})
	}
}
