package syncproto

import "math"

// The bodies of Hello and Heads, which open a request and its answer.

// encode: what an ordinary Hello does not have comes last.
func (f *Hello) encode(b *body) {
	b.fixed(f.Incarnation[:])
	b.same(f.From.Incarnation, f.Incarnation)
	b.uint(f.From.Number)
	b.uint(f.Receipt)
	b.fixed(f.Cursor.Incarnation[:])
	b.uint(uint64(f.Cursor.Number))
	b.fixed(f.ScopesHash[:])
	b.fixed(f.Digest[:])
	b.uint(f.Request)
	b.fixed(f.Nonce[:])
	b.int(f.WallMS)
	b.uint(uint64(f.PageBytes))
	b.uint(uint64(f.Pending))
	b.list(len(f.Behind), func(i int, e *body) {
		e.fixed(f.Behind[i].Scope[:])
		e.same(f.Behind[i].Cursor.Incarnation, f.Cursor.Incarnation)
		e.uint(uint64(f.Behind[i].Cursor.Number))
	})
	b.list(len(f.Sums), func(i int, e *body) {
		e.fixed(f.Sums[i].Scope[:])
		e.fixed(f.Sums[i].Sum[:])
	})
	if f.Intro != nil {
		b.w.array(3)
		b.w.bin(f.Intro.Versions)
		b.w.text(f.Intro.Software)
		b.w.fixed(f.Intro.Device[:])
		b.did(false)
	}
}

// signed is what a Heads signs besides domain, child and nonce.
func (f *Heads) signed() []byte {
	b := newBody()
	b.fixed(f.Position.Incarnation[:])
	b.uint(f.Position.Number)
	b.uint(f.Receipt)
	b.fixed(f.Digest[:])
	b.list(len(f.Logs), func(i int, e *body) {
		h := &f.Logs[i]
		e.fixed(h.Log[:])
		e.uint(uint64(h.Here))
		e.fixed(h.Hash[:])
		e.uint(uint64(h.In))
		e.uint(uint64(h.Reason))
		e.uint(uint64(h.Root))
		e.fixed(h.RootAt.Incarnation[:])
		e.uint(uint64(h.RootAt.Number))
	})
	b.bool(f.WantLogs)
	b.list(len(f.Known), func(i int, e *body) {
		e.fixed(f.Known[i].Incarnation[:])
		e.uint(f.Known[i].Number)
	})
	b.bool(f.Anew)
	return b.done()
}

func (r *reader) hello() *Hello {
	f := &Hello{}
	if len(r.b) > HelloSizeBytesMax {
		r.fail(ErrTooLarge, "Hello of %d bytes", len(r.b))
		return f
	}
	b := r.body(16)
	b.fixed(f.Incarnation[:])
	b.same(&f.From.Incarnation, f.Incarnation)
	f.From.Number = b.uint64()
	f.Receipt = b.uint64()
	f.Cursor = b.cursor()
	b.fixed(f.ScopesHash[:])
	b.fixed(f.Digest[:])
	f.Request = b.uint64()
	b.fixed(f.Nonce[:])
	f.WallMS = b.int()
	f.PageBytes = uint32(b.uint(math.MaxUint32))
	f.Pending = uint32(b.uint(math.MaxUint32))
	if n := b.count(ScopesMax); n > 0 {
		f.Behind = make([]Behind, n)
	}
	for i := range f.Behind {
		e, g := r.body(3), &f.Behind[i]
		g.Scope = e.scope()
		e.same(&g.Cursor.Incarnation, f.Cursor.Incarnation)
		g.Cursor.Number = FeedNumber(e.uint64())
		if r.err == nil && i > 0 && f.Behind[i-1].Scope.Compare(g.Scope) >= 0 {
			r.fail(ErrInvalid, "scopes out of order")
		}
		if r.err != nil {
			return f
		}
	}
	if n := b.count(ScopesMax); n > 0 {
		f.Sums = make([]ScopeSum, n)
	}
	for i := range f.Sums {
		e, g := r.body(2), &f.Sums[i]
		g.Scope = e.scope()
		e.fixed(g.Sum[:])
		if r.err == nil && i > 0 && f.Sums[i-1].Scope.Compare(g.Scope) >= 0 {
			r.fail(ErrInvalid, "scopes out of order")
		}
		if r.err != nil {
			return f
		}
	}
	if b.more() {
		f.Intro = r.intro()
	}
	return f
}

func (r *reader) intro() *Intro {
	f := &Intro{}
	r.arrayOf(3)
	f.Versions = append([]uint8(nil), r.bin(VersionsMax)...)
	for i := range f.Versions {
		if i > 0 && f.Versions[i-1] >= f.Versions[i] {
			r.fail(ErrInvalid, "versions out of order")
		}
	}
	f.Software = r.text(SoftwareBytesMax)
	r.fixed(f.Device[:])
	if r.err == nil && !f.Device.IsZero() && !f.Device.Valid() {
		r.fail(ErrInvalid, "entity id")
	}
	return f
}

func (r *reader) heads() *Heads {
	f := &Heads{}
	r.arrayOf(2)
	b := r.body(8)
	b.fixed(f.Position.Incarnation[:])
	f.Position.Number = b.uint64()
	f.Receipt = b.uint64()
	b.fixed(f.Digest[:])
	if n := b.count(LogsMax); n > 0 {
		f.Logs = make([]LogHead, n)
	}
	for i := range f.Logs {
		e, h := r.body(8), &f.Logs[i]
		h.Log, h.Here = e.log(), Seq(e.uint(math.MaxUint32))
		e.fixed(h.Hash[:])
		h.In, h.Reason = Seq(e.uint(math.MaxUint32)), HoldReason(e.uint(math.MaxUint8))
		h.Root, h.RootAt = Seq(e.uint(math.MaxUint32)), e.cursor()
		if r.err == nil && i > 0 && f.Logs[i-1].Log.Compare(h.Log) >= 0 {
			r.fail(ErrInvalid, "logs out of order")
		}
		if r.err != nil {
			return f
		}
	}
	f.WantLogs = b.bool()
	if n := b.count(KnownMax); n > 0 {
		f.Known = make([]Position, n)
	}
	for i := range f.Known {
		e := r.body(2)
		e.fixed(f.Known[i].Incarnation[:])
		f.Known[i].Number = e.uint64()
	}
	f.Anew = b.bool()
	r.binOf(f.Signature[:])
	return f
}
