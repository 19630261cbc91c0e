package command

import (
	"os"
	"strings"
	"testing"
)

// A system that is too old is told so in words, one that is not hears nothing, and README and the guide name the same versions.
func TestTooOld(t *testing.T) {
	for _, c := range []struct {
		name         string
		major, minor uint32
		says         string
	}{
		{"windows", 6, 3, "Windows 10"}, // 8.1
		{"windows", 10, 0, ""},
		{"windows", 0, 0, ""},
		{"linux", 2, 6, "3.2"},
		{"linux", 3, 1, "3.2"},
		{"linux", 3, 2, ""},
		{"linux", 6, 1, ""},
		{"", 0, 0, ""},
	} {
		got := tooOld(c.name, c.major, c.minor)
		if c.says == "" && got != "" || !strings.Contains(got, c.says) {
			t.Errorf("%s %d.%d: %q", c.name, c.major, c.minor, got)
		}
	}
	if said := TooOld(); said != "" {
		t.Errorf("this very system: %s", said)
	}
	for _, file := range []string{"../../README.md", "../../docs/guide/nurse.vi.md"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range []string{"Windows 10", "Server 2016", "Chrome", "105", "Firefox 121", "Safari 15.4"} {
			if !strings.Contains(string(text), word) {
				t.Errorf("%s does not name %s", file, word)
			}
		}
	}
}
