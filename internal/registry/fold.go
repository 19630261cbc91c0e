package registry

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// tones in the order of Vietnamese dictionaries after the unmarked one: huyền, hỏi, ngã, sắc, nặng.
const tones = "\u0300\u0309\u0303\u0301\u0323"

// Fold brings a name or place into the form in which it is searched: lower case, no diacritics, đ as d,
// single spaces, no zero-width characters. It is the same for NFC and NFD, for HOÀ, Hòa and hoa. An
// apostrophe after a single letter parts words (H' Hen and H'Hen give "h hen"), inside a word it goes
// (Ch'ơm gives "chom"). Fold(Fold(s)) = Fold(s).
func Fold(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range norm.NFD.String(strings.ToValidUTF8(s, " ")) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case zeroWidth(r):
		default:
			b.WriteRune(foldLetter(unicode.ToLower(r)))
		}
	}
	// Lower-casing can bring a combining mark of its own (İ), hence the second look.
	t := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(b.String()))
	return strings.Join(foldWords(t), " ")
}

// foldWords cuts at blanks and punctuation and settles apostrophes.
func foldWords(s string) []string {
	var words []string
	for _, word := range strings.FieldsFunc(s, func(r rune) bool {
		return !apostrophe(r) && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}) {
		for {
			i := strings.IndexFunc(word, apostrophe)
			if i < 0 {
				break
			}
			_, rest, _ := cutApostrophe(word)
			if len([]rune(word[:i])) == 1 {
				words = append(words, word[:i])
				word = rest
			} else {
				word = word[:i] + rest
			}
		}
		if word != "" {
			words = append(words, word)
		}
	}
	return words
}

func cutApostrophe(s string) (before, after string, found bool) {
	for i, r := range s {
		if apostrophe(r) {
			return s[:i], s[i+len(string(r)):], true
		}
	}
	return s, "", false
}

func apostrophe(r rune) bool {
	switch r {
	case '\'', '`', '\u00b4', '\u2018', '\u2019', '\u02bc', '\u02b9', '\u2032', '\uff07':
		return true
	}
	return false
}

// foldLetter maps the letters that have no decomposition: đ, and what is typed in its place by mistake
// (eth, African d), and the b with stroke of Ê Đê and Gia Rai names.
func foldLetter(r rune) rune {
	switch r {
	case 'đ', 'ð', 'ɖ', 'ƌ':
		return 'd'
	case 'ƀ', 'ɓ':
		return 'b'
	}
	return r
}

// FoldMarked brings a name into the form in which exact spellings are compared: as Fold, but marks stay,
// with the tone where it belongs, so that hòa and hoà, qúy and quý, thuỷ and thủy are equal and hòa and
// hoa are not.
func FoldMarked(s string) string {
	s = norm.NFC.String(strings.ToLower(norm.NFC.String(strings.ToValidUTF8(s, " "))))
	s = strings.Map(func(r rune) rune {
		switch {
		case zeroWidth(r):
			return -1
		case r == 'ð', r == 'ɖ', r == 'ƌ':
			return 'đ'
		case apostrophe(r):
			return '\''
		}
		return r
	}, s)
	words := strings.FieldsFunc(s, func(r rune) bool {
		return r != '\'' && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.M, r)
	})
	for i, w := range words {
		words[i] = placeTone(w)
	}
	s = strings.Join(words, " ")
	return strings.ReplaceAll(s, "' ", "'")
}

// placeTone moves the tone of a syllable to where the older and more frequent spelling has it. A word
// that is no Vietnamese syllable stays as it is.
func placeTone(word string) string {
	var letters []string // each with its marks, but without tone
	tone := rune(0)
	for _, r := range norm.NFD.String(word) {
		switch {
		case strings.ContainsRune(tones, r):
			if tone != 0 || len(letters) == 0 || !vowel(letters[len(letters)-1]) {
				return norm.NFC.String(word)
			}
			tone = r
		case unicode.Is(unicode.Mn, r) && len(letters) > 0:
			letters[len(letters)-1] += string(r)
		default:
			letters = append(letters, string(r))
		}
	}
	if tone == 0 {
		return norm.NFC.String(word)
	}
	first, last, ok := vowels(letters)
	if !ok {
		return norm.NFC.String(word)
	}
	letters[tonePlace(letters, first, last)] += string(tone)
	return norm.NFC.String(strings.Join(letters, ""))
}

func vowel(letter string) bool { return strings.IndexByte("aeiouy", letter[0]) >= 0 }

// vowels finds the syllable's run of vowels [first, last); u after q and i of gi before another vowel
// belong to the consonant. False if there is more than one run.
func vowels(letters []string) (first, last int, ok bool) {
	for first < len(letters) && !vowel(letters[first]) {
		first++
	}
	for last = first; last < len(letters) && vowel(letters[last]); last++ {
	}
	if slices.ContainsFunc(letters[last:], vowel) || first == last {
		return 0, 0, false
	}
	if last-first > 1 && first > 0 {
		if onset := letters[first-1] + letters[first]; onset == "qu" || onset == "gi" && first == 1 {
			first++
		}
	}
	return first, last, true
}

