package pages

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"tramy/internal/desk"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/report"
	"tramy/internal/sheet"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// needAsked is which needs the address asks for, and what is wrong with that.
type needAsked struct {
	desk.NeedQuery
	coverage, buffer           string
	coverageError, bufferError string
}

// needOf reads ?month=2026-12 &place= &coverage= &buffer=. A month that cannot be asked for is the next.
func (c *Call) needOf() (*needAsked, error) {
	q := c.R.URL.Query()
	now := c.Today.Month()
	out := &needAsked{coverage: strings.TrimSpace(q.Get("coverage")), buffer: strings.TrimSpace(q.Get("buffer"))}
	out.Month, out.Coverage, out.Buffer = now+1, -1, -1
	if first, err := registry.ParseISO(q.Get("month") + "-01"); err == nil && first.Month() >= now && first.Month() <= now+desk.NeedAheadMax {
		out.Month = first.Month()
	}
	if text := q.Get("place"); text != "" {
		id, err := p.ParseEntityID(text)
		if err != nil {
			return nil, desk.ErrNotFound
		}
		out.Place = id
	}
	for _, x := range []struct {
		text  string
		n     *int
		max   int
		wrong *string
	}{{out.coverage, &out.Coverage, registry.NeedCoverageMax, &out.coverageError}, {out.buffer, &out.Buffer, registry.NeedBufferMax, &out.bufferError}} {
		if x.text == "" {
			continue
		}
		n, err := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(x.text, "%")))
		if err != nil || n < 0 || n > x.max {
			*x.wrong = c.T("invalid."+string(registry.CodeRange), "min", 0, "max", x.max)
			continue
		}
		*x.n = n
	}
	return out, nil
}

// query is the address of the same needs, with more.
func (a *needAsked) query(path string, more ...string) string {
	q := url.Values{"month": {a.Month.First().ISO()[:7]}}
	if !a.Place.IsZero() {
		q.Set("place", a.Place.String())
	}
	if a.Coverage >= 0 && a.Coverage != registry.NeedCoverage {
		q.Set("coverage", strconv.Itoa(a.Coverage))
	}
	if a.Buffer >= 0 && a.Buffer != registry.NeedBuffer {
		q.Set("buffer", strconv.Itoa(a.Buffer))
	}
	for i := 0; i+1 < len(more); i += 2 {
		q.Set(more[i], more[i+1])
	}
	return path + "?" + q.Encode()
}

func (pg *Pages) showNeeds(c *Call) error {
	asked, err := c.needOf()
	if err != nil {
		return err
	}
	frame, err := c.stockFrame()
	if err != nil {
		return err
	}
	frame.Path = ui.PathNeeds
	page := ui.Needs{Frame: frame, Month: asked.Month.String(), At: c.R.URL.Query().Get("place")}
	for i := range registry.Month(desk.NeedAheadMax + 1) {
		m := c.Today.Month() + i
		page.Months.Options = append(page.Months.Options, ui.Option{Value: m.First().ISO()[:7], Text: m.String()})
	}
	page.Months.Value = asked.Month.First().ISO()[:7]
	page.Coverage = ui.Field{Value: cmp.Or(asked.coverage, strconv.Itoa(registry.NeedCoverage)), Error: asked.coverageError}
	page.Buffer = ui.Field{Value: cmp.Or(asked.buffer, strconv.Itoa(registry.NeedBuffer)), Error: asked.bufferError}
	status := http.StatusOK
	if asked.coverageError != "" || asked.bufferError != "" {
		status = http.StatusUnprocessableEntity // the sum is shown with what is usual
	}
	needs, err := c.Desk.Needs(c.Ctx(), c.Who, asked.NeedQuery)
	var list registry.Errors
	if errors.As(err, &list) && list.Has("place", registry.CodeTooMany) {
		c.needPlaces(&page, asked)
		return c.Draw(http.StatusOK, "stockneeds", page)
	}
	if err != nil {
		return err
	}
	if asked.Place.IsZero() {
		asked.Place = needs.Place.ID
	}
	if format := sheet.Format(c.R.URL.Query().Get("format")); format == sheet.XLSX || format == sheet.CSV {
		return c.sendNeeds(asked, format, c.needPaper(needs))
	}
	page.Name, page.At = needs.Place.Name, needs.Place.ID.String()
	page.XLSX, page.CSV = asked.query(ui.PathNeeds, "format", "xlsx"), asked.query(ui.PathNeeds, "format", "csv")
	page.Wastage = asked.query(ui.PathWastage)
	year, _, _ := asked.Month.First().Date()
	page.Targets = (&targetAsked{year: year}).query()
	if c.Hub {
		page.Targets = (&targetAsked{year: year, place: needs.Place.ID}).query()
		page.Crumbs = c.needCrumbs(needs.Place.ID, asked)
	}
	if needs.Parts != nil {
		c.needSums(&page, needs, asked)
	}
	for i := range needs.Lines {
		page.Lines = append(page.Lines, c.needLine(needs, &needs.Lines[i], asked, page.Targets))
	}
	for i := range needs.Supplies {
		s := &needs.Supplies[i]
		page.Supplies = append(page.Supplies, ui.NeedSupply{
			Name: c.itemName(s.Item, needs.Vaccines), How: c.supplyHow(s), Wanted: c.Words.Int(int64(s.Wanted)), Usable: c.Words.Int(int64(s.Usable)), Lacking: c.Words.Int(int64(s.Lacking)),
		})
	}
	return c.Draw(status, "stockneeds", page)
}

