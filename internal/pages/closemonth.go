package pages

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"tramy/internal/desk"
	"tramy/internal/locale"
	"tramy/internal/registry"
	"tramy/internal/report"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// CloseNote says on the first page of a day, from the first of a month on, that the month before waits to be closed.
func (c *Call) CloseNote(f *ui.Frame) error {
	month, due, waits, err := c.Desk.MonthWaits(c.Ctx(), c.Who)
	if err != nil || !waits {
		return err
	}
	f.Notes = append(f.Notes, ui.Note{
		Lead: c.T("closing_say.waits", "month", month.String()), Text: c.deadlineMark(due).Text, Action: &ui.Action{Label: c.T("closing_say.open"), Href: ui.PathReportClose + "?month=" + monthKey(month)},
	})
	return nil
}

func monthKey(m registry.Month) string { return m.First().ISO()[:7] }

// monthAsked reads a month, by itself the one before this.
func (c *Call) monthAsked() registry.Month {
	month := c.Today.Month() - 1
	text := c.R.URL.Query().Get("month")
	if c.R.Method == http.MethodPost {
		text = c.Value("month")
	}
	if first, err := registry.ParseISO(text + "-01"); err == nil {
		month = first.Month()
	}
	return month
}

func (pg *Pages) showCloseMonth(c *Call) error {
	m, err := c.Desk.MonthToClose(c.Ctx(), c.Who, c.monthAsked())
	if err != nil {
		return err
	}
	return c.drawCloseMonth(http.StatusOK, m, nil, false)
}

// keptWords are those in which a report is kept: the law's language, whatever that of the page.
func (c *Call) keptWords() (reportWords, error) {
	ref, err := c.vaccineNames()
	return reportWords{locale.For(locale.Vietnamese), ref}, err
}

// keptReports are a month's reports as they are handed in. The supplies say what differs and why; settled is by gap.
func (c *Call) keptReports(m *desk.MonthClose, w reportWords, settled []registry.Settled) []report.Kept {
	var out []report.Kept
	for _, x := range m.Reports {
		paper := c.reportPaper(x, w)
		if x.Supplies != nil {
			paper.More = append(paper.More, gapTable(m, w, settled), uncountedTable(m, w))
		}
		out = append(out, report.Kept{Form: x.Layout.Form, Paper: paper})
	}
	return out
}

// gapTable states what the fridge and the ledger do not agree on.
func gapTable(m *desk.MonthClose, w reportWords, settled []registry.Settled) report.PaperTable {
	out := report.PaperTable{Title: w.T("closing_say.gaps"), Columns: []report.PaperColumn{
		{Title: w.T("report_say.item")},
		{Title: w.T("report_say.lot")},
		{Title: w.T("closing_say.counted_on"), Date: true},
		{Title: w.T("closing_say.book"), Number: true},
		{Title: w.T("closing_say.found"), Number: true},
		{Title: w.T("closing_say.gap"), Number: true},
		{Title: w.T("closing_say.may_be")},
		{Title: w.T("closing_say.reason")},
	}}
	for i := range m.Gaps {
		g := &m.Gaps[i]
		item, lot := gapNames(g, w)
		on, found, gap, reason := "", "", "", ""
		if !g.ID.IsZero() {
			on, found, gap = registry.Day(g.Moment/(24*60)).String(), strconv.FormatInt(g.Found, 10), strconv.FormatInt(g.Difference(), 10)
		}
		if i < len(settled) && settled[i].Reason != 0 {
			reason = w.T("gap_reason." + settled[i].Reason.String())
			if settled[i].Note != "" {
				reason += ": " + settled[i].Note
			}
		}
		out.Rows = append(out.Rows, []string{item, lot, on, strconv.FormatInt(g.Expected, 10), found, gap, strings.Join(causeWords(g, w), "; "), reason})
	}
	return out
}

// uncountedTable names the lots that nobody counted.
func uncountedTable(m *desk.MonthClose, w reportWords) report.PaperTable {
	out := report.PaperTable{Title: w.T("closing_say.uncounted"), Columns: []report.PaperColumn{
		{Title: w.T("report_say.item")}, {Title: w.T("report_say.lot")}, {Title: w.T("closing_say.book"), Number: true},
	}}
	for i := range m.Uncounted {
		item, lot, _ := m.Uncounted[i].Names(w)
		out.Rows = append(out.Rows, []string{item, lot, strconv.FormatInt(m.Uncounted[i].Closing, 10)})
	}
	return out
}

