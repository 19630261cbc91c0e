package paper

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"
)

var look = flag.String("look", "", "folder to keep a file of each document in, to be looked at")

// TestLook leaves each document in a folder for people's eyes: go test ./internal/paper -run TestLook -look DIR.
func TestLook(t *testing.T) {
	qr := codeQR(t)
	for name, page := range map[string]any{
		"record": recordOf(14, qr), "book": bookOf(qr), "cards": cardsOf(12, qr), "certificate": certificateOf(5, qr), "letters": lettersOf(7, 2), "session": sessionOf(14, 12),
		"form": formOf(), "others": othersOf(5), "workers": workersOf(30), "due": dueOf(20), "absent": absentOf(8), "slip": slipOf(qr),
	} {
		pdf := drawnPDF(t, page)
		if !bytes.HasPrefix(pdf, []byte("%PDF-")) {
			t.Errorf("%s is no PDF", name)
		}
		if *look == "" {
			continue
		}
		if err := os.WriteFile(filepath.Join(*look, name+".pdf"), pdf, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
