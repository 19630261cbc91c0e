package sheet

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// The tables of the old encodings, written down from the standards: TCVN 5712:1993 (VN1, of which VN3 or "ABC" is
// the part that the fonts .VnTime have), VNI's for Windows (a letter and after it its mark), and VIQR of RFC 1456.

// tcvnHigh are the letters of TCVN 5712:1993 VN1 from 0x80 on; the five at 0xB0 are tones of their own.
const tcvnHigh = "ÀẢÃÁẠẶẬÈẺẼÉẸỆÌỈĨ" + "ÍỊÒỎÕÓỌỘỜỞỠỚỢÙỦŨ" + "\u00a0ĂÂÊÔƠƯĐăâêôơưđẰ" + "\u0300\u0309\u0303\u0301\u0323àảãáạẲằẳẵắẴ" +
	"ẮẦẨẪẤỀặầẩẫấậèỂẻẽ" + "éẹềểễếệìỉỄẾỒĩíịò" + "Ổỏõóọồổỗốộờởỡớợù" + "ỖủũúụừửữứựỳỷỹýỵỐ"

// tcvnLow are those it puts among the control characters.
var tcvnLow = map[byte]rune{
	0x01: 'Ú', 0x02: 'Ụ', 0x04: 'Ừ', 0x05: 'Ử', 0x06: 'Ữ', 0x11: 'Ứ', 0x12: 'Ự', 0x13: 'Ỳ', 0x14: 'Ỷ', 0x15: 'Ỹ', 0x16: 'Ý', 0x17: 'Ỵ',
}

var tcvnTable = func() (t [256]rune) {
	for b, r := range tcvnLow {
		t[b] = r
	}
	b := 0x80
	for _, r := range tcvnHigh {
		t[b] = r
		b++
	}
	return t
}()

// vniMarks are the marks VNI puts behind a, e, o, u, y (first the tones, then what changes the letter, with tones),
// lower case; upper case is 0x20 below. Letters that stand alone are in vniAlone.
var vniMarks = map[byte]string{ // the mark to what it adds, decomposed
	0xf9: "\u0301", 0xf8: "\u0300", 0xfb: "\u0309", 0xf5: "\u0303", 0xef: "\u0323",
	0xe2: "\u0302", 0xe1: "\u0302\u0301", 0xe0: "\u0302\u0300", 0xe5: "\u0302\u0309", 0xe3: "\u0302\u0303", 0xe4: "\u0302\u0323",
	0xea: "\u0306", 0xe9: "\u0306\u0301", 0xe8: "\u0306\u0300", 0xfa: "\u0306\u0309", 0xfc: "\u0306\u0303", 0xeb: "\u0306\u0323",
}

var vniAlone = map[byte]rune{
	0xf4: 'ơ', 0xf6: 'ư', 0xed: 'í', 0xec: 'ì', 0xe6: 'ỉ', 0xf3: 'ĩ', 0xf2: 'ị', 0xee: 'ỵ', 0xf1: 'đ',
}

// viqrMarks are the signs of VIQR behind a vowel.
var viqrMarks = map[rune]rune{
	'\'': '\u0301', '`': '\u0300', '?': '\u0309', '~': '\u0303', '.': '\u0323', '^': '\u0302', '(': '\u0306', '+': '\u031b',
}

// toBytes returns the byte each letter stood for, whether it came as itself or through Windows' western page.
func toBytes(text string) ([]byte, bool) {
	out := make([]byte, 0, len(text))
	for _, r := range text {
		if r < 0x100 {
			out = append(out, byte(r))
			continue
		}
		b, ok := charmap.Windows1252.EncodeRune(r)
		if !ok {
			return nil, false
		}
		out = append(out, b)
	}
	return out, true
}

// convert reads a text as one of the old encodings; false if it cannot be in it.
func convert(e Encoding, text string) (string, bool) {
	if e == VIQR {
		return fromVIQR(text), true
	}
	b, ok := toBytes(text)
	if !ok {
		return text, false
	}
	switch e {
	case TCVN3:
		return fromTCVN3(b), true
	case VNI:
		return fromVNI(b), true
	case CP1258:
		out, err := charmap.Windows1258.NewDecoder().Bytes(b)
		return norm.NFC.String(string(out)), err == nil
	case UTF8Twice:
		if !utf8.Valid(b) {
			return text, false
		}
		return norm.NFC.String(string(b)), true
	}
	return text, true
}

func fromTCVN3(b []byte) string {
	var out strings.Builder
	for _, c := range b {
		if r := tcvnTable[c]; r != 0 {
			out.WriteRune(r)
		} else {
			out.WriteByte(c)
		}
	}
	return capitals(b, norm.NFC.String(out.String()))
}

// capitals writes a text in capitals whose plain letters are: the fonts .VnTime have no capitals with tones, those who
// wrote LÊ THỊ HÀ took small ones, or the font .VnTimeH.
func capitals(b []byte, text string) string {
	run, most := 0, 0
	for _, c := range b {
		switch {
		case c >= 'a' && c <= 'z':
			return text
		case c >= 'A' && c <= 'Z':
			run++
			most = max(most, run)
		case c < 0x80:
			run = 0
		}
	}
	if most < 2 {
		return text
	}
	return strings.ToUpper(text)
}

