package server

import (
	"context"
	"sync"
	"time"

	"tramy/syncproto"
)

// MemoryLogins keeps up to 20,000 log-ins; a restart ends them. The zero MemoryLogins is empty.
type MemoryLogins struct {
	mu     sync.Mutex
	logins map[TokenHash]StoredLogin
}

// SaveLogin implements LoginStore. When it is full the idle ones go, or else the least recently seen.
func (m *MemoryLogins) SaveLogin(_ context.Context, hash TokenHash, l StoredLogin, idleSince time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.logins == nil {
		m.logins = map[TokenHash]StoredLogin{}
	}
	if _, ok := m.logins[hash]; !ok && len(m.logins) >= loginsMax {
		var oldest TokenHash
		first := true
		for h, have := range m.logins {
			if have.Seen.Before(idleSince) {
				delete(m.logins, h)
				continue
			}
			if first || have.Seen.Before(m.logins[oldest].Seen) {
				oldest, first = h, false
			}
		}
		if len(m.logins) >= loginsMax {
			delete(m.logins, oldest)
		}
	}
	m.logins[hash] = l
	return nil
}

// TouchLogin implements LoginStore.
func (m *MemoryLogins) TouchLogin(_ context.Context, hash TokenHash, seen time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if l, ok := m.logins[hash]; ok {
		l.Seen = seen
		m.logins[hash] = l
	}
	return nil
}

// LoginsOf implements LoginStore.
func (m *MemoryLogins) LoginsOf(_ context.Context, user syncproto.EntityID) (map[TokenHash]StoredLogin, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := map[TokenHash]StoredLogin{}
	for hash, l := range m.logins {
		if l.User == user {
			out[hash] = l
		}
	}
	return out, nil
}

// LoadLogin implements LoginStore.
func (m *MemoryLogins) LoadLogin(_ context.Context, hash TokenHash) (StoredLogin, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	l, ok := m.logins[hash]
	if !ok {
		return StoredLogin{}, ErrNoLogin
	}
	return l, nil
}

// DeleteLogin implements LoginStore.
func (m *MemoryLogins) DeleteLogin(_ context.Context, hash TokenHash) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.logins, hash)
	return nil
}

// DeleteUser implements LoginStore.
func (m *MemoryLogins) DeleteUser(_ context.Context, user syncproto.EntityID) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for h, l := range m.logins {
		if l.User == user {
			delete(m.logins, h)
		}
	}
	return nil
}
