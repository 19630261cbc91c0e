package room

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"tramy/internal/datadir"
	"tramy/internal/node"
	p "tramy/syncproto"
)

// Port is where laptops listen for each other, TCP and UDP, if nobody says otherwise.
const Port = 8781

// Limits of what a room takes on.
const (
	addressesMax = 16 // given by hand
	linesMax     = 32 // neighbours and addresses at a time
)

// How a room goes about it.
const (
	settle     = 200 * time.Millisecond // after a save, so that a click's worth goes together
	keepAlive  = time.Minute            // a line that has nothing to say is tried again after this
	retryFirst = time.Second
	retryMax   = time.Minute
	listenWait = 10 * time.Second // before a port that is taken is tried again
)

// ErrAddress says that an address given by hand cannot be one.
var ErrAddress = errors.New("an address of another laptop looks like 192.168.1.20 or 192.168.1.20:8781")

// ErrTooMany says that more addresses are given by hand than are tried.
var ErrTooMany = fmt.Errorf("at most %d addresses of other laptops are tried", addressesMax)

// Setting is what people decide. It is remembered in the data folder.
type Setting struct {
	On bool `json:"on"`
	// Addresses are of other laptops, host:port, for networks that let no broadcast through.
	Addresses []string `json:"addresses,omitempty"`
}

// Options are what a room is made of.
type Options struct {
	Node     *node.Node
	Key      ed25519.PrivateKey // the device's
	Software string
	Path     string // the file that remembers the setting
	// Listen is where others reach this laptop, TCP and UDP; "" is every network, on Port.
	Listen string
	// Broadcast returns where "I am here" is said; nil: to everybody on this laptop's networks.
	Broadcast func(port int) []netip.AddrPort
	Log       *slog.Logger // nil: slog.Default
}

// Room is one laptop's side of it.
type Room struct {
	o Options

	mu      sync.Mutex
	setting Setting
	changed chan struct{} // closed when the setting changes
	session *session      // nil while it is off
	fault   error         // why it does not listen
}

// Open reads the setting; nothing is listened to before Run.
func Open(o Options) (*Room, error) {
	if o.Listen == "" {
		o.Listen = ":" + strconv.Itoa(Port)
	}
	if o.Broadcast == nil {
		o.Broadcast = everywhere
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	r := &Room{o: o, changed: make(chan struct{})}
	b, err := os.ReadFile(o.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return r, nil
	case err != nil:
		return nil, err
	}
	// A damaged setting keeps no station shut: it is off until somebody switches it on again.
	if err := json.Unmarshal(b, &r.setting); err != nil {
		o.Log.Warn("the setting for other laptops could not be read and is off", "file", o.Path, "err", err.Error())
		r.setting = Setting{}
	}
	return r, nil
}

// Setting returns what was decided last.
func (r *Room) Setting() Setting {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.setting
	s.Addresses = slices.Clone(s.Addresses)
	return s
}

// Set decides, remembers it and takes effect at once. Addresses without a port get the usual one.
func (r *Room) Set(s Setting) error {
	if len(s.Addresses) > addressesMax {
		return ErrTooMany
	}
	clean := Setting{On: s.On}
	for _, a := range s.Addresses {
		a, err := address(a)
		if err != nil {
			return err
		}
		if !slices.Contains(clean.Addresses, a) {
			clean.Addresses = append(clean.Addresses, a)
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := datadir.WriteJSON(r.o.Path, clean); err != nil {
		return err
	}
	r.setting = clean
	close(r.changed)
	r.changed = make(chan struct{})
	return nil
}

// address makes host:port of what somebody typed.
func address(text string) (string, error) {
	text = strings.TrimSpace(text)
	host, port, err := net.SplitHostPort(text)
	if err != nil {
		host, port = strings.Trim(text, "[]"), strconv.Itoa(Port)
	}
	n, err := strconv.Atoi(port)
	if err != nil || n < 1 || n > 65535 || host == "" || len(host) > 253 || strings.ContainsAny(host, " /@\\?#") {
		return "", fmt.Errorf("%q: %w", text, ErrAddress)
	}
	if strings.Contains(host, ":") {
		if _, err := netip.ParseAddr(host); err != nil {
			return "", fmt.Errorf("%q: %w", text, ErrAddress)
		}
	}
	return net.JoinHostPort(host, port), nil
}

// Saved says that something was recorded or came in that others may lack.
func (r *Room) Saved() {
	r.mu.Lock()
	s := r.session
	r.mu.Unlock()
	if s != nil {
		s.saved()
	}
}

// Run works as the setting says until ctx ends.
func (r *Room) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		r.mu.Lock()
		setting, changed := r.setting, r.changed
		r.mu.Unlock()
		inner, stop := context.WithCancel(ctx)
		var work sync.WaitGroup
		if setting.On {
			work.Go(func() { r.work(inner, setting) })
		}
		select {
		case <-ctx.Done():
		case <-changed:
		}
		stop()
		work.Wait()
	}
	return nil
}

// work listens and speaks until ctx ends. While the port is taken it tries again.
func (r *Room) work(ctx context.Context, setting Setting) {
	for ctx.Err() == nil {
		s, err := r.begin(ctx, setting)
		r.mu.Lock()
		r.session, r.fault = s, err
		r.mu.Unlock()
		if err == nil {
			s.wait()
			r.mu.Lock()
			r.session = nil
			r.mu.Unlock()
			continue
		}
		r.o.Log.Warn("other laptops cannot reach this one", "listen", r.o.Listen, "err", err.Error())
		pause(ctx, listenWait)
	}
	r.mu.Lock()
	r.fault = nil
	r.mu.Unlock()
}

// pause waits, or until ctx ends.
func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// Neighbour is another laptop of the station, for people.
type Neighbour struct {
	Device p.EntityID
	Number int64
	Name   string
	// Waiting is how many changes recorded here are there as well and at no hub yet.
	Waiting uint64
	// Present is true while it answers; Heard is when it last did in this run, zero if it has not.
	Present bool
	Heard   time.Time
}

// Status is how the room stands, for people.
type Status struct {
	On         bool
	Port       int   // where others reach this laptop, 0 while it does not listen
	Fault      error // why it does not
	Neighbours []Neighbour
	// Unanswered are addresses given by hand at which no laptop of this station answers.
	Unanswered []string
}

// Status reads it.
func (r *Room) Status(ctx context.Context) (Status, error) {
	r.mu.Lock()
	st := Status{On: r.setting.On, Fault: r.fault}
	s := r.session
	r.mu.Unlock()
	known, err := r.o.Node.Neighbours(ctx)
	if err != nil {
		return st, err
	}
	heard := map[p.EntityID]contact{}
	if s != nil {
		st.Port = s.port
		heard, st.Unanswered = s.contacts()
	}
	for _, k := range known {
		c := heard[k.Device]
		if k.Waiting == 0 && c.at.IsZero() {
			continue // of another day, or no more in use
		}
		st.Neighbours = append(st.Neighbours, Neighbour{
			Device: k.Device, Number: k.Number, Name: k.Name, Waiting: k.Waiting, Present: c.present, Heard: c.at,
		})
	}
	return st, nil
}