// needPlaces offers what lies under a place that is too large for one sum.
func (c *Call) needPlaces(page *ui.Needs, asked *needAsked) {
	m := c.Desk.Map()
	at := asked.Place
	if at.IsZero() {
		at = m.Register(c.Who.Place)
	}
	page.Crumbs = c.needCrumbs(at, asked)
	for _, id := range m.Children(at) {
		if row, ok := m.Row(id); ok && row.Level < registry.LevelFacility {
			other := *asked
			other.Place = id
			page.Under = append(page.Under, ui.Crumb{Name: row.Name, Href: other.query(ui.PathNeeds)})
		}
	}
	slices.SortFunc(page.Under, func(a, b ui.Crumb) int { return strings.Compare(registry.Fold(a.Name), registry.Fold(b.Name)) })
}

func (c *Call) needCrumbs(place p.EntityID, asked *needAsked) (out []ui.Crumb) {
	m := c.Desk.Map()
	for _, up := range m.Path(place) {
		if !c.Desk.Within(c.Who, up) {
			break
		}
		row, _ := m.Row(up)
		other := *asked
		other.Place = up
		crumb := ui.Crumb{Name: row.Name, Href: other.query(ui.PathNeeds)}
		if up == place {
			crumb.Href = ""
		}
		out = append([]ui.Crumb{crumb}, out...)
	}
	return out
}

// needSums says what the communes of a place lack, together and one by one.
func (c *Call) needSums(page *ui.Needs, needs *desk.Needs, asked *needAsked) {
	page.Heard = c.T("report_say.heard") + " " + c.T("report_say.heard_of", "n", needs.Heard.Fresh, "of", needs.Heard.Stations) + ". " + c.T("need_say.heard")
	lacking, ask := needs.Lacking(), needs.Proposed()
	for _, item := range c.needItems(needs, lacking) {
		page.Sums = append(page.Sums, ui.NeedSupply{
			Name: c.itemName(item, needs.Vaccines), Wanted: c.Words.Int(int64(lacking[item])), Usable: c.Words.Int(needs.Store[item]), Lacking: c.Words.Int(int64(ask[item])),
		})
	}
	for i := range needs.Parts {
		part := &needs.Parts[i]
		other := *asked
		other.Place = part.Place.ID
		var texts []string
		for _, item := range c.needItems(needs, part.Lacks) {
			texts = append(texts, c.itemName(item, needs.Vaccines)+" "+c.Words.Int(int64(part.Lacks[item])))
		}
		page.Parts = append(page.Parts, ui.NeedPart{Href: other.query(ui.PathNeeds), Name: part.Place.Name, Text: strings.Join(texts, ", ")})
	}
}

// needItems are the items of a sum, vaccines as on the card, then supplies.
func (c *Call) needItems(needs *desk.Needs, of map[string]int) (out []string) {
	for i := range needs.Vaccines {
		if of[needs.Vaccines[i].Code] > 0 {
			out = append(out, needs.Vaccines[i].Code)
		}
	}
	for _, item := range registry.Supplies() {
		if of[item] > 0 {
			out = append(out, item)
		}
	}
	return out
}

func (c *Call) supplyHow(s *registry.SupplyNeed) string {
	key := "need_say.supply"
	switch {
	case s.Per > 1:
		key = "need_say.supply_box"
	case registry.DiluentFor(s.Item) != "":
		key = "need_say.supply_diluent"
	case s.Item == registry.SupplyMix5:
		key = "need_say.supply_mix"
	}
	return c.T(key, "n", s.For, "factor", c.Words.Decimal(float64(registry.WastageFactor(s.Wastage))/100, 2), "buffer", s.Buffer, "per", s.Per)
}

