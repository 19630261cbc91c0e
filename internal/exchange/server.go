package exchange

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"tramy/internal/node"
	"tramy/internal/server"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// positionSize is the size of a position as GET /sync/v1/heads answers it.
const positionSize = 16

// Server answers the exchange at a hub.
type Server struct {
	Node *node.Node
	// Gate bounds the exchanges at work at once; the rest are told when to come back (503).
	Gate *server.Gate
	// Attempts bounds wrong tokens and codes from one address; right ones are taken.
	Attempts *server.Attempts
	// Up asks the hub above in turn when somebody is looked up; nil at the root.
	Up  *Client
	Now func() time.Time
	Log *slog.Logger

	lookups lookups
	turns   turns
}

// NewServer returns a server that lets max exchanges work at once.
func NewServer(n *node.Node, max int, now func() time.Time, log *slog.Logger) *Server {
	return &Server{Node: n, Gate: server.NewGate(max, now), Attempts: &server.Attempts{Now: now}, Now: now, Log: log}
}

// Exchange handles POST /sync/v1/exchange.
func (s *Server) Exchange(w http.ResponseWriter, r *http.Request) {
	// A line that breaks ends what is read and what is written, and nothing else: what has come whole is still taken in.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), RequestTimeout)
	defer cancel()
	r = r.WithContext(ctx)
	child, ok := s.authorize(w, r)
	if !ok {
		return
	}
	over, ok := s.turns.take(child, func() { server.CutOff(r) })
	if !ok {
		refuse(w, http.StatusServiceUnavailable, p.RefusedBusy, uint32(turnWait.Seconds()), "an exchange of this device is at work")
		return
	}
	defer over()
	leave, wait, ok := s.Gate.Enter()
	if !ok {
		refuse(w, http.StatusServiceUnavailable, p.RefusedBusy, uint32(wait.Seconds()), "too many exchanges at once")
		return
	}
	defer leave()
	if r.Header.Get("Content-Type") != p.ContentType {
		refuse(w, http.StatusUnsupportedMediaType, p.RefusedFormat, 0, "want "+p.ContentType)
		return
	}
	if r.ContentLength > p.RequestSizeBytesMax {
		refuse(w, http.StatusRequestEntityTooLarge, p.RefusedTooLarge, 0, "the request is too large")
		return
	}
	body := http.MaxBytesReader(w, r.Body, p.RequestSizeBytesMax)
	out := &answerWriter{w: w}
	err := s.Node.Serve(ctx, child, body, out)
	if err == nil {
		return
	}
	code, status := refusalOf(err)
	if s.Log != nil {
		s.Log.Warn("exchange ended", "device", child.String(), "code", int(code), "err", err.Error())
	}
	if out.begun {
		panic(http.ErrAbortHandler) // the answer is cut; the child keeps the pages that came whole
	}
	if code == p.RefusedBusy {
		refuse(w, status, code, uint32(awayWait.Seconds()), store.ErrAway.Error())
		return
	}
	refuse(w, status, code, 0, err.Error())
}

// awayWait is when a child comes back to a hub whose database did not answer: a server that is restarted, or replaced by its standby, is
// there again in some seconds.
const awayWait = 30 * time.Second

// Heads handles GET /sync/v1/heads: the position taken from this child, unsigned.
func (s *Server) Heads(w http.ResponseWriter, r *http.Request) {
	child, ok := s.authorize(w, r)
	if !ok {
		return
	}
	s.turns.await(child) // else what is being taken in would be sent again
	pos, err := s.Node.ChildPosition(r.Context(), child)
	if err != nil {
		refuse(w, http.StatusInternalServerError, p.RefusedInternal, 60, "the position could not be read")
		return
	}
	header(w)
	_, _ = w.Write(encodePosition(pos))
}

func encodePosition(pos p.Position) []byte {
	return binary.BigEndian.AppendUint64(pos.Incarnation[:], pos.Number)
}

func decodePosition(b []byte) *p.Position {
	pos := &p.Position{Number: binary.BigEndian.Uint64(b[8:])}
	copy(pos.Incarnation[:], b)
	return pos
}

