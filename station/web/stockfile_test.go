package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"tramy/internal/desk"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
)

// openingList is a list as a station has it: a lot to come in, one that the ledger knows, and every way of being wrong.
const openingList = "Tồn kho trạm,,,,\r\nTên vắc xin,Số lô,Hạn dùng,Số lượng,ĐVT\r\n" +
	"5 trong 1,A24-200,12/2027,60,liều\r\nBKT 0,5,,,\r\n" + // a row with no quantity is refused, not counted as none
	"Hộp an toàn,,,3,cái\r\nBCG,B-9,31/12/2027,4,lọ\r\nVắc xin lạ,L-1,,5,\r\nbOPV,P-1,2027,5,\r\nMR,MR-1,31/12/2027,-4,\r\n5 trong 1,a24-200,12/2027,10,\r\nSởi,M-1,31/12/2027,20,\r\n"

// TestOpeningStockFromAFile: tried first, each line that is left out says why, a second time changes nothing, and what the ledger knows is
// not written over.
func TestOpeningStockFromAFile(t *testing.T) {
	tr := nodetest.New(t)
	b := serve(t, tr).as(nodetest.NurseLogin)
	d := tr.Station.Desk
	if _, err := d.MoveStock(t.Context(), tr.Nurse, registry.MovementInput{Item: "SOI", Lot: "M-1", Quantity: 50, Type: registry.MoveReceived}); err != nil {
		t.Fatal(err)
	}
	balance := func() string {
		t.Helper()
		have, err := d.StockHere(t.Context(), tr.Nurse)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, list := range [][]desk.StockLot{have.Lots, have.Supplies} {
			for i := range list {
				r := &list[i].StockRow
				out = append(out, fmt.Sprintf("%s/%s=%d", r.Key.Item, r.Number, r.Balance()))
			}
		}
		return strings.Join(out, " ")
	}
	before := balance()
	b.get("/stock/file").want(http.StatusOK).says("Nhập tồn kho đầu kỳ")
	b.sendTo("/stock/file", "ton.csv", "a,b\r\n1,2\r\n").want(http.StatusUnprocessableEntity).says("Không thấy dòng tiêu đề")
	b.get("/stock/file")
	b.sendTo("/stock/file", "ton.pdf", "%PDF-1.7").want(http.StatusUnprocessableEntity)
	b.get("/stock/file")
	b.sendTo("/stock/file", "ton.csv", openingList).want(http.StatusOK).says(
		"2 trên 9 lô", "ghi bao nhiêu liều", "Vắc xin lạ", "chưa rõ ngày hoặc tháng", "không phải số liều", "Lô này đã ở dòng 3", "Sổ kho đã có lô này, còn 50",
	)
	if now := balance(); now != before {
		t.Fatalf("trying wrote: %s, was %s", now, before)
	}
	form := b.form("/stock/file/write")
	b.post("/stock/file/write", form).want(http.StatusOK).says("Đã ghi 2 lô vào sổ kho")
	now := balance()
	for _, want := range []string{"DPT-VGB-HIB/A24-200=60", "HOP-AT/=3", "SOI/M-1=50"} {
		if !strings.Contains(now, want) {
			t.Errorf("%s is not in %s", want, now)
		}
	}
	b.get("/stock/file")
	b.sendTo("/stock/file", "ton.csv", openingList).want(http.StatusOK).says("0 trên 9 lô", "đã có đúng")
	// Sent again from an old page: the ledger stands.
	form["quantity"][0] = "61"
	form["once"] = b.form("/stock/file")["once"]
	b.post("/stock/file/write", form).says("Đã ghi 0 lô")
	if again := balance(); again != now {
		t.Errorf("a second time changed %s into %s", now, again)
	}
}
