package registry

import "slices"

// This file is the guideline on screening as data. Where a source changes, a line here changes and nothing else.
//
// Sources: QĐ 1575/QĐ-BYT of 27/03/2023 (screening outside hospitals from one month on, and in hospitals), as told by the
// press and by hospitals; the text itself was not at hand, and sources differ on the temperature of a fever. TT 13/2026/TT-BYT,
// Art. 12 (half an hour at the place).

// Temperatures, in tenths of a degree Celsius, at which the guideline speaks, and how long somebody stays after the needle.
const (
	// FeverAbove postpones: above 38.0 °C (QĐ 1575/QĐ-BYT 2023 as reported).
	FeverAbove = 380
	// FeverOlder is the threshold of the guideline before it (QĐ 2470/QĐ-BYT 2019), which some still work by: from 37.5 °C.
	// It is said, and proposes nothing.
	FeverOlder = 375
	// ColdBelow postpones: below 35.5 °C.
	ColdBelow = 355
	// WatchMinutes is how long somebody stays at the place after the last needle (TT 13/2026/TT-BYT, Art. 12).
	WatchMinutes = 30
)

// ScreeningSource names what the proposals follow, as it is shown.
const ScreeningSource = "QĐ 1575/QĐ-BYT 2023"

// Finding is something found at a screening, and the conclusion that the guideline draws from it.
type Finding struct {
	Code  string
	Leads Screening
	// NewbornOnly is for what is asked in the first month of life only.
	NewbornOnly bool
}

// Codes of findings that are proposed by a figure.
const (
	FindingFever   = "fever"
	FindingCold    = "cold"
	FindingSmall   = "small_newborn"
	FindingNewborn = 31 // days: until this age a child is asked about as a newborn
	// SmallNewborn is the weight in grams below which a newborn is sent to a hospital or waits.
	SmallNewborn = 2000
)

// Findings are what a screening asks about, in the order of the form.
var Findings = []Finding{
	{Code: "anaphylaxis", Leads: ScreeningContraindicated},      // grade III or worse after an earlier dose of the same
	{Code: "anaphylaxis_mild", Leads: ScreeningRefer},           // grade II: given in a hospital
	{Code: "intussusception", Leads: ScreeningContraindicated},  // rota
	{Code: "immunodeficiency", Leads: ScreeningContraindicated}, // congenital or suspected: no live vaccine
	{Code: "acute_illness", Leads: ScreeningPostpone},
	{Code: FindingFever, Leads: ScreeningPostpone},
	{Code: FindingCold, Leads: ScreeningPostpone},
	{Code: "corticosteroid", Leads: ScreeningPostpone}, // a course of 14 days or more
	{Code: "immunoglobulin", Leads: ScreeningPostpone}, // or a blood product, within three months: live vaccines
	{Code: FindingSmall, Leads: ScreeningRefer, NewbornOnly: true},
	{Code: "jaundice", Leads: ScreeningPostpone, NewbornOnly: true}, // bilirubin of 7 mg/dl or more
	{Code: "organ_failure", Leads: ScreeningRefer},
	{Code: "other", Leads: ScreeningPostpone},
}

// FindingOf returns what is known of a code.
func FindingOf(code string) (Finding, bool) {
	i := slices.IndexFunc(Findings, func(f Finding) bool { return f.Code == code })
	if i < 0 {
		return Finding{}, false
	}
	return Findings[i], true
}

// caution orders conclusions: of two that were drawn side by side the one further right stands.
var caution = []Screening{0, ScreeningOnPaper, ScreeningEligible, ScreeningPostpone, ScreeningRefer, ScreeningContraindicated}

// Cautious returns the more careful of two conclusions.
func Cautious(a, b Screening) Screening {
	if slices.Index(caution, b) > slices.Index(caution, a) {
		return b
	}
	return a
}

// Measured returns the findings that figures alone say: temperature in tenths of a degree, weight in grams, 0 for not taken.
func Measured(temperature, weight int, newborn bool) []string {
	var out []string
	switch {
	case temperature == 0:
	case temperature > FeverAbove:
		out = append(out, FindingFever)
	case temperature < ColdBelow:
		out = append(out, FindingCold)
	}
	if newborn && weight != 0 && weight < SmallNewborn {
		out = append(out, FindingSmall)
	}
	return out
}

// ProposeScreening is the conclusion the guideline draws from findings: the most careful of theirs, eligible if there are none.
// A person decides.
func ProposeScreening(findings []string) Screening {
	out := ScreeningEligible
	for _, code := range findings {
		if f, ok := FindingOf(code); ok {
			out = Cautious(out, f.Leads)
		}
	}
	return out
}

// NotDoneFor is the reason under which a due dose is recorded as not given after a conclusion; 0 if it may be given.
func NotDoneFor(s Screening) NotDone {
	switch s {
	case ScreeningPostpone:
		return NotDonePostponed
	case ScreeningContraindicated:
		return NotDoneContraindicated
	case ScreeningRefer:
		return NotDoneReferred
	}
	return 0
}

// MayFollow reports whether doses may follow a conclusion without a further word.
func (x Screening) MayFollow() bool { return x == ScreeningEligible || x == ScreeningOnPaper }
