package exchange

import (
	"fmt"
	"time"

	p "tramy/syncproto"
)

// The lines that commands print about files of the exchange, the same in both programs.

// String says what was written.
func (o *Packed) String() string {
	more := ""
	if o.More {
		more = "\nMore waits than one file takes: make another round when the answer is here."
	}
	return fmt.Sprintf("%s: %d changes, %d bytes.%s", o.Name, o.Changes, o.Bytes, more)
}

// String says what came of the file.
func (t *TakenFile) String() string {
	switch {
	case t.Err != nil:
		return fmt.Sprintf("%s: not taken in: %v", t.File, t.Err)
	case t.Refusal != nil && t.Refusal.Code == p.RefusedRevoked:
		return t.File + ": the hub refused: this machine was revoked"
	case t.Refusal != nil:
		return fmt.Sprintf("%s: the hub refused, code %d: %s", t.File, t.Refusal.Code, t.Refusal.Message)
	}
	s := fmt.Sprintf("%s: answer of %s, %d entries received, news of %d logs.", t.File, time.UnixMilli(t.AnsweredMS).Format(time.DateTime), t.Received, t.Receipts)
	if t.More {
		s += " There is more: make another round."
	}
	return s
}

// OK reports whether the file did what it should.
func (t *TakenFile) OK() bool { return t.Err == nil && t.Refusal == nil }

// String says what came of the file.
func (a *AnsweredFile) String() string {
	if a.Err != nil {
		return fmt.Sprintf("%s: %v", a.File, a.Err)
	}
	s := fmt.Sprintf("%s: %06d, %s, written %s: %d new changes; answer in %s.",
		a.File, a.Device.Number, a.Place, time.UnixMilli(a.WallMS).Format(time.DateTime), a.Changes, a.Answer)
	if a.BundleServed.More {
		s += " There is more: make another round."
	}
	return s
}
