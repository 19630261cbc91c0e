package web

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"tramy/internal/desk"
	"tramy/internal/pages"
	"tramy/internal/registry"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// deliveredTyped is one child of a birth as typed.
type deliveredTyped struct {
	sex, weight, clock string
	doses              map[string]doseTyped // by vaccine
}

func (b *deliveredTyped) stated() bool {
	for _, d := range b.doses {
		if d.stated() {
			return true
		}
	}
	return b.sex+b.weight+b.clock != ""
}

// deliveryForm is a birth in a delivery room as typed.
type deliveryForm struct {
	*pages.SubjectForm // mother, mother_id, phone, hamlet, commune
	year, hbsag        string
	screening, seen    string
	babies             [babyRows]deliveredTyped
	force, notThem     bool
	found              []desk.Candidate
	expecting          []ui.Kin
	top                string
}

func newDelivery() *deliveryForm {
	return &deliveryForm{SubjectForm: &pages.SubjectForm{Text: map[string]string{}, Errs: map[string]string{}}}
}

func readDelivery(c *pages.Call) *deliveryForm {
	text := func(name string) string { return strings.TrimSpace(c.Value(name)) }
	f := &deliveryForm{
		SubjectForm: c.ReadSubject(), year: text("mother_year"), hbsag: text("hbsag"), screening: text("screening"), seen: c.Value("seen"),
		force: text("force") == "1", notThem: text("not_them") == "1",
	}
	for i := range f.babies {
		n := "." + strconv.Itoa(i+1)
		b := deliveredTyped{sex: text("sex" + n), weight: text("weight" + n), clock: text("clock" + n), doses: map[string]doseTyped{}}
		for _, code := range desk.BirthDoses {
			b.doses[code] = doseTyped{given: text("given." + code + n), lot: text("lot." + code + n), not: text("not." + code + n)}
		}
		f.babies[i] = b
	}
	return f
}

// draw puts the form on its page.
func (f *deliveryForm) draw(c *pages.Call, s *shift, vaccines []birthVaccine) (ui.DeliveryForm, error) {
	out := ui.DeliveryForm{
		Mother: f.Field("mother"), Year: ui.Field{Value: f.year, Error: f.Errs["mother_year"]}, Phone: f.Field("phone"), MotherID: f.Text["mother_id"],
		Expecting: f.expecting, Seen: f.seen, Force: f.force, NotThem: f.notThem || len(f.expecting) > 0, Top: f.top,
		HBsAg: ui.Select{Value: f.hbsag, Error: f.Errs["hbsag"]}, Screening: screeningSelect(c, f.screening, f.Errs["screening"]),
	}
	for _, key := range []string{"positive", "negative"} {
		out.HBsAg.Options = append(out.HBsAg.Options, ui.Option{Value: key, Text: c.T("women.hbsag_" + key)})
	}
	out.HBsAg.Options = append(out.HBsAg.Options, ui.Option{Value: "", Text: c.T("women.hbsag_unknown")})
	home := c.Desk.Home()
	var err error
	if out.Commune, err = c.Communes(f.SubjectForm, home.Commune); err != nil {
		return out, err
	}
	out.Commune.Elsewhere = false // most live elsewhere: nothing to remark upon
	if out.Hamlet, err = c.HamletOf(f.SubjectForm, home.Commune); err != nil {
		return out, err
	}
	if out.Hint, err = motherHint(c, f.SubjectForm); err != nil {
		return out, err
	}
	for i := range f.babies {
		b, n := &f.babies[i], strconv.Itoa(i+1)
		x := ui.DeliveredFields{
			N: n, Title: c.T("birth.baby", "n", i+1), Sex: ui.Select{Value: b.sex, Error: f.Errs["sex."+n]},
			Weight: ui.Field{Value: b.weight, Error: f.Errs["weight."+n]}, Clock: ui.Field{Value: b.clock, Error: f.Errs["clock."+n]},
		}
		for _, key := range []string{"male", "female", "unknown"} {
			x.Sex.Options = append(x.Sex.Options, ui.Option{Value: key, Text: c.T("sex." + key)})
		}
		for k := range vaccines {
			v := &vaccines[k]
			d := b.doses[v.code]
			if f.blank() {
				d.lot = v.lotInHand()
			}
			x.Doses = append(x.Doses, v.fields(c, v.code+"."+n, v.code+"-"+n, &d, f.Errs))
		}
		out.More = out.More || i > 0 && b.stated()
		out.Babies = append(out.Babies, x)
	}
	for i := range f.found {
		out.Candidates = append(out.Candidates, c.CandidateOf(&f.found[i]))
	}
	return out, nil
}

