package reform

import (
	"strings"

	"tramy/internal/locale"
)

// Problem is what a person should know about an order: something in its way, or a note. Code is its sentence's
// key below "reform." in the catalogues, Args the parameters, in pairs.
type Problem struct {
	Code string
	Args []any
}

// Say returns the sentence.
func (x *Problem) Say(words *locale.Catalogue) string { return words.T("reform."+x.Code, x.Args...) }

// Problems are what stands in an order's way; nothing is written.
type Problems []Problem

// ProblemsMax is how many problems an error tells; more have one cause.
const ProblemsMax = 12

// Error says the problems in English, one a line.
func (x Problems) Error() string { return strings.Join(x.Say(locale.For(locale.English)), "\n") }

// Say returns the sentences, ProblemsMax at most and how many more there are.
func (x Problems) Say(words *locale.Catalogue) []string {
	var out []string
	for i := range x[:min(len(x), ProblemsMax)] {
		out = append(out, x[i].Say(words))
	}
	if more := len(x) - ProblemsMax; more > 0 {
		out = append(out, words.T("reform.more", "n", more))
	}
	return out
}
