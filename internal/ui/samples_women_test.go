package ui

// familySamples are the pages about women, births, moves and grown people.
func familySamples() map[string][]any {
	communes := Communes{Value: "c1", Name: "Xã Mường Nhà", Options: []Option{{"c1", "Xã Mường Nhà"}, {"c2", "Xã Núa Ngam, Tỉnh Điện Biên"}}}
	none := communes
	none.Searched, none.Query, none.Options = true, "xyz", communes.Options[:1]
	about := PregnancyFields{
		Due: Field{Value: "28/11/2026", Error: "Ngày này không hợp."}, Period: Field{Value: "21/02/2026"}, Count: Field{Value: "2"}, Year: Field{Value: "2023", Error: "Năm từ 1950 đến 2026."},
		From:  Select{Value: "card", Options: []Option{{"card", "theo phiếu, sổ giấy"}, {"told", "nghe kể lại"}}},
		HBsAg: Select{Options: []Option{{"positive", "Dương tính"}, {"negative", "Âm tính"}, {"", "Chưa rõ"}}},
	}
	grown := Grown{
		Frame: stationFrame(NavRegister), Name: Field{Value: "Lò Văn Ún", Error: "Cần ghi."}, Born: Field{Value: "1971"}, OwnPhone: Field{Value: "0385 000 777"}, Sex: sexes,
		Hamlet: Hamlet{Other: "Na Phay 2"}, Commune: none, Opened: true, Force: true, Candidates: candidates,
	}
	pregnant := grown
	pregnant.Frame, pregnant.Pregnancy, pregnant.Force = stationFrame(NavDue), &about, false
	shield := Mark{Kind: MarkComplete, Text: "Đủ uốn ván cho con khi sinh, theo sổ tiêm"}
	open := Mark{Kind: MarkOverdue, Text: "Chưa đủ uốn ván cho con khi sinh, nghe kể lại"}
	women := Women{
		Frame: stationFrame(NavDue), Total: 3, Wanting: 2, Protected: 1, Parts: []WomenPart{
			{ID: "late", Title: "Quá ngày dự sinh, chưa ghi đã sinh", Note: "hỏi gia đình", Late: true, Rows: []WomanRow{{ID: "w1", Name: "Lò Thị Ánh", Born: "1999", Hamlet: "Na Phay 2", Phone: "0387 000 159", Due: "20/11/2026", Tetanus: Mark{Kind: MarkOverdue, N: 12}, Dose: []DoseName{{"Uốn ván", 2, false}}, Protection: open, Main: true}}},
			{ID: "unknown", Title: "Chưa rõ ngày dự sinh", Note: "hỏi kỳ kinh cuối", Rows: []WomanRow{{ID: "w2", Name: "Vàng Thị Mỷ", Visitor: true, Tetanus: Mark{Kind: MarkDue}, Dose: []DoseName{{"Uốn ván", 1, false}}, Protection: Mark{Kind: MarkAsk, Text: "Chưa rõ uốn ván, hỏi mẹ"}}}},
			{ID: "w2026-11-23", Title: "Dự sinh 23/11/2026 đến 29/11/2026", Note: "tuần này", Rows: []WomanRow{{ID: "w3", Name: "Cà Thị Hương", Born: "02/02/1996", Age: "30 tuổi", Hamlet: "Huổi Hương", Phone: "0385 000 412", Due: "28/11/2026", Week: 39, Tetanus: Mark{Kind: MarkComplete, Text: "Đủ uốn ván"}, Protection: shield, Soon: true}}},
		},
	}
	wanting := women
	wanting.Tetanus, wanting.Parts = true, nil
	many := women
	many.Total, many.AllHref, many.Listed = 412, "/women?all=1", 412
	pregnancy := PregnancyPage{Frame: stationFrame(NavDue), ID: "w1", Name: "Lò Thị Ánh", Line: "1999", Known: true, Pregnancy: about, Seen: "s7"}
	entered := pregnancy
	entered.Known = false
	baby := func(n string) BabyFields {
		return BabyFields{N: n, Title: "Con thứ " + n, Sex: sexes, Weight: Field{Value: "310", Error: "310 g: có phải 3.100 g?"}, Clock: Field{Value: "0:15"}, Name: Field{}}
	}
	birth := BirthPage{
		Frame: stationFrame(NavDue), ID: "w1", Name: "Lò Thị Ánh", Line: "1999", Due: "28/11/2026", Protection: shield, Seen: "s8", Born: Field{Value: "25/11/2026 00:10"},
		End:        Select{Value: "born", Options: []Option{{"born", "Sinh con sống"}, {"stillborn", "Con mất trước hoặc trong khi sinh"}, {"lost", "Thai kỳ kết thúc sớm"}}},
		BirthPlace: Select{Options: []Option{{"station", "Trạm ta"}, {"home", "Tại nhà"}}}, Babies: []BabyFields{baby("1"), baby("2"), baby("3")},
	}
	again := birth
	again.More, again.Died, again.Force, again.Candidates = true, true, true, candidates.Rows
	wrong := Whose{ID: "b1", Name: "Lò Gia Bảo", Line: "Nam, 18/07/2026, mẹ Lò Thị Mai, bản Na Phay 1", Code: "0412 7526 0181 5941"}
	right := wrong
	right.ID, right.Name, right.Call, right.Code = "b2", "Lò Gia Bình", "Lò Gia Bình, con thứ 2", "0412 7526 0181 6012"
	moving := MoveDose{Frame: stationFrame(NavToday), ID: "d4", Name: DoseName{"5 trong 1", 2, false}, When: "26/10/2026", From: wrong, Seen: "s9", Likely: true, Rows: []Person{bao, sua}}
	sought := moving
	sought.Likely, sought.Query = false, Field{Value: "lo gia", Error: "Cần ghi."}
	nobody := sought
	nobody.Rows = nil
	sure := nobody
	sure.To, sure.Warn = &right, "Lò Gia Bình đã có mũi này ngày 26/10/2026."
	status := StatusPage{
		Frame: stationFrame(NavToday), ID: "b1", Name: "Lò Gia Bảo", Line: "18/07/2026, mẹ Lò Thị Mai", On: Field{Value: "25/11/2026"}, Until: Field{Error: "Không đọc được ngày."}, Commune: communes,
		What: Select{Error: "Cần ghi.", Options: []Option{{"out", "Chuyển đi"}, {"absent", "Vắng một thời gian"}, {"died", "Đã mất"}}}, Hamlet: Hamlet{Other: "Na Phay 2"}, Seen: "s10",
	}
	return map[string][]any{
		"grown": {grown, pregnant}, "women": {women, wanting, many, Women{Frame: stationFrame(NavDue)}}, "pregnancy": {pregnancy, entered},
		"birth": {birth, again}, "move": {moving, sought, nobody, sure}, "status": {status},
	}
}

