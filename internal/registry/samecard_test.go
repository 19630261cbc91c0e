package registry

import "testing"

// What was recorded under the code of a card joins the record of that code by itself only where nobody could
// think that the card was a sister's.
func TestSameCard(t *testing.T) {
	record := child("Giàng Thị Mỷ", "05/03/2026", SexFemale, "Vàng Thị Dợ", "0912345678", "Bản Lầu")
	record.Code, record.PersonalNo = goodCode, "011326000001"
	typed := child("giang thi my", "05/03/2026", 0, "", "", "")
	typed.Code = goodCode
	if !SameCard(&typed, &record) || !SameCard(&record, &typed) {
		t.Error("name and birth date as on the card do not join")
	}
	full := record
	if !SameCard(&full, &record) {
		t.Error("the same record does not join")
	}
	for name, change := range map[string]func(*Subject){
		"another code":               func(s *Subject) { s.Code = "0412720000001769" },
		"no code":                    func(s *Subject) { s.Code = "" },
		"a sister's birth date":      func(s *Subject) { s.BirthDate -= 700 },
		"day and month swapped":      func(s *Subject) { s.BirthDate, _ = ParseDay("03/05/2026", 20600) },
		"only the month of birth":    func(s *Subject) { s.BirthPrec = PrecisionMonth },
		"no birth date":              func(s *Subject) { s.BirthPrec = 0 },
		"a brother":                  func(s *Subject) { s.Sex = SexMale },
		"another name":               func(s *Subject) { s.Name = "Giàng Thị Sua" },
		"a twin's name":              func(s *Subject) { s.Name = "Giàng Thị Mỹ" },
		"no name yet":                func(s *Subject) { s.Name = "CB Vàng Thị Dợ" },
		"no name at all":             func(s *Subject) { s.Name = "" },
		"another mother":             func(s *Subject) { s.MotherName = "Sùng Thị Chía" },
		"another personal number":    func(s *Subject) { s.PersonalNo = "011326009999" },
		"a personal number mistyped": func(s *Subject) { s.PersonalNo = "011326000002" },
		"the second of twins":        func(s *Subject) { s.BirthOrder = 2 },
		"a child that died":          func(s *Subject) { s.Status = StatusDied },
	} {
		other := full
		change(&other)
		if SameCard(&other, &record) || SameCard(&record, &other) {
			t.Errorf("%s: joined by itself", name)
		}
	}
	first, second := record, full
	first.BirthOrder, second.BirthOrder = 1, 1
	if !SameCard(&first, &second) {
		t.Error("the first of twins does not join itself")
	}
}
