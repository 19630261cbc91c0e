package pages

import (
	"cmp"
	"slices"
	"strings"

	"tramy/internal/desk"
	"tramy/internal/forecast"
	"tramy/internal/project"
	"tramy/internal/reasons"
	"tramy/internal/registry"
	"tramy/internal/store"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// lotsMax is how many lots of one vaccine are suggested.
const lotsMax = 4

// ranOut is which vaccines have run out at this place today, by what was recorded: somebody was sent home for want
// of one, and nobody has had it since.
func (c *Call) ranOut(tx store.Tx) (map[string]bool, error) {
	rows, err := tx.DosesOn([]p.EntityID{c.Desk.Node.Identity().Place}, c.Today)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(rows, func(a, b project.ImmunizationRow) int {
		return cmp.Or(cmp.Compare(a.GivenMinute, b.GivenMinute), cmp.Compare(a.NotDone, b.NotDone))
	})
	out := map[string]bool{}
	for i := range rows {
		if r := &rows[i]; !r.Void && (r.NotDone == 0 || r.NotDone == registry.NotDoneNoVaccine) {
			out[r.Vaccine] = r.NotDone != 0
		}
	}
	return out, nil
}

// soonDays is how far ahead the panel looks: what cannot be given before stands under "next".
const soonDays = 60

// give is the panel of what can be recorded now: what is next by the schedule, each with the verdict on giving
// it today. Without a schedule it lists the vaccines of the programme whose course is open, and says nothing.
func (c *Call) give(rec *desk.Record, ref *reference, entry *visitForm) ui.Give {
	g := ui.Give{
		Screening:   c.choices(registry.ScreeningEnum, 0, false, "eligible", "on_paper"),
		On:          ui.Field{Value: c.Today.String()},
		Source:      c.choices(registry.SourceEnum, int64(registry.SourceCard), false, "here", "card", "elsewhere"),
		Programme:   c.choices(registry.ProgrammeEnum, 0, true),
		NotDone:     c.choices(registry.NotDoneEnum, 0, true),
		Checked:     c.choices(registry.CheckedEnum, 0, false),
		Other:       ui.Select{Options: []ui.Option{{Text: c.T("say.none")}}},
		Seen:        sawOf(registry.SubjectNextDate, rec.State.Values(registry.SubjectNextDate)).String(),
		NextDate:    ui.Field{},
		Temperature: ui.Field{},
	}
	next := rec.Subject.NextDate
	if next <= c.Today && rec.Advice.Next > c.Today {
		next = rec.Advice.Next
		g.Computed = next.String()
	}
	if next > c.Today {
		g.NextDate.Value, g.Proposed = next.String(), c.Words.Weekday(dayTime(next))
	}
	last, notDone := map[string]*desk.DoseView{}, map[string]*desk.DoseView{}
	for i := range rec.Doses {
		switch d := &rec.Doses[i]; {
		case d.Dose > 0:
			last[d.Vaccine] = d
		case d.NotDone != 0 && !d.Void && d.GivenOn == c.Today:
			notDone[d.Vaccine] = d
		}
	}
	if rec.Advice.Schedule == nil {
		g.Lines = c.openLines(ref, last)
	} else {
		g.Lines = c.advisedLines(rec.Advice, ref, last, notDone)
		g.Doubt, g.Question = c.doubt(rec.Advice, ref)
	}
	c.stopped(g.Lines, ref)
	if c.clinic() {
		pay := c.choices(registry.ProgrammeEnum, int64(registry.ProgrammePaid), false, "paid", "epi")
		slices.Reverse(pay.Options)
		g.Pay = &pay
	}
	others := slices.Clone(ref.vaccines)
	slices.SortStableFunc(others, func(a, b project.VaccineRow) int { return c.paidFirst(ref, a.Code, b.Code) })
	for i := range others {
		v := &others[i]
		g.Other.Options = append(g.Other.Options, ui.Option{Value: v.Code, Text: longName(c.Words, v)})
	}
	if entry != nil {
		entry.fill(c, &g)
	}
	return g
}

// advisedLines are the vaccines that are next here: to ask about first, then what may be given, then what may
// not, yet or at all.
func (c *Call) advisedLines(advice *desk.Advice, ref *reference, last, notDone map[string]*desk.DoseView) []ui.GiveLine {
	var lines []ui.GiveLine
	for i := range advice.Items {
		x := &advice.Items[i]
		code := advice.Code(x)
		v := ref.byCode[code]
		if v == nil || !c.wanted(x) || x.Earliest > c.Today+soonDays {
			continue
		}
		line := c.giveLine(v, ref, x.Number, last[code])
		verdict := advice.Verdicts[code]
		c.judged(&line, x, &verdict, advice, ref)
		if ref.ranOut[code] && line.Ticked {
			line.Ticked, line.Mark = false, ui.Mark{Kind: ui.MarkLater, Text: c.T("say.ran_out")}
			line.Reason = strings.TrimSpace(c.T("say.ran_out_why") + " " + line.Reason)
		}
		if d := notDone[code]; d != nil { // somebody said so today already
			line.Ticked, line.Reason = false, c.T("not_done."+d.NotDone.String())
		}
		if sold := advice.Sold[code]; len(sold) > 0 && v.Programme != registry.ProgrammePaid {
			line.Ticked = false // which product, is for the family to say
			lines = append(lines, c.soldLines(advice, ref, x, sold)...)
		}
		lines = append(lines, line)
	}
	for _, code := range advice.Stopped {
		if v := ref.byCode[code]; v != nil {
			line, verdict := c.giveLine(v, ref, 0, last[code]), advice.Verdicts[code]
			c.judged(&line, &forecast.Advice{}, &verdict, advice, ref)
			lines = append(lines, line)
		}
	}
	order := []ui.Verdict{ui.VerdictAsk, ui.VerdictYes, ui.VerdictOpen, ui.VerdictNo}
	slices.SortStableFunc(lines, func(a, b ui.GiveLine) int {
		return cmp.Or(cmp.Compare(slices.Index(order, a.Verdict), slices.Index(order, b.Verdict)), c.paidFirst(ref, a.Vaccine, b.Vaccine))
	})
	return lines
}

// soldLines are the products that a clinic offers in the place of what is due. None is ticked: that is for the family to choose.
func (c *Call) soldLines(advice *desk.Advice, ref *reference, x *forecast.Advice, codes []string) []ui.GiveLine {
	var out []ui.GiveLine
	for _, code := range codes {
		v := ref.byCode[code]
		if v == nil {
			continue
		}
		line, verdict := c.giveLine(v, ref, x.Number, nil), advice.Verdicts[code]
		c.judged(&line, x, &verdict, advice, ref)
		line.Ticked = false
		out = append(out, line)
	}
	return out
}

// clinic reports whether this machine stands in a clinic, where people come for what they pay for.
func (c *Call) clinic() bool { return c.Desk.Facility() == registry.PlaceClinic }

// wanted reports whether a dose is proposed here: what the programme offers and what was begun; a clinic offers what has to be paid for
// as well.
func (c *Call) wanted(x *forecast.Advice) bool { return project.Wanted(x) || x.Offered && c.clinic() }

// paidFirst puts what a clinic sells before what it does not.
func (c *Call) paidFirst(ref *reference, a, b string) int {
	if !c.clinic() {
		return 0
	}
	rank := func(code string) int {
		if v := ref.byCode[code]; v != nil && v.Programme == registry.ProgrammePaid {
			return 0
		}
		return 1
	}
	return rank(a) - rank(b)
}

// judged puts a verdict on a line.
func (c *Call) judged(line *ui.GiveLine, x *forecast.Advice, v *forecast.Verdict, advice *desk.Advice, ref *reference) {
	if v.Microlitres > 0 {
		line.Volume = c.T("say.ml", "n", c.Words.Decimal(float64(v.Microlitres)/1000, millilitrePlaces(v.Microlitres)))
	}
	words := c.reasons(advice.Schedule, ref)
	switch v.Call {
	case forecast.Safe:
		line.Verdict, line.Mark.Kind = ui.VerdictYes, ui.MarkSafe
		if line.Dose.Oral {
			line.Mark.Kind = ui.MarkSafeOral
		}
		line.Ticked = x.Recommended <= c.Today
		if !line.Ticked {
			line.Mark = ui.Mark{Kind: ui.MarkLater, Text: c.T("say.recommended", "at", c.day(x.Recommended))}
		}
	case forecast.Ask:
		line.Verdict, line.Mark.Kind = ui.VerdictAsk, ui.MarkAsk
	case forecast.Not:
		line.Verdict, line.Mark.Kind = ui.VerdictNo, ui.MarkNo
		if why, ok := reasons.Main(v.Reasons); ok {
			line.Reason = words.Say(why)
			switch {
			case why.Code == forecast.ReasonTooYoung:
				line.Mark.Kind = ui.MarkEarly
			case v.From > c.Today:
				line.Mark = ui.Mark{Kind: ui.MarkEarly, Text: c.T("say.too_soon")}
			}
		}
	case forecast.Open:
		line.Verdict = ui.VerdictOpen
	}
	if x.Verify {
		line.Reason += " " + c.T("say.verify")
	}
}

// millilitrePlaces is how many places behind the comma a volume needs.
func millilitrePlaces(microlitres int) int {
	switch {
	case microlitres%1000 == 0:
		return 0
	case microlitres%100 == 0:
		return 1
	}
	return 2
}

// reasons says the schedule's reasons in the words of the page.
func (c *Call) reasons(s *forecast.Schedule, ref *reference) *reasons.Words {
	return &reasons.Words{Catalogue: c.Words, Schedule: s, Vaccine: func(code string) string {
		return ref.doseName(c.Words, code, 0).Vaccine
	}}
}

// doubt says why there may be doses elsewhere, and what to ask about them.
func (c *Call) doubt(advice *desk.Advice, ref *reference) (why, question string) {
	d := advice.Doubt
	if d == nil {
		return "", ""
	}
	place := d.Place
	if place != "" && d.On != 0 {
		place = c.T("doubt.at", "place", place)
	}
	var names []string
	for i := range advice.Items {
		if code := advice.Code(&advice.Items[i]); advice.Verdicts[code].Call == forecast.Ask && project.Wanted(&advice.Items[i]) {
			names = append(names, ref.doseName(c.Words, code, 0).Vaccine)
		}
	}
	why = c.T("doubt."+d.Sign.String(), "place", place, "on", c.day(d.On))
	if advice.Heard == 0 || d.Sign == desk.SignLoading || d.Sign == desk.SignProvisional {
		return why, c.T("doubt.question_ever", "vaccine", strings.Join(names, ", "))
	}
	return why, c.T("doubt.question", "vaccine", strings.Join(names, ", "), "since", c.day(advice.Heard))
}

// openLines lists the vaccines of the programme whose course the book does not show as complete.
func (c *Call) openLines(ref *reference, last map[string]*desk.DoseView) []ui.GiveLine {
	var lines []ui.GiveLine
	for i := range ref.vaccines {
		v := &ref.vaccines[i]
		given := 0
		if d := last[v.Code]; d != nil {
			given = int(d.Dose)
		}
		if v.Programme == registry.ProgrammeEPI && given < int(v.Doses) {
			lines = append(lines, c.giveLine(v, ref, given+1, last[v.Code]))
		}
	}
	return lines
}

func (c *Call) giveLine(v *project.VaccineRow, ref *reference, n int, last *desk.DoseView) ui.GiveLine {
	line := ui.GiveLine{Vaccine: v.Code, Verdict: ui.VerdictOpen, Dose: ui.DoseName{Vaccine: VaccineName(c.Words, v), Number: n, Oral: v.Route == registry.RouteOral}}
	if v.Doses == 1 {
		line.Dose.Number = 0
	}
	line.Not = c.choices(registry.NotDoneEnum, 0, false, "refused", "postponed", "contraindicated", "no_vaccine", "referred", "other")
	line.Not.Options = slices.Insert(line.Not.Options, 0, ui.Option{Text: c.T("say.not_no")})
	if last != nil {
		line.Reason = c.T("say.days_after", "n", int(c.Today-last.GivenOn), "dose", int(last.Dose))
	}
	if v.Route != registry.RouteOral {
		line.Site = c.choices(registry.SiteEnum, int64(v.Site), false,
			"left_thigh", "right_thigh", "left_arm", "right_arm", "left_buttock", "right_buttock", "other")
	}
	for _, l := range desk.OfStock(ref.lots[v.Code], c.Desk.Stock(v.Programme)) {
		if l.InHand {
			line.Lot.Value = l.Number
			if l.Expires != 0 {
				line.Expires.Value = l.Expires.String()
			}
		}
		if l.May(ref.today) && len(line.Lots) < lotsMax {
			line.Lots = append(line.Lots, l.Number)
		}
	}
	return line
}
