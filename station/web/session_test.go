package web_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"tramy/internal/desk"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	p "tramy/syncproto"
)

// children registers children of two hamlets, two of them of one mother, who are due for something today.
func children(t *testing.T, tree *nodetest.Tree, n int) (out []p.EntityID) {
	t.Helper()
	for i := range n {
		hamlet := "bản Na Phay 1"
		if i%3 == 2 {
			hamlet = "bản Pha Thanh"
		}
		in := registry.SubjectInput{
			Place: tree.Commune, Name: fmt.Sprintf("Lò Văn %02d", i), MotherName: fmt.Sprintf("Mẹ %02d", i/2), MotherPhone: fmt.Sprintf("03850004%02d", i),
			BirthDate: tree.Station.Today() - 70 - registry.Day(i), BirthPrec: registry.PrecisionDay, Hamlet: hamlet, Sex: registry.SexMale,
		}
		id, _, err := tree.Station.Register(context.Background(), tree.Nurse, in, true)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, id)
	}
	return out
}

// called are the people on a session's list with their hours, in order.
func called(t *testing.T, d *desk.Desk, who desk.Who, session p.EntityID) (*desk.SessionList, map[string]string) {
	t.Helper()
	list, err := d.SessionList(context.Background(), who, session, 0)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for i := range list.Called {
		out[list.Called[i].Subject.Name] = list.Called[i].At.String()
	}
	return list, out
}

