package desk

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"tramy/internal/fhir"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/sheet"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// Names of what an archive holds beside its tables.
const (
	ArchiveManifest = "MANIFEST.json"
	ArchiveRegister = "register.csv" // people with their doses, as an import reads them
	ArchiveBundle   = "fhir.json"
	ArchiveColumns  = "columns.csv"
	archiveFormat   = 1
	archivePage     = 200 // records read at once: a save waits for no more than that
)

// ArchiveFile is one file of an archive.
type ArchiveFile struct {
	Name   string `json:"name"`
	Rows   int    `json:"rows"` // records in it; people of register.csv and of the bundle
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// Archive says what was taken out.
type Archive struct {
	Format   int           `json:"format"`
	Software string        `json:"software"`
	Place    string        `json:"place"`
	Made     time.Time     `json:"made"`
	By       string        `json:"by"`
	Reason   string        `json:"reason"`
	Files    []ArchiveFile `json:"files"`
}

// Rows is how many records a file of the archive has.
func (a *Archive) Rows(name string) int {
	for i := range a.Files {
		if a.Files[i].Name == name {
			return a.Files[i].Rows
		}
	}
	return 0
}

// ArchiveOptions say what a full export is for, and how its parts are called.
type ArchiveOptions struct {
	For, Reason string // as of an export; For is one of registry.PaperTakings: nobody is left out of it
	Software    string
	// Readme is the text beside the tables in a language, Word what a field is called.
	Readme func(lang string, a *Archive) string
	Word   func(lang, field string) string
}

// archiveTable is a table of records of one kind as they are kept: every field of the field table, a row a record.
type archiveTable struct {
	name string
	kind p.Kind
	only func(*p.State) bool
}

// archiveTables are the tables, in the order of the archive. What was entered in error is among them, with its reason in the column void.
var archiveTables = []archiveTable{
	{"subjects.csv", registry.KindSubject, nil},
	{"women.csv", registry.KindSubject, func(s *p.State) bool { return registry.SubjectOf(s).Group == registry.GroupPregnant }},
	{"doses.csv", registry.KindImmunization, func(s *p.State) bool { return registry.ImmunizationOf(s).NotDone == 0 }},
	{"refusals.csv", registry.KindImmunization, func(s *p.State) bool { return registry.ImmunizationOf(s).NotDone != 0 }},
	{"links.csv", registry.KindLink, nil},
	{"visits.csv", registry.KindVisit, nil},
	{"reactions.csv", registry.KindReaction, nil},
	{"contacts.csv", registry.KindContact, nil},
	{"appointments.csv", registry.KindAppointment, nil},
	{"consents.csv", registry.KindConsent, nil},
	{"requests.csv", registry.KindRequest, nil},
	{"sessions.csv", registry.KindSession, nil},
	{"campaigns.csv", registry.KindCampaign, nil},
	{"enrolments.csv", registry.KindEnrolment, nil},
	{"lots.csv", registry.KindLot, nil},
	{"movements.csv", registry.KindMovement, nil},
	{"transfers.csv", registry.KindTransfer, nil},
	{"counts.csv", registry.KindStockCount, nil},
	{"orders.csv", registry.KindOrder, nil},
	{"closings.csv", registry.KindClosing, nil},
	{"targets.csv", registry.KindTarget, nil},
	{"recalls.csv", registry.KindRecall, nil},
	{"fridges.csv", registry.KindFridge, nil},
	{"temperatures.csv", registry.KindTemperature, nil},
	{"hamlets.csv", registry.KindHamlet, nil},
	{"practice.csv", registry.KindPractice, nil},
	{"places.csv", registry.KindPlace, nil},
	{"vaccines.csv", registry.KindVaccine, nil},
}

// Archive writes everything this station keeps into w, as a zip of tables with a manifest, as it is read: nothing is held whole. The
// access record is written before the first byte leaves. Accounts with their passwords, machines and their keys, and who looked at whom
// are not among it: they are nobody's data but this installation's.
func (d *Desk) Archive(ctx context.Context, who Who, opt ArchiveOptions, w io.Writer) (*Archive, error) {
	for _, kind := range []p.Kind{registry.KindSubject, registry.KindImmunization} {
		if err := may(who, rights.Export, kind); err != nil {
			return nil, err
		}
	}
	reason, err := taking(registry.PaperTakings, opt.For, opt.Reason)
	if err != nil {
		return nil, err
	}
	people, err := d.Export(ctx, who, ExportOptions{Visitors: true, NotDone: true, For: opt.For, Reason: opt.Reason})
	if err != nil {
		return nil, err
	}
	a := &archive{d: d, who: who, mine: d.areaOf(who), zip: zip.NewWriter(w), codes: map[p.EntityID]string{}, inside: map[p.EntityID]bool{}}
	a.Archive = Archive{Format: archiveFormat, Software: opt.Software, Place: d.placeName(d.Node.Identity().Place), Made: d.Node.Now().UTC().Truncate(time.Second), By: who.Name, Reason: reason}
	if err := a.write(ctx, people, &opt); err != nil {
		return nil, err
	}
	return &a.Archive, a.zip.Close()
}

// archive is one on its way.
type archive struct {
	Archive
	d    *Desk
	who  Who
	mine *area
	zip  *zip.Writer

	ids    map[p.Kind][]p.EntityID
	codes  map[p.EntityID]string // of people
	inside map[p.EntityID]bool   // people whose records are this place's to give out
}

func (a *archive) write(ctx context.Context, people iter.Seq2[*sheet.Person, error], opt *ArchiveOptions) error {
	err := a.file(ArchiveRegister, func(w io.Writer, n *int) error {
		return sheet.WriteLong(w, sheet.CSV, counted(people, n), sheet.WriteOptions{})
	})
	if err != nil {
		return err
	}
	if err := a.bundle(ctx, opt); err != nil {
		return err
	}
	if err := a.gather(ctx); err != nil {
		return err
	}
	for i := range archiveTables {
		t := &archiveTables[i]
		if err := a.file(t.name, func(w io.Writer, n *int) error { return a.table(ctx, t, w, n) }); err != nil {
			return err
		}
	}
	if err := a.file("balances.csv", func(w io.Writer, n *int) error { return a.balances(ctx, w, n) }); err != nil {
		return err
	}
	if err := a.file("staff.csv", func(w io.Writer, n *int) error { return a.staff(ctx, w, n) }); err != nil {
		return err
	}
	if err := a.file(ArchiveColumns, func(w io.Writer, n *int) error { return a.columns(w, opt, n) }); err != nil {
		return err
	}
	for _, lang := range []string{"vi", "en"} {
		text := opt.Readme(lang, &a.Archive)
		err := a.file("README."+lang+".txt", func(w io.Writer, _ *int) error {
			_, err := io.WriteString(w, "\ufeff"+strings.ReplaceAll(text, "\n", "\r\n"))
			return err
		})
		if err != nil {
			return err
		}
	}
	out, err := a.zip.Create(ArchiveManifest)
	if err != nil {
		return err
	}
	enc := json.NewEncoder(out)
	enc.SetIndent("", "  ")
	return enc.Encode(&a.Archive)
}

// summed counts what goes through it and sums it up.
type summed struct {
	w   io.Writer
	sum hash.Hash
	n   int64
}

func (s *summed) Write(b []byte) (int, error) {
	n, err := s.w.Write(b)
	s.sum.Write(b[:n])
	s.n += int64(n)
	return n, err
}

// file writes one file of the archive and notes it for the manifest.
func (a *archive) file(name string, write func(w io.Writer, n *int) error) error {
	out, err := a.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: a.Made})
	if err != nil {
		return err
	}
	s, rows := &summed{w: out, sum: sha256.New()}, 0
	if err := write(s, &rows); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	a.Files = append(a.Files, ArchiveFile{Name: name, Rows: rows, Bytes: s.n, SHA256: hex.EncodeToString(s.sum.Sum(nil))})
	return nil
}

