package pages

import (
	"bytes"
	"mime"
	"net/http"
	"strconv"

	"tramy/internal/paper"
	"tramy/internal/registry"
)

// formatPDF is asked for as format, in a form or an address.
const formatPDF = "pdf"

// WantsPDF reports whether a page for printing was asked for as a file.
func (c *Call) WantsPDF() bool {
	return c.Value("format") == formatPDF || c.R.URL.Query().Get("format") == formatPDF
}

// DrawPrint answers with a page that is made to be printed, or with the same as PDF where that was asked for. The file is called
// name, see PDF.
func (c *Call) DrawPrint(page string, data any, name string) error {
	if c.WantsPDF() {
		return c.PDF(data, name)
	}
	return c.Draw(http.StatusOK, page, data)
}

// PDF answers with a page as a file called name with its ending, in which no name of a person stands: files lie about in the
// folder of downloads, and their names in lists of what was opened last.
func (c *Call) PDF(data any, name string) error {
	var b bytes.Buffer
	if err := paper.Write(&b, paper.Options{Words: c.Words, At: c.Now.UTC()}, data); err != nil {
		return err
	}
	h := c.W.Header()
	h.Set("Content-Type", "application/pdf")
	h.Set("Content-Language", c.Words.Lang())
	h.Set("Content-Length", strconv.Itoa(b.Len()))
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name + ".pdf"}))
	_, err := c.W.Write(b.Bytes())
	return err
}

// FileOf is the name of a file about one person: what it is, and the end of the code.
func FileOf(what, code string) string {
	pc := registry.PersonCode(code)
	if !pc.Valid() {
		return what
	}
	return what + "-" + pc.LastSix()
}

// FileOn is the name of a file about a day.
func FileOn(what string, day registry.Day) string { return what + "-" + day.ISO() }

// MadeList says on a list for printing when, where, by whom and for what it was made. How to print it says the page, not the paper.
func (c *Call) MadeList() string {
	return c.T("paper.made", "on", c.Today.String(), "place", c.Place, "who", c.Who.Name, "what", c.TakenWord(c.Value("for"), c.Value("reason")))
}
