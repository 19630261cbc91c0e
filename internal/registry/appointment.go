package registry

import (
	p "tramy/syncproto"
)

// AppointmentInput calls a person to a session.
type AppointmentInput struct {
	Subject p.EntityID
	Session p.EntityID
	Place   p.EntityID
	Day     Day // as the family was told; the session says on which day it is
	Clock   Clock
	Note    string
	// Agreed says that somebody spoke with the family, or chose the hour for them; where hours are spread over a whole hamlet nobody
	// did. What older versions wrote does not say it.
	Agreed bool
}

// Appointment is an appointment as it stands.
type Appointment struct {
	ID p.EntityID
	AppointmentInput
	Void string
}

// AppointmentOf reads an appointment from its state.
func AppointmentOf(s *p.State) Appointment {
	g := getter(s.Get)
	void, _ := Voided(s)
	return Appointment{
		ID: s.ID, AppointmentInput: AppointmentInput{
			Subject: g.ref(p.FieldSubject), Session: g.ref(AppointmentSession), Place: g.ref(p.FieldPlace), Day: g.day(AppointmentDay),
			Clock: g.clock(AppointmentClock), Note: g.text(AppointmentNote), Agreed: g(AppointmentAgreed).Bool(),
		}, Void: void,
	}
}

// NewAppointment makes the draft that calls somebody to a session at a time, or the Errors in the way.
func NewAppointment(subject p.EntityID, s *Session, at Clock, agreed bool, today Day) (Draft, error) {
	in := AppointmentInput{Subject: subject, Session: s.ID, Place: s.Place, Day: s.Day, Clock: at, Agreed: agreed}
	var c check
	c.failIf(subject.IsZero(), "subject", CodeSubjectRequired)
	c.failIf(!s.Live() || s.Day < today, "session", CodeSessionOver)
	c.failIf(!s.During(at), "minute", CodeClockOutside, "from", s.From.String(), "until", s.Until.String())
	if err := c.err(nil); err != nil {
		return Draft{}, err
	}
	return creation(KindAppointment, []fieldData{
		{p.FieldSubject, refData(in.Subject)},
		{p.FieldPlace, refData(in.Place)},
		{AppointmentSession, refData(in.Session)},
		{AppointmentDay, intData(in.Day)},
		{AppointmentClock, clockData(in.Clock)},
		{AppointmentAgreed, boolData(in.Agreed)},
	}), nil
}

// RetimeAppointment gives an appointment another time in its session. One that was agreed stays so, even if its time is worked out anew.
func RetimeAppointment(old *p.State, s *Session, at Clock, agreed bool, today Day, saw Saw) (Draft, error) {
	var c check
	c.failIf(!s.Live() || s.Day < today, "session", CodeSessionOver)
	c.failIf(!s.During(at), "minute", CodeClockOutside, "from", s.From.String(), "until", s.Until.String())
	if err := c.err(nil); err != nil {
		return Draft{}, err
	}
	patch := Patch{AppointmentClock: clockData(at)}
	if agreed {
		patch[AppointmentAgreed] = boolData(true)
	}
	return edit(old, patch, saw)
}

// TellAppointment notes that the family was told on which day the session is now, or that it was cancelled: then there is no
// appointment any more.
func TellAppointment(old *p.State, s *Session, saw Saw) (Draft, error) {
	if !s.Live() {
		reason := s.Cancelled
		if reason == "" {
			reason = s.Void
		}
		return Void(old, reason, saw)
	}
	return edit(old, Patch{AppointmentDay: intData(s.Day)}, saw)
}

// UntimeAppointment gives an appointment back the time that it had, and whether that was agreed, whatever the session's hours are now.
func UntimeAppointment(old *p.State, was Clock, agreed bool) (Draft, error) {
	return edit(old, Patch{AppointmentClock: clockData(was), AppointmentAgreed: boolData(agreed)}, SawOf(old))
}
