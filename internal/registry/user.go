package registry

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"slices"

	p "tramy/syncproto"
)

// User is an account.
type User struct {
	ID p.EntityID
	UserInput
	Void     string
	Factor   string   // base32 key of its second factor; "": it has none
	Recovery []string // hashes of the recovery codes that are left
}

// UserInput is what is entered about a user.
type UserInput struct {
	Place    p.EntityID // top of the subtree the role holds for
	Login    string     // lower case
	Name     string
	Role     int    // number of a rights.Role
	Password string // PHC string of argon2id, never the password itself
	Phone    string
}

// UserOf reads a user from its state.
func UserOf(s *p.State) User {
	g := getter(s.Get)
	void, _ := Voided(s)
	return User{ID: s.ID, UserInput: userFrom(g), Void: void, Factor: g.text(UserFactor), Recovery: g.texts(UserRecovery)}
}

// Basis is what a log-in rests on: it is another one once an account was closed or opened again, was given another role or place,
// or got another password or second factor, whoever wrote that and wherever.
type Basis [16]byte

// BasisOf reads the basis of a user's log-ins from its state. It names the values by their dots, so that closing an account and
// opening it again ends what was begun before.
func BasisOf(s *p.State) Basis {
	h := sha256.New()
	for _, f := range []p.Field{p.FieldPlace, p.FieldVoid, UserRole, UserPassword, UserFactor} {
		for _, v := range s.Values(f) {
			h.Write(v.Dot.Log[:])
			h.Write(binary.BigEndian.AppendUint32([]byte{byte(f)}, uint32(v.Dot.Seq)))
		}
	}
	return Basis(h.Sum(nil)[:len(Basis{})])
}

// PasswordGiven reports whether the password that stands was set by somebody else than the user: whoever handed it over knows it.
func PasswordGiven(s *p.State) bool {
	v := s.Values(UserPassword)
	return len(v) > 0 && v[len(v)-1].Actor != s.ID
}

func userFrom(g getter) UserInput {
	return UserInput{
		Place:    g.ref(p.FieldPlace),
		Login:    g.text(UserLogin),
		Name:     g.text(UserName),
		Role:     g.small(UserRole),
		Password: g.text(UserPassword),
		Phone:    g.text(UserPhone),
	}
}

func (in *UserInput) fields() []fieldData {
	return []fieldData{
		{p.FieldPlace, refData(in.Place)},
		{UserLogin, textData(in.Login)},
		{UserName, textData(in.Name)},
		{UserRole, intData(in.Role)},
		{UserPassword, textData(in.Password)},
		{UserPhone, textData(in.Phone)},
	}
}

// Device is a laptop or a hub.
type Device struct {
	ID p.EntityID
	DeviceInput
	Void string
}

// DeviceInput is what is entered about a device.
type DeviceInput struct {
	Place     p.EntityID
	Number    int // six digits
	Key       []byte
	SealKey   []byte
	Role      NodeRole
	Name      string
	Revoked   string     // reason; "" in force
	Up        p.EntityID // the hub that enrolled it
	FirstFree int        // first and last device number a hub may give out; both 0: none
	LastFree  int
	// Former are the Ed25519 keys it signed with before, keyBytes each, oldest first: what they signed stays proved.
	Former []byte
	// Renew is the key that somebody asked the machine to replace; once the machine has another it asks for nothing.
	Renew []byte
}

// FormerKeysMax is how often a device can change its keys.
const FormerKeysMax = 64

// FormerKeys returns the keys that a device signed with before, oldest first.
func (in *DeviceInput) FormerKeys() [][]byte {
	var out [][]byte
	for b := in.Former; len(b) >= keyBytes; b = b[keyBytes:] {
		out = append(out, b[:keyBytes])
	}
	return out
}

// ErrKeysUsedUp says that a device has changed its keys as often as it may.
var ErrKeysUsedUp = errors.New("this machine has changed its keys as often as it can: enrol it as a new machine")

