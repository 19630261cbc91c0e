package registry

import (
	"slices"
	"strings"
	"testing"
)

func TestWhatIsTypedToFindSomebody(t *testing.T) {
	today := dayOf(2026, 11, 27)
	for _, c := range []struct {
		text, words, digits string
		born                string
	}{
		{"Nguyễn Thị Lan", "nguyen thi lan", "", ""},
		{"0912 345 678", "", "0912345678", ""},
		{"+84 912 345 678", "", "0912345678", ""},
		{"84912345678", "", "0912345678", ""},
		{"+84 91", "", "091", ""},
		{"0169 123 4567", "", "0391234567", ""}, // of before 2018
		{"lan 0912345678", "lan", "0912345678", ""},
		{"lan 678901", "lan", "678901", ""},
		{"159418", "", "159418", ""},
		{"15 94 18", "", "159418", ""},
		{"lan thôn 3", "lan thon 3", "", ""},
		{"bản 12", "ban 12", "", ""},
		{"lan 2024", "lan", "", "2024"},
		{"2024", "", "2024", ""},
		{"lan 3/2024", "lan", "", "03/2024"},
		{"lan 12/3/2024", "lan", "", "12/03/2024"},
		{"12-3-2024 lan", "lan", "", "12/03/2024"},
		{"12/3", "", "", "12/03/2026"},
		{"lan 31/2/2024", "lan", "3122024", ""},
		{"lan 2030", "lan", "2030", ""},
		{" ", "", "", ""},
		{"?!", "", "", ""},
	} {
		q := ParseTyped(c.text, today)
		born := ""
		switch q.BornPrec {
		case PrecisionYear:
			born = q.Born.String()[6:]
		case PrecisionMonth:
			born = q.Born.String()[3:]
		case PrecisionDay:
			born = q.Born.String()
		}
		if strings.Join(q.Words, " ") != c.words || q.Digits != c.digits || born != c.born {
			t.Errorf("%q: %q %q %q, want %q %q %q", c.text, q.Words, q.Digits, born, c.words, c.digits, c.born)
		}
		if q.Empty() != (c.words+c.digits+c.born == "") {
			t.Errorf("%q is empty: %v", c.text, q.Empty())
		}
	}
}

func TestBirthsThatFit(t *testing.T) {
	today := dayOf(2026, 11, 27)
	day, other := dayOf(2024, 3, 12), dayOf(2024, 3, 13)
	for text, want := range map[string][4]bool{ // the day, another of its month, the month alone, the year alone
		"lan 12/3/2024": {true, false, true, true},
		"lan 3/2024":    {true, true, true, true},
		"lan 2024":      {true, true, true, true},
		"lan 4/2024":    {false, false, false, true},
		"lan 2023":      {false, false, false, false},
	} {
		q := ParseTyped(text, today)
		got := [4]bool{
			q.Fits(day, PrecisionMinute), q.Fits(other, PrecisionDay), q.Fits(dayOf(2024, 3, 1), PrecisionMonth), q.Fits(dayOf(2024, 1, 1), PrecisionYear),
		}
		if got != want {
			t.Errorf("%q fits %v, want %v", text, got, want)
		}
		if q.Fits(0, 0) {
			t.Errorf("%q fits who has no birth date", text)
		}
	}
}

func TestKeysOfAKeyboardAreTakenOut(t *testing.T) {
	for typed, want := range map[string]string{
		"nguyeenx": "nguyen", "nguyeexn": "nguyen", "nguyenex": "nguyen", "hoafng": "hoang", "hoangf": "hoang", "ddoox": "do", "duwcs": "duc",
		"dduwowcj": "duoc", "thw": "thu", "quys": "quy", "nguye6n4": "nguyen", "hoa2ng": "hoang", "d9u7c1": "duc", "lan": "lan", "dungd": "dung",
		"anh": "anh", "soan": "soan", "xuan": "xuan", "rang": "rang", "trasn": "tran",
	} {
		if got := UndoTyping(typed); got != want {
			t.Errorf("%q gives %q, want %q", typed, got, want)
		}
	}
}

func TestNamesWrittenTogetherAreCut(t *testing.T) {
	for typed, want := range map[string]string{
		"lananh": "lan anh", "nguyenvanan": "nguyen van an", "giabao": "gia bao", "thuha": "thu ha", "quangminh": "quang minh", "vangachu": "vang a chu", "nguyenngocyen": "nguyen ngoc yen",
	} {
		var all []string
		for _, cut := range SplitJoined(typed) {
			all = append(all, strings.Join(cut, " "))
		}
		if !slices.Contains(all, want) {
			t.Errorf("%q is cut into %q", typed, all)
		}
	}
	if got := SplitJoined("kbuor"); len(got) > 0 {
		t.Errorf("what is no Vietnamese is cut into %q", got)
	}
	// Whatever is typed, few ways are tried.
	if n := len(SplitJoined("anganhanganh")); n != splitsMax {
		t.Errorf("%d ways, not splitsMax", n)
	}
	if n := len(SplitJoined(strings.Repeat("an", 2000))); n > splitsMax {
		t.Errorf("%d ways are more than splitsMax", n)
	}
}

func TestWordsSpeltAlike(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"sinh", "xinh", true},
		{"trang", "chang", true},
		{"duong", "giuong", true},
		{"lan", "nan", true},
		{"lan", "lang", true},
		{"hien", "hieng", true},
		{"hoang", "hoan", true},
		{"nguyen", "nguen", true},
		{"nguyen", "ngueyn", true},
		{"phuong", "phong", true},
		{"thi", "ti", true},
		{"lan", "hoa", false},
		{"an", "em", false},
		{"nguyen", "tran", false},
		{"l", "lan", false},
	} {
		if got := SpeltAlike(c.a, c.b); got != c.want {
			t.Errorf("%q and %q: %v", c.a, c.b, got)
		}
	}
}
