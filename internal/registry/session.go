package registry

import (
	"slices"
	"strings"

	p "tramy/syncproto"
)

// Limits of a vaccination session.
const (
	SessionDaysMax     = 400 // how far ahead one is planned
	SessionCapacityMax = 300 // people an hour
	SessionHamletsMax  = 100
	SessionVaccinesMax = 60
)

// SessionInput is a session as it is planned.
type SessionInput struct {
	Place       p.EntityID // the station or point that holds it
	Day         Day
	From, Until Clock
	Setting     Setting
	Site        string   // where, if not at the place itself
	Capacity    int      // people an hour
	Online      int      // places that families may book themselves
	Hamlets     []string // whom it is for; none: everybody
	Vaccines    []string // codes; none: all
	Note        string
}

// Session is a session as it stands.
type Session struct {
	ID p.EntityID
	SessionInput
	Stopped   []string // vaccines that are not given any more
	Closed    Clock    // 0: not closed
	ClosedBy  p.EntityID
	Cancelled string // reason; "" if it takes place
	Void      string
}

// SessionOf reads a session from its state.
func SessionOf(s *p.State) Session {
	g := getter(s.Get)
	void, _ := Voided(s)
	return Session{
		ID: s.ID, SessionInput: SessionInput{
			Place: g.ref(p.FieldPlace), Day: g.day(SessionDay), From: g.clock(SessionFrom), Until: g.clock(SessionUntil),
			Setting: enumOf[Setting](g, SessionSetting), Site: g.text(SessionSite), Capacity: g.small(SessionCapacity), Online: g.small(SessionOnline),
			Hamlets: g.texts(SessionHamlets), Vaccines: g.texts(SessionVaccines), Note: g.text(SessionNote),
		},
		Stopped: g.texts(SessionStopped), Closed: g.clock(SessionClosed), ClosedBy: g.ref(SessionClosedBy),
		Cancelled: g.text(SessionCancelled), Void: void,
	}
}

// Live reports whether the session takes place.
func (s *Session) Live() bool { return s.Cancelled == "" && s.Void == "" }

// Minutes is how long the session lasts.
func (s *SessionInput) Minutes() int { return max(0, int(s.Until)-int(s.From)) }

// Places is how many people the session has time for.
func (s *SessionInput) Places() int { return s.Capacity * s.Minutes() / 60 }

// During reports whether a time lies within its hours.
func (s *SessionInput) During(c Clock) bool { return c != 0 && s.From <= c && c < s.Until }

// Calls reports whether the session is for the people of a hamlet.
func (s *SessionInput) Calls(hamlet string) bool {
	if len(s.Hamlets) == 0 {
		return true
	}
	key := FoldHamlet(hamlet)
	return slices.ContainsFunc(s.Hamlets, func(h string) bool { return FoldHamlet(h) == key })
}

// Gives reports whether a vaccine is given there.
func (s *Session) Gives(vaccine string) bool {
	return (len(s.Vaccines) == 0 || slices.Contains(s.Vaccines, vaccine)) && !slices.Contains(s.Stopped, vaccine)
}

func (s *SessionInput) clean() {
	s.Site, s.Note = cleanLine(s.Site), cleanText(s.Note)
	s.Hamlets = distinct(cleanLines(s.Hamlets), FoldHamlet)
	s.Vaccines = distinct(cleanLines(s.Vaccines), strings.ToUpper)
	for i := range s.Vaccines {
		s.Vaccines[i] = strings.ToUpper(s.Vaccines[i])
	}
	if s.Setting == 0 {
		s.Setting = SettingStation
	}
}

// distinct leaves out what has the same key as something before it.
func distinct(list []string, key func(string) string) []string {
	seen := map[string]bool{}
	return slices.DeleteFunc(list, func(s string) bool {
		k := key(s)
		had := seen[k]
		seen[k] = true
		return had
	})
}

func (s *SessionInput) fields() []fieldData {
	return []fieldData{
		{p.FieldPlace, refData(s.Place)},
		{SessionDay, intData(s.Day)},
		{SessionFrom, clockData(s.From)},
		{SessionUntil, clockData(s.Until)},
		{SessionSetting, intData(s.Setting)},
		{SessionSite, textData(s.Site)},
		{SessionCapacity, intData(s.Capacity)},
		{SessionOnline, intData(s.Online)},
		{SessionHamlets, textsData(s.Hamlets)},
		{SessionVaccines, textsData(s.Vaccines)},
		{SessionNote, textData(s.Note)},
	}
}