// needLine puts the sum of one vaccine into words.
func (c *Call) needLine(needs *desk.Needs, l *desk.NeedLine, asked *needAsked, targets string) ui.NeedLine {
	num := func(n int) string { return c.Words.Int(int64(n)) }
	out := ui.NeedLine{
		ID: "need-" + strings.ToLower(l.Vaccine), Name: c.itemName(l.Vaccine, needs.Vaccines), Small: c.T("stock_say.vial_of", "n", l.Vial), Due: num(l.Due), Used: num(l.Wanted), Usable: num(l.Usable),
		Vials: c.T("stock_say.vials", "n", l.Vials), Doses: c.T("stock_say.doses", "n", l.Need.Doses), Lacks: l.Vials > 0,
	}
	add := func(sum bool, href, result, key string, args ...any) {
		step := ui.NeedStep{What: c.T("need_step."+key, args...), Result: result, Href: href, Sum: sum}
		if c.Words.Has("need_step." + key + "_how") {
			step.How = c.T("need_step."+key+"_how", args...)
		}
		out.Steps = append(out.Steps, step)
	}
	rows := ""
	if l.Registered > 0 {
		rows = asked.query(ui.PathNeeds+"/rows", "item", l.Vaccine)
	}
	add(false, rows, num(l.Registered), "registered", "coming", l.Coming, "overdue", l.Overdue, "month", asked.Month.String())
	if l.Newborn > 0 {
		add(false, ui.PathWomen, num(l.Newborn), "newborn", "month", asked.Month.String())
	}
	switch {
	case l.HasPlan:
		var of []string
		for _, t := range l.Of {
			of = append(of, c.T("need_say.plan_of", "group", c.T("target_group."+t.Group.String()), "n", int(t.People), "doses", t.Doses))
		}
		add(false, targets, num(l.Planned), "planned", "of", strings.Join(of, " + "))
	case len(l.Of) > 0:
		add(false, targets, "?", "unplanned")
	}
	if l.Registered+l.Newborn == 0 && !l.HasPlan && l.Usual > 0 {
		add(true, asked.query(ui.PathWastage), num(l.Due), "usual")
	} else {
		add(true, "", num(l.Due), "due")
	}
	factor := c.Words.Decimal(float64(registry.WastageFactor(l.Need.Wastage))/100, 2)
	add(false, "", num(l.Reached), "reached", "due", l.Due, "coverage", l.Coverage)
	waste := "wastage_plan"
	if l.Own {
		waste = "wastage_own"
	}
	add(true, asked.query(ui.PathWastage), num(l.Need.Used), waste, "percent", l.Need.Wastage, "factor", factor, "n", l.Reached)
	add(false, "", num(l.Reserve), "buffer", "buffer", l.Buffer, "n", l.Need.Used)
	if l.Vial > 1 {
		key := "sessions"
		if !l.Sessioned {
			key = "sessions_last"
		}
		href := ui.PathSessions
		if c.Hub {
			href = ""
		}
		add(false, href, num(l.AtLeast), key, "n", l.Sessions, "vial", l.Vial)
	}
	if l.BySessions {
		add(true, "", num(l.Wanted), "wanted_sessions", "used", l.Need.Used, "reserve", l.Reserve)
	} else {
		add(true, "", num(l.Wanted), "wanted", "used", l.Need.Used, "reserve", l.Reserve)
	}
	stock := ui.PathStock
	if c.Hub {
		stock = ""
	}
	have := 0
	for i := range l.Lots {
		have += max(0, l.Lots[i].Balance)
	}
	add(false, stock, num(l.Usable), "usable", "have", have, "before", l.Before)
	for i := range l.Lots {
		lot := &l.Lots[i]
		if lot.Left > 0 {
			out.Warn = append(out.Warn, c.T("need_say.expires", "lot", cmp.Or(lot.Number, c.T("stock_say.no_lot")), "on", lot.Expires.String(), "left", lot.Left, "have", lot.Balance))
		}
	}
	add(true, "", num(l.Lacking), "lacking", "wanted", l.Wanted, "usable", l.Usable)
	add(true, "", c.T("stock_say.vials", "n", l.Vials)+", "+c.T("stock_say.doses", "n", l.Need.Doses), "vials", "n", l.Lacking, "vial", l.Vial)
	return out
}

