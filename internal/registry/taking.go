package registry

import "strings"

// The purposes for which people's data are taken out of tramy, as a file or on paper, in the order of a form.
const (
	TakeCare     = "care"     // care of the people in it: another station, a paper book to compare
	TakeReport   = "report"   // a report that the law asks for
	TakeFamily   = "family"   // for the family whose data they are
	TakeResearch = "research" // studies
	TakeSharing  = "sharing"  // another office, service or firm
	TakeOther    = "other"
)

// Takings lists them.
var Takings = []string{TakeCare, TakeReport, TakeFamily, TakeResearch, TakeSharing, TakeOther}

// PaperTakings are those for which a list or a record is put on paper: what rests on nobody's consent. What goes to others or
// into studies goes as a file, which leaves out who did not agree.
var PaperTakings = []string{TakeCare, TakeReport, TakeFamily}

// TakingNeeds says what of a person's consents a taking out rests on; secondary is false for what needs none. Those whose
// data are restricted are left out of every secondary use, and of research and sharing those who have not agreed to it.
func TakingNeeds(taking string) (purpose Purpose, secondary bool) {
	switch taking {
	case TakeCare, TakeReport, TakeFamily:
		return 0, false
	case TakeResearch:
		return PurposeResearch, true
	case TakeSharing:
		return PurposeSharing, true
	}
	return 0, true
}

// TakingReason is how a purpose and its words stand in an access record.
func TakingReason(taking, words string) string { return taking + ": " + words }

// ParseTaking takes the reason of an access record apart; taking is "" if it names no purpose of Takings.
func ParseTaking(reason string) (taking, words string) {
	taking, words, ok := strings.Cut(reason, ": ")
	for _, x := range Takings {
		if ok && x == taking {
			return taking, words
		}
	}
	return "", reason
}
