package web_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"tramy/internal/desk"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
)

// What a sweep found waits on the page side by side, a page at a time; what a person says of two is kept.
func TestPairsOnThePage(t *testing.T) {
	ctx := context.Background()
	tree := nodetest.New(t)
	b := serve(t, tree).as(nodetest.NurseLogin)
	today := registry.Today(nodetest.Start, registry.VietnamOffset)
	enter := func(name, mother, phone string, age registry.Day) {
		t.Helper()
		id, _, err := tree.Station.Register(ctx, tree.Nurse, registry.SubjectInput{
			Place: tree.Commune, Name: name, BirthDate: today - age, BirthPrec: registry.PrecisionDay, Sex: registry.SexFemale,
			MotherName: mother, MotherPhone: phone, Hamlet: "bản Na Phay 1",
		}, true)
		if err != nil {
			t.Fatal(err)
		}
		if age > 120 {
			return // too old for the vaccine
		}
		if _, err := tree.Station.RecordVisit(ctx, tree.Nurse, desk.Visit{Subject: id, Screening: registry.ScreeningEligible, Doses: []registry.ImmunizationInput{{Vaccine: "BCG", Lot: "A1"}}}); err != nil {
			t.Fatal(err)
		}
	}
	enter("Giàng Thị Mỷ", "Vàng Thị Dợ", "0912345678", 120)
	enter("GIANG THI MY", "Vang Thi Do", "0987654321", 120)
	if _, err := tree.Station.Sweep(ctx, nil); err != nil {
		t.Fatal(err)
	}
	b.get("/review").says("Cần xem: 1", "Rất giống", "Giàng Thị Mỷ", "GIANG THI MY", "Giống: ngày sinh", "Khác: số điện thoại", "0912 345 678", "0987 654 321",
		"bản Na Phay 1", "Xã Mường Nhà", "Lao 25/11/2026", "trái nhau", "Một người, nối", "Hai người (nhớ là khác)")
	b.submit("/review/link", url.Values{"same": {"1"}}).says("Đã nối: một người.")
	// Each had the vaccine today: of one person that is a dose too many.
	b.get("/review").says("Cần xem: 1", "Cùng vắc xin, cùng ngày.").submit("/review/twice", url.Values{"keep": {"a"}}).want(http.StatusOK)
	b.get("/review").says("Không còn việc nào.")

	// Twenty a page, the likeliest first.
	for i := range desk.PairsPage + 1 {
		name := "Lò Thị " + strings.Repeat("A", i+2) // no two of them near
		enter(name, "Cà Thị "+strings.Repeat("O", i+2), "0385000"+strconv.Itoa(100+i), registry.Day(200+40*i))
		enter(name, "Cà Thị "+strings.Repeat("O", i+2), "", registry.Day(200+40*i))
	}
	if _, err := tree.Station.Sweep(ctx, nil); err != nil {
		t.Fatal(err)
	}
	b.get("/review").says("Cần xem: 21")
	if n := strings.Count(b.body, `class="cmp"`); n != desk.PairsPage {
		t.Errorf("%d pairs on the first page, want %d", n, desk.PairsPage)
	}
	older := regexpOlder.FindStringSubmatch(b.body)
	if older == nil {
		t.Fatal("no way to the next page")
	}
	b.get(strings.ReplaceAll(older[1], "&amp;", "&")).want(http.StatusOK)
	if n := strings.Count(b.body, `class="cmp"`); n != 1 {
		t.Errorf("%d pairs on the second page, want 1", n)
	}
	b.get("/review?after=nonsense").want(http.StatusOK).says("Cần xem: 21")
}

var regexpOlder = regexp.MustCompile(`href="(/review\?after=[^"#]*)[^"]*" rel="next"`)
