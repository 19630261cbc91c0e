package pages

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"sync"
	"time"

	"tramy/internal/bundle"
	"tramy/internal/exchange"
	"tramy/internal/node"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/server"
	"tramy/internal/stick"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// Bounds of the page: how much is taken by one form, and for how long a slow stick may take.
const (
	usbUploadMax       = 4 * bundle.SizeBytesMax
	usbFilesMax        = 500                   // files of one form
	usbAnswersBytesMax = p.RequestSizeBytesMax // of the answers to them, which are held in memory; the file that goes beyond is the last
	usbTime            = 15 * time.Minute
)

// usbAnswers are the answers to what was last uploaded, as one file to be fetched; the next upload takes their place.
type usbAnswers struct {
	mu   sync.Mutex
	user p.EntityID
	zip  []byte
}

func (pg *Pages) registerUSB(s *server.Server) {
	if pg.Courier == nil && pg.Bundles == nil {
		return
	}
	s.Handle(http.MethodGet, ui.PathUSB, pg.Page(pg.showUSB))
	s.Handle(http.MethodPost, ui.PathUSB+"/in", pg.Form(pg.usbIn), server.Timeout(usbTime))
	s.Handle(http.MethodPost, ui.PathUSB+"/upload", pg.Page(pg.usbUpload), server.BodyMax(usbUploadMax), server.Timeout(usbTime))
	if pg.Courier != nil {
		s.Handle(http.MethodPost, ui.PathUSB+"/out", pg.Page(pg.usbOut), server.Timeout(usbTime))
	}
	if pg.Bundles != nil {
		s.Handle(http.MethodGet, ui.PathUSB+"/answers", pg.Page(pg.usbFetch))
	}
}

// mayMachines lets everybody in who works here: a file says no more to who carries it than the line to who listens.
func (c *Call) mayMachines() error {
	if !c.May(rights.Read, registry.KindDevice) {
		return server.NewProblem(server.TypeForbidden)
	}
	return nil
}

func (pg *Pages) drives() []stick.Drive {
	all := stick.Drives()
	if pg.USB != "" {
		all = append([]stick.Drive{{Path: pg.USB, Name: pg.USB}}, all...)
	}
	return all
}

// drive is the one that a form names, among those that are there.
func (c *Call) drive() (path string, ok bool) {
	for _, d := range c.drives() {
		if d.Path == c.Value("drive") {
			return d.Path, true
		}
	}
	return "", false
}

func (pg *Pages) showUSB(c *Call) error { return c.drawUSB(nil, "") }

func (c *Call) drawUSB(rows []ui.USBRow, answers string) error {
	if err := c.mayMachines(); err != nil {
		return err
	}
	frame, err := c.Frame("")
	if err != nil {
		return err
	}
	frame.Path = ui.PathUSB
	page := ui.USB{Frame: frame, Up: c.Courier != nil, Hub: c.Hub, Rows: rows, Answers: answers}
	for _, d := range c.drives() {
		page.Drives = append(page.Drives, ui.USBDrive{Value: d.Path, Name: d.Name})
	}
	if c.Courier != nil {
		calls, err := c.Courier.Calls(c.Ctx())
		if err != nil {
			return err
		}
		for i := range calls {
			page.Last = c.T("usb_say.last", "at", c.Words.When(at(calls[i].WallMS), c.Now), "n", int(calls[i].Changes))
			if calls[i].AnsweredMS > 0 {
				page.Answered = c.T("usb_say.answered", "at", c.Words.When(at(calls[i].AnsweredMS), c.Now))
			}
		}
	}
	return c.Draw(http.StatusOK, "usb", page)
}

// usbOut writes a file onto the stick that the form names, or gives it to the browser.
func (pg *Pages) usbOut(c *Call) error {
	if err := c.mayMachines(); err != nil {
		return err
	}
	if c.Value("drive") != "" {
		path, ok := c.drive()
		if !ok {
			return c.Go(ui.PathUSB, c.usbWrong("gone"))
		}
		out, err := pg.Courier.OutTo(c.Ctx(), path)
		if err != nil {
			return c.Go(ui.PathUSB, c.usbWrong(usbFault(err)))
		}
		note := ui.Note{Tone: ui.ToneOK, Lead: c.T("usb_say.written", "n", int(out.Changes), "file", out.Name), Text: c.T("usb_say.carry")}
		if out.More {
			note.Text = c.T("usb_say.more")
		}
		return c.Go(ui.PathUSB, note)
	}
	var file bytes.Buffer
	out, err := pg.Courier.Out(c.Ctx(), func(_ string, write func(io.Writer) error) error { return write(&file) })
	if err != nil {
		return c.Go(ui.PathUSB, c.usbWrong(usbFault(err)))
	}
	c.giveFile(out.Name, file.Bytes())
	return nil
}

