package desk

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"tramy/internal/node"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// Errors of acts that callers tell apart.
var (
	// ErrForbidden says that the role may not do this, or not at this place.
	ErrForbidden = errors.New("this account may not do that here")
	// ErrNotFound says that there is no such thing at this node.
	ErrNotFound = errors.New("not found here")
	// ErrLogin says that name and password do not fit, and no more than that.
	ErrLogin = errors.New("name or password is wrong")
)

// Who is the person acting, as their login says.
type Who struct {
	User  p.EntityID
	Login string
	Name  string
	Role  rights.Role
	Place p.EntityID // top of the subtree the role holds for
	// LogIn tells log-ins of one account apart: the hash of its token, zero where there is none.
	LogIn [32]byte
}

// Desk does what people ask of one node.
type Desk struct {
	Node *node.Node
	Rand io.Reader

	mu      sync.Mutex
	views   map[view]time.Time
	glasses map[glass]time.Time // since when
	homes   homesOf

	sweep     sync.Mutex    // one sweep at a time
	sweepNow  chan struct{} // somebody asked for one
	importing atomic.Bool   // a register is being read in
}

type view struct{ user, subject p.EntityID }

// New returns a desk at a node.
func New(n *node.Node) *Desk {
	return &Desk{Node: n, Rand: rand.Reader, views: map[view]time.Time{}, glasses: map[glass]time.Time{}, sweepNow: make(chan struct{}, 1)}
}

// Today is the place's calendar day.
func (d *Desk) Today() registry.Day { return registry.Today(d.Node.Now(), registry.VietnamOffset) }

func (d *Desk) view(ctx context.Context, fn func(tx store.Tx) error) error {
	return d.Node.Store().View(ctx, fn)
}

// may checks the rights table.
func may(who Who, act rights.Act, kind p.Kind) error {
	if !rights.May(who.Role, act, kind) {
		return fmt.Errorf("%s %s: %w", act, kindName(kind), ErrForbidden)
	}
	return nil
}

func kindName(k p.Kind) string {
	switch k {
	case registry.KindSubject:
		return "subject"
	case registry.KindImmunization:
		return "immunization"
	case registry.KindLink:
		return "link"
	case registry.KindUser:
		return "user"
	case registry.KindDevice:
		return "device"
	case registry.KindPlace:
		return "place"
	case registry.KindVaccine:
		return "vaccine"
	case registry.KindSchedule:
		return "schedule"
	case registry.KindAccess:
		return "access record"
	}
	return fmt.Sprintf("kind %d", k)
}

// Login checks name and password against the accounts this node holds; it needs no network.
func (d *Desk) Login(ctx context.Context, login, password string) (Who, error) {
	var users []project.UserRow
	err := d.view(ctx, func(tx store.Tx) error {
		var err error
		users, err = tx.UsersByLogin(login)
		return err
	})
	if err != nil {
		return Who{}, err
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
		who := whoOf(&u)
		return who, d.note(ctx, who, "login", p.EntityID{}, "")
	}
	if len(users) == 0 {
		// As long as for a name that exists, so that names cannot be found out by the clock.
		_, _ = rights.VerifyPassword(decoyHash(), password)
	}
	return Who{}, ErrLogin
}

var decoyHash = sync.OnceValue(func() string {
	h, err := rights.HashPassword(rand.Reader, "a password nobody has")
	if err != nil {
		return ""
	}
	return h
})

// WhoIs reads an account anew, for a login that goes on: a disabled account is ErrLogin.
func (d *Desk) WhoIs(ctx context.Context, user p.EntityID) (Who, error) {
	var who Who
	err := d.view(ctx, func(tx store.Tx) error {
		u, err := tx.User(user)
		if err != nil {
			return err
		}
		if u == nil || u.Void {
			return ErrLogin
		}
		who = whoOf(u)
		return nil
	})
	return who, err
}

func whoOf(u *project.UserRow) Who {
	return Who{User: u.ID, Login: u.Login, Name: u.Name, Role: rights.Role(u.Role), Place: u.Place}
}

// viewsAgain is how long a second look by the same person at the same record, or a further search by the
// same person, is not written again: a word typed letter by letter is one search.
const viewsAgain = 10 * time.Minute

// note writes an access record.
func (d *Desk) note(ctx context.Context, who Who, act string, subject p.EntityID, reason string) error {
	if act == "view" || act == "search" {
		d.mu.Lock()
		now := d.Node.Now()
		last, seen := d.views[view{who.User, subject}]
		fresh := seen && now.Sub(last) < viewsAgain && !now.Before(last)
		if !fresh {
			if len(d.views) > 4096 {
				clear(d.views)
			}
			d.views[view{who.User, subject}] = now
		}
		d.mu.Unlock()
		if fresh {
			return nil
		}
	}
	place := d.Node.Identity().Place
	err := d.Node.AppendAccess(ctx, who.User, func(store.Tx, func(int) p.EntityID) ([]registry.Draft, error) {
		return []registry.Draft{registry.NewAccess(registry.Access{Place: place, Act: act, Subject: subject, Reason: reason})}, nil
	})
	if store.IsFull(err) && (act == "view" || act == "search" || act == "login") {
		// Care does not wait for the disk: reading goes on. The look is forgotten, so that the next one by this person is
		// written if there is room by then.
		d.mu.Lock()
		delete(d.views, view{who.User, subject})
		d.mu.Unlock()
		return nil
	}
	return err
}

// NoteListed writes down that somebody read a list that names people, which is no more than a search shows.
func (d *Desk) NoteListed(ctx context.Context, who Who) error {
	return d.note(ctx, who, "search", p.EntityID{}, "")
}

// vaccineKnown returns what asks whether a code names a vaccine.
func vaccineKnown(tx store.Tx) (func(string) bool, error) {
	codes, err := tx.VaccineCodes()
	return func(code string) bool { return slices.Contains(codes, code) }, err
}

// state reads an entity that must be there.
func state(tx store.Tx, id p.EntityID, kind p.Kind) (*p.State, error) {
	s, err := tx.State(id)
	if err != nil {
		return nil, err
	}
	if s == nil || s.Kind != kind {
		return nil, fmt.Errorf("%s %s: %w", kindName(kind), id, ErrNotFound)
	}
	return s, nil
}
