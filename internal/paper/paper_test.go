package paper

import (
	"bytes"
	"encoding/base64"
	"errors"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/skip2/go-qrcode"
	"golang.org/x/text/unicode/norm"

	"tramy/internal/locale"
	readqr "tramy/internal/qrcode"
	"tramy/internal/ui"
)

// What is drawn is read with another program's hands: pdftotext and pdftoppm of Poppler, as Debian has them.

const digits = "0412752601815941"

// codeQR is a person's code as pages draw it.
func codeQR(t *testing.T) string {
	t.Helper()
	drawn, err := qrcode.NewWithForcedVersion(digits, 2, qrcode.Highest)
	if err != nil {
		t.Fatal(err)
	}
	image, err := drawn.PNG(165)
	if err != nil {
		t.Fatal(err)
	}
	return pngURI + base64.StdEncoding.EncodeToString(image)
}

// drawnPDF is a page as a file.
func drawnPDF(t *testing.T, page any) []byte {
	t.Helper()
	return drawnIn(t, options, page)
}

func drawnIn(t *testing.T, o Options, page any) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, o, page); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// poppler runs one of its programs on a file.
func poppler(t *testing.T, pdf []byte, program string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(program, "is missing: apt-get install poppler-utils")
		}
		t.Skip(program, "is missing: apt-get install poppler-utils")
	}
	name := filepath.Join(t.TempDir(), "paper.pdf")
	if err := os.WriteFile(name, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	for i := range args {
		if args[i] == "FILE" {
			args[i] = name
		}
	}
	var wrong bytes.Buffer
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Stderr = &wrong
	out, err := cmd.Output()
	if err != nil || wrong.Len() > 0 {
		t.Fatalf("%s: %v\n%s", program, err, wrong.String())
	}
	return string(out)
}

// textOf is what another program reads in a file, page by page, in the order in which it was drawn.
func textOf(t *testing.T, pdf []byte) []string {
	t.Helper()
	pages := strings.Split(poppler(t, pdf, "pdftotext", "-raw", "-enc", "UTF-8", "FILE", "-"), "\f")
	return pages[:len(pages)-1]
}

// oneLine is a text without its breaks: where a line ends is the paper's matter.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// letterless leaves out spaces: a word that is wider than its column breaks.
func letterless(s string) string { return strings.Join(strings.Fields(s), "") }

func wantIn(t *testing.T, text string, want ...string) {
	t.Helper()
	text = letterless(text)
	for _, s := range want {
		if !strings.Contains(text, letterless(s)) {
			t.Errorf("%q does not stand in the text", s)
		}
	}
}

// vietnamese are all letters of Vietnamese: twelve vowels with six tones, the consonants, both cases.
func vietnamese() []string {
	var out []string
	for _, vowel := range []string{"a", "ă", "â", "e", "ê", "i", "o", "ô", "ơ", "u", "ư", "y"} {
		for _, tone := range []string{"", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323"} {
			out = append(out, norm.NFC.String(vowel+tone))
		}
	}
	out = append(out, strings.Split("bcdđghklmnpqrstvx", "")...)
	for _, s := range out {
		out = append(out, strings.ToUpper(s))
	}
	return out
}

// TestEveryLetterComesOutAsItWentIn draws every letter of Vietnamese, of its neighbours in Latin letters, and names, in both weights,
// and reads them with another program.
func TestEveryLetterComesOutAsItWentIn(t *testing.T) {
	letters := vietnamese()
	if len(letters) != 2*(12*6+17) {
		t.Fatal(len(letters), "letters")
	}
	for _, s := range letters {
		if r := []rune(s); len(r) != 1 || !has(r[0]) {
			t.Errorf("%q is no letter of the fonts", s)
		}
	}
	words := append([]string{strings.Join(letters, " "), "Čih Ñuĭ Ƀlao blŏ ŭn ê̆ ơ̆ ư̆", "H’ Hen Niê, Y Ksor, K'Brới, Giàng A Páo", "≥ 39 °C – 0,5 ml … “đến hạn” № 5 µg"}, names...)
	for _, w := range words {
		cert := Certificate{Place: w, On: "28/11/2026", Name: w}
		text := strings.Join(textOf(t, drawnPDF(t, cert)), "\n")
		want := letterless(norm.NFC.String(strings.ReplaceAll(w, "№", "№")))
		if n := strings.Count(letterless(norm.NFC.String(text)), want); n < 3 { // bold above, plain in two sentences and in the table
			t.Errorf("%q stands %d times in\n%s", w, n, text)
		}
	}
}

