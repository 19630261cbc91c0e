package crash

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf16"

	"golang.org/x/text/unicode/norm"
)

// canary is something about a person, or a secret, written so that it stands nowhere by chance.
type canary struct {
	what string
	text string
	// secret: it is not even kept. It may stand in no database, no journal and no file either.
	secret bool
}

// Canaries. Of a name one word is looked for: a part of it tells as much as the whole.
var (
	childName    = canary{what: "a child's name", text: "Khuýchxương"}
	motherName   = canary{what: "a mother's name", text: "Mẩychiêuđằng"}
	fatherName   = canary{what: "a father's name", text: "Sùngkhoángđậu"}
	guardianName = canary{what: "a guardian's name", text: "Pờlỉngkhuôn"}
	nurseName    = canary{what: "a nurse's name", text: "Xuyếnmẩytoọng"}
	officerName  = canary{what: "an officer's name", text: "Hặcbiêngđoóng"}
	givenName    = canary{what: "a name that a child was given later", text: "Vừngđỗquyênh"}
	importedName = canary{what: "a name in an imported file", text: "Chảoláyđặng"}
	fileName     = canary{what: "the name of a file that was brought in", text: "sổtaycủatrạmkhoánh"}
	phone        = canary{what: "a telephone number", text: "0369258147"}
	otherPhone   = canary{what: "a father's telephone number", text: "0379461825"}
	nursePhone   = canary{what: "a nurse's telephone number", text: "0968531274"}
	address      = canary{what: "an address", text: "Bưởiđườnghoẵng"}
	personalNo   = canary{what: "a personal number", text: "011224907351"}
	insurance    = canary{what: "an insurance number", text: "TE1119263758405"}
	birthDate    = canary{what: "a birth date", text: "2024-02-29"}
	allergy      = canary{what: "an allergy", text: "Trứngvịtlộnhoẻn"}
	contraind    = canary{what: "a contraindication", text: "Sốcphảnvệkhoẳm"}
	childNote    = canary{what: "a note about a child", text: "Ghichúkínđáoxỉnh"}
	visitNote    = canary{what: "a note about a visit", text: "Sốtcogiậtđêmquạnh"}
	mistake      = canary{what: "why a dose was struck out", text: "Ghinhầmmũiloạng"}
	lookReason   = canary{what: "why a record was looked at", text: "Lýdoxinxemghoè"}
	takeReason   = canary{what: "why data were taken out", text: "Nộpbáocáoquýngoẵng"}
	wish         = canary{what: "a family's wish", text: "Xinkhôngchiasẻkhuyển"}
	consenting   = canary{what: "who consented", text: "Bàngoạikýthayđụt"}
	badDate      = canary{what: "a birth date that is none", text: "31/02/2025kiểung"}
	nobodyName   = canary{what: "a name that was searched for in vain", text: "Khôngaitêmnhưvầy", secret: true}
	nobodyPhone  = canary{what: "a number that was searched for in vain", text: "0398123765", secret: true}
	first        = canary{what: "a first password", text: "mậtkhẩuđầutiênxoăn", secret: true}
	chosen       = canary{what: "a password", text: "suốireođêmhèquắn", secret: true}
	misplaced    = canary{what: "a password typed in the field for the name", text: "gõnhầmôkhoắng", secret: true}
	swapped      = canary{what: "a child's name typed in the field for the password", text: "Tênbégõnhầmquẹo", secret: true}
	wrongPIN     = canary{what: "a wrong PIN", text: "904718263517"}
	pin          = canary{what: "a PIN", text: "517390482"}
)

var canaries = []canary{
	childName, motherName, fatherName, guardianName, nurseName, officerName, givenName, importedName, fileName, phone, otherPhone, nursePhone,
	address, personalNo, insurance, birthDate, allergy, contraind, childNote, visitNote, mistake, lookReason, takeReason, wish, consenting,
	badDate, nobodyName, nobodyPhone, first, chosen, misplaced, swapped, wrongPIN, pin,
}

// unaccented is a text in lower case without the marks of Vietnamese.
func unaccented(s string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(s)) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case r == 'đ':
			b.WriteByte('d')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// written returns the ways in which people and programs write the same.
func (c canary) written() []string {
	out := []string{c.text}
	day, digits := strings.Split(c.text, "-"), strings.Trim(c.text, "0123456789") == ""
	switch {
	case len(day) == 3 && len(c.text) == len("2024-02-29"):
		y, m, d := day[0], day[1], day[2]
		out = append(out, d+"/"+m+"/"+y, d+"-"+m+"-"+y, d+"."+m+"."+y, y+m+d, d+m+y, d+"/"+strings.TrimLeft(m, "0")+"/"+y)
	case digits && len(c.text) == 10: // a telephone number; without its 0 it is also what stands behind +84
		out = []string{c.text[1:]}
		for _, gap := range []string{" ", ".", "-"} {
			out = append(out, c.text[:4]+gap+c.text[4:7]+gap+c.text[7:], c.text[:3]+gap+c.text[3:6]+gap+c.text[6:])
		}
	}
	return out
}

// form is a text as it may be encoded where it leaks to.
type form struct {
	name  string
	bytes []byte
	lower bool // to be looked for in lower case
}

