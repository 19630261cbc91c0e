package web

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"net/url"
	"slices"

	"tramy/internal/desk"
	"tramy/internal/pages"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// What stands in an address for people whose hamlet nobody wrote down, or is in no list, and for hamlets where nobody goes round.
const (
	noHamlet    = "-"
	notInList   = "?"
	noWorker    = "-"
	neverTried  = "never"
	noPhone     = "none"
	byHamlet    = "hamlet"
	byWorker    = "worker"
	asWorkers   = "workers"
	asLetters   = "letters"
	asCards     = "cards"
	listSession = "session" // only for letters: who should come to a session
	listRecall  = "recall"  // only for letters: who is to have a dose of a recalled lot again
)

// dueFilter is what the worklists are narrowed to, and by what they are grouped; empty parts narrow nothing.
type dueFilter struct{ vaccine, hamlet, worker, came, phone, by string }

func readDueFilter(q url.Values) dueFilter {
	return dueFilter{q.Get("vaccine"), q.Get("hamlet"), q.Get("worker"), q.Get("came"), q.Get("phone"), q.Get("by")}
}

// narrows reports whether anything is left out.
func (f dueFilter) narrows() bool { return f.vaccine+f.hamlet+f.worker+f.came+f.phone != "" }

func (f dueFilter) href(list string, all bool) string { return ui.PathDue + "?" + f.query(list, all) }

// query is the part of an address that names a list.
func (f dueFilter) query(list string, all bool) string {
	q := url.Values{"list": {list}}
	for name, v := range map[string]string{"vaccine": f.vaccine, "hamlet": f.hamlet, "worker": f.worker, "came": f.came, "phone": f.phone, "by": f.by} {
		if v != "" {
			q.Set(name, v)
		}
	}
	if all {
		q.Set("all", "1")
	}
	return q.Encode()
}

// printQuery is the part of an address that names a list for printing, without anything that is not ours.
func printQuery(q url.Values) string {
	out := url.Values{}
	for _, name := range []string{"list", "vaccine", "hamlet", "worker", "came", "phone", "by", "as", "later", "session", "recall"} {
		if v := q.Get(name); v != "" && len(v) <= registry.NameCharsMax*4 {
			out.Set(name, v)
		}
	}
	return out.Encode()
}

// dueChosen is one worklist as it was asked for.
type dueChosen struct {
	dueFilter
	list        string
	all, chosen []store.DuePerson // of the list; those that fit
	never       map[p.EntityID]bool
	silent      map[p.EntityID]bool // without a phone number; read only when they are asked for
	tabs        []ui.DueTab
	book        *desk.HamletBook
	tried       map[p.EntityID]desk.Tried
	later       int
	showLater   bool
}

// dueLists are the worklists in their order.
var dueLists = []string{ui.DueWeek, ui.DueOverdue, ui.DueZero, ui.DueMissed}

// chooseDue reads the worklists and chooses from the one that was asked for.
func chooseDue(c *pages.Call) (*dueChosen, error) {
	if err := c.Desk.WorkOutDue(c.Ctx()); err != nil {
		return nil, err
	}
	query := c.R.URL.Query()
	x := &dueChosen{dueFilter: readDueFilter(query), list: query.Get("list"), showLater: query.Get("later") != "", never: map[p.EntityID]bool{}}
	if !slices.Contains(dueLists, x.list) {
		x.list = ui.DueWeek
	}
	var err error
	if x.book, err = c.Desk.HamletBook(c.Ctx()); err != nil {
		return nil, err
	}
	if x.tried, err = c.Desk.Tried(c.Ctx()); err != nil {
		return nil, err
	}
	for _, name := range dueLists {
		if name != x.list && name != ui.DueZero && !x.narrows() { // who never had a dose is told so in every list
			n, err := c.Desk.CountDue(c.Ctx(), c.Who, dueQuery(c, name), func(kase p.EntityID) bool {
				last := x.tried[kase]
				return !x.showLater && last.Until(c.Today) != 0
			})
			if err != nil {
				return nil, err
			}
			x.tabs = append(x.tabs, ui.DueTab{List: name, Href: x.href(name, false), Count: n})
			continue
		}
		people, err := x.people(c, name)
		if err != nil {
			return nil, err
		}
		if x.phone == noPhone {
			if x.silent, err = c.Desk.NoPhone(c.Ctx(), people); err != nil {
				return nil, err
			}
		}
		later := 0
		fitting := slices.DeleteFunc(slices.Clone(people), func(y store.DuePerson) bool {
			if !x.fits(&y) {
				return true
			}
			last := x.tried[y.Case]
			if last.Until(c.Today) == 0 {
				return false
			}
			later++
			return !x.showLater
		})
		x.tabs = append(x.tabs, ui.DueTab{List: name, Href: x.href(name, false), Count: len(fitting), Current: name == x.list})
		if name == x.list {
			x.all, x.chosen, x.later = people, fitting, later
		}
	}
	if x.by != "" {
		x.byGroup()
	}
	return x, nil
}

