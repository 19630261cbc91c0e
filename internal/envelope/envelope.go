package envelope

import (
	"crypto/ecdh"
	"errors"
	"fmt"
	"io"
	"strings"

	"filippo.io/age"
	"filippo.io/age/plugin"
)

// Key is an X25519 private key: a device's, or one that was printed for the day when no device is left.
//
// A device that has changed its keys opens with the former ones as well.
type Key struct {
	identity *age.X25519Identity
	former   []*age.X25519Identity
}

// Errors of Open and ParseKey.
var (
	// ErrNotFor says that the file is encrypted to other keys.
	ErrNotFor = errors.New("this file is encrypted to another key")
	// ErrDamaged says that the file is no envelope, or not whole.
	ErrDamaged = errors.New("this encrypted file is damaged or cut off")
	// ErrKey says that a text is no key.
	ErrKey = errors.New("this is no recovery key: it begins with AGE-SECRET-KEY-1 and has 74 characters")
)

// secretPrefix is how age writes a private key.
const secretPrefix = "AGE-SECRET-KEY-"

// NewKey draws a key.
func NewKey() (*Key, error) {
	id, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, err
	}
	return &Key{identity: id}, nil
}

// KeyOf takes the 32 bytes of a device's private key, and of those that it had before.
func KeyOf(private []byte, former ...[]byte) (*Key, error) {
	k, err := keyOf(private)
	for _, b := range former {
		old, ferr := keyOf(b)
		if ferr != nil {
			return nil, ferr
		}
		if err == nil {
			k.former = append(k.former, old.identity)
		}
	}
	return k, err
}

func keyOf(private []byte) (*Key, error) {
	if len(private) != 32 {
		return nil, fmt.Errorf("an X25519 key has 32 bytes, this one %d", len(private))
	}
	return ParseKey(bech32(strings.ToLower(secretPrefix), private))
}

// ParseKey reads what String wrote, as somebody typed it: spaces and the case of letters do not matter.
func ParseKey(text string) (*Key, error) {
	id, err := age.ParseX25519Identity(strings.ToUpper(strings.Join(strings.Fields(text), "")))
	if err != nil {
		return nil, ErrKey
	}
	return &Key{identity: id}, nil
}

// String is the key as it is printed. It is secret.
func (k *Key) String() string { return k.identity.String() }

// Public returns the 32 bytes of the public key.
func (k *Key) Public() ([]byte, error) {
	private, err := unbech32(k.identity.String())
	if err != nil {
		return nil, err
	}
	x, err := ecdh.X25519().NewPrivateKey(private)
	if err != nil {
		return nil, err
	}
	return x.PublicKey().Bytes(), nil
}

// Seal returns a writer whose text goes encrypted to w, readable with any one of the keys. Close ends it: without it
// the file is cut off.
func Seal(w io.Writer, public ...[]byte) (io.WriteCloser, error) {
	var to []age.Recipient
	for _, b := range public {
		x, err := ecdh.X25519().NewPublicKey(b)
		if err != nil {
			return nil, fmt.Errorf("a key to encrypt to: %w", err)
		}
		text, err := plugin.EncodeX25519Recipient(x)
		if err != nil {
			return nil, err
		}
		r, err := age.ParseX25519Recipient(text)
		if err != nil {
			return nil, err
		}
		to = append(to, r)
	}
	return age.Encrypt(w, to...)
}

// Open returns what Seal took. What it reads is authentic up to there; an error other than io.EOF says that the rest
// is missing.
func Open(r io.Reader, keys ...*Key) (io.Reader, error) {
	var ids []age.Identity
	for _, k := range keys {
		ids = append(ids, k.identity)
		for _, old := range k.former {
			ids = append(ids, old)
		}
	}
	in, err := age.Decrypt(r, ids...)
	var other *age.NoIdentityMatchError
	switch {
	case errors.As(err, &other):
		return nil, ErrNotFor
	case err != nil:
		return nil, &damage{err}
	}
	return reader{in}, nil
}

// damage is ErrDamaged with its cause, in one line: what age says of some files goes on over several.
type damage struct{ cause error }

func (d *damage) Error() string {
	cause, _, _ := strings.Cut(d.cause.Error(), "\n")
	return ErrDamaged.Error() + ": " + cause
}

func (d *damage) Unwrap() []error { return []error{ErrDamaged, d.cause} }

type reader struct{ in io.Reader }

func (r reader) Read(b []byte) (int, error) {
	n, err := r.in.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		err = &damage{err}
	}
	return n, err
}
