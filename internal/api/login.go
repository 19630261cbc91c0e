package api

import (
	"strings"

	"tramy/internal/desk"
	"tramy/internal/registry"
	"tramy/internal/server"
	p "tramy/syncproto"
)

// credentials are what somebody logs in with.
type credentials struct {
	Login    string `json:"login"`
	Password string `json:"password"`
}

// loggedIn is the bearer token and whom it stands for.
type loggedIn struct {
	Token string `json:"token"`
	User  person `json:"user"`
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
	who, err := a.desk.Login(c.Context(), name, in.Password)
	if err != nil {
		return nil, err
	}
	a.throttle.Right(name, addr)
	token, err := a.logins.Begin(c.Context(), server.Login{User: who.User, Name: who.Name, Role: who.Role, Place: who.Place})
	if err != nil {
		return nil, err
	}
	return ok(loggedIn{Token: token, User: personOf(who)})
}

func (a *API) logout(c *Call) (*Answer, error) {
	return done(a.logins.End(c.Context(), a.logins.TokenOf(c.Request)))
}
