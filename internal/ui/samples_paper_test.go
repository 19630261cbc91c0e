package ui

// Samples of the pages of a list that comes back from paper.

var draftBox = DraftBox{
	Path: "/draft/visit/b1", Page: "K3", State: DraftState{At: "14:05", Saw: "abc.1"},
	Old: []DraftLine{{Path: "/draft/visit/b1", Page: "K2", Href: "/child/b1?draft=K2", At: "13:50"}},
}

var paperDraft = DraftLine{Path: "/draft/paper/s1", Href: "/session/s1/paper", At: "14:05", Text: "23 hàng, chưa lưu: phiếu giấy nhập lại."}

func paperMore() PaperMore {
	return PaperMore{
		At: Field{Value: "25h", Error: "Không đọc được giờ."}, Temperature: Field{Value: "36,9"}, Weight: Field{Value: "5400"}, Note: Field{Value: "ho nhẹ"},
		NotDone: Select{Value: "postponed", Options: []Option{{"", "—"}, {"postponed", "hoãn"}}}, Other: Select{Options: []Option{{"", "—"}, {"SOI", "Sởi"}}}, OtherLot: Field{Error: "Ghi số lô, hoặc đánh dấu Chưa biết lô."},
	}
}

func paperSample() PaperPage {
	row := func(n string, person Person) PaperRow {
		person.Code, person.Mark = "0181 5941", Mark{}
		return PaperRow{Person: person, Key: person.ID, N: n, Boxes: []PaperBox{{Code: "DPT-VGB-HIB", Dose: DoseName{"5 trong 1", 2, false}}, {Code: "BOPV", Dose: DoseName{"bOPV", 2, true}}}}
	}
	done, ticked, open, nothing := row("1", on), row("2", bao), row("3", sua), row("14", chu)
	done.Done, done.Mark, done.Line = true, Mark{Kind: MarkDone, Text: "Đã ghi"}, "Sởi: hoãn"
	ticked.As, ticked.Boxes[0].Ticked, ticked.Boxes[1].Ticked = true, true, true
	open.Showing, open.More, open.Error, open.Boxes[1].Ticked = true, paperMore(), "Chưa lưu: xem ô có chữ đỏ.", true
	open.Boxes[0].Lot, open.Boxes[0].Site = Field{Value: "A24-120"}, Select{Options: []Option{{"", "—"}, {"left_thigh", "đùi trái"}}}
	nothing.Boxes = nil
	baby := PaperNew{
		Key: "n1", N: "15", Mother: Field{Value: "Lường Thị Én"}, Born: Field{Value: "31/31", Error: "Không có ngày 31/31."}, Hamlet: Field{Value: "bản Na Phay 2"}, Name: Field{}, Phone: Field{Value: "0385 000 412"},
		Sex: Select{Value: "male", Options: []Option{{"male", "nam"}, {"female", "nữ"}}}, Boxes: []PaperBox{{Code: "BCG", Dose: DoseName{"Lao", 0, false}, Ticked: true}}, Error: "Có thể đã có trong sổ.",
		Candidates: PaperCandidates{Key: "n1", Likely: true, Force: true, Rows: []Candidate{{ID: "b9", Name: "Lò Thị En", Mark: Mark{Kind: MarkAlike}, Line: "nữ, 31/08/2026, mẹ Lường Thị Én", Signs: []Mark{{Kind: MarkSame, Text: "mẹ"}}}}},
		More:       paperMore(), HamletNames: []string{"bản Na Phay 2"},
	}
	box := draftBox
	box.Page, box.Path, box.Old = "", "/draft/paper/s1", nil
	return PaperPage{
		Frame: stationFrame(NavToday), Title: "thứ Bảy 05/12/2026", Where: "07:30–11:00, tại trạm", Post: "/session/s1/paper", Back: "/session/s1/paper", How: "Thứ tự và số hàng như phiếu đã in ở máy này.",
		Lots: []PaperLot{{Code: "DPT-VGB-HIB", Name: "5 trong 1", Lot: Field{Value: "A24-123"}, Expires: Field{Value: "31/03/2027"}, Known: []string{"A24-123", "A24-120"}}, {Code: "BOPV", Name: "bOPV", Lot: Field{Error: "Ghi số lô, hoặc đánh dấu Chưa biết lô."}, None: true}},
		Rows: []PaperRow{done, ticked, open, nothing}, New: []PaperNew{baby}, Extra: []string{"b3"}, Query: "181594", Sought: true,
		Found:  []PaperFound{{ID: "b8", Name: "Lò Gia Bảo", Line: "nam, 02/03/2025"}, {ID: "b1", Name: "Lò Gia Bảo", Line: "nam, 18/07/2026", There: "2"}},
		Givers: Select{Options: []Option{{"", "Người nhập: Cà Thị Diên"}, {"u2", "Lò Văn Sơn"}}}, Draft: box, Marked: 2, Done: 1,
	}
}

var noLotSample = NoLot{
	Frame: stationFrame(NavReview), May: true, More: true,
	Lost:   []NoLotGroup{{ID: "l-2026-11-20-BCG", Vaccine: "BCG", Day: "thứ Sáu 20/11/2026", People: []NoLotLine{{ID: "d2", Child: "b3", Name: "Lò Văn Sửa", Line: "nam, 01/11/2026, mẹ Lò Thị Chu", Why: "vỏ lọ đã bỏ"}}}},
	Groups: []NoLotGroup{{ID: "g-2026-11-25-BOPV", Vaccine: "bOPV", Day: "thứ Tư 25/11/2026", People: []NoLotLine{{ID: "d1", Child: "b1", Name: "Lò Gia Bảo", Line: "nam, 18/07/2026, mẹ Lò Thị Mai", Ticked: true}}, Lot: Field{Error: "Ô này cần có."}, Expires: Field{Value: "12/2027"}, Known: []string{"P-1"}, Why: Select{Error: "Chọn vì sao.", Options: []Option{{"", "—"}, {"vial", "Vỏ lọ đã bỏ"}}}, Opened: true, Error: "Chọn ít nhất một mũi."}},
}