func gapNames(g *desk.Gap, w reportWords) (item, lot string) {
	line := report.SupplyLine{Item: g.Key.Item, Lot: g.Key.Lot, Number: g.Number, Stock: g.Key.Stock, Expires: g.Expires}
	item, lot, _ = line.Names(w)
	return item, lot
}

// causeWords name what may explain a difference, with how much of it.
func causeWords(g *desk.Gap, w reportWords) (out []string) {
	for _, x := range g.Causes {
		out = append(out, w.T("gap_reason."+x.Reason.String())+" ("+strconv.FormatInt(x.N, 10)+")")
	}
	return out
}

// sawMonth is what a form had shown of a month: another one means that something was written meanwhile.
func (c *Call) sawMonth(m *desk.MonthClose, w reportWords) (string, error) {
	_, hash, err := report.Pack(c.keptReports(m, w, nil))
	return fmt.Sprintf("%s-%d", hash, len(m.Closed)), err
}

// gapKey names a difference in a form.
func gapKey(g *desk.Gap) string {
	if g.ID.IsZero() {
		return g.Key.Item + "." + g.Key.Lot + "." + g.Key.Stock.String()
	}
	return g.ID.String()
}

// settled reads what was said of each difference.
func (c *Call) settled(m *desk.MonthClose) []registry.Settled {
	out := make([]registry.Settled, len(m.Gaps))
	for i := range m.Gaps {
		g := &m.Gaps[i]
		reason, _ := registry.GapReasonEnum.Number(c.Value("reason." + gapKey(g)))
		out[i] = registry.Settled{
			Count: g.ID, Item: g.Key.Item, Lot: cmp.Or(g.Number, g.Key.Lot), Gap: g.Difference(), Reason: registry.GapReason(reason), Note: strings.TrimSpace(c.Value("note." + gapKey(g))),
		}
	}
	return out
}

// closeMonth keeps a month's reports as they are handed in.
func (pg *Pages) closeMonth(c *Call) error {
	m, err := c.Desk.MonthToClose(c.Ctx(), c.Who, c.monthAsked())
	if err != nil {
		return err
	}
	w, err := c.keptWords()
	if err != nil {
		return err
	}
	saw, err := c.sawMonth(m, w)
	if err != nil {
		return err
	}
	if saw != c.Value("saw") {
		return c.drawCloseMonth(http.StatusConflict, m, nil, true)
	}
	in := registry.ClosingInput{Month: m.Month, Settled: c.settled(m), Why: c.Value("why")}
	if in.Packed, in.Hash, err = report.Pack(c.keptReports(m, w, in.Settled)); err != nil {
		return err
	}
	id, err := c.Desk.CloseMonth(c.Ctx(), c.Who, in)
	if wrong, known := c.Sentences(err); known {
		return c.drawCloseMonth(http.StatusUnprocessableEntity, m, wrong, false)
	}
	if err != nil {
		return err
	}
	return c.Go(ui.PathReportClosed + "/" + id.String())
}

func (c *Call) drawCloseMonth(status int, m *desk.MonthClose, wrong map[string]string, changed bool) error {
	frame, err := c.Frame(ui.NavReports)
	if err != nil {
		return err
	}
	frame.Path = ui.PathReportClose
	w, err := c.keptWords()
	if err != nil {
		return err
	}
	page := ui.CloseMonth{Frame: frame, Month: m.Month.String(), Key: monthKey(m.Month), Deadline: c.deadlineMark(m.Due), Changed: changed, Wrong: cmp.Or(wrong["month"], wrong["packed"], wrong["day"], wrong["reasons"])}
	if page.Saw, err = c.sawMonth(m, w); err != nil {
		return err
	}
	page.Open = m.Month.Last() >= c.Today
	page.From = (m.Month.Last() + 1).String()
	w.words = c.Words
	for _, x := range m.Reports {
		asked := reportAsked{ReportQuery: desk.ReportQuery{Form: x.Layout.Form, Place: x.Place.ID, Period: x.Period}}
		page.Reports = append(page.Reports, ui.Crumb{Name: x.Layout.Title.In(c.Words.Lang()) + ", " + x.Place.Name, Href: ui.PathReports + asked.query()})
	}
	post := c.R.Method == http.MethodPost
	for i := range m.Gaps {
		g := &m.Gaps[i]
		item, lot := gapNames(g, w)
		n := strconv.Itoa(i + 1)
		line := ui.CloseGap{Key: gapKey(g), Name: item, Small: lot, Book: c.amount(g.Expected), Causes: causeWords(g, w), Note: ui.Field{Value: g.Note, Error: wrong["note-"+n]}}
		line.Reason = c.choices(registry.GapReasonEnum, int64(g.Reason), true)
		line.Reason.Error = wrong["reason-"+n]
		if post {
			line.Reason.Value, line.Note.Value = c.Value("reason."+line.Key), c.Value("note."+line.Key)
		}
		if g.ID.IsZero() {
			line.Text = c.T("closing_say.below", "n", c.amount(g.Expected))
		} else {
			line.Text = c.T("closing_say.counted", "on", c.momentText(g.Moment), "found", c.amount(g.Found), "book", c.amount(g.Expected), "gap", signed(c, g.Difference()))
		}
		page.Gaps = append(page.Gaps, line)
	}
	for i := range m.Uncounted {
		item, lot, _ := m.Uncounted[i].Names(w)
		page.Uncounted = append(page.Uncounted, ui.CloseGap{Name: item, Small: lot, Book: c.amount(m.Uncounted[i].Closing)})
	}
	if len(m.Closed) > 0 {
		first := &m.Closed[0]
		page.Closed = &ui.Note{Lead: c.T("closing_say.closed_on", "month", m.Month.String(), "on", first.Day.String()), Action: &ui.Action{Label: c.T("closing_say.see"), Href: ui.PathReportClosed + "/" + first.ID.String()}}
		page.Why = ui.Field{Value: c.Value("why"), Error: wrong["why"]}
	}
	return c.Draw(status, "closemonth", page)
}

