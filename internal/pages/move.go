package pages

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"tramy/internal/desk"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// moveForm is what is asked about a dose that was written on the wrong person.
type moveForm struct {
	query, err string
	seen       seen
	to         p.EntityID
	rows       []ui.Person
	likely     bool
}

func (pg *Pages) showMove(c *Call) error {
	id, err := idOf(c.R)
	if err != nil {
		return err
	}
	return c.drawMove(http.StatusOK, id, nil)
}

// move finds the right person, shows both, and moves the dose when that was seen.
func (pg *Pages) move(c *Call) error {
	id, err := idOf(c.R)
	if err != nil {
		return err
	}
	if !c.May(rights.Amend, registry.KindImmunization) {
		return desk.ErrForbidden
	}
	f := &moveForm{query: strings.TrimSpace(c.Value("q")), seen: parseSeen(c.Value("seen"))}
	if text := c.Value("to"); text != "" {
		if f.to, err = p.ParseEntityID(text); err != nil {
			return desk.ErrNotFound
		}
		if c.Value("sure") != "1" {
			return c.drawMove(http.StatusOK, id, f)
		}
		return c.moveNow(id, f)
	}
	if f.query == "" {
		f.err = c.T("invalid.required")
		return c.drawMove(http.StatusUnprocessableEntity, id, f)
	}
	rows, err := c.sought(f)
	if err != nil {
		return err
	}
	if f.err != "" {
		return c.drawMove(http.StatusUnprocessableEntity, id, f)
	}
	d, err := c.Desk.Dose(c.Ctx(), c.Who, id)
	if err != nil {
		return err
	}
	home := c.Desk.Home()
	for i := range rows {
		if rows[i].ID != d.Subject {
			f.rows = append(f.rows, c.Person(&rows[i], &home))
			f.to = rows[i].ID
		}
	}
	if len(f.rows) != 1 { // which of them is for a person to say
		f.to = p.EntityID{}
	} else {
		f.rows = nil
	}
	return c.drawMove(http.StatusOK, id, f)
}

// sought finds whom a query means. A code that somebody mistyped is told from one that nobody has.
func (c *Call) sought(f *moveForm) ([]project.SubjectRow, error) {
	digits := strings.Join(strings.FieldsFunc(f.query, func(r rune) bool { return strings.ContainsRune(" \u00a0.-", r) }), "")
	if len(digits) == 16 && strings.Trim(digits, "0123456789") == "" {
		row, sentence, err := c.byCode(digits)
		if f.err = sentence; row == nil {
			return nil, err
		}
		return []project.SubjectRow{*row}, c.Desk.NoteListed(c.Ctx(), c.Who, row.ID)
	}
	return c.Desk.Search(c.Ctx(), c.Who, f.query)
}

func (c *Call) drawMove(status int, id p.EntityID, f *moveForm) error {
	d, err := c.Desk.Dose(c.Ctx(), c.Who, id)
	if err != nil {
		return err
	}
	if c.Hub || !c.May(rights.Amend, registry.KindImmunization) {
		return desk.ErrForbidden
	}
	around, err := c.aroundDose(d)
	if err != nil {
		return err
	}
	if f == nil {
		f = &moveForm{seen: newSeen(d.State, nil)}
	}
	frame, err := c.Frame(ui.NavToday)
	if err != nil {
		return err
	}
	frame.Path = dosePath(id) + "/move"
	page := ui.MoveDose{
		Frame: frame, ID: id.String(), Name: around.name(c.Words, d), When: c.day(d.Immunization.GivenOn), Seen: f.seen.String(),
		Query: ui.Field{Value: f.query, Error: f.err}, Rows: f.rows, Likely: f.likely,
	}
	page.From = c.whose(&around.subject)
	if !f.to.IsZero() {
		rec, err := c.Desk.Open(c.Ctx(), c.Who, f.to)
		if err != nil {
			return err
		}
		row, err := c.RowOf(f.to)
		if err != nil {
			return err
		}
		if row == nil {
			return desk.ErrNotFound
		}
		to := c.whose(row)
		page.To = &to
		for i := range rec.Doses {
			if x := &rec.Doses[i]; x.Vaccine == d.Vaccine && x.GivenOn == d.GivenOn && x.Counted && x.ID != d.ID {
				page.Warn = c.T("move.has_it", "name", row.Name, "on", x.GivenOn.String())
			}
		}
	} else if f.query == "" && len(page.Rows) == 0 {
		if page.Rows, err = c.mistakenFor(d.Subject); err != nil {
			return err
		}
		page.Likely = true
	}
	return c.Draw(status, "move", page)
}

