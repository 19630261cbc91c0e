package registry

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	p "tramy/syncproto"
)

// TestLimits tries what a field may hold at its limit, which must pass, and one beyond, which must be refused under its name.
func TestLimits(t *testing.T) {
	today := day(t, "2026-11-27")
	subject := func(change func(*SubjectInput)) error {
		in := SubjectInput{Name: "Lò Gia Bảo", Code: goodCode, Place: someID(1), BirthDate: today - 200, MotherName: "Lò Thị Mai"}
		change(&in)
		_, err := NewSubject(in, today)
		return err
	}
	dose := func(change func(*ImmunizationInput)) error {
		in := ImmunizationInput{Subject: someID(3), Place: someID(1), Vaccine: "BCG", GivenOn: today - 5, Source: SourceCard}
		change(&in)
		_, err := NewImmunization(in, Known{Today: today})
		return err
	}
	visit := func(change func(*VisitInput)) error {
		in := VisitInput{Subject: someID(3), Place: someID(1), Day: today}
		change(&in)
		_, err := NewVisit(in, today)
		return err
	}
	user := func(login string) error {
		_, err := NewUser(UserInput{Place: someID(1), Login: login, Name: "Lan", Role: 2, Password: "$argon2id$…"})
		return err
	}
	device := func(change func(*DeviceInput)) error {
		in := DeviceInput{Place: someID(1), Number: 7, Key: make([]byte, 32), SealKey: make([]byte, 32), Role: NodeStation, Name: "máy 1", Up: someID(3)}
		change(&in)
		_, err := NewDevice(in)
		return err
	}
	lists := func(n int) (out []string) {
		for i := range n {
			out = append(out, "list"+strings.Repeat("x", i))
		}
		return out
	}
	for _, c := range []struct {
		name       string
		field      string
		at, beyond int
		try        func(n int) error
	}{
		{"letters of a name", "name", NameCharsMax, NameCharsMax + 1, func(n int) error {
			return subject(func(in *SubjectInput) { in.Name = strings.Repeat("ă", n) })
		}},
		{"bytes of a text", "note", TextBytesMax, TextBytesMax + 1, func(n int) error {
			return subject(func(in *SubjectInput) { in.Note = strings.Repeat("x", n) })
		}},
		{"lightest at birth", "birth_weight", BirthWeightMin, BirthWeightMin - 1, func(n int) error {
			return subject(func(in *SubjectInput) { in.BirthWeight = n })
		}},
		{"heaviest at birth", "birth_weight", BirthWeightMax, BirthWeightMax + 1, func(n int) error {
			return subject(func(in *SubjectInput) { in.BirthWeight = n })
		}},
		{"year of the mother's birth", "mother_year", MotherYearMin, MotherYearMin - 1, func(n int) error {
			return subject(func(in *SubjectInput) { in.MotherYear = n })
		}},
		{"order among twins", "birth_order", BirthOrderMax, BirthOrderMax + 1, func(n int) error {
			return subject(func(in *SubjectInput) { in.BirthOrder = n })
		}},
		{"days to a birth", "due_date", dueDaysMax, dueDaysMax + 1, func(n int) error {
			return subject(func(in *SubjectInput) {
				in.Group, in.BirthDate, in.DueDate = GroupPregnant, today-9000, today+Day(n)
			})
		}},
		{"days to the next visit", "next_date", nextDaysMax, nextDaysMax + 1, func(n int) error {
			return subject(func(in *SubjectInput) { in.NextDate = today + Day(n) })
		}},
		{"coldest", "temperature", TemperatureMin, TemperatureMin - 1, func(n int) error {
			return dose(func(in *ImmunizationInput) { in.Temperature = n })
		}},
		{"hottest", "temperature", TemperatureMax, TemperatureMax + 1, func(n int) error {
			return dose(func(in *ImmunizationInput) { in.Temperature = n })
		}},
		{"lightest at a screening", "weight", VisitWeightMin, VisitWeightMin - 1, func(n int) error {
			return visit(func(in *VisitInput) { in.Weight = n })
		}},
		{"heaviest at a screening", "weight", VisitWeightMax, VisitWeightMax + 1, func(n int) error {
			return visit(func(in *VisitInput) { in.Weight = n })
		}},
		{"smallest volume", "volume", VolumeMin, VolumeMin - 1, func(n int) error {
			return dose(func(in *ImmunizationInput) { in.Volume = n })
		}},
		{"largest volume", "volume", VolumeMax, VolumeMax + 1, func(n int) error {
			return dose(func(in *ImmunizationInput) { in.Volume = n })
		}},
		{"number of a dose", "dose_order", OrderMax, OrderMax + 1, func(n int) error {
			return dose(func(in *ImmunizationInput) { in.Order = n })
		}},
		{"letters of a log-in name", "login", LoginCharsMax, LoginCharsMax + 1, func(n int) error { return user(strings.Repeat("a", n)) }},
		{"number of a device", "number", DeviceNumberMax, DeviceNumberMax + 1, func(n int) error {
			return device(func(in *DeviceInput) { in.Number = n })
		}},
		{"former keys", "former_keys", FormerKeysMax, FormerKeysMax + 1, func(n int) error {
			return device(func(in *DeviceInput) { in.Former = make([]byte, n*keyBytes) })
		}},
		{"lists of a place", "lists", ListsMax, ListsMax + 1, func(n int) error {
			_, err := NewPlace(PlaceInput{Parent: someID(1), Code: "gso:03301", Name: "Mường Nhà", Level: LevelCommune, Lists: lists(n)})
			return err
		}},
	} {
		if err := c.try(c.at); err != nil {
			t.Errorf("%s: at the limit: %v", c.name, err)
		}
		var errs Errors
		if err := c.try(c.beyond); !errors.As(err, &errs) || !slices.ContainsFunc(errs, func(e FieldError) bool { return e.Field == c.field }) {
			t.Errorf("%s: one beyond it: %v", c.name, err)
		}
	}
}

// A device changes its keys so often, and then it is to be enrolled anew.
func TestKeysAreChangedSoOften(t *testing.T) {
	in := DeviceInput{Key: bytes.Repeat([]byte{255}, keyBytes)}
	for i := range FormerKeysMax {
		var err error
		if in, err = in.ReplaceKeys(bytes.Repeat([]byte{byte(i)}, keyBytes), nil); err != nil {
			t.Fatalf("change %d: %v", i+1, err)
		}
	}
	if _, err := in.ReplaceKeys(bytes.Repeat([]byte{254}, keyBytes), nil); !errors.Is(err, ErrKeysUsedUp) {
		t.Errorf("one more: %v", err)
	}
}

// A statement names so many that it follows; of more, the newest.
func TestStatementsThatOneFollowsAreBounded(t *testing.T) {
	today := day(t, "2026-11-27")
	for _, n := range []int{consentsAfterMax, consentsAfterMax + 1} {
		in := ConsentInput{
			Subject: someID(1), Place: someID(2), Purpose: PurposeReminders, Answer: AnswerGiven, By: "Lò Thị Ánh", Relation: RelationMother, Channel: ChannelPaper,
		}
		for i := range n {
			in.After = append(in.After, p.Dot{Log: p.LogID{1, 11: 0x40}, Seq: p.Seq(i + 1)}.Entity())
		}
		last := in.After[n-1]
		d, err := NewConsent(in, today-9000, today)
		if err != nil {
			t.Fatal(err)
		}
		if got := ConsentOf(stateOf(d, 1)).After; len(got) != consentsAfterMax || !slices.Contains(got, last) {
			t.Errorf("of %d %d are named", n, len(got))
		}
	}
}
