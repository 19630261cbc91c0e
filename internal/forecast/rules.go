package forecast

// rule is a set of rules. Every rule can be left out by a test, which must then see a case fail: a rule that
// nothing depends on is wrong or not tested.
type rule uint32

const (
	ruleGender rule = 1 << iota
	ruleIndication
	ruleOffer
	ruleHistory
	ruleUnusable
	ruleCampaign
	ruleSkip
	ruleInadvertent
	ruleAge
	ruleGrace
	ruleInForce
	ruleInterval
	ruleAllowable
	ruleConflict
	ruleVaccine
	ruleRecurring
	ruleImmunity
	ruleContraindication
	ruleContraindicatedVaccine
	ruleSeason
	ruleAgedOut
	ruleForecastConflict
	ruleValidation
	ruleScore
	rulePreference
	ruleEquivalent
	ruleOverride
	ruleFullGroup
	ruleVagueBirth

	ruleCount = iota
)

// keeps reports whether a rule is in force.
func (e *Engine) keeps(r rule) bool { return e.off&r == 0 }

var ruleNames = [ruleCount]string{
	"gender", "indications", "offers", "history", "unusable doses", "campaign doses", "conditional skip",
	"inadvertent vaccines", "ages", "grace", "effective dates", "preferable intervals", "allowable intervals",
	"live conflicts", "vaccine lists", "recurring doses", "immunity", "contraindicated antigens",
	"contraindicated vaccines", "seasons", "aged out", "conflicts in forecasts", "validation of the forecast",
	"scores", "preference", "equivalent series groups", "override intervals", "full vaccine groups",
	"vague birth dates",
}
