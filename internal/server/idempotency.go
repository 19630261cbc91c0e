package server

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"tramy/syncproto"
)

// IdempotencyHeader carries the key with which a caller marks a write and its repetitions.
const IdempotencyHeader = "Idempotency-Key"

// replayedHeader marks an answer that was given before.
const replayedHeader = "Idempotent-Replayed"

// Bounds on what is remembered.
const (
	keyCharsMax    = 128
	answersMax     = 10_000
	answerBytesMax = 32 << 20
	answersExpire  = 24 * time.Hour
)

// KeyID names one marked write: nobody can use, or see the answer to, another user's key.
type KeyID struct {
	User syncproto.EntityID
	Key  string
}

// StoredAnswer is what is replayed.
type StoredAnswer struct {
	Status int
	Header http.Header // content headers only: cookies and dates are of their moment
	Body   []byte
}

// Errors of IdempotencyStore.Begin.
var (
	ErrKeyReused  = errors.New("idempotency key used for another request")
	ErrKeyRunning = errors.New("the request with this idempotency key is still running")
)

// IdempotencyStore remembers marked writes. It must be safe for concurrent use. A store that outlives a
// crash must treat a write that began and did not end as one that may have happened: the handler itself
// has to recognise it. The in-memory store forgets at a restart, and callers then rely on what the
// registry refuses as a duplicate.
type IdempotencyStore interface {
	// Begin claims a key for the request with this hash. It returns the answer if that request was
	// answered; nil if the caller is to carry it out, and then Finish or Abandon; or it fails with
	// ErrKeyReused or ErrKeyRunning.
	Begin(ctx context.Context, id KeyID, request [32]byte) (*StoredAnswer, error)
	// Finish stores the answer to the claimed key.
	Finish(ctx context.Context, id KeyID, answer StoredAnswer) error
	// Abandon gives the key free: nothing was done.
	Abandon(ctx context.Context, id KeyID) error
}

// Idempotency makes writes repeatable: a POST, PUT, PATCH or DELETE with a key that was seen from the same
// user gets the answer given then, if it is the same request, and TypeKeyReused if it is not. Reads pass.
// A write without a key passes too, unless required is set. What failed for a reason that may pass
// (a status of 429 or from 500) is not remembered, so that the repetition is carried out. It stands
// after the log-in and holds the body in memory: the route's BodyMax bounds it.
func Idempotency(store IdempotencyStore, required bool) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			key := r.Header.Get(IdempotencyHeader)
			switch {
			case r.Method == http.MethodGet || r.Method == http.MethodHead || r.Method == http.MethodOptions,
				key == "" && !required:
				next.ServeHTTP(w, r)
				return
			case !validKey(key):
				WriteProblem(w, r, NewProblem(TypeKeyMissing))
				return
			}
			payload, err := io.ReadAll(r.Body)
			if err != nil {
				WriteProblem(w, r, fmt.Errorf("read request: %w", err))
				return
			}
			r.Body = io.NopCloser(bytes.NewReader(payload))
			who, _ := LoginOf(r)
			id := KeyID{User: who.User, Key: key}
			before, err := store.Begin(r.Context(), id, requestHash(r, payload))
			switch {
			case errors.Is(err, ErrKeyReused):
				WriteProblem(w, r, NewProblem(TypeKeyReused))
			case errors.Is(err, ErrKeyRunning):
				WriteProblem(w, r, NewProblem(TypeKeyRunning).Param("seconds", 1))
			case err != nil:
				WriteProblem(w, r, fmt.Errorf("idempotency key: %w", err))
			case before != nil:
				maps.Copy(w.Header(), before.Header)
				w.Header().Set(replayedHeader, "true")
				w.WriteHeader(before.Status)
				_, _ = w.Write(before.Body) // the caller may be gone; there is nobody to tell
			default:
				carryOut(store, id, w, r, next)
			}
		})
	}
}

