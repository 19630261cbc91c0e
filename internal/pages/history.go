package pages

import (
	"cmp"
	"net/http"
	"slices"

	"tramy/internal/desk"
	"tramy/internal/registry"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// historyMax is how many acts one page shows.
const historyMax = 300

// entityHistory is one entity's changes, and what to call it.
type entityHistory struct {
	kind p.Kind
	dose ui.DoseName
	list []desk.HistoryEntry
}

func (pg *Pages) showHistory(c *Call) error {
	id, err := idOf(c.R)
	if err != nil {
		return err
	}
	rec, err := c.Desk.Open(c.Ctx(), c.Who, id)
	if err != nil {
		return err
	}
	ref, err := c.reference(rec)
	if err != nil {
		return err
	}
	frame, err := c.Frame(ui.NavToday)
	if err != nil {
		return err
	}
	page := ui.History{Frame: frame, ID: id.String(), Name: rec.Subject.Name, Line: bornField(&rec.Subject.SubjectInput)}
	subjects := []p.EntityID{id}
	for i := range rec.Linked {
		subjects = append(subjects, rec.Linked[i].ID)
	}
	var all []entityHistory
	for _, sid := range subjects {
		list, err := c.Desk.History(c.Ctx(), c.Who, sid)
		if err != nil {
			return err
		}
		all = append(all, entityHistory{kind: registry.KindSubject, list: list})
	}
	for i := range rec.Doses {
		d := &rec.Doses[i]
		list, err := c.Desk.History(c.Ctx(), c.Who, d.ID)
		if err != nil {
			return err
		}
		all = append(all, entityHistory{
			kind: registry.KindImmunization, dose: ref.doseName(c.Words, d.Vaccine, int(d.Dose)), list: list,
		})
	}
	days, err := c.Desk.DayRecords(c.Ctx(), c.Who, rec)
	if err != nil {
		return err
	}
	for _, s := range days {
		list, err := c.Desk.History(c.Ctx(), c.Who, s.ID)
		if err != nil {
			return err
		}
		all = append(all, entityHistory{kind: s.Kind, list: list})
	}
	if page.Acts, err = c.acts(all); err != nil {
		return err
	}
	return c.Draw(http.StatusOK, "history", page)
}

// acts draws the changes of all entities in one list, newest first.
func (c *Call) acts(all []entityHistory) ([]ui.HistoryAct, error) {
	var values []p.Data
	type item struct {
		of    *entityHistory
		entry *desk.HistoryEntry
		first bool
	}
	var items []item
	for i := range all {
		e := &all[i]
		for j := range e.list {
			for _, f := range e.list[j].Fields {
				values = append(append(values, f.After), f.Before...)
			}
			items = append(items, item{e, &e.list[j], j == len(e.list)-1})
		}
	}
	n, err := c.namesOf(values)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(items, func(a, b item) int {
		return cmp.Or(cmp.Compare(b.entry.At.Corrected(), a.entry.At.Corrected()), b.entry.Dot.Compare(a.entry.Dot))
	})
	var out []ui.HistoryAct
	for _, it := range items[:min(len(items), historyMax)] {
		act := ui.HistoryAct{
			At: c.Words.When(at(it.entry.At.Corrected()), c.Now), Who: it.entry.Who, Where: it.entry.Device,
			What: c.what(it.of, it.entry, it.first, n),
		}
		for k := range it.entry.Fields {
			f := &it.entry.Fields[k]
			if f.Field.Name == "" || f.Field.Name == "void" && f.After.IsNull() && len(f.Before) == 0 {
				continue // of a newer version; or "stands", which every correction says
			}
			if _, day := dayWords[it.of.kind]; day && f.Field.Field == p.FieldSubject {
				continue // whose page this is
			}
			change := ui.HistoryChange{Field: n.field(&f.Field), After: n.show(&f.Field, f.After)}
			for _, old := range f.Before {
				if text := n.show(&f.Field, old); change.Before == "" {
					change.Before = text
				} else if text != "" {
					change.Before += "; " + text
				}
			}
			act.Changes = append(act.Changes, change)
			if f.Field.Name == "void" && !f.After.IsNull() {
				act.Marks = append(act.Marks, ui.Mark{Kind: ui.MarkVoid})
			}
		}
		out = append(out, act)
	}
	return out, nil
}

// dayWords name what a vaccination day leaves in a record.
var dayWords = map[p.Kind]string{
	registry.KindVisit: "say.history_visit", registry.KindReaction: "say.history_reaction", registry.KindContact: "say.history_contact",
	registry.KindAppointment: "say.history_appointment",
}

// what names an act in a few words.
func (c *Call) what(of *entityHistory, entry *desk.HistoryEntry, first bool, n *names) string {
	name := ""
	if key := dayWords[of.kind]; key != "" {
		name = c.T(key)
	}
	if of.kind == registry.KindImmunization {
		name = of.dose.Vaccine
		switch {
		case of.dose.Number > 0 && of.dose.Oral:
			name += " " + c.T("dose.oral", "n", of.dose.Number)
		case of.dose.Number > 0:
			name += " " + c.T("dose.number", "n", of.dose.Number)
		}
	}
	for i := range entry.Fields {
		f := &entry.Fields[i]
		if f.Field.Name != "void" {
			continue
		}
		if reason, ok := f.After.Text(); ok && reason != "" {
			if dayWords[of.kind] != "" {
				return c.T("say.history_void", "what", name)
			}
			return c.T("dose.void") + ": " + cmpOr(name, reason)
		}
		if len(f.Before) > 0 && len(entry.Fields) == 1 && dayWords[of.kind] == "" {
			return c.T("dose.restore") + ": " + name
		}
	}
	switch {
	case of.kind == registry.KindSubject && first:
		return c.T("register.title")
	case of.kind == registry.KindSubject:
		return c.T("edit.title")
	case first:
		return name
	case dayWords[of.kind] != "":
		return c.T("say.history_change", "what", name)
	}
	return c.T("dose.amend") + ": " + name
}