// showClosed shows what was handed in for a month, as a page or as a file, and what is otherwise now.
func (pg *Pages) showClosed(c *Call) error {
	id, err := p.ParseEntityID(c.R.PathValue("id"))
	if err != nil {
		return desk.ErrNotFound
	}
	m, err := c.Desk.Closing(c.Ctx(), c.Who, id)
	if err != nil {
		return err
	}
	form := c.R.URL.Query().Get("form")
	at := 0
	for i := range m.Kept {
		if m.Kept[i].Form == form {
			at = i
		}
	}
	if format := c.R.URL.Query().Get("format"); format != "" {
		if m.Broken || at >= len(m.Kept) {
			return desk.ErrNotFound
		}
		asked := &reportAsked{ReportQuery: desk.ReportQuery{Form: m.Kept[at].Form, Period: report.Period{From: m.Month.First(), To: m.Month.Last()}}}
		x := *m.Kept[at].Paper
		x.Facts = append(append([]report.Fact(nil), x.Facts...), report.Fact{Name: c.T("closing_say.handed_in"), Text: closedAt(&m.Closing)}, report.Fact{Name: "SHA-256", Text: m.Hash[:16] + "…"})
		return c.sendPaper(asked, format, &x, nil)
	}
	frame, err := c.Frame(ui.NavReports)
	if err != nil {
		return err
	}
	frame.Path = ui.PathReportClosed
	page := ui.ClosedMonth{Frame: frame, Month: m.Month.String(), Place: m.Place.Name, Broken: m.Broken, Why: m.Why, At: closedAt(&m.Closing), Hash: m.Hash}
	for i := range m.All {
		x := &m.All[i]
		key := "closing_say.correction"
		if i == 0 {
			key = "closing_say.first"
		}
		page.All = append(page.All, ui.ReportForm{Name: c.T(key, "on", x.Day.String()), Href: ui.PathReportClosed + "/" + x.ID.String(), Current: x.ID == id})
	}
	if c.Desk.MayCloseMonth(c.Who) && m.Closing.Place == c.Desk.Node.Identity().Place {
		page.Again = ui.PathReportClose + "?month=" + monthKey(m.Month)
	}
	if at < len(m.Kept) {
		if err := c.fillClosed(&page, m, at); err != nil {
			return err
		}
	}
	return c.Draw(http.StatusOK, "closedmonth", page)
}

func closedAt(x *registry.Closing) string {
	return strings.TrimSpace(x.Clock.String() + " " + x.Day.String())
}