// tied is a child's page with all that a family has.
func tied() Child {
	c := child
	mark := Mark{Kind: MarkComplete, Text: "Có, theo sổ tiêm"}
	c.Give.Twin = &TwinSave{Line: "Sinh đôi, con thứ 2", Name: "CB Lò Thị Ánh", Born: "25/11/2026", Mother: "Lò Thị Ánh", Others: []Kin{{ID: "b2", Name: "CB Lò Thị Ánh, con thứ 1"}}}
	c.Family = Family{
		Naming: &Naming{Seen: "s5", Name: Field{Error: "Cần ghi."}}, Protection: &mark,
		People: []Kin{{ID: "w1", Label: "Mẹ", Name: "Lò Thị Ánh", Line: "1999"}, {ID: "b2", Label: "Sinh đôi, con thứ 1", Name: "CB Lò Thị Ánh"}},
		Moved:  []MovedDose{{Text: "5 trong 1 26/10/2026", ID: "d4", To: "Lò Gia Bình", At: "b2"}, {Text: "Một mũi"}},
	}
	return c
}

// expectant is the page of a woman who expects a child.
func expectant() Child {
	c := child
	c.Name, c.Mother, c.Grown, c.Marks, c.CanEdit = "Lò Thị Ánh", "", true, nil, true
	c.Family = Family{Pregnant: &Pregnant{Due: "28/11/2026", Weeks: 39, Protection: Mark{Kind: MarkOverdue, Text: "Chưa đủ uốn ván cho con khi sinh"}, Doses: "tính được 1 mũi uốn ván", CanEdit: true}}
	return c
}

// unsaid is the page of a grown woman of whom nobody has said that she expects a child.
func unsaid() Child {
	c := expectant()
	c.Phone, c.Pregnant = "", true
	c.Family = Family{Pregnant: &Pregnant{Protection: Mark{Kind: MarkAsk, Text: "Chưa rõ uốn ván, hỏi mẹ"}}}
	return c
}
