package pages

import (
	"net/http"
	"strings"

	"tramy/internal/desk"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/ui"
)

// partContact is the page of attempts to reach somebody.
const partContact = "/contact"

// ContactForm is the form for an attempt, which comes back to a page of the worklists.
func (c *Call) ContactForm(back string) ui.ContactForm {
	out := ui.ContactForm{Via: c.choices(registry.ContactWayEnum, int64(registry.ContactPhone), false), Moved: true, Back: back}
	for _, key := range registry.ContactResultEnum.Keys() {
		if key == registry.ContactWelcomed.String() {
			continue // no attempt
		}
		out.Results = append(out.Results, ui.Option{Value: key, Text: c.T("contact_result." + key)})
	}
	return out
}

// TriedWord says in one line what came of the attempts to reach somebody.
func (c *Call) TriedWord(x desk.Tried) string {
	if x.Last.ID.IsZero() {
		return ""
	}
	ago := c.T("contact.today")
	if days := int(c.Today - x.Last.On); days > 0 {
		ago = c.T("contact.ago", "n", days)
	}
	text := c.T("contact_way."+x.Last.Via.String()) + ": " + c.T("contact_result."+x.Last.Came.String()) + ", " + ago
	if x.Times > 1 {
		text = c.T("contact.times", "n", x.Times) + ". " + text
	}
	if x.Last.Until != 0 {
		text += ", " + c.T("contact.until_day", "on", x.Last.Until.String())
	}
	return text
}

func (pg *Pages) showContact(c *Call) error { return c.drawContact(http.StatusOK, sentences{}) }

func (c *Call) drawContact(status int, wrong sentences) error {
	if !c.May(rights.Create, registry.KindContact) {
		return desk.ErrForbidden
	}
	id, err := idOf(c.R)
	if err != nil {
		return err
	}
	rec, err := c.Desk.Open(c.Ctx(), c.Who, id)
	switch {
	case err != nil:
		return err
	case !rec.Glass.IsZero():
		return desk.ErrElsewhere
	}
	list, err := c.Desk.ContactsOf(c.Ctx(), c.Who, rec)
	if err != nil {
		return err
	}
	frame, err := c.Frame(ui.NavDue)
	if err != nil {
		return err
	}
	page := ui.Contact{
		Frame: frame, ID: id.String(), Name: rec.Subject.Name, Line: bornField(&rec.Subject.SubjectInput), Phone: registry.FormatPhone(phoneOf(&rec.Subject)),
		ContactForm: c.ContactForm(contactBack(c.Value("back"))), By: ui.Field{Value: c.Value("by"), Error: wrong["by"]}, Note: ui.Field{Value: c.Value("note"), Error: wrong["note"]},
	}
	page.Frame.Path = childPath(id) + partContact
	page.Until = ui.Field{Value: c.Value("until"), Error: wrong["until"]}
	if via := c.Value("via"); via != "" {
		page.Via.Value = via
	}
	page.Error = wrong.rest(c.Words, "until", "note", "by")
	for i := range list {
		x := &list[i]
		who := strings.Trim(strings.Join([]string{x.Note, x.By, x.Taker}, ", "), ", ")
		page.Rows = append(page.Rows, ui.Fact{Name: strings.TrimSpace(clockText(x.Clock) + " " + x.On.String()), Value: c.TriedWord(desk.Tried{Last: x.Contact, Times: 1}), Who: who})
	}
	return c.Draw(status, "contact", page)
}

// contactBack is the worklist that a form came from, "" if it came from none.
func contactBack(path string) string {
	if strings.HasPrefix(path, ui.PathDue+"?") {
		return localPath(path, "")
	}
	return ""
}

// addContact takes an attempt down: which button was pressed says what came of it.
func (pg *Pages) addContact(c *Call) error {
	id, err := idOf(c.R)
	if err != nil {
		return err
	}
	in := registry.ContactInput{
		Subject: id, Note: c.Value("note"), By: c.Value("by"), Clock: registry.NewClock(c.Now.Hour(), c.Now.Minute()),
	}
	wrong := sentences{}
	if n, known := chosen(registry.ContactWayEnum, c.Value("via")); known {
		in.Via = registry.ContactWay(n)
	} else {
		wrong["way"] = c.T("invalid.choice_unknown")
	}
	if n, known := chosen(registry.ContactResultEnum, c.Value("came")); known {
		in.Came = registry.ContactResult(n)
	} else {
		wrong["result"] = c.T("invalid.choice_unknown")
	}
	if in.Until, err = parseNext(c.Value("until"), c.Today); err != nil {
		wrong["until"] = c.dateError(err)
	}
	if len(wrong) == 0 {
		err = c.Desk.RecordContact(c.Ctx(), c.Who, in, c.Value("moved") == "1")
		if said, known := c.sentences(err); known {
			wrong = said
		} else if err != nil {
			return err
		}
	}
	if len(wrong) > 0 {
		return c.drawContact(http.StatusUnprocessableEntity, wrong)
	}
	to := childPath(id) + partContact
	if back := contactBack(c.Value("back")); back != "" {
		to = back
	}
	return c.Go(to, ui.Note{Tone: ui.ToneOK, Lead: c.T("contact.saved")})
}
