package station

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"tramy/internal/datadir"
	"tramy/internal/desk"
	"tramy/internal/sheet"
	p "tramy/syncproto"
)

// Phases of a register on its way in.
const (
	ImportColumns  = "columns"  // the file is here; somebody looks at what each column is
	ImportChecking = "checking" // every row is worked out, nothing is written
	ImportChecked  = "checked"  // somebody decides
	ImportRunning  = "running"  // people are written, one act each
	ImportDone     = "done"     // the file is gone; what it could not bring in waits for answers
	ImportFailed   = "failed"   // the file or the machine stood in the way; nothing half written
)

// Errors of acts on an import.
var (
	// ErrImportBusy says that a register is being checked or read in: another has to wait.
	ErrImportBusy = errors.New("a register is being read in; wait until it is done")
	// ErrImportPhase says that the page was older than what happened since.
	ErrImportPhase = errors.New("the import has gone on since the page was opened")
	// ErrUploadLarge says that a file is larger than any commune's register.
	ErrUploadLarge = fmt.Errorf("a file has at most %d bytes", UploadBytesMax)
)

// UploadBytesMax bounds a file that a browser sends.
const UploadBytesMax = 64 << 20

// mappingsMax is how many mappings are remembered, the newest first.
const mappingsMax = 50

// ImportCandidate is somebody a row may be.
type ImportCandidate struct {
	ID   p.EntityID `json:"id"`
	Code string     `json:"code"`
	Line string     `json:"line"`
}

// ImportLine is an entry that did not come in, or of which something was left out.
type ImportLine struct {
	Row        int                 `json:"row"`
	Name       string              `json:"name"`
	Verdict    desk.Verdict        `json:"verdict"`
	Reasons    []desk.ImportReason `json:"reasons"`
	Candidates []ImportCandidate   `json:"candidates,omitempty"`
	Newcomer   *desk.Newcomer      `json:"newcomer,omitempty"` // of one that is proposed, for the answer
	Cells      [][]string          `json:"cells,omitempty"`
	Answer     string              `json:"-"`
}

// ImportJob is the one register that is on its way in. It is kept in the data folder, so that an import goes on
// after the program was killed or the laptop switched off.
type ImportJob struct {
	Name     string              `json:"name"` // of the file
	By       p.EntityID          `json:"by"`
	ByName   string              `json:"by_name"`
	Lang     string              `json:"lang"` // of the sentences
	Begun    time.Time           `json:"begun"`
	Phase    string              `json:"phase"`
	Again    bool                `json:"again"` // went on after the program had ended
	AnyPlace bool                `json:"any_place"`
	Sheets   []string            `json:"sheets"`
	Mapping  sheet.Mapping       `json:"mapping"`
	Counts   desk.ImportCounts   `json:"counts"`
	RowsRead int                 `json:"rows_read"`
	Failure  string              `json:"failure"` // in words
	Answers  map[int]string      `json:"answers"` // by row: what was answered and has been carried out
	Lines    map[string]int      `json:"lines"`   // how many lines there are of each verdict
	Skipped  []desk.ImportReason `json:"skipped,omitempty"`
	FHIR     bool                `json:"fhir,omitempty"` // people and doses of another program: there are no columns to look at
}

// Imports keeps and runs it.
type Imports struct {
	s   *Station
	dir string
	// Words says in a language what is to be said of an entry, or of an error about the whole file. Pages and
	// commands set it before the station runs.
	Words func(lang string, e *desk.ImportedEntry) []desk.ImportReason
	Line  func(lang string, c *desk.Candidate) string
	Fault func(lang string, err error) string

	mu   sync.Mutex
	job  *ImportJob
	wake chan struct{}
}

func newImports(s *Station, data string) (*Imports, error) {
	im := &Imports{s: s, dir: filepath.Join(data, "import"), wake: make(chan struct{}, 1)}
	if err := im.sweep(); err != nil {
		return nil, err
	}
	b, err := os.ReadFile(im.path("job.json"))
	switch {
	case errors.Is(err, os.ErrNotExist):
		return im, nil
	case err != nil:
		return nil, err
	}
	job := &ImportJob{}
	if err := json.Unmarshal(b, job); err != nil {
		// A file that is brought in twice changes nothing the second time: it is no reason not to open the station.
		s.Log.Error("an import that was under way cannot be read and is set aside", "err", err)
		return im, os.Rename(im.path("job.json"), im.path("job.unreadable.json"))
	}
	job.Again = job.Phase == ImportRunning
	im.job = job
	im.poke()
	return im, nil
}

// sweep removes files that were half sent when the program was killed: registers that nobody would ever ask for again.
func (im *Imports) sweep() error {
	left, err := filepath.Glob(im.path(unfinished + "*"))
	for _, path := range left {
		err = errors.Join(err, os.Remove(path))
	}
	return err
}

// unfinished begins the name of a file that is being sent.
const unfinished = "upload-"

