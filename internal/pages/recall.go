package pages

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"tramy/internal/desk"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// recallPath is the page of a recall.
func recallPath(id p.EntityID) string { return ui.PathRecall + id.String() }

// recallOpenShown is how many places that have not said what they found one page names.
const recallOpenShown = 100

// undoApart is written when a count of a recalled lot is taken back by its button; it is kept with the record.
const undoApart = "Hoàn tác"

func (pg *Pages) showRecalls(c *Call) error {
	return c.drawRecalls(http.StatusOK, newRecallForm(c.Today))
}

func (c *Call) drawRecalls(status int, f *recallForm) error {
	list, err := c.Desk.Recalls(c.Ctx(), c.Who)
	if err != nil {
		return err
	}
	frame, err := c.recallFrame(ui.PathRecalls, f)
	if err != nil {
		return err
	}
	ref, err := c.vaccineNames()
	if err != nil {
		return err
	}
	page := ui.Recalls{Frame: frame, Hub: c.Hub, MayWrite: c.May(rights.Create, registry.KindRecall) && len(c.Desk.RecallPlaces(c.Who)) > 0}
	for i := range list {
		x := &list[i]
		row := ui.RecallRow{
			Href: recallPath(x.ID), Name: c.lotName(ref, x.Vaccine, x.Number), Small: x.Reason, Where: x.PlaceName, When: x.Day.String(), Mark: c.recallMark(&x.Recall),
		}
		if x.Here.Concerns {
			row.Here, _ = c.recallHereMark(x)
		}
		page.Rows = append(page.Rows, row)
	}
	if page.MayWrite {
		if page.New, err = f.draw(c); err != nil {
			return err
		}
	}
	return c.Draw(status, "recalls", page)
}

// recallFrame is the frame of the pages of recalls.
func (c *Call) recallFrame(path string, f *recallForm) (ui.Frame, error) {
	frame, err := c.Frame(ui.NavReaction)
	frame.Path = path
	if f != nil && f.top != "" {
		frame.Notes = append(frame.Notes, ui.Note{Tone: ui.ToneAsk, Lead: f.top, Alert: true})
	}
	return frame, err
}

// recallMark is how a recall stands.
func (c *Call) recallMark(x *registry.Recall) ui.Mark {
	if !x.InForce() {
		return ui.Mark{Kind: ui.MarkDone, Text: c.T("recall_say.lifted", "on", x.LiftedOn.String())}
	}
	return ui.Mark{Kind: ui.MarkNo, Text: c.T("recall_kind." + x.Kind.String())}
}

// recallHereMark is what became of the lot at the own place, and what is to be done about it.
func (c *Call) recallHereMark(x *desk.Recalling) (ui.Mark, string) {
	left := int(x.Here.Left())
	switch {
	case x.Here.Handled && x.Here.Apart() == 0:
		return ui.Mark{Kind: ui.MarkDone, Text: c.T("recall_say.here_none")}, ""
	case x.Here.Handled:
		return ui.Mark{Kind: ui.MarkDone, Text: c.T("recall_say.here_apart", "n", int(x.Here.Apart()))}, c.T("recall_say.next_" + x.Kind.String())
	case len(x.Here.Done) > 0:
		return ui.Mark{Kind: ui.MarkOverdue, Text: c.T("recall_say.here_more")}, c.T("recall_say.do_more", "n", left)
	case left > 0:
		return ui.Mark{Kind: ui.MarkOverdue, Text: c.T("recall_say.here_left", "n", left)}, c.T("recall_say.do_left")
	}
	return ui.Mark{Kind: ui.MarkOverdue, Text: c.T("recall_say.here_ask")}, c.T("recall_say.do_ask")
}

