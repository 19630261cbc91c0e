package registry

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"

	p "tramy/syncproto"
)

var morning = SessionInput{Place: someID(1), Day: 20_000, From: NewClock(7, 30), Until: NewClock(11, 0), Setting: SettingStation, Capacity: 20}

func atMorning() Known {
	return Known{Today: 19_990, Vaccine: func(code string) bool { return code == "BCG" || strings.HasPrefix(code, "V") }}
}

func TestSessionRules(t *testing.T) {
	for _, c := range []struct {
		name, field string
		code        Code
		change      func(*SessionInput)
	}{
		{"no day", "day", CodeRequired, func(s *SessionInput) { s.Day = 0 }},
		{"yesterday", "day", CodeDayBefore, func(s *SessionInput) { s.Day = 19_989 }},
		{"no hour", "from", CodeRequired, func(s *SessionInput) { s.From = 0 }},
		{"ends first", "until", CodeClockReversed, func(s *SessionInput) { s.Until = s.From }},
		{"nobody an hour", "capacity", CodeRange, func(s *SessionInput) { s.Capacity = 0 }},
		{"more online than there is time for", "online", CodeRange, func(s *SessionInput) { s.Online = 71 }},
		{"outreach without a site", "site", CodeRequired, func(s *SessionInput) { s.Setting = SettingOutreach }},
		{"no such vaccine", "vaccines", CodeVaccineUnknown, func(s *SessionInput) { s.Vaccines = []string{"bcg", "X"} }},
		{"nowhere", "place", CodePlaceRequired, func(s *SessionInput) { s.Place = [16]byte{} }},
	} {
		in := morning
		c.change(&in)
		_, err := NewSession(in, atMorning())
		var errs Errors
		if !errors.As(err, &errs) || !errs.Has(c.field, c.code) {
			t.Errorf("%s: %v, want %s: %s", c.name, err, c.field, c.code)
		}
	}
	in := morning
	in.Hamlets, in.Vaccines, in.Online = []string{"bản Na Phay", "Ban na phay ", " bản Lầu"}, []string{"bcg"}, 70
	draft, err := NewSession(in, atMorning())
	if err != nil {
		t.Fatal(err)
	}
	s := SessionOf(stateOf(draft, 1))
	if !slices.Equal(s.Hamlets, []string{"bản Na Phay", "bản Lầu"}) || !s.Calls("Bản na phay") || s.Calls("bản Xa") || !s.Gives("BCG") || s.Gives("SOI") || s.Places() != 70 {
		t.Errorf("the session reads %+v", s)
	}
}

func TestSessionLimits(t *testing.T) {
	many := func(prefix string, n int) (out []string) {
		for i := range n {
			out = append(out, prefix+strconv.Itoa(i))
		}
		return out
	}
	for _, c := range []struct {
		name, field string
		most        int
		try         func(*SessionInput, int)
	}{
		{"days ahead", "day", SessionDaysMax, func(s *SessionInput, n int) { s.Day = 19_990 + Day(n) }},
		{"people an hour", "capacity", SessionCapacityMax, func(s *SessionInput, n int) { s.Capacity = n }},
		{"hamlets", "hamlets", SessionHamletsMax, func(s *SessionInput, n int) { s.Hamlets = many("bản ", n) }},
		{"vaccines", "vaccines", SessionVaccinesMax, func(s *SessionInput, n int) { s.Vaccines = many("V", n) }},
	} {
		for _, n := range []int{c.most, c.most + 1} {
			in := morning
			c.try(&in, n)
			_, err := NewSession(in, atMorning())
			var errs Errors
			if refused := errors.As(err, &errs) && len(errs) == 1 && errs[0].Field == c.field; refused != (n > c.most) {
				t.Errorf("%s, %d: %v", c.name, n, err)
			}
		}
	}
}

// A session that is moved is one write: its appointments name it, and it alone says the day.
func TestSessionIsMovedAndCancelled(t *testing.T) {
	draft, err := NewSession(morning, atMorning())
	if err != nil {
		t.Fatal(err)
	}
	state := stateOf(draft, 1)
	s := SessionOf(state)
	call, err := NewAppointment(someID(7), &s, NewClock(8, 30), true, 19_990)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := NewAppointment(someID(7), &s, s.Until, true, 19_990); err == nil {
		t.Error("somebody is called when all is over")
	}
	if _, err := MoveSession(state, 20_002, s.From, s.Until, " ", atMorning(), SawOf(state)); err == nil {
		t.Error("a session is moved without saying why")
	}
	move, err := MoveSession(state, 20_002, s.From, s.Until, "mưa lũ", atMorning(), SawOf(state))
	if err != nil || len(move.Writes) != 2 {
		t.Fatalf("moving writes %d fields, %v", len(move.Writes), err)
	}
	moved := stateOf(draft, 1)
	for i := range moved.Fields {
		for _, w := range move.Writes {
			if moved.Fields[i].Field == w.Field {
				moved.Fields[i].Values[0].Data = w.Data
			}
		}
	}
	now := SessionOf(moved)
	a := stateOf(call, 2)
	if now.Day != 20_002 || AppointmentOf(a).Day == now.Day {
		t.Fatalf("the session is on %d, the family was told %d", now.Day, AppointmentOf(a).Day)
	}
	if told, err := TellAppointment(a, &now, SawOf(a)); err != nil || len(told.Writes) != 1 {
		t.Errorf("telling writes %v, %v", told.Writes, err)
	}
	if _, err := CancelSession(moved, "hết vắc xin", 20_003, SawOf(moved)); err == nil {
		t.Error("a session that was held is cancelled")
	}
	if _, err := CancelSession(moved, "hết vắc xin", 20_002, Saw{}); err != nil {
		t.Error(err) // nobody had cancelled it: nothing was unseen
	}
}

