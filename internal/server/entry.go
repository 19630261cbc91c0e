package server

import "tramy/internal/rights"

// EntryRules say what a program asks of people beside their password. The zero EntryRules are those of a station.
type EntryRules struct {
	// Hub asks who has a second factor for a code of it.
	Hub bool
	// FactorRequired lets nobody work at the hub without one whose role rights.NeedsFactor names.
	FactorRequired bool
	// Training leaves people with the passwords that stand on the log-in page.
	Training bool
}

// Must says what somebody has to do before anything else: given says that their password was set by somebody else, factor that they
// have a second factor.
func (e EntryRules) Must(role rights.Role, given, factor bool) Must {
	switch {
	case given && !e.Training:
		return MustPassword
	case e.Hub && e.FactorRequired && !e.Training && !factor && rights.NeedsFactor(role):
		return MustFactor
	}
	return MustNothing
}

// AsksCode reports whether somebody is asked for a code after the password.
func (e EntryRules) AsksCode(factor bool) bool { return e.Hub && factor }
