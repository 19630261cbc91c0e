package reform

import (
	"slices"
	"strings"

	"tramy/internal/project"
	"tramy/internal/registry"
	p "tramy/syncproto"
)

// Into is a place that a merger or a split makes. An empty Name or Type is that of the place that bears the code now;
// else Type is what the name begins with. Parent is zero where it lies in what its parts lay in.
type Into struct {
	Code, Name, Type string
	Parent           p.EntityID
	Hamlets          []string // of the place that is split: those that go to this one
}

// Merge makes one place of several of one tier. A place that bears the new code already is a part, whether it is named
// or not: with other territory it is another place.
type Merge struct {
	Places []p.EntityID
	Into   Into
	From   registry.Day
}

func (x Merge) draft(rows []project.PlaceRow) *draft {
	d := newDraft(rows, x.From)
	if !d.standing(x.Places...) {
		return d
	}
	t := d.makes(x.Into, x.Places)
	if len(d.problems) == 0 && len(t.parts) < 2 {
		d.fail("merge_one", "code", x.Into.Code)
	}
	if len(d.problems) == 0 {
		d.reshape([]*target{t})
		d.adopt()
	}
	return d
}

// Split makes several places of one. One that bears a new code already becomes another place, of itself and its part
// of the split one. Facilities says by code where a facility goes; hamlets that go to none leave their people to be
// asked.
type Split struct {
	Place      p.EntityID
	Into       []Into
	From       registry.Day
	Facilities map[string]string
}

func (x Split) draft(rows []project.PlaceRow) *draft {
	d := newDraft(rows, x.From)
	if !d.standing(x.Place) {
		return d
	}
	old := on(d.rows[x.Place], d.eve())
	given := map[string]string{} // folded hamlet -> code
	var targets []*target
	for _, into := range x.Into {
		t := d.makes(into, []p.EntityID{x.Place})
		t.given = map[p.EntityID][]string{x.Place: into.Hamlets}
		for _, name := range into.Hamlets {
			key := registry.FoldHamlet(name)
			if first, twice := given[key]; twice {
				d.fail("hamlet_twice", "hamlet", name, "code", into.Code, "other", first)
			}
			given[key] = into.Code
			if !slices.ContainsFunc(old.Hamlets, func(h string) bool { return registry.FoldHamlet(h) == key }) {
				d.note("hamlet_unknown", "hamlet", name, "name", old.Name)
			}
		}
		if slices.ContainsFunc(targets, func(o *target) bool { return o.place.Code == t.place.Code }) {
			d.fail("code_twice", "code", into.Code)
		}
		targets = append(targets, t)
	}
	if len(targets) < 2 {
		d.fail("split_one", "code", old.Code, "name", old.Name)
	}
	left := 0
	for _, name := range old.Hamlets {
		if _, ok := given[registry.FoldHamlet(name)]; !ok {
			left++
		}
	}
	if left > 0 {
		d.note("hamlets_left", "n", left, "name", old.Name)
	}
	if len(d.problems) > 0 {
		return d
	}
	d.reshape(targets)
	d.tell(x.Facilities)
	d.adopt()
	return d
}

// standing makes sure that an order has its day, and that its places were in force until then.
func (d *draft) standing(places ...p.EntityID) bool {
	if d.from == 0 {
		d.fail("date_needed")
	}
	for _, id := range places {
		switch r := d.rows[id]; {
		case r == nil:
			d.fail("unknown")
		case r.Level == registry.LevelNation:
			d.fail("nation", "name", r.Name)
		case d.from != 0 && !inForce(r, d.eve()):
			d.fail("not_in_force", "code", r.Code, "name", r.Name, "date", d.eve().String())
		}
	}
	return len(d.problems) == 0
}

// makes is the target that a person named.
func (d *draft) makes(into Into, parts []p.EntityID) *target {
	first := on(d.rows[parts[0]], d.eve())
	t := &target{parts: slices.Clone(parts)}
	t.place = registry.PlaceInput{Code: strings.TrimSpace(into.Code), Name: into.Name, Type: into.Type, Level: first.Level, Parent: into.Parent}
	bears := d.codes(d.rows, d.eve(), false)[t.place.Code]
	if bears != nil && !slices.Contains(parts, bears.ID) {
		t.parts = append(t.parts, bears.ID)
		d.note("also_part", "code", t.place.Code, "name", bears.Name)
	}
	seat := first.Parent
	for _, id := range t.parts {
		r := on(d.rows[id], d.eve())
		if r.Level != first.Level {
			d.fail("other_tier", "name", r.Name, "other", first.Name)
		}
		if r.Level >= registry.LevelFacility {
			d.fail("facility", "name", r.Name)
		}
		if bears != nil && id == bears.ID {
			seat = r.Parent
		}
	}
	if t.place.Parent.IsZero() {
		t.place.Parent = seat
	}
	if bears != nil {
		was := on(bears, d.eve())
		if t.place.Name == "" {
			t.place.Name, t.place.NameEN = was.Name, was.NameEN
		}
		if t.place.Type == "" && typeOf(t.place.Name) == "" {
			t.place.Type = was.Type
		}
	}
	if t.place.Type == "" {
		t.place.Type = typeOf(t.place.Name)
	}
	if t.place.Name == "" {
		d.fail("name_needed", "code", t.place.Code)
	}
	return t
}

