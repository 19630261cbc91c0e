package paper

import (
	"encoding/binary"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/go-fonts/liberation/liberationsansbold"
	"github.com/go-fonts/liberation/liberationsansregular"
	"golang.org/x/text/unicode/norm"
)

const family = "liberation"

// style is how letters look.
type style struct {
	size float64 // points
	bold bool
}

// lead is how far apart lines are. Vietnamese capitals carry two marks ("Ặ", "Ể"): less would touch the line above.
func (s style) lead() float64 { return s.size * pointMM * 1.28 }

// by is the style in another size.
func (s style) by(size float64) style { return style{size, s.bold} }

var (
	plain = style{size: 10}
	bold  = style{size: 10, bold: true}
	small = style{size: 8}
	head1 = style{size: 15, bold: true}
	head2 = style{size: 11, bold: true}
)

// Signs that the fonts lack and that are drawn of what they have.
const (
	boxOpen   = '☐'
	boxTicked = '☒'
	square    = '□'
)

// clean makes a text that the fonts have: composed letters, no control characters, and a square where a letter is in neither
// font, so that it is seen that something is missing.
func clean(s string) string {
	s = norm.NFC.String(strings.ToValidUTF8(s, string(square)))
	s = strings.ReplaceAll(s, "  ", string(hard)+" ") // room between boxes stays
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == boxOpen || r == boxTicked:
			return r
		case r == '\u00ad' || r == '\u200b' || r == '\ufeff':
			return -1
		case unicode.IsSpace(r) && r != hard || unicode.IsControl(r):
			return ' '
		case !has(r):
			return square
		}
		return r
	}, s)
}

// hard is the space at which no line ends.
const hard = '\u00a0'

// long is how wide a line is.
func (d *doc) long(s string, st style) float64 {
	w := 0.0
	pieces(s, func(text string, box rune) {
		one := st
		if box != 0 {
			one = st.by(st.size * boxScale)
		}
		d.font(one)
		w += d.pdf.GetStringWidth(text)
	})
	return w
}

// boxScale is how much larger a box to tick is than the letters: a pen has to hit it.
const boxScale = 1.5

// pieces are the parts of a line as they stand in the file: texts, and boxes one by one.
func pieces(s string, do func(text string, box rune)) {
	s = strings.ReplaceAll(s, string(hard), " ")
	for s != "" {
		i := strings.IndexAny(s, string(boxOpen)+string(boxTicked)+string(square))
		if i != 0 {
			if i < 0 {
				i = len(s)
			}
			do(s[:i], 0)
			s = s[i:]
			continue
		}
		r, size := utf8.DecodeRuneInString(s)
		do(string(square), r)
		s = s[size:]
	}
}

func (d *doc) font(st style) {
	weight := ""
	if st.bold {
		weight = "B"
	}
	d.pdf.SetFont(family, weight, st.size)
}

// put writes one clean line whose top is at y.
func (d *doc) put(x, y float64, s string, st style) {
	if s == "" {
		return
	}
	base := y + st.size*pointMM*1.02
	pieces(s, func(text string, box rune) {
		one, low := st, base
		if box != 0 {
			one = style{size: st.size * boxScale}
			low += st.size * pointMM * 0.08
		}
		d.font(one)
		d.pdf.Text(x, low, text)
		w := d.pdf.GetStringWidth(text)
		if box == boxTicked {
			d.cross(x, low, w)
		}
		x += w
	})
}

// cross ticks a box that was written at x on a line and is w wide: the square of the font stands within that.
func (d *doc) cross(x, base, w float64) {
	left, right, foot, top := x+w*0.06, x+w*0.94, base+w*0.06, base-w*0.9
	d.rule(left, top, right, foot, line)
	d.rule(left, foot, right, top, line)
}

// wrap breaks a text into lines of at most w: at spaces, and within a word that is wider than that.
func (d *doc) wrap(s string, st style, w float64) []string {
	var out []string
	space := d.long(" ", st)
	for _, par := range strings.Split(clean(s), "\n") {
		cur, wide := "", 0.0
		for _, word := range strings.FieldsFunc(par, func(r rune) bool { return r == ' ' }) {
			one := d.long(word, st)
			if cur != "" && wide+space+one <= w {
				cur, wide = cur+" "+word, wide+space+one
				continue
			}
			if cur != "" {
				out = append(out, cur)
			}
			for cur, wide = word, one; wide > w; wide = d.long(cur, st) {
				n := d.fits(cur, st, w)
				if n == len(cur) { // one letter is wider than that
					break
				}
				out, cur = append(out, cur[:n]), cur[n:]
			}
		}
		out = append(out, cur)
	}
	return out
}

