package forecast

// RuleNames names the rules that an engine can be made to leave out, in their order.
var RuleNames = ruleNames

// LeaveOut returns an engine that keeps every rule but one.
func LeaveOut(s *Schedule, n int) *Engine {
	e := NewEngine(s)
	e.off = 1 << n
	return e
}