func counted(people iter.Seq2[*sheet.Person, error], n *int) iter.Seq2[*sheet.Person, error] {
	return func(yield func(*sheet.Person, error) bool) {
		for x, err := range people {
			if err == nil {
				*n++
			}
			if !yield(x, err) {
				return
			}
		}
	}
}

// bundle writes people and doses as FHIR, those entered in error among them. It reads the register a second time, under the same record
// of access.
func (a *archive) bundle(ctx context.Context, opt *ArchiveOptions) error {
	vaccines, err := a.d.Vaccines(ctx)
	if err != nil {
		return err
	}
	return a.file(ArchiveBundle, func(w io.Writer, n *int) error {
		b, err := fhir.NewBundleWriter(&fhir.Encoder{Vaccines: vaccines}, w, false)
		if err != nil {
			return err
		}
		x := a.d.newExport(a.who, ExportOptions{Visitors: true, NotDone: true, Voided: true, For: opt.For})
		for !x.end {
			people, err := x.page(ctx)
			if err != nil {
				return err
			}
			for _, person := range people {
				*n++
				if err := b.Write(FHIRPerson(person)); err != nil {
					return err
				}
			}
		}
		return b.Close()
	})
}

// gather finds the records of each kind, and whose they are.
func (a *archive) gather(ctx context.Context) error {
	a.ids = map[p.Kind][]p.EntityID{}
	err := a.d.view(ctx, func(tx store.Tx) error {
		return tx.EachState(func(s *p.State) error {
			if s.Kind == registry.KindSubject {
				a.codes[s.ID] = string(registry.SubjectOf(s).Code)
			}
			a.ids[s.Kind] = append(a.ids[s.Kind], s.ID)
			return nil
		})
	})
	for kind := range a.ids {
		slices.SortFunc(a.ids[kind], p.EntityID.Compare)
	}
	return err
}

