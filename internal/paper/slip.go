package paper

import (
	"tramy/internal/locale"
	"tramy/internal/ui"
)

// slip is what a mother takes home from the delivery room, on A5, always in Vietnamese.
func slip(o Options, x *ui.Slip) *doc {
	o.Words = locale.For(locale.Vietnamese)
	d := newDoc(o, layout{size: a5, title: o.Words.T("slip.title"), made: x.Made, training: x.Training, margin: 9})
	d.heading(d.t("slip.heading"), "", x.Made, x.QR)
	who := join(", ", x.Name, x.Twin)
	d.text(who, style{size: 13, bold: true})
	d.text(join(", ", x.Sex, d.t("slip.born")+" "+x.Born, x.Weight), plain)
	d.text(d.t("slip.mother")+": "+x.Mother, plain)
	if x.Home != "" {
		d.text(d.t("slip.home")+": "+x.Home, plain)
	}
	d.text(d.t("slip.code")+": "+x.Code, bold)
	d.section(d.t("slip.given"), 10)
	rows := make([]row, 0, len(x.Given))
	for _, dose := range x.Given {
		rows = append(rows, row{cells: []cell{loud(dose.Name), say(dose.On), say(or(dose.Note, dose.Lot))}})
	}
	if len(rows) == 0 {
		rows = []row{{across: true, cells: []cell{say(d.t("slip.nothing"))}}}
	}
	d.table(table{widths: []float64{46, 28, 26}}, rows)
	d.section(d.t("slip.next"), 10)
	rows = nil
	for _, dose := range x.Next {
		rows = append(rows, row{cells: []cell{loud(dose.Name), say(dose.On)}})
	}
	if len(rows) == 0 {
		rows = []row{{across: true, cells: []cell{say(d.t("slip.ask"))}}}
	}
	d.table(table{widths: []float64{62, 38}}, rows)
	d.y += 3
	d.text(d.t("slip.where")+": "+join(", ", x.Where, hold(x.WherePhone)), bold)
	d.y += 2
	d.text(d.t("slip.danger"), plain)
	return d
}
