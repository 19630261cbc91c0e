package ui

// reportSamples are a month's report and what stands behind one of its numbers.
func reportSamples(name string) []any {
	frame := stationFrame(NavReports)
	place := Select{Value: "p1", Options: []Option{{"p1", "Xã Mường Nhà"}, {"p2", "Trạm Y tế xã Mường Nhà"}}}
	filled := MonthReport{
		Frame: frame, Place: place, PlaceID: "p1", Month: Select{Value: "2026-10", Options: []Option{{"2026-11", "11/2026"}, {"2026-10", "10/2026"}}},
		From: Field{Value: "01/10/2026"}, To: Field{Value: "31/10/2026"}, Years: []Crumb{{"Cả năm 2026", "/reports?from=2026-01-01&to=2026-12-31"}},
		Title: "Báo cáo kết quả tiêm chủng", Period: "01/10/2026–31/10/2026", PlaceName: "Xã Mường Nhà", Rule: "Thông tư 13/2026/TT-BYT",
		Deadline: &Mark{Kind: MarkAsk, Text: "Hạn nộp hôm nay, 03/11/2026"}, Facts: []Fact{{"Lập lúc", "08:00, Cà Thị Diên", ""}},
		Form: "results", Opens: true,
		Forms: []ReportForm{{Name: "Kết quả", Href: "/reports?form=results", Current: true}, {Name: "Vắc xin, vật tư", Href: "/reports?form=supplies"}},
		Tables: []ReportTable{{
			Title: "Báo cáo kết quả tiêm chủng", First: "Nội dung",
			Groups:  []ReportGroup{{"Tất cả", 2, false}, {"Tại chỗ: TCMR", 2, true}},
			Columns: []ReportColumn{{Name: "Trong kỳ"}, {Name: "Cộng dồn"}, {Name: "Trong kỳ", Small: true}, {Name: "Cộng dồn", Small: true}},
			Rows: []ReportLine{
				{Name: "BCG", Cells: []ReportCell{{Text: "12", Href: "/reports/rows?row=bcg&column=all"}, {Text: "118", Href: "/reports/rows?row=bcg&column=all-year"}, {Text: "12", Href: "/reports/rows?row=bcg&column=resident-epi", Small: true}, {Text: "0", Small: true}}},
				{Name: "Trẻ sinh trong kỳ", Verify: true, Cells: []ReportCell{{Text: "9", Href: "/reports/rows?row=born&column=all"}, {Text: "97"}, {Small: true}, {Small: true}}},
			},
		}},
		Verify: true, Sources: []string{"Thông tư 52/2025/TT-BYT, bảng lịch tiêm"}, XLSX: "/reports?format=xlsx", CSV: "/reports?format=csv", PDF: "/reports?format=pdf", Targets: "/targets?year=2026",
	}
	supplies := filled
	supplies.Form, supplies.Title, supplies.VerifyAll = "supplies", "Báo cáo sử dụng vắc xin và vật tư", true
	supplies.Tables = []ReportTable{{
		Title: supplies.Title, First: "Vắc xin, vật tư", Columns: []ReportColumn{{Name: "Tồn đầu kỳ", Small: true}, {Name: "Đã tiêm"}, {Name: "Tồn cuối kỳ"}},
		Rows: []ReportLine{{Name: "5 trong 1", Small: "A24-123, 31/03/2027", Cells: []ReportCell{{Text: "40", Href: "/reports/rows?row=x.y.epi&column=opening", Small: true}, {Text: "12", Href: "/reports/rows?row=x.y.epi&column=given"}, {Text: "28"}}}},
	}}
	reactions := filled
	reactions.Form, reactions.Tables = "reactions", append(filled.Tables[:1:1], ReportTable{
		Title: "Tai biến nặng, từng trường hợp", Columns: []ReportColumn{{Name: "STT", Small: true, Text: true}, {Name: "Vắc xin, mũi", Text: true}},
		Rows: []ReportLine{{Cells: []ReportCell{{Text: "1", Small: true, Words: true}, {Text: "5 trong 1 mũi 2", Href: "/reaction/r1", Words: true}}}},
	}, ReportTable{Title: "Tai biến nặng, từng trường hợp", Columns: []ReportColumn{{Name: "STT", Text: true}}})
	register := filled
	register.Form, register.Opens, register.PDF, register.Deadline, register.More, register.Lead = "register", false, "", nil, "/reports?form=register&after=100", "212 trẻ sinh từ 01/01/2024"
	register.Tables = []ReportTable{{
		Title: "Sổ tiêm chủng cơ bản cho trẻ em (A2.1/CSYT)", First: "Trẻ", Columns: []ReportColumn{{Name: "Các mũi đã tiêm", Text: true}, {Name: "Ghi chú", Small: true, Text: true}},
		Rows: []ReportLine{{Name: "1. Lò Gia Bảo", Small: "Nam, 18/07/2026, mẹ Lò Thị Mai", Href: "/child/b1", Cells: []ReportCell{{Text: "BCG 19/07/2026; OPV 1 18/09/2026", Words: true}, {Small: true, Words: true}}}},
	}}
	register.Take = &ReportTake{Form: "register", From: "2026-10-01", To: "2026-10-31", For: Select{Value: "report", Options: []Option{{"report", "Báo cáo theo quy định"}, {"care", "Chăm sóc"}}}, Reason: Field{Error: "Ghi lý do xuất sổ."}}
	wrong := MonthReport{Frame: frame, Place: place, PlaceID: "p1", Month: filled.Month, Days: true, From: Field{Value: "31/11/2026", Error: "Không có ngày 31/11/2026."}, To: filled.To}
	hub := MonthReport{Frame: hubFrame(NavReports), Crumbs: []Crumb{{"Việt Nam", "/reports"}, {"Điện Biên", ""}}, Under: []Crumb{{"Xã Mường Nhà", "/reports?place=p1"}}}
	late := filled
	late.Deadline = &Mark{Kind: MarkOverdue, Text: "Quá hạn nộp 03/11/2026: 2 ngày"}
	rows := ReportRows{
		Frame: frame, Back: "/reports", Title: "BCG", Column: "Tất cả, Trong kỳ", PlaceName: "Xã Mường Nhà", Period: filled.Period, Source: filled.Sources[0], Number: "102", More: "/reports/rows?after=100",
		Rows: []ReportPerson{{"/child/b1", "Lò Gia Bảo", "Nam, 18/07/2026, mẹ Lò Thị Mai", "Lao 1, lô A24-123", "05/10/2026", "Trạm Y tế xã Mường Nhà"}, {"", "Người chưa có trong sổ này", "", "Lao 1", "06/10/2026", "Trạm Y tế xã Mường Nhà"}},
	}
	empty := rows
	empty.Rows, empty.More, empty.Number = nil, "", "0"
	moves := rows
	moves.Supplies, moves.More, moves.Title, moves.Rows = true, "", "5 trong 1, A24-123", []ReportPerson{{Href: "/stock/lot?item=DPT-VGB-HIB", Name: "Nhận về", What: "+40", On: "07:30 05/10/2026", Place: "Trạm Y tế xã Mường Nhà"}}
	return map[string][]any{"reports": {filled, wrong, hub, late, supplies, reactions, register}, "reportrows": {rows, empty, moves}}[name]
}
