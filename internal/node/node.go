package node

import (
	"context"
	"crypto/ed25519"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"tramy/internal/atlas"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// Identity is who this node is. The root of the tree has no upstream.
type Identity struct {
	Device   p.EntityID
	Key      ed25519.PrivateKey
	Former   []ed25519.PrivateKey // keys it had before: what was begun under one is sealed with it to the end
	Serve    ed25519.PrivateKey   // a hub's: by which the nodes below know it; nil: Key
	Number   int64                // six digits, the front of the codes it makes
	Place    p.EntityID
	Role     registry.NodeRole
	Upstream Upstream
	Root     ed25519.PublicKey // by which the root's word is checked; none at the root itself
}

// Upstream is the parent node; its zero value means "this is the root".
type Upstream struct {
	Device p.EntityID
	Key    ed25519.PublicKey
}

// IsRoot reports whether the node has no upstream.
func (id *Identity) IsRoot() bool { return id.Upstream.Device.IsZero() }

// Config is what a node is made of.
type Config struct {
	Store    store.Store
	Identity Identity
	Journal  Journal          // nil: own acts are kept in the store alone
	Now      func() time.Time // for people's eyes and for opening a log a day
	Rand     io.Reader
	// Saved is called after something was kept that wants to go up; nil: nobody asks.
	Saved func()
	// Announcer keeps where children find this node; nil: it announces nothing.
	Announcer Announcer
}

// Node keeps one replica. Its methods may be called from several goroutines; writes happen one at a time.
type Node struct {
	cfg Config

	// facts guards what is asked while a write runs, from inside it or beside it: who we are, what time it is,
	// where which place lies, what the schedules say. They are changed under mu and facts together.
	facts    sync.RWMutex
	id       Identity
	offsetMS int32
	places   *atlas.Atlas
	advisor  *project.Advisor

	arriving  arriving
	waitingMu sync.Mutex // guards waiting; taken after mu or alone
	waiting   []*intake  // what children sent and wait to see durable

	dueWork chan struct{}
	version atomic.Uint64 // see Version

	movesTold sync.Map // p.EntityID of a child: number of the announcement it was last told

	mu          sync.Mutex // guards what follows and orders writes
	own         *ownLog    // the log being written; nil: the next act opens one
	ownAccess   *ownLog
	incarnation p.Incarnation
	caughtUp    bool // since the start, this node once reached the end of its upstream's feed
	intro       bool // the upstream has heard who we are on this connection
	wantSums    bool
	above       []p.EntityID // the nodes above, up to the root, as the upstream last said

	parted map[p.LogID]bool // own logs that stood otherwise above when a run was begun for it
	// Scopes being compared with the upstream, and how both stood when one was last compared: what comparing
	// did not mend, comparing again will not.
	comparing map[p.EntityID]*comparison
	compared  map[p.EntityID]sumPair
	stranded  map[p.LogID]strand // own acts that the journal has behind a hole
	// differed counts, by device (this one, or a child) and scope, the records that a comparison found to differ, until
	// both are equal and people are told.
	differed map[p.EntityID]map[p.EntityID]int
}

// Names of the sequences and facts a node keeps in its store.
const (
	counterFeed    = "feed"
	counterOutbox  = "outbox"
	counterReceipt = "receipt"
	counterProof   = "proof"
	counterRequest = "request"
	counterRemains = "remains" // dots noted under metaRemains

	metaPosition = "up.position" // what the upstream last said it had taken
	metaSent     = "up.sent"     // up to which number the outbox went, or was about to go, with a request
	metaList     = "up.list"     // the upstream asked which logs are here and has not answered yet
	// metaUndecided says that the upstream could not yet say which content of a neighbour's log counts.
	metaUndecided = "up.undecided"
	metaReceipt   = "up.receipt" // number of the last receipt heard, and of which upstream
	metaOffset    = "up.offset"
	metaNotice    = "up.notice"
	metaRevoked   = "up.revoked" // the upstream refused this device for good: it is locked
	metaOpening   = "opening:"   // + log: how an own log begins, until its first segment is sealed
	metaRemains   = "remains:"   // + dot: entities that have a value of it out of what was left of a database; the change is not here
	metaRefolded  = "refolded:"  // + entity: its state was made anew without what was rejected, and changes were missing
	metaSalvaged  = "salvaged"   // states were taken out of what was left of a database
	metaVoid      = "void:"      // + log: from which change on an own log does not count; the journal says it too, and either can be damaged
)

// Codes of alarms.
const (
	AlarmFork    = "fork"    // two contents under one dot
	AlarmGap     = "gap"     // a segment does not connect to its log
	AlarmSegment = "segment" // a segment is damaged or forged
	AlarmUnequal = "unequal" // a scope's sum differs from the upstream's
	AlarmSetBack = "setback" // this machine was set back while it ran, or runs twice
)

// ErrRevoked says that the upstream has revoked this device: it must lock.
var ErrRevoked = errors.New("this device was revoked by its hub")

// Open starts a node on what its store and journal hold: a new incarnation begins, and own changes that
// the journal has and the store has lost come back under their own dots.
func Open(ctx context.Context, cfg Config) (*Node, error) {
	n := &Node{cfg: cfg, id: cfg.Identity, comparing: map[p.EntityID]*comparison{}, compared: map[p.EntityID]sumPair{}, differed: map[p.EntityID]map[p.EntityID]int{}, parted: map[p.LogID]bool{}, dueWork: make(chan struct{}, 1)}
	if _, err := io.ReadFull(cfg.Rand, n.incarnation[:]); err != nil {
		return nil, fmt.Errorf("drawing an incarnation: %w", err)
	}
	err := cfg.Store.Update(ctx, func(tx store.Tx) error {
		var err error
		if n.places, err = loadPlaces(tx); err != nil {
			return err
		}
		if n.advisor, err = loadAdvisor(tx, n.places); err != nil {
			return err
		}
		if err = n.readPlacesAnew(tx); err != nil {
			return err
		}
		if b, err := tx.Meta(metaOffset); err != nil {
			return err
		} else if len(b) == 4 {
			n.offsetMS = int32(binary.BigEndian.Uint32(b))
		}
		return n.startIncarnation(tx)
	})
	if err != nil {
		return nil, fmt.Errorf("starting a run: %w", err)
	}
	if err := n.makeRowsAnew(ctx); err != nil {
		return nil, fmt.Errorf("making the rows of what another version has kept: %w", err)
	}
	if cfg.Journal != nil {
		if _, _, err := n.replay(ctx, cfg.Journal.Replay); err != nil {
			return nil, fmt.Errorf("reading the journal: %w", err)
		}
	}
	return n, nil
}

func (n *Node) saved() {
	if n.cfg.Saved != nil {
		n.cfg.Saved()
	}
}

// path is this node and those above it, as far as it has heard.
func (n *Node) path() []p.EntityID {
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]p.EntityID{n.id.Device}, n.above[:min(len(n.above), p.PathMax-1)]...)
}

