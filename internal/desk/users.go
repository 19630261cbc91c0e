package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// ErrLoginTaken says that an account of that name exists at this node.
var ErrLoginTaken = errors.New("an account of that name exists already")

// NewUser is what is entered about an account. Password is the password itself.
type NewUser struct {
	Login    string
	Name     string
	Role     rights.Role
	Place    p.EntityID
	Phone    string
	Password string
}

// mayManage checks the right to accounts of others, and that this machine may write them: a station may
// not, so that a stolen one cannot make itself a colleague. Its hub would hold the log.
func (d *Desk) mayManage(who Who, act rights.Act) error {
	if !rights.DeviceMay(d.Node.Identity().Role, registry.KindUser) {
		return fmt.Errorf("accounts are kept at the hub: %w", ErrForbidden)
	}
	return may(who, act, registry.KindUser)
}

// CanManageUsers reports whether somebody may make, close or reset accounts at this machine.
func (d *Desk) CanManageUsers(who Who) bool { return d.mayManage(who, rights.Manage) == nil }

// AddUser makes an account within the person's own subtree, of a role they may give.
func (d *Desk) AddUser(ctx context.Context, who Who, in NewUser) (p.EntityID, error) {
	if err := d.mayManage(who, rights.Create); err != nil {
		return p.EntityID{}, err
	}
	if !rights.MayGrant(who.Role, in.Role) {
		return p.EntityID{}, ErrForbidden
	}
	if err := rights.CheckPassword(in.Login, in.Password); err != nil {
		return p.EntityID{}, err
	}
	hash, err := rights.HashPassword(d.Rand, in.Password)
	if err != nil {
		return p.EntityID{}, err
	}
	dots, err := d.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		if !d.Within(who, in.Place) {
			return nil, ErrForbidden
		}
		draft, err := registry.NewUser(registry.UserInput{
			Place: in.Place, Login: in.Login, Name: in.Name, Role: int(in.Role), Password: hash, Phone: in.Phone,
		})
		if err != nil {
			return nil, err
		}
		same, err := tx.UsersByLogin(loginOf(draft))
		if err != nil {
			return nil, err
		}
		for _, u := range same {
			if !u.Void {
				return nil, ErrLoginTaken
			}
		}
		return []registry.Draft{draft}, nil
	})
	if err != nil {
		return p.EntityID{}, err
	}
	return dots[0].Entity(), nil
}

func loginOf(d registry.Draft) string {
	for _, w := range d.Writes {
		if w.Field == registry.UserLogin {
			s, _ := w.Data.Text()
			return s
		}
	}
	return ""
}

// ChoosePassword replaces the password that somebody was given by one of their own. Whoever calls it has asked for the given one.
func (d *Desk) ChoosePassword(ctx context.Context, who Who, password string) error {
	var row *project.UserRow
	given := false
	err := d.view(ctx, func(tx store.Tx) error {
		var err error
		if row, err = tx.User(who.User); err != nil || row == nil {
			return err
		}
		s, err := state(tx, who.User, registry.KindUser)
		given = err == nil && registry.PasswordGiven(s)
		return err
	})
	switch {
	case err != nil:
		return err
	case row == nil:
		return ErrNotFound
	case !given:
		return ErrForbidden
	}
	if err := rights.CheckPassword(row.Login, password); err != nil {
		return err
	}
	if same, err := rights.VerifyPassword(row.Password, password); err != nil || same {
		return errors.Join(err, &rights.PasswordError{Fault: rights.PasswordSame})
	}
	return d.writePassword(ctx, who, who.User, password)
}

