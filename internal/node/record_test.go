package node_test

import (
	"context"
	"reflect"
	"testing"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// listed are the rows of the vaccination day at m: visits of somebody, sessions at a place.
func (m *machine) listed(subject, place p.EntityID) (visits, sessions []project.RecordRow) {
	m.t.Helper()
	err := m.st.View(context.Background(), func(tx store.Tx) error {
		var err error
		if visits, err = tx.RecordsOf(registry.KindVisit, subject); err != nil {
			return err
		}
		sessions, err = tx.RecordsAt(store.RecordQuery{Kind: registry.KindSession, Places: []p.EntityID{place}})
		return err
	})
	if err != nil {
		m.t.Fatal(err)
	}
	return visits, sessions
}

// A visit goes where the child's record goes, a session to those who hold it and those above. Both are found there, also
// after the rows were made anew, and no more once they were never made.
func TestVisitsAndSessionsAreListed(t *testing.T) {
	c := newCountry(t)
	child := c.a.act(subject(t, c.a, c.communeA, "Lò Gia Bảo"))[0]
	session := c.a.act(registry.Draft{Kind: registry.KindSession, Writes: []p.Write{
		{Field: p.FieldPlace, Data: p.Ref(c.placeA)}, {Field: registry.SessionDay, Data: p.Int(20_782)},
	}})[0]
	visit := c.a.act(registry.Draft{Kind: registry.KindVisit, Writes: []p.Write{
		{Field: p.FieldSubject, Data: p.Ref(child)},
		{Field: p.FieldPlace, Data: p.Ref(c.placeA)},
		{Field: registry.VisitDay, Data: p.Int(20_782)},
		{Field: registry.VisitSession, Data: p.Ref(session)},
	}})[0]
	c.quiet()
	wantVisits := []project.RecordRow{{ID: visit, Kind: registry.KindVisit, Subject: child, Place: c.placeA, Under: session, Day: 20_782}}
	wantSessions := []project.RecordRow{{ID: session, Kind: registry.KindSession, Place: c.placeA, Day: 20_782}}
	for _, m := range []*machine{c.a, c.province, c.centre} {
		for _, when := range []string{"after the exchange", "after a rebuild"} {
			if visits, sessions := unsummed(m.listed(child, c.placeA)); !reflect.DeepEqual(visits, wantVisits) || !reflect.DeepEqual(sessions, wantSessions) {
				t.Errorf("%s: %+v, %+v", when, visits, sessions)
			}
			if _, err := m.n.Rebuild(context.Background(), false, nil); err != nil {
				t.Fatal(err)
			}
		}
	}
	if visits, sessions := c.b.listed(child, c.placeA); len(visits)+len(sessions) != 0 {
		t.Errorf("a station of another commune has %+v, %+v", visits, sessions)
	}
	void, err := registry.Void(c.a.state(visit), "nhầm người", registry.SawOf(c.a.state(visit)))
	if err != nil {
		t.Fatal(err)
	}
	c.a.act(void)
	wantVisits[0].Void = true
	if visits, _ := unsummed(c.a.listed(child, c.placeA)); !reflect.DeepEqual(visits, wantVisits) {
		t.Errorf("after it was said to be an error: %+v", visits)
	}
}

// unsummed leaves out what tells one state from another.
func unsummed(visits, sessions []project.RecordRow) (v, s []project.RecordRow) {
	for _, rows := range [][]project.RecordRow{visits, sessions} {
		for i := range rows {
			rows[i].Sum = 0
		}
	}
	return visits, sessions
}
