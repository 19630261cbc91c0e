package enrol

import (
	"errors"
	"fmt"
)

// Why a machine that was enrolled before is not taken.
var (
	ErrNotProved   = errors.New("this machine did not show that it holds its key")
	ErrOtherKey    = errors.New("the hub knows a machine of this name under another key: one of the two is not what it says, ask who enrolled it")
	ErrOtherDevice = errors.New("the hub knows this machine's key, or its name, as something else's")
	ErrRevoked     = errors.New("this machine was taken out of service")
	ErrOtherRole   = errors.New("this code is for the other kind of machine: make one for a station's laptop or for a hub, as this machine is")
	ErrOtherTree   = errors.New("this code is of another tree: the centre above that hub is not the one this machine belongs to")
	ErrBelow       = errors.New("the hub of this code lies below this machine, or is this machine")
	// ErrTraining keeps made-up children out of the register, and real ones out of training.
	ErrTraining = errors.New("one of the two, this machine or the hub of this code, is for training and the other is not: they never come together")
	// ErrNumbersUsedUp says that a hub has no device number left to give.
	ErrNumbersUsedUp = errors.New("this hub has given out all its device numbers: ask the hub above for a new block")
	// ErrSealKey says that nothing could ever be encrypted for the machine.
	ErrSealKey = errors.New("the request has no X25519 key")
)

// PlaceError says that a code is for another place than the machine's.
type PlaceError struct {
	Code, Machine string // the places' names
}

func (e *PlaceError) Error() string {
	return fmt.Sprintf("this code is for %s, and this machine belongs to %s: make a code for %s", e.Code, e.Machine, e.Machine)
}

// refusals are the names of the errors above on the wire. They are added to, never changed.
var refusals = []struct {
	name string
	err  error
}{
	{"not-proved", ErrNotProved},
	{"other-key", ErrOtherKey},
	{"other-device", ErrOtherDevice},
	{"revoked", ErrRevoked},
	{"other-role", ErrOtherRole},
	{"other-tree", ErrOtherTree},
	{"below", ErrBelow},
	{"training", ErrTraining},
}

// Name is how an error of this package is called on the wire, "" if it is none that has a name.
func Name(err error) string {
	for _, r := range refusals {
		if errors.Is(err, r.err) {
			return r.name
		}
	}
	return ""
}

// Named returns the error with a name, nil if there is none.
func Named(name string) error {
	for _, r := range refusals {
		if r.name == name {
			return r.err
		}
	}
	return nil
}
