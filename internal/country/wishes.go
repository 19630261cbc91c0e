package country

import (
	"context"

	"tramy/internal/desk"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
)

// How much of what families say about data there is at each station.
const (
	consentsPerStation = 12 // families who were asked
	requestsPerCountry = 2  // who want something; one of them has waited too long
	lateDays           = 7
)

// saySomething lets the families of some children say what their data may be used for, and two of the first station ask for
// something: pages about it are never empty.
func (c *Country) saySomething(ctx context.Context, m *Maker) error {
	for i, n := range c.Stations() {
		var people []project.SubjectRow
		home := n.Desk().Home()
		err := n.Desk().Node.Store().View(ctx, func(tx store.Tx) (err error) {
			people, err = tx.SearchSubjects(store.SubjectQuery{Residences: home.Residences(), Limit: 4 * consentsPerStation})
			return err
		})
		if err != nil {
			return err
		}
		asked := 0
		for j := range people {
			x := &people[j]
			if x.Group != registry.GroupChild || x.MotherName == "" || asked == consentsPerStation {
				continue
			}
			asked++
			if err := n.consents(ctx, m, x); err != nil {
				return err
			}
			if i == 0 && asked <= requestsPerCountry {
				if err := n.request(ctx, x, asked); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// consents takes down what a mother says: most agree to be reminded, few to research.
func (n *Node) consents(ctx context.Context, m *Maker, x *project.SubjectRow) error {
	answer := func(percent int) registry.Answer {
		if m.chance(percent) {
			return registry.AnswerGiven
		}
		return registry.AnswerRefused
	}
	said := desk.Said{By: x.MotherName, Relation: registry.RelationMother, Channel: registry.ChannelPaper, Child: true}
	return n.Desk().RecordConsents(ctx, n.nurse(), x.ID, said, map[registry.Purpose]registry.Answer{
		registry.PurposeReminders: answer(90), registry.PurposeResearch: answer(25),
	})
}

// request takes down the first or second request of the country: one of today, and one that has waited.
func (n *Node) request(ctx context.Context, x *project.SubjectRow, nth int) error {
	in := registry.RequestInput{
		Subject: x.ID, Wish: registry.WishView, By: x.MotherName, Relation: registry.RelationMother, Channel: registry.ChannelSpoken,
		On: n.Desk().Today(), Words: "xin bản in cả sổ tiêm",
	}
	if nth > 1 {
		in.Wish, in.On, in.Words = registry.WishCorrect, in.On-lateDays, "tên đệm ghi khác giấy khai sinh"
	}
	_, err := n.Desk().AddRequest(ctx, n.nurse(), in)
	return err
}
