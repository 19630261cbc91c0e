package ui

// Samples of the pages about hamlets, who is new, and what is printed for those who go round.

func hamletsSample(edit bool) Hamlets {
	into := Select{Options: []Option{{"", "Chọn thôn bản"}, {"c1:bản Na Phay 2", "bản Na Phay 2"}}, Error: "Chọn thôn bản để gộp vào."}
	out := Hamlets{
		Frame: stationFrame(NavDue), People: 812, None: 3, MayChange: true, Into: into,
		Rows: []HamletLine{
			{Name: "bản Na Phay 1", Former: "Na Phay I, Naphay 1", Worker: "Lò Văn Hặc", Phone: "0385 000 777", People: 412, Due: "/due?list=overdue&hamlet=bản+Na+Phay+1", Edit: "/hamlets?edit=c1", Current: edit},
			{Name: "bản Na Phay 2", People: 400, Due: "/due?list=overdue", Edit: "/hamlets?edit=c2"},
			{Name: "Thôn 1 (Xã Trên)", Worker: "Vàng Thị Ặng", Due: "/due?list=overdue", Edit: "/hamlets?edit=c3"},
		},
		Others: []HamletBox{{"Ban Na Phay", 12, true}, {"Na Phay (khu tái định cư)", 1, false}},
		Form:   HamletForm{Name: Field{Error: "Ô này cần có."}, Phone: Field{Value: "038", Error: "Số điện thoại này chưa đủ."}},
	}
	if edit {
		out.Form = HamletForm{ID: "h1", Place: "c1", Was: "bản Na Phay 1", Seen: "s1", Name: Field{Value: "bản Na Phay 1", Warn: "Nay đang là: bản Na Phay"}, Worker: Field{Value: "Lò Văn Hặc"}, Phone: Field{Value: "0385 000 777"}, Into: into}
	}
	return out
}

func newHereSample() NewHere {
	born, moved := bao, di
	born.Mark, moved.Mark = Mark{Kind: MarkDue}, Mark{Kind: MarkLater, Text: "Đến hạn 05/12"}
	return NewHere{Frame: stationFrame(NavToday), MayNote: true, Rows: []NewPerson{{Person: born, How: "Mới sinh, nơi sinh ghi về xã từ 20/11/2026"}, {Person: moved, How: "Chuyển đến từ 18/11/2026"}}}
}

func workersSample() WorkerLists {
	late := bao
	late.Mark, late.Tried = Mark{Kind: MarkOverdue, N: 26}, "2 lần không gặp. Gọi điện: Không gặp, 3 ngày trước"
	return WorkerLists{
		Frame: stationFrame(NavDue), Title: "Trẻ quá hạn tiêm, lập ngày 25/11/2026", Made: "In ngày 25/11/2026, Cà Thị Diên",
		Sheets: []WorkerSheet{
			{Worker: "Lò Văn Hặc", Phone: "0385 000 777", Hamlets: []string{"bản Na Phay 1", "bản Na Phay 2"}, Rows: []WorkerRow{{late, 1}, {di, 2}}},
			{Worker: "Chưa có y tế thôn bản", Hamlets: []string{"bản Pha Thanh"}, Rows: []WorkerRow{{sua, 1}}},
		},
	}
}

var lettersSample = Letters{
	Frame: stationFrame(NavDue), Place: "Trạm Y tế xã Mường Nhà", Made: "In ngày 25/11/2026, Cà Thị Diên",
	Letters: []Letter{
		{To: "Lò Thị Mai", Hamlet: "bản Na Phay 1", Day: "thứ Bảy 05/12/2026", Hour: "08:30", Where: "Trạm Y tế xã Mường Nhà", Children: []LetterChild{{"Lò Gia Bảo", "18/07/2026", []string{"5 trong 1 (bạch hầu, ho gà, uốn ván, viêm gan B, Hib)", "Bại liệt uống"}}, {"Lò Gia Hân", "02/03/2023", []string{"Viêm não Nhật Bản bất hoạt"}}}},
		{To: "Vàng Thị Ặng", Children: []LetterChild{{Name: "Vàng A Dì"}}},
	},
}

var bookingSample = &BookSession{
	Called: []BookSlot{{"s1", "08:30", "05/12 08:30", "thứ Bảy 05/12/2026", "Điểm trạm Phu Luông"}},
	Offers: []BookSlot{{"s2", "07:45", "25/12 07:45", "thứ Sáu 25/12/2026", ""}, {"s3", "09:00", "05/01 09:00", "thứ Ba 05/01/2027", "Trạm"}},
}
