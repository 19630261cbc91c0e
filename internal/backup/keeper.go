package backup

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/robfig/cron/v3"

	"tramy/internal/datadir"
	"tramy/internal/drive"
	"tramy/internal/envelope"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// Folder is the name of the folder of backups in a data folder.
const Folder = "backups"

// making is where a backup is put together, in the folder of backups; nobody takes what is in it for one.
const making = "making"

// Keeper makes the backups of one folder while its node works.
type Keeper struct {
	Run      *datadir.Running
	Open     datadir.OpenStore // opens a copy, to read it through
	Software string
	Log      *slog.Logger

	making sync.Mutex // one backup at a time
	mu     sync.Mutex
	failed error // why the last one failed, nil if it did not
	second error // why the last one is not in the second place
}

// Made is a backup that was verified.
type Made struct {
	Path     string
	Manifest Manifest
	Bytes    int64
	// Second is where it lies a second time, "" if nowhere; SecondErr is why not, where it should.
	Second    string
	SecondErr error
}

// copier is an engine that copies itself while it works.
type copier interface {
	Backup(ctx context.Context, path string) error
}

// errEngine says that the store cannot be copied.
var errEngine = errors.New("this database is backed up by its own tools")

// NewKeeper returns a keeper for a folder whose node is at work.
func NewKeeper(run *datadir.Running, open datadir.OpenStore, software string, log *slog.Logger) (*Keeper, error) {
	k := &Keeper{Run: run, Open: open, Software: software, Log: log}
	if run.Copies().SinceS != 0 {
		return k, nil
	}
	// From here on there should be backups: a folder that never had one is late a week after its first day.
	return k, run.ChangeCopies(func(c *datadir.Copies) { c.SinceS = run.Node.Now().Unix() })
}

// Make makes a backup, verifies it by opening it, and then deletes those beyond Kept. It also goes to the second
// place, if one is set. On an error, which is store.ErrFull where the disk is full, what was there before stands and no half file is left.
func (k *Keeper) Make(ctx context.Context) (*Made, error) {
	k.making.Lock()
	defer k.making.Unlock()
	made, err := k.make(ctx)
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.failed = err; err == nil {
		k.second = made.SecondErr
	}
	return made, err
}

func (k *Keeper) make(ctx context.Context) (*Made, error) {
	home := filepath.Join(k.Run.Path, Folder)
	work := filepath.Join(home, making)
	if err := os.RemoveAll(work); err != nil { // what a crash left
		return nil, err
	}
	if err := os.MkdirAll(work, 0o700); err != nil {
		return nil, err
	}
	made, err := k.makeIn(ctx, home, work)
	if drive.Full(err) && !errors.Is(err, store.ErrFull) {
		err = full(home, err)
	}
	if rerr := os.RemoveAll(work); err == nil {
		err = rerr
	}
	if err != nil {
		return nil, fmt.Errorf("making a backup: %w", err)
	}
	if made.Second, made.SecondErr = k.again(made); made.SecondErr != nil && k.Log != nil {
		k.Log.Warn("the backup is not in its second place", "err", made.SecondErr)
	}
	return made, prune(home, &made.Manifest)
}

func (k *Keeper) makeIn(ctx context.Context, home, work string) (*Made, error) {
	// What was recorded is sealed first, so that a hub can take all of the copy in without this machine's key.
	if id := k.Run.Node.Identity(); !id.IsRoot() {
		if err := k.Run.Node.Seal(ctx); err != nil {
			return nil, err
		}
	}
	engine, ok := k.Run.Store.(copier)
	if !ok {
		return nil, errEngine
	}
	if err := k.room(home); err != nil {
		return nil, err
	}
	// The database before the journal: what the one holds of own acts, the other holds as well.
	if err := engine.Backup(ctx, filepath.Join(work, datadir.FileDatabase)); err != nil {
		return nil, err
	}
	m, err := k.manifest(ctx, home, work)
	if err != nil {
		return nil, err
	}
	keys, to, err := k.readers(ctx, m)
	if err != nil {
		return nil, err
	}
	if err := k.parts(m, work, keys); err != nil {
		return nil, err
	}
	text, signature, err := m.sign(k.Run.Keys.Private())
	if err != nil {
		return nil, err
	}
	part := filepath.Join(work, "part")
	if err := writeSynced(part, func(f *os.File) error { return pack(f, text, signature, m.Files, work, to...) }); err != nil {
		return nil, err
	}
	// The parts go before the copy is opened: together they would need the room a third time.
	for _, f := range m.Files {
		if err := os.Remove(filepath.Join(work, f.Name)); err != nil {
			return nil, err
		}
	}
	if err := k.opens(ctx, part, work, m); err != nil {
		return nil, fmt.Errorf("opening it again: %w", err)
	}
	// A crash before this leaves a folder named making, which the next one throws away.
	name := m.fileName()
	if err := os.Rename(part, filepath.Join(home, name)); err != nil {
		return nil, err
	}
	info, err := os.Stat(filepath.Join(home, name))
	if err != nil {
		return nil, err
	}
	return &Made{Path: filepath.Join(home, name), Manifest: *m, Bytes: info.Size()}, drive.SyncDir(home)
}

