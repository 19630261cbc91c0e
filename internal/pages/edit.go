package pages

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"strconv"
	"strings"

	"tramy/internal/desk"
	"tramy/internal/forecast"
	"tramy/internal/locale"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// SubjectForm is what is typed about a person, in the form to register and in the one to edit: each
// control's text, and the sentence beside it. Both pages share it so that an entry is read in one way.
type SubjectForm struct {
	Text map[string]string
	Errs map[string]string

	conditions conditionForm      // of the form to edit
	found      []project.PlaceRow // communes that were searched for
	searched   bool
}

// subjectControls are the controls with the fields of a subject each stands for.
var subjectControls = map[string][]p.Field{
	"name":           {registry.SubjectName},
	"born":           {registry.SubjectBirthDate, registry.SubjectBirthPrec, registry.SubjectBirthMinute},
	"sex":            {registry.SubjectSex},
	"mother":         {registry.SubjectMotherName},
	"phone":          {registry.SubjectMotherPhone},
	"hamlet":         {registry.SubjectHamlet},
	"weight":         {registry.SubjectBirthWeight},
	"father":         {registry.SubjectFatherName},
	"father_phone":   {registry.SubjectFatherPhone},
	"guardian":       {registry.SubjectGuardianName},
	"guardian_phone": {registry.SubjectGuardianTel},
	"ethnic":         {registry.SubjectEthnic},
	"personal_no":    {registry.SubjectPersonalNo},
	"insurance":      {registry.SubjectInsurance},
	"address":        {registry.SubjectAddrPerm},
	"note":           {registry.SubjectNote},
	"order":          {registry.SubjectBirthOrder},
	"birth_place":    {registry.SubjectBirthPlace},

	"allergies":         {registry.SubjectAllergies},
	"contraindications": {registry.SubjectContraind},
	"status":            {registry.SubjectStatus},
	"status_date":       {registry.SubjectStatusDate},
	"status_reason":     {registry.SubjectStatusReason},
	"absent_until":      {registry.SubjectAbsentUntil},

	"addr_birth":    {registry.SubjectAddrBirth},
	"addr_register": {registry.SubjectAddrRegister},
	"addr_native":   {registry.SubjectAddrNative},
	"passport":      {registry.SubjectPassport},
	"paper":         {registry.SubjectPaperKind},
	"travel_paper":  {registry.SubjectTravelPaper},
	"blood":         {registry.SubjectBloodGroup},
	"missing":       {registry.SubjectMissingSince},

	"own_phone": {registry.SubjectPhone},
	"commune":   {p.FieldPlace},
	"mother_id": {registry.SubjectMother},
	"protected": {registry.SubjectProtected},
	"evidence":  {registry.SubjectProtectedBy},
}

// controlOf names the control of a field of the field table.
func controlOf(field string) string {
	info, ok := registry.FieldNamed(registry.KindSubject, field)
	if !ok {
		return ""
	}
	if info.Field == registry.SubjectConditions {
		return field
	}
	for control, fields := range subjectControls {
		for _, f := range fields {
			if f == info.Field {
				return control
			}
		}
	}
	return ""
}

// ReadSubject reads the posted controls.
func (c *Call) ReadSubject() *SubjectForm {
	f := &SubjectForm{Text: map[string]string{}, Errs: map[string]string{}}
	for name := range subjectControls {
		f.Text[name] = strings.TrimSpace(c.Value(name))
	}
	if other := strings.TrimSpace(c.Value(hamletOther)); other != "" {
		if f.Text["hamlet"] != "" && f.Text["hamlet"] != other {
			f.Errs["hamlet"] = c.T("invalid.hamlet_twice")
		}
		f.Text["hamlet"] = other
	}
	return f
}

// hamletOther is the control for a hamlet that is not in the list of its commune.
const hamletOther = "hamlet_other"

