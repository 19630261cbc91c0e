package backup

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/klauspost/compress/zstd"

	"tramy/internal/datadir"
	"tramy/internal/drive"
	"tramy/internal/envelope"
	"tramy/internal/store"
)

// zstdWindow bounds what packing and opening take of memory; a larger one saves little of a database.
const zstdWindow = 1 << 20

// pack writes the parts that lie in a folder, encrypted, in the manifest's order.
func pack(w io.Writer, text, signature []byte, files []File, folder string, to ...[]byte) error {
	sealed, err := envelope.Seal(w, to...)
	if err != nil {
		return err
	}
	packed, err := zstd.NewWriter(sealed, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(zstdWindow), zstd.WithLowerEncoderMem(true))
	if err != nil {
		return err
	}
	parts := tar.NewWriter(packed)
	head := func(name string, size int64) error {
		return parts.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: size, Format: tar.FormatPAX})
	}
	small := func(name string, b []byte) error {
		if err := head(name, int64(len(b))); err != nil {
			return err
		}
		_, err := parts.Write(b)
		return err
	}
	err = errors.Join(small(partManifest, text), small(partSignature, signature))
	for i := range files {
		if err == nil {
			err = head(files[i].Name, files[i].Bytes)
		}
		if err == nil {
			err = copyFile(parts, filepath.Join(folder, files[i].Name), files[i].Bytes)
		}
	}
	// All are closed whatever went before: the encoder holds memory.
	return errors.Join(err, parts.Close(), packed.Close(), sealed.Close())
}

func copyFile(w io.Writer, path string, size int64) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.CopyN(w, f, size)
	return err
}

// measured returns a part as the manifest names it. What grows behind is not of it.
func measured(folder, name string) (File, error) {
	f, err := os.Open(filepath.Join(folder, name))
	if err != nil {
		return File{}, err
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.Copy(h, f)
	return File{Name: name, Bytes: n, SHA256: h.Sum(nil)}, err
}

// Reader reads one backup.
type Reader struct {
	Manifest Manifest
	f        *os.File
	zstd     *zstd.Decoder
	tar      *tar.Reader
}

// Open opens a backup with any of the keys that may, and reads what it says of itself. Errors: envelope.ErrNotFor,
// envelope.ErrDamaged, ErrNotBackup, ErrNewer, ErrSignature. The manifest is signed by Manifest.Key; that this is the key of
// Manifest.Device is for the caller to check.
func Open(path string, keys ...*envelope.Key) (*Reader, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	r := &Reader{f: f}
	if err := r.begin(keys); err != nil {
		r.Close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return r, nil
}

func (r *Reader) begin(keys []*envelope.Key) error {
	in, err := envelope.Open(r.f, keys...)
	if err != nil {
		return err
	}
	r.zstd, err = zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(8<<20))
	if err != nil {
		return err
	}
	r.tar = tar.NewReader(r.zstd)
	text, err := r.small(partManifest, manifestBytesMax)
	if err != nil {
		return err
	}
	signature, err := r.small(partSignature, signatureBytesMax)
	if err != nil {
		return err
	}
	m, err := readManifest(text, signature)
	if err != nil {
		return err
	}
	r.Manifest = *m
	return nil
}

func (r *Reader) next(name string, size int64) error {
	h, err := r.tar.Next()
	if err != nil {
		return damaged(err)
	}
	if h.Name != name || h.Typeflag != tar.TypeReg || h.Size > size || h.Size < 0 {
		return fmt.Errorf("%w (part %q where %q should be)", ErrNotBackup, h.Name, name)
	}
	return nil
}

func (r *Reader) small(name string, limit int64) ([]byte, error) {
	if err := r.next(name, limit); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	_, err := io.Copy(&b, r.tar)
	return b.Bytes(), damaged(err)
}

// damaged says of what the readers of zstd and tar find wrong what it means: the envelope was whole, what is in it is not.
func damaged(err error) error {
	if err == nil || errors.Is(err, envelope.ErrDamaged) {
		return err
	}
	return fmt.Errorf("%w (%w)", ErrNotBackup, err)
}

// Extract writes the parts into an empty folder, once, and holds each against its checksum: ErrDiffers. There must be
// room for them: store.ErrFull.
func (r *Reader) Extract(ctx context.Context, folder string) error {
	var need uint64
	for _, f := range r.Manifest.Files {
		need += uint64(f.Bytes)
	}
	if err := room(folder, need); err != nil {
		return err
	}
	for i := range r.Manifest.Files {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := r.extract(&r.Manifest.Files[i], folder); err != nil {
			return err
		}
	}
	// The end is read as well: a file that was cut off behind its last part is not whole.
	if _, err := r.tar.Next(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%w (more than it lists)", ErrNotBackup)
	}
	_, err := io.Copy(io.Discard, r.zstd)
	return damaged(err)
}

func (r *Reader) extract(f *File, folder string) error {
	if err := r.next(f.Name, f.Bytes); err != nil {
		return err
	}
	out, err := os.OpenFile(filepath.Join(folder, f.Name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	h := sha256.New()
	n, err := io.Copy(io.MultiWriter(out, h), r.tar)
	switch {
	case err != nil && drive.Full(err):
		err = full(folder, err)
	case err != nil:
		err = damaged(err)
	case n != f.Bytes || !bytes.Equal(h.Sum(nil), f.SHA256):
		err = fmt.Errorf("%w (%s)", ErrDiffers, f.Name)
	default:
		err = out.Sync()
	}
	return errors.Join(err, out.Close())
}

// Close closes the file.
func (r *Reader) Close() error {
	if r.zstd != nil {
		r.zstd.Close()
	}
	return r.f.Close()
}

// checker is an engine that can read itself through.
type checker interface {
	IntegrityCheck(ctx context.Context) error
}

// verify opens the database that was extracted into a folder, lets the engine read it through, and returns what it
// holds.
func verify(ctx context.Context, folder string, open datadir.OpenStore) (counts Counts, err error) {
	st, err := open(ctx, folder)
	if err != nil {
		return counts, err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	if c, ok := st.(checker); ok {
		if err := c.IntegrityCheck(ctx); err != nil {
			return counts, err
		}
	}
	return count(ctx, st)
}

// room returns store.ErrFull if a folder's drive has not that many bytes and SpareBytes beside.
func room(folder string, need uint64) error {
	free, err := drive.Free(folder)
	if err != nil {
		return err
	}
	if free < need+SpareBytes {
		return fmt.Errorf("%w: %s has %d MB free, %d MB are needed", store.ErrFull, folder, free>>20, (need+SpareBytes)>>20+1)
	}
	return nil
}

func full(folder string, err error) error {
	return fmt.Errorf("%w: %s (%w)", store.ErrFull, folder, err)
}
