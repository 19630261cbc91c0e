package registry

import (
	"errors"
	"testing"

	p "tramy/syncproto"
)

// A person's doses of a campaign are told apart by their days: the second is one that keeps the interval, and what is too soon or
// written down twice is none.
func TestCampaignDosesOfAPerson(t *testing.T) {
	one, two := CampaignInput{From: 100, Until: 130}, CampaignInput{From: 100, Until: 130, Interval: 14}
	for _, x := range []struct {
		name string
		in   CampaignInput
		days []Day
		had  CampaignHad
		next int
		from Day
	}{
		{"none yet", two, nil, CampaignHad{}, 1, 100},
		{"the first", two, []Day{101}, CampaignHad{First: 101}, 2, 115},
		{"both", two, []Day{101, 115}, CampaignHad{101, 115}, 0, 0},
		{"one day too soon", two, []Day{101, 114}, CampaignHad{First: 101}, 2, 115},
		{"too soon, then in time", two, []Day{101, 105, 116}, CampaignHad{101, 116}, 0, 0},
		{"written down twice", two, []Day{101, 101}, CampaignHad{First: 101}, 2, 115},
		{"a third", two, []Day{101, 115, 130}, CampaignHad{101, 115}, 0, 0},
		{"of one dose", one, []Day{101, 120}, CampaignHad{First: 101}, 0, 0},
	} {
		var had CampaignHad
		for _, day := range x.days {
			x.in.Take(&had, day)
		}
		next, from := x.in.Next(had)
		if had != x.had || next != x.next || from != x.from {
			t.Errorf("%s: had %+v, next %d from %d; want %+v, %d from %d", x.name, had, next, from, x.had, x.next, x.from)
		}
	}
}

// Who rests does not wait; from the day of the second dose on they do, and why there was no first dose says nothing of the second.
func TestWhoWaitsForADose(t *testing.T) {
	c := CampaignInput{From: 100, Until: 130, Interval: 14, Second: 120}
	first := CampaignHad{First: 101}
	for _, x := range []struct {
		name  string
		entry EnrolmentInput
		had   CampaignHad
		day   Day
		waits bool
	}{
		{"nothing written", EnrolmentInput{}, CampaignHad{}, 101, true},
		{"absent", EnrolmentInput{Outcome: EnrolmentAbsent, Day: 101}, CampaignHad{}, 102, false},
		{"absent, second round", EnrolmentInput{Outcome: EnrolmentAbsent, Day: 101}, CampaignHad{}, 120, true},
		{"had one, rests", EnrolmentInput{}, first, 114, false},
		{"had one, due", EnrolmentInput{}, first, 115, true},
		{"absent before the first, due", EnrolmentInput{Outcome: EnrolmentAbsent, Day: 100}, first, 115, true},
		{"absent for the second", EnrolmentInput{Outcome: EnrolmentAbsent, Day: 115}, first, 116, false},
		{"absent for the second, second round", EnrolmentInput{Outcome: EnrolmentAbsent, Day: 115}, first, 121, true},
		{"contraindicated for the second", EnrolmentInput{Outcome: EnrolmentContraindicated, Day: 115}, first, 121, false},
		{"had both", EnrolmentInput{}, CampaignHad{101, 115}, 121, false},
	} {
		if got := x.entry.Waits(&c, x.had, x.day); got != x.waits {
			t.Errorf("%s: waits is %v", x.name, got)
		}
	}
}

// One dose may become two, and the interval another one; two do not become one once somebody was vaccinated.
func TestTheSecondDoseIsNotPlannedAway(t *testing.T) {
	const today = Day(20_000)
	planned := func(interval int) *p.State {
		in := campaignAt(today)
		in.Interval = interval
		draft, err := NewCampaign(in, Known{Today: today})
		if err != nil {
			t.Fatal(err)
		}
		s := &p.State{Kind: KindCampaign}
		for _, w := range draft.Writes {
			s.Fields = append(s.Fields, p.FieldValues{Field: w.Field, Values: []p.Value{{Data: w.Data}}})
		}
		return s
	}
	for _, x := range []struct {
		was, next int
		given     bool
		fine      bool
	}{{0, 5, true, true}, {5, 7, true, true}, {5, 0, true, false}, {5, 0, false, true}} {
		s := planned(x.was)
		in := CampaignOf(s).CampaignInput
		in.Interval = x.next
		_, err := EditCampaign(s, in, x.given, Known{Today: today}, SawOf(s))
		var list Errors
		if refused := errors.As(err, &list); refused == x.fine || refused && (list[0].Field != "interval" || list[0].Code != CodeCampaignBegun) {
			t.Errorf("from %d to %d, given %v: %v", x.was, x.next, x.given, err)
		}
	}
	short := campaignAt(today)
	short.Interval = int(short.Until-short.From) + 1
	var list Errors
	if _, err := NewCampaign(short, Known{Today: today}); !errors.As(err, &list) || list[0].Field != "until" {
		t.Errorf("a campaign that is over before its second dose: %v", err)
	}
}
