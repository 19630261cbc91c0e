package paper

import (
	"fmt"
	"time"

	"tramy/internal/locale"
	"tramy/internal/ui"
)

// What the tests draw: names as they are in the mountains, long ones among them.

var options = Options{Words: locale.For(locale.Vietnamese), At: time.Date(2026, 11, 28, 7, 30, 0, 0, time.UTC)}

const (
	madeLine  = "In ngày 28/11/2026 tại Trạm Y tế xã Mường Nhà, người in: Cà Thị Diên. Việc: Chăm sóc: đi vận động ở bản Na Phay."
	longName  = "Nguyễn Phước Đặng Huỳnh Công Tằng Tôn Nữ Quỳnh Nguyễn Ngọc Hương Giang Thiên Ánh Tuyết Phương Thảo"
	placeName = "Trạm Y tế xã Mường Nhà"
)

var names = []string{"Lò Gia Bảo", "H' Hen Niê", "Y Ksor Blŏ", "Giàng A Páo", "Ƀlao Čih Ơ̆", "Đặng Thị Ẵm", longName}

func person(i int) ui.Person {
	return ui.Person{
		ID: fmt.Sprint(i), Name: names[i%len(names)], Sex: ui.SexFemale, Born: "18/07/2026", Age: "4 tháng", Mother: "Lò Thị Ặng", Hamlet: "bản Na Phay 1",
		Phone: "0385 000 412", Doses: []ui.DoseName{{Vaccine: "5 trong 1", Number: 2}, {Vaccine: "bOPV", Number: 2, Oral: true}},
		Mark: ui.Mark{Kind: ui.MarkOverdue, N: 26}, Tried: "gọi 25/11: hẹn tuần sau",
	}
}

func people(n int) []ui.Person {
	out := make([]ui.Person, n)
	for i := range out {
		out[i] = person(i)
	}
	return out
}

func lettersOf(n, children int) ui.Letters {
	x := ui.Letters{Place: placeName, Made: madeLine}
	for i := range n {
		l := ui.Letter{To: names[i%len(names)], Hamlet: "bản Na Phay 1", Day: "thứ Bảy 05/12/2026", Hour: "08:30", Where: "Nhà văn hóa bản Pha Thanh"}
		if i%3 == 2 {
			l.Day = ""
		}
		for k := range children {
			l.Children = append(l.Children, ui.LetterChild{Name: names[(i+k)%len(names)], Born: "18/07/2026", Vaccines: []string{"5 trong 1 (bạch hầu, ho gà, uốn ván, viêm gan B, Hib)", "Bại liệt"}})
		}
		x.Letters = append(x.Letters, l)
	}
	return x
}

func sessionOf(n, blank int) ui.SessionSheet {
	x := ui.SessionSheet{
		Title: "thứ Bảy 05/12/2026", Hours: "07:30–11:00", Where: "tại trạm", Made: madeLine,
		Lots: []ui.LotWord{{Vaccine: "5 trong 1", Lot: "A24-123", Expires: "31/03/2027"}, {Vaccine: "Sởi", Lot: "M-77"}},
	}
	for i := range n {
		x.Rows = append(x.Rows, ui.SheetRow{
			N: i + 1, At: "08:30", Code: "0412\u00a07526\u00a00181\u00a05941", Tail: "0181 5941", Name: names[i%len(names)], Sex: ui.SexMale, Born: "18/07/2026", Mother: "Lò Thị Mai",
			Where: "bản Na Phay 1", Phone: "0385 000 412", Doses: person(i).Doses,
		})
	}
	for i := range blank {
		x.Blank = append(x.Blank, n+i+1)
	}
	return x
}

