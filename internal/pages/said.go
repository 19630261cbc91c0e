package pages

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"sync"
	"time"

	"tramy/internal/desk"
	"tramy/internal/registry"
	"tramy/internal/server"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// PathUndo takes back what was just done: POST: undo (a key from the note that offered it).
const PathUndo = "/undo"

// Bounds of a shelf: what was said stays with the page for as long as somebody may still look at it.
const (
	shelfMax  = 512
	shelfTime = 30 * time.Minute
)

// shelf keeps things between a form and the page after it, each for one person and under a key that says
// nothing: names do not belong in an address. The oldest go first; a restart empties it.
type shelf[T any] struct {
	mu    sync.Mutex
	items map[string]shelved[T]
	order []string
}

type shelved[T any] struct {
	user p.EntityID
	at   time.Time
	item T
}

func (s *shelf[T]) put(user p.EntityID, now time.Time, item T) string {
	key := newSecret()
	s.putAt(key, user, now, item)
	return key
}

// newSecret is a word that nobody guesses.
func newSecret() string { return rand.Text() }

// putAt is put under a key of the caller's, in the place of what was there.
func (s *shelf[T]) putAt(key string, user p.EntityID, now time.Time, item T) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.items == nil {
		s.items = map[string]shelved[T]{}
	}
	if _, again := s.items[key]; !again && len(s.order) >= shelfMax {
		delete(s.items, s.order[0])
		s.order = s.order[1:]
	}
	if _, again := s.items[key]; !again {
		s.order = append(s.order, key)
	}
	s.items[key] = shelved[T]{user, now, item}
}

// get returns what is kept for somebody. It stays, because a page may be loaded again.
func (s *shelf[T]) get(user p.EntityID, now time.Time, key string) (T, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.look(user, now, key)
}

// take is get for something that happens once.
func (s *shelf[T]) take(user p.EntityID, now time.Time, key string) (T, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	item, ok := s.look(user, now, key)
	if ok {
		delete(s.items, key)
		s.order = slices.DeleteFunc(s.order, func(k string) bool { return k == key })
	}
	return item, ok
}

// look is get under the lock.
func (s *shelf[T]) look(user p.EntityID, now time.Time, key string) (T, bool) {
	it, ok := s.items[key]
	if age := now.Sub(it.at); !ok || it.user != user || age > shelfTime || age < -shelfTime {
		var none T
		return none, false
	}
	return it.item, true
}

// undo takes an act back. It runs as the person who did it, with the rights they have then.
type undo struct {
	back string
	do   func(ctx context.Context, who desk.Who) error
}

// Undoable offers to take back what was just done and returns the button for a note.
func (c *Call) Undoable(back string, do func(ctx context.Context, who desk.Who) error) *ui.Action {
	key := c.undone.put(c.Who.User, c.Now, undo{back, do})
	return &ui.Action{Label: c.T("say.undo"), Href: PathUndo, Post: true, Key: "U", Values: []ui.Hidden{{Name: "undo", Value: key}}}
}

func (pg *Pages) undo(c *Call) error {
	u, ok := pg.undone.take(c.Who.User, c.Now, c.Value("undo"))
	if !ok {
		return server.NewProblem(server.TypeConflict)
	}
	var stale *registry.StaleError
	switch err := u.do(c.Ctx(), c.Who); {
	case errors.As(err, &stale): // somebody wrote there meanwhile, and nobody here has seen it
		return c.Go(u.back, ui.Note{Tone: ui.ToneAsk, Lead: c.T("say.undo_late"), Alert: true})
	case err != nil:
		return err
	}
	return c.Go(u.back, ui.Note{Tone: ui.ToneOK, Lead: c.T("say.undone")})
}