func (s *SessionInput) check(c *check, k Known) {
	c.failIf(s.Place.IsZero(), "place", CodePlaceRequired)
	c.failIf(!s.Place.IsZero() && k.Place != nil && !k.Place(s.Place), "place", CodePlaceBeyond)
	c.failIf(s.Day == 0, "day", CodeRequired)
	c.failIf(s.Day > k.Today+SessionDaysMax, "day", CodeDayFar, "max", k.Today+SessionDaysMax)
	c.failIf(s.From == 0, "from", CodeRequired)
	c.failIf(s.Until == 0, "until", CodeRequired)
	c.failIf(s.From != 0 && s.Until != 0 && s.Until <= s.From, "until", CodeClockReversed)
	c.choice("setting", SettingEnum, int64(s.Setting))
	c.failIf((s.Setting == SettingOutreach || s.Setting == SettingSchool) && s.Site == "", "site", CodeRequired)
	c.failIf(s.Capacity < 1 || s.Capacity > SessionCapacityMax, "capacity", CodeRange, "min", 1, "max", SessionCapacityMax)
	c.failIf(s.Online < 0 || s.Online > max(0, s.Places()), "online", CodeRange, "min", 0, "max", max(0, s.Places()))
	c.failIf(len(s.Hamlets) > SessionHamletsMax, "hamlets", CodeTooMany, "max", SessionHamletsMax)
	c.failIf(len(s.Vaccines) > SessionVaccinesMax, "vaccines", CodeTooMany, "max", SessionVaccinesMax)
	for _, v := range s.Vaccines {
		c.failIf(k.Vaccine != nil && !k.Vaccine(v), "vaccines", CodeVaccineUnknown, "text", v)
	}
	c.texts(KindSession, s.fields())
}

// NewSession makes the draft of a session that is planned, or the Errors in the way.
func NewSession(in SessionInput, k Known) (Draft, error) {
	in.clean()
	var c check
	in.check(&c, k)
	c.failIf(in.Day != 0 && in.Day < k.Today, "day", CodeDayBefore, "min", k.Today)
	if err := c.err(nil); err != nil {
		return Draft{}, err
	}
	return creation(KindSession, in.fields()), nil
}

// EditSession makes the draft after which the session is as in says, except for its day, which MoveSession moves. saw is what
// the form had shown, here and below.
func EditSession(old *p.State, in SessionInput, k Known, saw Saw) (Draft, error) {
	s := SessionOf(old)
	in.clean()
	in.Day, in.Place = s.Day, s.Place
	var c check
	c.failIf(!s.Live() || s.Day < k.Today, "day", CodeSessionOver)
	in.check(&c, k)
	if err := c.err(nil); err != nil {
		return Draft{}, err
	}
	return edit(old, difference(old, in.fields()), saw)
}

// MoveSession puts a session off, or forward, with its appointments: these name the session, and it alone says the day.
func MoveSession(old *p.State, to Day, from, until Clock, reason string, k Known, saw Saw) (Draft, error) {
	s := SessionOf(old)
	in := s.SessionInput
	in.Day, in.From, in.Until, reason = to, from, until, cleanLine(reason)
	var c check
	c.failIf(!s.Live() || s.Day < k.Today, "day", CodeSessionOver)
	c.failIf(to != 0 && to < k.Today, "day", CodeDayBefore, "min", k.Today)
	c.reason("note", reason)
	in.Online = min(in.Online, in.Places())
	in.check(&c, k)
	if err := c.err(nil); err != nil {
		return Draft{}, err
	}
	in.Note = reason
	return edit(old, difference(old, in.fields()), saw)
}

// CancelSession says that a session does not take place.
func CancelSession(old *p.State, reason string, today Day, saw Saw) (Draft, error) {
	s := SessionOf(old)
	reason = cleanLine(reason)
	var c check
	c.failIf(!s.Live() || s.Day < today, "cancelled", CodeSessionOver)
	c.reason("cancelled", reason)
	if err := c.err(nil); err != nil {
		return Draft{}, err
	}
	return edit(old, Patch{SessionCancelled: textData(reason)}, saw)
}

// HoldSession takes a cancellation back.
func HoldSession(old *p.State, today Day, saw Saw) (Draft, error) {
	s := SessionOf(old)
	var c check
	c.failIf(s.Void != "" || s.Day < today, "cancelled", CodeSessionOver)
	if err := c.err(nil); err != nil {
		return Draft{}, err
	}
	return edit(old, Patch{SessionCancelled: p.Null()}, saw)
}

// MonthlyDays are the days of sessions that are held on the same days of each month, such as the 5th and the 25th: from today
// on, of this month and so many more. A month that is too short has the session on its last day.
func MonthlyDays(today Day, daysOfMonth []int, months int) []Day {
	var out []Day
	for m := today.Month(); m <= today.Month()+Month(months); m++ {
		for _, n := range daysOfMonth {
			day := min(m.First()+Day(n-1), m.Last())
			if day >= today && !slices.Contains(out, day) {
				out = append(out, day)
			}
		}
	}
	slices.Sort(out)
	return out
}

// RestoreSession makes the draft after which a session is planned as it was before.
func RestoreSession(old *p.State, before Session) (Draft, error) {
	return edit(old, difference(old, before.fields()), SawOf(old))
}
