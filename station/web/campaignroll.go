package web

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"tramy/internal/desk"
	"tramy/internal/pages"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/server"
	"tramy/internal/sheet"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// Limits of a school's list on its way in. It is kept in memory, and gone with the program: the file is still on the stick.
const (
	RollBytesMax = 4 << 20
	RollsMax     = 4 // lists on their way at once; the one touched longest ago goes first
	rollLines    = 200
)

// Phases of a list.
const (
	rollColumns = "columns"
	rollChecked = "checked"
	rollDone    = "done"
)

// roll is one school's list on its way in: whose it is, and how far.
type roll struct {
	who, campaign p.EntityID
	phase         string
	name          string
	file          []byte
	mapping       sheet.Mapping
	class, school string
	answers       map[int]string
	counts        desk.RollCounts
	lines         []ui.RollLine
	more          int
	people        []p.EntityID // named in lines
}

// rolls are the lists on their way, the one touched last at the end.
type rolls struct {
	mu   sync.Mutex
	list []*roll
}

func (r *rolls) get(who, campaign p.EntityID) *roll {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, x := range r.list {
		if x.who == who && x.campaign == campaign {
			r.list = append(append(r.list[:i:i], r.list[i+1:]...), x)
			return x
		}
	}
	return nil
}

// put keeps a list in the place of the one before, nil forgets it.
func (r *rolls) put(who, campaign p.EntityID, next *roll) {
	r.mu.Lock()
	defer r.mu.Unlock()
	kept := r.list[:0:0]
	for _, x := range r.list {
		if x.who != who || x.campaign != campaign {
			kept = append(kept, x)
		}
	}
	if next != nil {
		kept = append(kept, next)
	}
	r.list = kept[max(0, len(kept)-RollsMax):]
}

func (w *Web) registerRoll(s *server.Server) {
	const one = ui.PathCampaign + "{id}/roll"
	s.Handle(http.MethodGet, one, w.Page(w.showRoll))
	s.Handle(http.MethodPost, one, w.Page(w.uploadRoll), server.BodyMax(RollBytesMax+1<<20), server.Timeout(uploadTime))
	s.Handle(http.MethodPost, one+"/columns", w.Page(w.rollColumns), server.Timeout(uploadTime))
	s.Handle(http.MethodPost, one+"/write", w.Form(w.writeRoll), server.Timeout(uploadTime))
	s.Handle(http.MethodPost, one+"/discard", w.Page(w.discardRoll))
}

// rollOf reads whose list of which campaign a request is about.
func (w *Web) rollOf(c *pages.Call) (id p.EntityID, job *roll, err error) {
	if id, err = pages.IDOf(c.R); err != nil {
		return id, nil, err
	}
	if !c.May(rights.Create, registry.KindEnrolment) || !desk.MayImport(c.Who) {
		return id, nil, desk.ErrForbidden
	}
	return id, w.rolls.get(c.Who.User, id), nil
}

func rollPath(id p.EntityID) string { return pages.CampaignPath(id) + "/roll" }

func (w *Web) showRoll(c *pages.Call) error {
	id, job, err := w.rollOf(c)
	if err != nil {
		return err
	}
	return w.drawRoll(c, http.StatusOK, id, job, "")
}

func (w *Web) drawRoll(c *pages.Call, status int, id p.EntityID, job *roll, wrong string) error {
	x, err := c.Desk.Campaign(c.Ctx(), c.Who, id)
	if err != nil {
		return err
	}
	frame, err := c.Frame(ui.NavCampaign)
	if err != nil {
		return err
	}
	frame.Path = rollPath(id)
	page := ui.CampaignRoll{Frame: frame, ID: id.String(), Name: x.Name, Wrong: wrong}
	if job == nil {
		return c.Draw(status, "campaignroll", page)
	}
	n := &job.counts
	page.Phase, page.File, page.Rows = job.phase, job.name, n.Rows
	page.Matched, page.New, page.There, page.Ask, page.Refused = n.Matched, n.New, n.There, n.Ask, n.Refused
	page.Lines, page.More = job.lines, job.more
	if job.phase == rollColumns {
		page.Rows = job.mapping.Rows
		if err := w.rollColumnsOf(c, &page, job); err != nil {
			return err
		}
	} else if len(job.people) > 0 {
		if err := c.Desk.NoteListed(c.Ctx(), c.Who, job.people...); err != nil {
			return err
		}
	}
	return c.Draw(status, "campaignroll", page)
}

