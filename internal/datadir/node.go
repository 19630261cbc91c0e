package datadir

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"tramy/internal/exchange"
	"tramy/internal/journal"
	"tramy/internal/node"
	"tramy/internal/registry"
	"tramy/internal/server"
	"tramy/internal/store"
)

// OpenStore opens the database in a folder. The commands choose the engine.
type OpenStore func(ctx context.Context, dir string) (store.Store, error)

// Parts are what a folder's node is put together from.
type Parts struct {
	Open  OpenStore
	Now   func() time.Time
	Saved func() // see node.Config
	// Remains reads a database that cannot be opened any more. Nil: a damaged one keeps the folder shut.
	Remains ReadRemains
	Backup  LastBackup // nil: there are no backups
	Log     *slog.Logger
}

// Running is a node that lives in a folder.
type Running struct {
	*Dir
	Node    *node.Node
	Store   store.Store
	Journal *journal.File

	parts   Parts
	watched *watched
	mu      sync.Mutex // guards damage
	damage  *Damage
	second  *journal.Copy // guarded by Dir.change
	changed chan struct{} // another second copy was set up

	keying  sync.Mutex    // guards what follows
	next    *KeyPair      // keys that were drawn and the hub has not answered for yet
	keyed   bool          // the folder has other keys than this program
	rekeyed chan struct{} // closed then
}

// Start opens a folder's database and journal and starts the node on them. What is damaged is set aside, never deleted,
// and what a person needs in order to go on is put together anew from what can be read; Keep does the rest.
func (d *Dir) Start(ctx context.Context, parts Parts) (*Running, error) {
	if parts.Log == nil {
		parts.Log = slog.New(slog.DiscardHandler)
	}
	damage, err := d.readDamage()
	if err != nil {
		return nil, err
	}
	if gone, err := d.gone(); err != nil {
		return nil, err
	} else if gone && (damage == nil || damage.Stage != stageAside) && parts.Remains != nil {
		if damage, err = d.noteDamage(damage, parts.Now(), errGone); err != nil {
			return nil, err
		}
	}
	r, err := d.startOn(ctx, parts, damage)
	if errors.Is(err, store.ErrCorrupt) && parts.Remains != nil {
		why := err
		if damage, err = d.readDamage(); err != nil { // the journal may have turned out to be damaged as well
			return nil, err
		}
		if damage, err = d.noteDamage(damage, parts.Now(), why); err != nil {
			return nil, err
		}
		r, err = d.startOn(ctx, parts, damage)
	}
	return r, err
}

// startOn starts the node on the folder as it is, after setting aside what is noted to be damaged.
func (d *Dir) startOn(ctx context.Context, parts Parts, damage *Damage) (*Running, error) {
	if damage != nil && damage.Stage == stageAside {
		parts.Log.Error("the database is damaged and set aside", "folder", damage.Aside[len(damage.Aside)-1], "why", damage.Why)
		if err := d.setAside(damage); err != nil {
			return nil, fmt.Errorf("setting the damaged database aside: %w", err)
		}
	}
	st, err := parts.Open(ctx, d.Path)
	if err != nil {
		return nil, err
	}
	r := &Running{Dir: d, Store: st, parts: parts, watched: watch(st), changed: make(chan struct{}, 1), rekeyed: make(chan struct{}), next: d.Keys.Next}
	if err := r.openJournal(damage); err != nil {
		return nil, errors.Join(err, st.Close())
	}
	r.Node, err = node.Open(ctx, node.Config{
		Store: r.watched, Identity: d.Identity(), Journal: r.Journal, Now: parts.Now, Rand: rand.Reader, Saved: parts.Saved, Announcer: d,
	})
	if err == nil {
		err = r.takeBackFirst(ctx)
	}
	if err == nil {
		_, err = r.Node.MendJournal(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, r.Journal.Close(), st.Close())
	}
	return r, nil
}

// Close stops the node and releases the folder. If its database was found to be damaged meanwhile, that is written down
// for the next start.
func (r *Running) Close() error {
	if c := r.JournalCopy(); c != nil {
		_ = c.Level() // what was saved last; a stick that is away is its state
	}
	return errors.Join(r.noteFound(), r.Store.Close(), r.Journal.Close(), r.Dir.Close())
}

// Client returns the client for the folder's upstream, nil at the root.
func (d *Dir) Client(n *node.Node, software string, now func() time.Time) (*exchange.Client, error) {
	if len(d.Info.Upstream) == 0 {
		return nil, nil
	}
	if len(d.Info.Pin) != 32 {
		return nil, fmt.Errorf("%s: the hub's key is missing", FileIdentity)
	}
	conf := server.ClientTLS([32]byte(d.Info.Pin))
	conf.Time = now
	return &exchange.Client{
		Node: n, Addresses: d.Info.Upstream, Token: d.Keys.Token, Software: software,
		TLS: conf, Now: now, Unsure: true, Moves: d,
	}, nil
}

// Enrol presents a code to its hub and fills a new folder. The keys are made here and never leave it.
func Enrol(ctx context.Context, path string, code *exchange.Code, name, software string) (*Info, error) {
	if Exists(path) {
		return nil, fmt.Errorf("%s: %w", path, ErrExists)
	}
	// A folder that cannot be made is found out before the code is used up.
	if err := writable(path); err != nil {
		return nil, err
	}
	keys, err := NewKeys(rand.Reader)
	if err != nil {
		return nil, err
	}
	seal, err := keys.SealPublic()
	if err != nil {
		return nil, err
	}
	a, err := exchange.Enrol(ctx, code, server.ClientTLS(code.Pin), &exchange.EnrolRequest{
		Secret: code.Secret[:], Key: keys.Private().Public().(ed25519.PublicKey), SealKey: seal, Name: name, Software: software,
	})
	if err != nil {
		return nil, err
	}
	keys.Token = a.Token
	info := Info{
		Program: "station", Device: a.Device, Number: a.Number, FirstFree: a.FirstFree, LastFree: a.LastFree,
		Place: a.Place, PlaceName: a.PlaceName, Role: a.Role, Upstream: code.Addresses, Pin: code.Pin[:], Chain: a.Chain, Training: a.Training,
	}
	if a.Role == registry.NodeHub {
		info.Program = "hub"
	}
	return &info, Create(path, info, keys)
}

func writable(path string) error {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(path, "init-*")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}
