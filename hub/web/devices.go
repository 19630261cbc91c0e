package web

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"tramy/hub"
	"tramy/internal/desk"
	"tramy/internal/node"
	"tramy/internal/pages"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/server"
	"tramy/internal/store"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

func (w *Web) devices(c *pages.Call) error { return w.drawDevices(c, http.StatusOK, "") }

// drawDevices lists the machines in the caller's area, with what of them is held above the list.
func (w *Web) drawDevices(c *pages.Call, status int, wrong string) error {
	area, err := w.area(c)
	if err != nil {
		return err
	}
	machines, err := w.below(c, area)
	if err != nil {
		return err
	}
	people, err := w.people(c)
	if err != nil {
		return err
	}
	frame, err := c.Frame(ui.NavDevices)
	if err != nil {
		return err
	}
	page := ui.Devices{
		Frame: frame, CanRevoke: c.May(rights.Manage, registry.KindDevice), CanReject: c.May(rights.Create, registry.KindRejection), Error: wrong,
	}
	for i := range machines {
		if m := &machines[i]; m.Forked {
			page.Frame.Notes = append(page.Frame.Notes, ui.Note{
				Tone: ui.ToneAsk, Lead: c.T("say.forked_device", "device", number(m.Device.Number), "place", m.PlaceName), Text: c.HoldWord(p.HoldForked),
				Action: &ui.Action{Label: c.T("row.open"), Href: machinePath(m.Device.ID)},
			})
		}
	}
	err = c.View(func(tx store.Tx) error {
		for i := range machines {
			held, err := w.heldLogs(c, tx, &machines[i], people)
			if err != nil {
				return err
			}
			page.Held = append(page.Held, held...)
		}
		own, err := w.ownMachine(tx, area)
		if err != nil {
			return err
		}
		shown, pager := window(append(own, machines...), c.R.URL.Query().Get("at"), ui.PathDevices+"?at=")
		page.Pager = pager
		for i := range shown {
			line, err := w.device(c, tx, &shown[i], people)
			if err != nil {
				return err
			}
			page.Rows = append(page.Rows, line)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(page.Held) > 0 && c.May(rights.Read, registry.KindSubject) { // it names children
		if err := c.Desk.NoteListed(c.Ctx(), c.Who); err != nil {
			return err
		}
	}
	return c.Draw(status, "devices", page)
}

// ownMachine is this hub itself, if it stands in the area.
func (w *Web) ownMachine(tx store.Tx, area *subtree) ([]machine, error) {
	row, err := tx.Device(w.hub.Node.Identity().Device)
	if err != nil || row == nil || !area.has(row.Place) {
		return nil, err
	}
	return []machine{{Station: hub.Station{Device: *row, PlaceName: area.rows[row.Place].Name}}}, nil
}

func (w *Web) device(c *pages.Call, tx store.Tx, m *machine, people map[p.EntityID]person) (ui.Device, error) {
	dev := &m.Device
	out := ui.Device{
		ID: dev.ID.String(), Mark: ui.Mark{Kind: ui.MarkInForce}, Number: number(dev.Number), Name: dev.Name, Place: m.PlaceName,
		Role: c.T("device_role." + dev.Role.String()), Heard: when(c, m.heard), Fingerprint: fingerprint(dev),
		Revoked: dev.Revoked, Self: dev.ID == w.hub.Node.Identity().Device,
	}
	if out.Self {
		out.Heard = c.Words.When(c.Now, c.Now)
	}
	s, err := tx.State(dev.ID)
	if err != nil || s == nil {
		return out, err
	}
	if v := s.Values(registry.DeviceKey); len(v) > 0 {
		out.Enrolled = c.Words.Date(moment(c, v[len(v)-1].At.Corrected()))
		if by := people[v[len(v)-1].Actor]; by.name != "" {
			out.Enrolled += ", " + by.name
		}
	}
	if dev.Revoked {
		out.Mark.Kind, out.Reason = ui.MarkRevoked, registry.DeviceOf(s).Revoked
	}
	return out, nil
}

// fingerprint is short enough to be read over the phone.
func fingerprint(dev *project.DeviceRow) string {
	sum := sha256.Sum256([]byte(dev.Key))
	return fmt.Sprintf("%X %X", sum[:2], sum[2:4])
}

// heldActsMax is how many changes of a held log are shown to who decides about it.
const heldActsMax = 20

// heldLogs say what of a machine is not let in, and what was decided about it.
func (w *Web) heldLogs(c *pages.Call, tx store.Tx, m *machine, people map[p.EntityID]person) ([]ui.HeldLog, error) {
	var out []ui.HeldLog
	for _, l := range append(slices.Clone(m.Held), m.Rejected...) {
		n := int(l.Head - l.In)
		held := ui.HeldLog{
			Mark: ui.Mark{Kind: ui.MarkHeld}, Log: l.ID.String(), Why: c.HoldWord(l.Reason), More: max(n-heldActsMax, 0),
			Title: c.T("say.held_log", "device", number(m.Device.Number), "place", m.PlaceName, "n", n),
		}
		if l.Reason == p.HoldRejected {
			held.Mark.Kind, held.Decided = ui.MarkRefused, held.Why
			rows, err := tx.Rejections()
			if err != nil {
				return nil, err
			}
			for _, r := range rows {
				if r.Log == l.ID {
					held.Decided = c.T("say.rejected_by", "who", people[r.Actor].name, "at", when(c, r.WallMS), "reason", r.Reason)
				}
			}
		}
		changes, err := w.hub.Node.Held(tx, &l, heldActsMax)
		if err != nil {
			return nil, err
		}
		for k := range changes {
			what, line, err := c.Describe(tx, &changes[k])
			if err != nil {
				return nil, err
			}
			held.Acts = append(held.Acts, ui.Held{What: what, Line: line})
		}
		out = append(out, held)
	}
	return out, nil
}

// heldTodos says, to who may decide about it, which machines wrote something that is not let in: their page asks for the decision.
func (w *Web) heldTodos(c *pages.Call) ([]ui.Todo, error) {
	if !c.May(rights.Manage, registry.KindDevice) {
		return nil, nil
	}
	area, err := w.area(c)
	if err != nil {
		return nil, err
	}
	machines, err := w.below(c, area)
	if err != nil {
		return nil, err
	}
	var out []ui.Todo
	for i := range machines {
		m := &machines[i]
		if len(m.Held) == 0 {
			continue
		}
		todo := ui.Todo{Href: machinePath(m.Device.ID), Why: c.HoldWord(m.Held[0].Reason)}
		for _, l := range m.Held {
			todo.Count += int(l.Head - l.In)
		}
		todo.Text = c.T("say.held_log", "device", number(m.Device.Number), "place", m.PlaceName, "n", todo.Count)
		out = append(out, todo)
	}
	return out, nil
}

// mine finds a machine of the caller's area.
func (w *Web) mine(c *pages.Call, is func(*machine) bool) (*machine, error) {
	if !c.May(rights.Manage, registry.KindDevice) {
		return nil, desk.ErrForbidden
	}
	area, err := w.area(c)
	if err != nil {
		return nil, err
	}
	machines, err := w.below(c, area)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(machines, func(m machine) bool { return is(&m) })
	if i < 0 {
		return nil, desk.ErrNotFound
	}
	return &machines[i], nil
}

// revoke takes a machine out of service.
func (w *Web) revoke(c *pages.Call) error {
	id, err := entity(c.Value("id"))
	if err != nil {
		return err
	}
	if id == w.hub.Node.Identity().Device { // a hub that revoked itself could not take that back
		return server.NewProblem(server.TypeConflict)
	}
	m, err := w.mine(c, func(m *machine) bool { return m.Device.ID == id })
	if err != nil {
		return err
	}
	reason := strings.TrimSpace(c.Value("reason"))
	onPage := c.Value("back") == "machine"
	if reason == "" {
		wrong := sentence(c.Words, registry.FieldError{Code: registry.CodeReasonRequired})
		if onPage {
			return w.drawMachine(c, http.StatusUnprocessableEntity, id, wrong)
		}
		return w.drawDevices(c, http.StatusUnprocessableEntity, wrong)
	}
	if err := w.hub.Revoke(c.Ctx(), c.Who, id, reason); err != nil {
		return err
	}
	back := ui.PathDevices
	if onPage {
		back = machinePath(id)
	}
	return c.Go(back, ui.Note{Tone: ui.ToneOK, Lead: c.T("say.revoked", "device", number(m.Device.Number))})
}

// admit lets a held log in.
func (w *Web) admit(c *pages.Call) error {
	return w.decide(c, "say.admitted", func(log p.LogID) error { return w.hub.Admit(c.Ctx(), c.Who, log) })
}

// reject keeps a held log out for good.
func (w *Web) reject(c *pages.Call) error {
	reason := strings.TrimSpace(c.Value("reason"))
	if reason == "" {
		return w.drawDevices(c, http.StatusUnprocessableEntity, sentence(c.Words, registry.FieldError{Code: registry.CodeReasonRequired}))
	}
	return w.decide(c, "say.rejected", func(log p.LogID) error { return w.hub.Reject(c.Ctx(), c.Who, log, reason) })
}

// decide does what somebody decided about a held log of a machine in their area.
func (w *Web) decide(c *pages.Call, said string, do func(log p.LogID) error) error {
	log, err := p.ParseLogID(c.Value("log"))
	if err != nil {
		return desk.ErrNotFound
	}
	holds := func(l store.LogRow) bool { return l.ID == log }
	if _, err := w.mine(c, func(m *machine) bool { return slices.ContainsFunc(m.Held, holds) }); err != nil {
		return err
	}
	// Somebody else may have pressed it a moment before.
	if err := do(log); err != nil && !errors.Is(err, node.ErrNothing) {
		return err
	}
	return c.Go(ui.PathDevices, ui.Note{Tone: ui.ToneOK, Lead: c.T(said)})
}