func (c *Call) giveFile(name string, content []byte) {
	h := c.W.Header()
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	_, _ = c.W.Write(content) // a browser that went away asks again
}

// usbIn reads everything on the stick that the form names.
func (pg *Pages) usbIn(c *Call) error {
	if err := c.mayMachines(); err != nil {
		return err
	}
	path, ok := c.drive()
	if !ok {
		return c.Go(ui.PathUSB, c.usbWrong("gone"))
	}
	ctx := context.WithoutCancel(c.Ctx()) // half a stick is no help to anybody
	var rows []ui.USBRow
	if pg.Courier != nil {
		files, err := pg.Courier.InFrom(ctx, path)
		if err != nil && !errors.Is(err, exchange.ErrNoBundles) {
			return c.Go(ui.PathUSB, c.usbWrong(usbFault(err)))
		}
		for i := range files {
			rows = append(rows, c.usbTaken(&files[i]))
		}
	}
	if pg.Bundles != nil {
		files, err := pg.Bundles.TakeFrom(ctx, path, "")
		if err != nil && !errors.Is(err, exchange.ErrNoBundles) {
			return c.Go(ui.PathUSB, c.usbWrong(usbFault(err)))
		}
		for i := range files {
			rows = append(rows, c.usbAnswered(&files[i]))
		}
	}
	if len(rows) == 0 {
		return c.Go(ui.PathUSB, c.usbWrong("nothing"))
	}
	return c.drawUSB(rows, "")
}

// usbUpload reads the files that a browser sends, one after the other as they come.
func (pg *Pages) usbUpload(c *Call) error {
	if err := c.mayMachines(); err != nil {
		return err
	}
	parts, err := c.R.MultipartReader()
	if err != nil {
		return c.Go(ui.PathUSB, c.usbWrong("nothing"))
	}
	var rows []ui.USBRow
	var packed bytes.Buffer
	answers, answered, left := zip.NewWriter(&packed), 0, 0
	put := func(name string, write func(io.Writer) error) error {
		var file bytes.Buffer
		if err := write(&file); err != nil {
			return err
		}
		w, err := answers.Create(bundle.Folder + "/" + name)
		if err == nil {
			_, err = w.Write(file.Bytes())
		}
		answered++
		return err
	}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		switch {
		case part.FormName() != "file" || part.FileName() == "":
		case usbFull(len(rows), packed.Len()):
			left++
		default:
			rows = append(rows, c.usbRead(part.FileName(), part, put))
		}
	}
	if left > 0 {
		rows = append(rows, ui.USBRow{Mark: ui.Mark{Kind: ui.MarkRefused}, Text: c.T("usb_fault.left", "n", left)})
	}
	if len(rows) == 0 {
		return c.Go(ui.PathUSB, c.usbWrong("nothing"))
	}
	if err := answers.Close(); err != nil {
		return err
	}
	link := ""
	if answered > 0 {
		pg.answers.mu.Lock()
		pg.answers.user, pg.answers.zip = c.Who.User, packed.Bytes()
		pg.answers.mu.Unlock()
		link = ui.PathUSB + "/answers"
	}
	return c.drawUSB(rows, link)
}

// usbFull reports whether no further file of a form is read, after so many, and so many bytes of answers to them.
func usbFull(files, answerBytes int) bool {
	return files >= usbFilesMax || answerBytes >= usbAnswersBytesMax
}

// usbRead reads one uploaded file: which kind it is shows when it is opened, or by its name.
func (c *Call) usbRead(name string, r io.Reader, put exchange.Put) ui.USBRow {
	_, _, way, named := bundle.ParseName(name)
	if c.Bundles != nil && (c.Courier == nil || !named || way == bundle.Up) {
		var a exchange.AnsweredFile
		a.Answered, a.Err = c.Bundles.Take(c.Ctx(), r, put)
		a.File = name
		return c.usbAnswered(&a)
	}
	var t exchange.TakenFile
	t.Taken, t.Err = c.Courier.In(c.Ctx(), r)
	t.File = name
	return c.usbTaken(&t)
}

