package registry

import (
	"slices"

	p "tramy/syncproto"
)

// Purpose is what people's data are used for. Each has one line in Purposes.
type Purpose uint8

// Purposes. The first two rest on the law and are told, not asked.
const (
	PurposeCare      Purpose = 1 // immunization and what belongs to it: treatment, advice, calling in who is due
	PurposeReporting Purpose = 2 // statistics and reports that the law asks for
	PurposeReminders Purpose = 3 // SMS and Zalo to the phone on record
	PurposeResearch  Purpose = 4
	PurposePhoto     Purpose = 5 // pictures of the person or of their papers
	PurposeSharing   Purpose = 6 // other health services, insurers, anybody else
)

var purposeKeys = []string{1: "care", 2: "reporting", 3: "reminders", 4: "research", 5: "photo", 6: "sharing"}

// PurposeInfo says on what the use for a purpose rests.
type PurposeInfo struct {
	Purpose Purpose
	// Basis names the law that a statement, or the use without one, rests on.
	Basis string
	// ByLaw purposes need no consent and none is recorded (Law 91/2025/QH15, Art. 19(1)).
	ByLaw bool
}

// Purposes is the one table of what data are used for and on what that rests. Health data are sensitive (Decree
// 356/2025/NĐ-CP, Art. 4), so each purpose that the law does not order has its own consent.
var Purposes = []PurposeInfo{
	{PurposeCare, "Luật 91/2025/QH15 Điều 19(1); Luật Phòng bệnh", true},
	{PurposeReporting, "Luật 91/2025/QH15 Điều 19(1); Luật Phòng bệnh; TT 23/2025/TT-BYT", true},
	{PurposeReminders, consentBasis, false},
	{PurposeResearch, consentBasis, false},
	{PurposePhoto, consentBasis, false},
	{PurposeSharing, consentBasis, false},
}

const consentBasis = "Đồng ý: Luật 91/2025/QH15; NĐ 356/2025/NĐ-CP Điều 4"

// Info returns the purpose's line of the table, false if this version does not know it.
func (x Purpose) Info() (PurposeInfo, bool) {
	for _, info := range Purposes {
		if info.Purpose == x {
			return info, true
		}
	}
	return PurposeInfo{}, false
}

// Answer is what somebody said about a purpose.
type Answer uint8

// Answers.
const (
	AnswerGiven     Answer = 1
	AnswerRefused   Answer = 2
	AnswerWithdrawn Answer = 3
)

var answerKeys = []string{1: "given", 2: "refused", 3: "withdrawn"}

// Relation is who somebody is to the person whose data they are.
type Relation uint8

// Relations.
const (
	RelationSelf     Relation = 1
	RelationMother   Relation = 2
	RelationFather   Relation = 3
	RelationGuardian Relation = 4 // another guardian by law
)

var relationKeys = []string{1: "self", 2: "mother", 3: "father", 4: "guardian"}

// Channel is how something was said.
type Channel uint8

// Channels.
const (
	ChannelPaper  Channel = 1 // signed
	ChannelSpoken Channel = 2
	ChannelWeb    Channel = 3
)

var channelKeys = []string{1: "paper", 2: "spoken", 3: "web"}

// String returns the stable key.
func (x Purpose) String() string { return key(purposeKeys, int64(x)) }

// String returns the stable key.
func (x Answer) String() string { return key(answerKeys, int64(x)) }

// String returns the stable key.
func (x Relation) String() string { return key(relationKeys, int64(x)) }

// String returns the stable key.
func (x Channel) String() string { return key(channelKeys, int64(x)) }

// Ages, in full years, at which somebody else is asked: from ChildAgreesYears on the child agrees beside the guardian
// (Decree 356/2025/NĐ-CP), from AdultYears on one speaks for oneself alone.
const (
	ChildAgreesYears = 7
	AdultYears       = 18
)

// ConsentTextVersion is the version of the wording on the form that is read out and printed. Whoever changes the wording in
// the catalogue raises it.
const ConsentTextVersion = "2026-11"

