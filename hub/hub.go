package hub

import (
	"context"
	"crypto/ed25519"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"tramy/internal/backup"
	"tramy/internal/datadir"
	"tramy/internal/desk"
	"tramy/internal/exchange"
	"tramy/internal/node"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/server"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// Hub is a region's, a province's or the centre's node at work.
type Hub struct {
	*desk.Desk
	Dir       *datadir.Running
	Exchange  *exchange.Server
	Uplink    *exchange.Uplink  // nil at the root
	Courier   *exchange.Courier // the same by files; nil at the root
	Bundles   *exchange.Bundles // answers files of machines below
	Addresses []string          // https://host:port under which children reach this hub
	Pin       [32]byte          // SHA-256 of the TLS public key it was made with; see Where
	Chain     []exchange.ChainLink
	Backups   *backup.Keeper
	Numbers   [2]int // device numbers it may give out
	Log       *slog.Logger

	open   datadir.OpenStore
	keys   []tlsKey
	public func() (*tls.Certificate, error)
}

// Options are what a start decides.
type Options struct {
	Open      datadir.OpenStore
	Remains   datadir.ReadRemains // reads a damaged database; nil: it keeps the hub shut
	Now       func() time.Time
	Software  string
	Addresses []string
	Exchanges int // at work at once; 0: ExchangesDefault
	Delay     time.Duration
	Schedule  string
	Log       *slog.Logger
	// BeginsAnew says that whoever runs the hub opens it again when Run ends with datadir.ErrKeysChanged: then it may get new keys
	// while it works.
	BeginsAnew bool
	// PublicCert returns the certificate of a public authority for this hub's name; nil: machines below pin its key.
	PublicCert func() (*tls.Certificate, error)
}

// ExchangesDefault is how many exchanges a hub works on at once: two cores verify and merge, the others
// wait for slow links.
const ExchangesDefault = 64

// Open starts the hub in a folder. Call Run to let it speak to the hub above.
func Open(ctx context.Context, dir *datadir.Dir, opt Options) (*Hub, error) {
	h := &Hub{Addresses: opt.Addresses, Log: opt.Log, Numbers: [2]int{dir.Info.FirstFree, dir.Info.LastFree}}
	run, err := dir.Start(ctx, datadir.Parts{
		Open: opt.Open, Now: opt.Now, Saved: h.saved, Remains: opt.Remains, Backup: backup.LastRemains(dir, opt.Remains), Log: opt.Log,
	})
	if err != nil {
		return nil, err
	}
	h.Dir, h.Desk = run, desk.New(run.Node)
	h.public = opt.PublicCert
	if err = h.makeKeys(); err != nil {
		run.Close()
		return nil, err
	}
	seal, err := dir.Keys.SealPublic()
	if err != nil {
		run.Close()
		return nil, err
	}
	id := run.Node.Identity()
	pub := id.Answering().Public().(ed25519.PublicKey)
	h.Chain = append([]exchange.ChainLink{{Device: dir.Info.Device, Key: pub, SealKey: seal}}, dir.Info.Chain...)
	if h.Bundles, err = dir.Bundles(run.Node, opt.Now); err == nil {
		h.Courier, err = dir.Courier(run.Node, opt.Software, opt.Now)
	}
	if err != nil {
		run.Close()
		return nil, err
	}
	slots := opt.Exchanges
	if slots == 0 {
		slots = ExchangesDefault
	}
	h.Exchange = exchange.NewServer(run.Node, slots, opt.Now, opt.Log)
	client, err := dir.Client(run.Node, opt.Software, opt.Now)
	if err != nil {
		run.Close()
		return nil, err
	}
	if h.Backups, err = backup.NewKeeper(run, opt.Open, opt.Software, opt.Log); err != nil {
		run.Close()
		return nil, err
	}
	h.open = opt.Open
	if client == nil {
		if err := schedulesIfNone(ctx, run.Node); err != nil {
			run.Close()
			return nil, err
		}
	}
	if client != nil {
		client.Backup, h.Courier.Backup = h.Backups.Tell, h.Backups.Tell
		client.Log, h.Courier.Log = opt.Log, opt.Log
		h.Uplink = exchange.NewUplink(client, opt.Delay, opt.Schedule, opt.Log)
		if opt.BeginsAnew {
			h.Uplink.After = func(ctx context.Context, res node.Result, err error) { h.Dir.KeepKeys(ctx, client, res, err) }
		}
		h.Exchange.Up = client
	}
	return h, nil
}

func (h *Hub) saved() {
	if h.Uplink != nil {
		h.Uplink.Saved()
	}
}

// Register puts the exchange's routes on a server.
func (h *Hub) Register(s *server.Server) {
	s.Handle(http.MethodPost, exchange.PathExchange, http.HandlerFunc(h.Exchange.Exchange),
		server.BodyMax(exchange.RouteBytesMax), server.Timeout(exchange.RequestTimeout), server.MinRate(exchange.RateBytesMin, exchange.RateWindow))
	s.Handle(http.MethodGet, exchange.PathHeads, http.HandlerFunc(h.Exchange.Heads))
	s.Handle(http.MethodGet, exchange.PathChain, h.Exchange.Chain(h.Chain))
	s.Handle(http.MethodPost, exchange.PathKeys, h.Exchange.Keys(h.takeKeys))
	s.Handle(http.MethodPost, exchange.PathLookup, http.HandlerFunc(h.Exchange.Lookup))
	s.Handle(http.MethodPost, exchange.PathEnrol, h.Enrol(h.Exchange.Attempts))
	s.Handle(http.MethodPost, exchange.PathEnrolAgain, h.EnrolAgain(h.Exchange.Attempts))
}

// Run exchanges with the hub above, where there is one, keeps what is due up to date, looks for duplicates and keeps the
// copies of what is here until ctx ends. It ends with datadir.ErrDamagedNow when the database is found to be damaged, with
// datadir.ErrKeysChanged when it got new keys: then the hub is to be closed and opened again.
func (h *Hub) Run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var beside sync.WaitGroup
	var damaged error
	beside.Go(func() {
		damaged = h.Dir.Keep(ctx)
		stop()
	})
	beside.Go(func() { h.Dir.KeepCopy(ctx) })
	beside.Go(func() { h.Backups.Keep(ctx) })
	beside.Go(func() {
		h.Desk.KeepDue(ctx, func(err error) { h.Log.Error("working out what is due", "err", err) })
	})
	beside.Go(func() {
		h.Desk.KeepPairs(ctx, desk.SweepNightly, func(r desk.Swept) {
			h.Log.Info("looked for duplicates", "changed", r.Changed, "found", r.Found, "linked", r.Linked)
		}, func(err error) { h.Log.Error("looking for duplicates", "err", err) })
	})
	var err error
	if h.Uplink == nil {
		<-ctx.Done()
	} else {
		beside.Go(func() { h.Dir.LearnSealKey(ctx, h.Uplink.Client) })
		err = h.Uplink.Run(ctx)
	}
	stop()
	beside.Wait()
	return errors.Join(damaged, err)
}

