package datadir

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"tramy/internal/drive"
	"tramy/internal/journal"
	"tramy/internal/store"
)

// Copies is what else is kept of a folder, and who can read it.
type Copies struct {
	Journal  Place  `json:"journal,omitzero"`       // where the journal's second copy lies
	Backups  Place  `json:"backups,omitzero"`       // where each backup is written a second time
	Recovery []byte `json:"recovery_key,omitempty"` // public half of the printed recovery key
	SinceS   int64  `json:"since,omitempty"`        // from when on there should be backups, Unix time
}

// Place is a folder, on another drive if it can be.
type Place struct {
	Path string `json:"path"`
	// Other says that it was on another drive when it was chosen: what lies there on the folder's own drive is
	// not it.
	Other bool `json:"other_drive,omitempty"`
}

// IsZero reports whether there is no such place.
func (p Place) IsZero() bool { return p.Path == "" }

// There returns nil if the place can be reached from the data folder, drive.ErrAway if it is not plugged in.
func (p Place) There(home string) error { return drive.There(p.Path, home, p.Other) }

// PlaceAt looks at a folder that somebody chose.
func PlaceAt(path, home string) (Place, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return Place{}, err
	}
	if err := drive.There(path, home, false); err != nil {
		return Place{}, err
	}
	same, err := drive.Same(path, home)
	return Place{Path: path, Other: !same}, err
}

// Copies returns what else is kept of the folder.
func (d *Dir) Copies() Copies {
	d.change.Lock()
	defer d.change.Unlock()
	return d.Info.Copies
}

// ChangeCopies changes that, on disk and then here.
func (d *Dir) ChangeCopies(change func(*Copies)) error {
	d.change.Lock()
	defer d.change.Unlock()
	info := d.Info
	change(&info.Copies)
	if err := WriteJSON(filepath.Join(d.Path, FileIdentity), info); err != nil {
		return err
	}
	d.Info.Copies = info.Copies
	return nil
}

// ErrNoCopy says that no second copy of the journal is set up.
var ErrNoCopy = errors.New("no second copy of the journal is set up")

// Readers are the X25519 keys that copies which leave the machine are encrypted to: its own; that of the hub above, as it
// enrolled this machine or as its device says, nil if neither does; and the printed recovery key's, nil if there is
// none.
func (r *Running) Readers(ctx context.Context) (own, hub, recovery []byte, err error) {
	if own, err = r.Keys.SealPublic(); err != nil {
		return nil, nil, nil, err
	}
	recovery = r.Copies().Recovery
	if len(r.Info.Chain) == 0 {
		return own, nil, recovery, nil
	}
	hub = r.Info.Chain[0].SealKey
	err = r.Store.View(ctx, func(tx store.Tx) error {
		dev, err := tx.Device(r.Info.Chain[0].Device)
		if err == nil && dev != nil && len(dev.SealKey) > 0 {
			hub = []byte(dev.SealKey)
		}
		return err
	})
	if len(hub) != 32 {
		hub = nil
	}
	return own, hub, recovery, err
}

// newCopy returns the journal's second copy at a place. Its name says whose it is, so that one stick can go around.
func (r *Running) newCopy(at Place) (*journal.Copy, error) {
	own, err := r.Keys.Reader()
	if err != nil {
		return nil, err
	}
	return &journal.Copy{
		Path:  filepath.Join(at.Path, fmt.Sprintf("tramy-%06d-%x.journal", r.Info.Number, r.Info.Device[:])),
		There: func() error { return at.There(r.Path) },
		Key:   r.Keys.Public(),
		Own:   own,
		Readers: func() ([][]byte, error) {
			own, hub, recovery, err := r.Readers(context.Background())
			to := [][]byte{own}
			for _, key := range [][]byte{hub, recovery} {
				if key != nil {
					to = append(to, key)
				}
			}
			return to, err
		},
	}, nil
}

// openJournal opens the journal, with what only its second copy has, if one is set up and can be reached. Why it cannot
// is the copy's State.
func (r *Running) openJournal(damage *Damage) (err error) {
	if at := r.Copies().Journal; !at.IsZero() {
		if r.second, err = r.newCopy(at); err != nil {
			return err
		}
		_, _ = r.second.Recover(r.JournalPath()) // kept as its state
	}
	if r.Journal, r.damage, err = r.mendJournal(damage, r.parts.Now()); err != nil {
		return err
	}
	if r.second != nil {
		r.second.Follow(r.Journal)
	}
	return nil
}

// JournalCopy is the second copy, nil if none is set up.
func (r *Running) JournalCopy() *journal.Copy {
	r.change.Lock()
	defer r.change.Unlock()
	return r.second
}

// CopyJournal sets a second copy of the journal up in a folder and makes it level. The folder is remembered.
func (r *Running) CopyJournal(folder string) error {
	at, err := PlaceAt(folder, r.Path)
	if err != nil {
		return err
	}
	c, err := r.newCopy(at)
	if err != nil {
		return err
	}
	c.Follow(r.Journal)
	if err := errors.Join(c.Begin(), c.Level()); err != nil {
		c.Leave()
		return err
	}
	return r.setCopy(at, c)
}

// LeaveCopy ends the second copy; what is on the drive stays there.
func (r *Running) LeaveCopy() error {
	if r.JournalCopy() == nil {
		return ErrNoCopy
	}
	return r.setCopy(Place{}, nil)
}

func (r *Running) setCopy(at Place, c *journal.Copy) error {
	if err := r.ChangeCopies(func(all *Copies) { all.Journal = at }); err != nil {
		return err
	}
	r.change.Lock()
	defer r.change.Unlock()
	if r.second != nil {
		r.second.Leave()
	}
	r.second = c
	select {
	case r.changed <- struct{}{}:
	default:
	}
	return nil
}

// KeepCopy keeps the second copy level, whichever is set up, until ctx ends.
func (r *Running) KeepCopy(ctx context.Context) {
	for ctx.Err() == nil {
		each, stop := context.WithCancel(ctx)
		done := make(chan struct{})
		go func() {
			defer close(done)
			if c := r.JournalCopy(); c != nil {
				c.Run(each)
			}
		}()
		select {
		case <-ctx.Done():
		case <-r.changed:
		}
		stop()
		<-done
	}
}
