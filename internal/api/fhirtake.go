package api

import (
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strings"
	"time"

	"tramy/internal/desk"
	"tramy/internal/fhir"
	"tramy/internal/registry"
	"tramy/internal/server"
	p "tramy/syncproto"
)

// BundleBytesMax is what a program may send at once; more goes by the command, or in parts.
const BundleBytesMax = 4 << 20

// takeTimeout is how long a bundle may take on its way in.
const takeTimeout = 5 * time.Minute

// TakeBundles adds the door by which bundles come in. Who is who is decided as for a register in a spreadsheet: the same
// bundle twice changes nothing, and who may be somebody that is here is asked about and not written.
func (a *API) TakeBundles(s *server.Server) {
	a.takes = true
	a.Handle(s, Write, http.MethodPost, FHIRPrefix, a.takeBundle, server.BodyMax(BundleBytesMax), server.Timeout(takeTimeout))
}

func (a *API) takeBundle(c *Call) (*Answer, error) {
	if t, _, err := mime.ParseMediaType(c.Header.Get("Content-Type")); err != nil || t != "application/json" && t != fhir.MediaType {
		return nil, server.NewProblem(server.TypeMediaType).Param("want", fhir.MediaType)
	}
	if !desk.MayImport(c.Who) {
		return nil, desk.ErrForbidden
	}
	reading, err := a.desk.ReadFHIR(c.Context())
	if err != nil {
		return nil, err
	}
	in, err := fhir.Decode(c.Body, reading)
	var file *fhir.FileError
	var large *fhir.TooLargeError
	switch {
	case errors.As(err, &file):
		return nil, server.NewProblem(server.TypeBadRequest).At("Bundle").Because(err)
	case errors.As(err, &large):
		return nil, server.NewProblem(server.TypeTooLarge).Param("max", large.Max).Because(err)
	case err != nil:
		return nil, err
	case in.Type == "":
		return nil, server.NewProblem(server.TypeBadRequest).At("Bundle.type")
	}
	t := take{a: a, c: c, in: in, said: map[int]*fhir.Response{}}
	return t.run()
}

// take is one bundle on its way in.
type take struct {
	a      *API
	c      *Call
	in     *fhir.Read
	said   map[int]*fhir.Response // by entry, from 1
	issues []fhir.Issue
}

// run takes a batch person by person; of anything else all or nobody, so that it is tried first.
func (t *take) run() (*Answer, error) {
	opt := desk.ImportOptions{File: "FHIR"}
	if t.in.Type != "batch" {
		opt.Dry = true
		if err := t.pass(opt); err != nil {
			return nil, err
		}
		if len(t.issues) > 0 {
			answer, err := resource(fhir.Outcome(t.issues...))
			answer.Status = http.StatusUnprocessableEntity
			return answer, err
		}
		opt.Dry = false
		t.said = map[int]*fhir.Response{}
	}
	if err := t.pass(opt); err != nil {
		return nil, err
	}
	kind := "batch-response"
	if t.in.Type != "batch" {
		kind = "transaction-response"
	}
	out := &fhir.Bundle{ResourceType: "Bundle", Type: kind}
	for n := 1; n <= t.in.Entries; n++ {
		r := t.said[n]
		if r == nil {
			r = &fhir.Response{Status: "200 OK", Outcome: fhir.Outcome(fhir.Issue{Severity: "information", Code: "not-supported", Diagnostics: "not read"})}
		}
		out.Entry = append(out.Entry, fhir.Entry{Response: r})
	}
	return resource(out)
}

func (t *take) pass(opt desk.ImportOptions) error {
	_, err := t.a.desk.ImportFHIR(t.c.Context(), t.c.Who, t.in, opt, func(e desk.ImportedEntry, _ *desk.ImportCounts) error {
		t.tell(&e)
		return nil
	})
	return err
}

// tell says what became of a person's entries.
func (t *take) tell(e *desk.ImportedEntry) {
	r := fhir.Response{Status: "200 OK"}
	code, severity := "informational", "information"
	switch e.Verdict {
	case desk.ImportNew:
		r.Status = "201 Created"
	case desk.ImportProposed:
		r.Status, code, severity = "409 Conflict", "duplicate", "error"
	case desk.ImportRefused:
		r.Status, code, severity = "422 Unprocessable Entity", "invalid", "error"
	}
	if !e.Arrival.Subject.IsZero() {
		r.Location = "Patient/" + e.Arrival.Subject.String()
	}
	issues := t.why(e, severity, code)
	if len(issues) > 0 {
		r.Outcome = fhir.Outcome(issues...)
	}
	if severity == "error" {
		t.issues = append(t.issues, issues...)
	}
	for _, row := range e.Rows {
		one := r
		if row != e.Rows[0] {
			one.Outcome = nil
		}
		t.said[row] = &one
	}
}

// why says in the caller's language what stood in the way of an entry, or what was left as it was, and at which element.
func (t *take) why(e *desk.ImportedEntry, severity, code string) []fhir.Issue {
	words := t.c.Words
	var out []fhir.Issue
	add := func(entry int, path string, reason registry.Code, text string) {
		at := fmt.Sprintf("Bundle.entry[%d]", entry-1)
		if _, element, ok := strings.Cut(path, "."); ok {
			at += ".resource." + element
		}
		out = append(out, fhir.Issue{
			Severity: severity, Code: code, Expression: []string{at},
			Details: &fhir.CodeableConcept{Coding: []fhir.Coding{{System: "urn:tramy:import", Code: string(reason)}}, Text: text},
		})
	}
	for i := range e.Problems {
		pr := &e.Problems[i]
		add(pr.Row, pr.Title, pr.Code, words.T(pr.Key(), pr.Args()...))
	}
	if e.Verdict == desk.ImportProposed {
		var codes []string
		for i := range e.Candidates {
			codes = append(codes, registry.PersonCode(e.Candidates[i].Row.Code).Format())
		}
		add(e.Rows[0], "", "likely", words.T("import_reason.likely", "who", strings.Join(codes, "; ")))
	}
	for _, list := range [][]desk.Remark{e.Faults, e.Kept} {
		for i := range list {
			r := &list[i]
			row, vaccine := e.Rows[0], ""
			if r.Dose >= 0 && r.Dose < len(e.Entry.Doses) {
				row, vaccine = e.Entry.Doses[r.Dose].Row, e.Entry.Doses[r.Dose].Vaccine
			}
			text := Sentence(words, r.Error)
			if key := "import_reason." + string(r.Error.Code); words.Has(key) {
				args := []any{"vaccine", vaccine}
				for name, v := range r.Error.Params {
					args = append(args, name, spoken(words, r.Error.Code, shown(v)))
				}
				text = words.T(key, args...)
			}
			add(row, "", r.Error.Code, text)
		}
	}
	return out
}

// shown is a value of the register as its text; anything else as it is.
func shown(v any) any {
	d, ok := v.(p.Data)
	if !ok {
		return v
	}
	if text, is := d.Text(); is {
		return text
	}
	n, _ := d.Int()
	return fmt.Sprint(n)
}
