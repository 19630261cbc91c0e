package registry

import p "tramy/syncproto"

// ActLookup is the act of an access record that is written when a place which did not hold a record was
// given it.
const ActLookup = "lookup"

// ActImport and ActExport are the acts of access records about a register that was read in from a file, and one
// that was written into one.
const (
	ActImport = "import"
	ActExport = "export"
)

// ActBreakGlass is the act of an access record about somebody who read a record of other places than their own, and said
// why they had to.
const ActBreakGlass = "break-glass"

// Access is one entry of the access log: who looked at what and why; the actor of its change is who.
type Access struct {
	ID      p.EntityID
	Place   p.EntityID // where
	Act     string     // view, search, lookup, import, export, print, login, break-glass
	Subject p.EntityID
	Reason  string
}

// AccessOf reads an access record from its state.
func AccessOf(s *p.State) Access {
	g := getter(s.Get)
	return Access{ID: s.ID, Place: g.ref(p.FieldPlace), Act: g.text(AccessAct), Subject: g.ref(AccessSubject), Reason: g.text(AccessReason)}
}

// NewAccess makes the draft of an access record.
func NewAccess(in Access) Draft {
	return creation(KindAccess, []fieldData{
		{p.FieldPlace, refData(in.Place)},
		{AccessAct, textData(in.Act)},
		{AccessSubject, refData(in.Subject)},
		{AccessReason, textData(cleanLine(in.Reason))},
	})
}
