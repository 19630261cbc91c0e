package registry

import (
	"slices"
	"strings"
)

// Who counts as a zero-dose child on the list of those to be found. WHO and Gavi count surviving infants who have not got a first dose
// of a vaccine against diphtheria, tetanus and pertussis (DTP1) by the end of their first year: WHO, Immunization Agenda 2030, impact
// goal indicator 2.1; Gavi 5.0 measurement framework, S5.1. Catching up is looked after until the fifth birthday, the age up to which
// WHO/UNICEF survey and recovery ("The Big Catch-Up", 2023) look for them.
const (
	ZeroDoseFromMonths  = 12
	ZeroDoseUntilMonths = 60
)

// FirstDoseVaccines are the codes of the vaccines of which one dose makes a child no zero-dose child: those with the full doses for
// infants against diphtheria (D), tetanus (T) and pertussis (wP or aP). antigens are joined by semicolons.
func FirstDoseVaccines(antigens map[string]string) []string {
	var out []string
	for code, list := range antigens {
		has := strings.Split(list, ";")
		if slices.Contains(has, "D") && slices.Contains(has, "T") && (slices.Contains(has, "wP") || slices.Contains(has, "aP")) {
			out = append(out, code)
		}
	}
	slices.Sort(out)
	return out
}

// ZeroDoseBorn is from when to when a zero-dose child was born, on a day.
func ZeroDoseBorn(today Day) (from, until Day) {
	return today.AddMonths(-ZeroDoseUntilMonths) + 1, today.AddMonths(-ZeroDoseFromMonths)
}