// blank reports whether nothing was typed yet: the lots in hand are then put in.
func (f *deliveryForm) blank() bool { return f.babies[0].doses == nil }

// births writes one birth, with the children and their first doses, as one act.
func (w *Web) births(c *pages.Call) error {
	if !mayDeliver(c) {
		return desk.ErrForbidden
	}
	s, f := readShift(c, c.Value), readDelivery(c)
	if handled, err := w.beforeSave(c, f.SubjectForm); err != nil {
		return err
	} else if handled {
		if err := f.took(c); err != nil {
			return err
		}
		return w.drawBirths(c, http.StatusOK, s, f, nil)
	}
	vaccines, err := birthVaccines(c)
	if err != nil {
		return err
	}
	b, fine := f.parse(c, s, vaccines)
	if fine && f.Text["mother_id"] == "" && !f.notThem {
		// Before a second mother is made of a woman who is known here, it is asked whether she is one of these.
		if f.expecting, err = expecting(c, f.SubjectForm); err != nil {
			return err
		}
		if len(f.expecting) > 0 {
			return w.drawBirths(c, http.StatusConflict, s, f, nil)
		}
	}
	if !fine {
		return w.drawBirths(c, http.StatusUnprocessableEntity, s, f, nil)
	}
	before, err := pregnancyBefore(c, b.Mother)
	if err != nil {
		return err
	}
	ids, found, err := c.Desk.RecordDelivery(c.Ctx(), c.Who, b, f.force)
	if err != nil {
		return w.deliveryRefused(c, s, f, err)
	}
	if len(found) > 0 {
		f.found, f.force = found, true
		return w.drawBirths(c, http.StatusConflict, s, f, nil)
	}
	if err := c.Desk.NoteCommune(c.Ctx(), b.Babies[0].Subject.Place); err != nil {
		return err
	}
	note := ui.Note{Tone: ui.ToneOK, Lead: c.T("say.saved"), Text: c.T("births_say.saved", "name", b.Babies[0].Subject.Cleaned().Name, "n", len(ids))}
	if !anyGiven(b.Babies) { // a dose that stands is taken back first, on its own page
		note.Action = c.Undoable(s.path(), func(ctx context.Context, who desk.Who) error {
			return c.Desk.TakeBackBirth(ctx, who, b.Mother, ids, before)
		})
	}
	return c.Go(s.path(), note)
}

func anyGiven(babies []desk.Delivered) bool {
	for i := range babies {
		for k := range babies[i].Doses {
			if babies[i].Doses[k].Given() {
				return true
			}
		}
	}
	return false
}

// pregnancyBefore is what stands of a woman's pregnancy, so that a birth can be taken back.
func pregnancyBefore(c *pages.Call, woman p.EntityID) (registry.Patch, error) {
	old := registry.Patch{}
	if woman.IsZero() {
		return old, nil
	}
	rec, err := c.OpenToWrite(woman)
	if err != nil {
		return nil, err
	}
	for _, field := range desk.BirthFields {
		old[field] = rec.State.Get(field)
	}
	return old, nil
}

// took is done after the mother's record was taken over, or looked for.
func (f *deliveryForm) took(c *pages.Call) error {
	id, err := p.ParseEntityID(f.Text["mother_id"])
	if err != nil || id.IsZero() {
		f.seen, f.expecting = "", nil
		if c.Value("find") == "mother" {
			f.expecting, err = expecting(c, f.SubjectForm)
			if err == nil && len(f.expecting) == 0 {
				f.top = c.T("births_say.nobody_expecting")
			}
			return err
		}
		return nil
	}
	rec, err := c.Desk.Open(c.Ctx(), c.Who, id)
	if err != nil {
		return err
	}
	f.seen = registry.SawOf(rec.State).String()
	if rec.Subject.HasBirth() && f.year == "" {
		y, _, _ := rec.Subject.BirthDate.Date()
		f.year = strconv.Itoa(y)
	}
	switch {
	case f.hbsag != "":
	case rec.Subject.Has(registry.ConditionHBsAg):
		f.hbsag = "positive"
	case rec.Subject.Has(registry.ConditionNoHBsAg):
		f.hbsag = "negative"
	}
	return nil
}

