package ui

// closingSamples are a month that is to be closed, what was handed in, and who has closed one.
func closingSamples(name string) []any {
	frame := stationFrame(NavReports)
	reasons := Select{Options: []Option{{"", "—"}, {"no_lot", "Mũi không ghi lô"}, {"unknown", "Chưa rõ"}}}
	open := CloseMonth{
		Frame: frame, Month: "10/2026", Key: "2026-10", Saw: "ab-0", Deadline: &Mark{Kind: MarkOverdue, Text: "Hạn nộp 03/11/2026 đã qua 22 ngày"},
		Reports: []Crumb{{"Báo cáo kết quả tiêm chủng, Xã Mường Nhà", "/reports?form=results"}, {"Báo cáo sử dụng vắc xin và vật tư, Trạm Y tế xã Mường Nhà", "/reports?form=supplies"}},
		Gaps: []CloseGap{
			{Key: "01", Name: "Lao", Small: "A1", Text: "Đếm 07:30 30/10/2026: có 34, sổ 36, lệch −2", Causes: []string{"Mũi không ghi lô (2)", "Lọ đang mở, chưa ghi phần bỏ (4)"}, Reason: reasons},
			{Key: "BOPV.P9.epi", Name: "bOPV", Small: "P9", Text: "Sổ âm: −3", Reason: Select{Options: reasons.Options, Error: "Ghi vì sao."}, Note: Field{Value: "hỏi lại", Error: "Dài quá."}},
		},
		Uncounted: []CloseGap{{Name: "5 trong 1", Small: "B2", Book: "19"}},
	}
	whole := CloseMonth{Frame: frame, Month: "10/2026", Key: "2026-10", Saw: "ab-0", Deadline: &Mark{Kind: MarkLater, Text: "Hạn nộp 03/11/2026, còn 2 ngày"}, Reports: open.Reports}
	early := whole
	early.Open, early.From, early.Wrong = true, "01/12/2026", "Tháng này chưa hết."
	again := open
	again.Closed, again.Changed, again.Why = &Note{Lead: "Tháng 10/2026 đã chốt ngày 02/11/2026.", Action: &Action{Label: "Xem bản đã nộp", Href: "/reports/closed/c1"}}, true, Field{Error: "Ghi vì sao."}
	table := ReportTable{
		Title: "Báo cáo kết quả tiêm chủng", Columns: []ReportColumn{{Name: "Nội dung", Text: true}, {Name: "Tất cả, Trong kỳ"}},
		Rows: []ReportLine{{Cells: []ReportCell{{Text: "BCG", Words: true}, {Text: "12"}}}},
	}
	closed := ClosedMonth{
		Frame: frame, Month: "10/2026", Place: "Trạm Y tế xã Mường Nhà", At: "08:00 02/11/2026", Hash: "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8",
		Forms: []ReportForm{{Name: "Báo cáo kết quả tiêm chủng", Href: "/reports/closed/c1?form=results", Current: true}}, Facts: []Fact{{Name: "Nơi báo cáo", Value: "Xã Mường Nhà"}},
		Tables: []ReportTable{table, {Title: "Chênh lệch giữa sổ và kiểm kê", Columns: table.Columns}}, PDF: "/reports/closed/c1?format=pdf", XLSX: "/reports/closed/c1?format=xlsx", CSV: "/reports/closed/c1?format=csv",
	}
	changed := closed
	changed.Changes, changed.Again, changed.Why = []ClosedChange{{Row: "BCG", Column: "Tất cả, Trong kỳ", Was: "12", Now: "13"}}, "/reports/close?month=2026-10", "một mũi ghi muộn"
	changed.All = []ReportForm{{Name: "Bản nộp 02/11/2026", Href: "/reports/closed/c1"}, {Name: "Đính chính 05/11/2026", Href: "/reports/closed/c2", Current: true}}
	broken := ClosedMonth{Frame: frame, Month: "10/2026", Place: closed.Place, At: closed.At, Broken: true}
	elsewhere := closed
	elsewhere.Frame, elsewhere.NotNow = hubFrame(NavReports), true
	list := ClosedMonths{
		Frame: hubFrame(NavReports), Month: Select{Value: "2026-10", Options: []Option{{"2026-10", "10/2026"}}}, Name: "10/2026", Due: "03/11/2026", Done: 2, Total: 3,
		Rows: []ClosedPlace{
			{Name: "Trạm Y tế xã Thanh Nưa", Commune: "Xã Thanh Nưa", Mark: Mark{Kind: MarkOverdue, Text: "Quá hạn 22 ngày"}, Text: "Lâu chưa nghe từ máy này: có thể đã chốt mà tin chưa về."},
			{Name: "Trạm Y tế xã Mường Nhà", Commune: "Xã Mường Nhà", Href: "/reports/closed/c1", Mark: Mark{Kind: MarkDone, Text: "Chốt 02/11/2026"}, Text: "1 bản đính chính"},
		},
	}
	return map[string][]any{"closemonth": {open, whole, early, again}, "closedmonth": {closed, changed, broken, elsewhere}, "closedmonths": {list, ClosedMonths{Frame: frame, Month: list.Month, Name: "10/2026", Due: "03/11/2026"}}}[name]
}
