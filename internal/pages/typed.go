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

// keepTyped keeps for a user what they typed into the registration form while their log-in ran out, or when they let somebody else
// go on, and returns the key it has; "" if nothing is kept. Nobody else is shown it.
func (c *Call) keepTyped(user p.EntityID) string {
	path := c.R.URL.Path
	if user.IsZero() || c.R.Method != http.MethodPost || path != ui.PathRegister && path != ui.PathCandidates && path != ui.PathLock {
		return ""
	}
	// What the page itself fills in is not worth keeping.
	if c.Value("mother")+c.Value("name")+c.Value("born")+c.Value("phone") == "" {
		return ""
	}
	text, ok := typedIn(c.Value)
	if !ok {
		return ""
	}
	key := c.typed.put(user, c.Now, text)
	c.leftForms.putAt(user.String(), user, c.Now, key)
	return key
}

// typedIn gathers what was typed; it is false if that is more than is kept.
func typedIn(value func(name string) string) (text map[string]string, ok bool) {
	text, size := map[string]string{}, 0
	for name := range subjectControls {
		if v := strings.TrimSpace(value(name)); v != "" {
			text[name], size = v, size+len(v)
		}
	}
	return text, size <= typedBytesMax
}

// leftForm tells who comes back of the form that they left half typed, unless it is where they go anyway.
func (c *Call) leftForm(user p.EntityID, next string) []ui.Note {
	key, ok := c.leftForms.take(user, c.Now, user.String())
	if !ok || strings.Contains(next, key) {
		return nil
	}
	return []ui.Note{{
		Tone: ui.ToneAsk, Lead: c.T("lock.left"),
		Action: &ui.Action{Label: c.T("lock.left_open"), Href: withQuery(ui.PathRegister, queryTyped, key)},
	}}
}

// Typed is the registration form as it was typed before a log-in ran out, and whether there was one.
func (c *Call) Typed() (*SubjectForm, bool) {
	f := &SubjectForm{Text: map[string]string{}, Errs: map[string]string{}}
	key := c.R.URL.Query().Get(queryTyped)
	text, ok := c.typed.get(c.Who.User, c.Now, key)
	maps.Copy(f.Text, text)
	return f, ok
}
