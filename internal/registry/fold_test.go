package registry

import (
	"slices"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"Nguyễn Thị Hòa":                   "nguyen thi hoa",
		"NGUYỄN THỊ HOÀ":                   "nguyen thi hoa",
		norm.NFD.String("Đặng Ưu Ớt"):      "dang uu ot",
		"  Lê\u00a0 Văn\u200b  Tám ":       "le van tam",
		"Đỗ Ðức Ɖạt":                       "do duc dat", // D with stroke, eth, African D
		"H' Hen Niê":                       "h hen nie",
		"H'Hen Niê":                        "h hen nie",
		"H’Hen Niê":                        "h hen nie",
		"Xã Ch'ơm":                         "xa chom",
		"Ea H'leo":                         "ea h leo",
		"Ksor Byă":                         "ksor bya",
		"Phường 2":                         "phuong 2",
		"ho\u0302\u0323 vs ho\u0323\u0302": "ho vs ho",
		"CB: Lò Thị Ánh":                   "cb lo thi anh",
		"":                                 "",
	} {
		if got := Fold(in); got != want {
			t.Errorf("%q folds to %q, want %q", in, got, want)
		}
	}
}

// The same syllable is typed with the tone in two places; the mark itself still tells names apart.
func TestFoldMarked(t *testing.T) {
	for _, same := range [][]string{
		{"hòa", "hoà", "HÒA", norm.NFD.String("hoà")},
		{"khỏe", "khoẻ"},
		{"thủy", "thuỷ"},
		{"Túy", "Tuý"},
		{"quý", "qúy"},
		{"quà", "qùa"},
		{"già", "gìa"},
		{"hoàn", "hòan"},
		{"xoài", "xòai"},
		{"giống", "gíông"},
		{"khuỷu", "khủyu"},
		{"nghĩa", "nghiã"},
		{"Đức", "Ðức"},
		{"H' Hen", "H'Hen", "h’hen"},
		{"Lan  Anh", "Lan\u00a0Anh"},
	} {
		for _, s := range same[1:] {
			if FoldMarked(s) != FoldMarked(same[0]) {
				t.Errorf("%q gives %q, %q gives %q", same[0], FoldMarked(same[0]), s, FoldMarked(s))
			}
		}
	}
	for in, want := range map[string]string{
		"Hoà": "hòa", "Gì": "gì", "Quỳnh": "quỳnh", "Thuỳ": "thùy", "Ương": "ương", "Được": "được", "Gìn": "gìn",
		"Giàng A Páo": "giàng a páo", "Ksor Y Blô": "ksor y blô", "ñ": "ñ", "Huyền": "huyền", "Loan": "loan", "Oanh": "oanh",
	} {
		if got := FoldMarked(in); got != want {
			t.Errorf("%q gives %q, want %q", in, got, want)
		}
	}
	if FoldMarked("Hoa") == FoldMarked("Hòa") || FoldMarked("Hòa") == FoldMarked("Hóa") {
		t.Error("different names became one")
	}
}

func TestSearchTokens(t *testing.T) {
	for in, want := range map[string][]string{
		"bé Lò Thị Ánh":        {"lo", "thi", "anh"},
		"CB Lò Thị Ánh":        {"lo", "thi", "anh"},
		"con bà Lò Thị Ánh":    {"lo", "thi", "anh"},
		"Bé gái CB Lò Thị Ánh": {"lo", "thi", "anh"},
		"Bế Văn Đàn":           {"be", "van", "dan"}, // a family name
		"Châu Mỹ":              {"chau", "mi"},       // another
		"cháu Mỹ":              {"mi"},
		"Lý Quý Vỹ":            {"li", "qui", "vi"},
		"Lí Quí Vĩ":            {"li", "qui", "vi"},
		"Thúy":                 {"thuy"},
		"Y Moan":               {"y", "moan"},
		"CB":                   {"cb"},
	} {
		if got := SearchTokens(in); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	if _, newborn := StripTitle("CB Lò Thị Ánh"); !newborn {
		t.Error("CB is no newborn")
	}
	if rest, newborn := StripTitle("bé Bống"); newborn || rest != "Bống" {
		t.Error(rest)
	}
}

func TestSortKey(t *testing.T) {
	want := []string{
		"Lò A", "Trần Ân", "Lê Văn Bình", "Cao Văn Dũng", "Nguyễn Đạt", "Bùi Hoa", "Bùi Hòa", "Bùi Hỏa", "Bùi Hõa", "Bùi Hóa", "Bùi Họa",
		"Lê Hoa", "An Hoài", "H' Hen Niê", "Lê Ơn", "Y Út", "Ăng Ưng",
	}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, func(a, b string) int {
		switch ka, kb := SortKey(a), SortKey(b); {
		case ka < kb:
			return -1
		case ka > kb:
			return 1
		}
		return 0
	})
	if !slices.Equal(got, want) {
		t.Errorf("sorted as\n %q\nwant\n %q", got, want)
	}
}

func FuzzFold(f *testing.F) {
	for _, s := range []string{"Nguyễn Thị Hòa", "H' Hen Niê", "Đỗ Ðức", "CB Lò", "qúy", "İstanbul", "ﬃ", "\xff", "a'b'c", "nguyêñ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		folded := Fold(s)
		if Fold(folded) != folded {
			t.Errorf("%q folds to %q and then to %q", s, folded, Fold(folded))
		}
		if !utf8.ValidString(folded) || !utf8.ValidString(FoldMarked(s)) || !utf8.ValidString(SortKey(s)) {
			t.Errorf("%q folds to invalid text", s)
		}
		if utf8.ValidString(s) {
			if a, b := Fold(norm.NFC.String(s)), Fold(norm.NFD.String(s)); a != b {
				t.Errorf("%q: NFC folds to %q, NFD to %q", s, a, b)
			}
		}
		if m := FoldMarked(s); FoldMarked(m) != m {
			t.Errorf("%q gives %q and then %q", s, m, FoldMarked(m))
		}
		_ = SearchTokens(s)
	})
}
