package pages

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"tramy/internal/desk"
	"tramy/internal/node"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/server"
	"tramy/internal/store"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// reviewMax is how many of one kind one page shows.
const reviewMax = 100

func (pg *Pages) showReview(c *Call) error {
	list, err := c.Desk.Conflicts(c.Ctx(), c.Who, reviewMax)
	if err != nil {
		return err
	}
	var twice []desk.TwiceDose
	if c.May(rights.Void, registry.KindImmunization) {
		if twice, err = c.Desk.TwiceDoses(c.Ctx(), c.Who, reviewMax); err != nil {
			return err
		}
	}
	st, err := c.Status()
	if err != nil {
		return err
	}
	waiting := c.waiting()
	page := ui.Review{
		Frame: c.FrameWith(ui.NavReview, &st), ReadOnly: !c.May(rights.Settle, registry.KindSubject),
		Total: max(len(list), waiting.Conflicts) + max(len(twice), waiting.Twice), Above: waiting.Above,
	}
	if id := c.Desk.Node.Identity(); !id.IsRoot() {
		page.Centre = c.EqualRoot(&st)
	}
	if page.Twice, err = c.twice(twice); err != nil {
		return err
	}
	if page.Two, err = c.twoValues(list); err != nil {
		return err
	}
	for i := range list {
		page.Two[i].Case = ui.Case{ID: "c-" + page.Two[i].Entity + "-" + page.Two[i].Field, Why: c.T("review_say.why_" + whyOf(&list[i]))}
	}
	if err := c.pairs(&page); err != nil {
		return err
	}
	c.inOrder(&page)
	if page.Held, err = c.held(); err != nil {
		return err
	}
	if pg.Hub {
		if page.Rescued, err = c.rescued(); err != nil {
			return err
		}
	}
	for _, ask := range pg.Todos {
		todos, err := ask(c)
		if err != nil {
			return err
		}
		page.Todos = append(page.Todos, todos...)
	}
	if n, _, err := c.Desk.CountNoLot(c.Ctx(), c.Who); err != nil {
		return err
	} else if n > 0 {
		page.Frame.Notes = append(page.Frame.Notes, ui.Note{Tone: ui.ToneAsk, Lead: c.T("nolot.note", "n", n), Action: &ui.Action{Label: c.T("nolot.open"), Href: ui.PathNoLot}})
	}
	if n, _ := refusals(&st); n > 0 {
		page.Frame.Notes = append(page.Frame.Notes, ui.Note{
			Tone: ui.ToneAsk, Lead: c.T("sync.refused", "n", n), Text: c.T("sync.refused_text"),
		})
	}
	return c.Draw(http.StatusOK, "review", page)
}

// whyKeys name the sentence on what two values do.
var whyKeys = map[desk.Harm]string{
	desk.HarmDates: "dates", desk.HarmReport: "report", desk.HarmCaution: "caution", desk.HarmCount: "count", desk.HarmIdentity: "identity",
	desk.HarmReach: "reach", desk.HarmLot: "lot", desk.HarmOther: "other",
}

func whyOf(x *desk.Conflict) string {
	if x.Kind == registry.KindSubject && (x.Field.Field == registry.SubjectBirthDate || x.Field.Field == registry.SubjectBirthPrec) {
		return "birth"
	}
	return whyKeys[desk.HarmOf(x.Kind, x.Field.Field)]
}

// inOrder gives each row the address of the page on which the next one is focused, and focuses the one that was asked for, else
// the first.
func (c *Call) inOrder(page *ui.Review) {
	if page.ReadOnly {
		return
	}
	var rows []*ui.Case
	for i := range page.Twice {
		rows = append(rows, &page.Twice[i].Case)
	}
	for i := range page.Two {
		rows = append(rows, &page.Two[i].Case)
	}
	for i := range page.Duplicates {
		rows = append(rows, &page.Duplicates[i].Case)
	}
	q := c.R.URL.Query()
	here := ui.PathReview
	for _, name := range []string{"of", "after", "possible"} {
		if v := q.Get(name); v != "" {
			here = withQuery(here, name, v)
		}
	}
	focused := false
	for i, row := range rows {
		row.Back = here
		if next := i + 1; next < len(rows) {
			row.Back = withQuery(here, "focus", rows[next].ID)
		} else if i > 0 {
			row.Back = withQuery(here, "focus", rows[i-1].ID)
		}
		row.Focus = !focused && row.ID == q.Get("focus")
		focused = focused || row.Focus
	}
	if !focused && len(rows) > 0 {
		rows[0].Focus = true
	}
}

// holdWords are the sentences for why acts were not let in.
var holdWords = map[p.HoldReason]string{
	p.HoldRights: "say.hold_rights", p.HoldRevoked: "say.hold_revoked", p.HoldLimit: "say.hold_limit", p.HoldForked: "say.hold_forked",
	p.HoldRejected: "say.hold_rejected",
}

// HoldWord says why a log is not let in whole; a reason of a newer version has the general sentence.
func (c *Call) HoldWord(reason p.HoldReason) string {
	if key := holdWords[reason]; key != "" {
		return c.T(key)
	}
	return c.T("say.hold_other")
}