// typeOf is the kind of unit that a name begins with, "" if none.
func typeOf(name string) string {
	folded := registry.FoldMarked(name) + " "
	for word, kind := range unitTypes {
		if strings.HasPrefix(folded, registry.FoldMarked(word)+" ") {
			return kind
		}
	}
	return ""
}

// Move puts a place under another parent: from a day on, or, without one, because it was entered wrongly.
type Move struct {
	Place, Parent p.EntityID
	From          registry.Day
}

func (x Move) draft(rows []project.PlaceRow) *draft {
	d := newDraft(rows, x.From)
	if d.present(x.Place, x.Parent) {
		d.change(x.Place, func(r *project.PlaceRow) { r.Parent = x.Parent })
	}
	return d
}

// Rename gives a place another name, kind or code: from a day on, or, without one, because it was entered wrongly.
// What is empty stays.
type Rename struct {
	Place            p.EntityID
	Code, Name, Type string
	From             registry.Day
}

func (x Rename) draft(rows []project.PlaceRow) *draft {
	d := newDraft(rows, x.From)
	if !d.present(x.Place) {
		return d
	}
	d.change(x.Place, func(r *project.PlaceRow) {
		if x.Name != "" && x.Name != r.Name {
			r.Name, r.NameEN = x.Name, ""
			if kind := typeOf(x.Name); kind != "" && r.Level < registry.LevelFacility {
				r.Type = kind
			}
		}
		if x.Code != "" {
			r.Code = x.Code
		}
		if x.Type != "" {
			r.Type = x.Type
		}
	})
	return d
}

// End takes a place out of force that has no successor. What follows it is a Merge.
type End struct {
	Place p.EntityID
	From  registry.Day
}

func (x End) draft(rows []project.PlaceRow) *draft {
	d := newDraft(rows, x.From)
	if !d.standing(x.Place) {
		return d
	}
	d.end(x.Place, nil)
	if d.rows[x.Place].Level != registry.LevelRegion { // a region gives back what lies in it
		for _, id := range d.order {
			if r := d.rows[id]; inForce(r, d.from) && on(r, d.from).Parent == x.Place {
				d.fail("holds", "code", d.rows[x.Place].Code, "name", d.rows[x.Place].Name, "held", r.Name)
				return d
			}
		}
	}
	d.adopt()
	return d
}

// Hamlets sets the list of hamlets of a commune.
type Hamlets struct {
	Place p.EntityID
	List  []string
}

func (x Hamlets) draft(rows []project.PlaceRow) *draft {
	d := newDraft(rows, 0)
	if !d.present(x.Place) {
		return d
	}
	r := d.rows[x.Place]
	if r.Level != registry.LevelCommune {
		d.fail("no_commune", "code", r.Code, "name", r.Name)
		return d
	}
	var list []string
	seen := map[string]string{}
	for _, name := range x.List {
		name = strings.Join(strings.Fields(name), " ")
		key := registry.FoldHamlet(name)
		if key == "" {
			continue
		}
		if first, twice := seen[key]; twice {
			d.fail("hamlet_double", "hamlet", name, "other", first)
			continue
		}
		seen[key] = name
		list = append(list, name)
	}
	r.Hamlets = list
	return d
}

// present makes sure that places are known.
func (d *draft) present(places ...p.EntityID) bool {
	for _, id := range places {
		if d.rows[id] == nil {
			d.fail("unknown")
		}
	}
	return len(d.problems) == 0
}

// CodeSaid is a code as a message may repeat it: what is none may be anything that somebody typed in the wrong place.
func CodeSaid(code string) string {
	if !registry.IsPlaceCode(code) {
		return "…"
	}
	return code
}

// Find returns the place that a code means on a day. A code that is none's that day is a Problem that names the
// places which bore it at another time.
func Find(rows []project.PlaceRow, code string, day registry.Day) (project.PlaceRow, error) {
	var others []string
	for i := range rows {
		r := &rows[i]
		if r.Void {
			continue
		}
		if now := on(r, day); now.Code == code && inForce(r, day) {
			return now, nil
		}
		for _, x := range Periods(r) {
			if x.Code == code {
				others = append(others, x.span())
			}
		}
	}
	if len(others) == 0 {
		return project.PlaceRow{}, Problems{{Code: "unknown_code", Args: []any{"code", CodeSaid(code)}}}
	}
	return project.PlaceRow{}, Problems{{Code: "other_day", Args: []any{"code", code, "date", day.String(), "list", strings.Join(others, "; ")}}}
}

// Period is what a place was for a time.
type Period struct {
	From registry.Day // 0: always
	registry.FormerPlace
}

// Periods returns the history of a place, oldest first.
func Periods(r *project.PlaceRow) []Period {
	var out []Period
	from := r.From
	for _, x := range append(slices.Clone(r.Former), registry.FormerPlace{Until: r.Until, Parent: r.Parent, Code: r.Code, Name: r.Name, Type: r.Type}) {
		out = append(out, Period{From: from, FormerPlace: x})
		from = x.Until
	}
	return out
}

// span writes a period: Xã Na (01/03/2025–01/07/2025).
func (x *Period) span() string {
	text := x.Name + " ("
	if x.From != 0 {
		text += x.From.String()
	}
	text += "–"
	if x.Until != 0 {
		text += x.Until.String()
	}
	return text + ")"
}
