package datadir

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime/debug"
	"time"

	"tramy/internal/node"
	"tramy/internal/store"
)

// Rhythm of looking at the database beside the work. It is read through table by table: a nurse waits for one of them at
// most, and a start waits for nothing.
const (
	firstLook = 20 * time.Second // after the start, when people have their first pages
	nextLook  = 24 * time.Hour
	pauseLook = 200 * time.Millisecond // between two tables
)

// watched is a store that notes when what it reads turns out to be damaged.
type watched struct {
	store.Store
	bad chan error // holds the first one
}

func watch(s store.Store) *watched { return &watched{Store: s, bad: make(chan error, 1)} }

func (w *watched) note(err error) error {
	if errors.Is(err, store.ErrCorrupt) {
		select {
		case w.bad <- err:
		default:
		}
	}
	return err
}

// View implements store.Store.
func (w *watched) View(ctx context.Context, fn func(store.Tx) error) error {
	return w.note(w.Store.View(ctx, fn))
}

// Update implements store.Store.
func (w *watched) Update(ctx context.Context, fn func(store.Tx) error) error {
	return w.note(w.Store.Update(ctx, fn))
}

// Damage is what was damaged in this folder and not made good yet, as far as this machine knows by itself; nil where
// nothing is.
func (r *Running) Damage() *Damage {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.damage
}

// Mending says since when a damage is being made good, zero if there is none, and whether all that can be read is back.
func (r *Running) Mending() (found time.Time, read bool) {
	if d := r.Damage(); d != nil {
		return time.UnixMilli(d.FoundMS), d.Whole()
	}
	return time.Time{}, true
}

func (r *Running) setDamage(x *Damage) error {
	if err := r.saveDamage(x); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.damage = x
	return nil
}

// noteFound writes down that the database was found to be damaged, if it was.
func (r *Running) noteFound() error {
	select {
	case why := <-r.watched.bad:
		r.watched.bad <- why // it stays found
		if r.parts.Remains == nil {
			return nil
		}
		damage := r.Damage()
		if damage != nil && damage.Stage == stageAside {
			return nil
		}
		next, err := r.noteDamage(damage, r.parts.Now(), why)
		if err != nil {
			return fmt.Errorf("noting that the database is damaged: %w", err)
		}
		r.mu.Lock()
		r.damage = next
		r.mu.Unlock()
	default:
	}
	return nil
}

// Found says that the database is damaged, as a check found out: the folder is to be opened anew.
func (r *Running) Found(why error) { _ = r.watched.note(fmt.Errorf("%w: %w", store.ErrCorrupt, why)) }

// takeBackFirst takes back what is needed at once, and forgets a damage that has been made good.
func (r *Running) takeBackFirst(ctx context.Context) error {
	damage := r.Damage()
	if damage == nil {
		return nil
	}
	switch damage.Stage {
	case stageRest:
		return nil
	case stageDone:
		return r.forgetIfLevel(ctx)
	}
	next := *damage
	if next.Database {
		err := r.eachRemains(ctx, &next, func(left store.Remains) error {
			got, err := r.Node.TakeBackFirst(ctx, left)
			next.count(got)
			return err
		})
		if err != nil {
			return fmt.Errorf("taking back what can be read: %w", err)
		}
	}
	next.Stage = stageRest
	if !next.Database {
		next.Stage = stageDone
	}
	if err := r.Node.NoteSalvaged(ctx, fmt.Sprintf("%v: %s", next.Aside, next.Why)); err != nil {
		return err
	}
	return r.setDamage(&next)
}

// TakeBack takes back the other half after a damage; it may run beside the work. It does nothing if nothing is left.
func (r *Running) TakeBack(ctx context.Context) error {
	damage := r.Damage()
	if damage == nil || damage.Stage != stageRest {
		return nil
	}
	next := *damage
	err := r.eachRemains(ctx, &next, func(left store.Remains) error {
		got, err := r.Node.TakeBackRest(ctx, left)
		next.count(got)
		return err
	})
	if err != nil {
		return fmt.Errorf("taking back what can be read: %w", err)
	}
	next.Stage = stageDone
	debug.FreeOSMemory()
	r.parts.Log.Info("what could be read of the damaged database is back", "own", next.Own, "states", next.States, "segments", next.Segments, "refused", next.Refused)
	return r.setDamage(&next)
}

