package storetest

import (
	"slices"
	"testing"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// campaigns asks what a campaign is counted from: its lists, and the doses given in it.
func campaigns(t *testing.T, s store.Store) {
	one, other := id(500), id(501)
	of := func(n, whose int, day registry.Day, campaign p.EntityID, change func(*project.ImmunizationRow)) project.ImmunizationRow {
		row := dose(n, whose, 800, day)
		row.Campaign = campaign
		if change != nil {
			change(&row)
		}
		return row
	}
	rows := []project.ImmunizationRow{
		of(30, 1, 20_100, one, func(r *project.ImmunizationRow) { r.GivenMinute = 300 }),
		of(29, 2, 20_100, one, func(r *project.ImmunizationRow) { r.Subject, r.Lot = id(7), "" }), // linked to 2 since
		of(31, 3, 20_101, one, func(r *project.ImmunizationRow) { r.Void = true }),
		of(32, 4, 20_101, one, func(r *project.ImmunizationRow) { r.NotDone = registry.NotDoneRefused }),
		of(33, 1, 20_115, one, func(r *project.ImmunizationRow) { r.Place = id(801) }),
		of(34, 5, 20_100, other, nil),
		of(35, 6, 20_100, p.EntityID{}, nil),
	}
	update(t, s, func(tx store.Tx) error { return each(shuffled(rows), tx.PutImmunizationRow) })
	who := subject(1, "Lò Thị An", "lo thi an", "an lo thi")
	putSubjects(t, s, []project.SubjectRow{who})

	fresh := stamps(t, s, one, other)
	doses := func(campaign p.EntityID, from, to registry.Day) []project.ImmunizationRow {
		return read(t, s, func(tx store.Tx) ([]project.ImmunizationRow, error) { return tx.DosesOfCampaign(campaign, from, to) })
	}
	same(t, "doses of a campaign", doses(one, 0, 0), rows[:5])
	same(t, "doses of a campaign from a day", doses(one, 20_101, 0), rows[2:5])
	same(t, "doses of a campaign on a day", doses(one, 20_100, 20_100), rows[:2])
	same(t, "doses of a campaign until a day", doses(one, -1<<31, 20_101), rows[:4])
	same(t, "doses of an unknown campaign", doses(id(999), 0, 0), nil)
	same(t, "doses of no campaign", doses(p.EntityID{}, 0, 0), nil)

	given := func(campaign p.EntityID) []store.CampaignDose {
		return read(t, s, func(tx store.Tx) ([]store.CampaignDose, error) { return tx.GivenIn(campaign) })
	}
	short := func(r *project.ImmunizationRow) store.CampaignDose {
		return store.CampaignDose{Case: r.Case, Subject: r.Subject, Place: r.Place, On: r.GivenOn}
	}
	same(t, "given in a campaign", given(one), []store.CampaignDose{short(&rows[0]), short(&rows[1]), short(&rows[4])})
	same(t, "given in another", given(other), []store.CampaignDose{short(&rows[5])})
	same(t, "given in none", given(p.EntityID{}), nil)

	onDay := func(campaign p.EntityID, day registry.Day) []store.CampaignDayDose {
		return read(t, s, func(tx store.Tx) ([]store.CampaignDayDose, error) { return tx.CampaignDay(campaign, day) })
	}
	same(t, "the day of a campaign", onDay(one, 20_100), []store.CampaignDayDose{
		{CampaignDose: short(&rows[0]), Lot: "ABC123", BirthDate: who.BirthDate, BirthPrec: who.BirthPrec, Sex: who.Sex},
		{CampaignDose: short(&rows[1])}, // nobody's record of whom is here
	})
	same(t, "a day of which all was taken back or refused", onDay(one, 20_101), nil)
	same(t, "the day of no campaign", onDay(p.EntityID{}, 20_100), nil)
	who.BirthDate++
	putSubjects(t, s, []project.SubjectRow{who})
	fresh("a birth date that was put right", other)

	update(t, s, func(tx store.Tx) error {
		rows[2].Void, rows[0].Campaign = false, other
		return each([]project.ImmunizationRow{rows[0], rows[2]}, tx.PutImmunizationRow)
	})
	fresh("a dose that went to another campaign")
	same(t, "given after one was moved to another campaign and one stands again", given(one), []store.CampaignDose{short(&rows[1]), short(&rows[2]), short(&rows[4])})
	same(t, "given in the other one", given(other), []store.CampaignDose{short(&rows[0]), short(&rows[5])})
	enrolments(t, s, one, other)
}

func enrolments(t *testing.T, s store.Store, one, other p.EntityID) {
	entry := func(n, whose int, campaign p.EntityID, day registry.Day, class string, mark registry.EnrolmentOutcome) project.RecordRow {
		return project.RecordRow{
			ID: id(n), Kind: registry.KindEnrolment, Subject: id(whose), Place: id(800), Under: campaign, Day: day, Group: class, Mark: int32(mark), Sum: uint32(n),
		}
	}
	rows := []project.RecordRow{
		entry(40, 1, one, 0, "1A", 0),
		entry(43, 2, one, 0, "lớp 2 “B”", 0),
		entry(41, 3, one, 20_100, "1A", registry.EnrolmentAbsent),
		entry(42, 4, one, 20_101, "", registry.EnrolmentHasIt),
		entry(44, 5, other, 20_100, "1A", registry.EnrolmentRefused),
	}
	taken := entry(45, 6, one, 0, "1A", 0)
	taken.Void = true
	session := project.RecordRow{ID: id(46), Kind: registry.KindVisit, Subject: id(1), Place: id(800), Under: one, Day: 20_100}
	update(t, s, func(tx store.Tx) error {
		return each(shuffled(append(slices.Clone(rows), taken, session)), tx.PutRecordRow)
	})

	fresh := stamps(t, s, one, other)
	short := func(rows ...project.RecordRow) (out []store.CampaignEntry) {
		for i := range rows {
			r := &rows[i]
			out = append(out, store.CampaignEntry{ID: r.ID, Subject: r.Subject, Place: r.Place, Day: r.Day, Mark: r.Mark, Sum: r.Sum})
		}
		return out
	}
	listed := func(campaign p.EntityID) []store.CampaignEntry {
		return read(t, s, func(tx store.Tx) ([]store.CampaignEntry, error) { return tx.ListedIn(campaign) })
	}
	same(t, "the list of a campaign", listed(one), short(rows[:4]...))
	same(t, "the list of another", listed(other), short(rows[4]))
	same(t, "the list of an unknown campaign", listed(id(999)), nil)
	same(t, "the list of no campaign", listed(p.EntityID{}), nil)
	whole := read(t, s, func(tx store.Tx) ([]project.RecordRow, error) { return tx.RecordsUnder(registry.KindEnrolment, one) })
	same(t, "the list with its classes", whole, []project.RecordRow{rows[0], rows[1], taken, rows[2], rows[3]})

	// Another class, another outcome.
	rows[0].Group, rows[0].Mark, rows[0].Day = "1B", int32(registry.EnrolmentPostponed), 20_102
	update(t, s, func(tx store.Tx) error { return tx.PutRecordRow(&rows[0]) })
	fresh("an entry that was put again", other)
	equal(t, "an entry after it was put again", read(t, s, func(tx store.Tx) (*project.RecordRow, error) { return tx.Record(id(40)) }), &rows[0])
	same(t, "the list after one was put again", listed(one), short(rows[1], rows[2], rows[3], rows[0]))
	update(t, s, func(tx store.Tx) error { return tx.DeleteRecordRow(id(41)) })
	fresh("an entry that was deleted")
	same(t, "the list after one was deleted", listed(one), short(rows[1], rows[3], rows[0]))
	rows[4].Under = one
	update(t, s, func(tx store.Tx) error { return tx.PutRecordRow(&rows[4]) })
	fresh("an entry that went to another campaign")
	update(t, s, func(tx store.Tx) error { return tx.DeleteImmunizationRow(id(33)) })
	fresh("a dose that was deleted")
	row := dose(36, 9, 800, 20_100)
	update(t, s, func(tx store.Tx) error { return tx.PutImmunizationRow(&row) })
	visit := project.RecordRow{ID: id(47), Kind: registry.KindVisit, Subject: id(1), Place: id(800), Under: one, Day: 20_101}
	update(t, s, func(tx store.Tx) error { return tx.PutRecordRow(&visit) })
	fresh("a visit and a dose of no campaign", one, other)
	update(t, s, func(tx store.Tx) error { return tx.ClearRows() })
	fresh("all that was cleared")
}

// stamps watches over the stamps of campaigns. What it returns is called after a change: none is what it was but those that are told
// to be still.
func stamps(t *testing.T, s store.Store, campaigns ...p.EntityID) func(what string, still ...p.EntityID) {
	t.Helper()
	ask := func() (out []uint64) {
		for _, id := range campaigns {
			out = append(out, read(t, s, func(tx store.Tx) (uint64, error) { return tx.CampaignStamp(id) }))
		}
		return out
	}
	before := ask()
	return func(what string, still ...p.EntityID) {
		t.Helper()
		now := ask()
		for i, id := range campaigns {
			stays := slices.Contains(still, id)
			if now[i] == 0 {
				continue // an engine need not tell
			}
			if same := now[i] == before[i]; same != stays {
				t.Errorf("after %s the stamp of campaign %d went from %d to %d", what, i, before[i], now[i])
			}
		}
		before = now
	}
}
