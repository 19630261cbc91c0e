package bench

import (
	"sync/atomic"
	"time"
)

// vietnam is the offset in which a register's days begin.
const vietnam = 7 * time.Hour

// clock is a time that stands until it is moved, shared by the nodes of a measurement.
type clock struct{ ms atomic.Int64 }

func (c *clock) set(t time.Time)      { c.ms.Store(t.UnixMilli()) }
func (c *clock) move(d time.Duration) { c.ms.Add(d.Milliseconds()) }
func (c *clock) now() time.Time       { return time.UnixMilli(c.ms.Load()) }

// ahead is the same clock, wrong by as much.
func (c *clock) ahead(d time.Duration) func() time.Time {
	return func() time.Time { return c.now().Add(d) }
}