// fillClosed draws one of the reports that were kept, and what is otherwise in the same report now.
func (c *Call) fillClosed(page *ui.ClosedMonth, m *desk.ClosedMonth, at int) error {
	path := ui.PathReportClosed + "/" + m.Closing.ID.String() + "?form="
	for i := range m.Kept {
		page.Forms = append(page.Forms, ui.ReportForm{Name: m.Kept[i].Paper.Title, Href: path + m.Kept[i].Form, Current: i == at})
	}
	kept := m.Kept[at]
	path += kept.Form
	page.PDF, page.XLSX, page.CSV = path+"&format=pdf", path+"&format=xlsx", path+"&format=csv"
	for _, f := range kept.Paper.Facts {
		page.Facts = append(page.Facts, ui.Fact{Name: f.Name, Value: f.Text})
	}
	page.Tables = append(page.Tables, keptTable(&report.PaperTable{Title: kept.Paper.Title, Columns: kept.Paper.Columns, Rows: kept.Paper.Rows}))
	for i := range kept.Paper.More {
		page.Tables = append(page.Tables, keptTable(&kept.Paper.More[i]))
	}
	now, err := c.Desk.ReportOf(c.Ctx(), c.Who, m, kept.Form)
	// Who may not make the report, and a program that does not know its form, still show what was handed in.
	if errors.Is(err, desk.ErrElsewhere) || errors.Is(err, desk.ErrForbidden) || errors.Is(err, desk.ErrNotFound) {
		page.NotNow = true
		return nil
	}
	if err != nil {
		return err
	}
	w, err := c.keptWords()
	if err != nil {
		return err
	}
	for _, x := range report.Changes(kept.Paper, c.reportPaper(now, w)) {
		page.Changes = append(page.Changes, ui.ClosedChange{Row: x.Row, Column: x.Column, Was: cmp.Or(x.Was, "–"), Now: cmp.Or(x.Now, "–")})
	}
	return nil
}

// keptTable is a table of what was kept: its words, as they are.
func keptTable(t *report.PaperTable) ui.ReportTable {
	out := ui.ReportTable{Title: t.Title}
	small := func(i int) bool { return i >= 3 && i < len(t.Columns)-1 }
	for i, col := range t.Columns {
		out.Columns = append(out.Columns, ui.ReportColumn{Name: col.Heading(), Small: small(i), Text: !col.Number})
	}
	for _, cells := range t.Rows {
		var line ui.ReportLine
		for i := range t.Columns {
			text := ""
			if i < len(cells) {
				text = cells[i]
			}
			line.Cells = append(line.Cells, ui.ReportCell{Text: text, Small: small(i), Words: !t.Columns[i].Number})
		}
		out.Rows = append(out.Rows, line)
	}
	return out
}

// showClosedList shows who has closed a month.
func (pg *Pages) showClosedList(c *Call) error {
	month := c.monthAsked()
	var at p.EntityID
	if text := c.R.URL.Query().Get("place"); text != "" {
		id, err := p.ParseEntityID(text)
		if err != nil {
			return desk.ErrNotFound
		}
		at = id
	}
	list, err := c.Desk.ClosedList(c.Ctx(), c.Who, at, month)
	if err != nil {
		return err
	}
	frame, err := c.Frame(ui.NavReports)
	if err != nil {
		return err
	}
	frame.Path = ui.PathReportClosed
	page := ui.ClosedMonths{Frame: frame, Month: ui.Select{Value: monthKey(month)}, Name: month.String(), Total: len(list)}
	for i := range registry.Month(reportMonths) {
		m := c.Today.Month() - 1 - i
		page.Month.Options = append(page.Month.Options, ui.Option{Value: monthKey(m), Text: m.String()})
	}
	due, err := c.Desk.CloseDue(month)
	if err != nil {
		return err
	}
	page.Due = due.String()
	for i := range list {
		x := &list[i]
		line := ui.ClosedPlace{Name: x.Place.Name, Commune: x.Commune.Name}
		switch {
		case len(x.Closed) > 0:
			page.Done++
			line.Mark, line.Href = ui.Mark{Kind: ui.MarkDone, Text: c.T("closing_say.done", "on", x.Closed[0].Day.String())}, ui.PathReportClosed+"/"+x.Closed[0].ID.String()
			if x.Closed[0].Day > due {
				line.Mark.Kind, line.Mark.Text = ui.MarkAsk, c.T("closing_say.done_late", "on", x.Closed[0].Day.String(), "n", int(x.Closed[0].Day-due))
			}
			if n := len(x.Closed) - 1; n > 0 {
				line.Text = c.T("closing_say.corrections", "n", n)
			}
		case c.Today > due:
			line.Mark = ui.Mark{Kind: ui.MarkOverdue, Text: c.T("closing_say.late", "n", int(c.Today-due))}
		default:
			line.Mark = ui.Mark{Kind: ui.MarkLater, Text: c.T("closing_say.not_yet")}
		}
		if len(x.Closed) == 0 && c.Hub && x.Heard.Fresh < x.Heard.Stations {
			line.Text = c.T("closing_say.not_heard")
		}
		page.Rows = append(page.Rows, line)
	}
	return c.Draw(http.StatusOK, "closedmonths", page)
}
