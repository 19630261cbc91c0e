package synth

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

func withoutMarks(s string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(s) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case r == 'đ':
			b.WriteByte('d')
		case r == 'Đ':
			b.WriteByte('D')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

var tonePlaces = func() *strings.Replacer {
	var pairs []string
	for _, p := range []string{
		"òa oà", "óa oá", "ỏa oả", "õa oã", "ọa oạ", "òe oè", "óe oé", "ỏe oẻ", "õe oẽ", "ọe oẹ", "ùy uỳ", "úy uý", "ủy uỷ", "ũy uỹ", "ụy uỵ",
	} {
		old, other, _ := strings.Cut(p, " ")
		pairs = append(pairs, old+" ", other+" ")
	}
	return strings.NewReplacer(pairs...)
}()

// otherTonePlace writes Hoà for Hòa, at the end of syllables.
func otherTonePlace(s string) string {
	return strings.TrimSuffix(tonePlaces.Replace(s+" "), " ")
}

var yToI = map[rune]rune{'y': 'i', 'ý': 'í', 'ỳ': 'ì', 'ỷ': 'ỉ', 'ỹ': 'ĩ', 'ỵ': 'ị'}

// iForY writes Lí for Lý, Quí for Quý.
func iForY(s string) string {
	words := strings.Fields(s)
	for i, w := range words {
		last, size := utf8.DecodeLastRuneInString(w)
		to, ok := yToI[last]
		rest := w[:len(w)-size]
		before, _ := utf8.DecodeLastRuneInString(rest)
		vowel := strings.ContainsRune("aăâeêioôơuưAEIOU", before)
		if ok && rest != "" && (!vowel || strings.EqualFold(rest, "qu")) {
			words[i] = rest + string(to)
		}
	}
	return strings.Join(words, " ")
}

// oldPhone writes a mobile number of today as it was before 2018, if it is of that age.
func oldPhone(s string) string {
	if len(s) == 10 {
		if old, ok := before2018[s[:3]]; ok {
			return old + s[3:]
		}
	}
	return s
}

// before2018 are prefixes as they were; the plan is that of the Ministry of Information and Communications of May 2018.
var before2018 = map[string]string{
	"070": "0120", "079": "0121", "077": "0122", "076": "0126", "078": "0128", "083": "0123", "084": "0124", "085": "0125", "081": "0127",
	"082": "0129", "032": "0162", "033": "0163", "034": "0164", "035": "0165", "036": "0166", "037": "0167", "038": "0168", "039": "0169",
	"056": "0186", "058": "0188", "059": "0199",
}

// otherHamlet spells a hamlet another way.
func (m *maker) otherHamlet(s string) string {
	if s == "" {
		return s
	}
	fields := strings.Fields(s)
	kinds := map[string]bool{"Bản": true, "Thôn": true, "Ấp": true, "Xóm": true, "Buôn": true, "Làng": true, "Khóm": true}
	switch x := m.slips.IntN(4); {
	case x == 0 && len(fields) > 1 && kinds[fields[0]]:
		return strings.Join(fields[1:], " ")
	case x == 0 && strings.HasPrefix(s, "Tổ dân phố "):
		return "TDP " + strings.TrimPrefix(s, "Tổ dân phố ")
	case x == 1:
		return withoutMarks(s)
	case x == 2:
		return strings.ToUpper(s)
	}
	return strings.ToLower(s)
}

// neighbours of keys that a finger hits instead.
var neighbours = map[rune]string{
	'a': "sq", 'b': "vn", 'c': "xv", 'd': "sf", 'e': "wr", 'g': "fh", 'h': "gj", 'i': "uo", 'k': "jl", 'l': "k", 'm': "n", 'n': "mb",
	'o': "ip", 'p': "o", 'r': "et", 's': "ad", 't': "ry", 'u': "yi", 'v': "cb", 'x': "zc", 'y': "tu",
}

// typed lets a finger slip in one word of a name.
func (s *source) typed(name string) string {
	words := strings.Fields(name)
	if len(words) == 0 {
		return name
	}
	i := s.IntN(len(words))
	r := []rune(words[i])
	if len(r) < 2 {
		return name
	}
	at := s.between(1, len(r)-1)
	switch s.IntN(5) {
	case 0: // left out
		r = slices.Delete(r, at, at+1)
	case 1: // twice
		r = slices.Insert(r, at, r[at])
	case 2: // exchanged
		if at > 1 {
			r[at-1], r[at] = r[at], r[at-1]
		}
	case 3: // the key beside it
		if keys := neighbours[r[at]]; keys != "" {
			r[at] = rune(keys[s.IntN(len(keys))])
		}
	default: // another tone
		return strings.Join(append(append(slices.Clone(words[:i]), s.otherTone(words[i])), words[i+1:]...), " ")
	}
	words[i] = string(r)
	return strings.Join(words, " ")
}

// otherTone gives a syllable another tone: the key for the mark beside the right one was hit.
func (s *source) otherTone(word string) string {
	const tones = "\u0300\u0309\u0303\u0301\u0323"
	runes := []rune(norm.NFD.String(word))
	for i, r := range runes {
		if strings.ContainsRune(tones, r) {
			all := []rune(tones)
			runes[i] = all[s.IntN(len(all))]
		}
	}
	return norm.NFC.String(string(runes))
}

// short leaves out or cuts a middle name: Lò Mai, Lò T. Mai.
func (s *source) short(name string) string {
	words := strings.Fields(name)
	if len(words) < 3 {
		return name
	}
	if s.of(40) {
		first, _ := utf8.DecodeRuneInString(words[1])
		return strings.Join(append([]string{words[0], string(first) + "."}, words[2:]...), " ")
	}
	return words[0] + " " + words[len(words)-1]
}

// withoutMiddle leaves out one word between family and given name.
func (s *source) withoutMiddle(name string) string {
	words := strings.Fields(name)
	if len(words) < 3 || words[0] == "CB" {
		return name
	}
	at := s.between(1, len(words)-2)
	return strings.Join(slices.Delete(words, at, at+1), " ")
}

// otherDigit changes one of the last eight digits of a number, or swaps two of them.
func (s *source) otherDigit(number string) string {
	if len(number) != 12 {
		return number
	}
	b := []byte(number)
	at := s.between(4, 10)
	if s.of(40) {
		b[at], b[at+1] = b[at+1], b[at]
	} else {
		b[at] = '0' + (b[at]-'0'+byte(s.between(1, 9)))%10
	}
	return string(b)
}

// confused are sounds and letters that are heard as one, in the north or in the south.
var confused = []string{"Tr", "Ch", "S", "X", "D", "Gi", "L", "N", "Vũ", "Võ", "Hoàng", "Huỳnh", "Vy", "Vi", "uyn", "uin", "ang", "an", "ảo", "ão", "Kh", "H"}

// misheard writes one name as another that sounds like it.
func misheard(name string) string {
	words := strings.Fields(name)
	last := len(words) - 1
	for i := 0; i+1 < len(confused); i += 2 {
		for _, p := range [2][2]string{{confused[i], confused[i+1]}, {confused[i+1], confused[i]}} {
			if rest, ok := strings.CutPrefix(words[last], p[0]); ok && p[0] != words[last] {
				words[last] = p[1] + rest
				return strings.Join(words, " ")
			}
		}
	}
	return name
}
