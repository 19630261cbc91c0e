package desk

import (
	"errors"
	"slices"
	"time"

	"tramy/internal/atlas"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// ErrElsewhere says that a record belongs to places that the person's role does not hold for.
var ErrElsewhere = errors.New("this record belongs to another place")

// recentHours is for how long a record that belongs nowhere here can be gone on with after somebody here wrote it: a
// visitor who was just registered has no dose yet, and of a child who was just said to live elsewhere that may have to be
// taken back.
const recentHours = 24

// area is the part of today's map that somebody's role holds for.
type area struct {
	all    bool // the nation
	top    p.EntityID
	places *atlas.Atlas
	m      *atlas.Map // of today
	served []p.EntityID
	known  map[p.EntityID]bool
}

// areaOf returns what a person's role holds for: what lies in their place, and what a machine there is served, which for
// a facility is its commune's register with all that this was made of. Accounts come down to a station for its register
// alone, so at a station that is everybody's.
func (d *Desk) areaOf(who Who) *area {
	places, id := d.Node.Atlas(), d.Node.Identity()
	a := &area{top: who.Place, places: places, m: d.Map(), known: map[p.EntityID]bool{}}
	if who.Place.IsZero() {
		return a
	}
	row, known := places.Row(who.Place)
	a.all = known && row.Level == registry.LevelNation
	a.served = places.StationScopes(who.Place)
	if id.Role == registry.NodeStation {
		a.served = append(a.served, places.StationScopes(id.Place)...)
	}
	return a
}

// has reports whether a place lies in it, or may do so: of a commune that was split each part may read.
func (a *area) has(place p.EntityID) bool {
	switch {
	case place.IsZero() || a.top.IsZero():
		return false
	case a.all:
		return true
	}
	in, known := a.known[place]
	if !known {
		in = a.m.Within(place, a.top) ||
			slices.ContainsFunc(a.places.ScopesEver(place), func(s p.EntityID) bool { return slices.Contains(a.served, s) }) ||
			slices.ContainsFunc(a.m.Now(place), func(at p.EntityID) bool { return a.m.Within(at, a.top) })
		a.known[place] = in
	}
	return in
}

// residences are the places that who lives in the area may be recorded at; of the nation none are told, which means
// anywhere. False: nobody lives in it.
func (a *area) residences(places *atlas.Atlas) ([]p.EntityID, bool) {
	if a.all {
		return nil, true
	}
	var out []p.EntityID
	for _, id := range places.Places() {
		if a.has(id) {
			out = append(out, id)
		}
	}
	return out, len(out) > 0
}

// residencesOf is area.residences for a person. The map of a country is gone through once a day and person's place.
func (d *Desk) residencesOf(who Who) ([]p.EntityID, bool) {
	places, day := d.Node.Atlas(), d.Today()
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.homes.places != places || d.homes.day != day {
		d.homes = homesOf{places: places, day: day, of: map[p.EntityID][]p.EntityID{}}
	}
	in, known := d.homes.of[who.Place]
	if a := d.areaOf(who); a.all {
		return nil, true
	} else if !known {
		in, _ = a.residences(places)
		d.homes.of[who.Place] = in
	}
	return in, len(in) > 0
}

// homesOf remembers which residences a place's people may be recorded at, on one day's map.
type homesOf struct {
	places *atlas.Atlas
	day    registry.Day
	of     map[p.EntityID][]p.EntityID
}

// ofCase reports whether a case belongs to the area: somebody of it lives there, had a dose there, was looked up there;
// or somebody there has just written it.
func (d *Desk) ofCase(tx store.Tx, a *area, kase p.EntityID) (bool, error) {
	if a.all {
		return true, nil
	}
	people, err := tx.SubjectsOfCase(kase)
	if err != nil {
		return false, err
	}
	for i := range people {
		if a.has(people[i].Recorded) || a.has(people[i].Residence) {
			return true, nil
		}
	}
	doses, err := tx.DosesOfCase(kase)
	if err != nil {
		return false, err
	}
	if slices.ContainsFunc(doses, func(r project.ImmunizationRow) bool { return a.has(r.Place) }) {
		return true, nil
	}
	for i := range people {
		routes, err := tx.Routes(people[i].ID)
		if err != nil {
			return false, err
		}
		if slices.ContainsFunc(routes, func(r store.RouteRow) bool { return !r.Left && a.has(r.Scope) }) {
			return true, nil
		}
	}
	for i := range people {
		if recent, err := d.justWritten(tx, a, people[i].ID); err != nil || recent {
			return recent, err
		}
	}
	return false, nil
}

// justWritten reports whether a machine in the area wrote into a record within the last hours. A clock that is wrong
// shows a record to its author's neighbours, or asks them for a reason; it loses nothing.
func (d *Desk) justWritten(tx store.Tx, a *area, id p.EntityID) (bool, error) {
	s, err := tx.State(id)
	if err != nil || s == nil {
		return false, err
	}
	now := d.Node.Now()
	for _, f := range s.Fields {
		for _, v := range f.Values {
			if age := now.Sub(time.UnixMilli(v.At.Corrected())); age > recentHours*time.Hour || age < -recentHours*time.Hour {
				continue
			}
			log, err := tx.Log(v.Dot.Log)
			if err != nil {
				return false, err
			}
			if log == nil {
				continue
			}
			if log.Own && d.Node.Identity().Role == registry.NodeStation {
				return true, nil
			}
			dev, err := tx.Device(log.Device)
			if err != nil {
				return false, err
			}
			if dev != nil && dev.Role == registry.NodeStation && a.has(dev.Place) {
				return true, nil
			}
		}
	}
	return false, nil
}

// ofSubject is ofCase for the record of one subject; ErrNotFound if it is not here.
func (d *Desk) ofSubject(tx store.Tx, a *area, id p.EntityID) (bool, error) {
	row, err := tx.SubjectRow(id)
	if err != nil {
		return false, err
	}
	if row == nil {
		return false, ErrNotFound
	}
	return d.ofCase(tx, a, row.Case)
}

// mine refuses a subject's record that does not belong to the places a person's role holds for. It is asked before
// anything is written into the record.
func (d *Desk) mine(tx store.Tx, who Who, subjects ...p.EntityID) error {
	a := d.areaOf(who)
	for _, id := range subjects {
		in, err := d.ofSubject(tx, a, id)
		if err != nil {
			return err
		}
		if !in {
			return ErrElsewhere
		}
	}
	return nil
}

// mineDose is mine for a dose: of a record that is theirs, or given in their places to somebody who is not known here.
func (d *Desk) mineDose(tx store.Tx, who Who, s *p.State) error {
	dose := registry.ImmunizationOf(s)
	if d.areaOf(who).has(dose.Place) {
		return nil
	}
	if dose.Subject.IsZero() {
		return ErrElsewhere
	}
	return d.mine(tx, who, dose.Subject)
}

// mineEntity is mine for an entity of any kind.
func (d *Desk) mineEntity(tx store.Tx, who Who, s *p.State) error {
	switch s.Kind {
	case registry.KindSubject:
		return d.mine(tx, who, s.ID)
	case registry.KindImmunization:
		return d.mineDose(tx, who, s)
	case registry.KindLink:
		link := registry.LinkOf(s)
		return d.mine(tx, who, link.A, link.B)
	}
	a := d.areaOf(who)
	place := s.ID // a place lies in itself
	if s.Kind != registry.KindPlace {
		place, _ = s.Get(p.FieldPlace).Ref()
	}
	if !a.all && !a.has(place) { // what goes to everybody is the nation's
		return ErrElsewhere
	}
	return nil
}

// listed are rows of people as lists show them to a person: whom to call stands there for those who call.
func listed(who Who, rows []project.SubjectRow) []project.SubjectRow {
	for i := range rows {
		masked(who, &rows[i])
	}
	return rows
}

func masked(who Who, row *project.SubjectRow) {
	if !rights.SeesContacts(who.Role) {
		row.Phone = ""
	}
}
