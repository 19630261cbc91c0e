package sheet

import (
	"bytes"
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tramy/internal/registry"
)

// words people write, and those that break spreadsheets.
var oddTexts = []string{
	"Lò Thị Mai", "H'Hen Niê", "=1+1", "+84912345678", "-5", "@cmd", "'Bé", "'", "''=x", "a;b", `nói "được"`, "<b>&amp;</b>", "_x0041_", "dòng một\ndòng hai",
	"Bản Mòn, xã Tà Xùa", "x", "0", "00123", "1e5", "12/05/2024", "tab\tgiữa", "Hoà", "NGUYỄN", "đ", "#N/A!", "sep=;",
}

func drawText(t *rapid.T, label string) string {
	if rapid.Bool().Draw(t, label+" absent") {
		return ""
	}
	return rapid.SampledFrom(oddTexts).Draw(t, label)
}

func drawLine(t *rapid.T, label string) string {
	return strings.Join(strings.Fields(drawText(t, label)), " ")
}

func drawDay(t *rapid.T, label string, from registry.Day) registry.Day {
	return from + registry.Day(rapid.IntRange(0, int(today-from)).Draw(t, label))
}

func drawPhone(t *rapid.T, label string) string {
	return rapid.SampledFrom([]string{"", "0912345678", "02123852345", "+85620123456"}).Draw(t, label)
}

func enum[T ~uint8](t *rapid.T, e *registry.Enum, label string) T {
	return T(rapid.IntRange(0, len(e.Keys())).Draw(t, label))
}

func drawPerson(t *rapid.T, n int) Person {
	p := Person{
		Commune: rapid.SampledFrom([]string{"", "Xã Tà Xùa", "Phường 2"}).Draw(t, "commune"), CommuneCode: rapid.SampledFrom([]string{"", "03880"}).Draw(t, "commune code"),
		MotherCode: rapid.SampledFrom([]string{"", "0000000000000098"}).Draw(t, "mother code"),
	}
	s := &p.Subject
	// Own code, or a name nobody else has: rows of one person have to be told from another's.
	s.Name = fmt.Sprintf("%s %d", rapid.SampledFrom([]string{"Lò Văn", "H'Hen", "CB Lò Thị", "=Tên"}).Draw(t, "name"), n)
	s.BirthPrec = enum[registry.Precision](t, registry.PrecisionEnum, "precision")
	if s.BirthPrec == 0 {
		s.BirthPrec = registry.PrecisionDay
	}
	s.BirthDate = drawDay(t, "birth", day(1950, 1, 1))
	s.BirthDate, _ = s.BirthRange()
	if s.BirthPrec == registry.PrecisionMinute {
		s.BirthClock = registry.NewClock(rapid.IntRange(0, 23).Draw(t, "hour"), rapid.IntRange(1, 59).Draw(t, "minute"))
	}
	s.Sex, s.Status, s.Group = enum[registry.Sex](t, registry.SexEnum, "sex"), enum[registry.Status](t, registry.StatusEnum, "status"), enum[registry.Group](t, registry.GroupEnum, "group")
	for _, f := range []struct {
		label string
		at    *string
	}{
		{"ethnic", &s.Ethnic},
		{"hamlet", &s.Hamlet},
		{"mother", &s.MotherName},
		{"father", &s.FatherName},
		{"guardian", &s.GuardianName},
		{"insurance", &s.Insurance},
		{"national", &s.NationalCode},
		{"passport", &s.Passport},
		{"birth place", &s.BirthPlace},
		{"travel paper", &s.TravelPaper},
	} {
		*f.at = drawLine(t, f.label)
	}
	for _, f := range []struct {
		label string
		at    *string
	}{
		{"status reason", &s.StatusReason}, {"allergies", &s.Allergies}, {"contra", &s.Contraindications}, {"a1", &s.AddrBirth}, {"a2", &s.AddrRegister}, {"a3", &s.AddrNative}, {"a4", &s.AddrPermanent}, {"note", &s.Note},
	} {
		*f.at = drawText(t, f.label)
	}
	s.BloodGroup, s.PaperKind = registry.BloodGroup(rapid.IntRange(0, 12).Draw(t, "blood")), registry.PaperKind(rapid.IntRange(0, 7).Draw(t, "paper"))
	s.MotherPhone, s.FatherPhone, s.GuardianPhone = drawPhone(t, "p1"), drawPhone(t, "p2"), drawPhone(t, "p3")
	s.PersonalNo = rapid.SampledFrom([]string{"", "014224001234"}).Draw(t, "personal")
	if s.PersonalNo != "" {
		s.PersonalNo = fmt.Sprintf("0142240%05d", n)
	}
	s.NationalCode = rapid.SampledFrom([]string{"", "x", fmt.Sprintf("2024001%05d", n)}).Draw(t, "national code")
	s.Aliases = rapid.SampledFrom([][]string{nil, {"A1"}, {"A1", "=B2"}}).Draw(t, "aliases")
	s.Consents = rapid.SampledFrom([][]string{nil, {"sms", "zalo"}}).Draw(t, "consents")
	s.Conditions = rapid.SampledFrom([][]registry.Condition{nil, {{Code: "hiv", On: day(2025, 1, 2)}, {Code: "preterm"}}}).Draw(t, "conditions")
	s.BirthOrder, s.BirthWeight = rapid.IntRange(0, 9).Draw(t, "order"), rapid.SampledFrom([]int{0, 400, 3250, 7000}).Draw(t, "weight")
	for _, f := range []struct {
		label string
		at    *registry.Day
	}{{"status date", &s.StatusDate}, {"due", &s.DueDate}, {"next", &s.NextDate}} {
		if rapid.Bool().Draw(t, f.label+" stated") {
			*f.at = drawDay(t, f.label, day(2000, 1, 1))
		}
	}
	s.FromCard = rapid.Bool().Draw(t, "from card")
	_, last := s.BirthRange()
	for i := range rapid.IntRange(0, 5).Draw(t, "doses") {
		p.Doses = append(p.Doses, drawDose(t, i, min(last, today)))
	}
	return p
}