// TestLettersInPartsAreComposed: a name typed on a machine that writes letters and marks apart is one a search finds.
func TestLettersInPartsAreComposed(t *testing.T) {
	name := "Đặng Thị Ẵm Ể Ữ"
	text := textOf(t, drawnPDF(t, cardsNamed(norm.NFD.String(name))))
	if !strings.Contains(oneLine(text[0]), name) {
		t.Errorf("no %q in %q", name, text[0])
	}
}

func cardsNamed(name string) Cards {
	x := cardsOf(1, "")
	x.Cards[0].Name = name
	return x
}

// TestLetterNobodyHasIsSeenToBeMissing: a square stands for what the fonts lack, and nothing a form can hold stops the paper.
func TestLetterNobodyHasIsSeenToBeMissing(t *testing.T) {
	for in, want := range map[string]string{
		"Lò 😀 Mai":                 "Lò □ Mai",
		"ꪵꪫ":                       "□□",
		"Lò\x00\tMai":              "Lò Mai",
		"Lò \xff\xfe Mai":          "Lò □ Mai",
		"L\u200bò\u00ad Mai\ufeff": "Lò Mai",
		"\\(Lò) <Mai> %%EOF":       "\\(Lò) <Mai> %%EOF",
	} {
		text := oneLine(textOf(t, drawnPDF(t, cardsNamed(in)))[0])
		if !strings.Contains(text, want) {
			t.Errorf("%q: no %q in %q", in, want, text)
		}
	}
}

// TestNothingIsCut: what is too long for its place wraps or gets smaller letters, on every document.
func TestNothingIsCut(t *testing.T) {
	endless := strings.Repeat("ƯỡngThượng", 30) // 300 letters without a space: more than any form lets in
	long := strings.TrimSpace(strings.Repeat(longName+" ", 3))
	for _, name := range []string{endless, long} {
		due := dueOf(4)
		due.People.Rows[0].Name = name // the groups' rows are the same
		session := sessionOf(2, 1)
		session.Rows[1].Name = name
		letter := lettersOf(2, 2)
		letter.Letters[1].Children[0].Name = name
		book, form, record, slip, cert := bookOf(""), formOf(), recordOf(2, ""), slipOf(""), certificateOf(2, "")
		book.Name, record.Name, slip.Name, cert.Name = name, name, name, name
		form.Person[0].Value = name
		for _, page := range []any{due, session, letter, book, form, record, slip, cert, cardsNamed(name)} {
			wantIn(t, strings.Join(textOf(t, drawnPDF(t, page)), ""), name)
		}
	}
	// A note as long as a form lets in goes on over sheets.
	form := formOf()
	form.Facts[2].Value = strings.TrimSpace(strings.Repeat("Trẻ tím tái, khó thở sau tiêm năm phút. ", 400))
	pages := textOf(t, drawnPDF(t, form))
	if len(pages) < 2 {
		t.Fatal("one sheet")
	}
	all := ""
	for i, page := range pages { // the foot of each sheet stands between
		page = strings.ReplaceAll(letterless(page), letterless(madeLine), "")
		all += strings.ReplaceAll(page, letterless("trang "+strconv.Itoa(i+1)+"/"+strconv.Itoa(len(pages))), "")
	}
	if n := strings.Count(all, letterless("Trẻ tím tái, khó thở sau tiêm năm phút.")); n != 400 {
		t.Errorf("%d of 400 sentences are whole", n)
	}
}

