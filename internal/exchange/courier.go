package exchange

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"tramy/internal/bundle"
	"tramy/internal/envelope"
	"tramy/internal/node"
	"tramy/internal/stick"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// Put makes a file of what write writes, whole or not at all.
type Put func(name string, write func(io.Writer) error) error

// Courier exchanges with the upstream by files that somebody carries. Nothing waits for it: what is recorded, and what
// goes over a line, goes on meanwhile.
type Courier struct {
	Node     *node.Node
	Seal     *envelope.Key // this machine's
	Software string
	Now      func() time.Time
	// Backup is that of Client.
	Backup func() *p.Backup
	Log    *slog.Logger // nil: slog.Default
	// Moves is that of Client.
	Moves Moves
	// UpSeal returns the upstream's X25519 public key, nil if it is not known.
	UpSeal func(context.Context) ([]byte, error)

	mu sync.Mutex // one file at a time
}

// Errors of a courier.
var (
	// ErrNoSealKey says that nothing can be encrypted to the hub.
	ErrNoSealKey = errors.New("the hub's key for files is not known here yet: exchange over a network once")
	// ErrNotAnswer says that the file is a request.
	ErrNotAnswer = errors.New("this file is a request, not an answer to one: it belongs to the hub")
	// ErrStranger says that an answer was not written by this machine's hub.
	ErrStranger = errors.New("this file was not written by this machine's hub")
	// ErrNoBundles says that a folder has nothing to read.
	ErrNoBundles = errors.New("there is nothing to read here")
)

// Packed is a request that was written.
type Packed struct {
	node.BundleCall
	Name  string
	Bytes int64
	More  bool // more waits than one file takes: make another round
}

// Out writes a request. If it cannot be written, the call is forgotten and nothing has happened.
func (c *Courier) Out(ctx context.Context, put Put) (Packed, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	public, err := c.UpSeal(ctx)
	if err != nil {
		return Packed{}, err
	}
	if len(public) == 0 {
		return Packed{}, ErrNoSealKey
	}
	var told *p.Backup
	if c.Backup != nil {
		told = c.Backup()
	}
	call, err := c.Node.BeginBundle(ctx, c.Software, told)
	if err != nil {
		return Packed{}, err
	}
	id := c.Node.Identity()
	out := Packed{BundleCall: call.Bundle()}
	out.Name = bundle.Name(id.Number, out.Request, bundle.Up)
	head := bundle.Head{
		Way: bundle.Up, From: id.Device, To: out.Upstream, Request: out.Request, Nonce: [16]byte(out.Nonce), WallMS: out.WallMS,
	}
	err = put(out.Name, func(w io.Writer) error {
		counted := &countedWriter{w: w}
		defer func() { out.Bytes = counted.n }()
		return writeBundle(counted, head, id.Key, public, call.WriteRequest)
	})
	if err != nil {
		return Packed{}, errors.Join(err, call.Forget(context.WithoutCancel(ctx)))
	}
	out.More = call.More()
	now := c.Now().UnixMilli()
	note(ctx, c.Node, c.Log, &store.ExchangeRow{
		StartMS: now, EndMS: now, Result: node.ExchangeBundleOut, Sent: out.Changes, BytesUp: out.Bytes,
	})
	return out, nil
}

func writeBundle(w io.Writer, head bundle.Head, key ed25519.PrivateKey, public []byte, frames func(io.Writer) error) error {
	b, err := bundle.NewWriter(w, head, key, public)
	if err != nil {
		return err
	}
	if err := frames(b); err != nil {
		return err
	}
	return b.Close()
}

type countedWriter struct {
	w io.Writer
	n int64
}

func (c *countedWriter) Write(b []byte) (int, error) {
	k, err := c.w.Write(b)
	c.n += int64(k)
	return k, err
}

// Taken is an answer that was read.
type Taken struct {
	File    string // as it was named, "" if it had no name
	Request uint64
	node.Result
	AnsweredMS int64 // when the hub wrote it, by the hub's clock
}

// In takes an answer in. Read twice, it is node.ErrBundleRead; broken off, it is read again from the beginning.
func (c *Courier) In(ctx context.Context, r io.Reader) (Taken, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	up := c.Node.Identity().Upstream
	counted := &countedReader{r: r}
	b, err := bundle.Open(counted, c.Node.Identity().Device, c.Seal, func(h bundle.Head) (ed25519.PublicKey, error) {
		switch {
		case h.Way != bundle.Down:
			return nil, ErrNotAnswer
		case h.From != up.Device:
			return nil, ErrStranger
		}
		return up.Key, nil
	})
	if err != nil {
		return Taken{}, err
	}
	out := Taken{Request: b.Request, AnsweredMS: b.WallMS}
	call, err := c.Node.ResumeBundle(ctx, b.Request, b.Nonce)
	if err != nil {
		return out, err
	}
	if out.Result, err = call.ReadResponse(bytes.NewReader(b.Frames)); err != nil {
		return out, err
	}
	if out.Move != nil && c.Moves != nil {
		if err := c.Moves.Heard(out.Move); err != nil {
			return out, fmt.Errorf("keeping where the hub will be: %w", err)
		}
	}
	now := c.Now()
	// When the hub wrote it, as this machine's clock had it then.
	answered := min(b.WallMS-c.Node.Now().Sub(now).Milliseconds(), now.UnixMilli())
	row := &store.ExchangeRow{
		StartMS: now.UnixMilli(), EndMS: answered, Result: node.ExchangeBundleIn, Received: uint32(out.Received),
		Level: out.Level, BytesDown: counted.n,
	}
	if out.Refusal != nil {
		row.Result, row.Detail = node.ExchangeRefused, fmt.Sprintf("%d %s", out.Refusal.Code, out.Refusal.Message)
	}
	note(ctx, c.Node, c.Log, row)
	return out, nil
}

