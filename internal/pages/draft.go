package pages

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"tramy/internal/desk"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/server"
	"tramy/internal/store"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// The forms of which drafts are kept.
const (
	DraftVisit    = "visit"    // what is given to somebody; about them
	DraftRegister = "register" // a new child; about nobody yet
	DraftPaper    = "paper"    // a list that came back from paper; about a session or a day
)

// draftPageMax bounds the word that tells pages apart; ours have 26.
const draftPageMax = 64

// spentMax is how many pages are remembered whose form was saved.
const spentMax = 512

// queryDraft names, in the address of a page, the draft that its form is to be filled with.
const queryDraft = "draft"

// notTyped are the controls of a form that belong to its page.
var notTyped = []string{"csrf", "once", "draft", "draft_saw", "keep", "save", "do", "pick", "show", "row", "seen"}

// spentDrafts remembers of which pages the form was saved: what such a page still sends of itself is kept no more.
type spentDrafts struct {
	mu    sync.Mutex
	pages []string
}

func (s *spentDrafts) add(page string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pages = append(s.pages, page); len(s.pages) > spentMax {
		s.pages = s.pages[1:]
	}
}

func (s *spentDrafts) has(page string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Contains(s.pages, page)
}

func (pg *Pages) registerDrafts(s *server.Server) {
	s.Handle(http.MethodPost, ui.PathDraft+"{form}/{of}", pg.Page(pg.keepDraft))
	s.Handle(http.MethodPost, ui.PathDraft+"{form}/{of}/drop", pg.Form(pg.dropDraft))
}

// draftKey reads of which form a draft is, and whether who asks may fill that form in.
func (c *Call) draftKey() (desk.DraftKey, error) {
	key := desk.DraftKey{Form: server.Param(c.R, "form"), Of: server.Param(c.R, "of"), Page: c.Value("draft")}
	kind := registry.KindImmunization
	_, notID := p.ParseEntityID(key.Of)
	_, notDay := registry.ParseISO(key.Of)
	fine := draftPageFits(key.Page)
	switch key.Form {
	case DraftVisit:
		fine = fine && notID == nil && key.Page != ""
	case DraftRegister:
		kind = registry.KindSubject
		fine = fine && key.Of == ui.DraftOfNobody && key.Page != ""
		key.Of = ""
	case DraftPaper:
		fine = fine && (notID == nil || notDay == nil)
		key.Page = ""
	default:
		fine = false
	}
	switch {
	case !fine:
		return key, server.NewProblem(server.TypeNotFound)
	case !c.May(rights.Create, kind):
		return key, desk.ErrForbidden
	}
	return key, nil
}

func draftPageFits(page string) bool {
	return len(page) <= draftPageMax && !strings.Contains(page, "|")
}

// draftPage is where the form of a draft stands.
func draftPage(key desk.DraftKey) string {
	switch key.Form {
	case DraftVisit:
		return ui.PathChild + key.Of
	case DraftPaper:
		if _, err := p.ParseEntityID(key.Of); err == nil {
			return ui.PathSession + key.Of + ui.PartPaper
		}
		return withQuery(ui.PathPaper, "day", key.Of)
	}
	return ui.PathRegister
}

// typedForm is what of a posted form is worth keeping.
func typedForm(posted url.Values) url.Values {
	out := url.Values{}
	for name, values := range posted {
		if slices.Contains(notTyped, name) || !slices.ContainsFunc(values, func(v string) bool { return v != "" }) {
			continue
		}
		out[name] = values
	}
	return out
}

// keepDraft keeps a form as it stands at this moment. htmx posts it while it is typed, and gets the partial "draftstate"; without
// script it is a button, and leads back to the page with the form filled in.
func (pg *Pages) keepDraft(c *Call) error {
	if err := c.R.ParseForm(); err != nil {
		return server.NewProblem(server.TypeBadRequest)
	}
	key, err := c.draftKey()
	if err != nil {
		return err
	}
	state := ui.DraftState{Saw: c.Value("draft_saw")}
	if key.Page != "" && pg.spent.has(key.Page) {
		return c.Draw(http.StatusOK, "draftstate", state)
	}
	form := typedForm(c.R.PostForm)
	if key.Form == DraftVisit && c.R.PostForm.Has("seen") { // the next date is held against what the page had shown
		form["seen"] = c.R.PostForm["seen"]
	}
	kept, err := c.Desk.PutDraft(c.Ctx(), c.Who, key, form, state.Saw)
	switch {
	case errors.Is(err, desk.ErrDraftChanged):
		state.Wrong = c.T("draft.changed")
	case errors.Is(err, desk.ErrDraftTooLarge):
		state.Wrong = c.T("draft.too_large")
	case err != nil:
		return err
	default:
		state.Saw, state.At = kept.Stamp, c.Words.Clock(at(kept.At))
	}
	if c.Partial() {
		return c.Draw(http.StatusOK, "draftstate", state)
	}
	note := ui.Note{Tone: ui.ToneOK, Lead: c.T("draft.kept", "at", state.At)}
	if state.Wrong != "" {
		note = ui.Note{Tone: ui.ToneAsk, Lead: state.Wrong, Alert: true}
	}
	page := draftPage(key)
	if key.Page != "" {
		page = withQuery(page, queryDraft, key.Page)
	}
	return c.Go(page, note)
}

