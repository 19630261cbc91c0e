package node

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"slices"

	"tramy/internal/store"
	p "tramy/syncproto"
)

// Laptops in one room give each other segments, never states (decision 23). Who has something says which logs, the
// neighbour answers how far it has each of them, signed, and is sent what follows. There are no positions: what a
// neighbour says of its logs is all that counts, and it is asked again with every connection.

// Limits of one request to a neighbour, and of what is offered to one that was not here for a while.
const (
	peerSegmentsMax = 64
	peerBytesMax    = 512 << 10
	peerChangesMax  = 1024 // of one own log, cut anew for it
	// peerRecent is how much of the outbox that the hub has already taken is offered as well, in segments: what a
	// neighbour may not have fetched yet when the line to the hub fails for all.
	peerRecent = 512
)

// metaPeer, with a neighbour's device behind it, is its last signed word on this node's own logs: the nonce and the
// encoded Heads.
const metaPeer = "peer:"

// ErrNotNeighbour says that a device is none of those whose laptops share a room with this one: stations in force of
// the same commune, enrolled by the same hub.
var ErrNotNeighbour = errors.New("not a laptop of this station")

// Peer is a neighbour and what it last said it has. It is good for one connection.
type Peer struct {
	Device p.EntityID
	Name   string
	key    ed25519.PublicKey

	scanned uint64 // of this node's outbox
	logs    []p.LogID
	marks   map[p.LogID]peerMark
	apart   map[p.LogID]bool // stands otherwise there, or does not move: not sent on this connection
	retold  map[p.LogID]bool // sent from its beginning, so that the first difference is found
}

// peerMark is how far a neighbour has a log, and the chain there.
type peerMark struct {
	seq  p.Seq
	hash p.Hash
}

// PeerCall is one request to a neighbour.
type PeerCall struct {
	n        *Node
	ctx      context.Context
	peer     *Peer
	hello    p.Hello
	asks     []p.LogMark
	segments [][]byte
	sent     map[p.LogID]p.Seq // from where each log was sent
	more     bool
	forks    []p.Dot
}

// BeginPeer prepares the next request to a neighbour: what it is not known to have, from where it said, and the
// question about what it has said nothing of.
func (n *Node) BeginPeer(ctx context.Context, peer *Peer) (*PeerCall, error) {
	c := &PeerCall{n: n, ctx: ctx, peer: peer, sent: map[p.LogID]p.Seq{}}
	if _, err := io.ReadFull(n.cfg.Rand, c.hello.Nonce[:]); err != nil {
		return nil, err
	}
	c.hello.WallMS = n.cfg.Now().UnixMilli()
	c.hello.Intro = &p.Intro{Versions: []uint8{p.Version}, Device: n.Identity().Device}
	return c, n.cfg.Store.View(ctx, c.gather)
}

func (c *PeerCall) gather(tx store.Tx) error {
	device := c.n.Identity().Device
	own, err := tx.LogsOf(device)
	if err != nil {
		return err
	}
	proving := map[p.LogID]bool{}
	for i := range own {
		if l := &own[i]; l.Own && l.Head > max(l.UpHere, l.Root) {
			proving[l.ID] = true
			c.offer(l.ID)
		}
	}
	if err := c.scan(tx); err != nil {
		return err
	}
	size := 0
	for _, id := range c.peer.logs {
		row, err := tx.Log(id)
		if err != nil {
			return err
		}
		// Access records go to the hub alone; what was rejected goes nowhere any more.
		if row == nil || row.Head == 0 || row.Access || row.Device == c.peer.Device || row.Reason == p.HoldRejected || row.Device == device && !row.Own {
			continue
		}
		mark, known := c.peer.marks[id]
		if (!known || proving[id]) && len(c.asks) < p.LogsMax {
			c.asks = append(c.asks, p.LogMark{Log: id, Seq: row.Head, Hash: row.Hash.Short()})
		}
		if !known || c.peer.apart[id] || mark.seq >= row.Head {
			continue
		}
		if len(c.segments) >= peerSegmentsMax || size >= peerBytesMax {
			c.more = true
			continue
		}
		raws, err := c.beyond(tx, row, mark)
		if err != nil {
			return err
		}
		c.sent[id] = mark.seq
		for _, raw := range raws {
			if len(c.segments) >= peerSegmentsMax || size >= peerBytesMax {
				c.more = true
				break
			}
			c.segments, size = append(c.segments, raw), size+len(raw)
		}
	}
	slices.SortFunc(c.asks, func(a, b p.LogMark) int { return a.Log.Compare(b.Log) })
	return nil
}

func (c *PeerCall) offer(log p.LogID) {
	if !slices.Contains(c.peer.logs, log) {
		c.peer.logs = append(c.peer.logs, log)
	}
}

