package web

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"tramy/internal/desk"
	"tramy/internal/pages"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/server"
	"tramy/internal/ui"
)

// afternoonEnds is when nobody reads a thermometer any more on a day.
var afternoonEnds = registry.NewClock(17, 30)

func (w *Web) registerFridge(s *server.Server) {
	s.Handle(http.MethodGet, ui.PathFridge, w.Page(w.showFridges))
	s.Handle(http.MethodPost, ui.PathFridge, w.Form(w.recordTemperatures))
	s.Handle(http.MethodPost, ui.PathFridge+"/note", w.Form(w.noteTemperature))
	s.Handle(http.MethodPost, ui.PathFridge+"/keep", w.Form(w.keepFridge))
	s.Handle(http.MethodPost, ui.PathFridge+"/logger", w.Page(w.takeLogger), server.BodyMax(LoggerBytesMax+1<<20), server.Timeout(uploadTime))
}

// fridgeTyped is what a form of the page was sent with, and what is wrong with it.
type fridgeTyped struct {
	values     url.Values        // of the readings
	wrong      map[string]string // by the name of the control
	form       *ui.FridgeForm
	edit       string
	note       string // the excursion whose note was refused
	noteText   string
	noteWrong  string
	fridge     string // of a logger's file
	fileWrong  string
	aboveWrong string
}

func (w *Web) showFridges(c *pages.Call) error {
	return w.drawFridges(c, http.StatusOK, &fridgeTyped{edit: c.R.URL.Query().Get("edit")})
}

func (w *Web) drawFridges(c *pages.Call, status int, typed *fridgeTyped) error {
	first, until := monthOf(c)
	log, err := c.Desk.FridgeLog(c.Ctx(), c.Who, first, until)
	if err != nil {
		return err
	}
	frame, err := c.Frame(ui.NavStock)
	if err != nil {
		return err
	}
	frame.Path = ui.PathFridge
	if typed.aboveWrong != "" {
		frame.Notes = append(frame.Notes, ui.Note{Tone: ui.ToneAsk, Lead: typed.aboveWrong, Alert: true})
	}
	year, month, _ := first.Date()
	page := ui.Fridges{
		Frame: frame, Month: c.T("fridge_say.month", "month", int(month), "year", strconv.Itoa(year)),
		Before: monthPath(first - 1), MayRecord: c.May(rights.Create, registry.KindTemperature) && c.May(rights.Create, registry.KindFridge),
		LoggerError: typed.fileWrong, Logger: ui.Select{Value: typed.fridge},
	}
	if until < c.Today {
		page.After = monthPath(until + 1)
	}
	form := ui.FridgeForm{Low: ui.Field{Value: degrees(c, registry.FridgeLowUsual)}, High: ui.Field{Value: degrees(c, registry.FridgeHighUsual)}}
	for i := range log.Fridges {
		f := &log.Fridges[i]
		if typed.edit == f.ID.String() {
			form = fridgeForm(c, f)
		}
		if f.Keeps(c.Today) {
			page.Logger.Options = append(page.Logger.Options, ui.Option{Value: f.ID.String(), Text: f.Name})
			if page.After == "" {
				page.Now = append(page.Now, fridgeRead(c, f, typed))
			}
		}
		if table := fridgeTable(c, f); len(table.Rows) > 0 {
			page.Tables = append(page.Tables, table)
		}
	}
	if typed.values != nil {
		page.Day = ui.Field{Value: typed.values.Get("day"), Error: typed.wrong["day"]}
		page.Clock = ui.Field{Value: typed.values.Get("clock"), Error: typed.wrong["clock"]}
	}
	if page.Form = form; typed.form != nil {
		page.Form = *typed.form
	}
	if page.Excursions, err = excursions(c, log.Excursions, typed); err != nil {
		return err
	}
	return c.Draw(status, "fridge", page)
}

// monthOf is the first and the last day of the month that an address asks for, this one if it asks for none or for one to come.
func monthOf(c *pages.Call) (first, last registry.Day) {
	year, month, _ := c.Today.Date()
	if t, err := time.Parse("2006-01", c.R.URL.Query().Get("month")); err == nil {
		if d := registry.Today(t, 0); d <= c.Today && d > c.Today-registry.Day(366*50) {
			year, month = t.Year(), t.Month()
		}
	}
	start := time.Date(year, month, 1, 0, 0, 0, 0, time.UTC)
	return registry.Today(start, 0), registry.Today(start.AddDate(0, 1, -1), 0)
}

func monthPath(on registry.Day) string {
	year, month, _ := on.Date()
	return ui.PathFridge + "?month=" + time.Date(year, month, 1, 0, 0, 0, 0, time.UTC).Format("2006-01")
}

