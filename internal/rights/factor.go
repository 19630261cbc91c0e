package rights

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
)

// A second factor is a time-based one-time password as RFC 6238 has it, as every app for it can: SHA-1, six digits, 30 seconds.
const (
	factorPeriod   = 30 // seconds
	factorSkew     = 1  // steps before and after the present one that are taken: phones' clocks
	factorKeyBytes = 20
	factorIssuer   = "tramy"
	RecoveryCodes  = 8 // how many are made at once
	recoveryChars  = 12
)

var factorEncoding = base32.StdEncoding.WithPadding(base32.NoPadding)

// NeedsFactor reports whether a role is one that a hub may ask a second factor of: who sees more than one station's children, or
// keeps the accounts.
func NeedsFactor(r Role) bool {
	return r == Region || r == Province || r == Central || r == Admin
}

// NewFactor returns the key of a new second factor, in base32. It fails only if random does.
func NewFactor(random io.Reader) (string, error) {
	b := make([]byte, factorKeyBytes)
	if _, err := io.ReadFull(random, b); err != nil {
		return "", fmt.Errorf("key of a second factor: %w", err)
	}
	return factorEncoding.EncodeToString(b), nil
}

// FactorURL is what an app reads from the picture of a key. It is a secret.
func FactorURL(key, login, place string) string {
	label := factorIssuer + ":" + login
	if place != "" {
		label += " (" + place + ")"
	}
	v := url.Values{"secret": {key}, "issuer": {factorIssuer}, "algorithm": {"SHA1"}, "digits": {"6"}, "period": {fmt.Sprint(factorPeriod)}}
	// Apps read a plus as a plus.
	return "otpauth://totp/" + url.PathEscape(label) + "?" + strings.ReplaceAll(v.Encode(), "+", "%20")
}

// FactorStep returns the step to which a code belongs, if it is right at now or one step beside it and comes after the last one that
// was taken; 0 if it is not. Who keeps the step sees to it that a code is taken once.
func FactorStep(key, code string, now time.Time, last int64) int64 {
	code = digitsOf(code)
	at := now.Unix() / factorPeriod
	if last > at+factorSkew { // the clock was ahead when it was taken; nobody waits until it is that late
		last = 0
	}
	for step := at - factorSkew; step <= at+factorSkew; step++ {
		if step <= last || step < 1 {
			continue
		}
		ok, err := hotp.ValidateCustom(code, uint64(step), key, hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err == nil && ok {
			return step
		}
	}
	return 0
}

// FactorCode is the code of a moment: what an app shows.
func FactorCode(key string, now time.Time) (string, error) {
	return hotp.GenerateCodeCustom(key, uint64(now.Unix()/factorPeriod), hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
}

// digitsOf takes out the blanks with which apps show a code.
func digitsOf(code string) string { return strings.Join(strings.Fields(code), "") }

// Letters of codes that are read out and typed: none look alike.
const readable = "abcdefghjkmnpqrstuvwxyz23456789"

// ReadableCode makes a code of groups of four letters, for hands and voices. It fails only if random does.
func ReadableCode(random io.Reader, chars int) (string, error) {
	var out strings.Builder
	b := make([]byte, 1)
	for n := 0; n < chars; {
		if _, err := io.ReadFull(random, b); err != nil {
			return "", fmt.Errorf("a code: %w", err)
		}
		// Bytes beyond the last whole round would make some letters likelier than others.
		if int(b[0]) >= 256/len(readable)*len(readable) {
			continue
		}
		if n > 0 && n%4 == 0 {
			out.WriteByte('-')
		}
		out.WriteByte(readable[int(b[0])%len(readable)])
		n++
	}
	return out.String(), nil
}

// NewRecovery returns codes that each replace the app once, and what is kept of them. They are random enough for a fast hash. It fails
// only if random does.
func NewRecovery(random io.Reader) (codes, hashes []string, err error) {
	for range RecoveryCodes {
		code, err := ReadableCode(random, recoveryChars)
		if err != nil {
			return nil, nil, err
		}
		codes, hashes = append(codes, code), append(hashes, recoveryHash(code))
	}
	return codes, hashes, nil
}

// UseRecovery returns what is left of the hashes when a code was used, and whether it was one of them.
func UseRecovery(hashes []string, code string) (left []string, ok bool) {
	i := slices.Index(hashes, recoveryHash(code))
	if i < 0 {
		return hashes, false
	}
	return slices.Delete(slices.Clone(hashes), i, i+1), true
}

// recoveryHash hashes a code as somebody types it: with or without the lines between the groups.
func recoveryHash(code string) string {
	code = strings.ToLower(strings.ReplaceAll(digitsOf(code), "-", ""))
	sum := sha256.Sum256([]byte("tramy recovery code\x00" + code))
	return hex.EncodeToString(sum[:16])
}