// carryOut runs the handler and stores its answer before the caller gets it: an answer that was received
// can then always be replayed.
func carryOut(store IdempotencyStore, id KeyID, w http.ResponseWriter, r *http.Request, next http.Handler) {
	// The caller hanging up must not leave the key claimed.
	ctx := context.WithoutCancel(r.Context())
	kept := &keptAnswer{header: w.Header()}
	finished := false
	defer func() {
		if !finished { // the handler panicked
			_ = store.Abandon(ctx, id)
		}
	}()
	next.ServeHTTP(kept, r)
	if kept.status == 0 {
		kept.status = http.StatusOK
	}
	var err error
	if kept.status >= 500 || kept.status == http.StatusTooManyRequests {
		err = store.Abandon(ctx, id)
	} else {
		header := http.Header{}
		for _, name := range []string{"Content-Type", "Content-Language", "Location", "ETag"} {
			if v, ok := kept.header[http.CanonicalHeaderKey(name)]; ok {
				header[http.CanonicalHeaderKey(name)] = v
			}
		}
		err = store.Finish(ctx, id, StoredAnswer{Status: kept.status, Header: header, Body: kept.body.Bytes()})
	}
	finished = true
	if err != nil {
		WriteProblem(w, r, fmt.Errorf("keep an answer: %w", err))
		return
	}
	w.WriteHeader(kept.status)
	_, _ = w.Write(kept.body.Bytes()) // the caller may be gone; there is nobody to tell
}

func validKey(key string) bool {
	return key != "" && len(key) <= keyCharsMax && !strings.ContainsFunc(key, func(c rune) bool { return c <= ' ' || c > '~' })
}

// requestHash covers all that makes two requests the same. Lengths stand before parts, so that no two
// splits of the same bytes are alike.
func requestHash(r *http.Request, payload []byte) [32]byte {
	h := sha256.New()
	for _, part := range [][]byte{[]byte(r.Method), []byte(r.URL.EscapedPath()), []byte(r.URL.RawQuery), payload} {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(part)))
		h.Write(n[:])
		h.Write(part)
	}
	return [32]byte(h.Sum(nil))
}

// keptAnswer holds back an answer.
type keptAnswer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (k *keptAnswer) Header() http.Header { return k.header }

func (k *keptAnswer) WriteHeader(status int) {
	if k.status == 0 {
		k.status = status
	}
}

func (k *keptAnswer) Write(b []byte) (int, error) {
	if k.status == 0 {
		k.status = http.StatusOK
	}
	return k.body.Write(b)
}

// MemoryAnswers is an IdempotencyStore in memory. It keeps answers for a day, at most 10,000 and 32 MiB;
// the oldest go first. The zero MemoryAnswers is empty.
type MemoryAnswers struct {
	Now func() time.Time // nil means time.Now

	mu    sync.Mutex
	keys  map[KeyID]*answerEntry
	order []KeyID // oldest first
	bytes int
}

type answerEntry struct {
	request [32]byte
	at      time.Time
	answer  *StoredAnswer // nil while it runs
}

// Begin implements IdempotencyStore.
func (m *MemoryAnswers) Begin(_ context.Context, id KeyID, request [32]byte) (*StoredAnswer, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := time.Now()
	if m.Now != nil {
		now = m.Now()
	}
	m.trim(now, 0)
	if e, ok := m.keys[id]; ok {
		switch {
		case e.request != request:
			return nil, ErrKeyReused
		case e.answer == nil:
			return nil, ErrKeyRunning
		}
		return e.answer, nil
	}
	m.trim(now, 1)
	if m.keys == nil {
		m.keys = map[KeyID]*answerEntry{}
	}
	m.keys[id] = &answerEntry{request: request, at: now}
	m.order = append(m.order, id)
	return nil, nil
}

// Finish implements IdempotencyStore.
func (m *MemoryAnswers) Finish(_ context.Context, id KeyID, answer StoredAnswer) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if e, ok := m.keys[id]; ok {
		e.answer = &answer
		m.bytes += len(answer.Body)
	}
	return nil
}

// Abandon implements IdempotencyStore.
func (m *MemoryAnswers) Abandon(_ context.Context, id KeyID) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.keys, id)
	// Nearly always the last one; were it left, failures alone could make order grow for a day.
	for i, have := range slices.Backward(m.order) {
		if have == id {
			m.order = slices.Delete(m.order, i, i+1)
			break
		}
	}
	return nil
}

// trim forgets the oldest while there is no room for so many more or they are too old, but never one that runs: its
// repetition would be carried out beside it.
func (m *MemoryAnswers) trim(now time.Time, more int) {
	kept := m.order[:0]
	for i, id := range m.order {
		e := m.keys[id]
		switch {
		case e.answer == nil:
			kept = append(kept, id)
		case len(m.keys)+more > answersMax || m.bytes > answerBytesMax || now.Sub(e.at) >= answersExpire:
			m.bytes -= len(e.answer.Body)
			delete(m.keys, id)
		default:
			m.order = append(kept, m.order[i:]...)
			return
		}
	}
	m.order = kept
}
