package web

import (
	"errors"
	"io"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"tramy/internal/desk"
	"tramy/internal/fhir"
	"tramy/internal/pages"
	"tramy/internal/registry"
	"tramy/internal/server"
	"tramy/internal/sheet"
	"tramy/internal/ui"
	"tramy/station"
	p "tramy/syncproto"
)

// Bounds of the pages of an import.
const (
	uploadTime   = 10 * time.Minute // a file from a slow stick
	downloadTime = 10 * time.Minute
	importLines  = 50 // rows to look at on one page
	sampleRows   = 3
	refreshAfter = "3" // seconds, while there is something to wait for
)

func (w *Web) registerImport(s *server.Server) {
	s.Handle(http.MethodGet, ui.PathImport, w.Page(w.showImport))
	s.Handle(http.MethodPost, ui.PathImport, w.Page(w.upload), server.BodyMax(station.UploadBytesMax+1<<20), server.Timeout(uploadTime))
	s.Handle(http.MethodPost, ui.PathImport+"/sheet", w.Page(w.importSheet), server.Timeout(uploadTime))
	s.Handle(http.MethodPost, ui.PathImport+"/columns", w.Page(w.importColumns))
	s.Handle(http.MethodPost, ui.PathImport+"/start", w.Page(w.importStart))
	s.Handle(http.MethodPost, ui.PathImport+"/discard", w.Page(w.importDiscard))
	s.Handle(http.MethodPost, ui.PathImport+"/answer", w.Form(w.importAnswer))
	s.Handle(http.MethodGet, ui.PathImport+"/rejected", w.Page(w.rejected), server.Timeout(downloadTime))
	s.Handle(http.MethodGet, ui.PathExport, w.Page(w.showExport))
	s.Handle(http.MethodPost, ui.PathExport, w.Page(w.export), server.Timeout(downloadTime))
}

func (w *Web) showImport(c *pages.Call) error {
	if !desk.MayImport(c.Who) {
		return desk.ErrForbidden
	}
	return w.drawImport(c, http.StatusOK, nil, "")
}

// drawImport shows the import as it stands; tried is a mapping that was refused, and wrong says why.
func (w *Web) drawImport(c *pages.Call, status int, tried *sheet.Mapping, wrong string) error {
	frame, err := c.Frame(ui.NavSettings)
	if err != nil {
		return err
	}
	frame.Path = ui.PathImport
	if c.Desk.Home().Commune.IsZero() {
		frame.Notes = append(frame.Notes, ui.Note{Tone: ui.ToneAsk, Lead: c.T("import_say.house"), Text: c.T("import_say.house_text")})
	}
	page := ui.Import{Frame: frame, CanExport: desk.MayExport(c.Who), Wrong: wrong}
	job := w.station.Imports.Job()
	if job == nil {
		return c.Draw(status, "import", page)
	}
	page.Phase, page.File, page.By, page.At = job.Phase, job.Name, job.ByName, c.Words.When(job.Begun.In(c.Now.Location()), c.Now)
	page.Rows, page.Again, page.Failure, page.AnyPlace = job.Mapping.Rows, job.Again, job.Failure, job.AnyPlace
	n := &job.Counts
	page.FHIR = job.FHIR
	page.Counts = ui.ImportCounts{
		People: n.People, New: n.New, Completed: n.Completed, There: n.There, Proposed: n.Proposed, Refused: n.Refused,
		Doses: n.Doses, Kept: n.Kept, PerSecond: int(n.PerSecond()),
	}
	page.Read = min(job.RowsRead, page.Rows)
	if page.Rows > 0 {
		page.Percent = page.Read * 100 / page.Rows
	}
	page.Sheets.Value = job.Mapping.Sheet
	for _, name := range job.Sheets {
		page.Sheets.Options = append(page.Sheets.Options, ui.Option{Value: name, Text: name})
	}
	switch job.Phase {
	case station.ImportColumns:
		m := job.Mapping
		if tried != nil {
			m = *tried
		}
		err = w.columnsOf(c, &page, &m)
	case station.ImportChecking, station.ImportRunning:
		c.W.Header().Set("Refresh", refreshAfter)
	default:
		err = w.linesOf(c, &page, job)
	}
	if err != nil {
		return err
	}
	return c.Draw(status, "import", page)
}

