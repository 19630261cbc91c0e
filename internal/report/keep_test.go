package report

import (
	"errors"
	"reflect"
	"strings"
	"testing"
)

func keptPaper(cells ...[]string) *Paper {
	return &Paper{Title: "Kết quả", Columns: []PaperColumn{{Title: "Nội dung"}, {Group: "Tất cả", Title: "Trong kỳ", Number: true}}, Rows: cells}
}

// What is kept comes back as it was; what is damaged is never shown as what was handed in.
func TestKeptComesBack(t *testing.T) {
	in := []Kept{{"results", keptPaper([]string{"BCG", "12"}, []string{"Ẵm <b>\"&", "0"})}}
	in[0].Paper.More = []PaperTable{{Title: "Lệch", Columns: []PaperColumn{{Title: "Lô"}}, Rows: [][]string{{"A1"}}}}
	packed, hash, err := Pack(in)
	if err != nil {
		t.Fatal(err)
	}
	out, err := Unpack(packed, hash)
	if err != nil || !reflect.DeepEqual(in, out) {
		t.Fatal(out, err)
	}
	other, otherHash, err := Pack([]Kept{{"results", keptPaper([]string{"BCG", "13"})}})
	if err != nil {
		t.Fatal(err)
	}
	for name, x := range map[string]struct {
		packed []byte
		hash   string
	}{"other words": {other, hash}, "another hash": {packed, otherHash}, "cut": {packed[:len(packed)-9], hash}, "nothing": {nil, hash}} {
		if _, err := Unpack(x.packed, x.hash); !errors.Is(err, ErrNotKept) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestKeptLimits(t *testing.T) {
	const around = len(`[{"Form":"x","Paper":{"Title":"","Facts":null,"Columns":null,"Rows":null,"More":null,"Notes":null}}]`)
	fill := func(n int) []Kept { return []Kept{{"x", &Paper{Title: strings.Repeat("k", n-around)}}} }
	packed, hash, err := Pack(fill(KeptBytesMax))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Unpack(packed, hash); err != nil {
		t.Error(err)
	}
	if _, _, err := Pack(fill(KeptBytesMax + 1)); err == nil {
		t.Error("one byte beyond was packed")
	}
}

// Each number that is another now is named by its row and column, also of rows that came or went.
func TestChangesAreNamed(t *testing.T) {
	was, now := keptPaper([]string{"BCG", "12"}, []string{"OPV 1", "7"}, []string{"Sởi", "1"}), keptPaper([]string{"BCG", "13"}, []string{"OPV 1", "7"}, []string{"MR", "2"})
	was.More = []PaperTable{{Title: "Lý do", Columns: was.Columns, Rows: was.Rows}} // is not made again
	const column = "Tất cả, Trong kỳ"
	want := []Change{{"Kết quả", "BCG", column, "12", "13"}, {"Kết quả", "Sởi", column, "1", ""}, {"Kết quả", "MR", column, "", "2"}}
	if got := Changes(was, now); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
	if got := Changes(was, was); got != nil {
		t.Errorf("of the same: %+v", got)
	}
}
