package hub

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"tramy/internal/datadir"
	"tramy/internal/enrol"
	"tramy/internal/forecast/national"
	"tramy/internal/journal"
	"tramy/internal/node"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// Root is what founding the centre makes.
type Root struct {
	Device p.EntityID
	Nation p.EntityID
	Admin  p.EntityID
}

// AdminLogin is the name of the first account.
const AdminLogin = "admin"

// Found makes a node the root of a tree: its own device, the nation, the first account, the vaccines and
// the schedules of the programme, and the provinces. n must be new and its identity without a device.
func Found(ctx context.Context, n *node.Node, sealKey []byte, name, placeCode, adminPassword string, hash func(string) (string, error)) (Root, error) {
	var r Root
	pass, err := hash(adminPassword)
	if err != nil {
		return r, err
	}
	pub := n.Identity().Key.Public().(ed25519.PublicKey)
	dots, err := n.Append(ctx, p.EntityID{}, func(_ store.Tx, id func(int) p.EntityID) ([]registry.Draft, error) {
		device, err := registry.NewDevice(registry.DeviceInput{
			Place: id(1), Number: 0, Key: pub, SealKey: sealKey, Role: registry.NodeHub, Name: name, Up: id(0),
			FirstFree: 1, LastFree: enrol.NumberLast,
		})
		if err != nil {
			return nil, err
		}
		nation, err := registry.NewPlace(registry.PlaceInput{Code: placeCode, Name: name, NameEN: name, Level: registry.LevelNation})
		if err != nil {
			return nil, err
		}
		admin, err := registry.NewUser(registry.UserInput{Place: id(1), Login: AdminLogin, Name: "Quản trị", Role: int(rights.Admin)})
		if err != nil {
			return nil, err
		}
		return []registry.Draft{device, nation, admin}, nil
	})
	if err != nil {
		return r, err
	}
	r = Root{Device: dots[0].Entity(), Nation: dots[1].Entity(), Admin: dots[2].Entity()}
	// Who founds the centre chose this password: it is written as the account's own.
	_, err = n.Append(ctx, r.Admin, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		s, err := tx.State(r.Admin)
		if err != nil {
			return nil, err
		}
		return []registry.Draft{registry.Edit(s, registry.UserPassword, p.Text(pass))}, nil
	})
	if err != nil {
		return r, err
	}
	if err := vaccines(ctx, n); err != nil {
		return r, err
	}
	if err := schedules(ctx, n); err != nil {
		return r, err
	}
	return r, provinces(ctx, n, r.Nation)
}

// InitRoot makes a folder the centre of a new tree and returns what was founded.
func InitRoot(ctx context.Context, path, placeCode, name, password string, open datadir.OpenStore, now func() time.Time) (Root, error) {
	return initRoot(ctx, path, placeCode, name, password, open, now, false)
}

// InitTraining is InitRoot for a tree in which nobody is real: its folder, and that of every machine that is enrolled in it, bears
// the mark of training.
func InitTraining(ctx context.Context, path, placeCode, name, password string, open datadir.OpenStore, now func() time.Time) (Root, error) {
	return initRoot(ctx, path, placeCode, name, password, open, now, true)
}

func initRoot(ctx context.Context, path, placeCode, name, password string, open datadir.OpenStore, now func() time.Time, training bool) (Root, error) {
	var r Root
	if datadir.Exists(path) {
		return r, fmt.Errorf("%s: %w", path, datadir.ErrExists)
	}
	// What an interrupted init left is nobody's: but only a person may throw a database away.
	if _, err := os.Stat(filepath.Join(path, datadir.FileJournal)); err == nil {
		return r, fmt.Errorf("%s: %w", path, datadir.ErrIncomplete)
	}
	keys, err := datadir.NewKeys(rand.Reader)
	if err != nil {
		return r, err
	}
	seal, err := keys.SealPublic()
	if err != nil {
		return r, err
	}
	if err := os.MkdirAll(path, 0o700); err != nil {
		return r, err
	}
	st, err := open(ctx, path)
	if err != nil {
		return r, err
	}
	defer st.Close()
	jr, err := journal.Open(filepath.Join(path, datadir.FileJournal))
	if err != nil {
		return r, err
	}
	defer jr.Close()
	n, err := node.Open(ctx, node.Config{
		Store: st, Journal: jr, Now: now, Rand: rand.Reader,
		Identity: node.Identity{Key: keys.Private(), Role: registry.NodeHub},
	})
	if err != nil {
		return r, err
	}
	hash := func(s string) (string, error) { return rights.HashPassword(rand.Reader, s) }
	if r, err = Found(ctx, n, seal, name, placeCode, password, hash); err != nil {
		return r, err
	}
	return r, datadir.Create(path, datadir.Info{
		Program: "hub", Device: r.Device, FirstFree: 1, LastFree: enrol.NumberLast, Place: r.Nation, PlaceName: name, Role: registry.NodeHub, Training: training,
	}, keys)
}

func vaccines(ctx context.Context, n *node.Node) error {
	return appendAll(ctx, n, registry.Vaccines(), registry.NewVaccine)
}

// schedules brings in the versions of the national schedule that the program knows.
func schedules(ctx context.Context, n *node.Node) error {
	return appendAll(ctx, n, national.IDs(), func(id string) (registry.Draft, error) {
		s, err := national.Embedded(id)
		if err != nil {
			return registry.Draft{}, err
		}
		return registry.NewSchedule(registry.ScheduleInput{
			Code: s.ID, Title: s.Title, From: s.From, Until: s.Until, File: string(national.Text(id)),
		})
	})
}

// schedulesIfNone gives a centre founded by an earlier program its first schedules.
func schedulesIfNone(ctx context.Context, n *node.Node) error {
	none := false
	err := n.Store().View(ctx, func(tx store.Tx) error {
		rows, err := tx.Schedules()
		none = len(rows) == 0
		return err
	})
	if err != nil || !none {
		return err
	}
	return schedules(ctx, n)
}

func provinces(ctx context.Context, n *node.Node, nation p.EntityID) error {
	return appendAll(ctx, n, registry.Provinces(), func(pr registry.Province) (registry.Draft, error) {
		return registry.NewPlace(registry.PlaceInput{
			Parent: nation, Code: "gso:" + pr.Code, Name: pr.Name, NameEN: pr.NameEN, Level: registry.LevelProvince,
		})
	})
}

// appendAll writes one creation an item, in acts as large as acts may be.
func appendAll[T any](ctx context.Context, n *node.Node, items []T, draft func(T) (registry.Draft, error)) error {
	for len(items) > 0 {
		k := min(len(items), p.ActChangesMax)
		_, err := n.Append(ctx, p.EntityID{}, func(store.Tx, func(int) p.EntityID) ([]registry.Draft, error) {
			var drafts []registry.Draft
			for _, it := range items[:k] {
				d, err := draft(it)
				if err != nil {
					return nil, err
				}
				drafts = append(drafts, d)
			}
			return drafts, nil
		})
		if err != nil {
			return err
		}
		items = items[k:]
	}
	return nil
}
