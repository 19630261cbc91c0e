package web_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"tramy/internal/desk"
	"tramy/internal/forecast"
	"tramy/internal/node"
	"tramy/internal/nodetest"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// Shares of the children of a made-up station, of a thousand. Who stopped coming did so at some age and is overdue unless nothing more is
// asked of them; of those who are late by a few days at each visit some are overdue as well. Together some six of a hundred are overdue, as
// where nine of ten are vaccinated on time; who is older than the schedule asks for anything has all they need.
const (
	stoppedPermille = 45
	neverPermille   = 5
	slowPermille    = 60
)

// bigStation fills a station's register with children of seven years, to whom the schedule in force has given what it asks for as they
// grew, and with pregnant women. Equal numbers make equal people.
func bigStation(b *testing.B, tree *nodetest.Tree, children int) {
	b.Helper()
	g := &stationFill{b: b, tree: tree, draw: rand.New(rand.NewPCG(7, 11))}
	st := tree.Station
	advisor := st.Node.Advisor()
	g.today = st.Today()
	g.advisor, g.areas = advisor.Instead(advisor.Schedule(g.today)), st.Node.Areas(tree.Commune, tree.Commune)
	var act []fillPerson
	acts, changes := 0, 0
	flush := func() {
		if len(act) > 0 {
			g.append(act)
		}
		if acts++; acts%500 == 0 { // as each exchange does
			if err := st.Node.Seal(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
		act, changes = nil, 0
	}
	for i := range children + children/60 {
		x := g.child(i, children)
		if i >= children {
			x = g.woman(i)
		}
		if changes+1+len(x.doses) > p.ActChangesMax {
			flush()
		}
		act, changes = append(act, x), changes+1+len(x.doses)
	}
	flush()
	if err := st.Node.Seal(b.Context()); err != nil {
		b.Fatal(err)
	}
	workOutAll(b, st.Node)
	b.Logf("%d children with %d doses", children, g.doses)
}

// workOutAll works out all that is due, as a station does beside its pages, so that no page pays for it.
func workOutAll(b *testing.B, n *node.Node) {
	b.Helper()
	for more := true; more; {
		var err error
		if more, err = n.WorkOutDue(b.Context(), 500); err != nil {
			b.Fatal(err)
		}
	}
}

type stationFill struct {
	b       *testing.B
	tree    *nodetest.Tree
	draw    *rand.Rand
	advisor *project.Advisor
	areas   []string
	today   registry.Day
	doses   int
}

// fillPerson is somebody with the doses they had.
type fillPerson struct {
	in    registry.SubjectInput
	doses []project.ImmunizationRow
}

func (g *stationFill) pick(list []string) string { return list[g.draw.IntN(len(list))] }

func (g *stationFill) permille(n int) bool { return g.draw.IntN(1000) < n }

// Names as they are in the communes of the north-west; a register of 30,000 has dozens of people of each common name.
var (
	fillFamilies = []string{"Lò", "Lò", "Lò", "Cà", "Quàng", "Quàng", "Tòng", "Lường", "Vừ", "Giàng", "Mùa", "Nguyễn", "Trần", "Cầm", "Sùng", "Thào", "Hạng", "Vàng", "Bạc", "Điêu"}
	fillMiddles  = []string{"Thị", "Văn", "A", "Gia", "Minh", "Hải", "Bảo", "Thanh", "Ngọc", "Đức", "Quốc", "Khánh"}
	fillGivens   = []string{
		"Mai", "Bảo", "Ánh", "Hặc", "Dình", "Mo", "Khang", "Xuân", "Sua", "Chứ", "Đăng", "An", "Dí", "Hương", "Pâng", "Ngọc", "Linh", "Huy", "Long", "Thảo", "Nhi", "Vy", "Quân",
		"Tâm", "Thủy", "Tuấn", "Hoa", "Lan", "Chi", "Giang", "Hà", "Dung", "Sơn", "Phúc", "Yến", "Đạt", "Trang", "Cường", "Hùng", "Páo", "Dợ", "Mỷ", "Súa", "Chía", "Lử", "Pó",
	}
)

func (g *stationFill) name() string {
	return g.pick(fillFamilies) + " " + g.pick(fillMiddles) + " " + g.pick(fillGivens)
}

func (g *stationFill) subject(i int) registry.SubjectInput {
	code, err := registry.NewCode(int(g.tree.Station.Node.Identity().Number), entropy{g.draw})
	if err != nil {
		g.b.Fatal(err)
	}
	return registry.SubjectInput{
		Place: g.tree.Commune, Code: code, Name: g.name(), Hamlet: fmt.Sprintf("bản %d", 1+g.draw.IntN(23)), BirthPrec: registry.PrecisionDay,
		Sex: registry.Sex(1 + i%2), Status: registry.StatusPresent,
	}
}

// entropy reads the bytes of a source of numbers.
type entropy struct{ *rand.Rand }

// Read implements io.Reader.
func (e entropy) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = byte(e.Uint32())
	}
	return len(b), nil
}

