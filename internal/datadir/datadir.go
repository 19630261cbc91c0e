// Package datadir is the folder in which a node lives: who it is, its keys, its database and journal.
//
//	tramy.json   format version, identity, upstream; no secret
//	device.key   private keys and the bearer token; readable by its owner alone, or wrapped by the system (wrap.go)
//	tramy.db     the database
//	journal      own acts, beside the database
//	backups      encrypted copies of all of it, the newest few
//	enrol.json   a new connection to a hub, while it is put in
//	lock         held while a program has the folder open
package datadir

import (
	"crypto/ecdh"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"

	"tramy/internal/drive"
	"tramy/internal/exchange"
	"tramy/internal/node"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// Format is the version of the folder's layout.
const Format = 1

// Names of files that others open as well.
const (
	FileJournal  = "journal"
	FileDatabase = "tramy.db"
	FileIdentity = "tramy.json"
	FileKeys     = "device.key"
)

// fileLock is held while a program has the folder open.
const fileLock = "lock"

// Errors about a folder.
var (
	ErrNotHere   = errors.New("no tramy data here: run init first")
	ErrExists    = errors.New("this folder already holds tramy data")
	ErrOtherKind = errors.New("this folder belongs to the other program")
	// ErrNotTraining says that somebody wanted to train on a register that may be real.
	ErrNotTraining = errors.New("this folder bears no mark of training, so the children in it may be real: it is never opened for training")
	ErrIncomplete  = errors.New("an init was interrupted here: empty the folder and run it again")
	// ErrDamaged says that a file of the folder cannot be read as what it should be.
	ErrDamaged = errors.New("the file is damaged: put it back from a copy of this folder, or enrol this machine anew in an empty one")
)

// Info is tramy.json.
type Info struct {
	Format    int                  `json:"format"`
	Program   string               `json:"program"` // station or hub
	Device    p.EntityID           `json:"device"`
	Number    int                  `json:"number"`
	FirstFree int                  `json:"first_free,omitempty"`
	LastFree  int                  `json:"last_free,omitempty"`
	Place     p.EntityID           `json:"place"`
	PlaceName string               `json:"place_name"`
	Role      registry.NodeRole    `json:"role"`
	Upstream  []string             `json:"upstream,omitempty"` // addresses; none: this is the root
	Pin       []byte               `json:"pin,omitempty"`      // SHA-256 of the upstream's TLS key; zeros: server.PublicPin
	Chain     []exchange.ChainLink `json:"chain,omitempty"`
	Training  bool                 `json:"training,omitempty"` // nobody in it is real; set when the folder is made, for good
	Copies    Copies               `json:"copies,omitzero"`
	Announced *Move                `json:"announced,omitempty"` // where this hub's children find it
	Heard     *Move                `json:"heard,omitempty"`     // the newest announcement of the upstream
}

// Keys is device.key.
type Keys struct {
	Seed  []byte `json:"ed25519"`
	Seal  []byte `json:"x25519"`
	TLS   []byte `json:"tls_ed25519,omitempty"`
	Token []byte `json:"token,omitempty"`
	// Serve is the seed by which the machines below know a hub that has changed its keys since; none: it is Seed.
	Serve []byte `json:"serve_ed25519,omitempty"`
	// Next are keys that the hub was asked to take and has not answered for yet.
	Next *KeyPair `json:"next,omitempty"`
	// Former are those it had before, oldest first.
	Former []KeyPair `json:"former,omitempty"`
}

// Dir is an open folder.
type Dir struct {
	Path string
	Info Info
	Keys Keys
	lock *os.File

	change sync.Mutex // guards what changes in Info once the folder is in use: Chain, Copies, Upstream, Pin, Announced, Heard
}

// NewKeys draws the keys of a new device.
func NewKeys(random io.Reader) (Keys, error) {
	k := Keys{Seed: make([]byte, ed25519.SeedSize), TLS: make([]byte, ed25519.SeedSize)}
	if _, err := io.ReadFull(random, k.Seed); err != nil {
		return k, err
	}
	if _, err := io.ReadFull(random, k.TLS); err != nil {
		return k, err
	}
	x, err := ecdh.X25519().GenerateKey(random)
	if err != nil {
		return k, err
	}
	k.Seal = x.Bytes()
	return k, nil
}

// Private returns the signing key.
func (k *Keys) Private() ed25519.PrivateKey { return ed25519.NewKeyFromSeed(k.Seed) }

// TLSKey returns the key a hub shows to its children.
func (k *Keys) TLSKey() ed25519.PrivateKey { return ed25519.NewKeyFromSeed(k.TLS) }

// SealPublic returns the X25519 public key.
func (k *Keys) SealPublic() ([]byte, error) {
	x, err := ecdh.X25519().NewPrivateKey(k.Seal)
	if err != nil {
		return nil, fmt.Errorf("X25519 key: %w", err)
	}
	return x.PublicKey().Bytes(), nil
}

// Create makes a folder's files. The identity is written last: a crash before it leaves a folder that
// Open calls not there and Create may fill again.
func Create(path string, info Info, keys Keys) error {
	if _, err := os.Stat(filepath.Join(path, FileIdentity)); err == nil {
		return fmt.Errorf("%s: %w", path, ErrExists)
	}
	if err := os.MkdirAll(path, 0o700); err != nil {
		return err
	}
	info.Format = Format
	if err := WriteJSON(filepath.Join(path, FileKeys), keys); err != nil {
		return err
	}
	return WriteJSON(filepath.Join(path, FileIdentity), info)
}

// Exists reports whether a folder holds tramy data.
func Exists(path string) bool {
	_, err := os.Stat(filepath.Join(path, FileIdentity))
	return err == nil
}

// OpenTraining is Open for a folder that bears the mark of training. ErrNotTraining: it bears none, and is left as it is.
func OpenTraining(path, program string) (*Dir, error) {
	d, err := Open(path, program)
	if err == nil && !d.Info.Training {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, ErrNotTraining), d.Close())
	}
	return d, err
}

