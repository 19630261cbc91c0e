package sim

import (
	"fmt"

	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// op is something that happens in a step.
type op struct {
	name   string
	weight int
	kind   int // of fault; -1: people at work
	do     func(w *world)
}

// work is what people do. The order is part of what a script means: new ones come last.
var work = []op{
	{"nothing", 1, -1, func(*world) {}},
	{"a child is registered", 10, -1, (*world).register},
	{"a dose is given", 24, -1, (*world).dose},
	{"a visit", 8, -1, (*world).visit},
	{"a record is corrected", 10, -1, (*world).correct},
	{"a dose is voided or restored", 5, -1, (*world).void},
	{"a child moves", 4, -1, (*world).move},
	{"two records are linked or taken apart", 4, -1, (*world).link},
	{"a child from elsewhere is pinned", 3, -1, (*world).pin},
	{"somebody looks at a record", 4, -1, (*world).look},
	{"an officer corrects a record", 4, -1, (*world).officer},
	{"somebody presses the button", 6, -1, (*world).button},
	{"a program is started again", 3, -1, (*world).again},
}

// station chooses a station that runs.
func (w *world) station() *machine {
	return w.machine(func(m *machine) bool { return m.commune != nil && m.runs() })
}

// hub chooses a hub that runs.
func (w *world) hub() *machine {
	return w.machine(func(m *machine) bool { return m.isHub() && m.runs() })
}

// machine chooses one of those that fit, nil if none does.
func (w *world) machine(fits func(*machine) bool) *machine {
	var some []*machine
	for _, m := range w.machines {
		if !m.gone && fits(m) {
			some = append(some, m)
		}
	}
	if len(some) == 0 {
		return nil
	}
	return some[w.tape.below(len(some))]
}

// known chooses an entity of a list that a machine has.
func (w *world) known(m *machine, list []p.EntityID) *p.State {
	if len(list) == 0 {
		return nil
	}
	from := w.tape.below(len(list))
	for i := range min(len(list), 8) {
		if s := m.state(list[(from+i)%len(list)]); s != nil {
			return s
		}
	}
	return nil
}

// token is a text that stands nowhere else.
func (w *world) token() string {
	w.tokens++
	return fmt.Sprintf("T%d", w.tokens) // as a lot is kept
}

func today(m *machine) registry.Day { return registry.Today(m.now(), registry.VietnamOffset) }

// save writes one act at a machine and, if it was saved, takes note that somebody was told so. It returns the entities
// that the drafts are about, none if it was not saved.
func (w *world) save(m *machine, token string, drafts ...registry.Draft) []p.EntityID {
	dots, err := m.node.Append(w.ctx, m.actor, func(store.Tx, func(int) p.EntityID) ([]registry.Draft, error) {
		return drafts, nil
	})
	if err != nil {
		w.note("%s does not save %s: %v", m.name, token, err)
		return nil
	}
	ids := make([]p.EntityID, len(dots))
	creates := false
	for i, d := range dots {
		if ids[i] = drafts[i].Entity; ids[i].IsZero() {
			ids[i], creates = d.Entity(), true
		}
	}
	if !w.facts.tell(m, token, creates) {
		w.fail("the act %s does not bear its mark: nothing could be shown of it", token)
	}
	w.count.Said++
	m.writesOn(dots[0])
	w.note("%s saves %s: %s", m.name, token, dots[0])
	return ids
}

// drafted is save of a draft that the registry may have refused.
func (w *world) drafted(m *machine, token string, d registry.Draft, err error) []p.EntityID {
	if w.refuses(m, token, err) || len(d.Writes) == 0 {
		return nil
	}
	return w.save(m, token, d)
}

// refuses reports whether the registry refused a draft. It may only refuse one of a record that a set-back machine or a cheat
// wrote twice under one name, as two different things.
func (w *world) refuses(m *machine, token string, err error) bool {
	if err != nil && (w.on[rolledBack] || w.on[hostile]) {
		w.note("%s refuses %s: %v", m.name, token, err)
		return true
	}
	w.must(err)
	return false
}

func (w *world) register() {
	m := w.station()
	if m == nil {
		return
	}
	code, err := registry.NewCode(m.number, m.random)
	w.must(err)
	token := w.token()
	d, err := registry.NewSubject(registry.SubjectInput{
		Place: m.commune.place, Code: code, Name: "Lò Gia " + token, BirthDate: today(m) - 60, BirthPrec: registry.PrecisionDay,
		Sex: registry.SexFemale, MotherName: "Lò Thị Mai", FatherName: token,
	}, today(m))
	w.people = append(w.people, w.drafted(m, token, d, err)...)
}

func (w *world) doseAt(m *machine, subject, place p.EntityID, token string) registry.Draft {
	d, err := registry.NewImmunization(registry.ImmunizationInput{
		Subject: subject, Place: place, Vaccine: registry.Vaccines()[w.tape.below(3)].Code, GivenOn: today(m) - registry.Day(w.tape.below(30)),
		Lot: token, Programme: registry.ProgrammeEPI, Source: registry.SourceHere, Screening: registry.ScreeningEligible,
	}, registry.Known{Today: today(m)})
	w.must(err)
	return d
}

func (w *world) dose() { w.doseBy(w.station()) }

func (w *world) doseBy(m *machine) {
	if m == nil || !m.runs() {
		return
	}
	if s := w.known(m, w.people); s != nil {
		token := w.token()
		w.given = append(w.given, w.save(m, token, w.doseAt(m, s.ID, m.commune.facility, token))...)
	}
}

func (w *world) visit() {
	m := w.station()
	if m == nil {
		return
	}
	s := w.known(m, w.people)
	if s == nil {
		return
	}
	token := w.token()
	next, err := registry.EditSubject(s, registry.Patch{registry.SubjectNextDate: p.Int(int64(today(m) + 30))}, registry.SawOf(s), today(m))
	if w.refuses(m, token, err) {
		return // the child's name is a dose's here now
	}
	drafts := []registry.Draft{w.doseAt(m, s.ID, m.commune.facility, token), w.doseAt(m, s.ID, m.commune.facility, token+"B")}
	if len(next.Writes) > 0 {
		drafts = append(drafts, next)
	}
	if ids := w.save(m, token, drafts...); ids != nil {
		w.given = append(w.given, ids[:2]...)
	}
}

// texts are fields that people correct.
var texts = []p.Field{registry.SubjectNote, registry.SubjectHamlet, registry.SubjectMotherName, registry.SubjectName}

func (w *world) correctAt(m *machine) {
	if m == nil {
		return
	}
	if s := w.known(m, w.people); s != nil {
		token := w.token()
		d, err := registry.EditSubject(s, registry.Patch{texts[w.tape.below(len(texts))]: p.Text("Lò " + token)}, registry.SawOf(s), today(m))
		w.drafted(m, "Lò "+token, d, err)
	}
}

func (w *world) correct() { w.correctAt(w.station()) }

func (w *world) officer() { w.correctAt(w.hub()) }

func (w *world) void() {
	m := w.station()
	if m == nil {
		return
	}
	s := w.known(m, w.given)
	if s == nil {
		return
	}
	if _, void := registry.Voided(s); void {
		d, err := registry.Restore(s, registry.SawOf(s))
		w.drafted(m, "", d, err)
		return
	}
	token := w.token()
	d, err := registry.Void(s, token, registry.SawOf(s))
	w.drafted(m, token, d, err)
}

func (w *world) move() {
	m := w.station()
	if m == nil {
		return
	}
	if s := w.known(m, w.people); s != nil {
		to := w.communes[w.tape.below(len(w.communes))]
		d, err := registry.EditSubject(s, registry.Patch{p.FieldPlace: p.Ref(to.place)}, registry.SawOf(s), today(m))
		w.drafted(m, "", d, err)
	}
}

func (w *world) link() {
	m := w.station()
	if m == nil {
		return
	}
	if w.tape.chance(300) {
		if s := w.known(m, w.links); s != nil {
			same := false
			for _, v := range s.Values(registry.LinkSame) {
				same = same || v.Data.Bool()
			}
			d, err := registry.SetLink(s, !same, registry.SawOf(s))
			if ids := w.drafted(m, "", d, err); ids != nil && same && w.tape.chance(700) {
				w.part(m, s)
			}
			return
		}
	}
	a, b := w.known(m, w.people), w.known(m, w.people)
	if a == nil || b == nil || a.ID == b.ID {
		return
	}
	d, err := registry.NewLink(a.ID, b.ID, true)
	w.links = append(w.links, w.drafted(m, "", d, err)...)
}

// part lets one of two who are no longer one person move away, and the other come for a dose: what took them apart stays
// with both.
func (w *world) part(m *machine, link *p.State) {
	one, _ := link.Get(p.FieldSubject).Ref()
	other, _ := link.Get(p.FieldSubject2).Ref()
	if s := m.state(one); s != nil {
		to := w.communes[w.tape.below(len(w.communes))]
		d, err := registry.EditSubject(s, registry.Patch{p.FieldPlace: p.Ref(to.place)}, registry.SawOf(s), today(m))
		w.drafted(m, "", d, err)
	}
	if m.state(other) != nil {
		token := w.token()
		w.given = append(w.given, w.save(m, token, w.doseAt(m, other, m.commune.facility, token))...)
	}
}

func (w *world) pin() {
	m := w.station()
	if m == nil || len(w.people) == 0 {
		return
	}
	w.save(m, "", registry.NewPin(w.people[w.tape.below(len(w.people))], m.commune.place))
}

func (w *world) look() {
	m := w.station()
	if m == nil {
		return
	}
	if s := w.known(m, w.people); s != nil {
		err := m.node.AppendAccess(w.ctx, m.actor, func(store.Tx, func(int) p.EntityID) ([]registry.Draft, error) {
			return []registry.Draft{registry.NewAccess(registry.Access{Place: m.commune.place, Act: "view", Subject: s.ID})}, nil
		})
		if err == nil {
			w.facts.tell(m, "", false)
		}
	}
}

func (w *world) button() {
	m := w.machine(func(m *machine) bool { return m.runs() && m.up != nil })
	if m != nil {
		m.exchange()
	}
}

func (w *world) again() {
	m := w.machine((*machine).runs)
	if m == nil {
		return
	}
	m.stop()
	_ = m.start()
}

// user is the draft of a station's nurse.
func (w *world) nurse(m *machine) registry.Draft {
	d, err := registry.NewUser(registry.UserInput{
		Place: m.commune.place, Login: m.name, Name: "Cà Thị Diên", Role: int(rights.Nurse), Password: "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaA",
	})
	w.must(err)
	return d
}
