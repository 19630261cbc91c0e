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
		Groups:  []ReportGroup{{"Tất cả", 2, false}, {"Tại chỗ: TCMR", 2, true}},
		Columns: []ReportColumn{{"Trong kỳ", false}, {"Cộng dồn", false}, {"Trong kỳ", true}, {"Cộng dồn", true}},
		Rows: []ReportLine{
			{"BCG", false, []ReportCell{{"12", "/reports/rows?row=bcg&column=all", false}, {"118", "/reports/rows?row=bcg&column=all-year", false}, {"12", "/reports/rows?row=bcg&column=resident-epi", true}, {"0", "", true}}},
			{"Trẻ sinh trong kỳ", true, []ReportCell{{"9", "/reports/rows?row=born&column=all", false}, {"97", "", false}, {"", "", true}, {"", "", true}}},
		},
		Verify: true, Sources: []string{"Thông tư 52/2025/TT-BYT, bảng lịch tiêm"}, XLSX: "/reports?format=xlsx", CSV: "/reports?format=csv", Targets: "/targets?year=2026", Register: "/export?from=2024-01-01",
	}
	wrong := MonthReport{Frame: frame, Place: place, PlaceID: "p1", Month: filled.Month, Days: true, From: Field{Value: "31/11/2026", Error: "Không có ngày 31/11/2026."}, To: filled.To}
	hub := MonthReport{Frame: hubFrame(NavReports), Crumbs: []Crumb{{"Việt Nam", "/reports"}, {"Điện Biên", ""}}, Under: []Crumb{{"Xã Mường Nhà", "/reports?place=p1"}}}
	late := filled
	late.Deadline = &Mark{Kind: MarkOverdue, Text: "Quá hạn nộp 03/11/2026: 2 ngày"}
	rows := ReportRows{
		Frame: frame, Back: "/reports", Title: "BCG", Column: "Tất cả, Trong kỳ", PlaceName: "Xã Mường Nhà", Period: filled.Period, Source: filled.Sources[0], Total: 102, More: "/reports/rows?after=100",
		Rows: []ReportPerson{{"/child/b1", "Lò Gia Bảo", "Nam, 18/07/2026, mẹ Lò Thị Mai", "Lao 1, lô A24-123", "05/10/2026", "Trạm Y tế xã Mường Nhà"}, {"", "Người chưa có trong sổ này", "", "Lao 1", "06/10/2026", "Trạm Y tế xã Mường Nhà"}},
	}
	empty := rows
	empty.Rows, empty.More, empty.Total = nil, "", 0
	return map[string][]any{"reports": {filled, wrong, hub, late}, "reportrows": {rows, empty}}[name]
}
