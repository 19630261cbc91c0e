package desk

import (
	"context"
	"errors"
	"slices"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// Conflict is a field with several values that a person should choose from.
type Conflict struct {
	Entity  p.EntityID
	Kind    p.Kind
	Field   registry.FieldInfo
	Subject project.SubjectRow // whose record; zero row if none is known
	Choices []Choice           // by dot, the last stands until somebody chooses
}

// Choice is one of the values, with who wrote it, when and where.
type Choice struct {
	Dot    p.Dot
	Data   p.Data
	At     p.At
	Who    string
	Device string // name of the machine, "" if not known here
	Stands bool
}

// Conflicts lists what waits for this person's choice, what does most harm first. It names people, so who looked is written down.
func (d *Desk) Conflicts(ctx context.Context, who Who, limit int) ([]Conflict, error) {
	if err := may(who, rights.Settle, registry.KindSubject); err != nil {
		return nil, err
	}
	var out []Conflict
	err := d.view(ctx, func(tx store.Tx) error {
		rows, err := d.waitingRows(tx, who, limit, isConflict)
		if err != nil {
			return err
		}
		out, err = d.conflicts(tx, rows)
		return err
	})
	if err != nil || len(out) == 0 {
		return out, err
	}
	return out, d.NoteListed(ctx, who, idsOf(out, func(c *Conflict) p.EntityID { return c.Subject.ID })...)
}

// mayRead is mine for reading, which a broken glass lets do as well.
func (d *Desk) mayRead(tx store.Tx, who Who, s *p.State) error {
	subject := s.ID
	switch s.Kind {
	case registry.KindSubject:
	case registry.KindImmunization:
		if err := d.mineDose(tx, who, s); !errors.Is(err, ErrElsewhere) {
			return err
		}
		subject = registry.ImmunizationOf(s).Subject
	case registry.KindVisit, registry.KindReaction, registry.KindContact, registry.KindAppointment:
		if err := d.mineEntity(tx, who, s); !errors.Is(err, ErrElsewhere) {
			return err
		}
		subject, _ = s.Get(p.FieldSubject).Ref() // wherever it happened, it is part of the person's record
	case registry.KindPlace, registry.KindVaccine, registry.KindSchedule, registry.KindRejection:
		return nil // everybody's
	default:
		return d.mineEntity(tx, who, s)
	}
	row, err := tx.SubjectRow(subject)
	if err == nil && row == nil {
		err = ErrNotFound
	}
	if err != nil {
		return err
	}
	_, err = d.readable(tx, who, row.Case)
	return err
}

func (d *Desk) conflicts(tx store.Tx, rows []project.ConflictRow) ([]Conflict, error) {
	var out []Conflict
	by := authors{tx: tx}
	for _, r := range rows {
		s, err := tx.State(r.Entity)
		if err != nil {
			return nil, err
		}
		if s == nil || isTwice(&r) {
			continue
		}
		c := Conflict{Entity: r.Entity, Kind: r.Kind}
		c.Field, _ = registry.FieldOf(r.Kind, r.Field)
		if c.Subject, err = subjectOf(tx, s); err != nil {
			return nil, err
		}
		values := s.Values(r.Field)
		for i, v := range values {
			ch := Choice{Dot: v.Dot, Data: v.Data, At: v.At, Stands: i == len(values)-1}
			if ch.Who, ch.Device, err = by.of(v.Actor, v.Dot.Log); err != nil {
				return nil, err
			}
			c.Choices = append(c.Choices, ch)
		}
		out = append(out, c)
	}
	return out, nil
}

// author names who wrote something and on which machine, as far as this node knows.
func author(tx store.Tx, actor p.EntityID, log p.LogID) (who, device string, err error) {
	if !actor.IsZero() {
		u, err := tx.User(actor)
		if err != nil {
			return "", "", err
		}
		if u != nil {
			who = u.Name
		}
	}
	l, err := tx.Log(log)
	if err != nil || l == nil {
		return who, "", err
	}
	dev, err := tx.Device(l.Device)
	if err != nil || dev == nil {
		return who, "", err
	}
	return who, dev.Name, nil
}

// authors names authors, each read once: what waits for somebody was mostly written by the same few.
type authors struct {
	tx    store.Tx
	known map[authorKey][2]string
}

type authorKey struct {
	actor p.EntityID
	log   p.LogID
}

// of is author.
func (a *authors) of(actor p.EntityID, log p.LogID) (who, device string, err error) {
	key := authorKey{actor, log}
	x, known := a.known[key]
	if !known {
		if x[0], x[1], err = author(a.tx, actor, log); err != nil {
			return "", "", err
		}
		if a.known == nil {
			a.known = map[authorKey][2]string{}
		}
		a.known[key] = x
	}
	return x[0], x[1], nil
}

// Settle chooses one of the values of a field: one more write that replaces them all. seen are the dots
// the page had shown; a value it had not is a *registry.StaleError.
func (d *Desk) Settle(ctx context.Context, who Who, entity p.EntityID, field p.Field, choose p.Dot, seen []p.Dot) error {
	_, err := d.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		s, err := tx.State(entity)
		if err != nil {
			return nil, err
		}
		if s == nil {
			return nil, ErrNotFound
		}
		if err := may(who, rights.Settle, s.Kind); err != nil {
			return nil, err
		}
		if err := d.mineEntity(tx, who, s); err != nil {
			return nil, err
		}
		values := s.Values(field)
		i := slices.IndexFunc(values, func(v p.Value) bool { return v.Dot == choose })
		stale := i < 0
		for _, v := range values {
			stale = stale || !slices.Contains(seen, v.Dot)
		}
		if stale {
			return nil, &registry.StaleError{Kind: s.Kind, Field: field, Values: values}
		}
		return []registry.Draft{registry.Edit(s, field, values[i].Data)}, nil
	})
	return err
}

