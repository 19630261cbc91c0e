package backup

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"tramy/internal/datadir"
	"tramy/internal/drive"
	"tramy/internal/envelope"
	"tramy/internal/journal"
	"tramy/internal/store"
)

// Errors of a restore.
var (
	// ErrOtherDevice says that the folder belongs to another machine than the backup.
	ErrOtherDevice = errors.New("this folder belongs to another machine than the backup: restore into a new folder")
	// ErrNotEmpty says that a folder that is no data folder holds something.
	ErrNotEmpty = errors.New("this folder holds other files: name a new one")
	// ErrNeedKey says that a new folder needs the printed recovery key.
	ErrNeedKey = errors.New("a new folder needs the printed recovery key: without it nobody can go on as this machine")
	// ErrNoKeys says that the backup was made before there was a recovery key.
	ErrNoKeys = errors.New("this backup has no keys in it: it was made when there was no recovery key yet")
)

// Restoring says what to restore and where to.
type Restoring struct {
	File     string
	Into     string // a data folder of the same machine, or a new one
	Program  string // station or hub
	Recovery *envelope.Key
	// JournalCopy is a second copy of the machine's journal, "" if there is none: what was recorded after the backup.
	JournalCopy string
	Open        datadir.OpenStore
}

// Restored is what came of it.
type Restored struct {
	Manifest Manifest
	// Aside is the folder in which what was there before lies now, "" if there was nothing.
	Aside string
	// Journal is how many acts the journal holds; those that the database lacks come back at the next start.
	Journal int
}

// restoring is where a backup is opened, in the folder it is restored into.
const restoring = "restoring"

// fileLater is the journal's second copy, opened.
const fileLater = "later"

// Restore opens a backup, reads it through, and puts its database into a data folder. The database that is there is set
// aside, not deleted; the journals of both stay together, so that the next start brings back every own act that either
// holds (I7). That start begins a new incarnation and new logs, so that nothing that was given out since is given out
// again.
//
// A crash in the middle leaves the old database, the new one, or none beside the journal of both: each is healed by
// the next start and the exchange, and Restore can be called again.
func Restore(ctx context.Context, r Restoring) (res *Restored, err error) {
	dir, keys, err := r.folder()
	if err != nil {
		return nil, err
	}
	if dir != nil {
		defer func() { err = errors.Join(err, dir.Close()) }()
	}
	work := filepath.Join(r.Into, restoring)
	if err := os.RemoveAll(work); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(work, 0o700); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	m, err := opened(ctx, r.File, work, r.Open, keys...)
	if err != nil {
		return nil, err
	}
	if m.Program != r.Program {
		return nil, fmt.Errorf("this is the backup of a %s: %w", m.Program, datadir.ErrOtherKind)
	}
	if r.JournalCopy != "" {
		if err := r.later(work, keys); err != nil {
			return nil, err
		}
	}
	if dir == nil {
		return r.anew(m, work)
	}
	if dir.Info.Device != m.Device {
		return nil, ErrOtherDevice
	}
	if !dir.Keys.Signed(m.Key) {
		return nil, ErrSignature
	}
	return r.exchange(m, work, dir.Keys.Public())
}

// folder looks at where to restore to: a data folder of ours, opened, or nil for a new one; and which keys there are.
func (r *Restoring) folder() (*datadir.Dir, []*envelope.Key, error) {
	var keys []*envelope.Key
	if r.Recovery != nil {
		keys = append(keys, r.Recovery)
	}
	if !datadir.Exists(r.Into) {
		if r.Recovery == nil {
			return nil, nil, ErrNeedKey
		}
		files, err := os.ReadDir(r.Into)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return nil, nil, err
		}
		for _, f := range files {
			switch f.Name() {
			case restoring, datadir.FileKeys, datadir.FileJournal, datadir.FileDatabase: // what a crash of an earlier try left
			default:
				if !drive.Unfinished(f.Name()) {
					return nil, nil, fmt.Errorf("%s: %w", r.Into, ErrNotEmpty)
				}
				if err := os.Remove(filepath.Join(r.Into, f.Name())); err != nil { // keys may stand in it
					return nil, nil, err
				}
			}
		}
		return nil, keys, nil
	}
	dir, err := datadir.Open(r.Into, r.Program)
	if err != nil {
		return nil, nil, err
	}
	own, err := dir.Keys.Reader()
	if err != nil {
		return nil, nil, errors.Join(err, dir.Close())
	}
	return dir, append(keys, own), nil
}

// opened extracts a backup into an empty folder and reads it through.
func opened(ctx context.Context, file, work string, open datadir.OpenStore, keys ...*envelope.Key) (*Manifest, error) {
	in, err := Open(file, keys...)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	if err := in.Extract(ctx, work); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	got, err := verify(ctx, work, open)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	// Counts may have been changed by the step to a newer program; logs never are.
	if !got.sameLogs(&in.Manifest.Counts) {
		return nil, fmt.Errorf("%s: %w", file, ErrDiffers)
	}
	return &in.Manifest, nil
}

