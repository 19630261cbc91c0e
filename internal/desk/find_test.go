package desk_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"tramy/internal/desk"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
)

// register enters people at the station of a tree and returns their codes, by name and birth date.
func register(t *testing.T, tree *nodetest.Tree, people ...registry.SubjectInput) []registry.PersonCode {
	t.Helper()
	var codes []registry.PersonCode
	for _, in := range people {
		in.Place = tree.Commune
		id, _, err := tree.Station.Register(t.Context(), tree.Nurse, in, true)
		if err != nil {
			t.Fatal(in.Name, err)
		}
		rec, err := tree.Station.Desk.Open(t.Context(), tree.Nurse, id)
		if err != nil {
			t.Fatal(err)
		}
		codes = append(codes, rec.Subject.Code)
	}
	return codes
}

// found says how a search answers: the names, "!" if the first is meant and nobody else, "~" if they are only spelt alike.
func found(t *testing.T, tree *nodetest.Tree, text string) string {
	t.Helper()
	f, err := tree.Station.Find(t.Context(), tree.Nurse, text)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	var names []string
	for i := range f.Rows {
		names = append(names, f.Rows[i].Name)
	}
	out := strings.Join(names, ", ")
	if f.Only {
		out += "!"
	}
	if f.Near {
		out = "~" + out
	}
	return out
}

func TestFindInAnySpelling(t *testing.T) {
	tree := nodetest.New(t)
	born := day(t, "2024-03-12")
	codes := register(t, tree,
		registry.SubjectInput{Name: "Nguyễn Gia Bảo", BirthDate: born, MotherName: "Trần Thị Hồng", MotherPhone: "0912 345 678", Hamlet: "Thôn 3", PersonalNo: "011224001234"},
		registry.SubjectInput{Name: "Nguyễn Bảo An", BirthDate: born + 400, MotherName: "Lò Thị Mai", MotherPhone: "0385000412", Hamlet: "Bản Nà Tấu 12"},
		registry.SubjectInput{Name: "Hồng Thị Sinh", BirthDate: born + 30, MotherName: "Vàng Thị Dợ", Hamlet: "Thôn 30"},
		registry.SubjectInput{Name: "H'Hen Niê", BirthDate: born + 31, MotherName: "H'Lơr Kbuôr", Hamlet: "Buôn Đung"},
	)
	for text, want := range map[string]string{
		"Nguyễn Gia Bảo": "Nguyễn Gia Bảo!",
		"nguyen gia bao": "Nguyễn Gia Bảo!",
		"NGUYEN GIA BAO": "Nguyễn Gia Bảo!",
		"bảo gia nguyễn": "Nguyễn Gia Bảo!",
		"gia b":          "Nguyễn Gia Bảo!",
		"bao":            "Nguyễn Bảo An, Nguyễn Gia Bảo",
		// As Telex and VNI leave it where they are off.
		"nguyeenx gia baor": "Nguyễn Gia Bảo!",
		"nguye6n4 gia ba3o": "Nguyễn Gia Bảo!",
		"giabao":            "Nguyễn Gia Bảo!",
		"nguyengiabao":      "Nguyễn Gia Bảo!",
		// Names that look like keys are found as they are.
		"h'lor kbuor": "H'Hen Niê!",
		"kbuor":       "H'Hen Niê!",
		// The mother, the hamlet, the phone, a number.
		"trần thị hồng":    "Nguyễn Gia Bảo!",
		"hồng":             "Hồng Thị Sinh, Nguyễn Gia Bảo", // whose own name it is comes first
		"nguyễn thôn 3":    "Nguyễn Gia Bảo!",
		"sinh thôn 30":     "Hồng Thị Sinh!",
		"nà tấu 12":        "Nguyễn Bảo An!",
		"0912345678":       "Nguyễn Gia Bảo!",
		"0912 345 678":     "Nguyễn Gia Bảo!",
		"+84 912 345 678":  "Nguyễn Gia Bảo!",
		"84912345678":      "Nguyễn Gia Bảo!",
		"+84 91234":        "Nguyễn Gia Bảo!",
		"bao 0385":         "Nguyễn Bảo An!",
		"011224001234":     "Nguyễn Gia Bảo!",
		"011 224 001 234":  "Nguyễn Gia Bảo!",
		"bảo 2024":         "Nguyễn Gia Bảo!",
		"bảo 12/3/2024":    "Nguyễn Gia Bảo!",
		"12/03/2024":       "Nguyễn Gia Bảo!",
		"bảo 13/3/2024":    "",
		codes[0].LastSix(): "Nguyễn Gia Bảo!",
		string(codes[0]):   "Nguyễn Gia Bảo!",
		codes[0].Format():  "Nguyễn Gia Bảo!",
		// Scanned: doubled, with what the scanner ends a line with, behind what still stood in the box.
		string(codes[0]) + "\r\n":           "Nguyễn Gia Bảo!",
		string(codes[0]) + string(codes[0]): "Nguyễn Gia Bảo!",
		"lan" + string(codes[0]):            "Nguyễn Gia Bảo!",
		string(codes[0]) + string(codes[1]): "Nguyễn Gia Bảo, Nguyễn Bảo An",
		// Spelt wrong: shown, and never opened by itself.
		"xinh":            "~Hồng Thị Sinh",
		"nguyen ra bao":   "~Nguyễn Gia Bảo",
		"nguyen gia bảoh": "~Nguyễn Gia Bảo",
		"nguen gia bao":   "~Nguyễn Gia Bảo",
		"vang thi zo":     "~Hồng Thị Sinh",
		"pham quoc":       "",
		"":                "",
		"?":               "",
	} {
		if got := found(t, tree, text); got != want {
			t.Errorf("%q finds %q, want %q", text, got, want)
		}
	}
}

