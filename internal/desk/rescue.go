package desk

import (
	"context"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// Rescue is what one act had written into an entity and a machine wrote again, because nobody above knew it
// any more.
type Rescue struct {
	Record    p.EntityID // of the rescue
	Entity    p.EntityID
	Kind      p.Kind             // 0 if the entity is not known here
	Subject   project.SubjectRow // whose record; zero row if none is known
	Fields    []p.Field
	Author    string // who first wrote it, "" if not known here
	AuthorMS  int64  // when, corrected to hub time
	PlaceName string // where it was written again
	WallMS    int64  // when, corrected to hub time
}

// Rescues lists what was written again in the places a person's role holds for, newest first; limit is how
// many values it covers. The list names people, so who looked is written down as for a search.
func (d *Desk) Rescues(ctx context.Context, who Who, limit int) ([]Rescue, error) {
	if err := may(who, rights.Read, registry.KindRescue); err != nil {
		return nil, err
	}
	var out []Rescue
	err := d.view(ctx, func(tx store.Tx) error {
		rows, err := tx.Rescues(limit)
		if err != nil {
			return err
		}
		for i := range rows {
			r := &rows[i]
			if k := len(out) - 1; k >= 0 && out[k].holds(r) {
				out[k].Fields = append(out[k].Fields, r.Field)
				continue
			}
			if !d.Within(who, r.Place) {
				continue
			}
			rescue, err := rescueOf(tx, r)
			if err != nil {
				return err
			}
			out = append(out, rescue)
		}
		return nil
	})
	if err != nil || len(out) == 0 {
		return out, err
	}
	return out, d.NoteListed(ctx, who, idsOf(out, func(r *Rescue) p.EntityID { return r.Subject.ID })...)
}

// holds reports whether a value was written by the same act into the same entity.
func (r *Rescue) holds(row *project.RescueRow) bool {
	return r.Record == row.ID && r.Entity == row.Entity && r.AuthorMS == row.AuthorMS
}

func rescueOf(tx store.Tx, row *project.RescueRow) (Rescue, error) {
	r := Rescue{Record: row.ID, Entity: row.Entity, Fields: []p.Field{row.Field}, AuthorMS: row.AuthorMS, WallMS: row.WallMS}
	if s, err := tx.State(row.Entity); err != nil {
		return r, err
	} else if s != nil {
		r.Kind = s.Kind
		if r.Subject, err = subjectOf(tx, s); err != nil {
			return r, err
		}
	}
	if u, err := tx.User(row.Author); err != nil {
		return r, err
	} else if u != nil {
		r.Author = u.Name
	}
	place, err := tx.Place(row.Place)
	if place != nil {
		r.PlaceName = place.Name
	}
	return r, err
}

// subjectOf is the row of whose record an entity belongs to, zero if none is known.
func subjectOf(tx store.Tx, s *p.State) (project.SubjectRow, error) {
	id := s.ID
	if s.Kind != registry.KindSubject {
		id, _ = s.Get(p.FieldSubject).Ref()
	}
	row, err := tx.SubjectRow(id)
	if err != nil || row == nil {
		return project.SubjectRow{}, err
	}
	return *row, nil
}
