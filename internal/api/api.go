package api

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"net/http"

	"tramy/internal/desk"
	"tramy/internal/exchange"
	"tramy/internal/locale"
	"tramy/internal/node"
	"tramy/internal/registry"
	"tramy/internal/server"
	p "tramy/syncproto"
)

// Prefix stands before every path but those of health.
const Prefix = "/api/v1"

// Options are what the API works with.
type Options struct {
	Desk     *desk.Desk
	Uplink   *exchange.Uplink        // nil at the root, which has nobody above it
	Logins   *server.Logins          // the same as the server's
	Throttle *server.Throttle        // shared with the log-in page; nil: its own
	Answers  server.IdempotencyStore // nil: in memory
	Rules    server.EntryRules       // the same as the pages'
}

// API answers requests of programs.
type API struct {
	desk     *desk.Desk
	uplink   *exchange.Uplink
	logins   *server.Logins
	throttle *server.Throttle
	rules    server.EntryRules
	once     func(http.Handler) http.Handler
	doc      *document
	takes    bool // bundles of FHIR are taken in here
}

// New returns an API without routes.
func New(o Options) *API {
	a := &API{desk: o.Desk, uplink: o.Uplink, logins: o.Logins, throttle: o.Throttle, rules: o.Rules, doc: newDocument()}
	if a.throttle == nil {
		a.throttle = &server.Throttle{}
	}
	answers := o.Answers
	if answers == nil {
		answers = &server.MemoryAnswers{}
	}
	a.once = server.Idempotency(answers, true)
	a.Describe(sharedDocument, "openapi")
	return a
}

// Register puts the routes that stations and hubs share on a server.
func (a *API) Register(s *server.Server) {
	a.Handle(s, Open, http.MethodGet, Prefix+"/openapi.json", a.document)
	a.Handle(s, Open, http.MethodGet, "/healthz", a.healthy)
	a.Handle(s, Open, http.MethodGet, "/readyz", a.ready)
	a.Handle(s, Open, http.MethodPost, Prefix+"/login", a.login)
	a.Handle(s, First, http.MethodDelete, Prefix+"/login", a.logout)
	a.Handle(s, Read, http.MethodGet, Prefix+"/logins", a.listLogins)
	a.Handle(s, Read, http.MethodDelete, Prefix+"/logins/{id}", a.endLogin)

	a.Handle(s, Read, http.MethodPost, Prefix+"/subjects/search", a.search)
	a.Handle(s, Write, http.MethodPost, Prefix+"/subjects", a.register)
	a.Handle(s, Read, http.MethodGet, Prefix+"/subjects/{id}", a.subject)
	a.Handle(s, Write, http.MethodPatch, Prefix+"/subjects/{id}", a.editSubject)
	a.Handle(s, Read, http.MethodGet, Prefix+"/subjects/{id}/history", a.history)
	a.Handle(s, Write, http.MethodPost, Prefix+"/subjects/{id}/open", a.breakGlass)
	a.Handle(s, Read, http.MethodGet, Prefix+"/subjects/{id}/forecast", a.forecast)
	a.Handle(s, Read, http.MethodGet, Prefix+"/subjects/{id}/visits", a.dayRecords(registry.KindVisit))
	a.Handle(s, Read, http.MethodGet, Prefix+"/subjects/{id}/reactions", a.dayRecords(registry.KindReaction))
	a.Handle(s, Read, http.MethodGet, Prefix+"/subjects/{id}/contacts", a.dayRecords(registry.KindContact))
	a.Handle(s, Read, http.MethodGet, Prefix+"/subjects/{id}/appointments", a.dayRecords(registry.KindAppointment))
	a.Handle(s, Write, http.MethodPost, Prefix+"/subjects/{id}/link", a.link)
	a.Handle(s, Write, http.MethodPost, Prefix+"/subjects/{id}/unlink", a.unlink)

	a.Handle(s, Read, http.MethodGet, Prefix+"/subjects/{id}/accesses", a.accesses)
	a.Handle(s, Write, http.MethodPost, Prefix+"/subjects/{id}/reason", a.giveReason)
	a.Handle(s, Read, http.MethodGet, Prefix+"/subjects/{id}/consents", a.consents)
	a.Handle(s, Write, http.MethodPost, Prefix+"/subjects/{id}/consents", a.recordConsents)
	a.Handle(s, Read, http.MethodGet, Prefix+"/requests", a.requests)
	a.Handle(s, Write, http.MethodPost, Prefix+"/requests", a.addRequest)

	a.Handle(s, Write, http.MethodPost, Prefix+"/visits", a.visit)
	a.Handle(s, Read, http.MethodGet, Prefix+"/immunizations/{id}", a.dose)
	a.Handle(s, Write, http.MethodPatch, Prefix+"/immunizations/{id}", a.amend)
	a.Handle(s, Write, http.MethodPost, Prefix+"/immunizations/{id}/void", a.void)

	a.Handle(s, Read, http.MethodGet, Prefix+"/worklist", a.worklist)
	a.Handle(s, Read, http.MethodGet, Prefix+"/defaulters", a.defaulters)
	a.Handle(s, Read, http.MethodGet, Prefix+"/conflicts", a.conflicts)
	a.Handle(s, Write, http.MethodPost, Prefix+"/conflicts/{entity}/settle", a.settle)
	a.Handle(s, Read, http.MethodGet, Prefix+"/reports/coverage", a.coverage)
	a.Handle(s, Read, http.MethodGet, Prefix+"/reports/results", a.results)
	a.Handle(s, Read, http.MethodGet, Prefix+"/stock/needs", a.needs)

	a.registerFHIR(s)

	a.Handle(s, Read, http.MethodGet, Prefix+"/sync", a.syncStatus)
	a.Handle(s, Write, http.MethodPost, Prefix+"/sync", a.syncNow, server.Timeout(syncTimeout))

	a.Handle(s, Read, http.MethodGet, Prefix+"/vaccines", a.vaccines)
	a.Handle(s, Read, http.MethodGet, Prefix+"/places", a.places)
	a.Handle(s, Read, http.MethodGet, Prefix+"/users", a.users)
	a.Handle(s, Write, http.MethodPost, Prefix+"/users", a.addUser)
	a.Handle(s, FirstWrite, http.MethodPost, Prefix+"/users/{id}/password", a.setPassword)
	a.Handle(s, Read, http.MethodDelete, Prefix+"/users/{id}/logins", a.endLogins)
	a.Handle(s, Write, http.MethodPost, Prefix+"/users/{id}/disable", a.disableUser)
	a.Handle(s, Write, http.MethodPost, Prefix+"/users/{id}/enable", a.enableUser)
}