func bookOf(qr string) Book {
	cells := func(kinds ...ui.CellKind) (out []ui.BookCell) {
		for _, k := range kinds {
			c := ui.BookCell{Kind: k}
			switch k {
			case ui.CellDone:
				c.Date, c.Text = "18/09/2026", "lô A24-123, "+placeName
			case ui.CellInvalid:
				c.Date, c.Text = "18/08/2026", "sớm hơn tuổi cho phép 12 ngày"
			case ui.CellWait:
				c.Text = "từ 18/12/2026"
			case ui.CellNotDone:
				c.Date, c.Text = "20/10/2026", "gia đình hoãn: sốt"
			}
			out = append(out, c)
		}
		return out
	}
	return Book{
		Made: madeLine, Name: "Lò Gia Bảo", Line: "nam, sinh 18/07/2026, mẹ Lò Thị Mai", QR: qr,
		Facts: []ui.Fact{{Name: "mã sổ", Value: "0412\u00a07526\u00a00181\u00a05941"}, {Name: "nơi ở", Value: "bản Na Phay 1, Xã Mường Nhà"}, {Name: "điện thoại", Value: "0385 000 412"}},
		Heed:  []string{"Dị ứng: gelatin"},
		Grid: ui.Book{
			Columns: 4,
			Rows: []ui.BookRow{
				{Name: "Lao (BCG)", Cells: cells(ui.CellDone, ui.CellEmpty, ui.CellEmpty, ui.CellEmpty)},
				{Name: "Viêm gan B sơ sinh", Cells: cells(ui.CellDone, ui.CellEmpty, ui.CellEmpty, ui.CellEmpty)},
				{Name: "Bạch hầu - ho gà - uốn ván - viêm gan B - Hib (5 trong 1)", Cells: cells(ui.CellDone, ui.CellInvalid, ui.CellNow, ui.CellWait)},
				{Name: "Bại liệt uống (bOPV)", Cells: cells(ui.CellDone, ui.CellNotDone, ui.CellAsk, ui.CellEmpty)},
				{Name: "Sởi", Cells: cells(ui.CellWait, ui.CellWait, ui.CellEmpty, ui.CellEmpty)},
			},
			Other: []ui.OtherDose{{Name: "Cúm", Date: "01/11/2026", Text: "tiêm dịch vụ, Phòng tiêm Điện Biên"}},
		},
		Next:      []ui.NextDose{{Line: "từ thứ Sáu 18/12/2026", Doses: person(0).Doses}},
		Reactions: []ui.ChildReaction{{Line: "10:30 18/09/2026", Text: "sốt dưới 39 °C", Mark: ui.Mark{Kind: ui.MarkAsk, Text: "thông thường"}}},
	}
}

func cardsOf(n int, qr string) Cards {
	var x Cards
	for i := range n {
		x.Cards = append(x.Cards, Card{
			Place: placeName, Name: names[i%len(names)], Line: "nam, sinh 18/07/2026", Mother: "Lò Thị Mai", Home: "bản Na Phay 1, Xã Mường Nhà",
			Code: "0412\u00a07526\u00a00181\u00a05941", QR: qr,
		})
	}
	return x
}

func certificateOf(n int, qr string) Certificate {
	x := Certificate{
		Made: madeLine, Place: placeName, On: "28/11/2026", Name: "Lò Gia Bảo", Code: "0412\u00a07526\u00a00181\u00a05941", QR: qr, Born: "18/07/2026", SexVI: "nam", SexEN: "male",
		Mother: "Lò Thị Mai", Home: "bản Na Phay 1, Xã Mường Nhà", ID: "011226001234",
	}
	for i := range n {
		x.Doses = append(x.Doses, CertifiedDose{
			VI: "Bạch hầu - ho gà - uốn ván - viêm gan B - Hib (5 trong 1)", EN: "DTP-HepB-Hib", Number: i + 1, On: "18/09/2026", Lot: "A24-123", Place: placeName,
			Source: []string{"", "theo sổ, phiếu / from a card"}[i%2],
		})
	}
	return x
}

func formOf() ui.ReactionForm {
	return ui.ReactionForm{
		Made: madeLine, Superiors: []ui.Superior{{Name: "CDC tỉnh Điện Biên", Phone: "0215 382 1234"}}, Others: 12,
		Person: []ui.Fact{{Name: "họ tên", Value: "Lò Gia Bảo", Who: "mã 0412 7526 0181 5941"}, {Name: "ngày sinh, giới", Value: "18/07/2026, nam"}, {Name: "tiền sử bệnh, dị ứng, thuốc đang dùng"}},
		Doses:  []ui.FormDose{{Vaccine: "5 trong 1", Number: "5 trong 1 mũi 2", Lot: "A24-123", On: "08:52 28/11/2026", Site: "đùi trái", Giver: "Cà Thị Diên", Place: placeName}},
		Signs:  []ui.Box{{Text: "sốt từ 39 °C"}, {Text: "phản vệ", Ticked: true}, {Text: "co giật"}, {Text: "khóc thét trên 3 giờ"}, {Text: "áp xe"}, {Text: "sưng lan quá khớp gần nhất"}},
		Facts:  []ui.Fact{{Name: "bắt đầu lúc", Value: "09:10 28/11/2026"}, {Name: "mức độ", Value: "nặng"}, {Name: "diễn biến"}, {Name: "xử trí"}},
		Outcomes: []ui.Box{
			{Text: "khỏi"}, {Text: "đang theo dõi", Ticked: true}, {Text: "di chứng"}, {Text: "tử vong"},
		},
	}
}

