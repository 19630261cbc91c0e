package web_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// split divides the tree's commune today: its station goes on in xã Trên, which got bản Na Phay 1; the rest is xã Dưới.
func split(t *testing.T, tree *nodetest.Tree) (upper, lower p.EntityID) {
	t.Helper()
	ctx := context.Background()
	today := tree.Hub.Today()
	change := func(id p.EntityID, edit func(*registry.PlaceInput)) {
		_, err := tree.Hub.Node.Append(ctx, tree.Admin.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
			s, err := tx.State(id)
			if err != nil {
				return nil, err
			}
			in := registry.PlaceOf(s).PlaceInput
			edit(&in)
			draft, err := registry.EditFields(s, in.Patch(s), registry.SawOf(s))
			return []registry.Draft{draft}, err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	var parts []p.EntityID
	for _, in := range []registry.PlaceInput{
		{Code: "gso:1", Name: "Xã Trên", Hamlets: []string{"bản Na Phay 1"}}, {Code: "gso:2", Name: "Xã Dưới"},
	} {
		in.Parent, in.Level, in.Type, in.From = tree.Province, registry.LevelCommune, "xa", today
		id, err := tree.Hub.AddPlace(ctx, tree.Admin, in)
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, id)
	}
	change(tree.Commune, func(in *registry.PlaceInput) { in.Until, in.Successors = today, parts })
	change(tree.Facility, func(in *registry.PlaceInput) {
		in.Former = []registry.FormerPlace{{Until: today, Parent: in.Parent, Code: in.Code, Name: in.Name, Type: in.Type}}
		in.Parent = parts[0]
	})
	tree.Sync(t)
	return parts[0], parts[1]
}

func TestHomes(t *testing.T) {
	tree := nodetest.New(t)
	b := serve(t, tree).as(nodetest.NurseLogin)
	b.get("/").silent("chưa rõ nay thuộc xã nào")
	for i, hamlet := range []string{"bản Na Phay 1", "bản Pha Thanh", "Bản Pha Thanh", "bản Pha Thanh", ""} {
		b.baby(url.Values{"name": {fmt.Sprintf("Lò Gia %c", 'A'+i)}, "hamlet": {hamlet}, "born": {fmt.Sprintf("1%d/07/2026", i)}, "force": {"1"}})
	}
	split(t, tree)
	if err := tree.Station.WorkOutDue(context.Background()); err != nil {
		t.Fatal(err)
	}
	b.get("/").want(http.StatusOK).says("4 người chưa rõ nay thuộc xã nào.", "hỏi xã mới")
	if b.get("/homes").want(http.StatusOK); len(b.links("/child/")) != 4 {
		t.Errorf("%d people are to be asked", len(b.links("/child/")))
	}
	b.says("Chưa rõ xã mới: 4 người", "Bản Pha Thanh: 3 người", "trước là Xã Mường Nhà", "Chưa ghi thôn bản: 1 người", "Xã Trên", "Xã Dưới")

	asked := b.links("/child/")[0]
	b.get(asked).want(http.StatusOK).says("Xã Mường Nhà (hỏi xã mới)")
	b.get("/homes")
	b.submit("/homes", url.Values{"all": {"1"}}).want(http.StatusUnprocessableEntity).says("Chọn một xã.")
	var lower string
	for _, n := range b.all("input") {
		if attr(n, "name") == "place" {
			lower = attr(n, "value") // the last one
		}
	}
	b.submit("/homes", url.Values{"some": {"1"}, "place": {lower}}).want(http.StatusUnprocessableEntity).says("Chọn ít nhất một người.")
	var first string
	for _, n := range b.all("input") {
		if attr(n, "name") == "who" && first == "" {
			first = attr(n, "value")
		}
	}
	b.submit("/homes", url.Values{"some": {"1"}, "place": {lower}, "who": {first}}).want(http.StatusOK)
	b.says("Đã ghi 1 người về Xã Dưới.").get("/child/" + first).says("Xã Dưới").silent("hỏi xã mới")
	b.get("/homes").says("Chưa rõ xã mới: 3 người", "Bản Pha Thanh: 2 người")
	stale := b.form("/homes")
	b.submit("/homes", url.Values{"all": {"1"}, "place": {lower}}).want(http.StatusOK).says("Đã ghi 2 người về Xã Dưới.")
	stale.Set("place", lower)
	stale.Set("all", "1")
	stale.Set("once", "again")
	b.post("/homes", stale).want(http.StatusOK).says("Chưa rõ xã mới: 1 người")
	b.submit("/homes", url.Values{"all": {"1"}, "place": {lower}}).want(http.StatusOK).says("Không còn ai phải hỏi.")
	b.get("/").silent("chưa rõ nay thuộc xã nào")
}