// Close stops the hub and releases its folder.
func (h *Hub) Close() error {
	if h.Uplink != nil {
		h.Uplink.Client.Close()
	}
	return h.Dir.Close()
}

// Station is one device below this hub, as the officers' list shows it.
type Station struct {
	Device    project.DeviceRow
	PlaceName string
	Child     store.ChildRow // zero if it never called here
	Direct    bool           // it calls this hub itself
	Held      []store.LogRow // its logs that are not let in whole and wait for somebody to decide
	Rejected  []store.LogRow // those that stay out
	Forked    bool           // in the last ForkDays it ran twice or was set back
}

// ForkDays is for how long after its last change a log with two contents is worth a look: nothing of it
// waits, and its machine has begun another.
const ForkDays = 30

// Stations lists the devices in the subtree of the person's place.
func (h *Hub) Stations(ctx context.Context, who desk.Who) ([]Station, error) {
	if !rights.May(who.Role, rights.Read, registry.KindDevice) {
		return nil, desk.ErrForbidden
	}
	var out []Station
	self := h.Node.Identity().Device
	err := h.Node.Store().View(ctx, func(tx store.Tx) error {
		devices, err := tx.Devices()
		if err != nil {
			return err
		}
		held, err := tx.HeldLogs()
		if err != nil {
			return err
		}
		for _, dev := range devices {
			if dev.ID == self {
				continue
			}
			if !h.Within(who, dev.Place) {
				continue
			}
			s := Station{Device: dev, Direct: dev.Up == self}
			if place, err := tx.Place(dev.Place); err != nil {
				return err
			} else if place != nil {
				s.PlaceName = place.Name
			}
			if c, err := tx.Child(dev.ID); err != nil {
				return err
			} else if c != nil {
				s.Child = *c
			}
			for _, l := range held {
				switch {
				case l.Device != dev.ID:
				case l.Reason == p.HoldForked:
					s.Forked = s.Forked || h.Node.Now().UnixMilli()-l.Last.Corrected() < ForkDays*24*time.Hour.Milliseconds()
				case l.Reason == p.HoldRejected:
					s.Rejected = append(s.Rejected, l)
				default:
					s.Held = append(s.Held, l)
				}
			}
			out = append(out, s)
		}
		return nil
	})
	return out, err
}

