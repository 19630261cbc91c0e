package web_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"tramy/internal/desk"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// expecting registers a woman who expects a child on 28/11/2026 and returns the address of her page.
func (b *browser) expecting(typed url.Values) string {
	b.t.Helper()
	v := url.Values{
		"name": {"Lò Thị Ánh"}, "born": {"1999"}, "own_phone": {"0387000159"}, "hamlet": {"bản Na Phay 2"}, "period": {"21/02/2026"},
	}
	for name, values := range typed {
		v[name] = values
	}
	b.get("/register/pregnant").want(http.StatusOK)
	b.submit("/register/pregnant", v).want(http.StatusOK)
	if !strings.HasPrefix(b.url.Path, "/child/") {
		b.t.Fatalf("registering led to %s:\n%s", b.url, b.text())
	}
	return b.url.Path
}

func (b *browser) subject(path string) registry.Subject {
	b.t.Helper()
	var out registry.Subject
	if err := b.tree.Station.Node.Store().View(b.t.Context(), func(tx store.Tx) error {
		s, err := tx.State(idOf(b.t, path))
		if err == nil {
			out = registry.SubjectOf(s)
		}
		return err
	}); err != nil {
		b.t.Fatal(err)
	}
	return out
}

func (b *browser) childrenOf(path string) []registry.Subject {
	b.t.Helper()
	var out []registry.Subject
	if err := b.tree.Station.Node.Store().View(b.t.Context(), func(tx store.Tx) error {
		rows, err := tx.ChildrenOf(idOf(b.t, path))
		for i := range rows {
			s, serr := tx.State(rows[i].ID)
			if serr != nil {
				return serr
			}
			out = append(out, registry.SubjectOf(s))
		}
		return err
	}); err != nil {
		b.t.Fatal(err)
	}
	return out
}

// uv writes tetanus doses as a card tells them.
func (b *browser) uv(woman string, days ...registry.Day) {
	b.t.Helper()
	v := desk.Visit{Subject: idOf(b.t, woman)}
	for _, day := range days {
		v.Doses = append(v.Doses, registry.ImmunizationInput{Vaccine: "UV", Source: registry.SourceCard, GivenOn: day})
	}
	if _, err := b.tree.Station.RecordVisit(b.t.Context(), b.tree.Nurse, v); err != nil {
		b.t.Fatal(err)
	}
}

