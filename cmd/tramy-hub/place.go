package main

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"tramy/hub"
	"tramy/internal/atlas"
	"tramy/internal/project"
	"tramy/internal/reform"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

type placeCmd struct {
	List    placeListCmd    `cmd:"" help:"List the places in force today, or on a day."`
	Show    placeShowCmd    `cmd:"" help:"Show a place with its history and what became of it."`
	Add     placeAddCmd     `cmd:"" help:"Add a commune, a regional centre or a facility."`
	Import  placeImportCmd  `cmd:"" help:"Read a list of administrative units (CSV: code,name_vi,name_en,level,kind_vi,parent_code), with a map from old to new ones after a reform."`
	Merge   placeMergeCmd   `cmd:"" help:"Make one place of several, from a day on."`
	Split   placeSplitCmd   `cmd:"" help:"Make several places of one, from a day on."`
	Move    placeMoveCmd    `cmd:"" help:"Put a place under another parent."`
	Rename  placeRenameCmd  `cmd:"" help:"Give a place another name, kind or code."`
	End     placeEndCmd     `cmd:"" help:"Take a place out of force that has no successor."`
	Hamlets placeHamletsCmd `cmd:"" help:"Print or set the hamlets of a commune."`
	Lists   placeListsCmd   `cmd:"" help:"Set on which lists of places that a schedule offers vaccines by a place stands."`
}

// allPlaces reads every place there is or was.
func allPlaces(e *env, h *hub.Hub) ([]project.PlaceRow, error) {
	var rows []project.PlaceRow
	err := h.Node.Store().View(e.ctx, func(tx store.Tx) error {
		var err error
		rows, err = tx.Places()
		return err
	})
	return rows, err
}

// dayFlag reads a day as people write it; the zero day for an empty text.
func dayFlag(h *hub.Hub, flag, text string) (registry.Day, error) {
	if text == "" {
		return 0, nil
	}
	day, err := registry.ParseDay(text, h.Today())
	if err != nil {
		return 0, fmt.Errorf("--%s %s: write a day like 2025-07-01 or 01/07/2025", flag, text)
	}
	return day, nil
}

type placeListCmd struct {
	Under string `help:"Only what lies directly under the place with this code."`
	On    string `help:"The map of this day, like 2025-06-30. Today if not given."`
	JSON  bool   `help:"Print as JSON." name:"json"`
}

func (*placeListCmd) Help() string {
	return "Example, the districts of a province before the reform:\n\n  tramy-hub place list --under gso:11 --on 2025-06-30"
}

func (c *placeListCmd) Run(e *env) error {
	return e.withHub(func(h *hub.Hub) error {
		day, err := dayFlag(h, "on", c.On)
		if err != nil {
			return err
		}
		if day == 0 {
			day = h.Today()
		}
		rows, err := allPlaces(e, h)
		if err != nil {
			return err
		}
		m := atlas.New(rows).At(day)
		out := m.Rows()
		if c.Under != "" {
			parent, err := reform.Find(rows, c.Under, day)
			if err != nil {
				return err
			}
			out = slices.DeleteFunc(out, func(r project.PlaceRow) bool { return r.Parent != parent.ID })
		}
		if c.JSON {
			return json.NewEncoder(e.out).Encode(out)
		}
		w := tabwriter.NewWriter(e.out, 0, 4, 2, ' ', 0)
		for i := range out {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", out[i].Code, out[i].Level, out[i].Type, out[i].Name)
		}
		return w.Flush()
	})
}

type placeShowCmd struct {
	Code string `arg:"" help:"The place's code."`
	On   string `help:"The day on which it has that code, if it is another place's today."`
	JSON bool   `help:"Print as JSON." name:"json"`
}

func (*placeShowCmd) Help() string {
	return "Example, the province that had the code 15 before the reform:\n\n  tramy-hub place show gso:15 --on 2025-06-30"
}

