package web

import (
	"cmp"
	"slices"

	"tramy/internal/desk"
	"tramy/internal/pages"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// printWorkers draws a worklist for those who go round in the hamlets: a sheet for each of them.
func (w *Web) printWorkers(c *pages.Call, note func([]desk.Expected) error) error {
	x, err := chooseDue(c)
	if err != nil {
		return err
	}
	expected, err := c.Desk.Expect(c.Ctx(), c.Who, x.chosen)
	if err != nil {
		return err
	}
	if err := note(expected); err != nil {
		return err
	}
	frame, vaccines, err := paperFrame(c)
	if err != nil {
		return err
	}
	page := ui.WorkerLists{
		Frame: frame, Title: c.T("workers."+x.list, "day", c.Today.String()),
		Made: c.MadeList(),
	}
	at := map[string]int{}
	home := c.Desk.Home()
	for _, i := range x.rounds(expected) {
		s := &expected[i].Subject
		name := x.workerOf(s.Residence, s.Hamlet)
		k, known := at[name]
		if !known {
			k = len(page.Sheets)
			at[name] = k
			page.Sheets = append(page.Sheets, ui.WorkerSheet{Worker: workerWord(c, name)})
		}
		sheet := &page.Sheets[k]
		hamlet := hamletWord(c, x.hamletOf(s.Residence, s.Hamlet))
		if h := x.book.Find(s.Residence, s.Hamlet); h != nil && sheet.Phone == "" && name != noWorker {
			sheet.Phone = registry.FormatPhone(h.Phone)
		} else if hamlet == hamletWord(c, notInList) {
			hamlet = s.Hamlet
		}
		if !slices.Contains(sheet.Hamlets, hamlet) {
			sheet.Hamlets = append(sheet.Hamlets, hamlet)
		}
		row := dueRow(c, x.list, &expected[i], &home, false, vaccines)
		row.Hamlet, row.Tried = hamlet, c.TriedWord(x.tried[s.Case])
		sheet.Rows = append(sheet.Rows, ui.WorkerRow{Person: row, N: len(sheet.Rows) + 1})
	}
	return c.DrawPrint("workers", page, pages.FileOn("y-te-thon-ban", c.Today))
}

// rounds is the order in which people stand on the sheets: by who goes round, by hamlet, then as the list has them. Those where nobody
// goes round come last.
func (x *dueChosen) rounds(people []desk.Expected) []int {
	order := make([]int, len(people))
	at := make([][2]registry.HamletOrder, len(people)) // by who goes round, then by hamlet
	y, known := *x, map[string]registry.HamletOrder{}
	for i := range order {
		order[i] = i
		s := &people[i].Subject
		for n, by := range [2]string{byWorker, byHamlet} {
			y.by = by
			name := y.groupOf(&store.DuePerson{Residence: s.Residence, Hamlet: s.Hamlet})
			if _, told := known[name]; !told {
				known[name] = registry.OrderOfHamlet(name)
			}
			at[i][n] = known[name]
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Or(at[a][0].Compare(at[b][0]), at[a][1].Compare(at[b][1])) })
	return order
}

// paperFrame is the frame of a page that is printed, without notes.
func paperFrame(c *pages.Call) (ui.Frame, []project.VaccineRow, error) {
	frame, err := c.Frame(ui.NavDue)
	if err != nil {
		return frame, nil, err
	}
	frame.Path, frame.Notes = ui.PathDue, nil
	vaccines, err := vaccinesOf(c)
	return frame, vaccines, err
}

// sessionChoice offers the sessions to come that letters may call to.
func sessionChoice(c *pages.Call) (ui.Select, error) {
	out := ui.Select{Value: cmp.Or(c.Value("session"), c.R.URL.Query().Get("session"))}
	list, err := c.Desk.Sessions(c.Ctx(), c.Who, c.Today, 0)
	for i := range list {
		x := &list[i]
		if !x.Live() || x.Closed != 0 {
			continue
		}
		if out.Value == "" {
			out.Value = x.ID.String()
		}
		out.Options = append(out.Options, ui.Option{Value: x.ID.String(), Text: c.LongDay(x.Day) + ", " + sessionHours(&x.Session) + ", " + sessionWhere(c, x)})
	}
	out.Options = append(out.Options, ui.Option{Value: "-", Text: c.T("letter.no_session")})
	return out, err
}

// printLetters draws a letter for each family of a worklist, or of who should come to a session.
func (w *Web) printLetters(c *pages.Call, note func([]desk.Expected) error) error {
	people, book, err := invited(c)
	if err != nil {
		return err
	}
	var session *desk.Held
	hours := map[p.EntityID]registry.Clock{}
	if id, err := p.ParseEntityID(c.Value("session")); err == nil {
		if session, err = c.Desk.Session(c.Ctx(), c.Who, id); err != nil {
			return err
		}
		if hours, err = c.Desk.HoursAt(c.Ctx(), c.Who, id); err != nil {
			return err
		}
	}
	if err := note(people); err != nil {
		return err
	}
	frame, vaccines, err := paperFrame(c)
	if err != nil {
		return err
	}
	page := ui.Letters{Frame: frame, Place: c.Place}
	page.Made = c.MadeList()
	for _, family := range families(people, book) {
		page.Letters = append(page.Letters, letter(c, family, session, hours, book, vaccines))
	}
	return c.DrawPrint("letters", page, pages.FileOn("giay-moi", c.Today))
}

// printCards draws a card for each person of a worklist.
func (w *Web) printCards(c *pages.Call, note func([]desk.Expected) error) error {
	people, book, err := invited(c)
	if err != nil {
		return err
	}
	if err := note(people); err != nil {
		return err
	}
	return c.Cards(people, func(s *project.SubjectRow) string { return book.Name(s.Residence, s.Hamlet) })
}

// invited are the people letters are for.
func invited(c *pages.Call) ([]desk.Expected, *desk.HamletBook, error) {
	if query := c.R.URL.Query(); query.Get("list") == listSession {
		id, err := p.ParseEntityID(query.Get("session"))
		if err != nil {
			return nil, nil, desk.ErrNotFound
		}
		list, err := c.Desk.SessionList(c.Ctx(), c.Who, id, 0)
		if err != nil {
			return nil, nil, err
		}
		var people []desk.Expected
		for i := range list.Called {
			people = append(people, list.Called[i].Expected)
		}
		return append(people, list.Open...), list.Book, nil
	}
	if query := c.R.URL.Query(); query.Get("list") == listRecall {
		return invitedAgain(c, query.Get("recall"))
	}
	x, err := chooseDue(c)
	if err != nil {
		return nil, nil, err
	}
	people, err := c.Desk.Expect(c.Ctx(), c.Who, x.chosen)
	return people, x.book, err
}

// invitedAgain are those of the station who had a recalled lot and are due for a dose again.
func invitedAgain(c *pages.Call, recall string) ([]desk.Expected, *desk.HamletBook, error) {
	id, err := p.ParseEntityID(recall)
	if err != nil {
		return nil, nil, desk.ErrNotFound
	}
	if err := c.Desk.WorkOutDue(c.Ctx()); err != nil {
		return nil, nil, err
	}
	_, list, _, err := c.Desk.RecallChildren(c.Ctx(), c.Who, id, p.EntityID{})
	if err != nil {
		return nil, nil, err
	}
	var people []desk.Expected
	for i := range list {
		if len(list[i].Due) > 0 {
			people = append(people, list[i].Expected)
		}
	}
	book, err := c.Desk.HamletBook(c.Ctx())
	return people, book, err
}

// families puts together who is of one mother in one hamlet with one phone; who names no mother has a letter of their own. By hamlet,
// so that the letters lie as they are handed out.
func families(people []desk.Expected, book *desk.HamletBook) [][]desk.Expected {
	at := map[string]int{}
	var out [][]desk.Expected
	for i := range people {
		s := &people[i].Subject
		key := book.Key(s.Residence, s.Hamlet) + "\n" + registry.Fold(s.MotherName) + "\n" + s.Phone
		k, known := at[key]
		if !known || s.MotherName == "" {
			k = len(out)
			at[key] = k
			out = append(out, nil)
		}
		out[k] = append(out[k], people[i])
	}
	order := make(map[p.EntityID]registry.HamletOrder, len(out))
	for _, family := range out {
		x := &family[0].Subject
		order[x.ID] = registry.OrderOfHamlet(book.Name(x.Residence, x.Hamlet))
	}
	slices.SortStableFunc(out, func(a, b []desk.Expected) int { return order[a[0].Subject.ID].Compare(order[b[0].Subject.ID]) })
	return out
}

func letter(c *pages.Call, family []desk.Expected, session *desk.Held, hours map[p.EntityID]registry.Clock, book *desk.HamletBook, vaccines []project.VaccineRow) ui.Letter {
	first := &family[0].Subject
	out := ui.Letter{To: first.MotherName, Hamlet: book.Name(first.Residence, first.Hamlet)}
	if out.To == "" {
		out.To = first.Name
	}
	if session != nil {
		out.Day, out.Where = c.LongDay(session.Day), session.Site
		if out.Where == "" {
			out.Where = session.PlaceName
		}
		out.Hour = sessionHours(&session.Session)
	}
	var hour registry.Clock
	for i := range family {
		x := &family[i]
		child := ui.LetterChild{Name: x.Subject.Name, Born: c.Person(&x.Subject, &desk.Home{}).Born}
		for k := range x.Due {
			if code := x.Due[k].Vaccine; session == nil || session.Gives(code) {
				child.Vaccines = append(child.Vaccines, pages.FamilyName(c.Words, code, vaccines))
			}
		}
		if at := hours[x.Subject.Case]; at != 0 && (hour == 0 || at < hour) {
			hour = at
		}
		out.Children = append(out.Children, child)
	}
	if hour != 0 { // the family comes together
		out.Hour = hour.String()
	}
	return out
}
