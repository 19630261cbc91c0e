package node

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"

	"tramy/internal/store"
	p "tramy/syncproto"
)

// Limits of one request (SPEC, limits) and of one transaction while absorbing.
const (
	outboxPerRead   = 128
	requestBytesMax = p.RequestSizeBytesMax - (1 << 20) // what is left holds Hello and End
	statesPerTx     = 256
)

// Options are what a carrier knows of the link.
type Options struct {
	PageBytes uint32 // wanted size of a page; 0: a middling one
	// From is the position that the upstream named when it was asked after a broken exchange. It is not
	// kept: the upstream checks it again, and only its signed word counts.
	From     *p.Position
	Fresh    bool // a new connection: say who we are
	Brief    bool // the line is bad: what can wait is left out
	Software string
	bundle   *bundleCall // request and answer travel as files
	// Backup is what to tell of this machine's backups, nil: nothing.
	Backup *p.Backup
	// Move is a later announcement of the upstream than it knows itself, nil: nothing.
	Move *p.Move
}

// Result is what one exchange did.
type Result struct {
	Sent     int  // segments and lets
	Received int  // states
	Receipts int  // logs of which the upstream had news
	More     bool // come again at once
	Level    bool // both sides hold the same
	Refusal  *p.Refusal
	ComeBack uint32 // seconds, 0 as the child likes
	Unequal  []p.EntityID
	// Move is what the upstream announced, as it signed it; nil if nothing.
	Move *p.Move
}

// Call is one exchange with the upstream, begun by the child.
type Call struct {
	n        *Node
	ctx      context.Context
	up       Upstream
	hello    p.Hello
	backup   *p.Backup
	ends     *p.Ends // how far its own logs reach that the upstream does not hold whole; nil: it holds all
	move     *p.Move
	brief    bool // what can wait is left out
	scopes   []store.CursorRow
	dirty    uint64 // the feed's counter at Hello, to know whether something was saved since
	res      Result
	list     bool                 // the upstream wants to know which logs are here
	forks    []p.Dot              // own logs that stand otherwise above, from these changes on
	setBack  bool                 // this machine was set back: it must begin anew before it takes anything in
	anew     bool                 // what this upstream said before counts no more, or it never said anything
	heard    bool                 // a valid signed Heads came
	heardAll bool                 // it has said all that it has for this node
	digest   bool                 // it named a digest: the upstream is complete
	rescoped bool                 // it named other scopes
	theirs   map[p.EntityID]p.Sum // sums that differ, as the upstream told them
	bundle   *bundleCall          // nil: over a line
	returned []*p.Returned        // own segments that do not count and that the upstream hands back

	// What this call compares: asked for, found out, and the answers to what was wanted.
	comparing []p.EntityID
	asked     map[p.EntityID]*comparison
	found     map[p.EntityID]*comparison
	own       map[p.EntityID][]p.Mark
	known     map[p.EntityID]bool
	above     map[p.EntityID]*p.State
	left      map[placed]bool // of them, what does not stand there above
	refresh   []p.EntityID    // to be replaced by the upstream's state

	mu   sync.Mutex
	sent int
}

// ErrNotRooted says that the root has no upstream to call.
var ErrNotRooted = errors.New("the centre has no node above it")

// ErrLoop says that the upstream lies below this node.
var ErrLoop = errors.New("the upstream is below this node: the tree would be a loop")

