package fhir

import (
	"encoding/json"
	"slices"
	"strings"

	"tramy/internal/registry"
	p "tramy/syncproto"
)

func (d *decoder) patient(x *item) {
	var r Patient
	if err := json.Unmarshal(x.resource, &r); err != nil {
		who := d.nobody(x, Problem{Path: shapePath("Patient", err), Code: CodeShape})
		d.name(x, who)
		return
	}
	who := &Incoming{Entry: x.n, Entries: []int{x.n}}
	d.add(x, who)
	d.name(x, who)
	who.common(x, r.ImplicitRules, r.ModifierExtension)
	if r.Active != nil && !*r.Active {
		who.problem(x.n, "Patient.active", CodeNotInUse, "")
	}
	for i := range r.Link {
		if r.Link[i].Type == "replaced-by" {
			who.problem(x.n, "Patient.link", CodeReplaced, r.Link[i].Other.Reference)
		}
	}
	in := &who.Subject
	who.extensions(x, r.Extension)
	who.identifiers(&r)
	who.names(x, &r)
	who.birth(x, &r)
	switch r.Gender {
	case "male":
		in.Sex = registry.SexMale
	case "female":
		in.Sex = registry.SexFemale
	case "unknown", "other":
		in.Sex = registry.SexUnknown
	case "":
	default:
		who.problem(x.n, "Patient.gender", CodeGender, r.Gender)
	}
	in.Phone = phoneOf(r.Telecom)
	if died := r.DeceasedDateTime; died != "" || r.DeceasedBoolean != nil && *r.DeceasedBoolean {
		in.Status = registry.StatusDied
		if day, _, ok := moment(died); ok {
			in.StatusDate = day
		}
	}
	if n := r.MultipleBirthInteger; n != nil {
		in.BirthOrder = int(min(max(*n, 0), 99))
	}
	who.addresses(&r)
	who.contacts(x, &r)
}

// shapePath names the element that has another type than the standard's.
func shapePath(kind string, err error) string {
	if wrong, ok := err.(*json.UnmarshalTypeError); ok && wrong.Field != "" { //nolint:errorlint // Unmarshal returns it bare
		return kind + "." + wrong.Field
	}
	return kind
}

// name remembers by which references a patient is meant.
func (d *decoder) name(x *item, who *Incoming) {
	at := d.out.owner[x.n-1]
	refs := []string{x.fullURL}
	if x.id != "" {
		refs = append(refs, "Patient/"+x.id)
	}
	for _, ref := range refs {
		if ref == "" {
			continue
		}
		if other, taken := d.byRef[ref]; taken && other != at {
			who.problem(x.n, "Patient.id", CodeTwoPatients, ref)
			d.out.People[other].problem(d.out.People[other].Entry, "Patient.id", CodeTwoPatients, ref)
			continue
		}
		d.byRef[ref] = at
	}
}

// extensions reads ours; those of others that change nothing are passed by.
func (in *Incoming) extensions(x *item, list []Extension) {
	patch := registry.Patch{}
	for i := range list {
		e := &list[i]
		switch e.URL {
		case ExtensionSameAs:
			in.SameAs = strings.TrimSpace(e.ValueString)
		case urlBirthPlace:
			if e.ValueAddress != nil {
				patch[registry.SubjectAddrBirth] = textOrNull(addressText(e.ValueAddress))
			}
		case extensionField + motherCode:
			in.MotherCode = e.ValueString
		}
		in.field(x, registry.KindSubject, e, nativeSubject, patch)
	}
	in.Subject = registry.SubjectOf(stateOf(registry.KindSubject, patch)).SubjectInput
}

func textOrNull(s string) p.Data {
	if s == "" {
		return p.Null()
	}
	return p.Text(s)
}

// field reads an extension that is a field of the field table.
func (in *Incoming) field(x *item, kind p.Kind, e *Extension, native []p.Field, into registry.Patch) {
	name, ours := strings.CutPrefix(e.URL, extensionField)
	info, known := registry.FieldNamed(kind, name)
	if !ours || !known || slices.Contains(native, info.Field) {
		return // of a newer version, or of somebody else
	}
	data, ok := fieldFrom(&info, e)
	if !ok {
		in.problem(x.n, x.kind+".extension", CodeExtension, name)
		return
	}
	if list, is := data.List(); is {
		before, _ := into[info.Field].List()
		data = p.List(append(slices.Clone(before), list...)...)
	}
	into[info.Field] = data
}

func (in *Incoming) identifiers(r *Patient) {
	for i := range r.Identifier {
		id := &r.Identifier[i]
		value := strings.TrimSpace(id.Value)
		system := id.System
		if value == "" {
			continue
		}
		if id.Type != nil {
			for _, c := range id.Type.Coding {
				if known := identifierTypes[c.Code]; known != "" && !ownSystem(system) {
					system = known
				}
			}
		}
		in.identifier(system, value, id.Use == "old" || id.Use == "secondary")
	}
}

func ownSystem(system string) bool {
	for _, s := range identifierSystems {
		if s.system == system {
			return true
		}
	}
	return false
}

// identifier puts a number where it belongs; a second one of a kind, and one that nobody here knows, is kept in the note.
func (in *Incoming) identifier(system, value string, former bool) {
	for _, s := range identifierSystems {
		at := s.at(&in.Subject)
		if s.system != system {
			continue
		}
		switch {
		case system == SystemCode && (former || *at != "" && *at != value):
			in.Subject.Aliases = append(in.Subject.Aliases, value)
		case former || *at != "" && *at != value:
			in.keep("Patient.identifier", value)
		default:
			*at = value
		}
		return
	}
	in.keep("Patient.identifier", system+" "+value)
}