// Link says that two subjects are one person (same) or remembers that they are two.
func (d *Desk) Link(ctx context.Context, who Who, a, b p.EntityID, same bool) error {
	if err := may(who, rights.Create, registry.KindLink); err != nil {
		return err
	}
	if a == b {
		_, err := registry.NewLink(a, b, same) // says why
		return err
	}
	_, err := d.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		for _, id := range []p.EntityID{a, b} {
			if _, err := state(tx, id, registry.KindSubject); err != nil {
				return nil, err
			}
		}
		if err := d.mine(tx, who, a, b); err != nil {
			return nil, err
		}
		rows, err := tx.LinksOf(a)
		if err != nil {
			return nil, err
		}
		// Two machines may each have linked the pair before they heard of each other: all of it is said anew.
		var drafts []registry.Draft
		known := false
		for _, r := range rows {
			if r.A != b && r.B != b {
				continue
			}
			s, err := state(tx, r.ID, registry.KindLink)
			if err != nil {
				return nil, err
			}
			draft, err := registry.SetLink(s, same, registry.SawOf(s))
			if err != nil {
				return nil, err
			}
			drafts, known = append(drafts, draft), true
		}
		if known {
			return nonEmpty(drafts...), nil
		}
		draft, err := registry.NewLink(a, b, same)
		return []registry.Draft{draft}, err
	})
	return ignoreNothing(err)
}

// HistoryEntry is one change of an entity, or, where only the present state came from above, one of its
// values.
type HistoryEntry struct {
	Dot    p.Dot
	At     p.At
	Who    string
	Device string
	Fields []FieldChange
	Whole  bool // the change itself is held here; otherwise only what still stands of it
}

// FieldChange is a value that was written and those it replaced.
type FieldChange struct {
	Field  registry.FieldInfo
	Before []p.Data
	After  p.Data
	Stands bool // it is live now
}

// History tells who changed what, newest first.
func (d *Desk) History(ctx context.Context, who Who, id p.EntityID) ([]HistoryEntry, error) {
	var out []HistoryEntry
	err := d.view(ctx, func(tx store.Tx) error {
		s, err := tx.State(id)
		if err != nil {
			return err
		}
		if s == nil {
			return ErrNotFound
		}
		if err := may(who, rights.Read, s.Kind); err != nil {
			return err
		}
		if err := d.mayRead(tx, who, s); err != nil {
			return err
		}
		changes, err := d.Node.Changes(tx, id)
		if err != nil {
			return err
		}
		out, err = history(tx, s, changes)
		return err
	})
	return out, err
}

func history(tx store.Tx, s *p.State, changes []p.Change) ([]HistoryEntry, error) {
	values := map[p.Dot]map[p.Field]p.Data{}
	var entries []HistoryEntry
	known := map[p.Dot]bool{}
	live := map[p.Dot]map[p.Field]bool{}
	for _, f := range s.Fields {
		for _, v := range f.Values {
			if live[v.Dot] == nil {
				live[v.Dot] = map[p.Field]bool{}
			}
			live[v.Dot][f.Field] = true
		}
	}
	for i := range changes {
		c := &changes[i]
		known[c.Dot] = true
		e := HistoryEntry{Dot: c.Dot, At: c.At, Whole: true}
		var err error
		if e.Who, e.Device, err = author(tx, c.Actor, c.Dot.Log); err != nil {
			return nil, err
		}
		values[c.Dot] = map[p.Field]p.Data{}
		for _, w := range c.Writes {
			values[c.Dot][w.Field] = w.Data
			fc := FieldChange{After: w.Data, Stands: live[c.Dot][w.Field]}
			fc.Field, _ = registry.FieldOf(s.Kind, w.Field)
			for _, sup := range w.Supersedes {
				if old, ok := values[sup.Dot][w.Field]; ok {
					fc.Before = append(fc.Before, old)
				}
			}
			e.Fields = append(e.Fields, fc)
		}
		entries = append(entries, e)
	}
	// What came from above as a state: each dot that is live and not known as a change.
	at := map[p.Dot]int{}
	for _, f := range s.Fields {
		for _, v := range f.Values {
			if known[v.Dot] {
				continue
			}
			i, ok := at[v.Dot]
			if !ok {
				who, device, err := author(tx, v.Actor, v.Dot.Log)
				if err != nil {
					return nil, err
				}
				i = len(entries)
				at[v.Dot] = i
				entries = append(entries, HistoryEntry{Dot: v.Dot, At: v.At, Who: who, Device: device})
			}
			fc := FieldChange{After: v.Data, Stands: true}
			fc.Field, _ = registry.FieldOf(s.Kind, f.Field)
			entries[i].Fields = append(entries[i].Fields, fc)
		}
	}
	slices.SortStableFunc(entries, func(a, b HistoryEntry) int {
		switch {
		case a.At.Corrected() > b.At.Corrected():
			return -1
		case a.At.Corrected() < b.At.Corrected():
			return 1
		}
		return b.Dot.Compare(a.Dot)
	})
	return entries, nil
}
