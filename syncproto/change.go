package syncproto

// Kind says what an entity is. Numbers are never reused; the hundreds say who gets it (Audience).
type Kind uint16

// Field names one register of an entity. Numbers are never reused within a kind.
type Field uint16

// Fields that mean the same in every kind, known or unknown, for ever.
const (
	FieldSubject  Field = 1 // the person this is about
	FieldSubject2 Field = 2 // a second person (a link names two)
	FieldPlace    Field = 3 // the place; a subject's place is its residence, a place's place its parent
	FieldVoid     Field = 4 // entered in error: a reason (text), or null
	FieldReleased Field = 5 // places that have let this case go (list of references)
)

// Audience says who gets the entities of a kind on the way down.
type Audience uint8

// The audiences, by the hundreds of the kind number. Kinds of other hundreds go to nobody.
const (
	AudienceNobody Audience = 0 // 4xx and what is not listed: goes up, never down
	AudienceCase   Audience = 1 // 1xx: with the case of the subjects it names
	AudiencePlace  Audience = 2 // 2xx: to its place
	AudienceAll    Audience = 3 // 3xx: to everybody
)

// Audience returns who gets entities of this kind.
func (k Kind) Audience() Audience {
	switch k / 100 {
	case 1:
		return AudienceCase
	case 2:
		return AudiencePlace
	case 3:
		return AudienceAll
	}
	return AudienceNobody
}

// At is when something was written, for people to read. It never decides anything (I3).
type At struct {
	WallMS   int64 // the writer's clock as read, milliseconds since 1970-01-01 UTC
	OffsetMS int32 // hub time minus that clock, as last measured by the writer
}

// Corrected returns the instant by the hub's clock, milliseconds since 1970-01-01 UTC.
func (a At) Corrected() int64 { return a.WallMS + int64(a.OffsetMS) }

// Superseded names a value that a write saw and replaced: its dot and the first four bytes of the
// SHA-256 of its canonical form, which nobody can know who has not seen it.
type Superseded struct {
	Dot  Dot
	Hash [4]byte
}

// Compare orders superseded values by dot, then hash.
func (s Superseded) Compare(t Superseded) int {
	if c := s.Dot.Compare(t.Dot); c != 0 {
		return c
	}
	return compareBytes(s.Hash[:], t.Hash[:])
}

// Write puts Data into one field and names the values it replaces, in the order of Superseded.Compare
// and each once.
type Write struct {
	Field      Field
	Data       Data
	Supersedes []Superseded
}

// Change is one recorded act on one entity, or the part of an act that touches it. It is a creation if
// Dot.Entity() == Entity; then its writes supersede nothing. Writes are ordered by field, each field once.
type Change struct {
	Dot    Dot
	At     At
	Actor  EntityID // the user who acted; zero for the program itself
	Kind   Kind
	Entity EntityID
	Writes []Write
}

// Creates reports whether c is the creation of its entity.
func (c *Change) Creates() bool { return c.Dot.Entity() == c.Entity }

// Value is one live value of a register: what was written, and by which change, when and by whom.
type Value struct {
	Dot   Dot
	At    At
	Actor EntityID
	Data  Data
}

// FieldValues holds the live values of one field, ordered by dot. Several values are concurrent writes.
type FieldValues struct {
	Field  Field
	Values []Value
}

// Standing returns the value that is shown and counted: the one with the greatest dot.
func (f *FieldValues) Standing() Value { return f.Values[len(f.Values)-1] }

// Seen says up to which Seq of a log the changes that touch an entity are merged into its state.
type Seen struct {
	Log LogID
	Seq Seq
}

// GoneValues lists superseded values of one field that the state has not seen yet, in order.
type GoneValues struct {
	Field Field
	Gone  []Superseded
}

// State is what follows from a set of changes of one entity: a map of multi-value registers with its
// causal context. Fields and Gone are ordered by field and never empty inside, Seen by log.
// A State is treated as immutable once built; merge returns new ones.
type State struct {
	ID     EntityID
	Kind   Kind
	Fields []FieldValues
	Seen   []Seen
	Gone   []GoneValues
}

// Values returns the live values of a field, ordered by dot; nil if it was never written.
func (s *State) Values(f Field) []Value {
	for i := range s.Fields {
		if s.Fields[i].Field == f {
			return s.Fields[i].Values
		}
	}
	return nil
}

// Get returns the data that stands in a field (greatest dot), null if there is none.
func (s *State) Get(f Field) Data {
	v := s.Values(f)
	if len(v) == 0 {
		return Data{}
	}
	return v[len(v)-1].Data
}

// SeenSeq returns up to which Seq of log the state has merged; 0 if nothing of it.
func (s *State) SeenSeq(log LogID) Seq {
	for i := range s.Seen {
		if s.Seen[i].Log == log {
			return s.Seen[i].Seq
		}
	}
	return 0
}

// SeenFollows reports whether Seen is just the birth dot, as it is for an entity that was created and
// never edited; the codec leaves it out then.
func (s *State) SeenFollows() bool {
	b := s.ID.Birth()
	return len(s.Seen) == 1 && s.Seen[0] == Seen(b)
}

func compareBytes(a, b []byte) int {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return int(a[i]) - int(b[i])
		}
	}
	return len(a) - len(b)
}
