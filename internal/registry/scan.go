package registry

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Scan is what a scanner typed into the search box, or a photograph held: numbers that name one person each.
type Scan struct {
	// Numbers are codes and personal numbers, each once: one, but for a box in which the last scan still stood.
	Numbers []string
	// Card is the identity card that was scanned, nil if it was none, or more than one.
	Card *IdentityCard
}

// IdentityCard is what the QR code of a citizen's identity card says. What could not be read is empty.
type IdentityCard struct {
	Number  string // the personal number, 12 digits
	Name    string
	Birth   Day
	Sex     Sex
	Address string
}

// Lengths of the numbers that a scan may hold.
const (
	codeLength     = 16
	personalLength = 12
)

// ParseScan reads codes, whole personal numbers and the codes of identity cards; false if a text is none of these but
// something that a person typed.
//
// A scanner is a keyboard that types the code and Enter, so it meets whatever the keyboard is set to. Telex, VNI and capitals do
// nothing to digits; line ends and tabs are taken off; scanned twice is scanned once. What a text held before the code is passed over.
//
// Which data the code on an identity card holds is known: number, old number of nine digits if there was one, name, birth,
// sex, residence, day of issue (Ministry of Public Security, told by ictnews.vietnamnet.vn 04/2021 and baobariavungtau.com.vn 12/2022;
// the cards since 07/2024 add relatives, Circular 16/2024/TT-BCA). How it is written is not published: as scanners show it, these
// seven stand in this order between vertical bars, dates as ddmmyyyy, for example
//
//	001099012345|012345678|Nguyễn Văn A|15031999|Nam|Số 1 Tràng Tiền, Hoàn Kiếm, Hà Nội|10052021
//
// What comes behind the seventh is not read. On a keyboard of another country the bar comes out as another sign.
func ParseScan(text string) (Scan, bool) {
	text = strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text))
	if cards := cardsIn(text); len(cards) > 0 {
		var s Scan
		for _, c := range cards {
			if !slices.Contains(s.Numbers, c.Number) {
				s.Numbers = append(s.Numbers, c.Number)
			}
		}
		if len(s.Numbers) == 1 {
			s.Card = &cards[0]
		}
		return s, true
	}
	digits, ok := plainDigits(text)
	if !ok {
		// Something that was typed before a code was scanned behind it.
		if n := len(text) - codeLength; n > 0 && PersonCode(text[n:]).Valid() && !strings.ContainsAny(text[:n], "0123456789") {
			return Scan{Numbers: []string{text[n:]}}, true
		}
		return Scan{}, false
	}
	numbers := codesIn(digits)
	return Scan{Numbers: numbers}, len(numbers) > 0
}

// codesIn cuts digits that consist of codes, or of one personal number repeated.
func codesIn(digits string) []string {
	if n := len(digits); n > 0 && n%personalLength == 0 && strings.Repeat(digits[:personalLength], n/personalLength) == digits {
		if !PersonCode(digits).Valid() { // 48 digits may be three codes
			return []string{digits[:personalLength]}
		}
	}
	var out []string
	for rest := digits; rest != ""; rest = rest[codeLength:] {
		if len(rest) < codeLength || !PersonCode(rest[:codeLength]).Valid() {
			return nil
		}
		if code := rest[:codeLength]; !slices.Contains(out, code) {
			out = append(out, code)
		}
	}
	return out
}

// cardsIn reads every identity card in a text.
func cardsIn(text string) []IdentityCard {
	var out []IdentityCard
	for at := 0; at+personalLength < len(text); at++ {
		number := text[at : at+personalLength]
		if strings.Trim(number, "0123456789") != "" {
			continue
		}
		bar, size := utf8.DecodeRuneInString(text[at+personalLength:])
		if unicode.IsLetter(bar) || unicode.IsDigit(bar) || unicode.IsSpace(bar) {
			continue
		}
		fields := strings.SplitN(text[at+personalLength+size:], string(bar), 6)
		if len(fields) < 4 || strings.Trim(fields[0], "0123456789") != "" {
			continue
		}
		birth, ok := cardDay(fields[2])
		if !ok {
			continue
		}
		card := IdentityCard{Number: number, Name: cardName(fields[1]), Birth: birth, Sex: cardSex(fields[3], number)}
		if len(fields) > 4 {
			card.Address = cardText(fields[4])
		}
		out = append(out, card)
		at += personalLength + size
	}
	return out
}

// cardDay reads ddmmyyyy.
func cardDay(text string) (Day, bool) {
	text = strings.TrimSpace(text)
	if len(text) != 8 || strings.Trim(text, "0123456789") != "" {
		return 0, false
	}
	day, err := NewDay(number(text[4:]), time.Month(number(text[2:4])), number(text[:2]))
	return day, err == nil
}

// cardName is a name as it is kept. A keyboard that cannot type Vietnamese leaves signs in it that no name has; then there is
// none, because a wrong name is worse than an empty field.
func cardName(text string) string {
	text = cardText(text)
	if strings.IndexFunc(text, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && r != ' ' && r != '-' && !apostrophe(r)
	}) >= 0 {
		return ""
	}
	if text != strings.ToUpper(text) {
		return text
	}
	words := strings.Fields(text)
	for i, w := range words {
		first, size := utf8.DecodeRuneInString(w)
		words[i] = string(unicode.ToUpper(first)) + strings.ToLower(w[size:])
	}
	return strings.Join(words, " ")
}

func cardText(text string) string {
	if strings.ContainsRune(text, utf8.RuneError) || strings.Contains(text, "?") {
		return ""
	}
	return cleanLine(text)
}

// cardSex reads Nam or Nữ; a word that was not typed right is made up for by the number, whose fourth digit is even for men.
func cardSex(text, number string) Sex {
	switch Fold(text) {
	case "nam":
		return SexMale
	case "nu":
		return SexFemale
	}
	if (number[3]-'0')%2 == 0 {
		return SexMale
	}
	return SexFemale
}
