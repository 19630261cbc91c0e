package web

import (
	"crypto/rand"
	"sync"
	"time"

	p "tramy/syncproto"
)

// Bounds of what is kept between drawing a code and fetching its file.
const (
	codesMax  = 64
	codesTime = 30 * time.Minute
)

// codes keeps enrolment codes in memory for the moment in which somebody downloads them as a file. Nothing
// else remembers a code's secret; a restart forgets it, and then a new one is made.
type codes struct {
	mu    sync.Mutex
	items map[string]codeKept
	order []string
}

type codeKept struct {
	user p.EntityID
	at   time.Time
	text string
}

// keep stores a code's text and returns the name of its file, which says nothing.
func (k *codes) keep(user p.EntityID, now time.Time, text string) string {
	name := rand.Text()[:12] + ".tramy"
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.items == nil {
		k.items = map[string]codeKept{}
	}
	if len(k.order) >= codesMax {
		delete(k.items, k.order[0])
		k.order = k.order[1:]
	}
	k.items[name] = codeKept{user, now, text}
	k.order = append(k.order, name)
	return name
}

// find returns a code to who made it.
func (k *codes) find(user p.EntityID, now time.Time, name string) (string, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	it, ok := k.items[name]
	if age := now.Sub(it.at); !ok || it.user != user || age > codesTime || age < -codesTime {
		return "", false
	}
	return it.text, true
}
