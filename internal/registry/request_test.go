package registry

import (
	"testing"

	p "tramy/syncproto"
)

// applied is a state after a draft, all of whose writes came later.
func applied(s *p.State, d Draft) *p.State {
	for _, w := range d.Writes {
		s = with(s, w.Field, w.Data, 9)
	}
	return s
}

func TestWorkdays(t *testing.T) {
	for _, c := range []struct {
		from string
		n    int
		want string
	}{
		{"2026-11-27", 0, "2026-11-27"}, {"2026-11-27", 1, "2026-11-30"}, {"2026-11-27", 2, "2026-12-01"}, // over a weekend
		{"2026-11-28", 1, "2026-11-30"}, // from a Saturday
		{"2026-12-30", 2, "2027-01-04"}, // over New Year
		{"2026-02-13", 1, "2026-02-23"}, // over Tết
		{"2027-04-15", 1, "2027-04-19"}, // over the Hung Kings' day, a Friday
		{"2026-04-24", 1, "2026-04-28"}, // the Monday that makes up for it
	} {
		if got := day(t, c.from).AddWorkdays(c.n); got != day(t, c.want) {
			t.Errorf("%s + %d working days = %s, want %s", c.from, c.n, got.ISO(), c.want)
		}
	}
	if !day(t, "2027-01-01").HolidaysKnown() || day(t, "2029-01-01").HolidaysKnown() {
		t.Error("which years are in the table")
	}
}

func TestDeadlines(t *testing.T) {
	for _, c := range []struct {
		wish     Wish
		extended string
		want     string
	}{
		{WishView, "", "2026-12-07"},
		{WishCorrect, "", "2026-12-07"},
		{WishWithdraw, "", "2026-12-11"},
		{WishRestrict, "", "2026-12-11"}, // 15 days end on a Saturday
		{WishDelete, "", "2026-12-17"},
		{WishView, "chờ tỉnh", "2026-12-17"},
		{WishDelete, "chờ tỉnh", "2027-01-06"},
	} {
		r := Request{RequestInput: RequestInput{Wish: c.wish, On: day(t, "2026-11-27")}, Extended: c.extended}
		if got := r.DoneBy(); got != day(t, c.want) {
			t.Errorf("%s, extended %q: by %s, want %s", c.wish, c.extended, got.ISO(), c.want)
		}
		if r.NextBy() != day(t, "2026-12-01") {
			t.Errorf("first the answer, by %s", r.NextBy().ISO())
		}
		if r.Answered = r.On; r.NextBy() != r.DoneBy() {
			t.Errorf("after the answer the thing itself, by %s", r.NextBy().ISO())
		}
	}
	for n := range WishEnum.Keys() {
		if Wish(n+1).Days() == 0 || len(Wish(n+1).Outcomes()) == 0 {
			t.Errorf("%s has no deadline", Wish(n+1))
		}
	}
}

