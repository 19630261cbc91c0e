package desk

import (
	"context"
	"iter"
	"slices"
	"strings"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/sheet"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// MinimumShown is how many people who lack something one page lists, lackingLooked how many are looked at for it.
const (
	MinimumShown  = 50
	lackingLooked = 2000
)

// Lacking is somebody of whom mandatory fields of the national minimum data set are missing.
type Lacking struct {
	Row     project.SubjectRow
	Missing []string // names of sheet.MinimumFields
}

// MinimumQuery chooses whom a page of the list names.
type MinimumQuery struct {
	After p.EntityID // the last one of the page before
	Field string     // only whom this one is missing of; "" for any
	All   bool       // also grown people
}

// MinimumPage is one page of the list.
type MinimumPage struct {
	List []Lacking
	Next p.EntityID // to go on after; zero at the end
	// Looked is how many were looked at for this page, Whole how many of them lack nothing.
	Looked, Whole int
}

// Lacking lists by name those of this commune of whom a mandatory field is missing, and writes down whom it names.
func (d *Desk) Lacking(ctx context.Context, who Who, q MinimumQuery) (*MinimumPage, error) {
	for _, kind := range []p.Kind{registry.KindSubject, registry.KindImmunization} {
		if err := may(who, rights.Read, kind); err != nil {
			return nil, err
		}
	}
	opt, err := d.MinimumOptions(ctx)
	if err != nil {
		return nil, err
	}
	x := d.newExport(who, ExportOptions{For: registry.TakeCare})
	x.afterID = q.After
	if !q.After.IsZero() {
		err := d.view(ctx, func(tx store.Tx) error {
			row, err := tx.SubjectRow(q.After)
			if row != nil {
				x.after = row.SortName
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	out := &MinimumPage{}
	for !x.end && out.Next.IsZero() {
		people, err := x.page(ctx)
		if err != nil {
			return nil, err
		}
		for i, person := range people {
			if !q.All && person.Subject.Group != registry.GroupChild && person.Subject.Group != 0 {
				continue
			}
			out.Looked++
			lack := sheet.MinimumOf(person, opt).Missing
			if len(lack) == 0 {
				out.Whole++
			}
			if len(lack) == 0 || q.Field != "" && !slices.Contains(lack, q.Field) {
				continue
			}
			out.List = append(out.List, Lacking{Row: project.SubjectRow{ID: person.Record}, Missing: lack})
			if len(out.List) == MinimumShown {
				out.Next = x.found[i]
				break
			}
		}
		if !x.end && out.Next.IsZero() && out.Looked >= lackingLooked {
			out.Next = x.afterID
		}
	}
	err = d.view(ctx, func(tx store.Tx) error {
		for i := range out.List {
			row, err := tx.SubjectRow(out.List[i].Row.ID)
			if err != nil {
				return err
			}
			if row != nil {
				masked(who, row)
				out.List[i].Row = *row
			}
		}
		return nil
	})
	if err != nil || len(out.List) == 0 {
		return out, err
	}
	return out, d.NoteListed(ctx, who, idsOf(out.List, func(x *Lacking) p.EntityID { return x.Row.ID })...)
}

// MinimumOptions are what the minimum data set needs to know of this node: vaccines with what they protect against, and the map.
func (d *Desk) MinimumOptions(ctx context.Context) (*sheet.MinimumOptions, error) {
	vaccines, err := d.Vaccines(ctx)
	if err != nil {
		return nil, err
	}
	towns := d.towns()
	return &sheet.MinimumOptions{Vaccines: vaccines, Residing: towns.of, Reading: towns.read}, nil
}

// Minimum lists the commune's people as Export does, for the national minimum data set.
func (d *Desk) Minimum(ctx context.Context, who Who, opt ExportOptions) (iter.Seq2[*sheet.Person, error], *sheet.MinimumOptions, error) {
	people, err := d.Export(ctx, who, opt)
	if err != nil {
		return nil, nil, err
	}
	set, err := d.MinimumOptions(ctx)
	return people, set, err
}

// towns finds communes by name within their provinces: those of today, and those that were before a reform.
type towns struct {
	d      *Desk
	byName map[string][]sheet.Home // by folded commune and province
	today  map[string]bool         // keys that a commune of today has
	above  map[string]bool         // folded names of provinces
}

func (d *Desk) towns() *towns {
	t := &towns{d: d, byName: map[string][]sheet.Home{}, today: map[string]bool{}, above: map[string]bool{}}
	atlas, today := d.Node.Atlas(), d.Map()
	for _, id := range atlas.Places() {
		row, _ := atlas.Row(id)
		if row.Level != registry.LevelCommune {
			continue
		}
		current := today.InForce(id)
		names := []project.PlaceRow{row}
		for i := range row.Former {
			if f := row.Former[i]; f.Name != row.Name {
				was := row
				was.Name, was.Code = f.Name, f.Code
				names = append(names, was)
			}
		}
		for _, up := range t.provinces(id) {
			for i := range names {
				t.add(&names[i], &up, current && i == 0 && up.ID == t.provinceOf(id))
			}
		}
	}
	return t
}

// add files a commune. One of today stands before those that were.
func (t *towns) add(commune, province *project.PlaceRow, current bool) {
	above := foldProvince(province.Name)
	t.above[above] = true
	key := sheet.FoldCommune(commune.Name) + "\x00" + above
	home := sheet.Home{Commune: commune.Name, CommuneCode: officeCode(commune.Code), Province: province.Name, ProvinceCode: officeCode(province.Code)}
	switch {
	case current && !t.today[key]:
		t.byName[key], t.today[key] = []sheet.Home{home}, true
		return
	case !current && t.today[key]:
		return
	}
	for _, h := range t.byName[key] {
		if h == home {
			return
		}
	}
	t.byName[key] = append(t.byName[key], home)
}

// officeCode is a code of the statistics office without its system, "" if it is another's.
func officeCode(code string) string {
	bare, ok := strings.CutPrefix(code, registry.StatisticsOffice)
	if !ok {
		return ""
	}
	return bare
}

// provinces are those that a commune lay in at any time.
func (t *towns) provinces(id p.EntityID) (out []project.PlaceRow) {
	for _, up := range t.d.Node.Atlas().Above(id) {
		if row, ok := t.d.Node.Atlas().Row(up); ok && row.Level == registry.LevelProvince {
			out = append(out, row)
		}
	}
	return out
}

// provinceOf is the province in which a commune of today lies.
func (t *towns) provinceOf(id p.EntityID) p.EntityID {
	for _, up := range t.d.Map().Path(id) {
		if row, ok := t.d.Map().Row(up); ok && row.Level == registry.LevelProvince {
			return up
		}
	}
	return p.EntityID{}
}

// of is the commune of a residence with the province it lies in today; one that is no more, with the one it lay in.
func (t *towns) of(commune p.EntityID) sheet.Home {
	row, ok := t.d.Node.Atlas().Row(commune)
	if !ok {
		return sheet.Home{}
	}
	out := sheet.Home{Commune: row.Name, CommuneCode: officeCode(row.Code), Text: row.Name}
	up, ok := t.d.Node.Atlas().Row(t.provinceOf(commune))
	if !ok {
		above := t.provinces(commune)
		if len(above) != 1 {
			return out
		}
		up = above[0]
	}
	out.Province, out.ProvinceCode = up.Name, officeCode(up.Code)
	return out
}

// read finds the commune and the province in an address as it is written: "Bản Pá, xã Chiềng Mung, huyện Mai Sơn, tỉnh Sơn La". The
// province stands last, and the commune before it; one alone, or a name that several communes of the province have, is none.
func (t *towns) read(text string) sheet.Home {
	out := sheet.Home{Text: text}
	parts := strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' || r == '\n' || r == '–' })
	last := len(parts) - 1
	for last >= 0 && !t.above[foldProvince(parts[last])] {
		last--
	}
	if last < 0 {
		return out
	}
	for i := last - 1; i >= 0; i-- {
		if found := t.byName[sheet.FoldCommune(parts[i])+"\x00"+foldProvince(parts[last])]; len(found) == 1 {
			home := found[0]
			home.Text = text
			return home
		}
	}
	return out
}

// foldProvince brings the name of a province into the form in which it is compared, without the word for what it is.
func foldProvince(name string) string {
	f := registry.Fold(name)
	for _, word := range []string{"tinh ", "thanh pho ", "tp "} {
		if rest, ok := strings.CutPrefix(f, word); ok {
			return rest
		}
	}
	return f
}
