package registry

import (
	"cmp"
	"slices"
	"strings"
)

// Condition is something known of a person that bears on vaccines: a disease, a reaction, an exposure. Its
// code is one of the schedule in force; a code that no schedule here knows is kept.
type Condition struct {
	Code string
	On   Day // 0 if its date is not known or does not matter
}

// Limits of conditions.
const (
	ConditionsMax         = 40
	ConditionCodeCharsMax = 60
)

// The conditions that follow from other fields of a subject; nobody enters them.
const (
	ConditionPregnant      = "pregnant"
	ConditionExpectedBirth = "expected-birth" // on the day the birth is expected
)

// The conditions about hepatitis B that no schedule need name: what a woman's test said, and what follows for her child.
const (
	ConditionHBsAg       = "hbsag-positive"
	ConditionNoHBsAg     = "hbsag-negative"
	ConditionMotherHBsAg = "mother-hbsag-positive"
)

// KnownConditions are the conditions that anybody may enter, whatever the schedule names.
var KnownConditions = []string{ConditionMotherHBsAg, ConditionHBsAg, ConditionNoHBsAg}

// Has reports whether a condition is among those recorded.
func (in *SubjectInput) Has(code string) bool {
	return slices.ContainsFunc(in.Conditions, func(c Condition) bool { return c.Code == code })
}

// String prints a condition as it is kept: code, or code@2026-03-01.
func (c Condition) String() string {
	if c.On == 0 {
		return c.Code
	}
	return c.Code + "@" + c.On.ISO()
}

// ParseCondition is the inverse of String. What stands behind the @ and is no date gives a *DateError.
func ParseCondition(text string) (Condition, error) {
	code, day, dated := strings.Cut(text, "@")
	c := Condition{Code: strings.ToLower(strings.TrimSpace(code))}
	if !dated {
		return c, nil
	}
	var err error
	c.On, err = ParseISO(strings.TrimSpace(day))
	return c, err
}

// JoinConditions prints conditions in one line, in which no code and no date has a blank.
func JoinConditions(list []Condition) string { return strings.Join(conditionTexts(list), " ") }

// SplitConditions is the inverse of JoinConditions.
func SplitConditions(line string) []Condition { return conditionsOf(strings.Fields(line)) }

func conditionsOf(texts []string) []Condition {
	var out []Condition
	for _, t := range texts {
		// A date that this version cannot read leaves the condition standing without one.
		c, _ := ParseCondition(t)
		if c.Code != "" {
			out = append(out, c)
		}
	}
	return out
}

func conditionTexts(conditions []Condition) []string {
	var out []string
	for _, c := range conditions {
		out = append(out, c.String())
	}
	return out
}

// cleanConditions brings them into the order and form in which they are kept, each once.
func cleanConditions(conditions []Condition) []Condition {
	var out []Condition
	for _, c := range conditions {
		if c.Code = strings.ToLower(cleanLine(c.Code)); c.Code != "" {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b Condition) int {
		return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(a.On, b.On))
	})
	return slices.Compact(out)
}

func (c *check) conditions(field string, list []Condition, today Day) {
	c.failIf(len(list) > ConditionsMax, field, CodeTooMany, "max", ConditionsMax)
	for _, x := range list {
		c.failIf(len(x.Code) > ConditionCodeCharsMax || strings.Trim(x.Code, "abcdefghijklmnopqrstuvwxyz0123456789-._:") != "",
			field, CodeConditionCode, "text", x.Code)
		c.failIf(x.On > today, field, CodeConditionFuture, "today", today)
	}
}

// Observed lists what the schedule should know of a person: the conditions entered, and those that follow
// from other fields.
func (in *SubjectInput) Observed() []Condition {
	out := in.Conditions
	if in.Group == GroupPregnant {
		out = append(slices.Clip(out), Condition{Code: ConditionPregnant})
		if in.DueDate != 0 {
			out = append(out, Condition{Code: ConditionExpectedBirth, On: in.DueDate})
		}
	}
	return out
}
