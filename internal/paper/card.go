package paper

// Cards are cards for the purse, ten on a sheet of A4, to be cut apart.
type Cards struct {
	Training bool
	Cards    []Card
}

// Card is one person's: who it is, and the code by which any station finds the record.
type Card struct {
	Place, Name, Line, Mother, Home, Code, QR string
}

// The size of a card is that of a bank card (ISO/IEC 7810 ID-1, in whole millimetres); two columns of five fill a sheet.
const (
	cardWide  = 86.0
	cardTall  = 54.0
	cardsOver = 2
	cardsDown = 5
)

func cards(o Options, x *Cards) *doc {
	d := newDoc(o, layout{size: a4, title: o.Words.T("pdf.card"), training: x.Training, bare: true})
	left, top := (d.width-cardsOver*cardWide)/2, (d.height-cardsDown*cardTall)/2
	for i := range x.Cards {
		at := i % (cardsOver * cardsDown)
		if i > 0 && at == 0 {
			d.sheet()
		}
		d.card(left+float64(at%cardsOver)*cardWide, top+float64(at/cardsOver)*cardTall, &x.Cards[i])
	}
	return d
}

func (d *doc) card(x, y float64, c *Card) {
	for _, side := range [][4]float64{{x, y, x + cardWide, y}, {x, y + cardTall, x + cardWide, y + cardTall}, {x, y, x, y + cardTall}, {x + cardWide, y, x + cardWide, y + cardTall}} {
		d.dashed(side[0], side[1], side[2], side[3])
	}
	const pad, side = 3.5, 30.0
	left, w := x+pad, cardWide-2*pad
	at := d.oneIn(left, y+2.5, w, c.Place, style{size: 8}, 1)
	title := d.t("pdf.card")
	if d.training {
		title += ". " + d.t("frame.training")
	}
	at = d.oneIn(left, at, w, title, style{size: 10, bold: true}, 1)
	d.rule(left, at+0.8, left+w, at+0.8, hairline)
	top := at + 1.6
	text := w - side - 1.5
	d.qr(x+cardWide-pad-side, top, side, c.QR)
	at = d.oneIn(left, top, text, c.Name, style{size: 12, bold: true}, 3)
	at = d.oneIn(left, at+0.3, text, c.Line, style{size: 8.5}, 2)
	if c.Mother != "" {
		at = d.oneIn(left, at, text, d.t("pdf.mother")+": "+c.Mother, style{size: 8.5}, 2)
	}
	d.oneIn(left, at, text, c.Home, style{size: 8}, 2)
	foot := y + cardTall - 10.5
	foot = d.oneIn(left, foot, w-side-1.5, c.Code, style{size: 11, bold: true}, 1)
	d.oneIn(left, foot, w, d.t("pdf.card_how"), style{size: 7}, 1)
}

// oneIn writes a text into at most so many lines, smaller if need be, and returns where it ends.
func (d *doc) oneIn(x, y, w float64, s string, st style, lines int) float64 {
	if s == "" {
		return y
	}
	return d.para(x, y, w, s, d.shrink(s, st, w, lines))
}
