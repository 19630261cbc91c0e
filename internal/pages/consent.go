package pages

import (
	"errors"
	"net/http"
	"strings"

	"tramy/internal/desk"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

func (pg *Pages) showConsent(c *Call) error { return c.drawConsent(http.StatusOK, sentences{}, "") }

// saidBy tells who made a statement, and when; "" if nobody did.
func (c *Call) saidBy(x *registry.Consent) string {
	if x == nil {
		return ""
	}
	return strings.Join([]string{x.By, c.T("relation." + x.Relation.String()), x.On.String()}, ", ")
}

// standingMark is how a purpose stands.
func (c *Call) standingMark(s registry.Standing) ui.Mark {
	mark := ui.Mark{Kind: ui.MarkLater, Text: c.T("standing." + s.String())}
	switch s {
	case registry.StandingGiven, registry.StandingByLaw:
		mark.Kind = ui.MarkInForce
	case registry.StandingRefused, registry.StandingWithdrawn:
		mark.Kind = ui.MarkRevoked
	case registry.StandingOutgrown:
		mark.Kind = ui.MarkAsk
	}
	return mark
}

// drawConsent draws how the purposes stand and the form to ask anew, with what was entered and what is wrong with it.
func (c *Call) drawConsent(status int, wrong sentences, top string) error {
	id, err := idOf(c.R)
	if err != nil {
		return err
	}
	consents, err := c.Desk.Consents(c.Ctx(), c.Who, id)
	if err != nil {
		return err
	}
	frame, err := c.Frame(ui.NavToday)
	if err != nil {
		return err
	}
	field := func(name string) ui.Field { return ui.Field{Value: c.Value(name), Error: wrong[name]} }
	page := ui.Consent{
		Frame: frame, ID: id.String(), Name: consents.Row.Name, Line: c.PersonLine(&consents.Row), Purposes: c.purposes(consents),
		Old: strings.Join(consents.Formerly, ", "), AskChild: consents.AskChild, Child: c.Value("child") == "1", ChildError: wrong["child"],
		By: field("by"), On: field("on"), Note: field("note"), Relation: c.relations(wrong["relation"]), Channel: c.channels(wrong["channel"]),
		Error: top, CanAsk: c.May(rights.Create, registry.KindConsent), Restricted: consents.Restricted,
	}
	page.Frame.Path = childPath(id) + partConsent
	for i := range consents.Statements {
		x := &consents.Statements[i]
		page.Said = append(page.Said, ui.ConsentSaid{
			On: x.On.String(), What: c.T("purpose."+x.Purpose.String()) + ": " + strings.ToLower(c.T("answer."+x.Answer.String())), Note: x.Note,
			Who:   strings.Join([]string{x.By, c.T("relation." + x.Relation.String()), c.T("channel." + x.Channel.String())}, ", "),
			Taken: c.T("consent.taken", "who", x.Taker, "place", x.PlaceName),
		})
	}
	return c.Draw(status, "consent", page)
}

// relations and channels offer who says something and how. Nothing is chosen beforehand.
func (c *Call) relations(wrong string) ui.Select {
	out := c.choices(registry.RelationEnum, 0, false)
	out.Value, out.Error = c.Value("relation"), wrong
	return out
}

func (c *Call) channels(wrong string) ui.Select {
	out := c.choices(registry.ChannelEnum, 0, false, registry.ChannelPaper.String(), registry.ChannelSpoken.String())
	out.Value, out.Error = c.Value("channel"), wrong
	return out
}

func (c *Call) purposes(consents *desk.Consents) []ui.ConsentLine {
	var out []ui.ConsentLine
	for i := range consents.Purposes {
		x := &consents.Purposes[i]
		key := x.Purpose.String()
		line := ui.ConsentLine{
			Key: key, Name: c.T("purpose." + key), Text: c.T("purpose_text." + key), ByLaw: x.ByLaw, Now: c.standingMark(x.Standing), By: c.saidBy(x.By),
			Ask: ui.Select{Value: c.Value("purpose." + key), Options: []ui.Option{
				{Value: registry.AnswerGiven.String(), Text: c.T("answer.given")}, {Value: registry.AnswerRefused.String(), Text: c.T("answer.refused")},
			}},
		}
		if x.Standing == registry.StandingGiven || x.Standing == registry.StandingOutgrown {
			line.Ask.Options[1] = ui.Option{Value: registry.AnswerWithdrawn.String(), Text: c.T("answer.withdrawn")}
		}
		line.Ask.Options = append(line.Ask.Options, ui.Option{Value: "leave", Text: c.T("consent.leave")})
		out = append(out, line)
	}
	return out
}

// whoSaid reads who says something about a person's data, how and when; what of it is missing the registry tells.
func (c *Call) whoSaid() (desk.Said, sentences) {
	said := desk.Said{By: c.Value("by")}
	if n, ok := chosen(registry.RelationEnum, c.Value("relation")); ok {
		said.Relation = registry.Relation(n)
	}
	if n, ok := chosen(registry.ChannelEnum, c.Value("channel")); ok {
		said.Channel = registry.Channel(n)
	}
	if text := strings.TrimSpace(c.Value("on")); text != "" {
		on, err := registry.ParseDay(text, c.Today)
		if err != nil {
			return said, sentences{"on": c.dateError(err)}
		}
		said.On = on
	}
	return said, nil
}

// consent takes down what was answered.
func (pg *Pages) consent(c *Call) error {
	id, err := idOf(c.R)
	if err != nil {
		return err
	}
	said, wrong := c.whoSaid()
	if wrong != nil {
		return c.drawConsent(http.StatusUnprocessableEntity, wrong, "")
	}
	said.Child, said.Note = c.Value("child") == "1", c.Value("note")
	answers := map[registry.Purpose]registry.Answer{}
	for i, key := range registry.PurposeEnum.Keys() {
		if n, ok := chosen(registry.AnswerEnum, c.Value("purpose."+key)); ok && n != 0 {
			answers[registry.Purpose(i+1)] = registry.Answer(n)
		}
	}
	err = c.Desk.RecordConsents(c.Ctx(), c.Who, id, said, answers)
	if errors.Is(err, desk.ErrNothingSaid) {
		return c.drawConsent(http.StatusUnprocessableEntity, sentences{}, c.T("consent.nothing"))
	}
	if wrong, known := c.sentences(err); known {
		rest := wrong["purpose"]
		return c.drawConsent(http.StatusUnprocessableEntity, wrong, rest)
	}
	if err != nil {
		return err
	}
	return c.Go(childPath(id)+partConsent, ui.Note{Tone: ui.ToneOK, Lead: c.T("consent.saved")})
}

func (pg *Pages) showConsentForm(c *Call) error {
	id, err := idOf(c.R)
	if err != nil {
		return err
	}
	consents, err := c.Desk.Consents(c.Ctx(), c.Who, id)
	if err != nil {
		return err
	}
	frame, err := c.Frame(ui.NavToday)
	if err != nil {
		return err
	}
	frame.Path = childPath(id) + partConsent
	page := ui.ConsentForm{
		Frame: frame, ID: id.String(), Name: consents.Row.Name, Born: bornField(&consents.Subject.SubjectInput), Place: c.Place,
		Version: registry.ConsentTextVersion, Purposes: c.purposes(consents),
	}
	// On paper one says yes or no, whatever was said before.
	for i := range page.Purposes {
		page.Purposes[i].Ask.Options = []ui.Option{page.Purposes[i].Ask.Options[0], {Value: registry.AnswerRefused.String(), Text: c.T("answer.refused")}}
	}
	return c.Draw(http.StatusOK, "consentform", page)
}

// wishes adds to a child's page how its consents stand, in one line, what was asked about its data, and the ways to both.
func (c *Call) wishes(page *ui.Child, rec *desk.Record) error {
	page.Looks = c.mayLooks()
	if !c.May(rights.Read, registry.KindConsent) {
		return nil
	}
	page.Consents = true
	standing, err := c.Desk.Standings(c.Ctx(), rec)
	if err != nil {
		return err
	}
	var parts []string
	for i := range standing {
		if x := &standing[i]; !x.ByLaw && x.Standing != registry.StandingNone {
			parts = append(parts, c.T("purpose."+x.Purpose.String())+": "+strings.ToLower(c.T("standing."+x.Standing.String())))
		}
	}
	if page.Consent = strings.Join(parts, "; "); page.Consent == "" {
		page.Consent = c.T("consent.line_none")
	}
	if rec.Restricted {
		page.Marks = append(page.Marks, ui.Mark{Kind: ui.MarkAsk, Text: c.T("request.lift_title")})
	}
	requests, err := c.Desk.RequestsOf(c.Ctx(), c.Who, rec)
	if err != nil {
		return err
	}
	for i := range requests {
		x := &requests[i]
		if !x.Open() && !x.Restricts() {
			continue
		}
		text := c.T("outcome." + x.Outcome.String())
		if x.Open() {
			text = c.T("request.line", "wish", c.T("wish."+x.Wish.String()), "on", x.NextBy().String())
		}
		page.Requests = append(page.Requests, ui.Crumb{Name: text, Href: requestPath(x.ID)})
	}
	return nil
}

func requestPath(id p.EntityID) string { return ui.PathRequest + id.String() }
