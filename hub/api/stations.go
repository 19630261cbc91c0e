package api

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"tramy/hub"
	"tramy/internal/api"
	"tramy/internal/desk"
	"tramy/internal/node"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/server"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// station is one machine below this hub. What was never heard is left out: not known is not nought.
type station struct {
	Device       p.EntityID `json:"device"`
	Number       string     `json:"number"`
	Name         string     `json:"name,omitempty"`
	Role         string     `json:"role"`
	Place        p.EntityID `json:"place"`
	PlaceName    string     `json:"place_name,omitempty"`
	Direct       bool       `json:"direct"`
	Revoked      bool       `json:"revoked"`
	Contact      string     `json:"contact,omitempty"`
	News         string     `json:"news,omitempty"`
	Pending      *uint32    `json:"pending,omitempty"`
	ClockErrorMS *int64     `json:"clock_error_ms,omitempty"`
	Software     string     `json:"software,omitempty"`
	Level        string     `json:"level,omitempty"`
	UnequalSince string     `json:"unequal_since,omitempty"`
	Held         int        `json:"held"`
	Forked       bool       `json:"forked"`
}

func stationOf(s *hub.Station) station {
	out := station{
		Device: s.Device.ID, Number: fmt.Sprintf("%06d", s.Device.Number), Name: s.Device.Name, Role: s.Device.Role.String(),
		Place: s.Device.Place, PlaceName: s.PlaceName, Direct: s.Direct, Revoked: s.Device.Revoked, News: api.Moment(s.Child.DataMS),
		Held: len(s.Held), Forked: s.Forked,
	}
	if c := &s.Child; c.ContactMS > 0 {
		out.Contact, out.Software, out.Level, out.UnequalSince = api.Moment(c.ContactMS), c.Software, api.Moment(c.LevelMS), api.Moment(c.UnequalMS)
		out.Pending, out.ClockErrorMS = &c.Pending, &c.ClockErrMS
	}
	return out
}

// below lists the machines in the caller's area.
func (x *hubAPI) below(c *api.Call) ([]hub.Station, error) {
	all, err := x.hub.Stations(c.Context(), c.Who)
	if err != nil {
		return nil, err
	}
	tree := api.SubtreeOf(x.hub.Desk, c.Who)
	kept := all[:0]
	for _, s := range all {
		if tree.Has(s.Device.Place) {
			kept = append(kept, s)
		}
	}
	return kept, nil
}

func (x *hubAPI) stations(c *api.Call) (*api.Answer, error) {
	list, err := x.below(c)
	if err != nil {
		return nil, err
	}
	page, err := api.PageOf(c, list, func(s *hub.Station) string { return fmt.Sprintf("%06d:%s", s.Device.Number, s.Device.ID) })
	if err != nil {
		return nil, err
	}
	out := api.Page[station]{Items: make([]station, len(page.Items)), Next: page.Next}
	for i := range page.Items {
		out.Items[i] = stationOf(&page.Items[i])
	}
	return &api.Answer{Body: out}, nil
}

// held is a log of which not everything was let in: it waits for somebody to decide, or stays out. One that was
// admitted is let in whole and no longer listed.
type held struct {
	Log       string     `json:"log"`
	Device    p.EntityID `json:"device"`
	Number    string     `json:"number"`
	PlaceName string     `json:"place_name,omitempty"`
	State     string     `json:"state"`
	Reason    string     `json:"reason"`
	LetIn     uint32     `json:"let_in"`
	Waiting   uint32     `json:"waiting"`
	Last      string     `json:"last"`
}

var holdReasons = map[p.HoldReason]string{
	p.HoldRights: "rights", p.HoldRevoked: "revoked", p.HoldLimit: "limit", p.HoldForked: "forked",
	p.HoldRejected: "rejected",
}

// HoldReason is the stable name of why a log is held; a newer hub's reason is its number.
func HoldReason(r p.HoldReason) string {
	if name, ok := holdReasons[r]; ok {
		return name
	}
	return fmt.Sprint(uint8(r))
}

func (x *hubAPI) held(c *api.Call) (*api.Answer, error) {
	list, err := x.below(c)
	if err != nil {
		return nil, err
	}
	var all []held
	for _, s := range list {
		for _, l := range append(slices.Clone(s.Held), s.Rejected...) {
			line := held{
				Log: l.ID.String(), Device: s.Device.ID, Number: fmt.Sprintf("%06d", s.Device.Number), PlaceName: s.PlaceName, State: "held",
				Reason: HoldReason(l.Reason), LetIn: uint32(l.In), Waiting: uint32(l.Head - l.In), Last: api.Moment(l.Last.Corrected()),
			}
			if l.Reason == p.HoldRejected {
				line.State = "rejected"
			}
			all = append(all, line)
		}
	}
	page, err := api.PageOf(c, all, func(h *held) string { return h.Log })
	if err != nil {
		return nil, err
	}
	return &api.Answer{Body: page}, nil
}

// admit lets a held log in.
func (x *hubAPI) admit(c *api.Call) (*api.Answer, error) {
	return x.decide(c, rights.Manage, registry.KindDevice, func(log p.LogID) error { return x.hub.Admit(c.Context(), c.Who, log) })
}

