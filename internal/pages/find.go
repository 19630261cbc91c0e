package pages

import (
	"net/http"
	"strings"
	"unicode"

	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	"tramy/internal/ui"
)

// search finds people by what stands in the one box. htmx asks for the list alone.
func (pg *Pages) search(c *Call) error {
	found, err := c.find(strings.TrimSpace(c.Value("q")))
	if err != nil {
		return err
	}
	if c.Partial() {
		return c.Draw(http.StatusOK, "found", found)
	}
	return pg.showFound(c, http.StatusOK, found)
}

// showFound opens the one who was meant, where that is sure, and lists who was found otherwise. An officer at a hub looks for
// people of many places and opens by hand.
func (pg *Pages) showFound(c *Call, status int, found ui.Found) error {
	if found.Only && !c.Hub {
		return c.Go(ui.PathChild + found.Rows[0].ID)
	}
	if pg.ShowFound != nil {
		return pg.ShowFound(c, status, &found)
	}
	frame, err := c.Frame(ui.NavSearch)
	if err != nil {
		return err
	}
	return c.Draw(status, "search", ui.Search{Frame: frame, Query: found.Query, Found: &found})
}

func (c *Call) find(query string) (ui.Found, error) {
	out := ui.Found{Query: query, Said: query, Register: !c.Hub && c.May(rights.Create, registry.KindSubject)}
	found, err := c.Desk.Find(c.Ctx(), c.Who, query)
	if err != nil {
		return out, err
	}
	hidden, err := c.Desk.SearchElsewhere(c.Ctx(), c.Who, query)
	if err != nil {
		return out, err
	}
	for i := range hidden {
		h := &hidden[i]
		out.Hidden = append(out.Hidden, ui.HiddenRow{ID: h.ID.String(), Name: h.Name, Born: h.Born, Home: h.Place})
	}
	switch {
	case found.Card != nil:
		c.tellCard(&out, found.Card)
	case out.Register && !strings.ContainsFunc(query, unicode.IsLetter):
		out.Offers = []ui.Option{{Value: asSelf, Text: c.T("search.register_new")}} // nobody is called by digits
	}
	home := c.Desk.Home()
	for i := range found.Rows {
		out.Rows = append(out.Rows, c.Person(&found.Rows[i], &home))
	}
	if len(out.Rows) > 0 && !found.Near { // whoever is only spelt alike is looked at first
		out.Rows[0].Main = true
	}
	err = c.View(func(tx store.Tx) error {
		counts, err := tx.Counts()
		out.Held = int(counts.Subjects)
		return err
	})
	out.Total, out.More, out.Near, out.Since = len(out.Rows), found.More, found.Near, c.Offline()
	out.Only = found.Only && len(out.Hidden) == 0
	return out, err
}

// How somebody on an identity card is registered: as the one to be vaccinated, or as a parent of it. A value of the control "as".
const (
	asSelf   = "self"
	asMother = "mother"
	asFather = "father"
)

// grownMonths is from when on somebody with an identity card is more likely a parent than the one to be vaccinated.
const grownMonths = 15 * 12

// tellCard says whose card it is, and what can be done with it. Its raw text stays in the box, for the forms that go on from here.
func (c *Call) tellCard(out *ui.Found, card *registry.IdentityCard) {
	name := card.Name
	if name == "" {
		name = c.T("search.card_nameless")
	}
	out.Said = c.T("search.card", "name", name, "born", card.Birth.String(), "number", card.Number)
	if !out.Register {
		return
	}
	grown := c.Today.AgeMonths(card.Birth) >= grownMonths
	if grown {
		as := asMother
		if card.Sex == registry.SexMale {
			as = asFather
		}
		out.Offers = append(out.Offers, ui.Option{Value: as, Text: c.T("search.card_child_of", "name", name)})
	}
	out.Offers = append(out.Offers, ui.Option{Value: asSelf, Text: c.T("search.card_self", "name", name)})
}

// SoughtForm is the registration form filled with what was searched for in vain: a name, a phone, or an identity card, whose owner
// the control "as" makes a parent or the one to be vaccinated. A name typed into the box is more often the child's; one with digits
// in it is no name.
func (c *Call) SoughtForm() *SubjectForm {
	f := &SubjectForm{Text: map[string]string{}, Errs: map[string]string{}}
	q := strings.TrimSpace(c.Value("q"))
	if scan, ok := registry.ParseScan(q); ok {
		if scan.Card != nil {
			f.fillCard(scan.Card, c.Value("as"))
		} else if len(scan.Numbers) == 1 && len(scan.Numbers[0]) == personalDigits {
			f.Text["personal_no"] = scan.Numbers[0]
		}
		return f
	}
	if phone, err := registry.NormalPhone(q); err == nil {
		f.Text["phone"] = phone
	} else if !strings.ContainsAny(q, "0123456789") {
		f.Text["name"] = q
	}
	return f
}

// personalDigits is the length of a personal number.
const personalDigits = 12

func (f *SubjectForm) fillCard(card *registry.IdentityCard, as string) {
	switch as {
	case asMother:
		f.Text["mother"] = card.Name
	case asFather:
		f.Text["father"] = card.Name
	default:
		f.Text["name"], f.Text["born"], f.Text["personal_no"] = card.Name, card.Birth.String(), card.Number
		f.Text["sex"] = registry.SexEnum.Key(int64(card.Sex))
	}
	// A family is registered where it lives: for a child it is the parent's address.
	f.Text["address"] = card.Address
}

// SoughtElsewhere is the form that asks the hubs above, filled likewise.
func (c *Call) SoughtElsewhere() *SubjectForm {
	f := &SubjectForm{Text: map[string]string{}, Errs: map[string]string{}}
	q := strings.TrimSpace(c.Value("q"))
	scan, ok := registry.ParseScan(q)
	phone, err := registry.NormalPhone(q)
	switch {
	case ok && len(scan.Numbers) == 1:
		f.Text["code"] = scan.Numbers[0]
		if scan.Card != nil {
			f.Text["name"], f.Text["born"] = scan.Card.Name, scan.Card.Birth.String()
		}
	case err == nil:
		f.Text["phone"] = phone
	case strings.ContainsAny(q, "0123456789"):
		f.Text["code"] = q
	default:
		f.Text["name"] = q
	}
	return f
}