// ConsentInput is one statement about one purpose.
type ConsentInput struct {
	Subject  p.EntityID
	Place    p.EntityID
	Purpose  Purpose
	Answer   Answer
	By       string // who said so
	Relation Relation
	On       Day
	Channel  Channel
	Child    bool // the child agreed as well
	Note     string
	After    []p.EntityID // the statements about this purpose that were known when this one was made
}

// Consent is a statement as recorded.
type Consent struct {
	ID p.EntityID
	ConsentInput
	TextVersion string
	Basis       string
	Void        string
}

// ConsentOf reads a statement from its state.
func ConsentOf(s *p.State) Consent {
	g := getter(s.Get)
	void, _ := Voided(s)
	return Consent{
		ID: s.ID, ConsentInput: ConsentInput{
			Subject: g.ref(p.FieldSubject), Place: g.ref(p.FieldPlace), Purpose: enumOf[Purpose](g, ConsentPurpose),
			Answer: enumOf[Answer](g, ConsentAnswer), By: g.text(ConsentBy), Relation: enumOf[Relation](g, ConsentRelation),
			On: g.day(ConsentOn), Channel: enumOf[Channel](g, ConsentChannel), Child: g(ConsentChild).Equal(p.Bool(true)),
			Note: g.text(ConsentNote), After: g.refs(ConsentAfter),
		},
		TextVersion: g.text(ConsentText), Basis: g.text(ConsentBasis), Void: void,
	}
}

// consentsAfterMax is how many statements one names as known; a person has few about one purpose.
const consentsAfterMax = 64

// NewConsent makes the draft of a statement about the data of somebody who was born on a day (0: not known), or the
// Errors in the way. Silence is no consent: an answer, who gave it, and how are required.
func NewConsent(in ConsentInput, born, today Day) (Draft, error) {
	in.By, in.Note = cleanLine(in.By), cleanText(in.Note)
	if in.On == 0 {
		in.On = today
	}
	var c check
	info, known := in.Purpose.Info()
	c.failIf(in.Subject.IsZero(), "subject", CodeSubjectRequired)
	c.failIf(in.Place.IsZero(), "place", CodePlaceRequired)
	c.failIf(in.Purpose == 0, "purpose", CodeRequired)
	c.failIf(in.Purpose != 0 && !known, "purpose", CodeChoiceUnknown, "number", int(in.Purpose))
	c.failIf(info.ByLaw, "purpose", CodeNeedsNoConsent)
	c.failIf(in.Answer == 0, "answer", CodeRequired)
	c.choice("answer", AnswerEnum, int64(in.Answer))
	c.said(in.By, in.Relation, in.Channel)
	c.failIf(in.On > today, "on", CodeDayFuture, "today", today)
	c.failIf(born != 0 && in.On < born, "on", CodeDayBefore, "min", born)
	if in.Answer == AnswerGiven && born != 0 {
		who := asked(born, in.On)
		c.failIf(who != askSelf && in.Relation == RelationSelf, "relation", CodeGuardianAgrees)
		c.failIf(who == askBoth && !in.Child, "child", CodeChildAgrees)
	}
	in.After = in.After[max(0, len(in.After)-consentsAfterMax):]
	fields := []fieldData{
		{p.FieldSubject, refData(in.Subject)},
		{p.FieldPlace, refData(in.Place)},
		{ConsentPurpose, intData(in.Purpose)},
		{ConsentAnswer, intData(in.Answer)},
		{ConsentBy, textData(in.By)},
		{ConsentRelation, intData(in.Relation)},
		{ConsentOn, intData(in.On)},
		{ConsentChannel, intData(in.Channel)},
		{ConsentText, textData(ConsentTextVersion)},
		{ConsentBasis, textData(info.Basis)},
		{ConsentNote, textData(in.Note)},
		{ConsentChild, boolData(in.Child)},
		{ConsentAfter, refsData(in.After)},
	}
	c.texts(KindConsent, fields)
	if err := c.err(nil); err != nil {
		return Draft{}, err
	}
	return creation(KindConsent, fields), nil
}