// ErrReason says that a reason is required.
var ErrReason = errors.New("say why")

// Admit lets a held log in.
func (h *Hub) Admit(ctx context.Context, who desk.Who, log p.LogID) error {
	if err := h.mayDecide(ctx, who, rights.Manage, registry.KindDevice, log); err != nil {
		return err
	}
	return h.Node.Admit(ctx, log)
}

// Reject decides that what is held of a log stays out for good.
func (h *Hub) Reject(ctx context.Context, who desk.Who, log p.LogID, reason string) error {
	if err := h.mayDecide(ctx, who, rights.Create, registry.KindRejection, log); err != nil {
		return err
	}
	return h.Node.Reject(ctx, who.User, log, reason)
}

// mayDecide reports whether a person may decide about a held log: by role, and where its device stands.
func (h *Hub) mayDecide(ctx context.Context, who desk.Who, act rights.Act, kind p.Kind, log p.LogID) error {
	if !rights.May(who.Role, act, kind) {
		return desk.ErrForbidden
	}
	return h.Node.Store().View(ctx, func(tx store.Tx) error {
		row, err := tx.Log(log)
		if err != nil {
			return err
		}
		if row == nil {
			return desk.ErrNotFound
		}
		dev, err := tx.Device(row.Device)
		if err != nil {
			return err
		}
		if dev == nil {
			return desk.ErrNotFound
		}
		return h.inSubtree(who, dev.Place)
	})
}

// mayNational refuses what goes to everybody to whom the nation is not: a right ends at the place it is held for.
func (h *Hub) mayNational(who desk.Who, act rights.Act, kind p.Kind) error {
	row, known := h.Node.Atlas().Row(who.Place)
	if !rights.May(who.Role, act, kind) || !known || row.Level != registry.LevelNation {
		return desk.ErrForbidden
	}
	return nil
}

// inSubtree refuses what lies outside the places a person's role holds for.
func (h *Hub) inSubtree(who desk.Who, place p.EntityID) error {
	if !h.Within(who, place) {
		return desk.ErrForbidden
	}
	return nil
}

// AddPlace enters a place under a parent in the person's subtree.
func (h *Hub) AddPlace(ctx context.Context, who desk.Who, in registry.PlaceInput) (p.EntityID, error) {
	if !rights.May(who.Role, rights.Create, registry.KindPlace) {
		return p.EntityID{}, desk.ErrForbidden
	}
	dots, err := h.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		if err := h.inSubtree(who, in.Parent); err != nil {
			return nil, err
		}
		rows, err := tx.PlacesByCode(in.Code)
		if err != nil {
			return nil, err
		}
		for i := range rows { // a code is free again once its place has an end
			if old := &rows[i]; old.Code == in.Code && old.Until == 0 && !old.Void {
				return nil, fmt.Errorf("%s is %s: %w", in.Code, old.Name, ErrPlaceExists)
			}
		}
		draft, err := registry.NewPlace(in)
		return []registry.Draft{draft}, err
	})
	if err != nil {
		return p.EntityID{}, err
	}
	return dots[0].Entity(), nil
}

// ErrPlaceExists says that a place with that code is there already.
var ErrPlaceExists = errors.New("a place with this code exists")
