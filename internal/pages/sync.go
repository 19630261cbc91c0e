package pages

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"time"

	"tramy/internal/exchange"
	"tramy/internal/node"
	"tramy/internal/store"
	"tramy/internal/ui"
)

// nowMax is how long the button waits for an exchange. A slow one goes on by itself, and the page says so.
const nowMax = 8 * time.Second

// exchangesMax is how many exchanges the page lists.
const exchangesMax = 30

// badge is the small sign in the bar, asked for every half minute.
func (pg *Pages) badge(c *Call) error {
	st, err := c.Status()
	if err != nil {
		return err
	}
	return c.Draw(http.StatusOK, "badge", c.badgeOf(&st))
}

func (c *Call) badgeOf(st *node.Status) ui.SyncBadge {
	b := ui.SyncBadge{
		Waiting: int(st.Saved), Sent: int(st.AtHub), Central: int(st.AtRoot), Hub: c.Hub,
		Current: c.R.URL.Path == ui.PathSync,
	}
	link := c.Uplink.Link()
	b.State = linkState(link, st)
	switch b.State {
	case ui.SyncOffline:
		b.At = c.clock(link.Since)
	case ui.SyncOnline:
		b.At = c.clock(at(st.LastHeard))
	}
	return b
}

func linkState(link exchange.Link, st *node.Status) ui.SyncState {
	switch {
	case link.Busy:
		return ui.SyncBusy
	case link.Down:
		return ui.SyncOffline
	case st.LastHeard == 0:
		return ui.SyncNever
	}
	return ui.SyncOnline
}

// clock writes the hour of a moment of today, else its day.
func (c *Call) clock(t time.Time) string {
	t = t.In(local)
	if t.Year() == c.Now.Year() && t.YearDay() == c.Now.YearDay() {
		return c.Words.Clock(t)
	}
	return c.Words.ShortDate(t)
}

func (pg *Pages) showSync(c *Call) error {
	if err := c.mayMachines(); err != nil {
		return err
	}
	st, err := c.Status()
	if err != nil {
		return err
	}
	link := pg.Uplink.Link()
	page := ui.Exchange{
		Frame: c.FrameWith("", &st), State: linkState(link, &st), Up: pg.Up, Root: pg.Root, Hub: pg.Hub,
		Waiting: ui.Stage{Count: int(st.Saved)}, Sent: ui.Stage{Count: int(st.AtHub)}, Central: ui.Stage{Count: int(st.AtRoot)},
	}
	page.USB = pg.Courier != nil
	page.Refused, page.Rejected = refusals(&st)
	if st.LastHeard > 0 {
		page.LastHeard = c.Words.When(at(st.LastHeard), c.Now)
		page.LastAgo = c.Words.Ago(at(st.LastHeard), c.Now)
	}
	if page.State == ui.SyncOffline {
		page.Since = c.Words.When(link.Since, c.Now)
		if !link.Next.IsZero() {
			page.NextTry = c.clock(link.Next)
		}
	}
	if st.Saved > 0 && st.OldestMS > 0 {
		page.Waiting.Line = c.T("say.oldest", "at", c.Words.When(at(st.OldestMS), c.Now))
	}
	if st.LastLevel > 0 {
		page.Equal = &ui.Equal{
			Same: true, At: c.Words.When(at(st.LastLevel), c.Now), People: int(st.Subjects), Doses: int(st.Doses),
			Fingerprint: hex.EncodeToString(st.Digest[:3]), Since: int(st.Saved),
		}
	}
	page.EqualRoot = c.EqualRoot(&st)
	c.mendedHere(&page, st.Alarms)
	if page.Room, err = c.beside(); err != nil {
		return err
	}
	if !pg.Hub { // a hub's are on its page of what waits: the centre has no page like this one
		if page.Rescued, err = c.rescued(); err != nil {
			return err
		}
	}
	for i := range st.Exchanges {
		if i >= exchangesMax {
			break
		}
		page.Exchanges = append(page.Exchanges, c.exchanged(&st.Exchanges[i]))
	}
	if link.Code == node.ExchangeClock {
		page.Frame.Notes = append(page.Frame.Notes, ui.Note{Tone: ui.ToneAsk, Lead: c.T("say.clock"), Text: c.T("say.clock_do", "now", pg.clockHere(c))})
	}
	if err := c.NoteDueLeft(&page.Frame); err != nil {
		return err
	}
	if err := c.NoteCopies(&page.Frame); err != nil {
		return err
	}
	if k := c.Desk.Node.Stranded(); k > 0 {
		page.Frame.Notes = append(page.Frame.Notes, ui.Note{Tone: ui.ToneAsk, Lead: c.T("say.stranded", "n", k), Text: c.T("say.stranded_text")})
	}
	if note := c.doubtHub(&st); note != nil {
		page.Frame.Notes = append(page.Frame.Notes, *note)
	}
	page.Frame.Notes = append(page.Frame.Notes, c.AlarmNotes(st.Alarms)...)
	return c.Draw(http.StatusOK, "sync", page)
}

