package registry

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"testing"
)

// Printed codes live as long as the children: these must stay valid.
func TestCodeVectors(t *testing.T) {
	for _, s := range []string{"0000120000000092", "1234561234567853", "9999999999999939", "7900010000000130"} {
		if _, err := ParseCode(s); err != nil {
			t.Errorf("%s: %v", s, err)
		}
	}
	c, err := NewCode(123456, bytes.NewReader([]byte{0, 0xbc, 0x61, 0x4e})) // 12345678
	if err != nil || c != "1234561234567853" {
		t.Errorf("%s %v", c, err)
	}
	if c.Format() != "1234\u00a05612\u00a03456\u00a07853" || c.LastSix() != "567853" || c.Device() != 123456 {
		t.Error(c.Format(), c.LastSix(), c.Device())
	}
	for _, s := range []string{"1234 5612 3456 7853", "1234\u00a05612\u00a03456\u00a07853", "1234-5612-3456-7853"} {
		if got, err := ParseCode(s); err != nil || got != c {
			t.Errorf("%q: %v", s, err)
		}
	}
	for _, s := range []string{"", "123456123456786", "12345612345678533", "1234561234567854", "123456123456786a", "１２３４５６１２３４５６７８５３"} {
		if got, err := ParseCode(s); err == nil {
			t.Errorf("%q was taken for %v", s, got)
		}
	}
}

// Every single wrong digit and every two neighbours exchanged are noticed.
func TestCodeCatchesSlips(t *testing.T) {
	for range 200 {
		c, err := NewCode(740123, rand.Reader)
		if err != nil || !c.Valid() {
			t.Fatal(c, err)
		}
		for i := range 16 {
			b := []byte(c)
			for d := byte('0'); d <= '9'; d++ {
				if b[i] = d; string(b) != string(c) && PersonCode(b).Valid() {
					t.Errorf("%s read as %s is not noticed", c, b)
				}
			}
			b = []byte(c)
			if i > 0 && b[i] != b[i-1] {
				if b[i], b[i-1] = b[i-1], b[i]; PersonCode(b).Valid() {
					t.Errorf("%s read as %s is not noticed", c, b)
				}
			}
		}
	}
}

func TestNewCodeRefuses(t *testing.T) {
	if _, err := NewCode(1_000_000, rand.Reader); err == nil {
		t.Error("a device number of seven digits was taken")
	}
	if _, err := NewCode(1, bytes.NewReader([]byte{1})); err == nil {
		t.Error("a dry source of randomness was not noticed")
	}
	// Numbers beyond the last full multiple of 10^8 are drawn again.
	c, err := NewCode(1, bytes.NewReader([]byte{0xff, 0xff, 0xff, 0xff, 0, 0, 0, 7}))
	if want := PersonCode(fmt.Sprintf("00000100000007%02d", 98-mod97("0000010000000700"))); err != nil || c != want {
		t.Error(c, err)
	}
}

func TestLastSixTyped(t *testing.T) {
	for in, want := range map[string]bool{"567853": true, " 56 7863": true, "56786": false, "5678633": false, "Lan 12": false, "": false} {
		if _, ok := LastSixTyped(in); ok != want {
			t.Errorf("%q: %v", in, ok)
		}
	}
}

func TestPhones(t *testing.T) {
	for in, want := range map[string]string{
		"0912345678":      "0912345678",
		"0912 345 678":    "0912345678",
		"0912.345.678":    "0912345678",
		"+84 912 345 678": "0912345678",
		"+84(0)912345678": "0912345678",
		"84912345678":     "0912345678",
		"0084912345678":   "0912345678",
		"01681234567":     "0381234567",
		"0120 1234567":    "0701234567",
		"01991234567":     "0591234567",
		"01861234567":     "0561234567",
		"01881234567":     "0581234567",
		"+84 168 1234567": "0381234567",
		"02438253531":     "02438253531",
		"+856 20 5551234": "+856205551234",
	} {
		if got, err := NormalPhone(in); err != nil || got != want {
			t.Errorf("%q: %q %v, want %q", in, got, err, want)
		}
	}
	for _, in := range []string{"", "0", "091234567", "09123456789", "01301234567", "0412345678", "912345678", "0912345678/0987654321", "không có", "+0912345678", "+84", "00"} {
		if got, err := NormalPhone(in); err == nil {
			t.Errorf("%q was taken for %q", in, got)
		}
	}
	for in, want := range map[string]string{
		"0912345678": "0912\u00a0345\u00a0678", "02438253531": "024\u00a03825\u00a03531",
		"02123852345": "0212\u00a0385\u00a02345", "+856205551234": "+856205551234", "x": "x",
	} {
		if got := FormatPhone(in); got != want {
			t.Errorf("%q prints as %q", in, got)
		}
	}
}