// reject keeps a held log out for good.
func (x *hubAPI) reject(c *api.Call) (*api.Answer, error) {
	var in struct {
		Reason string `json:"reason"`
	}
	if err := c.Read(&in); err != nil {
		return nil, err
	}
	if in.Reason = strings.TrimSpace(in.Reason); in.Reason == "" {
		return nil, api.Invalid("reason", registry.CodeReasonRequired)
	}
	return x.decide(c, rights.Create, registry.KindRejection, func(log p.LogID) error { return x.hub.Reject(c.Context(), c.Who, log, in.Reason) })
}

// decide does what somebody decided about a held log of a device in their area.
func (x *hubAPI) decide(c *api.Call, act rights.Act, kind p.Kind, do func(p.LogID) error) (*api.Answer, error) {
	log, err := p.ParseLogID(server.Param(c.Request, "log"))
	if err != nil {
		return nil, desk.ErrNotFound
	}
	if !rights.May(c.Who.Role, act, kind) { // before the log tells anything
		return nil, desk.ErrForbidden
	}
	var device p.EntityID
	err = x.hub.Node.Store().View(c.Context(), func(tx store.Tx) error {
		row, err := tx.Log(log)
		if row != nil {
			device = row.Device
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := x.mine(c, device); err != nil {
		return nil, err
	}
	err = do(log)
	if errors.Is(err, node.ErrNothing) {
		return nil, desk.ErrNotFound
	}
	return &api.Answer{}, err
}

// rescue is one value that a machine wrote again because nobody above knew it any more.
type rescue struct {
	ID      string     `json:"id"`
	Entity  p.EntityID `json:"entity"`
	Kind    string     `json:"kind,omitempty"` // left out if the entity is not known here
	Field   string     `json:"field"`
	Place   p.EntityID `json:"place"`
	At      string     `json:"at"`
	Author  string     `json:"author,omitempty"`
	Written string     `json:"written"`
	order   string     // newest first
}

func (x *hubAPI) rescues(c *api.Call) (*api.Answer, error) {
	if !rights.May(c.Who.Role, rights.Read, registry.KindRescue) {
		return nil, desk.ErrForbidden
	}
	tree := api.SubtreeOf(x.hub.Desk, c.Who)
	all := []rescue{}
	err := x.hub.Node.Store().View(c.Context(), func(tx store.Tx) error {
		rows, err := tx.Rescues(0)
		for _, r := range rows {
			if !tree.Has(r.Place) {
				continue
			}
			line := rescue{
				ID: fmt.Sprintf("%s:%d", r.ID, r.N), Entity: r.Entity, Place: r.Place,
				At: api.Moment(r.WallMS), Written: api.Moment(r.AuthorMS),
				order: fmt.Sprintf("%019d:%s:%04d", math.MaxInt64-r.WallMS, r.ID, r.N),
			}
			if !r.Author.IsZero() {
				line.Author = r.Author.String()
			}
			if line.Kind, line.Field, err = fieldNames(tx, r.Entity, r.Field); err != nil {
				return err
			}
			all = append(all, line)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	page, err := api.PageOf(c, all, func(r *rescue) string { return r.order })
	if err != nil {
		return nil, err
	}
	return &api.Answer{Body: page}, nil
}

// fieldNames says what an entity is and how the field table calls one of its fields: by its number if this version
// does not know it, or not the entity.
func fieldNames(tx store.Tx, id p.EntityID, field p.Field) (kind, name string, err error) {
	name = strconv.Itoa(int(field))
	s, err := tx.State(id)
	if err != nil || s == nil {
		return "", name, err
	}
	kind, _ = registry.KindName(s.Kind)
	if info, ok := registry.FieldOf(s.Kind, field); ok {
		name = info.Name
	}
	return kind, name, nil
}

// mine refuses a device outside of the caller's area.
func (x *hubAPI) mine(c *api.Call, device p.EntityID) error {
	var place p.EntityID
	err := x.hub.Node.Store().View(c.Context(), func(tx store.Tx) error {
		row, err := tx.Device(device)
		if err != nil {
			return err
		}
		if row == nil {
			return desk.ErrNotFound
		}
		place = row.Place
		return nil
	})
	if err != nil {
		return err
	}
	return x.inArea(c, place)
}

func (x *hubAPI) inArea(c *api.Call, place p.EntityID) error {
	tree := api.SubtreeOf(x.hub.Desk, c.Who)
	return tree.Check(place)
}

// revoke takes a machine out of service.
func (x *hubAPI) revoke(c *api.Call) (*api.Answer, error) {
	id, err := c.Entity("id")
	if err != nil {
		return nil, err
	}
	var in struct {
		Reason string `json:"reason"`
	}
	if err := c.Read(&in); err != nil {
		return nil, err
	}
	if in.Reason = strings.TrimSpace(in.Reason); in.Reason == "" {
		return nil, api.Invalid("reason", registry.CodeReasonRequired)
	}
	if !rights.May(c.Who.Role, rights.Manage, registry.KindDevice) {
		return nil, desk.ErrForbidden
	}
	if id == x.hub.Node.Identity().Device { // a hub that revoked itself could not take that back
		return nil, server.NewProblem(server.TypeConflict)
	}
	if err := x.mine(c, id); err != nil {
		return nil, err
	}
	return &api.Answer{}, x.hub.Revoke(c.Context(), c.Who, id, in.Reason)
}
