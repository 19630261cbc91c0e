package registry

import p "tramy/syncproto"

// ContactInput is an attempt to reach somebody who did not come. Zero values mean "not stated".
type ContactInput struct {
	Subject p.EntityID
	Place   p.EntityID // the station that tried
	On      Day
	Clock   Clock
	Via     ContactWay
	Came    ContactResult
	Until   Day // comes then, or is away until then: until that day nobody is called again
	Note    string
	By      string
}

// Contact is an attempt as recorded.
type Contact struct {
	ID p.EntityID
	ContactInput
	Void string
}

// ContactOf reads an attempt from its state.
func ContactOf(s *p.State) Contact {
	void, _ := Voided(s)
	g := getter(s.Get)
	return Contact{ID: s.ID, Void: void, ContactInput: ContactInput{
		Subject: g.ref(p.FieldSubject), Place: g.ref(p.FieldPlace), On: g.day(ContactOn), Clock: g.clock(ContactClock),
		Via: enumOf[ContactWay](g, ContactVia), Came: enumOf[ContactResult](g, ContactCame), Until: g.day(ContactUntil),
		Note: g.text(ContactNote), By: g.text(ContactBy),
	}}
}

// NewContact makes the draft of an attempt, or the Errors in the way.
func NewContact(in ContactInput, today Day) (Draft, error) {
	in.Note, in.By = cleanText(in.Note), cleanLine(in.By)
	if in.On == 0 {
		in.On = today
	}
	if in.Via == 0 {
		in.Via = ContactPhone
	}
	fields := []fieldData{
		{p.FieldSubject, refData(in.Subject)},
		{p.FieldPlace, refData(in.Place)},
		{ContactOn, intData(in.On)},
		{ContactClock, clockData(in.Clock)},
		{ContactVia, intData(in.Via)},
		{ContactCame, intData(in.Came)},
		{ContactUntil, intData(in.Until)},
		{ContactNote, textData(in.Note)},
		{ContactBy, textData(in.By)},
	}
	var c check
	c.failIf(in.Subject.IsZero(), "subject", CodeSubjectRequired)
	c.failIf(in.Place.IsZero(), "place", CodePlaceRequired)
	c.failIf(in.Came == 0, "result", CodeRequired)
	c.choice("result", ContactResultEnum, int64(in.Came))
	c.choice("way", ContactWayEnum, int64(in.Via))
	c.failIf(in.On > today, "on", CodeDayFuture, "today", today)
	c.failIf(in.Came == ContactAway && in.Until == 0, "until", CodeUntilRequired)
	c.failIf(in.Until != 0 && in.Until < in.On, "until", CodeDayBefore, "min", in.On)
	c.failIf(in.Until > today+nextDaysMax, "until", CodeUntilFar, "max", today+nextDaysMax)
	c.failIf(in.Came == ContactOther && in.Note == "", "note", CodeRequired)
	c.texts(KindContact, fields)
	if err := c.err(nil); err != nil {
		return Draft{}, err
	}
	return creation(KindContact, fields), nil
}