func fromVNI(b []byte) string {
	var out strings.Builder
	for i := 0; i < len(b); i++ {
		c := b[i]
		base, upper := rune(c), c >= 'A' && c <= 'Z' || c >= 0xc0 && c < 0xe0
		lower := c
		if upper {
			lower += 0x20
		}
		alone, isAlone := vniAlone[lower]
		if isAlone {
			if base = alone; upper {
				base = unicode.ToUpper(base)
			}
		}
		if i+1 < len(b) && (strings.IndexByte("aeouy", lower) >= 0 || alone == 'ơ' || alone == 'ư') {
			next := b[i+1]
			if next >= 0xc0 && next < 0xe0 {
				next += 0x20
			}
			mark, ok := vniMarks[next]
			// Letters that have a mark of their own take tones only; â and ă are a's, â e's and o's as well.
			if ok && fitsVNI(lower, mark) {
				out.WriteString(norm.NFC.String(string(base) + mark))
				i++
				continue
			}
		}
		if base == rune(c) && c >= 0x80 {
			out.WriteRune(rune(c))
			continue
		}
		out.WriteRune(base)
	}
	return norm.NFC.String(out.String())
}

func fitsVNI(letter byte, mark string) bool {
	switch {
	case strings.HasPrefix(mark, "\u0302"):
		return letter == 'a' || letter == 'e' || letter == 'o'
	case strings.HasPrefix(mark, "\u0306"):
		return letter == 'a'
	}
	return true
}

func fromVIQR(text string) string {
	var out []rune
	runes := []rune(text)
	for i := 0; i < len(runes); i++ {
		r := runes[i]
		switch {
		case r == '\\' && i+1 < len(runes):
			i++
			out = append(out, runes[i])
			continue
		case (r == 'd' || r == 'D') && i+1 < len(runes) && (runes[i+1] == 'd' || runes[i+1] == 'D'):
			letter := 'đ'
			if r == 'D' {
				letter = 'Đ'
			}
			out = append(out, letter)
			i++
			continue
		}
		out = append(out, r)
		if !strings.ContainsRune("aeiouyAEIOUY", r) {
			continue
		}
		letter := string(r)
		for i+1 < len(runes) {
			mark, ok := viqrMarks[runes[i+1]]
			with := norm.NFC.String(letter + string(mark))
			if !ok || utf8.RuneCountInString(with) > 1 || !vietnamese(with) {
				break
			}
			letter = with
			i++
		}
		out = append(out[:len(out)-1], []rune(letter)...)
	}
	return string(out)
}

// vietnameseLetters are the vowels with marks, and đ.
const vietnameseLetters = "àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ"

func vietnamese(letter string) bool {
	return strings.Contains(vietnameseLetters, strings.ToLower(letter))
}

// onlyUnicode reports whether a text has letters that no byte of an old encoding shows as: it is right already.
func onlyUnicode(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool {
		return r >= 0x1ea0 && r <= 0x1ef9 || slices.Contains([]rune{'ă', 'Ă', 'đ', 'Đ', 'ĩ', 'Ĩ', 'ũ', 'Ũ', 'ơ', 'Ơ', 'ư', 'Ư'}, r)
	})
}

// decodeText converts a text out of the encoding of a column in which there is no other.
func decodeText(e Encoding, text string) string {
	text, _ = decodeCell(e, false, text)
	return text
}

// decodeCell converts a cell's text out of the encoding of its column. Text that is right already stays. Where both
// occur in a column, doubt is the other reading of what may be either: "Thò" is Thò, or Thị in VNI.
func decodeCell(e Encoding, mixed bool, text string) (out, doubt string) {
	if e == Unicode || e == UTF16 || text == "" || e != VIQR && ascii(text) || onlyUnicode(text) {
		return text, ""
	}
	decoded, ok := convert(e, text)
	decoded = cleanCell(decoded)
	if !ok || decoded == text {
		return text, ""
	}
	if !allSyllables(text) {
		return decoded, ""
	}
	switch {
	case !allSyllables(decoded) || innerCapital(decoded) && !innerCapital(text):
		return text, ""
	case mixed:
		return text, decoded
	}
	return decoded, ""
}

// innerCapital reports whether a capital stands behind another letter, as in HỔ, which is what Hà is to TCVN3.
func innerCapital(text string) bool {
	before := false
	for _, r := range text {
		if before && unicode.IsUpper(r) {
			return true
		}
		before = unicode.IsLetter(r)
	}
	return false
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// allSyllables reports whether all words with marks are Vietnamese syllables.
func allSyllables(text string) bool {
	for _, w := range wordsOf(text) {
		if !ascii(w) && !syllable(w) {
			return false
		}
	}
	return true
}

// wordsOf cuts at what is neither a letter nor a sign that an old encoding may mean as one.
func wordsOf(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool {
		return r < utf8.RuneSelf && !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z')
	})
}

// decodeTitle converts a title, about which there is no statistics but itself.
func decodeTitle(text string) string {
	if onlyUnicode(text) || ascii(text) && !viqrSigns(text) {
		return text
	}
	var st letterStats
	st.add(text)
	e, _ := st.best(1)
	return decodeText(e, text)
}

// viqrSigns reports whether a vowel is followed by a sign that plain text does not put there.
func viqrSigns(text string) bool {
	for i := 1; i < len(text); i++ {
		if strings.IndexByte("^(+~`", text[i]) >= 0 && strings.IndexByte("aeiouyAEIOUY", text[i-1]) >= 0 && i+1 < len(text) && text[i+1] != ' ' {
			return true
		}
	}
	return false
}

// damaged reports whether letters of a text are lost: what no program could read, or a question mark for each.
func damaged(text string, name bool) bool {
	if strings.ContainsRune(text, '\ufffd') || name && strings.ContainsRune(text, '?') {
		return true
	}
	for i := 1; i+1 < len(text); i++ {
		if text[i] == '?' && letterAt(text, i-1) && letterAt(text, i+1) {
			return true
		}
	}
	return false
}

func letterAt(s string, i int) bool {
	c := s[i]
	return c >= utf8.RuneSelf || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