// subjectText are the controls as a subject fills them.
func subjectText(in *registry.SubjectInput) map[string]string {
	t := map[string]string{
		"name": in.Name, "born": bornField(in), "sex": registry.SexEnum.Key(int64(in.Sex)), "mother": in.MotherName,
		"phone": plainPhone(in.MotherPhone), "hamlet": in.Hamlet, "father": in.FatherName, "father_phone": plainPhone(in.FatherPhone),
		"guardian": in.GuardianName, "guardian_phone": plainPhone(in.GuardianPhone), "ethnic": in.Ethnic, "personal_no": in.PersonalNo,
		"insurance": in.Insurance, "address": in.AddrPermanent, "note": in.Note, "order": itoa(in.BirthOrder),
		"birth_place": in.BirthPlace, "allergies": in.Allergies, "contraindications": in.Contraindications,
		"status": registry.StatusEnum.Key(int64(in.Status)), "status_reason": in.StatusReason, "weight": "", "status_date": "",
		"addr_birth": in.AddrBirth, "addr_register": in.AddrRegister, "addr_native": in.AddrNative, "passport": in.Passport, "missing": "",
		"paper": registry.PaperKindEnum.Key(int64(in.PaperKind)), "travel_paper": in.TravelPaper, "blood": registry.BloodGroupEnum.Key(int64(in.BloodGroup)),
		"absent_until": "", "own_phone": plainPhone(in.Phone), "commune": idText(in.Place), "mother_id": idText(in.Mother),
		"protected": registry.ProtectedEnum.Key(int64(in.Protected)), "evidence": registry.EvidenceEnum.Key(int64(in.ProtectedBy)),
	}
	if in.MissingSince != 0 {
		t["missing"] = in.MissingSince.String()
	}
	if in.AbsentUntil != 0 {
		t["absent_until"] = in.AbsentUntil.String()
	}
	if in.BirthWeight != 0 {
		t["weight"] = itoa(in.BirthWeight)
	}
	if in.StatusDate != 0 {
		t["status_date"] = in.StatusDate.String()
	}
	return t
}

// idText is an id in a control, "" if there is none.
func idText(id p.EntityID) string {
	if id.IsZero() {
		return ""
	}
	return id.String()
}

// plainPhone is a number in a control: with spaces to read, which typing may leave out.
func plainPhone(s string) string { return strings.ReplaceAll(registry.FormatPhone(s), "\u00a0", " ") }

// Parse reads the controls into an input. False: something cannot be read, and Errs says what.
func (f *SubjectForm) Parse(c *Call, in *registry.SubjectInput) bool {
	t := f.Text
	in.Name, in.MotherName, in.MotherPhone, in.Hamlet = t["name"], t["mother"], t["phone"], t["hamlet"]
	in.FatherName, in.FatherPhone, in.GuardianName, in.GuardianPhone = t["father"], t["father_phone"], t["guardian"], t["guardian_phone"]
	in.Ethnic, in.PersonalNo, in.Insurance, in.AddrPermanent, in.Note = t["ethnic"], t["personal_no"], t["insurance"], t["address"], t["note"]
	in.BirthPlace, in.Allergies, in.Contraindications = t["birth_place"], t["allergies"], t["contraindications"]
	in.StatusReason, in.Phone = t["status_reason"], t["own_phone"]
	in.BirthDate, in.BirthPrec, in.BirthClock, in.BirthWeight, in.BirthOrder, in.StatusDate = 0, 0, 0, 0, 0, 0
	in.AbsentUntil, in.Mother = 0, p.EntityID{}
	var err error
	if t["born"] != "" {
		if in.BirthDate, in.BirthPrec, in.BirthClock, err = ParseBorn(t["born"], c.Today); err != nil {
			f.Errs["born"] = c.dateError(err)
		}
	}
	if t["status_date"] != "" {
		if in.StatusDate, err = registry.ParseDay(t["status_date"], c.Today); err != nil {
			f.Errs["status_date"] = c.dateError(err)
		}
	}
	if t["absent_until"] != "" {
		if in.AbsentUntil, err = parseNext(t["absent_until"], c.Today); err != nil {
			f.Errs["absent_until"] = c.dateError(err)
		}
	}
	if t["mother_id"] != "" {
		if in.Mother, err = p.ParseEntityID(t["mother_id"]); err != nil {
			f.Errs["mother"] = c.T("invalid.choice_unknown")
		}
	}
	f.parseCommune(c, in)
	f.parseAdmin(c, in)
	if t["weight"] != "" {
		if in.BirthWeight, err = registry.ParseWeight(t["weight"]); err != nil {
			f.Errs["weight"] = c.T("invalid.weight_unreadable")
		}
	}
	if t["order"] != "" {
		if in.BirthOrder, err = strconv.Atoi(t["order"]); err != nil {
			f.Errs["order"] = c.T("invalid.birth_order_range", "max", registry.BirthOrderMax)
		}
	}
	sex, ok := chosen(registry.SexEnum, t["sex"])
	if in.Sex = registry.Sex(sex); !ok {
		f.Errs["sex"] = c.T("invalid.choice_unknown")
	}
	protected, ok := chosen(registry.ProtectedEnum, t["protected"])
	if in.Protected = registry.Protected(protected); !ok {
		f.Errs["protected"] = c.T("invalid.choice_unknown")
	}
	by, ok := chosen(registry.EvidenceEnum, t["evidence"])
	if in.ProtectedBy = registry.Evidence(by); !ok {
		f.Errs["evidence"] = c.T("invalid.choice_unknown")
	}
	status, ok := chosen(registry.StatusEnum, t["status"])
	if in.Status = registry.Status(status); !ok {
		f.Errs["status"] = c.T("invalid.choice_unknown")
	}
	return len(f.Errs) == 0
}