// TestTableGoesOnUnderItsHead: the rows that fill a sheet stand on one, one more begins the next, under the head, and each sheet has
// its number.
func TestTableGoesOnUnderItsHead(t *testing.T) {
	sheets := func(n int) []string { return textOf(t, drawnPDF(t, evenWorkers(n))) }
	full := 15
	for full < 40 && len(sheets(full+1)) == 1 {
		full++
	}
	one, two := sheets(full), sheets(full+1)
	if len(one) != 1 || len(two) != 2 {
		t.Fatalf("%d and %d sheets", len(one), len(two))
	}
	if !strings.Contains(one[0], "trang 1/1") {
		t.Errorf("no number on %q", one[0])
	}
	for i, page := range two {
		wantIn(t, page, "STT Trẻ", "Kết quả", "trang "+strconv.Itoa(i+1)+"/2", madeLine)
	}
	if !strings.Contains(two[1], "\n"+strconv.Itoa(full+1)+"\n") && !strings.Contains(two[1], "\n"+strconv.Itoa(full+1)+" ") {
		t.Errorf("row %d is not on the second sheet: %q", full+1, two[1])
	}
}

// evenWorkers is a sheet whose rows are equally high.
func evenWorkers(n int) ui.WorkerLists {
	x := workersOf(n)
	x.Sheets = x.Sheets[:1]
	for i := range x.Sheets[0].Rows {
		x.Sheets[0].Rows[i].Name = "Lò Gia Bảo"
	}
	return x
}

// TestTenCardsOnASheet: the tenth fits, the eleventh begins another.
func TestTenCardsOnASheet(t *testing.T) {
	for n, want := range map[int]int{1: 1, 10: 1, 11: 2, 21: 3} {
		if got := len(textOf(t, drawnPDF(t, cardsOf(n, "")))); got != want {
			t.Errorf("%d cards: %d sheets, want %d", n, got, want)
		}
	}
}

// TestEightLettersOnASheet: eight short ones fit, and none is torn between two sheets.
func TestEightLettersOnASheet(t *testing.T) {
	for n, want := range map[int]int{8: 1, 9: 2} {
		if got := len(textOf(t, drawnPDF(t, lettersOf(n, 1)))); got != want {
			t.Errorf("%d letters: %d sheets, want %d", n, got, want)
		}
	}
	for _, children := range []int{2, 5, 30} { // a home for children is a family too
		text := textOf(t, drawnPDF(t, lettersOf(6, children)))
		for i, page := range text {
			begun, ended := strings.Count(page, "Giấy mời tiêm chủng"), strings.Count(oneLine(page), "báo trạm để hẹn lại.")
			if begun == 0 || begun != ended {
				t.Errorf("%d children: on sheet %d %d letters begin and %d end", children, i+1, begun, ended)
			}
		}
	}
}

// TestSessionSheetHasThePagesNumbers: what is written by hand is entered by the number of the row.
func TestSessionSheetHasThePagesNumbers(t *testing.T) {
	text := strings.Join(textOf(t, drawnPDF(t, sessionOf(14, 12))), "\n")
	for n := 1; n <= 26; n++ {
		if !strings.Contains(text, "\n"+strconv.Itoa(n)+"\n") && !strings.Contains(text, "\n"+strconv.Itoa(n)+" ") {
			t.Errorf("no row %d", n)
		}
	}
	wantIn(t, text, "Phiếu buổi tiêm: thứ Bảy 05/12/2026", "5 trong 1: A24-123 (31/03/2027)", "0181 5941", "□ 5 trong 1 mũi 2", "□ bOPV lần 2")
}