// said checks who said something and how.
func (c *check) said(by string, relation Relation, channel Channel) {
	c.failIf(by == "", "by", CodeRequired)
	c.name("by", by)
	c.failIf(relation == 0, "relation", CodeRequired)
	c.choice("relation", RelationEnum, int64(relation))
	c.failIf(channel == 0, "channel", CodeRequired)
	c.choice("channel", ChannelEnum, int64(channel))
}

// Standing is how a purpose stands with one person.
type Standing uint8

// Standings. Only StandingByLaw and StandingGiven allow the use.
const (
	StandingNone      Standing = 1 // nobody has said anything: no
	StandingByLaw     Standing = 2 // nobody need be asked
	StandingGiven     Standing = 3 // yes
	StandingRefused   Standing = 4 // no
	StandingWithdrawn Standing = 5 // no longer
	StandingOutgrown  Standing = 6 // a guardian said yes before the child had a say, or the child is of age now: ask again
)

var standingKeys = []string{1: "none", 2: "by_law", 3: "given", 4: "refused", 5: "withdrawn", 6: "outgrown"}

// String returns the stable key.
func (x Standing) String() string { return key(standingKeys, int64(x)) }

// Allows reports whether data may be used for the purpose.
func (x Standing) Allows() bool { return x == StandingByLaw || x == StandingGiven }

// StandingOf says how a purpose stands on a day with somebody who was born on a day (0: not known), and by which
// statement, nil if by none. A statement that another one was made in the knowledge of has had its time. What is left
// are statements that did not know of each other: of these the one of the latest day stands and, within a day, a no
// before a yes. No clock is asked (I3): the day is what people wrote.
func StandingOf(purpose Purpose, said []Consent, born, on Day) (Standing, *Consent) {
	if info, _ := purpose.Info(); info.ByLaw {
		return StandingByLaw, nil
	}
	gone := map[p.EntityID]bool{}
	for i := range said {
		if said[i].Purpose == purpose && said[i].Void == "" {
			for _, id := range said[i].After {
				gone[id] = true
			}
		}
	}
	var stands *Consent
	for i := range said {
		x := &said[i]
		if x.Purpose != purpose || x.Void != "" || gone[x.ID] {
			continue
		}
		if stands == nil || stands.before(x) {
			stands = x
		}
	}
	if stands == nil {
		return StandingNone, nil
	}
	switch stands.Answer {
	case AnswerGiven:
		if born != 0 && outgrown(stands, born, on) {
			return StandingOutgrown, stands
		}
		return StandingGiven, stands
	case AnswerRefused:
		return StandingRefused, stands
	}
	return StandingWithdrawn, stands // also what a newer version may have said: not a yes
}

// before reports whether y stands against x.
func (x *Consent) before(y *Consent) bool {
	if x.On != y.On {
		return x.On < y.On
	}
	if (x.Answer == AnswerGiven) != (y.Answer == AnswerGiven) {
		return x.Answer == AnswerGiven
	}
	return x.ID.Compare(y.ID) < 0
}

// outgrown reports whether others are asked today than were asked when a yes was said, and have not said it.
func outgrown(x *Consent, born, on Day) bool {
	now := asked(born, on)
	if now == asked(born, x.On) {
		return false
	}
	return now == askBoth && !x.Child || now == askSelf && x.Relation != RelationSelf
}

// Who is asked, by age.
const (
	askGuardian = iota
	askBoth
	askSelf
)

func asked(born, on Day) int {
	switch years := on.AgeMonths(born) / 12; {
	case years >= AdultYears:
		return askSelf
	case years >= ChildAgreesYears:
		return askBoth
	}
	return askGuardian
}

// StatementsOn returns the statements about a purpose, for the After of a new one.
func StatementsOn(purpose Purpose, said []Consent) []p.EntityID {
	var out []p.EntityID
	for i := range said {
		if said[i].Purpose == purpose {
			out = append(out, said[i].ID)
		}
	}
	slices.SortFunc(out, p.EntityID.Compare)
	return out
}
