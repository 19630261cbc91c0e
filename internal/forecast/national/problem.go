package national

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"tramy/internal/registry"
)

// Limits of a schedule file; how large it may be is registry.ScheduleFileBytesMax, so that a register holds it.
const (
	VaccinesMax      = 400
	AntigensMax      = 100
	SeriesMax        = 300
	RowsMax          = 1500 // doses of all series
	ObservationsMax  = 200
	RulesMax         = 200 // contraindications, deferrals, supplementary doses: of each
	AreasMax         = 4000
	TextMax          = 500 // letters of a name, a note, a source
	problemsMax      = 100 // more are not reported
	anaphylaxisStart = "anaphylaxis:"
)

// Rule names what a problem breaks. Names may be added, none is changed.
type Rule string

// Rules of a schedule file.
const (
	RuleTooLarge       Rule = "too_large"
	RuleNotYAML        Rule = "not_yaml"
	RuleEmpty          Rule = "empty"
	RuleAnchor         Rule = "anchor"
	RuleShape          Rule = "shape" // a list where a text belongs, and the like
	RuleUnknownKey     Rule = "unknown_key"
	RuleMissingKey     Rule = "missing_key"
	RuleDuplicate      Rule = "duplicate"
	RuleTooMany        Rule = "too_many"
	RuleTextTooLong    Rule = "text_too_long"
	RulePeriod         Rule = "period"
	RuleDate           Rule = "date"
	RuleNumber         Rule = "number"
	RuleWord           Rule = "word" // none of the words that may stand there
	RuleUnknownBase    Rule = "unknown_base"
	RuleUnknownVaccine Rule = "unknown_vaccine"
	RuleUnknownAntigen Rule = "unknown_antigen"
	RuleUnknownSeries  Rule = "unknown_series"
	RuleUnknownSeen    Rule = "unknown_observation"
	RuleUnknownSource  Rule = "unknown_source"
	RuleCitation       Rule = "missing_citation"
	RuleAge            Rule = "impossible_age"
	RuleInterval       Rule = "impossible_interval"
	RuleValidity       Rule = "impossible_validity"
	RuleOverlap        Rule = "overlapping_validity"
	RuleCountsForNone  Rule = "counts_for_none"
	RuleEmptySeries    Rule = "empty_series"
)

// Problem is one thing that is wrong in a file. Line and Column count from 1; 0 is the file as a whole.
type Problem struct {
	File         string
	Line, Column int
	Rule         Rule
	Detail       string
}

func (p Problem) Error() string {
	if p.Line == 0 {
		return fmt.Sprintf("%s: %s (%s)", p.File, p.Detail, p.Rule)
	}
	return fmt.Sprintf("%s:%d:%d: %s (%s)", p.File, p.Line, p.Column, p.Detail, p.Rule)
}

// Problems is all that is wrong in a file, in the order of the file. It is the error of Load.
type Problems []Problem

func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// at is where something stands.
type at struct {
	file         string
	line, column int
}

// collector gathers problems.
type collector struct{ problems Problems }

func (c *collector) bad(where at, rule Rule, format string, args ...any) {
	if len(c.problems) < problemsMax {
		c.problems = append(c.problems, Problem{where.file, where.line, where.column, rule, fmt.Sprintf(format, args...)})
	}
}

// err returns the problems in the order of the file, each once, or nil.
func (c *collector) err() error {
	if len(c.problems) == 0 {
		return nil
	}
	slices.SortStableFunc(c.problems, func(a, b Problem) int {
		return cmp.Or(strings.Compare(a.File, b.File), a.Line-b.Line, a.Column-b.Column,
			strings.Compare(string(a.Rule), string(b.Rule)), strings.Compare(a.Detail, b.Detail))
	})
	return slices.Compact(c.problems)
}

// TooLarge is the problem of a file that is not even read.
func TooLarge(file string, bytes int) Problems {
	return Problems{{File: file, Rule: RuleTooLarge, Detail: fmt.Sprintf("the file has %d bytes, the limit is %d", bytes, registry.ScheduleFileBytesMax)}}
}
