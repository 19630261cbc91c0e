package faulty

import (
	"encoding/binary"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// asUTF8 is UTF-8 without a mark.
func asUTF8(s string) []byte { return []byte(s) }

// asUTF16 is little-endian, as Excel's "Unicode text".
func asUTF16(s string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return b
}

// TCVN 5712:1993 as the .Vn fonts have it: small letters in the order of rows; a capital with a tone is the small
// letter's byte in a font of capitals, so it comes out small.
var tcvn3 = table8(
	"à\xb5 ả\xb6 ã\xb7 á\xb8 ạ\xb9 ă\xa8 ằ\xbb ẳ\xbc ẵ\xbd ắ\xbe ặ\xc6 â\xa9 ầ\xc7 ẩ\xc8 ẫ\xc9 ấ\xca ậ\xcb đ\xae " +
		"è\xcc ẻ\xce ẽ\xcf é\xd0 ẹ\xd1 ê\xaa ề\xd2 ể\xd3 ễ\xd4 ế\xd5 ệ\xd6 ì\xd7 ỉ\xd8 ĩ\xdc í\xdd ị\xde " +
		"ò\xdf ỏ\xe1 õ\xe2 ó\xe3 ọ\xe4 ô\xab ồ\xe5 ổ\xe6 ỗ\xe7 ố\xe8 ộ\xe9 ơ\xac ờ\xea ở\xeb ỡ\xec ớ\xed ợ\xee " +
		"ù\xef ủ\xf1 ũ\xf2 ú\xf3 ụ\xf4 ư\xad ừ\xf5 ử\xf6 ữ\xf7 ứ\xf8 ự\xf9 ỳ\xfa ỷ\xfb ỹ\xfc ý\xfd ỵ\xfe " +
		"Ă\xa1 Â\xa2 Ê\xa3 Ô\xa4 Ơ\xa5 Ư\xa6 Đ\xa7")

// VNI-Win: a vowel, and the mark in a second byte; a few letters have a byte of their own.
var vni = table8(
	"à=a\xf8 ả=a\xfb ã=a\xf5 á=a\xf9 ạ=a\xef ă=a\xea ằ=a\xe8 ẳ=a\xfa ẵ=a\xfc ắ=a\xe9 ặ=a\xeb â=a\xe2 ầ=a\xe0 ẩ=a\xe5 ẫ=a\xe3 ấ=a\xe1 ậ=a\xe4 đ=\xf1 " +
		"è=e\xf8 ẻ=e\xfb ẽ=e\xf5 é=e\xf9 ẹ=e\xef ê=e\xe2 ề=e\xe0 ể=e\xe5 ễ=e\xe3 ế=e\xe1 ệ=e\xe4 ì=\xec ỉ=\xe6 ĩ=\xf3 í=\xed ị=\xf2 " +
		"ò=o\xf8 ỏ=o\xfb õ=o\xf5 ó=o\xf9 ọ=o\xef ô=o\xe2 ồ=o\xe0 ổ=o\xe5 ỗ=o\xe3 ố=o\xe1 ộ=o\xe4 ơ=\xf4 ờ=\xf4\xf8 ở=\xf4\xfb ỡ=\xf4\xf5 ớ=\xf4\xf9 ợ=\xf4\xef " +
		"ù=u\xf8 ủ=u\xfb ũ=u\xf5 ú=u\xf9 ụ=u\xef ư=\xf6 ừ=\xf6\xf8 ử=\xf6\xfb ữ=\xf6\xf5 ứ=\xf6\xf9 ự=\xf6\xef ỳ=y\xf8 ỷ=y\xfb ỹ=y\xf5 ý=y\xf9 ỵ=\xee " +
		"À=A\xd8 Ả=A\xdb Ã=A\xd5 Á=A\xd9 Ạ=A\xcf Ă=A\xca Ằ=A\xc8 Ẳ=A\xda Ẵ=A\xdc Ắ=A\xc9 Ặ=A\xcb Â=A\xc2 Ầ=A\xc0 Ẩ=A\xc5 Ẫ=A\xc3 Ấ=A\xc1 Ậ=A\xc4 Đ=\xd1 " +
		"È=E\xd8 Ẻ=E\xdb Ẽ=E\xd5 É=E\xd9 Ẹ=E\xcf Ê=E\xc2 Ề=E\xc0 Ể=E\xc5 Ễ=E\xc3 Ế=E\xc1 Ệ=E\xc4 Ì=\xcc Ỉ=\xc6 Ĩ=\xd3 Í=\xcd Ị=\xd2 " +
		"Ò=O\xd8 Ỏ=O\xdb Õ=O\xd5 Ó=O\xd9 Ọ=O\xcf Ô=O\xc2 Ồ=O\xc0 Ổ=O\xc5 Ỗ=O\xc3 Ố=O\xc1 Ộ=O\xc4 Ơ=\xd4 Ờ=\xd4\xd8 Ở=\xd4\xdb Ỡ=\xd4\xd5 Ớ=\xd4\xd9 Ợ=\xd4\xcf " +
		"Ù=U\xd8 Ủ=U\xdb Ũ=U\xd5 Ú=U\xd9 Ụ=U\xcf Ư=\xd6 Ừ=\xd6\xd8 Ử=\xd6\xdb Ữ=\xd6\xd5 Ứ=\xd6\xd9 Ự=\xd6\xcf Ỳ=Y\xd8 Ỷ=Y\xdb Ỹ=Y\xd5 Ý=Y\xd9 Ỵ=\xce")

// table8 reads a list of letters, each with its bytes behind it.
func table8(list string) map[rune]string {
	out := map[rune]string{}
	for _, item := range strings.Fields(list) {
		for r := range strings.SplitSeq(item, "") {
			letter := []rune(r)[0]
			out[letter] = strings.TrimPrefix(item[len(r):], "=")
			break
		}
	}
	return out
}

// inBytes writes text in an encoding of one or two bytes a letter.
func inBytes(letters map[rune]string) func(string) []byte {
	return func(s string) []byte {
		var b []byte
		for _, r := range norm.NFC.String(s) {
			small := []rune(strings.ToLower(string(r)))[0]
			switch to, ok := letters[r]; {
			case ok:
				b = append(b, to...)
			case r < 0x80:
				b = append(b, byte(r))
			case letters[small] != "":
				b = append(b, letters[small]...)
			default:
				b = append(b, '?')
			}
		}
		return b
	}
}

// western keeps what Windows-1252 has and loses the rest to question marks, as Excel does when a register is
// saved as "CSV" on a machine set to English.
func western(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x80 || r >= 0xa0 && r <= 0xff {
			return r
		}
		return '?'
	}, norm.NFC.String(s))
}

func asWestern(s string) []byte {
	var b []byte
	for _, r := range western(s) {
		b = append(b, byte(r))
	}
	return b
}

// asUTF8Twice takes the bytes of UTF-8 for letters of Windows-1252, as Excel does with a CSV that has no mark, and
// writes those in UTF-8.
func asUTF8Twice(s string) []byte {
	var b strings.Builder
	for _, c := range []byte(norm.NFC.String(s)) {
		r := charmap.Windows1252.DecodeByte(c)
		if r == utf8.RuneError { // of the five bytes the page has no letter for, Windows keeps the number
			r = rune(c)
		}
		b.WriteRune(r)
	}
	return []byte(b.String())
}