// parse reads the form. False: something cannot be read, and Errs says what.
func (f *deliveryForm) parse(c *pages.Call, s *shift, vaccines []birthVaccine) (desk.Delivery, bool) {
	b := desk.Delivery{}
	var shared registry.SubjectInput
	shared.Place = c.Desk.Home().Commune
	f.Parse(c, &shared) // what the two forms share; its own controls are read below
	if f.Text["mother"] == "" && shared.Mother.IsZero() {
		f.Errs["mother"] = c.T("invalid.required")
	}
	if !sameMother(c, f.SubjectForm, &shared) {
		f.Errs["mother"] = cmp.Or(f.Errs["mother"], c.T("error.not_found"))
	}
	if b.Mother = shared.Mother; !b.Mother.IsZero() {
		if saw, err := registry.ParseSaw(f.seen); err == nil {
			b.Saw = saw
		}
	}
	if shared.Place.IsZero() && f.Errs["commune"] == "" {
		f.Errs["commune"] = c.T("births_say.where")
	}
	if f.year != "" {
		var err error
		if shared.MotherYear, err = strconv.Atoi(f.year); err != nil {
			f.Errs["mother_year"] = c.T("invalid.number")
		}
	}
	screening, ok := registry.ScreeningEnum.Number(f.screening)
	if f.screening != "" && !ok {
		f.Errs["screening"] = c.T("invalid.choice_unknown")
	}
	for i := range f.babies {
		if i == 0 || f.babies[i].stated() {
			b.Babies = append(b.Babies, f.baby(c, s, vaccines, i, shared, registry.Screening(screening)))
		}
	}
	return b, len(f.Errs) == 0
}

// baby reads one child.
func (f *deliveryForm) baby(c *pages.Call, s *shift, vaccines []birthVaccine, i int, shared registry.SubjectInput, screening registry.Screening) desk.Delivered {
	x, n := &f.babies[i], strconv.Itoa(i+1)
	in := registry.SubjectInput{
		Place: shared.Place, Hamlet: shared.Hamlet, Mother: shared.Mother, MotherName: shared.MotherName, MotherPhone: shared.MotherPhone,
		MotherYear: shared.MotherYear, BirthPlace: c.Place,
	}
	if f.hbsag == "positive" {
		in.Conditions = []registry.Condition{{Code: registry.ConditionMotherHBsAg}}
	}
	sex, ok := registry.SexEnum.Number(x.sex)
	if in.Sex = registry.Sex(sex); !ok {
		f.Errs["sex."+n] = c.T("invalid.required")
	}
	if x.weight != "" {
		var err error
		if in.BirthWeight, err = registry.ParseWeight(x.weight); err != nil {
			f.Errs["weight."+n] = c.T("invalid.weight_unreadable")
		}
	}
	var born desk.Moment
	if x.clock == "" {
		f.Errs["clock."+n] = c.T("births_say.clock_needed")
	} else {
		at, wrong := s.moment(c, x.clock)
		if wrong != "" {
			f.Errs["clock."+n] = wrong
		} else {
			born = at
		}
		in.BirthDate, in.BirthPrec, in.BirthClock = at.Day, registry.PrecisionMinute, clockOf(at.Minute)
	}
	out := desk.Delivered{Subject: in}
	for k := range vaccines {
		v := &vaccines[k]
		d := x.doses[v.code]
		dose := d.parse(c, s, v, v.code+"."+n, born, f.Errs)
		if dose == nil {
			continue
		}
		if dose.Given() {
			dose.Screening = screening
		}
		out.Doses = append(out.Doses, *dose)
	}
	return out
}

// deliveryRefused puts what the rules said beside the controls.
func (w *Web) deliveryRefused(c *pages.Call, s *shift, f *deliveryForm, err error) error {
	var stale *registry.StaleError
	if errors.As(err, &stale) {
		if terr := f.took(c); terr != nil {
			return terr
		}
		f.top = c.StaleText(stale)
		return w.drawBirths(c, http.StatusPreconditionFailed, s, f, nil)
	}
	n := "1"
	var baby *desk.BabyError
	if errors.As(err, &baby) {
		n = strconv.Itoa(baby.Index + 1)
	}
	var dose *desk.DoseError
	if errors.As(err, &dose) {
		top, known := doseSentences(c, err, dose.Vaccine+"."+n, f.Errs)
		if !known {
			return err
		}
		f.top = top
		return w.drawBirths(c, http.StatusUnprocessableEntity, s, f, nil)
	}
	wrong, known := c.Sentences(err)
	if !known {
		return err
	}
	controls := map[string]string{
		"birth_weight": "weight." + n, "sex": "sex." + n, "birth_date": "clock." + n, "birth_minute": "clock." + n, "mother_name": "mother", "name": "mother",
		"mother_phone": "phone", "mother_year": "mother_year", "hamlet": "hamlet", "place": "commune",
	}
	var rest []string
	for field, text := range wrong {
		if control := controls[field]; control != "" {
			f.Errs[control] = text
			continue
		}
		rest = append(rest, c.T("field."+field)+": "+text)
	}
	f.top = strings.Join(rest, " ")
	return w.drawBirths(c, http.StatusUnprocessableEntity, s, f, nil)
}