// mayGive reports whether a record is this place's: those of a person who left, or whom somebody only looked up, are not.
func (a *archive) mayGive(tx store.Tx, s *p.State) (bool, error) {
	subject := s.ID
	if s.Kind != registry.KindSubject {
		ref, ok := s.Get(p.FieldSubject).Ref()
		if !ok || s.Kind.Audience() != registry.KindSubject.Audience() {
			return true, nil
		}
		subject = ref
	}
	if in, known := a.inside[subject]; known {
		return in, nil
	}
	row, err := tx.SubjectRow(subject)
	if err != nil || row == nil {
		return row == nil, err
	}
	in, err := a.d.ofCase(tx, a.mine, row.Case)
	a.inside[subject] = in
	return in, err
}

// table writes the records of one kind.
func (a *archive) table(ctx context.Context, t *archiveTable, w io.Writer, n *int) error {
	fields := registry.FieldsOf(t.kind)
	columns := []sheet.TableColumn{{Title: "id"}}
	for _, f := range fields {
		columns = append(columns, sheet.TableColumn{Title: f.Name, Date: f.Type == registry.TypeDay, Number: f.Type == registry.TypeInt})
		if f.Field == p.FieldSubject {
			columns = append(columns, sheet.TableColumn{Title: "person_code"})
		}
	}
	return sheet.StreamColumns(w, sheet.CSV, "", columns, func(yield func([]string, error) bool) {
		for at := 0; at < len(a.ids[t.kind]); at += archivePage {
			var rows [][]string
			err := a.d.view(ctx, func(tx store.Tx) error {
				for _, id := range a.ids[t.kind][at:min(at+archivePage, len(a.ids[t.kind]))] {
					s, err := tx.State(id)
					if err != nil {
						return err
					}
					if s == nil || t.only != nil && !t.only(s) {
						continue
					}
					if may, err := a.mayGive(tx, s); err != nil {
						return err
					} else if may {
						rows = append(rows, a.row(s, fields))
					}
				}
				return nil
			})
			if err != nil {
				yield(nil, err)
				return
			}
			for _, row := range rows {
				*n++
				if !yield(row, nil) {
					return
				}
			}
		}
	})
}

// row writes a record; where values are in conflict the one that stands.
func (a *archive) row(s *p.State, fields []registry.FieldInfo) []string {
	out := []string{s.ID.String()}
	for i := range fields {
		f := &fields[i]
		out = append(out, plainData(f, s.Get(f.Field)))
		if f.Field == p.FieldSubject {
			ref, _ := s.Get(f.Field).Ref()
			out = append(out, a.codes[ref])
		}
	}
	return out
}

