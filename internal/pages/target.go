package pages

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"tramy/internal/desk"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/sheet"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// targetAsked is which table the address or a form asks for.
type targetAsked struct {
	place p.EntityID
	year  int
	from  int
}

// targetsAsked reads ?place= &year= &from=. A year that no target may be of is this one.
func (c *Call) targetsAsked(place, year, from string) (targetAsked, error) {
	now, _, _ := c.Today.Date()
	out := targetAsked{year: now}
	if place != "" {
		id, err := p.ParseEntityID(place)
		if err != nil {
			return out, desk.ErrNotFound
		}
		out.place = id
	}
	if y, err := strconv.Atoi(year); err == nil && y >= now-registry.TargetYearsMax && y <= now+registry.TargetYearsMax {
		out.year = y
	}
	out.from, _ = strconv.Atoi(from) // anything else begins at the first
	return out, nil
}

func (a *targetAsked) query(more ...string) string {
	q := url.Values{"year": {strconv.Itoa(a.year)}}
	if !a.place.IsZero() {
		q.Set("place", a.place.String())
	}
	for i := 0; i+1 < len(more); i += 2 {
		q.Set(more[i], more[i+1])
	}
	return ui.PathTargets + "?" + q.Encode()
}

// targetTyped is a form of targets as it came back: what was typed, and what is wrong, by the name of the field.
type targetTyped struct {
	text, errs map[string]string
	rows       map[p.EntityID]string
	wrong      []string // lines of a file
}

func (pg *Pages) showTargets(c *Call) error {
	q := c.R.URL.Query()
	asked, err := c.targetsAsked(q.Get("place"), q.Get("year"), q.Get("from"))
	if err != nil {
		return err
	}
	if format := sheet.Format(q.Get("format")); format == sheet.XLSX || format == sheet.CSV {
		return c.sendTargets(&asked, format)
	}
	return c.drawTargets(http.StatusOK, &asked, nil)
}

func (c *Call) drawTargets(status int, asked *targetAsked, typed *targetTyped) error {
	table, err := c.Desk.Targets(c.Ctx(), c.Who, asked.place, asked.year, asked.from)
	if err != nil {
		return err
	}
	if typed == nil {
		typed = &targetTyped{}
	}
	asked.place = table.Place.ID
	frame, err := c.Frame(ui.NavReports)
	if err != nil {
		return err
	}
	frame.Path = ui.PathTargets
	page := ui.Targets{
		Frame: frame, Name: table.Place.Name, At: table.Place.ID.String(), Year: strconv.Itoa(asked.year), May: table.May, File: table.May && c.Hub, Wrong: typed.wrong,
		XLSX: asked.query("format", "xlsx"), CSV: asked.query("format", "csv"), Document: ui.Field{Value: typed.text["document"], Error: typed.errs["document"]},
	}
	page.Source = c.choices(registry.TargetSourceEnum, int64(table.Source), false)
	page.Source.Value, page.Source.Error = cmp.Or(typed.text["source"], page.Source.Value), typed.errs["source"]
	now, _, _ := c.Today.Date()
	for y := now - 2; y <= now+1; y++ {
		crumb := ui.Crumb{Name: strconv.Itoa(y)}
		if y != asked.year {
			other := targetAsked{place: asked.place, year: y}
			crumb.Href = other.query()
		}
		page.Years = append(page.Years, crumb)
	}
	if c.Hub {
		page.Crumbs = c.targetCrumbs(asked)
	}
	if table.From > 0 {
		page.Back = asked.query("from", strconv.Itoa(max(0, table.From-desk.TargetRowsMax+1)))
	}
	if next := table.From + len(table.Rows) - 1; next < table.Below {
		page.More = asked.query("from", strconv.Itoa(next))
	}
	for _, g := range registry.TargetGroups() {
		page.Groups = append(page.Groups, c.T("target_group."+g.String()))
	}
	for i := range table.Rows {
		page.Rows = append(page.Rows, c.targetLine(&table.Rows[i], i, asked, typed))
	}
	return c.Draw(status, "targets", page)
}