// Refused puts what the rules said beside the controls and returns what has none; false if err is of
// another kind.
func (f *SubjectForm) Refused(c *Call, err error) (rest string, known bool) {
	wrong, ok := c.sentences(err)
	if !ok {
		return "", false
	}
	for field, text := range wrong {
		if control := controlOf(field); control != "" {
			f.Errs[control] = text
			delete(wrong, field)
		}
	}
	return wrong.rest(c.Words), true
}

// Field is one control with what was typed and what is wrong with it.
func (f *SubjectForm) Field(name string) ui.Field {
	return ui.Field{Value: f.Text[name], Error: f.Errs[name]}
}

// Sex are the two sexes to choose from, and "not known" where it says so already.
func (f *SubjectForm) Sex(c *Call) ui.Select {
	s := ui.Select{Value: f.Text["sex"], Error: f.Errs["sex"]}
	for _, key := range []string{"male", "female", "unknown"} {
		if key != "unknown" || s.Value == key {
			s.Options = append(s.Options, ui.Option{Value: key, Text: c.T("sex." + key)})
		}
	}
	return s
}

// Protected is whether a child was protected against tetanus at birth, Evidence what that rests on.
func (f *SubjectForm) Protected(c *Call) ui.Select {
	s := c.choices(registry.ProtectedEnum, 0, false)
	s.Value, s.Error = f.Text["protected"], f.Errs["protected"]
	return s
}

// Evidence is the choice of what Protected rests on.
func (f *SubjectForm) Evidence(c *Call) ui.Select {
	s := c.choices(registry.EvidenceEnum, 0, false)
	s.Value, s.Error = f.Text["evidence"], f.Errs["evidence"]
	return s
}

// FillFrom takes from a mother's record what the form asks about her.
func (f *SubjectForm) FillFrom(m *registry.Subject) {
	f.Text["mother_id"], f.Text["mother"] = m.ID.String(), m.Name
	f.Text["commune"] = idText(m.Place)
	if m.Hamlet != "" {
		f.Text["hamlet"] = m.Hamlet
	}
	if m.Phone != "" {
		f.Text["phone"] = plainPhone(m.Phone)
	} else if m.GuardianPhone != "" && f.Text["phone"] == "" {
		f.Text["guardian"], f.Text["guardian_phone"] = m.GuardianName, plainPhone(m.GuardianPhone)
	}
	if m.Ethnic != "" {
		f.Text["ethnic"] = m.Ethnic
	}
}

// Order is the place in a multiple birth.
func (f *SubjectForm) Order(c *Call) ui.Select {
	s := ui.Select{Value: cmpOr(f.Text["order"], "0"), Error: f.Errs["order"], Options: []ui.Option{{Value: "0", Text: c.T("birth_order.single")}}}
	last := 3
	if n, err := strconv.Atoi(s.Value); err == nil && n <= registry.BirthOrderMax {
		last = max(last, n)
	}
	for n := 1; n <= last; n++ {
		s.Options = append(s.Options, ui.Option{Value: itoa(n), Text: c.T("birth_order.nth", "n", n)})
	}
	return s
}

