package proof

import (
	"fmt"
	"slices"

	"tramy/internal/store"
	p "tramy/syncproto"
)

// rowsMax is more rows than a run makes of a kind.
const rowsMax = 1 << 20

// Rows prints, in order, all that people see at a node and the states it follows from, a line each. What is looked for on the
// side, as who may be on record twice and what is due, is made again later and left out.
func Rows(tx store.Tx) (out []string, err error) {
	say := func(what string, row any) { out = append(out, fmt.Sprintf("%s %+v", what, row)) }
	var states []*p.State
	if err := tx.EachState(func(s *p.State) error {
		states = append(states, s)
		return nil
	}); err != nil {
		return nil, err
	}
	for _, s := range states {
		say("state", fmt.Sprintf("%s %d %x", s.ID, s.Kind, p.StateHash(s)))
		if err := rowsOf(tx, s.ID, say); err != nil {
			return nil, err
		}
	}
	if err := lists(tx, say); err != nil {
		return nil, err
	}
	slices.Sort(out)
	return out, nil
}

// rowsOf are the rows of one entity.
func rowsOf(tx store.Tx, id p.EntityID, say func(string, any)) error {
	subject, err := tx.SubjectRow(id)
	if err != nil {
		return err
	}
	if subject != nil {
		say("subject", *subject)
	}
	dose, err := tx.ImmunizationRow(id)
	if err != nil {
		return err
	}
	if dose != nil {
		say("dose", *dose)
	}
	links, err := tx.LinksOf(id)
	if err != nil {
		return err
	}
	for _, l := range links {
		say("link", l)
	}
	members, err := tx.Members(id)
	if err != nil {
		return err
	}
	for _, m := range members {
		say("member", fmt.Sprint(id, m))
	}
	routes, err := tx.Routes(id)
	if err != nil {
		return err
	}
	for i := range routes {
		say("route", fmt.Sprintf("%s %s %d %x %v", routes[i].Scope, id, routes[i].Number, routes[i].Hash, routes[i].Left))
	}
	return nil
}

// lists are the rows that are read all at once.
func lists(tx store.Tx, say func(string, any)) error {
	conflicts, err := tx.Conflicts(rowsMax)
	each("conflict", conflicts, say)
	if err != nil {
		return err
	}
	places, err := tx.Places()
	each("place", places, say)
	if err != nil {
		return err
	}
	users, err := tx.Users()
	each("user", users, say)
	if err != nil {
		return err
	}
	devices, err := tx.Devices()
	each("device", devices, say)
	if err != nil {
		return err
	}
	vaccines, err := tx.Vaccines()
	each("vaccine", vaccines, say)
	if err != nil {
		return err
	}
	looks, err := tx.Accesses(p.EntityID{}, rowsMax)
	if err != nil {
		return err
	}
	for i := range looks {
		// That somebody looked stays on record where the state is gone: with a log that was rejected.
		if s, err := tx.State(looks[i].ID); err != nil {
			return err
		} else if s != nil {
			say("look", looks[i])
		}
	}
	requests, err := tx.Requests(true, rowsMax)
	each("request", requests, say)
	if err != nil {
		return err
	}
	rejections, err := tx.Rejections()
	each("rejection", rejections, say)
	if err != nil {
		return err
	}
	rescues, err := tx.Rescues(rowsMax)
	each("rescue", rescues, say)
	if err != nil {
		return err
	}
	coverage, err := tx.Coverage(store.CoverageQuery{})
	each("coverage", coverage, say)
	if err != nil {
		return err
	}
	registered, err := tx.Registered()
	each("registered", registered, say)
	if err != nil {
		return err
	}
	counts, err := tx.Counts()
	say("counts", counts)
	return err
}

func each[T any](what string, rows []T, say func(string, any)) {
	for i := range rows {
		say(what, rows[i])
	}
}
