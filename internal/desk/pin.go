package desk

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// pinGuesses is how many wrong PINs are taken; then the password is asked for.
const pinGuesses = 5

// Errors of PINs.
var (
	// ErrPin says that the PIN is wrong; ErrNoPin that there is none, that it was guessed at too often, or that the account has
	// changed since: the password is needed.
	ErrPin   = errors.New("the PIN is wrong")
	ErrNoPin = errors.New("no PIN opens this account here")
)

// pin is what this machine keeps of a PIN. Who has the disk can find out the digits, and gains nothing: the data is on it, and the
// PIN opens no other machine.
type pin struct {
	Hash  string `json:"hash"`
	Basis string `json:"basis"`
	Wrong int    `json:"wrong"`
}

func pinOf(tx store.Tx, user p.EntityID) (*pin, error) {
	raw, err := tx.Local(store.LocalPin, user.String())
	if raw == nil || err != nil {
		return nil, err
	}
	var out pin
	if err := json.Unmarshal(raw, &out); err != nil {
		return nil, fmt.Errorf("a PIN kept at this machine: %w", err)
	}
	return &out, nil
}

func putPin(tx store.Tx, user p.EntityID, row *pin) error {
	raw, err := json.Marshal(row)
	if err != nil {
		return err
	}
	return tx.PutLocal(&store.LocalRow{Kind: store.LocalPin, Key: user.String(), Value: raw})
}

// usable reports whether a PIN opens an account as it stands.
func (row *pin) usable(basis registry.Basis) bool {
	return row != nil && row.Wrong < pinGuesses && row.Basis == hex.EncodeToString(basis[:])
}

// SetPin keeps a PIN for somebody at this machine, in the place of an earlier one. It fails with *rights.PinError.
func (d *Desk) SetPin(ctx context.Context, a Account, digits string) error {
	if err := rights.CheckPin(digits); err != nil {
		return err
	}
	hash, err := rights.HashPassword(d.Rand, digits)
	if err != nil {
		return err
	}
	return d.Node.Store().Update(ctx, func(tx store.Tx) error {
		return putPin(tx, a.User, &pin{Hash: hash, Basis: hex.EncodeToString(a.Basis[:])})
	})
}

// ForgetPin takes somebody's PIN away from this machine, if there is one.
func (d *Desk) ForgetPin(ctx context.Context, user p.EntityID) error {
	return d.Node.Store().Update(ctx, func(tx store.Tx) error { return tx.DeleteLocal(store.LocalPin, user.String()) })
}

// HasPin reports whether a PIN opens an account here as it stands.
func (d *Desk) HasPin(ctx context.Context, a Account) (bool, error) {
	has := false
	err := d.view(ctx, func(tx store.Tx) error {
		row, err := pinOf(tx, a.User)
		has = row.usable(a.Basis)
		return err
	})
	return has, err
}

// TryPin checks a PIN: nil if it is right, ErrPin or ErrNoPin. The guess is kept as a wrong one before it is looked at, so that pulling
// the plug gives no further ones.
func (d *Desk) TryPin(ctx context.Context, a Account, digits string) error {
	var row *pin
	err := d.Node.Store().Update(ctx, func(tx store.Tx) error {
		var err error
		if row, err = pinOf(tx, a.User); err != nil {
			return err
		}
		if !row.usable(a.Basis) {
			row = nil
			return nil
		}
		row.Wrong++
		return putPin(tx, a.User, row)
	})
	switch {
	case err != nil:
		return err
	case row == nil:
		return ErrNoPin
	}
	ok, err := rights.VerifyPassword(row.Hash, digits)
	switch {
	case err != nil:
		return fmt.Errorf("a PIN kept at this machine: %w", err)
	case ok:
		return d.freePin(ctx, a.User)
	}
	if err := d.refused(ctx, a.User); err != nil {
		return err
	}
	if row.Wrong >= pinGuesses {
		return ErrNoPin
	}
	return ErrPin
}

// freePin forgets the wrong guesses at a PIN: its owner has shown who they are.
func (d *Desk) freePin(ctx context.Context, user p.EntityID) error {
	return d.Node.Store().Update(ctx, func(tx store.Tx) error {
		row, err := pinOf(tx, user)
		if row == nil || row.Wrong == 0 || err != nil {
			return err
		}
		row.Wrong = 0
		return putPin(tx, user, row)
	})
}

// FreePin is for after the password: the PIN is asked for again. One that belonged to an earlier password goes.
func (d *Desk) FreePin(ctx context.Context, a Account) error {
	return d.Node.Store().Update(ctx, func(tx store.Tx) error {
		row, err := pinOf(tx, a.User)
		switch {
		case row == nil || err != nil:
			return err
		case row.Basis != hex.EncodeToString(a.Basis[:]):
			return tx.DeleteLocal(store.LocalPin, a.User.String())
		case row.Wrong == 0:
			return nil
		}
		row.Wrong = 0
		return putPin(tx, a.User, row)
	})
}
