package desk_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"tramy/internal/desk"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// cared is somebody of one of two provinces that a centre holds.
type cared struct {
	name            string
	id, twin, dose  p.EntityID
	commune, worker p.EntityID
	dot             p.Dot
}

// kept records a child at the centre, as a nurse of the commune.
func (x *elsewhere) kept(t *testing.T, which string, nurse desk.Who) *cared {
	t.Helper()
	ctx := t.Context()
	c := &cared{name: "Trẻ Của " + which, commune: nurse.Place, worker: nurse.User}
	for _, id := range []*p.EntityID{&c.id, &c.twin} {
		var err error
		if *id, _, err = x.Hub.Desk.Register(ctx, nurse, registry.SubjectInput{
			Place: nurse.Place, Name: c.name, MotherName: "Mẹ Của " + which, MotherPhone: "0385000412", BirthDate: x.Hub.Today() - 200,
		}, true); err != nil {
			t.Fatal(err)
		}
	}
	doses, err := x.Hub.RecordVisit(ctx, nurse, desk.Visit{
		Subject: c.id, Screening: registry.ScreeningEligible, Checked: registry.CheckedCard, Doses: []registry.ImmunizationInput{{Vaccine: "BCG", Lot: "A24-123"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	c.dose = doses[0]
	rec, err := x.Hub.Open(ctx, x.Officer, c.id)
	if err != nil {
		t.Fatal(err)
	}
	c.dot = rec.State.Values(registry.SubjectMotherName)[0].Dot
	return c
}

// TestDeskCellByCell does at a centre all that a person can do, as every role, to a child of their own places and to one of
// another province, and holds what came of it against the table of rights.
func TestDeskCellByCell(t *testing.T) {
	x := newElsewhere(t)
	ctx := context.Background()
	nurse := x.AddUser(t, "badinh", "Trần Thị Nga", rights.Nurse, x.otherCommune)
	sides := map[bool]*cared{true: x.kept(t, "nha", x.Nurse), false: x.kept(t, "khac", nurse)}
	list := func(act rights.Act, kind p.Kind) nodetest.Door { return nodetest.Door{Act: act, Kind: kind} }
	ends := func(act rights.Act, kind p.Kind) nodetest.Door {
		return nodetest.Door{Act: act, Kind: kind, Ends: true}
	}
	names := func(rows ...string) string { return strings.Join(rows, "\n") }
	type door struct {
		name string
		nodetest.Door
		do func(who desk.Who, c *cared) (shown string, err error)
	}
	const subject, dose, user = registry.KindSubject, registry.KindImmunization, registry.KindUser
	logins := 0
	doors := []door{
		{"Open", ends(rights.Read, subject), func(who desk.Who, c *cared) (string, error) {
			rec, err := x.Hub.Open(ctx, who, c.id)
			if err != nil {
				return "", err
			}
			return rec.Subject.Name, nil
		}},
		{"Search", list(rights.Read, subject), func(who desk.Who, c *cared) (string, error) {
			rows, err := x.Hub.Search(ctx, who, c.name)
			var all []string
			for i := range rows {
				all = append(all, rows[i].Name)
			}
			return names(all...), err
		}},
		{"Dose", ends(rights.Read, dose), func(who desk.Who, c *cared) (string, error) {
			_, err := x.Hub.Dose(ctx, who, c.dose)
			return "", err
		}},
		{"Forecast", ends(rights.Read, subject), func(who desk.Who, c *cared) (string, error) {
			_, err := x.Hub.Forecast(ctx, who, c.id, x.Hub.Today())
			return "", err
		}},
		{"History", ends(rights.Read, subject), func(who desk.Who, c *cared) (string, error) {
			_, err := x.Hub.History(ctx, who, c.id)
			return "", err
		}},
		{"History of a dose", ends(rights.Read, dose), func(who desk.Who, c *cared) (string, error) {
			_, err := x.Hub.History(ctx, who, c.dose)
			return "", err
		}},
		{"ListToday", list(rights.Read, subject), func(who desk.Who, _ *cared) (string, error) {
			day, err := x.Hub.ListToday(ctx, who, x.Hub.Today(), 0)
			var all []string
			for _, e := range slices.Concat(day.Due, day.Overdue) {
				all = append(all, e.Subject.Name)
			}
			return names(all...), err
		}},
		{"Worklist", list(rights.Read, subject), func(who desk.Who, _ *cared) (string, error) {
			people, err := x.Hub.Worklist(ctx, who, store.DueQuery{List: store.ListOverdue, On: x.Hub.Today()})
			if err != nil {
				return "", err
			}
			rows, err := x.Hub.Expect(ctx, who, people)
			var all []string
			for i := range rows {
				all = append(all, rows[i].Subject.Name)
			}
			return names(all...), err
		}},
		{"Conflicts", list(rights.Settle, subject), func(who desk.Who, _ *cared) (string, error) {
			_, err := x.Hub.Conflicts(ctx, who, 10)
			return "", err
		}},
		{"Settle", ends(rights.Settle, subject), func(who desk.Who, c *cared) (string, error) {
			return "", x.Hub.Settle(ctx, who, c.id, registry.SubjectMotherName, c.dot, []p.Dot{c.dot})
		}},
		{"Link", ends(rights.Create, registry.KindLink), func(who desk.Who, c *cared) (string, error) { return "", x.Hub.Link(ctx, who, c.id, c.twin, false) }},
		{"Register", list(rights.Create, subject), func(who desk.Who, c *cared) (string, error) {
			_, _, err := x.Hub.Desk.Register(ctx, who, registry.SubjectInput{Place: c.commune, Name: "Ai Đó", MotherName: "Mẹ Ai", BirthDate: x.Hub.Today() - 3}, true)
			return "", err
		}},
		{"Edit", ends(rights.Amend, subject), func(who desk.Who, c *cared) (string, error) {
			return "", x.Hub.Edit(ctx, who, c.id, registry.Patch{registry.SubjectNote: p.Text("x")}, nil)
		}},
		{"Edit of the residence", ends(rights.Amend, subject), func(who desk.Who, c *cared) (string, error) {
			return "", x.Hub.Edit(ctx, who, c.id, registry.Patch{p.FieldPlace: p.Ref(c.commune)}, nil)
		}},
		{"VoidSubject", ends(rights.Void, subject), func(who desk.Who, c *cared) (string, error) {
			return "", x.Hub.VoidSubject(ctx, who, c.twin, "ghi hai lần", nil)
		}},
		{"RecordVisit", ends(rights.Create, dose), func(who desk.Who, c *cared) (string, error) {
			_, err := x.Hub.RecordVisit(ctx, who, desk.Visit{Subject: c.id, Doses: []registry.ImmunizationInput{{Vaccine: "BOPV", Source: registry.SourceCard, GivenOn: x.Hub.Today() - 30}}})
			return "", err
		}},
		{"Amend", ends(rights.Amend, dose), func(who desk.Who, c *cared) (string, error) {
			return "", x.Hub.Amend(ctx, who, c.dose, registry.Patch{registry.DoseNote: p.Text("x")}, nil)
		}},
		{"VoidDose", ends(rights.Amend, dose), func(who desk.Who, c *cared) (string, error) {
			return "", x.Hub.VoidDose(ctx, who, c.dose, "ghi hai lần", nil)
		}},
		{"RestoreDose", ends(rights.Amend, dose), func(who desk.Who, c *cared) (string, error) { return "", x.Hub.RestoreDose(ctx, who, c.dose, nil) }},
		{"Export", list(rights.Export, subject), func(who desk.Who, _ *cared) (string, error) {
			people, err := x.Hub.Export(ctx, who, desk.ExportOptions{Reason: "báo cáo", Visitors: true})
			if err != nil {
				return "", err
			}
			var all []string
			for person, err := range people {
				if err != nil {
					return "", err
				}
				all = append(all, person.Subject.Name)
			}
			return names(all...), nil
		}},
		{"Users", list(rights.Read, user), func(who desk.Who, _ *cared) (string, error) {
			_, err := x.Hub.Users(ctx, who)
			return "", err
		}},
		{"AddUser", ends(rights.Create, user), func(who desk.Who, c *cared) (string, error) {
			logins++
			_, err := x.Hub.AddUser(ctx, who, desk.NewUser{Login: "moi" + string(rune('a'+logins)), Name: "Mới", Role: rights.Nurse, Place: c.commune, Password: nodetest.Password})
			return "", err
		}},
		{"SetPassword of another", ends(rights.Manage, user), func(who desk.Who, c *cared) (string, error) {
			return "", x.Hub.SetPassword(ctx, who, c.worker, "", nodetest.Password)
		}},
		{"DisableUser", ends(rights.Manage, user), func(who desk.Who, c *cared) (string, error) {
			return "", x.Hub.DisableUser(ctx, who, c.worker, "thử")
		}},
		{"Accesses", list(rights.Read, registry.KindAccess), func(who desk.Who, _ *cared) (string, error) {
			_, err := x.Hub.Accesses(ctx, who, p.EntityID{}, 10)
			return "", err
		}},
		{"Rescues", list(rights.Read, registry.KindRescue), func(who desk.Who, _ *cared) (string, error) {
			_, err := x.Hub.Rescues(ctx, who, 10)
			return "", err
		}},
		{"BreakGlass", list(rights.BreakGlass, subject), func(who desk.Who, c *cared) (string, error) { return "", x.Hub.BreakGlass(ctx, who, c.id, why) }},
	}
	cells := nodetest.Cells{T: t}
	for _, role := range rights.Roles() {
		place := x.Province
		if role == rights.Nurse || role == rights.Head || role == rights.Family {
			place = x.Commune
		}
		who := x.AddUser(t, "o-"+role.String(), "Người "+role.String(), role, place)
		who.LogIn = [32]byte{byte(role)}
		for _, d := range doors {
			for _, own := range []bool{true, false} {
				c := sides[own]
				shown, err := d.do(who, c)
				status := http.StatusOK
				switch {
				case errors.Is(err, desk.ErrForbidden), errors.Is(err, desk.ErrElsewhere):
					status = http.StatusForbidden
				case errors.Is(err, desk.ErrNotFound):
					status = http.StatusNotFound
				}
				cells.Hold(d.name, d.Door, role, own, status, strings.Contains(shown, sides[false].name) || !own && shown == c.name)
				if d.name == "Search" && own && err == nil && !strings.Contains(shown, c.name) {
					t.Errorf("the search by %s does not find their own", role)
				}
			}
		}
	}
	t.Logf("cells of the desk: %d/%d", cells.Right, cells.All)
}
