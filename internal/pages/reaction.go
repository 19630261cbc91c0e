package pages

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"tramy/internal/desk"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// The pages of one reaction.
const (
	partOthers = "/others"
	partForm   = "/form"
)

func reactionPath(id p.EntityID) string { return ui.PathReaction + id.String() }

// reactionDoseDays is how far back doses are offered as a cause; those of the last visit are, however long ago it was.
const reactionDoseDays = 180

// reactionTyped is the form of a reaction as it came back.
type reactionTyped struct {
	in    registry.ReactionInput
	wrong sentences // what cannot be read, by the name of the field
	on    string
	clock string
}

// readReaction reads the form.
func (c *Call) readReaction() reactionTyped {
	f := reactionTyped{wrong: sentences{}, on: strings.TrimSpace(c.Value("began_on")), clock: strings.TrimSpace(c.Value("began_at"))}
	f.in = registry.ReactionInput{
		Signs: c.R.PostForm["sign"], Treatment: c.Value("treatment"), Hospital: c.Value("hospital"), Note: c.Value("note"), Reporter: c.Value("reporter"),
	}
	for _, text := range c.R.PostForm["dose"] {
		if id, err := p.ParseEntityID(text); err == nil && !slices.Contains(f.in.Doses, id) {
			f.in.Doses = append(f.in.Doses, id)
		}
	}
	var err error
	if f.on != "" {
		if f.in.On, err = registry.ParseDay(f.on, c.Today); err != nil {
			f.wrong["began_on"] = c.dateError(err)
		}
	}
	if f.clock != "" {
		if f.in.Clock, err = registry.ParseClock(f.clock); err != nil {
			f.wrong["began_minute"] = c.dateError(err)
		}
	}
	if n, known := chosen(registry.SeverityEnum, c.Value("severity")); known {
		f.in.Severity = registry.Severity(n)
	} else {
		f.wrong["severity"] = c.T("invalid.choice_unknown")
	}
	if n, known := chosen(registry.ReactionEndEnum, c.Value("outcome")); known {
		f.in.Outcome = registry.ReactionEnd(n)
	} else {
		f.wrong["outcome"] = c.T("invalid.choice_unknown")
	}
	return f
}

// typedOf is the form of a reaction as it stands.
func typedOf(in *registry.ReactionInput) reactionTyped {
	return reactionTyped{in: *in, wrong: sentences{}, on: in.On.String(), clock: clockText(in.Clock)}
}

func clockText(clock registry.Clock) string {
	if clock == 0 {
		return ""
	}
	return clock.String()
}

// reactionFields draws the controls of a form; offered are the doses that may have been the cause.
func (c *Call) reactionFields(f *reactionTyped, offered []desk.DoseView, vaccines *reference) ui.ReactionFields {
	field := func(value, name string) ui.Field { return ui.Field{Value: value, Error: f.wrong[name]} }
	out := ui.ReactionFields{
		SignsError: f.wrong["signs"], DosesError: f.wrong["doses"], On: field(f.on, "began_on"), Clock: field(f.clock, "began_minute"),
		Severity: c.choices(registry.SeverityEnum, int64(f.in.Severity), false), Outcome: c.choices(registry.ReactionEndEnum, int64(f.in.Outcome), true),
		Treatment: field(f.in.Treatment, "treatment"), Hospital: field(f.in.Hospital, "hospital"),
		Note: field(f.in.Note, "note"), Reporter: field(f.in.Reporter, "reporter"),
	}
	out.Severity.Options = append([]ui.Option{{Text: c.T("reaction.severity_by_signs")}}, out.Severity.Options...)
	out.Severity.Error, out.Outcome.Error = f.wrong["severity"], f.wrong["outcome"]
	for _, s := range registry.Signs {
		box := ui.Box{Value: s.Code, Text: c.T("sign." + s.Code), Ticked: slices.Contains(f.in.Signs, s.Code)}
		if s.Severe {
			out.Severe = append(out.Severe, box)
		} else {
			out.Common = append(out.Common, box)
		}
	}
	for i := range offered {
		d := &offered[i]
		text := doseWord(c, vaccines, &d.ImmunizationRow) + ", " + d.GivenOn.String()
		if d.Lot != "" {
			text += ", " + c.T("say.lot", "lot", d.Lot)
		}
		out.Doses = append(out.Doses, ui.Box{Value: d.ID.String(), Text: text, Ticked: slices.Contains(f.in.Doses, d.ID)})
	}
	out.More = f.in.Treatment != "" || f.in.Hospital != "" || f.in.Note != "" || f.in.Reporter != "" || f.in.Outcome != 0 ||
		slices.ContainsFunc([]string{"treatment", "hospital", "note", "reporter", "outcome"}, func(name string) bool { return f.wrong[name] != "" })
	return out
}

