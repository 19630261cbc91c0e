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
		{"sister of the same birth, not marked", child("Giàng Thị Dua", "05/03/2026", SexFemale, "Vàng Thị Dợ", "0912345678", "Bản Lầu"), likely}, // or the same child, renamed: a person is asked
		{"namesake of one day, another mother's", child("Giàng Thị Mỷ", "05/03/2026", SexFemale, "Sùng Thị Chía", "0977777777", "Bản Lầu"), possible},
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

// The scores of some pairs, added up by hand from the table of verdicts.
func TestScores(t *testing.T) {
	a := child("Lò Thị Ánh", "07/02/2026", SexFemale, "Lò Thị Hoa", "0912345678", "Na Phay 1")
	a.PersonalNo, a.Insurance = "011326000015", "TE1010123456789"
	for name, c := range map[string]struct {
		change func(*Subject)
		want   float64
	}{
		"equal":                      {func(*Subject) {}, 9 + 10 + 1 + 8 + 5 + 2 + 20 + 14},
		"no marks, number unknown":   {func(s *Subject) { s.Name, s.PersonalNo = "lo thi anh", "" }, 9 + 10 + 1 + 8 + 5 + 2 + 14},
		"other marks, day for month": {func(s *Subject) { s.Name = "Lò Thị Anh"; s.BirthDate, _ = ParseDay("02/07/2026", 21000) }, 5 + 3.5 + 1 + 8 + 5 + 2 + 20 + 14},
		"another person in all": {func(s *Subject) {
			*s = child("Vàng A Páo", "11/09/2023", SexMale, "Sùng Thị Chía", "0987654321", "Thôn 9")
			s.PersonalNo, s.Insurance = "011023999999", "9999999999"
		}, -5 - 7 - 4 - 5 - 1.5 - 1 - 10 - 2},
		"number exchanged, new phone": {func(s *Subject) { s.PersonalNo, s.MotherPhone = "011326000051", "0900000000" }, 9 + 10 + 1 + 8 - 1.5 + 2 + 6 + 14},
		"a twin":                      {func(s *Subject) { s.BirthOrder = 2 }, 9 + 10 + 1 + 8 + 5 + 2 + 20 + 14 - 60},
		"ten digits of the insurance": {func(s *Subject) { s.Insurance, s.Hamlet = "0123456789", "Na Phay 2" }, 9 + 10 + 1 + 8 + 5 - 1 + 20 + 14},
	} {
		x, y := a, a
		x.BirthOrder = 1
		c.change(&y)
		px, py := ProfileOf(&x), ProfileOf(&y)
		if got := Score(px, py); got != c.want {
			t.Errorf("%s: %v, want %v: %+v", name, got, c.want, CompareProfiles(px, py).Items)
		}
		if c := CompareProfiles(px, py); c.Score != Score(px, py) {
			t.Errorf("%s: %v with its reasons, %v without", name, c.Score, Score(px, py))
		}
	}
}

func TestNearDoses(t *testing.T) {
	day := func(text string) Day { d, _ := ParseDay(text, 21000); return d }
	dose := func(id byte, vaccine, on string, source Source) Immunization {
		return Immunization{ID: someID(id), ImmunizationInput: ImmunizationInput{Vaccine: vaccine, GivenOn: day(on), Source: source}}
	}
	refused := dose(2, "IPV", "06/03/2026", SourceCard)
	refused.NotDone = NotDoneRefused
	first := dose(1, "IPV", "05/03/2026", SourceHere)
	for name, c := range map[string]struct {
		other Immunization
		want  bool
	}{
		"the day after, from the card":   {dose(2, "IPV", "06/03/2026", SourceCard), true},
		"27 days later":                  {dose(2, "IPV", "01/04/2026", SourceElsewhere), true},
		"28 days later":                  {dose(2, "IPV", "02/04/2026", SourceElsewhere), false},
		"day and month exchanged":        {dose(2, "IPV", "03/05/2026", SourceImport), true},
		"the same day: the same dose":    {dose(2, "IPV", "05/03/2026", SourceCard), false},
		"both at first hand: two doses":  {dose(2, "IPV", "06/03/2026", SourceHere), false},
		"another vaccine":                {dose(2, "MR", "06/03/2026", SourceCard), false},
		"it was refused":                 {refused, false},
		"the same record in both cases":  {dose(1, "IPV", "06/03/2026", SourceCard), false},
		"exchanged, but of another year": {dose(2, "IPV", "03/05/2025", SourceImport), false},
	} {
		if got := NearDoses([]Immunization{first}, []Immunization{c.other}); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
		if got := NearDoses([]Immunization{c.other}, []Immunization{first}); got != c.want {
			t.Errorf("%s, the other way round: %v", name, got)
		}
	}
}