// SetPassword changes a password: one's own with the old one, or that of an account one may manage.
func (d *Desk) SetPassword(ctx context.Context, who Who, user p.EntityID, old, password string) error {
	var row *project.UserRow
	err := d.view(ctx, func(tx store.Tx) error {
		var err error
		if row, err = tx.User(user); err != nil || row == nil {
			return err
		}
		if user == who.User {
			return nil
		}
		if err := d.mayManage(who, rights.Manage); err != nil {
			return err
		}
		if !d.Within(who, row.Place) {
			return ErrForbidden
		}
		return nil
	})
	if err != nil {
		return err
	}
	if row == nil {
		return ErrNotFound
	}
	if user == who.User {
		if ok, err := rights.VerifyPassword(row.Password, old); err != nil || !ok {
			return ErrLogin
		}
	}
	if err := rights.CheckPassword(row.Login, password); err != nil {
		return err
	}
	if user == who.User && password == old { // one that somebody else set would still be known to them
		return &rights.PasswordError{Fault: rights.PasswordSame}
	}
	return d.writePassword(ctx, who, user, password)
}

func (d *Desk) writePassword(ctx context.Context, who Who, user p.EntityID, password string) error {
	hash, err := rights.HashPassword(d.Rand, password)
	if err != nil {
		return err
	}
	_, err = d.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		s, err := state(tx, user, registry.KindUser)
		if err != nil {
			return nil, err
		}
		return []registry.Draft{registry.Edit(s, registry.UserPassword, p.Text(hash))}, nil
	})
	return err
}

// Managed returns an account that somebody may manage at this machine.
func (d *Desk) Managed(ctx context.Context, who Who, user p.EntityID) (*project.UserRow, error) {
	if err := d.mayManage(who, rights.Manage); err != nil {
		return nil, err
	}
	var row *project.UserRow
	err := d.view(ctx, func(tx store.Tx) error {
		var err error
		row, err = tx.User(user)
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case row == nil:
		return nil, ErrNotFound
	case !d.Within(who, row.Place):
		return nil, ErrForbidden
	}
	return row, nil
}

// DisableUser closes an account, or opens it again.
func (d *Desk) DisableUser(ctx context.Context, who Who, user p.EntityID, reason string) error {
	if err := d.mayManage(who, rights.Manage); err != nil {
		return err
	}
	_, err := d.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		s, err := state(tx, user, registry.KindUser)
		if err != nil {
			return nil, err
		}
		if !d.Within(who, registry.UserOf(s).Place) {
			return nil, ErrForbidden
		}
		var draft registry.Draft
		if reason == "" {
			draft, err = registry.Restore(s, registry.SawOf(s))
		} else {
			draft, err = registry.Void(s, reason, registry.SawOf(s))
		}
		return nonEmpty(draft), err
	})
	return ignoreNothing(err)
}

// Users lists the accounts at this node.
func (d *Desk) Users(ctx context.Context, who Who) ([]project.UserRow, error) {
	if err := may(who, rights.Read, registry.KindUser); err != nil {
		return nil, err
	}
	var rows []project.UserRow
	err := d.view(ctx, func(tx store.Tx) error {
		var err error
		rows, err = tx.Users()
		return err
	})
	// Colleagues are those at one's own places, and those above whom one answers to.
	a, above := d.areaOf(who), d.Node.Atlas().Above(who.Place)
	return slices.DeleteFunc(rows, func(r project.UserRow) bool { return !a.has(r.Place) && !slices.Contains(above, r.Place) }), err
}

// Accesses lists who looked at a subject, or at anything (zero), newest first: in the places a person's role holds for, and
// who elsewhere broke the glass for a record of theirs.
func (d *Desk) Accesses(ctx context.Context, who Who, subject p.EntityID, limit int) ([]project.AccessRow, error) {
	if err := may(who, rights.Read, registry.KindAccess); err != nil {
		return nil, err
	}
	var rows []project.AccessRow
	err := d.view(ctx, func(tx store.Tx) error {
		var err error
		if rows, err = tx.Accesses(subject, limit); err != nil {
			return err
		}
		rows, err = d.seesAccess(tx, who, rows)
		return err
	})
	return rows, err
}
