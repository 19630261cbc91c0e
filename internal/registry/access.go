package registry

import (
	"slices"

	p "tramy/syncproto"
)

// The acts of access records.
const (
	ActView    = "view"    // one person's record
	ActSearch  = "search"  // somebody was searched for; the record names whom the answer named
	ActList    = "list"    // a list that names people: of the day, of duplicates, of what is held
	ActLookup  = "lookup"  // a place that did not hold a record asked for it above, or was given it
	ActImport  = "import"  // a register was read in from a file
	ActExport  = "export"  // people's data were taken out as a file
	ActPrint   = "print"   // the same on paper
	ActLogin   = "login"   // password given
	ActRefused = "refused" // password, PIN or code wrong; the actor is whose account was tried, nobody if there is no such account
	ActLogout  = "logout"
	// ActBreakGlass is somebody who read a record of other places than their own, and said why they had to.
	ActBreakGlass = "break-glass"
)

// AccessActs are the acts in the order in which a form offers them.
var AccessActs = []string{ActBreakGlass, ActView, ActSearch, ActList, ActLookup, ActExport, ActPrint, ActImport, ActLogin, ActRefused, ActLogout}

// AccessNamedMax is how many people one access record names; a longer list is several records.
const AccessNamedMax = 200

// Access is one entry of the access log: who looked at what and why; the actor of its change is who.
type Access struct {
	ID      p.EntityID
	Place   p.EntityID // where
	Act     string     // one of AccessActs
	Subject p.EntityID // whose record
	Reason  string
	Named   []p.EntityID // whom a list named
	Count   int          // how many people it was about, where they are not named one by one
}

// AccessOf reads an access record from its state.
func AccessOf(s *p.State) Access {
	g := getter(s.Get)
	return Access{
		ID: s.ID, Place: g.ref(p.FieldPlace), Act: g.text(AccessAct), Subject: g.ref(AccessSubject), Reason: g.text(AccessReason),
		Named: g.refs(AccessNamed), Count: max(0, g.small(AccessCount)),
	}
}

// NewAccess makes the draft of an access record. Of Named no more than AccessNamedMax are written: who has more makes
// more records, see AccessesOf.
func NewAccess(in Access) Draft {
	return creation(KindAccess, []fieldData{
		{p.FieldPlace, refData(in.Place)},
		{AccessAct, textData(in.Act)},
		{AccessSubject, refData(in.Subject)},
		{AccessReason, textData(cleanLine(in.Reason))},
		{AccessNamed, refsData(in.Named[:min(len(in.Named), AccessNamedMax)])},
		{AccessCount, intData(in.Count)},
	})
}

// AccessesOf makes the drafts of a look that named people: as many records as they need.
func AccessesOf(in Access) []Draft {
	if len(in.Named) == 0 {
		return []Draft{NewAccess(in)}
	}
	var out []Draft
	for part := range slices.Chunk(in.Named, AccessNamedMax) {
		one := in
		one.Named = part
		out = append(out, NewAccess(one))
	}
	return out
}
