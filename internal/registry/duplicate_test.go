package registry

import (
	"slices"
	"testing"
)

func child(name, birth string, sex Sex, mother, phone, hamlet string) Subject {
	s := Subject{SubjectInput: SubjectInput{Name: name, Sex: sex, MotherName: mother, MotherPhone: phone, Hamlet: hamlet, BirthPrec: PrecisionDay}}
	s.BirthDate, _ = ParseDay(birth, 20500)
	return s
}

func TestDuplicates(t *testing.T) {
	base := child("Giàng Thị Mỷ", "05/03/2026", SexFemale, "Vàng Thị Dợ", "0912345678", "Bản Lầu")
	const (
		no = iota
		possible
		likely
	)
	for _, c := range []struct {
		name  string
		other Subject
		want  int
	}{
		{"typed without marks", child("GIANG THI MY", "05/03/2026", SexFemale, "vang thi do", "", ""), likely},
		{"mother's phone lost, hamlet renamed", child("Giàng Thị Mỷ", "05/03/2026", SexFemale, "Vàng Thị Dợ", "0987654321", "Thôn 2"), likely},
		{"day and month swapped", child("Giàng Thị Mỷ", "03/05/2026", SexFemale, "Vàng Thị Dợ", "0912345678", "Bản Lầu"), likely},
		{"one digit of the day", child("Giàng Thị Mỷ", "06/03/2026", SexFemale, "Vàng Thị Dợ", "", "Bản Lầu"), likely},
		{"no name yet", child("CB Vàng Thị Dợ", "05/03/2026", SexFemale, "", "", "Bản Lầu"), likely},
		{"other order, i for y", child("Mỉ Giàng Thị", "05/03/2026", SexFemale, "Vàng Thị Dợ", "", ""), likely},
		{"sex slipped", child("Giàng Thị Mỷ", "05/03/2026", SexMale, "Vàng Thị Dợ", "0912345678", "Bản Lầu"), likely},
		{"little is known", child("Giàng Thị Mỷ", "05/03/2026", SexFemale, "", "", ""), likely},
		{"elder sister", child("Giàng Thị Sua", "11/09/2023", SexFemale, "Vàng Thị Dợ", "0912345678", "Bản Lầu"), no},
		{"namesake in another hamlet", child("Giàng Thị Mỷ", "19/08/2024", SexFemale, "Sùng Thị Chía", "0977777777", "Thôn 2"), no},
		{"neighbour born the same day", child("Lò Văn Nam", "05/03/2026", SexMale, "Lò Thị Ánh", "0933333333", "Bản Lầu"), no},
		{"sister of the same birth, not marked", child("Giàng Thị Dua", "05/03/2026", SexFemale, "Vàng Thị Dợ", "0912345678", "Bản Lầu"), possible},
	} {
		cmp := Compare(&base, &c.other)
		got := no
		if cmp.Likely() {
			got = likely
		} else if cmp.Possible() {
			got = possible
		}
		if got != c.want {
			t.Errorf("%s: score %.1f, %+v", c.name, cmp.Score, cmp.Items)
		}
		if back := Compare(&c.other, &base); back.Score != cmp.Score {
			t.Errorf("%s: %.1f one way, %.1f the other", c.name, cmp.Score, back.Score)
		}
		if c.want != no && !slices.ContainsFunc(Blocks(&base), func(k string) bool { return slices.Contains(Blocks(&c.other), k) }) {
			t.Errorf("%s: never compared: %q and %q", c.name, Blocks(&base), Blocks(&c.other))
		}
	}
	twin := base
	twin.Name = "Giàng Thị Mỵ"
	base.BirthOrder, twin.BirthOrder = 1, 2
	if c := Compare(&base, &twin); c.Possible() || c.Verdict("birth_order") != Different {
		t.Errorf("twins: score %.1f", c.Score)
	}
	unborn := child("Giàng Thị Mỷ", "05/03/2026", SexFemale, "Vàng Thị Dợ", "", "")
	unborn.BirthPrec = PrecisionYear
	if c := Compare(&base, &unborn); c.Verdict("birth_date") != Near {
		t.Error("a year does not fit its day")
	}
}

func TestSamePerson(t *testing.T) {
	a := child("Giàng Thị Mỷ", "05/03/2026", SexFemale, "Vàng Thị Dợ", "", "")
	a.PersonalNo = "011326000001"
	for name, c := range map[string]struct {
		change func(*Subject)
		want   bool
	}{
		"equal":            {func(*Subject) {}, true},
		"no name yet":      {func(s *Subject) { s.Name = "CB Vàng Thị Dợ" }, true},
		"other name":       {func(s *Subject) { s.Name = "Lò Thị Hoa" }, false},
		"other number":     {func(s *Subject) { s.PersonalNo = "011326000002" }, false},
		"no number":        {func(s *Subject) { s.PersonalNo = "" }, false},
		"other day":        {func(s *Subject) { s.BirthDate++ }, false},
		"year only":        {func(s *Subject) { s.BirthPrec = PrecisionYear }, false},
		"sex unknown":      {func(s *Subject) { s.Sex = SexUnknown }, false},
		"of several":       {func(s *Subject) { s.BirthOrder = 2 }, false},
		"one says several": {func(s *Subject) { s.BirthOrder = 1 }, true},
	} {
		x, y := a, a
		x.BirthOrder = 1
		c.change(&y)
		if SamePerson(&x, &y) != c.want || SamePerson(&y, &x) != c.want {
			t.Errorf("%s: want %v", name, c.want)
		}
	}
}

func TestContradict(t *testing.T) {
	dose := func(id byte, vaccine string, on Day, place byte, source Source) Immunization {
		return Immunization{ID: someID(id), ImmunizationInput: ImmunizationInput{Vaccine: vaccine, GivenOn: on, Place: someID(place), Source: source}}
	}
	single := func(code string) bool { return code == "BCG" }
	for name, c := range map[string]struct {
		a, b Immunization
		want bool
	}{
		"same vaccine days apart": {dose(1, "IPV", 100, 1, SourceHere), dose(2, "IPV", 103, 2, SourceHere), true},
		"a month apart":           {dose(1, "IPV", 100, 1, SourceHere), dose(2, "IPV", 130, 2, SourceHere), false},
		"from the card":           {dose(1, "IPV", 100, 1, SourceHere), dose(2, "IPV", 100, 2, SourceCard), false},
		"two places in one day":   {dose(1, "IPV", 100, 1, SourceHere), dose(2, "MR", 100, 2, SourceHere), true},
		"once in life":            {dose(1, "BCG", 100, 1, SourceHere), dose(2, "BCG", 400, 2, SourceHere), true},
	} {
		if got := Contradict([]Immunization{c.a}, []Immunization{c.b}, single); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
