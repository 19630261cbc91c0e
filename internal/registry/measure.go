package registry

import "strings"

// ParseWeight reads a weight as people type it and returns grams: 3100, 3.100, 3,1 and 3.1 are all
// 3,100 g. A number below 20 is taken for kilograms. The error is a *FieldError without a field name.
func ParseWeight(s string) (int, error) {
	whole, part, ok := decimal(s, "kg", "g")
	switch {
	case !ok || len(whole) > 6:
		return 0, &FieldError{Code: CodeWeightUnreadable}
	case len(part) == 3 && len(whole) <= 3 && number(whole) > 0:
		return number(whole)*1000 + number(part), nil // 3.100 is written with a point for thousands
	case number(whole) < 20 && (part != "" || len(whole) <= 2):
		return number(whole)*1000 + number((part + "000")[:3]), nil
	}
	return number(whole), nil
}

// ParseTemperature reads degrees Celsius and returns tenths: 37,2 and 37.2 and 372 are 372, 37 is 370.
// The error is a *FieldError without a field name.
func ParseTemperature(s string) (int, error) {
	whole, part, ok := decimal(s, "°c", "°", "c")
	switch {
	case !ok || len(whole) > 3 || len(part) > 2:
		return 0, &FieldError{Code: CodeTempUnreadable}
	case len(whole) == 3 && part == "":
		return number(whole), nil
	}
	return number(whole)*10 + number((part + "0")[:1]), nil
}

// ParseTenths reads a temperature of a fridge or freezer in degrees Celsius: 4,6 and 4.6 °C and 4 and −20. None is typed as nothing.
// The error is a *FieldError without a field name.
func ParseTenths(s string) (Degrees, error) {
	if strings.TrimSpace(s) == "" {
		return Degrees{}, nil
	}
	rest := strings.TrimSpace(s)
	below := false
	for _, minus := range []string{"-", "−", "–"} {
		if after, ok := strings.CutPrefix(rest, minus); ok {
			rest, below = after, true
			break
		}
	}
	whole, part, ok := decimal(strings.TrimPrefix(rest, "+"), "°c", "℃", "°", "c")
	if !ok || len(whole) > 3 {
		return Degrees{}, &FieldError{Code: CodeTenthsUnreadable, Params: map[string]any{"text": s}}
	}
	n := Tenths(number(whole)*10 + number((part + "0")[:1]))
	if len(part) > 1 && part[1] >= '5' {
		n++
	}
	if below {
		n = -n
	}
	return DegreesOf(n), nil
}

// decimal cuts a number at its comma or point after taking a unit off its end.
func decimal(s string, units ...string) (whole, part string, ok bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	for _, u := range units {
		if t, found := strings.CutSuffix(s, u); found {
			s = strings.TrimSpace(t)
			break
		}
	}
	whole, part, _ = strings.Cut(strings.ReplaceAll(s, ",", "."), ".")
	return whole, part, whole != "" && len(part) <= 6 && strings.Trim(whole+part, "0123456789") == ""
}
