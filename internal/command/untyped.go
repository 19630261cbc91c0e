package command

import (
	"fmt"
	"slices"
	"strings"
)

// withoutValues is what is wrong with a line, without the values that were given: a password or a patient's name may stand where
// none belongs, and what a command says is put into tickets. Names of flags stay, and so does a word for which another is proposed: it
// was meant to be a command.
func withoutValues(said string, args []string) string {
	if strings.Contains(said, "did you mean") {
		return said
	}
	type value struct {
		text string
		nth  int
	}
	var values []value
	for i, arg := range args {
		if strings.HasPrefix(arg, "-") {
			_, arg, _ = strings.Cut(arg, "=")
		}
		if arg != "" {
			values = append(values, value{arg, i + 1})
		}
		// Of a list or a map one part may be what is wrong.
		for _, part := range strings.FieldsFunc(arg, func(r rune) bool { return r == '=' || r == ',' || r == ';' }) {
			if part != arg {
				values = append(values, value{part, i + 1})
			}
		}
	}
	slices.SortStableFunc(values, func(a, b value) int { return len(b.text) - len(a.text) })
	// Only behind these words does kong repeat a value; before them stand its own, among them those that a flag may have.
	for _, behind := range []string{"but got ", "unexpected argument ", "unexpected flag argument ", "unknown value "} {
		before, told, ok := strings.Cut(said, behind)
		if !ok {
			continue
		}
		for _, v := range values {
			if strings.Contains(strings.ToLower(told), strings.ToLower(v.text)) {
				return before + behind + fmt.Sprintf("what stands %s on the line", nth(v.nth))
			}
		}
		if _, env, ok := strings.Cut(told, "(from envar "); ok {
			env, _, _ = strings.Cut(env, "=")
			return before + behind + "what stands in " + env
		}
		return before + behind + "something else"
	}
	return said
}

func nth(n int) string {
	switch n {
	case 1:
		return "1st"
	case 2:
		return "2nd"
	case 3:
		return "3rd"
	}
	return fmt.Sprintf("%dth", n)
}