// Begin seals what was written and prepares the request.
func (n *Node) Begin(ctx context.Context, opt Options) (*Call, error) {
	if n.id.IsRoot() {
		return nil, ErrNotRooted
	}
	if err := n.Seal(ctx); err != nil {
		return nil, fmt.Errorf("sealing what was written: %w", err)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	c := newCall(ctx, n)
	c.bundle, c.backup, c.move, c.brief = opt.bundle, opt.Backup, opt.Move, opt.Brief
	h := &c.hello
	h.Incarnation = n.incarnation
	h.WallMS = n.cfg.Now().UnixMilli()
	if h.PageBytes = opt.PageBytes; h.PageBytes == 0 {
		h.PageBytes = 64 << 10
	}
	if opt.Fresh {
		h.Intro = &p.Intro{Versions: []uint8{p.Version}, Software: opt.Software, Device: n.id.Device}
	}
	if _, err := io.ReadFull(n.cfg.Rand, h.Nonce[:]); err != nil {
		return nil, err
	}
	err := n.cfg.Store.Update(ctx, func(tx store.Tx) error { return c.prepare(tx, opt.From) })
	return c, err
}

func newCall(ctx context.Context, n *Node) *Call {
	return &Call{
		n: n, ctx: ctx, up: n.id.Upstream, theirs: map[p.EntityID]p.Sum{}, found: map[p.EntityID]*comparison{},
		own: map[p.EntityID][]p.Mark{}, known: map[p.EntityID]bool{}, above: map[p.EntityID]*p.State{},
		left: map[placed]bool{},
	}
}

func (c *Call) prepare(tx store.Tx, from *p.Position) error {
	h := &c.hello
	var err error
	if h.From, err = readPosition(tx); err != nil {
		return err
	}
	if err := c.resume(tx, from); err != nil {
		return err
	}
	if list, err := tx.Meta(metaList); err != nil {
		return err
	} else {
		c.list = len(list) > 0
	}
	if h.Receipt, _, err = c.lastReceipt(tx); err != nil {
		return err
	}
	if h.Request, err = tx.Counter(counterRequest); err != nil {
		return err
	}
	h.Request++
	if err = tx.SetCounter(counterRequest, h.Request); err != nil {
		return err
	}
	if c.scopes, err = tx.Cursors(c.up.Device); err != nil {
		return err
	}
	c.plan()
	if c.refresh, err = tx.Refreshes(wantedPerCall); err != nil {
		return err
	}
	places := make([]p.EntityID, len(c.scopes))
	sums := make([]p.ScopeSum, len(c.scopes))
	for i, row := range c.scopes {
		places[i] = row.Scope
		sum, err := tx.Sum(row.Scope)
		if err != nil {
			return err
		}
		sums[i] = p.ScopeSum{Scope: row.Scope, Sum: sum.Sum}
	}
	h.ScopesHash = p.ScopesHash(places)
	h.Digest = p.Digest(sums)
	if c.n.wantSums {
		h.Sums = sums
	}
	h.Cursor = commonCursor(c.scopes)
	for _, row := range c.scopes {
		if row.Cursor != h.Cursor {
			h.Behind = append(h.Behind, p.Behind{Scope: row.Scope, Cursor: row.Cursor})
		}
	}
	pending, err := c.n.pending(tx)
	if err != nil {
		return err
	}
	h.Pending = uint32(min(pending, 1<<31))
	if !c.brief { // a line that breaks after 4 KB has room for little beside a segment
		if c.ends, err = c.n.ends(tx); err != nil {
			return err
		}
	}
	if c.dirty, err = tx.Counter(counterFeed); err != nil || c.bundle == nil {
		return err
	}
	return c.keep(tx)
}

// resume takes the position over that the upstream named, if there is one, and notes what this request may bring it.
func (c *Call) resume(tx store.Tx, from *p.Position) error {
	end, err := tx.Counter(counterOutbox)
	if err != nil {
		return err
	}
	sent, err := readUint(tx, metaSent)
	if err != nil {
		return err
	}
	// A number of this run that was never sent, and that the upstream has all the same, is that of something else: this
	// machine was rolled back with its memory. What stands under it here has still to be sent.
	if h := &c.hello; from != nil && from.Number > h.From.Number && (from.Incarnation != c.n.incarnation || from.Number <= sent) {
		incs, err := tx.Incarnations()
		if err != nil {
			return err
		}
		if c.n.knowsPosition(incs, *from, end) {
			h.From = *from
		}
	}
	if end == sent {
		return nil
	}
	return writeUint(tx, metaSent, end)
}

// commonCursor is the cursor most scopes share; the greater number among equals.
func commonCursor(rows []store.CursorRow) p.Cursor {
	var best p.Cursor
	most := 0
	for _, r := range rows {
		k := 0
		for _, x := range rows {
			if x.Cursor == r.Cursor {
				k++
			}
		}
		if k > most || k == most && r.Cursor.Number > best.Number {
			best, most = r.Cursor, k
		}
	}
	return best
}

// WriteRequest streams the request: Hello, then what the outbox holds beyond the upstream's last word.
func (c *Call) WriteRequest(w io.Writer) error {
	fw := p.NewFrameWriter(w)
	if err := fw.Write(&c.hello); err != nil {
		return err
	}
	if c.backup != nil {
		if err := fw.Write(c.backup); err != nil {
			return err
		}
	}
	if c.ends != nil {
		if err := fw.Write(c.ends); err != nil {
			return err
		}
	}
	if c.move != nil {
		if err := fw.Write(c.move); err != nil {
			return err
		}
	}
	if c.list {
		if err := c.listLogs(fw); err != nil {
			return err
		}
	}
	at, size, count := c.hello.From.Number, 0, uint32(0)
	for size < requestBytesMax && count < p.RequestSegmentsMax {
		var rows []store.OutboxRow
		err := c.n.cfg.Store.View(c.ctx, func(tx store.Tx) error {
			var err error
			rows, err = tx.Outbox(at, outboxPerRead)
			return err
		})
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			break
		}
		for i := range rows {
			r := &rows[i]
			var f p.Frame = &p.SegmentFrame{Raw: r.Raw}
			if r.First == 0 {
				f = &p.Let{Log: r.Log, In: r.In, Reason: r.Reason}
			}
			if err := fw.Write(f); err != nil {
				return err
			}
			at, size, count = r.Position, size+len(r.Raw), count+1
			if size >= requestBytesMax || count >= p.RequestSegmentsMax {
				c.mu.Lock()
				c.res.More = true
				c.mu.Unlock()
				break
			}
		}
	}
	c.mu.Lock()
	c.sent = int(count)
	c.mu.Unlock()
	if err := c.ask(fw); err != nil {
		return err
	}
	return fw.Write(&p.RequestEnd{Segments: count})
}

