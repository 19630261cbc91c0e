package datadir

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"tramy/internal/drive"
	"tramy/internal/enrol"
	"tramy/internal/exchange"
	"tramy/internal/registry"
	"tramy/internal/server"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// fileEnrol holds a new connection, secrets included, from when it is known whole until both files that it changes are
// written: a crash before it leaves the old connection, one after it the new, which the next Open puts in.
const fileEnrol = "enrol.json"

// ErrNoHubAbove says that a folder is the centre's: it is enrolled nowhere.
var ErrNoHubAbove = errors.New("this is the centre of a tree: no hub stands above it")

// connection is what enrol.json holds.
type connection struct {
	Info Info `json:"info"`
	Keys Keys `json:"keys"`
}

// EnrolAgain presents a code for the machine whose data a folder already holds: it stays the device that it is, with its
// keys, records and journal, and belongs to the code's hub from then on. store.ErrInUse: the program runs. A code whose
// answer was lost on the way can be shown again.
func EnrolAgain(ctx context.Context, path, program string, code *exchange.Code, open OpenStore, name, software string) (info *Info, err error) {
	d, err := Open(path, program)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if len(d.Info.Chain) == 0 {
		return nil, ErrNoHubAbove
	}
	st, err := open(ctx, path)
	switch {
	case errors.Is(err, store.ErrCorrupt): // what is left of it is seen to at the next start; who the machine is stands beside it
		st = nil
	case err != nil:
		return nil, err
	default:
		defer func() { err = errors.Join(err, st.Close()) }()
	}
	c, err := d.enrolAgain(ctx, code, st, name, software)
	if err == nil {
		err = d.connect(c)
	}
	if err != nil {
		return nil, err
	}
	return &d.Info, nil
}

// enrolAgain asks the hub and writes down what it answers.
func (d *Dir) enrolAgain(ctx context.Context, code *exchange.Code, st store.Store, name, software string) (*connection, error) {
	d.change.Lock()
	defer d.change.Unlock()
	// A folder in which nothing can be written is found out before the code is used up.
	if err := writable(d.Path); err != nil {
		return nil, err
	}
	seal, err := d.Keys.SealPublic()
	if err != nil {
		return nil, err
	}
	key := d.Keys.Private()
	req := &exchange.EnrolRequest{
		Secret: code.Secret[:], Key: key.Public().(ed25519.PublicKey), SealKey: seal, Name: name, Software: software, Training: d.Info.Training,
	}
	root := d.Info.Chain[len(d.Info.Chain)-1].Key
	again := &exchange.EnrolAgain{
		Device: d.Info.Device, Up: d.Info.Chain[0].Device, Place: d.Info.Place, PlaceName: d.Info.PlaceName, Role: d.Info.Role,
		Number: d.Info.Number, FirstFree: d.Info.FirstFree, LastFree: d.Info.LastFree, Root: root,
	}
	if st != nil {
		if err := d.known(ctx, st, again); err != nil {
			return nil, err
		}
	}
	if err := req.Prove(again, code.Binding(), key); err != nil {
		return nil, err
	}
	a, err := exchange.Enrol(ctx, code, server.ClientTLS(code.Pin), req)
	if err != nil {
		return nil, err
	}
	switch {
	case a.Training != d.Info.Training: // a hub that knows nothing of training has real children
		return nil, enrol.ErrTraining
	case !bytes.Equal(a.Chain[len(a.Chain)-1].Key, root):
		return nil, enrol.ErrOtherTree
	case a.Device != d.Info.Device || a.Role != d.Info.Role || a.Place.IsZero():
		return nil, fmt.Errorf("%w: it answered for another machine", exchange.ErrNotHub)
	}
	c := &connection{Info: d.Info, Keys: d.Keys}
	c.Keys.Token = a.Token
	c.Info.Number, c.Info.FirstFree, c.Info.LastFree = a.Number, a.FirstFree, a.LastFree
	c.Info.Upstream, c.Info.Pin, c.Info.Chain, c.Info.Place = code.Addresses, code.Pin[:], a.Chain, a.Place
	if c.Info.Heard = nil; a.Chain[0].Device == d.Info.Chain[0].Device && d.Info.Heard != nil {
		known := *d.Info.Heard // the code is newer; what is older than this counts no more than before
		known.Reached = true
		c.Info.Heard = &known
	}
	if a.PlaceName != "" {
		c.Info.PlaceName = a.PlaceName
	}
	return c, WriteJSON(filepath.Join(d.Path, fileEnrol), c)
}

// known adds what the database knows of this machine: its entity, and whether a hub has numbers left.
func (d *Dir) known(ctx context.Context, st store.Store, again *exchange.EnrolAgain) error {
	return st.View(ctx, func(tx store.Tx) error {
		s, err := tx.State(d.Info.Device)
		if err != nil {
			return err
		}
		if s != nil {
			if b := p.AppendState(nil, s); len(b) <= exchange.EnrolStateBytesMax {
				again.State = b
			}
		}
		if d.Info.Role != registry.NodeHub {
			return nil
		}
		self := enrol.Hub{Device: d.Info.Device, Numbers: [2]int{d.Info.FirstFree, d.Info.LastFree}}
		left, err := self.Left(tx)
		if !left {
			again.FirstFree, again.LastFree = 0, 0
		}
		return err
	})
}

// connect puts a new connection in the place of the old. Both files are written whole and each again if a crash comes
// between them.
func (d *Dir) connect(c *connection) error {
	if err := d.saveKeys(&c.Keys); err != nil {
		return err
	}
	if err := WriteJSON(filepath.Join(d.Path, FileIdentity), c.Info); err != nil {
		return err
	}
	d.Info, d.Keys = c.Info, c.Keys
	if err := os.Remove(filepath.Join(d.Path, fileEnrol)); err != nil {
		return err
	}
	return drive.SyncDir(d.Path)
}

// reconnect goes on with enrolling again where a crash ended it.
func (d *Dir) reconnect() error {
	path := filepath.Join(d.Path, fileEnrol)
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	c := &connection{}
	if err := json.Unmarshal(b, c); err != nil || c.Info.Device != d.Info.Device || len(c.Keys.Seed) != ed25519.SeedSize {
		return fmt.Errorf("%s: %w", path, errEnrolFile)
	}
	return d.connect(c)
}

var errEnrolFile = errors.New("this is not this machine's new connection: move the file away, and enrol the machine once more")
