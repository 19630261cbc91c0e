package paper

import (
	"strings"

	"tramy/internal/ui"
)

const (
	letterGap = 4.0
	letterPad = 3.0
	// letterTall is the least height: eight on a sheet. One that says more takes more.
	letterTall = 66.0
)

// letters are invitations, two beside each other and at most four below, to be cut apart along the dashes.
func letters(o Options, x *ui.Letters) *doc {
	d := newDoc(o, layout{size: a4, title: o.Words.T("letter.title"), training: x.Training, bare: true, margin: 8})
	w := (d.inner() - letterGap) / 2
	if len(x.Letters) == 0 {
		d.text(d.t("workers.none"), plain)
	}
	for i := 0; i < len(x.Letters); i += 2 {
		pair := x.Letters[i:min(i+2, len(x.Letters))]
		h, scale := letterTall, 1.0
		for k := range pair {
			s := 1.0
			need := d.letter(0, 0, w, s, x.Place, &pair[k], false)
			for need > d.bottom-d.margin && s > 0.4 { // a family as large as that has smaller letters
				s -= 0.05
				need = d.letter(0, 0, w, s, x.Place, &pair[k], false)
			}
			scale, h = min(scale, s), max(h, need)
		}
		d.room(h)
		for k := range pair {
			left := d.margin + float64(k)*(w+letterGap)
			d.letter(left, d.y, w, scale, x.Place, &pair[k], true)
		}
		middle := d.margin + w + letterGap/2
		d.dashed(middle, d.y, middle, d.y+h)
		d.y += h
		d.dashed(d.margin, d.y, d.width-d.margin, d.y)
	}
	return d
}

// letter draws one, or only says how high it is.
func (d *doc) letter(x, y, w, scale float64, place string, l *ui.Letter, draw bool) float64 {
	top := y
	x, w = x+letterPad, w-2*letterPad
	y += letterPad
	say := func(s string, st style, in float64) {
		st = st.by(st.size * scale)
		for _, text := range d.wrap(s, st, w-in) {
			if draw {
				d.put(x+in, y, text, st)
			}
			y += st.lead()
		}
	}
	say(place, style{size: 8.5}, 0)
	if d.training {
		say(d.t("frame.training"), style{size: 10, bold: true}, 0)
	}
	say(d.t("letter.title"), style{size: 13, bold: true}, 0)
	y += 1
	say(join(", ", d.t("letter.to", "name", l.To), l.Hamlet), plain, 0)
	y += 0.8
	if l.Day != "" {
		say(d.t("letter.come"), plain, 0)
		say(l.Hour+", "+l.Day, style{size: 12, bold: true}, 0)
		say(l.Where, plain, 0)
	} else {
		say(d.t("letter.come_soon"), plain, 0)
	}
	y += 0.8
	for _, c := range l.Children {
		name := c.Name
		if c.Born != "" {
			name += " (" + c.Born + ")"
		}
		say(name, bold, 0)
		say(strings.Join(c.Vaccines, "; "), style{size: 9}, 3)
	}
	y += 0.8
	say(d.t("letter.bring"), style{size: 8.5}, 0)
	return y + letterPad - top
}