// needPaper is the same as a table: a line a vaccine and a supply, the steps of the sum in columns.
func (c *Call) needPaper(needs *desk.Needs) *report.Paper {
	paper := &report.Paper{Title: c.T("need.title", "month", needs.Query.Month.String()), Facts: []report.Fact{
		{Name: c.T("report_say.place"), Text: needs.Place.Name},
		{Name: c.T("need.coverage"), Text: strconv.Itoa(needs.Query.Coverage) + " %"},
		{Name: c.T("need.buffer"), Text: strconv.Itoa(needs.Query.Buffer) + " %"},
		{Name: c.T("report_say.made"), Text: c.Words.When(c.Now, c.Now) + ", " + c.Who.Name},
	}, Notes: []string{c.T("need.rule")}}
	if needs.Parts != nil {
		lacking, ask := needs.Lacking(), needs.Proposed()
		items := c.needItems(needs, lacking)
		paper.Columns = []report.PaperColumn{{Title: c.T("target.place")}}
		sum, store, want := []string{c.T("need.communes_lack")}, []string{c.T("need.store_has")}, []string{c.T("need.ask")}
		for _, item := range items {
			paper.Columns = append(paper.Columns, report.PaperColumn{Title: c.itemName(item, needs.Vaccines), Number: true})
			sum, store, want = append(sum, strconv.Itoa(lacking[item])), append(store, strconv.FormatInt(needs.Store[item], 10)), append(want, strconv.Itoa(ask[item]))
		}
		for i := range needs.Parts {
			row := []string{needs.Parts[i].Place.Name}
			for _, item := range items {
				row = append(row, strconv.Itoa(needs.Parts[i].Lacks[item]))
			}
			paper.Rows = append(paper.Rows, row)
		}
		paper.Rows = append(paper.Rows, sum, store, want)
		return paper
	}
	paper.Columns = []report.PaperColumn{{Title: c.T("stock.item")}}
	for _, key := range []string{"registered", "newborn", "planned", "due", "coverage", "reached", "wastage", "used", "reserve", "sessions", "atleast", "wanted", "usable", "lacking", "vial", "vials", "doses"} {
		paper.Columns = append(paper.Columns, report.PaperColumn{Title: c.T("need_column." + key), Number: true})
	}
	for i := range needs.Lines {
		l := &needs.Lines[i]
		row := []string{c.itemName(l.Vaccine, needs.Vaccines)}
		for _, n := range []int{l.Registered, l.Newborn, l.Planned, l.Due, l.Coverage, l.Reached, l.Need.Wastage, l.Need.Used, l.Reserve, l.Sessions, l.AtLeast, l.Wanted, l.Usable, l.Lacking, l.Vial, l.Vials, l.Need.Doses} {
			row = append(row, strconv.Itoa(n))
		}
		if !l.HasPlan {
			row[3] = ""
		}
		paper.Rows = append(paper.Rows, row)
	}
	for i := range needs.Supplies {
		s := &needs.Supplies[i]
		row := make([]string, len(paper.Columns))
		row[0], row[12], row[13], row[14] = c.itemName(s.Item, needs.Vaccines), strconv.Itoa(s.Wanted), strconv.Itoa(s.Usable), strconv.Itoa(s.Lacking)
		row[17] = strconv.Itoa(s.Lacking)
		paper.Rows = append(paper.Rows, row)
	}
	return paper
}

func (c *Call) sendNeeds(asked *needAsked, format sheet.Format, paper *report.Paper) error {
	kind := "text/csv; charset=utf-8"
	if format == sheet.XLSX {
		kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	}
	c.W.Header().Set("Content-Type", kind)
	c.W.Header().Set("Content-Disposition", `attachment; filename="du-tru-`+asked.Month.First().ISO()[:7]+"."+string(format)+`"`)
	return desk.WritePaper(c.W, format, paper)
}

// showNeedRows lists who on the register is due a vaccine.
func (pg *Pages) showNeedRows(c *Call) error {
	asked, err := c.needOf()
	if err != nil {
		return err
	}
	q := c.R.URL.Query()
	vaccines, err := c.allVaccines()
	if err != nil {
		return err
	}
	item := strings.ToUpper(strings.TrimSpace(q.Get("item")))
	if !slices.ContainsFunc(vaccines, func(v project.VaccineRow) bool { return v.Code == item }) {
		return desk.ErrNotFound
	}
	from, _ := strconv.Atoi(q.Get("after")) // anything else begins at the first
	place, list, total, err := c.Desk.NeedPeople(c.Ctx(), c.Who, asked.NeedQuery, item, from)
	if err != nil {
		return err
	}
	asked.Place = place.ID
	frame, err := c.stockFrame()
	if err != nil {
		return err
	}
	frame.Path = ui.PathNeeds + "/rows"
	page := ui.NeedRows{Frame: frame, Back: asked.query(ui.PathNeeds), Title: c.itemName(item, vaccines), Name: place.Name, Month: asked.Month.String(), Total: total}
	for i := range list {
		x := &list[i]
		line := ui.NeedPerson{Href: ui.PathChild + x.Who.ID.String(), Name: x.Who.Name, Line: c.PersonLine(&x.Who), Since: x.Since.String(), Mark: ui.Mark{Kind: ui.MarkDue, Text: c.T("need_say.due")}}
		if x.Overdue {
			line.Mark = ui.Mark{Kind: ui.MarkOverdue, Text: c.T("need_say.overdue")}
		}
		page.Rows = append(page.Rows, line)
	}
	if next := from + len(list); next < total && len(list) > 0 {
		page.More = asked.query(ui.PathNeeds+"/rows", "item", item, "after", strconv.Itoa(next))
	}
	return c.Draw(http.StatusOK, "stockneedrows", page)
}