// A woman is written down once; tetanus is worked out for her, and her twins take from her what is known.
func TestFromPregnancyToTwins(t *testing.T) {
	b := serve(t, nodetest.New(t)).as(nodetest.NurseLogin)
	today := b.tree.Station.Today()
	woman := b.expecting(url.Values{"hbsag": {"positive"}, "tetanus": {"0"}, "tetanus_from": {"told"}})
	b.says("Lò Thị Ánh đã có trong sổ", "Dự sinh 28/11/2026", "thai 39 tuần", "Chưa đủ uốn ván cho con khi sinh, nghe kể lại", "HBsAg dương tính", "Uốn ván mũi 1").silent("Chưa rõ mẹ")
	b.get("/women").says("1 người", "Dự sinh 23/11/2026 đến 29/11/2026", "tuần này", "Lò Thị Ánh", "0387 000 159", "Uốn ván mũi 1")
	b.get("/women?show=tetanus").says("Lò Thị Ánh", "1 Đến hạn uốn ván")

	b.uv(woman, today-200, today-160)
	b.get(woman).says("Đủ uốn ván cho con khi sinh, theo phiếu, sổ giấy", "tính được 2 mũi uốn ván")
	b.get("/women?show=tetanus").says("Không ai đến hạn uốn ván.").silent("Lò Thị Ánh")

	b.get(woman+"/birth").says("Dự sinh 28/11/2026", "Đủ uốn ván cho con khi sinh")
	b.submit(woman+"/birth", url.Values{
		"end": {"born"}, "born": {"25/11/2026 00:10"}, "sex.1": {"female"}, "weight.1": {"2700"}, "sex.2": {"male"}, "weight.2": {"2,5"}, "clock.2": {"0h25"},
	}).want(http.StatusOK).says("Đã ghi sinh của Lò Thị Ánh, 2 sổ mới.", "CB Lò Thị Ánh", "Sinh đôi, con thứ 1", "Mẹ có HBsAg dương tính", "Bảo vệ uốn ván khi sinh", "Có, theo phiếu, sổ giấy", "0387 000 159", "bản Na Phay 2")
	first := b.url.Path
	kids := b.childrenOf(woman)
	if len(kids) != 2 {
		t.Fatalf("%d children, want 2", len(kids))
	}
	for i := range kids {
		k := &kids[i]
		if k.Name != "CB Lò Thị Ánh" || k.BirthOrder != i+1 || k.BirthDate != today || k.BirthPrec != registry.PrecisionMinute || k.Group != registry.GroupChild ||
			k.Place != b.tree.Commune || k.MotherName != "Lò Thị Ánh" || k.MotherPhone != "0387000159" || k.Protected != registry.ProtectedYes ||
			k.ProtectedBy != registry.EvidenceCard || !k.Has(registry.ConditionMotherHBsAg) || !k.Code.Valid() {
			t.Errorf("child %d: %+v", i+1, k.SubjectInput)
		}
	}
	if kids[0].Code == kids[1].Code || kids[0].Sex != registry.SexFemale || kids[1].Sex != registry.SexMale || kids[1].BirthWeight != 2500 || kids[1].BirthClock.String() != "00:25" {
		t.Errorf("the twins are %+v and %+v", kids[0].SubjectInput, kids[1].SubjectInput)
	}
	if s := b.subject(woman); s.Group != registry.GroupAdult || s.DueDate != 0 || s.PregnancyEnd != registry.PregnancyBorn || s.PregnancyOn != today {
		t.Errorf("the mother: %+v", s.SubjectInput)
	}
	b.get("/women").says("Chưa ghi thai phụ nào.")

	// Twins are marked wherever one appears, and beside the button that saves stands the other.
	second := "/child/" + kids[1].ID.String()
	b.get(second).says("Sinh đôi, con thứ 2", "Sang CB Lò Thị Ánh, con thứ 1", "CB Lò Thị Ánh, 25/11/2026 00:25, Mẹ Lò Thị Ánh")
	if links := b.links("/child/" + kids[0].ID.String()); len(links) == 0 {
		t.Error("no way to the other twin")
	}
	b.get(woman).says("Gia đình", "Con CB Lò Thị Ánh")
	b.post("/search", url.Values{"q": {"cb lo thi anh"}}).says("Sinh đôi, con thứ 1", "Sinh đôi, con thứ 2")

	// The baby gets its name: it is found by both.
	b.get(second)
	b.submit(second+"/name", url.Values{"child_name": {" "}}).want(http.StatusUnprocessableEntity)
	b.submit(second+"/name", url.Values{"child_name": {"CB Lò Thị Ánh"}}).want(http.StatusUnprocessableEntity).says("Đây vẫn là tên theo mẹ.")
	b.submit(second+"/name", url.Values{"child_name": {"Lò Minh Khôi"}}).want(http.StatusOK).says("Lò Minh Khôi").silent("Đặt tên cho bé")
	b.post("/search", url.Values{"q": {"cb lo thi anh"}}).says("Lò Minh Khôi")
	b.post("/search", url.Values{"q": {"minh khoi"}}).says("Lò Minh Khôi")
	if s := b.subject(second); !slices.Equal(s.Aliases, []string{"CB Lò Thị Ánh"}) {
		t.Errorf("aliases %v", s.Aliases)
	}
	b.get(first).says("Sang Lò Minh Khôi")
}

