package web_test

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"tramy/internal/desk"
	"tramy/internal/nodetest"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	"tramy/station"
	p "tramy/syncproto"
)

// Who works in the house that is not a commune's station.
const houseNurse, houseHead = "vien1", "vientruong1"

// house makes a tree whose Station stands in a facility of the province, and returns the commune's own station beside it.
func house(t *testing.T, kind, name string) (*nodetest.Tree, *station.Station) {
	t.Helper()
	tree := nodetest.New(t)
	place, err := tree.Hub.AddPlace(t.Context(), tree.Admin, registry.PlaceInput{
		Parent: tree.Province, Code: "kcb:11101", Name: name, Level: registry.LevelFacility, Type: kind,
	})
	if err != nil {
		t.Fatal(err)
	}
	nurse := tree.AddUser(t, houseNurse, "Hoàng Thị Mai", rights.Nurse, place)
	tree.AddUser(t, houseHead, "Vũ Văn Lâm", rights.Head, place)
	tree.Sync(t)
	commune := tree.Station
	tree.Station = tree.AddStation(t, tree.Hub, place, "Máy "+name)
	t.Cleanup(func() { tree.Station = commune }) // each is closed once
	tree.Nurse = nurse
	tree.Sync(t)
	return tree, commune
}

func sync(t *testing.T, st *station.Station) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if _, err := st.Uplink.Client.Sync(ctx); err != nil {
		t.Fatal(err)
	}
}