// scan offers the logs that stand in the outbox beyond what the hub has taken, and in the newest of what it has.
func (c *PeerCall) scan(tx store.Tx) error {
	pos, err := readPosition(tx)
	if err != nil {
		return err
	}
	end, err := tx.Counter(counterOutbox)
	if err != nil {
		return err
	}
	recent := uint64(0)
	if end > peerRecent {
		recent = end - peerRecent
	}
	for at := max(c.peer.scanned, min(pos.Number, recent)); at < end; {
		rows, err := tx.Outbox(at, outboxPerRead)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			break
		}
		for i := range rows {
			if at = rows[i].Position; rows[i].First > 0 {
				c.offer(rows[i].Log)
			}
		}
	}
	c.peer.scanned = end
	return nil
}

// beyond returns what of a log follows a mark, as far as one request takes it. An own log is cut anew for the
// neighbour: what the hub gets is sealed less often, in larger segments. Others' segments go as they are.
func (c *PeerCall) beyond(tx store.Tx, row *store.LogRow, mark peerMark) ([][]byte, error) {
	if row.Own {
		return c.cut(tx, row, mark)
	}
	var out [][]byte
	for at := mark.seq + 1; at <= row.Head && len(out) < peerSegmentsMax; {
		seg, err := tx.SegmentHolding(row.ID, at)
		if err != nil {
			return nil, err
		}
		if seg == nil {
			return nil, fmt.Errorf("log %s: no segment holds change %d", row.ID, at)
		}
		out = append(out, seg.Raw)
		at = seg.First + p.Seq(seg.Count)
	}
	c.more = c.more || len(out) == peerSegmentsMax
	return out, nil
}

func (c *PeerCall) cut(tx store.Tx, row *store.LogRow, mark peerMark) ([][]byte, error) {
	last := row.Head
	if last-mark.seq > peerChangesMax {
		last, c.more = mark.seq+peerChangesMax, true
	}
	var changes []p.Change
	if err := c.n.eachChange(tx, row, mark.seq+1, row.Head, func(x *p.Change) error {
		// Never half an act: one that begins within what is sent is sent whole.
		if k := len(changes); x.Dot.Seq <= last || k > 0 && x.At == changes[k-1].At {
			changes = append(changes, *x)
			return nil
		}
		return errEnough
	}); err != nil && !errors.Is(err, errEnough) {
		return nil, err
	}
	var opening *p.Opening
	if mark.seq == 0 {
		var err error
		if opening, err = getOpening(tx, row.ID); err != nil {
			return nil, err
		}
	}
	key, err := c.n.signingKey(tx, row.ID)
	if err != nil {
		return nil, err
	}
	raws, err := p.Seal(key, opening, mark.hash, changes)
	if err != nil {
		return nil, fmt.Errorf("sealing log %s from change %d for a neighbour: %w", row.ID, mark.seq+1, err)
	}
	return raws, nil
}

// errEnough ends a walk over changes.
var errEnough = errors.New("enough")

// WriteRequest writes the request: Hello, the logs it asks about, the segments.
func (c *PeerCall) WriteRequest(w io.Writer) error {
	fw := p.NewFrameWriter(w)
	if err := fw.Write(&c.hello); err != nil {
		return err
	}
	if len(c.asks) > 0 {
		if err := fw.Write(&p.Logs{Heads: c.asks}); err != nil {
			return err
		}
	}
	for _, raw := range c.segments {
		if err := fw.Write(&p.SegmentFrame{Raw: raw}); err != nil {
			return err
		}
	}
	return fw.Write(&p.RequestEnd{Segments: uint32(len(c.segments))})
}

// ReadResponse takes the neighbour's word in. It reports whether to come again at once.
func (c *PeerCall) ReadResponse(r io.Reader) (again bool, err error) {
	a := peerAnswer{c: c}
	if err := p.ReadResponse(r, &a); err != nil {
		return false, err
	}
	if !a.heard {
		return false, fmt.Errorf("no signed word of the neighbour in the answer: %w", p.ErrSignature)
	}
	for _, f := range c.forks {
		if err := c.n.reissueUnsent(c.ctx, f); err != nil {
			return false, err
		}
	}
	return c.more || len(c.forks) > 0, nil
}

