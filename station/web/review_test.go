package web_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"tramy/internal/desk"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// reviewed is a station with one of each to settle: a dose recorded twice, two birth dates, two phones, a pair of records.
type reviewed struct {
	tree   *nodetest.Tree
	twice  p.EntityID    // who has the dose twice
	doses  [2]p.EntityID // its records
	born   p.EntityID    // who has two birth dates
	called p.EntityID    // who has two phones
}

func toReview(t *testing.T) *reviewed {
	t.Helper()
	tree := nodetest.New(t)
	r := &reviewed{tree: tree}
	ctx, st := t.Context(), tree.Station
	child := func(name, mother string, age registry.Day) p.EntityID {
		t.Helper()
		id, _, err := st.Register(ctx, tree.Nurse, registry.SubjectInput{
			Place: tree.Commune, Name: name, BirthDate: st.Today() - age, BirthPrec: registry.PrecisionDay, Sex: registry.SexFemale,
			MotherName: mother, MotherPhone: "0385000412", Hamlet: "bản Na Phay 1",
		}, true)
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	r.twice, r.born, r.called = child("Lò Gia Bảo", "Lò Thị Mai", 150), child("Giàng Thị Sua", "Vàng Thị Mỷ", 300), child("Quàng Hải Đăng", "Quàng Thị Thơm", 500)
	child("Sùng Thị Dí", "Sùng Thị Chở", 400)
	child("Sung Thi Di", "Sung Thi Cho", 400)
	for i, source := range []registry.Source{registry.SourceHere, registry.SourceCard} {
		on := st.Today() - 80 + registry.Day(i)
		ids, err := st.RecordVisit(ctx, tree.Nurse, desk.Visit{
			Subject: r.twice, Screening: registry.ScreeningOnPaper, Doses: []registry.ImmunizationInput{{Vaccine: "BOPV", GivenOn: on, Source: source, Lot: "P-0731"}},
		})
		if err != nil {
			t.Fatal(err)
		}
		r.doses[i] = ids[0]
	}
	tree.Sync(t)
	tree.Clock().Add(time.Minute)
	r.write(t, tree.Hub.Desk, r.born, registry.SubjectBirthDate, p.Int(int64(st.Today()-271)))
	r.write(t, tree.Hub.Desk, r.called, registry.SubjectMotherPhone, p.Text("0385000421"))
	r.write(t, st.Desk, r.born, registry.SubjectBirthDate, p.Int(int64(st.Today()-301)))
	r.write(t, st.Desk, r.called, registry.SubjectMotherPhone, p.Text("0385000499"))
	tree.Sync(t)
	tree.Sync(t)
	if _, err := st.Sweep(ctx, nil); err != nil {
		t.Fatal(err)
	}
	return r
}

// write is somebody's hand at a node, over what stands there.
func (r *reviewed) write(t *testing.T, d *desk.Desk, entity p.EntityID, field p.Field, data p.Data) {
	t.Helper()
	if _, err := d.Node.Append(context.Background(), r.tree.Nurse.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		s, err := tx.State(entity)
		return []registry.Draft{registry.Edit(s, field, data)}, err
	}); err != nil {
		t.Fatal(err)
	}
}

// focused is what the page says of the row that the keyboard begins at.
func (b *browser) focused() string {
	for _, n := range b.all("li") {
		if has(n, "autofocus") {
			return strings.Join(strings.Fields(content(n)), " ")
		}
	}
	return ""
}

// count is the number beside "Cần xem" in the bar.
func (b *browser) count() string {
	for _, n := range b.all("a") {
		if attr(n, "href") == "/review" {
			if f := strings.Fields(content(n)); len(f) > 2 {
				return f[2]
			}
		}
	}
	return ""
}

