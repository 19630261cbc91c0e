package registry

import (
	p "tramy/syncproto"
)

// Wish is what somebody asks about their data.
type Wish uint8

// Wishes.
const (
	WishView     Wish = 1 // to see the data, and who looked at them
	WishCorrect  Wish = 2
	WishRestrict Wish = 3 // no use beyond care and what the law orders
	WishDelete   Wish = 4
	WishWithdraw Wish = 5 // to take consents back
)

var wishKeys = []string{1: "view", 2: "correct", 3: "restrict", 4: "delete", 5: "withdraw"}

// Outcome is how a request ended.
type Outcome uint8

// Outcomes.
const (
	OutcomeDone       Outcome = 1 // as asked
	OutcomePartly     Outcome = 2 // the answer says what not, and why
	OutcomeRefused    Outcome = 3 // the answer says why
	OutcomeRestricted Outcome = 4 // the law keeps the record: it is restricted instead of deleted
)

var outcomeKeys = []string{1: "done", 2: "partly", 3: "refused", 4: "restricted"}

// String returns the stable key.
func (x Wish) String() string { return key(wishKeys, int64(x)) }

// String returns the stable key.
func (x Outcome) String() string { return key(outcomeKeys, int64(x)) }

// AnswerWorkdays is within how many working days whoever asks must be told that it is being seen to (Law 91/2025/QH15
// and Decree 356/2025/NĐ-CP).
const AnswerWorkdays = 2

// wishDays is within how many days a wish must be carried out, by the same decree. It says days where it says working
// days of the answer, so these run through weekends, and end on the working day before where the last is a day off:
// whoever keeps this keeps every reading of it.
var wishDays = map[Wish]int{WishView: 10, WishCorrect: 10, WishWithdraw: 15, WishRestrict: 15, WishDelete: 20}

// Days is within how many days a wish must be carried out, 0 if this version does not know it.
func (x Wish) Days() int { return wishDays[x] }

// Outcomes are the ways in which a wish may end. A record of doses, screening and what followed may not be erased (TT
// 33/2025/TT-BYT keeps records ten years; individual doses are needed for life): instead of deleting it is restricted.
func (x Wish) Outcomes() []Outcome {
	if x == WishDelete {
		return []Outcome{OutcomeRestricted, OutcomePartly, OutcomeRefused}
	}
	return []Outcome{OutcomeDone, OutcomePartly, OutcomeRefused}
}

// RequestInput is a request as it is received.
type RequestInput struct {
	Subject  p.EntityID
	Place    p.EntityID
	Wish     Wish
	By       string // who asks
	Relation Relation
	On       Day
	Channel  Channel
	Words    string // what is asked for
}

// Request is a request as it stands.
type Request struct {
	ID p.EntityID
	RequestInput
	Answered Day    // 0: nobody has answered yet
	Extended string // why it was put off; "" if it was not
	Outcome  Outcome
	Answer   string
	Done     Day // 0: open
	Handler  p.EntityID
	Lifted   string // why a restriction ended; "" if it did not
	Void     string
}

// RequestOf reads a request from its state.
func RequestOf(s *p.State) Request {
	g := getter(s.Get)
	void, _ := Voided(s)
	return Request{
		ID: s.ID, RequestInput: RequestInput{
			Subject: g.ref(p.FieldSubject), Place: g.ref(p.FieldPlace), Wish: enumOf[Wish](g, RequestWish), By: g.text(RequestBy),
			Relation: enumOf[Relation](g, RequestRelation), On: g.day(RequestOn), Channel: enumOf[Channel](g, RequestChannel),
			Words: g.text(RequestWords),
		},
		Answered: g.day(RequestAnswered), Extended: g.text(RequestExtended), Outcome: enumOf[Outcome](g, RequestOutcome),
		Answer: g.text(RequestAnswer), Done: g.day(RequestDone), Handler: g.ref(RequestHandler), Lifted: g.text(RequestLifted), Void: void,
	}
}

// Open reports whether the request waits for somebody.
func (r *Request) Open() bool { return r.Done == 0 && r.Void == "" }

// AnswerBy is until when whoever asks must be told that it is being seen to.
func (r *Request) AnswerBy() Day { return r.On.AddWorkdays(AnswerWorkdays) }

// DoneBy is until when the request must be carried out.
func (r *Request) DoneBy() Day {
	days := r.Wish.Days()
	if r.Extended != "" {
		days *= 2
	}
	return max(r.On, (r.On + Day(days)).workdayBy())
}

// NextBy is the deadline that comes next: of the answer until there is one, then of the thing itself.
func (r *Request) NextBy() Day {
	if r.Answered == 0 {
		return r.AnswerBy()
	}
	return r.DoneBy()
}