func (pg *Pages) writeRecall(c *Call) error {
	if !c.May(rights.Create, registry.KindRecall) {
		return desk.ErrForbidden
	}
	f := readRecall(c)
	in, ok := f.parse(c)
	if !ok {
		return c.drawRecalls(http.StatusUnprocessableEntity, f)
	}
	if places := c.Desk.RecallPlaces(c.Who); in.Place.IsZero() && len(places) > 0 {
		in.Place = places[0].ID
	}
	id, err := c.Desk.WriteRecall(c.Ctx(), c.Who, in)
	if wrong, known := c.sentences(err); known {
		f.refused(c, wrong)
		return c.drawRecalls(http.StatusUnprocessableEntity, f)
	}
	if err != nil {
		return err
	}
	return c.Go(recallPath(id), ui.Note{Tone: ui.ToneOK, Lead: c.T("recall_say.written")})
}

func (pg *Pages) showRecall(c *Call) error {
	id, err := idOf(c.R)
	if err != nil {
		return err
	}
	return c.drawRecall(http.StatusOK, id, recallTyped{})
}

// recallTyped is what was typed on the page of a recall and could not be saved.
type recallTyped struct {
	form  *recallForm
	why   *ui.Field
	apart *stockTyped
	top   string // what is wrong with none of the controls
}

func (c *Call) drawRecall(status int, id p.EntityID, typed recallTyped) error {
	var top p.EntityID
	if text := c.R.URL.Query().Get("place"); text != "" {
		var err error
		if top, err = p.ParseEntityID(text); err != nil {
			return desk.ErrNotFound
		}
	}
	report, err := c.Desk.RecallReport(c.Ctx(), c.Who, id, top)
	if err != nil {
		return err
	}
	frame, err := c.recallFrame(recallPath(id), typed.form)
	if err != nil {
		return err
	}
	if typed.top != "" {
		frame.Notes = append(frame.Notes, ui.Note{Tone: ui.ToneAsk, Lead: typed.top, Alert: true})
	}
	ref, err := c.vaccineNames()
	if err != nil {
		return err
	}
	x := &report.Recalling
	page := ui.RecallPage{
		Frame: frame, ID: id.String(), Name: ref.doseName(c.Words, x.Vaccine, 0).Vaccine, Number: x.Number, What: c.T("recall_say.what", "place", x.PlaceName, "day", x.Day.String()),
		Mark: c.recallMark(&x.Recall), Facts: c.recallFacts(x), Hub: c.Hub, MayChange: x.MayChange,
	}
	for i := range x.Twins {
		twin := &x.Twins[i]
		page.Twins = append(page.Twins, ui.Crumb{Name: c.T("recall_say.twin_of", "place", twin.PlaceName, "day", twin.Day.String()), Href: recallPath(twin.ID)})
	}
	if c.May(rights.Read, registry.KindSubject) {
		page.Children, page.ChildrenN = recallPath(id)+"/children", report.Sum.Children
		if c.Hub && !top.IsZero() {
			page.Children += "?place=" + top.String()
		}
	}
	if err := c.recallHere(&page, x, typed.apart); err != nil {
		return err
	}
	if c.Hub {
		if done, err := c.recallTable(&page, report); done || err != nil {
			return err
		}
	}
	if x.MayChange {
		page.Seen = registry.SawOf(x.State).String()
		form := typed.form
		if form == nil {
			form = recallFormOf(&x.Recall)
		}
		page.FormOpen = typed.form != nil
		if page.Form, err = form.draw(c); err != nil {
			return err
		}
		page.Form.Change = true
		if typed.form != nil || typed.why != nil {
			page.Seen = c.Value("seen")
		}
		if typed.why != nil {
			page.Why, page.LiftOpen = *typed.why, true
		}
	}
	return c.Draw(status, "recall", page)
}

func (c *Call) recallFacts(x *desk.Recalling) []ui.Fact {
	var facts []ui.Fact
	add := func(key, value string) {
		if value != "" {
			facts = append(facts, ui.Fact{Name: c.T(key), Value: value})
		}
	}
	add("recall.reason", x.Reason)
	if x.Children != 0 {
		add("recall.children", c.T("recall_care."+x.Children.String()))
	}
	add("recall.advice", x.Advice)
	add("recall.document", x.Document)
	add("recall.product", x.Product)
	add("recall.written_by", cmp.Or(x.Writer, x.PlaceName)+", "+c.Words.When(at(x.WrittenMS), c.Now)) // an officer's account may not be here
	if x.Lifted != "" {
		add("recall.lift_why", x.Lifted)
	}
	return facts
}

