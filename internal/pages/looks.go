package pages

import (
	"errors"
	"net/http"
	"slices"

	"tramy/internal/desk"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// Parts of a child's address beside its page.
const (
	partLooks   = "/looks"
	partWhy     = "/why"
	partPaper   = "/paper"
	partConsent = "/consent"
	partRequest = "/request"
	partReact   = "/reaction"
)

// nextPages are where a reason for opening a restricted record leads on to: this child's own pages.
var nextPages = []string{"", "/edit", "/history", partLooks, partPaper, partConsent, partRequest}

// mayLooks reports whether somebody may be told who looked at a person.
func (c *Call) mayLooks() bool {
	return c.May(rights.Read, registry.KindAccess) && c.May(rights.Read, registry.KindSubject)
}

func (pg *Pages) showLooks(c *Call) error {
	id, err := idOf(c.R)
	if err != nil {
		return err
	}
	looks, err := c.Desk.LooksAt(c.Ctx(), c.Who, id)
	if err != nil {
		return err
	}
	frame, err := c.Frame(ui.NavToday)
	if err != nil {
		return err
	}
	page := ui.Looks{
		Frame: frame, ID: id.String(), Name: looks.Subject.Name, Line: c.PersonLine(&looks.Subject), Rows: c.lookLines(looks),
		OwnOnly: looks.OwnOnly, Cut: looks.Cut, CanPrint: true,
	}
	page.Frame.Path = childPath(id) + partLooks
	return c.Draw(http.StatusOK, "looks", page)
}

func (c *Call) lookLines(looks *desk.Looks) []ui.LookLine {
	out := make([]ui.LookLine, 0, len(looks.List))
	for i := range looks.List {
		l := &looks.List[i]
		line := ui.LookLine{At: c.Words.When(at(l.WallMS), c.Now), Who: l.Who, Where: l.Place, Act: c.ActWord(l.Act), Why: c.TakenWord(l.Taking, l.Reason)}
		switch {
		case l.Role != 0:
			line.Role = c.T("role." + l.Role.String())
		case l.User.IsZero():
			line.Who = c.T("looks.program")
		default:
			line.Who = c.T("looks.unknown")
		}
		switch l.Sort {
		case desk.LookAtOne:
			line.Of = c.T("looks.one")
		case desk.LookAmong:
			line.Of = c.T("looks.among", "n", l.Count)
		default:
			line.Of = c.T("looks.whole")
		}
		out = append(out, line)
	}
	return out
}

// ActWord is the word for an act of an access record; one of a newer version is told as it stands.
func (c *Call) ActWord(act string) string {
	if slices.Contains(registry.AccessActs, act) {
		return c.T("access_act." + act)
	}
	return act
}

// TakenWord tells what something was taken out for.
func (c *Call) TakenWord(taking, words string) string {
	if taking == "" {
		return words
	}
	return c.T("taken."+taking) + ": " + words
}

// TakingChoice offers purposes for which data are taken out. Nothing is chosen beforehand.
func (c *Call) TakingChoice(purposes []string, value, wrong string) ui.Select {
	out := ui.Select{Value: value, Error: wrong}
	for _, x := range purposes {
		out.Options = append(out.Options, ui.Option{Value: x, Text: c.T("taken." + x)})
	}
	return out
}

// askWhy sends whoever opens a restricted record to the page that asks why. Partial answers and posts are told in words.
func (c *Call) askWhy(err error) error {
	var closed *desk.RestrictedError
	if !errors.As(err, &closed) || c.Partial() {
		return err
	}
	to := childPath(closed.Subject) + partWhy
	for _, part := range nextPages {
		if part != "" && c.R.URL.Path == childPath(closed.Subject)+part {
			to = withQuery(to, "next", part)
		}
	}
	return c.Go(to)
}

func (pg *Pages) showWhy(c *Call) error {
	return c.drawWhy(http.StatusOK, c.R.URL.Query().Get("next"), ui.Field{})
}

func (c *Call) drawWhy(status int, next string, reason ui.Field) error {
	id, err := idOf(c.R)
	if err != nil {
		return err
	}
	if !c.May(rights.Read, registry.KindSubject) {
		return desk.ErrForbidden
	}
	frame, err := c.Frame(ui.NavToday)
	if err != nil {
		return err
	}
	frame.Path = childPath(id)
	return c.Draw(status, "why", ui.Why{Frame: frame, ID: id.String(), Next: next, Reason: reason})
}

func (pg *Pages) why(c *Call) error {
	id, err := idOf(c.R)
	if err != nil {
		return err
	}
	next := c.Value("next")
	if !slices.Contains(nextPages, next) {
		next = ""
	}
	err = c.Desk.GiveReason(c.Ctx(), c.Who, id, c.Value("reason"))
	if errors.Is(err, desk.ErrNoReason) {
		return c.drawWhy(http.StatusUnprocessableEntity, next, ui.Field{Error: c.T("why.missing")})
	}
	if err != nil {
		return err
	}
	return c.Go(childPath(id) + next)
}

func (pg *Pages) showPaper(c *Call) error {
	query := c.R.URL.Query()
	return c.drawTaking(http.StatusOK, query.Get("for"), query.Get("sheet"), "", "", "")
}

// drawTaking asks what a record is printed for.
func (c *Call) drawTaking(status int, taking, sheet, words, wrongTaking, wrongWords string) error {
	id, err := idOf(c.R)
	if err != nil {
		return err
	}
	rec, err := c.Desk.Open(c.Ctx(), c.Who, id)
	switch {
	case err != nil:
		return err
	case !rec.Glass.IsZero(): // nothing is asked for what would be refused, see desk.Print
		return desk.ErrElsewhere
	}
	frame, err := c.Frame(ui.NavToday)
	if err != nil {
		return err
	}
	frame.Path = childPath(id)
	return c.Draw(status, "taking", ui.Taking{
		Frame: frame, ID: id.String(), Name: rec.Subject.Name, Line: bornField(&rec.Subject.SubjectInput), Post: childPath(id) + partPaper,
		For: c.TakingChoice(registry.PaperTakings, taking, wrongTaking), Reason: ui.Field{Value: words, Error: wrongWords}, Sheet: c.sheetChoice(sheet),
	})
}

// paper draws the whole record for printing, once it was said what for.
func (pg *Pages) paper(c *Call) error {
	id, err := idOf(c.R)
	if err != nil {
		return err
	}
	taking, words, sheet := c.Value("for"), c.Value("reason"), c.Value("sheet")
	rec, err := c.Desk.Print(c.Ctx(), c.Who, id, taking, words)
	switch {
	case errors.Is(err, desk.ErrNoPurpose):
		return c.drawTaking(http.StatusUnprocessableEntity, taking, sheet, words, c.T("take.choose"), "")
	case errors.Is(err, desk.ErrNoReason):
		return c.drawTaking(http.StatusUnprocessableEntity, taking, sheet, words, "", c.T("take.reason_missing"))
	case err != nil:
		return err
	}
	made := c.T("paper.made", "on", c.Words.When(c.Now, c.Now)+", "+c.Today.String(), "place", c.Place, "who", c.Who.Name, "what", c.TakenWord(taking, words))
	if sheet == sheetFHIR {
		return c.fhirFile(rec)
	}
	if sheetFiles[sheet] != "" {
		return c.ownPaper(sheet, made, rec)
	}
	page, err := c.paperOf(id, rec)
	if err != nil {
		return err
	}
	page.Made = made
	return c.DrawPrint("paper", *page, FileOf("ho-so", string(rec.Subject.Code)))
}

// paperFields are what of a person stands on paper, in this order.
var paperFields = []p.Field{
	registry.SubjectCode, registry.SubjectName, registry.SubjectBirthDate, registry.SubjectSex, registry.SubjectEthnic, p.FieldPlace,
	registry.SubjectHamlet, registry.SubjectPhone, registry.SubjectMotherName, registry.SubjectMotherPhone, registry.SubjectFatherName, registry.SubjectFatherPhone,
	registry.SubjectGuardianName, registry.SubjectGuardianTel, registry.SubjectPersonalNo, registry.SubjectInsurance, registry.SubjectNationalCode,
	registry.SubjectPassport, registry.SubjectAliases, registry.SubjectStatus, registry.SubjectAllergies, registry.SubjectContraind,
	registry.SubjectConditions, registry.SubjectBirthPlace, registry.SubjectBirthWeight, registry.SubjectAddrBirth, registry.SubjectAddrRegister,
	registry.SubjectProtected, registry.SubjectDueDate, registry.SubjectTetanus, registry.SubjectPregnancyEnd, registry.SubjectPregnancyOn,
	registry.SubjectAddrNative, registry.SubjectAddrPerm, registry.SubjectPaperKind, registry.SubjectTravelPaper, registry.SubjectBloodGroup, registry.SubjectMissingSince,
	registry.SubjectNextDate, registry.SubjectNote,
}

func (c *Call) paperOf(id p.EntityID, rec *desk.Record) (*ui.Paper, error) {
	frame, err := c.Frame(ui.NavToday)
	if err != nil {
		return nil, err
	}
	frame.Path = childPath(id)
	page := &ui.Paper{Frame: frame, ID: id.String(), Name: rec.Subject.Name, Born: bornField(&rec.Subject.SubjectInput), QR: CodeQR(rec.Subject.Code), MayLooks: c.mayLooks()}
	if page.Facts, err = c.paperFacts(rec); err != nil {
		return nil, err
	}
	if err := c.bookedFacts(page, rec); err != nil {
		return nil, err
	}
	ref, err := c.reference(rec)
	if err != nil {
		return nil, err
	}
	for i := range rec.Doses {
		d := &rec.Doses[i]
		name := ref.doseName(c.Words, d.Vaccine, int(d.ImmunizationRow.Dose))
		line := ui.PaperDose{Name: name.Vaccine, On: d.GivenOn.String(), Lot: d.Lot, Place: d.PlaceName, Giver: d.GivenBy}
		if d.Lot == "" && d.ImmunizationRow.LotLost != 0 {
			line.Lot = c.T("say.lot_lost")
		}
		if name.Number > 0 {
			line.Name += " " + c.T("dose.number", "n", name.Number)
		}
		switch {
		case d.Void:
			line.Note = c.T("paper.void") + ": " + d.Immunization.Void
		case d.NotDone != 0:
			line.Note = c.T("not_done." + d.NotDone.String())
		}
		page.Doses = append(page.Doses, line)
	}
	consents, err := c.Desk.Consents(c.Ctx(), c.Who, id)
	if err != nil {
		return nil, err
	}
	for i := range consents.Purposes {
		x := &consents.Purposes[i]
		page.Consents = append(page.Consents, ui.Fact{Name: c.T("purpose." + x.Purpose.String()), Value: c.T("standing." + x.Standing.String()), Who: c.saidBy(x.By)})
	}
	requests, err := c.Desk.RequestsOf(c.Ctx(), c.Who, rec)
	if err != nil {
		return nil, err
	}
	for i := range requests {
		x := &requests[i]
		fact := ui.Fact{Name: c.T("wish." + x.Wish.String()), Value: x.On.String() + ", " + x.By, Who: x.Answer}
		if !x.Open() {
			fact.Value += ". " + c.T("outcome."+x.Outcome.String()) + " " + x.Done.String()
		}
		page.Requests = append(page.Requests, fact)
	}
	if page.MayLooks {
		looks, err := c.Desk.LooksAt(c.Ctx(), c.Who, id)
		if err != nil {
			return nil, err
		}
		page.Looks, page.OwnOnly, page.Cut = c.lookLines(looks), looks.OwnOnly, looks.Cut
	}
	return page, nil
}

// paperFacts are who the person is, from every record of the case.
func (c *Call) paperFacts(rec *desk.Record) ([]ui.Fact, error) {
	var values []p.Data
	for _, f := range paperFields {
		values = append(values, rec.State.Get(f))
	}
	names, err := c.namesOf(values)
	if err != nil {
		return nil, err
	}
	var out []ui.Fact
	for i, f := range paperFields {
		info, ok := registry.FieldOf(registry.KindSubject, f)
		if text := names.show(&info, values[i]); ok && text != "" {
			out = append(out, ui.Fact{Name: c.T("field." + info.Name), Value: text})
		}
	}
	for i := range rec.Linked {
		out = append(out, ui.Fact{Name: c.T("field.code"), Value: rec.Linked[i].Name + ", " + registry.PersonCode(rec.Linked[i].Code).Format()})
	}
	return out, nil
}
