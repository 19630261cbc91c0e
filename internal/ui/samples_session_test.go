package ui

// Samples of the pages of a session.

var line = SessionLine{
	Href: "/session/s1", Mark: Mark{Kind: MarkLater, Text: "Ngày mai"}, Day: "thứ Bảy 05/12/2026", Hours: "07:30–11:00", Where: "tại trạm",
	What: "cho bản Na Phay 1, bản Na Phay 2; chỉ 5 trong 1, Sởi", Booked: 42, Places: 70,
}

func sessionForm() SessionForm {
	return SessionForm{
		Place: Select{Value: "p1", Options: []Option{{"p1", "Trạm Y tế xã Mường Nhà"}, {"p2", "Điểm trạm Phu Luông"}}},
		From:  Field{Value: "07:30"}, Until: Field{Value: "11:00"}, Capacity: Field{Value: "20"}, Site: Field{Error: "Ô này cần có."},
		Setting: Select{Value: "station", Options: []Option{{"station", "Tại trạm"}, {"outreach", "Điểm tiêm lưu động"}}},
		Hamlets: []Box{{"bản Na Phay 1", "bản Na Phay 1", true}, {"bản Pha Thanh", "bản Pha Thanh", false}}, Vaccines: []Box{{"SOI", "Sởi", false}, {"BCG", "Lao", true}},
		HamletsError: "Nhiều nhất 100.", VaccinesError: "Không có vắc xin X.", Online: Field{Value: "10"}, Opened: true,
	}
}

func sessionsSample() Sessions {
	moved, cancelled, past := line, line, line
	moved.Mark, moved.Untold, moved.Note = Mark{Kind: MarkAsk, Text: "Cần báo nhà"}, 12, "mưa lũ, đường bản tắc"
	cancelled.Mark, cancelled.Note, cancelled.What = Mark{Kind: MarkNo, Text: "Đã hủy"}, "hết vắc xin", ""
	past.Mark, past.Over, past.Doses = Mark{Kind: MarkDone, Text: "Đã qua"}, true, 96
	return Sessions{
		Frame: stationFrame(NavToday), Coming: []SessionLine{line, moved, cancelled}, Past: []SessionLine{past}, MayPlan: true, New: sessionForm(),
		Day: Field{Value: "0513", Error: "Không có ngày 05/13."}, Monthly: Field{Value: "5, 25"}, Months: Select{Value: "3", Options: []Option{{"3", "3 tháng tới"}}},
	}
}

func sessionSample(cancelled bool) SessionPage {
	booked := sua
	booked.Mark = Mark{Kind: MarkBooked, At: "08:30"}
	called := CalledRow{Person: booked, At: "08:30", Told: "nhà nhớ 25/11/2026", Change: "/session/s1?edit=b2#p" + booked.ID, Editing: true, Field: Field{Value: "08:3x", Error: "Không đọc được giờ."}, Booked: true}
	out := SessionPage{
		Frame: stationFrame(NavToday), SessionLine: line, ID: "s1", Title: "Buổi tiêm thứ Bảy 05/12/2026", Live: !cancelled, MayChange: true, Seen: "s4", Left: 28,
		Called: []CalledRow{called}, UntoldRows: []CalledRow{called}, Open: []CalledRow{{Person: bao, Change: "/session/s1?edit=b1"}, {Person: di}}, Total: 61, More: "/session/s1?all=1",
		Hamlets: []HamletTick{{"na phay 1", "bản Na Phay 1", 24, false}, {"", "", 3, true}}, Form: sessionForm(),
		MoveDay: Field{Value: "06/12/2026"}, MoveFrom: Field{Value: "07:30"}, MoveUntil: Field{Value: "11:00"}, MoveWhy: Field{Error: "Ghi vài chữ vì sao."},
		CancelWhy: Field{Error: "Ghi vài chữ vì sao."}, OpenEdit: true, OpenMove: true, OpenCancel: true,
	}
	out.Mark = Mark{Kind: MarkAsk, Text: "Cần báo nhà"}
	out.MayPaper, out.Drafts = true, []DraftLine{paperDraft}
	if cancelled {
		out.Mark, out.Note, out.Open, out.Total = Mark{Kind: MarkNo, Text: "Đã hủy"}, "hết vắc xin", nil, 0
	}
	return out
}

var sessionSheet = SessionSheet{
	Frame: stationFrame(NavToday), Title: "thứ Bảy 05/12/2026", Hours: "07:30–11:00", Where: "tại trạm", Made: "In ngày 04/12/2026 tại Trạm Y tế xã Mường Nhà, Cà Thị Diên, chăm sóc: buổi tiêm",
	Lots: []LotWord{{"5 trong 1", "A24-123", "31/03/2027"}, {"Sởi", "M-77", ""}}, Blank: []int{2, 3},
	Rows: []SheetRow{{N: 1, At: "08:30", Code: "0412 7526 0181 5941", Tail: "0181 5941", Name: "Lò Gia Bảo", Sex: SexMale, Born: "18/07/2026", Mother: "Lò Thị Mai", Where: "bản Na Phay 1", Phone: "0385 000 412", Doses: []DoseName{{"5 trong 1", 2, false}, {"bOPV", 2, true}}}},
}

var lotsSample = Lots{
	Frame: stationFrame(NavToday), May: true,
	Rows: []LotLine{
		{Vaccine: "DPT-VGB-HIB", Name: "5 trong 1", Mark: Mark{Kind: MarkOK, Text: "Đang dùng"}, Lot: "A24-123", Expires: "31/03/2027", Choices: []LotChoice{{"A24-120", "Dùng lô A24-120, hạn 28/02/2027"}}},
		{Vaccine: "SOI", Name: "Sởi", Mark: Mark{Kind: MarkAsk, Text: "Sắp hết hạn"}, Lot: "M-77", Expires: "20/12/2026", Note: "còn 25 ngày", Open: true, Number: Field{Value: "M-78"}, Until: Field{Value: "11/2026", Error: "Lô này hết hạn 30/11/2026."}},
		{Vaccine: "BCG", Name: "Lao", Mark: Mark{Kind: MarkNo, Text: "Tạm ngừng"}, Lot: "B-1", Note: "phản ứng nặng 25/11"},
	},
	Other: []LotLine{{Vaccine: "IPV", Name: "IPV", Mark: Mark{Kind: MarkLater, Text: "Chưa có lô"}}},
}
