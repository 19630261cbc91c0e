package desk

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/sheet"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// ImportCounts are what became of a file so far.
type ImportCounts struct {
	People    int           `json:"people"` // entries read; each is counted once below
	New       int           `json:"new"`
	Completed int           `json:"completed"`
	There     int           `json:"there"`
	Proposed  int           `json:"proposed"`
	Refused   int           `json:"refused"`
	Doses     int           `json:"doses"`  // written
	Fields    int           `json:"fields"` // empty ones that were filled
	Kept      int           `json:"kept"`   // entries that say something else than the register, which stands
	Elapsed   time.Duration `json:"elapsed_ns"`
}

// PerSecond is how many people were read in a second.
func (c *ImportCounts) PerSecond() float64 {
	if c.Elapsed <= 0 {
		return 0
	}
	return float64(c.People) / c.Elapsed.Seconds()
}

func (c *ImportCounts) add(a *Arrival) {
	c.People++
	switch a.Verdict {
	case ImportNew:
		c.New++
	case ImportCompleted:
		c.Completed++
	case ImportThere:
		c.There++
	case ImportProposed:
		c.Proposed++
	case ImportRefused:
		c.Refused++
	}
	c.Doses += a.Doses
	c.Fields += a.Fields
	if len(a.Kept) > 0 {
		c.Kept++
	}
}

// ImportedEntry is one entry of a file and what became of it.
type ImportedEntry struct {
	*sheet.Entry
	*Arrival
	Newcomer Newcomer
	Mapping  *sheet.Mapping
}

// ImportReason is why an entry did not come in, or what was left as it was, in words.
type ImportReason struct {
	Code   string `json:"code"` // kind, for counting: a code of registry, sheet or desk
	Row    int    `json:"row"`
	Column string `json:"column,omitempty"` // its letter; "" if the whole row is meant
	Title  string `json:"title,omitempty"`  // of the column
	Text   string `json:"text"`
}

// ImportBook reads a book in as its mapping says. each is told of every entry, in order, with the counts up to
// and with it; its error ends the import. Breaking off loses nothing: what was told is durable, and the next
// import of the file passes it by. Errors are of the file as a whole or of the machine.
func (d *Desk) ImportBook(ctx context.Context, who Who, book *sheet.Book, m *sheet.Mapping, opt ImportOptions, each func(ImportedEntry, *ImportCounts) error) (ImportCounts, error) {
	return d.importAll(ctx, who, m, opt, func(read sheet.ReadContext, yield func(*sheet.Entry) error) error {
		return book.Read(*m, read, yield)
	}, each)
}

// importAll takes entries in, wherever they come from.
func (d *Desk) importAll(ctx context.Context, who Who, m *sheet.Mapping, opt ImportOptions, from func(sheet.ReadContext, func(*sheet.Entry) error) error, each func(ImportedEntry, *ImportCounts) error) (ImportCounts, error) {
	var counts ImportCounts
	im, err := d.BeginImport(ctx, who, opt)
	if err != nil {
		return counts, err
	}
	defer im.End()
	read, err := d.readContext(ctx, opt.AnyPlace)
	if err != nil {
		return counts, err
	}
	begun := d.Node.Now()
	err = from(read, func(e *sheet.Entry) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		done := ImportedEntry{Entry: e, Mapping: m, Arrival: &Arrival{Verdict: ImportRefused}}
		if len(e.Problems) == 0 {
			done.Newcomer = newcomer(e)
			var err error
			if done.Arrival, err = im.Person(ctx, e.Rows[0], done.Newcomer); err != nil {
				return err
			}
		}
		counts.add(done.Arrival)
		counts.Elapsed = d.Node.Now().Sub(begun)
		return each(done, &counts)
	})
	if err == nil {
		err = im.Finish(ctx)
	}
	counts.Elapsed = d.Node.Now().Sub(begun)
	return counts, err
}

// newcomer takes an entry over. What the registry keeps as a reference and the file as a name goes into the
// note.
func newcomer(e *sheet.Entry) Newcomer {
	in := Newcomer{Subject: e.Subject, Commune: e.Commune, CommuneCode: e.CommuneCode, SameAs: e.SameAs, MotherCode: e.MotherCode, ByNumber: e.ByNumber, Numbers: e.Numbers}
	if e.SameAs == sheet.SameAsNew {
		in.SameAs = SomebodyNew
	}
	for _, dose := range e.Doses {
		told := dose.ImmunizationInput
		var notes []string
		for _, text := range []string{told.Note, dose.PlaceName, dose.GiverName} {
			if text != "" && !slices.Contains(notes, text) {
				notes = append(notes, text)
			}
		}
		if !told.Place.IsZero() {
			notes = slices.DeleteFunc(notes, func(s string) bool { return s == dose.PlaceName })
		}
		told.Note = strings.Join(notes, "; ")
		in.Doses = append(in.Doses, told)
	}
	return in
}