// byGroup puts those who were chosen into the order of their groups.
func (x *dueChosen) byGroup() {
	type grouped struct {
		person store.DuePerson
		at     registry.HamletOrder
	}
	known := map[string]registry.HamletOrder{}
	list := make([]grouped, len(x.chosen))
	for i := range x.chosen {
		name := x.groupOf(&x.chosen[i])
		at, told := known[name]
		if !told {
			at = registry.OrderOfHamlet(name)
			known[name] = at
		}
		list[i] = grouped{x.chosen[i], at}
	}
	slices.SortStableFunc(list, func(a, b grouped) int { return a.at.Compare(b.at) })
	for i := range list {
		x.chosen[i] = list[i].person
	}
}

func (x *dueChosen) people(c *pages.Call, list string) ([]store.DuePerson, error) {
	if list != ui.DueZero {
		return c.Desk.Worklist(c.Ctx(), c.Who, dueQuery(c, list))
	}
	children, err := c.Desk.ZeroDose(c.Ctx(), c.Who)
	for i := range children {
		x.never[children[i].Case] = children[i].Never
	}
	return children, err
}

func (x *dueChosen) fits(y *store.DuePerson) bool {
	return (x.hamlet == "" || x.hamlet == x.hamletOf(y.Residence, y.Hamlet)) && (x.worker == "" || x.worker == workerKey(x.workerOf(y.Residence, y.Hamlet))) &&
		(x.vaccine == "" || slices.Contains(y.Vaccines, x.vaccine)) && (x.came == "" || x.came == cameOf(x.tried[y.Case])) &&
		(x.phone != noPhone || x.silent[y.Case])
}

// hamletOf is the hamlet of somebody as the list has it; where there is no list, as it was written.
func (x *dueChosen) hamletOf(residence p.EntityID, hamlet string) string {
	switch h := x.book.Find(residence, hamlet); {
	case h != nil:
		return h.Display
	case registry.FoldHamlet(hamlet) == "":
		return noHamlet
	case len(x.book.List) == 0:
		return hamlet
	}
	return notInList
}

// workerOf is who goes round where somebody lives.
func (x *dueChosen) workerOf(residence p.EntityID, hamlet string) string {
	if h := x.book.Find(residence, hamlet); h != nil && h.Worker != "" {
		return h.Worker
	}
	return noWorker
}

// workerKey stands in an address for somebody who goes round: names of people do not belong there.
func workerKey(name string) string {
	if name == noWorker {
		return name
	}
	sum := sha256.Sum256([]byte(registry.Fold(name)))
	return hex.EncodeToString(sum[:6])
}

func cameOf(t desk.Tried) string {
	if t.Last.ID.IsZero() {
		return neverTried
	}
	return t.Last.Came.String()
}

// groupOf is in which group somebody stands; those without a hamlet or a worker come last.
func (x *dueChosen) groupOf(y *store.DuePerson) string {
	group := x.hamletOf(y.Residence, y.Hamlet)
	if x.by == byWorker {
		group = x.workerOf(y.Residence, y.Hamlet)
	}
	if group == noHamlet || group == notInList {
		return "\uffff" + group
	}
	return group
}

// hamletWord and workerWord are what stands for a hamlet or a worker on a page.
func hamletWord(c *pages.Call, name string) string {
	switch name {
	case noHamlet:
		return c.T("say.no_hamlet")
	case notInList:
		return c.T("hamlets.not_listed")
	}
	return name
}

func workerWord(c *pages.Call, name string) string {
	if name == noWorker {
		return c.T("hamlets.no_worker")
	}
	return name
}

// groups heads the rows that belong together; without a grouping there is one group without a head. expected and rows go together.
func (x *dueChosen) groups(c *pages.Call, expected []desk.Expected, rows []ui.Person) []ui.DueGroup {
	if x.by != byHamlet && x.by != byWorker {
		return []ui.DueGroup{{Rows: rows}}
	}
	count := map[string]int{}
	for i := range x.chosen {
		count[x.groupOf(&x.chosen[i])]++
	}
	var out []ui.DueGroup
	last := ""
	for i := range rows {
		s := &expected[i].Subject
		key := x.groupOf(&store.DuePerson{Residence: s.Residence, Hamlet: s.Hamlet})
		if len(out) == 0 || key != last {
			out = append(out, x.group(c, s, count[key]))
			last = key
		}
		g := &out[len(out)-1]
		g.Rows = append(g.Rows, rows[i])
	}
	return out
}

