package pages

import (
	"cmp"
	"crypto/sha256"
	"sync"
	"time"

	"tramy/internal/server"
	p "tramy/syncproto"
)

// quiet remembers when a person last did something with a log-in. The badge asks for news every half
// minute as long as a page is open, and by that alone a laptop left on the table would never lock.
type quiet struct {
	mu   sync.Mutex
	last map[server.TokenHash]lastSeen
}

type lastSeen struct {
	at   time.Time
	user p.EntityID
}

// quietMax is how many log-ins are remembered. When it is full, all begin anew: they only stay longer.
const quietMax = 4096

// over notes what is asked with a log-in and reports whether its person has been gone for too long.
func (q *quiet) over(token string, user p.EntityID, person bool, now time.Time, idle time.Duration) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	hash := server.TokenHash(sha256.Sum256([]byte(token)))
	last, known := q.last[hash]
	if known && now.Sub(last.at) >= cmp.Or(idle, server.DefaultIdle) {
		delete(q.last, hash)
		return true
	}
	if !known && (q.last == nil || len(q.last) >= quietMax) {
		q.last = map[server.TokenHash]lastSeen{}
	}
	if person || !known || now.Before(last.at) {
		q.last[hash] = lastSeen{now, user}
	}
	return false
}

// whose returns whose log-in a token was that is none any more, zero if that is not remembered.
func (q *quiet) whose(token string) p.EntityID {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.last[server.TokenHash(sha256.Sum256([]byte(token)))].user
}