func (c *Call) whose(row *project.SubjectRow) ui.Whose {
	out := ui.Whose{ID: row.ID.String(), Name: row.Name, Call: row.Name, Line: c.PersonLine(row), Code: registry.PersonCode(row.Code).Format()}
	if row.BirthOrder > 0 {
		out.Call += ", " + c.T("birth_order.child", "n", int(row.BirthOrder))
	}
	return out
}

// mistakenFor are those whom somebody may be mistaken for: the others of one birth, and who is alike.
func (c *Call) mistakenFor(id p.EntityID) ([]ui.Person, error) {
	rec, err := c.Desk.Open(c.Ctx(), c.Who, id)
	if errors.Is(err, desk.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	found, err := c.Desk.Candidates(c.Ctx(), c.Who, rec.Subject.SubjectInput)
	if err != nil {
		return nil, err
	}
	var ids []p.EntityID
	var out []ui.Person
	home := c.Desk.Home()
	add := func(row *project.SubjectRow) {
		for _, known := range append(ids, id) {
			if known == row.ID {
				return
			}
		}
		ids = append(ids, row.ID)
		out = append(out, c.Person(row, &home))
	}
	for i := range rec.Family.Twins {
		add(&rec.Family.Twins[i])
	}
	for i := range found {
		add(&found[i].Row)
	}
	if len(ids) == 0 {
		return nil, nil
	}
	return out, c.Desk.NoteListed(c.Ctx(), c.Who, ids...)
}

func (c *Call) moveNow(id p.EntityID, f *moveForm) error {
	s, err := c.Pages.state(c.Ctx(), id)
	if err != nil {
		return err
	}
	if s.Kind != registry.KindImmunization {
		return desk.ErrNotFound
	}
	from := registry.ImmunizationOf(s).Subject
	row, err := c.RowOf(f.to)
	if err != nil {
		return err
	}
	if row == nil {
		return desk.ErrNotFound
	}
	err = c.Desk.Amend(c.Ctx(), c.Who, id, registry.Patch{p.FieldSubject: p.Ref(f.to)}, f.seen.saw)
	var stale *registry.StaleError
	switch {
	case errors.As(err, &stale):
		f.err = c.staleText(stale)
		f.seen.show(stale.Field, stale.Values)
		return c.drawMove(http.StatusPreconditionFailed, id, f)
	case err != nil:
		wrong, ok := c.sentences(err)
		if !ok {
			return err
		}
		f.err = wrong.rest(c.Words)
		return c.drawMove(http.StatusUnprocessableEntity, id, f)
	}
	note := ui.Note{Tone: ui.ToneOK, Lead: c.T("say.moved_dose", "name", row.Name)}
	note.Action = c.Undoable(childPath(from), func(ctx context.Context, who desk.Who) error {
		now, err := c.Pages.state(ctx, id)
		if err != nil {
			return err
		}
		return c.Pages.Desk.Amend(ctx, who, id, registry.Patch{p.FieldSubject: p.Ref(from)}, registry.SawOf(now))
	})
	return c.Go(childPath(f.to), note)
}

// cameFrom names on whom a dose was written first, "" if it was not moved or nobody may be told.
func (c *Call) cameFrom(d *desk.DoseView) (string, error) {
	if d.Immunization.MovedFrom.IsZero() {
		return "", nil
	}
	name := ""
	err := c.View(func(tx store.Tx) error {
		row, err := tx.SubjectRow(d.Immunization.MovedFrom)
		if err != nil || row == nil {
			return err
		}
		in, err := c.Desk.Reads(tx, c.Who, row.Case)
		if in {
			name = row.Name
		}
		return err
	})
	if name == "" {
		return c.T("move.came"), err
	}
	return c.T("move.came_from", "name", name), err
}