// upload streams the file into the data folder: nothing of it is written anywhere else.
func (w *Web) upload(c *pages.Call) error {
	if !desk.MayImport(c.Who) {
		return desk.ErrForbidden
	}
	parts, err := c.R.MultipartReader()
	if err != nil {
		return c.Go(ui.PathImport, askNote(c.T("import_say.no_file")))
	}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return c.Go(ui.PathImport, askNote(c.T("import_say.no_file")))
		}
		if err != nil {
			return err
		}
		if part.FormName() != "file" || part.FileName() == "" {
			continue
		}
		err = w.station.Imports.Upload(c.Ctx(), c.Who, c.Words.Lang(), part.FileName(), part)
		return w.wentOn(c, err)
	}
}

func askNote(text string) ui.Note { return ui.Note{Tone: ui.ToneAsk, Lead: text, Alert: true} }

// wentOn goes back to the page after an act, and says what stood in its way.
func (w *Web) wentOn(c *pages.Call, err error) error {
	var file sheet.FileError
	switch {
	case err == nil:
		return c.Go(ui.PathImport)
	case errors.Is(err, station.ErrImportBusy), errors.Is(err, desk.ErrImportRuns):
		return c.Go(ui.PathImport, askNote(c.T("import_say.busy")))
	case errors.Is(err, station.ErrImportPhase):
		return c.Go(ui.PathImport, askNote(c.T("import_say.moved")))
	case errors.Is(err, station.ErrArchiveDamaged):
		return c.Go(ui.PathImport, askNote(c.T("data.damaged")))
	case errors.Is(err, station.ErrUploadLarge):
		return c.Go(ui.PathImport, askNote(c.T("import_say.too_large", "max", station.UploadBytesMax>>20)))
	case errors.As(err, &file):
		return c.Go(ui.PathImport, askNote(pages.ImportFault(c.Words.Lang(), err)))
	}
	return err
}

func (w *Web) importSheet(c *pages.Call) error {
	if !desk.MayImport(c.Who) {
		return desk.ErrForbidden
	}
	return w.wentOn(c, w.station.Imports.Sheet(c.Ctx(), c.Value("sheet")))
}

// columnsOf shows what each column is taken for.
// columnOptions are what a column can be: the fields of a person and of a dose, and each dose of each vaccine.
// columnValue is what a column is, as the form's choice.
// choose reads columnValue back into a column.
func choose(col *sheet.Column, value string) {
	if value == columnValue(col) {
		col.Sure = true // it was looked at
		return
	}
	field, rest, _ := strings.Cut(value, ":")
	vaccine, dose, _ := strings.Cut(rest, ":")
	n, _ := strconv.Atoi(dose)
	col.Field, col.Vaccine, col.Dose, col.Sure = field, vaccine, n, true
}

// importColumns takes the columns as chosen and begins to try the rows.
func (w *Web) importColumns(c *pages.Call) error {
	if !desk.MayImport(c.Who) {
		return desk.ErrForbidden
	}
	job := w.station.Imports.Job()
	if job == nil {
		return w.wentOn(c, station.ErrImportPhase)
	}
	m := job.Mapping
	m.Columns = append([]sheet.Column(nil), m.Columns...)
	if err := c.R.ParseForm(); err != nil {
		return err
	}
	layout := sheet.Wide
	for i := range m.Columns {
		if name := "column-" + strconv.Itoa(i); c.R.PostForm.Has(name) {
			choose(&m.Columns[i], c.Value(name))
		}
		if m.Columns[i].Field == sheet.FieldVaccine {
			layout = sheet.Long
		}
	}
	m.Layout = layout
	switch order := sheet.DateOrder(c.Value("order")); order {
	case sheet.DayMonth, sheet.MonthDay, sheet.OrderMixed:
		m.DateOrder = order
	}
	if c.R.PostForm.Has("cells") {
		switch cells := sheet.DateCells(c.Value("cells")); cells {
		case sheet.DateCellsRight, sheet.DateCellsDoubtful, sheet.DateCellsSwapped:
			m.DateCells = cells
		}
	}
	err := w.station.Imports.Check(c.Who, m, c.Value("any") == "1")
	var wrong *sheet.MappingError
	if errors.As(err, &wrong) {
		return w.drawImport(c, http.StatusUnprocessableEntity, &m, pages.ImportFault(c.Words.Lang(), err))
	}
	return w.wentOn(c, err)
}