// fits is how many bytes of a word fit into w: at least one letter, and never a letter without its marks.
func (d *doc) fits(s string, st style, w float64) int {
	n := 0
	for i, r := range s {
		if i > 0 && !unicode.Is(unicode.Mn, r) {
			if d.long(s[:i], st) > w {
				break
			}
			n = i
		}
	}
	if n == 0 {
		n = len(s)
		for i, r := range s {
			if i > 0 && !unicode.Is(unicode.Mn, r) {
				return i
			}
		}
	}
	return n
}

// para writes a text from y on between x and x+w, and returns where it ends.
func (d *doc) para(x, y, w float64, s string, st style) float64 {
	if strings.TrimSpace(s) == "" {
		return y
	}
	for _, l := range d.wrap(s, st, w) {
		d.put(x, y, l, st)
		y += st.lead()
	}
	return y
}

// text writes a paragraph of the sheet, which goes on over sheets.
func (d *doc) text(s string, st style) {
	if strings.TrimSpace(s) == "" {
		return
	}
	for _, l := range d.wrap(s, st, d.inner()) {
		d.room(st.lead())
		d.put(d.margin, d.y, l, st)
		d.y += st.lead()
	}
}

// shrink is the largest size, in halves of a point down to smallest, in which a text takes at most so many lines.
func (d *doc) shrink(s string, st style, w float64, lines int) style {
	const smallest = 4
	for st.size > smallest && len(d.wrap(s, st, w)) > lines {
		st.size -= 0.5
	}
	return st
}

// heading writes a document's title with whose it is and what stands below, beside a code if there is one, and leaves room.
func (d *doc) heading(title, name, below, qr string) {
	const side = 26.0
	w, top := d.inner(), d.y
	if qr != "" {
		w -= side + 3
		d.qr(d.width-d.margin-side, top-2, side, qr)
	}
	y := d.para(d.margin, top, w, title, head1)
	y = d.para(d.margin, y+0.5, w, name, style{size: 12, bold: true})
	y = d.para(d.margin, y, w, below, plain)
	if qr != "" {
		y = max(y, top+side-1)
	}
	d.y = y + 2
}

// section writes the head of a part and keeps h of what follows with it.
func (d *doc) section(title string, h float64) {
	d.room(head2.lead() + h + 2)
	d.y += 2
	d.text(title, head2)
	d.y += 0.5
}

// letters are the code points that both fonts have.
var letterSet = sync.OnceValue(func() map[rune]bool {
	out := covered(liberationsansregular.TTF)
	also := covered(liberationsansbold.TTF)
	for r := range out {
		if !also[r] {
			delete(out, r)
		}
	}
	return out
})

func has(r rune) bool { return letterSet()[r] }

// covered reads which code points a font has, from its table of format 4 (OpenType 1.9, "cmap"). The fonts are part of the
// program; one without such a table would have no letters, which tests would notice.
func covered(ttf []byte) map[rune]bool {
	be := binary.BigEndian
	out := map[rune]bool{}
	for i := range int(be.Uint16(ttf[4:])) {
		rec := ttf[12+16*i:]
		if string(rec[:4]) != "cmap" {
			continue
		}
		cmap := ttf[be.Uint32(rec[8:]):]
		for k := range int(be.Uint16(cmap[2:])) {
			sub := cmap[be.Uint32(cmap[4+8*k+4:]):]
			if be.Uint16(sub) == 4 {
				coveredBy(sub, out)
			}
		}
	}
	return out
}

func coveredBy(sub []byte, out map[rune]bool) {
	be := binary.BigEndian
	n := int(be.Uint16(sub[6:])) / 2 // segments
	ends, starts, deltas, offsets := sub[14:], sub[16+2*n:], sub[16+4*n:], sub[16+6*n:]
	for i := range n {
		end, start := int(be.Uint16(ends[2*i:])), int(be.Uint16(starts[2*i:]))
		for c := start; c <= end && c < 0xffff; c++ {
			glyph := c
			if off := int(be.Uint16(offsets[2*i:])); off != 0 {
				if glyph = int(be.Uint16(offsets[2*i+off+2*(c-start):])); glyph == 0 {
					continue
				}
			}
			if (glyph+int(be.Uint16(deltas[2*i:])))&0xffff != 0 {
				out[rune(c)] = true
			}
		}
	}
}
