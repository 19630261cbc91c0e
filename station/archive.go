package station

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"tramy/internal/desk"
)

// ErrArchiveDamaged says that a file of an archive is not what its manifest says: nothing of it is taken in.
var ErrArchiveDamaged = errors.New("the archive is damaged: a file in it is not what its manifest says; take it from where it was made again")

// manifestBytesMax bounds an archive's manifest: some 30 files take 6 KB.
const manifestBytesMax = 1 << 20

// archiveIn opens a file as an archive of a station; nil if it is none: spreadsheets are zips as well.
func archiveIn(r io.ReaderAt, size int64) (*zip.Reader, *desk.Archive) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, nil
	}
	f, err := z.Open(desk.ArchiveManifest)
	if err != nil {
		return nil, nil
	}
	defer f.Close()
	a := &desk.Archive{}
	if err := json.NewDecoder(io.LimitReader(f, manifestBytesMax)).Decode(a); err != nil || a.Format == 0 {
		return nil, nil
	}
	return z, a
}

// IsArchive reports whether a file is an archive of a station.
func IsArchive(r io.ReaderAt, size int64) bool {
	z, _ := archiveIn(r, size)
	return z != nil
}

// ArchiveRegister copies the register out of an archive, after each file of it was held against the manifest: people with their doses, as an
// import reads them.
func ArchiveRegister(r io.ReaderAt, size int64, w io.Writer) error {
	z, a := archiveIn(r, size)
	if z == nil {
		return ErrArchiveDamaged
	}
	for i := range a.Files {
		if err := archived(z, &a.Files[i], io.Discard); err != nil {
			return err
		}
	}
	at := slices.IndexFunc(a.Files, func(f desk.ArchiveFile) bool { return f.Name == desk.ArchiveRegister })
	if at < 0 {
		return ErrArchiveDamaged
	}
	return archived(z, &a.Files[at], w)
}

// archived copies one file of an archive; ErrArchiveDamaged if it is not the one that the manifest names.
func archived(z *zip.Reader, f *desk.ArchiveFile, w io.Writer) error {
	in, err := z.Open(f.Name)
	if err != nil {
		return fmt.Errorf("%s: %w", f.Name, ErrArchiveDamaged)
	}
	defer in.Close()
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(w, sum), io.LimitReader(in, f.Bytes+1))
	if err != nil || n != f.Bytes || hex.EncodeToString(sum.Sum(nil)) != f.SHA256 {
		return fmt.Errorf("%s: %w", f.Name, ErrArchiveDamaged)
	}
	return nil
}

// WriteArchive writes everything this station keeps into w; encrypted for those who can open its backups, if that is wished.
func (s *Station) WriteArchive(ctx context.Context, who desk.Who, opt desk.ArchiveOptions, encrypted bool, w io.Writer) (*desk.Archive, error) {
	if !encrypted {
		return s.Archive(ctx, who, opt, w)
	}
	out, err := s.Backups.Seal(ctx, w)
	if err != nil {
		return nil, err
	}
	a, err := s.Archive(ctx, who, opt, out)
	if err != nil {
		return nil, err
	}
	return a, out.Close()
}

// Scratch makes a file in the data folder for what must lie nowhere else; one that a crash leaves behind is deleted at the next start.
func (im *Imports) Scratch() (*os.File, error) {
	if err := os.MkdirAll(im.dir, 0o700); err != nil {
		return nil, err
	}
	return os.CreateTemp(im.dir, unfinished+"*")
}

// unpack replaces an archive that was sent to be imported by the register in it.
func (im *Imports) unpack(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || !IsArchive(f, info.Size()) {
		return err
	}
	out, err := im.Scratch()
	if err != nil {
		return err
	}
	err = errors.Join(ArchiveRegister(f, info.Size(), out), out.Sync(), out.Close(), f.Close()) // Windows renames over no open file
	if err == nil {
		err = os.Rename(out.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(out.Name()))
	}
	return nil
}
