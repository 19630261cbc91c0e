package web

import (
	"archive/zip"
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"tramy/internal/exchange"
	"tramy/internal/nodetest"
	"tramy/station"
)

// An officer uploads the files of several stations at once, and gets the answers as one zip; a file that is none is said
// and stops no other.
func TestStickOfManyStations(t *testing.T) {
	tree := newTree(t)
	two := tree.AddStation(t, tree.Hub, tree.Facility, "Máy hai")
	b := as(t, serve(t, tree), officerLogin)
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	add := func(name string, content []byte) {
		t.Helper()
		part, err := w.CreateFormFile("file", name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write(content); err != nil {
			t.Fatal(err)
		}
	}
	stations := []*station.Station{tree.Station, two}
	for _, st := range stations {
		var file bytes.Buffer
		out, err := st.Courier.Out(t.Context(), func(_ string, write func(io.Writer) error) error { return write(&file) })
		if err != nil {
			t.Fatal(err)
		}
		add(out.Name, file.Bytes())
	}
	add("bao-cao.tramy", []byte("không phải"))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodPost, b.url+"/usb/upload", &body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", w.FormDataContentType())
	req.Header.Set("Origin", b.url)
	page := b.do(req, http.StatusOK)
	for _, want := range []string{"000 001", "000 002", "đã viết trả lời", "không phải tệp gửi nhận", `href="/usb/answers"`} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is not in %s", want, text(page))
		}
	}
	packed := b.get("/usb/answers", http.StatusOK)
	files, err := zip.NewReader(strings.NewReader(packed), int64(len(packed)))
	if err != nil || len(files.File) != 2 {
		t.Fatalf("%v, %v", files, err)
	}
	for i, st := range stations {
		f, err := files.File[i].Open()
		if err != nil {
			t.Fatal(err)
		}
		var taken exchange.Taken
		if taken, err = st.Courier.In(t.Context(), f); err != nil || taken.Received == 0 {
			t.Errorf("station %d: %+v, %v", i+1, taken, err)
		}
		f.Close()
	}
	// Another person's answers are nobody else's.
	if other := as(t, b.url, nodetest.OfficerLogin); other.get("/usb/answers", http.StatusNotFound) == "" {
		t.Error("nothing was said")
	}
}
