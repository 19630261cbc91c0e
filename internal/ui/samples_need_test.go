package ui

func needsSample() Needs {
	line := func(id, name string, warn ...string) NeedLine {
		return NeedLine{
			ID: id, Name: name, Small: "lọ 10 liều", Due: "33", Used: "54", Usable: "12", Vials: "5 lọ", Doses: "50 liều", Lacks: true, Warn: warn,
			Steps: []NeedStep{
				{"Trẻ trên sổ đến hạn đến hết tháng 12/2026", "25 đến hạn + 3 quá hạn", "28", "/stock/needs/rows?item=MR", false},
				{"Theo chỉ tiêu năm", "Trẻ 1 tuổi 396 × 1 mũi, chia 12 tháng", "33", "/targets", false},
				{"Mũi phải tiêm", "lấy số lớn hơn", "33", "", true},
				{"Số sẽ đến tiêm", "33 × 95 %", "32", "", false},
				{"Liều phải có, kể cả hao phí", "32 × 1,33; hao phí 25 % theo kế hoạch (WHO)", "43", "/stock/wastage", true},
				{"Dự phòng", "43 × 25 %", "11", "", false},
				{"Thiếu", "54 − 12", "42", "", true},
				{"Cần xin", "42 ÷ 10 liều một lọ", "5 lọ, 50 liều", "", true},
			},
		}
	}
	enough := line("need-bopv", "Bại liệt uống (bOPV)")
	enough.Lacks = false
	return Needs{
		Frame: stationFrame(NavStock), Name: "Xã Mường Nhà", At: "c1", Month: "12/2026", Months: option, Coverage: Field{Value: "95"}, Buffer: Field{Value: "900", Error: "Từ 0 đến 300."},
		Lines:    []NeedLine{line("need-mr", "Sởi - Rubella", "Lô MR-1 hết hạn 12/12/2026 trước khi dùng hết: có 60, sẽ còn 34 liều."), enough},
		Supplies: []NeedSupply{{"Bơm kim 0,5 ml", "100 mũi × 1,11", "139", "20", "119"}},
		XLSX:     "/stock/needs?format=xlsx", CSV: "/stock/needs?format=csv", Targets: "/targets", Wastage: "/stock/wastage",
	}
}

func needsAboveSample() Needs {
	return Needs{
		Frame: hubFrame(NavStock), Crumbs: []Crumb{{Name: "Điện Biên"}}, Name: "Điện Biên", At: "p1", Month: "12/2026", Months: option, Coverage: Field{Value: "95"}, Buffer: Field{Value: "25"},
		Under: []Crumb{{Name: "Điện Biên", Href: "/stock/needs?place=p1"}}, Heard: "Đã nghe từ 41 trên 45 trạm",
		Sums: []NeedSupply{{"Sởi - Rubella", "", "500", "120", "380"}}, Parts: []NeedPart{{"/stock/needs?place=c1", "Xã Mường Nhà", "Sởi - Rubella 50"}, {"/stock/needs?place=c2", "Xã Na Son", ""}},
		XLSX: "/stock/needs?format=xlsx", CSV: "/stock/needs?format=csv",
	}
}

func needRowsSample() NeedRows {
	return NeedRows{
		Frame: stationFrame(NavStock), Back: "/stock/needs", Title: "Sởi - Rubella", Name: "Xã Mường Nhà", Month: "12/2026", Total: 2, More: "/stock/needs/rows?after=2",
		Rows: []NeedPerson{{"/child/1", "Lò Văn A", "sinh 01/05/2025, mẹ Lò Thị Mai", "01/11/2026", Mark{Kind: MarkOverdue, Text: "Quá hạn"}}, {"/child/2", "Lò Văn B", "", "01/12/2026", Mark{Kind: MarkDue, Text: "Đến hạn"}}},
	}
}

func wastageSample() Wastage {
	return Wastage{
		Frame: stationFrame(NavStock), Name: "Xã Mường Nhà", Period: "11/2025–11/2026", Back: "/stock/needs",
		Rows: []WastageRow{{
			Name: "Sởi - Rubella", Given: "60", Rest: "30", Closed: "10", Open: "33,3 %", Shut: "10,0 %", All: "40,0 %", Plan: "40 %", Why: "số của nơi này",
			Months: []WastageMonth{{"11/2026", "60", "30", "10", "33,3 %", "10,0 %", "lọ vỡ 10"}},
		}},
	}
}

func targetsSample(may bool) Targets {
	row := "0"
	cell := func(group string, small ...string) TargetCell {
		return TargetCell{Group: group, Name: "n-" + row + "-" + group, Label: "Trẻ dưới 1 tuổi, Xã Mường Nhà", Input: may, Field: Field{Value: "-3", Error: "Ghi số người, ví dụ 412."}, Was: "410", Text: "Trẻ dưới 1 tuổi", Small: small, Differs: len(small) > 1}
	}
	out := Targets{
		Frame: stationFrame(NavReports), Name: "Xã Mường Nhà", At: "c1", Year: "2026", Years: []Crumb{{Name: "2025", Href: "/targets?year=2025"}, {Name: "2026"}}, Groups: []string{"Trẻ sinh trong năm", "Trẻ dưới 1 tuổi"},
		Rows: []TargetLine{{N: 0, Place: "c1", Name: "Xã Mường Nhà", May: may, Saw: "", Error: "Người khác vừa ghi số của nơi này.", Cells: []TargetCell{cell("births", "410: CDC tỉnh, số thống kê", "380: Trạm, tự điều tra"), cell("under1", "đã đăng ký 402")}}},
		May:  may, XLSX: "/targets?format=xlsx", CSV: "/targets?format=csv",
	}
	if may {
		out.Frame = hubFrame(NavReports)
		out.Crumbs, out.Source, out.Document, out.File = []Crumb{{Name: "Điện Biên", Href: "/targets?place=p1"}, {Name: "Xã Mường Nhà"}}, option, Field{Value: "QĐ 12"}, true
		out.Wrong, out.Back, out.More = []string{"Dòng 3: không có nơi này."}, "/targets?from=0", "/targets?from=59"
		row = "1"
		out.Rows = append(out.Rows, TargetLine{N: 1, Place: "c2", Name: "Xã Na Son", Href: "/targets?place=c2", May: true, Cells: []TargetCell{cell("births"), cell("under1")}})
	}
	return out
}
