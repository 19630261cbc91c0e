package server

import (
	"testing"

	"tramy/internal/rights"
)

func TestEntryRules(t *testing.T) {
	station, hub, training := EntryRules{}, EntryRules{Hub: true, FactorRequired: true}, EntryRules{Hub: true, FactorRequired: true, Training: true}
	offered := EntryRules{Hub: true}
	for _, c := range []struct {
		rules         EntryRules
		role          rights.Role
		given, factor bool
		want          Must
	}{
		{station, rights.Nurse, true, false, MustPassword},
		{station, rights.Nurse, false, false, MustNothing},
		{station, rights.Admin, false, false, MustNothing},
		{hub, rights.Province, true, false, MustPassword},
		{hub, rights.Province, false, false, MustFactor},
		{hub, rights.Province, false, true, MustNothing},
		{hub, rights.Nurse, false, false, MustNothing},
		{hub, rights.Head, false, false, MustNothing},
		{offered, rights.Admin, false, false, MustNothing},
		{training, rights.Admin, true, false, MustNothing},
	} {
		if got := c.rules.Must(c.role, c.given, c.factor); got != c.want {
			t.Errorf("%+v, %s, given %v, factor %v: %q, want %q", c.rules, c.role, c.given, c.factor, got, c.want)
		}
	}
	if station.AsksCode(true) || hub.AsksCode(false) || !hub.AsksCode(true) || !offered.AsksCode(true) {
		t.Error("codes are asked for at hubs, of those who have a second factor")
	}
}
