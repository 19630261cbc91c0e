package room

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"fmt"

	"tramy/internal/node"
	"tramy/internal/server"
	p "tramy/syncproto"
)

// Both sides show a certificate made of their device key, and each looks the other's key up among the devices it holds:
// no pairing, no code. Names and dates in it are not looked at, so a wrong clock stops nothing. Who is no neighbour is
// told nothing: the handshake fails.

// keyOf returns the device key behind a connection.
func keyOf(cs *tls.ConnectionState) (ed25519.PublicKey, error) {
	if cs == nil || len(cs.PeerCertificates) == 0 {
		return nil, node.ErrNotNeighbour
	}
	key, ok := cs.PeerCertificates[0].PublicKey.(ed25519.PublicKey)
	if !ok {
		return nil, node.ErrNotNeighbour
	}
	return key, nil
}

// trust returns how this laptop listens and how it calls.
func (r *Room) trust(ctx context.Context) (listen, call *tls.Config, err error) {
	cert, err := server.SelfSigned(r.o.Key, rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	verify := func(cs tls.ConnectionState) error {
		_, err := r.peerOf(ctx, &cs)
		return err
	}
	listen = server.ServerTLS(cert)
	listen.ClientAuth = tls.RequireAnyClientCert
	listen.NextProtos = []string{"http/1.1"}
	listen.VerifyConnection = verify
	call = server.PinnedClient([32]byte{})
	call.Certificates = []tls.Certificate{cert}
	call.NextProtos = listen.NextProtos
	call.VerifyConnection = verify // in the place of the pin
	return listen, call, nil
}

// peerOf returns the neighbour at the other end of a connection.
func (r *Room) peerOf(ctx context.Context, cs *tls.ConnectionState) (*node.Peer, error) {
	key, err := keyOf(cs)
	if err != nil {
		return nil, err
	}
	return r.o.Node.PeerByKey(ctx, key)
}

// expect refuses a neighbour that is not the one that was called.
func expect(peer *node.Peer, device p.EntityID) error {
	if !device.IsZero() && peer.Device != device {
		return fmt.Errorf("device %s answered in the place of %s: %w", peer.Device, device, node.ErrNotNeighbour)
	}
	return nil
}