// recallHere fills in the lot at the own place.
func (c *Call) recallHere(page *ui.RecallPage, x *desk.Recalling, typed *stockTyped) error {
	if !x.Here.Concerns {
		return nil
	}
	vaccines, err := c.allVaccines()
	if err != nil {
		return err
	}
	mark, text := c.recallHereMark(x)
	here := &ui.RecallHere{Place: c.Place, Mark: mark, Text: text, May: c.mayKeepStock() && !x.Here.Handled}
	if c.Hub && len(x.Here.Rows) == 0 {
		return nil // a store that has none of it is not asked
	}
	if typed == nil {
		typed = newStockTyped()
	}
	here.Note = typed.field("note")
	for i := range x.Here.Rows {
		r := &x.Here.Rows[i]
		n := strconv.Itoa(i + 1)
		field := typed.field("found-" + n)
		if field.Value == "" && field.Error == "" {
			field.Value = c.Words.Int(max(r.Balance(), 0))
		}
		here.Rows = append(here.Rows, ui.RecallStock{N: n, Name: c.lotSmall(r, c.mostly(x.Vaccine, vaccines)), Book: c.amount(r.Balance()), Field: field})
	}
	if len(here.Rows) == 0 {
		field := typed.field("found-1")
		if field.Value == "" && field.Error == "" {
			field.Value = "0"
		}
		here.Rows = append(here.Rows, ui.RecallStock{N: "1", Name: c.T("recall_say.not_in_ledger"), Book: "0", Field: field})
	}
	if on := x.Here.On(); on != 0 {
		here.Done = c.T("recall_say.apart_on", "n", int(x.Here.Apart()), "on", on.String())
		if len(x.Here.Rows) > 0 && c.May(rights.Read, registry.KindMovement) {
			here.Stock = lotHref(x.Here.Rows[0].Key, x.Here.Rows[0].Number)
		}
	}
	page.Here = here
	return nil
}

// setApart writes what was found of a recalled lot and set apart.
func (pg *Pages) setApart(c *Call) error {
	id, err := idOf(c.R)
	if err != nil {
		return err
	}
	if !c.mayKeepStock() {
		return desk.ErrForbidden
	}
	x, err := c.Desk.RecallAt(c.Ctx(), c.Who, id)
	if err != nil {
		return err
	}
	n := max(len(x.Here.Rows), 1)
	names := []string{"note"}
	for i := range n {
		names = append(names, "found-"+strconv.Itoa(i+1))
	}
	f := readTyped(c.Value, names...)
	found := make([]int, n)
	for i, name := range names[1:] {
		vial := 0
		if i < len(x.Here.Rows) {
			vial = vialSize(x.Vaccine, x.Here.Rows[i].Vial)
		}
		q, ok := parseQuantity(f.text[name], vial)
		if found[i] = q; !ok {
			f.errs[name] = c.T("stock_say.no_number_here")
		}
	}
	if len(f.errs) > 0 {
		return c.drawRecall(http.StatusUnprocessableEntity, id, recallTyped{apart: f})
	}
	ids, err := c.Desk.SetApart(c.Ctx(), c.Who, id, found, f.text["note"])
	if wrong, known := c.sentences(err); known {
		if wrong["found"] != "" { // the ledger, or the recall, is another one since the form was drawn
			return c.drawRecall(http.StatusConflict, id, recallTyped{top: c.T("recall_say.changed")})
		}
		var told []string
		for i, name := range names[1:] {
			line := "quantity-" + strconv.Itoa(i+1)
			f.errs[name], told = wrong[line], append(told, line)
		}
		return c.drawRecall(http.StatusUnprocessableEntity, id, recallTyped{apart: f, top: wrong.rest(c.Words, told...)})
	}
	if err != nil {
		return err
	}
	sum := 0
	for _, q := range found {
		sum += q
	}
	note := ui.Note{Tone: ui.ToneOK, Lead: c.T("recall_say.apart_done", "n", sum)}
	note.Action = c.Undoable(recallPath(id), func(ctx context.Context, who desk.Who) error {
		return c.Desk.VoidStock(ctx, who, undoApart, ids...)
	})
	return c.Go(recallPath(id), note)
}