// heads takes the signed word in: how far the neighbour has which log.
func (c *PeerCall) heads(h *p.Heads) error {
	n := c.n
	if err := h.Verify(c.peer.key, n.Identity().Device, c.hello.Nonce); err != nil {
		return err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	back := false
	marks, behind := map[p.LogID]peerMark{}, map[p.LogID]bool{}
	err := n.cfg.Store.Update(c.ctx, func(tx store.Tx) error {
		proof := append(c.hello.Nonce[:], p.EncodeFrame(h)...)
		if err := tx.SetMeta(metaPeer+c.peer.Device.String(), proof); err != nil {
			return err
		}
		for i := range h.Logs {
			l := &h.Logs[i]
			row, err := tx.Log(l.Log)
			if err != nil {
				return err
			}
			if row == nil {
				continue
			}
			mark, stands, err := c.compare(tx, row, l)
			if err != nil {
				return err
			}
			// More of the log that is being written than was ever written here, or something else: this machine was set
			// back. Of an older log it is what a restored backup looks like, and nobody goes on writing that.
			written := n.own != nil && n.own.id == l.Log
			back = back || written && (!stands || mark.seq > row.Head)
			if stands {
				marks[l.Log], behind[l.Log] = mark, mark.seq < row.Head
			}
		}
		if back {
			return n.setBack(tx)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for log, mark := range marks {
		if before, ok := c.sent[log]; ok && mark.seq == before {
			c.peer.apart[log] = true // parked there, or refused: not sent round after round
		}
		c.peer.marks[log] = mark
		c.more = c.more || behind[log] && !c.peer.apart[log]
	}
	return nil
}

// compare says how far a neighbour has a log, and whether that is the same as here. Where it is not, the log is sent
// once from its beginning, so that the neighbour names the first change that differs.
func (c *PeerCall) compare(tx store.Tx, row *store.LogRow, l *p.LogHead) (peerMark, bool, error) {
	seq, hash := l.Here, l.Hash
	at, forked := l.Parts()
	if forked {
		seq = at
	}
	if seq > row.Head && !forked {
		return peerMark{seq: seq}, true, nil // it has more than this node: nothing to send
	}
	if seq <= row.Head {
		h, err := c.chain(tx, row, seq)
		if err != nil {
			return peerMark{}, false, err
		}
		if h.Short() == hash {
			if forked { // the content that stands there is this node's
				seq = min(l.Here, row.Head)
				h, err = c.chain(tx, row, seq)
			}
			return peerMark{seq: seq, hash: h}, true, err
		}
	}
	switch {
	case forked || c.peer.retold[row.ID]:
		c.peer.apart[row.ID] = true
		if forked && row.Own && row.Head >= at {
			c.forks = append(c.forks, p.Dot{Log: row.ID, Seq: at})
		}
	default:
		c.peer.retold[row.ID] = true
		c.peer.marks[row.ID] = peerMark{hash: p.ChainStart(row.ID)}
		c.more = true
	}
	return peerMark{}, false, nil
}

// chain is the hash chain of a log here, from the last mark on if that is on the way.
func (c *PeerCall) chain(tx store.Tx, row *store.LogRow, seq p.Seq) (p.Hash, error) {
	m, ok := c.peer.marks[row.ID]
	if seq == row.Head {
		return row.Hash, nil
	}
	if !ok || m.seq > seq || m.hash == (p.Hash{}) {
		return c.n.hashAt(tx, row, seq)
	}
	return c.n.hashFrom(tx, row, m.seq, m.hash, seq)
}

// reissueUnsent issues again what this node wrote into a log where a neighbour has other content, if the hub was never
// sent any of it. Else the hub decides which of the two counts.
func (n *Node) reissueUnsent(ctx context.Context, from p.Dot) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	var b *batch
	err := n.cfg.Store.Update(ctx, func(tx store.Tx) error {
		row, err := tx.Log(from.Log)
		if err != nil || row == nil || !row.Own || row.Sealed >= from.Seq || row.UpHere >= from.Seq {
			return err
		}
		b = n.newBatch(tx)
		return b.reissue([]p.Dot{from})
	})
	if err == nil && b != nil {
		b.committed()
	}
	return err
}

// peerAnswer reads a neighbour's answer: no pages, no scopes, nothing from above.
type peerAnswer struct {
	c     *PeerCall
	heard bool
}

func (a *peerAnswer) Heads(h *p.Heads) error {
	a.heard = true
	return a.c.heads(h)
}
func (a *peerAnswer) ResponseEnd(*p.ResponseEnd) error { return nil }

// RefusedError is a neighbour's no.
type RefusedError struct{ Refusal p.Refusal }

func (e *RefusedError) Error() string {
	return fmt.Sprintf("the neighbour refused: %d %s", e.Refusal.Code, e.Refusal.Message)
}

func (a *peerAnswer) Refusal(r *p.Refusal) error { return &RefusedError{*r} }
func (a *peerAnswer) Scopes(*p.Scopes) error     { return errNotOfPeers }
func (a *peerAnswer) Page(*p.Page) error         { return errNotOfPeers }
func (a *peerAnswer) Fingerprint(*p.Fingerprint) error {
	return errNotOfPeers
}
func (a *peerAnswer) Part(*p.Part) error       { return errNotOfPeers }
func (a *peerAnswer) Known(*p.Known) error     { return errNotOfPeers }
func (a *peerAnswer) RootSum(*p.RootSum) error { return errNotOfPeers }
func (a *peerAnswer) Notice(*p.Notice) error   { return errNotOfPeers }

// errNotOfPeers: neighbours give each other segments and say how far they have them, nothing else.
var errNotOfPeers = fmt.Errorf("a frame that neighbours do not exchange: %w", p.ErrOrder)