// room wants as much as the copy and the packed file, or the packed file and what is extracted from it, can take together.
func (k *Keeper) room(home string) error {
	var need uint64
	for _, name := range []string{datadir.FileDatabase, datadir.FileDatabase + "-wal", datadir.FileJournal} {
		info, err := os.Stat(filepath.Join(k.Run.Path, name))
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		need += 2 * uint64(info.Size())
	}
	return room(home, need)
}

func (k *Keeper) manifest(ctx context.Context, home, work string) (*Manifest, error) {
	list, err := List(home)
	if err != nil {
		return nil, err
	}
	// After a restore into a new folder the numbers go on where they were, if the other place is there to tell.
	if place := k.Run.Copies().Backups; !place.IsZero() && place.There(k.Run.Path) == nil {
		second, err := List(place.Path)
		if err != nil {
			return nil, err
		}
		list = append(list, second...)
	}
	info := &k.Run.Info
	m := &Manifest{
		Format: Format, Program: info.Program, Software: k.Software, Device: info.Device, Number: info.Number,
		Key: k.Run.Keys.Private().Public().(ed25519.PublicKey), Place: info.Place, PlaceName: info.PlaceName,
		Made: k.Run.Node.Now().UTC().Truncate(time.Second), Sequence: 1,
	}
	for _, e := range list {
		if e.Number == m.Number && e.Device == deviceName(m.Device) {
			m.Sequence = max(m.Sequence, e.Sequence+1)
		}
	}
	m.Counts, err = verify(ctx, work, k.Open)
	return m, err
}

// readers returns whom the copy is encrypted to, and the printed recovery key's public half if there is one.
func (k *Keeper) readers(ctx context.Context, m *Manifest) (recovery []byte, to [][]byte, err error) {
	own, hub, recovery, err := k.Run.Readers(ctx)
	if err != nil {
		return nil, nil, err
	}
	for _, r := range []struct {
		name string
		key  []byte
	}{{ReaderDevice, own}, {ReaderHub, hub}, {ReaderRecovery, recovery}} {
		if r.key != nil {
			to, m.Readers = append(to, r.key), append(m.Readers, r.name)
		}
	}
	return recovery, to, nil
}

// parts puts what goes into the copy beside the database into work, and lists all of it.
func (k *Keeper) parts(m *Manifest, work string, recovery []byte) error {
	names := []string{datadir.FileIdentity}
	identity, err := os.ReadFile(filepath.Join(k.Run.Path, datadir.FileIdentity))
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(work, datadir.FileIdentity), identity, 0o600); err != nil {
		return err
	}
	if recovery != nil {
		secret, err := k.Run.PlainKeys()
		if err != nil {
			return err
		}
		err = writeSynced(filepath.Join(work, partKeys), func(f *os.File) error {
			w, err := envelope.Seal(f, recovery)
			if err != nil {
				return err
			}
			_, err = w.Write(secret)
			return errors.Join(err, w.Close())
		})
		if err != nil {
			return err
		}
		names = append(names, partKeys)
	}
	if err := copyTo(filepath.Join(work, datadir.FileJournal), k.Run.JournalPath()); err != nil {
		return err
	}
	for _, name := range append(names, datadir.FileJournal, datadir.FileDatabase) {
		f, err := measured(work, name)
		if err != nil {
			return err
		}
		m.Files = append(m.Files, f)
	}
	return nil
}

// opens does what somebody would who needs the copy, and holds what comes out against what went in.
func (k *Keeper) opens(ctx context.Context, part, work string, m *Manifest) error {
	key, err := k.Run.Keys.Reader()
	if err != nil {
		return err
	}
	folder := filepath.Join(work, "opened")
	if err := os.Mkdir(folder, 0o700); err != nil {
		return err
	}
	r, err := Open(part, key)
	if err != nil {
		return err
	}
	defer r.Close()
	if err := r.Extract(ctx, folder); err != nil {
		return err
	}
	got, err := verify(ctx, folder, k.Open)
	if err != nil {
		return err
	}
	if !got.Equal(&m.Counts) {
		return fmt.Errorf("%w: %+v, want %+v", ErrDiffers, got, m.Counts)
	}
	return nil
}