// keep puts something that has no field into the person's note.
func (in *Incoming) keep(path, text string) {
	if line := keepNote(&in.Subject.Note, strings.TrimPrefix(path, "Patient."), text); line != "" {
		in.warn(in.Entry, path, WarnInNote, text)
	}
}

// names takes the name that is in use; others become other names.
func (in *Incoming) names(x *item, r *Patient) {
	rank := []string{"official", "usual", "", "temp"}
	best := -1
	for i := range r.Name {
		if at := slices.Index(rank, r.Name[i].Use); at >= 0 && nameText(&r.Name[i]) != "" && (best < 0 || at < slices.Index(rank, r.Name[best].Use)) {
			best = i
		}
	}
	for i := range r.Name {
		text := nameText(&r.Name[i])
		switch {
		case text == "":
		case i == best:
			in.Subject.Name = text
			if r.Name[i].Text == "" {
				in.warn(x.n, "Patient.name", WarnNamePut, text)
			}
		case text != in.Subject.Name && !slices.Contains(in.Subject.Aliases, text):
			in.Subject.Aliases = append(in.Subject.Aliases, text)
		}
	}
}

// nameText is a name as a whole. Of parts it is put together as Vietnamese names are: family, middle, given; FHIR has middle
// names among the given ones.
func nameText(n *HumanName) string {
	if n == nil {
		return ""
	}
	if n.Text != "" {
		return strings.Join(strings.Fields(n.Text), " ")
	}
	return strings.Join(strings.Fields(n.Family+" "+strings.Join(n.Given, " ")), " ")
}

func (in *Incoming) birth(x *item, r *Patient) {
	text := r.BirthDate
	if text == "" {
		return
	}
	s := &in.Subject
	layouts := map[int]registry.Precision{4: registry.PrecisionYear, 7: registry.PrecisionMonth, 10: registry.PrecisionDay}
	prec := layouts[len(text)]
	full := text
	for len(full) < len("2006-01-02") && prec != 0 {
		full += "-01"
	}
	day, err := registry.ParseISO(full)
	if prec == 0 || err != nil {
		in.problem(x.n, "Patient.birthDate", CodeDate, text)
		return
	}
	s.BirthDate, s.BirthPrec = day, prec
	if r.BirthDateElement == nil {
		return
	}
	for _, e := range r.BirthDateElement.Extension {
		if e.URL != urlBirthTime {
			continue
		}
		on, clock, ok := moment(e.ValueDateTime)
		if !ok || prec != registry.PrecisionDay || on != day {
			in.problem(x.n, "Patient.birthDate.extension", CodeDate, e.ValueDateTime)
			return
		}
		if clock != 0 {
			s.BirthClock, s.BirthPrec = clock, registry.PrecisionMinute
		}
	}
}

func phoneOf(list []ContactPoint) string {
	for _, t := range list {
		if (t.System == "phone" || t.System == "sms") && t.Use != "old" && t.Value != "" {
			return t.Value
		}
	}
	return ""
}

func addressText(a *Address) string {
	if a.Text != "" {
		return strings.Join(strings.Fields(a.Text), " ")
	}
	var parts []string
	for _, s := range append(slices.Clone(a.Line), a.City, a.District, a.State) {
		if s = strings.TrimSpace(s); s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, ", ")
}

// addresses takes the home; where there are several, the first that is no former one.
func (in *Incoming) addresses(r *Patient) {
	var home *Address
	for i := range r.Address {
		a := &r.Address[i]
		if a.Use == "old" || a.Use == "billing" || a.Use == "work" {
			in.keep("Patient.address", addressText(a))
			continue
		}
		switch {
		case home == nil:
			home = a
		case home.Use != "home" && a.Use == "home":
			in.keep("Patient.address", addressText(home))
			home = a
		default:
			in.keep("Patient.address", addressText(a))
		}
	}
	if home == nil {
		return
	}
	for _, e := range home.Extension {
		if e.URL == ExtensionCommune {
			in.CommuneCode = e.ValueCode
		}
	}
	in.Commune = strings.TrimSpace(home.City)
	lines := slices.DeleteFunc(slices.Clone(home.Line), func(s string) bool { return strings.TrimSpace(s) == "" })
	switch {
	case len(lines) > 0:
		in.Subject.Hamlet = lines[len(lines)-1]
		if len(lines) > 1 {
			in.keep("Patient.address", strings.Join(lines[:len(lines)-1], ", "))
		}
	case home.City == "" && home.Text != "":
		in.keep("Patient.address", home.Text)
	}
}

func (in *Incoming) contacts(x *item, r *Patient) {
	for i := range r.Contact {
		c := &r.Contact[i]
		name, phone := nameText(c.Name), phoneOf(c.Telecom)
		if name == "" && phone == "" {
			continue
		}
		if !in.contact(c, name, phone) {
			in.keep("Patient.contact", strings.TrimSpace(name+" "+phone))
		}
	}
	if s := &in.Subject; s.Name == "" && s.MotherName == "" {
		in.problem(x.n, "Patient.name", CodeNameless, "")
	}
}

// contact puts somebody where the relationship says; false if it says nothing that is known, or the place is taken.
func (in *Incoming) contact(c *Contact, name, phone string) bool {
	for _, rel := range relations {
		for _, concept := range c.Relationship {
			for _, code := range concept.Coding {
				if code.Code != rel.code && !slices.Contains(rel.also, code.Code) {
					continue
				}
				at, tel := rel.name(&in.Subject), rel.phone(&in.Subject)
				if *at != "" || *tel != "" {
					return false
				}
				*at, *tel = name, phone
				return true
			}
		}
	}
	return false
}
