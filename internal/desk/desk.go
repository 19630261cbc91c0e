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
	// Urgent is called once something was recorded that those above must hear of at once, nil: nobody is.
	Urgent func()

	mu      sync.Mutex
	views   map[view]time.Time
	glasses map[glass]time.Time // since when
	homes   homesOf
	tries   map[p.EntityID]tryRead                // attempts to reach somebody, as they were read last
	whys    map[p.EntityID]map[p.EntityID]whyRead // of campaigns: why there was no dose, as it was read last
	reads   map[p.EntityID]*campaignRead          // campaigns, as they were read last
	temps   map[p.EntityID]tempRead               // readings of thermometers, as they were read last
	used    map[registry.Day]dayUses              // what doses of this place used up, as it was read last

	sweep     sync.Mutex    // one sweep at a time
	sweepNow  chan struct{} // somebody asked for one
	importing atomic.Bool   // a register is being read in
}

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
	if name, ok := registry.KindName(k); ok {
		return name
	}
	return fmt.Sprintf("kind %d", k)
}

// vaccineKnown returns what asks whether a code names a vaccine.
func vaccineKnown(tx store.Tx) (func(string) bool, error) {
	codes, err := tx.VaccineCodes()
	return func(code string) bool { return slices.Contains(codes, code) }, err
}

// recorded reads the states behind rows of a vaccination day, without those entered in error.
func recorded(tx store.Tx, rows []project.RecordRow) ([]*p.State, error) {
	var out []*p.State
	for i := range rows {
		if rows[i].Void {
			continue
		}
		s, err := tx.State(rows[i].ID)
		if err != nil {
			return nil, err
		}
		if s != nil {
			out = append(out, s)
		}
	}
	return out, nil
}

// recordedAt is recorded for a place, from a day until before another.
func recordedAt(tx store.Tx, kind p.Kind, place p.EntityID, from, until registry.Day) ([]*p.State, error) {
	rows, err := tx.RecordsAt(store.RecordQuery{Kind: kind, Places: []p.EntityID{place}, From: from, Until: until})
	if err != nil {
		return nil, err
	}
	return recorded(tx, rows)
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
