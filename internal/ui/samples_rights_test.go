package ui

// rightsSamples are the pages about the rights of people over their data: a child whose mother asked a lot.
func rightsSamples(name string) []any {
	frame := stationFrame(NavToday)
	id, child, line := "b1", "Lò Gia Bảo", "Nam, 18/07/2026, mẹ Lò Thị Ánh"
	looks := []LookLine{
		{"09:12 hôm nay", "Cà Thị Diên", "điều dưỡng", "Trạm Y tế xã Mường Nhà", "xem", "hồ sơ của bé", ""},
		{"25/11 08:00", "Lò Văn Thành", "trưởng trạm", "Trạm Y tế xã Mường Nhà", "xuất", "cả sổ, có thể có tên", "Báo cáo theo quy định: quý 4"},
		{"24/11 15:00", "Chưa rõ ai", "", "CDC tỉnh Điện Biên", "tìm", "có tên trong danh sách 12 người", ""},
	}
	yesNo := Select{Options: []Option{{"given", "Đồng ý"}, {"refused", "Không đồng ý"}, {"leave", "Chưa hỏi"}}}
	purposes := []ConsentLine{
		{Key: "care", Name: "Tiêm chủng và chăm sóc", Text: "Luật giao cho trạm, không cần hỏi.", ByLaw: true, Now: Mark{Kind: MarkInForce, Text: "Theo luật"}},
		{Key: "reminders", Name: "Nhắc lịch qua SMS, Zalo", Text: "Gửi tin nhắn khi bé đến hạn.", Now: Mark{Kind: MarkInForce, Text: "Đồng ý"}, By: "Lò Thị Ánh, Mẹ, 01/08/2026", Ask: yesNo},
		{Key: "research", Name: "Nghiên cứu", Text: "Cho người nghiên cứu dùng dữ liệu của bé.", Now: Mark{Kind: MarkLater, Text: "Chưa hỏi"}, Ask: yesNo},
	}
	onPaper := Select{Options: yesNo.Options[:2]}
	paper := []ConsentLine{purposes[0], purposes[1], purposes[2]}
	paper[1].Ask, paper[2].Ask = onPaper, onPaper
	relation := Select{Options: []Option{{"mother", "Mẹ"}, {"father", "Bố"}}}
	channel := Select{Value: "paper", Options: []Option{{"paper", "Ký giấy"}, {"spoken", "Nói miệng"}}}
	open := Request{
		Frame: stationFrame(NavRequests), ID: "r1", ChildID: id, Name: child, Line: line, Wish: "Xem dữ liệu", Kind: "view", Mark: Mark{Kind: MarkOverdue, Text: "Quá hạn 2 ngày"},
		Facts: []Fact{{"Ai xin", "Lò Thị Ánh, Mẹ, Nói miệng", "xin bản in"}, {"Nhận", "20/11/2026, Trạm Y tế xã Mường Nhà, Cà Thị Diên ghi", ""}}, Open: true, MayDecide: true,
		AnswerBy: "24/11/2026", DoneBy: "30/11/2026", Seen: "16=", Outcome: Select{Options: []Option{{"done", "Đã làm như yêu cầu"}, {"refused", "Không làm được"}}},
		Answer: Field{Error: "Ghi lý do."}, Holidays: "Chưa có ngày nghỉ Tết của năm 2028.",
	}
	answered, nurse, closed := open, open, open
	answered.Answered, answered.Kind, answered.Wish = true, "delete", "Xóa dữ liệu"
	nurse.MayDecide, nurse.Kind = false, "restrict"
	closed.Open, closed.Restricts, closed.Kind = false, true, "restrict"
	correct, withdraw := answered, answered
	correct.Kind, withdraw.Kind, correct.Extended = "correct", "withdraw", true
	due := RequestLine{"r1", "Xem dữ liệu", child, line, "Lò Thị Ánh, Mẹ, Trạm Y tế xã Mường Nhà", Mark{Kind: MarkOverdue, Text: "Quá hạn 2 ngày"}, "Báo đã nhận trước 24/11/2026"}
	all := map[string][]any{
		"looks":  {Looks{Frame: frame, ID: id, Name: child, Line: line, Rows: looks, OwnOnly: true, Cut: true, CanPrint: true}},
		"why":    {Why{Frame: frame, ID: id, Reason: Field{Error: "Ghi một câu rồi bấm Mở hồ sơ."}, Next: "/edit"}},
		"taking": {Taking{Frame: frame, ID: id, Name: child, Line: line, Post: "/child/b1/paper", For: Select{Value: "family", Options: []Option{{"care", "Chăm sóc"}, {"family", "Đưa gia đình"}}, Error: "Chọn một việc."}, Sheet: Select{Value: "record", Options: []Option{{"record", "Toàn bộ hồ sơ"}, {"book", "Sổ tiêm chủng cá nhân"}, {"card", "Thẻ tiêm chủng"}, {"certificate", "Giấy xác nhận tiêm chủng"}}}}, Taking{Frame: frame, Post: "/due/print?as=cards", For: Select{Options: []Option{{"care", "Chăm sóc"}}}, OnlyPDF: true}},
		"paper": {Paper{
			Frame: frame, ID: id, Name: child, Born: "18/07/2026", Made: "In 09:20 hôm nay tại Trạm Y tế xã Mường Nhà.", Facts: []Fact{{"mã", "9990 4127 2002 1344", ""}, {"mẹ", "Lò Thị Ánh", ""}},
			Doses:    []PaperDose{{"BCG", "19/07/2026", "L123", "Bệnh viện tỉnh", "Cà Thị Diên", ""}, {"5 trong 1 mũi 1", "20/09/2026", "", "Trạm Y tế xã Mường Nhà", "", "đã hủy: nhầm trẻ"}},
			Consents: []Fact{{"Nghiên cứu", "Không đồng ý", "Lò Thị Ánh, Mẹ, 01/08/2026"}}, Requests: []Fact{{"Xem dữ liệu", "20/11/2026, Lò Thị Ánh", ""}}, Looks: looks, MayLooks: true, OwnOnly: true, Cut: true,
		}},
		"consent": {Consent{
			Frame: frame, ID: id, Name: child, Line: line, Purposes: purposes, Said: []ConsentSaid{{"01/08/2026", "Nhắc lịch qua SMS, Zalo: đồng ý", "Lò Thị Ánh, Mẹ, Ký giấy", "Cà Thị Diên ghi, Trạm Y tế xã Mường Nhà", "số của bà"}},
			Old: "sms", AskChild: true, ChildError: "Bé đủ 7 tuổi rồi: hỏi cả bé.", By: Field{Value: "Lò Thị Ánh"}, On: Field{Value: "26/11"}, Relation: relation, Channel: channel, Error: "Chọn câu trả lời cho ít nhất một việc.", CanAsk: true, Restricted: true,
		}},
		"consentform": {ConsentForm{Frame: frame, ID: id, Name: child, Born: "18/07/2026", Place: "Trạm Y tế xã Mường Nhà", Version: "2026-11", Purposes: paper}},
		"requests":    {Requests{Frame: frame, Open: []RequestLine{due}}, Requests{Frame: frame, Open: []RequestLine{due}, Done: []RequestLine{due}, All: true, Holidays: "Chưa có ngày nghỉ Tết của năm 2028."}},
		"requestnew":  {RequestNew{Frame: frame, ID: id, Name: child, Line: line, Wish: Select{Options: []Option{{"view", "Xem dữ liệu"}, {"delete", "Xóa dữ liệu"}}, Error: "Ô này cần có."}, Relation: relation, Channel: channel}},
		"request":     {open, answered, nurse, closed, correct, withdraw},
	}
	return all[name]
}