// TestDocumentsSayWhatTheyWereGiven reads each document for what makes it what it is.
func TestDocumentsSayWhatTheyWereGiven(t *testing.T) {
	for name, x := range map[string]struct {
		page any
		want []string
	}{
		"record":      {recordOf(14, ""), []string{"Hồ sơ tiêm chủng", "5 trong 1 mũi 14", "Gọi điện nhắc lịch", "Ai đã xem hồ sơ này", "điều dưỡng"}},
		"book":        {bookOf(""), []string{"Sổ tiêm chủng cá nhân", "Dị ứng: gelatin", "Lao (BCG)", "lô A24-123", "sớm hơn tuổi", "đến hạn", "từ 18/12/2026", "Cúm", "sốt dưới 39 °C", "5 trong 1 mũi 2, bOPV lần 2"}},
		"certificate": {certificateOf(3, ""), []string{"GIẤY XÁC NHẬN TIÊM CHỦNG", "VACCINATION CERTIFICATE", "DTP-HepB-Hib", "from a card", "Issued on 28/11/2026", "Ngày cấp: 28/11/2026", "nam / male", "3 mũi / End of list: 3 doses", "011226001234"}},
		"letters":     {lettersOf(3, 2), []string{"Kính gửi gia đình H' Hen Niê, bản Na Phay 1", "08:30, thứ Bảy 05/12/2026", "Mời gia đình đưa con đến trạm tiêm"}},
		"form":        {formOf(), []string{"Phiếu báo cáo phản ứng", "CDC tỉnh Điện Biên 0215 382 1234", "Nhà sản xuất", "Số người khác tiêm cùng lô hôm đó 12", "Trạm trưởng", "A24-123"}},
		"others":      {othersOf(5), []string{"5 trong 1, lô A24-123, 28/11/2026", "H' Hen Niê", "chưa hỏi"}},
		"due":         {dueOf(6), []string{"Trẻ quá hạn, tính đến 28/11/2026", "Bản Na Phay 1: 3 người", "Vàng A Chứ, 0912 000 111", "Quá 26 ngày", "hẹn tuần sau"}},
		"absent":      {absentOf(3), []string{"Sởi - Rubella 2026, đợt 1", "Lớp 2A, Trường TH Mường Nhà: 3 người", "vắng: theo bố mẹ lên nương"}},
		"slip":        {slipOf(""), []string{"Phiếu tiêm chủng sơ sinh", "0412 7526 0181 5941", "Viêm gan B sơ sinh", "hoãn: cân nặng thấp", "0215 000 111"}},
	} {
		t.Run(name, func(t *testing.T) {
			pdf := drawnPDF(t, x.page)
			wantIn(t, strings.Join(textOf(t, pdf), "\n"), x.want...)
			drawnIn(t, Options{Words: locale.For(locale.English), At: options.At}, x.page) // no word is missing in English
		})
	}
}

// TestEmptyDocuments: nobody on a list is said, and stops nothing.
func TestEmptyDocuments(t *testing.T) {
	for _, page := range []any{
		ui.Paper{}, Book{}, Cards{}, Certificate{}, ui.Letters{}, ui.SessionSheet{}, ui.ReactionForm{}, ui.ReactionOthers{}, ui.WorkerLists{}, ui.Due{}, ui.CampaignAbsent{}, ui.Slip{}, ui.RecallChildren{},
	} {
		if n := len(textOf(t, drawnPDF(t, page))); n != 1 {
			t.Errorf("%T: %d sheets", page, n)
		}
	}
	if err := Write(&bytes.Buffer{}, options, ui.Child{}); !errors.Is(err, ErrNoPaper) {
		t.Error(err)
	}
}