// Open opens a folder for one program, "station" or "hub". Only one process can.
func Open(path, program string) (*Dir, error) {
	d := &Dir{Path: path}
	b, err := os.ReadFile(filepath.Join(path, FileIdentity))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w", path, ErrNotHere)
	}
	if err != nil {
		return nil, err
	}
	// The format first: a newer one may have other fields, of other types.
	var format struct {
		Format int `json:"format"`
	}
	if err := json.Unmarshal(b, &format); err == nil && format.Format > Format {
		return nil, fmt.Errorf("%s: %w", path, store.ErrNewer)
	}
	if err := d.readInfo(b); err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(path, FileIdentity), err)
	}
	if d.Info.Program != program {
		return nil, fmt.Errorf("%s holds a %s: %w", path, d.Info.Program, ErrOtherKind)
	}
	if err := d.readKeys(); err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(path, FileKeys), err)
	}
	if d.lock, err = lock(filepath.Join(path, fileLock)); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	err = d.reconnect()
	if err == nil {
		err = d.wrapKeys()
	}
	if err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

func (d *Dir) readInfo(b []byte) error {
	if err := json.Unmarshal(b, &d.Info); err != nil {
		return fmt.Errorf("%w (%w)", ErrDamaged, err)
	}
	i := &d.Info
	below := len(i.Upstream) > 0
	switch {
	case i.Format == 0 || i.Program == "" || i.Device.IsZero() || i.Place.IsZero():
		return fmt.Errorf("%w (it does not say who this machine is)", ErrDamaged)
	case i.Program == "station" && !below, below && (len(i.Pin) != 32 || len(i.Chain) == 0):
		return fmt.Errorf("%w (it does not say who the hub is)", ErrDamaged)
	}
	for _, c := range i.Chain {
		if len(c.Key) != ed25519.PublicKeySize || c.Device.IsZero() {
			return fmt.Errorf("%w (the hub's key is not whole)", ErrDamaged)
		}
	}
	return nil
}

// readKeys reads device.key; a key cut short must not stop a program later, in the middle of something.
func (d *Dir) readKeys() error {
	b, _, err := d.keysText()
	if errors.Is(err, ErrWrapped) {
		return err
	}
	if err != nil {
		return fmt.Errorf("%w (%w)", ErrDamaged, err)
	}
	if err := json.Unmarshal(b, &d.Keys); err != nil {
		return fmt.Errorf("%w (%w)", ErrDamaged, err)
	}
	k := &d.Keys
	if len(k.Seed) != ed25519.SeedSize || len(k.Seal) != 32 || d.Info.Program == "hub" && len(k.TLS) != ed25519.SeedSize || len(d.Info.Upstream) > 0 && len(k.Token) == 0 {
		return fmt.Errorf("%w (a key is not whole)", ErrDamaged)
	}
	for _, pair := range append(slices.Clone(k.Former), KeyPair{k.Seed, k.Seal, []byte{1}}) {
		if !pair.whole() || k.Next != nil && !k.Next.whole() || k.Serve != nil && len(k.Serve) != ed25519.SeedSize {
			return fmt.Errorf("%w (a key of before, or to come, is not whole)", ErrDamaged)
		}
	}
	return nil
}

// Identity returns who the node in this folder is.
func (d *Dir) Identity() node.Identity {
	id := node.Identity{
		Device: d.Info.Device, Key: d.Keys.Private(), Number: int64(d.Info.Number), Place: d.Info.Place, Role: d.Info.Role,
		Former: d.Keys.former(),
	}
	if d.Keys.Serve != nil {
		id.Serve = ed25519.NewKeyFromSeed(d.Keys.Serve)
	}
	if len(d.Info.Chain) > 0 {
		id.Upstream = node.Upstream{Device: d.Info.Chain[0].Device, Key: d.Info.Chain[0].Key}
		id.Root = d.Info.Chain[len(d.Info.Chain)-1].Key
	}
	return id
}

// JournalPath is where the journal lies.
func (d *Dir) JournalPath() string { return filepath.Join(d.Path, FileJournal) }

// Close releases the folder.
func (d *Dir) Close() error { return d.lock.Close() }

// SaveInfo writes tramy.json anew.
func (d *Dir) SaveInfo() error { return WriteJSON(filepath.Join(d.Path, FileIdentity), d.Info) }

// WriteJSON writes a file whole or not at all: what is read after a crash is the old or the new one.
func WriteJSON(path string, v any) error {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	return drive.Write(path, func(w io.Writer) error {
		_, err := w.Write(append(b, '\n'))
		return err
	})
}

// Default returns where a program keeps its data if nobody says otherwise.
func Default(program string) string {
	base, err := os.UserConfigDir()
	if err != nil {
		base = "."
	}
	if runtime.GOOS == "windows" {
		if p := os.Getenv("ProgramData"); p != "" {
			base = p
		}
	}
	return filepath.Join(base, "tramy", program)
}