// eachRemains calls fn with what is left of every database set aside, the newest first, and with the last backup.
func (r *Running) eachRemains(ctx context.Context, damage *Damage, fn func(store.Remains) error) error {
	use := func(left store.Remains, err error) error {
		if left == nil || err != nil {
			return err
		}
		return errors.Join(fn(left), left.Close())
	}
	for i := len(damage.Aside) - 1; i >= 0; i-- {
		if err := use(r.parts.Remains(filepath.Join(r.Path, damage.Aside[i]))); err != nil {
			return err
		}
	}
	if r.parts.Backup == nil {
		return nil
	}
	if err := use(r.parts.Backup(ctx, r.Path)); err != nil {
		// A backup that cannot be opened must not keep the machine shut: the rest comes from others.
		r.parts.Log.Error("the last backup cannot be read", "err", err)
	}
	return nil
}

func (d *Damage) count(got node.Salvaged) {
	d.Own += got.Own
	d.States += got.States
	d.Segments += got.Segments
	d.Refused += got.Refused
}

// forgetIfLevel takes the note away once the node has read all its upstream's feeds to their end again. What happened
// stays among the alarms, and what was set aside stays where it is.
func (r *Running) forgetIfLevel(ctx context.Context) error {
	st, err := r.Node.Status(ctx)
	if err != nil || !st.Complete {
		return err
	}
	if err := removeFile(filepath.Join(r.Path, fileDamage)); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.damage = nil
	return nil
}

// Keep does beside the work what keeps a folder whole: it takes back the rest after a damage, and reads the database
// through from time to time. It ends with ctx or, when the database is found to be damaged, with ErrDamagedNow, or,
// when the machine has got new keys, with ErrKeysChanged: then the folder is to be closed and opened again.
func (r *Running) Keep(ctx context.Context) error {
	if r.parts.Remains == nil {
		select {
		case <-ctx.Done():
			return nil
		case <-r.rekeyed:
			return ErrKeysChanged
		}
	}
	ctx, stop := context.WithCancel(ctx)
	look := make(chan struct{})
	defer func() {
		stop()
		<-look
	}()
	go func() {
		defer close(look)
		if err := r.TakeBack(ctx); err != nil && ctx.Err() == nil {
			r.parts.Log.Error("after a damage", "err", err)
		}
		r.lookNowAndThen(ctx)
	}()
	select {
	case <-ctx.Done():
		return nil
	case <-r.rekeyed:
		r.parts.Log.Info("this machine has new keys")
		return ErrKeysChanged
	case why := <-r.watched.bad:
		r.watched.bad <- why
		r.parts.Log.Error("the database is damaged", "err", why)
		return ErrDamagedNow
	}
}

func (r *Running) lookNowAndThen(ctx context.Context) {
	for wait := firstLook; ; wait = nextLook {
		if !pause(ctx, wait) {
			return
		}
		if err := r.Look(ctx, func() error {
			pause(ctx, pauseLook)
			return ctx.Err()
		}); err != nil && ctx.Err() == nil {
			r.parts.Log.Error("reading the database through", "err", err)
			continue
		}
		if err := r.checkWeekly(ctx); err != nil && ctx.Err() == nil {
			r.parts.Log.Error("checking", "err", err)
		}
	}
}

// Look reads the database through, a table at a time with between after each, and returns store.ErrCorrupt if it is
// damaged.
func (r *Running) Look(ctx context.Context, between func() error) error {
	s, ok := r.Store.(interface {
		QuickSteps(ctx context.Context, between func() error) error
	})
	if !ok {
		return nil // the engine looks after itself
	}
	return r.watched.note(s.QuickSteps(ctx, between))
}

// pause waits; false if ctx ended meanwhile.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
