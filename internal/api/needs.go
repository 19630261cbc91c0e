package api

import (
	"maps"
	"slices"
	"strconv"

	"tramy/internal/desk"
	"tramy/internal/registry"
	"tramy/internal/server"
	p "tramy/syncproto"
)

// needsTable is what a month needs. Of a place above communes there are parts and no vaccines.
type needsTable struct {
	Place    place          `json:"place"`
	Month    string         `json:"month"`
	Coverage int            `json:"coverage"`
	Buffer   int            `json:"buffer"`
	Vaccines []needLine     `json:"vaccines"`
	Supplies []supplyLine   `json:"supplies"`
	Parts    []needPart     `json:"parts"`
	Store    map[string]int `json:"store,omitempty"`
	Ask      []needItem     `json:"ask"`
}

type needLine struct {
	Item       string    `json:"item"`
	Coming     int       `json:"coming"`
	Overdue    int       `json:"overdue"`
	Newborn    int       `json:"newborn"`
	Planned    *int      `json:"planned,omitempty"`
	Due        int       `json:"due"`
	Reached    int       `json:"reached"`
	Wastage    int       `json:"wastage"`
	OwnWastage bool      `json:"own_wastage"`
	Used       int       `json:"used"`
	Reserve    int       `json:"reserve"`
	Sessions   int       `json:"sessions"`
	AtLeast    int       `json:"at_least"`
	Wanted     int       `json:"wanted"`
	Usable     int       `json:"usable"`
	Lacking    int       `json:"lacking"`
	Vial       int       `json:"vial"`
	Vials      int       `json:"vials"`
	Doses      int       `json:"doses"`
	Lots       []needLot `json:"lots"`
}

type needLot struct {
	Lot     string `json:"lot"`
	Expires string `json:"expires,omitempty"`
	Balance int    `json:"balance"`
	Usable  int    `json:"usable"`
	Left    int    `json:"left"`
}

type supplyLine struct {
	Item    string `json:"item"`
	For     int    `json:"for"`
	Wanted  int    `json:"wanted"`
	Usable  int    `json:"usable"`
	Lacking int    `json:"lacking"`
}

type needPart struct {
	Place place      `json:"place"`
	Ask   []needItem `json:"ask"`
}

type needItem struct {
	Item     string `json:"item"`
	Quantity int    `json:"quantity"`
}

// needs answers GET /stock/needs. It names nobody.
func (a *API) needs(c *Call) (*Answer, error) {
	query := c.URL.Query()
	q := desk.NeedQuery{Coverage: -1, Buffer: -1}
	if text := query.Get("month"); text != "" {
		first, err := registry.ParseISO(text + "-01")
		if err != nil {
			return nil, invalid("month", registry.CodeDateUnreadable, "text", text)
		}
		q.Month = first.Month()
	}
	for name, n := range map[string]*int{"coverage": &q.Coverage, "buffer": &q.Buffer} {
		text := query.Get(name)
		if text == "" {
			continue
		}
		var err error
		if *n, err = strconv.Atoi(text); err != nil || *n < 0 {
			return nil, server.NewProblem(server.TypeBadRequest).At(name)
		}
	}
	if text := query.Get("place"); text != "" {
		id, err := p.ParseEntityID(text)
		if err != nil {
			row, known := a.desk.Node.Atlas().ByCode(text, a.desk.Today())
			if !known {
				return nil, server.NewProblem(server.TypeNotFound).At("place")
			}
			id = row.ID
		}
		q.Place = id
	}
	needs, err := a.desk.Needs(c.Context(), c.Who, q)
	if err != nil {
		return nil, err
	}
	return ok(needsJSON(needs))
}

func needsJSON(n *desk.Needs) needsTable {
	out := needsTable{
		Place: placeOf(&n.Place), Month: n.Query.Month.First().ISO()[:7], Coverage: n.Query.Coverage, Buffer: n.Query.Buffer,
		Vaccines: []needLine{}, Supplies: []supplyLine{}, Parts: []needPart{}, Ask: askJSON(n.Proposed()),
	}
	for i := range n.Lines {
		l := &n.Lines[i]
		line := needLine{
			Item: l.Vaccine, Coming: l.Coming, Overdue: l.Overdue, Newborn: l.Newborn, Due: l.Due, Reached: l.Reached, Wastage: l.Need.Wastage, OwnWastage: l.Own, Used: l.Need.Used,
			Reserve: l.Reserve, Sessions: l.Sessions, AtLeast: l.AtLeast, Wanted: l.Wanted, Usable: l.Usable, Lacking: l.Lacking, Vial: l.Vial, Vials: l.Vials, Doses: l.Need.Doses, Lots: []needLot{},
		}
		if l.HasPlan {
			line.Planned = &l.Planned
		}
		for k := range l.Lots {
			x := &l.Lots[k]
			lot := needLot{Lot: x.Number, Balance: x.Balance, Usable: x.Usable, Left: x.Left}
			if x.Expires != 0 {
				lot.Expires = x.Expires.ISO()
			}
			line.Lots = append(line.Lots, lot)
		}
		out.Vaccines = append(out.Vaccines, line)
	}
	for i := range n.Supplies {
		s := &n.Supplies[i]
		out.Supplies = append(out.Supplies, supplyLine{s.Item, s.For, s.Wanted, s.Usable, s.Lacking})
	}
	for i := range n.Parts {
		out.Parts = append(out.Parts, needPart{placeOf(&n.Parts[i].Place), askJSON(n.Parts[i].Lacks)})
	}
	if n.Store != nil {
		out.Store = map[string]int{}
		for item, has := range n.Store {
			out.Store[item] = int(has)
		}
	}
	return out
}

func askJSON(of map[string]int) []needItem {
	out := []needItem{}
	for _, item := range slices.Sorted(maps.Keys(of)) {
		out = append(out, needItem{item, of[item]})
	}
	return out
}