// forms returns what to look for. The unaccented, lower-case form finds the plain, lower-case and unaccented text alike.
func (c canary) forms() []form {
	var out []form
	for _, text := range c.written() {
		out = append(out, form{"plain or unaccented", []byte(unaccented(text)), true})
		for _, s := range []string{text, strings.ToLower(text), norm.NFD.String(text), unaccented(text)} {
			for name, encoded := range map[string]string{
				"URL-encoded": url.QueryEscape(s), "URL-encoded in a path": url.PathEscape(s), "JSON-escaped": strings.Trim(strconv.QuoteToASCII(s), `"`),
			} {
				if encoded != s {
					out = append(out, form{name, []byte(strings.ToLower(encoded)), true})
				}
			}
			out = append(out, form{"hexadecimal", []byte(hex.EncodeToString([]byte(s))), true})
			for _, order := range [][2]int{{0, 1}, {1, 0}} {
				var wide []byte
				for _, u := range utf16.Encode([]rune(s)) {
					pair := [2]byte{}
					pair[order[0]], pair[order[1]] = byte(u), byte(u>>8)
					wide = append(wide, pair[:]...)
				}
				out = append(out, form{"UTF-16", wide, false})
			}
			for _, enc := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding} {
				for at := range 3 { // where in a group of three bytes it begins
					b := enc.EncodeToString(append(make([]byte, at), s...))
					// The characters that bytes before or behind it would change are left out.
					from, to := []int{0, 2, 3}[at], (at+len(s))*8/6
					out = append(out, form{"base64", []byte(b[from:to]), false})
				}
			}
		}
	}
	return out
}

// finder looks for canaries.
type finder struct {
	canaries []canary
	forms    [][]form
}

func newFinder(list ...canary) *finder {
	f := &finder{}
	f.add(list...)
	return f
}

func (f *finder) add(list ...canary) {
	for _, c := range list {
		f.canaries, f.forms = append(f.canaries, c), append(f.forms, c.forms())
	}
}

// sighting is one canary in one text.
type sighting struct {
	canary canary
	form   string
	around string
}

// find returns the canaries that stand in some bytes, each once; only those that are not even kept, if asked so.
func (f *finder) find(b []byte, secrets bool) []sighting {
	if secrets && !slices.ContainsFunc(f.canaries, func(c canary) bool { return c.secret }) {
		return nil
	}
	lower := bytes.ToLower(b)
	folded := []byte(unaccented(string(b)))
	var out []sighting
	for i, c := range f.canaries {
		if secrets && !c.secret {
			continue
		}
		for _, form := range f.forms[i] {
			in := b
			switch {
			case form.name == "plain or unaccented":
				in = folded
			case form.lower:
				in = lower
			}
			if at := bytes.Index(in, form.bytes); at >= 0 {
				const around = 120
				out = append(out, sighting{c, form.name, strconv.QuoteToGraphic(string(in[max(0, at-around):min(len(in), at+len(form.bytes)+around)]))})
				break
			}
		}
	}
	return out
}

// TestCanariesAreFound writes each canary in each way and looks for it, between other text.
func TestCanariesAreFound(t *testing.T) {
	f := newFinder(canaries...)
	ways := map[string]func(string) []byte{
		"plain":      func(s string) []byte { return []byte("level=INFO name=" + s + " status=200") },
		"lower case": func(s string) []byte { return []byte(strings.ToLower(s)) },
		"upper case": func(s string) []byte { return []byte(strings.ToUpper(s)) },
		"unaccented": func(s string) []byte { return []byte("x " + unaccented(s)) },
		"decomposed": func(s string) []byte { return []byte(norm.NFD.String(s)) },
		"query":      func(s string) []byte { return []byte("/search?q=" + url.QueryEscape(s) + "&x=1") },
		"path":       func(s string) []byte { return []byte("/child/" + url.PathEscape(s)) },
		"JSON":       func(s string) []byte { b, _ := json.Marshal(map[string]string{"text": s}); return b },
		"ASCII JSON": func(s string) []byte { return []byte(`{"text":` + strconv.QuoteToASCII(s) + `}`) },
		"quoted":     func(s string) []byte { return []byte(strconv.Quote(s)) },
		"hex":        func(s string) []byte { return []byte(hex.EncodeToString([]byte("a" + s))) },
		"base64":     func(s string) []byte { return []byte(base64.StdEncoding.EncodeToString([]byte("ab" + s + "c"))) },
		"base64url":  func(s string) []byte { return []byte(base64.RawURLEncoding.EncodeToString([]byte("a" + s))) },
		"UTF-16": func(s string) []byte {
			b := []byte{0xff, 0xfe}
			for _, u := range utf16.Encode([]rune(s)) {
				b = append(b, byte(u), byte(u>>8))
			}
			return b
		},
	}
	for name, way := range ways {
		for _, c := range canaries {
			for _, text := range c.written() {
				found := f.find(way(text), false)
				if len(found) != 1 || found[0].canary != c {
					t.Errorf("%s, written %s as %s: found %v", c.what, text, name, found)
				}
			}
		}
	}
	if found := f.find([]byte(`time=2026-11-27T10:00:00 level=INFO msg=request route="/child/{id}" status=200`), false); len(found) != 0 {
		t.Errorf("found in a line of log that says nothing of anybody: %v", found)
	}
}
