package datadir

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"slices"

	"tramy/internal/envelope"
	"tramy/internal/exchange"
	"tramy/internal/node"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// A machine changes its keys without anybody's visit. It draws the new ones and writes them into device.key beside the old
// before it asks its hub; the hub takes them or does not; then the machine writes them in the place of the old, which it keeps:
// logs begun under an old key are sealed with it, and files encrypted to an old one stay readable. A crash or a lost answer
// between any two steps leaves both sets on disk, and the next try finds out by the tokens which one the hub knows.

// ErrKeysChanged says that the machine has other keys now: the folder is to be closed and opened again.
var ErrKeysChanged = errors.New("this machine has new keys; the program begins anew with them")

// KeyPair is a set of keys that a machine had or is about to have.
type KeyPair struct {
	Seed  []byte `json:"ed25519"`
	Seal  []byte `json:"x25519"`
	Token []byte `json:"token"`
}

func (k *KeyPair) private() ed25519.PrivateKey { return ed25519.NewKeyFromSeed(k.Seed) }

func (k *KeyPair) whole() bool {
	return len(k.Seed) == ed25519.SeedSize && len(k.Seal) == 32 && len(k.Token) > 0
}

func (k *Keys) present() KeyPair { return KeyPair{k.Seed, k.Seal, k.Token} }

// Former are the signing keys that the machine had before, the newest first.
func (k *Keys) former() []ed25519.PrivateKey {
	var out []ed25519.PrivateKey
	for _, pair := range slices.Backward(k.Former) {
		out = append(out, pair.private())
	}
	return out
}

// Public are the public signing keys, one behind the other, the present one first.
func (k *Keys) Public() []byte {
	out := slices.Clone([]byte(k.Private().Public().(ed25519.PublicKey)))
	for _, key := range k.former() {
		out = append(out, key.Public().(ed25519.PublicKey)...)
	}
	return out
}

// Signed reports whether a public key is one of the machine's, present or former.
func (k *Keys) Signed(public []byte) bool {
	for b := k.Public(); len(b) > 0; b = b[ed25519.PublicKeySize:] {
		if string(b[:ed25519.PublicKeySize]) == string(public) {
			return true
		}
	}
	return false
}

// Reader is the key that opens files encrypted to this machine, also those of before it changed its keys.
func (k *Keys) Reader() (*envelope.Key, error) {
	var former [][]byte
	for _, pair := range k.Former {
		former = append(former, pair.Seal)
	}
	if k.Next != nil {
		former = append(former, k.Next.Seal)
	}
	return envelope.KeyOf(k.Seal, former...)
}

// ChangeKeys gives this machine new keys, or finishes what was begun. Nil: the hub has taken them and they are in the folder,
// which is to be opened again (ErrKeysChanged of Keep says so to a program that serves it). On another error the machine goes on
// with those it has, and the next call goes on from there.
func (r *Running) ChangeKeys(ctx context.Context, client *exchange.Client) error {
	if client == nil || len(r.Info.Chain) == 0 {
		return ErrNoHubAbove
	}
	r.keying.Lock()
	defer r.keying.Unlock()
	if r.keyed {
		return nil
	}
	keys := r.Keys
	keys.Next = r.next
	if keys.Next == nil {
		pair, err := r.drawKeys()
		if err != nil {
			return err
		}
		keys.Next = pair
		if err := r.saveKeys(&keys); err != nil {
			return err
		}
		r.next = pair
	}
	if err := r.askForKeys(ctx, client, keys.present(), *keys.Next); err != nil {
		return err
	}
	return r.takeKeys(&keys)
}

// takeKeys writes new keys in the place of the present ones.
func (r *Running) takeKeys(keys *Keys) error {
	if r.Info.Role == registry.NodeHub && keys.Serve == nil {
		keys.Serve = keys.Seed // the machines below know this hub by it
	}
	keys.Former = append(slices.Clone(keys.Former), keys.present())
	keys.Seed, keys.Seal, keys.Token, keys.Next = keys.Next.Seed, keys.Next.Seal, keys.Next.Token, nil
	if err := r.saveKeys(keys); err != nil {
		return err
	}
	r.keyed = true
	close(r.rekeyed)
	return nil
}

func (r *Running) drawKeys() (*KeyPair, error) {
	fresh, err := NewKeys(rand.Reader)
	if err != nil {
		return nil, err
	}
	token, err := exchange.NewToken(r.Info.Device, rand.Reader)
	return &KeyPair{Seed: fresh.Seed, Seal: fresh.Seal, Token: token}, err
}

// askForKeys asks the hub to take one set in the place of another. Where the answer of an earlier try was lost, the hub knows the
// new token already.
func (r *Running) askForKeys(ctx context.Context, client *exchange.Client, old, next KeyPair) error {
	keys := Keys{Seal: next.Seal}
	seal, err := keys.SealPublic()
	if err != nil {
		return err
	}
	k := &exchange.NewKeys{
		Device: r.Info.Device, Old: old.private().Public().(ed25519.PublicKey), Key: next.private().Public().(ed25519.PublicKey),
		SealKey: seal, TokenHash: node.TokenHash(next.Token),
	}
	k.Sign(r.Info.Chain[0].Device, old.private(), next.private())
	err = client.ChangeKeys(ctx, k, old.Token)
	if errors.Is(err, exchange.ErrTokenRefused) {
		err = client.ChangeKeys(ctx, k, next.Token)
	}
	return err
}

// KeepKeys looks, after an exchange, whether this machine is to have new keys: somebody asked for them, or a change
// was begun. Where the hub was set back to before it took the present ones, it is asked to take them again. Work goes on
// whatever comes of it.
func (r *Running) KeepKeys(ctx context.Context, client *exchange.Client, res node.Result, err error) {
	if err != nil || res.More {
		return
	}
	switch refused := res.Refusal; {
	case refused != nil && refused.Code == p.RefusedToken && r.begunKeys():
		err = r.ChangeKeys(ctx, client)
	case refused != nil && refused.Code == p.RefusedToken && len(r.Keys.Former) > 0 && len(r.Info.Chain) > 0:
		err = r.askForKeys(ctx, client, r.Keys.Former[len(r.Keys.Former)-1], r.Keys.present())
	case refused != nil || r.Info.Chain == nil:
		return
	default:
		var due bool
		if due, err = r.keysDue(ctx); err == nil && (due || r.begunKeys()) {
			err = r.ChangeKeys(ctx, client)
		}
	}
	if err != nil {
		r.parts.Log.Warn("this machine's keys were not changed; it goes on with those it has", "err", err)
	}
}

func (r *Running) begunKeys() bool {
	r.keying.Lock()
	defer r.keying.Unlock()
	return r.next != nil && !r.keyed
}

// keysDue reports whether somebody asked for new keys. No age asks: the program begins anew with them, and a clock that is wrong
// must not stop anybody's work.
func (r *Running) keysDue(ctx context.Context) (bool, error) {
	due := false
	err := r.Store.View(ctx, func(tx store.Tx) error {
		dev, err := tx.Device(r.Info.Device)
		due = dev != nil && dev.Renew
		return err
	})
	return due, err
}
