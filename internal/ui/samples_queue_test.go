package ui

// waiting is somebody who came and was not screened yet.
var waiting = Person{
	ID: "b9", Mark: Mark{Kind: MarkOverdue, N: 61}, Name: "Thào A Chứ", Sex: SexMale, Born: "02/06/2026", Age: "5 th 23 ng",
	Mother: "Thào Thị Dợ", Hamlet: "xã Tìa Dình", Doses: []DoseName{{"5 trong 1", 2, false}}, Note: "đến 08:52", Step: StepScreen,
}

func listsSamples(full Lists) []any {
	told := full
	told.Tell, told.Said = true, []Note{undo}
	arriving := full
	row := bao
	row.Step = StepArrive
	arriving.Due = People{Total: 1, Rows: []Person{row}}
	arriving.All = true
	arriving.Warn = []Note{{Tone: ToneLate, Lead: "Ngừng tiêm 5 trong 1 hôm nay, lô A24-123.", Text: "Có phản ứng nặng sau tiêm.", Action: &Action{Label: "Mở", Href: "/reaction/r1"}}}
	return []any{full, told, arriving, Lists{Tag: "empty"}}
}

func screenSamples() []any {
	plain := Screen{
		Frame: stationFrame(NavToday), ID: "b1", Name: "Lò Gia Bảo", Sex: SexMale, Born: "18/07/2026", Age: "4 tháng 7 ngày",
		Rule:       "Hoãn nếu trên 38,0 hoặc dưới 35,5 °C (QĐ 1575/QĐ-BYT 2023; hướng dẫn cũ: từ 37,5)",
		Findings:   []FindingBox{{"fever", "Sốt", "Hoãn", "postpone", false}, {"other", "Điều khác, ghi ở dưới", "Hoãn", "postpone", false}},
		Conclusion: Select{Options: []Option{{"eligible", "Đủ điều kiện"}, {"postpone", "Hoãn"}}},
		NotDone:    []DueBox{{"BOPV", DoseName{"bOPV", 3, true}, true}},
	}
	wrong := plain
	wrong.Marks = []Mark{{Kind: MarkAllergy, Text: "Dị ứng: trứng"}}
	wrong.Now, wrong.Shown, wrong.Why, wrong.Proposed = "Đủ điều kiện. Cà Thị Diên ký 09:04.", "eligible", "Hoãn: Sốt.", "postpone"
	wrong.Temperature = Field{Value: "38,4", Error: "Gõ nhiệt độ như 36,7."}
	wrong.FindingError, wrong.Error, wrong.More, wrong.Paper = "Chọn ít hơn.", "Chưa có gì để lưu.", true, true
	wrong.Conclusion.Value, wrong.Conclusion.Error = "postpone", "Chọn một trong danh sách."
	return []any{plain, wrong}
}

func closeSamples() []any {
	busy := Close{
		Frame: stationFrame(NavToday), Day: "thứ Tư 25/11/2026", Came: 43, Given: 97, NotGiven: 2, Conflicts: 2, MayClose: true,
		Lots:    []CloseLot{{"5 trong 1", "A24-123", 21}, {"bOPV", "", 1}},
		Reasons: []CloseReason{{"Sởi", "Hoãn: đang ốm", 2}},
		Missed:  People{Total: 1, Rows: []Person{di}}, NoSecond: People{Total: 1, Rows: []Person{sua}},
		Watching: []Watched{{ID: "w1", Name: "Vàng Mai Chi", Minutes: 34, Of: 30}, {ID: "w2", Name: "Cà Bảo Ngọc", Minutes: 24, Of: 30}},
		NoLot:    []Crumb{{"Lò Gia Bảo, bOPV", "/dose/d1"}}, Error: "Còn người đang theo dõi.",
	}
	return []any{busy, Close{Frame: stationFrame(NavToday), Day: "thứ Tư 25/11/2026", Closed: "Đã kết thúc lúc 11:05. Cà Thị Diên"}}
}