// holdDo says what to do about an act that is not let in, "" where the reason says it.
func (c *Call) holdDo(reason p.HoldReason) string {
	up := c.Up
	if up == "" {
		up = c.T("review_say.up")
	}
	switch reason {
	case p.HoldRights, p.HoldRevoked:
		return c.T("say.hold_do_call", "up", up)
	case p.HoldLimit:
		return c.T("say.hold_do_wait", "up", up)
	}
	return ""
}

// refusals counts this machine's own changes that wait above for somebody to decide, and those that stay
// out for good.
func refusals(st *node.Status) (waiting, rejected int) {
	return int(st.Held), int(st.Rejected)
}

// held lists what this machine wrote and the hub did not let in.
func (c *Call) held() ([]ui.Held, error) {
	var out []ui.Held
	var people []p.EntityID
	err := c.View(func(tx store.Tx) error {
		changes, err := c.Desk.Node.HeldChanges(tx, reviewMax)
		if err != nil {
			return err
		}
		for i := range changes {
			h, err := c.heldAct(tx, &changes[i])
			if err != nil {
				return err
			}
			out = append(out, h)
			people = append(people, subjectOfChange(&changes[i].Change))
		}
		return nil
	})
	if err != nil || len(out) == 0 {
		return out, err
	}
	return out, c.Desk.NoteListed(c.Ctx(), c.Who, people...)
}

// subjectOfChange is whom a change is about, zero if it does not say.
func subjectOfChange(c *p.Change) p.EntityID {
	if c.Kind == registry.KindSubject {
		return c.Entity
	}
	for i := range c.Writes {
		if id, ok := c.Writes[i].Data.Ref(); ok && c.Writes[i].Field == p.FieldSubject && c.Kind.Audience() == p.AudienceCase {
			return id
		}
	}
	return p.EntityID{}
}

// heldAct says what became of an own act that was not let in.
func (c *Call) heldAct(tx store.Tx, h *node.HeldChange) (ui.Held, error) {
	what, line, err := c.Describe(tx, &h.Change)
	out := ui.Held{Mark: ui.Mark{Kind: ui.MarkHeld}, What: what, Line: line, Why: c.HoldWord(h.Reason), Do: c.holdDo(h.Reason)}
	if err != nil || h.Reason != p.HoldRejected {
		return out, err
	}
	out.Mark.Kind = ui.MarkRefused
	rows, err := tx.Rejections()
	for _, r := range rows {
		if r.Log == h.Change.Dot.Log && r.Reason != "" {
			out.Why += " " + c.T("say.rejected_why", "reason", r.Reason)
		}
	}
	return out, err
}

// Describe names a change in a few words and says whose it is and when it was written. What is not in a
// state here, because the change was not let in, is read from the change itself.
// Children are named only to who may read them; the caller writes down that somebody did.
func (c *Call) Describe(tx store.Tx, change *p.Change) (what, line string, err error) {
	s, err := tx.State(change.Entity)
	if err != nil {
		return "", "", err
	}
	if s == nil {
		s = &p.State{ID: change.Entity, Kind: change.Kind}
		for _, w := range change.Writes {
			s.Fields = append(s.Fields, p.FieldValues{Field: w.Field, Values: []p.Value{{Dot: change.Dot, Data: w.Data}}})
		}
	}
	named := c.May(rights.Read, registry.KindSubject)
	subject := s.ID
	switch s.Kind {
	case registry.KindImmunization:
		dose := registry.ImmunizationOf(s)
		subject = dose.Subject
		vaccine, err := c.vaccineIn(tx, dose.Vaccine)
		if err != nil {
			return "", "", err
		}
		what = vaccine + ", " + dose.GivenOn.String()
	case registry.KindSubject:
		if named {
			what = registry.SubjectOf(s).Name
		}
	}
	row, err := tx.SubjectRow(subject)
	if err != nil {
		return "", "", err
	}
	if row != nil && named {
		if named, err = c.Desk.Reads(tx, c.Who, row.Case); err != nil {
			return "", "", err
		}
		if !named && s.Kind == registry.KindSubject {
			what = ""
		}
	}
	if row != nil && named {
		if line = c.PersonLine(row); s.Kind != registry.KindSubject {
			line = row.Name + ", " + line
		}
	}
	if what == "" {
		what, _ = registry.KindName(s.Kind)
	}
	if !change.Creates() {
		var fields []string
		for _, w := range change.Writes {
			if info, ok := registry.FieldOf(s.Kind, w.Field); ok {
				fields = append(fields, fieldWord(c.Words, &info))
			}
		}
		what += " (" + strings.Join(fields, ", ") + ")"
	}
	if line != "" {
		line += ". "
	}
	return what, line + c.Words.When(at(change.At.Corrected()), c.Now), nil
}

// vaccineIn names a vaccine as on the card, one not known here by its code.
func (c *Call) vaccineIn(tx store.Tx, code string) (string, error) {
	rows, err := tx.Vaccines()
	return c.vaccineOf(rows, code), err
}