func TestBirthThatCannotBe(t *testing.T) {
	b := serve(t, nodetest.New(t)).as(nodetest.NurseLogin)
	woman := b.expecting(nil)
	refused := func(typed url.Values, sentences ...string) {
		t.Helper()
		b.get(woman + "/birth").want(http.StatusOK)
		b.submit(woman+"/birth", typed).want(http.StatusUnprocessableEntity).says(sentences...)
		if kids := b.childrenOf(woman); len(kids) != 0 {
			t.Fatalf("%v left %d children", typed, len(kids))
		}
		if s := b.subject(woman); s.Group != registry.GroupPregnant {
			t.Fatalf("%v ended the pregnancy", typed)
		}
	}
	refused(url.Values{"born": {""}}, "Ô này cần có.")
	refused(url.Values{"born": {"20/02/2026"}, "sex.1": {"male"}}, "Ngày này không hợp với ngày dự sinh 28/11/2026.")
	refused(url.Values{"born": {"2026"}, "sex.1": {"male"}}, "Cần ngày sinh đầy đủ.")
	refused(url.Values{"born": {"25/11/2026"}}, "Ô này cần có.")
	refused(url.Values{"born": {"25/11/2026"}, "sex.1": {"male"}, "weight.1": {"3000"}, "sex.2": {"male"}, "weight.2": {"310"}}, "3.100")
	if v := b.form(woman + "/birth"); v.Get("weight.1") != "3000" || v.Get("weight.2") != "310" {
		t.Errorf("what was typed came back as %v", v)
	}
	// The pregnancy was changed at another desk while the form was open.
	b.get(woman + "/birth")
	v := b.form(woman + "/birth")
	rec, err := b.tree.Station.Open(t.Context(), b.tree.Nurse, idOf(t, woman))
	if err != nil {
		t.Fatal(err)
	}
	if err := b.tree.Station.Edit(t.Context(), b.tree.Nurse, idOf(t, woman), registry.Patch{registry.SubjectDueDate: p.Int(int64(b.tree.Station.Today() + 9))}, registry.SawOf(rec.State)); err != nil {
		t.Fatal(err)
	}
	v.Set("born", "25/11/2026")
	v.Set("sex.1", "male")
	b.post(woman+"/birth", v).want(http.StatusPreconditionFailed).says("04/12/2026")
	if kids := b.childrenOf(woman); len(kids) != 0 {
		t.Fatalf("%d children", len(kids))
	}
}

// A child that did not live leaves no record to be called for, and the mother is no longer listed.
func TestBirthWithoutAChild(t *testing.T) {
	b := serve(t, nodetest.New(t)).as(nodetest.NurseLogin)
	woman := b.expecting(nil)
	b.get(woman + "/birth")
	b.submit(woman+"/birth", url.Values{"end": {"stillborn"}, "born": {"n"}, "died": {"1"}}).want(http.StatusOK)
	if b.url.Path != woman {
		t.Errorf("led to %s", b.url)
	}
	s := b.subject(woman)
	if s.PregnancyEnd != registry.PregnancyStillborn || s.Status != registry.StatusDied || s.StatusDate != b.tree.Station.Today() || len(b.childrenOf(woman)) != 0 {
		t.Errorf("%+v", s.SubjectInput)
	}
	b.get("/women").says("Chưa ghi thai phụ nào.")
}

// The delivery room registered the baby already: it is tied to its mother, and nobody is there twice.
func TestBirthOfAChildThatIsKnown(t *testing.T) {
	b := serve(t, nodetest.New(t)).as(nodetest.NurseLogin)
	woman := b.expecting(nil)
	baby := b.baby(url.Values{"mother": {"Lò Thị Ánh"}, "phone": {"0387000159"}, "born": {"25/11/2026 00:10"}, "name": {""}, "sex": {"female"}, "hamlet": {"bản Na Phay 2"}})
	b.get(woman + "/birth")
	b.submit(woman+"/birth", url.Values{"end": {"born"}, "born": {"25/11/2026 00:10"}, "sex.1": {"female"}}).want(http.StatusConflict).says("Có thể bé đã có trong sổ.", "CB Lò Thị Ánh")
	b.submit(woman+"/birth", url.Values{"same": {idOf(t, baby).String()}}).want(http.StatusOK).says("đã nối với hồ sơ của mẹ")
	if b.url.Path != baby {
		t.Errorf("led to %s", b.url)
	}
	if kids := b.childrenOf(woman); len(kids) != 1 || kids[0].ID != idOf(t, baby) {
		t.Errorf("%d children", len(kids))
	}
	if s := b.subject(woman); s.Group != registry.GroupAdult || s.PregnancyEnd != registry.PregnancyBorn {
		t.Errorf("the mother: %+v", s.SubjectInput)
	}
}

