package hub

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"

	"tramy/internal/enrol"
	"tramy/internal/exchange"
	"tramy/internal/server"
	p "tramy/syncproto"
)

// TLSKeysMax is how many TLS keys a hub can have one after another: at each start it makes a certificate for each.
const TLSKeysMax = 32

// Errors of an announcement.
var (
	ErrAddress    = errors.New("not an address of a hub: write https://NAME:PORT, without a path")
	ErrAddresses  = fmt.Errorf("say 1 to %d addresses, each once, each of at most %d bytes", p.AddressesMax, p.AddressBytesMax)
	ErrKeysUsedUp = errors.New("this hub has had all its TLS keys: make it anew, with codes for its machines")
	ErrPublicName = errors.New("a public authority vouches for names, not for numbers: write https://hub.example.vn:8790")
)

// tlsKey is one of the keys by which machines below know this hub.
type tlsKey struct {
	pin  [32]byte
	cert tls.Certificate
}

func (h *Hub) makeKeys() error {
	for i := range TLSKeysMax {
		key, err := h.Dir.Keys.TLSKeyAt(i)
		if err != nil {
			return err
		}
		k := tlsKey{}
		if k.pin, err = server.PinOf(key.Public()); err != nil {
			return err
		}
		if k.cert, err = server.SelfSigned(key, h.Rand, "tramy-hub"); err != nil {
			return err
		}
		h.keys = append(h.keys, k)
	}
	h.Pin = h.keys[0].pin
	return nil
}

// TLS returns how this hub answers machines below: to each with the key that it knows, so that no key ever ends for a machine that has not
// heard of the next one. Who does not say which it knows was enrolled when there was only the first.
func (h *Hub) TLS() (*tls.Config, error) {
	byKey := make([]*tls.Config, len(h.keys))
	for i := range h.keys {
		byKey[i] = server.ServerTLS(h.keys[i].cert)
	}
	byName := server.ServerTLS()
	byName.GetCertificate = func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return h.public() }
	conf := server.ServerTLS(h.keys[0].cert)
	// Not GetCertificate, which nobody asks about a caller that gives no name.
	conf.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		if server.WantsPin(hello, server.PublicPin) && h.public != nil {
			return byName, nil
		}
		for i := range h.keys {
			if server.WantsPin(hello, h.keys[i].pin) {
				return byKey[i], nil
			}
		}
		return nil, nil // the first
	}
	return conf, nil
}

// Where returns where machines below find this hub, and by what they know it: as it announced last, else as it was started.
func (h *Hub) Where() exchange.Route {
	m := h.Dir.Announced()
	switch {
	case m != nil:
		r := exchange.Route{Addresses: slices.Clone(m.Addresses), Pin: m.Pin}
		for _, a := range h.Addresses { // where it answers already while it has not gone yet
			if !slices.Contains(r.Addresses, a) && len(r.Addresses) < p.AddressesMax && (m.Pin != server.PublicPin || CheckName(a) == nil) {
				r.Addresses = append(r.Addresses, a)
			}
		}
		return r
	case h.public != nil:
		return exchange.Route{Addresses: h.Addresses, Pin: server.PublicPin}
	}
	return exchange.Route{Addresses: h.Addresses, Pin: h.Pin}
}

// MoveTo is what an announcement says.
type MoveTo struct {
	Addresses []string // https://host:port, in the order in which to try them
	NextKey   bool     // by the next TLS key, not the present one
	PublicCA  bool     // by the addresses' names, for which a public authority vouches
}

// Move announces where machines below find this hub from now on. It is kept before anybody hears of it; each machine hears it at its next
// exchange, over a line or by a file, and goes there once somebody answers there with the key that was announced.
func (h *Hub) Move(to MoveTo) (*p.Move, error) {
	if len(to.Addresses) == 0 || len(to.Addresses) > p.AddressesMax {
		return nil, ErrAddresses
	}
	for i, a := range to.Addresses {
		if len(a) > p.AddressBytesMax || slices.Contains(to.Addresses[:i], a) {
			return nil, ErrAddresses
		}
		if err := checkAddress(a); err != nil {
			return nil, err
		}
		if to.PublicCA {
			if err := CheckName(a); err != nil {
				return nil, err
			}
		}
	}
	last := h.Dir.Announced()
	m := &p.Move{Hub: h.Node.Identity().Device, Addresses: to.Addresses, Pin: h.Pin}
	// Nobody decides by this clock. It makes a number that a hub set back does not give twice; where it is wrong, machines below that
	// have heard a greater one bring that back.
	m.Number = uint64(max(1, h.Node.Now().UnixMilli()))
	at := 0
	if last != nil {
		m.Number = max(m.Number, last.Number+1)
		at = slices.IndexFunc(h.keys, func(k tlsKey) bool { return k.pin == last.Pin })
		if at < 0 { // last was by name: its keys begin where they ended
			at = h.Dir.KeyChanges()
		}
	}
	if to.NextKey {
		at = max(at, h.Dir.KeyChanges()) + 1
	}
	if at >= len(h.keys) {
		return nil, ErrKeysUsedUp
	}
	if m.Pin = h.keys[at].pin; to.PublicCA {
		m.Pin = server.PublicPin
	}
	id := h.Node.Identity()
	p.SignMove(m, id.Answering())
	return m, h.Dir.Announce(m, at)
}

func checkAddress(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.Hostname() == "" || u.Port() == "" || u.User != nil || u.Path != "" || u.RawQuery != "" || u.Fragment != "" {
		return fmt.Errorf("%s: %w", address, ErrAddress)
	}
	return nil
}

// CheckName refuses an address whose host is no name.
func CheckName(address string) error {
	u, err := url.Parse(address)
	if err != nil || net.ParseIP(u.Hostname()) != nil {
		return fmt.Errorf("%s: %w", address, ErrPublicName)
	}
	return nil
}

// former checks a proof against whatever a code of this hub may have named it by.
func (h *Hub) former(req *exchange.EnrolRequest) (f *enrol.Former, root []byte, err error) {
	where := h.Where()
	bindings := [][32]byte{(&exchange.Code{Addresses: where.Addresses, Pin: where.Pin}).Binding()}
	for i := range h.keys {
		bindings = append(bindings, h.keys[i].pin)
	}
	for _, b := range bindings {
		if f, root, err = req.Former(b); !errors.Is(err, enrol.ErrNotProved) {
			return f, root, err
		}
	}
	return nil, nil, err
}
