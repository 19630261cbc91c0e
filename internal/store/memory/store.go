package memory

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"tramy/internal/store"
)

var (
	errReadOnly = errors.New("writing in a read-only transaction")
	errClosed   = errors.New("the store is closed")
)

// Faults say what goes wrong in a store. Each function is called on the goroutine of the transaction, must not ask the
// store, and may panic, as if the process died there; nil is no fault.
type Faults struct {
	// Read is asked before each getter of a transaction, Write before each putter; what they return, the getter or
	// putter returns, and nothing was read or written. A read fails in views too.
	Read, Write func() error
	// BeforeCommit is asked when the function of an Update has returned without an error. If it returns one
	// (store.ErrFull, a crash before the commit), nothing happened.
	BeforeCommit func() error
	// AfterCommit is asked once all is kept. What it returns, Update returns: kept, but reported as failed.
	AfterCommit func() error
}

// Store is a store in memory. Views run side by side, an Update alone: as at a station, one inside of the other waits
// for ever.
type Store struct {
	// Faults may be set while no transaction runs.
	Faults Faults

	mu     sync.RWMutex
	closed bool
	data   data
}

var _ store.Store = (*Store)(nil)

// New returns an empty store.
func New() *Store {
	s := &Store{}
	s.data.share()
	return s
}

// Clone returns an independent store that holds the same, without Faults: a backup, a copied disk. It takes no longer
// for a large store than for a small one. A closed store can be cloned: so it is opened again. It waits for running
// transactions.
func (s *Store) Clone() *Store {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := &Store{data: s.data}
	s.data.share()
	c.data.share()
	return c
}

// Close implements store.Store. What is held stays, for a Clone.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	return nil
}

// View implements store.Store.
func (s *Store) View(ctx context.Context, fn func(store.Tx) error) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if err := s.usable(ctx); err != nil {
		return err
	}
	return fn(&tx{data: &s.data, faults: &s.Faults})
}

// Update implements store.Store.
func (s *Store) Update(ctx context.Context, fn func(store.Tx) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usable(ctx); err != nil {
		return err
	}
	kept := false
	defer func() {
		if !kept { // also after a panic
			s.data.rollback()
		}
	}()
	if err := fn(&tx{data: &s.data, faults: &s.Faults, write: true}); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := asked(s.Faults.BeforeCommit); err != nil {
		return fmt.Errorf("committing: %w", err)
	}
	s.data.commit()
	kept = true
	if err := asked(s.Faults.AfterCommit); err != nil {
		return fmt.Errorf("committing: %w", err)
	}
	return nil
}

func (s *Store) usable(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if s.closed {
		return errClosed
	}
	return nil
}

func asked(fault func() error) error {
	if fault == nil {
		return nil
	}
	return fault()
}