// Who types the mother's name is offered the pregnancies; taking over from one works without a script, and typing goes on.
func TestNewbornTakesFromItsMother(t *testing.T) {
	b := serve(t, nodetest.New(t)).as(nodetest.NurseLogin)
	woman := b.expecting(nil)
	b.uv(woman, b.tree.Station.Today()-200, b.tree.Station.Today()-160)
	b.get("/register")
	b.partial(http.MethodPost, "/register/candidates", b.merged("/register", url.Values{"mother": {"lo thi an"}})).want(http.StatusOK).says("Thai phụ đang theo dõi", "Lò Thị Ánh", "Dự sinh 28/11/2026", "Lấy thông tin mẹ")
	b.get("/register")
	b.submit("/register", url.Values{"phone": {"0387 000 159"}, "born": {"25/11/2026 06:00"}, "sex": {"male"}, "find": {"mother"}}).want(http.StatusOK).says("Lấy thông tin mẹ")
	b.submit("/register", url.Values{"fill": {idOf(t, woman).String()}}).want(http.StatusOK).says("Lấy từ hồ sơ của Lò Thị Ánh, dự sinh 28/11/2026")
	v := b.form("/register")
	if v.Get("mother") != "Lò Thị Ánh" || v.Get("phone") != "0387 000 159" || v.Get("born") != "25/11/2026 06:00" || v.Get("sex") != "male" || v.Get("mother_id") == "" {
		t.Errorf("the form holds %v", v)
	}
	b.submit("/register", url.Values{"mother": {"Lò Thị Hoa"}}).want(http.StatusUnprocessableEntity).says("Tên này khác hồ sơ đã lấy (Lò Thị Ánh).")
	b.submit("/register", url.Values{"mother": {"Lò Thị Ánh"}}).want(http.StatusOK).says("CB Lò Thị Ánh", "Mẹ Lò Thị Ánh", "Có, theo phiếu, sổ giấy")
	one := b.url.Path
	if s := b.subject(woman); s.Group != registry.GroupAdult || s.PregnancyEnd != registry.PregnancyBorn {
		t.Errorf("the mother: %+v", s.SubjectInput)
	}
	// The second twin comes a day later, from another form: both are marked.
	b.get("/register")
	b.submit("/register", url.Values{"mother": {"Lò Thị Ánh"}, "phone": {"0387000159"}, "born": {"25/11/2026 06:10"}, "sex": {"male"}}).want(http.StatusConflict)
	b.submit("/register", nil).want(http.StatusOK).says("Sinh đôi, con thứ 2", "Sang CB Lò Thị Ánh, con thứ 1")
	if s := b.subject(one); s.BirthOrder != 1 {
		t.Errorf("the first twin has order %d", s.BirthOrder)
	}
}

// A count that the woman remembers moves the schedule on, and says on what it rests.
func TestTetanusThatIsRemembered(t *testing.T) {
	b := serve(t, nodetest.New(t)).as(nodetest.NurseLogin)
	woman := b.expecting(url.Values{"tetanus": {"4"}, "tetanus_year": {"2021"}, "tetanus_from": {"card"}})
	b.says("Uốn ván mũi 5", "Đủ uốn ván cho con khi sinh, theo phiếu, sổ giấy")
	b.get(woman + "/pregnancy")
	b.submit(woman+"/pregnancy", url.Values{"tetanus": {"5"}}).want(http.StatusOK).silent("Uốn ván mũi")
	b.get(woman + "/pregnancy")
	b.submit(woman+"/pregnancy", url.Values{"tetanus": {"21"}, "tetanus_year": {"1949"}}).want(http.StatusUnprocessableEntity).says("Số mũi đến 20.", "Năm từ 1950 đến 2026.")
	b.submit(woman+"/pregnancy", url.Values{"tetanus": {"năm"}, "due": {"31/02/2027"}}).want(http.StatusUnprocessableEntity).says("Gõ một số.")
	b.get(woman + "/pregnancy")
	b.submit(woman+"/pregnancy", url.Values{"mistake": {"1"}}).want(http.StatusOK).silent("Dự sinh")
	if s := b.subject(woman); s.Group != registry.GroupAdult || s.DueDate != 0 || s.Tetanus != 5 {
		t.Errorf("%+v", s.SubjectInput)
	}
	// The same woman expects again.
	b.get(woman + "/pregnancy")
	b.submit(woman+"/pregnancy", url.Values{"due": {"01/06/2027"}}).want(http.StatusOK).says("Dự sinh 01/06/2027", "Hoàn tác")
}

