package sqlite

import (
	"encoding/json"

	"tramy/internal/project"
	"tramy/internal/registry"
	p "tramy/syncproto"
)

const placeColumns = `id, parent, code, name, name_en, level, type, valid_from, valid_until, void, successors, hamlets, lists`

func placeDest(r *project.PlaceRow) []any {
	return []any{
		idTo(&r.ID), idTo(&r.Parent), &r.Code, &r.Name, &r.NameEN, &r.Level, &r.Type, &r.From, &r.Until, &r.Void,
		idsTo{&r.Successors},
		textsTo{&r.Hamlets},
		textsTo{&r.Lists},
	}
}

// PutPlaceRow implements store.RowTx.
func (t *tx) PutPlaceRow(r *project.PlaceRow) error {
	if err := t.exec(`INSERT OR REPLACE INTO place (`+placeColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		r.ID[:], r.Parent[:], r.Code, r.Name, r.NameEN, int64(r.Level), r.Type, int64(r.From), int64(r.Until), boolOf(r.Void),
		idsOf(r.Successors), textsOf(r.Hamlets), textsOf(r.Lists)); err != nil {
		return err
	}
	if err := t.exec(`DELETE FROM place_former WHERE place = ?`, r.ID[:]); err != nil {
		return err
	}
	for n := range r.Former {
		x := &r.Former[n]
		if err := t.exec(`INSERT INTO place_former (place, n, until, parent, code, name, type) VALUES (?, ?, ?, ?, ?, ?, ?)`,
			r.ID[:], int64(n), int64(x.Until), x.Parent[:], x.Code, x.Name, x.Type); err != nil {
			return err
		}
	}
	return nil
}

// places reads rows with their former periods; text continues "SELECT … FROM place".
func (t *tx) places(text string, args ...any) ([]project.PlaceRow, error) {
	rows, err := list(t, `SELECT `+placeColumns+` FROM place `+text, args, placeDest)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	type former struct {
		place p.EntityID
		registry.FormerPlace
	}
	where, whereArgs := ``, []any(nil)
	if len(rows) == 1 {
		where, whereArgs = `WHERE place = ?`, []any{rows[0].ID[:]}
	}
	periods, err := list(t, `SELECT place, until, parent, code, name, type FROM place_former `+where+` ORDER BY place, n`, whereArgs,
		func(x *former) []any {
			return []any{idTo(&x.place), &x.Until, idTo(&x.Parent), &x.Code, &x.Name, &x.Type}
		})
	if err != nil {
		return nil, err
	}
	of := make(map[p.EntityID][]registry.FormerPlace, len(periods))
	for i := range periods {
		of[periods[i].place] = append(of[periods[i].place], periods[i].FormerPlace)
	}
	for i := range rows {
		rows[i].Former = of[rows[i].ID]
	}
	return rows, nil
}

// Places implements store.Query.
func (t *tx) Places() ([]project.PlaceRow, error) { return t.places(`ORDER BY level, code, id`) }

// Place implements store.Query.
func (t *tx) Place(id p.EntityID) (*project.PlaceRow, error) {
	rows, err := t.places(`WHERE id = ?`, id[:])
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0], nil
}

// PlacesByCode implements store.Query.
func (t *tx) PlacesByCode(code string) ([]project.PlaceRow, error) {
	return t.places(`WHERE code = ?1 OR id IN (SELECT place FROM place_former WHERE code = ?1) ORDER BY id`, code)
}

// idsTo scans ids that stand one after the other.
type idsTo struct{ dest *[]p.EntityID }

// Scan implements sql.Scanner.
func (i idsTo) Scan(src any) error {
	b, ok := src.([]byte)
	if !ok || len(b)%len(p.EntityID{}) != 0 {
		return corrupt("a list of ids is %T of %d bytes", src, len(b))
	}
	*i.dest = nil
	for ; len(b) > 0; b = b[len(p.EntityID{}):] {
		*i.dest = append(*i.dest, p.EntityID(b))
	}
	return nil
}

func idsOf(ids []p.EntityID) []byte {
	out := []byte{}
	for _, id := range ids {
		out = append(out, id[:]...)
	}
	return out
}

// textsTo scans a JSON list of text.
type textsTo struct{ dest *[]string }

// Scan implements sql.Scanner.
func (x textsTo) Scan(src any) error {
	s, ok := src.(string)
	if !ok {
		return corrupt("a list of texts is %T", src)
	}
	*x.dest = nil
	if s == "[]" { // nearly always
		return nil
	}
	if err := json.Unmarshal([]byte(s), x.dest); err != nil {
		return corrupt("a list of texts: %v", err)
	}
	return nil
}

func textsOf(list []string) string {
	if len(list) == 0 {
		return "[]"
	}
	b, _ := json.Marshal(list) // a list of strings always has one
	return string(b)
}