// degrees writes a temperature as people do.
func degrees(c *pages.Call, t registry.Tenths) string {
	return strings.Replace(c.Words.Decimal(float64(t)/10, 1), "-", "−", 1)
}

func degreesOf(c *pages.Call, d registry.Degrees) string {
	if !d.Known {
		return ""
	}
	return degrees(c, d.Tenths)
}

func keeps(c *pages.Call, f *registry.FridgeInput) string {
	return c.T("fridge_say.keeps", "low", degrees(c, f.Low), "high", degrees(c, f.High))
}

func fridgeForm(c *pages.Call, f *desk.FridgeSheet) ui.FridgeForm {
	form := ui.FridgeForm{
		ID: f.ID.String(), Was: f.Name, Seen: registry.SawOf(f.State).String(), Name: ui.Field{Value: f.Name}, Low: ui.Field{Value: degrees(c, f.Low)},
		High: ui.Field{Value: degrees(c, f.High)}, Serial: ui.Field{Value: f.Serial},
	}
	if f.Retired != 0 {
		form.Retired.Value = f.Retired.String()
	}
	return form
}

// fridgeRead is a fridge in the form of the readings.
func fridgeRead(c *pages.Call, f *desk.FridgeSheet, typed *fridgeTyped) ui.FridgeRead {
	id := f.ID.String()
	out := ui.FridgeRead{ID: id, Name: f.Name, Keeps: keeps(c, &f.FridgeInput), Last: ui.Mark{Kind: ui.MarkLater, Text: c.T("fridge_say.unread")}}
	if len(f.Days) > 0 && f.Days[0].Day == c.Today {
		last := f.Days[0].Afternoon
		if last == nil {
			last = f.Days[0].Morning
		}
		if last != nil {
			out.Last = ui.Mark{Kind: ui.MarkSafe, Text: c.T("fridge_say.read", "at", last.Clock.String(), "degrees", degreesOf(c, last.Value))}
			if last.Cold || last.Warm {
				out.Last.Kind = ui.MarkNo
			}
		}
	}
	if typed.values != nil {
		field := func(name string) ui.Field {
			return ui.Field{Value: typed.values.Get(name + id), Error: typed.wrong[name+id]}
		}
		out.Value, out.Lowest, out.Highest = field("value."), field("lowest."), field("highest.")
		out.Open = out.Lowest != ui.Field{} || out.Highest != ui.Field{}
	}
	return out
}

// The drawing is chartHeight units high, from chartTop tenths of a degree down to chartBottom.
const (
	chartHeight = 100
	chartTop    = 150
	chartBottom = -50
)

func chartY(t registry.Tenths) int {
	return (chartTop - int(max(min(t, chartTop), chartBottom))) * chartHeight / (chartTop - chartBottom)
}

func fridgeTable(c *pages.Call, f *desk.FridgeSheet) ui.FridgeTable {
	out := ui.FridgeTable{
		Name: f.Name, Serial: f.Serial, Keeps: keeps(c, &f.FridgeInput), Low: chartY(f.Low), High: chartY(f.High),
		Edit: ui.PathFridge + "?" + url.Values{"edit": {f.ID.String()}}.Encode() + "#form",
	}
	now := c.Desk.Clock()
	oldest := c.Today // before its first reading nobody was expected to read it
	for i := range f.Days {
		if f.Days[i].Lowest.Known {
			oldest = f.Days[i].Day
		}
	}
	for i := range f.Days {
		d := &f.Days[i]
		if d.Day < oldest {
			break
		}
		row := ui.FridgeDay{
			Day: c.Words.ShortDate(c.Now.AddDate(0, 0, int(d.Day-c.Today))), Morning: fridgeCell(c, d.Morning), Afternoon: fridgeCell(c, d.Afternoon),
			Lowest: degreesOf(c, d.Lowest), Highest: degreesOf(c, d.Highest),
			LowestOdd: d.Lowest.Known && d.Lowest.Tenths < f.Low, HighestOdd: d.Highest.Known && d.Highest.Tenths > f.High,
		}
		if d.Logger == nil {
			row.MorningDue = d.Morning == nil && (d.Day < c.Today || now >= desk.Noon)
			row.AfternoonDue = d.Afternoon == nil && (d.Day < c.Today || now >= afternoonEnds)
		} else {
			row.Logger = c.T("fridge_say.logger", "n", d.Logger.Readings)
		}
		for _, t := range []*desk.Temperature{d.Morning, d.Afternoon, d.Logger} {
			if t != nil && t.Note != "" {
				row.Notes = append(row.Notes, t.Note)
			}
		}
		for _, due := range []bool{row.MorningDue, row.AfternoonDue} {
			if due {
				out.Unread++
			}
		}
		if d.Lowest.Known && d.Highest.Known {
			_, _, day := d.Day.Date()
			y := chartY(d.Highest.Tenths)
			out.Chart = append(out.Chart, ui.FridgeBar{X: 12*(day-1) + 2, Y: y, Height: max(chartY(d.Lowest.Tenths)-y, 2), Odd: row.LowestOdd || row.HighestOdd})
		}
		out.Rows = append(out.Rows, row)
	}
	slices.Reverse(out.Chart)
	return out
}

