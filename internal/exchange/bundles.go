package exchange

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"tramy/internal/bundle"
	"tramy/internal/envelope"
	"tramy/internal/node"
	"tramy/internal/project"
	"tramy/internal/stick"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// Bundles answers, at a hub, requests that somebody brings as files.
type Bundles struct {
	Node *node.Node
	Seal *envelope.Key // this machine's
	Now  func() time.Time

	mu sync.Mutex // one file at a time: each is held in memory
}

// Errors of a request that came as a file.
var (
	// ErrNotRequest says that the file is an answer.
	ErrNotRequest = errors.New("this file is an answer, not a request: it belongs to the machine below that asked")
	// ErrUnknownDevice says that nobody is known by the key that signed it.
	ErrUnknownDevice = errors.New("this file is from a machine that this hub does not know")
	// ErrRevokedDevice says that the device is out of service; the answer tells it so.
	ErrRevokedDevice = errors.New("this file is from a machine that was revoked: nothing of it was taken in")
	// ErrNoAnswerKey says that no answer can be encrypted to the device.
	ErrNoAnswerKey = errors.New("no answer can be written for this machine: it gave no key for files when it was enrolled")
	// ErrNotStored says that the hub could not take it in: the same file can be read again.
	ErrNotStored = errors.New("this hub could not store what is in the file: read it again later")
)

// AnswerError says that a file was taken in and its answer could not be written.
type AnswerError struct{ Err error }

func (e *AnswerError) Error() string {
	return fmt.Sprintf("taken in, but the answer could not be written: %v", e.Err)
}

// Unwrap returns what stood in the way.
func (e *AnswerError) Unwrap() error { return e.Err }

// Answered is what became of one request.
type Answered struct {
	File   string // as it was named
	Device *project.DeviceRow
	Place  string // where the device stands
	WallMS int64  // when the request was written, by the device's clock
	node.BundleServed
	Answer  string // the answer's name, "" if there is none
	Refused p.RefusalCode
}

// Take answers one request, exactly as if it had come over a line. put gets the answer, also where that is a refusal.
func (b *Bundles) Take(ctx context.Context, r io.Reader, put Put) (Answered, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out Answered
	self := b.Node.Identity()
	in, err := bundle.Open(r, self.Device, b.Seal, func(h bundle.Head) (ed25519.PublicKey, error) {
		if h.Way != bundle.Up {
			return nil, ErrNotRequest
		}
		return b.child(ctx, h.From, &out)
	})
	if err != nil {
		return Answered{}, err
	}
	out.WallMS = in.WallMS
	a := &answering{b: b, ctx: ctx, in: in, out: &out, dev: out.Device}
	if len(out.Device.SealKey) == 0 {
		err = ErrNoAnswerKey
	} else {
		out.Answer = bundle.Name(out.Device.Number, in.Request, bundle.Down)
		err = put(out.Answer, a.write)
	}
	if !a.served && ctx.Err() == nil { // nowhere to write to: what the file brings counts nevertheless
		a.serve(io.Discard)
	}
	switch {
	case a.err != nil:
		out.Answer = ""
		return out, fmt.Errorf("%w (%w)", ErrNotStored, a.err)
	case err != nil:
		out.Answer = ""
		return out, &AnswerError{err}
	case out.Refused == p.RefusedRevoked:
		return out, ErrRevokedDevice
	case out.Refused != 0:
		return out, fmt.Errorf("the request was refused: %w", a.refusal)
	}
	return out, nil
}

// child finds the device that a file names, and its key.
func (b *Bundles) child(ctx context.Context, id p.EntityID, out *Answered) (ed25519.PublicKey, error) {
	var key ed25519.PublicKey
	err := b.Node.Store().View(ctx, func(tx store.Tx) error {
		dev, err := tx.Device(id)
		if err != nil {
			return err
		}
		child, err := tx.Child(id)
		if err != nil {
			return err
		}
		// Others below this hub ask their own.
		if dev == nil || dev.Up != b.Node.Identity().Device && (child == nil || len(child.TokenHash) == 0) {
			return ErrUnknownDevice
		}
		place, err := tx.Place(dev.Place)
		if err != nil {
			return err
		}
		if place != nil {
			out.Place = place.Name
		}
		out.Device, key = dev, ed25519.PublicKey(dev.Key)
		return nil
	})
	return key, err
}

