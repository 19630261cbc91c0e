package api

import (
	"errors"
	"strings"
	"time"

	"tramy/internal/desk"
	"tramy/internal/node"
	"tramy/internal/registry"
	"tramy/internal/server"
	p "tramy/syncproto"
)

// credentials are what somebody logs in with.
type credentials struct {
	Login    string `json:"login"`
	Password string `json:"password"`
	Code     string `json:"code"` // of the second factor, where one is asked for
}

// loggedIn is the bearer token and whom it stands for.
type loggedIn struct {
	Token string      `json:"token"`
	User  person      `json:"user"`
	Must  server.Must `json:"must,omitempty"` // what has to be done before anything else
}

// person is who is logged in.
type person struct {
	ID    p.EntityID `json:"id"`
	Login string     `json:"login"`
	Name  string     `json:"name"`
	Role  string     `json:"role"`
	Place p.EntityID `json:"place"`
}

func personOf(who desk.Who) person {
	return person{ID: who.User, Login: who.Login, Name: who.Name, Role: who.Role.String(), Place: who.Place}
}

// login checks name and password and begins a log-in. Its language stays open: each request of a program
// says in Accept-Language which one it wants.
func (a *API) login(c *Call) (*Answer, error) {
	var in credentials
	if err := c.Read(&in); err != nil {
		return nil, err
	}
	// As the registry keeps names, so that spelling one differently buys no further guesses.
	name := strings.ToLower(strings.TrimSpace(in.Login))
	if name == "" {
		return nil, invalid("login", registry.CodeRequired)
	}
	if err := a.unlocked(c.Context()); err != nil {
		return nil, err
	}
	addr := server.AddrOf(c.Request)
	if wait := a.throttle.Guess(name, addr); wait > 0 {
		return nil, server.NewProblem(server.TypeGuessing).Param("seconds", int(wait.Seconds())+1)
	}
	account, err := a.desk.CheckPassword(c.Context(), name, in.Password)
	if err != nil {
		return nil, err
	}
	a.throttle.Right(name, addr)
	if a.rules.AsksCode(account.Factor) {
		if err := a.takeCode(c, account, in.Code); err != nil {
			return nil, err
		}
	}
	if err := a.desk.NoteLogin(c.Context(), account.Who); err != nil {
		return nil, err
	}
	who := server.Login{
		User: account.User, Name: account.Name, Role: account.Role, Place: account.Place, Basis: account.Basis,
		Must: a.rules.Must(account.Role, account.Given, account.Factor),
	}
	token, err := a.logins.Begin(c.Context(), who, server.ClientOf(c.Request))
	if err != nil {
		return nil, err
	}
	return ok(loggedIn{Token: token, User: personOf(account.Who), Must: who.Must})
}

// takeCode asks for the second factor under its brake on guesses. That none was sent is no guess.
func (a *API) takeCode(c *Call, account desk.Account, code string) error {
	if code == "" {
		return server.NewProblem(server.TypeCode).At("code")
	}
	addr := server.AddrOf(c.Request)
	if wait := a.throttle.GuessCode(account.Login, addr); wait > 0 {
		return server.NewProblem(server.TypeGuessing).Param("seconds", int(wait.Seconds())+1)
	}
	_, err := a.desk.TakeCode(c.Context(), account.User, code)
	if errors.Is(err, desk.ErrCode) {
		return server.NewProblem(server.TypeCode).At("code")
	}
	if err == nil {
		a.throttle.RightCode(account.Login, addr)
	}
	return err
}

// oneLogin is a log-in of who asks, at this machine.
type oneLogin struct {
	ID     string    `json:"id"`
	Client string    `json:"client,omitempty"`
	Since  time.Time `json:"since"`
	Seen   time.Time `json:"seen"`
	Here   bool      `json:"here"`
}

// listLogins lists one's own log-ins here.
func (a *API) listLogins(c *Call) (*Answer, error) {
	account, err := a.desk.Account(c.Context(), c.Who.User)
	if err != nil {
		return nil, err
	}
	list, err := a.logins.List(c.Context(), account.User, account.Basis)
	here := server.IDOf(a.logins.TokenOf(c.Request))
	out := struct {
		Items []oneLogin `json:"items"`
	}{make([]oneLogin, len(list))}
	for i, l := range list {
		out.Items[i] = oneLogin{l.ID, l.Client, l.Since.UTC(), l.Seen.UTC(), l.ID == here}
	}
	return &Answer{Body: out}, err
}

// endLogin ends one of one's own log-ins here.
func (a *API) endLogin(c *Call) (*Answer, error) {
	return done(a.logins.EndOne(c.Context(), c.Who.User, server.Param(c.Request, "id")))
}

func (a *API) logout(c *Call) (*Answer, error) {
	if err := a.desk.NoteLogout(c.Context(), c.Who.User); err != nil && !errors.Is(err, node.ErrRevoked) {
		return nil, err
	}
	return done(a.logins.End(c.Context(), a.logins.TokenOf(c.Request)))
}
