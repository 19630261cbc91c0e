package hub

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

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

// CodeLifetime is how long an enrolment code can be used.
const CodeLifetime = 7 * 24 * time.Hour

// Device numbers: the front of every code a machine makes.
const (
	numberLast = 999_999
	// blockShare is the part of what a hub has left that it gives to a hub below it.
	blockShare = 16
	blockMin   = 64
)

// ErrNumbersUsedUp says that this hub has no device number left to give.
var ErrNumbersUsedUp = errors.New("this hub has given out all its device numbers: ask the hub above for a new block")

var errSealKey = errors.New("the request has no X25519 key")

// pending is a code that was made, as the hub keeps it: never the secret, only its hash.
type pending struct {
	Place    p.EntityID
	Role     registry.NodeRole
	ExpiresS int64
	By       p.EntityID
	Device   p.EntityID // once used
}

func pendingKey(secret []byte) string {
	h := sha256.Sum256(secret)
	return fmt.Sprintf("enrol:%x", h)
}

// NewCode makes a one-time code for a machine at a place in the person's subtree.
func (h *Hub) NewCode(ctx context.Context, who desk.Who, place p.EntityID, role registry.NodeRole) (*exchange.Code, error) {
	if !rights.May(who.Role, rights.Create, registry.KindDevice) {
		return nil, desk.ErrForbidden
	}
	c := &exchange.Code{Addresses: h.Addresses, Pin: h.Pin, Role: role, ExpiresS: h.Node.Now().Add(CodeLifetime).Unix()}
	if _, err := io.ReadFull(h.Rand, c.Secret[:]); err != nil {
		return nil, err
	}
	err := h.Node.Store().Update(ctx, func(tx store.Tx) error {
		row, err := tx.Place(place)
		if err != nil {
			return err
		}
		if row == nil || row.Void {
			return desk.ErrNotFound
		}
		if err := h.inSubtree(who, place); err != nil {
			return err
		}
		c.Place = row.Name
		b, err := json.Marshal(pending{Place: place, Role: role, ExpiresS: c.ExpiresS, By: who.User})
		if err != nil {
			return err
		}
		return tx.SetMeta(pendingKey(c.Secret[:]), b)
	})
	return c, err
}

// Enrol handles POST /sync/v1/enrol: a machine shows a code's secret and becomes a device. attempts limits
// wrong secrets per address.
func (h *Hub) Enrol(attempts *server.Attempts) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, blocked := attempts.Blocked(server.AddrOf(r)); blocked {
			exchange.WriteEnrol(w, http.StatusTooManyRequests, &exchange.EnrolAnswer{Error: exchange.EnrolTooMany})
			return
		}
		req, err := exchange.ReadEnrol(w, r)
		if err != nil {
			exchange.WriteEnrol(w, http.StatusBadRequest, &exchange.EnrolAnswer{Error: err.Error()})
			return
		}
		a, err := h.enrol(r.Context(), req)
		status := http.StatusOK
		if err != nil {
			status = http.StatusForbidden
			a = &exchange.EnrolAnswer{Error: enrolError(err)}
			if errors.Is(err, exchange.ErrEnrolUnknown) {
				attempts.Failed(server.AddrOf(r))
			}
		}
		exchange.WriteEnrol(w, status, a)
	})
}

func enrolError(err error) string {
	switch {
	case errors.Is(err, exchange.ErrEnrolUnknown):
		return exchange.EnrolUnknown
	case errors.Is(err, exchange.ErrEnrolUsed):
		return exchange.EnrolUsed
	case errors.Is(err, exchange.ErrEnrolExpired):
		return exchange.EnrolExpired
	}
	return err.Error()
}

func (h *Hub) enrol(ctx context.Context, req *exchange.EnrolRequest) (*exchange.EnrolAnswer, error) {
	key := pendingKey(req.Secret)
	a := &exchange.EnrolAnswer{Chain: h.Chain}
	var by p.EntityID
	err := h.Node.Store().View(ctx, func(tx store.Tx) error {
		pend, err := readPending(tx, key)
		if err != nil {
			return err
		}
		by = pend.By
		return h.checkPending(pend)
	})
	if err != nil {
		return nil, err
	}
	dots, err := h.Node.Append(ctx, by, func(tx store.Tx, id func(int) p.EntityID) ([]registry.Draft, error) {
		pend, err := readPending(tx, key)
		if err != nil {
			return nil, err
		}
		if err := h.checkPending(pend); err != nil {
			return nil, err
		}
		in, err := h.device(tx, pend, req)
		if err != nil {
			return nil, err
		}
		draft, err := registry.NewDevice(in)
		if err != nil {
			return nil, err
		}
		if a.Token, err = exchange.NewToken(id(0), h.Rand); err != nil {
			return nil, err
		}
		pend.Device = id(0)
		b, err := json.Marshal(pend)
		if err != nil {
			return nil, err
		}
		if err := tx.SetMeta(key, b); err != nil {
			return nil, err
		}
		if place, err := tx.Place(in.Place); err == nil && place != nil {
			a.PlaceName = place.Name
		}
		a.Place, a.Role, a.Number, a.FirstFree, a.LastFree = in.Place, in.Role, in.Number, in.FirstFree, in.LastFree
		// The token's hash stands with the device in one transaction: a code is used or it is not.
		return []registry.Draft{draft}, tx.PutChild(&store.ChildRow{Device: id(0), TokenHash: node.TokenHash(a.Token), Software: req.Software})
	})
	if err != nil {
		return nil, err
	}
	a.Device = dots[0].Entity()
	return a, nil
}

func readPending(tx store.Tx, key string) (*pending, error) {
	b, err := tx.Meta(key)
	if err != nil {
		return nil, err
	}
	if b == nil {
		return nil, exchange.ErrEnrolUnknown
	}
	pend := &pending{}
	return pend, json.Unmarshal(b, pend)
}

func (h *Hub) checkPending(pend *pending) error {
	if !pend.Device.IsZero() {
		return exchange.ErrEnrolUsed
	}
	if h.Node.Now().Unix() > pend.ExpiresS {
		return exchange.ErrEnrolExpired
	}
	return nil
}

// device fills in what the hub decides: number, block of numbers, place, role.
func (h *Hub) device(tx store.Tx, pend *pending, req *exchange.EnrolRequest) (registry.DeviceInput, error) {
	in := registry.DeviceInput{
		Place: pend.Place, Key: req.Key, SealKey: req.SealKey, Role: pend.Role, Name: req.Name, Up: h.Node.Identity().Device,
	}
	if len(req.SealKey) != 32 {
		return in, errSealKey // without it nothing could ever be sealed for this machine
	}
	devices, err := tx.Devices()
	if err != nil {
		return in, err
	}
	next := h.nextNumber(devices)
	if next > h.Numbers[1] {
		return in, ErrNumbersUsedUp
	}
	in.Number = next
	if in.Role == registry.NodeHub {
		size := min(max((h.Numbers[1]-next)/blockShare, blockMin), h.Numbers[1]-next)
		if size <= 0 {
			return in, ErrNumbersUsedUp
		}
		in.FirstFree, in.LastFree = next+1, next+size
	}
	return in, nil
}

// nextNumber is the number after all that this hub gave out, blocks included.
func (h *Hub) nextNumber(devices []project.DeviceRow) int {
	self := h.Node.Identity()
	next := h.Numbers[0]
	for _, d := range devices {
		if d.Up == self.Device && d.ID != self.Device {
			next = max(next, int(d.Number)+1, int(d.NumberLast)+1)
		}
	}
	return next
}