// The last six digits of a code stand before a phone that begins with them.
func TestLastSixComeBeforeAPhone(t *testing.T) {
	tree := nodetest.New(t)
	codes := register(t, tree, registry.SubjectInput{Name: "Lò Văn Một", BirthDate: day(t, "2024-01-01"), MotherPhone: "0912345678"})
	six := codes[0].LastSix()
	register(t, tree, registry.SubjectInput{Name: "Lò Văn Hai", BirthDate: day(t, "2024-01-02"), NationalCode: six + "9"})
	if got := found(t, tree, six); got != "Lò Văn Một, Lò Văn Hai!" {
		t.Errorf("%s finds %q", six, got)
	}
}

func TestIdentityCardFinds(t *testing.T) {
	tree := nodetest.New(t)
	const number, name = "011193001234", "Trần Thị Hồng"
	card := func(number, name string) string {
		return number + "||" + name + "|05051993|Nữ|Thôn 3, Mường Nhà|08052021"
	}
	register(t, tree,
		registry.SubjectInput{Name: "Nguyễn Gia Bảo", BirthDate: day(t, "2024-03-12"), MotherName: name},
		registry.SubjectInput{Name: "Nguyễn Gia Hân", BirthDate: day(t, "2025-03-12"), GuardianName: "TRẦN THỊ HỒNG"},
		registry.SubjectInput{Name: "Hồng Thị Trần", BirthDate: day(t, "2025-03-13"), MotherName: "Lò Thị Mai"}, // the same words
		registry.SubjectInput{Name: "Lò Văn Sơn", BirthDate: day(t, "2023-01-02"), PersonalNo: "011223004321", MotherName: "Lò Thị Mai"},
	)
	for text, want := range map[string]string{
		card(number, name):                   "Nguyễn Gia Bảo, Nguyễn Gia Hân",
		card(number, strings.ToUpper(name)):  "Nguyễn Gia Bảo, Nguyễn Gia Hân",
		card(number, "Tr?n Th? H?ng"):        "",
		card("011193009999", "Phạm Thị Hoa"): "",
		// A child's own card: one person, who is opened.
		"011223004321||Lò Văn Sơn|02012023|Nam|Mường Nhà|08052025": "Lò Văn Sơn!",
	} {
		if got := found(t, tree, text); got != want {
			t.Errorf("%q finds %q, want %q", text, got, want)
		}
	}
	f, err := tree.Station.Find(t.Context(), tree.Nurse, card("011193009999", "Phạm Thị Hoa"))
	if err != nil || f.Card == nil || f.Card.Name != "Phạm Thị Hoa" {
		t.Errorf("whoever is not found is told of: %+v %v", f, err)
	}
	// The mother's own record comes first, and her child by the link is hers though others have her name.
	id, _, err := tree.Station.Register(t.Context(), tree.Nurse, registry.SubjectInput{
		Place: tree.Commune, Name: name, BirthDate: day(t, "1993-05-05"), PersonalNo: number, Sex: registry.SexFemale,
	}, true)
	if err != nil {
		t.Fatal(err)
	}
	register(t, tree, registry.SubjectInput{Name: "Nguyễn Gia Minh", BirthDate: day(t, "2026-03-12"), MotherName: name, Mother: id})
	other, _, err := tree.Station.Register(t.Context(), tree.Nurse, registry.SubjectInput{Place: tree.Commune, Name: "Trần Thị Hường", BirthDate: day(t, "1994-05-05")}, true)
	if err != nil {
		t.Fatal(err)
	}
	register(t, tree, registry.SubjectInput{Name: "Nguyễn Gia Khác", BirthDate: day(t, "2026-03-13"), MotherName: name, Mother: other})
	for _, text := range []string{card(number, name), number} {
		if got := found(t, tree, text); !strings.HasPrefix(got, name+", ") || strings.Contains(got, "Khác") || strings.Count(got, ",") != 3 || strings.HasSuffix(got, "!") {
			t.Errorf("%q finds %q", text, got)
		}
	}
}