type countedReader struct {
	r io.Reader
	n int64
}

func (c *countedReader) Read(b []byte) (int, error) {
	k, err := c.r.Read(b)
	c.n += int64(k)
	return k, err
}

// OutTo writes a request into the bundles' folder of a drive or folder, in the place of older ones of this machine that
// lie there: it holds all that they do and the hub has not signed for.
func (c *Courier) OutTo(ctx context.Context, root string) (Packed, error) {
	if _, err := os.Stat(root); err != nil { // a drive that is not there is not made
		return Packed{}, err
	}
	folder := filepath.Join(root, bundle.Folder)
	out, err := c.Out(ctx, func(name string, write func(io.Writer) error) error { return stick.Write(folder, name, write) })
	if err == nil {
		c.clear(root, bundle.Up, out.Request-1)
	}
	return out, err
}

// OutPath writes a request where somebody says: into a folder or drive as OutTo does, or under a name of a file.
func (c *Courier) OutPath(ctx context.Context, path string) (Packed, error) {
	if filepath.Ext(path) != bundle.Suffix {
		return c.OutTo(ctx, path)
	}
	out, err := c.Out(ctx, func(_ string, write func(io.Writer) error) error {
		return stick.Write(filepath.Dir(path), filepath.Base(path), write)
	})
	out.Name = filepath.Base(path)
	return out, err
}

// InPath takes in the answers that lie where somebody says: InFrom for a folder or drive, or one file.
func (c *Courier) InPath(ctx context.Context, path string) ([]TakenFile, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return c.InFrom(ctx, path)
	}
	t := TakenFile{}
	t.Taken, t.Err = c.inFile(ctx, path)
	t.File = filepath.Base(path)
	return []TakenFile{t}, nil
}

// TakenFile is one file of InFrom.
type TakenFile struct {
	Taken
	Err error
}

// InFrom takes in every answer for this machine that lies on a drive or in a folder, oldest first, and removes what is
// done with: the answers and the requests they answer. It fails only if nothing can be read there at all.
func (c *Courier) InFrom(ctx context.Context, root string) ([]TakenFile, error) {
	files, err := bundlesIn(root, bundle.Down)
	if err != nil {
		return nil, err
	}
	var out []TakenFile
	for _, file := range files {
		if !c.own(file) {
			continue
		}
		t := TakenFile{}
		t.Taken, t.Err = c.inFile(ctx, file.path)
		t.File = filepath.Base(file.path)
		out = append(out, t)
		if t.Err == nil && t.Refusal == nil || errors.Is(t.Err, node.ErrBundleRead) {
			c.clear(root, bundle.Up, file.request)
			c.clear(root, bundle.Down, file.request)
		}
	}
	if len(out) == 0 {
		return nil, ErrNoBundles
	}
	return out, nil
}

func (c *Courier) inFile(ctx context.Context, path string) (Taken, error) {
	f, err := os.Open(path)
	if err != nil {
		return Taken{}, err
	}
	defer f.Close()
	return c.In(ctx, f)
}

// clear removes this machine's files up to a request. What cannot be removed, from a stick that is write-protected, is
// read again some day and does no harm.
func (c *Courier) clear(root string, way bundle.Way, upTo uint64) {
	files, err := bundlesIn(root, way)
	if err != nil {
		return
	}
	for _, f := range files {
		if c.own(f) && f.request <= upTo {
			_ = os.Remove(f.path)
		}
	}
}

func (c *Courier) own(f bundleFile) bool { return f.device == c.Node.Identity().Number }

// bundleFile is a file by its name, which is not to be believed.
type bundleFile struct {
	path    string
	device  int64
	request uint64
}

// bundlesIn lists the bundles of one way on a drive or in a folder, by device and request. Both the folder itself and
// the one for bundles in it are looked at: files are also copied by hand.
func bundlesIn(root string, way bundle.Way) ([]bundleFile, error) {
	if _, err := os.Stat(root); err != nil {
		return nil, err
	}
	var out []bundleFile
	for _, folder := range []string{filepath.Join(root, bundle.Folder), root} {
		names, err := stick.List(folder, bundle.Suffix)
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			if device, request, w, ok := bundle.ParseName(filepath.Base(name)); ok && w == way {
				out = append(out, bundleFile{name, device, request})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b bundleFile) int {
		if a.device != b.device {
			return int(a.device - b.device)
		}
		return int(int64(a.request - b.request))
	})
	return out, nil
}

// Calls returns the calls by file that are remembered, oldest first.
func (c *Courier) Calls(ctx context.Context) ([]node.BundleCall, error) { return c.Node.Bundles(ctx) }