// TestTrainingIsOnEverySheetAndPiece: paper of a training machine is not taken for real, however it is cut.
func TestTrainingIsOnEverySheetAndPiece(t *testing.T) {
	frame := ui.Frame{Training: true}
	session, workers, record, due := sessionOf(30, 12), workersOf(40), recordOf(60, ""), dueOf(50)
	session.Frame, workers.Frame, record.Frame, due.Frame = frame, frame, frame, frame
	book, cert := bookOf(""), certificateOf(30, "")
	book.Training, cert.Training = true, true
	form, others, absent, slip := formOf(), othersOf(40), absentOf(50), slipOf("")
	form.Frame, others.Frame, absent.Frame, slip.Frame = frame, frame, frame, frame
	for _, page := range []any{session, workers, record, due, book, cert, form, others, absent, slip} {
		for i, text := range textOf(t, drawnPDF(t, page)) {
			if !strings.Contains(oneLine(text), "MÁY TẬP") {
				t.Errorf("%T: not on sheet %d", page, i+1)
			}
		}
	}
	cards, letters := cardsOf(12, ""), lettersOf(9, 1)
	cards.Training, letters.Frame = true, frame
	for page, want := range map[string]int{"cards": 12, "letters": 9} {
		x := any(cards)
		if page == "letters" {
			x = letters
		}
		if n := strings.Count(strings.Join(textOf(t, drawnPDF(t, x)), ""), "MÁY TẬP"); n != want {
			t.Errorf("%s: on %d pieces of %d", page, n, want)
		}
	}
}

// TestSameInSameOut: the same page made at the same moment is the same file, so that a copy can be told from a change.
func TestSameInSameOut(t *testing.T) {
	qr := codeQR(t)
	for _, page := range []any{bookOf(qr), certificateOf(3, qr), sessionOf(9, 3), cardsOf(3, qr)} {
		first := drawnPDF(t, page)
		for range 5 {
			if !bytes.Equal(first, drawnPDF(t, page)) {
				t.Fatalf("%T differs", page)
			}
		}
	}
}

// TestCodeIsRead prints each document that has a code as a laser printer would, black and white at 200 dots an inch, and reads the code.
func TestCodeIsRead(t *testing.T) {
	qr := codeQR(t)
	for _, page := range []any{cardsOf(1, qr), bookOf(qr), certificateOf(1, qr), recordOf(1, qr), slipOf(qr)} {
		got, err := readqr.Read(t.Context(), []byte(poppler(t, drawnPDF(t, page), "pdftoppm", "-r", "200", "-mono", "-png", "-singlefile", "FILE")))
		if err != nil {
			t.Errorf("%T: %v", page, err)
			continue
		}
		if got != digits {
			t.Errorf("%T: %q", page, got)
		}
	}
}

// TestBlackOnWhite: no grey, no colour and no large dark field, which print as mud or empty the cartridge.
func TestBlackOnWhite(t *testing.T) {
	for _, page := range []any{sessionOf(5, 5), bookOf(""), formOf(), dueOf(9)} {
		raw := poppler(t, drawnPDF(t, page), "pdftoppm", "-r", "50", "-aa", "no", "-aaVector", "no", "-png", "-singlefile", "FILE")
		img, err := png.Decode(strings.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		dark, all := 0, 0
		for y := range img.Bounds().Dy() {
			for x := range img.Bounds().Dx() {
				r, g, b, _ := img.At(x, y).RGBA()
				if (r != 0 && r != 0xffff) || r != g || g != b {
					t.Fatalf("%T: %v at %d, %d", page, img.At(x, y), x, y)
				}
				all++
				if r == 0 {
					dark++
				}
			}
		}
		if dark*100 > all*15 {
			t.Errorf("%T: %d %% of the sheet is black", page, dark*100/all)
		}
	}
}

// TestFontsAreInTheFile: a computer without the fonts shows the same, and only the letters that are used are sent along.
func TestFontsAreInTheFile(t *testing.T) {
	pdf := drawnPDF(t, bookOf(""))
	lines := strings.Split(strings.TrimSpace(poppler(t, pdf, "pdffonts", "FILE")), "\n")
	if len(lines) != 4 {
		t.Fatal(lines)
	}
	for _, l := range lines[2:] {
		if f := strings.FieldsFunc(l, unicode.IsSpace); len(f) < 7 || f[4] != "yes" || f[6] != "yes" { // emb, uni
			t.Error(l)
		}
	}
	if len(pdf) > 80<<10 {
		t.Errorf("%d KiB", len(pdf)>>10)
	}
}