// More people than are listed: the answer says so, and the nearest come first.
func TestSearchIsBounded(t *testing.T) {
	const searchLimit = 30
	tree := nodetest.New(t)
	var people []registry.SubjectInput
	for i := range searchLimit {
		people = append(people, registry.SubjectInput{Name: fmt.Sprintf("Lò Văn A%c", 'a'+rune(i%26)), BirthDate: day(t, "2024-03-01") + registry.Day(i), MotherName: "Lò Thị Mai"})
	}
	register(t, tree, people...)
	f, err := tree.Station.Find(t.Context(), tree.Nurse, "mai")
	if err != nil || len(f.Rows) != searchLimit || f.More {
		t.Fatalf("at searchLimit: %d, more %v, %v", len(f.Rows), f.More, err)
	}
	register(t, tree, registry.SubjectInput{Name: "Tòng Thị Mai", BirthDate: day(t, "2024-03-01"), MotherName: "Tòng Thị Vui"})
	f, err = tree.Station.Find(t.Context(), tree.Nurse, "mai")
	if err != nil || len(f.Rows) != searchLimit || !f.More || f.Rows[0].Name != "Tòng Thị Mai" {
		t.Errorf("one beyond: %d, more %v, first %q, %v", len(f.Rows), f.More, f.Rows[0].Name, err)
	}
}

// Who searches is written down, whom a search names as well, also by a card.
func TestSearchesAreWrittenDown(t *testing.T) {
	tree := nodetest.New(t)
	register(t, tree, registry.SubjectInput{Name: "Nguyễn Gia Bảo", BirthDate: day(t, "2024-03-12"), MotherName: "Trần Thị Hồng"})
	// Whoever registered has opened the record: another looks.
	f, err := tree.Station.Find(t.Context(), tree.Head, "011193001234||Trần Thị Hồng|05051993|Nữ|Mường Nhà|08052021")
	if err != nil || len(f.Rows) != 1 {
		t.Fatal(f, err)
	}
	looks, err := tree.Station.LooksAt(t.Context(), tree.Head, f.Rows[0].ID)
	if err != nil || !slices.ContainsFunc(looks.List, func(l desk.Look) bool { return l.User == tree.Head.User && l.Act == registry.ActSearch }) {
		t.Errorf("%+v %v", looks, err)
	}
	if _, err := tree.Station.Find(t.Context(), tree.Admin, "lan"); !errors.Is(err, desk.ErrForbidden) {
		t.Errorf("an administrator finds children: %v", err)
	}
}