func (pg *Pages) editRecall(c *Call) error {
	id, err := idOf(c.R)
	if err != nil {
		return err
	}
	if !c.May(rights.Amend, registry.KindRecall) {
		return desk.ErrForbidden
	}
	f := readRecall(c)
	in, ok := f.parse(c)
	if !ok {
		return c.drawRecall(http.StatusUnprocessableEntity, id, recallTyped{form: f})
	}
	err = c.Desk.EditRecall(c.Ctx(), c.Who, id, in, c.recallSeen())
	if wrong, known := c.sentences(err); known {
		f.refused(c, wrong)
		return c.drawRecall(http.StatusUnprocessableEntity, id, recallTyped{form: f})
	}
	if stale := staleOf(err); stale != nil {
		f.top = c.staleText(stale)
		return c.drawRecall(http.StatusConflict, id, recallTyped{form: f})
	}
	if err != nil {
		return err
	}
	return c.Go(recallPath(id), ui.Note{Tone: ui.ToneOK, Lead: c.T("recall_say.saved")})
}

// recallSeen is what the form had shown.
func (c *Call) recallSeen() registry.Saw {
	saw, err := registry.ParseSaw(c.Value("seen"))
	if err != nil {
		return registry.Saw{}
	}
	return saw
}

func (pg *Pages) liftRecall(c *Call) error {
	id, err := idOf(c.R)
	if err != nil {
		return err
	}
	if !c.May(rights.Amend, registry.KindRecall) {
		return desk.ErrForbidden
	}
	why := strings.TrimSpace(c.Value("why"))
	err = c.Desk.LiftRecall(c.Ctx(), c.Who, id, why, c.recallSeen())
	if wrong, known := c.sentences(err); known {
		field := &ui.Field{Value: why, Error: wrong["lifted"]}
		return c.drawRecall(http.StatusUnprocessableEntity, id, recallTyped{why: field, top: wrong.rest(c.Words, "lifted")})
	}
	if stale := staleOf(err); stale != nil {
		return c.drawRecall(http.StatusConflict, id, recallTyped{why: &ui.Field{Value: why}, top: c.staleText(stale)})
	}
	if err != nil {
		return err
	}
	return c.Go(recallPath(id), ui.Note{Tone: ui.ToneOK, Lead: c.T("recall_say.lifted_done")})
}

// RecallNotes say which lots are to be set apart at the own place, in a red line each until it is done.
func (c *Call) RecallNotes() ([]ui.Note, error) {
	list, err := c.Desk.RecallsWaiting(c.Ctx(), c.Who)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	ref, err := c.vaccineNames()
	if err != nil {
		return nil, err
	}
	var out []ui.Note
	for i := range list {
		x := &list[i]
		_, text := c.recallHereMark(x)
		out = append(out, ui.Note{
			Tone: ui.ToneLate, Lead: c.T("recall_say.note_"+x.Kind.String(), "lot", c.lotName(ref, x.Vaccine, x.Number)), Text: text,
			Action: &ui.Action{Label: c.T("recall_say.note_open"), Href: recallPath(x.ID)},
		})
	}
	return out, nil
}

// placeHref is the page of a recall at a place.
func placeHref(id, place p.EntityID) string {
	return recallPath(id) + "?" + url.Values{"place": {place.String()}}.Encode()
}

// withoutRecalls drops the stops of recalls: they have lines of their own, until the lot is set apart.
func withoutRecalls(stops desk.Stops) desk.Stops {
	return slices.DeleteFunc(slices.Clone(stops), func(s desk.Stop) bool { return !s.Recall.IsZero() })
}
