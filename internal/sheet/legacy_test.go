package sheet

import (
	"bytes"
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf16"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// allLetters are the 134 letters of Vietnamese that are not plain ASCII: 67 small ones and 67 capitals.
func allLetters() string { return vietnameseLetters + strings.ToUpper(vietnameseLetters) }

// encodeTCVN3, encodeVNI and encodeVIQR are the tables the other way round, for letters in NFC.
func encodeTCVN3(s string) []byte {
	var out []byte
next:
	for _, r := range s {
		for b, letter := range tcvnTable {
			if letter == r && r != 0 {
				out = append(out, byte(b))
				continue next
			}
		}
		out = append(out, byte(r))
	}
	return out
}

func encodeVNI(s string) []byte {
	var out []byte
next:
	for _, r := range s {
		if r < 0x80 {
			out = append(out, byte(r))
			continue
		}
		upper := byte(0)
		if unicode.IsUpper(r) {
			upper = 0x20
		}
		low := unicode.ToLower(r)
		for b, letter := range vniAlone {
			if letter == low {
				out = append(out, b-upper)
				continue next
			}
		}
		d := []rune(norm.NFD.String(string(low)))
		base, marks := []byte{byte(d[0]) - upper}, d[1:]
		if len(marks) > 0 && marks[0] == '\u031b' {
			base, marks = []byte{0xf4 - upper}, marks[1:]
			if d[0] == 'u' {
				base[0] = 0xf6 - upper
			}
		}
		want := string(marks)
		if strings.HasPrefix(want, "\u0323") && len(marks) > 1 { // NFD puts the dot below first
			want = string(marks[1:]) + "\u0323"
		}
		out = append(out, base...)
		for b, mark := range vniMarks {
			if mark == want {
				out = append(out, b-upper)
			}
		}
	}
	return out
}

func encodeVIQR(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch r {
		case 'đ':
			b.WriteString("dd")
			continue
		case 'Đ':
			b.WriteString("DD")
			continue
		}
		d := []rune(norm.NFD.String(string(r)))
		b.WriteRune(d[0])
		tone := ""
		for _, m := range d[1:] {
			for sign, mark := range viqrMarks {
				if mark != m {
					continue
				}
				if strings.ContainsRune("^(+", sign) {
					b.WriteRune(sign)
				} else {
					tone = string(sign)
				}
			}
		}
		b.WriteString(tone)
	}
	return b.String()
}

// TestEveryLetter: each of the 134 letters goes into the three old encodings and comes back.
func TestEveryLetter(t *testing.T) {
	letters := []rune(allLetters())
	if len(letters) != 134 {
		t.Fatalf("%d letters", len(letters))
	}
	for _, r := range letters {
		want := string(r)
		if got := fromTCVN3(encodeTCVN3(want)); got != want {
			t.Errorf("TCVN3 % x: %s became %s", encodeTCVN3(want), want, got)
		}
		if b := encodeVNI(want); fromVNI(b) != want || len(b) == 0 || string(b) == want {
			t.Errorf("VNI % x: %s became %s", b, want, fromVNI(b))
		}
		if v := encodeVIQR(want); fromVIQR(v) != want || !ascii(v) {
			t.Errorf("VIQR %s: %s became %s", v, want, fromVIQR(v))
		}
	}
}

// TestKnownWords holds the tables against words as the fonts of those days show them, typed by hand.
func TestKnownWords(t *testing.T) {
	for _, c := range []struct {
		e          Encoding
		text, want string
	}{
		{TCVN3, "NguyÔn V¨n H\u00adng", "Nguyễn Văn Hưng"},
		{TCVN3, "TrÇn ThÞ Ph\u00adîng", "Trần Thị Phượng"},
		{TCVN3, "§Æng §×nh Quý", "Đặng Đình Quý"},
		{TCVN3, "Lª ThÞ Hµ", "Lê Thị Hà"},
		{TCVN3, "NGUYÔN V¡N A", "NGUYỄN VĂN A"},
		{VNI, "Nguyeãn Vaên Höng", "Nguyễn Văn Hưng"},
		{VNI, "Traàn Thò Phöôïng", "Trần Thị Phượng"},
		{VNI, "Ñaëng Ñình Quyù", "Đặng Đình Quý"},
		{VNI, "NGUYEÃN THÒ KIEÀU", "NGUYỄN THỊ KIỀU"},
		{VIQR, "Nguye^~n Va(n Hu+ng", "Nguyễn Văn Hưng"},
		{VIQR, "DDa(.ng DDi`nh Quy'", "Đặng Đình Quý"},
		{UTF8Twice, "Nguyá»…n VÄƒn HÆ°ng", "Nguyễn Văn Hưng"},
	} {
		if got, ok := convert(c.e, c.text); !ok || got != c.want {
			t.Errorf("%s %q: %q, want %q", c.e, c.text, got, c.want)
		}
	}
}

