package hub

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"tramy/internal/desk"
	"tramy/internal/enrol"
	"tramy/internal/exchange"
	"tramy/internal/node"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/server"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// CodeLifetime is how long an enrolment code can be used.
const CodeLifetime = 7 * 24 * time.Hour

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
	where := h.Where()
	c := &exchange.Code{Addresses: where.Addresses, Pin: where.Pin, Role: role, ExpiresS: h.Node.Now().Add(CodeLifetime).Unix()}
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
func (h *Hub) Enrol(attempts *server.Attempts) http.Handler { return h.answers(attempts, h.enrol) }

// EnrolAgain handles POST /sync/v1/enrol/again: a machine shows a code's secret, and that it holds the key of a device.
func (h *Hub) EnrolAgain(attempts *server.Attempts) http.Handler {
	return h.answers(attempts, h.enrolAgain)
}

// answers is the handler of requests with a code. A right one is taken whatever came from the same address before: 128 bits need no
// protection from guesses, and who guesses from a shared address shall keep nobody out.
func (h *Hub) answers(attempts *server.Attempts, take func(context.Context, *exchange.EnrolRequest) (*exchange.EnrolAnswer, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		req, err := exchange.ReadEnrol(w, r)
		if err != nil {
			exchange.WriteEnrol(w, http.StatusBadRequest, &exchange.EnrolAnswer{Error: err.Error()})
			return
		}
		a, err := take(r.Context(), req)
		status := http.StatusOK
		if err != nil {
			status = http.StatusForbidden
			a = refused(err)
			if errors.Is(err, exchange.ErrEnrolUnknown) || errors.Is(err, enrol.ErrNotProved) {
				if _, blocked := attempts.Blocked(server.AddrOf(r)); blocked {
					status, a = http.StatusTooManyRequests, &exchange.EnrolAnswer{Error: exchange.EnrolTooMany}
				}
				attempts.Failed(server.AddrOf(r))
			}
		}
		exchange.WriteEnrol(w, status, a)
	})
}

// refused is the answer that says why not.
func refused(err error) *exchange.EnrolAnswer {
	var place *enrol.PlaceError
	switch {
	case errors.Is(err, exchange.ErrEnrolUnknown):
		return &exchange.EnrolAnswer{Error: exchange.EnrolUnknown}
	case errors.Is(err, exchange.ErrEnrolUsed):
		return &exchange.EnrolAnswer{Error: exchange.EnrolUsed}
	case errors.Is(err, exchange.ErrEnrolExpired):
		return &exchange.EnrolAnswer{Error: exchange.EnrolExpired}
	case errors.As(err, &place):
		return &exchange.EnrolAnswer{Error: exchange.EnrolOtherPlace, Places: []string{place.Code, place.Machine}}
	}
	return &exchange.EnrolAnswer{Error: cmp.Or(enrol.Name(err), err.Error())}
}

// enrolling is this hub as enrolling sees it.
func (h *Hub) enrolling() *enrol.Hub {
	e := &enrol.Hub{Device: h.Node.Identity().Device, Numbers: h.Numbers}
	for _, link := range h.Chain {
		if link.Device != e.Device {
			e.Above = append(e.Above, link.Device)
		}
	}
	return e
}

func (h *Hub) enrol(ctx context.Context, req *exchange.EnrolRequest) (*exchange.EnrolAnswer, error) {
	m := enrol.Machine{Key: req.Key, SealKey: req.SealKey, Name: req.Name}
	return h.admit(ctx, req, p.EntityID{}, func(tx store.Tx, t enrol.Terms) (registry.Draft, registry.DeviceInput, error) {
		in, err := h.enrolling().New(tx, t, m)
		if err != nil {
			return registry.Draft{}, in, err
		}
		draft, err := registry.NewDevice(in)
		return draft, in, err
	})
}

func (h *Hub) enrolAgain(ctx context.Context, req *exchange.EnrolRequest) (*exchange.EnrolAnswer, error) {
	// The secret first: what else is in the request counts for nothing without it.
	if err := h.Node.Store().View(ctx, func(tx store.Tx) error {
		_, err := readPending(tx, pendingKey(req.Secret))
		return err
	}); err != nil {
		return nil, err
	}
	former, root, err := h.former(req)
	if err != nil {
		return nil, err
	}
	if req.Training != h.Dir.Info.Training {
		return nil, enrol.ErrTraining
	}
	if !bytes.Equal(root, h.Chain[len(h.Chain)-1].Key) {
		return nil, enrol.ErrOtherTree
	}
	m := enrol.Machine{Key: req.Key, SealKey: req.SealKey, Name: req.Name}
	return h.admit(ctx, req, former.Device, func(tx store.Tx, t enrol.Terms) (registry.Draft, registry.DeviceInput, error) {
		return h.enrolling().Again(tx, t, m, former)
	})
}

// admit lets a machine in by its code: as a new device, or as the one that it is. The code is used up for everybody else. A
// machine that is enrolled again may have lost the answer, and shows the code once more: its proof is as good as before.
func (h *Hub) admit(ctx context.Context, req *exchange.EnrolRequest, device p.EntityID,
	decide func(tx store.Tx, t enrol.Terms) (registry.Draft, registry.DeviceInput, error),
) (*exchange.EnrolAnswer, error) {
	key := pendingKey(req.Secret)
	a := &exchange.EnrolAnswer{Chain: h.Chain, Training: h.Dir.Info.Training}
	var by p.EntityID
	err := h.Node.Store().View(ctx, func(tx store.Tx) error {
		pend, err := readPending(tx, key)
		if err != nil {
			return err
		}
		by = pend.By
		return h.checkPending(pend, device)
	})
	if err != nil {
		return nil, err
	}
	_, err = h.Node.Append(ctx, by, func(tx store.Tx, id func(int) p.EntityID) ([]registry.Draft, error) {
		pend, err := readPending(tx, key)
		if err != nil {
			return nil, err
		}
		if err := h.checkPending(pend, device); err != nil {
			return nil, err
		}
		draft, in, err := decide(tx, enrol.Terms{Place: pend.Place, Role: pend.Role})
		if err != nil {
			return nil, err
		}
		a.Device = device
		if device.IsZero() {
			a.Device = id(0)
		}
		if a.Token, err = exchange.NewToken(a.Device, h.Rand); err != nil {
			return nil, err
		}
		pend.Device = a.Device
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
		child, err := tx.Child(a.Device)
		if err != nil {
			return nil, err
		}
		if child == nil {
			child = &store.ChildRow{Device: a.Device}
		}
		child.TokenHash, child.Software = node.TokenHash(a.Token), req.Software
		// The token's hash stands with the device in one transaction: a code is used or it is not.
		return []registry.Draft{draft}, tx.PutChild(child)
	})
	if err != nil {
		return nil, err
	}
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

// checkPending refuses a code that was used, by another than the device that shows it, or is too old.
func (h *Hub) checkPending(pend *pending, device p.EntityID) error {
	if !pend.Device.IsZero() && pend.Device != device {
		return exchange.ErrEnrolUsed
	}
	if h.Node.Now().Unix() > pend.ExpiresS {
		return exchange.ErrEnrolExpired
	}
	return nil
}