// child makes one child, born as evenly over seven years as all of them are.
func (g *stationFill) child(i, children int) fillPerson {
	in := g.subject(i)
	in.BirthDate, in.Group = g.today-1-registry.Day(i*2557/children), registry.GroupChild
	in.MotherName, in.MotherPhone = g.pick(fillFamilies)+" Thị "+g.pick(fillGivens), fmt.Sprintf("038%07d", g.draw.IntN(10_000_000))
	x := fillPerson{in: in}
	until := g.today
	switch {
	case g.permille(neverPermille):
		return x
	case g.permille(stoppedPermille):
		until = min(until, in.BirthDate+registry.Day(30+g.draw.IntN(600)))
	}
	wait := registry.Day(8)
	if g.permille(slowPermille) {
		wait = 50
	}
	row := project.SubjectRow{
		ID: p.EntityID{1}, Case: p.EntityID{1}, Recorded: in.Place, Residence: in.Place, BirthDate: in.BirthDate, BirthPrec: in.BirthPrec, Sex: in.Sex, Group: in.Group, Status: in.Status,
	}
	for on := in.BirthDate; ; {
		due, _ := g.advisor.Due(row.ID, []project.SubjectRow{row}, x.doses, g.areas, on)
		next := forecast.LastDay
		for k := range due {
			if due[k].Status == project.DueOpen {
				next = min(next, max(due[k].Recommended, on))
			}
		}
		if next > in.BirthDate+1 { // what is given at birth is given at birth
			next += registry.Day(g.draw.IntN(int(wait)))
		}
		if next >= until {
			return x
		}
		for k := range due {
			if r := &due[k]; r.Status == project.DueOpen && r.Recommended <= next && (r.Latest == 0 || r.Latest >= next) && !g.permille(2) {
				x.doses = append(x.doses, project.ImmunizationRow{
					ID: p.EntityID{2, byte(len(x.doses))}, Case: row.ID, Subject: row.ID, Place: g.tree.Facility, Vaccine: r.Vaccine, GivenOn: next, Programme: registry.ProgrammeEPI, Source: registry.SourceHere,
					Screening: registry.ScreeningEligible, Counted: true,
				})
			}
		}
		on = next + 1
	}
}

// woman makes somebody who expects a child.
func (g *stationFill) woman(i int) fillPerson {
	in := g.subject(i)
	in.Name, in.Sex, in.Group = g.pick(fillFamilies)+" Thị "+g.pick(fillGivens), registry.SexFemale, registry.GroupPregnant
	in.BirthDate, in.DueDate = g.today-registry.Day(6600+g.draw.IntN(7000)), g.today+registry.Day(1+g.draw.IntN(270))
	in.Phone = fmt.Sprintf("097%07d", g.draw.IntN(10_000_000))
	return fillPerson{in: in}
}

// append writes people down in one act, as a form or a file would.
func (g *stationFill) append(people []fillPerson) {
	st := g.tree.Station
	_, err := st.Node.Append(g.b.Context(), g.tree.Nurse.User, func(_ store.Tx, id func(int) p.EntityID) ([]registry.Draft, error) {
		var drafts []registry.Draft
		for i := range people {
			x := &people[i]
			subject, err := registry.NewSubject(x.in, g.today)
			if err != nil {
				return nil, err
			}
			at := len(drafts)
			drafts = append(drafts, subject)
			for k := range x.doses {
				r := &x.doses[k]
				dose, err := registry.NewImmunization(registry.ImmunizationInput{
					Subject: id(at), Place: r.Place, Vaccine: r.Vaccine, GivenOn: r.GivenOn, GivenClock: registry.NewClock(8, g.draw.IntN(60)), Lot: fmt.Sprintf("%s%d", r.Vaccine[:2], r.GivenOn/90),
					Source: r.Source, Programme: r.Programme, Screening: r.Screening,
				}, registry.Known{Today: g.today, BirthDate: x.in.BirthDate, BirthPrec: x.in.BirthPrec})
				if err != nil {
					return nil, err
				}
				drafts = append(drafts, dose)
			}
			g.doses += len(x.doses)
		}
		return drafts, nil
	})
	if err != nil {
		g.b.Fatal(err)
	}
}

