package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"tramy/hub"
	"tramy/internal/locale"
	"tramy/internal/project"
	"tramy/internal/reform"
	"tramy/internal/registry"
	p "tramy/syncproto"
)

// previewLines is how many lines of a kind a preview prints; --json has all.
const previewLines = 15

// printPreview says what an order does, or did, and whom it concerns.
func printPreview(out io.Writer, r *hub.Reform, written bool) error {
	added, present := 0, 0
	for _, n := range r.Counts {
		added += n.Made + n.Added
		present += n.Kept + n.Corrected + n.Renamed + n.Moved + n.Listed
	}
	verb := map[bool]string{true: "added", false: "to be added"}[written]
	fmt.Fprintf(out, "%d places %s, %d were there already.\n", added, verb, present)
	if len(r.Acts) == 0 {
		fmt.Fprintln(out, "Everything stands already; nothing to write.")
	} else {
		day := "As a correction"
		if r.From != 0 {
			day = "From " + r.From.ISO()
		}
		fmt.Fprintf(out, "%s, in %d acts:\n", day, len(r.Acts))
		printCounts(out, r)
	}
	printReused(out, r.Reused)
	a := &r.Affected
	if a.Stations+a.Hubs+a.Accounts > 0 || a.People > 0 {
		fmt.Fprintf(out, "Known here in places that change: %d stations, %d hubs, %d accounts, %d people.\n", a.Stations, a.Hubs, a.Accounts, a.People)
	}
	if a.Ask > 0 {
		fmt.Fprintf(out, "%d people live in communes that are split, in no hamlet that tells which part: they stand on a list to be asked.\n", a.Ask)
	}
	if a.Placed > 0 {
		fmt.Fprintf(out, "%d people of communes that were split before are placed by their hamlet.\n", a.Placed)
	}
	printPlaces(out, r)
	limited(out, "Facilities that lie elsewhere from then on:", a.Facilities, func(m hub.FacilityMove) string {
		return fmt.Sprintf("%s %s: %s -> %s %s", m.Facility.Code, m.Facility.Name, m.From.Name, m.To.Code, m.To.Name)
	})
	limited(out, "Hubs whose place ends. They go on serving their stations; when another hub takes over, enrol it with tramy-hub enrol --role hub:", a.EndedHubs, func(x hub.EndedHub) string {
		return fmt.Sprintf("%06d %s: %s -> %s", x.Device.Number, x.Device.Name, x.Place.Name, names(x.Successors))
	})
	limited(out, "Note:", r.Notes.Say(locale.For(locale.English)), func(s string) string { return s })
	if !written && len(r.Acts) > 0 {
		fmt.Fprintln(out, "Nothing was written.")
	}
	return nil
}

func names(rows []project.PlaceRow) string {
	if len(rows) == 0 {
		return "no successor"
	}
	var out []string
	for i := range rows {
		out = append(out, rows[i].Code+" "+rows[i].Name)
	}
	return strings.Join(out, "; ")
}

// tiers are the levels a preview counts, from the top.
var tiers = []registry.Level{registry.LevelProvince, registry.LevelRegion, registry.LevelCommune, registry.LevelFacility}

func printCounts(out io.Writer, r *hub.Reform) {
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "\tSTAY\tRENAMED\tMOVED\tMERGED\tSPLIT\tENDED\tMADE OF THESE\tNEW\tCORRECTED\tHAMLETS")
	for _, level := range tiers {
		if n := r.Counts[level]; n != nil {
			fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\n", level,
				n.Kept, n.Renamed, n.Moved, n.Merged, n.Split, n.Abolished, n.Made, n.Added, n.Corrected, n.Listed)
		}
	}
	_ = w.Flush()
}

func printReused(out io.Writer, reused []reform.Reuse) {
	other := slices.DeleteFunc(slices.Clone(reused), func(u reform.Reuse) bool {
		return registry.FoldMarked(u.Was.Name) == registry.FoldMarked(u.Now.Name)
	})
	if len(reused) > 0 {
		fmt.Fprintf(out, "%d codes mean other territory from then on, %d of them under another name.\n", len(reused), len(other))
	}
	limited(out, "", other, func(u reform.Reuse) string { return fmt.Sprintf("%s %s -> %s", u.Code, u.Was.Name, u.Now.Name) })
}

