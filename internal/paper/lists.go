package paper

import (
	"strconv"

	"tramy/internal/ui"
)

// workerLists are worklists for those who go round in the hamlets, each begun on a sheet of its own.
func workerLists(o Options, x *ui.WorkerLists) *doc {
	d := newDoc(o, layout{size: a4, title: x.Title, made: x.Made, training: x.Training})
	if len(x.Sheets) == 0 {
		d.text(d.t("workers.none"), plain)
	}
	for i := range x.Sheets {
		s := &x.Sheets[i]
		if i > 0 {
			d.sheet()
		}
		hamlets := ""
		for _, h := range s.Hamlets {
			hamlets = join(", ", hamlets, h)
		}
		d.heading(s.Worker, "", join(". ", hold(s.Phone), hamlets), "")
		d.text(x.Title+": "+d.t("due.count", "n", len(s.Rows))+". "+d.t("workers.sign"), plain)
		d.y += 1
		rows := make([]row, 0, len(s.Rows))
		for k := range s.Rows {
			r := &s.Rows[k]
			rows = append(rows, d.person(&r.Person, r.N))
		}
		d.table(d.people(), rows)
	}
	return d
}

// people is the table of a worklist, with a column for what came of it.
func (d *doc) people() table {
	return table{
		heads:  []string{d.t("workers.n"), d.t("workers.child"), d.t("workers.mother"), d.t("workers.hamlet"), d.t("workers.needs"), d.t("workers.result")},
		widths: []float64{6, 27, 23, 18, 33, 23},
	}
}

func (d *doc) person(r *ui.Person, n int) row {
	return row{tall: 10.5, cells: []cell{
		say(strconv.Itoa(n)), loud(r.Name).and(join(", ", r.Sex.Word(d.words), r.Born, r.Twin)), say(r.Mother).and(hold(or(r.Phone, d.t("row.no_phone")))),
		say(r.Hamlet), say(or(doseWords(d, r.Doses), r.Line)).and(join(". ", r.Mark.Word(d.words), r.Tried)), nil,
	}}
}

// dueList is a worklist of a station as it stands on the page, in the groups of the page.
func dueList(o Options, x *ui.Due) *doc {
	title := o.Words.T("due.week_head", "until", x.Until)
	switch x.List {
	case ui.DueOverdue:
		title = o.Words.T("due.overdue_head", "day", x.Day)
	case ui.DueZero:
		title = o.Words.T("due.zero_head", "day", x.Day)
	case ui.DueMissed:
		title = o.Words.T("due.missed_head", "day", x.Day)
	}
	d := newDoc(o, layout{size: a4, title: title, made: x.Made, training: x.Training})
	below := d.t("due.count", "n", x.People.Total)
	if x.Filtered {
		below += ", " + d.t("due.filtered") + " " + join(", ", x.Vaccine.Chosen(), x.Hamlet.Chosen(), x.Worker.Chosen(), x.Came.Chosen())
	}
	d.heading(title, "", below, "")
	groups := x.Groups
	if len(groups) == 0 {
		groups = []ui.DueGroup{{Rows: x.People.Rows}}
	}
	var rows []row
	n := 0
	for i := range groups {
		g := &groups[i]
		if g.Title != "" {
			rows = append(rows, row{across: true, cells: []cell{loud(ui.Upper(g.Title) + ": " + d.t("due.count", "n", g.Count)).and(join(", ", g.Note, hold(g.Phone)))}})
		}
		for k := range g.Rows {
			n++
			rows = append(rows, d.person(&g.Rows[k], n))
		}
	}
	if n == 0 {
		rows = append(rows, row{across: true, cells: []cell{say(d.t("workers.none"))}})
	}
	d.table(d.people(), rows)
	return d
}

// campaignAbsent is who had no dose of a campaign, by class or hamlet.
func campaignAbsent(o Options, x *ui.CampaignAbsent) *doc {
	d := newDoc(o, layout{size: a4, title: o.Words.T("campaign.absent_title"), made: x.Made, training: x.Training})
	d.heading(d.t("campaign.absent_heading", "n", x.Total), x.Name, "", "")
	var rows []row
	n := 0
	for i := range x.Groups {
		g := &x.Groups[i]
		rows = append(rows, row{across: true, cells: []cell{loud(g.Name + ": " + d.t("due.count", "n", len(g.Rows)))}})
		for k := range g.Rows {
			r := &g.Rows[k]
			n++
			why := r.Why
			if r.Reason != "" {
				why += ": " + r.Reason
			}
			rows = append(rows, row{tall: 10.5, cells: []cell{
				say(strconv.Itoa(n)), loud(r.Name).and(join(", ", r.Sex.Word(d.words), r.Born)), say(r.Mother).and(hold(or(r.Phone, d.t("row.no_phone")))),
				say(r.Hamlet).and(r.Class), say(why).and(r.Day), nil,
			}})
		}
	}
	if n == 0 {
		rows = append(rows, row{across: true, cells: []cell{say(d.t("campaign.absent_none"))}})
	}
	t := d.people()
	t.heads[4] = d.t("pdf.why")
	d.table(t, rows)
	return d
}
