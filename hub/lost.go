package hub

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"os"
	"slices"

	"tramy/internal/backup"
	"tramy/internal/desk"
	"tramy/internal/envelope"
	"tramy/internal/node"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
)

// ErrNotBelow says that a backup is of a machine that this hub does not know.
var ErrNotBelow = errors.New("this backup is of a machine that this hub does not know")

// segmentsAtOnce is how much of a lost machine's work is read before it is taken in.
const segmentsAtOnce = 128

// OpenBackup opens the backup of a machine below into a folder that is empty or not there yet: with this hub's key, to
// which it was encrypted, or with the printed recovery key. The signature must be the machine's as this hub knows it.
func (h *Hub) OpenBackup(ctx context.Context, who desk.Who, file, folder string, recovery *envelope.Key) (*backup.Extracted, error) {
	if !rights.May(who.Role, rights.Manage, registry.KindDevice) {
		return nil, desk.ErrForbidden
	}
	own, err := h.Dir.Keys.Reader()
	if err != nil {
		return nil, err
	}
	keys := []*envelope.Key{own}
	if recovery != nil {
		keys = append(keys, recovery)
	}
	r, err := backup.Open(file, keys...)
	if err != nil {
		return nil, err
	}
	m := r.Manifest
	if err := r.Close(); err != nil {
		return nil, err
	}
	var dev *project.DeviceRow
	if err := h.Node.Store().View(ctx, func(tx store.Tx) error {
		dev, err = tx.Device(m.Device)
		return err
	}); err != nil {
		return nil, err
	}
	switch {
	case dev == nil:
		return nil, fmt.Errorf("%s: %w", file, ErrNotBelow)
	case !slices.ContainsFunc(dev.Keys(), func(k ed25519.PublicKey) bool { return k.Equal(ed25519.PublicKey(m.Key)) }):
		return nil, fmt.Errorf("%s: %w", file, backup.ErrSignature)
	}
	if err := h.inSubtree(who, dev.Place); err != nil {
		return nil, err
	}
	return backup.Into(ctx, file, folder, h.open, keys...)
}

// TakeBackup takes in what a lost machine had recorded and never sent, out of its backup: sealed by the machine itself, so
// that nothing is taken on anybody's word, and each act counts once, also if the machine comes back.
func (h *Hub) TakeBackup(ctx context.Context, who desk.Who, file string, recovery *envelope.Key) (m *backup.Manifest, in node.BroughtIn, err error) {
	folder, err := os.MkdirTemp(h.Dir.Path, "taking-*")
	if err != nil {
		return nil, in, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	x, err := h.OpenBackup(ctx, who, file, folder, recovery)
	if err != nil {
		return nil, in, err
	}
	err = x.Segments(ctx, h.open, segmentsAtOnce, func(segments [][]byte) error {
		got, err := h.Node.BringIn(ctx, x.Manifest.Device, segments)
		in.New, in.Known, in.Parked, in.Bad = in.New+got.New, in.Known+got.Known, in.Parked+got.Parked, in.Bad+got.Bad
		if in.Wrong == nil {
			in.Wrong = got.Wrong
		}
		return err
	})
	return &x.Manifest, in, err
}
