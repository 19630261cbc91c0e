package exchange_test

import (
	"crypto/rand"
	"errors"
	"reflect"
	"strings"
	"testing"

	"tramy/internal/exchange"
	"tramy/internal/registry"
)

func newCode(t testing.TB) *exchange.Code {
	t.Helper()
	c := &exchange.Code{
		Addresses: []string{"https://hub.example.vn:8790", "https://[2001:db8::1]:8790"}, Place: "Trạm Y tế xã Mường Nhà",
		Role: registry.NodeStation, ExpiresS: 1_795_000_000,
	}
	if _, err := rand.Read(c.Pin[:]); err != nil {
		t.Fatal(err)
	}
	rand.Read(c.Secret[:])
	return c
}

func TestCodeTextRoundTrip(t *testing.T) {
	c := newCode(t)
	text, err := c.Text()
	if err != nil {
		t.Fatal(err)
	}
	for name, pasted := range map[string]string{
		"as printed": text, "lower case": strings.ToLower(text), "with spaces": strings.ReplaceAll(text, "-", "- "),
		"over lines": "\r\n  " + strings.Join(split(text, 40), "\r\n") + "\n", "without groups": "TRAMY-" + strings.ReplaceAll(text[6:], "-", ""),
	} {
		got, err := exchange.ParseCode(pasted)
		if err != nil || !reflect.DeepEqual(got, c) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func split(s string, n int) (parts []string) {
	for len(s) > n {
		parts, s = append(parts, s[:n]), s[n:]
	}
	return append(parts, s)
}

// Any one character mistyped, left out or doubled, any end cut off: the code is refused, or it is the same
// code (the last character has bits to spare).
func TestMistypedCodeIsNoOther(t *testing.T) {
	c := newCode(t)
	text, err := c.Text()
	if err != nil {
		t.Fatal(err)
	}
	refused := 0
	try := func(what, s string) {
		t.Helper()
		got, err := exchange.ParseCode(s)
		switch {
		case err == nil && !reflect.DeepEqual(got, c):
			t.Errorf("%s: another code: %+v", what, got)
		case err != nil && !errors.Is(err, exchange.ErrCodeText):
			t.Errorf("%s: %v", what, err)
		case err != nil:
			refused++
		}
	}
	n := 0
	for i := range text {
		if i > 0 {
			try("cut", text[:i])
			n++
		}
		if text[i] == '-' {
			continue
		}
		for _, r := range "A2Z1" {
			if byte(r) != text[i] {
				try("mistyped", text[:i]+string(r)+text[i+1:])
				n++
			}
		}
		try("left out", text[:i]+text[i+1:])
		n++
	}
	if refused < n-8 {
		t.Errorf("only %d of %d mistakes were noticed", refused, n)
	}
	for name, s := range map[string]string{
		"empty": "", "prefix": "TRAMY-", "another's": "TIMCH-" + text[6:], "no prefix": text[6:], "long": text + strings.Repeat("A", 4096),
		"not base32": "TRAMY-0189!", "check alone": "TRAMY-AAAAAAA", "twice": text + text,
	} {
		if _, err := exchange.ParseCode(s); !errors.Is(err, exchange.ErrCodeText) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzParseCode: what people paste never panics, and what is read is written again.
func FuzzParseCode(f *testing.F) {
	c := newCode(f)
	text, err := c.Text()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add("TRAMY-")
	f.Fuzz(func(t *testing.T, s string) {
		c, err := exchange.ParseCode(s)
		if err != nil {
			return
		}
		text, err := c.Text()
		if err != nil {
			t.Fatal(err)
		}
		if again, err := exchange.ParseCode(text); err != nil || !reflect.DeepEqual(again, c) {
			t.Fatalf("%+v is read again as %+v, %v", c, again, err)
		}
	})
}