// doseWord names a dose as on the card.
func doseWord(c *Call, ref *reference, row *project.ImmunizationRow) string {
	name := ref.numbered(c.Words, row.Vaccine, int(row.Dose))
	switch {
	case name.Number == 0:
		return name.Vaccine
	case name.Oral:
		return name.Vaccine + " " + c.T("dose.oral", "n", name.Number)
	}
	return name.Vaccine + " " + c.T("dose.number", "n", name.Number)
}

// causes are the doses that may have been the cause, newest first, and the day of the last visit.
func causes(rec *desk.Record, today registry.Day, named []p.EntityID) (out []desk.DoseView, last registry.Day) {
	for i := range rec.Doses {
		if d := &rec.Doses[i]; !d.Void && d.NotDone == 0 {
			last = max(last, d.GivenOn)
		}
	}
	for i := range rec.Doses {
		d := &rec.Doses[i]
		recent := d.GivenOn == last || d.GivenOn > today-reactionDoseDays
		if !d.Void && d.NotDone == 0 && recent || slices.Contains(named, d.ID) {
			out = append(out, *d)
		}
	}
	slices.SortStableFunc(out, func(a, b desk.DoseView) int { return cmp.Compare(b.GivenOn, a.GivenOn) })
	if len(out) > registry.ReactionDosesMax {
		out = out[:registry.ReactionDosesMax]
	}
	return out, last
}

// vaccineNames reads what names vaccines.
func (c *Call) vaccineNames() (*reference, error) {
	ref := &reference{byCode: map[string]*project.VaccineRow{}}
	err := c.View(func(tx store.Tx) (err error) {
		ref.vaccines, err = tx.Vaccines()
		return err
	})
	for i := range ref.vaccines {
		ref.byCode[ref.vaccines[i].Code] = &ref.vaccines[i]
	}
	return ref, err
}

func (pg *Pages) showNewReaction(c *Call) error { return c.drawNewReaction(http.StatusOK, nil) }

// drawNewReaction draws the form: the doses of the last visit are ticked, and it began now.
func (c *Call) drawNewReaction(status int, typed *reactionTyped) error {
	if !c.May(rights.Create, registry.KindReaction) {
		return desk.ErrForbidden
	}
	id, err := idOf(c.R)
	if err != nil {
		return err
	}
	rec, err := c.Desk.Open(c.Ctx(), c.Who, id)
	switch {
	case err != nil:
		return err
	case !rec.Glass.IsZero():
		return desk.ErrElsewhere
	}
	frame, err := c.Frame(ui.NavReaction)
	if err != nil {
		return err
	}
	ref, err := c.vaccineNames()
	if err != nil {
		return err
	}
	offered, last := causes(rec, c.Today, nil)
	if typed == nil {
		typed = &reactionTyped{wrong: sentences{}, on: c.Today.String(), clock: c.Now.Format("15:04")}
		for i := range offered {
			if offered[i].GivenOn == last {
				typed.in.Doses = append(typed.in.Doses, offered[i].ID)
			}
		}
	}
	page := ui.ReactionNew{
		Frame: frame, ID: id.String(), Name: rec.Subject.Name, Line: bornField(&rec.Subject.SubjectInput),
		ReactionFields: c.reactionFields(typed, offered, ref), NoDose: len(offered) == 0,
		Error: typed.wrong.rest(c.Words, reactionNames...),
	}
	page.Frame.Path = childPath(id) + partReact
	return c.Draw(status, "reactionnew", page)
}

// reactionNames are the fields that have a place of their own on the form.
var reactionNames = []string{"signs", "doses", "began_on", "began_minute", "severity", "outcome", "treatment", "hospital", "note", "reporter"}