// plainData is a value as a table has it: days as dd/mm/yyyy, choices by their stable keys, references by id, lists with semicolons.
func plainData(f *registry.FieldInfo, data p.Data) string {
	if data.IsNull() {
		return ""
	}
	n, isInt := data.Int()
	switch f.Type {
	case registry.TypeDay:
		return registry.Day(n).String()
	case registry.TypeClock:
		return registry.NewClock(int(n)/60, int(n)%60).String()
	case registry.TypeEnum:
		return f.Enum.Key(n)
	case registry.TypeBool:
		return strconv.FormatBool(data.Bool())
	}
	if isInt {
		return strconv.FormatInt(n, 10)
	}
	if text, ok := data.Text(); ok {
		return text
	}
	if raw, ok := data.Bytes(); ok { // what was handed in, packed
		return base64.StdEncoding.EncodeToString(raw)
	}
	if ref, ok := data.Ref(); ok {
		return ref.String()
	}
	if list, ok := data.List(); ok {
		parts := make([]string, 0, len(list))
		for _, item := range list {
			parts = append(parts, plainData(&registry.FieldInfo{}, item))
		}
		return strings.Join(parts, "; ")
	}
	return ""
}

// balances writes what is in stock here.
func (a *archive) balances(ctx context.Context, w io.Writer, n *int) error {
	columns := []sheet.TableColumn{{Title: "place"}, {Title: "item"}, {Title: "lot"}, {Title: "expires", Date: true}, {Title: "stock"}, {Title: "balance", Number: true}}
	return sheet.StreamColumns(w, sheet.CSV, "", columns, func(yield func([]string, error) bool) {
		var rows [][]string
		err := a.d.view(ctx, func(tx store.Tx) error {
			places := []p.EntityID{a.d.Node.Identity().Place}
			for _, place := range a.d.SessionPlaces() {
				if !slices.Contains(places, place.ID) {
					places = append(places, place.ID)
				}
			}
			list, err := tx.Stock(places...)
			for i := range list {
				r := &list[i]
				rows = append(rows, []string{
					r.Key.Place.String(), r.Key.Item, r.Number, dayOrNone(r.Expires), registry.ProgrammeEnum.Key(int64(r.Key.Stock)), strconv.FormatInt(r.Balance(), 10),
				})
			}
			return err
		})
		if err != nil {
			yield(nil, err)
			return
		}
		for _, row := range rows {
			*n++
			if !yield(row, nil) {
				return
			}
		}
	})
}

func dayOrNone(day registry.Day) string {
	if day == 0 {
		return ""
	}
	return day.String()
}

// staff names those to whom records refer; nothing else of their accounts leaves.
func (a *archive) staff(ctx context.Context, w io.Writer, n *int) error {
	var rows [][]string
	err := a.d.view(ctx, func(tx store.Tx) error {
		users, err := tx.Users()
		for i := range users {
			rows = append(rows, []string{users[i].ID.String(), users[i].Name, rights.Role(users[i].Role).String()})
		}
		return err
	})
	if err != nil {
		return err
	}
	*n = len(rows)
	return sheet.WriteColumns(w, sheet.CSV, "", []sheet.TableColumn{{Title: "id"}, {Title: "name"}, {Title: "role"}}, rows)
}

// columns documents the tables: what each column is called in both languages, of which type it is, and which choices it has.
func (a *archive) columns(w io.Writer, opt *ArchiveOptions, n *int) error {
	var rows [][]string
	for _, t := range archiveTables {
		for _, f := range registry.FieldsOf(t.kind) {
			choices := ""
			if f.Enum != nil {
				choices = strings.Join(f.Enum.Keys(), "; ")
			}
			rows = append(rows, []string{t.name, f.Name, opt.Word("vi", f.Name), opt.Word("en", f.Name), typeNames[f.Type], choices})
		}
	}
	*n = len(rows)
	return sheet.WriteColumns(w, sheet.CSV, "", []sheet.TableColumn{{Title: "file"}, {Title: "column"}, {Title: "vi"}, {Title: "en"}, {Title: "type"}, {Title: "choices"}}, rows)
}

// typeNames are what a column holds.
var typeNames = map[registry.Type]string{
	registry.TypeText: "text", registry.TypeInt: "number", registry.TypeDay: "date dd/mm/yyyy", registry.TypeClock: "time hh:mm", registry.TypeEnum: "choice", registry.TypeBool: "true or false",
	registry.TypeBytes: "bytes", registry.TypeRef: "id of another record", registry.TypeTexts: "list of text", registry.TypeInts: "list of numbers", registry.TypeRefs: "list of ids", registry.TypeFormer: "list",
}
