package pages

import (
	"encoding/base64"

	"github.com/skip2/go-qrcode"
)

// QR draws text as a square image of so many pixels, for a page: "" where it is too long to be drawn.
func QR(text string, pixels int) string {
	png, err := qrcode.Encode(text, qrcode.Medium, pixels)
	if err != nil {
		return ""
	}
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(png)
}
