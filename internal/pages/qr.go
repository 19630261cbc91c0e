package pages

import (
	"encoding/base64"

	"github.com/skip2/go-qrcode"

	"tramy/internal/registry"
)

// QR draws text as a square image of so many pixels, for a page: "" where it is too long to be drawn.
func QR(text string, pixels int) string {
	png, err := qrcode.Encode(text, qrcode.Medium, pixels)
	if err != nil {
		return ""
	}
	return dataOf(png)
}

func dataOf(png []byte) string {
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(png)
}

const (
	codeQRVersion = 2 // the first with a fourth mark, by which a photograph at a slant is straightened (ISO/IEC 18004, 6.3.6)
	codeQRPixels  = 165
)

// CodeQR draws a person's code for their card: its digits alone, because a scanner types them whatever a keyboard is set to. With
// the highest correction a third of it may be worn off. "" for no code.
func CodeQR(code registry.PersonCode) string {
	if !code.Valid() {
		return ""
	}
	drawn, err := qrcode.NewWithForcedVersion(string(code), codeQRVersion, qrcode.Highest)
	if err != nil {
		return ""
	}
	png, err := drawn.PNG(codeQRPixels)
	if err != nil {
		return ""
	}
	return dataOf(png)
}
