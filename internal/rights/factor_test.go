package rights

import (
	"crypto/rand"
	"encoding/base32"
	"errors"
	"io"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

// The key and the codes of RFC 6238, appendix B, cut to six digits.
func TestFactorIsThatOfTheRFC(t *testing.T) {
	key := base32.StdEncoding.EncodeToString([]byte("12345678901234567890"))
	for at, want := range map[int64]string{59: "287082", 1111111109: "081804", 1234567890: "005924", 20000000000: "353130"} {
		if got, err := FactorCode(key, time.Unix(at, 0)); err != nil || got != want {
			t.Errorf("at %d: %s, %v, want %s", at, got, err, want)
		}
	}
}

func TestFactorStep(t *testing.T) {
	key, err := NewFactor(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Unix(1_800_000_015, 0)
	step := now.Unix() / factorPeriod
	code := func(steps int64) string {
		c, err := FactorCode(key, now.Add(time.Duration(steps*factorPeriod)*time.Second))
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	for off, want := range map[int64]int64{-2: 0, -1: step - 1, 0: step, 1: step + 1, 2: 0} {
		if got := FactorStep(key, code(off), now, 0); got != want {
			t.Errorf("the code of step %+d is taken as %d, want %d", off, got, want)
		}
	}
	// A code is not taken twice, nor one that came before the last that was.
	if FactorStep(key, code(0), now, step) != 0 || FactorStep(key, code(-1), now, step) != 0 || FactorStep(key, code(1), now, step) != step+1 {
		t.Error("the last step taken does not count")
	}
	if FactorStep(key, code(0), now, step+1000) != step {
		t.Error("a clock that was ahead locks somebody out")
	}
	spaced := code(0)[:3] + " " + code(0)[3:]
	if FactorStep(key, spaced, now, 0) != step {
		t.Error("a code as an app shows it, with a blank, is not taken")
	}
	for _, bad := range []string{"", "12345", "1234567", "abcdef"} {
		if FactorStep(key, bad, now, 0) != 0 {
			t.Errorf("%q is taken", bad)
		}
	}
	if FactorStep("not base32!", code(0), now, 0) != 0 {
		t.Error("a key that cannot be read takes a code")
	}
}

func TestFactorURL(t *testing.T) {
	u, err := url.Parse(FactorURL("ABC", "ha", "CDC tỉnh Điện Biên"))
	if err != nil || u.Scheme != "otpauth" || u.Host != "totp" || u.Path != "/tramy:ha (CDC tỉnh Điện Biên)" || u.Query().Get("secret") != "ABC" {
		t.Errorf("%v, %v", u, err)
	}
}

func TestRecoveryCodes(t *testing.T) {
	codes, hashes, err := NewRecovery(rand.Reader)
	if err != nil || len(codes) != RecoveryCodes || len(hashes) != RecoveryCodes {
		t.Fatalf("%d codes, %d hashes, %v", len(codes), len(hashes), err)
	}
	left, ok := UseRecovery(hashes, " "+strings.ToUpper(strings.ReplaceAll(codes[3], "-", " ")))
	if !ok || len(left) != RecoveryCodes-1 || slices.Contains(left, hashes[3]) || len(hashes) != RecoveryCodes {
		t.Errorf("%v, %d left", ok, len(left))
	}
	if _, ok := UseRecovery(left, codes[3]); ok {
		t.Error("a code is taken twice")
	}
	if _, ok := UseRecovery(nil, ""); ok {
		t.Error("nothing is a code")
	}
	if _, _, err := NewRecovery(iotest.ErrReader(io.ErrClosedPipe)); !errors.Is(err, io.ErrClosedPipe) {
		t.Error(err)
	}
	if _, err := NewFactor(iotest.ErrReader(io.ErrClosedPipe)); !errors.Is(err, io.ErrClosedPipe) {
		t.Error(err)
	}
}

func TestNeedsFactor(t *testing.T) {
	for _, r := range Roles() {
		if want := !slices.Contains([]Role{Nurse, Head, Family}, r); NeedsFactor(r) != want {
			t.Errorf("%s: %v", r, !want)
		}
	}
	if NeedsFactor(0) {
		t.Error("no role needs a second factor")
	}
}