// listLogs tells how far every log reaches here.
func (c *Call) listLogs(fw *p.FrameWriter) error {
	for after := (p.LogID{}); ; {
		var rows []store.LogRow
		err := c.n.cfg.Store.View(c.ctx, func(tx store.Tx) error {
			var err error
			rows, err = tx.Logs(after, p.LogsMax)
			return err
		})
		if err != nil || len(rows) == 0 {
			return err
		}
		f := &p.Logs{}
		for i := range rows {
			r := &rows[i]
			m := p.LogMark{Log: r.ID, Seq: r.Head, Hash: r.Hash.Short()}
			if r.Own {
				m.Seq, m.Hash = r.Sealed, r.SealedHash.Short()
			}
			if m.Seq > 0 {
				f.Heads = append(f.Heads, m)
			}
			after = r.ID
		}
		if err := fw.Write(f); err != nil {
			return err
		}
	}
}

func readPosition(tx store.Tx) (p.Position, error) {
	var pos p.Position
	b, err := tx.Meta(metaPosition)
	if err != nil || len(b) != 16 {
		return pos, err
	}
	copy(pos.Incarnation[:], b)
	pos.Number = binary.BigEndian.Uint64(b[8:])
	return pos, nil
}

func readUint(tx store.Tx, key string) (uint64, error) {
	b, err := tx.Meta(key)
	if err != nil || len(b) != 8 {
		return 0, err
	}
	return binary.BigEndian.Uint64(b), nil
}

func writeUint(tx store.Tx, key string, v uint64) error {
	return tx.SetMeta(key, binary.BigEndian.AppendUint64(nil, v))
}

// lastReceipt is the number of the last receipt heard of this upstream, and whether it was ever heard. Each hub numbers for
// itself: a number of another one would make this one pass over what it has to say.
func (c *Call) lastReceipt(tx store.Tx) (number uint64, heard bool, err error) {
	b, err := tx.Meta(metaReceipt)
	if err != nil || len(b) != 8+len(c.up.Device) || !bytes.Equal(b[8:], c.up.Device[:]) {
		return 0, false, err
	}
	return binary.BigEndian.Uint64(b), true, nil
}

func (c *Call) setReceipt(tx store.Tx, number uint64) error {
	return tx.SetMeta(metaReceipt, append(binary.BigEndian.AppendUint64(nil, number), c.up.Device[:]...))
}