func sessionOf(t *testing.T, path string) p.EntityID {
	t.Helper()
	id, err := p.ParseEntityID(strings.TrimPrefix(path, "/session/"))
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// Three months are planned in one press, which is taken back in one; a day that has a session gets no second one.
func TestSessionsArePlanned(t *testing.T) {
	b := serve(t, nodetest.New(t)).as(nodetest.NurseLogin)
	b.get("/").says("Hôm nay")
	if got := b.links("/sessions"); len(got) == 0 {
		t.Fatal("today does not lead to the sessions")
	}
	b.get("/sessions").want(http.StatusOK).says("Chưa lập buổi tiêm nào.")
	b.submit("/sessions", url.Values{"day": {"5/13"}, "from": {"7h3x"}}).want(http.StatusUnprocessableEntity)
	if b.wrong("day") == "" || b.wrong("from") == "" || b.form("/sessions").Get("day") != "5/13" {
		t.Error("what is wrong with the form stands beside no field, or what was typed is gone")
	}
	b.get("/sessions")
	b.submit("/sessions", url.Values{"monthly": {"5 và 25"}}).want(http.StatusOK).says("Đã lập 7 buổi tiêm.", "Thứ Tư 25/11/2026", "Thứ Bảy 05/12/2026", "07:30–11:00", "tại trạm")
	b.submit("/undo", nil).want(http.StatusOK).says("Chưa lập buổi tiêm nào.")
	b.submit("/sessions", url.Values{"day": {"05/12"}, "from": {"8h"}, "until": {"10h30"}, "capacity": {"12"}}).want(http.StatusOK).says("Đã lập 1 buổi tiêm.", "08:00–10:30", "0/30")
	b.get("/sessions")
	if v := b.form("/sessions"); v.Get("from") != "08:00" || v.Get("capacity") != "12" {
		t.Errorf("the next session is proposed from %s with %s an hour", v.Get("from"), v.Get("capacity"))
	}
	b.submit("/sessions", url.Values{"day": {"05/12"}}).want(http.StatusConflict).says("Những ngày này đã có buổi tiêm.")
	b.submit("/sessions", url.Values{"monthly": {"5"}, "day": {""}, "months": {"2"}}).want(http.StatusOK).says("Ngày đã có buổi nên không lập thêm: 05/12/2026.")
}

// One press gives everybody who is due an hour, by hamlet; siblings come together, and no hour has too many. Pressed again it gives
// hours to the new ones only.
func TestPeopleAreSpreadOverTheHours(t *testing.T) {
	tree := nodetest.New(t)
	b := serve(t, tree).as(nodetest.NurseLogin)
	children(t, tree, 12)
	b.get("/sessions")
	b.submit("/sessions", url.Values{"day": {"n"}, "from": {"08:00"}, "until": {"10:00"}, "capacity": {"8"}}).want(http.StatusOK)
	path := b.links("/session/")[0]
	id := sessionOf(t, path)
	b.get(path).says("12 người chưa có giờ", "còn 16 chỗ")
	b.submit(path+"/spread", url.Values{"first": {"ban pha thanh"}}).want(http.StatusOK).says("Đã đặt giờ cho 12 người.")
	list, hours := called(t, tree.Station.Desk, tree.Nurse, id)
	if len(hours) != 12 || len(list.Open) != 0 {
		t.Fatalf("%d have an hour, %d have none", len(hours), len(list.Open))
	}
	hour := map[string]int{}
	for i := range list.Called {
		x := &list.Called[i]
		hour[x.At.String()[:2]]++
		if x.Subject.Hamlet == "bản Pha Thanh" && x.At > registry.NewClock(8, 30) {
			t.Errorf("%s of the far hamlet is called at %s", x.Subject.Name, x.At)
		}
	}
	for at, n := range hour {
		if n > 8 {
			t.Errorf("%d people in the hour from %s", n, at)
		}
	}
	if hours["Lò Văn 00"] != hours["Lò Văn 01"] { // one mother, one hamlet
		t.Errorf("siblings at %s and %s", hours["Lò Văn 00"], hours["Lò Văn 01"])
	}
	b.submit("/undo", nil).want(http.StatusOK).says("12 người chưa có giờ")
	b.submit(path+"/spread", nil).want(http.StatusOK)
	_, before := called(t, tree.Station.Desk, tree.Nurse, id)

	// One more child, one given an hour by hand, one taken off.
	late := b.kid("Vàng A Mới", "bản Na Phay 1", "0385000999")
	b.get(path + "?edit=" + late.String())
	b.submit(path+"/time", url.Values{"at": {"11:30"}}).want(http.StatusUnprocessableEntity).says("Ngoài giờ của buổi")
	b.submit(path+"/time", url.Values{"at": {"9h40"}}).want(http.StatusOK).says("Vàng A Mới: 09:40.")
	b.post(path+"/spread", nil).want(http.StatusOK).says("Không ai cần giờ thêm.")
	_, after := called(t, tree.Station.Desk, tree.Nurse, id)
	if after["Vàng A Mới"] != "09:40" {
		t.Errorf("the hour given by hand is %q", after["Vàng A Mới"])
	}
	for name, at := range before {
		if after[name] != at {
			t.Errorf("%s had %s and now has %s", name, at, after[name])
		}
	}
	b.get(path + "?edit=" + late.String())
	b.submit(path+"/time", url.Values{"at": {""}, "off": {"1"}}).want(http.StatusOK).says("Vàng A Mới: đã bỏ khỏi buổi.")

	// Today calls them by the hour, before those who are only due, and names the session.
	b.get("/").says("Buổi tiêm tại trạm, 08:00–10:00, 12 người hẹn", "Hẹn 08:00")
	names := strings.Split(b.people(), ", ")
	if len(names) != 13 || names[12] != "Vàng A Mới" || !slices.IsSortedFunc(names[:12], func(a, c string) int { return strings.Compare(after[a], after[c]) }) {
		t.Errorf("today calls %v", names)
	}

	// The sheet needs a purpose.
	b.get(path + "/print")
	b.submit(path+"/print", nil).want(http.StatusUnprocessableEntity)
	b.submit(path+"/print", url.Values{"for": {registry.TakeCare}, "reason": {"buổi tiêm"}}).want(http.StatusOK).says("Phiếu buổi tiêm", "Lò Văn 00", "bản Pha Thanh", "Vàng A Mới", "5 trong 1 mũi 1", "t° ……")
}

// A full session leaves some without an hour, and says so.
func TestFullSessionLeavesPeopleOut(t *testing.T) {
	tree := nodetest.New(t)
	b := serve(t, tree).as(nodetest.NurseLogin)
	children(t, tree, 6)
	b.get("/sessions")
	b.submit("/sessions", url.Values{"day": {"n"}, "from": {"08:00"}, "until": {"09:00"}, "capacity": {"4"}}).want(http.StatusOK)
	path := b.links("/session/")[0]
	b.get(path)
	b.submit(path+"/spread", nil).want(http.StatusOK).says("Đã đặt giờ cho 4 người.", "2 người chưa có giờ vì hết chỗ")
	b.submit(path+"/spread", nil).want(http.StatusOK).says("Hết chỗ: 2 người chưa có giờ.")
}

// More people than one act holds get hours by one press all the same.
func TestManyAreSpreadByOnePress(t *testing.T) {
	tree := nodetest.New(t)
	n := p.ActChangesMax + 5
	children(t, tree, n)
	ctx := context.Background()
	ids, _, err := tree.Station.PlanSessions(ctx, tree.Nurse, registry.SessionInput{From: registry.NewClock(7, 30), Until: registry.NewClock(11, 0), Capacity: 50}, []registry.Day{tree.Station.Today()})
	if err != nil {
		t.Fatal(err)
	}
	for left := int64(1); left > 0; {
		if err := tree.Station.WorkOutDue(ctx); err != nil {
			t.Fatal(err)
		}
		if left, err = tree.Station.Node.DueLeft(ctx); err != nil {
			t.Fatal(err)
		}
	}
	done, err := tree.Station.SpreadSession(ctx, tree.Nurse, ids[0], nil)
	if err != nil || len(done.Made) != n || done.Left != 0 {
		t.Fatalf("%d of %d have an hour, %d have none: %v", len(done.Made), n, done.Left, err)
	}
	if err := tree.Station.UndoSpread(ctx, tree.Nurse, ids[0], done, "Hoàn tác"); err != nil {
		t.Fatal(err)
	}
	if list, _ := called(t, tree.Station.Desk, tree.Nurse, ids[0]); len(list.Called) != 0 {
		t.Errorf("taken back, %d are called", len(list.Called))
	}
}

// A session that is put off takes its appointments along, and says whom to tell until they are told; one that is cancelled too.
func TestSessionIsPutOff(t *testing.T) {
	tree := nodetest.New(t)
	b := serve(t, tree).as(nodetest.NurseLogin)
	children(t, tree, 3)
	b.get("/sessions")
	b.submit("/sessions", url.Values{"day": {"26/11"}}).want(http.StatusOK)
	path := b.links("/session/")[0]
	id := sessionOf(t, path)
	b.get(path)
	b.submit(path+"/spread", nil).want(http.StatusOK)
	_, before := called(t, tree.Station.Desk, tree.Nurse, id)
	b.submit(path+"/move", url.Values{"day": {"28/11"}}).want(http.StatusUnprocessableEntity)
	if b.says("Ghi vài chữ vì sao."); !strings.Contains(b.body, `value="28/11"`) {
		t.Error("what was typed is gone")
	}
	b.submit(path+"/move", url.Values{"day": {"28/11"}, "why": {"mưa lũ"}}).want(http.StatusOK).
		says("Buổi tiêm thứ Bảy 28/11/2026", "mưa lũ", "3 nhà phải báo", "nhà nhớ 26/11/2026", "0385 000 400")
	if _, after := called(t, tree.Station.Desk, tree.Nurse, id); fmt.Sprint(after) != fmt.Sprint(before) {
		t.Errorf("hours were %v and are %v", before, after)
	}
	b.submit(path+"/told", nil).want(http.StatusUnprocessableEntity).says("Chọn nhà đã báo.")
	v := b.form(path + "/told")
	v.Set("all", "1")
	b.post(path+"/told", v).want(http.StatusOK).silent("3 nhà phải báo")
	b.submit(path+"/cancel", url.Values{"why": {"hết vắc xin"}}).want(http.StatusOK).says("Đã hủy", "hết vắc xin", "3 nhà phải báo", "buổi đã hủy, nhà chưa biết")
	undo := b.form("/undo")
	b.post("/undo", undo).want(http.StatusOK).silent("3 nhà phải báo")
	b.submit(path+"/cancel", url.Values{"why": {"hết vắc xin"}}).want(http.StatusOK)
	v = b.form(path + "/told")
	v.Set("all", "1")
	b.post(path+"/told", v).want(http.StatusOK).says("0 người có giờ hẹn")

	// Two who change a session at once are told of each other.
	b.get("/sessions")
	b.submit("/sessions", url.Values{"day": {"30/11"}}).want(http.StatusOK)
	other := b.links("/session/")
	path = other[slices.IndexFunc(other, func(s string) bool { return s != path })]
	b.get(path)
	stale := b.form(path + "/move")
	b.submit(path, url.Values{"from": {"08:00"}}).want(http.StatusOK).says("08:00–11:00")
	stale.Set("day", "01/12")
	stale.Set("from", "07:00")
	stale.Set("why", "trạm bận")
	stale.Del("once")
	b.post(path+"/move", stale).want(http.StatusPreconditionFailed).says("08:00–11:00")
}

// Two machines of one station see one plan. Both call a child while neither hears the other: it is called once, at the earlier hour.
func TestTwoMachinesShareASession(t *testing.T) {
	tree := nodetest.New(t)
	ctx := context.Background()
	kids := children(t, tree, 2)
	ids, _, err := tree.Station.PlanSessions(ctx, tree.Nurse, registry.SessionInput{From: registry.NewClock(8, 0), Until: registry.NewClock(10, 0), Capacity: 10}, []registry.Day{tree.Station.Today() + 1})
	if err != nil {
		t.Fatal(err)
	}
	beside := tree.AddStation(t, tree.Hub, tree.Facility, "Máy hai")
	sync := func() {
		t.Helper()
		tree.Sync(t)
		if _, err := beside.Uplink.Client.Sync(ctx); err != nil {
			t.Fatal(err)
		}
		tree.Sync(t)
	}
	sync()
	for _, c := range []struct {
		d  *desk.Desk
		at registry.Clock
	}{{tree.Station.Desk, registry.NewClock(9, 0)}, {beside.Desk, registry.NewClock(8, 30)}} {
		if _, _, err := c.d.CallTo(ctx, tree.Nurse, ids[0], kids[0], c.at); err != nil {
			t.Fatal(err)
		}
	}
	if err := beside.MoveSession(ctx, tree.Nurse, ids[0], tree.Station.Today()+2, registry.NewClock(8, 0), registry.NewClock(10, 0), "mưa", registry.SawOf(held(t, beside.Desk, tree.Nurse, ids[0]).State)); err != nil {
		t.Fatal(err)
	}
	sync()
	for _, d := range []*desk.Desk{tree.Station.Desk, beside.Desk} {
		list, hours := called(t, d, tree.Nurse, ids[0])
		if len(list.Called) != 1 || hours["Lò Văn 00"] != "08:30" || list.Day != tree.Station.Today()+2 || list.Untold != 1 {
			t.Errorf("on %s: %v, %d to tell", list.Day, hours, list.Untold)
		}
	}
	if _, err := tree.Station.TakeOff(ctx, tree.Nurse, ids[0], kids[0], "nhầm"); err != nil {
		t.Fatal(err)
	}
	if list, _ := called(t, tree.Station.Desk, tree.Nurse, ids[0]); len(list.Called) != 0 {
		t.Error("taken off, the child is still called by the other machine's appointment")
	}
}

func held(t *testing.T, d *desk.Desk, who desk.Who, id p.EntityID) *desk.Held {
	t.Helper()
	x, err := d.Session(context.Background(), who, id)
	if err != nil {
		t.Fatal(err)
	}
	return x
}
