package web

import (
	"math"
	"net/http"
	"net/url"
	"slices"
	"time"

	"tramy/internal/backup"
	"tramy/internal/pages"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// clockOff is from where a clock counts as wrong: dates of doses may then be too.
const clockOff = 5 * 60 * 1000 // milliseconds

// Groups of the list, as its tabs name them and in the order in which they need somebody.
const (
	groupSilent = "silent"
	groupOdd    = "odd"
	groupGood   = "good"
)

var groups = []string{groupSilent, groupOdd, groupGood}

// stations lists the machines below: the silent first, then the odd, then the good.
func (w *Web) stations(c *pages.Call) error {
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
	frame, err := c.Frame(ui.NavStations)
	if err != nil {
		return err
	}
	var mended []ui.Mended
	if c.May(rights.Manage, registry.KindDevice) {
		st, err := c.Status()
		if err != nil {
			return err
		}
		mended = c.Mended(st.Alarms, func(device p.EntityID) bool {
			return slices.ContainsFunc(machines, func(m machine) bool { return m.Device.ID == device })
		})
		frame.Notes = append(frame.Notes, c.AlarmNotes(st.Alarms)...)
		if err := c.NoteCopies(&frame); err != nil {
			return err
		}
	}
	show := c.R.URL.Query().Get("show")
	if !slices.Contains(groups, show) {
		show = ""
	}
	page := ui.Stations{
		Frame: frame, Name: area.rows[area.top].Name, Until: c.Words.When(c.Now, c.Now), Show: show, CanEnrol: c.May(rights.Create, registry.KindDevice), Mended: mended,
	}
	machines = slices.DeleteFunc(machines, func(m machine) bool { return m.Device.Revoked })
	slices.SortStableFunc(machines, func(a, b machine) int {
		if d := slices.Index(groups, a.group(c)) - slices.Index(groups, b.group(c)); d != 0 {
			return d
		}
		switch { // the longest silent first
		case a.heard < b.heard:
			return -1
		case a.heard > b.heard:
			return 1
		}
		return a.Device.ID.Compare(b.Device.ID)
	})
	var shown []machine
	for _, m := range machines {
		g := m.group(c)
		page.All++
		switch g {
		case groupSilent:
			page.Silent++
		case groupOdd:
			page.Odd++
		default:
			page.Good++
		}
		if show == "" || show == g {
			shown = append(shown, m)
		}
	}
	base := ui.PathStations + "?" + url.Values{"show": {show}}.Encode() + "&at="
	shown, page.Pager = window(shown, c.R.URL.Query().Get("at"), base)
	for i := range shown {
		line := shown[i].line(c)
		line.Person = callAt(people, shown[i].Device.Place, area.residence(shown[i].Device.Place))
		page.Rows = append(page.Rows, line)
	}
	return c.Draw(http.StatusOK, "stations", page)
}

// group says in which part of the list a machine stands.
func (m *machine) group(c *pages.Call) string {
	switch {
	case m.silent(c.Now):
		return groupSilent
	case m.Forked, len(m.Held) > 0, m.Child.UnequalMS > 0, m.clockWrong(), m.noBackup(c.Now):
		return groupOdd
	}
	return groupGood
}

func (m *machine) clockWrong() bool {
	return m.Child.ContactMS > 0 && (m.Child.ClockErrMS > clockOff || m.Child.ClockErrMS < -clockOff)
}

// noBackup reports whether a machine that tells of its backups has had none for a week.
func (m *machine) noBackup(now time.Time) bool {
	at := m.Child.BackupMS
	return at == store.NoBackup || at > 0 && now.Sub(time.UnixMilli(at)) >= backup.LateAfter
}

// line is a machine as the list shows it. What it said of itself is as old as its last call: of a silent
// one, what waits there is not known.
func (m *machine) line(c *pages.Call) ui.Station {
	child := &m.Child
	out := ui.Station{
		Mark: ui.Mark{Kind: ui.MarkOnTime}, Name: m.PlaceName, Heard: when(c, m.heard), Device: number(m.Device.Number),
		Version: version(child.Software), Equal: ui.Mark{Kind: ui.MarkUnknown},
	}
	if child.ContactMS > 0 {
		out.ClockError = clockError(c, child.ClockErrMS)
		out.Pending, out.PendingKnown = int(child.Pending), !m.silent(c.Now)
	}
	switch {
	case child.UnequalMS > 0:
		out.Equal = ui.Mark{Kind: ui.MarkUnlike}
	case child.LevelMS > 0:
		out.Equal = ui.Mark{Kind: ui.MarkEqual}
	}
	switch {
	case m.heard == 0:
		out.Mark = ui.Mark{Kind: ui.MarkNever}
		out.Task = c.T("say.call")
	case m.silent(c.Now):
		const dayMS = 24 * 60 * 60 * 1000
		out.Mark = ui.Mark{Kind: ui.MarkSilent, N: int((c.Now.UnixMilli() - m.heard) / dayMS)}
		out.Task = c.T("say.call")
	case m.Forked, len(m.Held) > 0:
		out.Mark = ui.Mark{Kind: ui.MarkHeld}
		if len(m.Held) == 0 {
			out.Mark.Kind = ui.MarkForked
		}
		out.Task, out.Href = c.T("row.open"), ui.PathDevices
	case child.UnequalMS > 0:
		out.Mark = ui.Mark{Kind: ui.MarkUnlike}
		out.Task, out.Href = c.T("row.open"), ui.PathDevices
	case m.clockWrong():
		out.Mark = ui.Mark{Kind: ui.MarkClock}
		out.Task = c.T("say.fix_clock")
	case m.noBackup(c.Now):
		out.Mark = ui.Mark{Kind: ui.MarkNoBackup}
		out.Task = c.T("say.make_backup")
	}
	return out
}

// clockError writes how far a clock is off, in the largest unit that still says it: −2 s, +3 phút.
func clockError(c *pages.Call, ms int64) string {
	sign := "+"
	seconds := math.Round(float64(ms) / 1000)
	if seconds < 0 {
		sign, seconds = "−", -seconds
	}
	switch {
	case seconds == 0:
		return c.T("say.seconds", "n", 0)
	case seconds < 120:
		return sign + c.T("say.seconds", "n", int(seconds))
	case seconds < 2*3600:
		return sign + c.T("calendar.minute", "n", int(seconds/60))
	case seconds < 2*86400:
		return sign + c.T("calendar.hour", "n", int(seconds/3600))
	}
	return sign + c.T("calendar.day", "n", int(seconds/86400))
}
