package registry

import (
	"maps"
	"slices"

	p "tramy/syncproto"
)

// Sign is something that was seen after a dose. Severe ones propose that the reaction is severe; a person decides.
type Sign struct {
	Code   string // stable; the catalogue has it under "sign."
	Severe bool
}

// SignOther is what no other code says; the note does.
const SignOther = "other"

// Signs are the codes, the frequent ones first. They are those of the WHO's standard reporting form for adverse events
// following immunization (Global manual on surveillance of AEFI, 2014, revised 2016) and those that Vietnam's definition of
// a severe one names: "khó thở, sốc phản vệ hay sốc dạng phản vệ, hội chứng sốc nhiễm độc, sốt cao co giật, trẻ khóc kéo dài,
// tím tái, ngừng thở" (TT 12/2014/TT-BYT, Art. 2(4); it has been replaced, and what replaced it shows no other list). What
// the WHO's manual counts among the severe vaccine reactions is severe as well: the collapse of an infant (hypotonic-
// hyporesponsive episode), seizures, encephalopathy, sepsis, thrombocytopenia, paralysis, and what is left of a limb that swells
// beyond the nearest joint. An abscess or a swollen gland after BCG is to be reported and threatens no life.
var Signs = []Sign{
	{"fever", false}, // 38 °C or more
	{"local", false}, // swelling, redness, pain where the needle was
	{"rash", false},
	{"vomiting", false}, // or loose stools
	{"crying", true},    // for three hours or more
	{"seizure", true},   // with fever or without
	{"collapse", true},  // limp, pale, does not answer (HHE)
	{"breathing", true},
	{"cyanosis", true},
	{"apnoea", true},
	{"anaphylaxis", true},
	{"severe_local", true}, // for more than three days, or beyond the nearest joint
	{"abscess", false},
	{"lymph_node", false}, // after BCG
	{"toxic_shock", true},
	{"sepsis", true},
	{"encephalopathy", true},
	{"thrombocytopenia", true},
	{"paralysis", true},
	{SignOther, false},
}

// SignOf finds a sign by its code.
func SignOf(code string) (Sign, bool) {
	i := slices.IndexFunc(Signs, func(s Sign) bool { return s.Code == code })
	if i < 0 {
		return Sign{}, false
	}
	return Signs[i], true
}

// ReportHours is within how many hours of being recorded a severe reaction must have been reported to the health department
// and the centre for disease control of the province (TT 13/2026/TT-BYT, Art. 15).
const ReportHours = 24

// ReactionDosesMax is how many doses one reaction may name: more than are given to anybody in one visit.
const ReactionDosesMax = 16

// ReactionInput is what people enter about a reaction. Zero values mean "not stated".
type ReactionInput struct {
	Subject   p.EntityID
	Place     p.EntityID // where it was recorded
	Doses     []p.EntityID
	On        Day
	Clock     Clock
	Signs     []string // codes of Signs
	Severity  Severity // 0: as the signs propose
	Treatment string
	Hospital  string
	Outcome   ReactionEnd
	Note      string
	Reporter  string
}

// Reaction is a reaction as recorded.
type Reaction struct {
	ID p.EntityID
	ReactionInput
	Told      Day
	ToldClock Clock
	ToldHow   string
	Void      string
}

// ReactionOf reads a reaction from its state.
func ReactionOf(s *p.State) Reaction {
	void, _ := Voided(s)
	g := getter(s.Get)
	return Reaction{
		ID: s.ID, ReactionInput: reactionFrom(g), Void: void,
		Told: g.day(ReactionTold), ToldClock: g.clock(ReactionToldClock), ToldHow: g.text(ReactionToldHow),
	}
}

// ReactionWith reads a reaction as it would be with some of its fields written over.
func ReactionWith(old *p.State, patch Patch) ReactionInput { return reactionFrom(over(old, patch)) }

func reactionFrom(g getter) ReactionInput {
	return ReactionInput{
		Subject: g.ref(p.FieldSubject), Place: g.ref(p.FieldPlace), Doses: g.refs(ReactionDoses), On: g.day(ReactionOn),
		Clock: g.clock(ReactionClock), Signs: g.texts(ReactionSigns), Severity: enumOf[Severity](g, ReactionSeverity),
		Treatment: g.text(ReactionTreatment), Hospital: g.text(ReactionHospital), Outcome: enumOf[ReactionEnd](g, ReactionOutcome),
		Note: g.text(ReactionNote), Reporter: g.text(ReactionReporter),
	}
}

// fields lists every field that people enter, in order of number.
func (in *ReactionInput) fields() []fieldData {
	return []fieldData{
		{p.FieldSubject, refData(in.Subject)},
		{p.FieldPlace, refData(in.Place)},
		{ReactionDoses, refsData(in.Doses)},
		{ReactionOn, intData(in.On)},
		{ReactionClock, clockData(in.Clock)},
		{ReactionSigns, textsData(in.Signs)},
		{ReactionSeverity, intData(in.Severity)},
		{ReactionTreatment, textData(in.Treatment)},
		{ReactionOutcome, intData(in.Outcome)},
		{ReactionHospital, textData(in.Hospital)},
		{ReactionNote, textData(in.Note)},
		{ReactionReporter, textData(in.Reporter)},
	}
}

