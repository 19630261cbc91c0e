package pages

import (
	"context"
	"net/http"

	"tramy/internal/desk"
	"tramy/internal/locale"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

func (pg *Pages) showDose(c *Call) error {
	id, err := idOf(c.R)
	if err != nil {
		return err
	}
	return c.drawDose(http.StatusOK, id, nil)
}

func (c *Call) drawDose(status int, id p.EntityID, form *doseForm) error {
	d, err := c.Desk.Dose(c.Ctx(), c.Who, id)
	if err != nil {
		return err
	}
	around, err := c.aroundDose(d)
	if err != nil {
		return err
	}
	frame, err := c.Frame(ui.NavToday)
	if err != nil {
		return err
	}
	in := &d.Immunization.ImmunizationInput
	if form == nil {
		values := doseValues(in)
		form = &doseForm{values: values, seen: newSeen(d.State, values)}
	}
	field := func(name, problem string) ui.Field {
		return ui.Field{Value: form.values[name], Error: form.errs[problem]}
	}
	page := ui.Dose{
		Frame: frame, ID: id.String(), ChildID: d.Subject.String(), Child: around.subject.Name, ChildLine: c.PersonLine(&around.subject),
		Name: around.name(c.Words, d), Tick: c.tick(d.Tick), Facts: c.facts(d, around),
		Vaccine: around.options(c.Words, form.values["vaccine"]), Number: field("number", "dose_order"),
		On: field("on", "given_on"), Lot: field("lot", "lot"), Expires: field("expires", "expires"),
		Note: field("note", "note"), Why: field("why", ""),
		Site: c.choices(registry.SiteEnum, int64(in.Site), true), Voided: d.Void, Seen: form.seen.String(),
		ReadOnly: c.Hub || !c.May(rights.Amend, registry.KindImmunization),
	}
	page.Frame.Path = dosePath(id)
	page.Vaccine.Error = form.errs["vaccine"]
	page.Site.Value, page.Site.Error = form.values["site"], form.errs["site"]
	for _, key := range voidReasons {
		page.Reason.Options = append(page.Reason.Options, ui.Option{Value: key, Text: c.T("void_reason." + key)})
	}
	page.Reason.Value, page.Reason.Error = form.values["reason"], form.errs["void"]
	if d.Void {
		page.Marks = append(page.Marks, ui.Mark{Kind: ui.MarkVoid, Text: c.T("mark.void") + ": " + d.Immunization.Void})
	}
	if d.NotDone != 0 {
		page.Marks = append(page.Marks, ui.Mark{Kind: ui.MarkNotDone, Text: c.T("mark.notdone") + ": " + c.T("not_done."+d.NotDone.String())})
	}
	stopped, err := c.Desk.RecallsOfDoses(c.Ctx(), []project.ImmunizationRow{{ID: id, Vaccine: in.Vaccine, Lot: in.Lot, Place: in.Place, NotDone: in.NotDone, Void: d.Void, GivenOn: in.GivenOn}})
	if err != nil {
		return err
	}
	for i := range stopped {
		page.Marks = append(page.Marks, ui.Mark{Kind: ui.MarkNo, Text: c.T("recall_say.dose_mark") + ": " + stopped[i].Reason})
	}
	came, err := c.cameFrom(d)
	if err != nil {
		return err
	}
	if came != "" {
		page.Marks = append(page.Marks, ui.Mark{Kind: ui.MarkAsk, Text: came})
	}
	if page.Two, err = c.twoValues(around.conflicts); err != nil {
		return err
	}
	if top := form.errs[""]; top != "" {
		page.Frame.Notes = append(page.Frame.Notes, ui.Note{Tone: ui.ToneLate, Lead: top, Alert: true})
	}
	return c.Draw(status, "dose", page)
}

// aroundDose is what stands beside one dose.
type aroundDose struct {
	subject   project.SubjectRow
	vaccines  []project.VaccineRow
	conflicts []desk.Conflict
}

func (c *Call) aroundDose(d *desk.DoseView) (*aroundDose, error) {
	out := &aroundDose{}
	err := c.View(func(tx store.Tx) error {
		row, err := tx.SubjectRow(d.Subject)
		if err != nil {
			return err
		}
		if row != nil {
			out.subject = *row
		}
		out.vaccines, err = tx.Vaccines()
		return err
	})
	if err != nil || !c.May(rights.Settle, registry.KindImmunization) {
		return out, err
	}
	all, err := c.Desk.Conflicts(c.Ctx(), c.Who, reviewMax)
	for i := range all {
		if all[i].Entity == d.ID {
			out.conflicts = append(out.conflicts, all[i])
		}
	}
	return out, err
}

func (a *aroundDose) name(words *locale.Catalogue, d *desk.DoseView) ui.DoseName {
	ref := reference{byCode: map[string]*project.VaccineRow{}}
	for i := range a.vaccines {
		ref.byCode[a.vaccines[i].Code] = &a.vaccines[i]
	}
	return ref.doseName(words, d.Vaccine, int(d.Dose))
}

func (a *aroundDose) options(words *locale.Catalogue, value string) ui.Select {
	out := ui.Select{Value: value}
	known := false
	for i := range a.vaccines {
		v := &a.vaccines[i]
		known = known || v.Code == value
		out.Options = append(out.Options, ui.Option{Value: v.Code, Text: longName(words, v)})
	}
	if !known && value != "" {
		out.Options = append(out.Options, ui.Option{Value: value, Text: value})
	}
	return out
}

// facts are what was recorded, in the order of a card.
func (c *Call) facts(d *desk.DoseView, around *aroundDose) []ui.Fact {
	in := &d.Immunization.ImmunizationInput
	var out []ui.Fact
	add := func(name, value string) {
		if value != "" {
			out = append(out, ui.Fact{Name: c.T("field." + name), Value: value})
		}
	}
	enum := func(e *registry.Enum, n int64) string {
		if n == 0 {
			return ""
		}
		return c.T(e.Name + "." + e.Key(n))
	}
	when := c.day(in.GivenOn)
	if in.GivenClock != 0 {
		when += " " + in.GivenClock.String()
	}
	add("vaccine", around.name(c.Words, d).Vaccine)
	add("given_on", when)
	add("lot", in.Lot)
	if in.Lot == "" {
		add("lot_lost", enum(registry.LotLostEnum, int64(in.LotLost)))
	}
	add("expires", c.day(in.Expires))
	add("site", enum(registry.SiteEnum, int64(in.Site)))
	add("route", enum(registry.RouteEnum, int64(in.Route)))
	add("given_by", d.GivenBy)
	add("place", d.PlaceName)
	add("source", enum(registry.SourceEnum, int64(in.Source)))
	add("programme", enum(registry.ProgrammeEnum, int64(in.Programme)))
	add("not_done", enum(registry.NotDoneEnum, int64(in.NotDone)))
	add("screening", enum(registry.ScreeningEnum, int64(in.Screening)))
	if in.Temperature != 0 {
		add("temperature", c.Words.Decimal(float64(in.Temperature)/10, 1)+" °C")
	}
	add("note", in.Note)
	add("checked", enum(registry.CheckedEnum, int64(in.Checked)))
	add("against", in.Against)
	return out
}

// voidReasons are the reasons a dose was entered in error, as the form offers them.
var voidReasons = []string{"child", "twice", "not_given", "other"}

// voidText is the reason as it is kept: in words, because whoever reads it later has no form before them.
func voidText(reason, why string) string {
	for _, key := range voidReasons {
		if key == reason {
			text := locale.For(locale.Vietnamese).T("void_reason." + key)
			if why != "" {
				return text + ": " + why
			}
			if key == "other" {
				return "" // says nothing without the why
			}
			return text
		}
	}
	return why
}

func (pg *Pages) void(c *Call) error {
	id, err := idOf(c.R)
	if err != nil {
		return err
	}
	form := c.readDose()
	if err := c.Desk.VoidDose(c.Ctx(), c.Who, id, voidText(form.values["reason"], form.values["why"]), form.seen.saw); err != nil {
		return c.voidRefused(id, form, err)
	}
	s, err := pg.state(c.Ctx(), id)
	if err != nil {
		return err
	}
	note := ui.Note{Tone: ui.ToneOK, Lead: c.T("say.voided")}
	note.Action = c.Undoable(dosePath(id), func(ctx context.Context, who desk.Who) error {
		now, err := c.Pages.state(ctx, id)
		if err != nil {
			return err
		}
		return c.Desk.RestoreDose(ctx, who, id, registry.SawOf(now))
	})
	dose := registry.ImmunizationOf(s)
	return c.Go(childPath(dose.Subject), note)
}

func (c *Call) voidRefused(id p.EntityID, form *doseForm, err error) error {
	status, known := form.refused(c, err)
	if !known {
		return err
	}
	// The form of the change was not posted with this one: it is drawn as the dose stands.
	d, derr := c.Desk.Dose(c.Ctx(), c.Who, id)
	if derr != nil {
		return derr
	}
	values := doseValues(&d.Immunization.ImmunizationInput)
	saw := form.seen.saw
	form.seen = newSeen(d.State, values)
	if status == http.StatusPreconditionFailed {
		saw = form.seen.saw
	}
	form.seen.saw = saw
	for name, v := range values {
		form.values[name] = v
	}
	return c.drawDose(status, id, form)
}

func (pg *Pages) restore(c *Call) error {
	id, err := idOf(c.R)
	if err != nil {
		return err
	}
	form := c.readDose()
	if err := c.Desk.RestoreDose(c.Ctx(), c.Who, id, form.seen.saw); err != nil {
		return c.voidRefused(id, form, err)
	}
	return c.Go(dosePath(id), ui.Note{Tone: ui.ToneOK, Lead: c.T("say.restored")})
}
