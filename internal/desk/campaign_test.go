package desk_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"tramy/internal/desk"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/sheet"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// measles is a campaign of dose 0 for a place, from today on.
func measles(place p.EntityID, today registry.Day) registry.CampaignInput {
	return registry.CampaignInput{
		Place: place, Name: "Sởi mũi 0", Kind: registry.CampaignOutbreak, Vaccine: "SOI", From: today, Until: today + 10, Second: today + 5, AgeFrom: 6, AgeTo: 15*12 + 11,
	}
}

// plan plans a campaign of the station's commune and takes a lot into the hand.
func plan(t testing.TB, tree *nodetest.Tree, change func(*registry.CampaignInput)) p.EntityID {
	t.Helper()
	in := measles(tree.Commune, tree.Station.Today())
	if change != nil {
		change(&in)
	}
	id, err := tree.Station.PlanCampaign(t.Context(), tree.Head, in)
	if err != nil {
		t.Fatal(err)
	}
	lot(t, tree.Station.Desk, tree.Nurse, id)
	return id
}

func lot(t testing.TB, d *desk.Desk, who desk.Who, id p.EntityID) {
	t.Helper()
	if err := d.ChooseCampaignLot(t.Context(), who, id, desk.CampaignLot{Number: "m-77", Expires: d.Today() + 90}); err != nil {
		t.Fatal(err)
	}
}

// school is a list of so many pupils, as a school sends it.
func school(n int) string {
	var b strings.Builder
	b.WriteString("STT,Họ và tên,Ngày sinh,Giới tính,Lớp,Họ tên mẹ,SĐT mẹ,Thôn\n")
	for i := range n {
		fmt.Fprintf(&b, "%d,%s Văn %s,%02d/03/2019,Nam,%dA,Mẹ %s,03850%05d,bản Na Phay 1\n", i+1, []string{"Lò", "Cà", "Vàng", "Sùng"}[i%4], letters(i), i%28+1, i%3+1, letters(i+500), i)
	}
	return b.String()
}

func letters(i int) string {
	return []string{"Anh", "Bình", "Cường", "Dũng", "Giang", "Hải", "Khánh", "Long", "Minh", "Nam"}[i%10] + " " +
		[]string{"An", "Bảo", "Chi", "Đức", "Hà", "Kiên", "Lâm", "Phúc", "Quân", "Sơn"}[i/10%10] + " " + []string{"Một", "Hai", "Ba", "Tư", "Năm", "Sáu", "Bảy", "Tám", "Chín", "Mười", "Trăm"}[i/100%11]
}

