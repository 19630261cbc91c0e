package pages

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"tramy/internal/desk"
	"tramy/internal/locale"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/sheet"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// Limits of a file of targets. A province has some 170 communes.
const (
	TargetFileBytesMax = 2 << 20
	TargetFileRowsMax  = 4000
	targetWrongShown   = 20
)

// targetFilePlaces are the places that a file of a table names: the place and all below it.
func (c *Call) targetFilePlaces(asked *targetAsked) ([]project.PlaceRow, error) {
	table, err := c.Desk.Targets(c.Ctx(), c.Who, asked.place, asked.year, 0)
	if err != nil {
		return nil, err
	}
	asked.place = table.Place.ID
	return c.Desk.TargetPlacesBelow(table.Place.ID), nil
}

// sendTargets sends what this person's level said of a place and all below it, in the form in which setTargetFile reads it.
func (c *Call) sendTargets(asked *targetAsked, format sheet.Format) error {
	places, err := c.targetFilePlaces(asked)
	if err != nil {
		return err
	}
	said, err := c.Desk.TargetsSaid(c.Ctx(), c.Who, places, asked.year)
	if err != nil {
		return err
	}
	titles := []string{c.T("target_say.code"), c.T("target.place")}
	for _, g := range registry.TargetGroups() {
		titles = append(titles, c.T("target_group."+g.String()))
	}
	var rows [][]string
	for i := range places {
		row := []string{places[i].Code, places[i].Name}
		for _, g := range registry.TargetGroups() {
			text := ""
			if n, ok := said[places[i].ID][g]; ok {
				text = strconv.Itoa(n.People)
			}
			row = append(row, text)
		}
		rows = append(rows, row)
	}
	kind := "text/csv; charset=utf-8"
	if format == sheet.XLSX {
		kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	}
	c.W.Header().Set("Content-Type", kind)
	c.W.Header().Set("Content-Disposition", `attachment; filename="chi-tieu-`+strconv.Itoa(asked.year)+"."+string(format)+`"`)
	return sheet.WriteTable(c.W, format, strconv.Itoa(asked.year), titles, rows)
}

// targetFile reads a file of targets and writes all of it, or nothing and says what is wrong, line by line.
func (pg *Pages) targetFile(c *Call) error {
	if !c.May(rights.Create, registry.KindTarget) {
		return desk.ErrForbidden
	}
	q := c.R.URL.Query()
	asked, err := c.targetsAsked(q.Get("place"), q.Get("year"), "")
	if err != nil {
		return err
	}
	places, err := c.targetFilePlaces(&asked)
	if err != nil {
		return err
	}
	if err := c.Desk.MayTarget(c.Who, asked.place); err != nil {
		return err
	}
	name, file, source, err := c.readTargetFile()
	if err != nil {
		return err
	}
	refuse := func(status int, wrong ...string) error {
		return c.drawTargets(status, &asked, &targetTyped{wrong: wrong, text: map[string]string{"source": source}})
	}
	number, ok := chosen(registry.TargetSourceEnum, source)
	switch {
	case len(file) == 0:
		return refuse(http.StatusUnprocessableEntity, c.T("import_say.no_file"))
	case len(file) > TargetFileBytesMax:
		return refuse(http.StatusRequestEntityTooLarge, c.T("import_say.too_large", "max", TargetFileBytesMax>>20))
	case !ok || number == 0:
		return refuse(http.StatusUnprocessableEntity, c.T("target_say.no_source"))
	}
	book, err := sheet.Open(name, bytes.NewReader(file), int64(len(file)))
	var fault sheet.FileError
	if errors.As(err, &fault) {
		return refuse(http.StatusUnprocessableEntity, ImportFault(c.Words.Lang(), err))
	}
	if err != nil {
		return err
	}
	read := targetReader{c: c, places: places, source: registry.TargetSource(number), seen: map[p.EntityID]int{}}
	if err := book.Rows("", read.row); err != nil && !errors.Is(err, errTargetLong) {
		if errors.As(err, &fault) {
			return refuse(http.StatusUnprocessableEntity, ImportFault(c.Words.Lang(), err))
		}
		return err
	}
	switch {
	case read.columns == nil && len(read.wrong) == 0:
		return refuse(http.StatusUnprocessableEntity, c.T("target_say.no_columns"))
	case len(read.wrong) > 0:
		if more := len(read.wrong) - targetWrongShown; more > 0 {
			read.wrong = append(read.wrong[:targetWrongShown], c.T("target_say.more_wrong", "n", more))
		}
		return refuse(http.StatusUnprocessableEntity, read.wrong...)
	}
	changed := 0
	for part := range slices.Chunk(read.entries, desk.TargetRowsMax) {
		n, err := c.Desk.SetTargets(c.Ctx(), c.Who, asked.year, part)
		if wrong, known := c.targetWrong(err); known {
			return refuse(http.StatusUnprocessableEntity, firstOf(wrong.fields))
		}
		if err != nil {
			return err
		}
		changed += n
	}
	return c.Go(asked.query(), ui.Note{Tone: ui.ToneOK, Lead: c.T("target_say.saved", "n", changed, "year", strconv.Itoa(asked.year))})
}