func (w *Web) importStart(c *pages.Call) error {
	return w.wentOn(c, w.station.Imports.Start(c.Who))
}

func (w *Web) importDiscard(c *pages.Call) error {
	return w.wentOn(c, w.station.Imports.Discard(c.Who))
}

// importAnswer takes what somebody says about a row that may be somebody who is here.
func (w *Web) importAnswer(c *pages.Call) error {
	if !desk.MayImport(c.Who) {
		return desk.ErrForbidden
	}
	row, err := strconv.Atoi(c.Value("row"))
	if err != nil {
		return w.wentOn(c, station.ErrImportPhase)
	}
	twin, err := strconv.Atoi(c.Value("twin"))
	if err != nil || twin < 0 || twin > registry.BirthOrderMax {
		twin = 0
	}
	a, err := w.station.Imports.Answer(c.Ctx(), c.Who, row, c.Value("same"), twin)
	if err != nil {
		return w.wentOn(c, err)
	}
	note := ui.Note{Tone: ui.ToneOK, Lead: c.T("import_say.said_same", "n", a.Doses)}
	switch a.Verdict {
	case desk.ImportNew:
		note.Lead = c.T("import_say.said_new", "n", a.Doses)
	case desk.ImportRefused, desk.ImportProposed:
		entry := desk.ImportedEntry{Entry: &sheet.Entry{Rows: []int{row}}, Arrival: a, Mapping: &sheet.Mapping{}}
		note = askNote(c.T("import_say.said_no"))
		note.Text = pages.ImportReasonText(pages.ImportReasons(c.Words.Lang(), &entry))
	}
	return c.Go(ui.PathImport, note)
}

// kindOf is on which list a line stands.
func kindOf(l *station.ImportLine) string {
	switch l.Verdict {
	case desk.ImportProposed:
		return "proposed"
	case desk.ImportRefused:
		return "refused"
	}
	return "kept"
}

// linesOf shows a page of the rows to look at.
func (w *Web) linesOf(c *pages.Call, page *ui.Import, job *station.ImportJob) error {
	counts := map[string]int{}
	for verdict, n := range job.Lines {
		kind := "kept"
		if verdict == "proposed" || verdict == "refused" {
			kind = verdict
		}
		counts[kind] += n
	}
	page.Left = counts["proposed"] + counts["refused"] - len(job.Answers)
	query := c.R.URL.Query()
	show := query.Get("show")
	for _, kind := range []string{"proposed", "refused", "kept"} {
		if counts[kind] > 0 {
			if show == "" || counts[show] == 0 {
				show = kind
			}
			page.Tabs = append(page.Tabs, ui.ImportTab{Show: kind, Href: ui.PathImport + "?show=" + kind, Count: counts[kind], Current: kind == show})
		}
	}
	at, err := strconv.Atoi(query.Get("page"))
	if err != nil || at < 1 {
		at = 1
	}
	from, k := (at-1)*importLines, 0
	var people []p.EntityID
	err = w.station.Imports.Lines(func(l *station.ImportLine) bool {
		if kindOf(l) != show {
			return true
		}
		if k++; k > from && k <= from+importLines {
			page.Lines = append(page.Lines, w.line(c, l, job.Phase == station.ImportDone))
			for _, x := range l.Candidates {
				people = append(people, x.ID)
			}
		}
		return k <= from+importLines
	})
	href := func(at int) string {
		return ui.PathImport + "?" + url.Values{"show": {show}, "page": {strconv.Itoa(at)}}.Encode()
	}
	page.Pager = ui.Pager{From: from + 1, To: from + len(page.Lines), Total: counts[show]}
	if at > 1 {
		page.Pager.Newer = href(at - 1)
	}
	if k > from+importLines {
		page.Pager.Older = href(at + 1)
	}
	if err != nil || len(page.Lines) == 0 {
		return err
	}
	return c.Desk.NoteListed(c.Ctx(), c.Who, people...)
}

