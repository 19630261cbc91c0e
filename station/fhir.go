package station

import (
	"context"
	"io"
	"os"

	"tramy/internal/desk"
	"tramy/internal/fhir"
	"tramy/internal/sheet"
)

// IsFHIR reports whether a file is one of FHIR, by its first bytes: a register is no JSON.
func IsFHIR(r io.ReaderAt, size int64) bool {
	const look = 512
	head := make([]byte, min(size, look))
	n, err := r.ReadAt(head, 0)
	return (err == nil || n == len(head)) && fhir.Holds(head[:n])
}

// look finds out what a file is: of a spreadsheet its columns are guessed and shown, a file of FHIR says itself what stands where
// and is tried at once.
func (im *Imports) look(ctx context.Context, path string, job *ImportJob) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if !IsFHIR(f, info.Size()) {
		return im.guess(ctx, path, job, "")
	}
	in, err := im.readFHIR(ctx, path)
	if err != nil {
		return err
	}
	job.FHIR, job.Phase, job.Mapping = true, ImportChecking, sheet.Mapping{Rows: in.Entries}
	return nil
}

func (im *Imports) readFHIR(ctx context.Context, path string) (*fhir.Read, error) {
	reading, err := im.s.ReadFHIR(ctx)
	if err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return fhir.Decode(f, reading)
}

func (im *Imports) takeFHIR(ctx context.Context, who desk.Who, opt desk.ImportOptions, each func(desk.ImportedEntry, *desk.ImportCounts) error) (desk.ImportCounts, error) {
	in, err := im.readFHIR(ctx, im.path("file"))
	if err != nil {
		return desk.ImportCounts{}, err
	}
	return im.s.ImportFHIR(ctx, who, in, opt, each)
}

// checkFHIR tries a file again, with or without people of other communes.
func (im *Imports) checkFHIR(who desk.Who, anyPlace bool) error {
	return im.change([]string{ImportChecked, ImportFailed}, func(job *ImportJob) error {
		job.AnyPlace, job.Phase, job.Failure, job.Again = anyPlace, ImportChecking, "", false
		job.By, job.ByName = who.User, who.Name
		return nil
	})
}

// RejectedFHIR writes those of a file of FHIR who did not come in, with the reasons, as a bundle to be mended and read again.
func (im *Imports) RejectedFHIR(ctx context.Context, w io.Writer, reasons map[int]string) error {
	job := im.Job()
	if job == nil || !job.FHIR || job.Phase != ImportDone {
		return ErrImportPhase
	}
	in, err := im.readFHIR(ctx, im.path("file"))
	if err != nil {
		return err
	}
	return in.Rejected(w, reasons)
}