func (c *placeShowCmd) Run(e *env) error {
	return e.withHub(func(h *hub.Hub) error {
		rows, err := allPlaces(e, h)
		if err != nil {
			return err
		}
		day, err := dayFlag(h, "on", c.On)
		if err != nil {
			return err
		}
		if day == 0 {
			day = h.Today()
		}
		r, err := reform.Find(rows, c.Code, day)
		if err != nil {
			return err
		}
		a := atlas.New(rows)
		full, _ := a.Row(r.ID)
		if c.JSON {
			return json.NewEncoder(e.out).Encode(full)
		}
		w := tabwriter.NewWriter(e.out, 0, 4, 2, ' ', 0)
		for _, x := range reform.Periods(&full) {
			parent, _ := a.Row(x.Parent)
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\tin %s\n", span(x.From, x.Until), x.Code, x.Type, x.Name, parent.On(x.From).Name)
		}
		for _, id := range a.Predecessors(r.ID) {
			before, _ := a.Row(id)
			fmt.Fprintf(w, "before\t%s\t%s\t%s\t%s\n", before.Code, before.Type, before.Name, span(before.From, before.Until))
		}
		for _, id := range a.Successors(r.ID) {
			after, _ := a.Row(id)
			fmt.Fprintf(w, "after\t%s\t%s\t%s\t%s\n", after.Code, after.Type, after.Name, span(after.From, after.Until))
		}
		if err := w.Flush(); err != nil || len(full.Hamlets) == 0 {
			return err
		}
		_, err = fmt.Fprintf(e.out, "hamlets: %s\n", strings.Join(full.Hamlets, ", "))
		return err
	})
}

// span writes a period, its end exclusive as it is kept.
func span(from, until registry.Day) string {
	text := "always"
	if from != 0 {
		text = "from " + from.ISO()
	}
	if until != 0 {
		text += " until " + until.ISO()
	}
	return text
}

type placeAddCmd struct {
	Code   string `arg:"" help:"Its code, system:code, e.g. kcb:11001."`
	Name   string `help:"Its name." required:""`
	Parent string `help:"Code of the place it lies in." required:""`
	Level  string `help:"What it is." enum:"province,region,commune,facility" default:"facility"`
	Type   string `help:"Kind of facility." enum:"tram,diem,tamthoi,benhvien,phongtiem,ttyt," default:""`
}

func (c *placeAddCmd) Run(e *env) error {
	return e.withHub(func(h *hub.Hub) error {
		parent, err := placeByCode(e.ctx, h, c.Parent)
		if err != nil {
			return err
		}
		in := registry.PlaceInput{Parent: parent.ID, Code: c.Code, Name: c.Name, Type: c.Type}
		for _, l := range []registry.Level{registry.LevelProvince, registry.LevelRegion, registry.LevelCommune, registry.LevelFacility} {
			if l.String() == c.Level {
				in.Level = l
			}
		}
		if in.Level == registry.LevelFacility && in.Type == "" {
			in.Type = registry.PlaceStation
		}
		_, err = h.AddPlace(e.ctx, operator(h), in)
		return err
	})
}

// ordering is what every command has that changes the map.
type ordering struct {
	DryRun bool `help:"Say what would be done and whom it concerns; write nothing."`
	JSON   bool `help:"Print that as JSON." name:"json"`
}

// give works an order out, prints it, and writes it unless it is only to be looked at. make gets the places and the
// day on which codes mean what the command says: the eve of the order's day, today for a correction.
func (o *ordering) give(e *env, from string, make func(h *hub.Hub, from registry.Day, code func(string) (p.EntityID, error)) (reform.Order, error)) error {
	return e.withHub(func(h *hub.Hub) error {
		day, err := dayFlag(h, "from", from)
		if err != nil {
			return err
		}
		rows, err := allPlaces(e, h)
		if err != nil {
			return err
		}
		eve := h.Today()
		if day != 0 {
			eve = day - 1
		}
		order, err := make(h, day, func(code string) (p.EntityID, error) {
			r, err := reform.Find(rows, code, eve)
			return r.ID, err
		})
		if err != nil {
			return err
		}
		r, err := h.PlanPlaces(e.ctx, operator(h), order)
		if err != nil {
			return err
		}
		if !o.DryRun {
			if err := h.WritePlaces(e.ctx, operator(h), r.Plan, nil); err != nil {
				return err
			}
		}
		if o.JSON {
			return json.NewEncoder(e.out).Encode(previewJSON(r, !o.DryRun))
		}
		return printPreview(e.out, r, !o.DryRun)
	})
}

type placeImportCmd struct {
	ordering
	File     string            `arg:"" help:"The list."`
	Map      string            `help:"The map from old communes to new ones (CSV: old_commune_code,new_commune_code,old_is_split)."`
	From     string            `help:"The first day on which the list is in force. Without it only what is new is entered, as if it had always been there."`
	Facility map[string]string `help:"Where a facility of a split commune goes: its code=the new commune's code."`
}

func (*placeImportCmd) Help() string {
	return "Example, the map before the reform, then the reform; look at each with --dry-run first:\n\n" +
		"  tramy-hub place import vn-admin-units-2025-03.csv --from 2025-03-01\n" +
		"  tramy-hub place import vn-admin-units-2025-07.csv --map vn-admin-units-map.csv --from 2025-07-01\n\n" +
		"What was cut off is finished by giving the same command again."
}