// authorize finds the child a token belongs to. The token names the device, so that one row is read: its
// first 16 bytes are the device's id, the rest is secret. A right one is taken whatever came from the same address: behind
// a mobile network that is a stranger's as well, and 256 bits need no protection from guesses.
func (s *Server) authorize(w http.ResponseWriter, r *http.Request) (p.EntityID, bool) {
	token, err := decodeToken(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
	var id p.EntityID
	known, lost, revoked := false, false, false
	if err == nil && len(token) == tokenSize {
		copy(id[:], token)
		err = s.Node.Store().View(r.Context(), func(tx store.Tx) error {
			row, err := tx.Child(id)
			if err != nil || row == nil {
				return err
			}
			known = subtle.ConstantTimeCompare(row.TokenHash, node.TokenHash(token)) == 1
			dev, err := tx.Device(id)
			if err != nil {
				return err
			}
			lost, revoked = dev == nil, dev != nil && dev.Revoked
			return nil
		})
		if err != nil {
			refuse(w, http.StatusInternalServerError, p.RefusedInternal, 60, "the token could not be looked up")
			return id, false
		}
	}
	if !known {
		addr := server.AddrOf(r)
		if wait, blocked := s.Attempts.Blocked(addr); blocked {
			refuse(w, http.StatusTooManyRequests, p.RefusedTooMany, uint32(wait.Seconds())+1, "too many wrong tokens from this address")
			return p.EntityID{}, false
		}
		s.Attempts.Failed(addr)
		refuse(w, http.StatusUnauthorized, p.RefusedToken, 0, "unknown token")
		return id, false
	}
	if lost { // what says who the device is was lost here: nothing that it signed could be checked
		refuse(w, http.StatusUnauthorized, p.RefusedToken, 0, "nothing is known here of this device: enrol it again")
		return id, false
	}
	if revoked {
		refuse(w, http.StatusForbidden, p.RefusedRevoked, 0, "this device was revoked")
		return id, false
	}
	server.Vouch(r, "device "+id.String())
	return id, true
}

// tokenSize: the device's id and 256 secret bits.
const tokenSize = 16 + 32

// NewToken makes a bearer token for a device.
func NewToken(device p.EntityID, random io.Reader) ([]byte, error) {
	t := make([]byte, tokenSize)
	copy(t, device[:])
	_, err := io.ReadFull(random, t[16:])
	return t, err
}

// EncodeToken writes a token as it stands behind Bearer.
func EncodeToken(t []byte) string { return base64.RawURLEncoding.EncodeToString(t) }

func decodeToken(s string) ([]byte, error) { return base64.RawURLEncoding.DecodeString(s) }

// refusalOf says with which code and HTTP status an error is answered.
func refusalOf(err error) (p.RefusalCode, int) {
	var tooLarge *http.MaxBytesError
	switch {
	case errors.Is(err, store.ErrAway):
		return p.RefusedBusy, http.StatusServiceUnavailable
	case errors.As(err, &tooLarge), errors.Is(err, p.ErrTooLarge), errors.Is(err, p.ErrLimit):
		return p.RefusedTooLarge, http.StatusRequestEntityTooLarge
	case errors.Is(err, p.ErrVersion):
		return p.RefusedVersion, http.StatusBadRequest
	case errors.Is(err, p.ErrOrder):
		return p.RefusedOrder, http.StatusBadRequest
	case errors.Is(err, os.ErrDeadlineExceeded):
		return p.RefusedTooSlow, http.StatusRequestTimeout
	case errors.Is(err, p.ErrMagic), errors.Is(err, p.ErrTruncated), errors.Is(err, p.ErrNotCanonical), errors.Is(err, p.ErrInvalid),
		errors.Is(err, io.ErrUnexpectedEOF):
		return p.RefusedFormat, http.StatusBadRequest
	}
	return p.RefusedInternal, http.StatusInternalServerError
}

// refuse answers with a lone Refusal frame, so that a child can tell a hub's no from a proxy's.
func refuse(w http.ResponseWriter, status int, code p.RefusalCode, retry uint32, message string) {
	header(w)
	if retry > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(retry)))
	}
	w.WriteHeader(status)
	_ = p.NewFrameWriter(w).Write(&p.Refusal{Code: code, RetryAfter: retry, Message: refusalMessage(message)})
}

// refusalMessage cuts a message to what a frame holds: never half a character.
func refusalMessage(message string) string {
	return strings.ToValidUTF8(message[:min(len(message), p.MessageBytesMax)], "")
}

func header(w http.ResponseWriter) {
	w.Header().Set("Content-Type", p.ContentType)
	w.Header()["Date"] = nil // 37 bytes that nobody reads
}

// flushBytes is how much of an answer is held back at most once it could go: what HTTP/2 is given at once arrives whole or
// not at all, so that frames kept together are lost together where the line breaks.
const flushBytes = 256

// answerWriter sets the head with the first byte, and hands over what frames there are whenever they are worth a packet. Each
// call of Write is a frame.
type answerWriter struct {
	w     http.ResponseWriter
	begun bool
	held  int
}

func (a *answerWriter) Write(b []byte) (int, error) {
	if !a.begun {
		header(a.w)
		a.begun = true
	}
	n, err := a.w.Write(b)
	if a.held += n; err != nil || a.held < flushBytes {
		return n, err
	}
	a.held = 0
	if err := http.NewResponseController(a.w).Flush(); !errors.Is(err, http.ErrNotSupported) {
		return n, err
	}
	return n, nil
}
