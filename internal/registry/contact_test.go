package registry

import (
	"errors"
	"testing"
)

func TestContactRules(t *testing.T) {
	today := day(t, "2026-11-27")
	for _, c := range []struct {
		name   string
		change func(*ContactInput)
		field  string
		code   Code
	}{
		{"nobody answered", func(in *ContactInput) { in.Came = ContactUnreached }, "", ""},
		{"nothing came of it", func(*ContactInput) {}, "result", CodeRequired},
		{"away, nobody knows until when", func(in *ContactInput) { in.Came = ContactAway }, "until", CodeUntilRequired},
		{"away until yesterday", func(in *ContactInput) { in.Came, in.Until = ContactAway, today-1 }, "until", CodeDayBefore},
		{"away as long as is believed", func(in *ContactInput) { in.Came, in.Until = ContactAway, today+nextDaysMax }, "", ""},
		{"a day longer", func(in *ContactInput) { in.Came, in.Until = ContactAway, today+nextDaysMax+1 }, "until", CodeUntilFar},
		{"something else, not said what", func(in *ContactInput) { in.Came = ContactOther }, "note", CodeRequired},
		{"tomorrow", func(in *ContactInput) { in.Came, in.On = ContactComing, today+1 }, "on", CodeDayFuture},
		{"a result of a newer version", func(in *ContactInput) { in.Came = 200 }, "result", CodeChoiceUnknown},
	} {
		in := ContactInput{Subject: someID(3), Place: someID(1)}
		c.change(&in)
		draft, err := NewContact(in, today)
		var list Errors
		if c.field == "" && err != nil || c.field != "" && !(errors.As(err, &list) && list.Has(c.field, c.code)) {
			t.Errorf("%s: %v", c.name, err)
		}
		if x := ContactOf(stateOf(draft, 9)); err == nil && (x.Via != ContactPhone || x.On != today || x.Came != in.Came) {
			t.Errorf("%s: read back as %+v", c.name, x)
		}
	}
}
