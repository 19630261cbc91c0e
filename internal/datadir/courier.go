package datadir

import (
	"context"
	"time"

	"tramy/internal/exchange"
	"tramy/internal/node"
	"tramy/internal/store"
)

// learnEvery is how often a hub is asked for its key for files, until it has told it.
const learnEvery = 10 * time.Minute

// Courier returns what exchanges with the folder's upstream by files, nil at the root.
func (d *Dir) Courier(n *node.Node, software string, now func() time.Time) (*exchange.Courier, error) {
	if len(d.Info.Chain) == 0 {
		return nil, nil
	}
	key, err := d.Keys.Reader()
	if err != nil {
		return nil, err
	}
	return &exchange.Courier{Node: n, Seal: key, Software: software, Now: now, Moves: d, UpSeal: func(ctx context.Context) ([]byte, error) {
		return d.upSeal(ctx, n)
	}}, nil
}

// Bundles returns what answers the files of machines below the folder's node.
func (d *Dir) Bundles(n *node.Node, now func() time.Time) (*exchange.Bundles, error) {
	key, err := d.Keys.Reader()
	if err != nil {
		return nil, err
	}
	return &exchange.Bundles{Node: n, Seal: key, Now: now}, nil
}

// upSeal is the upstream's X25519 public key: as the register of devices has it, if the upstream stands in a place that
// this node hears of, else as enrolment told it.
func (d *Dir) upSeal(ctx context.Context, n *node.Node) ([]byte, error) {
	var key []byte
	err := n.Store().View(ctx, func(tx store.Tx) error {
		dev, err := tx.Device(n.Identity().Upstream.Device)
		if dev != nil {
			key = []byte(dev.SealKey)
		}
		return err
	})
	if err != nil || len(key) > 0 {
		return key, err
	}
	d.change.Lock()
	defer d.change.Unlock()
	return d.Info.Chain[0].SealKey, nil
}

// LearnSealKey asks the upstream, until ctx ends, for the key to which files for it are encrypted, if this folder was
// enrolled before enrolment told it.
func (d *Dir) LearnSealKey(ctx context.Context, client *exchange.Client) {
	for ctx.Err() == nil {
		d.change.Lock()
		known := len(d.Info.Chain) == 0 || len(d.Info.Chain[0].SealKey) > 0
		d.change.Unlock()
		if known || d.learnSealKey(ctx, client) == nil {
			return
		}
		select {
		case <-ctx.Done():
		case <-time.After(learnEvery):
		}
	}
}

func (d *Dir) learnSealKey(ctx context.Context, client *exchange.Client) error {
	told, err := client.Chain(ctx)
	if err != nil {
		return err
	}
	d.change.Lock()
	defer d.change.Unlock()
	// Whom this node believes is not changed by it: only a key is added to who is known.
	for i := range d.Info.Chain {
		for _, link := range told {
			if link.Device == d.Info.Chain[i].Device && len(link.SealKey) == 32 {
				d.Info.Chain[i].SealKey = link.SealKey
			}
		}
	}
	if len(d.Info.Chain[0].SealKey) == 0 {
		return exchange.ErrNoSealKey
	}
	return d.SaveInfo()
}