func fridgeCell(c *pages.Call, t *desk.Temperature) ui.FridgeCell {
	if t == nil {
		return ui.FridgeCell{}
	}
	out := ui.FridgeCell{Text: degreesOf(c, t.Value), Clock: t.Clock.String()}
	out.Mark = excursionMark(c, t)
	return out
}

func excursionMark(c *pages.Call, t *desk.Temperature) ui.Mark {
	switch {
	case t.Froze():
		return ui.Mark{Kind: ui.MarkNo, Text: c.T("fridge_say.froze")}
	case t.Cold:
		return ui.Mark{Kind: ui.MarkNo, Text: c.T("fridge_say.cold")}
	case t.Warm:
		return ui.Mark{Kind: ui.MarkNo, Text: c.T("fridge_say.warm")}
	}
	return ui.Mark{}
}

// excursions tells what went wrong, and which lots may have lain there then.
func excursions(c *pages.Call, list []desk.Temperature, typed *fridgeTyped) ([]ui.FridgeExcursion, error) {
	if len(list) == 0 {
		return nil, nil
	}
	moments := make([]int64, len(list))
	for i := range list {
		moments[i] = registry.Moment(list[i].Day, list[i].Clock)
	}
	lots, err := c.Desk.VaccinesThen(c.Ctx(), c.Who, moments...)
	if err != nil && !errors.Is(err, desk.ErrElsewhere) { // an officer of above reads the temperatures, and not the ledger
		return nil, err
	}
	vaccines, err := vaccinesOf(c)
	if err != nil {
		return nil, err
	}
	var out []ui.FridgeExcursion
	for i := range list {
		t := &list[i]
		x := ui.FridgeExcursion{
			ID: t.ID.String(), Seen: registry.SawOf(t.State).String(), Fridge: t.Fridge, When: strings.TrimSpace(t.Day.String() + " " + t.Clock.String()),
			Mark: excursionMark(c, t), Frozen: t.Froze(), Note: t.Note,
		}
		var parts []string
		if t.Value.Known {
			parts = append(parts, degreesOf(c, t.Value)+" °C")
		}
		if low, high := t.Coldest(), t.Warmest(); low.Known && high.Known && low != high {
			parts = append(parts, c.T("fridge_say.between", "low", degreesOf(c, low), "high", degreesOf(c, high)))
		}
		for _, span := range []struct {
			key     string
			minutes int
		}{{"fridge_say.below_for", t.Below}, {"fridge_say.above_for", t.Above}} {
			if span.minutes > 0 {
				parts = append(parts, c.T(span.key, "time", minutesText(c, span.minutes)))
			}
		}
		x.How = strings.Join(parts, ", ")
		for j := range vaccines {
			v := &vaccines[j]
			if lots == nil || t.Froze() && !registry.FreezeSensitive(v.Code) {
				continue
			}
			for _, lot := range lots[i] {
				if lot.Key.Item == v.Code {
					x.Lots = append(x.Lots, pages.VaccineName(c.Words, v)+" "+cmp.Or(lot.Number, lot.Key.Lot))
				}
			}
		}
		x.NoLots = lots != nil && len(x.Lots) == 0
		if typed.note == x.ID {
			x.Typed, x.NoteError = typed.noteText, typed.noteWrong
		}
		out = append(out, x)
	}
	return out, nil
}

func minutesText(c *pages.Call, n int) string {
	if n < 60 {
		return c.T("fridge_say.minutes", "n", n)
	}
	return c.T("fridge_say.hours", "n", n/60, "m", n%60)
}

// noteFridge tells on the first page what waits at the fridges.
func noteFridge(c *pages.Call, f *ui.Frame) error {
	if !c.May(rights.Create, registry.KindTemperature) {
		return nil
	}
	waits, err := c.Desk.FridgeWaits(c.Ctx())
	if err != nil {
		return err
	}
	open := &ui.Action{Label: c.T("fridge_say.open"), Href: ui.PathFridge}
	if waits.Unexplained > 0 {
		f.Notes = append(f.Notes, ui.Note{Tone: ui.ToneAsk, Lead: c.T("fridge_say.unexplained", "n", waits.Unexplained), Action: open})
	} else if len(waits.Unread) > 0 {
		f.Notes = append(f.Notes, ui.Note{Lead: c.T("fridge_say.waits", "names", strings.Join(waits.Unread, ", ")), Action: open})
	}
	return nil
}
