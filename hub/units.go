package hub

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"tramy/internal/desk"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// Unit is one row of a list of administrative units.
type Unit struct {
	Line   int
	Code   string
	Name   string
	NameEN string
	Level  registry.Level
	Kind   string
	Parent string
}

// UnitError names the line and column at fault.
type UnitError struct {
	Line   int
	Column string
	Text   string
	Want   string
}

func (e *UnitError) Error() string {
	return fmt.Sprintf("line %d, column %s: %q: %s", e.Line, e.Column, e.Text, e.Want)
}

var unitColumns = []string{"code", "name_vi", "name_en", "level", "kind_vi", "parent_code"}

// unitTypes are the short kinds a list names, as the registry keeps them.
var unitTypes = map[string]string{
	"Tỉnh": "tinh", "Thành phố": "thanhpho", "Quận": "quan", "Huyện": "huyen", "Thị xã": "thixa",
	"Xã": "xa", "Phường": "phuong", "Thị trấn": "thitran", "Đặc khu": "dackhu",
}

// ReadUnits reads a whole list before anything is written: a mistake anywhere leaves nothing half done.
func ReadUnits(r *csv.Reader) ([]Unit, error) {
	r.FieldsPerRecord = -1 // counted here, so that the column is named
	head, err := r.Read()
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err // names line and column
	}
	for i, want := range unitColumns {
		if i >= len(head) {
			return nil, &UnitError{Line: 1, Column: want, Want: "the first line must name the columns " + strings.Join(unitColumns, ",")}
		}
		if i == 0 && len(head[0]) > 3 && head[0][:3] == "\ufeff" {
			head[0] = head[0][3:]
		}
		if head[i] != want {
			return nil, &UnitError{Line: 1, Column: want, Text: head[i], Want: "the first line must name the columns " + strings.Join(unitColumns, ",")}
		}
	}
	levels := map[string]registry.Level{"province": registry.LevelProvince, "district": registry.LevelRegion, "commune": registry.LevelCommune}
	var units []Unit
	seen := map[string]int{}
	for {
		rec, err := r.Read()
		if errors.Is(err, io.EOF) {
			return units, checkParents(units, seen)
		}
		if err != nil {
			return nil, err
		}
		line, _ := r.FieldPos(0)
		if len(rec) != len(unitColumns) {
			return nil, &UnitError{line, unitColumns[min(len(rec), len(unitColumns)-1)], rec[len(rec)-1], fmt.Sprintf("the line has %d columns, want %d", len(rec), len(unitColumns))}
		}
		u := Unit{Line: line, Code: rec[0], Name: rec[1], NameEN: rec[2], Level: levels[rec[3]], Kind: unitTypes[rec[4]], Parent: rec[5]}
		switch {
		case u.Code == "":
			return nil, &UnitError{line, "code", rec[0], "a unit needs a code"}
		case u.Name == "":
			return nil, &UnitError{line, "name_vi", rec[1], "a unit needs a name"}
		case u.Level == 0:
			return nil, &UnitError{line, "level", rec[3], "want province, district or commune"}
		case u.Kind == "":
			return nil, &UnitError{line, "kind_vi", rec[4], "not a kind of unit known here"}
		}
		if first, ok := seen[u.Code]; ok {
			return nil, &UnitError{line, "code", rec[0], fmt.Sprintf("it stands on line %d already", first)}
		}
		if err := checkUnit(&u); err != nil {
			return nil, err
		}
		seen[u.Code] = line
		units = append(units, u)
	}
}

// checkUnit holds a unit against the rules by which it will be entered.
func checkUnit(u *Unit) error {
	_, err := registry.NewPlace(u.place(p.EntityID{}))
	var errs registry.Errors
	if !errors.As(err, &errs) {
		return err
	}
	column, text := "name_en", u.NameEN
	switch errs[0].Field {
	case "code":
		column, text = "code", u.Code
	case "name":
		column, text = "name_vi", u.Name
	}
	return &UnitError{u.Line, column, text, errs[0].Error()}
}

func (u *Unit) place(parent p.EntityID) registry.PlaceInput {
	return registry.PlaceInput{Parent: parent, Code: unitCode(*u), Name: u.Name, NameEN: u.NameEN, Level: u.Level, Type: u.Kind}
}

// checkParents makes sure that every unit below a province lies in a unit above it: then no chain of
// parents is a ring, and entering them level by level finds every parent.
func checkParents(units []Unit, seen map[string]int) error {
	levels := make(map[string]registry.Level, len(units))
	for _, u := range units {
		levels[u.Code] = u.Level
	}
	for _, u := range units {
		switch _, ok := seen[u.Parent]; {
		case u.Level == registry.LevelProvince && u.Parent != "":
			return &UnitError{u.Line, "parent_code", u.Parent, "a province lies in no other unit"}
		case u.Level == registry.LevelProvince:
		case !ok:
			return &UnitError{u.Line, "parent_code", u.Parent, "no unit of this list has that code"}
		case levels[u.Parent] >= u.Level:
			return &UnitError{u.Line, "parent_code", u.Parent, "the unit with that code is not above this one"}
		}
	}
	return nil
}

// Imported counts what an import did.
type Imported struct{ Added, Present int }

// ImportUnits enters the units that are not there yet, parents before children, in acts as large as acts
// may be. The same list twice adds nothing the second time, so an import that was cut off is run again.
func (h *Hub) ImportUnits(ctx context.Context, who desk.Who, units []Unit) (Imported, error) {
	var done Imported
	if !rights.May(who.Role, rights.Create, registry.KindPlace) {
		return done, desk.ErrForbidden
	}
	units = slices.Clone(units)
	slices.SortStableFunc(units, func(a, b Unit) int { return int(a.Level) - int(b.Level) })
	ids := map[string]p.EntityID{}
	nation := h.Node.Identity().Place
	err := h.Node.Store().View(ctx, func(tx store.Tx) error {
		rows, err := tx.Places()
		for _, r := range rows {
			ids[r.Code] = r.ID
		}
		return err
	})
	if err != nil {
		return done, err
	}
	var fresh []Unit
	for _, u := range units {
		if _, ok := ids[unitCode(u)]; ok {
			done.Present++
			continue
		}
		fresh = append(fresh, u)
	}
	for len(fresh) > 0 {
		k := min(len(fresh), p.ActChangesMax)
		// An act holds units of one level, so that every parent has its id.
		for i := 1; i < k; i++ {
			if fresh[i].Level != fresh[0].Level {
				k = i
			}
		}
		part := fresh[:k]
		dots, err := h.Node.Append(ctx, who.User, func(store.Tx, func(int) p.EntityID) ([]registry.Draft, error) {
			drafts := make([]registry.Draft, 0, k)
			for _, u := range part {
				parent := nation
				if u.Level != registry.LevelProvince {
					parent = ids["gso:"+u.Parent]
				}
				d, err := registry.NewPlace(u.place(parent))
				if err != nil {
					return nil, fmt.Errorf("line %d: %w", u.Line, err)
				}
				drafts = append(drafts, d)
			}
			return drafts, nil
		})
		if err != nil {
			return done, err
		}
		for i, u := range part {
			ids[unitCode(u)] = dots[i].Entity()
		}
		done.Added += k
		fresh = fresh[k:]
	}
	return done, nil
}

// unitCode names a unit's system. Codes of the statistics office are unique per level.
func unitCode(u Unit) string { return "gso:" + u.Code }