func (pg *Pages) addReaction(c *Call) error {
	id, err := idOf(c.R)
	if err != nil {
		return err
	}
	typed := c.readReaction()
	if len(typed.wrong) > 0 {
		return c.drawNewReaction(http.StatusUnprocessableEntity, &typed)
	}
	typed.in.Subject = id
	reaction, err := c.Desk.RecordReaction(c.Ctx(), c.Who, typed.in)
	if wrong, known := c.sentences(err); known {
		typed.wrong = wrong
		return c.drawNewReaction(http.StatusUnprocessableEntity, &typed)
	}
	if err != nil {
		return err
	}
	return c.Go(reactionPath(reaction), ui.Note{Tone: ui.ToneOK, Lead: c.T("reaction.saved")})
}

// amendReaction follows a reaction up.
func (pg *Pages) amendReaction(c *Call) error {
	typed := c.readReaction()
	return c.aboutReaction("reaction.followed", &typed, func(id p.EntityID, saw registry.Saw) error {
		if len(typed.wrong) > 0 {
			return errTyped
		}
		return c.Desk.AmendReaction(c.Ctx(), c.Who, id, typed.in, saw)
	})
}

// staleForm is the name under which it is said that somebody else wrote meanwhile.
const staleForm = "stale"

// errTyped says that something in a form cannot be read; the form says what.
var errTyped = errors.New("something typed cannot be read")

func (pg *Pages) tellReaction(c *Call) error {
	return c.aboutReaction("reaction.said_told", nil, func(id p.EntityID, saw registry.Saw) error {
		clock, on := registry.NewClock(c.Now.Hour(), c.Now.Minute()), c.Today
		if text := strings.TrimSpace(c.Value("told_at")); text != "" {
			var err error
			if clock, err = registry.ParseClock(text); err != nil {
				return registry.Errors{{Field: "told_minute", Code: registry.CodeTimeUnreadable, Params: map[string]any{"text": text}}}
			}
			if now := registry.NewClock(c.Now.Hour(), c.Now.Minute()); clock > now { // told before midnight, noted after it
				on--
			}
		}
		return c.Desk.TellReaction(c.Ctx(), c.Who, id, on, clock, c.Value("how"), saw)
	})
}

func (pg *Pages) voidReaction(c *Call) error {
	return c.aboutReaction("reaction.voided", nil, func(id p.EntityID, saw registry.Saw) error {
		return c.Desk.VoidReaction(c.Ctx(), c.Who, id, c.Value("void"), saw)
	})
}

func (pg *Pages) liftReaction(c *Call) error {
	return c.aboutReaction("reaction.lifted", nil, func(_ p.EntityID, saw registry.Saw) error {
		lot, err := p.ParseEntityID(c.Value("lot"))
		if err != nil {
			return desk.ErrNotFound
		}
		return c.Desk.LiftLot(c.Ctx(), c.Who, lot, c.Value("why"), saw)
	})
}

// aboutReaction does what somebody pressed on a reaction's page, and says so.
func (c *Call) aboutReaction(said string, typed *reactionTyped, do func(id p.EntityID, saw registry.Saw) error) error {
	id, err := idOf(c.R)
	if err != nil {
		return err
	}
	saw, err := registry.ParseSaw(c.Value("seen"))
	if err != nil {
		saw = registry.Saw{} // nothing was seen: whatever stands is told first
	}
	err = do(id, saw)
	wrong, known := c.sentences(err)
	if errors.Is(err, errTyped) {
		wrong, known = typed.wrong, true
	}
	var stale *registry.StaleError
	switch {
	case known:
		return c.drawReaction(http.StatusUnprocessableEntity, id, typed, wrong)
	case errors.As(err, &stale): // what stands now is on the page; what was typed comes back, and the next save has seen both
		return c.drawReaction(http.StatusPreconditionFailed, id, typed, sentences{staleForm: c.T("error.stale") + " " + c.T("error.stale_do")})
	case err != nil:
		return err
	}
	return c.Go(reactionPath(id), ui.Note{Tone: ui.ToneOK, Lead: c.T(said)})
}

func (pg *Pages) showReaction(c *Call) error {
	id, err := idOf(c.R)
	if err != nil {
		return err
	}
	return c.drawReaction(http.StatusOK, id, nil, sentences{})
}

