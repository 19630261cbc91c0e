package sheet

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"tramy/internal/registry"
)

func readStockText(text string) ([]StockLine, error) {
	b, err := Open("ton.csv", strings.NewReader(text), int64(len(text)))
	if err != nil {
		return nil, err
	}
	return b.ReadStock(VaccineNames(registry.Vaccines()), day(2026, 11, 28))
}

func TestStockLinesAtTheirLimit(t *testing.T) {
	for _, n := range []int{StockLinesMax, StockLinesMax + 1} {
		text := "Vắc xin,Số lô,Hạn dùng,Số lượng\r\n"
		for i := range n {
			text += fmt.Sprintf("BCG,B-%d,12/2027,10\r\n", i)
		}
		lines, err := readStockText(text)
		var large *TooLargeError
		if beyond := n > StockLinesMax; errors.As(err, &large) != beyond || !beyond && len(lines) != n {
			t.Errorf("%d lots: %d, %v", n, len(lines), err)
		}
	}
}

// TestStockItems: what lists call things; a name that means nothing here, or another thing's dose, is no item.
func TestStockItems(t *testing.T) {
	for name, want := range map[string]string{
		"BCG": "BCG", "5 trong 1": "DPT-VGB-HIB", "bơm kim tiêm 0,5 ml": registry.SupplyAD05, "BKT-0.1": registry.SupplyAD01, "Hộp an toàn": registry.SupplyBox,
		"Dung môi BCG": registry.DiluentOf("BCG"), "BKT pha": registry.SupplyMix5, "Dung môi IPV": "", "Bông gạc": "",
	} {
		lines, err := readStockText("Tên hàng,Tồn\r\n\"" + name + "\",5\r\n")
		if err != nil || len(lines) != 1 {
			t.Fatalf("%s: %v", name, err)
		}
		if lines[0].Item != want || (len(lines[0].Problems) > 0) != (want == "") {
			t.Errorf("%q is %q %v, want %q", name, lines[0].Item, lines[0].Problems, want)
		}
	}
}

// TestStockQuantities: dots are thousands or nothing; what another program wrote as 10.0 is asked about, and does not open the ledger tenfold.
func TestStockQuantities(t *testing.T) {
	for text, want := range map[string]int{"40": 40, "1.234": 1234, "12.345.678": -1, "1 234": 1234, "10.0": -1, "12.5": -1, "1.5": -1, "1.2345": -1, "-4": -1} {
		lines, err := readStockText("Vắc xin,Số lô,Số lượng\r\nBCG,B-1," + text + "\r\n")
		if err != nil || len(lines) != 1 {
			t.Fatal(err)
		}
		if x := lines[0]; want < 0 && len(x.Problems) == 0 || want >= 0 && (x.Quantity != want || len(x.Problems) > 0) {
			t.Errorf("%q is %d, %v", text, x.Quantity, x.Problems)
		}
	}
	// Of a monthly report what is there at its end is taken, not what was there when it began.
	lines, err := readStockText("Vắc xin,Số lô,Tồn đầu kỳ,Nhập,Xuất,Tồn cuối kỳ\r\nBCG,B-1,200,0,150,50\r\n")
	if err != nil || len(lines) != 1 || lines[0].Quantity != 50 {
		t.Errorf("of a report: %+v, %v", lines, err)
	}
}
