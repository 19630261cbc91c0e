package paper

import (
	"tramy/internal/locale"
)

// Certificate says in Vietnamese and English which doses are on record, for a school, a job or a journey. It is valid with a
// signature and a stamp; the program gives neither.
type Certificate struct {
	Training bool
	Made     string
	// Place issues it, On is the day.
	Place, On                  string
	Name, Code, QR, Born       string
	SexVI, SexEN               string
	Mother, Home, ID, Passport string
	Doses                      []CertifiedDose
}

// CertifiedDose is a dose that was given; Number 0 has none. Source says in both languages where it is known from, if not from
// the place itself.
type CertifiedDose struct {
	VI, EN         string
	Number         int
	On, Lot, Place string
	Source         string
}

func certificate(o Options, x *Certificate) *doc {
	vi, en := locale.For(locale.Vietnamese), locale.For(locale.English)
	both := func(key string, args ...any) string { return vi.T(key, args...) + " / " + en.T(key, args...) }
	d := newDoc(o, layout{size: a4, title: vi.T("certificate.title"), made: x.Made, training: x.Training})
	d.text(x.Place, bold)
	d.y += 3
	d.heading(vi.T("certificate.title")+"\n"+en.T("certificate.title"), "", "", x.QR)
	d.y += 1
	d.text(vi.T("certificate.says", "place", x.Place), plain)
	d.text(en.T("certificate.says", "place", x.Place), small)
	d.y += 2
	rows := []row{}
	fact := func(key, value string) {
		if value != "" {
			rows = append(rows, row{cells: []cell{loud(vi.T(key)).and(en.T(key)), say(value)}})
		}
	}
	fact("certificate.name", x.Name)
	fact("certificate.born", x.Born)
	fact("certificate.sex", join(" / ", x.SexVI, x.SexEN))
	fact("certificate.mother", x.Mother)
	fact("certificate.home", x.Home)
	fact("certificate.id", x.ID)
	fact("certificate.passport", x.Passport)
	fact("certificate.code", x.Code)
	d.table(table{widths: []float64{30, 70}, size: 10}, rows)
	d.y += 3
	rows = nil
	for _, dose := range x.Doses {
		number := ""
		if dose.Number > 0 {
			number = d.words.Int(int64(dose.Number))
		}
		rows = append(rows, row{cells: []cell{loud(dose.VI).and(dose.EN), say(number), say(dose.On), say(dose.Lot), say(dose.Place).and(dose.Source)}})
	}
	if len(rows) == 0 {
		rows = []row{{cells: []cell{say(both("certificate.none"))}, across: true}}
	}
	d.table(table{
		heads:  []string{both("certificate.vaccine"), both("certificate.dose"), both("certificate.on"), both("certificate.lot"), both("certificate.place")},
		widths: []float64{36, 10, 15, 14, 25}, size: 9.5,
	}, rows)
	d.y += 2
	d.text(both("certificate.end", "n", len(x.Doses)), small)
	d.signature(vi, en, x)
	return d
}

// signature leaves room to sign and to stamp; it stays on one sheet.
func (d *doc) signature(vi, en *locale.Catalogue, x *Certificate) {
	const w, tall = 80.0, 46.0
	d.room(tall)
	left := d.width - d.margin - w
	y := d.y + 4
	centre := func(s string, st style) {
		for _, l := range d.wrap(s, st, w) {
			d.put(left+(w-d.long(l, st))/2, y, l, st)
			y += st.lead()
		}
	}
	centre(vi.T("certificate.issued", "on", x.On), plain)
	centre(en.T("certificate.issued", "on", x.On), small)
	centre(vi.T("certificate.head"), bold)
	centre(en.T("certificate.head"), small)
	centre(vi.T("certificate.sign")+" / "+en.T("certificate.sign"), small)
	d.y += tall
}
