package desk

import (
	"context"
	"crypto/rand"
	"sync"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// Account is how somebody's account stands at this node, as a log-in asks it.
type Account struct {
	Who
	// Basis is what log-ins of the account rest on.
	Basis registry.Basis
	// Given says that the password was set by somebody else, Factor that there is a second factor.
	Given, Factor bool
}

// Login checks name and password against the accounts this node holds, and writes down that somebody logged in; it needs no
// network.
func (d *Desk) Login(ctx context.Context, login, password string) (Who, error) {
	a, err := d.CheckPassword(ctx, login, password)
	if err != nil {
		return Who{}, err
	}
	return a.Who, d.NoteLogin(ctx, a.Who)
}

// NoteLogin writes down that somebody logged in.
func (d *Desk) NoteLogin(ctx context.Context, who Who) error {
	return d.note(ctx, who, registry.ActLogin, p.EntityID{}, "")
}

// CheckPassword is Login for who asks for more before somebody is let in: only a refusal is written down.
func (d *Desk) CheckPassword(ctx context.Context, login, password string) (Account, error) {
	var users []project.UserRow
	err := d.view(ctx, func(tx store.Tx) error {
		var err error
		users, err = tx.UsersByLogin(login)
		return err
	})
	if err != nil {
		return Account{}, err
	}
	// Two places may have given one name before they met: the password decides.
	for _, u := range users {
		if u.Void {
			continue
		}
		ok, err := rights.VerifyPassword(u.Password, password)
		if err != nil || !ok {
			continue
		}
		return d.Account(ctx, u.ID)
	}
	if len(users) == 0 {
		// As long as for a name that exists, so that names cannot be found out by the clock.
		_, _ = rights.VerifyPassword(decoyHash(), password)
	}
	tried := p.EntityID{}
	if len(users) > 0 {
		tried = users[0].ID
	}
	if err := d.refused(ctx, tried); err != nil {
		return Account{}, err
	}
	return Account{}, ErrLogin
}

var decoyHash = sync.OnceValue(func() string {
	h, err := rights.HashPassword(rand.Reader, "a password nobody has")
	if err != nil {
		return ""
	}
	return h
})

// Account reads an account anew, for a log-in that goes on: one that was closed is ErrLogin.
func (d *Desk) Account(ctx context.Context, user p.EntityID) (Account, error) {
	var a Account
	err := d.view(ctx, func(tx store.Tx) error {
		u, err := tx.User(user)
		if err != nil {
			return err
		}
		s, err := tx.State(user)
		if err != nil {
			return err
		}
		if u == nil || u.Void || s == nil {
			return ErrLogin
		}
		a = Account{
			Who: whoOf(u), Basis: registry.BasisOf(s), Given: registry.PasswordGiven(s), Factor: registry.UserOf(s).Factor != "",
		}
		return nil
	})
	return a, err
}

// WhoIs is who an account stands for now: a closed one is ErrLogin.
func (d *Desk) WhoIs(ctx context.Context, user p.EntityID) (Who, error) {
	a, err := d.Account(ctx, user)
	return a.Who, err
}

func whoOf(u *project.UserRow) Who {
	return Who{User: u.ID, Login: u.Login, Name: u.Name, Role: rights.Role(u.Role), Place: u.Place}
}
