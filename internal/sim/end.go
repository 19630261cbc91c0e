package sim

import (
	"crypto/ed25519"
	"slices"
	"time"

	"tramy/internal/node"
	"tramy/internal/registry"
	"tramy/internal/sim/proof"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// roundsMax is in how many rounds of exchanges everything has to come to rest.
const roundsMax = 40

// finish lets all be well again and compares what the tree holds with what people were told.
func (w *world) finish() {
	w.quiet = true
	w.note("== all is well")
	for _, m := range w.machines {
		m.fuse, m.full, m.unreadable, m.dark = fuse{}, false, 0, false
		for try := 0; !m.gone && !m.runs(); try++ {
			if err := m.start(); err != nil && try == 3 {
				w.fail("%s does not start any more: %v", m.name, err)
			}
		}
	}
	for len(w.post) > 0 {
		msg := w.post[0]
		w.post = w.post[1:]
		w.deliver(msg)
	}
	w.rehangBelowGone()
	w.lookThrough()
	w.rehangBelowGone() // a database that was damaged, the hub's or its own, could not be worked with before
	w.revokedAfterAll()
	world := w.believed()
	w.nothingLetIn()
	w.settle()
	w.oldSticks()
	w.nothingToMend()
	world.Nodes, world.Remains = w.nodes(), w.on[baseHurt]
	world.Keys, world.RootKey = w.keys(), publicKey(w.root)
	w.count.Changes = len(world.Wrote)
	for _, s := range proof.Check(w.ctx, world) {
		w.wrong("%s", s)
	}
	w.rebuilt()
}

// rehangBelowGone enrols those again whose hub was lost while they were down.
func (w *world) rehangBelowGone() {
	for _, m := range w.machines {
		if !m.gone && m.up != nil && m.up.gone {
			w.rehang(m, w.over(m.up))
		}
	}
}

// rebuilt lets one machine make its rows anew, the root its states as well, and checks that they are what they were (I9).
func (w *world) rebuilt() {
	var some []*machine
	for _, m := range w.machines {
		if m.runs() {
			some = append(some, m)
		}
	}
	m := some[int(w.Seed%uint64(len(some)))]
	var before, after []string
	w.must(m.view(func(tx store.Tx) (err error) {
		before, err = proof.Rows(tx)
		return err
	}))
	if _, err := m.node.Rebuild(w.ctx, m == w.root, nil); err != nil {
		w.fail("%s cannot be rebuilt: %v", m.name, err)
	}
	w.must(m.view(func(tx store.Tx) (err error) {
		after, err = proof.Rows(tx)
		return err
	}))
	for _, row := range before {
		if _, found := slices.BinarySearch(after, row); !found {
			w.wrong("%s had a row before it was rebuilt and not after: %s", m.name, row)
			return
		}
	}
	for _, row := range after {
		if _, found := slices.BinarySearch(before, row); !found {
			w.wrong("%s has a row since it was rebuilt that it did not have: %s", m.name, row)
			return
		}
	}
}

// keys are those of all machines there ever were.
func (w *world) keys() []ed25519.PublicKey {
	var out []ed25519.PublicKey
	for _, m := range w.machines {
		out = append(out, publicKey(m))
	}
	return out
}

// rending are the kinds of fault after which sums may differ although all has been said: what was set back, copied or lost, what
// stays out, and what a cheat wrote.
var rending = []int{rootBack, rolledBack, hubLost, foreign, revoked, hostile, reforms, journalHurt, baseHurt}

// nothingToMend checks that machines to which nothing of the kind happened never found their sums to differ: an exchange that
// leaves rows out would else be hidden by the comparison that fetches them.
func (w *world) nothingToMend() {
	for _, k := range rending {
		if w.on[k] {
			return
		}
	}
	for _, m := range w.machines {
		if m.gone || m.ahead {
			continue
		}
		w.must(m.view(func(tx store.Tx) error {
			alarms, err := tx.Alarms(alarmsRead)
			for _, a := range alarms {
				if a.Code == node.AlarmUnequal {
					w.wrong("%s had to fetch what an exchange left out: %s", m.name, a.Detail)
				}
			}
			return err
		}))
	}
}

// alarmsRead is how many alarms of a machine are read.
const alarmsRead = 100

// over is the hub above one that is gone.
func (w *world) over(m *machine) *machine {
	for m.gone && m.up != nil {
		m = m.up
	}
	return m
}

// nothingLetIn checks that what a machine may not write, and nobody decided about, is in the state of no hub. A reform may
// have given the machine the right.
func (w *world) nothingLetIn() {
	for _, m := range w.machines {
		if m.gone || !m.isHub() || w.on[reforms] {
			continue
		}
		for _, id := range w.foreign {
			if s := m.state(id); !w.decided[id.Birth().Log] && s != nil && s.SeenSeq(id.Birth().Log) >= id.Birth().Seq {
				w.fail("%s let in %s, which its machine may not write", m.name, id)
			}
		}
	}
}

// settle lets everybody speak until nobody has anything to say.
func (w *world) settle() {
	for round := range roundsMax {
		rest := true
		for i := len(w.machines) - 1; i >= 0; i-- {
			m := w.machines[i]
			if m.gone || !m.runs() || m.up == nil || !m.up.runs() {
				continue
			}
			w.count.Contacts++
			m.exchange()
			if m.deaf() {
				continue
			}
			if here, above := w.reopened(m), w.reopened(m.up); here || above {
				rest = false
				continue // it came to a place that is damaged and that looking through had not shown
			}
			if !m.runs() {
				w.fail("%s died although nothing goes wrong any more", m.name)
			}
			if m.err != nil {
				w.fail("%s cannot speak to %s although nothing goes wrong any more: %v", m.name, m.up.name, m.err)
			}
			if r := m.res.Refusal; r != nil && (r.Code == p.RefusedToken || r.Code == p.RefusedTooMany) {
				// Its hub was set back to before it was enrolled there: somebody enrols it again, once the device is known.
				w.rehang(m, m.up)
				rest = false
				continue
			} else if r != nil {
				w.fail("%s is refused by %s: %s", m.name, m.up.name, r.Message)
			}
			rest = rest && m.res.Level && m.res.Sent == 0 && m.res.Received == 0 && !m.waits()
		}
		if w.officers() > 0 {
			rest = false
		}
		if rest {
			w.note("at rest after %d rounds", round+1)
			return
		}
		w.pass(20 * time.Minute)
	}
	w.explain()
	w.fail("after %d rounds not everybody is level", roundsMax)
}

// waits reports whether a machine asks for states that replace its own: the hub may hear only after it that they are gone, and
// that nothing is there any more is nothing received.
func (m *machine) waits() (yes bool) {
	m.w.must(m.view(func(tx store.Tx) error {
		ids, err := tx.Refreshes(1)
		yes = len(ids) > 0
		return err
	}))
	return yes
}

// deaf reports whether a machine is refused for good.
func (m *machine) deaf() bool { return m.revoked }

// officers decide about all that is held, and say about how many logs they did.
func (w *world) officers() (n int) {
	for _, m := range w.machines {
		if m.gone || !m.isHub() {
			continue
		}
		var logs []p.LogID
		w.must(m.view(func(tx store.Tx) error {
			rows, err := tx.HeldLogs()
			for i := range rows {
				if r := &rows[i]; !r.Own && r.Reason != p.HoldForked && r.Reason != p.HoldRejected {
					logs = append(logs, r.ID)
				}
			}
			return err
		}))
		for _, log := range logs {
			if err := m.node.Admit(w.ctx, log); err == nil {
				w.note("%s admits %s", m.name, log)
				n++
			}
		}
	}
	return n
}

// believed is what was written and told, and what of it lies on some disk now.
func (w *world) believed() *proof.World {
	out := &proof.World{Wrote: w.facts.all, Said: w.facts.said, Void: w.facts.void, Survived: map[string]bool{}}
	for _, m := range w.machines {
		if m.gone || m.revoked {
			continue
		}
		for _, journal := range [][]*node.Record{m.disk.journal, m.disk.copied} {
			for _, r := range journal {
				for i := range r.Changes {
					out.Survived[proof.Print(&r.Changes[i])] = true
				}
			}
		}
		w.must(m.view(func(tx store.Tx) error {
			return proof.EachChange(tx, func(c *p.Change) { out.Survived[proof.Print(c)] = true })
		}))
	}
	return out
}

// revokedAfterAll takes note of devices of which an officer was told that revoking them failed. An act that failed behind the
// journal comes back when its hub starts, and is as good as another: that is the safe side.
func (w *world) revokedAfterAll() {
	if !w.on[revoked] {
		return
	}
	for _, hub := range w.machines {
		if hub.gone || !hub.isHub() {
			continue
		}
		for _, m := range w.machines {
			if s := hub.state(m.id.Device); s != nil && !m.revoked && registry.DeviceOf(s).Revoked != "" {
				w.note("%s has %s revoked after all", hub.name, m.name)
				m.revoked = true
			}
		}
	}
}

// nodes are the machines as proof sees them.
func (w *world) nodes() []*proof.Node {
	of := map[*machine]*proof.Node{}
	var out []*proof.Node
	for _, m := range w.machines { // a hub comes before those below it
		if m.gone {
			continue
		}
		n := &proof.Node{Name: m.name, Store: m.store.inner, Device: m.id.Device, Root: m == w.root, Deaf: m.deaf()}
		if m.commune != nil {
			n.Place = m.place
		}
		of[m] = n
		out = append(out, n)
	}
	for m, n := range of {
		if m.up != nil {
			n.Up = of[m.up]
		}
	}
	return out
}