// tonePlace returns the letter that carries the tone: the last one with a mark of its own, else the
// second of three or of two before a consonant, else the first.
func tonePlace(letters []string, first, last int) int {
	for i := last - 1; i >= first; i-- {
		if len(letters[i]) > 1 {
			return i
		}
	}
	if n := last - first; n >= 3 || n == 2 && last < len(letters) {
		return first + 1
	}
	return first
}

// loosen makes spellings equal that differ only in i and y (Lý and Lí, Mỹ and Mĩ, Quý and Quí, Quỳnh and
// Quình) in a folded word: y after a consonant, or after qu, becomes i. Thúy and Thúi stay apart.
func loosen(word string) string {
	if strings.IndexByte(word, 'y') < 0 {
		return word
	}
	b := []byte(word)
	for i := 1; i < len(b); i++ {
		afterConsonant := b[i-1] < 0x80 && strings.IndexByte("aeiouy", b[i-1]) < 0
		afterQu := i >= 2 && b[i-1] == 'u' && b[i-2] == 'q'
		if b[i] == 'y' && (afterConsonant || afterQu) {
			b[i] = 'i'
		}
	}
	return string(b)
}

// SearchTokens returns the words by which a name is found: folded, i and y alike, titles in front taken
// off, in the order of the name. A query's tokens match a name's in any order.
func SearchTokens(name string) []string {
	rest, _ := StripTitle(name)
	words := strings.Fields(Fold(rest))
	for i := range words {
		words[i] = loosen(words[i])
	}
	return words
}

// titles in front of a name, marked spelling, longest first. After those with newborn the mother's name
// follows. They are matched with their marks, because Bế and Châu are family names.
var titles = []struct {
	words   string
	newborn bool
}{
	{"con của bà", true},
	{"con của chị", true},
	{"con của mẹ", true},
	{"con bà", true},
	{"con chị", true},
	{"con mẹ", true},
	{"con cô", true},
	{"con ba", true},
	{"con chi", true},
	{"con me", true},
	{"cb", true},
	{"bé trai", false},
	{"bé gái", false},
	{"be trai", false},
	{"be gai", false},
	{"bé sơ sinh", false},
	{"sơ sinh", false},
	{"bé", false},
	{"cháu", false},
}

// foldedTitles are titles as StripTitle compares them: folding is most of its cost.
var foldedTitles = func() []string {
	out := make([]string, len(titles))
	for i, t := range titles {
		out[i] = FoldMarked(t.words)
	}
	return out
}()

// StripTitle takes "bé", "cháu", "CB", "con bà" and the like off the front of a name. For the last two
// newborn is true: what follows is the mother's name, the child has none yet.
func StripTitle(name string) (rest string, newborn bool) {
	words := strings.Fields(cleanLine(name))
next:
	for len(words) > 1 {
		var heads [4]string // the first one, two, three words, each folded once
		heads[1] = FoldMarked(words[0])
		for i, t := range titles {
			n := strings.Count(t.words, " ") + 1
			if n >= len(words) || !strings.HasPrefix(foldedTitles[i], heads[1]) { // few names begin as a title does
				continue
			}
			if heads[n] == "" {
				heads[n] = FoldMarked(strings.Join(words[:n], " "))
			}
			if heads[n] == foldedTitles[i] {
				words = words[n:]
				newborn = newborn || t.newborn
				continue next
			}
		}
		break
	}
	return strings.Join(words, " "), newborn
}

// letters in the order of Vietnamese dictionaries; f, j, w, z where Latin has them.
const alphabet = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"

// SortKey returns a key by whose bytes names sort as lists do on paper: by given name (the last word),
// then family name, then the names between; letters and tones in the Vietnamese order. The key is ASCII.
func SortKey(name string) string {
	rest, _ := StripTitle(name)
	words := strings.Fields(FoldMarked(rest))
	if n := len(words); n > 1 {
		words = append([]string{words[n-1]}, words[:n-1]...)
	}
	var letters, marks strings.Builder
	for i, w := range words {
		if i > 0 {
			letters.WriteByte(' ')
		}
		tone := byte('0')
		for _, r := range norm.NFC.String(strings.Map(func(r rune) rune {
			if i := strings.IndexRune(tones, r); i >= 0 {
				tone = '1' + byte(slices.Index([]rune(tones), r))
				return -1
			}
			return r
		}, norm.NFD.String(w))) {
			letters.WriteString(letterKey(r))
		}
		marks.WriteByte(tone)
	}
	return letters.String() + "!" + marks.String()
}

// letterKey gives each letter two characters, so that ă sorts after a and before b.
func letterKey(r rune) string {
	at := 0
	for _, l := range alphabet {
		if l == r {
			return string([]byte{'A' + byte(at/10), '0' + byte(at%10)})
		}
		at++
	}
	if base := Fold(string(r)); len(base) == 1 && base[0] >= 'a' && base[0] <= 'z' {
		return letterKey(rune(base[0]))
	}
	if r >= '0' && r <= '9' {
		return "0" + string(r)
	}
	return "1" // apostrophes and what is left, between digits and letters
}

// FoldHamlet is Fold for the name of a hamlet, with the usual short forms of its kind written out: tdp, kp.
func FoldHamlet(s string) string {
	words := strings.Fields(Fold(s))
	if len(words) > 1 {
		switch words[0] {
		case "tdp":
			words[0] = "to dan pho"
		case "kp":
			words[0] = "khu pho"
		}
	}
	return strings.Join(words, " ")
}
