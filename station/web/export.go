package web

import (
	"errors"
	"io"
	"net/http"
	"strings"

	"tramy/internal/desk"
	"tramy/internal/pages"
	"tramy/internal/registry"
	"tramy/internal/sheet"
	"tramy/internal/ui"
)

func (w *Web) showExport(c *pages.Call) error {
	if !desk.MayExport(c.Who) {
		return desk.ErrForbidden
	}
	return w.drawExport(c, http.StatusOK, map[string]string{})
}

// drawExport draws the form with what was typed and what is wrong with it.
func (w *Web) drawExport(c *pages.Call, status int, wrong map[string]string) error {
	frame, err := c.Frame(ui.NavSettings)
	if err != nil {
		return err
	}
	frame.Path = ui.PathExport
	or := func(name, otherwise string) string {
		if v := c.Value(name); v != "" {
			return v
		}
		return otherwise
	}
	field := func(name string) ui.Field { return ui.Field{Value: c.Value(name), Error: wrong[name]} }
	from := field("from")
	if day, err := registry.ParseISO(c.R.URL.Query().Get("from")); err == nil && c.R.Method == http.MethodGet {
		from.Value = day.String() // register A2.1, see the page of reports
	}
	return c.Draw(status, "export", ui.Export{
		Frame: frame,
		Layout: ui.Select{Value: or("layout", string(sheet.Wide)), Options: []ui.Option{
			{Value: string(sheet.Wide), Text: c.T("import_say.export_wide")}, {Value: string(sheet.Long), Text: c.T("import_say.export_long")},
		}},
		Format: ui.Select{Value: or("format", string(sheet.XLSX)), Options: []ui.Option{
			{Value: string(sheet.XLSX), Text: "Excel (.xlsx)"}, {Value: string(sheet.CSV), Text: "CSV"},
		}},
		For: c.TakingChoice(registry.Takings, c.Value("for"), wrong["for"]), From: from, Until: field("until"), Reason: field("reason"), Visitors: c.Value("visitors") == "1",
	})
}

// export sends the register as a file.
func (w *Web) export(c *pages.Call) error {
	if !desk.MayExport(c.Who) {
		return desk.ErrForbidden
	}
	layout, format := sheet.Layout(c.Value("layout")), sheet.Format(c.Value("format"))
	if layout != sheet.Long {
		layout = sheet.Wide
	}
	if format != sheet.CSV {
		format = sheet.XLSX
	}
	opt := desk.ExportOptions{Visitors: c.Value("visitors") == "1", NotDone: layout == sheet.Long, For: c.Value("for"), Reason: c.Value("reason")}
	wrong := map[string]string{}
	for name, into := range map[string]*registry.Day{"from": &opt.BornFrom, "until": &opt.BornUntil} {
		if text := strings.TrimSpace(c.Value(name)); text != "" {
			day, err := registry.ParseDay(text, c.Today)
			if err != nil {
				wrong[name] = c.DateError(err)
			}
			*into = day
		}
	}
	if len(wrong) > 0 {
		return w.drawExport(c, http.StatusUnprocessableEntity, wrong)
	}
	people, err := c.Desk.Export(c.Ctx(), c.Who, opt)
	if errors.Is(err, desk.ErrNoPurpose) || errors.Is(err, desk.ErrNoReason) {
		if errors.Is(err, desk.ErrNoPurpose) {
			wrong["for"] = c.T("take.choose")
		}
		if strings.TrimSpace(opt.Reason) == "" {
			wrong["reason"] = c.T("import_say.reason_missing")
		}
		return w.drawExport(c, http.StatusUnprocessableEntity, wrong)
	}
	if err != nil {
		return err
	}
	vaccines, err := w.station.Vaccines(c.Ctx())
	if err != nil {
		return err
	}
	name := "so-tiem-chung-" + c.Today.ISO() + "." + string(format)
	return w.send(c, name, format, func(out io.Writer) error {
		if layout == sheet.Long {
			return sheet.WriteLong(out, format, people, sheet.WriteOptions{Vaccines: vaccines})
		}
		return sheet.WriteWide(out, format, people, sheet.WriteOptions{Vaccines: vaccines, Lots: true})
	})
}