func TestSpread(t *testing.T) {
	s := morning // 20 an hour: 5 a quarter
	clock := func(h, m int) Clock { return NewClock(h, m) }
	for _, c := range []struct {
		name   string
		change func(*SessionInput)
		taken  []Clock
		groups []int
		want   []Clock
	}{
		{"one after another", nil, nil, []int{3, 2, 1}, []Clock{clock(7, 30), clock(7, 30), clock(7, 45)}},
		{"a household comes together", nil, nil, []int{4, 2, 1}, []Clock{clock(7, 30), clock(7, 45), clock(7, 30)}},
		{"who has an hour keeps it", nil, []Clock{clock(7, 30), clock(7, 31), clock(7, 30), clock(7, 30), clock(7, 40)}, []int{1}, []Clock{clock(7, 45)}},
		{"twins where only one fits a quarter", func(s *SessionInput) { s.Capacity = 4 }, nil, []int{2, 1}, []Clock{clock(7, 30), clock(8, 0)}},
		{"three an hour", func(s *SessionInput) { s.Capacity = 3; s.Until = clock(8, 30) }, nil, []int{1, 1, 1, 1}, []Clock{clock(7, 45), clock(8, 0), clock(8, 15), 0}},
		{"what families may book stays free", func(s *SessionInput) { s.Capacity = 2; s.Until = clock(8, 30); s.Online = 1 }, nil, []int{1, 1}, []Clock{clock(7, 45), 0}},
		{"no room for three, room for one", func(s *SessionInput) { s.Capacity = 2; s.Until = clock(8, 30) }, nil, []int{3, 1}, []Clock{0, clock(7, 45)}},
	} {
		in := s
		if c.change != nil {
			c.change(&in)
		}
		if got := in.Spread(c.taken, c.groups); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestMonthlyDays(t *testing.T) {
	var got []string
	for _, d := range MonthlyDays(day(t, "2026-11-25"), []int{5, 25, 31}, 3) {
		got = append(got, d.ISO())
	}
	want := "2026-11-25 2026-11-30 2026-12-05 2026-12-25 2026-12-31 2027-01-05 2027-01-25 2027-01-31 2027-02-05 2027-02-25 2027-02-28"
	if strings.Join(got, " ") != want {
		t.Errorf("the 5th, 25th and 31st are %v, want %s", got, want)
	}
}

func TestLotRules(t *testing.T) {
	in := LotInput{Place: someID(1), Vaccine: "bcg", Number: " a24-1 ", Expires: 20_100}
	draft, err := NewLot(in, 5, atMorning())
	if err != nil {
		t.Fatal(err)
	}
	state := stateOf(draft, 1)
	if l := LotOf(state); l.Vaccine != "BCG" || l.Number != "A24-1" || l.Chosen != 5 {
		t.Errorf("the lot reads %+v", l)
	}
	in.Expires = 19_989
	var errs Errors
	if _, err := NewLot(in, 5, atMorning()); !errors.As(err, &errs) || !errs.Has("expires", CodeLotPast) {
		t.Errorf("an expired lot is put in hand: %v", err)
	}
	stopped := with(state, LotSuspended, textData("phản ứng nặng"), 3)
	if _, err := ChooseLot(stopped, 0, 6, 19_990); !errors.As(err, &errs) || !errs.Has("number", CodeLotSuspended) {
		t.Errorf("a suspended lot is put in hand: %v", err)
	}
	// One machine lifts it while another suspends it anew: it is not given, whichever value stands.
	for _, reason := range []int{0, 1} {
		both := &p.State{ID: state.ID, Kind: KindLot, Fields: []p.FieldValues{{Field: LotSuspended, Values: []p.Value{
			{Dot: p.Dot{Log: p.LogID{7, 11: 0x40}, Seq: 1}, Data: p.Null()}, {Dot: p.Dot{Log: p.LogID{7, 11: 0x40}, Seq: 2}, Data: p.Null()},
		}}}}
		both.Fields[0].Values[reason].Data = p.Text("phản ứng nặng")
		if _, err := ChooseLot(both, 0, 6, 19_990); !errors.As(err, &errs) || !errs.Has("number", CodeLotSuspended) {
			t.Errorf("a lot that is suspended by value %d of two is put in hand: %v", reason, err)
		}
	}
	if draft, err := ChooseLot(state, 0, 6, 19_990); err != nil || len(draft.Writes) != 1 {
		t.Errorf("choosing writes %v, %v", draft.Writes, err)
	}
}
