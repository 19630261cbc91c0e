package paper

import (
	"encoding/base64"
	"testing"

	"github.com/skip2/go-qrcode"
)

// codeQR is a person's code as pages draw it.
func codeQR(t *testing.T) string {
	t.Helper()
	drawn, err := qrcode.NewWithForcedVersion("0412752601815941", 2, qrcode.Highest)
	if err != nil {
		t.Fatal(err)
	}
	png, err := drawn.PNG(165)
	if err != nil {
		t.Fatal(err)
	}
	return pngURI + base64.StdEncoding.EncodeToString(png)
}
