package pages

import (
	"maps"
	"net/http"
	"strings"

	"tramy/internal/ui"
	p "tramy/syncproto"
)

// queryTyped names, in the address of the registration form, what was typed into it before.
const queryTyped = "typed"

// typedBytesMax bounds what is kept of one form.
const typedBytesMax = 8 << 10

// keepTyped keeps for a user what they typed into the registration form while their log-in ran out, and returns
// the key it has; "" if nothing is kept. Nobody else is shown it.
func (c *Call) keepTyped(user p.EntityID) string {
	if user.IsZero() || c.R.Method != http.MethodPost || c.R.URL.Path != ui.PathRegister && c.R.URL.Path != ui.PathCandidates {
		return ""
	}
	text, size := map[string]string{}, 0
	for name := range subjectControls {
		if v := strings.TrimSpace(c.Value(name)); v != "" {
			text[name], size = v, size+len(v)
		}
	}
	if len(text) == 0 || size > typedBytesMax {
		return ""
	}
	return c.typed.put(user, c.Now, text)
}

// Typed is the registration form as it was typed before a log-in ran out, and whether there was one.
func (c *Call) Typed() (*SubjectForm, bool) {
	f := &SubjectForm{Text: map[string]string{}, Errs: map[string]string{}}
	key := c.R.URL.Query().Get(queryTyped)
	text, ok := c.typed.get(c.Who.User, c.Now, key)
	maps.Copy(f.Text, text)
	return f, ok
}
