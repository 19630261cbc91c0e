package web

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"tramy/internal/backup"
	"tramy/internal/desk"
	"tramy/internal/pages"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/server"
	"tramy/internal/sheet"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// formatZip and formatSealed are an archive, plain and encrypted; formatJSON is the minimum data set as objects.
const (
	formatZip    sheet.Format = "zip"
	formatSealed sheet.Format = "zip.age"
	formatJSON   sheet.Format = "objects"
)

func (w *Web) registerData(s *server.Server) {
	s.Handle(http.MethodGet, ui.PathData, w.Page(w.showData))
	s.Handle(http.MethodPost, ui.PathData, w.Page(w.takeData), server.Timeout(downloadTime))
	s.Handle(http.MethodGet, ui.PathLacking, w.Page(w.showLacking))
}

func (w *Web) showData(c *pages.Call) error {
	if !desk.MayExport(c.Who) {
		return desk.ErrForbidden
	}
	return w.drawData(c, http.StatusOK, "", nil)
}

// drawData draws the page; do is the form that was sent, and wrong what is wrong with it.
func (w *Web) drawData(c *pages.Call, status int, do string, wrong map[string]string) error {
	frame, err := c.Frame(ui.NavSettings)
	if err != nil {
		return err
	}
	frame.Path = ui.PathData
	form := func(name string, purposes []string) ui.TakeForm {
		if name != do {
			return ui.TakeForm{For: c.TakingChoice(purposes, "", "")}
		}
		return ui.TakeForm{For: c.TakingChoice(purposes, c.Value("for"), wrong["for"]), Reason: ui.Field{Value: c.Value("reason"), Error: wrong["reason"]}}
	}
	format := c.Value("format")
	if format == "" {
		format = string(sheet.XLSX)
	}
	return c.Draw(status, "data", ui.DataOut{
		Frame: frame, All: form("all", registry.PaperTakings), Minimum: form("minimum", registry.Takings), Encrypt: do != "all" || c.Value("encrypt") == "1", NoKey: wrong["encrypt"],
		Format: ui.Select{Value: format, Options: []ui.Option{{Value: string(sheet.XLSX), Text: "Excel (.xlsx)"}, {Value: string(sheet.CSV), Text: "CSV"}, {Value: string(formatJSON), Text: "JSON"}}},
	})
}

// takeData sends the file that was asked for.
func (w *Web) takeData(c *pages.Call) error {
	if !desk.MayExport(c.Who) {
		return desk.ErrForbidden
	}
	do := c.Value("do")
	var err error
	switch do {
	case "all":
		name, format := "tramy-"+c.Today.ISO()+".zip", formatZip
		if c.Value("encrypt") == "1" {
			name, format = name+".age", formatSealed
		}
		err = w.send(c, name, format, func(out io.Writer) error {
			_, err := w.station.WriteArchive(c.Ctx(), c.Who, pages.ArchiveOptions(c.Value("for"), c.Value("reason"), w.station.Backups.Software), format == formatSealed, out)
			return err
		})
	case "minimum":
		err = w.takeMinimum(c)
	default:
		return desk.ErrNotFound
	}
	if errors.Is(err, backup.ErrNoRecoveryKey) {
		return w.drawData(c, http.StatusUnprocessableEntity, do, map[string]string{"encrypt": c.T("data.no_key")})
	}
	if errors.Is(err, desk.ErrNoPurpose) || errors.Is(err, desk.ErrNoReason) {
		wrong := map[string]string{}
		if errors.Is(err, desk.ErrNoPurpose) {
			wrong["for"] = c.T("take.choose")
		}
		if strings.TrimSpace(c.Value("reason")) == "" {
			wrong["reason"] = c.T("import_say.reason_missing")
		}
		return w.drawData(c, http.StatusUnprocessableEntity, do, wrong)
	}
	return err
}

func (w *Web) takeMinimum(c *pages.Call) error {
	people, set, err := c.Desk.Minimum(c.Ctx(), c.Who, desk.ExportOptions{For: c.Value("for"), Reason: c.Value("reason")})
	if err != nil {
		return err
	}
	set.Word = func(f sheet.MinimumField) string { return c.T("minimum_field." + f.Name) }
	format, name := sheet.Format(c.Value("format")), "qd-3891-"+c.Today.ISO()
	switch format {
	case formatJSON:
		return w.send(c, name+".json", format, func(out io.Writer) error { return sheet.WriteMinimumJSON(out, people, set) })
	case sheet.CSV:
	default:
		format = sheet.XLSX
	}
	return w.send(c, name+"."+string(format), format, func(out io.Writer) error { return sheet.WriteMinimum(out, format, people, set) })
}

// showLacking lists those of whom a mandatory field is missing, a page at a time.
func (w *Web) showLacking(c *pages.Call) error {
	query := c.R.URL.Query()
	q := desk.MinimumQuery{Field: query.Get("field"), All: query.Get("all") == "1"}
	fields := sheet.MinimumFields()
	if !slices.ContainsFunc(fields, func(f sheet.MinimumField) bool { return f.Name == q.Field }) {
		q.Field = ""
	}
	if after := query.Get("after"); after != "" {
		var err error
		if q.After, err = p.ParseEntityID(after); err != nil {
			return desk.ErrNotFound
		}
	}
	found, err := c.Desk.Lacking(c.Ctx(), c.Who, q)
	if err != nil {
		return err
	}
	frame, err := c.Frame(ui.NavSettings)
	if err != nil {
		return err
	}
	frame.Path = ui.PathLacking
	page := ui.Lacking{
		Frame: frame, All: q.All, Looked: found.Looked, Whole: found.Whole, MayEdit: c.May(rights.Amend, registry.KindSubject), MayTake: desk.MayExport(c.Who),
		Field: ui.Select{Value: q.Field, Options: []ui.Option{{Text: c.T("lacking.any")}}},
	}
	for _, f := range fields {
		page.Field.Options = append(page.Field.Options, ui.Option{Value: f.Name, Text: c.T("minimum_field." + f.Name)})
	}
	for i := range found.List {
		x := &found.List[i]
		words := make([]string, 0, len(x.Missing))
		for _, name := range x.Missing {
			words = append(words, c.T("minimum_field."+name))
		}
		page.People = append(page.People, ui.LackingPerson{ID: x.Row.ID.String(), Name: x.Row.Name, Line: c.PersonLine(&x.Row), Missing: strings.Join(words, "; "), Count: len(x.Missing)})
	}
	if !found.Next.IsZero() {
		next := url.Values{"after": {found.Next.String()}}
		if q.Field != "" {
			next.Set("field", q.Field)
		}
		if q.All {
			next.Set("all", "1")
		}
		page.Next = ui.PathLacking + "?" + next.Encode()
	}
	return c.Draw(http.StatusOK, "lacking", page)
}