// Severe reports whether it is to be reported at once.
func (r *Reaction) Severe() bool { return r.Severity == SeveritySevere && r.Void == "" }

// Ended reports whether nobody has to ask any more how it went on.
func (r *Reaction) Ended() bool {
	return r.Void != "" || r.Outcome == EndRecovered || r.Outcome == EndSequelae || r.Outcome == EndDied
}

// ProposedSeverity is what signs, a hospital and the outcome propose. The WHO's form counts as serious what led to a
// hospital, to death or to lasting harm, whatever was seen.
func (in *ReactionInput) ProposedSeverity() Severity {
	severe := in.Hospital != "" || in.Outcome == EndDied || in.Outcome == EndSequelae
	for _, code := range in.Signs {
		sign, _ := SignOf(code)
		severe = severe || sign.Severe
	}
	if severe {
		return SeveritySevere
	}
	return SeverityCommon
}

// ReactionKnown is what a reaction is checked against.
type ReactionKnown struct {
	Today Day
	Now   Clock
	// Doses are those that the person may name, each with its day.
	Doses map[p.EntityID]Day
}

// clean brings an entry into the form that is kept.
func (in *ReactionInput) clean() {
	in.Treatment, in.Note = cleanText(in.Treatment), cleanText(in.Note)
	in.Hospital, in.Reporter = cleanLine(in.Hospital), cleanLine(in.Reporter)
	chosen := cleanLines(in.Signs)
	in.Signs = nil
	for _, s := range Signs { // each once, in the order of the table
		if slices.Contains(chosen, s.Code) {
			in.Signs = append(in.Signs, s.Code)
		}
	}
	for _, code := range chosen {
		if _, known := SignOf(code); !known && !slices.Contains(in.Signs, code) {
			in.Signs = append(in.Signs, code)
		}
	}
	if in.Severity == 0 {
		in.Severity = in.ProposedSeverity()
	}
}

// check finds what is wrong with a cleaned entry. old are the signs and doses that stand already: what a newer version wrote
// is not refused to an older one that only follows up.
func (in *ReactionInput) check(known *ReactionKnown, old *ReactionInput) error {
	var c check
	c.failIf(in.Subject.IsZero(), "subject", CodeSubjectRequired)
	c.failIf(in.Place.IsZero(), "place", CodePlaceRequired)
	c.failIf(len(in.Signs) == 0, "signs", CodeSignRequired)
	for _, code := range in.Signs {
		if _, fine := SignOf(code); !fine && !slices.Contains(old.Signs, code) {
			c.fail("signs", CodeChoiceUnknown, "number", 0)
			break
		}
	}
	c.failIf(slices.Contains(in.Signs, SignOther) && in.Note == "", "note", CodeSignOther)
	c.choice("severity", SeverityEnum, int64(in.Severity))
	c.choice("outcome", ReactionEndEnum, int64(in.Outcome))
	c.failIf(len(in.Doses) > ReactionDosesMax, "doses", CodeTooMany, "max", ReactionDosesMax)
	c.failIf(len(in.Doses) == 0 && len(known.Doses) > 0, "doses", CodeDoseRequired)
	first := Day(0)
	for _, id := range in.Doses {
		day, fine := known.Doses[id]
		if !fine && !slices.Contains(old.Doses, id) {
			c.fail("doses", CodeDoseRequired)
			break
		}
		if fine && (first == 0 || day < first) {
			first = day
		}
	}
	c.failIf(in.On == 0, "began_on", CodeRequired)
	c.failIf(in.On > known.Today, "began_on", CodeDayFuture, "today", known.Today)
	c.failIf(in.On != 0 && in.On < first, "began_on", CodeDayBefore, "min", first)
	c.failIf(in.On == known.Today && in.Clock > known.Now && known.Now != 0, "began_minute", CodeTimeFuture)
	c.texts(KindReaction, in.fields())
	return c.err(nil)
}

// NewReaction makes the draft of a reaction, or the Errors in the way.
func NewReaction(in ReactionInput, known *ReactionKnown) (Draft, error) {
	in.clean()
	if err := in.check(known, &ReactionInput{}); err != nil {
		return Draft{}, err
	}
	return creation(KindReaction, in.fields()), nil
}

// AmendReaction follows a reaction up: in is the whole of it as the form came back. A severity that nobody chose follows the
// signs, but what was severe stays so until somebody says otherwise.
func AmendReaction(old *p.State, in ReactionInput, saw Saw, known *ReactionKnown) (Draft, error) {
	was := ReactionOf(old)
	in.Subject, in.Place = was.Subject, was.Place
	if in.Severity == 0 && was.Severity == SeveritySevere {
		in.Severity = SeveritySevere
	}
	in.clean()
	if was.Void != "" {
		return Draft{}, Errors{{Field: "void", Code: CodeNotOpen}}
	}
	if err := in.check(known, &was.ReactionInput); err != nil {
		return Draft{}, err
	}
	return edit(old, difference(old, in.fields()), saw)
}

