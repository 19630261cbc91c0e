package registry

import p "tramy/syncproto"

// Link says that two subjects are one person, or (a remembered "different") that they are two.
type Link struct {
	ID   p.EntityID
	A, B p.EntityID
	Same bool // they are linked: any live value says so, and the link is not void
	Void string
}

// LinkOf reads a link from its state. Un-linking is a write that replaces the values it saw, so a link
// somebody made meanwhile holds until it is seen too.
func LinkOf(s *p.State) Link {
	g := getter(s.Get)
	void, isVoid := Voided(s)
	l := Link{ID: s.ID, A: g.ref(p.FieldSubject), B: g.ref(p.FieldSubject2), Void: void}
	for _, v := range s.Values(LinkSame) {
		l.Same = l.Same || v.Data.Bool()
	}
	l.Same = l.Same && !isVoid
	return l
}

// NewLink makes the draft that links two subjects, or remembers them as different. The smaller id comes
// first, so that the same pair always looks the same.
func NewLink(a, b p.EntityID, same bool) (Draft, error) {
	var c check
	c.failIf(a.IsZero() || b.IsZero(), "subject", CodeSubjectRequired)
	c.failIf(a == b && !a.IsZero(), "subject2", CodeSamePerson)
	if err := c.err(nil); err != nil {
		return Draft{}, err
	}
	if b.Compare(a) < 0 {
		a, b = b, a
	}
	return creation(KindLink, []fieldData{{p.FieldSubject, p.Ref(a)}, {p.FieldSubject2, p.Ref(b)}, {LinkSame, p.Bool(same)}}), nil
}

// SetLink links or un-links. The error is a *StaleError if the form had not shown what is there.
func SetLink(old *p.State, same bool, saw Saw) (Draft, error) {
	return edit(old, Patch{LinkSame: p.Bool(same)}, saw)
}
