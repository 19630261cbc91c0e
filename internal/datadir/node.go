package datadir

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
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

// Running is a node that lives in a folder.
type Running struct {
	*Dir
	Node    *node.Node
	Store   store.Store
	Journal *journal.File

	second  *journal.Copy // guarded by Dir.change
	changed chan struct{} // another second copy was set up
}

// Start opens a folder's database and journal and starts the node on them.
func (d *Dir) Start(ctx context.Context, open OpenStore, now func() time.Time, saved func()) (*Running, error) {
	st, err := open(ctx, d.Path)
	if err != nil {
		return nil, err
	}
	r := &Running{Dir: d, Store: st, changed: make(chan struct{}, 1)}
	if err := r.openJournal(); err != nil {
		st.Close()
		return nil, err
	}
	r.Node, err = node.Open(ctx, node.Config{
		Store: st, Identity: d.Identity(), Journal: r.Journal, Now: now, Rand: rand.Reader, Saved: saved,
	})
	if err != nil {
		r.Journal.Close()
		st.Close()
		return nil, err
	}
	return r, nil
}

// Close stops the node and releases the folder.
func (r *Running) Close() error {
	if c := r.JournalCopy(); c != nil {
		_ = c.Level() // what was saved last; a stick that is away is its state
	}
	err := r.Store.Close()
	if jerr := r.Journal.Close(); err == nil {
		err = jerr
	}
	if derr := r.Dir.Close(); err == nil {
		err = derr
	}
	return err
}

// Client returns the client for the folder's upstream, nil at the root.
func (d *Dir) Client(n *node.Node, software string, now func() time.Time) (*exchange.Client, error) {
	if len(d.Info.Upstream) == 0 {
		return nil, nil
	}
	if len(d.Info.Pin) != 32 {
		return nil, fmt.Errorf("%s: the hub's key is missing", FileIdentity)
	}
	return &exchange.Client{
		Node: n, Addresses: d.Info.Upstream, Token: d.Keys.Token, Software: software,
		TLS: server.PinnedClient([32]byte(d.Info.Pin)), Now: now,
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
	a, err := exchange.Enrol(ctx, code, server.PinnedClient(code.Pin), &exchange.EnrolRequest{
		Secret: code.Secret[:], Key: keys.Private().Public().(ed25519.PublicKey), SealKey: seal, Name: name, Software: software,
	})
	if err != nil {
		return nil, err
	}
	keys.Token = a.Token
	info := Info{
		Program: "station", Device: a.Device, Number: a.Number, FirstFree: a.FirstFree, LastFree: a.LastFree,
		Place: a.Place, PlaceName: a.PlaceName, Role: a.Role, Upstream: code.Addresses, Pin: code.Pin[:], Chain: a.Chain,
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
