package registry

import (
	"slices"
	"strings"
)

// Who counts as a zero-dose child on the list of those to be found. WHO counts children who did not receive their first dose of a vaccine
// against diphtheria, tetanus and pertussis (DTP1): Immunization Agenda 2030, impact goal indicator 2.1; its estimates count surviving
// infants, so that the first birthday is the day by which the dose is missed. How long they are looked for is our choice: until the fifth
// birthday, when the programme's vaccines for infants end.
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
