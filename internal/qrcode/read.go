package qrcode

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	_ "image/jpeg" // what phones send
	_ "image/png"  // screenshots
)

// Limits of a picture. Today's phones take pictures of 12 million pixels, some of 24, of 2 to 8 MiB.
const (
	// FileBytesMax bounds the file.
	FileBytesMax = 16 << 20
	// pixelsMax bounds what it unpacks to: a file of a few KB can claim any size.
	pixelsMax = 25_000_000
	// unpackedBytesMax bounds the memory for that, at up to 8 bytes a pixel.
	unpackedBytesMax = 128 << 20
)

// Errors of Read.
var (
	// ErrNoPicture says that the file is no JPEG or PNG, or a damaged one.
	ErrNoPicture = errors.New("not a JPEG or PNG picture that can be read")
	// ErrHEIC is an ErrNoPicture: the file is what an iPhone keeps (ISO/IEC 23008-12), for which there is no decoder here.
	ErrHEIC = errors.New("a HEIC picture")
	// ErrTooLarge says that the file, or what it unpacks to, is beyond the limits.
	ErrTooLarge = errors.New("the picture is too large")
	// ErrNoCode says that no QR code could be read in the picture.
	ErrNoCode = errors.New("no QR code could be read in the picture")
)

// Read returns the text of a QR code in a picture; of several, the one that is found first. It fails with ErrNoPicture,
// ErrTooLarge, ErrNoCode, or what ended the context.
//
// Memory is at most unpackedBytesMax and a quarter beside the file; who calls sees to it that few run at a time.
func Read(ctx context.Context, file []byte) (string, error) {
	if len(file) > FileBytesMax {
		return "", ErrTooLarge
	}
	about, kind, err := image.DecodeConfig(bytes.NewReader(file))
	if err != nil && isHEIC(file) {
		return "", fmt.Errorf("%w: %w", ErrNoPicture, ErrHEIC)
	}
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrNoPicture, err)
	}
	if kind != "jpeg" && kind != "png" { // whatever other formats the program can read
		return "", fmt.Errorf("%w: %s", ErrNoPicture, kind)
	}
	pixels := int64(about.Width) * int64(about.Height)
	if pixels <= 0 {
		return "", ErrNoPicture
	}
	if pixels > pixelsMax || pixels*bytesPerPixel(kind, about.ColorModel, file) > unpackedBytesMax {
		return "", ErrTooLarge
	}
	picture, _, err := image.Decode(bytes.NewReader(file))
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrNoPicture, err)
	}
	if err := ctx.Err(); err != nil {
		return "", err
	}
	text, err := look(ctx, greyOf(picture))
	if err != nil {
		return "", err
	}
	return text, nil
}

// isHEIC reports whether a file begins as a picture of HEIF does: a box "ftyp" with one of its brands (ISO/IEC 23008-12, B.4).
func isHEIC(file []byte) bool {
	if len(file) < 12 || string(file[4:8]) != "ftyp" {
		return false
	}
	switch string(file[8:12]) {
	case "heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1":
		return true
	}
	return false
}

// bytesPerPixel is what the standard library's decoders take at most.
func bytesPerPixel(kind string, model color.Model, file []byte) int64 {
	if kind == "jpeg" {
		// Three or four planes; a progressive one holds its coefficients, of four bytes each, until the end.
		planes := int64(3)
		switch model {
		case color.GrayModel:
			planes = 1
		case color.CMYKModel:
			planes = 4
		}
		if progressive(file) {
			return planes * 5
		}
		return planes
	}
	switch model {
	case color.GrayModel:
		return 1
	case color.Gray16Model:
		return 2
	case color.RGBA64Model, color.NRGBA64Model:
		return 8
	}
	if _, paletted := model.(color.Palette); paletted {
		return 1
	}
	return 4
}

// progressive reports whether a JPEG's frame is of the progressive kind (marker SOF2; ITU-T T.81, B.1.1.3).
func progressive(file []byte) bool {
	for at := 2; at+4 <= len(file) && file[at] == 0xFF; {
		marker := file[at+1]
		switch marker {
		case 0xFF: // a fill byte
			at++
			continue
		case 0xC2:
			return true
		case 0xC0, 0xC1, 0xDA:
			return false
		}
		at += 2 + int(file[at+2])<<8 + int(file[at+3])
	}
	// What cannot be followed is taken for the kind that needs more.
	return true
}
