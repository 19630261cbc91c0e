package registry

import (
	"strings"
	"testing"

	p "tramy/syncproto"
)

func day(t *testing.T, iso string) Day {
	t.Helper()
	d, err := ParseISO(iso)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// said is a statement about reminders as a state would give it.
func said(n int, on Day, answer Answer, after ...int) Consent {
	c := Consent{ID: someID(byte(n)), ConsentInput: ConsentInput{Purpose: PurposeReminders, Answer: answer, On: on, Relation: RelationMother}}
	for _, a := range after {
		c.After = append(c.After, someID(byte(a)))
	}
	return c
}

func TestNewConsent(t *testing.T) {
	born, today := day(t, "2019-11-28"), day(t, "2026-11-27") // seven tomorrow
	good := ConsentInput{
		Subject: someID(1), Place: someID(2), Purpose: PurposeReminders, Answer: AnswerGiven, By: " Lò  Thị Ánh ", Relation: RelationMother,
		Channel: ChannelPaper, Note: "số của bà ngoại",
	}
	draft, err := NewConsent(good, born, today)
	if err != nil {
		t.Fatal(err)
	}
	got := ConsentOf(stateOf(draft, 1))
	if got.By != "Lò Thị Ánh" || got.On != today || got.TextVersion != ConsentTextVersion || got.Basis == "" || got.Purpose != PurposeReminders || got.Channel != ChannelPaper || got.Note != good.Note {
		t.Errorf("read back %+v", got)
	}
	for name, c := range map[string]struct {
		change func(*ConsentInput)
		today  Day
		field  string
		code   Code
	}{
		"nobody":            {func(in *ConsentInput) { in.Subject = p.EntityID{} }, today, "subject", CodeSubjectRequired},
		"nowhere":           {func(in *ConsentInput) { in.Place = p.EntityID{} }, today, "place", CodePlaceRequired},
		"no purpose":        {func(in *ConsentInput) { in.Purpose = 0 }, today, "purpose", CodeRequired},
		"purpose to come":   {func(in *ConsentInput) { in.Purpose = 99 }, today, "purpose", CodeChoiceUnknown},
		"by law":            {func(in *ConsentInput) { in.Purpose = PurposeCare }, today, "purpose", CodeNeedsNoConsent},
		"reporting":         {func(in *ConsentInput) { in.Purpose = PurposeReporting }, today, "purpose", CodeNeedsNoConsent},
		"silence":           {func(in *ConsentInput) { in.Answer = 0 }, today, "answer", CodeRequired},
		"nobody said it":    {func(in *ConsentInput) { in.By = " " }, today, "by", CodeRequired},
		"no relation":       {func(in *ConsentInput) { in.Relation = 0 }, today, "relation", CodeRequired},
		"no channel":        {func(in *ConsentInput) { in.Channel = 0 }, today, "channel", CodeRequired},
		"tomorrow":          {func(in *ConsentInput) { in.On = today + 1 }, today, "on", CodeDayFuture},
		"before birth":      {func(in *ConsentInput) { in.On = born - 1 }, today, "on", CodeDayBefore},
		"by the child":      {func(in *ConsentInput) { in.Relation = RelationSelf }, today, "relation", CodeGuardianAgrees},
		"full seven years":  {func(*ConsentInput) {}, today + 1, "child", CodeChildAgrees},
		"a note too long":   {func(in *ConsentInput) { in.Note = strings.Repeat("a", TextBytesMax+1) }, today, "note", CodeTextTooLong},
		"a name too long":   {func(in *ConsentInput) { in.By = strings.Repeat("a", NameCharsMax+1) }, today, "by", CodeNameTooLong},
		"an unknown answer": {func(in *ConsentInput) { in.Answer = 77 }, today, "answer", CodeChoiceUnknown},
	} {
		in := good
		c.change(&in)
		_, err := NewConsent(in, born, c.today)
		list, _ := err.(Errors)
		if !list.Has(c.field, c.code) {
			t.Errorf("%s: %v, want %s: %s", name, err, c.field, c.code)
		}
	}
	both := good
	both.Child = true
	if _, err := NewConsent(both, born, today+1); err != nil {
		t.Errorf("guardian and child of seven: %v", err)
	}
	no := good
	no.Answer = AnswerRefused
	if _, err := NewConsent(no, born, today+1); err != nil {
		t.Errorf("a no of the guardian alone: %v", err)
	}
	limit := good
	limit.Note, limit.By = strings.Repeat("a", TextBytesMax), strings.Repeat("a", NameCharsMax)
	if _, err := NewConsent(limit, born, today); err != nil {
		t.Errorf("texts at their limits: %v", err)
	}
	grown := good
	grown.Relation = RelationSelf
	if _, err := NewConsent(grown, day(t, "2000-01-01"), today); err != nil {
		t.Errorf("an adult: %v", err)
	}
}

func TestStandingOf(t *testing.T) {
	born, on := day(t, "2024-01-01"), day(t, "2026-11-27")
	for name, c := range map[string]struct {
		said []Consent
		want Standing
	}{
		"silence":                      {nil, StandingNone},
		"yes":                          {[]Consent{said(1, 100, AnswerGiven)}, StandingGiven},
		"no":                           {[]Consent{said(1, 100, AnswerRefused)}, StandingRefused},
		"yes, then no":                 {[]Consent{said(1, 100, AnswerGiven), said(2, 200, AnswerWithdrawn, 1)}, StandingWithdrawn},
		"no, then yes on the same day": {[]Consent{said(1, 100, AnswerRefused), said(2, 100, AnswerGiven, 1)}, StandingGiven},
		"yes with an older day by who knew of the no": {[]Consent{said(1, 200, AnswerRefused), said(2, 100, AnswerGiven, 1)}, StandingGiven},
		"two who did not know of each other":          {[]Consent{said(1, 100, AnswerGiven), said(2, 200, AnswerRefused)}, StandingRefused},
		"the same, the other way round":               {[]Consent{said(1, 200, AnswerGiven), said(2, 100, AnswerRefused)}, StandingGiven},
		"yes and no on one day":                       {[]Consent{said(2, 100, AnswerGiven), said(1, 100, AnswerRefused)}, StandingRefused},
		"an answer of a newer version":                {[]Consent{said(1, 100, 9)}, StandingWithdrawn},
	} {
		for range 2 { // in either order
			got, by := StandingOf(PurposeReminders, c.said, born, on)
			if got != c.want || (by == nil) != (c.want == StandingNone) {
				t.Errorf("%s: %v by %v, want %v", name, got, by, c.want)
			}
			for i, j := 0, len(c.said)-1; i < j; i, j = i+1, j-1 {
				c.said[i], c.said[j] = c.said[j], c.said[i]
			}
		}
	}
	if got, _ := StandingOf(PurposeCare, []Consent{{ConsentInput: ConsentInput{Purpose: PurposeCare, Answer: AnswerRefused}}}, born, on); got != StandingByLaw || !got.Allows() {
		t.Errorf("care: %v", got)
	}
	if got, _ := StandingOf(PurposeResearch, []Consent{said(1, 100, AnswerGiven)}, born, on); got.Allows() {
		t.Error("a yes to reminders is taken for one to research")
	}
	wrong := said(1, 100, AnswerGiven)
	wrong.Void = "nhầm bé"
	if got, _ := StandingOf(PurposeReminders, []Consent{wrong}, born, on); got != StandingNone {
		t.Errorf("entered in error: %v", got)
	}
}

// Who is asked changes with age: what a guardian said alone holds until the child has a say, what both said until the
// child is of age.
func TestConsentIsOutgrown(t *testing.T) {
	born := day(t, "2019-11-28")
	alone := said(1, day(t, "2024-01-01"), AnswerGiven)
	both := said(2, day(t, "2027-01-01"), AnswerGiven)
	both.Child = true
	self := said(3, day(t, "2038-01-01"), AnswerGiven)
	self.Relation = RelationSelf
	for _, c := range []struct {
		said Consent
		on   string
		want Standing
	}{
		{alone, "2026-11-27", StandingGiven},
		{alone, "2026-11-28", StandingOutgrown},
		{both, "2037-11-27", StandingGiven},
		{both, "2037-11-28", StandingOutgrown},
		{self, "2090-01-01", StandingGiven},
	} {
		if got, _ := StandingOf(PurposeReminders, []Consent{c.said}, born, day(t, c.on)); got != c.want {
			t.Errorf("%s: %v, want %v", c.on, got, c.want)
		}
	}
	if got, _ := StandingOf(PurposeReminders, []Consent{alone}, 0, day(t, "2090-01-01")); got != StandingGiven {
		t.Errorf("without a birth date: %v", got)
	}
}

func TestPurposesHaveABasis(t *testing.T) {
	for n := range PurposeEnum.Keys() {
		info, ok := Purpose(n + 1).Info()
		if !ok || info.Basis == "" {
			t.Errorf("purpose %s has no line in the table", Purpose(n+1))
		}
	}
}

// A long list is several records, each of which names as many as fit.
func TestAccessesOf(t *testing.T) {
	named := make([]p.EntityID, AccessNamedMax+1)
	for i := range named {
		named[i] = p.Dot{Log: p.LogID{1, 11: 0x40}, Seq: p.Seq(i + 1)}.Entity()
	}
	for n, want := range map[int]int{0: 1, 1: 1, AccessNamedMax: 1, AccessNamedMax + 1: 2} {
		drafts := AccessesOf(Access{Place: someID(9), Act: ActList, Named: named[:n]})
		got := 0
		for _, d := range drafts {
			got += len(AccessOf(stateOf(d, 1)).Named)
		}
		if len(drafts) != want || got != n {
			t.Errorf("%d people: %d records that name %d, want %d", n, len(drafts), got, want)
		}
	}
}