func TestReviewPage(t *testing.T) {
	r := toReview(t)
	b := serve(t, r.tree).as(nodetest.NurseLogin)
	b.get("/review").says("Cần xem: 4", "Có thể một mũi ghi hai lần", "Hai mũi quá gần nhau.", "Ngày sinh khác nhau làm đổi ngày tiêm tiếp.",
		"Gọi không tới, hoặc không trạm nào theo dõi.", "mỗi hồ sơ thiếu mũi của hồ sơ kia", "Trung ương đã có đến", "P-0731")
	if b.count() != "4" {
		t.Errorf("the bar counts %q", b.count())
	}
	text := b.text()
	last := -1
	for _, what := range []string{"Hai mũi quá gần nhau.", "Ngày sinh khác nhau", "Gọi không tới", "mỗi hồ sơ thiếu"} {
		at := strings.Index(text, what)
		if at < last {
			t.Errorf("%q stands too high", what)
		}
		last = at
	}
	if got := b.focused(); !strings.Contains(got, "Hai mũi quá gần nhau") {
		t.Errorf("the keyboard begins at %q", got)
	}

	// Both are right; undone; then one of them is.
	b.submit("/review/twice", url.Values{"keep": {"both"}}).want(http.StatusOK).says("Đã nhớ: hai mũi đều đúng.", "Cần xem: 3").silent("Hai mũi quá gần nhau")
	if got := b.focused(); !strings.Contains(got, "Ngày sinh") {
		t.Errorf("after the first the keyboard is at %q", got)
	}
	b.submit("/undo", nil).want(http.StatusOK).says("Đã hoàn tác.", "Cần xem: 4", "Hai mũi quá gần nhau")
	form := b.form("/review/twice")
	form.Set("keep", "a")
	b.post("/review/twice", form).want(http.StatusOK).says("Đã giữ một mũi, hủy bản ghi kia.", "Cần xem: 3")
	b.get("/dose/" + r.doses[1].String()).says("Ghi hai lần")
	b.get("/review")
	form.Del("once")
	b.post("/review/twice", form).want(http.StatusOK).says("Vừa có người sửa chỗ này ở nơi khác.") // the page is old
	form.Set("keep", "nothing")
	b.post("/review/twice", form).want(http.StatusBadRequest)

	// The row asked for is focused; one that is not there any more is not.
	b.get("/review")
	settle := b.form("/review/settle")
	for _, n := range b.all("button") {
		if attr(n, "name") == "choice" {
			settle.Set("choice", attr(n, "value"))
			break
		}
	}
	b.post("/review/settle", settle).want(http.StatusOK).says("Đã chọn", "Cần xem: 2")
	if got := b.focused(); !strings.Contains(got, "Quàng Hải Đăng") {
		t.Errorf("after two birth dates the keyboard is at %q", got)
	}
	b.get("/review?focus=%22%3E%3Cb%3E").want(http.StatusOK).silent("<b>")
}