// BirthPlace is where the birth was: this station by its name, a hospital, at home, or what stands there.
func (f *SubjectForm) BirthPlace(c *Call) ui.Select {
	s := ui.Select{Value: f.Text["birth_place"], Error: f.Errs["birth_place"]}
	kept := locale.For(locale.Vietnamese) // kept with the record, so not in the language of who looks
	s.Options = []ui.Option{
		{Value: c.Place, Text: c.T("birth_place.station")},
		{Value: kept.T("birth_place.hospital"), Text: c.T("birth_place.hospital")},
		{Value: kept.T("birth_place.home"), Text: c.T("birth_place.home")},
	}
	if c.Hub || c.Place == "" {
		s.Options = s.Options[1:]
	}
	known := s.Value == ""
	for _, o := range s.Options {
		known = known || o.Value == s.Value
	}
	if !known {
		s.Options = append(s.Options, ui.Option{Value: s.Value, Text: s.Value})
	}
	return s
}

// Hamlets are those of a commune, to be suggested.
func (c *Call) Hamlets(commune p.EntityID) ([]string, error) {
	var out []string
	if home := c.Desk.Home(); commune == home.Commune && !commune.IsZero() {
		book, err := c.Desk.HamletBook(c.Ctx())
		if err != nil {
			return nil, err
		}
		for i := range book.List {
			out = append(out, book.List[i].Display)
		}
		return out, nil
	}
	err := c.View(func(tx store.Tx) error {
		s, err := tx.State(commune)
		if err == nil && s != nil && s.Kind == registry.KindPlace {
			place := registry.PlaceOf(s)
			out = place.Hamlets
		}
		return err
	})
	return out, err
}

// schedule is the one in force today, nil if there is none.
func (c *Call) schedule() *forecast.Schedule { return c.Desk.Node.Advisor().Schedule(c.Today) }

func (pg *Pages) showEdit(c *Call) error {
	id, err := idOf(c.R)
	if err != nil {
		return err
	}
	if !c.May(rights.Amend, registry.KindSubject) {
		return desk.ErrForbidden
	}
	return c.drawEdit(http.StatusOK, id, nil, seen{}, "")
}

func (c *Call) drawEdit(status int, id p.EntityID, f *SubjectForm, known seen, top string) error {
	rec, err := c.Desk.Open(c.Ctx(), c.Who, id)
	if err != nil {
		return err
	}
	if !rec.Glass.IsZero() { // to be read only
		return desk.ErrElsewhere
	}
	if f == nil {
		f = &SubjectForm{Text: subjectText(&rec.Subject.SubjectInput), Errs: map[string]string{}}
		f.conditions = newConditionForm(c.schedule(), rec.Subject.Conditions)
		controls := maps.Clone(f.Text)
		f.conditions.controls(controls)
		known = newSeen(rec.State, controls)
	}
	n, err := c.namesOf(nil)
	if err != nil {
		return err
	}
	communes, err := c.Communes(f, rec.Subject.Place)
	if err != nil {
		return err
	}
	hamlet, err := c.HamletOf(f, rec.Subject.Place)
	if err != nil {
		return err
	}
	frame, err := c.Frame(ui.NavToday)
	if err != nil {
		return err
	}
	if top != "" {
		frame.Notes = append(frame.Notes, ui.Note{Tone: ui.ToneLate, Lead: top, Alert: true})
	}
	line := bornField(&rec.Subject.SubjectInput)
	if rec.Subject.MotherName != "" {
		line += ", " + c.T("row.mother", "name", rec.Subject.MotherName)
	}
	page := ui.EditChild{
		Frame: frame, ID: id.String(), Title: rec.Subject.Name, Line: line,
		Name: f.Field("name"), Born: f.Field("born"), Mother: f.Field("mother"), MotherPhone: f.Field("phone"),
		Hamlet: hamlet, Commune: communes, OwnPhone: f.Field("own_phone"), MotherID: f.Text["mother_id"], Weight: f.Field("weight"), Father: f.Field("father"), FatherPhone: f.Field("father_phone"),
		Guardian: f.Field("guardian"), GuardianTel: f.Field("guardian_phone"), Ethnic: f.Field("ethnic"),
		PersonalNo: f.Field("personal_no"), Insurance: f.Field("insurance"), Admin: f.Admin(c),
		Allergies: f.Field("allergies"), Contraindications: f.Field("contraindications"), Note: f.Field("note"),
		Sex: f.Sex(c), Order: f.Order(c), BirthPlace: f.BirthPlace(c),
		Status:     c.choices(registry.StatusEnum, 0, false, "present", "absent", "moved", "died"),
		StatusDate: f.Field("status_date"), StatusReason: f.Field("status_reason"), AbsentUntil: f.Field("absent_until"), Seen: known.String(),
		Protected: c.choices(registry.ProtectedEnum, 0, true), Evidence: c.choices(registry.EvidenceEnum, 0, true),
		Conditions: f.conditions.fields(c.schedule(), n), ConditionsError: f.Errs["conditions"],
		Further: f.conditions.further(c.schedule(), n, c.T("say.none")), FurtherOn: ui.Field{Value: f.conditions.afterOn, Error: f.conditions.errAfterOn},
		Kept: f.conditions.kept(rec.Subject.Conditions, n),
	}
	page.Frame.Path = childPath(id) + "/edit"
	page.Admin.Filled = page.Admin.Filled || c.R.URL.Query().Get("admin") == "1" // from the list of what is missing
	page.Status.Value, page.Status.Error = f.Text["status"], f.Errs["status"]
	page.Protected.Value, page.Protected.Error = f.Text["protected"], f.Errs["protected"]
	page.Evidence.Value, page.Evidence.Error = f.Text["evidence"], f.Errs["evidence"]
	return c.Draw(status, "edit", page)
}