// Restricts reports whether the person's data are out of bounds for all but care and what the law orders.
func (r *Request) Restricts() bool {
	if r.Void != "" || r.Lifted != "" || r.Done == 0 {
		return false
	}
	granted := r.Outcome == OutcomeDone || r.Outcome == OutcomePartly
	return r.Outcome == OutcomeRestricted || r.Wish == WishRestrict && granted
}

// NewRequest makes the draft of a request, or the Errors in the way.
func NewRequest(in RequestInput, today Day) (Draft, error) {
	in.By, in.Words = cleanLine(in.By), cleanText(in.Words)
	if in.On == 0 {
		in.On = today
	}
	var c check
	c.failIf(in.Subject.IsZero(), "subject", CodeSubjectRequired)
	c.failIf(in.Place.IsZero(), "place", CodePlaceRequired)
	c.failIf(in.Wish == 0, "wish", CodeRequired)
	c.choice("wish", WishEnum, int64(in.Wish))
	c.said(in.By, in.Relation, in.Channel)
	c.failIf(in.On > today, "on", CodeDayFuture, "today", today)
	fields := []fieldData{
		{p.FieldSubject, refData(in.Subject)},
		{p.FieldPlace, refData(in.Place)},
		{RequestWish, intData(in.Wish)},
		{RequestBy, textData(in.By)},
		{RequestRelation, intData(in.Relation)},
		{RequestOn, intData(in.On)},
		{RequestChannel, intData(in.Channel)},
		{RequestWords, textData(in.Words)},
	}
	c.texts(KindRequest, fields)
	if err := c.err(nil); err != nil {
		return Draft{}, err
	}
	return creation(KindRequest, fields), nil
}

// AnswerRequest notes that whoever asked was told that it is being seen to. saw is what the form had shown, here and below:
// two who decide at once are told of each other.
func AnswerRequest(old *p.State, on, today Day, saw Saw) (Draft, error) {
	r := RequestOf(old)
	var c check
	c.failIf(!r.Open() || r.Answered != 0, "answered", CodeNotOpen)
	c.failIf(on > today, "answered", CodeDayFuture, "today", today)
	c.failIf(on < r.On, "answered", CodeDayBefore, "min", r.On)
	if err := c.err(nil); err != nil {
		return Draft{}, err
	}
	return edit(old, Patch{RequestAnswered: intData(on)}, saw)
}

// ExtendRequest puts the deadline off, once and with a reason.
func ExtendRequest(old *p.State, reason string, saw Saw) (Draft, error) {
	r := RequestOf(old)
	reason = cleanLine(reason)
	var c check
	c.failIf(!r.Open(), "extended", CodeNotOpen)
	c.failIf(r.Extended != "", "extended", CodeOnlyOnce)
	c.reason("extended", reason)
	if err := c.err(nil); err != nil {
		return Draft{}, err
	}
	return edit(old, Patch{RequestExtended: textData(reason)}, saw)
}

// CloseRequest ends a request. An answer in words is required: whoever asked is told how it ended, and why.
func CloseRequest(old *p.State, outcome Outcome, answer string, handler p.EntityID, today Day, saw Saw) (Draft, error) {
	r := RequestOf(old)
	answer = cleanText(answer)
	var c check
	c.failIf(!r.Open(), "outcome", CodeNotOpen)
	c.failIf(outcome == 0, "outcome", CodeRequired)
	allowed := false
	for _, x := range r.Wish.Outcomes() {
		allowed = allowed || x == outcome
	}
	switch {
	case outcome == 0 || allowed:
	case r.Wish == WishDelete:
		c.fail("outcome", CodeLawKeeps)
	default:
		c.fail("outcome", CodeChoiceUnknown, "number", int(outcome))
	}
	c.reason("answer", answer)
	if err := c.err(nil); err != nil {
		return Draft{}, err
	}
	patch := Patch{RequestOutcome: intData(outcome), RequestAnswer: textData(answer), RequestDone: intData(today), RequestHandler: refData(handler)}
	if r.Answered == 0 {
		patch[RequestAnswered] = intData(today)
	}
	return edit(old, patch, saw)
}

// LiftRequest ends the restriction that a request brought.
func LiftRequest(old *p.State, reason string, saw Saw) (Draft, error) {
	r := RequestOf(old)
	reason = cleanLine(reason)
	var c check
	c.failIf(!r.Restricts(), "lifted", CodeNotOpen)
	c.reason("lifted", reason)
	if err := c.err(nil); err != nil {
		return Draft{}, err
	}
	return edit(old, Patch{RequestLifted: textData(reason)}, saw)
}

// reason checks a text that must say why.
func (c *check) reason(field, text string) {
	c.failIf(text == "", field, CodeReasonRequired)
	c.failIf(len(text) > TextBytesMax, field, CodeTextTooLong, "max", TextBytesMax)
}
