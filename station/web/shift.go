package web

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"tramy/internal/desk"
	"tramy/internal/pages"
	"tramy/internal/registry"
	"tramy/internal/ui"
)

// The two shifts of a delivery room, as most hospitals have them. Any other hours can be typed.
const (
	dayBegins = 6 * 60 // minutes after midnight
	dayEnds   = 18 * 60
	dayLength = 24 * 60
)

// shift is the span of time that the page of births shows, and in which a time typed without its day lies.
type shift struct {
	on          registry.Day
	from, until registry.Clock
	typed       [3]string // on, from, until
	errs        map[string]string
}

// nowOf is the moment of a request.
func nowOf(c *pages.Call) desk.Moment {
	return desk.Moment{Day: c.Today, Minute: c.Now.Hour()*60 + c.Now.Minute()}
}

// regular returns the shift that was on n shifts before the present one.
func regular(now desk.Moment, n int) shift {
	total := int(now.Day)*dayLength + now.Minute - dayBegins - n*(dayEnds-dayBegins)
	day, rest := total/dayLength, total%dayLength
	s := shift{on: registry.Day(day), from: clockOf(dayBegins), until: clockOf(dayEnds)}
	if rest >= dayEnds-dayBegins {
		s.from, s.until = s.until, s.from
	}
	return s
}

func clockOf(minutes int) registry.Clock { return registry.NewClock(minutes/60, minutes%60) }

// begins and ends are the first moment of the shift and the first after it: until an hour that is not later it goes into the next day.
func (s *shift) begins() desk.Moment {
	minute, _ := s.from.Minute()
	return desk.Moment{Day: s.on, Minute: minute}
}

func (s *shift) ends() desk.Moment {
	minute, _ := s.until.Minute()
	if s.until <= s.from {
		return desk.Moment{Day: s.on + 1, Minute: minute}
	}
	return desk.Moment{Day: s.on, Minute: minute}
}

// night reports whether it goes over midnight.
func (s *shift) night() bool { return s.until <= s.from }

func (s *shift) path() string {
	return ui.PathBirths + "?" + url.Values{"on": {s.on.String()}, "from": {s.from.String()}, "until": {s.until.String()}}.Encode()
}

// hours names it: "06:00 đến 18:00".
func (s *shift) hours(c *pages.Call) string {
	return c.T("births_say.hours", "from", s.from.String(), "until", s.until.String())
}

// readShift reads a shift from an address or a form. What is left out or cannot be read is that of the present shift, and said.
func readShift(c *pages.Call, value func(string) string) *shift {
	s := regular(nowOf(c), 0)
	s.errs = map[string]string{}
	for i, name := range []string{"on", "from", "until"} {
		s.typed[i] = strings.TrimSpace(value(name))
	}
	if text := s.typed[0]; text != "" {
		if day, err := registry.ParseDay(text, c.Today); err != nil {
			s.errs["on"] = c.DateError(err)
		} else {
			s.on = day
		}
	}
	for i, at := range []*registry.Clock{&s.from, &s.until} {
		text := s.typed[i+1]
		if text == "" {
			continue
		}
		if clock, err := registry.ParseClock(text); err != nil {
			s.errs[[]string{"from", "until"}[i]] = c.T("invalid.time_unreadable", "text", text)
		} else {
			*at = clock
		}
	}
	return &s
}

func (s *shift) field(name string, i int, value string) ui.Field {
	if s.errs[name] != "" {
		value = s.typed[i]
	}
	return ui.Field{Value: value, Error: s.errs[name]}
}

// show puts the shift on its page.
func (s *shift) show(c *pages.Call, page *ui.Births) {
	now := nowOf(c)
	page.On, page.From, page.Until = s.field("on", 0, s.on.String()), s.field("from", 1, s.from.String()), s.field("until", 2, s.until.String())
	page.Title = c.T("births_say.shift", "on", s.on.String(), "hours", s.hours(c))
	const offered = 4
	for n := range offered {
		r := regular(now, n)
		word := "births_say.day"
		if r.night() {
			word = "births_say.night"
		}
		page.Shifts = append(page.Shifts, ui.Shift{Href: r.path(), Name: c.T(word, "on", c.Words.ShortDate(midnight(r.on))), Current: r.on == s.on && r.from == s.from && r.until == s.until})
	}
}

func midnight(day registry.Day) time.Time {
	y, m, d := day.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// moment reads a time as typed: an hour alone lies in the shift, anything else has its day before it. The sentence says what is wrong.
func (s *shift) moment(c *pages.Call, text string) (desk.Moment, string) {
	var at desk.Moment
	clock, err := registry.ParseClock(text)
	if err == nil {
		at.Day = s.on
		at.Minute, _ = clock.Minute()
		if at.Before(s.begins()) {
			at.Day++
		}
		if !at.Before(s.ends()) {
			return at, c.T("births_say.outside", "text", clock.String(), "from", s.from.String(), "until", s.until.String(), "example", fmt.Sprintf("%s %s", c.Today, clock))
		}
	} else {
		cut := max(strings.LastIndexByte(text, ' '), 0)
		day, err := registry.ParseDay(text[:cut], c.Today)
		hour, herr := registry.ParseClock(text[cut:])
		if err != nil || herr != nil {
			if _, err := registry.ParseDay(text, c.Today); err == nil {
				return at, c.T("births_say.no_hour")
			}
			return at, c.T("invalid.time_unreadable", "text", text)
		}
		at.Day = day
		at.Minute, _ = hour.Minute()
	}
	if nowOf(c).Before(at) {
		return at, c.T("invalid.time_future")
	}
	return at, ""
}
