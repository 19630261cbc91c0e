package web

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strconv"

	"tramy/internal/desk"
	"tramy/internal/pages"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/server"
	"tramy/internal/sheet"
	"tramy/internal/ui"
)

// stockFileBytesMax bounds a list of stock: sixty lines are a few KB, a spreadsheet with its styles some hundred.
const stockFileBytesMax = 4 << 20

func (w *Web) registerStockFile(s *server.Server) {
	s.Handle(http.MethodGet, ui.PathStockFile, w.Page(w.showStockFile))
	s.Handle(http.MethodPost, ui.PathStockFile, w.Page(w.tryStockFile), server.BodyMax(stockFileBytesMax+1<<20), server.Timeout(uploadTime))
	s.Handle(http.MethodPost, ui.PathStockFile+"/write", w.Form(w.writeStockFile))
}

func mayKeepStock(c *pages.Call) bool {
	return c.May(rights.Create, registry.KindStockCount) && c.May(rights.Create, registry.KindMovement)
}

func (w *Web) showStockFile(c *pages.Call) error {
	return w.drawStockFile(c, http.StatusOK, "", "", nil)
}

func (w *Web) drawStockFile(c *pages.Call, status int, wrong, file string, lines []desk.OpeningLine) error {
	if !mayKeepStock(c) {
		return desk.ErrForbidden
	}
	frame, err := c.Frame(ui.NavStock)
	if err != nil {
		return err
	}
	frame.Path = ui.PathStockFile
	page := ui.StockFile{Frame: frame, Wrong: wrong, File: file}
	for i := range lines {
		x := &lines[i]
		line := ui.StockFileLine{
			Row: x.Row, Name: x.Name, Lot: x.Lot, Quantity: strconv.Itoa(x.Quantity), Item: x.Item, Stock: x.Stock.String(), QuantityValue: strconv.Itoa(x.Quantity),
			Mark: ui.Mark{Kind: ui.MarkInvalid, Text: c.T("stock_file.refused")},
		}
		if x.Expires != 0 {
			line.Expires, line.ExpiresValue = x.Expires.String(), x.Expires.ISO()
		}
		switch x.Verdict {
		case desk.OpeningNew:
			line.New, line.Mark = true, ui.Mark{Kind: ui.MarkOK, Text: c.T("stock_file.new")}
			page.New++
		case desk.OpeningThere:
			line.Mark = ui.Mark{Kind: ui.MarkNotDone, Text: c.T("stock_file.there")}
		default:
			for k := range x.Problems {
				if k > 0 {
					line.Why += " "
				}
				line.Why += c.T(x.Problems[k].Key(), x.Problems[k].Args()...)
			}
		}
		page.Lines = append(page.Lines, line)
	}
	return c.Draw(status, "stockfile", page)
}

// tryStockFile reads a list and says what would become of each line; nothing is written, and the file is kept nowhere.
func (w *Web) tryStockFile(c *pages.Call) error {
	if !mayKeepStock(c) {
		return desk.ErrForbidden
	}
	name, data, err := fileOf(c, stockFileBytesMax)
	if err != nil {
		return err
	}
	if data == nil {
		return w.drawStockFile(c, http.StatusUnprocessableEntity, c.T("import_say.no_file"), "", nil)
	}
	if len(data) > stockFileBytesMax {
		return w.drawStockFile(c, http.StatusUnprocessableEntity, c.T("import_say.too_large", "max", stockFileBytesMax>>20), "", nil)
	}
	lines, err := w.readStock(c, name, data)
	var file sheet.FileError
	if errors.As(err, &file) {
		return w.drawStockFile(c, http.StatusUnprocessableEntity, c.T(file.Key(), file.Args()...), "", nil)
	}
	if err != nil {
		return err
	}
	tried, err := c.Desk.OpeningStock(c.Ctx(), c.Who, lines, true)
	if err != nil {
		return err
	}
	if len(tried) == 0 {
		return w.drawStockFile(c, http.StatusUnprocessableEntity, c.T("stock_file.empty"), "", nil)
	}
	return w.drawStockFile(c, http.StatusOK, "", name, tried)
}

func (w *Web) readStock(c *pages.Call, name string, data []byte) ([]sheet.StockLine, error) {
	book, err := sheet.Open(name, bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	vaccines, err := w.station.VaccineNames(c.Ctx())
	if err != nil {
		return nil, err
	}
	return book.ReadStock(vaccines, c.Today)
}

// fileOf reads the file of a form, one byte more than it may have at most; nil if there is none.
func fileOf(c *pages.Call, bytesMost int64) (name string, data []byte, err error) {
	parts, err := c.R.MultipartReader()
	if err != nil {
		return "", nil, nil //nolint:nilerr // no form with a file
	}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return "", nil, nil
		}
		if err != nil {
			return "", nil, err
		}
		if part.FormName() == "file" && part.FileName() != "" {
			data, err := io.ReadAll(io.LimitReader(part, bytesMost+1))
			return part.FileName(), data, err
		}
	}
}

// writeStockFile counts what the page had shown as new; each line is held against the ledger once more.
func (w *Web) writeStockFile(c *pages.Call) error {
	if !mayKeepStock(c) {
		return desk.ErrForbidden
	}
	form := c.R.PostForm
	at := func(name string, i int) string {
		if i < len(form[name]) {
			return form[name][i]
		}
		return ""
	}
	var lines []sheet.StockLine
	for i := range form["item"] {
		line := sheet.StockLine{Item: at("item", i), Name: at("name", i), Lot: at("lot", i)}
		var err error
		line.Row, _ = strconv.Atoi(at("row", i))
		if line.Quantity, err = strconv.Atoi(at("quantity", i)); err != nil {
			return desk.ErrNotFound
		}
		if text := at("expires", i); text != "" {
			if line.Expires, err = registry.ParseISO(text); err != nil {
				return desk.ErrNotFound
			}
		}
		stock, _ := registry.ProgrammeEnum.Number(at("stock", i))
		line.Stock = registry.Programme(stock)
		lines = append(lines, line)
	}
	done, err := c.Desk.OpeningStock(c.Ctx(), c.Who, lines, false)
	var large *sheet.TooLargeError
	if errors.As(err, &large) {
		return w.drawStockFile(c, http.StatusUnprocessableEntity, c.T(large.Key(), large.Args()...), "", nil)
	}
	if err != nil {
		return err
	}
	n := 0
	for i := range done {
		if done[i].Verdict == desk.OpeningNew {
			n++
		}
	}
	if n < len(done) || n == 0 { // somebody entered or counted meanwhile: that stands, and is shown
		return w.drawStockFile(c, http.StatusOK, c.T("stock_file.written_some", "n", n), "", done)
	}
	return c.Go(ui.PathStock, ui.Note{Tone: ui.ToneOK, Lead: c.T("stock_file.written", "n", n)})
}