// A grown person needs no mother, and not even the day of birth.
func TestGrownPeople(t *testing.T) {
	b := serve(t, nodetest.New(t)).as(nodetest.NurseLogin)
	b.get("/register/grown")
	b.submit("/register/grown", url.Values{"name": {""}, "born": {"1971"}}).want(http.StatusUnprocessableEntity).says("Ô này cần có.")
	b.submit("/register/grown", url.Values{"name": {"Lò Văn Ún"}, "born": {"1971"}, "sex": {"male"}, "own_phone": {"0385 000 777"}}).want(http.StatusOK).says("Lò Văn Ún", "Liên hệ", "0385 000 777").silent("Chưa rõ mẹ", "Mẹ Chưa rõ")
	man := b.url.Path
	if s := b.subject(man); s.Group != registry.GroupAdult || s.Phone != "0385000777" || s.BirthPrec != registry.PrecisionYear {
		t.Errorf("%+v", s.SubjectInput)
	}
	b.post("/search", url.Values{"q": {"0385000777"}}).says("Lò Văn Ún").silent("Chưa rõ mẹ")
	b.get("/register/grown")
	b.submit("/register/grown", url.Values{"name": {"LÒ VĂN ÚN"}, "born": {"1971"}, "sex": {"male"}, "own_phone": {"0385000777"}}).want(http.StatusConflict).says("Có thể người này đã có trong sổ.")
	b.get("/register/grown")
	b.submit("/register/grown", url.Values{"name": {"Vàng Thị Pà"}, "sex": {"female"}}).want(http.StatusOK).says("Vàng Thị Pà")
	// A pupil.
	b.get("/register/grown")
	b.submit("/register/grown", url.Values{"name": {"Cà Thị Nhung"}, "born": {"02/09/2018"}, "sex": {"female"}}).want(http.StatusOK)
	if s := b.subject(b.url.Path); s.Group != registry.GroupChild {
		t.Errorf("a pupil is of group %s", s.Group)
	}
	b.post("/search", url.Values{"q": {"ca thi nhung"}}).says("Cà Thị Nhung").silent("Chưa rõ mẹ")
}

func (b *browser) away(t *testing.T) p.EntityID {
	t.Helper()
	id, err := b.tree.Hub.AddPlace(t.Context(), b.tree.Admin, registry.PlaceInput{
		Parent: b.tree.Province, Code: "gso:03369", Name: "Xã Núa Ngam", Level: registry.LevelCommune, Type: "xa", Hamlets: []string{"bản Tân Ngám", "bản Pá Ngam"},
	})
	if err != nil {
		t.Fatal(err)
	}
	b.tree.Sync(t)
	return id
}

// Who lives in another commune is registered there; Enter in the box of communes searches and saves nothing.
func TestResidenceElsewhere(t *testing.T) {
	b := serve(t, nodetest.New(t)).as(nodetest.NurseLogin)
	away := b.away(t)
	typed := url.Values{"mother": {"Lò Thị Mai"}, "phone": {"0385000412"}, "born": {"18/07/2026"}, "sex": {"male"}, "name": {"Lò Gia Bảo"}}
	b.get("/register").says("Xã Mường Nhà")
	if v := b.form("/register"); v.Get("commune") != b.tree.Commune.String() {
		t.Errorf("at first the commune is %q", v.Get("commune"))
	}
	typed.Set("commune_q", "khong co xa nay")
	b.submit("/register", typed).want(http.StatusOK).says("Không thấy xã nào tên “khong co xa nay”.")
	typed.Set("commune_q", "nua")
	b.submit("/register", typed).want(http.StatusOK).says("Xã Núa Ngam, Tỉnh Điện Biên")
	if b.url.Path != "/register" || strings.Contains(b.url.String(), "nua") {
		t.Fatalf("led to %s", b.url)
	}
	if v := b.form("/register"); v.Get("commune") != away.String() || v.Get("name") != "Lò Gia Bảo" {
		t.Errorf("the form holds %v", v)
	}
	b.says("bản Tân Ngám", "bản Pá Ngam")
	b.submit("/register", url.Values{"hamlet": {"bản Pá Ngam"}}).want(http.StatusOK).says("bản Pá Ngam, Xã Núa Ngam")
	child := b.url.Path
	if s := b.subject(child); s.Place != away || s.Hamlet != "bản Pá Ngam" {
		t.Errorf("lives at %s, %s", s.Place, s.Hamlet)
	}
	b.partial(http.MethodPost, "/search", url.Values{"q": {"lo gia bao"}}).says("vãng lai")
	// The commune is offered first from now on.
	b.get("/register/grown").says("Xã Núa Ngam, Tỉnh Điện Biên")
	b.submit("/register/grown", url.Values{"name": {"Lò Văn Ún"}, "born": {"1971"}, "sex": {"male"}, "commune": {"11111111-1111-8111-8111-111111111111"}}).want(http.StatusUnprocessableEntity)

	// Edited, the residence stays unless another commune is chosen, and a form that knows no communes empties nothing.
	b.get(child + "/edit")
	b.submit(child+"/edit", url.Values{"note": {"x"}, "commune": {""}}).want(http.StatusOK)
	if s := b.subject(child); s.Place != away || s.Note != "x" {
		t.Errorf("%+v", s.SubjectInput)
	}
	b.get(child + "/edit")
	b.submit(child+"/edit", url.Values{"commune": {b.tree.Commune.String()}, "hamlet": {""}, "hamlet_other": {"bản Na Phay 1"}}).want(http.StatusOK)
	if s := b.subject(child); s.Place != b.tree.Commune || s.Hamlet != "bản Na Phay 1" {
		t.Errorf("%+v", s.SubjectInput)
	}
}