// While a mother is typed those of the register show who she may be, first who expects a child here, then other women; whoever is shown is
// written down, and one press takes her.
func TestMothersWhileTyping(t *testing.T) {
	tree, _ := house(t, registry.PlaceHospital, "Bệnh viện tỉnh")
	b := serve(t, tree).as(houseNurse)
	woman := func(name, phone string, group registry.Group, due registry.Day) p.EntityID {
		t.Helper()
		id, _, err := tree.Station.Register(t.Context(), tree.Nurse, registry.SubjectInput{
			Place: tree.Commune, Name: name, Sex: registry.SexFemale, Group: group, BirthDate: tree.Station.Today() - 9_000, BirthPrec: registry.PrecisionDay, DueDate: due, Phone: phone,
		}, true)
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	her := woman("Giàng Thị Súa", "0387000421", registry.GroupPregnant, tree.Station.Today()+3)
	woman("Giàng Thị Sua Mỷ", "0387000422", registry.GroupAdult, 0)
	woman("Vàng Thị Chở", "0387000423", registry.GroupAdult, 0)
	b.get("/births").want(http.StatusOK)
	b.partial(http.MethodPost, "/births/mothers", url.Values{"mother": {"giang"}}).want(http.StatusOK).silent("Giàng")
	b.partial(http.MethodPost, "/births/mothers", url.Values{"mother": {"giang thi sua"}}).want(http.StatusOK).says("Giàng Thị Súa", "Giàng Thị Sua Mỷ", "Dự sinh").silent("Vàng Thị Chở")
	b.partial(http.MethodPost, "/births/mothers", url.Values{"phone": {"0387 000 423"}}).want(http.StatusOK).says("Vàng Thị Chở").silent("Giàng")
	if err := tree.Station.Node.Store().View(t.Context(), func(tx store.Tx) error {
		looks, err := tx.Accesses(p.EntityID{}, 5)
		n := 0
		for _, a := range looks {
			if a.Act == registry.ActList {
				n += int(a.Count)
			}
		}
		if n != 3 {
			t.Errorf("%d names were shown, %d are written down", 3, n)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	b.get("/births")
	b.submit("/births", url.Values{"mother": {"giang thi sua"}, "fill": {her.String()}}).want(http.StatusOK)
	if got := b.form("/births").Get("mother_id"); got != her.String() {
		t.Errorf("the mother is %q", got)
	}
}

// delivery is a birth as typed, of a mother who lives in the tree's commune. 08:00 is now, on 25/11/2026.
func delivery(tree *nodetest.Tree, more url.Values) url.Values {
	v := url.Values{
		"mother": {"Giàng Thị Súa"}, "mother_year": {"1999"}, "phone": {"0387000421"}, "commune": {tree.Commune.String()}, "hamlet": {"bản Na Phay 1"},
		"screening": {"eligible"}, "sex.1": {"female"}, "weight.1": {"3100"}, "clock.1": {"0610"},
		"given.VGB0.1": {"0655"}, "lot.VGB0.1": {"VB-17"}, "given.BCG.1": {"7h05"}, "lot.BCG.1": {"B-9"},
	}
	for name, values := range more {
		v[name] = values
	}
	return v
}

// What a delivery room writes stands at the commune where the mother lives after the next exchange, with the doses and their hours.
func TestNewbornGoesHomeWithItsDoses(t *testing.T) {
	tree, commune := house(t, registry.PlaceHospital, "Bệnh viện tỉnh")
	b := serve(t, tree).as(houseNurse)
	b.get("/").want(http.StatusOK)
	if b.url.Path != "/births" {
		t.Fatalf("the first page of a delivery room is %s", b.url)
	}
	b.says("Chưa ghi bé nào trong ca này.")
	b.submit("/births", delivery(tree, nil)).want(http.StatusOK).says("CB Giàng Thị Súa", "1 bé trong ca này", "06:55", "VB-17", "07:05", "Đủ", "bản Na Phay 1, Xã Mường Nhà")
	// The lots that were used are in hand for the next one.
	if got := b.form("/births").Get("lot.VGB0.1"); got != "VB-17" {
		t.Errorf("lot of hepatitis B proposed: %q", got)
	}
	sync(t, tree.Station)
	sync(t, commune)
	var found []registry.Subject
	var doses []registry.Immunization
	if err := commune.Node.Store().View(t.Context(), func(tx store.Tx) error {
		rows, err := tx.SubjectsByBlock(store.BlockQuery{BirthDate: commune.Today(), Limit: 10})
		for i := range rows {
			s, serr := tx.State(rows[i].ID)
			if serr != nil {
				return serr
			}
			found = append(found, registry.SubjectOf(s))
			given, derr := tx.DosesOfCase(rows[i].Case)
			if derr != nil {
				return derr
			}
			for k := range given {
				s, serr := tx.State(given[k].ID)
				if serr != nil {
					return serr
				}
				doses = append(doses, registry.ImmunizationOf(s))
			}
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if len(found) != 1 || len(doses) != 2 {
		t.Fatalf("at the commune there are %d children and %d doses, want 1 and 2", len(found), len(doses))
	}
	k := &found[0]
	if k.Place != tree.Commune || k.BornAt != tree.Station.Node.Identity().Place || k.MotherName != "Giàng Thị Súa" || k.MotherYear != 1999 ||
		k.MotherPhone != "0387000421" || k.BirthClock.String() != "06:10" || k.BirthWeight != 3100 || k.Hamlet != "bản Na Phay 1" || k.Sex != registry.SexFemale {
		t.Errorf("the child came as %+v", k.SubjectInput)
	}
	for i := range doses {
		d := &doses[i]
		if d.GivenOn != commune.Today() || d.GivenClock == 0 || d.Lot == "" || !d.FirstHand() || d.Place != k.BornAt || d.Screening != registry.ScreeningEligible {
			t.Errorf("a dose came as %+v", d.ImmunizationInput)
		}
	}
	// There it stands on the list of who is new, as a birth.
	fresh, err := commune.NewHere(t.Context(), tree.Nurse)
	if err != nil || len(fresh) != 1 || fresh[0].How != desk.HowBorn {
		t.Errorf("new at the commune: %+v, %v", fresh, err)
	}
	// What the hospital wrote was let in: nothing is held.
	if held := heldLogs(t, tree); held != 0 {
		t.Errorf("%d logs are held", held)
	}
}

func heldLogs(t *testing.T, tree *nodetest.Tree) (n int) {
	t.Helper()
	if err := tree.Hub.Node.Store().View(t.Context(), func(tx store.Tx) error {
		held, err := tx.HeldLogs()
		n = len(held)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return n
}

// Twins are one act; the clock of hepatitis B runs for the one that was not given any.
func TestTwinsOfAShift(t *testing.T) {
	tree, _ := house(t, registry.PlaceHospital, "Bệnh viện tỉnh")
	b := serve(t, tree).as(houseNurse)
	b.get("/births")
	b.submit("/births", delivery(tree, url.Values{
		"sex.2": {"male"}, "weight.2": {"2,4"}, "clock.2": {"0616"}, "not.BCG.2": {"postponed"}, "hbsag": {"positive"},
	})).want(http.StatusOK).says("2 bé trong ca này", "Sinh đôi, con thứ 1", "Sinh đôi, con thứ 2", "còn 22 giờ", "Hoãn")
	kids := bornToday(t, tree.Station)
	if len(kids) != 2 || kids[0].BirthOrder+kids[1].BirthOrder != 3 || !kids[0].Has(registry.ConditionMotherHBsAg) || !kids[1].Has(registry.ConditionMotherHBsAg) {
		t.Fatalf("the twins are %+v", kids)
	}
	second := kids[slices.IndexFunc(kids, func(s registry.Subject) bool { return s.BirthOrder == 2 })].ID
	// Later the second gets it, from its row.
	b.get("/births")
	b.post("/births/dose", merge(b.form("/births/dose"), url.Values{"who": {second.String()}, "given.VGB0": {"0740"}, "lot.VGB0": {"VB-17"}})).
		want(http.StatusUnprocessableEntity).says("1/2 VGB sơ sinh") // the screening is missing: nothing was written
	b.get("/births")
	b.post("/births/dose", merge(b.form("/births/dose"), url.Values{"who": {second.String()}, "screening": {"eligible"}, "given.VGB0": {"0740"}, "lot.VGB0": {"VB-17"}})).
		want(http.StatusOK).says("Mũi của CB Giàng Thị Súa", "07:40").silent("còn 22 giờ")
	// A second press, or a second machine, does not write it again.
	b.post("/births/dose", url.Values{"csrf": {b.form("/births").Get("csrf")}, "who": {second.String()}, "screening": {"eligible"}, "given.VGB0": {"0745"}}).
		want(http.StatusUnprocessableEntity).says("Mũi này đã ghi rồi.")
}

func merge(form, typed url.Values) url.Values {
	for name, values := range typed {
		form[name] = values
	}
	return form
}

func bornToday(t *testing.T, st *station.Station) (out []registry.Subject) {
	t.Helper()
	if err := st.Node.Store().View(t.Context(), func(tx store.Tx) error {
		rows, err := tx.SubjectsByBlock(store.BlockQuery{BirthDate: st.Today(), Limit: 10})
		for i := range rows {
			s, serr := tx.State(rows[i].ID)
			if serr != nil {
				return serr
			}
			out = append(out, registry.SubjectOf(s))
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

// Nothing is half saved: what cannot be stands beside its field with what was typed.
func TestBirthOfAShiftThatCannotBe(t *testing.T) {
	tree, _ := house(t, registry.PlaceHospital, "Bệnh viện tỉnh")
	b := serve(t, tree).as(houseNurse)
	for name, c := range map[string]struct {
		typed url.Values
		says  string
	}{
		"no home":               {url.Values{"commune": {""}}, "Mẹ ở xã nào?"},
		"no hour of birth":      {url.Values{"clock.1": {""}}, "Ghi giờ sinh"},
		"an hour to come":       {url.Values{"clock.1": {"1700"}}, "Giờ này chưa đến"},
		"an hour of no shift":   {url.Values{"clock.1": {"0550"}}, "05:50 không nằm trong ca 06:00 đến 18:00"},
		"given before birth":    {url.Values{"given.VGB0.1": {"0605"}}, "Trước giờ sinh 06:10"},
		"given and not given":   {url.Values{"not.VGB0.1": {"refused"}}, "Đã có giờ tiêm"},
		"not screened":          {url.Values{"screening": {""}}, "Khám sàng lọc"},
		"a mother of no year":   {url.Values{"mother_year": {"199"}}, "1900"},
		"no mother":             {url.Values{"mother": {""}}, "họ tên mẹ"},
		"weight of an elephant": {url.Values{"weight.1": {"90000"}}, "7.000"},
	} {
		b.get("/births")
		b.submit("/births", delivery(tree, c.typed)).want(http.StatusUnprocessableEntity)
		if !strings.Contains(b.text(), c.says) && name != "no mother" {
			t.Errorf("%s: the page does not say %q", name, c.says)
		}
		if got := b.form("/births").Get("lot.BCG.1"); got != "B-9" {
			t.Errorf("%s: what was typed did not come back: lot %q", name, got)
		}
	}
	if kids := bornToday(t, tree.Station); len(kids) != 0 {
		t.Errorf("%d children were saved", len(kids))
	}
}

// A birth of the night stands under the day on which it happened, and in the shift that was then.
func TestShiftOverMidnight(t *testing.T) {
	tree, _ := house(t, registry.PlaceHospital, "Bệnh viện tỉnh")
	b := serve(t, tree).as(houseNurse)
	b.get("/births?on=24/11/2026&from=18:00&until=06:00").says("Đêm")
	b.submit("/births", delivery(tree, url.Values{"clock.1": {"0220"}, "given.VGB0.1": {"0300"}, "given.BCG.1": {""}})).want(http.StatusOK).says("02:20 25/11/2026")
	b.get("/births").says("Chưa ghi bé nào trong ca này.")
	b.get("/births?on=24/11/2026&from=18:00&until=06:00").says("CB Giàng Thị Súa")
	b.submit("/births", delivery(tree, url.Values{"mother": {"Lầu Thị Mo"}, "phone": {""}, "clock.1": {"2350"}, "given.VGB0.1": {"0010"}, "given.BCG.1": {"25/11 0715"}})).want(http.StatusOK).says("23:50 24/11/2026")
	kids := bornToday(t, tree.Station)
	if len(kids) != 1 || kids[0].BirthClock.String() != "02:20" {
		t.Errorf("born on 25/11: %+v", kids)
	}
}

// A woman who is known here is asked about before a second record is tied to no one; her pregnancy ends with the birth.
func TestMotherIsFoundInTheDeliveryRoom(t *testing.T) {
	tree, _ := house(t, registry.PlaceHospital, "Bệnh viện tỉnh")
	b := serve(t, tree).as(houseNurse)
	woman := b.expecting(url.Values{"commune": {tree.Commune.String()}})
	b.get("/births")
	typed := delivery(tree, url.Values{"mother": {"lo thi anh"}, "phone": {""}})
	b.submit("/births", typed).want(http.StatusConflict).says("Có phải mẹ là người này?", "Lò Thị Ánh")
	again := b.form("/births")
	again.Set("fill", idOf(t, woman).String())
	b.post("/births", again).want(http.StatusOK).says("Lấy từ hồ sơ của Lò Thị Ánh")
	b.submit("/births", url.Values{}).want(http.StatusOK).says("CB Lò Thị Ánh")
	kids := b.childrenOf(woman)
	if len(kids) != 1 || kids[0].Place != tree.Commune || kids[0].MotherPhone != "0387000159" {
		t.Fatalf("her children: %+v", kids)
	}
	if s := b.subject(woman); s.Group != registry.GroupAdult || s.PregnancyEnd != registry.PregnancyBorn || s.LastPeriod != 0 {
		t.Errorf("the mother: %+v", s.SubjectInput)
	}
}

// Who wrote a birth takes it back on the same day, if no dose stands on it; the head may later, and nobody else's nurse.
func TestNurseTakesBackHerOwnBirth(t *testing.T) {
	tree, commune := house(t, registry.PlaceHospital, "Bệnh viện tỉnh")
	b := serve(t, tree).as(houseNurse)
	b.get("/births")
	none := url.Values{"given.VGB0.1": {""}, "given.BCG.1": {""}}
	b.submit("/births", delivery(tree, none)).want(http.StatusOK).says("CB Giàng Thị Súa", "còn 22 giờ")
	b.submit("/undo", nil).want(http.StatusOK).says("Chưa ghi bé nào trong ca này.")
	// The hub lets it in, though a nurse says of no other record that it was entered in error.
	sync(t, tree.Station)
	if held := heldLogs(t, tree); held != 0 {
		t.Errorf("%d logs are held", held)
	}
	b.get("/births")
	b.submit("/births", delivery(tree, nil)).want(http.StatusOK)
	if strings.Contains(b.text(), "Hoàn tác") {
		t.Error("a birth with doses can be taken back in one press")
	}
	ids := bornToday(t, tree.Station)
	last := ids[slices.IndexFunc(ids, func(s registry.Subject) bool { return s.Void == "" })].ID
	if err := tree.Station.TakeBackBirth(t.Context(), tree.Nurse, p.EntityID{}, []p.EntityID{last}, nil); err == nil {
		t.Error("a birth is taken back while a dose stands on it")
	}
	other, _, err := tree.Station.RecordDelivery(t.Context(), tree.Nurse, desk.Delivery{Babies: []desk.Delivered{{Subject: registry.SubjectInput{
		Place: tree.Commune, MotherName: "Mùa Thị Dở", BirthDate: tree.Station.Today(), Sex: registry.SexMale,
	}}}}, true)
	if err != nil {
		t.Fatal(err)
	}
	elsewho := tree.Nurse
	elsewho.User = tree.Head.User
	if err := tree.Station.TakeBackBirth(t.Context(), elsewho, p.EntityID{}, other, nil); err == nil {
		t.Error("another nurse takes back a birth")
	}
	tree.Clock().Add(24 * time.Hour)
	if err := tree.Station.TakeBackBirth(t.Context(), tree.Nurse, p.EntityID{}, other, nil); err == nil {
		t.Error("a birth is taken back a day later")
	}
	_ = commune
}

// The slip has the code, what was given, what comes next and where, in Vietnamese.
func TestSlipForTheMother(t *testing.T) {
	tree, _ := house(t, registry.PlaceHospital, "Bệnh viện tỉnh")
	b := serve(t, tree).as(houseNurse)
	b.get("/births")
	b.submit("/births", delivery(tree, nil)).want(http.StatusOK)
	id := bornToday(t, tree.Station)[0]
	b.get("/child/" + id.ID.String()).says("Phiếu cho mẹ")
	b.get("/child/"+id.ID.String()+"/slip").says("Phiếu tiêm chủng sơ sinh", "CB Giàng Thị Súa", "06:55 25/11/2026", "VB-17", "Lần tới", "Tiêm tiếp tại Trạm Y tế xã Mường Nhà", "25/01/2027")
}

// TestActionsOfABirth holds docs/benchmarks.md, "Actions and fields": a newborn of a mother who is not on record, with both doses, in
// the shift's page that stands open.
func TestActionsOfABirth(t *testing.T) {
	tree, _ := house(t, registry.PlaceHospital, "Bệnh viện tỉnh")
	b := serve(t, tree).as(houseNurse)
	b.get("/births")
	b.submit("/births", delivery(tree, nil)).want(http.StatusOK) // the lots in hand, and the commune used last, are known from then on
	b.get("/births")
	h := &hand{browser: b}
	h.press("/births", url.Values{
		"mother": {"Lầu Thị Mo"}, "mother_year": {"2001"}, "phone": {"0387000422"}, "hamlet": {"bản Na Phay 2"}, "commune": {tree.Commune.String()}, "screening": {"eligible"},
		"clock.1": {"0640"}, "sex.1": {"male"}, "weight.1": {"2900"}, "given.VGB0.1": {"0730"}, "given.BCG.1": {"0735"},
	})
	t.Logf("a newborn with both doses: %d actions, %d fields", h.actions, h.fields)
	if h.actions > 1 || h.fields > 11 {
		t.Errorf("it takes %d actions and %d fields", h.actions, h.fields)
	}
	if kids := bornToday(t, tree.Station); len(kids) != 2 {
		t.Errorf("%d newborns", len(kids))
	}
	b.get("/births").says("2/2 VGB sơ sinh", "2/2 Lao")
}

// Whoever opens the shift is written down as having seen whom it names.
func TestShiftIsWrittenDown(t *testing.T) {
	tree, _ := house(t, registry.PlaceHospital, "Bệnh viện tỉnh")
	b := serve(t, tree).as(houseNurse)
	b.get("/births")
	b.submit("/births", delivery(tree, nil)).want(http.StatusOK)
	id := bornToday(t, tree.Station)[0].ID
	b.get("/births").want(http.StatusOK)
	if err := tree.Station.Node.Store().View(t.Context(), func(tx store.Tx) error {
		looks, err := tx.Accesses(p.EntityID{}, 5)
		if !slices.ContainsFunc(looks, func(a project.AccessRow) bool { return a.Act == registry.ActList && a.Count == 1 }) {
			t.Errorf("looks after the newborn %s was listed: %+v", id, looks)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// A delivery room has no commune of its own: one that is found is chosen, and the page does not say that there is none.
func TestCommuneIsFoundInTheDeliveryRoom(t *testing.T) {
	tree, _ := house(t, registry.PlaceHospital, "Bệnh viện tỉnh")
	b := serve(t, tree).as(houseNurse)
	b.get("/births").says("chưa chọn")
	typed := delivery(tree, url.Values{"commune": {""}, "commune_q": {"muong nha"}, "find": {"commune"}})
	b.submit("/births", typed).want(http.StatusOK).says("Chọn một xã ở trên", "Xã Mường Nhà").silent("Không thấy xã nào")
	typed.Set("commune_q", "khong co xa nay")
	b.submit("/births", typed).want(http.StatusOK).says("Không thấy xã nào tên “khong co xa nay”.")
}
