package syncproto

import (
	"bytes"
	"cmp"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/google/uuid"
)

// LogID names one log: the first 90 bits of SHA-256(device key ‖ 16 random bytes), the last six bits of
// the twelfth byte zero. A device opens a new log at every start and every day.
type LogID [12]byte

// Seq is the position of a change in its log: 1, 2, 3, … without gaps. Zero means "none yet".
type Seq uint32

// Dot names one change for ever.
type Dot struct {
	Log LogID
	Seq Seq
}

// EntityID is a UUIDv8 made of the 90 bits of LogID and the 32 bits of Seq of the change that created
// the entity: an entity's id is its birth dot. The zero EntityID means "none".
type EntityID [16]byte

// NewLogID derives the id of a log that the holder of key opens with the given random bytes.
func NewLogID(key ed25519.PublicKey, random [16]byte) LogID {
	h := sha256.New()
	h.Write(key)
	h.Write(random[:])
	var id LogID
	copy(id[:], h.Sum(nil))
	id[11] &= 0xc0
	return id
}

// Valid reports whether the six bits a LogID does not use are zero.
func (l LogID) Valid() bool { return l[11]&0x3f == 0 }

// IsZero reports whether l names no log.
func (l LogID) IsZero() bool { return l == LogID{} }

// Compare orders logs by their bytes.
func (l LogID) Compare(m LogID) int { return bytes.Compare(l[:], m[:]) }

// String prints the log as hexadecimal digits.
func (l LogID) String() string { return hex.EncodeToString(l[:]) }

// ParseLogID reads what String printed.
func ParseLogID(s string) (LogID, error) {
	var l LogID
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != len(l) {
		return LogID{}, fmt.Errorf("log id %q: want %d hexadecimal digits", s, 2*len(l))
	}
	copy(l[:], b)
	if !l.Valid() {
		return LogID{}, fmt.Errorf("log id %q: its last six bits must be zero", s)
	}
	return l, nil
}

// Compare orders dots by log, then by Seq: the order in which the "greatest dot" is meant.
func (d Dot) Compare(e Dot) int {
	if c := d.Log.Compare(e.Log); c != 0 {
		return c
	}
	return cmp.Compare(d.Seq, e.Seq)
}

// IsZero reports whether d names no change.
func (d Dot) IsZero() bool { return d == Dot{} }

// String prints the dot as log:seq.
func (d Dot) String() string { return fmt.Sprintf("%s:%d", d.Log, d.Seq) }

// Entity returns the id of the entity that the change d creates.
func (d Dot) Entity() EntityID {
	var e EntityID
	// UUIDv8: 48 bits, version, 12 bits, variant, 62 bits; 90 bits of log then 32 bits of Seq fill them.
	copy(e[:6], d.Log[:6])
	e[6] = 0x80 | d.Log[6]>>4
	e[7] = d.Log[6]<<4 | d.Log[7]>>4
	tail := uint64(d.Log[7]&0x0f)<<26 | uint64(d.Log[8])<<18 | uint64(d.Log[9])<<10 | uint64(d.Log[10])<<2 | uint64(d.Log[11])>>6
	binary.BigEndian.PutUint64(e[8:], 1<<63|tail<<32|uint64(d.Seq))
	return e
}

// Birth returns the dot of the change that created e. It is meaningless for an invalid id.
func (e EntityID) Birth() Dot {
	var d Dot
	copy(d.Log[:6], e[:6])
	d.Log[6] = e[6]<<4 | e[7]>>4
	w := binary.BigEndian.Uint64(e[8:])
	tail := w >> 32 & (1<<30 - 1)
	d.Log[7] = e[7]<<4 | byte(tail>>26)
	d.Log[8], d.Log[9], d.Log[10] = byte(tail>>18), byte(tail>>10), byte(tail>>2)
	d.Log[11] = byte(tail << 6)
	d.Seq = Seq(w)
	return d
}

// Valid reports whether e is a UUIDv8 with a Seq of at least 1.
func (e EntityID) Valid() bool { return e[6]>>4 == 8 && e[8]>>6 == 2 && e.Birth().Seq > 0 }

// IsZero reports whether e names no entity.
func (e EntityID) IsZero() bool { return e == EntityID{} }

// Compare orders entities by their bytes, which is the order of their birth dots.
func (e EntityID) Compare(f EntityID) int { return bytes.Compare(e[:], f[:]) }

// String prints e as a UUID.
func (e EntityID) String() string { return uuid.UUID(e).String() }

// ErrEntityID says that a text or bytes are not the id of an entity.
var ErrEntityID = errors.New("not an entity id (a UUID of version 8)")

// ParseEntityID reads a UUID as printed by String.
func ParseEntityID(s string) (EntityID, error) {
	u, err := uuid.Parse(s)
	if err != nil || !EntityID(u).Valid() {
		return EntityID{}, ErrEntityID
	}
	return EntityID(u), nil
}

// MarshalText writes e as a UUID; the zero EntityID as an empty text.
func (e EntityID) MarshalText() ([]byte, error) {
	if e.IsZero() {
		return []byte{}, nil
	}
	return []byte(e.String()), nil
}

// UnmarshalText reads what MarshalText wrote.
func (e *EntityID) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*e = EntityID{}
		return nil
	}
	id, err := ParseEntityID(string(b))
	*e = id
	return err
}
