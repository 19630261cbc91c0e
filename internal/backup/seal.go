package backup

import (
	"context"
	"io"

	"tramy/internal/envelope"
)

// Seal returns a writer into w that encrypts for the printed recovery key, with which any program for age opens it, and for this machine and
// its hub, as a backup is. ErrNoRecoveryKey: there is none, and nobody could open the file elsewhere. The envelope begins with the first byte,
// so that what is refused before that writes nothing; Close ends it.
func (k *Keeper) Seal(ctx context.Context, w io.Writer) (io.WriteCloser, error) {
	own, hub, recovery, err := k.Run.Readers(ctx)
	if err != nil {
		return nil, err
	}
	if recovery == nil {
		return nil, ErrNoRecoveryKey
	}
	to := [][]byte{own, recovery}
	if hub != nil {
		to = append(to, hub)
	}
	return &lateSeal{w: w, to: to}, nil
}

type lateSeal struct {
	w   io.Writer
	to  [][]byte
	out io.WriteCloser
}

func (l *lateSeal) Write(b []byte) (n int, err error) {
	if l.out == nil {
		if l.out, err = envelope.Seal(l.w, l.to...); err != nil {
			return 0, err
		}
	}
	return l.out.Write(b)
}

func (l *lateSeal) Close() error {
	if l.out == nil {
		return nil
	}
	return l.out.Close()
}
