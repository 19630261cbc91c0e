package web_test

import (
	"context"
	"net/http"
	"net/url"
	"testing"

	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// What is in hand is chosen once, for all machines of the place; a dose of another lot takes its place, and taken back gives it back.
func TestLotInHand(t *testing.T) {
	tree := nodetest.New(t)
	b := serve(t, tree).as(nodetest.NurseLogin)
	lot := func(child, vaccine string) string {
		b.get(child)
		return b.form(child + "/visit").Get("lot." + vaccine)
	}
	choose := func(number, expires string) *browser {
		b.get("/lots")
		v := b.form("/lots")
		v.Del("lot") // of the button that takes a known one
		v.Set("vaccine", "BOPV")
		v.Set("number", number)
		v.Set("expires", expires)
		return b.post("/lots", v)
	}
	first, second := b.baby(nil), b.baby(url.Values{"name": {"Lò Thị Hai"}, "mother": {"Vàng Thị B"}, "phone": {""}, "born": {"20/07/2026"}})
	if got := lot(first, "BOPV"); got != "" {
		t.Errorf("where nothing is known %q is proposed", got)
	}
	choose("", "").want(http.StatusUnprocessableEntity).says("Ô này cần có.")
	choose("P-1", "10/2026").want(http.StatusUnprocessableEntity).says("Lô này hết hạn 31/10/2026.")
	choose("p-1", "12/2026").want(http.StatusOK).says("bOPV: dùng lô P-1.", "hạn 31/12/2026", "Đang dùng")
	if got := lot(first, "BOPV"); got != "P-1" {
		t.Errorf("the panel proposes %q", got)
	}
	tree.Clock().Add(2 * 60e9)
	b.submit(first+"/visit", url.Values{"give": {"BOPV"}, "lot.BOPV": {"P-2"}, "screening": {"eligible"}}).want(http.StatusOK)
	undo := b.form("/undo")
	if got := lot(second, "BOPV"); got != "P-2" {
		t.Errorf("after a dose of P-2 the panel proposes %q", got)
	}
	b.post("/undo", undo).want(http.StatusOK)
	if got := lot(second, "BOPV"); got != "P-1" {
		t.Errorf("after that dose was taken back the panel proposes %q", got)
	}

	// Another machine of the place sees it, and its choice is followed here.
	tree.Sync(t)
	beside := tree.AddStation(t, tree.Hub, tree.Facility, "Máy hai")
	sync := func() {
		if _, err := beside.Uplink.Client.Sync(context.Background()); err != nil {
			t.Fatal(err)
		}
		tree.Sync(t)
	}
	sync()
	lots, err := beside.KnownLots(context.Background(), tree.Nurse)
	if err != nil || len(lots["BOPV"]) == 0 || lots["BOPV"][0].Number != "P-1" || !lots["BOPV"][0].InHand {
		t.Fatalf("the other machine knows %+v, %v", lots["BOPV"], err)
	}
	if err := beside.ChooseLot(context.Background(), tree.Head, "BOPV", "P-3", 0, 0); err != nil {
		t.Fatal(err)
	}
	sync()
	if got := lot(second, "BOPV"); got != "P-3" {
		t.Errorf("after the other machine chose P-3 the panel proposes %q", got)
	}

	// One that is suspended is in nobody's hand, and a dose of it needs a reason.
	suspend(t, tree, "P-3", "phản ứng nặng")
	if got := lot(second, "BOPV"); got != "" {
		t.Errorf("a suspended lot is proposed: %q", got)
	}
	choose("P-3", "").want(http.StatusUnprocessableEntity).says("đang tạm ngừng ở trạm: phản ứng nặng")
	choose("p 3", "").want(http.StatusUnprocessableEntity).says("đang tạm ngừng ở trạm: phản ứng nặng") // written another way, it is the same
	b.get("/lots").says("Tạm ngừng", "phản ứng nặng")
	b.get(second)
	b.submit(second+"/visit", url.Values{"give": {"BOPV"}, "lot.BOPV": {"p-3"}, "screening": {"eligible"}}).want(http.StatusUnprocessableEntity).says("đang ngừng vì phản ứng nặng", "Tiêm dù chưa nên")
	b.submit(second+"/visit", url.Values{"give": {"BOPV"}, "lot.BOPV": {"p-3"}, "screening": {"eligible"}, "against": {"đã uống trước khi hay tin"}}).want(http.StatusOK)
}

// suspend writes why a lot may not be given.
func suspend(t *testing.T, tree *nodetest.Tree, number, why string) {
	t.Helper()
	_, err := tree.Station.Node.Append(context.Background(), tree.Nurse.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		rows, err := tx.RecordsAt(store.RecordQuery{Kind: registry.KindLot, Places: []p.EntityID{tree.Facility}})
		for i := range rows {
			s, err := tx.State(rows[i].ID)
			if err != nil {
				return nil, err
			}
			if registry.LotOf(s).Number == number {
				return []registry.Draft{registry.Edit(s, registry.LotSuspended, p.Text(why))}, nil
			}
		}
		return nil, err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A slip is put right at once: of two lots chosen within one minute the later one is in hand, whatever they are called.
func TestLotChosenTwiceInAMinute(t *testing.T) {
	tree := nodetest.New(t)
	for _, number := range []string{"B-2", "B-1", "B-3", "A-9", "B-2"} {
		if err := tree.Station.ChooseLot(t.Context(), tree.Nurse, "BOPV", number, 0, 0); err != nil {
			t.Fatal(err)
		}
		lots, err := tree.Station.KnownLots(t.Context(), tree.Nurse)
		if err != nil {
			t.Fatal(err)
		}
		if got := lots["BOPV"][0]; !got.InHand || got.Number != number {
			t.Errorf("%s was chosen last, and %s is in hand", number, got.Number)
		}
	}
}