// The other machine settles otherwise: both values meet again as a new case at both, and what was not seen is not undone over.
func TestSettledOtherwiseElsewhere(t *testing.T) {
	r := toReview(t)
	tree := r.tree
	b := serve(t, tree).as(nodetest.NurseLogin)
	b.get("/review")
	choose := func(word string) url.Values {
		t.Helper()
		form := url.Values{}
		for _, n := range b.all("form") {
			if attr(n, "action") != "/review/settle" || !strings.Contains(content(n), word) {
				continue
			}
			for _, in := range descendants(n) {
				if attr(in, "type") == "hidden" {
					form.Set(attr(in, "name"), attr(in, "value"))
				}
				if attr(in, "name") == "choice" && strings.Contains(content(in), word) {
					form.Set("choice", attr(in, "value"))
				}
			}
		}
		if form.Get("choice") == "" {
			t.Fatalf("no choice says %q:\n%s", word, b.text())
		}
		return form
	}
	form := choose("421")
	list, err := tree.Hub.Conflicts(t.Context(), tree.Officer, 10)
	if err != nil {
		t.Fatal(err)
	}
	for i := range list {
		c := &list[i]
		if c.Entity != r.called {
			continue
		}
		for _, ch := range c.Choices {
			if text, _ := ch.Data.Text(); strings.HasSuffix(text, "499") {
				if err := tree.Hub.Settle(t.Context(), tree.Officer, c.Entity, c.Field.Field, ch.Dot, []p.Dot{c.Choices[0].Dot, c.Choices[1].Dot}); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	b.post("/review/settle", form).want(http.StatusOK).says("Đã chọn")
	undo := b.form("/undo")
	tree.Sync(t)
	tree.Sync(t)
	b.get("/review").says("0385 000 421", "0385 000 499", "Quàng Hải Đăng")
	if got := len(r.values(t)); got != 2 {
		t.Fatalf("%d values, want both", got)
	}
	b.post("/undo", undo).want(http.StatusOK).says("Chưa hoàn tác")
	if got := len(r.values(t)); got != 2 {
		t.Errorf("an undo took away what nobody here had seen: %d values", got)
	}

	// Settled anew, sent, and undone after that: the other value stands everywhere, and is one.
	b.get("/review")
	b.post("/review/settle", choose("421")).want(http.StatusOK).says("Đã chọn")
	undo = b.form("/undo")
	tree.Sync(t)
	b.post("/undo", undo).want(http.StatusOK).says("Đã hoàn tác.")
	tree.Sync(t)
	for _, v := range r.values(t) {
		if text, _ := v.Data.Text(); text != "0385000499" {
			t.Errorf("after the undo stands %q", text)
		}
	}
	if left, err := tree.Hub.Conflicts(t.Context(), tree.Officer, 10); err != nil || len(left) != 1 || left[0].Entity != r.born {
		t.Errorf("at the hub wait %v, %v", left, err)
	}
}

// Two people follow a reaction up at the same time and say different things of it: both values wait with who wrote them, one press settles
// it, and the undo brings the other back.
func TestReactionSaidTwoWays(t *testing.T) {
	tree := nodetest.New(t)
	b := serve(t, tree).as(nodetest.NurseLogin)
	an := b.dosed("Vàng A An", "A24-123")
	b.get(an + "/reaction")
	b.submit(an+"/reaction", url.Values{"began_at": {"08:00"}, "sign": {"fever"}}).want(http.StatusOK)
	tree.Sync(t)
	id := b.listed(registry.KindReaction)
	r := &reviewed{tree: tree}
	r.write(t, tree.Hub.Desk, id, registry.ReactionOutcome, p.Int(int64(registry.EndRecovered)))
	r.write(t, tree.Station.Desk, id, registry.ReactionOutcome, p.Int(int64(registry.EndRecovering)))
	tree.Sync(t)
	tree.Sync(t)
	outcome := func() (out []registry.ReactionEnd) {
		for _, v := range b.state(id).Values(registry.ReactionOutcome) {
			n, _ := v.Data.Int()
			out = append(out, registry.ReactionEnd(n))
		}
		return out
	}
	if got := outcome(); len(got) != 2 {
		t.Fatalf("%v stand", got)
	}
	if _, err := tree.Station.Node.Rebuild(t.Context(), false, nil); err != nil { // rows made anew say the same
		t.Fatal(err)
	}
	b.get("/review").want(http.StatusOK).says("Cần xem: 1", "Vàng A An", "Phản ứng sau tiêm: ", "Đã khỏi", "Đang đỡ", "Cà Thị Diên", "báo cáo phản ứng")
	settle := url.Values{}
	for _, n := range b.all("button") {
		if attr(n, "name") == "choice" && strings.Contains(content(n), "Đã khỏi") {
			settle.Set("choice", attr(n, "value"))
		}
	}
	b.submit("/review/settle", settle).want(http.StatusOK).says("Đã chọn kết quả Đã khỏi cho Vàng A An", "Không còn việc nào")
	if got := outcome(); len(got) != 1 || got[0] != registry.EndRecovered {
		t.Errorf("settled: %v", got)
	}
	b.submit("/undo", nil).want(http.StatusOK).says("Đã hoàn tác")
	if got := outcome(); len(got) != 1 || got[0] != registry.EndRecovering {
		t.Errorf("taken back: %v", got)
	}
}

// listed is the one entity of a kind that is only listed.
func (b *browser) listed(kind p.Kind) (id p.EntityID) {
	b.t.Helper()
	if err := b.tree.Station.Node.Store().View(b.t.Context(), func(tx store.Tx) error {
		rows, err := tx.RecordsAt(store.RecordQuery{Kind: kind, Places: []p.EntityID{b.tree.Facility}})
		if err == nil && len(rows) == 1 {
			id = rows[0].ID
		}
		return err
	}); err != nil || id.IsZero() {
		b.t.Fatalf("no such entity, or several: %v", err)
	}
	return id
}

func descendants(n *html.Node) (out []*html.Node) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		out = append(append(out, c), descendants(c)...)
	}
	return out
}

// The history of a child tells the whole of its days: the visit, a reaction, an attempt to reach the mother, and who wrote each down.
func TestHistoryTellsOfDays(t *testing.T) {
	tree := nodetest.New(t)
	b := serve(t, tree).as(nodetest.NurseLogin)
	an := b.dosed("Vàng A An", "A24-123")
	b.get(an + "/reaction")
	b.submit(an+"/reaction", url.Values{"began_at": {"08:00"}, "sign": {"fever"}}).want(http.StatusOK)
	b.get(an + "/contact")
	b.submit(an+"/contact", url.Values{"came": {"unreached"}}).want(http.StatusOK)
	b.get(an+"/history").want(http.StatusOK).says("Lượt đến trạm", "Phản ứng sau tiêm", "Sốt", "Lần liên lạc", "Không gặp, không nghe máy", "5 trong 1 mũi 1", "Cà Thị Diên").
		silent("fever", "unreached")
}

func (r *reviewed) values(t *testing.T) (out []p.Value) {
	t.Helper()
	if err := r.tree.Station.Node.Store().View(t.Context(), func(tx store.Tx) error {
		s, err := tx.State(r.called)
		out = s.Values(registry.SubjectMotherPhone)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return out
}
