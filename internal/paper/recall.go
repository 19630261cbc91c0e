package paper

import (
	"strconv"

	"tramy/internal/ui"
)

// recallChildren is who had a recalled lot, by where they live, with room for what came of calling them.
func recallChildren(o Options, x *ui.RecallChildren) *doc {
	d := newDoc(o, layout{size: a4, title: o.Words.T("recall.children_title"), made: x.Made, training: x.Training})
	d.heading(d.t("recall.children_title"), "", x.Name, "")
	d.text(x.What, plain)
	if x.Advice != "" {
		d.text(d.t("recall.say")+" "+x.Advice, bold)
	}
	d.y++
	n := 0
	for k := range x.Groups {
		g := &x.Groups[k]
		d.text(g.Name+": "+d.t("recall.people_n", "n", len(g.Rows)), bold)
		rows := make([]row, 0, len(g.Rows))
		for i := range g.Rows {
			r := &g.Rows[i]
			n++
			rows = append(rows, row{tall: 9, cells: []cell{
				say(strconv.Itoa(n)), loud(or(r.Name, d.t("recall.unknown"))).and(r.Line), say(hold(or(r.Phone, d.t("row.no_phone")))).and(r.Mother),
				say(r.Doses).and(r.At), say(r.Mark.Word(d.words)).and(r.Tried), nil,
			}})
		}
		d.table(table{
			heads:  []string{d.t("workers.n"), d.t("reaction.who"), d.t("reaction.phone"), d.t("reaction.dose"), d.t("recall.state"), d.t("workers.result")},
			widths: []float64{6, 32, 18, 20, 16, 20},
		}, rows)
		d.y += 2
	}
	if n == 0 {
		d.text(d.t("recall.children_none"), plain)
	}
	if x.More > 0 {
		d.text(d.t("recall.children_more", "n", x.More), small)
	}
	d.text(d.t("recall.children_foot"), small)
	return d
}
