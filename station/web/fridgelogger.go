package web

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"

	"tramy/internal/desk"
	"tramy/internal/pages"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/sheet"
	"tramy/internal/thermometer"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// LoggerBytesMax bounds the file of a temperature logger.
const LoggerBytesMax = 16 << 20

// takeLogger takes a logger's file in.
func (w *Web) takeLogger(c *pages.Call) error {
	if !c.May(rights.Create, registry.KindTemperature) {
		return desk.ErrForbidden
	}
	typed := &fridgeTyped{}
	refuse := func(status int, text string) error {
		typed.fileWrong = text
		return w.drawFridges(c, status, typed)
	}
	parts, err := c.R.MultipartReader()
	if err != nil {
		return refuse(http.StatusUnprocessableEntity, c.T("import_say.no_file"))
	}
	var file []byte
	var name string
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		switch part.FormName() {
		case "fridge":
			text, err := io.ReadAll(io.LimitReader(part, registry.TextBytesMax))
			if err != nil {
				return err
			}
			typed.fridge = string(text)
		case "file":
			if name = part.FileName(); name == "" {
				continue
			}
			if file, err = io.ReadAll(io.LimitReader(part, LoggerBytesMax+1)); err != nil {
				return err
			}
		}
	}
	switch {
	case name == "" || len(file) == 0:
		return refuse(http.StatusUnprocessableEntity, c.T("import_say.no_file"))
	case len(file) > LoggerBytesMax:
		return refuse(http.StatusRequestEntityTooLarge, c.T("import_say.too_large", "max", LoggerBytesMax>>20))
	}
	id, err := p.ParseEntityID(typed.fridge)
	if err != nil {
		return refuse(http.StatusUnprocessableEntity, c.T("fridge_say.which"))
	}
	log, err := c.Desk.FridgeLog(c.Ctx(), c.Who, c.Today, c.Today)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(log.Fridges, func(f desk.FridgeSheet) bool { return f.ID == id })
	if at < 0 {
		return desk.ErrNotFound
	}
	f := &log.Fridges[at]
	book, err := sheet.Open(name, bytes.NewReader(file), int64(len(file)))
	var read thermometer.Log
	if err == nil {
		read, err = thermometer.Read(func(yield func(int, []string) error) error { return book.Rows("", yield) }, f.Low, f.High, c.Today)
	}
	if err != nil {
		if text := loggerFault(c, err); text != "" {
			return refuse(http.StatusUnprocessableEntity, text)
		}
		return err
	}
	taken, err := c.Desk.TakeLogger(c.Ctx(), c.Who, id, read.Days)
	if told, known := c.Sentences(err); known {
		for _, text := range told {
			return refuse(http.StatusUnprocessableEntity, text)
		}
	}
	if err != nil {
		return err
	}
	note := ui.Note{Tone: ui.ToneOK, Lead: c.T("fridge_say.taken", "name", f.Name, "days", len(read.Days), "from", read.Days[0].Day.String(), "until", read.Days[len(read.Days)-1].Day.String())}
	note.Text = c.T("fridge_say.taken_new", "new", taken.New, "longer", taken.Longer, "same", taken.Same)
	if read.Skipped > 0 {
		note.Text += " " + c.T("fridge_say.skipped", "n", read.Skipped)
	}
	return c.Go(monthPath(read.Days[len(read.Days)-1].Day), note)
}

// loggerFault says what is wrong with a logger's file, "" if it is not the file.
func loggerFault(c *pages.Call, err error) string {
	var unknown *thermometer.UnknownError
	var line *thermometer.LineError
	var future *thermometer.FutureError
	var long *thermometer.TooLongError
	var empty *thermometer.EmptyError
	var file sheet.FileError
	switch {
	case errors.As(err, &unknown):
		titles := slices.DeleteFunc(slices.Clone(unknown.Titles), func(s string) bool { return strings.TrimSpace(s) == "" })
		return c.T("fridge_say.unknown_file", "titles", strings.Join(titles[:min(len(titles), 8)], ", "))
	case errors.As(err, &line):
		return c.T("fridge_say.bad_line", "row", line.Row, "text", line.Text)
	case errors.As(err, &future):
		return c.T("fridge_say.future", "day", future.Day.String())
	case errors.As(err, &long):
		return c.T("fridge_say.too_long", "max", thermometer.ReadingsMax)
	case errors.As(err, &empty):
		return c.T("fridge_say.no_readings")
	case errors.As(err, &file):
		return pages.ImportFault(c.Words.Lang(), err)
	}
	return ""
}
