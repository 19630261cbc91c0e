package exchange

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base32"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/vmihailenco/msgpack/v5"

	"tramy/internal/enrol"
	"tramy/internal/registry"
	"tramy/internal/server"
	p "tramy/syncproto"
)

// Code is what a hub's admin gives to whoever sets a machine up: where the hub is, how to know it, and a
// secret that works once.
type Code struct {
	Addresses []string          `msgpack:"a"` // https://host:port
	Pin       [32]byte          `msgpack:"p"` // SHA-256 of the hub's TLS public key; server.PublicPin: a public authority's certificate for the address's name
	Secret    [16]byte          `msgpack:"s"`
	Place     string            `msgpack:"n"` // name of the place, for the person who types it
	Role      registry.NodeRole `msgpack:"r"`
	ExpiresS  int64             `msgpack:"e"` // Unix seconds
}

// Errors of a code as text.
var (
	ErrCodeText = errors.New("this is not a whole enrolment code: copy it again from the hub's page, from TRAMY- to the end")
	// ErrEnrolUsed and the others are the hub's answers to a code.
	ErrEnrolUnknown = errors.New("the hub does not know this code")
	ErrEnrolUsed    = errors.New("this code was used already")
	ErrEnrolExpired = errors.New("this code has expired")
	ErrEnrolTooMany = errors.New("too many attempts from this address: wait a minute")
	// ErrHubTooOld says that the hub takes new machines only.
	ErrHubTooOld = errors.New("the hub's program is too old to take a machine back that has data: update the hub first")
)

const (
	codePrefix     = "TRAMY-"
	codeVersion    = 1
	codeCheckBytes = 4
	codeTextMax    = 2048
)

var codeAlphabet = base32.StdEncoding.WithPadding(base32.NoPadding)

// Text writes a code so that it can be pasted: base32 in groups, with a checksum.
func (c *Code) Text() (string, error) {
	b, err := msgpack.Marshal(c)
	if err != nil {
		return "", err
	}
	b = append([]byte{codeVersion}, b...)
	sum := sha256.Sum256(b)
	text := codeAlphabet.EncodeToString(append(b, sum[:codeCheckBytes]...))
	var out strings.Builder
	out.WriteString(codePrefix)
	for i, r := range text {
		if i > 0 && i%5 == 0 {
			out.WriteByte('-')
		}
		out.WriteRune(r)
	}
	return out.String(), nil
}

// CodeIn returns the text of a code that is given as such, or as the name of a file that holds it. A file that is no code is not
// read to its end.
func CodeIn(given string) (string, error) {
	if strings.HasPrefix(strings.ToUpper(strings.TrimSpace(given)), codePrefix) {
		return given, nil
	}
	f, err := os.Open(given)
	if err != nil {
		return "", err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, codeTextMax+1))
	return string(b), err
}

// ParseCode reads what Text wrote, with any spaces and line breaks that a paste adds.
func ParseCode(text string) (*Code, error) {
	if len(text) > codeTextMax {
		return nil, ErrCodeText
	}
	text = strings.ToUpper(strings.Join(strings.Fields(text), ""))
	body, ok := strings.CutPrefix(text, codePrefix)
	if !ok {
		return nil, ErrCodeText
	}
	b, err := codeAlphabet.DecodeString(strings.ReplaceAll(body, "-", ""))
	if err != nil || len(b) < 1+codeCheckBytes {
		return nil, ErrCodeText
	}
	b, check := b[:len(b)-codeCheckBytes], b[len(b)-codeCheckBytes:]
	if sum := sha256.Sum256(b); !bytes.Equal(check, sum[:codeCheckBytes]) || b[0] != codeVersion {
		return nil, ErrCodeText
	}
	c := &Code{}
	if err := msgpack.Unmarshal(b[1:], c); err != nil || len(c.Addresses) == 0 {
		return nil, ErrCodeText
	}
	return c, nil
}

// Binding is what a machine's proof names the code's hub by: the pin, or, where a public authority vouches for its name, the
// addresses. A hub that gave another's secret away as its own would have other addresses.
func (c *Code) Binding() [32]byte {
	if c.Pin != server.PublicPin {
		return c.Pin
	}
	return sha256.Sum256([]byte("tramy public name 1\x00" + strings.Join(c.Addresses, "\x00")))
}

// EnrolRequest is what a machine sends: the secret and its public keys.
type EnrolRequest struct {
	Secret   []byte `json:"secret"`
	Key      []byte `json:"key"`      // Ed25519
	SealKey  []byte `json:"seal_key"` // X25519
	Name     string `json:"name"`
	Software string `json:"software"`
	// Training says that the machine has data, and that nobody in them is real.
	Training bool `json:"training,omitempty"`
	// Again is an EnrolAgain as JSON, Proof the machine's signature over it: see Prove. A new machine has none.
	Again []byte `json:"again,omitempty"`
	Proof []byte `json:"proof,omitempty"`
}

