package pages

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"tramy/internal/backup"
	"tramy/internal/node"
	"tramy/internal/registry"
	"tramy/internal/server"
	"tramy/internal/store"
	"tramy/internal/ui"
)

// A machine that was revoked is locked: whatever is asked for, one page answers, for which nobody need log in and on which
// nothing stands of anybody in the register. It says whom to call, asks the hub again, and lets who holds the printed recovery
// key take a backup out, which is encrypted.

// unlessLocked is what answers in place of a page while the machine is locked.
func (c *Call) unlessLocked(h func(*Call) error) error {
	locked, err := c.Desk.Node.Locked(c.Ctx())
	switch {
	case err != nil:
		return err
	case !locked:
		return h(c)
	case c.Partial() || c.R.Method != http.MethodGet && c.R.Method != http.MethodHead:
		return node.ErrRevoked
	}
	return c.drawLocked(http.StatusForbidden, ui.Note{})
}

func (c *Call) drawLocked(status int, note ui.Note) error {
	call, err := c.callAbove()
	if err != nil {
		return err
	}
	page := ui.Locked{Frame: c.bareFrame(), Call: call, Number: groupedNumber(c.Desk.Node.Identity().Number), Named: c.Place, CanAsk: c.Uplink != nil}
	page.Frame.Path = ui.PathLocked
	if note.Lead != "" {
		page.Frame.Notes = []ui.Note{note}
	}
	if page.CanTakeOut = c.Backups != nil && len(c.Backups.Run.Copies().Recovery) > 0; page.CanTakeOut {
		for _, d := range c.drives() {
			page.Drives = append(page.Drives, ui.USBDrive{Value: d.Path, Name: d.Name})
		}
	}
	return c.Draw(status, "locked", page)
}

// groupedNumber is a device's number as people read it out: 041 272.
func groupedNumber(n int64) string {
	s := fmt.Sprintf("%06d", n)
	return s[:3] + " " + s[3:]
}

// callAbove is whom to call: the nearest place above this machine's of which a phone is known.
func (c *Call) callAbove() (string, error) {
	out := ""
	err := c.View(func(tx store.Tx) error {
		at := c.Desk.Node.Identity().Place
		for depth := range 16 {
			s, err := tx.State(at)
			if err != nil || s == nil || s.Kind != registry.KindPlace {
				return err
			}
			place := registry.PlaceOf(s)
			if depth > 0 && place.Phone != "" {
				out = place.Name + ", " + registry.FormatPhone(place.Phone)
				return nil
			}
			at = place.Parent
		}
		return nil
	})
	return out, err
}

// locked shows the page; a machine that is not locked any more shows its first page.
func (pg *Pages) locked(c *Call) error {
	if locked, err := pg.Desk.Node.Locked(c.Ctx()); err != nil || !locked {
		if err != nil {
			return err
		}
		return c.Go("/")
	}
	return c.drawLocked(http.StatusOK, ui.Note{})
}

// askLocked asks the hub once more.
func (pg *Pages) askLocked(c *Call) error {
	ctx, cancel := context.WithTimeout(c.Ctx(), nowMax)
	defer cancel()
	res, err := pg.Uplink.Now(ctx)
	locked, lerr := pg.Desk.Node.Locked(c.Ctx())
	switch {
	case lerr != nil:
		return lerr
	case !locked:
		return c.Go("/")
	case err != nil || res.Refusal == nil:
		return c.drawLocked(http.StatusOK, ui.Note{Tone: ui.ToneAsk, Lead: c.T("say.locked_unheard")})
	}
	return c.drawLocked(http.StatusOK, ui.Note{Tone: ui.ToneAsk, Lead: c.T("say.locked_still")})
}

// takeOut writes a backup onto a stick for who holds the recovery key. The key goes nowhere else, and a wrong one is slowed
// down like a password.
func (pg *Pages) takeOut(c *Call) error {
	if locked, err := pg.Desk.Node.Locked(c.Ctx()); err != nil || !locked {
		if err != nil {
			return err
		}
		return c.Go("/")
	}
	wrong := func(status int, key string) error {
		return c.drawLocked(status, ui.Note{Tone: ui.ToneAsk, Lead: c.T(key)})
	}
	drive, ok := c.drive()
	if !ok {
		return wrong(http.StatusUnprocessableEntity, "say.locked_no_drive")
	}
	addr := server.AddrOf(c.R)
	if wait := pg.Throttle.Guess(ui.PathLocked, addr); wait > 0 {
		return c.drawLocked(http.StatusTooManyRequests, ui.Note{Tone: ui.ToneAsk, Lead: c.T("error.wait", "n", 1+int(wait.Seconds()))})
	}
	name, err := pg.Backups.TakeOut(context.WithoutCancel(c.Ctx()), c.Value("key"), drive)
	switch {
	case errors.Is(err, backup.ErrOtherRecoveryKey), errors.Is(err, backup.ErrNoRecoveryKey):
		return wrong(http.StatusUnprocessableEntity, "say.locked_key")
	case store.IsFull(err):
		return wrong(http.StatusInsufficientStorage, "say.locked_full")
	case err != nil:
		return err
	}
	pg.Throttle.Right(ui.PathLocked, addr)
	return c.drawLocked(http.StatusOK, ui.Note{Tone: ui.ToneOK, Lead: c.T("say.locked_taken", "file", name), Text: c.T("say.locked_taken_do")})
}
