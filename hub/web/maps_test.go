package web

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/rights"
	p "tramy/syncproto"
)

// link is where a page's link with a text leads.
func link(t *testing.T, page, text string) string {
	t.Helper()
	m := regexp.MustCompile(`<a[^>]* href="([^"]*)"[^>]*>` + regexp.QuoteMeta(text) + `</a>`).FindStringSubmatch(page)
	if m == nil {
		t.Fatalf("no link says %q", text)
	}
	return html.UnescapeString(m[1])
}

// TestOverviewOnAnOlderMap lets a commune merge with another and a third be split, and reads the figures by the map of
// before and after: the same children, each time under the places of the day.
func TestOverviewOnAnOlderMap(t *testing.T) {
	x := newTree(t)
	address := serve(t, x)
	x.join(t)
	day, err := registry.NewDay(2026, 7, 1)
	if err != nil {
		t.Fatal(err)
	}
	add := func(code, name string, from registry.Day) p.EntityID {
		id, err := x.Hub.AddPlace(t.Context(), x.Admin, registry.PlaceInput{Parent: x.Province, Code: code, Name: name, Level: registry.LevelCommune, Type: "xa", From: from})
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	phuLuong, naTong := add("gso:99001", "Xã Phu Luông", 0), add("gso:99002", "Xã Na Tông", 0)
	x.Sync(t)
	fill(t, x, 4, 2) // at Mường Nhà
	if _, _, err := x.Station.Register(t.Context(), x.Nurse, registry.SubjectInput{Place: naTong, Name: "Lò Văn Tông", BirthDate: x.Station.Today() - 200, MotherName: "Lò Thị Na"}, true); err != nil {
		t.Fatal(err)
	}
	x.Sync(t)
	merged, split := add("gso:99003", "Xã Mường Luông", day), add("gso:99004", "Xã Tông Mới", day)
	end := func(id p.EntityID, into ...p.EntityID) {
		x.AmendPlace(t, id, func(in *registry.PlaceInput) { in.Until, in.Successors = day, into })
	}
	end(x.Commune, merged)
	end(phuLuong, merged)
	end(naTong, merged, split)
	x.AmendPlace(t, x.Facility, func(in *registry.PlaceInput) {
		in.Former = []registry.FormerPlace{{Until: day, Parent: in.Parent, Code: in.Code, Name: in.Name, Type: in.Type}}
		in.Parent = merged
	})

	b := as(t, address, officerLogin)
	now := b.get("/", http.StatusOK)
	says(t, now, "Trẻ đã đăng ký 5", "Xã Mường Luông", "Xã Tông Mới", "Chưa xếp được theo địa giới này", "Trước ngày 01/07/2026", "Đã nghe từ 1/1 trạm")
	silentAbout(t, now, "Xã Phu Luông", "Xếp theo địa giới")
	before := b.get("/?on=2026-06-30", http.StatusOK)
	says(t, before, "Trẻ đã đăng ký 5", "Xã Mường Nhà", "Xã Phu Luông", "Xã Na Tông", "Xếp theo địa giới ngày 30/06/2026.", "Đã nghe từ 1/1 trạm")
	silentAbout(t, before, "Xã Tông Mới", "Chưa xếp được")
	if !strings.Contains(before, `<option value="2026-06-30" selected>`) {
		t.Error("the map looked at is not the one chosen")
	}

	// Down on the old map, from there to what the commune became, and back to what that was made of.
	old := b.get(link(t, before, "Xã Mường Nhà"), http.StatusOK)
	says(t, old, "Trẻ đã đăng ký 4", "Từ ngày 01/07/2026 thuộc: Xã Mường Luông")
	new := b.get(link(t, old, "Xã Mường Luông"), http.StatusOK)
	says(t, new, "Trẻ đã đăng ký 4", "Lập ngày 01/07/2026 từ:", "Xã Phu Luông", "Xã Na Tông (một phần)")
	says(t, b.get(link(t, new, "Xã Na Tông (một phần)"), http.StatusOK), "Trẻ đã đăng ký 1", "Từ ngày 01/07/2026 thuộc: Xã Mường Luông Xã Tông Mới")

	// A place that is not on the map leads to what is.
	gone := b.get("/?"+url.Values{"place": {x.Commune.String()}}.Encode(), http.StatusOK)
	says(t, gone, "Ngày 25/11/2026 không có đơn vị này. Địa bàn khi đó thuộc: Xã Mường Luông")
	silentAbout(t, gone, "Trẻ đã đăng ký")
	says(t, b.get("/?on=2026-06-30&"+url.Values{"place": {merged.String()}}.Encode(), http.StatusOK), "Địa bàn khi đó thuộc:", "Xã Mường Nhà", "Xã Na Tông")
	says(t, b.get("/?on=yesterday", http.StatusOK), "Xã Mường Luông") // what is no day is today's

	// Who looks after the merged commune sees what it was made of, and nobody else's; on any map.
	x.AddUser(t, "luong", "Lò Văn Luông", rights.Head, merged)
	head := as(t, address, "luong")
	says(t, head.get("/", http.StatusOK), "Trẻ đã đăng ký 4")
	says(t, head.get("/?on=2026-06-30", http.StatusOK), "Địa bàn khi đó thuộc:", "Xã Phu Luông")
	head.get("/?on=2026-06-30&"+url.Values{"place": {phuLuong.String()}}.Encode(), http.StatusOK)
	for _, elsewhere := range []p.EntityID{split, x.Province, x.Other} {
		for _, on := range []string{"2026-06-30", "2026-11-25"} {
			if elsewhere != split || on != "2026-06-30" { // before, what the other part was lay in a commune that is partly theirs
				head.get("/?"+url.Values{"place": {elsewhere.String()}, "on": {on}}.Encode(), http.StatusForbidden)
			}
		}
	}
	as(t, address, nodetest.AdminLogin).get("/?"+url.Values{"place": {p.EntityID{15: 9}.String()}}.Encode(), http.StatusNotFound)
}
