package pages

import (
	"context"
	"errors"
	"strings"

	"tramy/internal/desk"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/ui"
)

// bearingMonths is the age from which it is asked whether a woman expects a child.
const bearingMonths = 12 * 12

// family is who a person is tied to, and what follows from it. Whoever is named on the page is noted as seen.
func (c *Call) family(page *ui.Child, rec *desk.Record, ref *reference, glass bool) error {
	s := &rec.Subject
	page.Grown = s.HasBirth() && c.Today.AgeMonths(s.BirthDate) >= 15*12 || !s.HasBirth() && s.Group != registry.GroupChild && s.Group != 0
	if glass {
		return nil
	}
	f := &page.Family
	mayWrite := page.CanEdit && !c.Hub && c.May(rights.Create, registry.KindSubject) && s.Void == ""
	if s.Group == registry.GroupPregnant {
		f.Pregnant = c.pregnant(rec)
		f.Pregnant.CanEdit = mayWrite
	}
	page.Kid = mayWrite && s.HasBirth() && !page.Grown && s.Group != registry.GroupPregnant && s.Group != registry.GroupAdult
	page.Slip = page.Kid && !s.BornAt.IsZero() && s.BornAt == c.Desk.Node.Identity().Place
	page.Pregnant = mayWrite && f.Pregnant == nil && s.Sex != registry.SexMale && s.Status != registry.StatusDied &&
		(s.HasBirth() && c.Today.AgeMonths(s.BirthDate) >= bearingMonths || page.Grown)
	if registry.Nameless(s.Name) && page.CanEdit && s.Void == "" {
		f.Naming = &ui.Naming{Seen: newSeen(rec.State, nil).String()}
	}
	if s.Protected != 0 {
		mark := c.protection(registry.Protection{Answer: s.Protected, By: s.ProtectedBy}, "")
		f.Protection = &mark
	}
	kin := func(label string, row *project.SubjectRow) {
		f.People = append(f.People, ui.Kin{ID: row.ID.String(), Label: label, Name: row.Name, Line: c.PersonLine(row)})
	}
	if m := rec.Family.Mother; m != nil {
		kin(c.T("family.mother"), m)
	}
	for i := range rec.Family.Twins {
		kin(c.T("family.twin"), &rec.Family.Twins[i])
	}
	for i := range rec.Family.Children {
		kin(c.T("family.child"), &rec.Family.Children[i])
	}
	for i := range rec.Moved {
		x := &rec.Moved[i]
		line := ui.MovedDose{Text: c.T("move.some")}
		if x.Known {
			name := ref.doseName(c.Words, x.Vaccine, 0)
			line.Text = name.Vaccine + " " + x.Dose.GivenOn.String()
			if x.Name != "" {
				line.ID, line.To, line.At = x.Dose.ID.String(), x.Name, x.To.String()
			}
		}
		f.Moved = append(f.Moved, line)
	}
	if ids := rec.Family.IDs(); len(ids) > 0 {
		return c.Desk.NoteListed(c.Ctx(), c.Who, ids...)
	}
	return nil
}

// pregnant is a pregnancy as it stands today.
func (c *Call) pregnant(rec *desk.Record) *ui.Pregnant {
	s := &rec.Subject
	out := &ui.Pregnant{}
	at := c.Today
	if s.DueDate != 0 {
		out.Due = s.DueDate.String()
		if s.LastPeriod != 0 {
			out.Period = s.LastPeriod.String()
		}
		at = max(s.DueDate, c.Today)
		if weeks := int(c.Today-registry.Began(s.DueDate)) / 7; weeks > 0 && weeks <= 45 {
			out.Weeks = weeks
		}
	}
	p := rec.Tetanus.Protects(at)
	out.Protection = c.Protection(p)
	out.Doses = c.T("women.doses", "n", p.Doses)
	return out
}

// Protection is whether a child that is to be born is protected against tetanus.
func (c *Call) Protection(p registry.Protection) ui.Mark { return c.protection(p, "born_protected.") }

func (c *Call) protection(p registry.Protection, section string) ui.Mark {
	if section == "" {
		section = "protected."
	}
	mark := ui.Mark{Kind: ui.MarkAsk, Text: c.T(section + "unknown")}
	switch p.Answer {
	case registry.ProtectedYes:
		mark = ui.Mark{Kind: ui.MarkComplete, Text: c.T(section + "yes")}
	case registry.ProtectedNo:
		mark = ui.Mark{Kind: ui.MarkOverdue, Text: c.T(section + "no")}
	}
	if p.By != 0 {
		mark.Text += ", " + c.T("evidence."+p.By.String())
	}
	return mark
}

// twinWord says which of how many children of one birth somebody is: "Sinh đôi, con thứ 2".
func (c *Call) twinWord(of, order int) string {
	word := c.T("mark.twin")
	if of > 2 {
		word = c.T("birth_order.many", "n", of)
	}
	if order > 0 {
		word += ", " + c.T("birth_order.child", "n", order)
	}
	return word
}

// twinSave is what stands beside the button that saves a visit of one of several children of a birth.
func (c *Call) twinSave(rec *desk.Record) *ui.TwinSave {
	s := &rec.Subject
	if s.BirthOrder == 0 && len(rec.Family.Twins) == 0 {
		return nil
	}
	out := &ui.TwinSave{
		Line: c.twinWord(max(2, len(rec.Family.Twins)+1), s.BirthOrder), Name: s.Name, Born: bornField(&s.SubjectInput), Mother: s.MotherName,
	}
	for i := range rec.Family.Twins {
		row := &rec.Family.Twins[i]
		name := row.Name
		if strings.EqualFold(name, s.Name) && row.BirthOrder > 0 { // both are still called by their mother's
			name += ", " + c.T("birth_order.child", "n", int(row.BirthOrder))
		}
		out.Others = append(out.Others, ui.Kin{ID: row.ID.String(), Name: name})
	}
	return out
}

// name gives a newborn its name.
func (pg *Pages) name(c *Call) error {
	if !c.May(rights.Amend, registry.KindSubject) {
		return desk.ErrForbidden
	}
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
	name := strings.TrimSpace(c.Value("child_name"))
	sentence := ""
	switch {
	case name == "":
		sentence = c.T("invalid.required")
	case registry.Nameless(name):
		sentence = c.T("naming.not_yet")
	default:
		err = c.Desk.NameChild(c.Ctx(), c.Who, id, name, parseSeen(c.Value("seen")).saw)
		var stale *registry.StaleError
		if errors.As(err, &stale) {
			sentence = c.staleText(stale)
		} else if wrong, ok := c.sentences(err); ok {
			sentence = wrong.rest(c.Words)
		} else if err != nil {
			return err
		}
	}
	if sentence != "" {
		return c.drawNaming(id, name, sentence)
	}
	old := registry.Patch{registry.SubjectName: s.Get(registry.SubjectName), registry.SubjectAliases: s.Get(registry.SubjectAliases)}
	note := ui.Note{Tone: ui.ToneOK, Lead: c.T("say.saved"), Text: c.T("say.changed", "name", name)}
	note.Action = c.Undoable(childPath(id), func(ctx context.Context, who desk.Who) error {
		now, err := c.Pages.state(ctx, id)
		if err != nil {
			return err
		}
		return c.Pages.write(ctx, who, now, old)
	})
	return c.Go(childPath(id), note)
}