func (im *Imports) path(name string) string { return filepath.Join(im.dir, name) }

func (im *Imports) poke() {
	select {
	case im.wake <- struct{}{}:
	default:
	}
}

// Job returns a copy of the import as it stands, nil if there is none.
func (im *Imports) Job() *ImportJob {
	im.mu.Lock()
	defer im.mu.Unlock()
	if im.job == nil {
		return nil
	}
	job := *im.job
	return &job
}

// change alters the job in one of some phases and keeps it.
func (im *Imports) change(phases []string, fn func(job *ImportJob) error) error {
	im.mu.Lock()
	defer im.mu.Unlock()
	if im.job == nil || len(phases) > 0 && !slices.Contains(phases, im.job.Phase) {
		return ErrImportPhase
	}
	next := *im.job
	if err := fn(&next); err != nil {
		return err
	}
	if err := im.keep(&next); err != nil {
		return err
	}
	im.job = &next
	im.poke()
	return nil
}

// keep writes the job so that a crash leaves the one before or this one.
func (im *Imports) keep(job *ImportJob) error { return datadir.WriteJSON(im.path("job.json"), job) }

// takeUpload copies what a browser sends, no further than it may be.
func takeUpload(w io.Writer, r io.Reader) error {
	n, err := io.Copy(w, io.LimitReader(r, UploadBytesMax+1))
	if err == nil && n > UploadBytesMax {
		err = ErrUploadLarge
	}
	return err
}

// Upload takes a file in and guesses its columns. An import that waits for somebody is replaced, one that works
// is not: ErrImportBusy.
func (im *Imports) Upload(ctx context.Context, who desk.Who, lang, name string, r io.Reader) error {
	if !desk.MayImport(who) {
		return desk.ErrForbidden
	}
	im.mu.Lock()
	defer im.mu.Unlock()
	if im.busy() {
		return ErrImportBusy
	}
	if err := os.MkdirAll(im.dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(im.dir, unfinished+"*")
	if err != nil {
		return err
	}
	err = errors.Join(takeUpload(f, r), f.Sync(), f.Close())
	job := &ImportJob{
		Name: filepath.Base(name), By: who.User, ByName: who.Name, Lang: lang, Begun: im.s.Node.Now(), Phase: ImportColumns, Answers: map[int]string{},
	}
	if err == nil {
		err = im.unpack(f.Name())
	}
	if err == nil {
		err = im.look(ctx, f.Name(), job)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	im.job = nil
	if err := im.clear(); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), im.path("file")); err != nil {
		return err
	}
	if err := im.keep(job); err != nil {
		return err
	}
	im.job = job
	im.poke()
	return nil
}

func (im *Imports) busy() bool {
	return im.job != nil && (im.job.Phase == ImportChecking || im.job.Phase == ImportRunning)
}

// guess opens a file and works out what its columns are.
func (im *Imports) guess(ctx context.Context, path string, job *ImportJob, name string) error {
	return withBook(path, job.Name, func(b *sheet.Book) error {
		known, err := im.Known()
		if err != nil {
			return err
		}
		vaccines, err := im.s.VaccineNames(ctx)
		if err != nil {
			return err
		}
		job.Sheets = b.Sheets()
		job.Mapping, err = b.Guess(name, known, vaccines)
		return err
	})
}

// withBook opens a spreadsheet.
func withBook(path, name string, fn func(*sheet.Book) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	b, err := sheet.Open(name, f, info.Size())
	if err != nil {
		return err
	}
	return fn(b)
}

// Sample returns the first rows below the header, as they stand.
func (im *Imports) Sample(rows int) (out [][]string, err error) {
	job := im.Job()
	if job == nil {
		return nil, ErrImportPhase
	}
	err = withBook(im.path("file"), job.Name, func(b *sheet.Book) error {
		out, err = b.Sample(job.Mapping, rows)
		return err
	})
	return out, err
}

// Sheet guesses anew, for another sheet of the file.
func (im *Imports) Sheet(ctx context.Context, name string) error {
	return im.change([]string{ImportColumns, ImportChecked, ImportFailed}, func(job *ImportJob) error {
		if job.FHIR {
			return ErrImportPhase
		}
		job.Phase = ImportColumns
		return im.guess(ctx, im.path("file"), job, name)
	})
}

// Check takes the columns as somebody has left them, remembers them for files with the same header, and works
// out what the import would do.
func (im *Imports) Check(who desk.Who, m sheet.Mapping, anyPlace bool) error {
	if !desk.MayImport(who) {
		return desk.ErrForbidden
	}
	if job := im.Job(); job != nil && job.FHIR {
		return im.checkFHIR(who, anyPlace)
	}
	if err := m.Check(); err != nil {
		return err
	}
	err := im.change([]string{ImportColumns, ImportChecked, ImportFailed}, func(job *ImportJob) error {
		job.Mapping, job.AnyPlace, job.Phase, job.Failure, job.Again = m, anyPlace, ImportChecking, "", false
		job.By, job.ByName = who.User, who.Name
		return nil
	})
	if err != nil {
		return err
	}
	return im.Remember(m)
}

