package pages

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"tramy/internal/server"
	p "tramy/syncproto"
)

// queries are the parameters of our addresses that are worth keeping when somebody is sent on. Their values are ids, days, numbers and
// words of ours: one that may be something typed (a hamlet) is not among them.
var queries = []string{
	"act", "after", "all", "asof", "at", "before", "by", "column", "day", "do", queryDraft, "for", "form", "from", "list", "month", "move", "of", "on", "period", "place", "possible", "row", "show", "to",
	queryTyped, "vaccine", queryKept,
}

const queryValueMax = 64

// ownPath is the path that a request asked for, if it is one of ours: "" for one that somebody made up, in which a name may stand.
func ownPath(r *http.Request) string {
	pattern := strings.Split(server.PatternOf(r), "/")
	parts := strings.Split(r.URL.Path, "/")
	if len(pattern) < 2 || len(parts) != len(pattern) {
		return ""
	}
	for i, part := range parts {
		if part == pattern[i] {
			continue
		}
		if _, err := p.ParseEntityID(part); err != nil || !strings.HasPrefix(pattern[i], "{") {
			return ""
		}
	}
	return r.URL.Path
}

// ownQuery is what stands behind a path, without what is not ours.
func ownQuery(r *http.Request) string {
	kept := url.Values{}
	for name, values := range r.URL.Query() {
		if slices.Contains(queries, name) && len(values) == 1 && len(values[0]) <= queryValueMax && strings.IndexFunc(values[0], notOurs) < 0 {
			kept[name] = values
		}
	}
	return kept.Encode()
}

func notOurs(r rune) bool {
	return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_.:/", r))
}

// ownAddress is where to come back to: the address that was asked for, without anything that a person wrote into it. What is sent on
// stands in headers and in further addresses, and those in the logs of whatever lies between.
func ownAddress(r *http.Request) string {
	path, query := ownPath(r), ownQuery(r)
	if path == "" || query == "" {
		return path
	}
	return path + "?" + query
}

// OwnQuery is what stands behind the path that was asked for, for the address of a form that is about the same.
func (c *Call) OwnQuery() string { return ownQuery(c.R) }

// queryKept names, in the address of a page that finds something, what was typed to find it.
const queryKept = "sought"

// KeepSought keeps what somebody typed to find something, and returns what stands for it in an address: names do not belong there.
func (c *Call) KeepSought(text string) string { return c.soughtTexts.put(c.Who.User, c.Now, text) }

// Sought is what KeepSought kept for whoever asks, "" if nothing was or too long ago.
func (c *Call) Sought() string {
	text, _ := c.soughtTexts.get(c.Who.User, c.Now, c.R.URL.Query().Get(queryKept))
	return text
}

// ToSought goes to the page that finds, with what was typed kept out of its address.
func (c *Call) ToSought(path string, query url.Values, text string) error {
	if text = strings.TrimSpace(text); text != "" {
		query.Set(queryKept, c.KeepSought(text))
	}
	for name := range query {
		if query.Get(name) == "" {
			query.Del(name)
		}
	}
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	return c.Go(path)
}
