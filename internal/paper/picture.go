package paper

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"

	"codeberg.org/go-pdf/fpdf"
)

const pngURI = "data:image/png;base64,"

// qr draws a code as a page has it, an image in its address. It is one the program made itself; what is no such image is not drawn.
func (d *doc) qr(x, y, side float64, uri string) {
	text, ok := strings.CutPrefix(uri, pngURI)
	if !ok {
		return
	}
	png, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return
	}
	sum := sha256.Sum256(png)
	name, opt := hex.EncodeToString(sum[:]), fpdf.ImageOptions{ImageType: "PNG"}
	if d.pdf.GetImageInfo(name) == nil {
		d.pdf.RegisterImageOptionsReader(name, opt, bytes.NewReader(png))
	}
	d.pdf.ImageOptions(name, x, y, side, side, false, opt, 0, "")
}

// dashed draws where scissors go.
func (d *doc) dashed(x1, y1, x2, y2 float64) {
	d.pdf.SetDashPattern([]float64{1.2, 1.2}, 0)
	d.pdf.Line(x1, y1, x2, y2)
	d.pdf.SetDashPattern(nil, 0)
}