// answering is one request being served.
type answering struct {
	b       *Bundles
	ctx     context.Context
	in      *bundle.Bundle
	out     *Answered
	dev     *project.DeviceRow
	served  bool
	err     error // what kept the hub from taking it in
	refusal error
}

// write serves the request into the file of its answer.
func (a *answering) write(w io.Writer) error {
	self := a.b.Node.Identity()
	head := bundle.Head{
		Way: bundle.Down, From: self.Device, To: a.dev.ID, Request: a.in.Request, Nonce: a.in.Nonce, WallMS: a.b.Now().UnixMilli(),
	}
	return writeBundle(w, head, self.Answering(), []byte(a.dev.SealKey), func(w io.Writer) error {
		full := &fullWriter{w: w}
		a.serve(full)
		if full.err != nil { // by then the request was taken in
			a.err = nil
			return full.err
		}
		return a.err
	})
}

// fullWriter remembers why it could not write: a stick that is full, or was pulled out.
type fullWriter struct {
	w   io.Writer
	err error
}

func (f *fullWriter) Write(b []byte) (int, error) {
	k, err := f.w.Write(b)
	if err != nil {
		f.err = err
	}
	return k, err
}

func (a *answering) serve(w io.Writer) {
	a.served = true
	if a.dev.Revoked {
		a.out.Refused, a.refusal = p.RefusedRevoked, ErrRevokedDevice
		a.err = p.NewFrameWriter(w).Write(&p.Refusal{Code: p.RefusedRevoked, Message: "this device was revoked"})
		return
	}
	served, err := a.b.Node.ServeBundle(a.ctx, a.dev.ID, a.in.Request, a.in.Nonce, bytes.NewReader(a.in.Frames), w)
	a.out.BundleServed = served
	code, _ := refusalOf(err)
	switch {
	case err == nil:
	case code == p.RefusedInternal || served.Begun():
		a.err = err
	default:
		a.out.Refused, a.refusal = code, err
		a.err = p.NewFrameWriter(w).Write(&p.Refusal{Code: code, Message: refusalMessage(err.Error())})
	}
}

// AnsweredFile is one file of TakeAll.
type AnsweredFile struct {
	Answered
	Err error
}

// TakeFrom answers every request that lies at a path, which is a file, a folder, or a drive; the answers go beside them,
// or into another folder if one is given. A file that cannot be read stops none of the others.
func (b *Bundles) TakeFrom(ctx context.Context, path, answers string) ([]AnsweredFile, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		if answers == "" {
			answers = filepath.Dir(path)
		}
		return []AnsweredFile{b.TakeFile(ctx, path, answers)}, nil
	}
	files, err := bundlesIn(path, bundle.Up)
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, ErrNoBundles
	}
	var out []AnsweredFile
	for _, f := range files {
		if ctx.Err() != nil {
			return out, ctx.Err()
		}
		to := answers
		if to == "" {
			to = filepath.Dir(f.path)
		}
		out = append(out, b.TakeFile(ctx, f.path, to))
	}
	return out, nil
}

// TakeFile answers the request in one file.
func (b *Bundles) TakeFile(ctx context.Context, path, answers string) AnsweredFile {
	f, err := os.Open(path)
	if err != nil {
		return AnsweredFile{Answered: Answered{File: filepath.Base(path)}, Err: err}
	}
	defer f.Close()
	out, err := b.Take(ctx, f, func(name string, write func(io.Writer) error) error { return stick.Write(answers, name, write) })
	out.File = filepath.Base(path)
	return AnsweredFile{Answered: out, Err: err}
}
