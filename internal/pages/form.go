package pages

import (
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strconv"
	"strings"

	"tramy/internal/registry"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

func itoa(n int) string { return strconv.Itoa(n) }

// seen is what a form knew when it was drawn, sent back in its hidden field: the values it had shown and a
// fingerprint of each control as it stood. A control that nobody touched is not written, so that a form
// which was open for long undoes nothing.
type seen struct {
	saw      registry.Saw
	controls map[string]string // name to fingerprint
}

const seenMark = "~"

// newSeen is what a form drawn from a state knows.
func newSeen(s *p.State, controls map[string]string) seen {
	out := seen{saw: registry.SawOf(s), controls: map[string]string{}}
	for name, value := range controls {
		out.controls[name] = fingerprint(value)
	}
	return out
}

// fingerprint is short: what it must tell apart is one value from the one somebody types over it.
func fingerprint(value string) string {
	sum := sha256.Sum256([]byte(strings.ReplaceAll(strings.TrimSpace(value), "\r\n", "\n")))
	return base64.RawURLEncoding.EncodeToString(sum[:6])
}

func (s seen) String() string {
	names := make([]string, 0, len(s.controls))
	for name := range s.controls {
		names = append(names, name)
	}
	slices.Sort(names)
	parts := make([]string, 0, len(names))
	for _, name := range names {
		parts = append(parts, name+"="+s.controls[name])
	}
	return s.saw.String() + seenMark + strings.Join(parts, ",")
}

// parseSeen reads what String wrote; what cannot be read has seen nothing, and the form is then stale.
func parseSeen(text string) seen {
	saw, controls, _ := strings.Cut(text, seenMark)
	out := seen{controls: map[string]string{}}
	var err error
	if out.saw, err = registry.ParseSaw(saw); err != nil {
		out.saw = registry.Saw{}
	}
	for part := range strings.SplitSeq(controls, ",") {
		if name, print, ok := strings.Cut(part, "="); ok {
			out.controls[name] = print
		}
	}
	return out
}

// touched reports whether a control says something else than it did.
func (s seen) touched(name, value string) bool { return s.controls[name] != fingerprint(value) }

// show notes that the form now shows all of a field's values.
func (s seen) show(f p.Field, values []p.Value) {
	delete(s.saw, f)
	for _, v := range values {
		s.saw[f] = append(s.saw[f], v.Dot)
	}
}

// sawOf is what a form knows that shows one field.
func sawOf(f p.Field, values []p.Value) registry.Saw {
	s := seen{saw: registry.Saw{}}
	s.show(f, values)
	return s.saw
}

// choices turns an enumeration into options, with a dash first if none need be chosen.
func (c *Call) choices(e *registry.Enum, value int64, dash bool, only ...string) ui.Select {
	out := ui.Select{Value: e.Key(value)}
	if dash {
		out.Options = append(out.Options, ui.Option{Text: c.T("say.none")})
	}
	for _, key := range e.Keys() {
		if len(only) == 0 || slices.Contains(only, key) || key == out.Value {
			out.Options = append(out.Options, ui.Option{Value: key, Text: c.T(e.Name + "." + key)})
		}
	}
	return out
}

// chosen reads an enumeration from a form; false if it is no choice of it.
func chosen(e *registry.Enum, key string) (int64, bool) {
	if key == "" {
		return 0, true
	}
	return e.Number(key)
}

// ParseBorn reads a birth date that may have an hour behind it: "25/11/2026 07:30", "n 7h30", "11/2026".
func ParseBorn(text string, today registry.Day) (registry.Day, registry.Precision, registry.Clock, error) {
	text = strings.TrimSpace(text)
	day, prec, err := registry.ParseBirth(text, today)
	if err == nil {
		return day, prec, 0, nil
	}
	// "hôm nay 7h30" and "5 1 2026 07:30" have more than one space: whichever leaves a date and an hour.
	for i, r := range text {
		if r != ' ' {
			continue
		}
		day, dayErr := registry.ParseDay(text[:i], today)
		clock, clockErr := registry.ParseClock(text[i:])
		if dayErr == nil && clockErr == nil {
			return day, registry.PrecisionMinute, clock, nil
		}
	}
	return 0, 0, 0, err
}

// bornField writes a birth date so that ParseBorn reads it.
func bornField(in *registry.SubjectInput) string {
	text := born(in.BirthDate, in.BirthPrec)
	if in.BirthPrec == registry.PrecisionMinute && in.BirthClock != 0 {
		text += " " + in.BirthClock.String()
	}
	return text
}

// parseNext reads the day to come again: a date, which without a year is the next such day, or "+28" for
// so many days from today. 0 is none.
func parseNext(text string, today registry.Day) (registry.Day, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return 0, nil
	}
	if n, err := strconv.Atoi(strings.TrimPrefix(text, "+")); err == nil && strings.HasPrefix(text, "+") && n >= 0 && n < 10_000 {
		return today + registry.Day(n), nil
	}
	day, err := registry.ParseDay(text, today)
	if err != nil {
		return 0, err
	}
	return ahead(text, day, today), nil
}

// ahead is the next such day, of a date that was typed without its year and read as the last such day.
func ahead(text string, day, today registry.Day) registry.Day {
	digits := strings.FieldsFunc(text, func(r rune) bool { return r < '0' || r > '9' })
	yearless := len(digits) == 2 || len(digits) == 1 && len(digits[0]) == 4
	if yearless && day < today {
		return day.AddMonths(12)
	}
	return day
}

// expires reads the date on a vial: a whole date, one without its year, which is the next such day, or a month, which it is good to
// the end of.
func expires(text string, today registry.Day) (registry.Day, error) {
	if strings.TrimSpace(text) == "" {
		return 0, nil
	}
	day, prec, err := registry.ParseBirth(text, today)
	if err == nil && prec == registry.PrecisionMonth {
		return day.Month().Last(), nil
	}
	if err == nil && prec == registry.PrecisionYear {
		return 0, &registry.DateError{Text: strings.TrimSpace(text), Code: registry.CodeDateUnreadable}
	}
	if err == nil {
		day = ahead(text, day, today)
	}
	return day, err
}
