package station

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"tramy/internal/desk"
)

// zipOf packs files in order.
func zipOf(t *testing.T, files ...[2]string) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, f := range files {
		w, err := z.Create(f[0])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, f[1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestManifestAtItsLimit(t *testing.T) {
	for _, n := range []int{manifestBytesMax, manifestBytesMax + 1} {
		head, foot := `{"format":1,"reason":"`, `"}`
		data := zipOf(t, [2]string{desk.ArchiveManifest, head + strings.Repeat("x", n-len(head)-len(foot)) + foot})
		if got := IsArchive(bytes.NewReader(data), int64(len(data))); got != (n <= manifestBytesMax) {
			t.Errorf("%d bytes: %v", n, got)
		}
	}
}

// TestADamagedArchiveIsRefusedWhole: of a file that is not what the manifest says nothing is read.
func TestADamagedArchiveIsRefusedWhole(t *testing.T) {
	const sum = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824" // of "hello"
	manifest := `{"format":1,"files":[{"name":"register.csv","bytes":5,"sha256":"` + sum + `"}]}`
	for content, fine := range map[string]bool{"hello": true, "hellp": false, "hello!": false, "hell": false} {
		data := zipOf(t, [2]string{desk.ArchiveRegister, content}, [2]string{desk.ArchiveManifest, manifest})
		err := ArchiveRegister(bytes.NewReader(data), int64(len(data)), io.Discard)
		if fine != (err == nil) || !fine && !errors.Is(err, ErrArchiveDamaged) {
			t.Errorf("%q: %v", content, err)
		}
	}
	data := zipOf(t, [2]string{desk.ArchiveManifest, manifest})
	if err := ArchiveRegister(bytes.NewReader(data), int64(len(data)), io.Discard); !errors.Is(err, ErrArchiveDamaged) {
		t.Errorf("a register that is gone: %v", err)
	}
}