// edit changes what is known of a person: the controls that somebody touched, and no others.
func (pg *Pages) edit(c *Call) error {
	id, err := idOf(c.R)
	if err != nil {
		return err
	}
	s, err := pg.state(c.Ctx(), id)
	if err != nil {
		return err
	}
	if s.Kind != registry.KindSubject {
		return desk.ErrNotFound
	}
	f, known := c.ReadSubject(), parseSeen(c.Value("seen"))
	now := registry.SubjectOf(s)
	in := now.SubjectInput
	if f.Text["commune"] == "" { // the residence is never emptied
		f.Text["commune"] = idText(now.Place)
	}
	f.conditions = c.readConditions(c.schedule(), known)
	if f.SearchesCommune(c) {
		return c.drawEdit(http.StatusOK, id, f, known, "")
	}
	conditions, fine := f.conditions.apply(c, c.schedule(), known, in.Conditions)
	if !f.Parse(c, &in) || !fine {
		return c.drawEdit(http.StatusUnprocessableEntity, id, f, known, "")
	}
	patch := f.patch(&in, known)
	if f.conditions.touched(known) {
		patch[registry.SubjectConditions] = conditionData(conditions)
	}
	err = c.Desk.Edit(c.Ctx(), c.Who, id, patch, known.saw)
	var stale *registry.StaleError
	switch {
	case errors.As(err, &stale):
		f.Errs[cmpOr(controlOf(fieldName(stale)), "name")] = c.staleText(stale)
		known.show(stale.Field, stale.Values)
		f.conditions.refresh(known, now.Conditions)
		return c.drawEdit(http.StatusPreconditionFailed, id, f, known, "")
	case err != nil:
		top, ok := f.Refused(c, err)
		if !ok {
			return err
		}
		return c.drawEdit(http.StatusUnprocessableEntity, id, f, known, top)
	}
	if err := c.usedCommune(patch); err != nil {
		return err
	}
	note := ui.Note{Tone: ui.ToneOK, Lead: c.T("say.saved"), Text: c.T("say.changed", "name", cmpOr(in.Name, now.Name))}
	old := registry.Patch{}
	for field := range patch {
		old[field] = s.Get(field)
	}
	if len(old) > 0 {
		note.Action = c.Undoable(childPath(id), func(ctx context.Context, who desk.Who) error {
			now, err := c.Pages.state(ctx, id)
			if err != nil {
				return err
			}
			return c.Pages.write(ctx, who, now, old)
		})
	}
	return c.Go(childPath(id), note)
}

// patch takes the touched controls' fields from an input.
func (f *SubjectForm) patch(in *registry.SubjectInput, known seen) registry.Patch {
	all := in.Patch(&p.State{Kind: registry.KindSubject}) // everything that is not empty
	out := registry.Patch{}
	for name, fields := range subjectControls {
		if !known.touched(name, f.Text[name]) {
			continue
		}
		for _, field := range fields {
			data, has := all[field]
			if !has {
				data = p.Null()
			}
			out[field] = data
		}
	}
	return out
}