// dropDraft puts a draft away that nobody wants any more.
func (pg *Pages) dropDraft(c *Call) error {
	key, err := c.draftKey()
	if err != nil {
		return err
	}
	if err := c.Desk.DropDraft(c.Ctx(), c.Who, key); err != nil {
		return err
	}
	if key.Page != "" {
		pg.spent.add(key.Page)
	}
	return c.Go(c.Back(draftPage(key)), ui.Note{Tone: ui.ToneOK, Lead: c.T("draft.dropped")})
}

// DraftsOf reads the drafts of one form: the one that the address asks for, whose content is to be shown, and the others. They are
// offered, never filled in unasked.
func (c *Call) DraftsOf(form, of string) (open *desk.Draft, box ui.DraftBox, err error) {
	page := c.R.URL.Query().Get(queryDraft)
	if c.R.Method == http.MethodPost {
		page = c.Value("draft")
	}
	all, err := c.Desk.Drafts(c.Ctx(), c.Who)
	if err != nil {
		return nil, box, err
	}
	box = ui.DraftBox{Path: draftPath(desk.DraftKey{Form: form, Of: of}), Page: page}
	for i := range all {
		x := &all[i]
		switch {
		case x.Form != form || x.Of != of:
		case x.Page == page && page != "":
			open = x
			box.State = ui.DraftState{Saw: x.Stamp, At: c.Words.Clock(at(x.At))}
		default:
			box.Old = append(box.Old, c.draftLine(x))
		}
	}
	if page == "" || open == nil && c.R.Method != http.MethodPost {
		box.Page = newSecret()
	}
	return open, box, nil
}

func draftPath(key desk.DraftKey) string {
	of := key.Of
	if of == "" {
		of = ui.DraftOfNobody
	}
	return ui.PathDraft + key.Form + "/" + of
}

func (c *Call) draftLine(x *desk.Draft) ui.DraftLine {
	out := ui.DraftLine{Path: draftPath(x.DraftKey), Page: x.Page, At: c.Words.When(at(x.At), c.Now), Href: draftPage(x.DraftKey)}
	if x.Page != "" {
		out.Href = withQuery(out.Href, queryDraft, x.Page)
	}
	return out
}

// DraftLines are all drafts of who asks, for the day's first page, or those about one thing. Whose name they show is written down like
// any look at a list.
func (c *Call) DraftLines(of string, rows func(url.Values) int) ([]ui.DraftLine, error) {
	all, err := c.Desk.Drafts(c.Ctx(), c.Who)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	var out []ui.DraftLine
	var named []p.EntityID
	for i := range all {
		x := &all[i]
		if of != "" && x.Of != of {
			continue
		}
		line := c.draftLine(x)
		switch x.Form {
		case DraftPaper:
			line.Text = c.T("draft.paper", "n", rows(x.Typed))
		case DraftRegister:
			line.Text = c.T("draft.register")
		default:
			id, err := p.ParseEntityID(x.Of)
			if err != nil {
				continue
			}
			row, err := c.RowOf(id)
			if err != nil {
				return nil, err
			}
			if row == nil {
				continue
			}
			line.Text = c.T("draft.visit", "name", row.Name)
			named = append(named, id)
		}
		out = append(out, line)
	}
	if len(named) > 0 {
		err = c.Desk.NoteListed(c.Ctx(), c.Who, named...)
	}
	return out, err
}

// SpendDraft puts the drafts of a form away in the transaction in which it is saved.
func (c *Call) SpendDraft(form, of string) func(store.Tx) error {
	page := c.Value("draft")
	key := desk.DraftKey{Form: form, Of: of}
	if form == DraftRegister { // others that are typed side by side are about other children
		key.Page = page
	}
	if key.Page == "" && form == DraftRegister {
		return nil
	}
	drop := c.Desk.DraftDropper(c.Who, key)
	return func(tx store.Tx) error {
		if page != "" {
			c.spent.add(page)
		}
		return drop(tx)
	}
}

// draftRequest stands for the request with which a draft was typed.
func draftRequest(form url.Values) *http.Request {
	return &http.Request{Form: form, PostForm: form}
}

// DraftedSubject is the form of a person as a draft has it.
func (c *Call) DraftedSubject(x *desk.Draft) *SubjectForm {
	drafted := *c
	drafted.R = draftRequest(x.Typed)
	return drafted.ReadSubject()
}

// TypedForm is what was typed into the form that was posted.
func (c *Call) TypedForm() url.Values { return typedForm(c.R.PostForm) }

// ClockOf is the time of day of a moment of hub time.
func (c *Call) ClockOf(ms int64) string { return c.Words.Clock(at(ms)) }