var sampleNames = []string{
	"Nguyễn Thị Hà", "Trần Văn Hùng", "Lê Hoàng Phượng", "Phạm Thị Ngọc Ánh", "Đặng Đình Quý", "Bùi Thế Hưng", "Võ Thị Kiều", "Hồ Ngọc Ẩn", "Ngô Trí", "Lý Thị Mỹ",
}

func register(encode func(string) []byte) []byte {
	var b bytes.Buffer
	b.Write(encode("Họ và tên;Ngày sinh;Giới tính;Họ tên mẹ;BCG;OPV 1\r\n"))
	for i, n := range sampleNames {
		b.Write(encode(n + ";0" + numberText(i%9+1) + "/03/2024;Nữ;" + sampleNames[(i+3)%len(sampleNames)] + ";25/03/2024;28/05/2024\r\n"))
	}
	return b.Bytes()
}

// asUnicode is what a file shows whose old letters were copied into a Unicode program: a letter a byte.
func asUnicode(encode func(string) []byte) func(string) []byte {
	return func(s string) []byte {
		var b []rune
		for _, c := range encode(s) {
			b = append(b, rune(c))
		}
		return []byte(string(b))
	}
}

// TestRegistersInOldEncodings: the same register in every encoding is the same register.
func TestRegistersInOldEncodings(t *testing.T) {
	utf16le := func(s string) []byte {
		var b []byte
		for _, u := range utf16.Encode([]rune(s)) {
			b = append(b, byte(u), byte(u>>8))
		}
		return b
	}
	cp1258 := func(s string) []byte {
		var b []byte
		for _, r := range s {
			if out, err := charmap.Windows1258.NewEncoder().String(string(r)); err == nil {
				b = append(b, out...)
				continue
			}
			d := []rune(norm.NFD.String(string(r))) // the page has the letters, and the tones as marks
			tone := ""
			for i := 1; i < len(d); i++ {
				if strings.ContainsRune("\u0300\u0309\u0303\u0301\u0323", d[i]) {
					tone, d = string(d[i]), append(d[:i:i], d[i+1:]...)
					break
				}
			}
			out, err := charmap.Windows1258.NewEncoder().String(norm.NFC.String(string(d)) + tone)
			if err != nil {
				t.Fatal(err, string(r))
			}
			b = append(b, out...)
		}
		return b
	}
	twice := func(s string) []byte {
		var b strings.Builder
		for _, c := range []byte(s) {
			if r := charmap.Windows1252.DecodeByte(c); r != '\ufffd' {
				b.WriteRune(r)
			} else {
				b.WriteRune(rune(c))
			}
		}
		return []byte(b.String())
	}
	plain := func(s string) []byte { return []byte(s) }
	for _, c := range []struct {
		name string
		data []byte
		want Encoding
	}{
		{"UTF-8", register(plain), Unicode},
		{"UTF-8 with a mark", append([]byte("\xef\xbb\xbf"), register(plain)...), Unicode},
		{"UTF-8 decomposed", register(func(s string) []byte { return []byte(norm.NFD.String(s)) }), Unicode},
		{"UTF-16 with a mark", append([]byte{0xff, 0xfe}, register(utf16le)...), UTF16},
		{"TCVN3 bytes", register(encodeTCVN3), TCVN3},
		{"VNI bytes", register(encodeVNI), VNI},
		{"VIQR", register(func(s string) []byte { return []byte(encodeVIQR(s)) }), VIQR},
		{"Windows-1258", register(cp1258), CP1258},
		{"TCVN3 in Unicode", register(asUnicode(encodeTCVN3)), TCVN3},
		{"VNI in Unicode", register(asUnicode(encodeVNI)), VNI},
		{"UTF-8 twice", register(twice), UTF8Twice},
	} {
		b := openBytes(t, c.name, c.data)
		m := guess(t, b)
		if m.Encoding != c.want {
			t.Errorf("%s: taken for %q", c.name, m.Encoding)
		}
		entries := readAll(t, b, m, context())
		if len(entries) != len(sampleNames) {
			t.Errorf("%s: %d entries", c.name, len(entries))
			continue
		}
		for i, e := range entries {
			if e.Subject.Name != sampleNames[i] || e.Subject.MotherName != sampleNames[(i+3)%len(sampleNames)] || e.Subject.Sex.String() != "female" || len(e.Doses) != 2 || len(e.Problems) > 0 {
				t.Errorf("%s: %q became %q, mother %q, %s, %d doses, %s", c.name, sampleNames[i], e.Subject.Name, e.Subject.MotherName, e.Subject.Sex, len(e.Doses), codes(e.Problems))
			}
		}
	}
}

