package node

import (
	"slices"

	"tramy/internal/store"
	p "tramy/syncproto"
)

// HeldBelow reports whether one machine that calls this node is served all of these entities: what can be said of
// them together, it can say itself.
func (n *Node) HeldBelow(tx store.Tx, entities ...p.EntityID) (bool, error) {
	var scopes [][]p.EntityID
	for _, id := range entities {
		rows, err := tx.Routes(id)
		if err != nil {
			return false, err
		}
		var in []p.EntityID
		for _, r := range rows {
			if !r.Left {
				in = append(in, r.Scope)
			}
		}
		scopes = append(scopes, in)
	}
	devices, err := tx.Devices()
	if err != nil {
		return false, err
	}
	n.facts.RLock()
	places, self := n.places, n.id.Device
	n.facts.RUnlock()
	for i := range devices {
		dev := &devices[i]
		if dev.Up != self || dev.ID == self || dev.Revoked {
			continue
		}
		served, err := scopesOf(tx, places, dev.ID, dev.Role, dev.Place)
		if err != nil {
			return false, err
		}
		all := true
		for _, in := range scopes {
			all = all && slices.ContainsFunc(in, func(s p.EntityID) bool { return slices.Contains(served, s) })
		}
		if all {
			return true, nil
		}
	}
	return false, nil
}
