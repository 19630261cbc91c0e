package synth

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"tramy/internal/registry"
)

// Slip is one thing that went wrong while a record was written.
type Slip uint8

// Slips, by the level from which they happen.
const (
	SlipNoMarks       Slip = iota // names without marks
	SlipCapitals                  // names in capitals
	SlipTone                      // Hoà for Hòa
	SlipIY                        // Lí for Lý
	SlipTitle                     // bé, cháu in front of the name
	SlipNoPhone                   // no phone
	SlipOldPhone                  // the number of before 2018, with eleven digits
	SlipHamlet                    // the hamlet spelled another way
	SlipNoFather                  // father left out
	SlipNoNumber                  // personal number left out
	SlipMotherMarks               // the mother's name without marks
	SlipTyping                    // a slip of the finger in the name
	SlipUnnamed                   // written down before there was a name: CB and the mother's
	SlipMotherShort               // the mother's middle name left out or cut to its initial
	SlipMotherTyping              // a slip of the finger in the mother's name
	SlipOtherPhone                // another phone: a new one, or somebody else's
	SlipMiddle                    // a word of the name left out
	SlipNoHamlet                  // no hamlet
	SlipNoOrder                   // that it is a twin is left out
	SlipNoMother                  // the mother's name left out
	SlipDayMonth                  // day and month swapped
	SlipDay                       // a day before or after, or a wrong digit in the day
	SlipYear                      // the wrong year
	SlipNumberDigit               // one digit of the personal number
	SlipSex                       // the other sex
	SlipOtherName                 // a name used at home, or the one before it was changed
	SlipOtherSpelling             // the name misheard
)

var slipNames = [...]string{
	"no-marks", "capitals", "tone-placement", "i-y", "title", "no-phone", "old-phone", "hamlet-spelling", "no-father",
	"no-number", "mother-no-marks", "typing", "unnamed", "mother-short", "mother-typing", "other-phone", "word-left-out", "no-hamlet",
	"no-birth-order", "no-mother", "day-month-swapped", "day", "year", "number-digit", "sex", "other-name", "misheard",
}

// String names the slip.
func (s Slip) String() string { return slipNames[s] }

// slipsAt are the slips of a level and their weights, on top of those of the levels before.
var slipsAt = [LevelHeavy + 1][]struct {
	slip   Slip
	weight int
}{
	LevelLight: {
		{SlipNoMarks, 14},
		{SlipCapitals, 12},
		{SlipTone, 10},
		{SlipIY, 8},
		{SlipTitle, 8},
		{SlipNoPhone, 14},
		{SlipOldPhone, 4},
		{SlipHamlet, 12},
		{SlipNoFather, 8},
		{SlipNoNumber, 14},
		{SlipMotherMarks, 10},
	},
	LevelMedium: {
		{SlipTyping, 16},
		{SlipUnnamed, 18},
		{SlipMotherShort, 14},
		{SlipMotherTyping, 12},
		{SlipOtherPhone, 16},
		{SlipMiddle, 8},
		{SlipNoHamlet, 8},
		{SlipNoOrder, 8},
		{SlipNoMother, 4},
	},
	LevelHeavy: {
		{SlipDayMonth, 14}, {SlipDay, 14}, {SlipYear, 12}, {SlipNumberDigit, 14}, {SlipSex, 5}, {SlipOtherName, 14}, {SlipOtherSpelling, 14},
	},
}

// slipCount draws how many slips a record has: fewer in the first record of somebody, which more people look at.
func (m *maker) slipCount(another bool) int {
	s := m.slips
	switch m.n.opt.Level {
	case LevelLight:
		if another {
			return s.between(0, 2)
		}
		return s.IntN(10) / 7
	case LevelMedium:
		if another {
			return s.between(1, 3)
		}
		return s.IntN(10) / 6
	case LevelHeavy:
		if another {
			return s.between(2, 4)
		}
		return s.IntN(10) / 4
	}
	return 0
}

// slip lets things go wrong in a record, as its level has them.
func (m *maker) slip(r *Record, pn *person, another bool) {
	n := m.slipCount(another)
	if n == 0 {
		return
	}
	type choice = struct {
		slip   Slip
		weight int
	}
	var from []choice
	for l := LevelLight; l <= m.n.opt.Level; l++ {
		from = append(from, slipsAt[l]...)
	}
	for n > 0 && len(from) > 0 {
		sum := 0
		for _, c := range from {
			sum += c.weight
		}
		at := m.slips.IntN(sum)
		i := 0
		for ; at >= from[i].weight; i++ {
			at -= from[i].weight
		}
		slip := from[i].slip
		from = slices.Delete(from, i, i+1)
		if m.make(slip, r, pn) {
			r.Slips = append(r.Slips, slip)
			n--
		}
	}
	slices.Sort(r.Slips)
}