func TestMovedAwayAbsentDied(t *testing.T) {
	b := serve(t, nodetest.New(t)).as(nodetest.NurseLogin)
	away := b.away(t)
	child := b.baby(nil)
	say := func(typed url.Values, status int, sentences ...string) {
		t.Helper()
		b.get(child + "/status").want(http.StatusOK)
		b.submit(child+"/status", typed).want(status).says(sentences...)
	}
	say(url.Values{}, http.StatusUnprocessableEntity, "Ô này cần có.")
	say(url.Values{"what": {"absent"}, "until": {"01/11/2026"}}, http.StatusUnprocessableEntity)
	say(url.Values{"what": {"died"}, "on": {"26/11/2026"}}, http.StatusUnprocessableEntity)
	if s := b.subject(child); s.Status != 0 && s.Status != registry.StatusPresent {
		t.Fatalf("refused, and the status is %s", s.Status)
	}
	say(url.Values{"what": {"absent"}, "until": {"20/12"}, "reason": {"về ngoại"}}, http.StatusOK, "Lò Gia Bảo: vắng.", "đến 20/12/2026", "Hoàn tác")
	if s := b.subject(child); s.Status != registry.StatusAbsent || s.AbsentUntil.ISO() != "2026-12-20" || s.StatusReason != "về ngoại" || s.StatusDate != b.tree.Station.Today() {
		t.Errorf("%+v", s.SubjectInput)
	}
	b.submit("/undo", nil).want(http.StatusOK)
	if s := b.subject(child); s.Status == registry.StatusAbsent || s.AbsentUntil != 0 {
		t.Errorf("after undo %+v", s.SubjectInput)
	}
	// To a commune that is known: lives there from now on, and is called there.
	say(url.Values{"what": {"out"}, "commune": {away.String()}}, http.StatusOK, "Lò Gia Bảo: chuyển đi.", "Xã Núa Ngam")
	if s := b.subject(child); s.Place != away || s.Status != registry.StatusPresent || s.Hamlet != "" || s.StatusReason != "Chuyển từ Xã Mường Nhà" {
		t.Errorf("%+v", s.SubjectInput)
	}
	say(url.Values{"what": {"in"}}, http.StatusOK, "chuyển đến đây")
	if s := b.subject(child); s.Place != b.tree.Commune || s.Status != registry.StatusPresent {
		t.Errorf("%+v", s.SubjectInput)
	}
	// To nobody knows where.
	say(url.Values{"what": {"out"}}, http.StatusOK)
	if s := b.subject(child); s.Place != b.tree.Commune || s.Status != registry.StatusMoved {
		t.Errorf("%+v", s.SubjectInput)
	}
	say(url.Values{"what": {"died"}, "on": {"24/11"}}, http.StatusOK, "đã mất")
	if s := b.subject(child); s.Status != registry.StatusDied || s.StatusDate != b.tree.Station.Today()-1 {
		t.Errorf("%+v", s.SubjectInput)
	}
}

