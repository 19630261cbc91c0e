package backup

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"

	"tramy/internal/envelope"
)

// Errors of TakeOut and Seal.
var (
	// ErrNoRecoveryKey says that no recovery key was printed for this machine.
	ErrNoRecoveryKey = errors.New("no recovery key was made for this machine: give the command backup at the machine")
	// ErrOtherRecoveryKey says that a text is not this machine's recovery key.
	ErrOtherRecoveryKey = errors.New("this is not the recovery key of this machine")
)

// TakeOut makes a backup and writes it to a folder, for whoever holds the printed recovery key: out of a machine that is locked
// and lets nobody log in. It returns the backup's name there.
func (k *Keeper) TakeOut(ctx context.Context, recovery, folder string) (string, error) {
	want := k.Run.Copies().Recovery
	if len(want) == 0 {
		return "", ErrNoRecoveryKey
	}
	key, err := envelope.ParseKey(recovery)
	if err != nil {
		return "", ErrOtherRecoveryKey
	}
	if public, err := key.Public(); err != nil || !bytes.Equal(public, want) {
		return "", ErrOtherRecoveryKey
	}
	made, err := k.Make(ctx)
	if err != nil {
		return "", err
	}
	name := filepath.Base(made.Path)
	if err := room(folder, uint64(made.Bytes)); err != nil {
		return "", err
	}
	return name, CopyTo(filepath.Join(folder, name), made.Path)
}
