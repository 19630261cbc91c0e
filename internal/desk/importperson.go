package desk

import (
	"errors"
	"slices"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// Newcomer is one person as a file tells of them, with all their doses.
type Newcomer struct {
	Subject registry.SubjectInput // without a place: the commune's own, or the one that Commune names
	Doses   []registry.ImmunizationInput
	// Commune and CommuneCode say where they live, as the file has it; asked for only where the register is no commune's.
	Commune, CommuneCode string
	// MotherCode is the code of the mother's own record, if the file names it.
	MotherCode string
	// ByNumber says that the file has doses alone: SameAs is a number of whose they are, and somebody who is not here is not registered.
	ByNumber bool
	// Numbers are further ones of the same row: if one of them is somebody else's, the dose is nobody's.
	Numbers []string
	// SameAs is what somebody answered when the person was proposed as a duplicate: a code of who it is,
	// SomebodyNew, or nothing.
	SameAs string
}

// SomebodyNew in Newcomer.SameAs says that the person is none of those proposed.
const SomebodyNew = "new"

// Verdict is what became of one person of a file.
type Verdict uint8

// Verdicts.
const (
	ImportNew       Verdict = iota + 1 // registered, with all doses
	ImportCompleted                    // was here; doses or empty fields were added
	ImportThere                        // was here with all of it: nothing was written
	ImportProposed                     // may be somebody who is here: a person is asked, nothing was written
	ImportRefused                      // something is wrong with it: nothing was written
)

// String is the stable key.
func (v Verdict) String() string {
	return [...]string{"", "new", "completed", "there", "proposed", "refused"}[v]
}

// Remark is something about one field of an entry that a person should know.
type Remark struct {
	Dose  int // index in Newcomer.Doses, -1 for the person
	Error registry.FieldError
}

// Codes of remarks. The first are why an entry was refused, the others say what was left as it was.
const (
	CodeSameUnknown  registry.Code = "same_unknown"  // text: nobody here has the code that was answered
	CodeSameSeveral  registry.Code = "same_several"  // text: several people here have the number
	CodeTooManyDoses registry.Code = "doses_many"    // max
	CodeTwinOrder    registry.Code = "twin_order"    // answered "new", without a name or an order to tell twins apart
	CodeSurely       registry.Code = "same_surely"   // answered "new", but is here in every detail
	WarnKept         registry.Code = "kept"          // here: the value that stands; the file says otherwise
	WarnKeptVoid     registry.Code = "kept_void"     // the dose was entered in error, somebody said
	WarnTwice        registry.Code = "dose_twice"    // the file tells of this dose twice
	WarnNearDate     registry.Code = "dose_near"     // here: the day as it stands
	WarnTwinRow      registry.Code = "same_row"      // row: an earlier row of the file is the same person
	WarnEnteredError registry.Code = "entered_error" // reason: the only one who fits was entered in error
)

// Arrival is what became of a Newcomer.
type Arrival struct {
	Verdict    Verdict
	Subject    p.EntityID  // who it is here; zero if proposed or refused
	Doses      int         // written
	Fields     int         // empty ones that were filled
	Candidates []Candidate // who it may be, of ImportProposed; likeliest first
	Faults     []Remark    // why it was refused or proposed
	Kept       []Remark    // where file and register differ: the register's stands
}

// importDosesMax is how many doses of one person fit into the act that registers them, beside the person and
// the remembered differences.
const importDosesMax = p.ActChangesMax - 1 - proposedMax

// proposedMax is how many candidates are proposed for one entry.
const proposedMax = 3

// intent is what an entry will become: the arrival, and the drafts to write.
type intent struct {
	Arrival
	drafts []registry.Draft
}

// decide works out what an entry becomes. id is the id of the i-th draft; row is its place in the file.
func (im *Import) decide(tx store.Tx, in *Newcomer, row int, id func(i int) p.EntityID) (*intent, error) {
	if len(in.Doses) > importDosesMax {
		return refused(Remark{-1, registry.FieldError{Field: "vaccine", Code: CodeTooManyDoses, Params: map[string]any{"max": importDosesMax}}}), nil
	}
	found, err := matches(tx, &in.Subject)
	if err != nil {
		return nil, err
	}
	answered, said := in.SameAs == SomebodyNew, in.SameAs != "" && in.SameAs != SomebodyNew
	if said {
		m, err := im.named(tx, in, found)
		if errors.Is(err, errSeveral) {
			return refused(Remark{-1, registry.FieldError{Field: "same_as", Code: CodeSameSeveral, Params: map[string]any{"text": in.SameAs}}}), nil
		}
		if err != nil {
			return nil, err
		}
		if m == nil {
			return refused(Remark{-1, registry.FieldError{Field: "same_as", Code: CodeSameUnknown, Params: map[string]any{"text": in.SameAs}}}), nil
		}
		return im.complete(tx, in, m)
	}
	var sure []match
	for i := range found {
		m := &found[i]
		mine, claimed := im.claims[m.Row.Case]
		claimed = claimed && mine != row
		if nameless(&in.Subject) && claimed && !answered {
			// A second row without a name of one mother and one day is a twin as likely as it is the same child.
			m.sure = false
		}
		if m.sure && answered && nameless(&in.Subject) && in.Subject.BirthOrder == 0 && !m.Row.Void {
			// Nothing would tell the two apart the next time the file is read.
			return refused(Remark{-1, registry.FieldError{Field: "birth_order", Code: CodeTwinOrder}}), nil
		}
		if m.sure {
			sure = append(sure, *m)
		}
	}
	if living := slices.DeleteFunc(slices.Clone(sure), func(m match) bool { return m.Row.Void }); len(living) > 0 {
		return im.oneOf(tx, in, living, found)
	}
	if len(sure) > 0 && !answered {
		return proposed(found, Remark{-1, registry.FieldError{Field: "name", Code: WarnEnteredError, Params: map[string]any{"reason": sure[0].subject.Void}}}), nil
	}
	if !answered {
		likely := slices.DeleteFunc(slices.Clone(found), func(m match) bool { return m.Row.Void || !m.SameCode && !worthAsking(&m.Match) })
		if len(likely) > 0 {
			return im.identical(tx, in, row, likely)
		}
	}
	return im.register(tx, in, found, id, answered)
}

// oneOf takes who is surely the person. Several who are linked are one; several who are not are asked about,
// unless one of them already has all that the file tells.
func (im *Import) oneOf(tx store.Tx, in *Newcomer, sure, found []match) (*intent, error) {
	if i := slices.IndexFunc(sure, func(m match) bool { return m.SameCode }); i > 0 {
		sure[0], sure[i] = sure[i], sure[0]
	}
	for i := range sure {
		if sure[i].Row.Case != sure[0].Row.Case && !sure[0].SameCode {
			out, err := im.identical(tx, in, -1, sure)
			if err == nil && out.Verdict == ImportProposed && in.SameAs == SomebodyNew {
				out.Faults = []Remark{{-1, registry.FieldError{Field: "same_as", Code: CodeSurely}}}
			}
			return out, err
		}
	}
	return im.complete(tx, in, &sure[0])
}

// identical proposes candidates, unless one of them has everything that the entry tells already: then there is
// nothing to ask about, and a file read twice asks nothing the second time.
func (im *Import) identical(tx store.Tx, in *Newcomer, row int, likely []match) (*intent, error) {
	for i := range likely {
		m := &likely[i]
		if by, claimed := im.claims[m.Row.Case]; claimed && by != row && row >= 0 {
			continue
		}
		out, err := im.complete(tx, in, m)
		if err != nil {
			return nil, err
		}
		if out.Verdict == ImportThere && len(out.Kept) == 0 {
			return out, nil
		}
	}
	out := proposed(likely)
	if by, claimed := im.claims[likely[0].Row.Case]; claimed && by > 0 && by != row {
		out.Faults = []Remark{{-1, registry.FieldError{Field: "name", Code: WarnTwinRow, Params: map[string]any{"row": by}}}}
	}
	return out, nil
}

// numberedMax bounds how many records of one number are looked at to see that they are one person's, those entered in error among them.
const numberedMax = 50

// withNumber finds who has a code, old ones included, or another number.
func withNumber(tx store.Tx, text string, limit int) ([]project.SubjectRow, error) {
	if code, err := registry.ParseCode(text); err == nil {
		text = string(code)
	}
	return tx.SubjectsByBlock(store.BlockQuery{Papers: []string{text}, Gone: true, Limit: limit})
}

// errSeveral says that a number is that of several people.
var errSeveral = errors.New("several people have this number")

// named finds who was answered: by code, old codes included, or by another number.
func (im *Import) named(tx store.Tx, in *Newcomer, found []match) (*match, error) {
	limit := proposedMax
	if in.ByNumber {
		limit = numberedMax
	}
	rows, err := withNumber(tx, in.SameAs, limit)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	if in.ByNumber {
		// A dose goes to nobody by chance: of two people who have the number, or who have the numbers of one row, neither.
		for _, number := range in.Numbers {
			more, err := withNumber(tx, number, limit)
			if err != nil {
				return nil, err
			}
			rows = append(rows, more...)
		}
		rows = slices.DeleteFunc(rows, func(r project.SubjectRow) bool { return r.Void })
		if len(rows) == 0 {
			return nil, nil
		}
		if slices.ContainsFunc(rows, func(r project.SubjectRow) bool { return r.Case != rows[0].Case }) {
			return nil, errSeveral
		}
	}
	if i := slices.IndexFunc(rows, func(r project.SubjectRow) bool { return !r.Void }); i > 0 {
		rows[0] = rows[i]
	}
	for i := range found {
		if found[i].Row.ID == rows[0].ID {
			return &found[i], nil
		}
	}
	s, err := state(tx, rows[0].ID, registry.KindSubject)
	if err != nil {
		return nil, err
	}
	m := &match{Candidate: Candidate{Row: rows[0]}, state: s, subject: registry.SubjectOf(s)}
	told := registry.Subject{SubjectInput: in.Subject}
	m.Match = registry.Compare(&told, &m.subject)
	return m, nil
}

// register makes the drafts of a new person: the subject, the doses, and, where somebody said that it is none
// of those proposed, that this is remembered.
func (im *Import) register(tx store.Tx, in *Newcomer, found []match, id func(int) p.EntityID, answered bool) (*intent, error) {
	subject := in.Subject
	if err := im.newcomerCode(tx, &subject); err != nil {
		return nil, err
	}
	out := &intent{Arrival: Arrival{Verdict: ImportNew, Subject: id(0)}}
	draft, err := registry.NewSubject(subject, im.today)
	out.refuse(-1, err)
	out.drafts = append(out.drafts, draft)
	doses, at, twice := once(in.Doses)
	out.Kept = append(out.Kept, twice...)
	out.doses(im, &subject, id(0), doses, at)
	if answered {
		for i := range found {
			if m := &found[i]; !m.Row.Void && m.Match.Likely() && i < proposedMax {
				link, err := registry.NewLink(id(0), m.Row.ID, false)
				if err != nil {
					return nil, err
				}
				out.drafts = append(out.drafts, link)
			}
		}
	}
	return out, nil
}

// newcomerCode gives a new person a code: the file's own if nobody here has it.
func (im *Import) newcomerCode(tx store.Tx, in *registry.SubjectInput) error {
	if in.Code != "" {
		row, err := tx.SubjectByCode(string(in.Code))
		if err != nil {
			return err
		}
		if row == nil {
			in.FromCard = in.Code.Device() != int(im.d.Node.Identity().Number)
			return nil
		}
		in.Code = "" // somebody else's: a card that was mixed up, or a code mistyped
	}
	code, err := im.d.newCode(tx)
	in.Code = code
	return err
}

// complete adds to somebody who is here what the file knows beyond it. Nothing that stands is replaced.
func (im *Import) complete(tx store.Tx, in *Newcomer, m *match) (*intent, error) {
	out := &intent{Arrival: Arrival{Verdict: ImportThere, Subject: m.Row.ID}}
	known, err := recordsOf(tx, m)
	if err != nil {
		return nil, err
	}
	patch, kept := im.fillEmpty(known, &in.Subject)
	out.Kept = kept
	if len(patch) > 0 {
		draft, err := registry.EditSubject(m.state, patch, registry.SawOf(m.state), im.today)
		out.refuse(-1, err)
		if !draft.Empty() {
			out.drafts, out.Fields = append(out.drafts, draft), len(draft.Writes)
		}
	}
	here, err := tx.DosesOfCase(m.Row.Case)
	if err != nil {
		return nil, err
	}
	doses, at, twice := once(in.Doses)
	out.Kept = append(out.Kept, twice...)
	same := counterparts(doses, here)
	var missing []registry.ImmunizationInput
	var missingAt []int
	for i, j := range same {
		switch {
		case j < 0:
			missing, missingAt = append(missing, doses[i]), append(missingAt, at[i])
		case here[j].Void:
			out.keep(at[i], "given_on", WarnKeptVoid, "here", here[j].GivenOn)
		case here[j].GivenOn != doses[i].GivenOn:
			out.keep(at[i], "given_on", WarnNearDate, "here", here[j].GivenOn)
		default:
			out.keepDose(at[i], &doses[i], &here[j])
		}
	}
	born := m.subject.SubjectInput
	if !born.HasBirth() {
		born = in.Subject
	}
	out.doses(im, &born, m.Row.ID, missing, missingAt)
	if out.Verdict == ImportThere && len(out.drafts) > 0 {
		out.Verdict = ImportCompleted
	}
	return out, nil
}

// doses adds drafts of doses; at says where each stands in the entry.
func (out *intent) doses(im *Import, subject *registry.SubjectInput, id p.EntityID, doses []registry.ImmunizationInput, at []int) {
	known := registry.Known{
		Today: im.today, BirthDate: subject.BirthDate, BirthPrec: subject.BirthPrec, Vaccine: im.vaccine, Place: im.d.Node.MayRecordAt,
	}
	for i := range doses {
		dose := doses[i]
		dose.Subject, dose.Source = id, registry.SourceImport
		if dose.Programme == 0 {
			dose.Programme = im.programme[dose.Vaccine]
		}
		draft, err := registry.NewImmunization(dose, known)
		out.refuse(at[i], err)
		out.drafts = append(out.drafts, draft)
	}
	if out.Verdict != ImportRefused {
		out.Doses = len(doses)
	}
}

// refuse takes rules that were broken as the reason to take nothing of the entry.
func (out *intent) refuse(dose int, err error) {
	if err == nil {
		return
	}
	var list registry.Errors
	if !errors.As(err, &list) {
		list = registry.Errors{{Field: "name", Code: registry.CodeTypeWrong}}
	}
	for i := range list {
		out.Faults = append(out.Faults, Remark{dose, list[i]})
	}
	out.Verdict, out.Subject, out.Doses, out.Fields = ImportRefused, p.EntityID{}, 0, 0
}

func (out *intent) keep(dose int, field string, code registry.Code, name string, value any) {
	out.Kept = append(out.Kept, Remark{dose, registry.FieldError{Field: field, Code: code, Params: map[string]any{name: value}}})
}

// keepDose notes in what a dose that is here differs from what the file tells.
func (out *intent) keepDose(at int, told *registry.ImmunizationInput, here *project.ImmunizationRow) {
	if told.Lot != "" && here.Lot != "" && !sameFold(told.Lot, here.Lot) {
		out.keep(at, "lot", WarnKept, "here", here.Lot)
	}
}

func sameFold(a, b string) bool { return registry.Fold(a) == registry.Fold(b) }

func refused(why ...Remark) *intent {
	return &intent{Arrival: Arrival{Verdict: ImportRefused, Faults: why}}
}

func proposed(found []match, why ...Remark) *intent {
	out := &intent{Arrival: Arrival{Verdict: ImportProposed, Faults: why}}
	for i := range found[:min(len(found), proposedMax)] {
		out.Candidates = append(out.Candidates, found[i].Candidate)
	}
	return out
}

// once leaves out doses that the entry tells of twice; at says where each that is left stood.
func once(doses []registry.ImmunizationInput) (left []registry.ImmunizationInput, at []int, twice []Remark) {
	for i := range doses {
		again := slices.ContainsFunc(left, func(d registry.ImmunizationInput) bool {
			return d.Vaccine == doses[i].Vaccine && d.GivenOn == doses[i].GivenOn && d.NotDone == doses[i].NotDone
		})
		if again {
			twice = append(twice, Remark{i, registry.FieldError{Field: "given_on", Code: WarnTwice}})
			continue
		}
		left, at = append(left, doses[i]), append(at, i)
	}
	return left, at, twice
}

func nameless(in *registry.SubjectInput) bool {
	_, newborn := registry.StripTitle(in.Name)
	return newborn || in.Name == ""
}

// recordsOf reads all records that are linked as the person, the matched one first: what one of them says is
// known.
func recordsOf(tx store.Tx, m *match) ([]*p.State, error) {
	out := []*p.State{m.state}
	rows, err := tx.SubjectsOfCase(m.Row.Case)
	if err != nil {
		return nil, err
	}
	for i := range rows {
		if rows[i].ID == m.Row.ID || rows[i].Void {
			continue
		}
		s, err := tx.State(rows[i].ID)
		if err != nil {
			return nil, err
		}
		if s != nil {
			out = append(out, s)
		}
	}
	return out, nil
}

// fillEmpty is what the file knows in fields that nobody has ever written in any record of the person, and where
// it differs from what stands. A field that somebody emptied stays empty.
func (im *Import) fillEmpty(records []*p.State, in *registry.SubjectInput) (registry.Patch, []Remark) {
	told, codes := *in, []string(nil)
	told.Place, told.FromCard, told.Code, told.Aliases = p.EntityID{}, false, "", nil
	for _, s := range records {
		one := registry.SubjectOf(s)
		codes = append(append(codes, string(one.Code)), one.Aliases...)
	}
	here := records[0]
	patch := registry.Patch{}
	aliases := registry.SubjectOf(here).Aliases
	for _, code := range append([]string{string(in.Code)}, in.Aliases...) {
		if code != "" && !slices.Contains(codes, code) {
			aliases, codes = append(aliases, code), append(codes, code)
			patch[registry.SubjectAliases] = registry.SubjectInput{Aliases: aliases}.Patch(here)[registry.SubjectAliases]
		}
	}
	all := told.Patch(here)
	var kept []Remark
	for _, info := range registry.Fields {
		data, differs := all[info.Field]
		if info.Kind != registry.KindSubject || !differs || data.IsNull() || info.Field == registry.SubjectBirthPrec {
			continue
		}
		var said []p.Data
		for _, s := range records {
			if len(s.Values(info.Field)) > 0 {
				said = append(said, s.Get(info.Field))
			}
		}
		switch {
		case len(said) == 0:
			patch[info.Field] = data
			if info.Field == registry.SubjectBirthDate {
				patch[registry.SubjectBirthPrec] = all[registry.SubjectBirthPrec]
			}
		case !slices.ContainsFunc(said, func(d p.Data) bool { return im.sameValue(info.Field, data, d) }):
			kept = append(kept, Remark{-1, registry.FieldError{Field: info.Name, Code: WarnKept, Params: map[string]any{"here": said[0]}}})
		}
	}
	return patch, kept
}

// sameValue reports whether two values are one, perhaps spelled in two ways.
func (im *Import) sameValue(field p.Field, a, b p.Data) bool {
	x, ok := a.Text()
	y, also := b.Text()
	if !ok || !also {
		return a.Equal(b)
	}
	if field == registry.SubjectHamlet {
		x, y = im.hamlet(x), im.hamlet(y)
	}
	return registry.FoldMarked(x) == registry.FoldMarked(y)
}

// hamlet spells a hamlet as the commune's list does, if it is on it.
func (im *Import) hamlet(name string) string {
	if h, ok := im.hamlets[registry.Fold(name)]; ok && name != "" {
		return h
	}
	return name
}