// make lets one thing go wrong; false if it cannot in this record, or changes nothing.
func (m *maker) make(slip Slip, r *Record, pn *person) bool {
	s, in := m.slips, &r.Subject
	change := func(field *string, to string) bool {
		if *field == "" || *field == to || strings.TrimSpace(to) == "" {
			return false
		}
		*field = to
		return true
	}
	switch slip {
	case SlipNoMarks:
		changed := change(&in.Name, withoutMarks(in.Name))
		return change(&in.MotherName, withoutMarks(in.MotherName)) || changed
	case SlipCapitals:
		in.MotherName = strings.ToUpper(in.MotherName)
		return change(&in.Name, strings.ToUpper(in.Name))
	case SlipTone:
		changed := change(&in.Name, otherTonePlace(in.Name))
		return change(&in.MotherName, otherTonePlace(in.MotherName)) || changed
	case SlipIY:
		changed := change(&in.Name, iForY(in.Name))
		return change(&in.MotherName, iForY(in.MotherName)) || changed
	case SlipTitle:
		if in.Group != registry.GroupChild || strings.HasPrefix(in.Name, "CB ") {
			return false
		}
		return change(&in.Name, s.one([]string{"Bé ", "Cháu ", "bé ", "Em "})+in.Name)
	case SlipNoPhone:
		had := in.MotherPhone != "" || in.FatherPhone != "" || in.GuardianPhone != ""
		in.MotherPhone, in.FatherPhone, in.GuardianPhone = "", "", ""
		return had
	case SlipOldPhone:
		changed := change(&in.MotherPhone, oldPhone(in.MotherPhone))
		return change(&in.FatherPhone, oldPhone(in.FatherPhone)) || changed
	case SlipHamlet:
		return change(&in.Hamlet, m.otherHamlet(in.Hamlet))
	case SlipNoFather:
		had := in.FatherName != ""
		in.FatherName, in.FatherPhone = "", ""
		return had
	case SlipNoNumber:
		had := in.PersonalNo != ""
		in.PersonalNo = ""
		return had
	case SlipMotherMarks:
		return change(&in.MotherName, withoutMarks(in.MotherName))
	case SlipTyping:
		return change(&in.Name, s.typed(in.Name))
	case SlipMotherShort:
		return change(&in.MotherName, s.short(in.MotherName))
	case SlipMotherTyping:
		return change(&in.MotherName, s.typed(in.MotherName))
	case SlipNoHamlet:
		had := in.Hamlet != ""
		in.Hamlet = ""
		return had
	case SlipNoOrder:
		had := in.BirthOrder != 0
		in.BirthOrder = 0
		return had
	case SlipNoMother:
		had := in.MotherName != "" && !strings.HasPrefix(in.Name, "CB ")
		if had {
			in.MotherName = ""
		}
		return had
	case SlipMiddle:
		return change(&in.Name, s.withoutMiddle(in.Name))
	case SlipOtherPhone:
		return m.otherPhone(in)
	case SlipDayMonth, SlipDay, SlipYear:
		return m.otherBirth(slip, r)
	case SlipNumberDigit:
		return change(&in.PersonalNo, s.otherDigit(in.PersonalNo))
	case SlipSex:
		in.Sex = registry.SexMale + registry.SexFemale - in.Sex
		return in.Group == registry.GroupChild || m.restoreSex(in)
	}
	return m.otherName(slip, r, pn)
}

// restoreSex undoes a slip that a pregnant woman's register does not make.
func (m *maker) restoreSex(in *registry.SubjectInput) bool {
	in.Sex = registry.SexFemale
	return false
}

// otherName writes down a child under another name: none yet, one of the home, or misheard.
func (m *maker) otherName(slip Slip, r *Record, pn *person) bool {
	in, h := &r.Subject, pn.family
	if in.Group != registry.GroupChild || strings.HasPrefix(in.Name, "CB ") {
		return false
	}
	switch slip {
	case SlipUnnamed:
		if r.At == Clinic {
			return false // they come with papers
		}
		in.Name = newbornName(h)
		if in.MotherName == "" {
			in.MotherName = h.mother.String()
		}
	case SlipOtherName:
		in.Name = m.slips.childName(h.pe, in.Sex, h.family).String()
	default:
		heard := misheard(in.Name)
		if heard == in.Name {
			return false
		}
		in.Name = heard
	}
	return true
}

// otherPhone gives another number: the father's as the mother's, the village health worker's, or a new one.
func (m *maker) otherPhone(in *registry.SubjectInput) bool {
	s := m.slips
	field := &in.MotherPhone
	if in.Group != registry.GroupChild {
		field = &in.GuardianPhone
	}
	switch {
	case in.FatherPhone != "" && in.FatherPhone != in.MotherPhone && s.of(35):
		*field, in.FatherPhone = in.FatherPhone, ""
	default:
		*field = fmt.Sprintf("%s%07d", s.pick(phonePrefixes), s.IntN(10_000_000))
	}
	return true
}

// otherBirth writes a birth date wrong, where that stays possible: not after a dose, a death or today.
func (m *maker) otherBirth(slip Slip, r *Record) bool {
	s, in := m.slips, &r.Subject
	if in.BirthPrec != registry.PrecisionDay && in.BirthPrec != registry.PrecisionMinute {
		return false
	}
	last := m.today()
	if in.StatusDate != 0 {
		last = min(last, in.StatusDate)
	}
	for i := range r.Doses {
		last = min(last, r.Doses[i].GivenOn)
	}
	y, month, d := in.BirthDate.Date()
	switch slip {
	case SlipDayMonth:
		month, d = time.Month(d), int(month)
	case SlipYear:
		y += 2*s.IntN(2) - 1
	default:
		d += []int{-1, 1, 10, -10}[s.IntN(4)]
	}
	other, err := registry.NewDay(y, month, d)
	if err != nil || other == in.BirthDate || other > last {
		return false
	}
	in.BirthDate = other
	return true
}

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
