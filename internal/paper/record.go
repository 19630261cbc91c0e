package paper

import (
	"tramy/internal/ui"
)

// record is a person's whole record, as a family that asks for it gets it.
func record(o Options, x *ui.Paper) *doc {
	d := newDoc(o, layout{size: a4, title: o.Words.T("paper.heading"), made: x.Made, training: x.Training})
	born := ""
	if x.Born != "" {
		born = d.t("child.born") + " " + x.Born
	}
	d.heading(d.t("paper.heading"), x.Name, born, x.QR)
	d.section(d.t("paper.who"), 12)
	d.facts(x.Facts, 9, 0)
	d.section(d.t("paper.doses"), 12)
	rows := make([]row, 0, len(x.Doses))
	for _, dose := range x.Doses {
		rows = append(rows, row{cells: []cell{loud(dose.Name).and(dose.Note), say(dose.On), say(dose.Lot), say(dose.Place), say(dose.Giver)}})
	}
	d.table(table{
		heads:  []string{d.t("paper.vaccine"), d.t("paper.day"), d.t("paper.lot"), d.t("paper.place"), d.t("paper.giver")},
		widths: []float64{30, 13, 14, 25, 18},
	}, d.orNone(rows))
	d.section(d.t("paper.consents"), 12)
	d.factsOrNone(x.Consents)
	d.section(d.t("paper.requests"), 12)
	d.factsOrNone(x.Requests)
	if !x.MayLooks {
		d.y += 3
		d.text(d.t("paper.no_looks"), small)
		return d
	}
	d.section(d.t("paper.looks"), 12)
	if x.OwnOnly {
		d.text(d.t("looks.own_only"), small)
	}
	rows = nil
	for _, l := range x.Looks {
		rows = append(rows, row{cells: []cell{say(l.At), loud(l.Who).and(join(", ", l.Role, l.Where)), say(l.Act).and(l.Of), say(l.Why)}})
	}
	d.table(table{heads: []string{d.t("looks.when"), d.t("looks.who"), d.t("looks.what"), d.t("looks.why")}, widths: []float64{18, 30, 26, 26}, size: 8.5}, d.orNone(rows))
	if x.Cut {
		d.text(d.t("looks.cut"), small)
	}
	return d
}

// orNone is one row that says so where there are none.
func (d *doc) orNone(rows []row) []row {
	if len(rows) == 0 {
		return []row{{cells: []cell{say(d.t("paper.none"))}, across: true}}
	}
	return rows
}

func (d *doc) factsOrNone(list []ui.Fact) {
	if len(list) == 0 {
		d.text(d.t("paper.none"), plain)
		return
	}
	d.facts(list, 9, 0)
}

// join puts together what is there.
func join(sep string, parts ...string) string {
	out := ""
	for _, s := range parts {
		if s == "" {
			continue
		}
		if out != "" {
			out += sep
		}
		out += s
	}
	return out
}
