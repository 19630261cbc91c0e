package syncproto

// Hash is the value h(n) of a log's chain: h(0) = SHA-256(LogID), h(n) = SHA-256(h(n−1) ‖ canonical
// change n). It runs over changes, not segments, so it does not depend on where segments were cut.
type Hash [32]byte

// ShortHash is a Hash cut to its first 16 bytes, as it travels.
type ShortHash [16]byte

// Short cuts h for the wire.
func (h Hash) Short() ShortHash { return ShortHash(h[:16]) }

// Opening stands in a log's first segment and shows that its device may write it: LogID must be
// NewLogID(the device's key, Random). Follows names the device's log before this one, if any.
type Opening struct {
	Device      EntityID
	Random      [16]byte
	Follows     LogID
	FollowsHash ShortHash // h of the last change of Follows
}

// Segment is a signed run of changes of one log, immutable and forwarded verbatim.
type Segment struct {
	Version    uint8 // of this format; 1
	Log        LogID
	First      Seq
	Count      uint32    // changes in Payload, 1 to SegmentChangesMax
	Prev       ShortHash // h(First−1); left out on the wire where First is 1
	Opening    *Opening  // present exactly where First is 1
	Dictionary uint8     // zstd dictionary of Payload: 0 none, else a number shipped with the program
	Payload    []byte    // columnar changes in one zstd frame
	Signature  [64]byte  // Ed25519 by the device over everything before it
}

// Last returns the Seq of the segment's last change.
func (s *Segment) Last() Seq { return s.First + Seq(s.Count) - 1 }
