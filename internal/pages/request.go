package pages

import (
	"net/http"

	"tramy/internal/desk"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// requestMark says how a request stands to its next deadline.
func (c *Call) requestMark(x *desk.Wanted) (mark ui.Mark, until string) {
	if !x.Open() {
		return ui.Mark{Kind: ui.MarkDone, Text: c.T("outcome." + x.Outcome.String())}, x.Done.String()
	}
	until = c.T("request.done_by", "on", x.DoneBy().String())
	if x.Answered == 0 {
		until = c.T("request.answer_by", "on", x.AnswerBy().String())
	}
	switch left := int(x.NextBy() - c.Today); {
	case left < 0:
		return ui.Mark{Kind: ui.MarkOverdue, Text: c.T("request.late", "n", -left)}, until
	case left == 0:
		return ui.Mark{Kind: ui.MarkAsk, Text: c.T("request.today")}, until
	default:
		return ui.Mark{Kind: ui.MarkLater, Text: c.T("request.in", "n", left)}, until
	}
}

// holidays says so where a deadline runs into a year whose holidays are not known yet.
func (c *Call) holidays(by registry.Day) string {
	if by.HolidaysKnown() {
		return ""
	}
	return c.T("request.holidays", "year", by.ISO()[:4])
}

func (pg *Pages) showRequests(c *Call) error {
	all := c.R.URL.Query().Get("all") != ""
	list, err := c.Desk.Requests(c.Ctx(), c.Who, all)
	if err != nil {
		return err
	}
	frame, err := c.Frame(ui.NavRequests)
	if err != nil {
		return err
	}
	page := ui.Requests{Frame: frame, All: all}
	page.Frame.Path = ui.PathRequests
	for i := range list {
		x := &list[i]
		line := ui.RequestLine{
			ID: x.ID.String(), Wish: c.T("wish." + x.Wish.String()), Name: x.Subject.Name, Line: c.PersonLine(&x.Subject),
			By: x.By + ", " + c.T("relation."+x.Relation.String()) + ", " + x.PlaceName,
		}
		line.Mark, line.Until = c.requestMark(x)
		if x.Open() {
			page.Open = append(page.Open, line)
			if page.Holidays == "" {
				page.Holidays = c.holidays(x.DoneBy())
			}
		} else {
			page.Done = append(page.Done, line)
		}
	}
	return c.Draw(http.StatusOK, "requests", page)
}

func (pg *Pages) showNewRequest(c *Call) error { return c.drawNewRequest(http.StatusOK, sentences{}) }

func (c *Call) drawNewRequest(status int, wrong sentences) error {
	id, err := idOf(c.R)
	if err != nil {
		return err
	}
	rec, err := c.Desk.Open(c.Ctx(), c.Who, id)
	if err != nil {
		return err
	}
	frame, err := c.Frame(ui.NavRequests)
	if err != nil {
		return err
	}
	frame.Path = childPath(id) + partRequest
	field := func(name string) ui.Field { return ui.Field{Value: c.Value(name), Error: wrong[name]} }
	wish := c.choices(registry.WishEnum, 0, false)
	wish.Value, wish.Error = c.Value("wish"), wrong["wish"]
	return c.Draw(status, "requestnew", ui.RequestNew{
		Frame: frame, ID: id.String(), Name: rec.Subject.Name, Line: bornField(&rec.Subject.SubjectInput), Wish: wish,
		Relation: c.relations(wrong["relation"]), Channel: c.channels(wrong["channel"]), By: field("by"), On: field("on"), Words: field("words"),
	})
}

func (pg *Pages) addRequest(c *Call) error {
	id, err := idOf(c.R)
	if err != nil {
		return err
	}
	said, wrong := c.whoSaid()
	if wrong != nil {
		return c.drawNewRequest(http.StatusUnprocessableEntity, wrong)
	}
	in := registry.RequestInput{Subject: id, By: said.By, Relation: said.Relation, Channel: said.Channel, On: said.On, Words: c.Value("words")}
	if n, ok := chosen(registry.WishEnum, c.Value("wish")); ok {
		in.Wish = registry.Wish(n)
	}
	request, err := c.Desk.AddRequest(c.Ctx(), c.Who, in)
	if wrong, known := c.sentences(err); known {
		return c.drawNewRequest(http.StatusUnprocessableEntity, wrong)
	}
	if err != nil {
		return err
	}
	r := registry.Request{RequestInput: in}
	if r.On == 0 {
		r.On = c.Today
	}
	return c.Go(requestPath(request), ui.Note{Tone: ui.ToneOK, Lead: c.T("request.saved", "by", r.AnswerBy().String())})
}

func (pg *Pages) showRequest(c *Call) error {
	id, err := idOf(c.R)
	if err != nil {
		return err
	}
	return c.drawRequest(http.StatusOK, id, sentences{})
}

func (c *Call) drawRequest(status int, id p.EntityID, wrong sentences) error {
	x, err := c.Desk.Request(c.Ctx(), c.Who, id)
	if err != nil {
		return err
	}
	frame, err := c.Frame(ui.NavRequests)
	if err != nil {
		return err
	}
	page := ui.Request{
		Frame: frame, ID: id.String(), ChildID: x.Subject.ID.String(), Name: x.Subject.Name, Line: c.PersonLine(&x.Subject),
		Wish: c.T("wish." + x.Wish.String()), Kind: x.Wish.String(), Open: x.Open(), Answered: x.Answered != 0, Extended: x.Extended != "",
		Restricts: x.Restricts(), MayDecide: x.MayDecide, AnswerBy: x.AnswerBy().String(), DoneBy: x.DoneBy().String(),
		Seen: registry.SawOf(x.State).String(), Answer: ui.Field{Value: c.Value("answer"), Error: wrong["answer"]},
		Why: ui.Field{Value: c.Value("why"), Error: wrong["extended"]}, LiftWhy: ui.Field{Value: c.Value("lift"), Error: wrong["lifted"]},
		Outcome: ui.Select{Value: c.Value("outcome"), Error: wrong["outcome"]},
	}
	page.Frame.Path = requestPath(id)
	page.Mark, _ = c.requestMark(x)
	for _, o := range x.Wish.Outcomes() {
		page.Outcome.Options = append(page.Outcome.Options, ui.Option{Value: o.String(), Text: c.T("outcome." + o.String())})
	}
	page.Facts = c.requestFacts(x)
	if x.Open() {
		page.Holidays = c.holidays(x.DoneBy())
	}
	return c.Draw(status, "request", page)
}

func (c *Call) requestFacts(x *desk.Wanted) []ui.Fact {
	out := []ui.Fact{
		{Name: c.T("request.by"), Value: x.By + ", " + c.T("relation."+x.Relation.String()) + ", " + c.T("channel."+x.Channel.String()), Who: x.Words},
		{Name: c.T("request.received"), Value: c.T("request.received_at", "on", x.On.String(), "place", x.PlaceName, "who", x.Taker)},
	}
	if x.Open() {
		due := ui.Fact{Name: c.T("request.due"), Value: c.T("request.done_by", "on", x.DoneBy().String()), Who: c.T("request.not_answered")}
		if x.Answered != 0 {
			due.Who = c.T("request.answered", "on", x.Answered.String())
		}
		out = append(out, due)
	} else {
		out = append(out, ui.Fact{
			Name: c.T("request.handled"), Value: c.T("outcome."+x.Outcome.String()) + ". " + c.T("request.handled_at", "on", x.Done.String(), "who", x.Handler), Who: x.Answer,
		})
	}
	if x.Extended != "" {
		out = append(out, ui.Fact{Name: c.T("request.extend_do"), Value: c.T("request.extended", "why", x.Extended)})
	}
	if x.Lifted != "" {
		out = append(out, ui.Fact{Name: c.T("request.lift_do"), Value: c.T("request.lifted", "why", x.Lifted)})
	}
	return out
}

// decide does what somebody pressed on a request's page, and says so.
func (c *Call) decide(said string, do func(id p.EntityID, saw registry.Saw) error) error {
	id, err := idOf(c.R)
	if err != nil {
		return err
	}
	saw, err := registry.ParseSaw(c.Value("seen"))
	if err != nil {
		saw = registry.Saw{} // nothing was seen: whatever stands is told first
	}
	err = do(id, saw)
	if wrong, known := c.sentences(err); known {
		return c.drawRequest(http.StatusUnprocessableEntity, id, wrong)
	}
	if err != nil {
		return err
	}
	return c.Go(requestPath(id), ui.Note{Tone: ui.ToneOK, Lead: c.T(said)})
}

func (pg *Pages) answerRequest(c *Call) error {
	return c.decide("request.said_answer", func(id p.EntityID, saw registry.Saw) error {
		return c.Desk.AnswerRequest(c.Ctx(), c.Who, id, c.Today, saw)
	})
}

func (pg *Pages) extendRequest(c *Call) error {
	return c.decide("request.said_extend", func(id p.EntityID, saw registry.Saw) error {
		return c.Desk.ExtendRequest(c.Ctx(), c.Who, id, c.Value("why"), saw)
	})
}

func (pg *Pages) liftRequest(c *Call) error {
	return c.decide("request.said_lift", func(id p.EntityID, saw registry.Saw) error {
		return c.Desk.LiftRequest(c.Ctx(), c.Who, id, c.Value("lift"), saw)
	})
}

func (pg *Pages) closeRequest(c *Call) error {
	return c.decide("request.said_close", func(id p.EntityID, saw registry.Saw) error {
		outcome, _ := chosen(registry.OutcomeEnum, c.Value("outcome"))
		return c.Desk.CloseRequest(c.Ctx(), c.Who, id, registry.Outcome(outcome), c.Value("answer"), saw)
	})
}

// NoteRequests tells whoever decides about them that requests about data are late.
func (c *Call) NoteRequests(f *ui.Frame) error {
	if !c.May(rights.Amend, registry.KindRequest) {
		return nil
	}
	_, late, err := c.Desk.RequestsWaiting(c.Ctx())
	if err != nil || late == 0 {
		return err
	}
	f.Notes = append(f.Notes, ui.Note{
		Tone: ui.ToneAsk, Lead: c.T("request.late_note", "n", late), Text: c.T("request.late_text"),
		Action: &ui.Action{Label: c.T("request.link"), Href: ui.PathRequests},
	})
	return nil
}