// readTargetFile takes the form apart.
func (c *Call) readTargetFile() (name string, file []byte, source string, err error) {
	parts, err := c.R.MultipartReader()
	if err != nil {
		return "", nil, "", nil // no file
	}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return name, file, source, nil
		}
		if err != nil {
			return "", nil, "", err
		}
		switch part.FormName() {
		case "source":
			text, err := io.ReadAll(io.LimitReader(part, registry.TextBytesMax))
			if err != nil {
				return "", nil, "", err
			}
			source = strings.TrimSpace(string(text))
		case "file":
			if name = part.FileName(); name == "" {
				continue
			}
			if file, err = io.ReadAll(io.LimitReader(part, TargetFileBytesMax+1)); err != nil {
				return "", nil, "", err
			}
		}
	}
}

// targetReader reads the rows of a file: a line of titles, then a place a line.
type targetReader struct {
	c          *Call
	places     []project.PlaceRow
	source     registry.TargetSource
	columns    map[int]registry.TargetGroup // nil: the titles have not come yet
	code, name int                          // their columns, -1: none
	seen       map[p.EntityID]int           // by the line of the file
	lines      int
	entries    []desk.TargetEntry
	wrong      []string
}

func (r *targetReader) row(n int, cells []string) error {
	if r.columns == nil {
		r.titles(cells)
		return nil
	}
	at := func(i int) string {
		if i < 0 || i >= len(cells) {
			return ""
		}
		return strings.TrimSpace(cells[i])
	}
	if at(r.code) == "" && at(r.name) == "" {
		return nil // a sum, or a remark
	}
	if r.lines++; r.lines > TargetFileRowsMax {
		r.wrong = []string{r.c.T("target_say.long", "max", TargetFileRowsMax)}
		return errTargetLong
	}
	place, found := r.find(at(r.code), at(r.name))
	if !found {
		r.fail(n, "target_say.unknown_place", "text", strings.TrimSpace(at(r.code)+" "+at(r.name)))
		return nil
	}
	if before, twice := r.seen[place]; twice {
		r.fail(n, "target_say.twice", "text", at(r.name), "line", strconv.Itoa(before))
		return nil
	}
	r.seen[place] = n
	e := desk.TargetEntry{Place: place, Numbers: map[registry.TargetGroup]*registry.TargetNumber{}}
	for i, g := range r.columns {
		text := at(i)
		if text == "" {
			continue // an empty cell takes nothing back
		}
		people, ok := parsePeople(text)
		if !ok || people < 0 || people > registry.TargetPeopleMax {
			r.fail(n, "target_say.bad_number", "text", text, "group", r.c.T("target_group."+g.String()))
			continue
		}
		e.Numbers[g] = &registry.TargetNumber{People: people, Source: r.source}
	}
	r.entries = append(r.entries, e)
	return nil
}

// errTargetLong ends the reading of a file with too many rows; what is wrong is said already.
var errTargetLong = errors.New("too many rows")

func (r *targetReader) fail(n int, key string, args ...any) {
	r.wrong = append(r.wrong, r.c.T("target_say.line", "n", strconv.Itoa(n))+" "+r.c.T(key, args...))
}

// titles reads a line of titles, if it is one: it names the place and a group at least.
func (r *targetReader) titles(cells []string) {
	columns, code, name := map[int]registry.TargetGroup{}, -1, -1
	for i, cell := range cells {
		title := registry.Fold(strings.TrimSpace(cell))
		if title == "" {
			continue
		}
		for _, lang := range []string{locale.Vietnamese, locale.English} {
			words := locale.For(lang)
			switch title {
			case registry.Fold(words.T("target_say.code")):
				code = i
			case registry.Fold(words.T("target.place")):
				name = i
			}
			for _, g := range registry.TargetGroups() {
				if title == registry.Fold(words.T("target_group."+g.String())) || title == g.String() {
					columns[i] = g
				}
			}
		}
	}
	if len(columns) > 0 && (code >= 0 || name >= 0) {
		r.columns, r.code, r.name = columns, code, name
	}
}

// find finds the place of a line: by its code, with or without the system it is of, else by its name, if only one has that.
func (r *targetReader) find(code, name string) (p.EntityID, bool) {
	var found []p.EntityID
	for i := range r.places {
		x := &r.places[i]
		_, bare, _ := strings.Cut(x.Code, ":")
		switch {
		case code != "" && (strings.EqualFold(code, x.Code) || code == bare || strings.TrimLeft(code, "0") == strings.TrimLeft(bare, "0") && bare != ""):
			found = append(found, x.ID)
		case code == "" && registry.Fold(name) == registry.Fold(x.Name):
			found = append(found, x.ID)
		}
	}
	if len(found) != 1 {
		return p.EntityID{}, false
	}
	return found[0], true
}
