package paper

import (
	"strconv"
	"strings"

	"tramy/internal/ui"
)

// sessionSheet is a session's list to be filled in by hand, with the numbers of the page's rows: by them it is entered afterwards.
func sessionSheet(o Options, x *ui.SessionSheet) *doc {
	d := newDoc(o, layout{size: a4, across: true, title: o.Words.T("session.sheet"), made: x.Made, training: x.Training, margin: 10})
	d.heading(d.t("session.sheet")+": "+x.Title, "", x.Hours+", "+x.Where, "")
	lots := ""
	for _, l := range x.Lots {
		one := l.Vaccine + ": " + l.Lot
		if l.Expires != "" {
			one += " (" + l.Expires + ")"
		}
		lots = join("; ", lots, one)
	}
	if lots == "" {
		lots = d.t("session.sheet_no_lots")
	}
	d.text(d.t("session.sheet_lots")+" "+lots, small)
	d.y += 1
	const tall = 12.5 // room for two lines by hand
	screened := say(d.t("session.sheet_screened")).and(d.t("session.sheet_temp"))
	rows := make([]row, 0, len(x.Rows)+len(x.Blank))
	for i := range x.Rows {
		r := &x.Rows[i]
		doses := ""
		for _, dose := range r.Doses {
			doses = join("\u00a0\u00a0 ", doses, string(boxOpen)+"\u00a0"+hold(dose.Word(d.words)))
		}
		rows = append(rows, row{tall: tall, cells: []cell{
			loud(strconv.Itoa(r.N)).and(r.At), code(r.Code), loud(r.Name).and(join(", ", r.Sex.Word(d.words), r.Born)), say(r.Mother),
			say(r.Where).and(hold(r.Phone)), screened, say(doses), nil,
		}})
	}
	for _, n := range x.Blank {
		rows = append(rows, row{tall: tall, cells: []cell{loud(strconv.Itoa(n)), nil, nil, nil, nil, screened, nil, nil}})
	}
	d.table(table{
		heads: []string{
			d.t("session.sheet_hour"), d.t("session.sheet_code"), d.t("session.sheet_name"), d.t("session.sheet_mother"), d.t("session.sheet_home"),
			d.t("session.sheet_screen"), d.t("session.sheet_doses"), d.t("session.sheet_note"),
		},
		widths: []float64{10, 24, 48, 34, 34, 28, 59, 40}, size: 9,
	}, rows)
	d.y += 3
	d.text(d.t("session.sheet_sign"), plain)
	return d
}

// hold keeps words on one line.
func hold(s string) string {
	out := []rune(s)
	for i, r := range out {
		if r == ' ' {
			out[i] = hard
		}
	}
	return string(out)
}

// code is a code of four groups in two halves; the second, by which people ask for each other, is loud.
func code(whole string) cell {
	groups := strings.FieldsFunc(whole, func(r rune) bool { return r == ' ' || r == hard })
	if len(groups) != 4 {
		return say(whole)
	}
	return cell{{groups[0] + string(hard) + groups[1], style{size: -1}}, {groups[2] + string(hard) + groups[3], style{bold: true}}}
}
