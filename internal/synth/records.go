package synth

import (
	"slices"

	"tramy/internal/registry"
)

// keeper is a register that has a person.
type keeper struct {
	commune int
	at      Facility
	hamlet  string
	from    registry.Day // its doses; 0: all
	until   registry.Day // 0: no end
	status  bool         // knows what became of the person
}

func (k *keeper) gave(d *Dose) bool {
	switch {
	case k.from != 0 && d.GivenOn < k.from, k.until != 0 && d.GivenOn >= k.until:
		return false
	case k.at == Station:
		return (d.At == Station || d.At == Point) && d.Commune == k.commune
	}
	return d.At == k.at
}

// write puts a person on record, where they live and wherever else they were written down.
func (m *maker) write(pn *person) {
	w := m.where
	keepers := []keeper{{commune: m.at, at: Station, hamlet: pn.who.Hamlet, status: true}}
	if pn.moved != 0 {
		if w.of(movedKnown) && len(m.n.communes) > 1 {
			keepers = append(keepers, m.nextDoor(pn, pn.moved, m.today()+1))
		} else { // what they were given since is on no record here
			pn.doses = slices.DeleteFunc(pn.doses, func(d Dose) bool { return d.GivenOn >= pn.moved })
		}
	}
	if pn.who.Group == registry.GroupChild && w.of(m.n.opt.Duplicates) {
		keepers = append(keepers, m.another(pn))
		if w.of(thirdRecord) {
			keepers = append(keepers, m.another(pn))
		}
	}
	m.records(pn, keepers)
}

// writeElsewhere puts a person on record at home and in the next commune.
func (m *maker) writeElsewhere(pn *person) {
	if len(m.n.communes) > 1 {
		m.records(pn, []keeper{m.nextDoor(pn, 0, 0)})
	}
}

// nextDoor is the next commune's register; what the station gave within the days was given there.
func (m *maker) nextDoor(pn *person, from, until registry.Day) keeper {
	to := m.n.next(m.at)
	for i := range pn.doses {
		d := &pn.doses[i]
		if (d.At == Station || d.At == Point) && d.GivenOn >= from && d.GivenOn < until {
			d.Commune, d.At = to, Station
			d.Lot, d.Expires = m.n.lot(to, d.Vaccine, d.GivenOn)
		}
	}
	return keeper{commune: to, at: Station, hamlet: m.where.one(m.n.communes[to].Hamlets)}
}

// another is a register that has a child once more, because nobody looked them up.
func (m *maker) another(pn *person) keeper {
	w := m.where
	home := keeper{commune: m.at, at: Station, hamlet: pn.who.Hamlet}
	switch x := w.IntN(100); {
	case x < alsoByHospital:
		home.at = Hospital
	case x < alsoByHospital+alsoByClinic:
		home.at = Clinic
	case x < alsoByHospital+alsoByClinic+alsoNextDoor && len(m.n.communes) > 1 && pn.moved == 0:
		from := pn.from + registry.Day(w.between(30, 500))
		return m.nextDoor(pn, from, from+registry.Day(w.between(60, 240)))
	default:
		// The book was lost, or another nurse was on duty: from some day on doses stand in a second record.
		home.from = pn.from + registry.Day(w.between(30, 400))
	}
	return home
}

// copied is how many of a hundred doses given elsewhere a station reads from the card, where the other place keeps a
// record of its own; where it does not, nearly all.
const (
	copied     = 45
	copiedSole = 90
)

func (m *maker) records(pn *person, keepers []keeper) {
	for i := range keepers[:max(0, len(keepers)-1)] {
		if next := &keepers[i+1]; next.from != 0 && next.at == keepers[i].at && next.commune == keepers[i].commune {
			keepers[i].until = next.from
		}
	}
	for i := range keepers {
		if m.stop {
			return
		}
		k := &keepers[i]
		r := &Record{Person: pn.id, Mother: pn.mother, Commune: k.commune, At: k.at, Subject: pn.who, Rare: pn.rare}
		m.record++
		c := &m.n.communes[k.commune]
		r.ID = entity("record "+m.c.Code, m.record)
		in := &r.Subject
		in.Place, in.Hamlet = m.n.opt.Commune(c.Code), k.hamlet
		in.Code, _ = registry.NewCode(m.device(k), m.where) // the source never fails, and the number is in range
		if i == 0 {
			pn.code = in.Code
		}
		if r.Mother != 0 {
			r.MotherCode = pn.family.motherCode
		}
		in.Aliases, in.Consents, in.Conditions = slices.Clone(in.Aliases), slices.Clone(in.Consents), slices.Clone(in.Conditions)
		if !k.status {
			in.NextDate = 0
		}
		if !k.status && in.Status != registry.StatusDied {
			in.Status, in.StatusDate, in.StatusReason = registry.StatusPresent, 0, ""
		}
		if k.at == Hospital {
			in.PersonalNo = "" // it comes when the birth is registered, after they have left
		}
		for d := range pn.doses {
			m.enter(r, k, keepers, &pn.doses[d])
		}
		m.slip(r, pn, i > 0)
		m.stop = !m.yield(r)
	}
}

// device is the number of the machine that makes a register's codes.
func (m *maker) device(k *keeper) int { return 1000 + 4*k.commune + int(k.at) }

// enter writes a dose into a record: first hand where it was given, else from the card.
func (m *maker) enter(r *Record, k *keeper, keepers []keeper, d *Dose) {
	x := *d
	x.Place = m.n.opt.Place(m.n.communes[d.Commune].Code, d.At)
	if !k.gave(d) {
		if !d.Given() || k.at == Hospital || k.until != 0 && d.GivenOn >= k.until {
			return
		}
		chance := copiedSole
		if slices.ContainsFunc(keepers, func(o keeper) bool { return o.gave(d) }) {
			chance = copied
		}
		if !m.where.of(chance) {
			return
		}
		x.Source, x.Screening, x.GivenClock = registry.SourceCard, 0, 0
		if m.where.of(70) { // the card seldom names the lot
			x.Lot, x.Expires = "", 0
		}
	}
	r.Doses = append(r.Doses, x)
}
