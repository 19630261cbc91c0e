package registry

import (
	"strings"

	p "tramy/syncproto"
)

// RecallsListed is under what all recalls are listed: each node asks for those of the country, and there is no place that all of
// them are at. It is the id of nothing: a dot never has these bits.
var RecallsListed = p.EntityID{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 'R', 1}

// How a recall stands, as the mark by which it is listed.
const (
	RecallOver    = 0 // lifted
	RecallInForce = 1
	RecallAgain   = 2 // in force, and its doses are given again
)

// RecallInput is a lot that is not to be given any more, as somebody decided it.
type RecallInput struct {
	Place    p.EntityID // the top of what it is for
	Vaccine  string     // code
	Number   string     // of the lot; compared as SameLot does
	Kind     RecallKind
	Reason   string
	Document string // the decision it rests on
	Product  string // maker or trade name
	Children RecallCare
	Day      Day    // of the decision
	Advice   string // what families are to be told
}

// Recall is such a lot as it stands.
type Recall struct {
	ID p.EntityID
	RecallInput
	Lifted   string // why it may be given again; "" if it may not
	LiftedOn Day
	Void     string
}

// RecallOf reads a recall from its state.
func RecallOf(s *p.State) Recall {
	void, _ := Voided(s)
	g := getter(s.Get)
	return Recall{
		ID: s.ID, Void: void, Lifted: g.text(RecallLifted), LiftedOn: g.day(RecallLiftedOn), RecallInput: RecallInput{
			Place: g.ref(p.FieldPlace), Vaccine: g.text(RecallVaccine), Number: g.text(RecallNumber), Kind: enumOf[RecallKind](g, RecallSort),
			Reason: g.text(RecallReason), Document: g.text(RecallDocument), Product: g.text(RecallProduct),
			Children: enumOf[RecallCare](g, RecallChildren), Day: g.day(RecallDay), Advice: g.text(RecallAdvice),
		},
	}
}

// InForce reports whether the lot is not to be given.
func (r *Recall) InForce() bool {
	return r.Void == "" && r.Lifted == "" && r.Vaccine != "" && FoldLot(r.Number) != ""
}

// Again reports whether the doses of the lot do not count, and are given again.
func (r *Recall) Again() bool { return r.InForce() && r.Children == CareAgain }

// Of reports whether it is about a lot of a vaccine.
func (in *RecallInput) Of(vaccine, number string) bool {
	return in.Vaccine == vaccine && SameLot(in.Number, number)
}

// standing is the mark by which a recall is listed.
func (r *Recall) standing() int {
	switch {
	case r.Again():
		return RecallAgain
	case r.InForce():
		return RecallInForce
	}
	return RecallOver
}

func (in *RecallInput) clean() {
	in.Vaccine, in.Number = strings.ToUpper(cleanLine(in.Vaccine)), CleanLot(in.Number)
	in.Reason, in.Advice = cleanText(in.Reason), cleanText(in.Advice)
	in.Document, in.Product = cleanLine(in.Document), cleanLine(in.Product)
}

func (in *RecallInput) fields() []fieldData {
	return []fieldData{
		{p.FieldPlace, refData(in.Place)},
		{RecallVaccine, textData(in.Vaccine)},
		{RecallNumber, textData(in.Number)},
		{RecallSort, intData(in.Kind)},
		{RecallReason, textData(in.Reason)},
		{RecallDocument, textData(in.Document)},
		{RecallProduct, textData(in.Product)},
		{RecallChildren, intData(in.Children)},
		{RecallDay, intData(in.Day)},
		{RecallAdvice, textData(in.Advice)},
	}
}

func (in *RecallInput) check(c *check, k Known) {
	c.failIf(in.Place.IsZero(), "place", CodePlaceRequired)
	c.failIf(in.Vaccine == "", "vaccine", CodeRequired)
	c.failIf(in.Vaccine != "" && k.Vaccine != nil && !k.Vaccine(in.Vaccine), "vaccine", CodeVaccineUnknown, "text", in.Vaccine)
	c.failIf(FoldLot(in.Number) == "", "number", CodeRequired)
	c.name("number", in.Number)
	c.failIf(in.Kind == 0, "kind", CodeRequired)
	c.choice("kind", RecallKindEnum, int64(in.Kind))
	c.failIf(in.Children == 0, "children", CodeRequired)
	c.choice("children", RecallCareEnum, int64(in.Children))
	c.failIf(in.Reason == "", "reason", CodeReasonRequired)
	c.name("document", in.Document)
	c.name("product", in.Product)
	c.failIf(in.Day == 0, "day", CodeRequired)
	c.failIf(in.Day > k.Today, "day", CodeDayFuture, "today", k.Today)
	c.texts(KindRecall, in.fields())
}

// NewRecall makes the draft of a recall, or the Errors in the way.
func NewRecall(in RecallInput, k Known) (Draft, error) {
	in.clean()
	var c check
	in.check(&c, k)
	if err := c.err(nil); err != nil {
		return Draft{}, err
	}
	return creation(KindRecall, in.fields()), nil
}

// EditRecall makes the draft after which a recall is as in says. Its place, vaccine and lot stay: vials were set apart by them. Who
// wrote another lot lifts this one and writes a new one.
func EditRecall(old *p.State, in RecallInput, k Known, saw Saw) (Draft, error) {
	was := RecallOf(old)
	in.Place, in.Vaccine, in.Number = was.Place, was.Vaccine, was.Number
	in.clean()
	var c check
	in.check(&c, k)
	c.failIf(!was.InForce(), "reason", CodeNotOpen)
	if err := c.err(nil); err != nil {
		return Draft{}, err
	}
	return edit(old, difference(old, in.fields()), saw)
}

// LiftRecall makes the draft by which the lot may be given again.
func LiftRecall(old *p.State, reason string, on Day, saw Saw) (Draft, error) {
	reason = cleanText(reason)
	was := RecallOf(old)
	var c check
	c.failIf(reason == "", "lifted", CodeReasonRequired)
	c.failIf(!was.InForce(), "lifted", CodeNotOpen)
	c.texts(KindRecall, []fieldData{{RecallLifted, textData(reason)}})
	if err := c.err(nil); err != nil {
		return Draft{}, err
	}
	return edit(old, Patch{RecallLifted: textData(reason), RecallLiftedOn: intData(on)}, saw)
}
