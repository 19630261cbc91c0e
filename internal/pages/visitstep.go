package pages

import (
	"context"
	"errors"
	"net/http"

	"tramy/internal/desk"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/server"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// The steps of a visit that a person's page offers, below ui.PathChild + id.
const (
	partScreen = "/screen"
	partArrive = "/arrive"
	partSign   = "/sign"
	partBack   = "/back"
)

// registerSteps puts them on a server.
func (pg *Pages) registerSteps(s *server.Server) {
	s.Handle(http.MethodGet, ui.PathChild+"{id}"+partScreen, pg.Page(pg.showScreen))
	s.Handle(http.MethodPost, ui.PathChild+"{id}"+partScreen, pg.Form(pg.screen))
	s.Handle(http.MethodPost, ui.PathChild+"{id}"+partArrive, pg.Form(pg.arrive))
	s.Handle(http.MethodPost, ui.PathChild+"{id}"+partSign, pg.Form(pg.sign))
	s.Handle(http.MethodPost, ui.PathChild+"{id}"+partBack, pg.Form(pg.stepBack))
	s.Handle(http.MethodPost, ui.PathSecond, pg.Form(pg.setSecond))
	s.Handle(http.MethodPost, ui.PathVials, pg.Form(pg.setVials))
}

// visitLine is where somebody stands in today's session, and the ways on and back.
func (c *Call) visitLine(v *desk.Visiting) ui.VisitLine {
	in := &v.Visit.VisitInput
	may := c.May(rights.Create, registry.KindVisit)
	out := ui.VisitLine{Shown: registry.ScreeningEnum.Key(int64(in.Conclusion))}
	if in.Conclusion != 0 {
		out.Screened, out.Mark = true, c.conclusionMark(in)
		out.Text = c.signedLine(v)
	}
	back := ""
	switch v.Stage {
	case registry.StageAbsent:
		out.Text, out.CanArrive = c.T("visit.absent"), may
	case registry.StageArrived:
		out.Text, back = c.T("visit.arrived", "at", in.Arrived.String()), "visit.back_arrived"
	case registry.StageReady:
		back = "visit.back_screened"
	case registry.StageWatch:
		out.Text += " " + c.T("visit.watched", "at", in.Dosed.String())
		if q := (desk.Queued{Visit: v.Visit, Stage: v.Stage}); may {
			if out.Send = c.T("row.send"); !q.Over(c.Desk.Clock()) {
				out.Send = c.T("visit.send_early")
			}
		}
	case registry.StageDone:
		switch {
		case in.Gone != 0:
			out.Text, back = out.Text+" "+c.T("visit.gone", "at", in.Gone.String()), "visit.back_gone"
		case in.Conclusion != 0:
			back = "visit.back_screened"
		default:
			out.Text = c.T("visit.done")
		}
	}
	out.CanScreen = may && v.Stage < registry.StageWatch || may && v.Stage == registry.StageDone && in.Dosed == 0
	if out.CanBack = may && back != ""; out.CanBack {
		out.Back, out.Stage = c.T(back), itoa(int(v.Stage))
	}
	if v.WantsSecond && may {
		if out.CanSign = in.Screener != c.Who.User; !out.CanSign {
			out.Text += " " + c.T("visit.second_waits")
		}
	}
	return out
}

// conclusionMark shows a conclusion.
func (c *Call) conclusionMark(in *registry.VisitInput) ui.Mark {
	m := ui.Mark{Kind: ui.MarkNotDone, Text: c.T("screening." + in.Conclusion.String())}
	if in.Conclusion.MayFollow() {
		m.Kind = ui.MarkOK
	}
	return m
}

// signedLine says what was measured and found at a screening, who signed it and when.
func (c *Call) signedLine(v *desk.Visiting) string {
	in := &v.Visit.VisitInput
	text := ""
	if in.Temperature != 0 {
		text += c.Words.Decimal(float64(in.Temperature)/10, 1) + " °C. "
	}
	for i, code := range in.Findings {
		if i > 0 {
			text += "; "
		}
		text += c.findingText(code)
	}
	if len(in.Findings) > 0 {
		text += ". "
	}
	text += c.T("visit.signed", "who", cmpOr(v.Screener, c.T("visit.somebody")), "at", in.Screened.String())
	if v.Second != "" {
		text += " " + c.T("visit.signed_second", "who", v.Second)
	}
	return text
}

func (c *Call) findingText(code string) string {
	if _, known := registry.FindingOf(code); !known {
		return code
	}
	return c.T("finding." + code)
}

// arrive notes that somebody stands here. Their page is shown again: it is where the button was.
func (pg *Pages) arrive(c *Call) error {
	id, err := idOf(c.R)
	if err != nil {
		return err
	}
	if err := c.Desk.Arrive(c.Ctx(), c.Who, id); err != nil {
		return err
	}
	name, err := c.nameOf(id)
	if err != nil {
		return err
	}
	return c.Go(ui.PathToday, c.ArrivedNote(id, name))
}

// ArrivedNote says that somebody arrived, with the way back.
func (c *Call) ArrivedNote(id p.EntityID, name string) ui.Note {
	note := ui.Note{Tone: ui.ToneOK, Lead: c.T("say.saved"), Text: c.T("visit.say_arrived", "name", name)}
	note.Action = c.Undoable(ui.PathToday, func(ctx context.Context, who desk.Who) error {
		return c.Desk.StepBack(ctx, who, id, registry.StageArrived)
	})
	return note
}

// nameOf is the name of somebody whose record was opened, or is being written.
func (c *Call) nameOf(id p.EntityID) (string, error) {
	s, err := c.state(c.Ctx(), id)
	if err != nil {
		return "", err
	}
	return registry.SubjectOf(s).Name, nil
}

// sign puts the second signature under a screening.
func (pg *Pages) sign(c *Call) error {
	id, err := idOf(c.R)
	if err != nil {
		return err
	}
	shown, _ := chosen(registry.ScreeningEnum, c.Value("shown"))
	err = c.Desk.Countersign(c.Ctx(), c.Who, id, registry.Screening(shown))
	if wrong, ok := c.sentences(err); ok {
		return c.Go(childPath(id), ui.Note{Tone: ui.ToneAsk, Lead: c.T("visit.not_signed"), Text: wrong.any()})
	}
	if err != nil {
		return err
	}
	return c.Go(childPath(id), ui.Note{Tone: ui.ToneOK, Lead: c.T("say.saved"), Text: c.T("visit.say_signed")})
}

// any is one of the sentences.
func (s sentences) any() string {
	for _, text := range s {
		return text
	}
	return ""
}

// stepBack takes the last step back.
func (pg *Pages) stepBack(c *Call) error {
	id, err := idOf(c.R)
	if err != nil {
		return err
	}
	for stage := registry.StageArrived; stage <= registry.StageDone; stage++ {
		if c.Value("shown") != itoa(int(stage)) {
			continue
		}
		before, err := c.Desk.Before(c.Ctx(), id)
		if err != nil {
			return err
		}
		if err := c.Desk.StepBack(c.Ctx(), c.Who, id, stage); err != nil {
			return err
		}
		note := ui.Note{Tone: ui.ToneOK, Lead: c.T("say.undone")}
		note.Action = c.Undoable(childPath(id), func(ctx context.Context, who desk.Who) error {
			return c.Desk.PutBack(ctx, who, id, before)
		})
		return c.Go(childPath(id), note)
	}
	return server.NewProblem(server.TypeBadRequest)
}

// setSecond decides whether screenings are signed by two here.
func (pg *Pages) setSecond(c *Call) error {
	on := c.Value("do") == "on"
	if err := c.Desk.SetSecond(c.Ctx(), c.Who, on); err != nil {
		return err
	}
	text := c.T("visit.second_off")
	if on {
		text = c.T("visit.second_on")
	}
	return c.Go(ui.PathSettings, ui.Note{Tone: ui.ToneOK, Lead: c.T("say.saved"), Text: text})
}

// showScreen shows the form of a screening.
func (pg *Pages) showScreen(c *Call) error {
	if !c.May(rights.Create, registry.KindVisit) {
		return desk.ErrForbidden
	}
	id, err := idOf(c.R)
	if err != nil {
		return err
	}
	return c.drawScreen(http.StatusOK, id, nil)
}

// dueToday are the vaccines that are due to somebody today by the schedule.
func dueToday(rec *desk.Record, today registry.Day) []string {
	var out []string
	for i := range rec.Advice.Items {
		if x := &rec.Advice.Items[i]; project.Wanted(x) && x.Recommended <= today && x.Earliest <= today {
			out = append(out, rec.Advice.Code(x))
		}
	}
	return out
}

// screen saves a screening.
func (pg *Pages) screen(c *Call) error {
	if !c.May(rights.Create, registry.KindVisit) {
		return desk.ErrForbidden
	}
	id, err := idOf(c.R)
	if err != nil {
		return err
	}
	form := readScreen(c.R)
	subject, _, err := c.visited(id)
	if err != nil {
		return err
	}
	in, ok := form.parse(c, subject)
	if !ok {
		return c.drawScreen(http.StatusUnprocessableEntity, id, form)
	}
	before, err := c.Desk.Before(c.Ctx(), id)
	if err != nil {
		return err
	}
	ids, err := c.Desk.Screen(c.Ctx(), c.Who, in)
	if err != nil {
		var stale *registry.StaleError
		if errors.As(err, &stale) {
			return err
		}
		wrong, known := c.sentences(err)
		if !known {
			return err
		}
		form.refused(c, wrong)
		return c.drawScreen(http.StatusUnprocessableEntity, id, form)
	}
	note := ui.Note{Tone: ui.ToneOK, Lead: c.T("say.saved")}
	word := c.T("screening." + in.Conclusion.String())
	if note.Text = c.T("visit.say_not", "name", subject.Name, "conclusion", word); in.Conclusion.MayFollow() {
		note.Text = c.T("visit.say_ready", "name", subject.Name, "conclusion", word)
	}
	old := subject.NextDate
	note.Action = c.Undoable(ui.PathToday, func(ctx context.Context, who desk.Who) error {
		return c.Desk.TakeBack(ctx, who, desk.TakenBack{
			Subject: id, Doses: ids, Before: before, Visited: true, Next: old, HasNext: in.HasNext,
		}, undoReason)
	})
	return c.Go(ui.PathToday, note)
}
