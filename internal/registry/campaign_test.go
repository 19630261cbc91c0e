package registry

import (
	"errors"
	"testing"

	p "tramy/syncproto"
)

func campaignAt(today Day) CampaignInput {
	return CampaignInput{Place: p.EntityID{1}, Name: "Sởi mũi 0", Kind: CampaignOutbreak, Vaccine: "soi", From: today, Until: today + 10}
}

// Each limit of a campaign is tried at it and one beyond.
func TestCampaignLimits(t *testing.T) {
	const today = Day(20_000)
	places := func(n int) (out []p.EntityID) {
		for i := range n {
			out = append(out, p.EntityID{byte(i >> 8), byte(i), 1})
		}
		return out
	}
	for _, x := range []struct {
		name, field string
		limit       int
		set         func(*CampaignInput, int)
	}{
		{"days", "until", CampaignDaysMax, func(in *CampaignInput, n int) { in.Until = in.From + Day(n) }},
		{"interval", "interval", CampaignIntervalMax, func(in *CampaignInput, n int) { in.Interval, in.Until = n, in.From+CampaignDaysMax }},
		{"youngest", "age_from", CampaignAgeMax, func(in *CampaignInput, n int) { in.AgeFrom = n }},
		{"oldest", "age_to", CampaignAgeMax, func(in *CampaignInput, n int) { in.AgeTo = n }},
		{"places", "places", CampaignPlacesMax, func(in *CampaignInput, n int) { in.Places = places(n) }},
		{"targets", "targets", CampaignPlacesMax, func(in *CampaignInput, n int) {
			for _, at := range places(n) {
				in.Targets = append(in.Targets, CampaignTarget{at, 1})
			}
		}},
		{"people", "targets", CampaignTargetMax, func(in *CampaignInput, n int) { in.Targets = []CampaignTarget{{p.EntityID{1}, n}} }},
	} {
		at := campaignAt(today)
		x.set(&at, x.limit)
		if _, err := NewCampaign(at, Known{Today: today}); err != nil {
			t.Errorf("%s at the limit: %v", x.name, err)
		}
		beyond := campaignAt(today)
		x.set(&beyond, x.limit+1)
		var list Errors
		if _, err := NewCampaign(beyond, Known{Today: today}); !errors.As(err, &list) || list[0].Field != x.field {
			t.Errorf("%s one beyond: %v", x.name, err)
		}
	}
}

// What a campaign says is what is read back, and whom it is for goes by full months.
func TestCampaignReadsBack(t *testing.T) {
	const today = Day(20_000)
	in := campaignAt(today)
	in.Second, in.AgeFrom, in.AgeTo, in.Sex, in.Counts, in.Reason, in.Document = today+5, 6, 8, SexFemale, true, "ổ dịch", "12/KH"
	in.Interval = 10
	in.Targets, in.Places = []CampaignTarget{{p.EntityID{2}, 0}, {p.EntityID{3}, 40}}, []p.EntityID{{2}, {3}}
	draft, err := NewCampaign(in, Known{Today: today})
	if err != nil {
		t.Fatal(err)
	}
	s := &p.State{Kind: KindCampaign}
	for _, w := range draft.Writes {
		s.Fields = append(s.Fields, p.FieldValues{Field: w.Field, Values: []p.Value{{Data: w.Data}}})
	}
	got := CampaignOf(s)
	if n, ok := got.Target(p.EntityID{2}); n != 0 || !ok || got.Vaccine != "SOI" || !got.Counts || got.Second != today+5 || got.Interval != 10 || len(got.Places) != 2 {
		t.Errorf("read back as %+v", got)
	}
	birth := today.AddMonths(-6)
	for _, x := range []struct {
		birth Day
		sex   Sex
		fits  bool
	}{{birth, SexFemale, true}, {birth + 1, SexFemale, false}, {birth, SexMale, false}, {birth, SexUnknown, true}, {today.AddMonths(-9) + 1, SexFemale, true}, {today.AddMonths(-9), SexFemale, false}} {
		if got.Fits(x.birth, PrecisionDay, x.sex, today) != x.fits {
			t.Errorf("born %s, %s: fits is not %v", x.birth, x.sex, x.fits)
		}
	}
	if !got.Fits(0, 0, SexFemale, today) || got.Round(today+4) != 1 || got.Round(today+5) != 2 || !got.On(today+10) || got.On(today+11) {
		t.Error("rounds or days are not what they were planned as")
	}
}
