package syncproto

// Version is the protocol version this package speaks.
const Version uint8 = 1

// Incarnation is drawn at random at each start of a node; with a number it names a place in what that
// node has numbered (its outbox, its feed), so that a node set back to an old state is noticed.
type Incarnation [8]byte

// Position is a place in a child's outbox: the segments and lets it sends, in its own commit order.
type Position struct {
	Incarnation Incarnation
	Number      uint64
}

// FeedNumber counts the rows of a hub's feed in commit order.
type FeedNumber uint64

// Cursor is a place in an upstream's feed.
type Cursor struct {
	Incarnation Incarnation
	Number      FeedNumber
}

// Sum is a fingerprint: a sum modulo 2^128 (big-endian) of state hashes; see StateHash.
type Sum [16]byte

// FrameType numbers the frames. Types from 128 on may be ignored by who does not know them; an
// unknown type below 128 ends the exchange.
type FrameType uint8

// The frames of protocol version 1.
const (
	FrameHello       FrameType = 1
	FrameSegment     FrameType = 2
	FrameLet         FrameType = 3
	FrameLogs        FrameType = 4
	FrameRange       FrameType = 5
	FrameWant        FrameType = 6
	FrameRequestEnd  FrameType = 7
	FrameLookup      FrameType = 8
	FrameChoose      FrameType = 9
	FrameHeads       FrameType = 16
	FrameScopes      FrameType = 17
	FramePage        FrameType = 18
	FrameFingerprint FrameType = 19
	FramePart        FrameType = 20
	FrameNotice      FrameType = 21
	FrameResponseEnd FrameType = 22
	FrameRefusal     FrameType = 23
	FrameCandidates  FrameType = 24
	FrameLookupEnd   FrameType = 25
	FrameKnown       FrameType = 27
	FrameRootSum     FrameType = 28
	FrameBackup      FrameType = 128
	FrameReturned    FrameType = 129
	FrameMove        FrameType = 130
	FrameEnds        FrameType = 132
)

// Frame is one decoded frame body: *Hello, *SegmentFrame, *Let, *Logs, *Range, *Want, *RequestEnd, *Heads,
// *Scopes, *Page, *Fingerprint, *Part, *Known, *RootSum, *Notice, *ResponseEnd, *Refusal, *Backup, *Returned,
// *Move, *Ends; of a look-up *Lookup, *Choose, *Candidates, *LookupEnd.
type Frame interface{ FrameType() FrameType }

// Hello opens every request.
type Hello struct {
	Intro       *Intro      // on a connection's first request only
	Incarnation Incarnation // of the child, now
	From        Position    // the position it sends from: the upstream's last word, zero if it has none
	Receipt     uint64      // number of the last receipt heard
	Cursor      Cursor      // shared by all scopes of the child that are not in Behind
	ScopesHash  [8]byte     // first 8 bytes of SHA-256 over the child's scope places in order
	Behind      []Behind    // scopes whose cursor differs, ordered by scope
	Digest      [16]byte    // first 16 bytes of SHA-256 over (scope, sum) in order, own sending included
	Sums        []ScopeSum  // the sums themselves, ordered by scope, if the upstream asked for them
	Pending     uint32      // changes not yet taken by the upstream
	PageBytes   uint32      // wanted size of a page, compressed
	Request     uint64      // counts this child's requests
	Nonce       [16]byte    // the answer's Heads signs it
	WallMS      int64       // the child's clock
}

// Intro tells who speaks. It is left out once a connection has heard it.
type Intro struct {
	Versions []uint8 // protocol versions spoken, ascending
	Software string  // for people, e.g. "tramy-station 0.1.0 linux/amd64"
	Device   EntityID
}

// Behind is the cursor of one scope that is not level with the rest. It carries its own incarnation: a
// number relabelled with a newer one would hide that the upstream was set back in between.
type Behind struct {
	Scope  EntityID // a place, or zero for what goes to everybody
	Cursor Cursor   // zero: nothing of it yet
}

// ScopeSum is the fingerprint of what is routed to one scope.
type ScopeSum struct {
	Scope EntityID
	Sum   Sum
}

// Backup tells how old the sender's newest verified backup is, so that whoever looks after many machines sees where
// none is made. Who does not know this frame passes over it.
type Backup struct {
	Made bool   // false: it has none, and should have had one by now
	AgeS uint32 // seconds since it was made, by the sender's clock alone
}

// Returned hands a segment back to the device that wrote it: it is of a content of its log that does not count from At on, and
// what stands in it was not written again. Nobody else may have it. Who does not know this frame passes over it.
type Returned struct {
	At  Seq
	Raw []byte
}