// Identity returns who this node is.
func (n *Node) Identity() Identity {
	n.facts.RLock()
	defer n.facts.RUnlock()
	return n.id
}

// Store returns what the node keeps, for queries.
func (n *Node) Store() store.Store { return n.cfg.Store }

// Now returns the time as this node's clock has it, corrected by the offset to hub time last measured.
func (n *Node) Now() time.Time {
	n.facts.RLock()
	defer n.facts.RUnlock()
	return n.cfg.Now().Add(time.Duration(n.offsetMS) * time.Millisecond)
}

// at reads the clock for a change.
func (n *Node) at() p.At {
	return p.At{WallMS: n.cfg.Now().UnixMilli(), OffsetMS: n.offsetMS}
}

// today is the place's calendar day, by which a new log is opened.
func (n *Node) today() registry.Day {
	return registry.Today(n.cfg.Now().Add(time.Duration(n.offsetMS)*time.Millisecond), registry.VietnamOffset)
}

// startIncarnation closes the number ranges of earlier runs and begins a new one. A cursor or position
// that names an earlier run beyond its end was given out by a state of this node that has been lost.
func (n *Node) startIncarnation(tx store.Tx) error {
	rows, err := tx.Incarnations()
	if err != nil {
		return err
	}
	feed, err := tx.Counter(counterFeed)
	if err != nil {
		return err
	}
	outbox, err := tx.Counter(counterOutbox)
	if err != nil {
		return err
	}
	var order int64
	for i := range rows {
		order = rows[i].Order
		if !rows[i].Ended {
			rows[i].Ended, rows[i].FeedEnd, rows[i].OutboxEnd = true, p.FeedNumber(feed), outbox
			if err := tx.PutIncarnation(&rows[i]); err != nil {
				return err
			}
		}
	}
	if err := leapReceipts(tx, n.incarnation, false); err != nil {
		return err
	}
	return tx.PutIncarnation(&store.IncarnationRow{Incarnation: n.incarnation, Order: order + 1})
}

// knowsCursor reports whether a cursor into this node's feed names a number it really gave out in that
// incarnation, and still has.
func (n *Node) knowsCursor(rows []store.IncarnationRow, c p.Cursor, end p.FeedNumber) bool {
	if c.Number == 0 {
		return true
	}
	for i := range rows {
		if rows[i].Incarnation == c.Incarnation {
			if rows[i].Ended {
				return c.Number <= rows[i].FeedEnd
			}
			return c.Number <= end
		}
	}
	return false
}

// knowsPosition is knowsCursor for this node's own outbox.
func (n *Node) knowsPosition(rows []store.IncarnationRow, pos p.Position, end uint64) bool {
	if pos.Number == 0 {
		return true
	}
	for i := range rows {
		if rows[i].Incarnation == pos.Incarnation {
			if rows[i].Ended {
				return pos.Number <= rows[i].OutboxEnd
			}
			return pos.Number <= end
		}
	}
	return false
}
