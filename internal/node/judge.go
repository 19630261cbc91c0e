package node

import (
	"tramy/internal/atlas"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// judgeAll holds a log at the first act that its author may not write. Leaving out that act alone would
// break the prefix that Seen promises.
func (n *Node) judgeAll(b *batch, dev *project.DeviceRow, row *store.LogRow, fresh []p.Change) error {
	if dev.Revoked {
		row.Reason, row.In = p.HoldRevoked, row.Head
		return nil
	}
	for i := range fresh {
		reason, err := n.judge(b, dev, fresh[:i], &fresh[i])
		if err != nil {
			return err
		}
		if reason != p.HoldNone {
			holdAt(row, fresh, i, reason)
			return nil
		}
	}
	return nil
}

// holdAt holds a log at the act of one of its changes.
func holdAt(row *store.LogRow, fresh []p.Change, i int, reason p.HoldReason) {
	for i > 0 && fresh[i-1].At == fresh[i].At {
		i--
	}
	row.Reason, row.In = reason, fresh[i].Dot.Seq-1
}

// holdFalse holds a station's log at the first change that is not what it says, as far as this hub can see: one below may
// not hold the account or the entity that it is about.
//
// It names an account of another place. Or it calls an entity what it is not: a change says itself of which kind it is, and
// that is what is judged; of an account that it calls a child it would make what it likes. Kinds of one case are let be: a
// machine that was set back may have written a dose under what its hub has as a child, and a station may write both.
func (b *batch) holdFalse(dev *project.DeviceRow, row *store.LogRow, fresh []p.Change) error {
	for i := range fresh {
		c := &fresh[i]
		if !letIn(row) && c.Dot.Seq > row.In {
			return nil // held before that
		}
		u, err := b.user(c.Actor)
		if err != nil {
			return err
		}
		if u != nil && b.n.id.Role == registry.NodeHub && !b.ofStation(u, dev) { // a neighbour's map may be older
			holdAt(row, fresh, i, p.HoldRights)
			return nil
		}
		if c.Creates() {
			continue
		}
		e, err := b.load(c.Entity)
		if err != nil {
			return err
		}
		if e.state != nil && b.n.id.Role == registry.NodeHub && b.saidAbove(dev, e.state) {
			holdAt(row, fresh, i, p.HoldRights)
			return nil
		}
		if e.state == nil || !born(e.state) || e.state.Kind == c.Kind ||
			e.state.Kind.Audience() == p.AudienceCase && c.Kind.Audience() == p.AudienceCase {
			continue
		}
		holdAt(row, fresh, i, p.HoldRights)
		return nil
	}
	return nil
}

// saidAbove reports whether a record is the word of a level above a device, or beside it, which it hears and does not change: a
// campaign of more than a station's commune, what a level above said of a station's people, and, for hubs too, a lot that an officer
// of another place stopped.
func (b *batch) saidAbove(dev *project.DeviceRow, s *p.State) bool {
	if !born(s) { // nothing is known of it yet
		return false
	}
	at, _ := s.Get(p.FieldPlace).Ref()
	writes := []p.Write{{Field: p.FieldPlace, Data: p.Ref(at)}}
	switch s.Kind {
	case registry.KindRecall:
	case registry.KindTarget:
		writes = append(writes, p.Write{Field: registry.TargetBy, Data: p.Ref(registry.TargetOf(s).By)})
		fallthrough
	case registry.KindCampaign:
		if dev.Role != registry.NodeStation {
			return false
		}
	default:
		return false
	}
	return !atOwnPlaces(b.places, dev.Place, s.Kind, writes)
}

// judge says whether a device that this hub enrolled may write a change. It judges what cannot be undone
// by looking the other way: kinds beyond its role, places beyond its own, users without the right or of other places.
// before are the changes that came with it and go before it.
func (n *Node) judge(b *batch, dev *project.DeviceRow, before []p.Change, c *p.Change) (p.HoldReason, error) {
	u, err := b.user(c.Actor)
	if err != nil {
		return p.HoldNone, err
	}
	if c.Kind == registry.KindUser && c.Entity == c.Actor && !c.Creates() && own(c, dev.Role) {
		// Everybody may change their own password where they work, and at a hub their second factor. Who acted is the machine's own word, so a
		// stolen one must not speak for an account of another place or of the hubs above.
		if u != nil && b.ofStation(u, dev) {
			return p.HoldNone, nil
		}
		return p.HoldRights, nil
	}
	if n.id.Role == registry.NodeStation {
		// A neighbour may know an older map and older roles than the author: it turns away only what no laptop may
		// write, so that a stolen one does nothing at others that it could not at its hub.
		if !rights.DeviceMay(dev.Role, c.Kind) {
			return p.HoldRights, nil
		}
		return p.HoldNone, nil
	}
	if !deviceMay(b.places, dev, c.Kind, c.Writes) {
		return p.HoldRights, nil
	}
	if !c.Creates() {
		e, err := b.load(c.Entity)
		if err != nil {
			return p.HoldNone, err
		}
		if e.state != nil && b.saidAbove(dev, e.state) {
			return p.HoldRights, nil
		}
	}
	// An account not known here yet is on its way; the device answers for it, as it does for kinds of newer versions.
	if u != nil && rights.Knows(c.Kind) && !rights.May(rights.Role(u.Role), actOf(c), c.Kind) {
		if actOf(c) == rights.Void && rights.MayTakeBack(rights.Role(u.Role), c.Kind) {
			if made, err := b.madeBy(before, c); made || err != nil {
				return p.HoldNone, err
			}
		}
		return p.HoldRights, nil
	}
	return p.HoldNone, nil
}

// madeBy reports whether the author of a change made the entity that it is about.
func (b *batch) madeBy(before []p.Change, c *p.Change) (bool, error) {
	for i := range before {
		if x := &before[i]; x.Entity == c.Entity && x.Creates() {
			return x.Actor == c.Actor, nil
		}
	}
	e, err := b.load(c.Entity)
	if err != nil || e.state == nil {
		return false, err
	}
	for _, f := range e.state.Fields {
		for _, v := range f.Values {
			if v.Dot.Entity() == c.Entity {
				return v.Actor == c.Actor, nil
			}
		}
	}
	return false, nil // nothing is left of what was written first
}

// ofStation reports whether an account belongs where a station stands, or ever stood. Accounts come down to a station for
// its own register alone: one of another place cannot have been in front of it.
func (b *batch) ofStation(u *project.UserRow, dev *project.DeviceRow) bool {
	return b.places.WithinEver(u.Place, b.places.ScopesEver(dev.Place)...)
}

// user returns an account, nil if it is not known here. One person writes most of a segment.
func (b *batch) user(id p.EntityID) (*project.UserRow, error) {
	u, ok := b.users[id]
	if ok || id.IsZero() {
		return u, nil
	}
	u, err := b.tx.User(id)
	if err == nil {
		b.users[id] = u
	}
	return u, err
}

// deviceMay reports whether a device may write so, whoever sits in front of it: kinds of its role, at places
// of its own.
func deviceMay(places *atlas.Atlas, dev *project.DeviceRow, kind p.Kind, writes []p.Write) bool {
	return rights.DeviceMay(dev.Role, kind) && atOwnPlaces(places, dev.Place, kind, writes)
}

// MayRecordAt reports whether the hub above will let in what this node records of doses at a place. What it does
// not let in holds all that follows in the log.
func (n *Node) MayRecordAt(place p.EntityID) bool {
	id := n.Identity()
	writes := []p.Write{{Field: p.FieldPlace, Data: p.Ref(place)}}
	return id.Upstream.Device.IsZero() || atOwnPlaces(n.Atlas(), id.Place, registry.KindImmunization, writes)
}

// atOwnPlaces reports whether a device at a place may write so about the places that the writes name.
func atOwnPlaces(places *atlas.Atlas, own p.EntityID, kind p.Kind, writes []p.Write) bool {
	tops := []p.EntityID{own}
	switch kind {
	case registry.KindImmunization, registry.KindPin, registry.KindUser, registry.KindDevice, registry.KindAccess, registry.KindRescue,
		registry.KindConsent, registry.KindRequest, registry.KindVisit, registry.KindReaction, registry.KindContact, registry.KindAppointment,
		registry.KindSession, registry.KindLot, registry.KindHamlet, registry.KindMovement, registry.KindTransfer, registry.KindStockCount, registry.KindOrder, registry.KindClosing,
		registry.KindFridge, registry.KindTemperature, registry.KindPractice, registry.KindCampaign, registry.KindTarget, registry.KindEnrolment, registry.KindRecall:
		tops = places.ScopesEver(own)
	case registry.KindPlace:
	default:
		return true
	}
	for i := range writes {
		names := writes[i].Field == p.FieldPlace || kind == registry.KindTarget && writes[i].Field == registry.TargetBy // in whose name
		if place, ok := writes[i].Data.Ref(); ok && names && !places.WithinEver(place, tops...) {
			return false
		}
	}
	return true
}

// own reports whether a user's change of their own account touches only what is theirs to change at a machine of this role. Hubs
// alone ask for a second factor: a laptop that could write one would open with it what the factor keeps shut.
func own(c *p.Change, device registry.NodeRole) bool {
	for i := range c.Writes {
		switch c.Writes[i].Field {
		case registry.UserPassword, registry.UserPhone:
		case registry.UserFactor, registry.UserRecovery:
			if device != registry.NodeHub {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// tellsTwice reports whether a write says of a dose what is said when two records may be of one: that it stands, or is another.
func tellsTwice(w *p.Write) bool {
	return w.Field == registry.DoseApart || w.Field == p.FieldVoid && w.Data.IsNull()
}

// actOf says which right a change needs. To settle is to choose between values that stand side by side.
func actOf(c *p.Change) rights.Act {
	if c.Creates() {
		return rights.Create
	}
	settles := true
	for i := range c.Writes {
		w := &c.Writes[i]
		if w.Field == p.FieldVoid && !w.Data.IsNull() {
			return rights.Void
		}
		settles = settles && (len(w.Supersedes) > 1 || c.Kind == registry.KindImmunization && tellsTwice(w))
	}
	if settles {
		return rights.Settle
	}
	return rights.Amend
}