// Access says who may call a route and whether calling it twice must act once. What a role may do beyond
// being logged in is for the desk to judge.
type Access int

// Kinds of access.
const (
	Open  Access = iota // anybody
	Read                // logged in; nothing is changed that a repetition would change again
	Write               // logged in, with an Idempotency-Key

	First      // Read, also for who has something to do before anything else
	FirstWrite // Write, likewise
)

// Call is one request as a handler gets it.
type Call struct {
	*http.Request
	Who   desk.Who // who asks; zero where anybody may
	Words *locale.Catalogue
}

// Handler answers a call. What it fails with becomes a problem document.
type Handler func(c *Call) (*Answer, error)

// Answer is what a handler gives.
type Answer struct {
	Status   int    // 0: 200, or 204 without a body
	Body     any    // written as JSON; nil: no body
	Location string // of what was made
	Type     string // with Raw: another media type
	Raw      []byte
	Filename string // with Raw: to be kept under this name
}

// Handle puts a route on a server. A program adds its own with it, after describing it.
func (a *API) Handle(s *server.Server, access Access, method, pattern string, h Handler, opts ...server.RouteOption) {
	next := http.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who, _ := r.Context().Value(whoKey{}).(desk.Who)
		answer, err := h(&Call{Request: r, Who: who, Words: locale.For(server.LangOf(r))})
		if err != nil {
			fail(w, r, err)
			return
		}
		answer.write(w, r)
	}))
	if access == Write || access == FirstWrite {
		next = a.once(next)
	}
	if access != Open {
		next = a.known(next, access == First || access == FirstWrite)
	}
	s.Handle(method, pattern, next, opts...)
}

type whoKey struct{}

// known reads who asks anew for each request, so that an account that was disabled or given another role
// elsewhere changes here as soon as the news arrives.
func (a *API) known(next http.Handler, first bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := a.unlocked(r.Context()); err != nil {
			fail(w, r, err)
			return
		}
		login, ok := server.LoginOf(r)
		if !ok {
			fail(w, r, server.ErrNoLogin)
			return
		}
		account, err := a.desk.Account(r.Context(), login.User)
		switch {
		case errors.Is(err, desk.ErrLogin):
			err = errors.Join(server.NewProblem(server.TypeNotLoggedIn), a.logins.EndUser(r.Context(), login.User))
		case err == nil && account.Basis != login.Basis: // changed elsewhere since
			err = errors.Join(server.NewProblem(server.TypeNotLoggedIn), a.logins.End(r.Context(), a.logins.TokenOf(r)))
		case err == nil && login.Must != server.MustNothing && !first:
			err = server.NewProblem(server.TypeMust)
		}
		if err != nil {
			fail(w, r, err)
			return
		}
		account.LogIn = sha256.Sum256([]byte(a.logins.TokenOf(r)))
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), whoKey{}, account.Who)))
	})
}

// unlocked fails with node.ErrRevoked where the hub above has revoked this machine: nothing is shown then.
func (a *API) unlocked(ctx context.Context) error {
	locked, err := a.desk.Node.Locked(ctx)
	if err == nil && locked {
		err = node.ErrRevoked
	}
	return err
}

func (a *Answer) write(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	if a.Location != "" {
		h.Set("Location", a.Location)
	}
	status := a.Status
	switch {
	case a.Raw != nil:
		h.Set("Content-Type", a.Type)
		if a.Filename != "" {
			h.Set("Content-Disposition", `attachment; filename="`+a.Filename+`"`)
		}
		w.WriteHeader(or(status, http.StatusOK))
		_, _ = w.Write(a.Raw) // the caller may be gone; there is nobody to tell
	case a.Body == nil:
		w.WriteHeader(or(status, http.StatusNoContent))
	default:
		server.WriteJSON(w, r, or(status, http.StatusOK), a.Body)
	}
}

func or(status, otherwise int) int {
	if status == 0 {
		return otherwise
	}
	return status
}

// ok answers with a body, done without one, made with what was made and where it is.
func ok(body any) (*Answer, error) { return &Answer{Body: body}, nil }

func done(err error) (*Answer, error) {
	if err != nil {
		return nil, err
	}
	return &Answer{}, nil
}

func made(body any, location string) (*Answer, error) {
	return &Answer{Status: http.StatusCreated, Body: body, Location: location}, nil
}

// Entity reads an id from the path. What is no id names nothing.
func (c *Call) Entity(name string) (p.EntityID, error) {
	id, err := p.ParseEntityID(server.Param(c.Request, name))
	if err != nil {
		return id, server.NewProblem(server.TypeNotFound)
	}
	return id, nil
}

// Read reads the body.
func (c *Call) Read(v any) error { return server.ReadJSON(c.Request, v) }

// rawFields is an object whose members are known to the field table.
type rawFields map[string]json.RawMessage