func (c *placeImportCmd) Run(e *env) error {
	in := reform.Import{Facilities: c.Facility}
	if err := readCSV(e.path(c.File), func(r *csv.Reader) (err error) {
		in.Units, err = reform.ReadUnits(r)
		return err
	}); err != nil {
		return err
	}
	if c.Map != "" {
		if err := readCSV(e.path(c.Map), func(r *csv.Reader) (err error) {
			in.Map, err = reform.ReadMap(r)
			return err
		}); err != nil {
			return err
		}
	}
	return c.give(e, c.From, func(_ *hub.Hub, from registry.Day, _ func(string) (p.EntityID, error)) (reform.Order, error) {
		in.From = from
		return in, nil
	})
}

// readCSV opens a file and names it in what goes wrong.
func readCSV(path string, read func(r *csv.Reader) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := read(csv.NewReader(f)); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

type placeMergeCmd struct {
	ordering
	Old    []string `arg:"" name:"old" help:"Codes of the places that become one."`
	Into   string   `help:"Code of the new place; it may be one of theirs." required:""`
	Name   string   `help:"Its name. That of the place that bears the code now, if not given."`
	Type   string   `help:"Its kind: xa, phuong, dackhu, tinh, thanhpho. What its name begins with, if not given."`
	Parent string   `help:"Code of what it lies in, if not what the places lie in."`
	From   string   `help:"The first day of the new map." required:""`
}

func (*placeMergeCmd) Help() string {
	return "Example:\n\n  tramy-hub place merge gso:03325 gso:03328 --into gso:03325 --name 'Xã Mường Nhà' --from 2026-07-01 --dry-run"
}

func (c *placeMergeCmd) Run(e *env) error {
	return c.give(e, c.From, func(_ *hub.Hub, from registry.Day, code func(string) (p.EntityID, error)) (reform.Order, error) {
		order := reform.Merge{From: from, Into: reform.Into{Code: c.Into, Name: c.Name, Type: c.Type}}
		var err error
		if order.Places, err = codes(c.Old, code); err != nil {
			return nil, err
		}
		if c.Parent != "" {
			order.Into.Parent, err = code(c.Parent)
		}
		return order, err
	})
}

// codes looks several codes up.
func codes(list []string, code func(string) (p.EntityID, error)) ([]p.EntityID, error) {
	var out []p.EntityID
	for _, text := range list {
		id, err := code(text)
		if err != nil {
			return nil, err
		}
		out = append(out, id)
	}
	return out, nil
}

type placeSplitCmd struct {
	ordering
	Old      string            `arg:"" help:"Code of the place."`
	Into     []string          `help:"Code of a new place, perhaps with the hamlets that go to it: CODE=hamlet,hamlet. Once for each." sep:"none" required:""`
	Name     map[string]string `help:"Name of a new place: CODE=NAME."`
	Type     map[string]string `help:"Kind of a new place: CODE=KIND. What its name begins with, if not given."`
	Facility map[string]string `help:"Where a facility goes: its code=the new place's code."`
	From     string            `help:"The first day of the new map." required:""`
}

func (*placeSplitCmd) Help() string {
	return "Example:\n\n  tramy-hub place split gso:03325 --into 'gso:03325=Na Phay 1,Na Phay 2' --into 'gso:03326=Pha Thanh' \\\n" +
		"    --name 'gso:03326=Xã Pha Thanh' --from 2026-07-01 --dry-run"
}

func (c *placeSplitCmd) Run(e *env) error {
	return c.give(e, c.From, func(_ *hub.Hub, from registry.Day, code func(string) (p.EntityID, error)) (reform.Order, error) {
		order := reform.Split{From: from, Facilities: c.Facility}
		var err error
		if order.Place, err = code(c.Old); err != nil {
			return nil, err
		}
		for _, text := range c.Into {
			name, hamlets, _ := strings.Cut(text, "=")
			into := reform.Into{Code: name, Name: c.Name[name], Type: c.Type[name]}
			if hamlets != "" {
				into.Hamlets = trimmed(hamlets)
			}
			order.Into = append(order.Into, into)
		}
		for _, m := range []map[string]string{c.Name, c.Type} {
			for key := range m {
				if !slices.ContainsFunc(order.Into, func(i reform.Into) bool { return i.Code == key }) {
					return nil, fmt.Errorf("--name or --type %s: no --into has this code", key)
				}
			}
		}
		return order, nil
	})
}

func trimmed(list string) []string {
	var out []string
	for name := range strings.SplitSeq(list, ",") {
		out = append(out, strings.TrimSpace(name))
	}
	return out
}

type placeMoveCmd struct {
	ordering
	Code   string `arg:"" help:"The place's code."`
	Parent string `help:"Code of its new parent." required:""`
	From   string `help:"The first day on which it lies there. Without it the move corrects a mistake, as if it had always lain there."`
}

func (*placeMoveCmd) Help() string {
	return "Example, a commune that another regional centre serves from July on:\n\n  tramy-hub place move gso:03325 --parent own:khuvuc2 --from 2026-07-01"
}

func (c *placeMoveCmd) Run(e *env) error {
	return c.give(e, c.From, func(_ *hub.Hub, from registry.Day, code func(string) (p.EntityID, error)) (reform.Order, error) {
		ids, err := codes([]string{c.Code, c.Parent}, code)
		if err != nil {
			return nil, err
		}
		return reform.Move{Place: ids[0], Parent: ids[1], From: from}, nil
	})
}

type placeRenameCmd struct {
	ordering
	Code    string `arg:"" help:"The place's code."`
	Name    string `help:"Its new name."`
	Type    string `help:"Its new kind. What the new name begins with, if not given."`
	NewCode string `help:"Its new code." name:"code"`
	From    string `help:"The first day on which it is so. Without it the name corrects a mistake, as if it had always been so."`
}

func (*placeRenameCmd) Help() string {
	return "Example:\n\n  tramy-hub place rename gso:26170 --name 'Phường Trị An' --from 2026-04-30"
}

func (c *placeRenameCmd) Run(e *env) error {
	if c.Name == "" && c.Type == "" && c.NewCode == "" {
		return errors.New("say what is new: --name, --type or --code")
	}
	return c.give(e, c.From, func(_ *hub.Hub, from registry.Day, code func(string) (p.EntityID, error)) (reform.Order, error) {
		id, err := code(c.Code)
		return reform.Rename{Place: id, Name: c.Name, Type: c.Type, Code: c.NewCode, From: from}, err
	})
}

type placeEndCmd struct {
	ordering
	Code string `arg:"" help:"The place's code."`
	From string `help:"The first day on which it is not in force." required:""`
}

func (*placeEndCmd) Help() string {
	return "Example, a regional centre that closes; what follows a place instead is said with merge or split:\n\n  tramy-hub place end own:khuvuc2 --from 2026-07-01"
}

func (c *placeEndCmd) Run(e *env) error {
	return c.give(e, c.From, func(_ *hub.Hub, from registry.Day, code func(string) (p.EntityID, error)) (reform.Order, error) {
		id, err := code(c.Code)
		return reform.End{Place: id, From: from}, err
	})
}

type placeHamletsCmd struct {
	ordering
	Code   string            `arg:"" help:"The commune's code."`
	Set    []string          `help:"The whole list." xor:"what"`
	Add    []string          `help:"Hamlets to add." xor:"what"`
	Rename map[string]string `help:"Another name for a hamlet: OLD=NEW." xor:"what"`
}

func (*placeHamletsCmd) Help() string {
	return "Example:\n\n  tramy-hub place hamlets gso:03325 --add 'bản Na Phay 3,bản Pha Thanh'"
}

func (c *placeHamletsCmd) Run(e *env) error {
	if len(c.Set)+len(c.Add)+len(c.Rename) == 0 {
		return e.withHub(func(h *hub.Hub) error {
			row, err := placeByCode(e.ctx, h, c.Code)
			if err != nil {
				return err
			}
			for _, name := range row.Hamlets {
				fmt.Fprintln(e.out, name)
			}
			return nil
		})
	}
	return c.give(e, "", func(h *hub.Hub, _ registry.Day, code func(string) (p.EntityID, error)) (reform.Order, error) {
		row, err := placeByCode(e.ctx, h, c.Code)
		if err != nil {
			return nil, err
		}
		list := c.Set
		if len(list) == 0 {
			list = slices.Concat(row.Hamlets, c.Add)
		}
		for old, name := range c.Rename {
			at := slices.IndexFunc(list, func(h string) bool { return registry.FoldHamlet(h) == registry.FoldHamlet(old) })
			if at < 0 {
				return nil, fmt.Errorf("--rename %s: %s has no hamlet of that name; see: tramy-hub place hamlets %s", old, row.Name, c.Code)
			}
			list[at] = name
		}
		return reform.Hamlets{Place: row.ID, List: list}, nil
	})
}
