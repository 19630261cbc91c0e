package api

import (
	"errors"

	"tramy/internal/desk"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/server"
	p "tramy/syncproto"
)

// account is somebody who can log in. What proves a password never leaves the node this way.
type account struct {
	ID       p.EntityID `json:"id"`
	Place    p.EntityID `json:"place"`
	Login    string     `json:"login"`
	Name     string     `json:"name"`
	Role     string     `json:"role"`
	Phone    string     `json:"phone,omitempty"`
	Disabled bool       `json:"disabled"`
}

func (a *API) users(c *Call) (*Answer, error) {
	rows, err := a.desk.Users(c.Context(), c.Who)
	if err != nil {
		return nil, err
	}
	page, err := PageOf(c, rows, func(r *project.UserRow) string { return r.Login + ":" + r.ID.String() })
	if err != nil {
		return nil, err
	}
	out := Page[account]{Items: make([]account, len(page.Items)), Next: page.Next}
	for i, r := range page.Items {
		out.Items[i] = account{
			ID: r.ID, Place: r.Place, Login: r.Login, Name: r.Name, Role: rights.Role(r.Role).String(), Phone: r.Phone, Disabled: r.Void,
		}
	}
	return ok(out)
}

func (a *API) addUser(c *Call) (*Answer, error) {
	var in struct {
		Login    string     `json:"login"`
		Name     string     `json:"name"`
		Role     string     `json:"role"`
		Place    p.EntityID `json:"place"`
		Phone    string     `json:"phone"`
		Password string     `json:"password"`
	}
	if err := c.Read(&in); err != nil {
		return nil, err
	}
	role, err := rights.ParseRole(in.Role)
	if err != nil {
		return nil, err
	}
	id, err := a.desk.AddUser(c.Context(), c.Who, desk.NewUser{
		Login: in.Login, Name: in.Name, Role: role, Place: in.Place, Phone: in.Phone, Password: in.Password,
	})
	if err != nil {
		return nil, err
	}
	return made(struct {
		ID p.EntityID `json:"id"`
	}{id}, Prefix+"/users")
}

// setPassword changes a password and ends every log-in of the account here: whoever knew the old one is
// out.
func (a *API) setPassword(c *Call) (*Answer, error) {
	id, err := c.Entity("id")
	if err != nil {
		return nil, err
	}
	var in struct {
		Old      string `json:"old"`
		Password string `json:"password"`
	}
	if err := c.Read(&in); err != nil {
		return nil, err
	}
	own := id == c.Who.User
	if login, _ := server.LoginOf(c.Request); login.Must != server.MustNothing && (!own || login.Must != server.MustPassword) {
		return nil, server.NewProblem(server.TypeMust)
	}
	addr := server.AddrOf(c.Request)
	if own { // a stolen token must not be a way to guess the password behind it
		if wait := a.throttle.Guess(c.Who.Login, addr); wait > 0 {
			return nil, server.NewProblem(server.TypeGuessing).Param("seconds", int(wait.Seconds())+1)
		}
	}
	err = a.desk.SetPassword(c.Context(), c.Who, id, in.Old, in.Password)
	if errors.Is(err, desk.ErrLogin) {
		return nil, server.NewProblem(TypeOldPassword).At("old")
	}
	if own {
		a.throttle.Right(c.Who.Login, addr)
	}
	if err != nil {
		return nil, err
	}
	return done(a.logins.EndUser(c.Context(), id))
}

// disableUser closes an account and ends its log-ins here.
func (a *API) disableUser(c *Call) (*Answer, error) {
	id, err := c.Entity("id")
	if err != nil {
		return nil, err
	}
	var in reason
	if err := c.Read(&in); err != nil {
		return nil, err
	}
	if in.Reason == "" {
		return nil, invalid("reason", registry.CodeReasonRequired)
	}
	if id == c.Who.User { // nobody may be left without a way back in
		return nil, server.NewProblem(server.TypeConflict)
	}
	if err := a.desk.DisableUser(c.Context(), c.Who, id, in.Reason); err != nil {
		return nil, at(err, "void", "reason")
	}
	return done(a.logins.EndUser(c.Context(), id))
}

// endLogins ends every log-in of an account at this machine.
func (a *API) endLogins(c *Call) (*Answer, error) {
	id, err := c.Entity("id")
	if err != nil {
		return nil, err
	}
	row, err := a.desk.Managed(c.Context(), c.Who, id)
	if err != nil {
		return nil, err
	}
	return done(a.logins.EndUser(c.Context(), row.ID))
}

// enableUser opens a closed account again.
func (a *API) enableUser(c *Call) (*Answer, error) {
	id, err := c.Entity("id")
	if err != nil {
		return nil, err
	}
	return done(a.desk.DisableUser(c.Context(), c.Who, id, ""))
}
