package sheet

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// The Vietnamese syllable: an onset, a rhyme, a tone. Whether the words of a column are syllables tells which of two
// readings of their letters is right; names of other peoples and loan words are not, in either reading.

var onsets = []string{ // longest first
	"ngh", "ch", "gh", "gi", "kh", "ng", "nh", "ph", "qu", "th", "tr",
	"b", "c", "d", "đ", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "x", "",
}

var rhymes = func() map[string]bool {
	out := make(map[string]bool)
	for r := range strings.FieldsSeq(`
		a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây
		e ec em en eng eo ep et ê êch êm ên ênh êp êt êu êng êc i ich im in inh ip it iu ia iêc iêm iên iêng iêp iêt iêu
		o oc oi om on ong op ot oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oe oen oeo oet ooc oong
		ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt u uc ui um un ung up ut ua uân uâng uât uây uê uêch uên uênh uôc uôi uôm uôn uông uôt
		uơ uy uya uych uynh uyn uyp uyt uyên uyêt uyu ư ưa ưc ưi ưm ưn ưng ưt ưu ươc ươi ươm ươn ương ươp ươt ươu y yêm yên yêng yêt yêu yn ynh yt ych`) {
		out[r] = true
	}
	return out
}()

// toneLast are the rhymes of several letters whose last one can carry the tone: hoà, thuỷ, huệ.
var toneLast = map[string]bool{"oa": true, "oe": true, "uy": true, "uê": true, "uơ": true}

// syllable reports whether a word is a Vietnamese syllable.
func syllable(word string) bool {
	var b strings.Builder
	tone, last := rune(0), false // last: the tone is on the last letter
	for _, r := range norm.NFC.String(strings.ToLower(word)) {
		last = false
		for _, d := range norm.NFD.String(string(r)) {
			switch d {
			case '\u0300', '\u0309', '\u0303', '\u0301', '\u0323':
				if tone != 0 {
					return false
				}
				tone, last = d, true
			default:
				b.WriteRune(d)
			}
		}
	}
	bare := norm.NFC.String(b.String())
	for _, onset := range onsets {
		rest, ok := strings.CutPrefix(bare, onset)
		if !ok {
			continue
		}
		if rest == "" && (onset == "gi" || onset == "") {
			return onset == "gi"
		}
		if !rhymes[rest] {
			continue
		}
		if last && len(rest) > 1 && utf8.RuneCountInString(rest) > 1 && !toneLast[rest] {
			return false
		}
		stopped := strings.HasSuffix(rest, "c") || strings.HasSuffix(rest, "ch") || strings.HasSuffix(rest, "p") || strings.HasSuffix(rest, "t")
		return !stopped || tone == '\u0301' || tone == '\u0323'
	}
	return false
}
