package exchange

import (
	"math"
	"time"
)

// What the route of the exchange is to be given (server.BodyMax, server.Timeout, server.MinRate).
const (
	// RouteBytesMax is beyond RequestSizeBytesMax: the exchange refuses a large request itself, in words that a child understands.
	RouteBytesMax = math.MaxInt64
	// RequestTimeout ends a request that is not done by then.
	RequestTimeout = 15 * time.Minute
	// RateBytesMin is what a request must bring in each RateWindow, as bytes a second; beyond it, or beyond what RequestTimeout
	// leaves, the line is cut, and what came whole counts.
	RateBytesMin = 64
	RateWindow   = time.Minute
)
