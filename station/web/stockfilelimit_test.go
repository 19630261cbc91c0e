package web

import (
	"bytes"
	"mime/multipart"
	"net/http/httptest"
	"testing"

	"tramy/internal/pages"
)

// TestStockFileAtItsLimit: a file of the size is read whole, of a larger one a byte more, by which it is known.
func TestStockFileAtItsLimit(t *testing.T) {
	for _, n := range []int{stockFileBytesMax, stockFileBytesMax + 1, stockFileBytesMax + 100} {
		var body bytes.Buffer
		w := multipart.NewWriter(&body)
		part, err := w.CreateFormFile("file", "ton.csv")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write(make([]byte, n)); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest("POST", "/stock/file", &body)
		r.Header.Set("Content-Type", w.FormDataContentType())
		_, data, err := fileOf(&pages.Call{R: r}, stockFileBytesMax)
		if want := min(n, stockFileBytesMax+1); err != nil || len(data) != want {
			t.Errorf("of %d bytes %d were read: %v", n, len(data), err)
		}
	}
}