// TellReaction notes that somebody above was told by other means than the exchange, and whom.
func TellReaction(old *p.State, on Day, clock Clock, how string, saw Saw, known *ReactionKnown) (Draft, error) {
	r := ReactionOf(old)
	how = cleanLine(how)
	var c check
	c.failIf(r.Void != "", "told_how", CodeNotOpen)
	c.failIf(how == "", "told_how", CodeRequired)
	c.failIf(len(how) > TextBytesMax, "told_how", CodeTextTooLong, "max", TextBytesMax)
	c.failIf(on > known.Today, "told_on", CodeDayFuture, "today", known.Today)
	c.failIf(on < r.On, "told_on", CodeDayBefore, "min", r.On)
	c.failIf(on == known.Today && clock > known.Now && known.Now != 0, "told_minute", CodeTimeFuture)
	if err := c.err(nil); err != nil {
		return Draft{}, err
	}
	return edit(old, Patch{ReactionTold: intData(on), ReactionToldClock: clockData(clock), ReactionToldHow: textData(how)}, saw)
}

// LotAt is a lot of a vaccine at a place. A Number of "" stands for a vial whose number nobody wrote down.
type LotAt struct {
	Place   p.EntityID
	Vaccine string
	Number  string
	Expires Day
}

// SuspendLot makes the draft by which a lot is not given any more at a place, for a reason and because of a reaction. old is
// the lot as it is kept there, nil if it was never put in hand.
func SuspendLot(old *p.State, lot LotAt, reason string, reaction p.EntityID) Draft {
	if old == nil {
		return creation(KindLot, []fieldData{
			{p.FieldPlace, refData(lot.Place)},
			{LotVaccine, textData(lot.Vaccine)},
			{LotNumber, textData(CleanLot(lot.Number))},
			{LotExpires, intData(lot.Expires)},
			{LotSuspended, textData(reason)},
			{LotReaction, refData(reaction)},
		})
	}
	return Draft{Kind: KindLot, Entity: old.ID, Writes: []p.Write{
		writeOver(LotSuspended, textData(reason), old.Values(LotSuspended)),
		writeOver(LotReaction, refData(reaction), old.Values(LotReaction)),
	}}
}

// LiftLot makes the draft by which a suspended lot may be given again. saw is what the form had shown: who was shown
// one reaction does not lift what a second one suspended meanwhile.
func LiftLot(old *p.State, reason string, saw Saw) (Draft, error) {
	reason = cleanLine(reason)
	var c check
	c.reason("lifted", reason)
	c.failIf(old.Get(LotSuspended).IsNull(), "lifted", CodeNotOpen)
	if err := c.err(nil); err != nil {
		return Draft{}, err
	}
	return edit(old, Patch{LotSuspended: p.Null(), LotLifted: textData(reason)}, saw)
}

// StopVaccines makes the draft by which a session gives some vaccines no more; empty if it stopped them before.
func StopVaccines(session *p.State, vaccines map[string]bool) Draft {
	stopped := getter(session.Get).texts(SessionStopped)
	all := slices.Clone(stopped)
	for _, v := range slices.Sorted(maps.Keys(vaccines)) {
		if !slices.Contains(all, v) {
			all = append(all, v)
		}
	}
	if len(all) == len(stopped) {
		return Draft{Kind: KindSession, Entity: session.ID}
	}
	return Edit(session, SessionStopped, textsData(all))
}

// ResumeVaccine takes StopVaccines back for one; empty if it is given.
func ResumeVaccine(session *p.State, vaccine string) Draft {
	stopped := getter(session.Get).texts(SessionStopped)
	if !slices.Contains(stopped, vaccine) {
		return Draft{Kind: KindSession, Entity: session.ID}
	}
	return Edit(session, SessionStopped, textsData(slices.DeleteFunc(stopped, func(v string) bool { return v == vaccine })))
}

// Suspension is a lot that is not given any more at a place.
type Suspension struct {
	Lot p.EntityID
	LotAt
	Reason   string
	Reaction p.EntityID // zero: suspended for another reason
}

// SuspensionOf reads why a lot is suspended; false if it is not.
func SuspensionOf(s *p.State) (Suspension, bool) {
	g := getter(s.Get)
	if _, void := Voided(s); void || s.Kind != KindLot {
		return Suspension{}, false
	}
	reason := suspendedFor(s)
	return Suspension{
		Lot: s.ID, LotAt: LotAt{Place: g.ref(p.FieldPlace), Vaccine: g.text(LotVaccine), Number: g.text(LotNumber), Expires: g.day(LotExpires)},
		Reason: reason, Reaction: g.ref(LotReaction),
	}, reason != ""
}