// Start lets the import run. It goes on without anybody looking.
func (im *Imports) Start(who desk.Who) error {
	if !desk.MayImport(who) {
		return desk.ErrForbidden
	}
	return im.change([]string{ImportChecked, ImportFailed}, func(job *ImportJob) error {
		job.Phase, job.By, job.ByName, job.Failure = ImportRunning, who.User, who.Name, ""
		return nil
	})
}

// Discard forgets the import, with its file and what waits for answers. What was written stays.
func (im *Imports) Discard(who desk.Who) error {
	if !desk.MayImport(who) {
		return desk.ErrForbidden
	}
	im.mu.Lock()
	defer im.mu.Unlock()
	if im.busy() {
		return ErrImportBusy
	}
	im.job = nil
	return im.clear()
}

// clear removes what is kept of an import. The job goes first: without it the rest means nothing.
func (im *Imports) clear() error {
	for _, name := range []string{"job.json", "file", "lines.jsonl"} {
		if err := os.Remove(im.path(name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

// Known returns the remembered mappings, newest first.
func (im *Imports) Known() ([]sheet.Mapping, error) {
	b, err := os.ReadFile(im.path("mappings.json"))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var known []sheet.Mapping
	if err := json.Unmarshal(b, &known); err != nil {
		im.s.Log.Error("remembered columns cannot be read; they are guessed anew", "err", err)
		return nil, nil
	}
	return known, nil
}

// Remember keeps a mapping for the next file with its header.
func (im *Imports) Remember(m sheet.Mapping) error {
	known, err := im.Known()
	if err != nil {
		return err
	}
	known = slices.DeleteFunc(known, func(k sheet.Mapping) bool { return k.Fingerprint == m.Fingerprint })
	known = append([]sheet.Mapping{m}, known...)
	if err := os.MkdirAll(im.dir, 0o700); err != nil {
		return err
	}
	return datadir.WriteJSON(im.path("mappings.json"), known[:min(len(known), mappingsMax)])
}

// run works until ctx ends.
func (im *Imports) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-im.wake:
		}
		job := im.Job()
		if job == nil || job.Phase != ImportChecking && job.Phase != ImportRunning {
			continue
		}
		counts, lines, err := im.carryOut(ctx, job)
		if ctx.Err() != nil {
			return // goes on at the next start
		}
		err = im.change([]string{ImportChecking, ImportRunning}, func(now *ImportJob) error {
			now.Counts, now.Lines, now.RowsRead = counts, lines, now.Mapping.Rows
			switch {
			case err != nil:
				now.Phase, now.Failure = ImportFailed, im.Fault(job.Lang, err)
			case job.Phase == ImportChecking:
				now.Phase = ImportChecked
			default:
				now.Phase = ImportDone
			}
			return nil
		})
		if err != nil {
			im.s.Log.Error("import", "err", err)
			continue
		}
		if job := im.Job(); job != nil && job.Phase == ImportDone && (!job.FHIR || job.Lines["refused"]+job.Lines["proposed"] == 0) {
			// What did not come in of a file of FHIR is cut out of the file itself, as long as the import is shown.
			if err := os.Remove(im.path("file")); err != nil {
				im.s.Log.Error("removing the imported file", "err", err)
			}
		}
	}
}

// carryOut checks or writes the whole file.
func (im *Imports) carryOut(ctx context.Context, job *ImportJob) (counts desk.ImportCounts, lines map[string]int, err error) {
	who, err := im.s.WhoIs(ctx, job.By)
	if err != nil {
		return counts, nil, err
	}
	f, err := os.Create(im.path("lines.jsonl"))
	if err != nil {
		return counts, nil, err
	}
	defer f.Close()
	w := bufio.NewWriter(f)
	enc := json.NewEncoder(w)
	lines = map[string]int{}
	opt := desk.ImportOptions{File: job.Name, Dry: job.Phase == ImportChecking, AnyPlace: job.AnyPlace}
	read := 0
	each := func(e desk.ImportedEntry, c *desk.ImportCounts) error {
		read += len(e.Rows)
		im.mu.Lock()
		if im.job != nil {
			im.job.Counts, im.job.RowsRead = *c, read
		}
		im.mu.Unlock()
		line := im.lineOf(job.Lang, &e)
		if line == nil {
			return nil
		}
		lines[line.Verdict.String()]++
		return enc.Encode(line)
	}
	if job.FHIR {
		counts, err = im.takeFHIR(ctx, who, opt, each)
	} else {
		err = withBook(im.path("file"), job.Name, func(b *sheet.Book) error {
			counts, err = im.s.ImportBook(ctx, who, b, &job.Mapping, opt, each)
			return err
		})
	}
	return counts, lines, errors.Join(err, w.Flush(), f.Sync())
}
