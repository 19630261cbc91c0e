package ui

// reactionSamples are the pages about a child who had a seizure in the half hour after the needle.
func reactionSamples(name string) []any {
	frame := stationFrame(NavReaction)
	id, child, line := "r1", "Lò Gia Bảo", "Nam, 18/07/2026, mẹ Lò Thị Mai, bản Na Phay 1"
	fields := ReactionFields{
		Severe: []Box{{"seizure", "Co giật", true}, {"collapse", "Lả đi, tái, gọi không đáp", false}}, Common: []Box{{"fever", "Sốt từ 38 °C", true}, {"local", "Sưng, đỏ, đau chỗ tiêm", false}},
		Doses: []Box{{"d1", "5 trong 1 mũi 3, 25/11/2026, lô A24-123", true}}, On: Field{Value: "25/11/2026"}, Clock: Field{Value: "09:12"},
		Severity: Select{Options: []Option{{"", "Theo dấu hiệu"}, {"common", "Thường"}, {"severe", "Nặng"}}}, Outcome: Select{Options: []Option{{"", "–"}, {"recovered", "Đã khỏi"}}},
	}
	wrong := fields
	wrong.SignsError, wrong.DosesError, wrong.More, wrong.Note.Error = "Tích ít nhất một dấu hiệu.", "Chọn mũi tiêm trước đó.", true, "Ghi dấu hiệu khác là gì."
	waits := Reaction{
		Frame: frame, ID: id, ChildID: "b1", Name: child, Line: line, Mark: Mark{Kind: MarkNo, Text: "Nặng"}, Severe: true, Seen: "18=", MayAmend: true, MayVoid: true, Others: 12,
		Facts:  []Fact{{"Dấu hiệu", "Sốt từ 38 °C, Co giật", "tỉnh lại sau 2 phút"}, {"Bắt đầu", "09:12 25/11/2026", ""}},
		Report: Report{Here: true, Waits: true, Lead: "Còn 24 giờ trong 24 giờ", Until: "Trước 09:14 mai.", Phones: []Superior{{"CDC tỉnh Điện Biên", "0215 3825 123"}}, Clock: Field{Value: "09:20"}, Online: true},
		Lots:   []StoppedLot{{"l1", "5 trong 1, lô A24-123", "14=", true, Field{Error: "Ghi vài chữ vì sao."}}}, ReactionFields: fields,
	}
	told, known, void := waits, waits, waits
	told.Report.Told, told.Report.Late, told.Report.Phones = "chị Hà, CDC, điện thoại, 09:30 25/11/2026", true, nil
	known.Report = Report{Received: "Tuyến trên đã nhận ✓ 09:14", Told: told.Report.Told}
	known.Error = "Đã có người ghi khác."
	void.Severe, void.Void, void.MayAmend, void.MayVoid, void.Lots = false, "ghi nhầm trẻ", false, false, nil
	row := ReactionLine{ID: id, Name: child, Line: line, Mark: Mark{Kind: MarkNo, Text: "Nặng"}, Until: "Còn 22 giờ trong 24 giờ", Began: "09:12 25/11/2026", Signs: "Sốt từ 38 °C, Co giật", Doses: "5 trong 1 mũi 3, lô A24-123", Place: "Trạm Y tế xã Mường Nhà"}
	late := row
	late.Mark, late.Hours = Mark{Kind: MarkOverdue, Text: "Báo muộn"}, "báo sau 31 giờ"
	all := map[string][]any{
		"reactionnew": {
			ReactionNew{Frame: frame, ID: "b1", Name: child, Line: line, ReactionFields: fields},
			ReactionNew{Frame: frame, ID: "b1", Name: child, Line: line, ReactionFields: wrong, NoDose: true, Error: "Chưa lưu được."},
		},
		"reaction": {waits, told, known, void},
		"reactions": {
			Reactions{Frame: frame, Waiting: []ReactionLine{row}, Open: []ReactionLine{row}, Rest: []ReactionLine{row}, Days: 90},
			Reactions{Frame: hubFrame(NavReaction), Hub: true, Waiting: []ReactionLine{row}, Rest: []ReactionLine{late}, Signals: []SignalLine{{"5 trong 1", "lô A24-123", 1, 3, 2}}, Days: 90},
			Reactions{Frame: frame, Days: 90},
		},
		"reactionothers": {
			ReactionOthers{Frame: frame, ID: id, Name: child, What: "5 trong 1, lô A24-123, 25/11/2026, Trạm Y tế xã Mường Nhà", Made: "In 09:20, 25/11/2026.", Rows: []ExposedLine{
				{"b2", "Giàng Thị Sua", "Nữ, 12/02/2026, mẹ Vàng Thị Mỷ, bản Huổi Hương", "", "5 trong 1 mũi 2, lô A24-123", "08:40 25/11/2026", Mark{Kind: MarkLater, Text: "chưa thấy ghi phản ứng"}},
				{"b4", "Sùng Thị Dí", "Nữ, 30/01/2026", "0388 000 642", "5 trong 1 mũi 3, không rõ lô", "08:52 25/11/2026", Mark{Kind: MarkNo, Text: "Cũng phản ứng"}},
			}},
		},
		"reactionform": {ReactionForm{
			Frame: frame, ID: id, ChildID: "b1", Name: child, Made: "In 09:20, 25/11/2026.", Person: []Fact{{"họ tên", child, "Mã 9990 4127 2002 1344"}, {"Tiền sử bệnh", "", ""}},
			Facts: []Fact{{"Ngày bắt đầu", "09:12 25/11/2026", ""}, {"Đã xử trí", "", ""}}, Signs: append(append([]Box{}, fields.Common...), fields.Severe...),
			Doses:    []FormDose{{"5 trong 1", "5 trong 1 mũi 3", "A24-123", "31/03/2027", "08:44 25/11/2026", "đùi trái", "Cà Thị Diên", "Trạm Y tế xã Mường Nhà"}, {"Rota", "Rota lần 2", "", "", "08:45 25/11/2026", "", "", ""}},
			Outcomes: []Box{{"", "Đã khỏi", false}, {"", "Đang đỡ", true}}, Others: 12, Superiors: []Superior{{"CDC tỉnh Điện Biên", "0215 3825 123"}},
		}},
	}
	return all[name]
}