// ReplaceKeys returns a device with other keys; the one it signed with until now is kept among its former ones.
func (in DeviceInput) ReplaceKeys(key, sealKey []byte) (DeviceInput, error) {
	former := in.FormerKeys()
	former = slices.DeleteFunc(former, func(k []byte) bool { return bytes.Equal(k, key) || bytes.Equal(k, in.Key) })
	former = append(former, in.Key)
	if len(former) > FormerKeysMax {
		return in, ErrKeysUsedUp
	}
	in.Former = slices.Concat(former...)
	in.Key, in.SealKey, in.Renew = key, sealKey, nil
	return in, nil
}

// DeviceOf reads a device from its state.
//
// What its creation says of keys, place and role stands, against any other value, until a write that saw it replaced it: a
// device may have been written again where nobody knew it, on the word of whoever had its id and a code, and the greater
// dot must not let another key in when the creation comes after all.
func DeviceOf(s *p.State) Device {
	void, _ := Voided(s)
	d := Device{ID: s.ID, DeviceInput: deviceFrom(bornWith(s)), Void: void}
	// A revocation must not be undone by a write that had not seen it: any live reason holds.
	for _, v := range s.Values(DeviceRevoked) {
		if reason, _ := v.Data.Text(); reason != "" {
			d.Revoked = reason
		}
	}
	// Nor may a write that had not seen it take a key away which proves what was signed.
	if values := s.Values(DeviceFormer); len(values) > 1 {
		var all [][]byte
		for _, v := range values {
			one := DeviceInput{}
			one.Former, _ = v.Data.Bytes()
			for _, k := range one.FormerKeys() {
				if !slices.ContainsFunc(all, func(x []byte) bool { return bytes.Equal(x, k) }) && len(all) < FormerKeysMax {
					all = append(all, k)
				}
			}
		}
		d.Former = slices.Concat(all...)
	}
	return d
}

// bornWith reads a device's fields, of those that say who it is the value of the creation if that is live.
func bornWith(s *p.State) getter {
	return func(f p.Field) p.Data {
		switch f {
		case p.FieldPlace, DeviceKey, DeviceSealKey, DeviceRole:
			for _, v := range s.Values(f) {
				if v.Dot == s.ID.Birth() {
					return v.Data
				}
			}
		}
		return s.Get(f)
	}
}

func deviceFrom(g getter) DeviceInput {
	in := DeviceInput{
		Place:   g.ref(p.FieldPlace),
		Number:  g.small(DeviceNumber),
		Role:    enumOf[NodeRole](g, DeviceRole),
		Name:    g.text(DeviceName),
		Revoked: g.text(DeviceRevoked),
		Up:      g.ref(DeviceUp),
	}
	in.Key, _ = g(DeviceKey).Bytes()
	in.SealKey, _ = g(DeviceSealKey).Bytes()
	in.Renew, _ = g(DeviceRenew).Bytes()
	if former, _ := g(DeviceFormer).Bytes(); len(former)%keyBytes == 0 && len(former) <= FormerKeysMax*keyBytes {
		in.Former = former
	}
	if list, _ := g(DeviceNumbers).List(); len(list) == 2 {
		first, ok1 := list[0].Int()
		last, ok2 := list[1].Int()
		if ok1 && ok2 && first > 0 && first <= last && last <= DeviceNumberMax {
			in.FirstFree, in.LastFree = int(first), int(last)
		}
	}
	return in
}

func (in *DeviceInput) fields() []fieldData {
	numbers := p.Null()
	if in.LastFree > 0 {
		numbers = p.List(p.Int(int64(in.FirstFree)), p.Int(int64(in.LastFree)))
	}
	return []fieldData{
		{p.FieldPlace, refData(in.Place)},
		{DeviceNumber, intData(in.Number)},
		{DeviceKey, bytesData(in.Key)},
		{DeviceSealKey, bytesData(in.SealKey)},
		{DeviceRole, intData(in.Role)},
		{DeviceName, textData(in.Name)},
		{DeviceRevoked, textData(in.Revoked)},
		{DeviceUp, refData(in.Up)},
		{DeviceNumbers, numbers},
		{DeviceFormer, bytesData(in.Former)},
		{DeviceRenew, bytesData(in.Renew)},
	}
}
