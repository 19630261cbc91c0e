package store

import (
	"cmp"

	"tramy/internal/project"
	p "tramy/syncproto"
)

// LogRow is what this node knows of one log.
type LogRow struct {
	ID         p.LogID
	Device     p.EntityID
	Own        bool // written by this node
	Access     bool // an own log of access records: sent last
	Head       p.Seq
	Hash       p.Hash // h(Head)
	Sealed     p.Seq  // own logs: sealed up to
	SealedHash p.Hash // own logs: h(Sealed)
	In         p.Seq  // let in up to (applied); equals Head unless held
	Reason     p.HoldReason
	Fork       p.Seq      // the first change of which two contents arrived, if that is known; 0: none
	Via        p.EntityID // child that sent it last; zero for own
	Receipt    uint64     // number of the last news about it for that child
	Last       p.At       // of the change at Head
	// Told is the last change of it that its author said there is, or sent; it may lie beyond Head.
	Told p.Seq

	// What the upstream said of it, signed.
	UpHere   p.Seq
	UpHash   p.ShortHash
	UpIn     p.Seq
	UpReason p.HoldReason
	Root     p.Seq // durable at the root
	RootAt   p.Cursor
	ProofUp  uint64 // proof of UpHere
	ProofTop uint64 // proof of Root
}

// LocalKind says what a local row is about.
type LocalKind string

// The kinds of local rows. The names are kept on disk and do not change.
const (
	LocalGuesses LocalKind = "guesses" // wrong guesses at a password or a code
	LocalPin     LocalKind = "pin"     // what opens a log-in again at this machine, by account
	LocalSeat    LocalKind = "seat"    // who works in a browser of this machine
	LocalFactor  LocalKind = "factor"  // the last code of a second factor that was taken here, by account
	LocalReceipt LocalKind = "receipt" // when the upstream's word was heard on how far it has a log, by log
	LocalArrived LocalKind = "arrived" // when a reaction came to this machine, by its id
	LocalDraft   LocalKind = "draft"   // a form that was typed and not saved, by whose, which and about whom
	LocalSheet   LocalKind = "sheet"   // who stood on a session's list, in the order in which it was printed, by session or day
)

// LocalRow is one thing that this machine keeps for itself.
type LocalRow struct {
	Kind  LocalKind
	Key   string
	Value []byte
}

// SegmentRow is a segment, verbatim.
type SegmentRow struct {
	Log   p.LogID
	First p.Seq
	Count uint32
	Raw   []byte
}

// OutboxRow is one thing to send up, in commit order: a segment (First > 0) or a let (First 0).
type OutboxRow struct {
	Position uint64
	Log      p.LogID
	First    p.Seq
	In       p.Seq // of a let
	Reason   p.HoldReason
	Low      bool   // access records: sent after everything else
	Raw      []byte // of a segment, when read
}

// TailRow is one own change that no segment holds yet.
type TailRow struct {
	Log    p.LogID
	Seq    p.Seq
	Change []byte // canonical
}

// ParkedRow is a segment whose device is not known yet.
type ParkedRow struct {
	Log    p.LogID
	First  p.Seq
	Device p.EntityID // as the segment's opening, or the log's, names it; zero if unknown
	Via    p.EntityID
	Raw    []byte
}

// WaitingRow is what came through a child and leads nowhere yet.
type WaitingRow struct {
	Logs        int   // named, and nothing of them is here
	ParkedBytes int64 // of segments
}

// Member is an entity that names a subject.
type Member struct {
	Entity p.EntityID
	State  *p.State // nil: there is none, or the caller has it
}

// RouteRow says that an entity is (or, Left, was) in a scope, and where it stands in the feed.
type RouteRow struct {
	Scope  p.EntityID // a place, or zero for what goes to everybody
	Entity p.EntityID
	Number p.FeedNumber
	Hash   [16]byte
	Left   bool
	// Echo names the child whose changes alone, in its incarnation EchoInc, made this row since a cursor
	// that it stated: it is spared the row.
	Echo    p.EntityID
	EchoInc p.Incarnation
}

// ScopeSum is the fingerprint of what is in a scope, and how much that is.
type ScopeSum struct {
	Sum   p.Sum
	Count int64
}

// RootSumRow is the root's word on a scope.
type RootSumRow struct {
	Scope   p.EntityID
	WallMS  int64  // the root's clock then
	Frame   []byte // an encoded RootSum frame, as signed
	EqualMS int64  // the newest WallMS of a word that this node's own sum equalled, 0 if none did
}

// CursorRow is how far this node has followed an upstream's feed in one scope.
type CursorRow struct {
	Upstream p.EntityID
	Scope    p.EntityID
	Cursor   p.Cursor
	Complete bool // the end of the feed was reached at least once
}

// IncarnationRow is one run of this node and the numbers it gave out; the ends are set when the next
// run begins.
type IncarnationRow struct {
	Incarnation p.Incarnation
	Order       int64
	FeedEnd     p.FeedNumber
	OutboxEnd   uint64
	Ended       bool
}

// ChildRow is what a hub last heard from a device below it: of a child itself, of one further down by the
// logs that came through.
type ChildRow struct {
	Device     p.EntityID
	TokenHash  []byte // SHA-256 of its bearer token
	ContactMS  int64  // hub clock, 0 if never
	ClockErrMS int64  // child's clock minus hub's
	Pending    uint32
	Software   string
	LevelMS    int64 // when its digest last equalled ours
	UnequalMS  int64 // since when its digest differs although nothing is to be sent, 0 if it does not
	Request    uint64
	DataMS     int64 // newest change of its logs that is here, hub time
	RootSumMS  int64 // the root's clock in the newest of its sums passed on to it
	BackupMS   int64 // when its newest verified backup was made, hub clock; 0 if it never said, NoBackup
}

// NoBackup is the BackupMS of a child that said it has no verified backup.
const NoBackup = -1

// ProofRow is a signed word of the upstream, verbatim: an encoded Heads frame and the nonce it answers.
type ProofRow struct {
	ID    uint64
	Nonce [16]byte
	Heads []byte
}

// ExchangeRow is one exchange with the upstream, for people.
type ExchangeRow struct {
	StartMS   int64
	EndMS     int64
	Result    string // done, cut, refused, unreachable, not-hub, wrong-key
	Detail    string // for an operator, no personal data
	Sent      uint32 // changes taken by the upstream
	Received  uint32 // states
	BytesUp   int64
	BytesDown int64
	Level     bool // digests were equal at the end
}

// AlarmsKept is how many alarms of one code are kept about one machine, the newest.
const AlarmsKept = 100

// AlarmRow is something an operator must see.
type AlarmRow struct {
	WallMS int64
	Code   string // fork, wrong-sum, revoked, clone, park
	Detail string
	Device p.EntityID // the machine it is about; zero: this one
}

// ByNoLot orders doses without a lot as they are listed: newest day first, then vaccine, time and id.
func ByNoLot(a, b project.ImmunizationRow) int {
	return cmp.Or(cmp.Compare(b.GivenOn, a.GivenOn), cmp.Compare(a.Vaccine, b.Vaccine), cmp.Compare(a.GivenMinute, b.GivenMinute), a.ID.Compare(b.ID))
}