// again writes a backup that was verified to the second place.
func (k *Keeper) again(made *Made) (string, error) {
	place := k.Run.Copies().Backups
	if place.IsZero() {
		return "", nil
	}
	if err := place.There(k.Run.Path); err != nil {
		return "", err
	}
	if err := room(place.Path, uint64(made.Bytes)); err != nil {
		return "", err
	}
	to := filepath.Join(place.Path, filepath.Base(made.Path))
	if err := CopyTo(to, made.Path); err != nil {
		return "", err
	}
	return to, prune(place.Path, &made.Manifest)
}

// State is how a folder's backups stand, for people.
type State struct {
	Last   time.Time // when the newest verified one was made; zero: none
	Since  time.Time // from when on there should be some
	Late   bool      // none for LateAfter
	Failed error     // why the last try of this run failed
	Second error     // why the newest is not in its second place
}

// elsewhere reports whether the engine is backed up by its own tools, of which nothing is known here.
func (k *Keeper) elsewhere() bool {
	_, ours := k.Run.Store.(copier)
	return !ours
}

// State reads it. Of a database that is backed up by its own tools nobody is told that it has no backup.
func (k *Keeper) State() (State, error) {
	s := State{Since: time.Unix(k.Run.Copies().SinceS, 0).UTC()}
	if k.elsewhere() {
		return s, nil
	}
	e, err := Last(filepath.Join(k.Run.Path, Folder))
	if err != nil {
		return s, err
	}
	if e != nil {
		s.Last = e.Made
	}
	s.Late = Late(k.Run.Node.Now(), s.Last, s.Since)
	k.mu.Lock()
	defer k.mu.Unlock()
	s.Failed, s.Second = k.failed, k.second
	return s, nil
}

// Late reports whether people should be told that there is no new backup: for LateAfter, there was none, and there
// could have been.
func Late(now, last, since time.Time) bool {
	return now.Sub(last) >= LateAfter && now.Sub(since) >= LateAfter
}

// Tell is what the hub above hears with an exchange, nil if there is nothing to say.
func (k *Keeper) Tell() *p.Backup {
	s, err := k.State()
	switch {
	case err != nil:
		return nil
	case !s.Last.IsZero():
		age := max(k.Run.Node.Now().Sub(s.Last)/time.Second, 0)
		return &p.Backup{Made: true, AgeS: uint32(min(int64(age), 1<<32-1))}
	case s.Late:
		return &p.Backup{}
	}
	return nil
}

// Keep makes a backup soon after the start if the newest is older than DueAfter, and then by Schedule, until ctx ends.
// A failure is tried again after an hour.
func (k *Keeper) Keep(ctx context.Context) {
	if k.elsewhere() {
		if k.Log != nil {
			k.Log.Info("no backups are made here", "why", errEngine)
		}
		return
	}
	timer := time.NewTimer(startDelay)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		next := k.MakeIfDue(ctx)
		if until := time.Until(nightly.Next(time.Now())); next == 0 || next > until {
			next = until
		}
		timer.Reset(next)
	}
}

// nightly is Schedule, read.
var nightly = func() cron.Schedule {
	s, err := cron.ParseStandard(Schedule)
	if err != nil {
		panic(err) // a constant
	}
	return s
}()

// MakeIfDue makes a backup if the newest is older than DueAfter, less an hour so that the night's does not slip to the
// next. It returns after what time to try again, 0 for when the schedule says.
func (k *Keeper) MakeIfDue(ctx context.Context) time.Duration {
	s, err := k.State()
	if err == nil && !s.Last.IsZero() {
		if age := k.Run.Node.Now().Sub(s.Last); age >= 0 && age < DueAfter-time.Hour {
			return 0
		}
	}
	made, err := k.Make(ctx)
	switch {
	case ctx.Err() != nil:
		return 0
	case err != nil:
		if k.Log != nil {
			k.Log.Error("no backup was made", "err", err)
		}
		return retryAfter
	}
	if k.Log != nil {
		k.Log.Info("backup made and opened", "file", filepath.Base(made.Path), "bytes", made.Bytes)
	}
	return 0
}
