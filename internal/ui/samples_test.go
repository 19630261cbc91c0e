package ui

// The samples are a morning at a station and at a province, as in the design's mock-ups.

func stationFrame(at string) Frame {
	return Frame{
		Place: "Trạm Y tế xã Mường Nhà", User: "Cà Thị Diên", Role: "điều dưỡng", Nav: StationNav(at, 6), Switch: true,
		Sync: &SyncBadge{State: SyncOffline, At: "07:12", Waiting: 14, Sent: 6, Central: 1198},
		CSRF: "c0ffee", Once: "once-1", Today: "25/11/2026", Path: "/",
	}
}

func hubFrame(at string) Frame {
	return Frame{
		Place: "CDC tỉnh Điện Biên", User: "Nguyễn Thu Hà", Role: "cán bộ tiêm chủng", Nav: HubNav(at, 2, true),
		Sync: &SyncBadge{State: SyncOnline, At: "09:40", Waiting: 3, Central: 482116, Hub: true},
		CSRF: "c0ffee", Once: "once-1", Today: "25/11/2026", Path: "/",
	}
}

var undo = Note{
	Tone: ToneOK, Lead: "Đã lưu trên máy này.", Text: "Lò Gia Bảo, 2 mũi. Theo dõi đến 09:42.",
	Offer:  &Action{Label: "Hẹn 25/12 08:30", Href: "/child/b1/book", Post: true, Values: []Hidden{{"session", "s1"}, {"at", "08:30"}, {"back", "/"}}, Key: "F8"},
	Action: &Action{Label: "Hoàn tác", Href: "/dose/1/void", Post: true, Values: []Hidden{{"act", "17"}}, Key: "U"},
}

var bao = Person{
	ID: "b1", Mark: Mark{Kind: MarkDue}, Name: "Lò Gia Bảo", Sex: SexMale, Born: "18/07/2026", Age: "4 th 7 ng",
	Mother: "Lò Thị Mai", Hamlet: "bản Na Phay 1", Phone: "0385 000 412",
	Doses: []DoseName{{"5 trong 1", 3, false}, {"bOPV", 3, true}}, Note: "30 ngày sau mũi 2", Ready: true, Main: true,
}

var sua = Person{
	ID: "b2", Mark: Mark{Kind: MarkDue}, Name: "Giàng Thị Sua", Sex: SexFemale, Born: "12/02/2026", Age: "9 th 13 ng",
	Mother: "Vàng Thị Mỷ", Hamlet: "bản Huổi Hương", Doses: []DoseName{{"Sởi", 1, false}, {"IPV", 2, false}}, Ready: true,
}

var chu = Person{
	ID: "b3", Mark: Mark{Kind: MarkOverdue, N: 61}, Name: "Thào A Chứ", Sex: SexMale, Born: "02/06/2026", Age: "5 th 23 ng",
	Mother: "Thào Thị Dợ", Hamlet: "xã Tìa Dình", Phone: "0372 000 918", Visitor: true,
	Doses: []DoseName{{"5 trong 1", 2, false}, {"bOPV", 2, true}}, Note: "xem sổ giấy: trạm Tìa Dình im 3 ngày", Ready: true,
}

var di = Person{
	ID: "b4", Mark: Mark{Kind: MarkOverdue, N: 26}, Name: "Sùng Thị Dí", Sex: SexFemale, Born: "30/01/2026", Age: "9 th 26 ng",
	Mother: "Sùng Thị Chở", Hamlet: "bản Pha Thanh", Phone: "0388 000 642", Doses: []DoseName{{"Sởi", 1, false}}, Ready: true,
}

var on = Person{
	ID: "b5", Mark: Mark{Kind: MarkDone, At: "08:52"}, Name: "Cà Văn Ơn", Sex: SexMale, Born: "25/05/2025", Age: "18 tháng",
	Mother: "Cà Thị Pâng", Hamlet: "bản Na Phay 2", Doses: []DoseName{{"Sởi-Rubella", 1, false}, {"DPT", 4, false}},
}

var khoi = Person{
	ID: "b6", Mark: Mark{Kind: MarkDue}, Name: "Nguyễn Lê Phương Minh Khôi", Sex: SexMale, Born: "25/09/2026", Age: "2 tháng",
	Hamlet: "khu Trung tâm thị trấn cũ", Phone: "0912 000 347", Doses: []DoseName{{"5 trong 1", 1, false}, {"bOPV", 1, true}, {"Rota", 1, true}}, Ready: true,
}