func TestNewRequest(t *testing.T) {
	today := day(t, "2026-11-27")
	good := RequestInput{Subject: someID(1), Place: someID(2), Wish: WishView, By: "Lò Thị Ánh", Relation: RelationMother, Channel: ChannelSpoken}
	draft, err := NewRequest(good, today)
	if err != nil {
		t.Fatal(err)
	}
	if r := RequestOf(stateOf(draft, 1)); r.Wish != WishView || r.On != today || !r.Open() || r.Restricts() {
		t.Errorf("read back %+v", r)
	}
	for name, c := range map[string]struct {
		change func(*RequestInput)
		field  string
		code   Code
	}{
		"no wish":      {func(in *RequestInput) { in.Wish = 0 }, "wish", CodeRequired},
		"another wish": {func(in *RequestInput) { in.Wish = 9 }, "wish", CodeChoiceUnknown},
		"by nobody":    {func(in *RequestInput) { in.By = "" }, "by", CodeRequired},
		"no relation":  {func(in *RequestInput) { in.Relation = 0 }, "relation", CodeRequired},
		"tomorrow":     {func(in *RequestInput) { in.On = today + 1 }, "on", CodeDayFuture},
	} {
		in := good
		c.change(&in)
		_, err := NewRequest(in, today)
		if list, _ := err.(Errors); !list.Has(c.field, c.code) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestRequestTakesItsCourse(t *testing.T) {
	on := day(t, "2026-11-27")
	for _, c := range []struct {
		wish    Wish
		outcome Outcome
		code    Code // of what stands in the way
		bars    bool // the person's data are restricted
	}{
		{WishView, OutcomeDone, "", false},
		{WishView, OutcomeRefused, "", false},
		{WishView, OutcomeRestricted, CodeChoiceUnknown, false},
		{WishRestrict, OutcomeDone, "", true},
		{WishRestrict, OutcomePartly, "", true},
		{WishRestrict, OutcomeRefused, "", false},
		{WishDelete, OutcomeDone, CodeLawKeeps, false},
		{WishDelete, OutcomeRestricted, "", true},
		{WishDelete, OutcomeRefused, "", false},
		{WishView, 0, CodeRequired, false},
	} {
		draft, err := NewRequest(RequestInput{Subject: someID(1), Place: someID(2), Wish: c.wish, By: "An", Relation: RelationMother, Channel: ChannelPaper, On: on}, on)
		if err != nil {
			t.Fatal(err)
		}
		s := stateOf(draft, 1)
		closing, err := CloseRequest(s, c.outcome, "đã in cho gia đình", someID(5), on+3, SawOf(s))
		if c.code != "" {
			if list, _ := err.(Errors); !list.Has("outcome", c.code) {
				t.Errorf("%s, %s: %v, want %s", c.wish, c.outcome, err, c.code)
			}
			continue
		}
		if err != nil {
			t.Fatalf("%s, %s: %v", c.wish, c.outcome, err)
		}
		done := applied(s, closing)
		r := RequestOf(done)
		if r.Open() || r.Done != on+3 || r.Answered != on+3 || r.Restricts() != c.bars || r.Handler != someID(5) {
			t.Errorf("%s, %s: %+v", c.wish, c.outcome, r)
		}
		if _, err := CloseRequest(done, c.outcome, "lần nữa", someID(5), on+4, SawOf(done)); err == nil {
			t.Errorf("%s was closed twice", c.wish)
		}
		lift, err := LiftRequest(done, "gia đình đổi ý", SawOf(done))
		if (err == nil) != c.bars {
			t.Errorf("%s, %s: lifting: %v", c.wish, c.outcome, err)
		}
		if err == nil {
			if r := RequestOf(applied(done, lift)); r.Restricts() {
				t.Error("a lifted restriction goes on")
			}
		}
	}
}

func TestRequestIsAnsweredAndPutOffOnce(t *testing.T) {
	on := day(t, "2026-11-27")
	draft, err := NewRequest(RequestInput{Subject: someID(1), Place: someID(2), Wish: WishView, By: "An", Relation: RelationMother, Channel: ChannelPaper, On: on}, on)
	if err != nil {
		t.Fatal(err)
	}
	s := stateOf(draft, 1)
	for _, wrong := range []Day{on - 1, on + 2} {
		if _, err := AnswerRequest(s, wrong, on+1, SawOf(s)); err == nil {
			t.Errorf("answered on %s of a request of %s", wrong, on)
		}
	}
	answered, err := AnswerRequest(s, on+1, on+1, SawOf(s))
	if err != nil {
		t.Fatal(err)
	}
	s = applied(s, answered)
	if _, err := AnswerRequest(s, on+1, on+1, SawOf(s)); err == nil {
		t.Error("answered twice")
	}
	if _, err := ExtendRequest(s, "  ", SawOf(s)); err == nil {
		t.Error("put off without a reason")
	}
	off, err := ExtendRequest(s, "chờ bệnh viện", SawOf(s))
	if err != nil {
		t.Fatal(err)
	}
	s = applied(s, off)
	if r := RequestOf(s); r.DoneBy() <= on+10 {
		t.Error("nothing was put off")
	}
	_, err = ExtendRequest(s, "lần nữa", SawOf(s))
	if list, _ := err.(Errors); !list.Has("extended", CodeOnlyOnce) {
		t.Errorf("put off twice: %v", err)
	}
	if _, err := CloseRequest(s, OutcomeDone, "", someID(1), on+2, SawOf(s)); err == nil {
		t.Error("closed without an answer")
	}
}
