package syncproto

import "errors"

// The classes of failure. Everything the codec refuses wraps exactly one of them and says where; a
// caller asks with errors.Is and never parses the text.
var (
	// ErrTruncated: the input ends inside a value.
	ErrTruncated = errors.New("input ends too early")
	// ErrNotCanonical: the input could be understood, but is not the one valid encoding of what it says.
	ErrNotCanonical = errors.New("not the canonical encoding")
	// ErrInvalid: the encoding is right, but what it says cannot be (a dot without Seq, text that is not UTF-8).
	ErrInvalid = errors.New("invalid value")
	// ErrLimit: more items, or a longer one, than the limits of limits.go allow.
	ErrLimit = errors.New("over a limit")
	// ErrTooLarge: more bytes than a frame, a segment, a page or a state may have.
	ErrTooLarge = errors.New("too large")
	// ErrVersion: a format, dictionary or frame type this version does not know.
	ErrVersion = errors.New("unknown version")
	// ErrMagic: what answered does not speak this protocol: a captive portal, a proxy, a wrong address.
	ErrMagic = errors.New("not the hub")
	// ErrSignature: a signature does not fit key and content.
	ErrSignature = errors.New("wrong signature")
	// ErrOpening: a log's first segment does not show that its device may write the log.
	ErrOpening = errors.New("log opened in another's name")
	// ErrOrder: a frame where it cannot stand.
	ErrOrder = errors.New("frames in an impossible order")
)