// EnrolAnswer makes a machine a device.
type EnrolAnswer struct {
	Device    p.EntityID        `json:"device"`
	Number    int               `json:"number"`
	FirstFree int               `json:"first_free,omitempty"`
	LastFree  int               `json:"last_free,omitempty"`
	Token     []byte            `json:"token"`
	Place     p.EntityID        `json:"place"`
	PlaceName string            `json:"place_name"`
	Role      registry.NodeRole `json:"role"`
	Chain     []ChainLink       `json:"chain"` // the hub, the nodes above it, the root
	Error     string            `json:"error,omitempty"`
	// Training says that the hub is one of a training tree, which makes the machine one for training for good.
	Training bool `json:"training,omitempty"`
	// Places are the names of the code's place and the machine's, with EnrolOtherPlace.
	Places []string `json:"places,omitempty"`
}

// ChainLink is one node above a device: whom it believes.
type ChainLink struct {
	Device p.EntityID `json:"device"`
	Key    []byte     `json:"key"`
	// SealKey is the X25519 key to which files for it are encrypted; none from a hub of an earlier version.
	SealKey []byte `json:"seal_key,omitempty"`
}

// EnrolBytesMax bounds an enrolment's body and answer.
const EnrolBytesMax = 64 << 10

// Names of the hub's refusals of a code, as EnrolAnswer.Error has them.
const (
	EnrolUnknown = "unknown"
	EnrolUsed    = "used"
	EnrolExpired = "expired"
	EnrolTooMany = "too-many"
	// EnrolOtherPlace and the names of package enrol come only to a machine that was enrolled before.
	EnrolOtherPlace = "other-place"
)

// Enrol presents a code to its hub and returns what makes this machine a device, or again the one it is if the request
// says so and was proved.
func Enrol(ctx context.Context, code *Code, pinned *tls.Config, req *EnrolRequest) (*EnrolAnswer, error) {
	path := PathEnrol
	if req.Again != nil {
		path = PathEnrolAgain
	}
	body, err := json.Marshal(req)
	if err != nil {
		return nil, err
	}
	client := &http.Client{Timeout: time.Minute, Transport: &http.Transport{
		TLSClientConfig: pinned, ForceAttemptHTTP2: true, Proxy: http.ProxyFromEnvironment,
	}}
	defer client.CloseIdleConnections()
	var last error
	for _, addr := range code.Addresses {
		a, err := enrolAt(ctx, client, addr+path, body)
		if err != nil {
			last = err
			continue
		}
		if a.Error != "" {
			return nil, a.refusal() // the hub's word, wherever it is asked
		}
		if len(a.Token) != tokenSize || len(a.Chain) == 0 || a.Device.IsZero() {
			return nil, fmt.Errorf("%w: its answer is not whole", ErrNotHub)
		}
		return a, nil
	}
	return nil, last
}

// refusal is why the hub refused a code.
func (a *EnrolAnswer) refusal() error {
	switch a.Error {
	case EnrolUnknown:
		return ErrEnrolUnknown
	case EnrolUsed:
		return ErrEnrolUsed
	case EnrolExpired:
		return ErrEnrolExpired
	case EnrolTooMany:
		return ErrEnrolTooMany
	case EnrolOtherPlace:
		if len(a.Places) == 2 {
			return &enrol.PlaceError{Code: a.Places[0], Machine: a.Places[1]}
		}
	}
	if err := enrol.Named(a.Error); err != nil {
		return err
	}
	return fmt.Errorf("the hub refused: %s", a.Error)
}

func enrolAt(ctx context.Context, client *http.Client, url string, body []byte) (*EnrolAnswer, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", enrolType)
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusNotFound && strings.HasSuffix(url, PathEnrolAgain) {
		return nil, ErrHubTooOld // whoever answers has shown the hub's key
	}
	if resp.Header.Get("Content-Type") != enrolType {
		return nil, fmt.Errorf("%w: it sent %q with status %d", ErrNotHub, resp.Header.Get("Content-Type"), resp.StatusCode)
	}
	b, err := io.ReadAll(io.LimitReader(resp.Body, EnrolBytesMax))
	if err != nil {
		return nil, err
	}
	a := &EnrolAnswer{}
	if err := json.Unmarshal(b, a); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotHub, err)
	}
	return a, nil
}

// enrolType marks enrolment bodies, so that a portal's JSON is not taken for a hub's.
const enrolType = "application/vnd.tramy.enrol+json"

// WriteEnrol writes a hub's answer.
func WriteEnrol(w http.ResponseWriter, status int, a *EnrolAnswer) {
	w.Header().Set("Content-Type", enrolType)
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(a)
}

// ReadEnrol reads a machine's request.
func ReadEnrol(w http.ResponseWriter, r *http.Request) (*EnrolRequest, error) {
	if r.Header.Get("Content-Type") != enrolType {
		return nil, fmt.Errorf("want %s", enrolType)
	}
	req := &EnrolRequest{}
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, EnrolBytesMax))
	if err := d.Decode(req); err != nil {
		return nil, err
	}
	return req, nil
}