func (x *dueChosen) group(c *pages.Call, s *project.SubjectRow, n int) ui.DueGroup {
	g := ui.DueGroup{Title: hamletWord(c, x.hamletOf(s.Residence, s.Hamlet)), Count: n}
	h := x.book.Find(s.Residence, s.Hamlet)
	if h != nil {
		g.Phone = registry.FormatPhone(h.Phone)
		g.Note = h.Worker
	}
	if x.by == byWorker {
		g.Title, g.Note = workerWord(c, x.workerOf(s.Residence, s.Hamlet)), ""
	}
	return g
}

// choices are the vaccines, hamlets and workers that a list has, and what is chosen though it has it no more.
func (x *dueChosen) choices(c *pages.Call, vaccines []project.VaccineRow) (vaccine, hamlet, worker ui.Select) {
	wanted, homes, workers := map[string]bool{x.vaccine: true}, map[string]bool{x.hamlet: true}, map[string]bool{}
	for i := range x.book.List { // also those who have nobody on this list
		if name := x.book.List[i].Worker; name != "" && workerKey(name) == x.worker {
			workers[name] = true
		}
	}
	for i := range x.all {
		y := &x.all[i]
		for _, code := range y.Vaccines {
			wanted[code] = true
		}
		homes[x.hamletOf(y.Residence, y.Hamlet)] = true
		workers[x.workerOf(y.Residence, y.Hamlet)] = true
	}
	vaccine = ui.Select{Value: x.vaccine, Options: []ui.Option{{Text: c.T("say.any_vaccine")}}}
	for i := range vaccines {
		if v := &vaccines[i]; wanted[v.Code] {
			vaccine.Options = append(vaccine.Options, ui.Option{Value: v.Code, Text: pages.VaccineName(c.Words, v)})
		}
	}
	hamlet = named(c, x.hamlet, homes, "say.any_hamlet", hamletWord)
	worker = named(c, x.worker, workers, "due.any_worker", workerWord)
	for i := range worker.Options {
		if o := &worker.Options[i]; o.Value != "" {
			o.Value = workerKey(o.Value)
		}
	}
	return vaccine, hamlet, worker
}

// named offers names in order, with what stands for none of them.
func named(c *pages.Call, value string, names map[string]bool, any string, word func(*pages.Call, string) string) ui.Select {
	out := ui.Select{Value: value, Options: []ui.Option{{Text: c.T(any)}}}
	delete(names, "")
	for _, name := range slices.SortedFunc(maps.Keys(names), func(a, b string) int {
		return cmp.Or(len(word(c, a))-len(a), registry.CompareHamlets(a, b))
	}) {
		out.Options = append(out.Options, ui.Option{Value: name, Text: word(c, name)})
	}
	return out
}

// cameChoice offers what came of the last attempt, and that there was none.
func cameChoice(c *pages.Call, value string) ui.Select {
	out := ui.Select{Value: value, Options: []ui.Option{{Text: c.T("due.any_came")}, {Value: neverTried, Text: c.T("due.never_tried")}}}
	for _, key := range registry.ContactResultEnum.Keys() {
		if key != registry.ContactWelcomed.String() {
			out.Options = append(out.Options, ui.Option{Value: key, Text: c.T("contact_result." + key)})
		}
	}
	return out
}

func phoneChoice(c *pages.Call, value string) ui.Select {
	return ui.Select{Value: value, Options: []ui.Option{{Text: c.T("due.any_phone")}, {Value: noPhone, Text: c.T("due.no_phone")}}}
}

func byChoice(c *pages.Call, value string) ui.Select {
	return ui.Select{Value: value, Options: []ui.Option{{Text: c.T("due.by_days")}, {Value: byHamlet, Text: c.T("due.by_hamlet")}, {Value: byWorker, Text: c.T("due.by_worker")}}}
}

// late counts the list by vaccine and days overdue.
func (x *dueChosen) late(c *pages.Call, vaccines []project.VaccineRow) []ui.LateLine {
	counts := c.Desk.LateByVaccine(x.chosen)
	var out []ui.LateLine
	for i := range vaccines {
		l := counts[vaccines[i].Code]
		if l == nil {
			continue
		}
		f := x.dueFilter
		f.vaccine = vaccines[i].Code
		line := ui.LateLine{Vaccine: pages.VaccineName(c.Words, &vaccines[i]), Href: f.href(x.list, false), Counts: l.Counts[:]}
		for _, n := range l.Counts {
			line.Total += n
		}
		out = append(out, line)
	}
	return out
}
