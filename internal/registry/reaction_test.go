package registry

import (
	"errors"
	"slices"
	"strings"
	"testing"

	p "tramy/syncproto"
)

func TestReactionRules(t *testing.T) {
	today := day(t, "2026-11-27")
	dose, other := someID(7), someID(8)
	known := &ReactionKnown{Today: today, Now: NewClock(9, 30), Doses: map[p.EntityID]Day{dose: today}}
	entry := func(change func(*ReactionInput)) (Reaction, error) {
		in := ReactionInput{Subject: someID(3), Place: someID(1), Doses: []p.EntityID{dose}, On: today, Clock: NewClock(9, 12), Signs: []string{"fever"}}
		change(&in)
		draft, err := NewReaction(in, known)
		if err != nil {
			return Reaction{}, err
		}
		return ReactionOf(stateOf(draft, 9)), nil
	}
	for _, c := range []struct {
		name   string
		change func(*ReactionInput)
		field  string
		code   Code
	}{
		{"as it should be", func(*ReactionInput) {}, "", ""},
		{"no sign", func(in *ReactionInput) { in.Signs = nil }, "signs", CodeSignRequired},
		{"a sign nobody knows", func(in *ReactionInput) { in.Signs = []string{"hiccup"} }, "signs", CodeChoiceUnknown},
		{"another sign without words", func(in *ReactionInput) { in.Signs = []string{SignOther} }, "note", CodeSignOther},
		{"no dose", func(in *ReactionInput) { in.Doses = nil }, "doses", CodeDoseRequired},
		{"somebody else's dose", func(in *ReactionInput) { in.Doses = []p.EntityID{other} }, "doses", CodeDoseRequired},
		{"before the dose", func(in *ReactionInput) { in.On = today - 1 }, "began_on", CodeDayBefore},
		{"tomorrow", func(in *ReactionInput) { in.On = today + 1 }, "began_on", CodeDayFuture},
		{"in an hour", func(in *ReactionInput) { in.Clock = NewClock(10, 30) }, "began_minute", CodeTimeFuture},
		{"doses at the limit", func(in *ReactionInput) { in.Doses = slices.Repeat([]p.EntityID{dose}, ReactionDosesMax) }, "", ""},
		{"doses beyond it", func(in *ReactionInput) { in.Doses = slices.Repeat([]p.EntityID{dose}, ReactionDosesMax+1) }, "doses", CodeTooMany},
		{"a long note", func(in *ReactionInput) { in.Note = strings.Repeat("x", TextBytesMax+1) }, "note", CodeTextTooLong},
	} {
		_, err := entry(c.change)
		var list Errors
		if c.field == "" && err != nil || c.field != "" && !(errors.As(err, &list) && list.Has(c.field, c.code)) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	// Somebody without a dose on record can have a reaction: nothing blocks it.
	known.Doses = nil
	if _, err := entry(func(in *ReactionInput) { in.Doses = nil }); err != nil {
		t.Errorf("no dose on record: %v", err)
	}
	known.Doses = map[p.EntityID]Day{dose: today}

	for _, c := range []struct {
		name   string
		change func(*ReactionInput)
		severe bool
	}{
		{"fever", func(*ReactionInput) {}, false},
		{"a seizure", func(in *ReactionInput) { in.Signs = []string{"seizure", "fever", "seizure"} }, true},
		{"fever, in hospital", func(in *ReactionInput) { in.Hospital = "BV tỉnh" }, true},
		{"fever, and died", func(in *ReactionInput) { in.Outcome = EndDied }, true},
		{"crying that a person calls common", func(in *ReactionInput) { in.Signs, in.Severity = []string{"crying"}, SeverityCommon }, false},
		{"a rash that a person calls severe", func(in *ReactionInput) { in.Signs, in.Severity = []string{"rash"}, SeveritySevere }, true},
	} {
		r, err := entry(c.change)
		if err != nil || r.Severe() != c.severe {
			t.Errorf("%s: severe %v, %v", c.name, r.Severe(), err)
		}
		if !slices.IsSortedFunc(r.Signs, func(a, b string) int {
			at := func(code string) int { return slices.IndexFunc(Signs, func(s Sign) bool { return s.Code == code }) }
			return at(a) - at(b)
		}) || len(slices.Compact(slices.Clone(r.Signs))) != len(r.Signs) {
			t.Errorf("%s: signs %v", c.name, r.Signs)
		}
	}
	if !SameLot("a24-117 ", "A24117") || SameLot("A24117", "A24118") {
		t.Error("lots are told apart by how they are typed")
	}
}
