package backup

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"tramy/internal/datadir"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// Format is the version of the manifest and of what stands behind it.
const Format = 1

// Names of the parts.
const (
	partManifest  = "manifest.json"
	partSignature = "manifest.sig"
	partKeys      = datadir.FileKeys + ".age"
)

// signDomain begins what the device signs.
const signDomain = "tramy backup 1\x00"

// Errors of a backup file.
var (
	// ErrNotBackup says that a file that could be decrypted is something else, or was altered by who could encrypt it.
	ErrNotBackup = errors.New("this is no backup of tramy, or it is damaged")
	// ErrNewer says that a newer program wrote it.
	ErrNewer = errors.New("this backup was written by a newer version of tramy; install that version")
	// ErrDiffers says that what was read back is not what was written.
	ErrDiffers = errors.New("the backup does not hold what it says")
	// ErrSignature says that another device than the one it names wrote it.
	ErrSignature = errors.New("this backup is not signed by the machine it names")
)

// Manifest is what a backup says of itself.
type Manifest struct {
	Format    int        `json:"format"`
	Program   string     `json:"program"` // station or hub
	Software  string     `json:"software"`
	Device    p.EntityID `json:"device"`
	Number    int        `json:"number"`
	Key       []byte     `json:"key"` // Ed25519, public: it signed this
	Place     p.EntityID `json:"place"`
	PlaceName string     `json:"place_name"`
	Made      time.Time  `json:"made"` // by the machine's clock as the hub corrected it
	Sequence  int        `json:"sequence"`
	Readers   []string   `json:"readers"` // who can open it, see Reader…
	Counts    Counts     `json:"counts"`
	Files     []File     `json:"files"` // in the order in which they stand
}

// Who can open a backup.
const (
	ReaderDevice   = "device"
	ReaderHub      = "hub"
	ReaderRecovery = "recovery-key"
)

// File is one part.
type File struct {
	Name   string `json:"name"`
	Bytes  int64  `json:"bytes"`
	SHA256 []byte `json:"sha256"`
}

// Counts are what the database in a backup holds.
type Counts struct {
	Subjects int64 `json:"subjects"`
	Doses    int64 `json:"doses"`
	Entities int64 `json:"entities"`
	Changes  int64 `json:"changes"`
	Logs     int   `json:"logs"`
	// Heads is SHA-256 over every log with its length and hash, in order.
	Heads []byte `json:"heads"`
}

// Equal reports whether two databases hold the same, as far as counts and the hashes of logs say.
func (c *Counts) Equal(o *Counts) bool {
	a, b := *c, *o
	a.Heads, b.Heads = nil, nil
	return a.Subjects == b.Subjects && a.Doses == b.Doses && a.Entities == b.Entities && a.Changes == b.Changes && c.sameLogs(o)
}

func (c *Counts) sameLogs(o *Counts) bool {
	return c.Logs == o.Logs && string(c.Heads) == string(o.Heads)
}

// count reads what a store holds.
func count(ctx context.Context, st store.Store) (Counts, error) {
	var c Counts
	h := sha256.New()
	err := st.View(ctx, func(tx store.Tx) error {
		have, err := tx.Counts()
		if err != nil {
			return err
		}
		c.Subjects, c.Doses, c.Entities, c.Changes = have.Subjects, have.Doses, have.Entities, have.Changes
		for after := (p.LogID{}); ; {
			rows, err := tx.Logs(after, 1000)
			if err != nil || len(rows) == 0 {
				return err
			}
			for i := range rows {
				r := &rows[i]
				h.Write(r.ID[:])
				var seq [8]byte
				binary.BigEndian.PutUint64(seq[:], uint64(r.Head))
				h.Write(seq[:])
				h.Write(r.Hash[:])
				c.Logs++
				after = r.ID
			}
		}
	})
	c.Heads = h.Sum(nil)
	return c, err
}

// sign returns the manifest's bytes and the device's signature over them.
func (m *Manifest) sign(key ed25519.PrivateKey) (text, signature []byte, err error) {
	text, err = json.MarshalIndent(m, "", "  ")
	if err != nil {
		return nil, nil, err
	}
	if len(text) > manifestBytesMax {
		return nil, nil, fmt.Errorf("a manifest of %d bytes, at most %d", len(text), manifestBytesMax)
	}
	return text, ed25519.Sign(key, append([]byte(signDomain), text...)), nil
}

// readManifest reads and checks what sign wrote. That the key is the named device's is for the caller to know.
func readManifest(text, signature []byte) (*Manifest, error) {
	var version struct {
		Format int `json:"format"`
	}
	if err := json.Unmarshal(text, &version); err != nil {
		return nil, fmt.Errorf("%w (%w)", ErrNotBackup, err)
	}
	if version.Format > Format {
		return nil, ErrNewer
	}
	m := &Manifest{}
	if err := json.Unmarshal(text, m); err != nil {
		return nil, fmt.Errorf("%w (%w)", ErrNotBackup, err)
	}
	if m.Format != Format || m.Device.IsZero() || len(m.Key) != ed25519.PublicKeySize || len(m.Files) > filesMax {
		return nil, fmt.Errorf("%w (it does not say whose it is)", ErrNotBackup)
	}
	if !ed25519.Verify(m.Key, append([]byte(signDomain), text...), signature) {
		return nil, ErrSignature
	}
	for _, f := range m.Files {
		if f.Bytes < 0 || len(f.SHA256) != sha256.Size || !knownPart(f.Name) {
			return nil, fmt.Errorf("%w (part %q)", ErrNotBackup, f.Name)
		}
	}
	return m, nil
}

// knownPart keeps a part from being written anywhere but under the names that a folder has.
func knownPart(name string) bool {
	switch name {
	case datadir.FileIdentity, partKeys, datadir.FileJournal, datadir.FileDatabase:
		return true
	}
	return false
}