// uploadRoll reads the file into memory and guesses its columns.
func (w *Web) uploadRoll(c *pages.Call) error {
	id, _, err := w.rollOf(c)
	if err != nil {
		return err
	}
	if _, err := c.Desk.Campaign(c.Ctx(), c.Who, id); err != nil {
		return err
	}
	parts, err := c.R.MultipartReader()
	if err != nil {
		return w.drawRoll(c, http.StatusUnprocessableEntity, id, nil, c.T("import_say.no_file"))
	}
	job := &roll{who: c.Who.User, campaign: id, phase: rollColumns, answers: map[int]string{}}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		switch part.FormName() {
		case "class", "school":
			text, err := io.ReadAll(io.LimitReader(part, registry.TextBytesMax))
			if err != nil {
				return err
			}
			if part.FormName() == "class" {
				job.class = strings.TrimSpace(string(text))
			} else {
				job.school = strings.TrimSpace(string(text))
			}
		case "file":
			if part.FileName() == "" {
				continue
			}
			job.name = part.FileName()
			if job.file, err = io.ReadAll(io.LimitReader(part, RollBytesMax+1)); err != nil {
				return err
			}
		}
	}
	if len(job.file) == 0 {
		return w.drawRoll(c, http.StatusUnprocessableEntity, id, nil, c.T("import_say.no_file"))
	}
	if len(job.file) > RollBytesMax {
		return w.drawRoll(c, http.StatusRequestEntityTooLarge, id, nil, c.T("import_say.too_large", "max", RollBytesMax>>20))
	}
	book, err := job.book()
	if err == nil {
		var names []sheet.VaccineName
		if names, err = c.Desk.VaccineNames(c.Ctx()); err != nil {
			return err
		}
		job.mapping, err = book.Guess("", nil, names)
	}
	if err != nil {
		return w.rollFault(c, id, nil, err)
	}
	if job.mapping.Rows > desk.RollRowsMax {
		return w.drawRoll(c, http.StatusUnprocessableEntity, id, nil, c.T("campaign_say.roll_long", "max", desk.RollRowsMax, "n", job.mapping.Rows))
	}
	w.rolls.put(c.Who.User, id, job)
	return c.Go(rollPath(id))
}

func (r *roll) book() (*sheet.Book, error) {
	return sheet.Open(r.name, bytes.NewReader(r.file), int64(len(r.file)))
}

// rollFault says what is wrong with a file as a whole.
func (w *Web) rollFault(c *pages.Call, id p.EntityID, job *roll, err error) error {
	var file sheet.FileError
	var mapping *sheet.MappingError
	switch {
	case errors.As(err, &file), errors.As(err, &mapping):
		return w.drawRoll(c, http.StatusUnprocessableEntity, id, job, pages.ImportFault(c.Words.Lang(), err))
	case errors.Is(err, desk.ErrImportRuns):
		return w.drawRoll(c, http.StatusConflict, id, job, c.T("import_say.busy"))
	}
	return err
}

// rollFields are what a column of a school's list can be; other columns are left as they were guessed.
var rollFields = []string{
	"name", "birth_date", sheet.FieldBirthMale, sheet.FieldBirthFemale, "sex", sheet.FieldClass, sheet.FieldSchool, "mother_name", "mother_phone", "father_name", "father_phone",
	"guardian_name", "guardian_phone", "hamlet", sheet.FieldCommune, "personal_no", "insurance", "code", "ethnic_group", "note",
}

func (w *Web) rollColumnsOf(c *pages.Call, page *ui.CampaignRoll, job *roll) error {
	book, err := job.book()
	if err != nil {
		return err
	}
	rows, err := book.Sample(job.mapping, sampleRows)
	if err != nil {
		return err
	}
	if len(rows) > 0 { // the first people of the file, to tell the columns by
		if err := c.Desk.NoteListed(c.Ctx(), c.Who); err != nil {
			return err
		}
	}
	options := []ui.Option{{Text: c.T("import_say.not_read")}}
	for _, name := range rollFields {
		options = append(options, ui.Option{Value: name, Text: fieldWord(c.Words, name)})
	}
	vaccines, err := w.station.Vaccines(c.Ctx())
	if err != nil {
		return err
	}
	for i := range job.mapping.Columns {
		col := &job.mapping.Columns[i]
		if col.Title == "" && col.Field == "" {
			continue
		}
		value := columnValue(col)
		choices := options
		if !hasOption(options, value) {
			choices = append(options[:len(options):len(options)], ui.Option{Value: value, Text: columnWord(c.Words, vaccines, col)})
		}
		line := ui.ImportColumn{
			Letter: col.Letter(), Title: col.Title, Name: "column-" + strconv.Itoa(i), Choice: ui.Select{Value: value, Options: choices}, Doubt: !col.Sure && col.Field != "",
		}
		for _, row := range rows {
			if i < len(row) {
				line.Sample = append(line.Sample, row[i])
			}
		}
		page.Columns = append(page.Columns, line)
	}
	page.Order = ui.Select{Value: string(job.mapping.DateOrder), Options: []ui.Option{
		{Value: string(sheet.DayMonth), Text: c.T("import_say.order_dmy")},
		{Value: string(sheet.MonthDay), Text: c.T("import_say.order_mdy")},
		{Value: string(sheet.OrderMixed), Text: c.T("import_say.order_mixed")},
	}}
	return nil
}