// exchange puts the database of a backup in the place of the one that is there.
func (r *Restoring) exchange(m *Manifest, work string, own []byte) (*Restored, error) {
	aside, err := newFolder(r.Into, "before-restore-")
	if err != nil {
		return nil, err
	}
	res := &Restored{Manifest: *m, Aside: aside}
	present := filepath.Join(r.Into, datadir.FileJournal)
	if err := copyTo(filepath.Join(aside, datadir.FileJournal), present); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	// First the journal of both: from here on the present acts are safe whatever happens to the database.
	merged := filepath.Join(work, "merged")
	if res.Journal, err = journal.Merge(merged, own, present, filepath.Join(work, datadir.FileJournal), filepath.Join(work, fileLater)); err != nil {
		return nil, err
	}
	if err := os.Rename(merged, present); err != nil {
		return nil, err
	}
	if err := drive.SyncDir(r.Into); err != nil {
		return nil, err
	}
	for _, name := range []string{"-journal", "-wal", "-shm", ""} {
		name = datadir.FileDatabase + name
		if err := os.Rename(filepath.Join(r.Into, name), filepath.Join(aside, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return nil, err
		}
	}
	if err := os.Rename(filepath.Join(work, datadir.FileDatabase), filepath.Join(r.Into, datadir.FileDatabase)); err != nil {
		return nil, err
	}
	return res, errors.Join(drive.SyncDir(aside), drive.SyncDir(r.Into))
}

// anew makes a data folder out of a backup. Its identity comes last: before it, nobody takes the folder for one.
func (r *Restoring) anew(m *Manifest, work string) (*Restored, error) {
	sealed, err := os.Open(filepath.Join(work, partKeys))
	if errors.Is(err, os.ErrNotExist) {
		return nil, ErrNoKeys
	}
	if err != nil {
		return nil, err
	}
	defer sealed.Close()
	secret, err := envelope.Open(sealed, r.Recovery)
	if err != nil {
		return nil, err
	}
	var keys datadir.Keys
	text, err := io.ReadAll(io.LimitReader(secret, keyFileBytesMax))
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, &keys); err != nil {
		return nil, fmt.Errorf("%w (its keys)", ErrNotBackup)
	}
	if len(keys.Seed) != ed25519.SeedSize || !keys.Private().Public().(ed25519.PublicKey).Equal(ed25519.PublicKey(m.Key)) {
		return nil, ErrSignature
	}
	var info datadir.Info
	if text, err = os.ReadFile(filepath.Join(work, datadir.FileIdentity)); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, &info); err != nil || info.Device != m.Device {
		return nil, fmt.Errorf("%w (its identity)", ErrNotBackup)
	}
	// Another machine has other drives.
	info.Copies.Journal, info.Copies.Backups = datadir.Place{}, datadir.Place{}
	res := &Restored{Manifest: *m}
	merged := filepath.Join(r.Into, datadir.FileJournal)
	if res.Journal, err = journal.Merge(merged, keys.Public(), filepath.Join(work, datadir.FileJournal), filepath.Join(work, fileLater)); err != nil {
		return nil, err
	}
	if err := os.Rename(filepath.Join(work, datadir.FileDatabase), filepath.Join(r.Into, datadir.FileDatabase)); err != nil {
		return nil, err
	}
	if err := drive.SyncDir(r.Into); err != nil {
		return nil, err
	}
	if err := datadir.Create(r.Into, info, keys); err != nil {
		return nil, err
	}
	return res, drive.SyncDir(r.Into)
}

// later reads the journal's second copy: what is not in it and not in the backup is lost, so what cannot be read is an error.
func (r *Restoring) later(work string, keys []*envelope.Key) error {
	f, err := os.Open(r.JournalCopy)
	if err != nil {
		return err
	}
	defer f.Close()
	unread, err := journal.Plain(filepath.Join(work, fileLater), f, keys...)
	if err == nil && unread < 0 {
		err = envelope.ErrNotFor
	}
	if err != nil {
		return fmt.Errorf("%s: %w", r.JournalCopy, err)
	}
	return nil
}

// newFolder makes the next numbered folder of a name.
func newFolder(in, name string) (string, error) {
	for n := 1; ; n++ {
		path := filepath.Join(in, name+strconv.Itoa(n))
		err := os.Mkdir(path, 0o700)
		if err == nil || !errors.Is(err, os.ErrExist) {
			return path, err
		}
	}
}

// Extracted is a backup opened beside the folder it is of.
type Extracted struct {
	Manifest Manifest
	Folder   string
}

// Into opens a backup into a folder that is empty or not there yet and reads it through, for somebody who wants to look
// at it or to take in what is in it. It makes no data folder: the private keys stay sealed.
func Into(ctx context.Context, file, folder string, open datadir.OpenStore, keys ...*envelope.Key) (*Extracted, error) {
	files, err := os.ReadDir(folder)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	if len(files) > 0 {
		return nil, fmt.Errorf("%s: %w", folder, ErrNotEmpty)
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	m, err := opened(ctx, file, folder, open, keys...)
	if err != nil {
		return nil, err
	}
	return &Extracted{Manifest: *m, Folder: folder}, nil
}

// Segments calls take with what the extracted database would send to its hub, in the order in which it would, at most limit at a time.
func (x *Extracted) Segments(ctx context.Context, open datadir.OpenStore, limit int, take func(segments [][]byte) error) (err error) {
	st, err := open(ctx, x.Folder)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	for after := uint64(0); ; {
		var segments [][]byte
		end := false
		err := st.View(ctx, func(tx store.Tx) error {
			rows, err := tx.Outbox(after, limit)
			for i := range rows {
				after = rows[i].Position
				if rows[i].First != 0 { // the others are a hub's words about logs
					segments = append(segments, rows[i].Raw)
				}
			}
			end = len(rows) == 0
			return err
		})
		if err != nil || end {
			return err
		}
		if err := take(segments); err != nil {
			return err
		}
	}
}