func drawDose(t *rapid.T, _ int, born registry.Day) Dose {
	d := Dose{PlaceName: drawText(t, "place"), GiverName: drawText(t, "giver")}
	d.Vaccine = rapid.SampledFrom(registry.Vaccines()).Draw(t, "vaccine").Code
	if d.GivenOn = drawDay(t, "given", born); d.GivenOn == 0 { // which means "no date" to the registry
		d.GivenOn++
	}
	if rapid.Bool().Draw(t, "clocked") {
		d.GivenClock = registry.NewClock(9, rapid.IntRange(0, 59).Draw(t, "given minute"))
	}
	d.Order = rapid.IntRange(0, 6).Draw(t, "dose order")
	d.HasOrder = d.Order > 0 || rapid.Bool().Draw(t, "has order")
	d.Lot = strings.ToUpper(rapid.SampledFrom([]string{"", "AB12", "=X1", "+A", "00012"}).Draw(t, "lot"))
	if rapid.Bool().Draw(t, "expires") {
		d.Expires = d.GivenOn + 200
	}
	d.Site, d.Route = enum[registry.Site](t, registry.SiteEnum, "site"), enum[registry.Route](t, registry.RouteEnum, "route")
	d.Programme, d.NotDone = enum[registry.Programme](t, registry.ProgrammeEnum, "programme"), enum[registry.NotDone](t, registry.NotDoneEnum, "not done")
	d.Source = max(1, enum[registry.Source](t, registry.SourceEnum, "source"))
	d.LotLost = enum[registry.LotLost](t, registry.LotLostEnum, "lot lost")
	d.Checked = enum[registry.Checked](t, registry.CheckedEnum, "checked")
	d.Screening = rapid.SampledFrom([]registry.Screening{0, registry.ScreeningEligible, registry.ScreeningOnPaper}).Draw(t, "screening")
	d.Volume, d.Temperature = rapid.SampledFrom([]int{0, 10, 500, 10_000}).Draw(t, "volume"), rapid.SampledFrom([]int{0, 365, 450}).Draw(t, "temperature")
	d.Note, d.Against = drawText(t, "dose note"), drawText(t, "against")
	return d
}

// bare takes off a dose where it stood in the file.
func bare(doses []Dose) []Dose {
	var out []Dose
	for _, d := range doses {
		d.Row, d.Column = 0, 0
		out = append(out, d)
	}
	slices.SortStableFunc(out, func(a, b Dose) int {
		return cmp.Or(cmp.Compare(a.GivenOn, b.GivenOn), strings.Compare(fmt.Sprint(a), fmt.Sprint(b)))
	})
	return out
}

