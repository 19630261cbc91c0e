package registry

import (
	"errors"
	"strings"
)

// ErrPhone says that a text is not a phone number that could be called.
var ErrPhone = errors.New("not a phone number")

// Old mobile prefixes of eleven-digit numbers and what the renumbering of September to November 2018 made
// of them (plan of the Ministry of Information and Communications of May 2018).
var renumbered = map[string]string{
	"0120": "070", "0121": "079", "0122": "077", "0126": "076", "0128": "078",
	"0123": "083", "0124": "084", "0125": "085", "0127": "081", "0129": "082",
	"0162": "032", "0163": "033", "0164": "034", "0165": "035", "0166": "036", "0167": "037", "0168": "038", "0169": "039",
	"0186": "056", "0188": "058", "0199": "059",
}

// NormalPhone brings a phone number into the form that is kept and compared: a Vietnamese one as digits
// with the leading 0 (+84 and 84 taken off, mobile numbers of before 2018 renumbered), a foreign one as
// + and digits. The error is ErrPhone.
func NormalPhone(s string) (string, error) {
	s = strings.TrimSpace(s)
	plus := strings.HasPrefix(s, "+")
	var b strings.Builder
	for _, r := range strings.TrimPrefix(s, "+") {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case strings.ContainsRune(" .-()\t\u00a0\u2009\u202f\u2011\u2013", r):
		default:
			return "", ErrPhone
		}
	}
	d := b.String()
	if strings.HasPrefix(d, "00") {
		plus, d = true, d[2:]
	}
	switch {
	case strings.HasPrefix(d, "84") && (plus || len(d) >= 11):
		// +84 (0)912… is written too.
		d = "0" + strings.TrimPrefix(d[2:], "0")
	case plus:
		if len(d) < 8 || len(d) > 15 || d[0] == '0' {
			return "", ErrPhone
		}
		return "+" + d, nil
	}
	if len(d) == 11 {
		if now, ok := renumbered[d[:4]]; ok {
			d = now + d[4:]
		}
	}
	if !vietnamese(d) {
		return "", ErrPhone
	}
	return d, nil
}

// vietnamese reports whether d is a mobile number (ten digits) or a landline with its area code.
func vietnamese(d string) bool {
	if len(d) < 10 || d[0] != '0' {
		return false
	}
	switch d[1] {
	case '3', '5', '7', '8', '9':
		return len(d) == 10
	case '2':
		return len(d) == 10 || len(d) == 11
	}
	return false
}

// FormatPhone prints a normalised number in groups held together by no-break spaces: 0912 345 678,
// 024 3825 3531, 0212 385 2345. Anything else is printed as it is.
func FormatPhone(s string) string {
	const gap = "\u00a0"
	if !vietnamese(s) || strings.Trim(s, "0123456789") != "" {
		return s
	}
	if s[1] != '2' {
		return s[:4] + gap + s[4:7] + gap + s[7:]
	}
	// Hà Nội and Hồ Chí Minh City have area codes of three digits, all others of four.
	area := 4
	if strings.HasPrefix(s, "024") || strings.HasPrefix(s, "028") {
		area = 3
	}
	mid := len(s) - 4
	return s[:area] + gap + s[area:mid] + gap + s[mid:]
}
