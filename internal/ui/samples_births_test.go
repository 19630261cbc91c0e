package ui

// birthSamples are the pages of a delivery room, and those that tie a child to its kin.
func birthSamples() map[string][]any {
	not := Select{Options: []Option{{"", "(chưa tiêm)"}, {"refused", "Từ chối"}, {"postponed", "Hoãn: đang ốm"}}}
	dose := func(id, key, name string) BirthDoseFields {
		return BirthDoseFields{ID: id, Key: key, Name: name, Given: Field{Value: "0655", Error: "Trước giờ sinh 07:10 25/11/2026."}, Lot: Field{Value: "VB-17"}, Not: not}
	}
	screening := Select{Options: []Option{{"eligible", "Đủ điều kiện"}, {"on_paper", "Khám trên giấy"}}}
	baby := func(n string) DeliveredFields {
		return DeliveredFields{
			N: n, Title: "Con thứ " + n, Sex: sexes, Weight: Field{Value: "310", Error: "310 g: có phải 3.100 g?"}, Clock: Field{Error: "Ghi giờ sinh."},
			Doses: []BirthDoseFields{dose("VGB0."+n, "VGB0-"+n, "VGB sơ sinh"), dose("BCG."+n, "BCG-"+n, "Lao")},
		}
	}
	form := DeliveryForm{
		Commune: Communes{Ask: true, Options: []Option{{"c1", "Xã Mường Nhà, Tỉnh Điện Biên"}}}, Screening: screening, Hamlet: Hamlet{Other: "Na Phay 2"},
		HBsAg: Select{Options: []Option{{"positive", "Dương tính"}, {"negative", "Âm tính"}, {"", "Chưa rõ"}}}, Babies: []DeliveredFields{baby("1"), baby("2"), baby("3")},
	}
	row := BirthRow{
		ID: "b1", Name: "CB Giàng Thị Súa", Twin: "Sinh đôi, con thứ 1", Code: "0181 5941", Born: "07:10 25/11/2026", Weight: "3.100 g", Sex: SexFemale,
		Home: "Na Phay 1, Xã Mường Nhà", Phone: "0387 000 421", Mark: Mark{Kind: MarkComplete, Text: "Đủ"},
		Cells: []BirthCell{{Dose: "VGB sơ sinh", At: "07:55", Lot: "VB-17"}, {Dose: "Lao", Not: "Hoãn: đang ốm"}},
	}
	waiting := row
	waiting.ID, waiting.Mark, waiting.Home, waiting.Screening = "b2", Mark{Kind: MarkOverdue, Text: "VGB sơ sinh: còn 3 giờ"}, "", screening
	waiting.Cells = []BirthCell{{Dose: "VGB sơ sinh", Mark: Mark{Kind: MarkOverdue, Text: "còn 3 giờ"}}, {Dose: "Lao", Mark: Mark{Kind: MarkDue, Text: "chưa tiêm"}}}
	waiting.Open = []BirthDoseFields{dose("VGB0", "VGB0-b2", "VGB sơ sinh"), dose("BCG", "BCG-b2", "Lao")}
	waiting.Typed, waiting.Error = true, "Chưa ghi giờ tiêm hay lý do nào."
	births := Births{
		Frame: stationFrame(NavBirths), Title: "25/11/2026, 06:00 đến 18:00", Shifts: []Shift{{Href: "/births?on=25/11/2026", Name: "Ngày 25/11", Current: true}, {Href: "/births?on=24/11/2026", Name: "Đêm 24/11"}},
		On: Field{Value: "25/11/2026"}, From: Field{Value: "06:00"}, Until: Field{Value: "18:00"}, May: true, Form: form, Rows: []BirthRow{waiting, row},
		Counts: []Fact{{Name: "VGB sơ sinh", Value: "1/2"}},
	}
	asked := births
	asked.Form.Expecting = []Kin{{ID: "w1", Name: "Lò Thị Ánh", Line: "Dự sinh 28/11/2026. 1999"}}
	asked.Form.MotherID, asked.Form.Hint, asked.Form.Seen, asked.Form.More, asked.Form.NotThem, asked.Form.Top = "w1", "Lấy từ hồ sơ của Lò Thị Ánh", "s1", true, true, "Không thấy thai phụ nào."
	known := births
	known.Form.Force, known.Form.Candidates, known.Rows, known.On.Error = true, candidates.Rows, nil, "Không đọc được ngày."
	slip := Slip{
		Frame: stationFrame(NavBirths), ID: "b1", Name: "CB Giàng Thị Súa", Code: "0412 7526 0181 5941", QR: "data:image/png;base64,AAAA", Born: "25/11/2026 07:10", Sex: "Nữ", Twin: "con thứ 1",
		Weight: "3.100 g", Mother: "Giàng Thị Súa", Home: "Na Phay 1, Xã Mường Nhà", Made: "Bệnh viện tỉnh, 25/11/2026",
		Given: []PaperDose{{Name: "Viêm gan B sơ sinh", On: "07:55 25/11/2026", Lot: "VB-17"}, {Name: "Lao (BCG)", On: "25/11/2026", Note: "Hoãn: đang ốm"}},
		Next:  []PaperDose{{Name: "5 trong 1", On: "từ 25/01/2027"}}, Where: "Trạm Y tế xã Mường Nhà", WherePhone: "0215 3 825 111",
	}
	bare := slip
	bare.Given, bare.Next, bare.QR, bare.WherePhone = nil, nil, "", ""
	twin := Twin{
		Frame: stationFrame(NavRegister), ID: "b1", Name: "CB Lò Thị Ánh", Line: "25/11/2026", Shared: []Fact{{Name: "ngày sinh", Value: "25/11/2026"}},
		Sex: sexes, Weight: Field{Value: "2500"}, Clock: Field{Error: "Không đọc được giờ."}, ChildName: Field{},
	}
	again := twin
	again.Force, again.Candidates = true, candidates.Rows
	tie := TieMother{Frame: stationFrame(NavToday), ID: "b1", Name: "Lò Gia Bảo", Line: "18/07/2026", Seen: "s2", Query: Field{Value: "lo thi", Error: "Cần ghi."}, Rows: []Person{sua}, Sought: true}
	tied := tie
	tied.Rows, tied.Tied = nil, &Kin{ID: "w1", Name: "Lò Thị Ánh", Line: "1999"}
	return map[string][]any{"mothers": {Mothers{}, Mothers{Women: []Kin{{ID: "w1", Name: "Sùng Thị Dí", Line: "nữ, 1999, bản Huổi Hương"}}}}, "births": {births, asked, known}, "slip": {slip, bare}, "twin": {twin, again}, "tie": {tie, tied}}
}