func (c *Call) vaccineOf(rows []project.VaccineRow, code string) string {
	for i := range rows {
		if rows[i].Code == code {
			return VaccineName(c.Words, &rows[i])
		}
	}
	return code
}

// rescued lists what machines wrote again, newest first. It names children, so who looked is written down.
func (c *Call) rescued() ([]ui.Rescued, error) {
	if !c.May(rights.Read, registry.KindRescue) {
		return nil, nil
	}
	list, err := c.Desk.Rescues(c.Ctx(), c.Who, reviewMax)
	if err != nil {
		return nil, err
	}
	var out []ui.Rescued
	for i := range list {
		r := &list[i]
		line := ui.Rescued{First: c.Words.When(at(r.AuthorMS), c.Now), Again: c.Words.When(at(r.WallMS), c.Now), Place: r.PlaceName, Who: r.Author}
		if !r.Subject.ID.IsZero() && c.May(rights.Read, registry.KindSubject) {
			line.ID, line.Name = r.Subject.ID.String(), r.Subject.Name
		}
		var fields []string
		for _, f := range r.Fields {
			if info, ok := registry.FieldOf(r.Kind, f); ok && f != p.FieldVoid {
				fields = append(fields, fieldWord(c.Words, &info))
			}
		}
		line.Fields = strings.Join(fields, ", ")
		out = append(out, line)
	}
	return out, nil
}

// settle chooses one of two values. Undone, the other one is chosen: two values at once cannot be written
// by one hand.
func (pg *Pages) settle(c *Call) error {
	entity, err := p.ParseEntityID(c.Value("entity"))
	number, ferr := strconv.ParseUint(c.Value("field"), 10, 16)
	choice, cerr := registry.ParseSaw("1=" + c.Value("choice"))
	saw, serr := registry.ParseSaw(c.Value("seen"))
	if err := errors.Join(err, ferr, cerr, serr); err != nil || len(choice[1]) != 1 {
		return server.NewProblem(server.TypeBadRequest).Because(err)
	}
	field := p.Field(number)
	s, err := pg.state(c.Ctx(), entity)
	if err != nil {
		return err
	}
	before := s.Values(field)
	if err := c.Desk.Settle(c.Ctx(), c.Who, entity, field, choice[1][0], saw[field]); err != nil {
		return c.settleRefused(err)
	}
	return c.Go(c.Back(ui.PathReview), c.settledNote(s, field, before, choice[1][0]))
}

// settleRefused: a third value came meanwhile. The page it goes back to shows all of them.
func (c *Call) settleRefused(err error) error {
	var stale *registry.StaleError
	if !errors.As(err, &stale) {
		return err
	}
	return c.Go(c.Back(ui.PathReview), ui.Note{
		Tone: ui.ToneAsk, Lead: c.T("error.stale"), Text: c.T("error.stale_do"), Alert: true,
	})
}

func (c *Call) settledNote(s *p.State, field p.Field, before []p.Value, choice p.Dot) ui.Note {
	note := ui.Note{Tone: ui.ToneOK, Lead: c.T("say.settled")}
	info, _ := registry.FieldOf(s.Kind, field)
	var chosen, other p.Data
	for _, v := range before {
		if v.Dot == choice {
			chosen = v.Data
		} else {
			other = v.Data
		}
	}
	n, err := c.namesOf([]p.Data{chosen})
	if err != nil {
		return note // it is saved; what it was called matters less
	}
	whose, name := s.ID, ""
	if s.Kind != registry.KindSubject {
		whose, _ = s.Get(p.FieldSubject).Ref()
	}
	if row, err := c.RowOf(whose); err == nil && row != nil {
		name = row.Name
	}
	note.Text = c.T("say.settled_text", "field", n.field(&info), "value", n.show(&info, chosen), "name", name)
	if len(before) != 2 {
		return note
	}
	after, err := c.Pages.state(c.Ctx(), s.ID)
	if err != nil || after == nil || len(after.Values(field)) != 1 {
		return note // somebody else wrote there already
	}
	// Only what was written here is taken back: whatever comes to stand there meanwhile was not seen by this person.
	saw := registry.SawOf(after)
	note.Action = c.Undoable(c.Back(ui.PathReview), func(ctx context.Context, who desk.Who) error {
		now, err := c.Pages.state(ctx, s.ID)
		if err != nil {
			return err
		}
		if err := registry.Unseen(now, saw, field); err != nil {
			return err
		}
		return c.Pages.write(ctx, who, now, registry.Patch{field: other})
	})
	return note
}

// write changes an entity by the rules of its kind, over what stands now.
func (pg *Pages) write(ctx context.Context, who desk.Who, now *p.State, patch registry.Patch) error {
	switch now.Kind {
	case registry.KindSubject:
		return pg.Desk.Edit(ctx, who, now.ID, patch, registry.SawOf(now))
	case registry.KindImmunization:
		return pg.Desk.Amend(ctx, who, now.ID, patch, registry.SawOf(now))
	case registry.KindReaction:
		return pg.Desk.AmendReaction(ctx, who, now.ID, registry.ReactionWith(now, patch), registry.SawOf(now))
	}
	return desk.ErrForbidden
}