// Three actions from the page of the dose: find, choose, confirm. Both records tell of it, and it can be undone.
func TestDoseOnTheWrongChild(t *testing.T) {
	b := serve(t, nodetest.New(t)).as(nodetest.NurseLogin)
	wrong := b.baby(nil)
	b.submit(wrong+"/visit", url.Values{"give": {"DPT-VGB-HIB"}, "screening": {"eligible"}}).want(http.StatusOK)
	b.get(wrong)
	dose := b.links("/dose/")[0]
	right := b.baby(url.Values{"mother": {"Vàng Thị Chở"}, "phone": {"0385000999"}, "born": {"02/06/2026"}})
	late := b.baby(url.Values{"mother": {"Cà Thị Hương"}, "phone": {"0385000888"}, "born": {"n"}, "name": {"Lò Gia Bảo"}})
	b.get(dose).says("Ghi nhầm sang người khác")
	b.submit(dose+"/move", url.Values{"q": {""}}).want(http.StatusUnprocessableEntity)
	b.submit(dose+"/move", url.Values{"q": {"không có ai tên này"}}).want(http.StatusOK).says("Chưa thấy")
	b.get(dose)
	b.submit(dose+"/move", url.Values{"q": {"lo gia bao"}}).want(http.StatusOK).says("Mẹ Vàng Thị Chở", "02/06/2026", "Mẹ Cà Thị Hương").silent("Chuyển mũi này?")
	b.submit(dose+"/move", url.Values{"to": {idOf(t, right).String()}}).want(http.StatusOK).says("Chuyển mũi này?", "Đang ở sổ của", "18/07/2026, Mẹ Lò Thị Mai", "02/06/2026, Mẹ Vàng Thị Chở", "Chuyển sang Lò Gia Bảo")
	b.submit(dose+"/move", nil).want(http.StatusOK)
	if b.url.Path != right {
		t.Fatalf("led to %s", b.url)
	}
	b.says("Đã chuyển", "Hoàn tác")
	undo := b.form("/undo")
	b.get(wrong).says("5 trong 1 25/11/2026", "ghi nhầm ở đây, đã chuyển sang Lò Gia Bảo")
	b.get(dose).says("Chuyển từ sổ của Lò Gia Bảo, ghi nhầm")
	b.get(right+"/history").says("Chuyển từ sổ của:", "Của bé:")
	b.get(wrong+"/history").says("Mũi đã chuyển đi:", "1 mũi")
	// It counts once, for the right child.
	count := func(path string) (n int) {
		t.Helper()
		rec, err := b.tree.Station.Open(t.Context(), b.tree.Nurse, idOf(t, path))
		if err != nil {
			t.Fatal(err)
		}
		for i := range rec.Doses {
			if rec.Doses[i].Counted {
				n++
			}
		}
		return n
	}
	if count(right) != 1 || count(wrong) != 0 {
		t.Errorf("%d and %d doses", count(right), count(wrong))
	}
	b.post("/undo", undo).want(http.StatusOK)
	if count(right) != 0 || count(wrong) != 1 || len(b.subject(wrong).MovedDoses) != 0 {
		t.Errorf("after undo %d and %d doses, %v", count(right), count(wrong), b.subject(wrong).MovedDoses)
	}
	b.get(dose).silent("Chuyển từ sổ")
	// To a child that was not born yet it cannot go.
	b.get(dose)
	if _, err := b.tree.Station.Node.Append(t.Context(), b.tree.Nurse.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		s, err := tx.State(idOf(t, dose))
		if err != nil {
			return nil, err
		}
		return []registry.Draft{registry.Edit(s, registry.DoseGivenOn, p.Int(int64(b.tree.Station.Today()-3)))}, nil
	}); err != nil {
		t.Fatal(err)
	}
	b.get(dose)
	b.submit(dose+"/move", url.Values{"q": {"ca thi huong"}}).want(http.StatusOK).says("Chuyển mũi này?")
	b.submit(dose+"/move", nil).want(http.StatusUnprocessableEntity)
	if count(late) != 0 || count(wrong) != 1 {
		t.Error("a dose was moved to a child that was not born")
	}
}