// roll reads a list and returns the counts and what became of each row.
func roll(t testing.TB, d *desk.Desk, who desk.Who, say desk.Roll, text string) (desk.RollCounts, []desk.RollLine) {
	t.Helper()
	book, err := sheet.Open("lop.csv", bytes.NewReader([]byte(text)), int64(len(text)))
	if err != nil {
		t.Fatal(err)
	}
	names, err := d.VaccineNames(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	m, err := book.Guess("", nil, names)
	if err != nil {
		t.Fatal(err)
	}
	say.File = "lop.csv"
	var lines []desk.RollLine
	n, err := d.ReadRoll(t.Context(), who, book, &m, say, func(l desk.RollLine) error {
		lines = append(lines, l)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n, lines
}

func listOf(t testing.TB, d *desk.Desk, who desk.Who, id p.EntityID) *desk.ListPage {
	t.Helper()
	list, err := d.CampaignList(t.Context(), who, id, "", true)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func press(t testing.TB, d *desk.Desk, who desk.Who, in desk.LinePress) desk.LinePressed {
	t.Helper()
	out, err := d.PressLine(t.Context(), who, in)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func dosesOf(t testing.TB, d *desk.Desk, kase p.EntityID) (out []string) {
	t.Helper()
	err := d.Node.Store().View(context.Background(), func(tx store.Tx) error {
		rows, err := tx.DosesOfCase(kase)
		for _, r := range rows {
			if !r.Void {
				out = append(out, fmt.Sprintf("%s %d p%d", r.Vaccine, r.Dose, r.Programme))
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func refusedFor(t testing.TB, err error, code registry.Code) {
	t.Helper()
	var list registry.Errors
	if !errors.As(err, &list) || list[0].Code != code {
		t.Errorf("refused with %v, want %s", err, code)
	}
}

// One press gives: screening, visit and dose are one act, the dose is dose 0 and moves no routine series on, and one press takes
// all of it back. What one has had is not given again.
func TestOnePressOnTheLineGives(t *testing.T) {
	tree := nodetest.New(t)
	d := tree.Station.Desk
	id := plan(t, tree, nil)
	roll(t, d, tree.Nurse, desk.Roll{Campaign: id}, school(3))
	list := listOf(t, d, tree.Nurse, id)
	if len(list.Rows) != 3 || list.Listed != 3 || len(list.Classes) != 3 {
		t.Fatalf("the list has %d rows, %d classes", len(list.Rows), len(list.Classes))
	}
	one := list.Rows[0]
	before := changes(t, d)
	done := press(t, d, tree.Nurse, desk.LinePress{Campaign: id, Enrolment: one.ID, Lot: "M-77"})
	if n := changes(t, d) - before; n != 2 {
		t.Errorf("a press wrote %d entities, want a dose and a visit", n)
	}
	if got := dosesOf(t, d, one.Person.Case); len(got) != 1 || got[0] != "SOI 0 p2" {
		t.Errorf("doses %v, want one of measles, dose 0, against an outbreak", got)
	}
	visit, err := d.VisitToday(t.Context(), tree.Nurse, one.Person.ID)
	if err != nil || visit.Stage != registry.StageWatch || visit.Visit.Conclusion != registry.ScreeningEligible || visit.Visit.Screener != tree.Nurse.User {
		t.Errorf("the visit is %+v, %v", visit, err)
	}
	_, err = d.PressLine(t.Context(), tree.Nurse, desk.LinePress{Campaign: id, Enrolment: one.ID, Lot: "M-77"})
	refusedFor(t, err, registry.CodeCampaignHad)
	_, err = d.PressLine(t.Context(), tree.Nurse, desk.LinePress{Campaign: id, Enrolment: one.ID, Outcome: registry.EnrolmentAbsent})
	refusedFor(t, err, registry.CodeCampaignHad)
	_, err = d.PressLine(t.Context(), tree.Nurse, desk.LinePress{Campaign: id, Enrolment: list.Rows[1].ID, Lot: "M-76"})
	refusedFor(t, err, registry.CodeCampaignLot)
	if err := d.UndoLine(t.Context(), tree.Nurse, done, "Hoàn tác"); err != nil {
		t.Fatal(err)
	}
	if got := dosesOf(t, d, one.Person.Case); len(got) != 0 {
		t.Errorf("taken back, it left %v", got)
	}
	press(t, d, tree.Nurse, desk.LinePress{Campaign: id, Enrolment: one.ID, Lot: "M-77"})
	// A routine dose afterwards is dose 1: dose 0 stands beside the series.
	tree.Clock().Add(40 * 24 * 3600e9)
	if _, err := d.RecordVisit(t.Context(), tree.Nurse, desk.Visit{
		Subject: one.Person.ID, Screening: registry.ScreeningEligible, Against: "theo lịch", Checked: registry.CheckedCard,
		Doses: []registry.ImmunizationInput{{Vaccine: "SOI", Lot: "A1"}},
	}); err != nil {
		t.Fatal(err)
	}
	if got := dosesOf(t, d, one.Person.Case); len(got) != 2 || got[1] != "SOI 1 p1" {
		t.Errorf("doses %v, want dose 0 and then dose 1", got)
	}
	list = listOf(t, d, tree.Nurse, id)
	_, err = d.PressLine(t.Context(), tree.Nurse, desk.LinePress{Campaign: id, Enrolment: list.Rows[1].ID, Lot: "M-77"})
	refusedFor(t, err, registry.CodeCampaignOver)
}

// A catch-up campaign gives routine doses: the schedule is asked, and they count.
func TestCatchUpCounts(t *testing.T) {
	tree := nodetest.New(t)
	d := tree.Station.Desk
	id := plan(t, tree, func(in *registry.CampaignInput) { in.Kind = registry.CampaignCatchUp })
	roll(t, d, tree.Nurse, desk.Roll{Campaign: id}, school(1))
	one := listOf(t, d, tree.Nurse, id).Rows[0]
	in := desk.LinePress{Campaign: id, Enrolment: one.ID, Lot: "M-77"}
	if _, err := d.PressLine(t.Context(), tree.Nurse, in); err != nil { // the schedule speaks: a reason is kept
		in.Against, in.Checked = "tiêm bù theo kế hoạch", registry.CheckedCard
		press(t, d, tree.Nurse, in)
	}
	if got := dosesOf(t, d, one.Person.Case); len(got) != 1 || got[0] != "SOI 1 p1" {
		t.Errorf("doses %v, want dose 1 of the routine programme", got)
	}
}

// A dose of the same kind within four weeks, or a contraindication on record, is not passed by one key: a reason is asked for.
func TestTheLineAsksBeforeADoseTooSoon(t *testing.T) {
	tree := nodetest.New(t)
	d := tree.Station.Desk
	id := plan(t, tree, nil)
	roll(t, d, tree.Nurse, desk.Roll{Campaign: id}, school(2))
	list := listOf(t, d, tree.Nurse, id)
	one := list.Rows[0]
	if _, err := d.RecordVisit(t.Context(), tree.Nurse, desk.Visit{Subject: one.Person.ID, Doses: []registry.ImmunizationInput{
		{Vaccine: "MR", GivenOn: d.Today() - 27, Source: registry.SourceCard},
	}}); err != nil {
		t.Fatal(err)
	}
	in := desk.LinePress{Campaign: id, Enrolment: one.ID, Lot: "M-77"}
	_, err := d.PressLine(t.Context(), tree.Nurse, in)
	refusedFor(t, err, registry.CodeAgainst)
	in.Against = "phơi nhiễm, bác sĩ chỉ định"
	press(t, d, tree.Nurse, in)
	two := list.Rows[1]
	if _, err := d.RecordVisit(t.Context(), tree.Nurse, desk.Visit{Subject: two.Person.ID, Doses: []registry.ImmunizationInput{
		{Vaccine: "MR", GivenOn: d.Today() - 28, Source: registry.SourceCard},
	}}); err != nil {
		t.Fatal(err)
	}
	press(t, d, tree.Nurse, desk.LinePress{Campaign: id, Enrolment: two.ID, Lot: "M-77"})
}

// Who was absent or refused is listed with the reason, waits again in the second round, and is not called when there is nothing to
// call for.
func TestAbsenteesComeInTheSecondRound(t *testing.T) {
	tree := nodetest.New(t)
	d := tree.Station.Desk
	id := plan(t, tree, nil)
	roll(t, d, tree.Nurse, desk.Roll{Campaign: id}, school(4))
	rows := listOf(t, d, tree.Nurse, id).Rows
	press(t, d, tree.Nurse, desk.LinePress{Campaign: id, Enrolment: rows[0].ID, Outcome: registry.EnrolmentAbsent})
	_, err := d.PressLine(t.Context(), tree.Nurse, desk.LinePress{Campaign: id, Enrolment: rows[1].ID, Outcome: registry.EnrolmentRefused})
	refusedFor(t, err, registry.CodeReasonRequired)
	undo := press(t, d, tree.Nurse, desk.LinePress{Campaign: id, Enrolment: rows[1].ID, Outcome: registry.EnrolmentRefused, Reason: "gia đình không đồng ý"})
	press(t, d, tree.Nurse, desk.LinePress{Campaign: id, Enrolment: rows[2].ID, Outcome: registry.EnrolmentHasIt})
	// What another device wrote meanwhile is not written over.
	_, err = d.PressLine(t.Context(), tree.Nurse, desk.LinePress{Campaign: id, Enrolment: rows[0].ID, Lot: "M-77"})
	refusedFor(t, err, registry.CodeCampaignMoved)
	waiting := func() (n int) {
		for _, c := range listOf(t, d, tree.Nurse, id).Classes {
			n += c.Waiting
		}
		return n
	}
	if n := waiting(); n != 1 {
		t.Errorf("%d wait in the first round, want the one nothing was written of", n)
	}
	tree.Clock().Add(5 * 24 * 3600e9)
	if n := waiting(); n != 3 {
		t.Errorf("%d wait in the second round, want 3: absent, refused, and nothing written", n)
	}
	press(t, d, tree.Nurse, desk.LinePress{Campaign: id, Enrolment: rows[0].ID, Lot: "M-77", Shown: registry.EnrolmentAbsent})
	day, err := d.CampaignDay(t.Context(), tree.Nurse, id, d.Today())
	if err != nil {
		t.Fatal(err)
	}
	if x := day.Sum; x.Given != 1 || x.Second != 1 || x.Today != 1 || x.Absent != 0 || x.Others != 2 || x.Listed != 4 {
		t.Errorf("the report counts %+v", x)
	}
	if err := d.UndoLine(t.Context(), tree.Nurse, undo, "Hoàn tác"); err != nil {
		t.Fatal(err)
	}
	if got := listOf(t, d, tree.Nurse, id); got.Out[registry.EnrolmentRefused] != 0 {
		t.Error("the refusal still stands after it was taken back")
	}
}

// A school's list read twice changes nothing; who is in the register is found there, and about a namesake a person is asked.
func TestTheSameListTwiceChangesNothing(t *testing.T) {
	tree := nodetest.New(t)
	d := tree.Station.Desk
	id := plan(t, tree, nil)
	known := registry.SubjectInput{
		Place: tree.Commune, Name: "Lò Văn Anh An Một", BirthDate: day(t, "2019-03-01"), BirthPrec: registry.PrecisionDay, Sex: registry.SexMale, MotherName: "Mẹ " + letters(500),
		MotherPhone: "0385000000",
	}
	subject, _, err := d.Register(t.Context(), tree.Nurse, known, true)
	if err != nil {
		t.Fatal(err)
	}
	alike := known
	alike.Name, alike.MotherName, alike.MotherPhone, alike.BirthDate = "Cà Văn Bình An Một", "Mẹ Khác Tên", "", day(t, "2019-03-02")
	if _, _, err := d.Register(t.Context(), tree.Nurse, alike, true); err != nil {
		t.Fatal(err)
	}
	text := school(6)
	before := changes(t, d)
	n, _ := roll(t, d, tree.Nurse, desk.Roll{Campaign: id, Dry: true}, text)
	if changes(t, d) != before {
		t.Error("the preview wrote something")
	}
	if n.Rows != 6 || n.Matched != 1 || n.New+n.Ask != 5 {
		t.Errorf("the preview counts %+v", n)
	}
	preview := n
	n, lines := roll(t, d, tree.Nurse, desk.Roll{Campaign: id}, text)
	if n != preview {
		t.Errorf("written %+v, foreseen %+v", n, preview)
	}
	if lines[0].Arrival.Subject != subject {
		t.Error("the pupil who is in the register was not found there")
	}
	answers := map[int]string{}
	for _, l := range lines {
		if l.Roll == desk.RollAsk {
			answers[l.Rows[0]] = desk.SomebodyNew
		}
	}
	if len(answers) > 0 {
		roll(t, d, tree.Nurse, desk.Roll{Campaign: id, Answers: answers}, text)
	}
	written := changes(t, d)
	n, _ = roll(t, d, tree.Nurse, desk.Roll{Campaign: id}, text)
	if n.There != 6 || changes(t, d) != written {
		t.Errorf("read again, the list comes to %+v and wrote %d changes", n, changes(t, d)-written)
	}
	if list := listOf(t, d, tree.Nurse, id); list.Listed != 6 || list.Rows[0].Class == "" {
		t.Errorf("%d are listed", list.Listed)
	}
}

// A pupil who lives in another commune is listed here; the record goes on saying where they live. A commune nobody knows is asked
// about, not guessed.
func TestAPupilFromElsewhereStaysThere(t *testing.T) {
	tree := nodetest.New(t)
	other, err := tree.Hub.AddPlace(t.Context(), tree.Admin, registry.PlaceInput{Parent: tree.Province, Code: "gso:03370", Name: "Xã Na Son", Level: registry.LevelCommune, Type: "xa"})
	if err != nil {
		t.Fatal(err)
	}
	tree.Sync(t)
	d := tree.Station.Desk
	id := plan(t, tree, nil)
	head := "Họ và tên,Ngày sinh,Giới tính,Lớp,Họ tên mẹ,Xã\n"
	row := "Giàng A Páo,05/04/2018,Nam,3B,Vàng Thị Mỷ,"
	n, lines := roll(t, d, tree.Nurse, desk.Roll{Campaign: id}, head+row+"Na Son\n")
	if n.New != 1 || !lines[0].Foreign {
		t.Fatalf("%+v", n)
	}
	_, refused := roll(t, d, tree.Nurse, desk.Roll{Campaign: id}, head+"Sùng A Chứ,06/04/2018,Nam,3B,Sùng Thị Dí,Không Có\n")
	if refused[0].Roll != desk.RollRefused {
		t.Errorf("a pupil of an unknown commune came to %s", refused[0].Roll)
	}
	// The same pupil on a list that names no commune: the residence stands.
	roll(t, d, tree.Nurse, desk.Roll{Campaign: id, Class: "4B"}, "Họ và tên,Ngày sinh,Giới tính,Họ tên mẹ\nGiàng A Páo,05/04/2018,Nam,Vàng Thị Mỷ\n")
	list := listOf(t, d, tree.Nurse, id)
	if len(list.Rows) != 1 || list.Rows[0].Person.Recorded != other || list.Rows[0].Class != "4B" {
		t.Errorf("the list has %+v", list.Rows)
	}
}

// Two laptops of one commune work through one list: after an exchange through the hub each sees the other's doses, and gives
// nobody a second one. The hub sums both.
func TestTwoMachinesOnOneCampaign(t *testing.T) {
	tree := nodetest.New(t)
	in := measles(tree.Province, tree.Station.Today())
	in.Targets = []registry.CampaignTarget{{Place: tree.Commune, People: 8}}
	id, err := tree.Hub.PlanCampaign(t.Context(), tree.Officer, in)
	if err != nil {
		t.Fatal(err)
	}
	tree.Sync(t)
	a := tree.Station
	second := tree.AddStation(t, tree.Hub, tree.Facility, "Máy thứ hai")
	sync := func() {
		tree.Sync(t)
		if _, err := second.Uplink.Client.Sync(t.Context()); err != nil {
			t.Fatal(err)
		}
		tree.Sync(t)
	}
	if err := a.EditCampaign(t.Context(), tree.Head, id, in, registry.Saw{}); err == nil {
		t.Error("the head of a station changed a campaign of the province")
	}
	lot(t, a.Desk, tree.Nurse, id)
	roll(t, a.Desk, tree.Nurse, desk.Roll{Campaign: id}, school(4))
	sync()
	b := second.Desk
	lot(t, b, tree.Nurse, id)
	onB := listOf(t, b, tree.Nurse, id)
	if onB.Listed != 4 {
		t.Fatalf("the second laptop has %d on its list", onB.Listed)
	}
	press(t, a.Desk, tree.Nurse, desk.LinePress{Campaign: id, Enrolment: onB.Rows[0].ID, Lot: "M-77"})
	press(t, b, tree.Nurse, desk.LinePress{Campaign: id, Enrolment: onB.Rows[1].ID, Lot: "M-77"})
	sync()
	_, err = b.PressLine(t.Context(), tree.Nurse, desk.LinePress{Campaign: id, Enrolment: onB.Rows[0].ID, Lot: "M-77"})
	refusedFor(t, err, registry.CodeCampaignHad)
	_, err = a.PressLine(t.Context(), tree.Nurse, desk.LinePress{Campaign: id, Enrolment: onB.Rows[1].ID, Lot: "M-77"})
	refusedFor(t, err, registry.CodeCampaignHad)
	for name, x := range map[string]struct {
		d   *desk.Desk
		who desk.Who
	}{"first": {a.Desk, tree.Nurse}, "second": {b, tree.Nurse}, "hub": {tree.Hub.Desk, tree.Officer}} {
		got, err := x.d.CampaignDay(t.Context(), x.who, id, a.Today())
		if err != nil {
			t.Fatal(name, err)
		}
		if got.Sum.Given != 2 || got.Sum.Listed != 4 || got.Sum.Target < 8 {
			t.Errorf("%s counts %+v", name, got.Sum)
		}
	}
}

// The list of one machine does not name those of another one's district; a campaign of one commune goes to nobody else.
func TestACampaignStaysInItsCommune(t *testing.T) {
	tree := nodetest.New(t)
	elsewhere, err := tree.Hub.AddPlace(t.Context(), tree.Admin, registry.PlaceInput{Parent: tree.Province, Code: "gso:03371", Name: "Xã Phu Luông", Level: registry.LevelCommune, Type: "xa"})
	if err != nil {
		t.Fatal(err)
	}
	facility, err := tree.Hub.AddPlace(t.Context(), tree.Admin, registry.PlaceInput{Parent: elsewhere, Code: "kcb:11002", Name: "Trạm Phu Luông", Level: registry.LevelFacility, Type: registry.PlaceStation})
	if err != nil {
		t.Fatal(err)
	}
	head := tree.AddUser(t, "truong.phuluong", "Vàng A Dế", rights.Head, elsewhere)
	province := tree.AddUser(t, "can.bo.tinh", "Tòng Thị Hoa", rights.Province, tree.Province)
	id := plan(t, tree, nil)
	all, err := tree.Hub.PlanCampaign(t.Context(), province, measles(tree.Province, tree.Station.Today()))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tree.Hub.PlanCampaign(t.Context(), province, measles(tree.Nation, tree.Station.Today())); !errors.Is(err, desk.ErrElsewhere) {
		t.Errorf("an officer of a province planned for the nation: %v", err)
	}
	if _, err := tree.Station.PlanCampaign(t.Context(), tree.Nurse, measles(tree.Commune, tree.Station.Today())); !errors.Is(err, desk.ErrForbidden) {
		t.Errorf("a nurse planned a campaign: %v", err)
	}
	if _, err := tree.Station.PlanCampaign(t.Context(), tree.Head, measles(elsewhere, tree.Station.Today())); !errors.Is(err, desk.ErrElsewhere) {
		t.Errorf("a head planned for another commune: %v", err)
	}
	tree.Sync(t)
	other := tree.AddStation(t, tree.Hub, facility, "Máy Phu Luông")
	if _, err := other.Uplink.Client.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	list, err := other.Campaigns(t.Context(), head)
	if err != nil || len(list) != 1 || list[0].ID != all {
		t.Errorf("the other commune has %d campaigns, %v", len(list), err)
	}
	if _, err := other.Campaign(t.Context(), head, id); !errors.Is(err, desk.ErrNotFound) {
		t.Errorf("the other commune knows of a campaign of this one: %v", err)
	}
	list, err = tree.Station.Campaigns(t.Context(), tree.Nurse)
	if err != nil || len(list) != 2 {
		t.Errorf("this commune has %d campaigns, %v", len(list), err)
	}
}

// Once somebody was vaccinated, what was given cannot become something else.
func TestACampaignThatBeganKeepsItsVaccine(t *testing.T) {
	tree := nodetest.New(t)
	d := tree.Station.Desk
	id := plan(t, tree, nil)
	roll(t, d, tree.Nurse, desk.Roll{Campaign: id}, school(1))
	press(t, d, tree.Nurse, desk.LinePress{Campaign: id, Enrolment: listOf(t, d, tree.Nurse, id).Rows[0].ID, Lot: "M-77"})
	x, err := d.Campaign(t.Context(), tree.Head, id)
	if err != nil {
		t.Fatal(err)
	}
	in := x.CampaignInput
	in.Vaccine = "MR"
	refusedFor(t, d.EditCampaign(t.Context(), tree.Head, id, in, registry.SawOf(x.State)), registry.CodeCampaignBegun)
	refusedFor(t, d.VoidCampaign(t.Context(), tree.Head, id, "nhầm"), registry.CodeCampaignBegun)
	in = x.CampaignInput
	in.Until += 7
	if err := d.EditCampaign(t.Context(), tree.Head, id, in, registry.SawOf(x.State)); err != nil {
		t.Error(err)
	}
	minutes, due, err := d.ReportDue(t.Context(), id)
	if err != nil || !due || minutes == 0 {
		t.Errorf("the report is due: %v, in %d minutes, %v", due, minutes, err)
	}
}