// Ends tells, before anything of it is sent, how far the sender's own logs reach of which the upstream has not said that it
// holds them whole. Where the line then breaks for good, because the sender was stolen, this says what never arrived. Who does
// not know this frame passes over it.
type Ends struct {
	Logs []LogEnd
}

// LogEnd is a log and its last change.
type LogEnd struct {
	Log LogID
	Seq Seq
}

// SegmentFrame carries one segment, as its author sealed it.
type SegmentFrame struct{ Raw []byte }

// HoldReason says why a log is let in only up to a point. Numbers are never reused.
type HoldReason uint8

// Reasons for holding a log. Others may be added; an unknown one is shown as its number.
const (
	HoldNone    HoldReason = 0
	HoldRights  HoldReason = 1 // the author's role or place may not write this
	HoldRevoked HoldReason = 2 // the device was revoked before this arrived
	HoldLimit   HoldReason = 3 // over a limit of this hub
	HoldForked  HoldReason = 4 // two contents under one dot
	// HoldRejected says that an officer looked and decided that the rest stays out for good.
	HoldRejected HoldReason = 5
)

// Let tells how far a log was let in by the first hub that took it. The greatest In stands. With HoldForked In is the
// first change of which two contents arrived, 0 if the hub does not know which that is.
type Let struct {
	Log    LogID
	In     Seq
	Reason HoldReason
}

// Logs lists the logs a child holds, when its position is unknown to the upstream.
type Logs struct{ Heads []LogMark }

// LogMark is how far a log reaches at a node.
type LogMark struct {
	Log  LogID
	Seq  Seq
	Hash ShortHash
}

// Range asks to compare what child and upstream hold of one scope between two entity ids, because the sums
// of the scope differ although neither side has news. The answer is Parts; none if the upstream holds the
// same.
type Range struct {
	Scope    EntityID
	From, To EntityID // From is in, To is not; zero: from the beginning, to the end
	Count    uint32   // entities of the child
	Sum      Sum      // of their state hashes
}

// Mark is an entity and the hash of its state at a node.
type Mark struct {
	Entity EntityID
	Hash   [16]byte
}

// Want asks for entities of a scope, ordered by id, each with the hash of what the child holds of it, zero
// if that is nothing. The answer is Pages outside the cursor and Known.
type Want struct {
	Scope EntityID
	Marks []Mark
}

// RequestEnd closes a request.
type RequestEnd struct {
	Segments uint32 // Segment and Let frames sent
}

// Heads is the upstream's word about this child, signed: the proof behind the ticks.
type Heads struct {
	Position Position   // taken durably from this child
	Known    []Position // the last four such positions, where Hello.From is not known
	WantLogs bool       // list the logs: none of the child's positions is known, or what it has heard of this hub is lost here
	Receipt  uint64     // number of the newest receipt in this answer
	Logs     []LogHead  // ordered by log
	Digest   [16]byte   // the upstream's digest over the child's scopes; zero while it is not complete
	// Anew says that this hub does not know the receipts the child has heard: it was set back. What it said
	// before is void, and Logs tell everything again.
	Anew bool
	// Signature is the hub's Ed25519 over "tramy heads 1" ‖ child device ‖ nonce ‖ everything above.
	Signature [64]byte
}

// LogHead is a receipt for one log.
type LogHead struct {
	Log  LogID
	Here Seq // durable at this hub
	Hash ShortHash
	// In says up to where the log is let in. Where Reason is HoldForked there are two contents of the log. See Parts.
	In     Seq
	Reason HoldReason
	Root   Seq    // durable at the root, as the root signed it
	RootAt Cursor // the root's incarnation and feed number then
}

// Parts says from which change on the two contents of a log differ, and that Hash is the chain there of the one that counts;
// only its author may go on as if nothing were. It is false where a log has one content, where this hub does not know where
// they part, or where it cannot say yet which one counts, because it has not heard its upstream since it started: then Here
// ends before that change and Hash is zero.
//
// Of the content that counts In is the last change before, or, where this hub holds nothing of what follows, the change itself.
// There may be more than two contents: the word says nothing of what follows the change. In the answer to an author who sends
// what he has of it, the change is the first that differs from his, or the last that he sent, if none does.
func (h *LogHead) Parts() (at Seq, ok bool) {
	switch {
	case h.Reason != HoldForked || h.In == h.Here:
		return 0, false
	case h.In < h.Here:
		return h.In + 1, true
	default:
		return h.In, true
	}
}

// Undecided reports whether there are two contents of a log and this hub cannot say yet which of them counts.
func (h *LogHead) Undecided() bool {
	return h.Reason == HoldForked && h.In == h.Here && h.Hash == ShortHash{}
}

// Scopes tells the child which scopes it is served, in order; sent where Hello.ScopesHash differs.
type Scopes struct{ Places []EntityID }

