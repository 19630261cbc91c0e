package sheet

// oldEncodings are those text can be in, the surest first: where two read equally many words, the first is taken.
var oldEncodings = []Encoding{UTF8Twice, TCVN3, VNI, CP1258, VIQR}

// letterStats counts, over a column, which texts are Vietnamese as they stand and which only in an old encoding.
type letterStats struct {
	texts   int    // with marks, as far as they were looked at
	strange int    // whose words are no Vietnamese syllables as they stand
	unicode int    // that no old encoding could show: right already
	read    [5]int // strange ones that an encoding makes Vietnamese
}

// lettersMax is how many texts of a column are looked at; the rest are written as they are.
const lettersMax = 4000

func (l *letterStats) add(text string) {
	viqr := viqrSigns(text)
	if ascii(text) && !viqr || l.texts >= lettersMax {
		return
	}
	l.texts++
	if onlyUnicode(text) {
		l.unicode++
		return
	}
	if allSyllables(text) && !viqr {
		return
	}
	l.strange++
	for i, e := range oldEncodings {
		if (e == VIQR) != (viqr && ascii(text)) {
			continue
		}
		if decoded, ok := convert(e, text); ok && decoded != text && !ascii(decoded) && allSyllables(decoded) {
			l.read[i]++
		}
	}
}

func (l *letterStats) merge(o *letterStats) {
	l.texts += o.texts
	l.strange += o.strange
	l.unicode += o.unicode
	for i := range l.read {
		l.read[i] += o.read[i]
	}
}

// best returns the encoding that makes most of the strange texts Vietnamese, if it does so with at least least of
// them and with no fewer than half.
func (l *letterStats) best(least int) (Encoding, bool) {
	best, at := Unicode, 0
	for i, e := range oldEncodings {
		if l.read[i] > at {
			best, at = e, l.read[i]
		}
	}
	return best, at >= least && at*2 >= l.strange
}

// encodingSpot remembers the first cell of a file of bytes that has letters beyond ASCII.
type encodingSpot struct {
	row, column int
	text        string
}

func (s *encodingSpot) see(row, column int, text string) {
	if s.row == 0 && !ascii(text) {
		s.row, s.column, s.text = row, column, text
	}
}

// encodings decides in which encoding each column is. In a file of bytes there is one for all, or an *EncodingError;
// else each column decides, and where it says little, the sheet.
func (sc *scan) encodings(m *Mapping, charset charset) error {
	var all letterStats
	for i := range sc.columns {
		all.merge(&sc.columns[i].letters)
	}
	if charset == charsetUTF16 {
		m.Encoding = UTF16
	}
	if charset == charsetBytes {
		e, ok := all.best(1)
		if !ok || e == VIQR || e == UTF8Twice {
			return sc.unknownEncoding(m.Sheet)
		}
		m.Encoding = e
		for i := range m.Columns {
			m.Columns[i].Encoding = e
		}
		return nil
	}
	whole, known := all.best(strangeLeast)
	for i := range m.Columns {
		st, c := &sc.columns[i].letters, &m.Columns[i]
		e, ok := st.best(strangeLeast)
		if !ok && known {
			e, ok = st.best(1)
			ok = ok && e == whole
		}
		if !ok {
			continue
		}
		c.Encoding, c.Mixed = e, st.unicode > 0
		if m.Encoding == Unicode {
			m.Encoding = e
		}
	}
	return nil
}

// strangeLeast is how many texts an encoding must make Vietnamese before it is believed of a column by itself.
const strangeLeast = 3

func (sc *scan) unknownEncoding(sheet string) error {
	text := []rune(sc.first.text)
	for i, r := range text {
		if r >= 0x80 {
			text[i] = '?'
		}
	}
	return &EncodingError{Sheet: sheet, Row: sc.first.row, Column: columnLetter(sc.first.column), Text: string(text)}
}
