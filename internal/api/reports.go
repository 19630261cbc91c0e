package api

import (
	"bytes"
	"encoding/csv"
	"strconv"
	"strings"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/report"
	"tramy/internal/rights"
	"tramy/internal/server"
	p "tramy/syncproto"
)

// coverageTable is coverage by place with the completeness of each figure.
type coverageTable struct {
	Place      place         `json:"place"`
	Path       []place       `json:"path"`
	On         string        `json:"on"`
	From       string        `json:"from"`
	To         string        `json:"to"`
	Indicators []indicator   `json:"indicators"`
	Total      coverageRow   `json:"total"`
	Rows       []coverageRow `json:"rows"`
	Unplaced   *coverageRow  `json:"unplaced,omitempty"`
	Instead    []place       `json:"instead"`
}

type indicator struct {
	Vaccine string `json:"vaccine"`
	Name    string `json:"name"`
	Dose    int32  `json:"dose"`
}

type coverageRow struct {
	Place      p.EntityID `json:"place"`
	Code       string     `json:"code"`
	Name       string     `json:"name"`
	Registered int64      `json:"registered"`
	Doses      []int64    `json:"doses"`
	Heard      heard      `json:"heard"`
	Leaf       bool       `json:"leaf"`
}

type heard struct {
	Stations int    `json:"stations"`
	Fresh    int    `json:"fresh"`
	Never    int    `json:"never"`
	Oldest   string `json:"oldest,omitempty"`
}

// coverage answers GET /reports/coverage. It reads aggregates only.
func (a *API) coverage(c *Call) (*Answer, error) {
	t, err := a.coverageOf(c)
	if err != nil {
		return nil, err
	}
	switch c.URL.Query().Get("format") {
	case "csv":
		return &Answer{Raw: coverageCSV(t, c.Words.T("map.unplaced")), Type: "text/csv; charset=utf-8", Filename: "coverage.csv"}, nil
	case "", "json":
		return ok(coverageJSON(t))
	}
	return nil, server.NewProblem(server.TypeBadRequest).At("format")
}

func (a *API) coverageOf(c *Call) (*report.Table, error) {
	// Figures name nobody, so every member of staff may read those of their own area.
	if !rights.May(c.Who.Role, rights.Read, registry.KindDevice) {
		return nil, server.NewProblem(server.TypeForbidden)
	}
	today, places := a.desk.Today(), a.desk.Node.Atlas()
	day, err := c.Day("on", today)
	if err != nil {
		return nil, err
	}
	on, own := places.At(day), places.At(today).Register(c.Who.Place)
	top := own
	if text := c.URL.Query().Get("place"); text != "" {
		var known bool
		if id, err := p.ParseEntityID(text); err == nil {
			_, known = places.Row(id)
			top = id
		} else {
			var r project.PlaceRow
			r, known = places.ByCode(text, day) // codes are used again: a code means what it meant on the day
			top = r.ID
		}
		if !known {
			return nil, server.NewProblem(server.TypeNotFound).At("place")
		}
	}
	if !on.Covers(own, top) {
		return nil, server.NewProblem(server.TypeElsewhere)
	}
	year, _, _ := today.Date()
	from, err := c.Day("from", registry.NewMonth(year, 1).First())
	if err != nil {
		return nil, err
	}
	to, err := c.Day("to", registry.NewMonth(year, 12).Last())
	if err != nil {
		return nil, err
	}
	if to < from {
		return nil, invalid("to", registry.CodePeriodReversed)
	}
	return report.Coverage(c.Context(), a.desk.Node.Store(), places, report.Query{
		Place: top, On: day, CohortFrom: from.Month(), CohortTo: to.Month(), Today: today, NowMS: a.desk.Node.Now().UnixMilli(),
	})
}

func coverageJSON(t *report.Table) coverageTable {
	out := coverageTable{
		Place: placeOf(&t.Place), Path: []place{}, On: t.Query.On.ISO(), From: t.Query.CohortFrom.First().ISO(), To: t.Query.CohortTo.Last().ISO(),
		Indicators: []indicator{}, Total: coverageRowOf(&t.Total), Rows: []coverageRow{}, Instead: []place{},
	}
	for i := range t.Path {
		out.Path = append(out.Path, placeOf(&t.Path[i]))
	}
	for _, in := range t.Indicators {
		out.Indicators = append(out.Indicators, indicator(in))
	}
	for i := range t.Rows {
		out.Rows = append(out.Rows, coverageRowOf(&t.Rows[i]))
	}
	if t.Unplaced != nil {
		row := coverageRowOf(t.Unplaced)
		out.Unplaced = &row
	}
	for i := range t.Instead {
		out.Instead = append(out.Instead, placeOf(&t.Instead[i]))
	}
	return out
}

func coverageRowOf(r *report.Row) coverageRow {
	doses := r.Doses
	if doses == nil {
		doses = []int64{}
	}
	return coverageRow{
		Place: r.Place.ID, Code: r.Place.Code, Name: r.Place.Name, Registered: r.Registered, Doses: doses, Leaf: r.Leaf,
		Heard: heard{Stations: r.Heard.Stations, Fresh: r.Heard.Fresh, Never: r.Heard.Never, Oldest: Moment(r.Heard.OldestMS)},
	}
}

// byteOrderMark makes a spreadsheet read the names as UTF-8.
const byteOrderMark = "\ufeff"

// coverageCSV writes the same table for a spreadsheet: the whole area first, then what lies under it. The
// columns of completeness stand in each row, so that they go wherever the figures are copied to. Last stands who is not
// placed on the map, without a code and by the name unplaced.
func coverageCSV(t *report.Table, unplaced string) []byte {
	b := bytes.NewBufferString(byteOrderMark)
	w := csv.NewWriter(b)
	head := []string{"place_code", "place", "map", "cohort_from", "cohort_to", "registered"}
	for _, in := range t.Indicators {
		head = append(head, in.Vaccine+"_"+strconv.Itoa(int(in.Dose)))
	}
	_ = w.Write(append(head, "stations", "stations_heard", "stations_never_heard", "oldest_news")) // a buffer takes all
	rows := append([]report.Row{t.Total}, t.Rows...)
	if t.Unplaced != nil {
		row := *t.Unplaced
		row.Place.Code, row.Place.Name = "", unplaced
		rows = append(rows, row)
	}
	for _, r := range rows {
		line := []string{
			plain(r.Place.Code), plain(r.Place.Name), t.Query.On.ISO(), t.Query.CohortFrom.First().ISO(), t.Query.CohortTo.Last().ISO(),
			strconv.FormatInt(r.Registered, 10),
		}
		for _, n := range r.Doses {
			line = append(line, strconv.FormatInt(n, 10))
		}
		_ = w.Write(append(line, strconv.Itoa(r.Heard.Stations), strconv.Itoa(r.Heard.Fresh), strconv.Itoa(r.Heard.Never), Moment(r.Heard.OldestMS)))
	}
	w.Flush()
	return b.Bytes()
}

// plain keeps a spreadsheet from taking a name for a formula.
func plain(s string) string {
	if s != "" && strings.ContainsAny(s[:1], "=+-@\t\r") {
		return "'" + s
	}
	return s
}
