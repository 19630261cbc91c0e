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