// Row is one state on its way down.
type Row struct {
	State *State
	Left  bool // with this state the entity left the scope
}

// Page holds states of one scope in feed order and the cursor after them. A zero cursor says that the page
// stands outside the feed's order, as an answer to Want or the first page of a first sync: it moves nothing.
type Page struct {
	Scope   EntityID
	After   Cursor
	Count   uint32
	Payload []byte // columnar rows in one zstd frame
}

// Fingerprint is the sum of a scope at the end of its feed, where it differs from the child's.
type Fingerprint struct {
	Scope EntityID
	At    Cursor
	Sum   Sum
}

// Part is what the upstream holds of a part of a Range that differs. A part with few entities lists them and
// has no Count; an empty list without a Count says that the upstream has none there.
type Part struct {
	Scope    EntityID
	From, To EntityID // as in Range
	Count    uint32   // 0: the marks are all there is
	Sum      Sum
	Marks    []Mark // ordered by id
}

// Known names entities of a Want that the upstream holds with the very hash the child stated, although it
// does not count them to the scope. What is in neither Known nor a page the upstream does not hold, or does
// not show to this child.
type Known struct {
	Scope    EntityID
	Entities []EntityID // ordered
}

// RootSum is the root's own fingerprint of a scope, passed down from node to node.
type RootSum struct {
	Scope  EntityID
	At     Cursor // the root's incarnation and the end of its feed then
	WallMS int64  // the root's clock then
	Sum    Sum
	// Signature is the root's Ed25519 over "tramy root sum 1" ‖ everything above.
	Signature [64]byte
}

// Notice is what the upstream has to tell.
type Notice struct {
	WallMS   int64      // the hub's clock
	ComeBack uint32     // seconds until the next exchange is wanted; 0: as the child likes
	Message  string     // for people
	Software string     // newest version the hub knows
	Above    []EntityID // this hub and the nodes above it, up to the root; a child in it refuses the loop
}

// ResponseEnd closes an answer.
type ResponseEnd struct {
	More     bool   // there is more to fetch: come again at once
	WantSums bool   // digests differ although feeds are level: send the sums
	Level    Cursor // equal digests: the common cursor may jump here; zero otherwise
}

// RefusalCode says why an exchange was refused. Numbers are never reused; docs list the texts.
type RefusalCode uint16

// Refusals.
const (
	RefusedToken    RefusalCode = 1 // unknown or wrong token
	RefusedRevoked  RefusalCode = 2 // this device was revoked: lock
	RefusedBusy     RefusalCode = 3 // too many exchanges at once: come back
	RefusedVersion  RefusalCode = 4 // no common protocol version
	RefusedFormat   RefusalCode = 5 // a frame could not be decoded
	RefusedTooLarge RefusalCode = 6 // over a limit of page 2.5
	RefusedOrder    RefusalCode = 7 // frames in an impossible order
	RefusedTooMany  RefusalCode = 8 // too many attempts from this address
	RefusedInternal RefusalCode = 9 // the hub could not store it; nothing is lost, try later
	RefusedTooSlow  RefusalCode = 10
)

// Refusal answers a request that cannot be served; it is the only frame of its answer.
type Refusal struct {
	Code       RefusalCode
	RetryAfter uint32 // seconds, 0 if it does not help
	Message    string // for a log, in English
}

// FrameType implements Frame.
func (*Hello) FrameType() FrameType        { return FrameHello }
func (*SegmentFrame) FrameType() FrameType { return FrameSegment }
func (*Let) FrameType() FrameType          { return FrameLet }
func (*Logs) FrameType() FrameType         { return FrameLogs }
func (*Range) FrameType() FrameType        { return FrameRange }
func (*Want) FrameType() FrameType         { return FrameWant }
func (*RequestEnd) FrameType() FrameType   { return FrameRequestEnd }
func (*Heads) FrameType() FrameType        { return FrameHeads }
func (*Scopes) FrameType() FrameType       { return FrameScopes }
func (*Page) FrameType() FrameType         { return FramePage }
func (*Fingerprint) FrameType() FrameType  { return FrameFingerprint }
func (*Part) FrameType() FrameType         { return FramePart }
func (*Known) FrameType() FrameType        { return FrameKnown }
func (*RootSum) FrameType() FrameType      { return FrameRootSum }
func (*Backup) FrameType() FrameType       { return FrameBackup }
func (*Returned) FrameType() FrameType     { return FrameReturned }
func (*Move) FrameType() FrameType         { return FrameMove }
func (*Ends) FrameType() FrameType         { return FrameEnds }
func (*Notice) FrameType() FrameType       { return FrameNotice }
func (*ResponseEnd) FrameType() FrameType  { return FrameResponseEnd }
func (*Refusal) FrameType() FrameType      { return FrameRefusal }
