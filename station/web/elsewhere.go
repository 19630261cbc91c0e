package web

import (
	"encoding/hex"
	"errors"
	"net/http"
	"strings"

	"tramy/internal/desk"
	"tramy/internal/exchange"
	"tramy/internal/pages"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/ui"
)

func (w *Web) showElsewhere(c *pages.Call) error {
	return w.drawElsewhere(c, http.StatusOK, &pages.SubjectForm{Text: map[string]string{}, Errs: map[string]string{}}, nil, "")
}

// elsewhereNamed shows the form with what was searched for here in vain.
func (w *Web) elsewhereNamed(c *pages.Call) error {
	return w.drawElsewhere(c, http.StatusOK, c.SoughtElsewhere(), nil, "")
}

func (w *Web) drawElsewhere(c *pages.Call, status int, f *pages.SubjectForm, found *exchange.Sought, top string) error {
	if !c.May(rights.Create, registry.KindPin) {
		return desk.ErrForbidden
	}
	frame, err := c.Frame(ui.NavToday)
	if err != nil {
		return err
	}
	if top != "" {
		frame.Notes = append(frame.Notes, ui.Note{Tone: ui.ToneAsk, Lead: top, Alert: true})
	}
	page := ui.Elsewhere{
		Frame: frame, Code: f.Field("code"), Name: f.Field("name"), Born: f.Field("born"), Mother: f.Field("mother"), Phone: f.Field("phone"),
	}
	if found != nil {
		page.Asked, page.Partial, page.Busy, page.More = true, found.Partial, found.Busy, found.More
		for i := range found.Candidates {
			h := registry.HintFrom(found.Candidates[i].Shown)
			page.Rows = append(page.Rows, ui.Hint{
				Nonce: hex.EncodeToString(found.Nonce[:]), Ticket: hex.EncodeToString(found.Candidates[i].Ticket[:]),
				Name: h.Name, Born: h.Born, Mother: h.Mother, Phone: h.Phone, Place: h.Place, Sex: pages.SexOf(h.Sex),
			})
		}
	}
	return c.Draw(status, "elsewhere", page)
}

// elsewhere asks the hubs above.
func (w *Web) elsewhere(c *pages.Call) error {
	f := &pages.SubjectForm{Text: map[string]string{}, Errs: map[string]string{}}
	for _, name := range []string{"code", "name", "born", "mother", "phone"} {
		f.Text[name] = strings.TrimSpace(c.Value(name))
	}
	q := registry.Sought{Name: f.Text["name"], MotherName: f.Text["mother"], Phone: f.Text["phone"]}
	if digits := strings.Map(onlyDigits, f.Text["code"]); len(digits) == 12 {
		q.PersonalNo = digits
	} else {
		q.Code = registry.PersonCode(f.Text["code"])
	}
	var in registry.SubjectInput
	if !f.Parse(c, &in) && q.Code == "" && q.PersonalNo == "" {
		return w.drawElsewhere(c, http.StatusUnprocessableEntity, f, nil, "")
	}
	q.BirthDate = in.BirthDate
	found, err := w.station.LookUp(c.Ctx(), c.Who, q)
	switch {
	case err == nil:
		return w.drawElsewhere(c, http.StatusOK, f, found, "")
	case errors.Is(err, desk.ErrForbidden):
		return err
	}
	var busy *exchange.BusyError
	if errors.As(err, &busy) {
		return w.drawElsewhere(c, http.StatusTooManyRequests, f, nil, c.T("say.lookup_busy", "n", busy.Seconds()))
	}
	var wrong registry.Errors
	if errors.As(err, &wrong) && (wrong[0].Field == "code" || wrong[0].Field == "personal_no") {
		f.Errs["code"] = c.T("invalid." + string(wrong[0].Code))
		return w.drawElsewhere(c, http.StatusUnprocessableEntity, f, nil, "")
	}
	if rest, known := f.Refused(c, err); known {
		return w.drawElsewhere(c, http.StatusUnprocessableEntity, f, nil, rest)
	}
	return w.drawElsewhere(c, http.StatusOK, f, nil, c.T("say.lookup_no_network"))
}

// provisional registers a child under the code on its card while nobody can be asked: what is recorded is
// attached to the child's own record by itself once that can be heard of.
func (w *Web) provisional(c *pages.Call) error {
	f := &pages.SubjectForm{Text: map[string]string{}, Errs: map[string]string{}}
	for _, name := range []string{"code", "name", "born", "mother", "phone"} {
		f.Text[name] = strings.TrimSpace(c.Value(name))
	}
	home := c.Desk.Home()
	in := registry.SubjectInput{Place: home.Commune}
	code, err := registry.ParseCode(f.Text["code"])
	if err != nil {
		f.Errs["code"] = c.T("invalid." + string(registry.CodeCodeCheck))
	}
	in.Code = code
	if !f.Parse(c, &in) {
		return w.drawElsewhere(c, http.StatusUnprocessableEntity, f, nil, "")
	}
	id, _, err := c.Desk.Register(c.Ctx(), c.Who, in, true)
	if err != nil {
		if rest, known := f.Refused(c, err); known {
			return w.drawElsewhere(c, http.StatusUnprocessableEntity, f, nil, rest)
		}
		return err
	}
	return c.Go(ui.PathChild+id.String(), ui.Note{Tone: ui.ToneOK, Lead: c.T("say.lookup_provisional")})
}

// onlyDigits is for strings.Map.
func onlyDigits(r rune) rune {
	if r < '0' || r > '9' {
		return -1
	}
	return r
}

// fetch brings the one that was chosen here and opens it.
func (w *Web) fetch(c *pages.Call) error {
	var nonce, ticket [16]byte
	for to, name := range map[*[16]byte]string{&nonce: "nonce", &ticket: "ticket"} {
		b, err := hex.DecodeString(c.Value(name))
		if err != nil || len(b) != len(to) {
			return desk.ErrNotFound
		}
		copy(to[:], b)
	}
	id, err := w.station.Fetch(c.Ctx(), c.Who, nonce, ticket)
	switch {
	case err == nil:
		return c.Go(ui.PathChild+id.String(), ui.Note{Tone: ui.ToneOK, Lead: c.T("say.lookup_fetched")})
	case errors.Is(err, exchange.ErrTicket):
		return c.Go(ui.PathElsewhere, ui.Note{Tone: ui.ToneAsk, Lead: c.T("say.lookup_gone")})
	case errors.Is(err, desk.ErrForbidden):
		return err
	}
	var busy *exchange.BusyError
	if errors.As(err, &busy) {
		return c.Go(ui.PathElsewhere, ui.Note{Tone: ui.ToneAsk, Lead: c.T("say.lookup_busy", "n", busy.Seconds())})
	}
	return c.Go(ui.PathElsewhere, ui.Note{Tone: ui.ToneAsk, Lead: c.T("say.lookup_no_network")})
}