func (pg *Pages) usbFetch(c *Call) error {
	if err := c.mayMachines(); err != nil {
		return err
	}
	pg.answers.mu.Lock()
	user, file := pg.answers.user, pg.answers.zip
	pg.answers.mu.Unlock()
	if len(file) == 0 || user != c.Who.User {
		return server.NewProblem(server.TypeNotFound)
	}
	c.giveFile("TRAMY.zip", file)
	return nil
}

// usbTaken says what an answer from above brought.
func (c *Call) usbTaken(t *exchange.TakenFile) ui.USBRow {
	row := ui.USBRow{Mark: ui.Mark{Kind: ui.MarkOK}, Name: t.File}
	switch {
	case t.Err != nil:
		row.Mark.Kind, row.Text = ui.MarkRefused, c.T("usb_fault."+usbFault(t.Err))
		if errors.Is(t.Err, node.ErrBundleRead) {
			row.Mark.Kind = ui.MarkOK
		}
	case t.Refusal != nil:
		row.Mark.Kind, row.Text = ui.MarkRefused, c.T("usb_fault.refused")
		if t.Refusal.Code == p.RefusedRevoked {
			row.Text = c.T("usb_fault.locked")
		}
	default:
		row.Text = c.T("usb_say.taken", "at", c.Words.When(at(t.AnsweredMS), c.Now), "n", t.Received)
		if t.More {
			row.Mark.Kind = ui.MarkHalf
			row.Text += " " + c.T("usb_say.more")
		}
	}
	return row
}

// usbAnswered says what a file from below brought.
func (c *Call) usbAnswered(a *exchange.AnsweredFile) ui.USBRow {
	row := ui.USBRow{Mark: ui.Mark{Kind: ui.MarkOK}, Name: a.File}
	if a.Device != nil {
		row.Name = strings.TrimSpace(a.Place + " " + deviceNumber(a.Device.Number))
	}
	var unwritten *exchange.AnswerError
	switch {
	case errors.As(a.Err, &unwritten):
		row.Mark.Kind, row.Text = ui.MarkHalf, c.T("usb_fault.unwritten")
	case a.Err != nil:
		row.Mark.Kind, row.Text = ui.MarkRefused, c.T("usb_fault."+usbFault(a.Err))
	case a.Late || a.Changes == 0:
		row.Text = c.T("usb_say.nothing_new", "at", c.Words.When(at(a.WallMS), c.Now))
	default:
		row.Text = c.T("usb_say.brought", "at", c.Words.When(at(a.WallMS), c.Now), "n", int(a.Changes))
	}
	if a.Err == nil && a.BundleServed.More {
		row.Mark.Kind = ui.MarkHalf
		row.Text += " " + c.T("usb_say.more")
	}
	return row
}

func (c *Call) usbWrong(code string) ui.Note {
	return ui.Note{Tone: ui.ToneAsk, Lead: c.T("usb_fault."+code, "max", stick.FilesMax), Alert: true}
}

// usbFault names the sentence for what is wrong with a file or a stick.
func usbFault(err error) string {
	for _, f := range []struct {
		err  error
		code string
	}{
		{exchange.ErrRevokedDevice, "revoked"},
		{exchange.ErrNotStored, "not_stored"},
		{exchange.ErrNoSealKey, "no_key"},
		{exchange.ErrNoAnswerKey, "no_answer_key"},
		{exchange.ErrNotAnswer, "not_answer"},
		{exchange.ErrNotRequest, "not_request"},
		{exchange.ErrStranger, "stranger"},
		{exchange.ErrUnknownDevice, "unknown_device"},
		{exchange.ErrNoBundles, "nothing"},
		{stick.ErrCrowded, "crowded"},
		{node.ErrBundleRead, "read"},
		{node.ErrBundleUnknown, "unknown"},
		{node.ErrBundleMoved, "moved"},
		{bundle.ErrNotFor, "not_for"},
		{bundle.ErrNotBundle, "not_bundle"},
		{bundle.ErrVersion, "version"},
		{bundle.ErrSignature, "signature"},
		{bundle.ErrTooLarge, "too_large"},
		{bundle.ErrDamaged, "damaged"},
	} {
		if errors.Is(err, f.err) {
			return f.code
		}
	}
	return "drive"
}