// Vaccines lists the vaccines of this node.
func (d *Desk) Vaccines(ctx context.Context) (list []registry.VaccineInput, err error) {
	err = d.view(ctx, func(tx store.Tx) error {
		rows, err := tx.Vaccines()
		for _, v := range rows {
			list = append(list, registry.VaccineInput{
				Antigens: splitAntigens(v.Antigens), Code: v.Code, Name: v.Name, NameEN: v.NameEN, Short: v.Short, Doses: int(v.Doses), Order: int(v.Order), Programme: v.Programme,
			})
		}
		return err
	})
	return list, err
}

// splitAntigens takes the antigens of a row apart.
func splitAntigens(joined string) []string {
	return strings.FieldsFunc(joined, func(r rune) bool { return r == ';' })
}

// VaccineNames are the vaccines of this node with the names they go by in registers.
func (d *Desk) VaccineNames(ctx context.Context) ([]sheet.VaccineName, error) {
	list, err := d.Vaccines(ctx)
	return sheet.VaccineNames(list), err
}

// pendingMother is a child whose mother's own record stands further down in the file.
type pendingMother struct {
	subject p.EntityID
	code    registry.PersonCode
}

// Finish names mothers whose own records came after their children.
func (im *Import) Finish(ctx context.Context) error {
	for _, child := range im.mothers {
		_, err := im.d.Node.Append(ctx, im.who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
			row, err := tx.SubjectByCode(string(child.code))
			if err != nil || row == nil || row.Void || row.ID == child.subject {
				return nil, err
			}
			s, err := state(tx, child.subject, registry.KindSubject)
			if err != nil || len(s.Values(registry.SubjectMother)) > 0 {
				return nil, err
			}
			draft, err := registry.EditSubject(s, registry.Patch{registry.SubjectMother: p.Ref(row.ID)}, registry.SawOf(s), im.today)
			return nonEmpty(draft), err
		})
		if err := ignoreNothing(err); err != nil {
			return err
		}
	}
	im.mothers = nil
	return nil
}

// mother finds the mother's own record by its code.
func (im *Import) mother(tx store.Tx, in *Newcomer) error {
	if in.MotherCode == "" || !in.Subject.Mother.IsZero() {
		return nil
	}
	code, err := registry.ParseCode(in.MotherCode)
	if err != nil {
		return nil // what it says is kept with the mother's name
	}
	row, err := tx.SubjectByCode(string(code))
	if err == nil && row != nil && !row.Void {
		in.Subject.Mother = row.ID
	}
	return err
}

// ErrNobodyAs says that no account here has the name under which a command was to act.
var ErrNobodyAs = errors.New("no account here has this name")

// As is the account under which a command of the machine's keeper acts. It checks no password: whoever gives
// commands has the data folder.
func (d *Desk) As(ctx context.Context, login string) (Who, error) {
	var who Who
	err := d.view(ctx, func(tx store.Tx) error {
		users, err := tx.UsersByLogin(login)
		if err != nil {
			return err
		}
		for i := range users {
			if !users[i].Void {
				who = whoOf(&users[i])
				return nil
			}
		}
		return ErrNobodyAs
	})
	return who, err
}

// MayImport and MayExport say whether somebody may, for pages and commands that show it.
func MayImport(who Who) bool { return rights.May(who.Role, rights.Create, registry.KindSubject) }

// MayExport is MayImport for taking the register out.
func MayExport(who Who) bool { return rights.May(who.Role, rights.Export, registry.KindSubject) }

// readContext is what reading a file needs to know of this place.
func (d *Desk) readContext(ctx context.Context, anyPlace bool) (sheet.ReadContext, error) {
	read := sheet.ReadContext{Today: d.Today(), AllowForeign: anyPlace}
	var err error
	if read.Vaccines, err = d.VaccineNames(ctx); err != nil {
		return read, err
	}
	// What was joined to this commune, and what it was called before, stands in older registers.
	home, today, facilities := d.Home(), d.Map(), map[string]p.EntityID{}
	for _, id := range home.Residences() {
		if home.Commune.IsZero() { // a hospital has no people of its own: each row says where they live
			continue
		}
		row, _ := d.Node.Atlas().Row(id)
		read.Communes = append(read.Communes, row.Name, row.Code)
		for _, was := range row.Former {
			read.Communes = append(read.Communes, was.Name, was.Code)
		}
	}
	for _, id := range today.Children(home.Commune) {
		if row, _ := today.Row(id); row.Level == registry.LevelFacility {
			facilities[registry.Fold(row.Name)] = id
		}
	}
	own := d.Node.Identity().Place
	read.Place = func(name string) (p.EntityID, bool) {
		folded := registry.Fold(name)
		if id, ok := facilities[folded]; ok {
			return id, true
		}
		// "TYT" and "trạm y tế" alone are the register's own station.
		if ownStation[folded] {
			return own, true
		}
		return p.EntityID{}, false
	}
	return read, err
}

// ownStation are folded names under which a register calls its own station.
var ownStation = map[string]bool{"tyt": true, "tram y te": true, "tram": true, "tyt xa": true, "tram y te xa": true, "tyt phuong": true}
