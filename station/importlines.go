package station

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"os"

	"tramy/internal/desk"
)

// lineOf is what is worth saying about an entry, nil if nothing is.
func (im *Imports) lineOf(lang string, e *desk.ImportedEntry) *ImportLine {
	reasons := im.Words(lang, e)
	open := e.Verdict == desk.ImportProposed || e.Verdict == desk.ImportRefused
	if !open && len(reasons) == 0 {
		return nil
	}
	line := &ImportLine{Row: e.Rows[0], Name: e.Entry.Subject.Cleaned().Name, Verdict: e.Verdict, Reasons: reasons}
	if open {
		line.Cells = e.Cells
	}
	if e.Verdict == desk.ImportProposed {
		line.Newcomer = &e.Newcomer
		for i := range e.Candidates {
			c := &e.Candidates[i]
			line.Candidates = append(line.Candidates, ImportCandidate{ID: c.Row.ID, Code: c.Row.Code, Line: im.Line(lang, c)})
		}
	}
	return line
}

// Lines calls fn with what is to be said, in order of rows, until it returns false.
func (im *Imports) Lines(fn func(*ImportLine) bool) error {
	job := im.Job()
	if job == nil {
		return nil
	}
	f, err := os.Open(im.path("lines.jsonl"))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	dec := json.NewDecoder(bufio.NewReader(f))
	for {
		line := &ImportLine{}
		switch err := dec.Decode(line); {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF): // being written
			return nil
		case err != nil:
			return err
		}
		line.Answer = job.Answers[line.Row]
		if !fn(line) {
			return nil
		}
	}
}

// Answer says who a proposed entry is: a code, or desk.SomebodyNew; and brings it in. order tells twins without a
// name apart, 0 leaves what the file says.
func (im *Imports) Answer(ctx context.Context, who desk.Who, row int, sameAs string, order int) (*desk.Arrival, error) {
	job := im.Job()
	if job == nil || job.Phase != ImportDone {
		return nil, ErrImportPhase
	}
	var in *desk.Newcomer
	if err := im.Lines(func(l *ImportLine) bool {
		if l.Row == row && l.Newcomer != nil && l.Answer == "" {
			in = l.Newcomer
		}
		return in == nil
	}); err != nil {
		return nil, err
	}
	if in == nil {
		return nil, ErrImportPhase // answered meanwhile
	}
	in.SameAs = sameAs
	if order > 0 {
		in.Subject.BirthOrder = order
	}
	run, err := im.s.BeginImport(ctx, who, desk.ImportOptions{File: job.Name})
	if err != nil {
		return nil, err
	}
	defer run.End()
	a, err := run.Person(ctx, row, *in)
	if err != nil || a.Subject.IsZero() {
		return a, err
	}
	// A crash before this is kept leaves the question open; answered again it finds the person there.
	return a, im.change([]string{ImportDone}, func(job *ImportJob) error {
		answers := maps.Clone(job.Answers)
		if answers == nil {
			answers = map[int]string{}
		}
		answers[row] = sameAs
		job.Answers = answers
		job.Counts.Doses += a.Doses
		job.Counts.Fields += a.Fields
		return nil
	})
}