// drawReaction draws a reaction's page, with a follow-up that was refused.
func (c *Call) drawReaction(status int, id p.EntityID, typed *reactionTyped, wrong sentences) error {
	x, err := c.Desk.ReactionAt(c.Ctx(), c.Who, id)
	if err != nil {
		return err
	}
	frame, err := c.Frame(ui.NavReaction)
	if err != nil {
		return err
	}
	ref, err := c.vaccineNames()
	if err != nil {
		return err
	}
	others, err := c.Desk.ExposedTo(c.Ctx(), c.Who, x)
	if err != nil {
		return err
	}
	page := ui.Reaction{
		Frame: frame, ID: id.String(), ChildID: x.Subject.ID.String(), Name: x.Subject.Name, Line: c.PersonLine(&x.Subject),
		Mark: c.reactionMark(x), Facts: c.reactionFacts(x, ref), Severe: x.Severe(), Seen: registry.SawOf(x.State).String(), Others: len(others),
		MayAmend: c.May(rights.Amend, registry.KindReaction), MayVoid: c.May(rights.Void, registry.KindReaction), Void: x.Void,
		VoidWhy: ui.Field{Value: c.Value("void"), Error: wrong["void"]},
	}
	page.Frame.Path = reactionPath(id)
	if page.Report, err = c.report(x); err != nil {
		return err
	}
	page.Report.How = ui.Field{Value: c.Value("how"), Error: wrong["told_how"]}
	page.Report.Clock = ui.Field{Value: cmp.Or(c.Value("told_at"), c.Now.Format("15:04")), Error: cmp.Or(wrong["told_minute"], wrong["told_on"])}
	for i := range x.Suspended {
		lot := &x.Suspended[i]
		line := ui.StoppedLot{
			ID: lot.Lot.String(), Name: c.lotName(ref, lot.Vaccine, lot.Number), Seen: lot.Saw.String(),
			MayLift: !c.Hub && c.May(rights.Amend, registry.KindLot),
		}
		if c.Value("lot") == line.ID {
			line.Why = ui.Field{Value: c.Value("why"), Error: wrong["lifted"]}
		}
		page.Lots = append(page.Lots, line)
	}
	if typed == nil && wrong[staleForm] != "" {
		page.Frame.Notes = append(page.Frame.Notes, ui.Note{Tone: ui.ToneAsk, Lead: wrong[staleForm]})
	}
	if typed == nil {
		stands := typedOf(&x.ReactionInput)
		typed = &stands
	} else {
		typed.wrong = wrong
		page.Error = cmp.Or(wrong[staleForm], wrong.rest(c.Words, reactionNames...))
	}
	page.ReactionFields = c.reactionFields(typed, c.namedDoses(x), ref)
	return c.Draw(status, "reaction", page)
}

// namedDoses are the doses that a follow-up may name: those that the reaction names.
func (c *Call) namedDoses(x *desk.Reacted) []desk.DoseView {
	out := make([]desk.DoseView, len(x.Doses))
	for i := range x.Doses {
		out[i].ImmunizationRow = x.Doses[i].ImmunizationRow
	}
	return out
}

// lotName names a lot of a vaccine.
func (c *Call) lotName(ref *reference, vaccine, lot string) string {
	name := ref.doseName(c.Words, vaccine, 0).Vaccine
	if lot == "" {
		return name + ", " + c.T("reaction.lot_unknown")
	}
	return name + ", " + c.T("say.lot", "lot", lot)
}

// reactionMark says how bad it is and how it stands.
func (c *Call) reactionMark(x *desk.Reacted) ui.Mark {
	switch {
	case x.Void != "":
		return ui.Mark{Kind: ui.MarkVoid, Text: c.T("mark.void") + ": " + x.Void}
	case x.Severe():
		return ui.Mark{Kind: ui.MarkNo, Text: c.T("severity.severe")}
	}
	return ui.Mark{Kind: ui.MarkAsk, Text: c.T("severity.common")}
}

