package sim

import (
	"context"

	"tramy/internal/store"
	"tramy/internal/store/memory"
)

// memoryMedium is a disk in memory.
type memoryMedium struct{ st *memory.Store }

func newMemory() *memoryMedium { return &memoryMedium{memory.New()} }

// Open implements Medium.
func (m *memoryMedium) Open(context.Context) (store.Store, error) {
	m.st = m.st.Clone() // who had it open before writes nowhere any more
	return m.st, nil
}

// Copy implements Medium.
func (m *memoryMedium) Copy(context.Context) (Medium, error) { return &memoryMedium{m.st.Clone()}, nil }