// doubtDays is for how long a machine that hears its hub may differ from what the centre signs before the page says so. On
// a day of work it may differ at each exchange; in a week there is a night.
const doubtDays = 7

// doubtHub says that the hub answers, and what the centre signs has not been what this machine holds for days: a hub that
// keeps something to itself, or tells what nobody wrote, shows by nothing else.
func (c *Call) doubtHub(st *node.Status) *ui.Note {
	if st.EqualRoot == 0 || st.LastHeard-st.EqualRoot < doubtDays*24*time.Hour.Milliseconds() {
		return nil
	}
	return &ui.Note{
		Tone: ui.ToneAsk, Lead: c.T("say.doubt", "at", c.Words.When(at(st.EqualRoot), c.Now)), Text: c.T("say.doubt_text"), Alert: true,
	}
}

// clockHere is what this machine's own clock says, uncorrected.
func (pg *Pages) clockHere(c *Call) string {
	return c.Words.Date(pg.Uplink.Client.Now().In(local)) + " " + c.Words.Clock(pg.Uplink.Client.Now().In(local))
}

// EqualRoot says when this node last held what the centre held, "" if it never did or that is not known.
func (c *Call) EqualRoot(st *node.Status) string {
	if st.EqualRoot == 0 {
		return ""
	}
	return c.Words.When(at(st.EqualRoot), c.Now)
}

// AlarmNotes say what an operator must look at, newest first.
func (c *Call) AlarmNotes(alarms []store.AlarmRow) []ui.Note {
	var notes []ui.Note
	alarms = current(alarms, c.Desk.Node.Identity().Device)
	for i := range alarms {
		a := &alarms[i]
		notes = append(notes, ui.Note{
			Tone: ui.ToneAsk, Lead: c.T("message.title") + ", " + c.Words.When(at(a.WallMS), c.Now) + ".", Text: c.alarmText(a),
		})
	}
	return notes
}

// alarmText says what happened. At a hub a log with two contents is another machine's, which is named.
func (c *Call) alarmText(a *store.AlarmRow) string {
	if a.Code != node.AlarmFork || a.Device.IsZero() || a.Device == c.Desk.Node.Identity().Device {
		return c.T("alarm." + alarmWord(a.Code))
	}
	device, where := "?", "?"
	_ = c.View(func(tx store.Tx) error { // what cannot be read is not named
		row, err := tx.Device(a.Device)
		if err != nil || row == nil {
			return err
		}
		device = deviceNumber(row.Number)
		place, err := tx.Place(row.Place)
		if place != nil {
			where = place.Name
		}
		return err
	})
	return c.T("alarm.fork_of", "device", device, "place", where)
}

// deviceNumber writes a device's number in two groups.
func deviceNumber(n int64) string { return fmt.Sprintf("%03d %03d", n/1000, n%1000) }

// alarmWord names the sentence for an alarm; one of a newer version has the general one.
func alarmWord(code string) string {
	switch code {
	case node.AlarmFork, node.AlarmGap, node.AlarmSegment, node.AlarmUnequal, node.AlarmSetBack, node.AlarmSalvaged, node.AlarmStranded:
		return code
	}
	return "other"
}

func (c *Call) exchanged(row *store.ExchangeRow) ui.Exchanged {
	out := ui.Exchanged{
		Mark: ui.Mark{Kind: ui.MarkOK}, At: c.Words.When(at(row.StartMS), c.Now), Way: c.T("sync.gap_net"),
		Sent: int(row.Sent), Received: int(row.Received), KB: int((row.BytesUp + row.BytesDown + 1023) / 1024),
	}
	switch row.Result {
	case node.ExchangeDone:
	case node.ExchangeBundleOut, node.ExchangeBundleIn:
		out.Way = c.T("usb_say.way")
	case node.ExchangeCut:
		out.Mark.Kind = ui.MarkHalf
	case node.ExchangeRefused:
		out.Mark.Kind = ui.MarkRefused
	default:
		out.Mark.Kind = ui.MarkNoLink
	}
	return out
}

// syncNow exchanges while somebody waits, for as long as one waits for a page.
func (pg *Pages) syncNow(c *Call) error {
	if err := c.mayMachines(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(c.Ctx(), nowMax)
	defer cancel()
	res, err := pg.Uplink.Now(ctx)
	note := ui.Note{}
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		note.Lead = c.T("say.sync_started")
	case err != nil:
		note.Lead = c.T("say.sync_asked")
	case res.Refusal != nil:
		note.Tone, note.Lead = ui.ToneAsk, c.T("say.sync_asked")
	default:
		// The badge and the page beneath say the rest.
		return c.Go(ui.PathSync)
	}
	return c.Go(ui.PathSync, note)
}
