package rights

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"golang.org/x/text/unicode/norm"
)

func TestHashAndVerify(t *testing.T) {
	salt := strings.NewReader("0123456789abcdef")
	stored, err := HashPassword(salt, "đường đến trạm")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(stored, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Fatalf("PHC string %q", stored)
	}
	for password, want := range map[string]bool{
		"đường đến trạm":                  true,
		norm.NFD.String("đường đến trạm"): true, // the same keys on another keyboard
		"đường đến tram":                  false,
		"":                                false,
	} {
		if got, err := VerifyPassword(stored, password); err != nil || got != want {
			t.Errorf("VerifyPassword(%q) = %v, %v", password, got, err)
		}
	}
	if ok, err := VerifyPassword("", "đường đến trạm"); ok || err != nil {
		t.Errorf("an account that does not exist: %v, %v", ok, err)
	}
	if _, err := HashPassword(iotest.ErrReader(io.ErrClosedPipe), "x"); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("without randomness: %v", err)
	}
}

// A vector of the reference implementation (t=2, 256 KiB, one lane, "password", "somesalt").
func TestVerifyForeignHash(t *testing.T) {
	const stored = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"
	if ok, err := VerifyPassword(stored, "password"); !ok || err != nil {
		t.Errorf("VerifyPassword = %v, %v", ok, err)
	}
}

func TestVerifyRefusesBadHashes(t *testing.T) {
	good, err := HashPassword(bytes.NewReader(make([]byte, saltBytes)), "secret")
	if err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string]string{
		"plain":           "secret",
		"other algorithm": strings.Replace(good, "argon2id", "argon2i", 1),
		"other version":   strings.Replace(good, "v=19", "v=16", 1),
		"a gigabyte":      strings.Replace(good, "m=19456", "m=1048576", 1),
		"no memory":       strings.Replace(good, "m=19456", "m=1", 1),
		"no passes":       strings.Replace(good, "t=2", "t=0", 1),
		"many passes":     strings.Replace(good, "t=2", "t=11", 1),
		"many lanes":      strings.Replace(good, "p=1", "p=5", 1),
		"no lanes":        strings.Replace(good, "p=1", "p=0", 1),
		"leading zero":    strings.Replace(good, "t=2", "t=02", 1),
		"trailing text":   strings.Replace(good, "p=1", "p=1,x=2", 1),
		"padded":          good + "=",
		"no hash":         good[:strings.LastIndexByte(good, '$')+1],
		"cut":             good[:len(good)-30],
		"more parts":      good + "$",
	} {
		if bad == good {
			t.Fatalf("%s: the bad hash is the good one", name)
		}
		if ok, err := VerifyPassword(bad, "secret"); ok || !errors.Is(err, ErrPasswordHash) {
			t.Errorf("%s: %v, %v", name, ok, err)
		}
	}
}

func TestCheckPassword(t *testing.T) {
	for password, fault := range map[string]PasswordFault{
		"bốn con mèo ngủ":        "",
		"7 sao trên trời":        "",
		"đườngđèo":               "", // eight characters, more bytes
		"đường":                  PasswordShort,
		"":                       PasswordShort,
		"aaaaaaaaaaaa":           PasswordRepeated,
		"12121212123":            PasswordRepeated,
		"12345678":               PasswordCommon,
		"MatKhau123":             PasswordCommon,
		"Tiêm Chủng":             PasswordCommon,
		"xin chào Lan.Nguyen!":   PasswordName,
		"tab\tin the middle":     PasswordGarbled,
		"\xff\xfe bytes of what": PasswordGarbled,
		strings.Repeat("abcd", PasswordCharsMax/4):       "",
		strings.Repeat("abcd", PasswordCharsMax/4) + "e": PasswordLong,
	} {
		err := CheckPassword("lan.nguyen", password)
		var got *PasswordError
		switch {
		case fault == "" && err != nil:
			t.Errorf("%q refused: %v", password, err)
		case fault != "" && (!errors.As(err, &got) || got.Fault != fault):
			t.Errorf("%q: %v, want fault %q", password, err, fault)
		case fault != "" && password != "" && strings.Contains(err.Error(), password):
			t.Errorf("the error tells the password: %v", err)
		}
	}
	if err := CheckPassword("an", "con đường an toàn"); err != nil {
		t.Errorf("a short name inside a long password: %v", err)
	}
}

func BenchmarkHashPassword(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := HashPassword(bytes.NewReader(make([]byte, saltBytes)), "đường đến trạm"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerifyPassword(b *testing.B) {
	stored, err := HashPassword(bytes.NewReader(make([]byte, saltBytes)), "đường đến trạm")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if ok, err := VerifyPassword(stored, "đường đến trạm"); !ok || err != nil {
			b.Fatal(ok, err)
		}
	}
}
