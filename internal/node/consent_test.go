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

// wishes are the rows of statements and requests about somebody at m.
func (m *machine) wishes(subject p.EntityID) (consents []project.ConsentRow, requests []project.RequestRow) {
	m.t.Helper()
	err := m.st.View(context.Background(), func(tx store.Tx) error {
		var err error
		if consents, err = tx.ConsentsOf(subject); err != nil {
			return err
		}
		requests, err = tx.RequestsOf(subject)
		return err
	})
	if err != nil {
		m.t.Fatal(err)
	}
	return consents, requests
}

// What a family says of a child's data goes up and comes down with the child, has its rows at each place, and has the
// same ones after they were made anew (I9). What becomes of a request is heard where it was taken down.
func TestConsentsAndRequestsTravelWithTheCase(t *testing.T) {
	c := newCountry(t)
	today, _ := registry.NewDay(2026, 11, 25)
	child := c.a.act(subject(t, c.a, c.communeA, "Lò Gia Bảo"))[0]
	yes, err := registry.NewConsent(registry.ConsentInput{
		Subject: child, Place: c.placeA, Purpose: registry.PurposeReminders, Answer: registry.AnswerGiven, By: "Lò Thị Ánh",
		Relation: registry.RelationMother, Channel: registry.ChannelPaper,
	}, today-400, today)
	if err != nil {
		t.Fatal(err)
	}
	wish, err := registry.NewRequest(registry.RequestInput{
		Subject: child, Place: c.placeA, Wish: registry.WishRestrict, By: "Lò Thị Ánh", Relation: registry.RelationMother, Channel: registry.ChannelSpoken,
	}, today)
	if err != nil {
		t.Fatal(err)
	}
	request := c.a.act(yes, wish)[1]
	c.quiet()
	s := c.province.state(request)
	done, err := registry.CloseRequest(s, registry.OutcomeDone, "từ nay không dùng ngoài việc tiêm", p.EntityID{}, today, registry.SawOf(s))
	if err != nil {
		t.Fatal(err)
	}
	c.province.act(done)
	c.quiet()
	wantConsents, wantRequests := c.centre.wishes(child)
	if len(wantConsents) != 1 || len(wantRequests) != 1 || !wantRequests[0].Restricts || wantConsents[0].Purpose != registry.PurposeReminders {
		t.Fatalf("the centre has %+v, %+v", wantConsents, wantRequests)
	}
	for _, m := range []*machine{c.a, c.province, c.centre} {
		for _, when := range []string{"after the exchange", "after a rebuild"} {
			if consents, requests := m.wishes(child); !reflect.DeepEqual(consents, wantConsents) || !reflect.DeepEqual(requests, wantRequests) {
				t.Errorf("%s: %+v, %+v", when, consents, requests)
			}
			if _, err := m.n.Rebuild(context.Background(), false, nil); err != nil {
				t.Fatal(err)
			}
		}
	}
	if consents, requests := c.b.wishes(child); len(consents)+len(requests) != 0 {
		t.Errorf("another commune has %+v, %+v", consents, requests)
	}
	// A machine that let its user write at a place that is not its own is not let in.
	elsewhere := yes
	elsewhere.Writes = append([]p.Write(nil), yes.Writes...)
	for i := range elsewhere.Writes {
		if elsewhere.Writes[i].Field == p.FieldPlace {
			elsewhere.Writes[i].Data = p.Ref(c.placeB)
		}
	}
	c.a.act(elsewhere)
	c.quiet()
	if consents, _ := c.centre.wishes(child); len(consents) != 1 {
		t.Errorf("a statement at a place of others was let in: %+v", consents)
	}
}
