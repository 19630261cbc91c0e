package store

import (
	"slices"

	p "tramy/syncproto"
)

// Remains is what can still be read of a damaged database, or of a copy of one, when its engine cannot open it any
// more. Rows may be missing, be older than the newest, come twice or hold flipped bits: segments prove themselves by
// their signatures, changes by the chain of their log; what cannot be proved must not be believed.
type Remains interface {
	Meta() map[string][]byte
	Logs() []LogRow // by id, each once
	Children() []ChildRow
	Tail() []TailRow // by log, then Seq
	// Segments calls fn with the segments that can be read, by log, then First; also those that were parked. Via is the
	// child a parked one came from, else zero.
	Segments(fn func(row *SegmentRow, via p.EntityID) error) error
	// States calls fn with the states of which ids, dots and data are proved by the hash that was kept apart from them. Kind,
	// times and actors are as read; Seen and Gone, which the hash does not cover, are cut to what the values prove.
	States(fn func(*p.State) error) error
	// Unread counts what could not be read so far.
	Unread() int
	Close() error
}

// ProvedSeen is what a state must have seen because its values say so: a flipped bit in Seen would else claim what is
// yet to come, and keep it out for ever.
func ProvedSeen(s *p.State) []p.Seen {
	seen := map[p.LogID]p.Seq{}
	for i := range s.Fields {
		for _, v := range s.Fields[i].Values {
			seen[v.Dot.Log] = max(seen[v.Dot.Log], v.Dot.Seq)
		}
	}
	out := make([]p.Seen, 0, len(seen))
	for log, seq := range seen {
		out = append(out, p.Seen{Log: log, Seq: seq})
	}
	slices.SortFunc(out, func(a, b p.Seen) int { return a.Log.Compare(b.Log) })
	return out
}