func (w *Web) line(c *pages.Call, l *station.ImportLine, done bool) ui.ImportLine {
	out := ui.ImportLine{Row: l.Row, Name: l.Name}
	for i := range l.Reasons {
		r := &l.Reasons[i]
		where := strings.TrimSuffix(strings.TrimSuffix(pages.ImportReasonLine(r), r.Text), ": ")
		out.Reasons = append(out.Reasons, ui.ImportReason{Where: where, Text: r.Text})
	}
	switch l.Answer {
	case "":
	case desk.SomebodyNew:
		out.Answered = c.T("import_say.answered_new")
	default:
		out.Answered = c.T("import_say.answered_same", "code", registry.PersonCode(l.Answer).Format())
	}
	if out.Ask = done && l.Newcomer != nil && l.Answer == ""; !out.Ask {
		return out
	}
	_, out.Twin = registry.StripTitle(l.Newcomer.Subject.Name)
	for _, x := range l.Candidates {
		out.Candidates = append(out.Candidates, ui.ImportCandidate{ID: x.ID.String(), Code: x.Code, Text: x.Line})
	}
	return out
}

// rejected sends the rows that did not come in, to be mended and read again.
func (w *Web) rejected(c *pages.Call) error {
	if !desk.MayImport(c.Who) {
		return desk.ErrForbidden
	}
	job := w.station.Imports.Job()
	if job == nil || job.Phase != station.ImportDone {
		return w.wentOn(c, station.ErrImportPhase)
	}
	// The rows are people of the register: that they left with a file is written down.
	if err := w.station.NoteTaken(c.Ctx(), c.Who, job.Name); err != nil {
		return err
	}
	rows := func(yield func(*sheet.Rejected, error) bool) {
		err := w.station.Imports.Lines(func(l *station.ImportLine) bool {
			if kindOf(l) == "kept" || l.Answer != "" {
				return true
			}
			return yield(&sheet.Rejected{Cells: l.Cells, Reason: pages.ImportReasonText(l.Reasons)}, nil)
		})
		if err != nil {
			yield(nil, err)
		}
	}
	if job.FHIR {
		return w.rejectedFHIR(c)
	}
	name := "chua-nhap-" + c.Today.ISO() + ".xlsx" // not as the file was called: that may be somebody's name
	return w.send(c, name, sheet.XLSX, func(out io.Writer) error {
		return sheet.WriteRejected(out, sheet.XLSX, job.Mapping, iter.Seq2[*sheet.Rejected, error](rows))
	})
}

// rejectedFHIR is rejected of a file of FHIR.
func (w *Web) rejectedFHIR(c *pages.Call) error {
	reasons := map[int]string{}
	err := w.station.Imports.Lines(func(l *station.ImportLine) bool {
		if kindOf(l) != "kept" && l.Answer == "" {
			reasons[l.Row] = pages.ImportReasonText(l.Reasons)
		}
		return true
	})
	if err != nil {
		return err
	}
	return w.send(c, "chua-nhap-"+c.Today.ISO()+".json", formatFHIR, func(out io.Writer) error {
		return w.station.Imports.RejectedFHIR(c.Ctx(), out, reasons)
	})
}

// formatFHIR is a bundle of FHIR.
const formatFHIR sheet.Format = "json"

// contentTypes of what is sent.
var contentTypes = map[sheet.Format]string{
	sheet.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	sheet.CSV:  "text/csv; charset=utf-8",
	formatFHIR: fhir.MediaType,
	formatJSON: "application/json", formatZip: "application/zip", formatSealed: "application/octet-stream",
}

// send answers with a file that is written as it goes. What breaks off half way ends the connection, so that the
// browser does not keep half a register under a whole one's name.
func (w *Web) send(c *pages.Call, name string, format sheet.Format, write func(io.Writer) error) error {
	out := &begun{ResponseWriter: c.W}
	h := c.W.Header()
	h.Set("Content-Type", contentTypes[format])
	h.Set("Content-Disposition", "attachment; filename*=UTF-8''"+url.PathEscape(name))
	err := write(out)
	if err == nil || !out.any {
		if err != nil {
			h.Del("Content-Disposition")
		}
		return err
	}
	w.Log.WarnContext(c.Ctx(), "a file broke off", "cause", err)
	panic(http.ErrAbortHandler)
}

// begun knows whether anything was written.
type begun struct {
	http.ResponseWriter
	any bool
}

func (b *begun) Write(p []byte) (int, error) {
	b.any = true
	return b.ResponseWriter.Write(p)
}
