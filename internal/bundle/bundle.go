package bundle

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"

	"tramy/internal/envelope"
	p "tramy/syncproto"
)

// Version is the last byte of a bundle's magic.
const Version = 1

// SizeBytesMax is the most that is read of one bundle, decrypted: a request of the greatest size and what stands around
// it. An answer is cut far below it, and says so.
const SizeBytesMax = p.RequestSizeBytesMax + 1<<20

// magic opens a decrypted bundle.
var magic = [4]byte{0xf4, 'T', 'B', Version}

// envelopeMagic opens the encrypted file.
const envelopeMagic = "age-encryption.org/v1\n"

// domain begins the message that signs a bundle.
const domain = "tramy bundle 1"

// Way is the direction in which a bundle travels.
type Way uint8

// The two ways.
const (
	Up   Way = 1 // a request
	Down Way = 2 // the answer to one
)

// Head says from whom to whom a bundle is, and which request it is or answers.
type Head struct {
	Way     Way
	From    p.EntityID // the device that signed it
	To      p.EntityID // the device that can decrypt it
	Request uint64     // number of the request
	Nonce   [16]byte   // of the request's Hello
	WallMS  int64      // the writer's clock, for people
}

// headSize is the size of an encoded Head with the magic.
const headSize = 4 + 1 + 16 + 16 + 8 + 16 + 8

// Errors of Open, beside those of envelope and the key function's own.
var (
	// ErrNotBundle says that the file is something else.
	ErrNotBundle = errors.New("this is no file of tramy's exchange")
	// ErrVersion says that a newer program wrote it.
	ErrVersion = errors.New("this file was written by a newer version of tramy")
	// ErrNotFor says that it is for another machine.
	ErrNotFor = errors.New("this file is for another machine")
	// ErrDamaged says that bytes are missing or were changed.
	ErrDamaged = errors.New("this file is damaged or cut off: copy it again")
	// ErrSignature says that it was not written by who it says.
	ErrSignature = errors.New("this file was not signed by the machine it names")
	// ErrTooLarge says that it is over the limit.
	ErrTooLarge = errors.New("this file is too large")
)

func (h *Head) encode() []byte {
	b := append(make([]byte, 0, headSize), magic[:]...)
	b = append(b, byte(h.Way))
	b = append(b, h.From[:]...)
	b = append(b, h.To[:]...)
	b = binary.BigEndian.AppendUint64(b, h.Request)
	b = append(b, h.Nonce[:]...)
	return binary.BigEndian.AppendUint64(b, uint64(h.WallMS))
}

func decodeHead(b []byte) (h Head, err error) {
	switch {
	case len(b) >= 4 && [3]byte(b) == [3]byte(magic[:]) && b[3] != Version:
		return h, ErrVersion
	case len(b) >= 4 && [4]byte(b) != magic:
		return h, ErrNotBundle
	case len(b) < headSize+ed25519.SignatureSize:
		return h, ErrDamaged
	}
	h.Way = Way(b[4])
	copy(h.From[:], b[5:])
	copy(h.To[:], b[21:])
	h.Request = binary.BigEndian.Uint64(b[37:])
	copy(h.Nonce[:], b[45:])
	h.WallMS = int64(binary.BigEndian.Uint64(b[61:]))
	if h.Way != Up && h.Way != Down {
		return h, ErrDamaged
	}
	return h, nil
}

// Writer writes one bundle. The frames go in by Write; Close signs and ends it. Without Close the file is cut off.
type Writer struct {
	seal io.WriteCloser
	key  ed25519.PrivateKey
	sum  hash.Hash
}

// NewWriter begins a bundle on w, signed with key, which only the holder of the X25519 key public can read.
func NewWriter(w io.Writer, h Head, key ed25519.PrivateKey, public []byte) (*Writer, error) {
	seal, err := envelope.Seal(w, public)
	if err != nil {
		return nil, err
	}
	b := &Writer{seal: seal, key: key, sum: sha256.New()}
	_, err = b.Write(h.encode())
	return b, err
}

// Write takes frames.
func (b *Writer) Write(frames []byte) (int, error) {
	k, err := b.seal.Write(frames)
	b.sum.Write(frames[:k])
	return k, err
}

// Close writes the signature and the end of the envelope.
func (b *Writer) Close() error {
	if _, err := b.seal.Write(ed25519.Sign(b.key, message(b.sum.Sum(nil)))); err != nil {
		return err
	}
	return b.seal.Close()
}

func message(sum []byte) []byte { return append([]byte(domain), sum...) }

// Bundle is one that was read and believed.
type Bundle struct {
	Head
	Frames []byte
}

// Open reads a bundle with the reader's key. author returns the key of the device that a head names, or an error,
// which Open returns; it is asked before the signature is checked, and the head is not to be believed by then.
func Open(r io.Reader, self p.EntityID, key *envelope.Key, author func(Head) (ed25519.PublicKey, error)) (*Bundle, error) {
	begin := make([]byte, len(envelopeMagic))
	k, err := io.ReadFull(r, begin)
	switch {
	case err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
		return nil, fmt.Errorf("reading the file: %w", err)
	case string(begin[:k]) != envelopeMagic[:k]:
		return nil, ErrNotBundle
	case k < len(begin):
		return nil, ErrDamaged
	}
	plain, err := envelope.Open(io.MultiReader(bytes.NewReader(begin), r), key)
	switch {
	case errors.Is(err, envelope.ErrNotFor):
		return nil, ErrNotFor
	case err != nil:
		return nil, fmt.Errorf("%w (%w)", ErrDamaged, err)
	}
	// What cannot fit is not read to its end.
	b, err := io.ReadAll(io.LimitReader(plain, SizeBytesMax+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w (%w)", ErrDamaged, err)
	case len(b) > SizeBytesMax:
		return nil, ErrTooLarge
	}
	return parse(b, self, author)
}

// parse reads a decrypted bundle.
func parse(b []byte, self p.EntityID, author func(Head) (ed25519.PublicKey, error)) (*Bundle, error) {
	h, err := decodeHead(b)
	if err != nil {
		return nil, err
	}
	if h.To != self {
		return nil, ErrNotFor
	}
	public, err := author(h)
	if err != nil {
		return nil, err
	}
	signed, signature := b[:len(b)-ed25519.SignatureSize], b[len(b)-ed25519.SignatureSize:]
	sum := sha256.Sum256(signed)
	if len(public) != ed25519.PublicKeySize || !ed25519.Verify(public, message(sum[:]), signature) {
		return nil, ErrSignature
	}
	return &Bundle{Head: h, Frames: signed[headSize:]}, nil
}
