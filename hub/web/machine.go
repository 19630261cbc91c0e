package web

import (
	"context"
	"errors"
	"net/http"

	"tramy/internal/desk"
	"tramy/internal/node"
	"tramy/internal/pages"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/server"
	"tramy/internal/store"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// machinePage shows one machine, for the day when it is lost or there twice.
func (w *Web) machinePage(c *pages.Call) error {
	id, err := entity(server.Param(c.R, "id"))
	if err != nil {
		return err
	}
	return w.drawMachine(c, http.StatusOK, id, "")
}

func (w *Web) drawMachine(c *pages.Call, status int, id p.EntityID, wrong string) error {
	m, err := w.mine(c, func(m *machine) bool { return m.Device.ID == id })
	if err != nil {
		return err
	}
	missing, err := w.hub.Missing(c.Ctx(), c.Who, id)
	if err != nil {
		return err
	}
	people, err := w.people(c)
	if err != nil {
		return err
	}
	page := ui.Machine{
		CanRevoke: c.May(rights.Manage, registry.KindDevice), CanReject: c.May(rights.Create, registry.KindRejection), Error: wrong,
		Twice: m.Forked, Asked: m.Device.Renew, Former: len(m.Device.Keys()) - 1, Facts: machineFacts(c, m),
	}
	if page.Frame, err = c.Frame(ui.NavDevices); err != nil {
		return err
	}
	if c.May(rights.Create, registry.KindDevice) {
		page.PlaceID, page.RoleKey = m.Device.Place.String(), m.Device.Role.String()
	}
	page.Missing, page.MissingNote = missingParts(c, m, &missing)
	err = c.View(func(tx store.Tx) error {
		if page.Device, err = w.device(c, tx, m, people); err != nil {
			return err
		}
		page.Held, err = w.heldLogs(c, tx, m, people)
		return err
	})
	if err != nil {
		return err
	}
	if len(page.Held) > 0 && c.May(rights.Read, registry.KindSubject) { // it names children
		if err := c.Desk.NoteListed(c.Ctx(), c.Who); err != nil {
			return err
		}
	}
	return c.Draw(status, "machine", page)
}

func machineFacts(c *pages.Call, m *machine) []ui.Fact {
	or := func(text, key string) string {
		if text == "" {
			return c.T(key)
		}
		return text
	}
	facts := []ui.Fact{
		{Name: c.T("say.machine_last_call"), Value: or(when(c, m.Child.ContactMS), "stations.never")},
		{Name: c.T("say.machine_newest"), Value: or(when(c, m.Child.DataMS), "stations.never")},
	}
	switch at := m.Child.BackupMS; {
	case at > 0:
		facts = append(facts, ui.Fact{Name: c.T("say.machine_backup"), Value: when(c, at)})
	case at == store.NoBackup:
		facts = append(facts, ui.Fact{Name: c.T("say.machine_backup"), Value: c.T("say.machine_no_backup")})
	}
	return facts
}

var signKeys = map[node.Sign]string{
	node.SignTold: "say.machine_sign_told", node.SignAbove: "say.machine_sign_above", node.SignBelow: "say.machine_sign_below",
	node.SignParked: "say.machine_sign_parked", node.SignRecord: "say.machine_sign_record", node.SignFollows: "say.machine_sign_follows",
}

// missingParts puts into words what of a machine's work is not here, and how far that can be known.
func missingParts(c *pages.Call, m *machine, missing *node.Missing) (parts []ui.MissingPart, note string) {
	for _, r := range missing.Ranges {
		part := ui.MissingPart{Log: r.Log.String(), After: when(c, r.AfterMS)}
		if r.Last > 0 {
			part.What = c.T("say.machine_range", "first", int(r.First), "last", int(r.Last))
		} else {
			part.What = c.T("say.machine_open_range", "first", int(r.First))
		}
		if part.After == "" {
			part.After = c.T("say.machine_nothing_before")
		}
		for i, sign := range r.Signs {
			if i > 0 {
				part.Known += ", "
			}
			part.Known += c.T(signKeys[sign])
		}
		parts = append(parts, part)
	}
	note = c.T("say.machine_note_never")
	if m.Child.ContactMS > 0 {
		note = c.T("say.machine_note", "at", when(c, m.Child.ContactMS))
	}
	if !missing.All && missing.Records > 0 {
		note += " " + c.T("say.machine_note_part", "n", missing.Records)
	}
	return parts, note
}

// reinstate takes a revocation back.
func (w *Web) reinstate(c *pages.Call) error {
	return w.decideMachine(c, "say.machine_reinstated", w.hub.Reinstate)
}

// askKeys asks a machine to change its keys.
func (w *Web) askKeys(c *pages.Call) error {
	return w.decideMachine(c, "say.machine_ask_sent", w.hub.AskForKeys)
}

// decideMachine does what somebody decided about a machine in their area.
func (w *Web) decideMachine(c *pages.Call, said string, do decision) error {
	id, err := entity(c.Value("id"))
	if err != nil {
		return err
	}
	m, err := w.mine(c, func(m *machine) bool { return m.Device.ID == id })
	if err != nil {
		return err
	}
	// Somebody else may have pressed it a moment before.
	if err := do(c.Ctx(), c.Who, id); err != nil && !errors.Is(err, node.ErrNothing) {
		return err
	}
	return c.Go(machinePath(id), ui.Note{Tone: ui.ToneOK, Lead: c.T(said, "device", number(m.Device.Number))})
}

func machinePath(id p.EntityID) string { return ui.PathDevices + "/" + id.String() }

// decision is what a hub does about a device on somebody's word.
type decision = func(ctx context.Context, who desk.Who, device p.EntityID) error
