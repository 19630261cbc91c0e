package sheet

import (
	"strings"

	"tramy/internal/registry"
)

// address is a line of address taken apart.
type address struct {
	hamlet, commune, rest string
}

var (
	communeWords = []string{"xa", "phuong", "thi tran", "tt", "dac khu", "p", "x"}
	hamletWords  = []string{"thon", "ap", "ban", "buon", "xom", "lang", "khu pho", "to dan pho", "tdp", "kp", "khu", "to", "khoi", "khom", "soc", "plei", "bon"}
	aboveWords   = []string{"huyen", "quan", "thi xa", "thanh pho", "tp", "tinh", "tx", "h", "q", "t"}
)

// parseAddress takes "Thôn 3, xã Tà Xùa, huyện Bắc Yên, tỉnh Sơn La" apart by the words its parts begin with.
func parseAddress(text string) address {
	var a address
	var rest []string
	for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ',' || r == ';' || r == '\n' }) {
		part = strings.TrimSpace(part)
		f := registry.Fold(part)
		switch {
		case f == "":
		case beginsWith(f, communeWords) && a.commune == "":
			a.commune = part
		case beginsWith(f, hamletWords) && a.hamlet == "":
			a.hamlet = part
		case beginsWith(f, aboveWords):
		default:
			rest = append(rest, part)
		}
	}
	a.rest = strings.Join(rest, ", ")
	return a
}

func beginsWith(folded string, words []string) bool {
	for _, w := range words {
		if strings.HasPrefix(folded, w+" ") {
			return true
		}
	}
	return false
}

// foldCommune brings a commune's name or code into the form in which it is compared: without the word for what
// kind it is, and without what stands behind a comma.
func foldCommune(name string) string {
	name, _, _ = strings.Cut(name, ",")
	f := registry.Fold(strings.TrimPrefix(name, "gso:"))
	for _, w := range communeWords {
		if rest, ok := strings.CutPrefix(f, w+" "); ok && !digitsOnly(rest) {
			return rest
		}
	}
	if digitsOnly(f) && len(f) < 5 { // a code that a spreadsheet took for a number
		return strings.Repeat("0", 5-len(f)) + f
	}
	return f
}

// CommuneKey is the form in which names and codes of communes are compared.
func CommuneKey(name string) string { return foldCommune(name) }

func (r *personReader) commune(c cell) {
	r.e.Commune = c.text
	r.own(c, c.text)
}

func (r *personReader) communeCode(c cell) {
	code := c.text
	if digitsOnly(code) && len(code) < 5 {
		code = strings.Repeat("0", 5-len(code)) + code
	}
	r.e.CommuneCode = code
	r.own(c, code)
}

// own makes a problem of a commune that is not the reader's own.
func (r *personReader) own(c cell, name string) {
	if len(r.r.communes) > 0 && !r.r.ctx.AllowForeign && !r.r.communes[foldCommune(name)] {
		r.problem(c, CodeAnotherCommune)
	}
}

// address reads hamlet and commune out of one line; what else stands in it is kept.
func (r *personReader) address(c cell) {
	a := parseAddress(c.text)
	if a.hamlet == "" && a.commune == "" {
		// Registers that say "address" and mean the hamlet.
		a.hamlet, a.rest = a.rest, ""
	}
	if a.commune != "" {
		if r.e.Commune == "" {
			r.e.Commune = a.commune
		}
		r.own(c, a.commune)
	}
	if r.e.Subject.Hamlet == "" {
		r.e.Subject.Hamlet = a.hamlet
	} else if a.hamlet != "" && registry.Fold(a.hamlet) != registry.Fold(r.e.Subject.Hamlet) {
		a.rest = strings.TrimPrefix(a.rest+", "+a.hamlet, ", ")
	}
	if a.rest != "" {
		r.note(r.col.Title, a.rest)
	}
}