// report says how a severe reaction stands to the hours in which it must be known above.
func (c *Call) report(x *desk.Reacted) (ui.Report, error) {
	out := ui.Report{
		Here: x.Place == c.Desk.Node.Identity().Place, Waits: x.Waits(), Late: x.Late(c.Now), Lead: c.hoursLeft(x.Deadline()),
		Until: c.T("reaction.until", "at", c.Words.When(x.Deadline().In(local), c.Now)), Online: c.Uplink != nil,
	}
	if x.Told != 0 {
		out.Told = x.ToldHow + ", " + strings.TrimSpace(clockText(x.ToldClock)+" "+x.Told.String())
	}
	switch {
	case x.Waits(), c.Hub:
	case x.ReceivedMS != 0:
		out.Received = c.T("reaction.received", "at", c.Words.When(at(x.ReceivedMS), c.Now))
	default:
		out.Received = c.T("reaction.received_some")
	}
	if !x.Waits() {
		return out, nil
	}
	superiors, err := c.superiors()
	out.Phones = superiors
	return out, err
}

func (c *Call) superiors() ([]ui.Superior, error) {
	list, err := c.Desk.Superiors(c.Ctx())
	var out []ui.Superior
	for _, x := range list {
		out = append(out, ui.Superior{Name: x.Name, Phone: registry.FormatPhone(x.Phone)})
	}
	return out, err
}

// hoursLeft says how long there is until a moment, or since when it is over. The hour that has begun counts: "24 hours" when
// it was just recorded, and never "0 hours" while there is time.
func (c *Call) hoursLeft(until time.Time) string {
	left := until.Sub(c.Now)
	switch {
	case left <= 0:
		return c.T("reaction.late", "n", int(-left/time.Hour))
	case left < time.Hour:
		return c.T("reaction.left_minutes", "n", int(left/time.Minute))
	}
	return c.T("reaction.left", "n", int((left+time.Hour-1)/time.Hour), "of", registry.ReportHours)
}

// signWords are the signs of a reaction in words. A code of a newer version stands as it is.
func (c *Call) signWords(codes []string) string {
	words := make([]string, len(codes))
	for i, code := range codes {
		words[i] = code
		if _, known := registry.SignOf(code); known {
			words[i] = c.T("sign." + code)
		}
	}
	return strings.Join(words, ", ")
}

// began says when a reaction began.
func (c *Call) began(x *desk.Reacted) string {
	return strings.TrimSpace(clockText(x.Clock) + " " + x.On.String())
}

func (c *Call) reactionFacts(x *desk.Reacted, ref *reference) []ui.Fact {
	out := []ui.Fact{
		{Name: c.T("reaction.signs"), Value: c.signWords(x.Signs), Who: x.Note},
		{Name: c.T("reaction.on"), Value: c.began(x)},
	}
	for i := range x.Doses {
		d := &x.Doses[i]
		who := strings.Join(slices.DeleteFunc([]string{c.givenAt(&d.ImmunizationRow), d.PlaceName, d.GivenBy}, func(s string) bool { return s == "" }), ", ")
		out = append(out, ui.Fact{Name: c.T("reaction.doses"), Value: doseWord(c, ref, &d.ImmunizationRow) + ", " + c.lotOf(d.Lot), Who: who})
	}
	for _, f := range []struct{ key, value string }{{"reaction.treatment", x.Treatment}, {"reaction.hospital", x.Hospital}, {"reaction.reporter", x.Reporter}} {
		if f.value != "" {
			out = append(out, ui.Fact{Name: c.T(f.key), Value: f.value})
		}
	}
	end := c.T("reaction.end_open")
	if x.Outcome != 0 {
		end = c.T("reaction_end." + x.Outcome.String())
	}
	recorded := c.T("reaction.recorded_at", "who", x.Taker, "place", x.PlaceName, "at", c.Words.When(at(x.RecordedMS), c.Now))
	return append(out, ui.Fact{Name: c.T("reaction.outcome"), Value: end}, ui.Fact{Name: c.T("reaction.recorded"), Value: recorded})
}

// givenAt is when a dose was given.
func (c *Call) givenAt(row *project.ImmunizationRow) string {
	return strings.TrimSpace(clockText(row.GivenMinute) + " " + row.GivenOn.String())
}

func (c *Call) lotOf(lot string) string {
	if lot == "" {
		return c.T("reaction.lot_unknown")
	}
	return c.T("say.lot", "lot", lot)
}
