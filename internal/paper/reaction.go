package paper

import (
	"strconv"

	"tramy/internal/ui"
)

// reactionForm is the report of a reaction with the core variables of WHO's standard form (AEFI reporting form, 2016): what is known
// is filled in, for the rest there is room.
func reactionForm(o Options, x *ui.ReactionForm) *doc {
	d := newDoc(o, layout{size: a4, title: o.Words.T("reaction.form_title"), made: x.Made, training: x.Training})
	to := d.t("reaction.form_to")
	for _, s := range x.Superiors {
		to += " " + s.Name + " " + hold(s.Phone) + "."
	}
	d.heading(d.t("reaction.form_title"), "", to, "")
	const tall = 8.0
	d.section(d.t("reaction.form_person"), 12)
	d.facts(x.Person, 9.5, tall)
	d.section(d.t("reaction.form_doses"), 12)
	rows := make([]row, 0, len(x.Doses)+1)
	for i := range x.Doses {
		dose := &x.Doses[i]
		rows = append(rows, row{tall: tall, cells: []cell{
			loud(dose.Vaccine).and(dose.Number), say(dose.Lot).and(d.t("give.expires_short") + " " + or(dose.Expires, "…………")), nil,
			say(dose.On).and(dose.Site), say(dose.Giver).and(dose.Place),
		}})
	}
	for len(rows) < 2 {
		rows = append(rows, row{tall: tall})
	}
	d.table(table{
		heads:  []string{d.t("paper.vaccine"), d.t("reaction.lot"), ui.Upper(d.t("reaction.form_maker")), d.t("reaction.form_given"), d.t("paper.giver")},
		widths: []float64{24, 18, 18, 18, 22}, size: 9.5,
	}, rows)
	d.section(d.t("reaction.signs"), 12)
	d.text(ticks(x.Signs), style{size: 9.5})
	d.y += 2
	for _, f := range x.Facts {
		room := tall
		if f.Name == d.t("reaction.note") || f.Name == d.t("reaction.treatment") { // told in sentences
			room = 14
		}
		d.facts([]ui.Fact{f}, 9.5, room)
	}
	d.facts([]ui.Fact{{Name: d.t("reaction.outcome"), Value: ticks(x.Outcomes)}, {Name: d.t("reaction.form_others"), Value: strconv.Itoa(x.Others)}}, 9.5, tall)
	d.y += 1
	d.text(d.t("pdf.form_source"), small)
	d.room(23)
	d.y += 1
	sign := "…… : ……, …… / …… / ………"
	d.table(table{widths: []float64{1, 1, 1}, size: 9.5}, []row{{tall: 21, cells: []cell{
		say(d.t("reaction.form_reporter")).and(sign), say(d.t("reaction.form_head")).and(sign), say(d.t("reaction.form_receiver")).and(sign),
	}}})
	return d
}

// ticks are boxes with their words, each kept together.
func ticks(list []ui.Box) string {
	out := ""
	for _, b := range list {
		box := boxOpen
		if b.Ticked {
			box = boxTicked
		}
		out = join("\u00a0\u00a0 ", out, hold(string(box)+" "+b.Text))
	}
	return out
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// reactionOthers is who else had the lots.
func reactionOthers(o Options, x *ui.ReactionOthers) *doc {
	d := newDoc(o, layout{size: a4, title: o.Words.T("reaction.others_title"), made: x.Made, training: x.Training})
	d.heading(d.t("reaction.others_title"), "", x.What, "")
	rows := make([]row, 0, len(x.Rows))
	for i := range x.Rows {
		r := &x.Rows[i]
		rows = append(rows, row{tall: 9, cells: []cell{
			say(strconv.Itoa(i + 1)), loud(r.Name).and(r.Line), say(hold(or(r.Phone, d.t("row.no_phone")))), say(r.Dose).and(r.At), say(r.Mark.Word(d.words)), nil,
		}})
	}
	if len(rows) == 0 {
		rows = []row{{cells: []cell{say(d.t("reaction.others_none"))}, across: true}}
	}
	d.text(d.t("reaction.others_n", "n", len(x.Rows)), bold)
	d.y += 1
	d.table(table{
		heads:  []string{d.t("workers.n"), d.t("reaction.who"), d.t("reaction.phone"), d.t("reaction.dose"), d.t("reaction.how_now"), d.t("workers.result")},
		widths: []float64{6, 32, 16, 22, 14, 22},
	}, rows)
	d.y += 2
	d.text(d.t("reaction.others_text"), small)
	return d
}
