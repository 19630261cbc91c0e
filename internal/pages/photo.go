package pages

import (
	"context"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"time"

	"tramy/internal/qrcode"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/server"
	"tramy/internal/ui"
)

// Bounds of photographs of a code. A picture is in memory alone, and gone with the request.
const (
	photosAtOnce   = 4                // pictures that are held; of these one is looked at
	photoBytesMax  = 64 << 20         // of a form: beyond qrcode.FileBytesMax a picture is passed over, so that the browser hears why
	photoTime      = 60 * time.Second // with the upload
	photoRate      = 4 << 10          // bytes a second that a phone must bring
	photoRateTime  = 10 * time.Second
	photoWordsMax  = 200 // bytes of a code that is neither a card's nor a number, which is not ours
	photoFormField = "photo"
)

// photos lets in a few pictures at a time, and has one looked at.
type photos struct{ held, looked chan struct{} }

func newPhotos() photos {
	return photos{held: make(chan struct{}, photosAtOnce), looked: make(chan struct{}, 1)}
}

// enter waits for room, until the context ends; what it returns gives the room back.
func enter(ctx context.Context, room chan struct{}) (leave func(), err error) {
	select {
	case room <- struct{}{}:
		return func() { <-room }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (pg *Pages) registerPhoto(s *server.Server) {
	if pg.Hub {
		return
	}
	s.Handle(http.MethodPost, ui.PathPhoto, pg.Page(pg.photo), server.BodyMax(photoBytesMax), server.Timeout(photoTime), server.MinRate(photoRate, photoRateTime))
}

// photo finds whose card was photographed. Nothing of the picture is kept.
func (pg *Pages) photo(c *Call) error {
	// Before anything else asks for a field of the form: the standard library would put the file on the disk.
	parts, err := c.R.MultipartReader()
	if !c.May(rights.Read, registry.KindSubject) {
		return server.NewProblem(server.TypeForbidden)
	}
	if err != nil {
		return server.NewProblem(server.TypeBadRequest).Because(err)
	}
	leave, err := enter(c.Ctx(), pg.photos.held)
	if err != nil {
		return err
	}
	defer leave()
	file, err := photoOf(parts)
	if err != nil && !errors.Is(err, qrcode.ErrTooLarge) {
		return err
	}
	text := ""
	switch {
	case err != nil:
	case len(file) == 0:
		return pg.noPhoto(c, "photo.none")
	default:
		text, err = pg.photos.look(c.Ctx(), file)
	}
	switch {
	case errors.Is(err, qrcode.ErrTooLarge):
		return pg.noPhoto(c, "photo.too_large")
	case errors.Is(err, qrcode.ErrHEIC):
		return pg.noPhoto(c, "photo.heic")
	case errors.Is(err, qrcode.ErrNoPicture):
		return pg.noPhoto(c, "photo.no_picture")
	case errors.Is(err, qrcode.ErrNoCode):
		return pg.noPhoto(c, "photo.no_code")
	case err != nil:
		return err
	}
	if !findable(text) {
		return pg.noPhoto(c, "photo.foreign")
	}
	found, err := c.find(strings.TrimSpace(text))
	if err != nil {
		return err
	}
	return pg.showFound(c, http.StatusOK, found)
}

// findable reports whether somebody can be found by what a code says: a card, or the number of another register.
func findable(text string) bool {
	if _, ok := registry.ParseScan(text); ok {
		return true
	}
	return len(text) <= photoWordsMax && strings.ContainsAny(text, "0123456789") && strings.Trim(text, "0123456789 .-\r\n") == ""
}

// photoOf reads the picture of a form, nil if none was chosen. It fails with qrcode.ErrTooLarge once the rest was passed over.
func photoOf(parts *multipart.Reader) ([]byte, error) {
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		if part.FormName() != photoFormField {
			continue
		}
		file, err := io.ReadAll(io.LimitReader(part, qrcode.FileBytesMax+1))
		if err != nil {
			return nil, err
		}
		if len(file) > qrcode.FileBytesMax {
			if _, err := io.Copy(io.Discard, part); err != nil {
				return nil, err
			}
			return nil, qrcode.ErrTooLarge
		}
		return file, nil
	}
}

// look reads the code, one picture at a time.
func (p *photos) look(ctx context.Context, file []byte) (string, error) {
	leave, err := enter(ctx, p.looked)
	if err != nil {
		return "", err
	}
	defer leave()
	return qrcode.Read(ctx, file)
}

// noPhoto shows the box again, with what to do.
func (pg *Pages) noPhoto(c *Call, key string) error {
	return pg.showFound(c, http.StatusUnprocessableEntity, ui.Found{Wrong: c.T(key)})
}
