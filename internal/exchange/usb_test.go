package exchange_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"tramy/hub"
	"tramy/internal/bundle"
	"tramy/internal/exchange"
	"tramy/internal/node"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/store"
	"tramy/station"
	p "tramy/syncproto"
)

// usb is a USB stick that is carried about.
type usb struct {
	t    *testing.T
	path string
}

func newUSB(t *testing.T) usb { return usb{t, t.TempDir()} }

func (u usb) out(c *exchange.Courier) exchange.Packed {
	u.t.Helper()
	packed, err := c.OutTo(context.Background(), u.path)
	if err != nil {
		u.t.Fatalf("writing: %v", err)
	}
	return packed
}

func (u usb) in(c *exchange.Courier) []exchange.TakenFile {
	u.t.Helper()
	files, err := c.InFrom(context.Background(), u.path)
	if err != nil {
		u.t.Fatalf("reading: %v", err)
	}
	for i := range files {
		if !files[i].OK() {
			u.t.Fatal(files[i].String())
		}
	}
	return files
}

func (u usb) hub(h *hub.Hub) []exchange.AnsweredFile {
	u.t.Helper()
	read, err := h.ReadBundles(context.Background(), u.path, "")
	if err != nil {
		u.t.Fatalf("at the hub: %v", err)
	}
	for i := range read.Answered {
		if read.Answered[i].Err != nil {
			u.t.Fatal(read.Answered[i].String())
		}
	}
	return read.Answered
}

// round carries the stick to the hub and back until there is nothing more to say.
func (u usb) round(c *exchange.Courier, h *hub.Hub) {
	u.t.Helper()
	for range 5 {
		u.out(c)
		u.hub(h)
		if files := u.in(c); !files[len(files)-1].More {
			return
		}
	}
	u.t.Fatal("five rounds were not enough")
}

// files are the names on the stick.
func (u usb) files() []string {
	u.t.Helper()
	entries, err := os.ReadDir(filepath.Join(u.path, bundle.Folder))
	if err != nil {
		u.t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

// keep copies what is on the stick, to be brought back later.
func (u usb) keep() map[string][]byte {
	u.t.Helper()
	out := map[string][]byte{}
	for _, name := range u.files() {
		b, err := os.ReadFile(filepath.Join(u.path, bundle.Folder, name))
		if err != nil {
			u.t.Fatal(err)
		}
		out[name] = b
	}
	return out
}

func (u usb) put(files map[string][]byte) {
	u.t.Helper()
	for name, b := range files {
		if err := os.MkdirAll(filepath.Join(u.path, bundle.Folder), 0o700); err != nil {
			u.t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(u.path, bundle.Folder, name), b, 0o600); err != nil {
			u.t.Fatal(err)
		}
	}
}

func enter(t *testing.T, tr *nodetest.Tree, st *station.Station, name string) p.EntityID {
	t.Helper()
	id, _, err := st.Register(context.Background(), tr.Nurse, registry.SubjectInput{
		Place: tr.Commune, Name: name, BirthDate: st.Today() - 60, MotherName: "Lò Thị Mai",
	}, true)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// sums are the fingerprints of a station's scopes, at it and at a hub that holds them too.
func sameSums(t *testing.T, st *station.Station, h *hub.Hub) {
	t.Helper()
	ctx := context.Background()
	mine := map[p.EntityID]p.Sum{}
	err := st.Node.Store().View(ctx, func(tx store.Tx) error {
		rows, err := tx.Cursors(h.Node.Identity().Device)
		for _, r := range rows {
			s, serr := tx.Sum(r.Scope)
			mine[r.Scope], err = s.Sum, errors.Join(err, serr)
			if !r.Complete {
				t.Errorf("scope %s was not read to its end", r.Scope)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(mine) == 0 {
		t.Fatal("the station follows nothing")
	}
	err = h.Node.Store().View(ctx, func(tx store.Tx) error {
		for scope, sum := range mine {
			s, err := tx.Sum(scope)
			if err != nil {
				return err
			}
			if s.Sum != sum {
				t.Errorf("scope %s differs", scope)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// cursors are how far a station has read, by scope.
func cursors(t *testing.T, st *station.Station) map[p.EntityID]p.Cursor {
	t.Helper()
	out := map[p.EntityID]p.Cursor{}
	err := st.Node.Store().View(context.Background(), func(tx store.Tx) error {
		rows, err := tx.Cursors(st.Node.Identity().Upstream.Device)
		for _, r := range rows {
			out[r.Scope] = r.Cursor
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func knows(t *testing.T, n *node.Node, id p.EntityID) bool {
	t.Helper()
	var s *p.State
	if err := n.Store().View(context.Background(), func(tx store.Tx) error {
		var err error
		s, err = tx.State(id)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return s != nil
}

func status(t *testing.T, n *node.Node) node.Status {
	t.Helper()
	st, err := n.Status(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return st
}