func drawPeople(t *rapid.T) []Person {
	people := make([]Person, rapid.IntRange(1, 6).Draw(t, "people"))
	for i := range people {
		people[i] = drawPerson(t, i)
	}
	return people
}

// TestLongLosesNothing: what is written in the long layout is read back equal, in both formats.
func TestLongLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		people := drawPeople(t)
		format := rapid.SampledFrom([]Format{CSV, XLSX}).Draw(t, "format")
		var buf bytes.Buffer
		if err := WriteLong(&buf, format, each(people), WriteOptions{}); err != nil {
			t.Fatal(err)
		}
		got := roundTrip(t, buf.Bytes(), Long)
		if len(got) != len(people) {
			t.Fatalf("%d people became %d", len(people), len(got))
		}
		for i, e := range got {
			want := people[i]
			if len(e.Problems) > 0 {
				t.Fatalf("%q: problems %v", want.Subject.Name, e.Problems)
			}
			if !reflect.DeepEqual(e.Subject, want.Subject) || e.Commune != want.Commune || e.CommuneCode != want.CommuneCode || e.MotherCode != want.MotherCode {
				t.Fatalf("person %d:\n%+v\nbecame\n%+v", i, want.Subject, e.Subject)
			}
			if a, b := bare(want.Doses), bare(e.Doses); !reflect.DeepEqual(a, b) {
				t.Fatalf("doses of %d:\n%+v\nbecame\n%+v", i, a, b)
			}
		}
	})
}

// TestWideKeepsPeopleAndDoses: the wide layout keeps every field of a person, and of a dose vaccine, date, order, lot
// and whether it was given; a dose of no number has the number of its column afterwards.
func TestWideKeepsPeopleAndDoses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		people := drawPeople(t)
		format := rapid.SampledFrom([]Format{CSV, XLSX}).Draw(t, "format")
		var buf bytes.Buffer
		if err := WriteWide(&buf, format, each(people), WriteOptions{Vaccines: registry.Vaccines(), Lots: true}); err != nil {
			t.Fatal(err)
		}
		got := roundTrip(t, buf.Bytes(), Wide)
		if len(got) != len(people) {
			t.Fatalf("%d people became %d", len(people), len(got))
		}
		for i, e := range got {
			if len(e.Problems) > 0 {
				t.Fatalf("%q: problems %v", people[i].Subject.Name, e.Problems)
			}
			if !reflect.DeepEqual(e.Subject, people[i].Subject) {
				t.Fatalf("person %d:\n%+v\nbecame\n%+v", i, people[i].Subject, e.Subject)
			}
			if a, b := core(people[i].Doses), core(e.Doses); !slices.Equal(a, b) {
				t.Fatalf("doses of %d:\n%v\nbecame\n%v", i, a, b)
			}
			for _, d := range people[i].Doses {
				if d.HasOrder && d.Order != 1 && !slices.ContainsFunc(e.Doses, func(o Dose) bool { return o.Vaccine == d.Vaccine && o.Order == d.Order && o.GivenOn == d.GivenOn }) {
					t.Fatalf("order of %s %d is lost", d.Vaccine, d.Order)
				}
			}
		}
	})
}

func core(doses []Dose) []string {
	var out []string
	for _, d := range doses {
		out = append(out, fmt.Sprint(d.Vaccine, d.GivenOn, d.Lot, d.NotDone))
	}
	slices.Sort(out)
	return out
}

func roundTrip(t rapid.TB, data []byte, layout Layout) []*Entry {
	b, err := Open("x", bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	m, err := b.Guess("", nil, names)
	if err != nil {
		t.Fatal(err)
	}
	if m.Layout != layout {
		t.Fatalf("layout %s", m.Layout)
	}
	for _, c := range m.Columns {
		if c.Field == "" || !c.Sure {
			t.Fatalf("column %s %q is not recognised", c.Letter(), c.Title)
		}
	}
	var out []*Entry
	if err := b.Read(m, context(), func(e *Entry) error { out = append(out, e); return nil }); err != nil {
		t.Fatal(err)
	}
	return out
}