// targetCrumbs are the places above one, from the person's own down.
func (c *Call) targetCrumbs(asked *targetAsked) []ui.Crumb {
	var out []ui.Crumb
	m := c.Desk.Map()
	for _, up := range m.Path(asked.place) {
		if !c.Desk.Within(c.Who, up) {
			break
		}
		row, _ := m.Row(up)
		crumb := ui.Crumb{Name: row.Name}
		if up != asked.place {
			crumb.Href = (&targetAsked{place: up, year: asked.year}).query()
		}
		out = append([]ui.Crumb{crumb}, out...)
	}
	return out
}

func (c *Call) targetLine(row *desk.TargetRow, n int, asked *targetAsked, typed *targetTyped) ui.TargetLine {
	line := ui.TargetLine{N: n, Place: row.Place.ID.String(), Name: row.Place.Name, May: row.May, Error: typed.rows[row.Place.ID]}
	if !row.Leaf && n > 0 {
		line.Href = (&targetAsked{place: row.Place.ID, year: asked.year}).query()
	}
	line.Saw = registry.Saw{}.String()
	if row.Own != nil {
		line.Saw = registry.SawOf(row.Own).String()
	}
	if text, back := typed.text["saw-"+itoa(n)]; back {
		line.Saw = text
	}
	for i := range row.Cells {
		line.Cells = append(line.Cells, c.targetCell(row, &row.Cells[i], n, typed))
	}
	return line
}

func (c *Call) targetCell(row *desk.TargetRow, x *desk.TargetCell, n int, typed *targetTyped) ui.TargetCell {
	group := c.T("target_group." + x.Group.String())
	cell := ui.TargetCell{Group: x.Group.String(), Name: "n-" + itoa(n) + "-" + x.Group.String(), Label: group + ", " + row.Place.Name, Text: group, Differs: x.Differs()}
	cell.Input = row.May && (c.Hub || !x.Higher)
	if x.Own != nil {
		cell.Was = strconv.Itoa(x.Own.People)
	}
	cell.Field = ui.Field{Value: cell.Was, Error: typed.errs[cell.Name]}
	if text, back := typed.text[cell.Name]; back {
		cell.Field.Value = text
	}
	if !cell.Input {
		cell.Label, cell.Text = group, ""
		if people, said := x.People(); said {
			cell.Text = c.Words.Int(people)
		}
	}
	for i := range x.Words {
		w := &x.Words[i]
		if cell.Input && x.Own != nil && w.ID == row.Own.ID {
			cell.Small = append(cell.Small, c.T("target_source."+w.Source.String()))
			continue
		}
		cell.Small = append(cell.Small, c.T("target_say.word", "n", w.People, "by", x.ByNames[i], "source", c.T("target_source."+w.Source.String())))
	}
	switch {
	case x.Communes > 0 && x.Missing > 0:
		cell.Small = append(cell.Small, c.T("target_say.below_missing", "n", int(x.Below), "missing", x.Missing))
	case x.Communes > 0:
		cell.Small = append(cell.Small, c.T("target_say.below", "n", int(x.Below)))
	case x.Missing > 0:
		cell.Small = append(cell.Small, c.T("target_say.below_none"))
	}
	if x.Registered >= 0 {
		cell.Small = append(cell.Small, c.T("target_say.registered", "n", int(x.Registered)))
	}
	return cell
}

// parsePeople reads how many people somebody typed. Dots and blanks group thousands.
func parsePeople(text string) (int, bool) {
	text = strings.ReplaceAll(strings.Join(strings.Fields(text), ""), ".", "")
	n, err := strconv.Atoi(text)
	return n, err == nil
}

