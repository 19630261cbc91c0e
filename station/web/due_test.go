package web_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"tramy/internal/nodetest"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// put writes rows of what is due for a child, whatever the schedule says.
func put(t *testing.T, tree *nodetest.Tree, child p.EntityID, rows ...project.DueRow) {
	t.Helper()
	node := tree.Station.Node
	var hamlet string
	if err := node.Store().View(context.Background(), func(tx store.Tx) error {
		row, err := tx.SubjectRow(child)
		if err == nil {
			hamlet = row.Hamlet
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for i := range rows {
		rows[i].Case, rows[i].Residence, rows[i].Hamlet = child, tree.Commune, hamlet
		if rows[i].Status == 0 {
			rows[i].Status = project.DueOpen
		}
	}
	if err := node.Store().Update(context.Background(), func(tx store.Tx) error {
		return tx.PutDue(child, rows, node.Advisor().Generation, registry.Today(nodetest.Start, 0)+30)
	}); err != nil {
		t.Fatal(err)
	}
}

// people are the names on a list, in order.
func (b *browser) people() string {
	var out []string
	for _, n := range b.all("a") {
		if attr(n, "class") == "name" {
			out = append(out, content(n))
		}
	}
	return strings.Join(out, ", ")
}

func (b *browser) kid(name, hamlet, phone string) p.EntityID {
	b.t.Helper()
	return idOf(b.t, b.baby(url.Values{"name": {name}, "mother": {"Mẹ " + name}, "hamlet": {hamlet}, "phone": {phone}}))
}

// The lists show what was worked out before, and ask nobody anew: these rows follow from no schedule. They are
// those of the day, of each day of the week, and of those who were late or too old.
func TestWorklists(t *testing.T) {
	tree := nodetest.New(t)
	b := serve(t, tree).as(nodetest.NurseLogin)
	today := tree.Station.Today()
	day := func(n int) registry.Day { return today + registry.Day(n) }
	an := b.kid("Vàng A An", "bản Na Phay 1", "0385000411")
	binh := b.kid("Thào A Bình", "bản Pha Thanh", "0385000422")
	chi := b.kid("Lường Thị Chi", "", "")
	dua := b.kid("Giàng A Dua", "bản Pha Thanh", "0385000433")
	em := b.kid("Sùng Thị Em", "bản Pha Thanh", "0385000444")
	put(t, tree, an, project.DueRow{Vaccine: "MR", Dose: 1, Recommended: day(-3), Overdue: day(20)}, project.DueRow{Vaccine: "BOPV", Dose: 7, Recommended: day(-1), Overdue: day(20)}, project.DueRow{Vaccine: "BCG", Dose: 1, Recommended: day(-60), Overdue: day(-26)})
	put(t, tree, binh, project.DueRow{Vaccine: "MR", Dose: 1, Recommended: day(6), Overdue: day(30)}) // the last day of the week
	put(t, tree, chi,
		project.DueRow{Vaccine: "MR", Dose: 1, Recommended: day(7), Overdue: day(30)}, // the day after
		project.DueRow{Vaccine: "ROTA", Dose: 1, Status: project.DueMissed, Latest: day(-2)},
		project.DueRow{Vaccine: "BCG", Dose: 1, Status: project.DueMissed, Latest: day(-30)},
		project.DueRow{Vaccine: "VGB0", Dose: 1, Status: project.DueMissed, Latest: day(-366)})
	put(t, tree, dua, project.DueRow{Vaccine: "SOI", Dose: 1, Recommended: day(3), Overdue: day(3), Latest: day(90)}, // late at once
		project.DueRow{Vaccine: "IPV", Dose: 1, Recommended: day(2), Overdue: day(40), Latest: day(4)}, // no more by the end of the week
		project.DueRow{Vaccine: "ROTA", Dose: 1, Recommended: day(5), Overdue: day(40), Latest: day(4)})
	put(t, tree, em, project.DueRow{Vaccine: "BCG", Dose: 1, Recommended: day(-10), Overdue: today}, project.DueRow{Vaccine: "ROTA", Dose: 2, Status: project.DueMissed, Latest: day(-365)})

	b.get("/due").want(http.StatusOK).says("Trẻ đến hạn, từ nay đến 01/12/2026", "3 người", "bOPV lần 7", "từ 22/11/2026", "Đến hạn 01/12", "Mẹ Vàng A An", "bản Na Phay 1, 0385 000 411")
	b.silent("ROTA", "Rota", "VGB sơ sinh", "Chi").says("Sởi", "IPV")
	if got := b.people(); got != "Vàng A An, Giàng A Dua, Thào A Bình" {
		t.Errorf("due this week: %s", got)
	}
	b.get("/due?list=overdue").says("Trẻ quá hạn, tính đến 25/11/2026", "Quá 26 ngày", "quá hạn từ 30/10/2026", "Quá hạn từ hôm nay", "Lao")
	if got := b.people(); got != "Vàng A An, Sùng Thị Em" {
		t.Errorf("overdue: %s", got)
	}
	b.get("/due?list=missed").says("Trẻ quá tuổi tiêm", "Quá tuổi", "quá tuổi từ 24/11/2026", "Rota", "không có máy").silent("VGB sơ sinh")
	if got := b.people(); got != "Lường Thị Chi, Sùng Thị Em" {
		t.Errorf("missed: %s", got)
	}
	if got := b.links("/child/"); !slices.Contains(got, "/child/"+chi.String()) {
		t.Errorf("no link to the child: %v", got)
	}

	// Narrowed to a vaccine and a hamlet: the counts follow, and the choices are those of the list.
	b.get("/due?list=due&vaccine=MR").says("2 người, chỉ: MR")
	if got := b.people(); got != "Vàng A An, Thào A Bình" {
		t.Errorf("MR this week: %s", got)
	}
	b.get("/due?list=due&vaccine=MR&hamlet=" + url.QueryEscape("bản Pha Thanh"))
	if got := b.people(); got != "Thào A Bình" {
		t.Errorf("MR in bản Pha Thanh: %s", got)
	}
	b.get("/due?list=missed&hamlet=-")
	if got := b.people(); got != "Lường Thị Chi" {
		t.Errorf("without a hamlet: %s", got)
	}
	b.get("/due?list=overdue&vaccine=MR").says("Không ai khớp.", "Bỏ lọc")
	b.get("/due?list=nothing").says("từ nay đến")

	// Recorded as moved, nobody is called.
	if err := tree.Station.Edit(context.Background(), tree.Nurse, em, registry.Patch{registry.SubjectStatus: p.Int(int64(registry.StatusMoved))}, registry.SawOf(b.state(em))); err != nil {
		t.Fatal(err)
	}
	b.get("/due?list=overdue")
	if got := b.people(); got != "Vàng A An" {
		t.Errorf("overdue after one moved: %s", got)
	}
}

// registered registers n people at a station; then is told of each.
func registered(t *testing.T, tree *nodetest.Tree, n int, then func(i int, id p.EntityID)) {
	t.Helper()
	for i := range n {
		id, _, err := tree.Station.Register(context.Background(), tree.Nurse, registry.SubjectInput{
			Place: tree.Commune, Name: fmt.Sprintf("Lò Văn %02d", i), MotherName: fmt.Sprintf("Mẹ %d", i), BirthDate: tree.Station.Today() - 300 - registry.Day(i),
		}, true)
		if err != nil {
			t.Fatal(err)
		}
		if then != nil {
			then(i, id)
		}
	}
}

// Sixty rows are shown, all of them when asked for; the count is of all.
func TestWorklistIsCutShort(t *testing.T) {
	tree := nodetest.New(t)
	b := serve(t, tree).as(nodetest.NurseLogin)
	today := tree.Station.Today()
	registered(t, tree, 61, func(i int, id p.EntityID) {
		put(t, tree, id, project.DueRow{Vaccine: "MR", Dose: 1, Recommended: today - registry.Day(i), Overdue: today + 9})
		if i == 59 {
			if b.get("/due").says("60 người").silent("Xem cả"); strings.Count(b.people(), ",") != 59 {
				t.Errorf("of sixty people the list shows %s", b.people())
			}
		}
	})
	b.get("/due").says("61 người", "Xem cả 61 người")
	if n := strings.Count(b.people(), ",") + 1; n != 60 {
		t.Errorf("%d rows are shown at first", n)
	}
	b.get(b.links("/due?all")[0]).silent("Xem cả")
	if n := strings.Count(b.people(), ",") + 1; n != 61 {
		t.Errorf("%d rows are shown of all", n)
	}
}

// Empty lists say why they are, and what will stand there.
func TestWorklistsOfNobody(t *testing.T) {
	tree := nodetest.New(t)
	b := serve(t, tree).as(nodetest.NurseLogin)
	b.get("/due").says("Sổ còn trống", "Máy này chưa giữ người nào.")
	b.kid("Vàng A An", "bản Na Phay 1", "")
	if err := tree.Station.Node.Store().Update(context.Background(), func(tx store.Tx) error {
		id := idOf(t, b.url.Path)
		return tx.PutDue(id, nil, tree.Station.Node.Advisor().Generation, tree.Station.Today()+9)
	}); err != nil {
		t.Fatal(err)
	}
	b.get("/due").says("Tuần này không ai đến hạn.")
	b.get("/due?list=overdue").says("Không ai quá hạn.")
	b.get("/due?list=missed").says("Không ai quá tuổi trong 12 tháng qua.")
	if b.silent("Lọc"); len(b.links("/due")) < 4 {
		t.Errorf("the bar and the tabs lead to %v", b.links("/due"))
	}
	b.submit("/look", url.Values{"lang": {"en"}}).says("Nobody has grown too old in the last 12 months.")
	if b.url.Path != "/due" || b.url.Query().Get("list") != "missed" {
		t.Errorf("switching the language led to %s", b.url)
	}
}

// While what is due is worked out anew, the sync page and the settings say how many people are left; a handful is
// done before anybody has read it.
func TestDueLeftIsSaid(t *testing.T) {
	ctx := context.Background()
	tree := nodetest.New(t)
	b := serve(t, tree).as(nodetest.NurseLogin)
	registered(t, tree, 34, nil)
	work := func(n int) {
		t.Helper()
		if _, err := tree.Station.Node.WorkOutDue(ctx, n); err != nil {
			t.Fatal(err)
		}
	}
	work(100)
	tree.Sync(t)
	// A version of the schedule that this program cannot read.
	if _, err := tree.Hub.Node.Append(ctx, tree.Admin.User, func(store.Tx, func(int) p.EntityID) ([]registry.Draft, error) {
		draft, err := registry.NewSchedule(registry.ScheduleInput{Code: "vn-2031-01", Title: "Lịch 2031", From: tree.Station.Today() + 400, File: "schedule: vn-2031-01\nformat: 9\n"})
		return []registry.Draft{draft}, err
	}); err != nil {
		t.Fatal(err)
	}
	b.get("/sync").silent("Đang tính lại")
	b.get("/settings").says("Lịch tiêm", "vn-2026-07, từ 01/07/2026").silent("chưa đọc được", "Đang tính lại")
	tree.Sync(t)
	b.get("/settings").says("vn-2026-07, từ 01/07/2026", "Có lịch tiêm mới mà bản chương trình này chưa đọc được.", "Cập nhật chương trình", "vn-2031-01")
	b.says("Đang tính lại mũi đến hạn: còn 34 người.")
	work(1)
	b.get("/sync").says("Đang tính lại mũi đến hạn: còn 33 người.")
	work(1)
	for _, path := range []string{"/sync", "/settings", "/due"} {
		b.get(path).silent("Đang tính lại")
	}
}

func TestNoScheduleYet(t *testing.T) {
	b := unsynced(t)
	b.baby(nil)
	b.get("/due").says("Máy này chưa có lịch tiêm.")
	b.get("/settings").says("chưa có trên máy này")
	b.get("/").want(http.StatusOK)
}
