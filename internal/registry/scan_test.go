package registry

import (
	"slices"
	"testing"
)

func TestScans(t *testing.T) {
	one, other := string(withCheck("04129901815941")), string(withCheck("04129977001234"))
	const number = "036165001786"
	card := number + "|161445729|Trần Thị Hồng|05051965|Nữ|Thôn 3, Mỹ Trung, Mỹ Lộc, Nam Định|08052021"
	for _, c := range []struct {
		typed string
		want  []string
		card  bool
	}{
		{one, []string{one}, false},
		{one + "\r\n", []string{one}, false},
		{"\t" + one + "\t", []string{one}, false},
		{PersonCode(one).Format(), []string{one}, false},
		{one + one, []string{one}, false}, // scanned twice
		{one + " " + one, []string{one}, false},
		{one + other, []string{one, other}, false}, // the last one still stood in the box
		{"lan" + one, []string{one}, false},
		{number, []string{number}, false},
		{number + number, []string{number}, false},
		{card, []string{number}, true},
		{card + "\n", []string{number}, true},
		{card + card, []string{number}, true},
		{"lan" + card, []string{number}, true},
		{"0181" + card, []string{number}, true},
		{number + "||Trần Thị Hồng|05051965|Nữ||08052021", []string{number}, true},
		{number + "~~Trần Thị Hồng~05051965~Nữ~Mỹ Trung~08052021", []string{number}, true}, // a keyboard of another country
		{card + "||Trần Văn Ba|Phạm Thị Hoa", []string{number}, true},                      // the cards since 2024 have more
		{card + "036165001787" + card[12:], []string{number, "036165001787"}, false},
		{"", nil, false},
		{"lan", nil, false},
		{one[10:], nil, false},
		{one[:15] + "x", nil, false},
		{one[:15] + string('0'+(one[15]-'0'+1)%10), nil, false}, // a wrong digit
		{"0912345678", nil, false},
		{number + "|161445729|Trần Thị Hồng|31021965|Nữ|x|08052021", nil, false}, // no such day
		{number + "|", nil, false},
		{number + " Trần Thị Hồng", nil, false},
	} {
		got, ok := ParseScan(c.typed)
		if ok != (len(c.want) > 0) || !slices.Equal(got.Numbers, c.want) || (got.Card != nil) != c.card {
			t.Errorf("%q: %+v, want %q", c.typed, got, c.want)
		}
	}
}

func TestIdentityCards(t *testing.T) {
	want := IdentityCard{Number: "036165001786", Name: "Trần Thị Hồng", Birth: dayOf(1965, 5, 5), Sex: SexFemale, Address: "Thôn 3, Mỹ Trung"}
	for _, c := range []struct {
		typed string
		want  IdentityCard
	}{
		{"036165001786||Trần Thị Hồng|05051965|Nữ|Thôn 3, Mỹ Trung|08052021", want},
		{"036165001786||TRẦN THỊ HỒNG|05051965|Nữ|Thôn 3, Mỹ Trung|08052021", want},
		// A scanner that cannot type Vietnamese: no name is better than a wrong one, and the number tells the sex.
		{"036165001786||Tr?n Th? H?ng|05051965|N?|Thôn 3, M? Trung|08052021", IdentityCard{Number: want.Number, Birth: want.Birth, Sex: SexFemale}},
		{"036165001786||Tr\ufffdn Th\ufffd H\ufffdng|05051965|N\ufffd||", IdentityCard{Number: want.Number, Birth: want.Birth, Sex: SexFemale}},
		{"036065001786||Tra62n Va8n Ba|05051965||Mỹ Trung|", IdentityCard{Number: "036065001786", Birth: want.Birth, Sex: SexMale, Address: "Mỹ Trung"}},
	} {
		got, ok := ParseScan(c.typed)
		if !ok || got.Card == nil || *got.Card != c.want {
			t.Errorf("%q: %+v", c.typed, got.Card)
		}
	}
}

func FuzzScan(f *testing.F) {
	f.Add("036165001786||Trần Thị Hồng|05051965|Nữ|Mỹ Trung|08052021")
	f.Add("0412990181594183")
	f.Fuzz(func(t *testing.T, text string) {
		s, ok := ParseScan(text)
		if ok != (len(s.Numbers) > 0) || s.Card != nil && s.Numbers[0] != s.Card.Number {
			t.Errorf("%q: %+v", text, s)
		}
		for _, n := range s.Numbers {
			if !PersonCode(n).Valid() && len(n) != personalLength {
				t.Errorf("%q gives the number %q", text, n)
			}
		}
	})
}
