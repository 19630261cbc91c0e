package api

import (
	"bytes"
	"encoding/csv"
	"strconv"
	"strings"

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
	From       string        `json:"from"`
	To         string        `json:"to"`
	Indicators []indicator   `json:"indicators"`
	Total      coverageRow   `json:"total"`
	Rows       []coverageRow `json:"rows"`
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
		return &Answer{Raw: coverageCSV(t), Type: "text/csv; charset=utf-8", Filename: "coverage.csv"}, nil
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
	tree := SubtreeOf(a.desk, c.Who)
	top := tree.Top
	if text := c.URL.Query().Get("place"); text != "" {
		found := false
		for id, r := range tree.Rows {
			if r.Code == text || id.String() == text {
				top, found = id, true
			}
		}
		if !found {
			return nil, server.NewProblem(server.TypeNotFound).At("place")
		}
	}
	if err := tree.Check(top); err != nil {
		return nil, err
	}
	today := a.desk.Today()
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
	return report.Coverage(c.Context(), a.desk.Node.Store(), report.Query{
		Place: top, CohortFrom: from.Month(), CohortTo: to.Month(), Today: today, NowMS: a.desk.Node.Now().UnixMilli(),
	})
}

func coverageJSON(t *report.Table) coverageTable {
	out := coverageTable{
		Place: placeOf(&t.Place), Path: []place{}, From: t.Query.CohortFrom.First().ISO(), To: t.Query.CohortTo.Last().ISO(),
		Indicators: []indicator{}, Total: coverageRowOf(&t.Total), Rows: []coverageRow{},
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
// columns of completeness stand in each row, so that they go wherever the figures are copied to.
func coverageCSV(t *report.Table) []byte {
	b := bytes.NewBufferString(byteOrderMark)
	w := csv.NewWriter(b)
	head := []string{"place_code", "place", "cohort_from", "cohort_to", "registered"}
	for _, in := range t.Indicators {
		head = append(head, in.Vaccine+"_"+strconv.Itoa(int(in.Dose)))
	}
	_ = w.Write(append(head, "stations", "stations_heard", "stations_never_heard", "oldest_news")) // a buffer takes all
	for _, r := range append([]report.Row{t.Total}, t.Rows...) {
		line := []string{
			plain(r.Place.Code), plain(r.Place.Name), t.Query.CohortFrom.First().ISO(), t.Query.CohortTo.Last().ISO(),
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