func printPlaces(out io.Writer, r *hub.Reform) {
	name := map[p.EntityID]string{}
	for i := range r.Changes {
		name[r.Changes[i].After.ID] = r.Changes[i].After.Code + " " + r.Changes[i].After.Name
	}
	limited(out, "", r.Affected.Places, func(a hub.AffectedPlace) string {
		text := fmt.Sprintf("%s %s %s", a.Before.Code, a.Before.Name, a.What)
		var to []string
		for _, id := range a.After.Successors {
			to = append(to, name[id])
		}
		switch {
		case len(to) > 0:
			text += " -> " + strings.Join(to, "; ")
		case a.After.Name != a.Before.Name:
			text += " -> " + a.After.Name
		}
		text += fmt.Sprintf(": %d stations, %d hubs, %d accounts, %d people", a.Stations, a.Hubs, a.Accounts, a.People)
		if a.Ask > 0 {
			text += fmt.Sprintf(", %d to be asked", a.Ask)
		}
		return text
	})
}

// limited prints the first lines of a list, and how many more there are.
func limited[T any](out io.Writer, head string, list []T, line func(T) string) {
	if len(list) > 0 && head != "" {
		fmt.Fprintln(out, head)
	}
	for i, x := range list {
		if i == previewLines {
			fmt.Fprintf(out, "  and %d more; --json has all\n", len(list)-i)
			break
		}
		fmt.Fprintf(out, "  %s\n", line(x))
	}
}

// changeLine is one place of a preview, for programs.
type changeLine struct {
	What, Level, Code, Name string
	Line                    int      `json:",omitempty"` // of the list
	NewCode, NewName        string   `json:",omitempty"`
	To                      []string `json:",omitempty"` // codes of the successors
	Stations, Hubs          int      `json:",omitempty"`
	Accounts                int      `json:",omitempty"`
	People, Ask             int64    `json:",omitempty"`
}

// previewJSON is a preview for programs.
func previewJSON(r *hub.Reform, written bool) any {
	a := &r.Affected
	type facility struct{ Code, Name, From, To string }
	type endedHub struct {
		Number int64
		Name   string
		Place  string
		To     []string
	}
	out := struct {
		From                     string `json:",omitempty"`
		Written                  bool
		Acts                     int
		Counts                   map[string]*reform.Counts
		Changes                  []changeLine
		Reused                   []string
		Facilities               []facility
		EndedHubs                []endedHub
		Stations, Hubs, Accounts int
		People, Ask, Placed      int64
		Notes                    []string
	}{
		Written: written, Acts: len(r.Acts), Counts: map[string]*reform.Counts{}, Changes: []changeLine{}, Reused: []string{},
		Stations: a.Stations, Hubs: a.Hubs, Accounts: a.Accounts, People: a.People, Ask: a.Ask, Placed: a.Placed,
	}
	if r.From != 0 {
		out.From = r.From.ISO()
	}
	for level, n := range r.Counts {
		out.Counts[level.String()] = n
	}
	code := map[p.EntityID]string{}
	for i := range r.Changes {
		code[r.Changes[i].After.ID] = r.Changes[i].After.Code
	}
	there := map[p.EntityID]*hub.AffectedPlace{}
	for i := range a.Places {
		there[a.Places[i].Before.ID] = &a.Places[i]
	}
	for i := range r.Changes {
		c := &r.Changes[i]
		line := changeLine{What: c.What.String(), Level: c.After.Level.String(), Code: c.After.Code, Name: c.After.Name, Line: c.Line}
		if !c.New() {
			line.Code, line.Name = c.Before.Code, c.Before.Name
			if c.After.Code != c.Before.Code || c.After.Name != c.Before.Name {
				line.NewCode, line.NewName = c.After.Code, c.After.Name
			}
			if n := there[c.Before.ID]; n != nil {
				line.Stations, line.Hubs, line.Accounts, line.People, line.Ask = n.Stations, n.Hubs, n.Accounts, n.People, n.Ask
			}
		}
		for _, id := range c.After.Successors {
			line.To = append(line.To, code[id])
		}
		out.Changes = append(out.Changes, line)
	}
	for _, u := range r.Reused {
		out.Reused = append(out.Reused, u.Code)
	}
	for _, m := range a.Facilities {
		out.Facilities = append(out.Facilities, facility{m.Facility.Code, m.Facility.Name, m.From.Code, m.To.Code})
	}
	for _, x := range a.EndedHubs {
		ended := endedHub{Number: x.Device.Number, Name: x.Device.Name, Place: x.Place.Code}
		for i := range x.Successors {
			ended.To = append(ended.To, x.Successors[i].Code)
		}
		out.EndedHubs = append(out.EndedHubs, ended)
	}
	for i := range r.Notes {
		out.Notes = append(out.Notes, r.Notes[i].Say(locale.For(locale.English)))
	}
	return out
}