// setTargets writes what was changed in a form.
func (pg *Pages) setTargets(c *Call) error {
	if !c.May(rights.Create, registry.KindTarget) {
		return desk.ErrForbidden
	}
	asked, err := c.targetsAsked(c.Value("at"), c.Value("year"), "")
	if err != nil {
		return err
	}
	typed := &targetTyped{text: map[string]string{}, errs: map[string]string{}, rows: map[p.EntityID]string{}}
	for _, name := range []string{"source", "document"} {
		typed.text[name] = strings.TrimSpace(c.Value(name))
	}
	source, ok := chosen(registry.TargetSourceEnum, typed.text["source"])
	if !ok || source == 0 {
		typed.errs["source"] = c.T("invalid." + string(registry.CodeRequired))
	}
	if y := c.Value("year"); y != "" && y != strconv.Itoa(asked.year) {
		now, _, _ := c.Today.Date()
		return c.Go(ui.PathTargets, ui.Note{Tone: ui.ToneAsk, Alert: true, Lead: c.T("target_say.year", "min", strconv.Itoa(now-registry.TargetYearsMax), "max", strconv.Itoa(now+registry.TargetYearsMax))})
	}
	var entries []desk.TargetEntry
	at := map[p.EntityID]int{}
	for n := range desk.TargetRowsMax {
		id := c.Value("place-" + itoa(n))
		if id == "" {
			continue
		}
		e, changed, err := c.readTarget(n, registry.TargetSource(source), typed)
		if err != nil {
			return err
		}
		at[e.Place] = n
		if changed {
			entries = append(entries, e)
		}
	}
	if len(entries) == 0 && len(typed.errs) == 0 {
		return c.Go(asked.query(), ui.Note{Lead: c.T("target_say.nothing")})
	}
	if len(typed.errs) > 0 {
		return c.drawTargets(http.StatusUnprocessableEntity, &asked, typed)
	}
	n, err := c.Desk.SetTargets(c.Ctx(), c.Who, asked.year, entries)
	if wrong, known := c.targetWrong(err); known {
		for name, text := range wrong.fields {
			if name == "document" || name == "source" {
				typed.errs[name] = text
				continue
			}
			if _, group := registry.TargetGroupEnum.Number(name); group {
				typed.errs["n-"+itoa(at[wrong.place])+"-"+name] = text
				continue
			}
			typed.rows[wrong.place] = text
		}
		return c.drawTargets(http.StatusUnprocessableEntity, &asked, typed)
	}
	if err != nil {
		return err
	}
	return c.Go(asked.query(), ui.Note{Tone: ui.ToneOK, Lead: c.T("target_say.saved", "n", n, "year", strconv.Itoa(asked.year))})
}

// readTarget reads one row: what in it says something else than the form had shown.
func (c *Call) readTarget(n int, source registry.TargetSource, typed *targetTyped) (e desk.TargetEntry, changed bool, err error) {
	if e.Place, err = p.ParseEntityID(c.Value("place-" + itoa(n))); err != nil {
		return e, false, desk.ErrNotFound
	}
	typed.text["saw-"+itoa(n)] = c.Value("saw-" + itoa(n))
	if saw, bad := registry.ParseSaw(c.Value("saw-" + itoa(n))); bad == nil && saw != nil {
		e.Saw = saw
	} else {
		e.Saw = registry.Saw{} // has seen nothing, and is then stale
	}
	e.Document, e.Numbers = typed.text["document"], map[registry.TargetGroup]*registry.TargetNumber{}
	for _, g := range registry.TargetGroups() {
		name := "n-" + itoa(n) + "-" + g.String()
		text := strings.TrimSpace(c.Value(name))
		typed.text[name] = text
		if text == c.Value("was-"+itoa(n)+"-"+g.String()) {
			continue
		}
		changed = true
		if text == "" {
			e.Numbers[g] = nil
			continue
		}
		people, ok := parsePeople(text)
		if !ok || people < 0 || people > registry.TargetPeopleMax {
			typed.errs[name] = c.T("target_say.number")
			continue
		}
		e.Numbers[g] = &registry.TargetNumber{People: people, Source: source}
	}
	return e, changed, nil
}

// wrongTarget is what is wrong with one place's entry, in sentences by field.
type wrongTarget struct {
	place  p.EntityID
	fields sentences
}

func (c *Call) targetWrong(err error) (*wrongTarget, bool) {
	var one *desk.TargetError
	if !errors.As(err, &one) {
		return nil, false
	}
	var stale *registry.StaleError
	if errors.As(err, &stale) {
		return &wrongTarget{one.Place, sentences{"place": c.T("target_say.stale")}}, true
	}
	fields, known := c.sentences(one.Err)
	return &wrongTarget{one.Place, fields}, known
}