var found = Found{Query: "lo gia bao", Said: "lo gia bao", Total: 3, Held: 1842, Register: true, Rows: []Person{
	{ID: "b1", Mark: Mark{Kind: MarkDue}, Name: "Lò Gia Bảo", Sex: SexMale, Born: "18/07/2026", Age: "4 th 7 ng", Mother: "Lò Thị Mai", Hamlet: "bản Na Phay 1", Phone: "0385 000 412", Doses: []DoseName{{"5 trong 1", 3, false}, {"bOPV", 3, true}}, Code: "0181 5941", Main: true},
	{ID: "b7", Mark: Mark{Kind: MarkComplete}, Name: "Lò Gia Bảo", Sex: SexMale, Born: "02/03/2025", Age: "20 tháng", Mother: "Lò Thị Tươi", Hamlet: "bản Khon Kén", Phone: "0398 000 771", Line: "đủ đến tuổi này", Code: "0913 9045"},
	{ID: "b8", Mark: Mark{Kind: MarkElsewhere}, Name: "Lô Gia Bảo", Sex: SexMale, Born: "18/07/2026", Mother: "Lô Thị Mái", Hamlet: "xã Núa Ngam", Line: "trẻ vãng lai", Code: "0308 2424", Visitor: true},
}}

var candidates = Candidates{Compared: 1842, Since: "07:12", Rows: []Candidate{
	{
		ID: "c1", Name: "CB Lò Thị Ánh", Mark: Mark{Kind: MarkAlike}, Line: "Nữ, 25/11/2026 02:30, TTYT Điện Biên ghi, đến máy này 06:58. Chưa có mũi nào.",
		Signs: []Mark{{Kind: MarkSame, Text: "mẹ và số điện thoại"}, {Kind: MarkSame, Text: "ngày sinh, giờ lệch 5 phút"}, {Kind: MarkSame, Text: "nữ"}, {Kind: MarkDiffers, Text: "khác nơi sinh"}},
	},
	{
		ID: "c2", Name: "Lò Thị Ánh Dương", Mark: Mark{Kind: MarkSimilar}, Line: "Nữ, 03/11/2026, mẹ Lò Thị Anh, bản Na Phay 1. 2 mũi.", Different: true,
		Signs: []Mark{{Kind: MarkSame, Text: "nữ"}, {Kind: MarkDiffers, Text: "ngày sinh cách 22 ngày"}},
	},
}}

var sexes = Select{Value: "2", Options: []Option{{"1", "Nam"}, {"2", "Nữ"}}}

var phoneTwo = TwoValues{
	Entity: "b1", Field: "19", Label: "số điện thoại", Seen: "s1", ID: "b1", Name: "Lò Gia Bảo", Line: "18/07/2026, bản Na Phay 1",
	Values: []OneValue{{"1.5", "0385 000 412", "trạm ta, Cà Thị Diên, 14/11 08:20"}, {"2.9", "0385 000 421", "TTYT Điện Biên, Phạm Thu Nga, 19/11 15:02"}},
}

var sites = Select{Value: "1", Options: []Option{{"1", "đùi trái"}, {"2", "đùi phải"}, {"3", "cánh tay trái"}, {"4", "cánh tay phải"}}}

var book = Book{Columns: 4, Note: "mũi dịch vụ ghi ở dòng riêng", Rows: []BookRow{
	{Name: "Viêm gan B sơ sinh", Short: "VGB", Cells: []BookCell{{Kind: CellDone, ID: "d1", Date: "18/07/2026", Tick: TickCentre, Text: "6 giờ sau sinh, TTYT Điện Biên"}, {}, {}, {}}},
	{Name: "Lao (BCG)", Short: "Lao", Cells: []BookCell{{Kind: CellDone, ID: "d2", Date: "19/07/2026", Tick: TickCentre, Text: "TTYT Điện Biên"}, {}, {}, {}}},
	{Name: "5 trong 1", Cells: []BookCell{{Kind: CellDone, ID: "d3", Date: "25/09/2026", Tick: TickCentre, Text: "Mường Nhà, lô A24-117"}, {Kind: CellDone, ID: "d4", Date: "26/10/2026", Tick: TickHub, Text: "Mường Nhà, lô A24-120"}, {Kind: CellNow}, {}}},
	{Name: "Bại liệt uống (bOPV)", Short: "Bại liệt uống", Cells: []BookCell{{Kind: CellDone, ID: "d5", Date: "25/09/2026", Tick: TickCentre, Text: "Mường Nhà, lô P-0688"}, {Kind: CellInvalid, ID: "d6", Date: "03/10/2026", Text: "8 ngày sau lần 1"}, {Kind: CellNow}, {}}},
	{Name: "Bại liệt tiêm (IPV)", Short: "Bại liệt tiêm", Cells: []BookCell{{Kind: CellWait, Text: "từ 18/12/2026"}, {Kind: CellWait, Text: "từ 18/04/2027"}, {}, {}}},
	{Name: "Rota", Cells: []BookCell{{Kind: CellNotDone, ID: "d7", Date: "25/09/2026", Text: "mẹ từ chối"}, {Kind: CellAsk, Text: "trước 18/01/2027"}, {}, {}}},
	{Name: "Sởi", Cells: []BookCell{{Kind: CellWait, Text: "từ 18/04/2027"}, {}, {}, {}}},
	{Name: "Viêm não Nhật Bản", Short: "VNNB", Cells: []BookCell{{Kind: CellWait, Text: "từ 18/07/2027"}, {Kind: CellWait, Text: "1–2 tuần sau"}, {Kind: CellWait, Text: "1 năm sau"}, {}}},
	{Name: "DPT", Cells: []BookCell{{}, {}, {}, {Kind: CellWait, Text: "từ 18/01/2028"}}},
}, Other: []OtherDose{{ID: "d9", Name: "Cúm (dịch vụ)", Date: "01/11/2026", Text: "phòng tiêm tư, theo phiếu", Tick: TickHere}}}

