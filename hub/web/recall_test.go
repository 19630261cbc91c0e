package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"tramy/internal/desk"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
)

// An officer stops a lot: what is wrong is said beside its field, the page names who was not heard from, and the file holds the numbers.
func TestOfficerStopsALot(t *testing.T) {
	x := newTree(t)
	x.Sync(t)
	ctx, st := t.Context(), x.Station
	id, _, err := st.Register(ctx, x.Nurse, registry.SubjectInput{Name: "Vàng A An", BirthDate: st.Today() - 130, BirthPrec: registry.PrecisionDay, Sex: registry.SexMale, MotherName: "Lò Thị Ánh", MotherPhone: "0385000412", Place: x.Commune}, true)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := st.MoveStock(ctx, x.Nurse, registry.MovementInput{Item: "DPT-VGB-HIB", Lot: "A24-123", Quantity: 40, Type: registry.MoveReceived}); err != nil {
		t.Fatal(err)
	}
	if _, err := st.RecordVisit(ctx, x.Nurse, desk.Visit{
		Subject: id, Screening: registry.ScreeningEligible, Against: "theo chỉ định", Checked: registry.CheckedCard,
		Doses: []registry.ImmunizationInput{{Vaccine: "DPT-VGB-HIB", Lot: "A24-123", GivenClock: registry.NewClock(8, 0)}},
	}); err != nil {
		t.Fatal(err)
	}
	x.Sync(t)
	x.Clock().Add(2 * 60 * 60 * 1e9)

	c := nodetest.NewCaller(t, serve(t, x), nodetest.OfficerLogin)
	says := func(method, path string, form url.Values, status int, parts ...string) string {
		t.Helper()
		got, body := c.Ask(method, path, form)
		if got != status {
			t.Fatalf("%s %s: %d, want %d", method, path, got, status)
		}
		for _, part := range parts {
			if !strings.Contains(body, part) {
				t.Errorf("%s %s does not say %q", method, path, part)
			}
		}
		return body
	}
	form := url.Values{"vaccine": {"DPT-VGB-HIB"}, "number": {"a24.123"}, "kind": {"recalled"}, "children": {"watch"}, "reason": {""}, "day": {"31/12/2027"}, "place": {x.Nation.String()}}
	says(http.MethodPost, "/recalls", form, http.StatusUnprocessableEntity, `value="a24.123"`, "f-reason-e", "f-day-e")
	form.Set("reason", "có vật lạ trong lọ")
	form.Set("day", "h")
	says(http.MethodPost, "/recalls", form, http.StatusSeeOther)
	list := says(http.MethodGet, "/recalls", nil, http.StatusOK, "lô A24.123", "Thu hồi")
	path := regexp.MustCompile(`/recall/[0-9a-f-]{36}`).FindString(list)

	page := says(http.MethodGet, path, nil, http.StatusOK, "Chưa nghe tin từ khi ngừng dùng: 1 trạm", "Trạm Y tế xã Mường Nhà", "Sổ khi đó còn 39 liều, đã biết 1 mũi")
	if strings.Contains(page, "Vàng A An") {
		t.Error("the figures name a child")
	}
	says(http.MethodGet, path+"?place="+x.Province.String(), nil, http.StatusOK, "Xã Mường Nhà", "children?place="+x.Commune.String())
	csv := says(http.MethodGet, path+"?place="+x.Province.String()+"&format=csv", nil, http.StatusOK, "Xã Mường Nhà", "39", "chưa nghe tin từ khi ngừng dùng")
	if strings.Contains(csv, "Vàng") {
		t.Error("the file names a child")
	}
	says(http.MethodGet, path+"?place="+x.Facility.String()+"&format=xlsx", nil, http.StatusOK)
	// Whom to call is the station's: an officer sees who, and no phone number.
	if body := says(http.MethodGet, path+"/children?place="+x.Commune.String(), nil, http.StatusOK, "Vàng A An", "Xã Mường Nhà"); strings.Contains(body, "0385") {
		t.Error("an officer is shown a phone number")
	}

	// Lifted with a reason, by what the page had shown.
	says(http.MethodPost, path+"/lift", url.Values{"why": {""}, "seen": {""}}, http.StatusUnprocessableEntity, "f-why-e")
	seen := regexp.MustCompile(`name="seen" value="([^"]*)"`).FindStringSubmatch(says(http.MethodGet, path, nil, http.StatusOK))
	says(http.MethodPost, path+"/lift", url.Values{"why": {"kiểm nghiệm đạt"}, "seen": {seen[1]}}, http.StatusSeeOther)
	says(http.MethodGet, path, nil, http.StatusOK, "Dùng lại từ", "kiểm nghiệm đạt")
}
