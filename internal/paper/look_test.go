package paper

import (
	"os"
	"path/filepath"
	"testing"
)

func TestLook(t *testing.T) {
	dir := os.Getenv("PAPER_LOOK")
	if dir == "" {
		t.Skip()
	}
	qr := codeQR(t)
	for name, page := range map[string]any{
		"record": recordOf(14, qr), "book": bookOf(qr), "cards": cardsOf(12, qr), "certificate": certificateOf(5, qr), "letters": lettersOf(7, 2), "session": sessionOf(14, 12),
		"form": formOf(), "others": othersOf(5), "workers": workersOf(30), "due": dueOf(20), "absent": absentOf(8), "slip": slipOf(qr),
	} {
		f, err := os.Create(filepath.Join(dir, name+".pdf"))
		if err != nil {
			t.Fatal(err)
		}
		if err := Write(f, options, page); err != nil {
			t.Fatal(name, err)
		}
		f.Close()
	}
}