// TestMixedColumnIsAsked: where a column holds both, what may be either is a problem, and what is right stays.
func TestMixedColumnIsAsked(t *testing.T) {
	text := "Họ và tên,Ngày sinh\n"
	for i := range 6 {
		text += sampleNames[i] + ",05/03/2024\n" + string(asUnicode(encodeVNI)(sampleNames[i+2])) + ",05/04/2024\n"
	}
	text += "Thò,05/05/2024\n"
	entries := readText(t, text)
	for i := range 6 {
		if got := entries[2*i].Subject.Name; got != sampleNames[i] {
			t.Errorf("%s became %s", sampleNames[i], got)
		}
		if got := entries[2*i+1].Subject.Name; got != sampleNames[i+2] {
			t.Errorf("%s became %s", sampleNames[i+2], got)
		}
	}
	last := entries[len(entries)-1]
	if pr := problemAt(last, CodeTextEncoding); pr == nil || pr.Params["read"] != "Thị" || pr.Row != 14 || pr.Column != "A" {
		t.Errorf("Thò: %+v", last.Problems)
	}
}

// TestLostLettersAreTold: letters that became question marks cannot be guessed.
func TestLostLettersAreTold(t *testing.T) {
	entries := readText(t, "Họ và tên,Ngày sinh,Ghi chú\nNguy?n Th? Hoa,05/03/2024,\nLò Thị Mai,06/03/2024,Hỏi lại?\n")
	if pr := problemAt(entries[0], CodeTextDamaged); pr == nil || pr.Row != 2 || pr.Column != "A" {
		t.Errorf("%+v", entries[0].Problems)
	}
	if len(entries[1].Problems) > 0 || entries[1].Subject.Note != "Hỏi lại?" {
		t.Errorf("%+v", entries[1])
	}
}

// TestUnknownEncodingNamesTheCell: bytes that are Vietnamese in no encoding are an error with a place.
func TestUnknownEncodingNamesTheCell(t *testing.T) {
	b := openBytes(t, "x.csv", []byte("Ho va ten,Ngay sinh,Me\nMai,05/03/2024,\x93\x94\x97\x9a\xb3\xb1\n"))
	_, err := b.Guess("", nil, names)
	e, ok := err.(*EncodingError)
	if !ok || e.Row != 2 || e.Column != "C" {
		t.Fatalf("%v", err)
	}
}

// TestRealNamesStay: names that are right are in no old encoding, whichever of them a file holds, and come back
// from each.
func TestRealNamesStay(t *testing.T) {
	list := sharedNames(t)
	var right letterStats
	stats := map[Encoding]*letterStats{TCVN3: {}, VNI: {}}
	for _, n := range list {
		right.add(n)
		stats[TCVN3].add(string(asUnicode(encodeTCVN3)(n)))
		stats[VNI].add(string(asUnicode(encodeVNI)(n)))
	}
	if e, ok := right.best(strangeLeast); ok {
		t.Errorf("right names are taken for %s", e)
	}
	for want, st := range stats {
		if e, ok := st.best(strangeLeast); !ok || e != want {
			t.Errorf("%s is taken for %q, %+v", want, e, st)
		}
	}
}

// sharedNames reads Vietnamese names from the data beside the project.
func sharedNames(t *testing.T) []string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for at := dir; ; at = filepath.Dir(at) {
		f, err := os.Open(filepath.Join(at, "shared", "data", "vn-names.csv"))
		if err == nil {
			defer f.Close()
			records, err := csv.NewReader(f).ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			var out []string
			for _, r := range records[1:] {
				out = append(out, r[1])
			}
			return out
		}
		if at == filepath.Dir(at) {
			break
		}
	}
	t.Skip("vn-names.csv is not in shared/data beside the checkout: the letters of its names are not compared")
	return nil
}

func FuzzDecode(f *testing.F) {
	f.Add("NguyÔn V¨n H\u00adng")
	f.Add("Nguyeãn Vaên Höng")
	f.Add("Nguye^~n Va(n")
	f.Add("Nguyễn Văn Hưng")
	f.Fuzz(func(t *testing.T, text string) {
		text = cleanCell(text)
		for _, e := range append([]Encoding{Unicode}, oldEncodings...) {
			out, doubt := decodeCell(e, true, text)
			if onlyUnicode(text) && (out != text || doubt != "") {
				t.Fatalf("%s: %q, which is right, became %q", e, text, out)
			}
			if out != cleanCell(out) {
				t.Fatalf("%s: %q became %q, which is not clean", e, text, out)
			}
		}
	})
}