var give = Give{
	News: "tin mới đến 06:58 hôm nay", Seen: "s2", Temperature: Field{Value: "36,7"}, On: Field{Value: "25/11/2026"},
	Screening: Select{Value: "1", Options: []Option{{"1", "Đủ điều kiện"}, {"2", "Khám trên giấy"}}},
	Lines: []GiveLine{
		{Vaccine: "ROTA", Dose: DoseName{"Rota", 2, true}, Verdict: VerdictAsk, Mark: Mark{Kind: MarkAsk}, Reason: "Mẹ kể 20/11 bé uống ở phòng tiêm dịch vụ, chưa có giấy.", Lots: []string{"R1-2207"}},
		{Vaccine: "DPT-HB-HIB", Dose: DoseName{"5 trong 1", 3, false}, Mark: Mark{Kind: MarkSafe}, Reason: "30 ngày sau mũi 2 (ít nhất 28)", Ticked: true, Lot: Field{Value: "A24-123"}, Lots: []string{"A24-123", "A24-120"}, Expires: Field{Value: "31/03/2027"}, Site: sites},
		{Vaccine: "BOPV", Dose: DoseName{"Bại liệt uống", 3, true}, Mark: Mark{Kind: MarkSafeOral}, Ticked: true, Lot: Field{Value: "P-0731"}, Expires: Field{Value: "32/13/2026", Error: "Không có ngày 32/13. Gõ lại như 31/12/2026."}},
		{Vaccine: "IPV", Dose: DoseName{"Bại liệt tiêm", 1, false}, Verdict: VerdictNo, Mark: Mark{Kind: MarkEarly}, Reason: "Đủ 5 tháng từ 18/12/2026."},
	},
	Other:    Select{Options: []Option{{"", "–"}, {"FLU", "Cúm"}, {"HEPB", "Viêm gan B"}}},
	Source:   Select{Value: "1", Options: []Option{{"1", "Tại đây, hôm nay"}, {"2", "Theo sổ, phiếu"}, {"3", "Nghe kể"}}},
	NotDone:  Select{Options: []Option{{"", "–"}, {"1", "Hoãn: đang sốt, ốm"}, {"2", "Gia đình từ chối"}, {"3", "Chống chỉ định"}}},
	NextDate: Field{Value: "25/12/2026"}, Proposed: "thứ Sáu",
	Doubt: "Đã tiêm dịch vụ 20/11/2026.", Question: "Từ 19/11/2026 bé có uống Rota ở nơi khác không? Xem sổ giúp.",
	Checked: Select{Options: []Option{{"1", "Đã xem sổ"}, {"3", "Đã gọi nơi kia"}, {"4", "Người nhà kể"}}},
}

var child = Child{
	Booking: bookingSample,
	React:   true, Reactions: []ChildReaction{{Href: "/reaction/r1", Text: "Sốt từ 38 °C, Co giật", Line: "09:12 25/11/2026", Mark: Mark{Kind: MarkNo, Text: "Nặng"}}},
	Consents: true, Consent: "Nhắc lịch qua SMS, Zalo: đồng ý; Nghiên cứu: không đồng ý", Requests: []Crumb{{"Xem dữ liệu, hạn 01/12/2026", "/request/r1"}}, Looks: true,
	Frame: stationFrame(NavToday), ID: "b1", Name: "Lò Gia Bảo", Sex: SexMale, Born: "18/07/2026", Age: "4 tháng 7 ngày",
	Mother: "Lò Thị Mai", Phone: "0385 000 412", Home: "bản Na Phay 1, xã Mường Nhà", Code: "0412 7526 0181 5941", More: "dân tộc Thái, BHYT TE1", Records: 2,
	Marks: []Mark{{Kind: MarkAllergy, Text: "Dị ứng: trứng (nổi mề đay, 10/2026)"}, {Kind: MarkTwin, Text: "Sinh đôi với Lò Gia Bình"}},
	Two:   []TwoValues{phoneTwo}, Give: give, Book: book, Back: "/child/b1",
	Next: []NextDose{
		{Doses: []DoseName{{"Bại liệt tiêm (IPV)", 1, false}}, Line: "đủ 5 tháng ngày 18/12/2026; buổi gần nhất 25/12", Mark: Mark{Kind: MarkLater}},
		{Doses: []DoseName{{"Sởi", 1, false}, {"IPV", 2, false}}, Line: "đủ 9 tháng ngày 18/04/2027", Mark: Mark{Kind: MarkLater}},
	},
}