// rollColumns takes the columns as chosen and works out what would become of each row.
func (w *Web) rollColumns(c *pages.Call) error {
	id, job, err := w.rollOf(c)
	if err != nil {
		return err
	}
	if job == nil || job.phase != rollColumns {
		return c.Go(rollPath(id))
	}
	next := *job
	next.mapping.Columns = append([]sheet.Column(nil), job.mapping.Columns...)
	if err := c.R.ParseForm(); err != nil {
		return err
	}
	for i := range next.mapping.Columns {
		if name := "column-" + strconv.Itoa(i); c.R.PostForm.Has(name) {
			choose(&next.mapping.Columns[i], c.Value(name))
		}
	}
	switch order := sheet.DateOrder(c.Value("order")); order {
	case sheet.DayMonth, sheet.MonthDay, sheet.OrderMixed:
		next.mapping.DateOrder = order
	}
	if err := next.mapping.Check(); err != nil {
		return w.rollFault(c, id, &next, err)
	}
	if err := w.readRoll(c, &next, true); err != nil {
		return w.rollFault(c, id, job, err)
	}
	next.phase = rollChecked
	w.rolls.put(c.Who.User, id, &next)
	return c.Go(rollPath(id))
}

// readRoll goes through the file: to see what would become of it, or to write it.
func (w *Web) readRoll(c *pages.Call, job *roll, dry bool) error {
	book, err := job.book()
	if err != nil {
		return err
	}
	job.lines, job.more, job.people = nil, 0, nil
	say := desk.Roll{Campaign: job.campaign, File: job.name, Class: job.class, School: job.school, Dry: dry, Answers: job.answers}
	job.counts, err = c.Desk.ReadRoll(c.Ctx(), c.Who, book, &job.mapping, say, func(l desk.RollLine) error {
		line, worth := w.rollLine(c, job, &l)
		switch {
		case !worth:
		case len(job.lines) >= rollLines:
			job.more++
		default:
			job.lines = append(job.lines, line)
			for i := range l.Candidates {
				job.people = append(job.people, l.Candidates[i].Row.ID)
			}
		}
		return nil
	})
	return err
}

// rollLine is a row as the page shows it; false: nobody need look at it.
func (w *Web) rollLine(c *pages.Call, job *roll, l *desk.RollLine) (ui.RollLine, bool) {
	in := l.Entry.Subject.Cleaned()
	out := ui.RollLine{Row: l.Rows[0], Name: in.Name, Line: strings.Trim(l.Class+", "+l.School, ", "), Answer: job.answers[l.Rows[0]]}
	for _, r := range pages.ImportReasons(c.Words.Lang(), &l.ImportedEntry) {
		out.Reasons = append(out.Reasons, pages.ImportReasonLine(&r))
	}
	switch l.Roll {
	case desk.RollAsk:
		out.Mark, out.Ask = ui.Mark{Kind: ui.MarkAsk, Text: c.T("roll_verdict.ask")}, true
		for i := range l.Candidates {
			x := &l.Candidates[i]
			out.Candidates = append(out.Candidates, ui.ImportCandidate{ID: x.Row.ID.String(), Code: x.Row.Code, Text: pages.ImportCandidateLine(c.Words.Lang(), x)})
		}
		return out, true
	case desk.RollRefused:
		out.Mark = ui.Mark{Kind: ui.MarkNo, Text: c.T("roll_verdict.refused")}
		if l.Foreign && len(out.Reasons) == 0 {
			out.Reasons = []string{c.T("roll.commune_unknown", "name", l.Commune)}
		}
		return out, true
	}
	if l.Foreign {
		out.Mark = ui.Mark{Kind: ui.MarkElsewhere, Text: c.T("roll_verdict." + l.Roll.String())}
		out.Reasons = append(out.Reasons, c.T("roll.foreign", "name", l.Commune))
		return out, true
	}
	return out, false
}

// writeRoll puts the people on the list, with what was answered about namesakes. Pressed again, it writes what is left.
func (w *Web) writeRoll(c *pages.Call) error {
	id, job, err := w.rollOf(c)
	if err != nil {
		return err
	}
	if job == nil || job.phase == rollColumns {
		return c.Go(rollPath(id))
	}
	next := *job
	next.answers = map[int]string{}
	for i := range job.lines {
		row := job.lines[i].Row
		if answer := c.Value("same-" + strconv.Itoa(row)); answer != "" {
			next.answers[row] = answer
		} else if had := job.answers[row]; had != "" {
			next.answers[row] = had
		}
	}
	if err := w.readRoll(c, &next, false); err != nil {
		return w.rollFault(c, id, job, err)
	}
	next.phase = rollDone
	w.rolls.put(c.Who.User, id, &next)
	n := &next.counts
	note := ui.Note{Tone: ui.ToneOK, Lead: c.T("campaign_say.roll_written", "n", n.Matched+n.New)}
	if n.Ask+n.Refused > 0 {
		note.Tone, note.Text = ui.ToneAsk, c.T("campaign_say.roll_left", "n", n.Ask+n.Refused)
	}
	return c.Go(rollPath(id), note)
}

func (w *Web) discardRoll(c *pages.Call) error {
	id, job, err := w.rollOf(c)
	if err != nil {
		return err
	}
	w.rolls.put(c.Who.User, id, nil)
	if job != nil && job.phase == rollDone {
		return c.Go(pages.CampaignPath(id))
	}
	return c.Go(rollPath(id))
}