// busyDay plans today's session and lets people come to it.
func busyDay(b *testing.B, tree *nodetest.Tree) (p.EntityID, []desk.Called) {
	b.Helper()
	ctx, st := b.Context(), tree.Station
	sessions, _, err := st.PlanSessions(ctx, tree.Nurse, registry.SessionInput{From: registry.NewClock(7, 30), Until: registry.NewClock(11, 30), Capacity: 50}, []registry.Day{st.Today()})
	if err != nil {
		b.Fatal(err)
	}
	if _, err := st.SpreadSession(ctx, tree.Nurse, sessions[0], nil); err != nil {
		b.Fatal(err)
	}
	list, err := st.SessionList(ctx, tree.Nurse, sessions[0], 0)
	if err != nil || len(list.Called) == 0 {
		b.Fatalf("%d are called: %v", len(list.Called), err)
	}
	for i := range min(pagesToday, len(list.Called)) {
		x := &list.Called[i]
		if err := st.Arrive(ctx, tree.Nurse, x.Subject.ID); err != nil {
			b.Fatal(err)
		}
		if i < pagesToday*3/4 {
			if _, err := st.Screen(ctx, tree.Nurse, desk.Screened{Subject: x.Subject.ID, Conclusion: registry.ScreeningEligible}); err != nil {
				b.Fatal(err)
			}
		}
		if i < pagesToday/2 {
			v := desk.Visit{Subject: x.Subject.ID, Checked: registry.CheckedCard, Against: "tập", GivenClock: st.Clock()}
			for k := range x.Due {
				v.Doses = append(v.Doses, registry.ImmunizationInput{Vaccine: x.Due[k].Vaccine, Lot: "L-1"})
			}
			if _, err := st.RecordVisit(ctx, tree.Nurse, v); err != nil {
				b.Fatal(err)
			}
		}
	}
	return sessions[0], list.Called
}

// listsOf fills what is beside the children: attempts to reach those who are overdue, sessions to come and past, reactions, hamlets with
// who goes round, a campaign. It returns the campaign.
func listsOf(b *testing.B, tree *nodetest.Tree) p.EntityID {
	b.Helper()
	ctx, st := b.Context(), tree.Station
	must := func(err error) {
		b.Helper()
		if err != nil {
			b.Fatal(err)
		}
	}
	for i := range 23 {
		_, err := st.SaveHamlet(ctx, tree.Head, p.EntityID{}, registry.HamletInput{Name: fmt.Sprintf("bản %d", i+1), Worker: fmt.Sprintf("Lò Thị %s", fillGivens[i/3]), Phone: "0380000001"}, nil)
		must(err)
	}
	late, err := st.Worklist(ctx, tree.Nurse, store.DueQuery{List: store.ListOverdue, On: st.Today()})
	must(err)
	for i := range min(300, len(late)/2) {
		in := registry.ContactInput{Subject: late[2*i].Case, Via: registry.ContactPhone, Came: registry.ContactUnreached}
		if i%5 == 0 {
			in.Came, in.Until = registry.ContactAway, st.Today()+20
		}
		must(st.RecordContact(ctx, tree.Nurse, in, false))
	}
	var days []registry.Day
	for i := range registry.Day(12) {
		days = append(days, st.Today()+30*i+9)
	}
	_, _, err = st.PlanSessions(ctx, tree.Nurse, registry.SessionInput{From: registry.NewClock(7, 30), Until: registry.NewClock(11, 30), Capacity: 50}, days)
	must(err)
	campaign, err := st.PlanCampaign(ctx, tree.Head, registry.CampaignInput{
		Place: tree.Commune, Name: "Sởi bổ sung", Kind: registry.CampaignMass, Vaccine: "MR", From: st.Today() - 3, Until: st.Today() + 10, AgeFrom: 12, AgeTo: 60, Document: "KH-12", Reason: "dịch sởi",
	})
	must(err)
	return campaign
}
