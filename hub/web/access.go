package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"tramy/internal/desk"
	"tramy/internal/pages"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// accessMax is how far back one look into the log reads; a date or a name brings older ones.
const accessMax = 20_000

// unreadable stands in an address for a day that cannot be read: it may be anything that somebody typed.
const unreadable = "?"

// findAccess is the form above the list: a name stands in no address.
func (w *Web) findAccess(c *pages.Call) error {
	if !c.May(rights.Read, registry.KindAccess) {
		return desk.ErrForbidden
	}
	from := c.Value("from")
	if _, err := registry.ParseDay(from, c.Today); from != "" && err != nil {
		from = unreadable
	}
	return c.ToSought(ui.PathAccess, url.Values{"from": {from}, "act": {c.Value("act")}}, c.Value("user"))
}

// access lists who looked at, searched for or took out what, newest first.
func (w *Web) access(c *pages.Call) error {
	area, err := w.area(c)
	if err != nil {
		return err
	}
	rows, err := w.hub.Accesses(c.Ctx(), c.Who, p.EntityID{}, accessMax)
	if err != nil {
		return err
	}
	people, err := w.people(c)
	if err != nil {
		return err
	}
	frame, err := c.Frame(ui.NavAccess)
	if err != nil {
		return err
	}
	query := c.R.URL.Query()
	page := ui.AccessLog{Frame: frame, From: ui.Field{Value: query.Get("from")}, User: ui.Field{Value: c.Sought()}, Act: ui.Select{Value: query.Get("act")}}
	page.Act.Options = []ui.Option{{Text: c.T("say.all")}}
	for _, act := range registry.AccessActs {
		page.Act.Options = append(page.Act.Options, ui.Option{Value: act, Text: c.T("access_act." + act)})
	}
	var from time.Time
	if page.From.Value != "" {
		day, err := registry.ParseDay(page.From.Value, c.Today)
		if err != nil {
			page.From.Error = sentence(c.Words, registry.FieldError{
				Code: registry.CodeDateUnreadable, Params: map[string]any{"text": page.From.Value},
			})
		} else {
			y, m, d := day.Date()
			from = time.Date(y, m, d, 0, 0, 0, 0, c.Now.Location())
		}
	}
	before, _ := strconv.ParseInt(query.Get("before"), 10, 64)
	want := registry.Fold(page.User.Value)
	rows = slices.DeleteFunc(rows, func(r project.AccessRow) bool {
		who := people[r.Actor]
		return !area.has(r.Place) && r.Act != registry.ActBreakGlass || !from.IsZero() && r.WallMS < from.UnixMilli() || before > 0 && r.WallMS >= before ||
			page.Act.Value != "" && r.Act != page.Act.Value ||
			want != "" && !strings.Contains(registry.Fold(who.name), want) && who.login != page.User.Value
	})
	if len(rows) > rowsPerPage {
		rows = rows[:rowsPerPage]
		query.Set("before", fmt.Sprint(rows[rowsPerPage-1].WallMS))
		page.Pager.Older = ui.PathAccess + "?" + query.Encode()
	}
	if before > 0 {
		query.Del("before")
		page.Pager.Newer = ui.PathAccess + "?" + query.Encode()
	}
	var named []p.EntityID
	for i := range rows {
		if !rows[i].Subject.IsZero() && c.May(rights.Read, registry.KindSubject) {
			named = append(named, rows[i].Subject)
		}
	}
	if len(named) > 0 {
		if err := c.Desk.NoteListed(c.Ctx(), c.Who, named...); err != nil {
			return err
		}
	}
	err = c.View(func(tx store.Tx) error {
		for i := range rows {
			line, err := accessLine(c, tx, area, people, &rows[i])
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
	if before == 0 {
		if page.Urgent, err = w.urgent(c, area, people); err != nil {
			return err
		}
	}
	return c.Draw(http.StatusOK, "access", page)
}

// Bounds of what stands first in the log.
const (
	urgentDays = 30
	urgentMax  = 20
)

// urgent are the looks for which somebody broke the glass: at records of the caller's places, and by their own people at
// those of others.
func (w *Web) urgent(c *pages.Call, area *subtree, people map[p.EntityID]person) ([]ui.AccessLine, error) {
	rows, err := w.hub.Accesses(c.Ctx(), c.Who, p.EntityID{}, accessMax)
	if err != nil {
		return nil, err
	}
	since := c.Now.AddDate(0, 0, -urgentDays).UnixMilli()
	var out []ui.AccessLine
	err = c.View(func(tx store.Tx) error {
		for i := range rows {
			if rows[i].Act != registry.ActBreakGlass || rows[i].WallMS < since || len(out) == urgentMax {
				continue
			}
			line, err := accessLine(c, tx, area, people, &rows[i])
			if err != nil {
				return err
			}
			out = append(out, line)
		}
		return nil
	})
	return out, err
}

// accessLine is one look. Whose record it was is told to those only who may open it themselves.
func accessLine(c *pages.Call, tx store.Tx, area *subtree, people map[p.EntityID]person, r *project.AccessRow) (ui.AccessLine, error) {
	line := ui.AccessLine{
		At: c.Words.When(moment(c, r.WallMS), c.Now), Who: people[r.Actor].name, Place: area.rows[r.Place].Name, Act: c.ActWord(r.Act),
	}
	line.Reason = c.TakenWord(registry.ParseTaking(r.Reason))
	if r.Count > 0 {
		line.What = c.T("say.people_n", "n", int(r.Count))
	}
	if log, err := tx.Log(r.ID.Birth().Log); err != nil {
		return line, err
	} else if log != nil {
		if dev, err := tx.Device(log.Device); err != nil {
			return line, err
		} else if dev != nil {
			line.Device = number(dev.Number)
		}
	}
	if r.Subject.IsZero() || !c.May(rights.Read, registry.KindSubject) {
		return line, nil
	}
	row, err := tx.SubjectRow(r.Subject)
	if err != nil || row == nil {
		return line, err
	}
	if mine, err := c.Desk.Reads(tx, c.Who, row.Case); err != nil || !mine {
		return line, err
	}
	line.What, line.Href = row.Name, ui.PathChild+row.ID.String()
	if row.BirthPrec.DayKnown() {
		line.What += ", " + row.BirthDate.String()
	}
	return line, nil
}