func recordOf(n int, qr string) ui.Paper {
	x := ui.Paper{
		Name: "Lò Gia Bảo", Born: "18/07/2026", Made: madeLine, QR: qr, MayLooks: true,
		Facts:    []ui.Fact{{Name: "họ tên", Value: "Lò Gia Bảo"}, {Name: "tên mẹ", Value: "Lò Thị Mai"}},
		Consents: []ui.Fact{{Name: "Gọi điện nhắc lịch", Value: "đồng ý", Who: "mẹ, 18/07/2026"}},
		Looks:    []ui.LookLine{{At: "hôm nay 07:12", Who: "Cà Thị Diên", Role: "điều dưỡng", Where: placeName, Act: "mở", Of: "hồ sơ của bé"}},
	}
	for i := range n {
		x.Doses = append(x.Doses, ui.PaperDose{Name: fmt.Sprintf("5 trong 1 mũi %d", i+1), On: "18/09/2026", Lot: "A24-123", Place: placeName, Giver: "Cà Thị Diên"})
	}
	return x
}

func workersOf(n int) ui.WorkerLists {
	s := ui.WorkerSheet{Worker: "Vàng A Chứ", Phone: "0912 000 111", Hamlets: []string{"bản Na Phay 1", "bản Na Phay 2"}}
	for i, one := range people(n) {
		s.Rows = append(s.Rows, ui.WorkerRow{Person: one, N: i + 1})
	}
	return ui.WorkerLists{Title: "Trẻ quá hạn tiêm, lập ngày 28/11/2026", Made: madeLine, Sheets: []ui.WorkerSheet{s, s}}
}

func dueOf(n int) ui.Due {
	x := ui.Due{List: ui.DueOverdue, Day: "28/11/2026", Made: madeLine}
	rows := people(n)
	x.People = ui.People{Rows: rows, Total: n}
	x.Groups = []ui.DueGroup{{Title: "bản Na Phay 1", Note: "Vàng A Chứ", Phone: "0912 000 111", Count: n / 2, Rows: rows[:n/2]}, {Title: "bản Pha Thanh", Count: n - n/2, Rows: rows[n/2:]}}
	return x
}

func absentOf(n int) ui.CampaignAbsent {
	g := ui.AbsentGroup{Name: "Lớp 2A, Trường TH Mường Nhà"}
	for _, one := range people(n) {
		g.Rows = append(g.Rows, ui.AbsentRow{Person: one, Class: "2A", Why: "vắng", Reason: "theo bố mẹ lên nương", Day: "27/11/2026"})
	}
	return ui.CampaignAbsent{Name: "Sởi - Rubella 2026, đợt 1", Total: n, Groups: []ui.AbsentGroup{g}, Made: madeLine}
}

func slipOf(qr string) ui.Slip {
	return ui.Slip{
		Name: "Con bà Lò Thị Mai", Code: "0412\u00a07526\u00a00181\u00a05941", QR: qr, Born: "02:15 28/11/2026", Sex: "nam", Twin: "con thứ 2", Weight: "2.900 g", Mother: "Lò Thị Mai",
		Home: "bản Na Phay 1, Xã Mường Nhà", Made: "Bệnh viện huyện Điện Biên, 28/11/2026", Given: []ui.PaperDose{{Name: "Viêm gan B sơ sinh", On: "03:40 28/11/2026", Lot: "HB-7"}, {Name: "Lao (BCG)", Note: "hoãn: cân nặng thấp"}},
		Next: []ui.PaperDose{{Name: "Lao (BCG)", On: "từ 28/11/2026"}, {Name: "5 trong 1", On: "từ 28/01/2027"}}, Where: placeName, WherePhone: "0215 000 111",
	}
}

func othersOf(n int) ui.ReactionOthers {
	x := ui.ReactionOthers{What: "5 trong 1, lô A24-123, 28/11/2026, " + placeName, Made: madeLine}
	for i := range n {
		x.Rows = append(x.Rows, ui.ExposedLine{Name: names[i%len(names)], Line: "18/07/2026, mẹ Lò Thị Mai", Phone: "0385 000 412", Dose: "5 trong 1 mũi 2, lô A24-123", At: "08:52 28/11/2026", Mark: ui.Mark{Kind: ui.MarkLater, Text: "chưa hỏi"}})
	}
	return x
}
