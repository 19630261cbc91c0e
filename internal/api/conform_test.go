package api_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"

	hubapi "tramy/hub/api"
	"tramy/internal/api"
	"tramy/internal/fhir"
	"tramy/internal/registry"
	"tramy/internal/server"
	stationapi "tramy/station/api"
)

// document is a program's own description of itself, and which of its operations a test has seen work.
type document struct {
	t      testing.TB
	doc    *openapi3.T
	router routers.Router
	mu     sync.Mutex
	worked map[string]bool
}

func load(t testing.TB, raw []byte) *document {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(raw)
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(t.Context()); err != nil {
		t.Fatalf("not a valid OpenAPI document: %v", err)
	}
	router, err := legacy.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	return &document{t: t, doc: doc, router: router, worked: map[string]bool{}}
}

// check holds a real answer, and the request if it was accepted, against the document.
func (d *document) check(req *http.Request, reqBody []byte, resp *http.Response, body []byte) {
	d.t.Helper()
	again := req.Clone(req.Context())
	again.URL.Scheme, again.URL.Host = "", "" // the document's only server is "/"
	again.Body = io.NopCloser(bytes.NewReader(reqBody))
	route, params, err := d.router.FindRoute(again)
	if err != nil {
		d.t.Errorf("%s %s is not in the document: %v", req.Method, req.URL.Path, err)
		return
	}
	options := &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true}
	in := &openapi3filter.RequestValidationInput{Request: again, PathParams: params, Route: route, Options: options}
	if resp.StatusCode < 300 {
		if err := openapi3filter.ValidateRequest(req.Context(), in); err != nil {
			d.t.Errorf("%s %s was taken, but the document says: %v", req.Method, req.URL.Path, err)
		}
		d.mu.Lock()
		d.worked[route.Operation.OperationID] = true
		d.mu.Unlock()
	}
	out := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: resp.StatusCode, Header: resp.Header, Options: options}
	out.SetBodyBytes(body)
	if err := openapi3filter.ValidateResponse(req.Context(), out); err != nil {
		d.t.Errorf("%s %s answered %d %s\nbut the document says: %v", req.Method, req.URL.Path, resp.StatusCode, body, err)
	}
}

// missing lists the operations that no test has seen work.
func (d *document) missing() []string {
	var out []string
	for _, item := range d.doc.Paths.Map() {
		for _, op := range item.Operations() {
			if !d.worked[op.OperationID] {
				out = append(out, op.OperationID)
			}
		}
	}
	slices.Sort(out)
	return out
}

func init() { openapi3filter.RegisterBodyDecoder(fhir.MediaType, openapi3filter.JSONBodyDecoder) }

func silent() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

// programs serves a hub and a station of one tree, each with its document.
type programs struct {
	*tree
	hub, station         *client
	hubDoc, stationDoc   *document
	hubRoutes, stnRoutes []server.Route
}

func serveHub(t testing.TB, tr *tree) *programs {
	t.Helper()
	x := &programs{tree: tr}
	logins := &server.Logins{Store: &server.MemoryLogins{}}
	s := server.New(server.Options{Logins: logins, Log: silent()})
	a := hubapi.Register(s, tr.Hub, api.Options{Logins: logins})
	x.hubDoc, x.hubRoutes = load(t, a.Document()), s.Routes()
	x.hub = &client{T: t, URL: serve(t, s), Check: x.hubDoc.check}
	return x
}

func (x *programs) serveStation() {
	x.T.Helper()
	st := x.join()
	logins := &server.Logins{Store: &server.MemoryLogins{}}
	s := server.New(server.Options{Logins: logins, Log: silent()})
	a := stationapi.Register(s, st, api.Options{Logins: logins})
	x.stationDoc, x.stnRoutes = load(x.T, a.Document()), s.Routes()
	x.station = &client{T: x.T, URL: serve(x.T, s), Check: x.stationDoc.check}
}

// TestEveryRouteIsDescribed fails on a route without a description and on a description without a route.
func TestEveryRouteIsDescribed(t *testing.T) {
	s := server.New(server.Options{Log: silent()})
	a := api.New(api.Options{})
	a.Register(s)
	compareRoutes(t, s.Routes(), load(t, a.Document()).doc)

	x := serveHub(t, newTree(t))
	compareRoutes(t, x.hubRoutes, x.hubDoc.doc)
	if x.hubDoc.doc.Paths.Find("/api/v1/stations") == nil {
		t.Error("a hub's document lacks what only a hub has")
	}
}

func compareRoutes(t *testing.T, routes []server.Route, doc *openapi3.T) {
	t.Helper()
	described := map[server.Route]bool{}
	for path, item := range doc.Paths.Map() {
		for method := range item.Operations() {
			described[server.Route{Method: method, Pattern: path}] = true
		}
	}
	for _, r := range routes {
		if !described[r] {
			t.Errorf("%s %s is not described", r.Method, r.Pattern)
		}
		delete(described, r)
	}
	for r := range described {
		t.Errorf("%s %s is described and not served", r.Method, r.Pattern)
	}
}

// TestWritesTakeAKey holds that all operations that write say so, and that nothing else asks for a key.
func TestWritesTakeAKey(t *testing.T) {
	reads := []string{"login", "logout", "endLogin", "endLogins", "searchSubjects", "fhirSearch"}
	a := api.New(api.Options{})
	for path, item := range load(t, a.Document()).doc.Paths.Map() {
		for method, op := range item.Operations() {
			has := slices.ContainsFunc(op.Parameters, func(p *openapi3.ParameterRef) bool { return p.Value.Name == server.IdempotencyHeader })
			if want := method != http.MethodGet && !slices.Contains(reads, op.OperationID); has != want {
				t.Errorf("%s %s: key described: %v, want %v", method, path, has, want)
			}
		}
	}
}

// TestFieldsAreTheFieldTable holds the two schemas of fields and all choices against the registry.
func TestFieldsAreTheFieldTable(t *testing.T) {
	a := api.New(api.Options{})
	schemas := load(t, a.Document()).doc.Components.Schemas
	for name, fields := range map[string][]registry.FieldInfo{
		"SubjectFields": registry.FieldsOf(registry.KindSubject), "DoseFields": registry.FieldsOf(registry.KindImmunization),
	} {
		left := map[string]bool{}
		for f := range schemas[name].Value.Properties {
			left[f] = true
		}
		for _, info := range fields {
			if info.Name == "void" || info.Name == "released" || info.Name == "from_card" {
				continue
			}
			prop := schemas[name].Value.Properties[info.Name]
			delete(left, info.Name)
			if prop == nil {
				t.Errorf("%s lacks %s", name, info.Name)
				continue
			}
			if info.Enum == nil {
				continue
			}
			var keys []string
			for _, v := range prop.Value.AllOf[0].Value.Enum {
				keys = append(keys, v.(string))
			}
			if !slices.Equal(keys, info.Enum.Keys()) {
				t.Errorf("%s.%s offers %v, want %v", name, info.Name, keys, info.Enum.Keys())
			}
		}
		for f := range left {
			t.Errorf("%s has %s, which is no field", name, f)
		}
	}
}

// TestDocumentIsServed reads the document as a stranger does.
func TestDocumentIsServed(t *testing.T) {
	x := serveHub(t, newTree(t))
	r := x.hub.do(http.MethodGet, "/api/v1/openapi.json", nil).want(http.StatusOK)
	var doc struct{ OpenAPI string }
	if err := json.Unmarshal(r.Body, &doc); err != nil || !strings.HasPrefix(doc.OpenAPI, "3.") {
		t.Errorf("%v: %.80s", err, r.Body)
	}
}
