package rights

import (
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// Cost of a hash. OWASP's second choice for argon2id (19 MiB, two passes, one lane) and not RFC 9106's
// 64 MiB: a station is a laptop with 2–4 GB of memory, and tramy itself promises to stay under 60 MB.
const (
	argonMemoryKiB = 19 * 1024
	argonPasses    = 2
	argonLanes     = 1
	saltBytes      = 16
	hashBytes      = 32
)

// Bounds on what Verify will compute. A hash comes with a user entity from elsewhere; nobody may make a
// laptop spend a gigabyte on a log-in.
const (
	argonMemoryKiBMax = 64 * 1024
	argonPassesMax    = 10
	argonLanesMax     = 4
)

// Lengths of a password, in characters.
const (
	PasswordCharsMin = 8
	PasswordCharsMax = 128
)

// ErrPasswordHash says that a stored hash is not an argon2id PHC string that this program will compute.
var ErrPasswordHash = errors.New("not a usable argon2id hash")

// hashing holds one token: each hash takes 19 MiB, so they go one after another however many log in.
var hashing = make(chan struct{}, 1)

type phc struct {
	memoryKiB, passes uint32
	lanes             uint8
	salt, hash        []byte
}

// HashPassword returns the PHC string of a password ("$argon2id$v=19$m=…,t=…,p=…$salt$hash"), with a salt
// read from random. It does not judge the password: see CheckPassword. It fails only if random does.
func HashPassword(random io.Reader, password string) (string, error) {
	salt := make([]byte, saltBytes)
	if _, err := io.ReadFull(random, salt); err != nil {
		return "", fmt.Errorf("salt for a password: %w", err)
	}
	p := phc{memoryKiB: argonMemoryKiB, passes: argonPasses, lanes: argonLanes, salt: salt, hash: make([]byte, hashBytes)}
	p.hash = p.compute(password)
	return p.String(), nil
}

// VerifyPassword reports whether password is the one behind the PHC string. An empty string stands for
// an account that does not exist: the answer is no after the usual time, so that a clock does not tell
// which names exist. It fails with ErrPasswordHash.
func VerifyPassword(stored, password string) (bool, error) {
	if stored == "" {
		p := phc{memoryKiB: argonMemoryKiB, passes: argonPasses, lanes: argonLanes, salt: make([]byte, saltBytes), hash: make([]byte, hashBytes)}
		p.compute(password)
		return false, nil
	}
	p, err := parsePHC(stored)
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(p.compute(password), p.hash) == 1, nil
}

// compute hashes in NFC: keyboards send "ế" as one, two or three characters.
func (p phc) compute(password string) []byte {
	hashing <- struct{}{}
	defer func() { <-hashing }()
	return argon2.IDKey([]byte(norm.NFC.String(password)), p.salt, p.passes, p.memoryKiB, p.lanes, uint32(len(p.hash)))
}

// String returns the PHC string.
func (p phc) String() string {
	b64 := base64.RawStdEncoding.Strict()
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, p.memoryKiB, p.passes, p.lanes,
		b64.EncodeToString(p.salt), b64.EncodeToString(p.hash))
}

// parsePHC reads what String printed and nothing else.
func parsePHC(s string) (phc, error) {
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" {
		return phc{}, ErrPasswordHash
	}
	var p phc
	var version int
	if _, err := fmt.Sscanf(parts[2]+" "+parts[3], "v=%d m=%d,t=%d,p=%d", &version, &p.memoryKiB, &p.passes, &p.lanes); err != nil {
		return phc{}, ErrPasswordHash
	}
	var errSalt, errHash error
	b64 := base64.RawStdEncoding.Strict()
	p.salt, errSalt = b64.DecodeString(parts[4])
	p.hash, errHash = b64.DecodeString(parts[5])
	switch {
	case errSalt != nil || errHash != nil,
		version != argon2.Version,
		p.lanes < 1 || p.lanes > argonLanesMax,
		p.passes < 1 || p.passes > argonPassesMax,
		p.memoryKiB < 8*uint32(p.lanes) || p.memoryKiB > argonMemoryKiBMax,
		len(p.salt) < 8 || len(p.salt) > 64,
		len(p.hash) < 16 || len(p.hash) > 64,
		p.String() != s: // one spelling each: no signs, leading zeros or trailing text
		return phc{}, ErrPasswordHash
	}
	return p, nil
}

// PasswordFault says what is wrong with a password somebody chose.
type PasswordFault string

// The faults. They are part of catalogue keys and do not change.
const (
	PasswordShort    PasswordFault = "short"    // fewer than PasswordCharsMin characters
	PasswordLong     PasswordFault = "long"     // more than PasswordCharsMax characters
	PasswordGarbled  PasswordFault = "garbled"  // not valid UTF-8, or holds control characters
	PasswordName     PasswordFault = "name"     // is or holds the log-in name
	PasswordCommon   PasswordFault = "common"   // among those everybody tries first
	PasswordRepeated PasswordFault = "repeated" // fewer than four different characters
	PasswordSame     PasswordFault = "same"     // the one it should replace
)

// PasswordError says why a password was refused. It never holds the password.
type PasswordError struct{ Fault PasswordFault }

func (e *PasswordError) Error() string {
	switch e.Fault {
	case PasswordShort:
		return fmt.Sprintf("password: shorter than %d characters", PasswordCharsMin)
	case PasswordLong:
		return fmt.Sprintf("password: longer than %d characters", PasswordCharsMax)
	case PasswordGarbled:
		return "password: holds characters that cannot be typed"
	case PasswordName:
		return "password: holds the log-in name"
	case PasswordCommon:
		return "password: among those that everybody tries first"
	case PasswordSame:
		return "password: the one it should replace"
	}
	return "password: fewer than four different characters"
}

// What is tried first here, folded to lower case. Digits alone are the fashion, then the words of the work.
var commonPasswords = []string{
	"12345678", "123456789", "1234567890", "0123456789", "87654321", "11223344", "12341234", "123123123",
	"password", "password1", "passw0rd", "qwertyui", "qwerty123", "1q2w3e4r", "abcd1234", "abc12345",
	"iloveyou", "matkhau1", "matkhau123", "mật khẩu", "vietnam1", "vietnam123", "anhyeuem", "tiemchung",
	"tiêm chủng", "tiemchung1", "tiemchung123", "tramyte1", "tramyte123", "admin123", "admin1234", "yte12345",
}

// CheckPassword judges a password that somebody chose for the account login, and fails with
// *PasswordError. Length is asked for, kinds of characters are not: they lead to notes on the screen.
func CheckPassword(login, password string) error {
	if !utf8.ValidString(password) || strings.ContainsFunc(password, func(c rune) bool { return c < ' ' || c == 0x7f }) {
		return &PasswordError{PasswordGarbled}
	}
	password = strings.ToLower(norm.NFC.String(password))
	login = strings.ToLower(norm.NFC.String(login))
	different := map[rune]bool{}
	for _, c := range password {
		different[c] = true
	}
	switch n := utf8.RuneCountInString(password); {
	case n < PasswordCharsMin:
		return &PasswordError{PasswordShort}
	case n > PasswordCharsMax:
		return &PasswordError{PasswordLong}
	case len(different) < 4:
		return &PasswordError{PasswordRepeated}
	// A name of one or two letters is in too many good passwords to be a fault.
	case len(login) > 2 && strings.Contains(password, login):
		return &PasswordError{PasswordName}
	}
	for _, c := range commonPasswords {
		if password == c {
			return &PasswordError{PasswordCommon}
		}
	}
	return nil
}
