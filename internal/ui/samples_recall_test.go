package ui

// Samples of the pages of stopped lots.

var recallStopped = Mark{Kind: MarkNo, Text: "Thu hồi"}

func recallForm() RecallForm {
	return RecallForm{
		Number: Field{Value: "A24-123"}, Reason: Field{Value: "có vật lạ trong lọ", Error: "Ghi lý do."}, Document: Field{Value: "123/QLD-CL"}, Product: Field{Value: "SII"},
		Day: Field{Value: "27/11/2026", Error: "Ngày này chưa tới."}, Advice: Field{Value: "Bé vẫn khỏe thì không cần làm gì."}, Vaccine: option, Kind: option, Children: option, Place: option,
	}
}

var recallsSample = Recalls{
	Frame: hubFrame(NavReaction), MayWrite: true, Hub: true, New: recallForm(),
	Rows: []RecallRow{
		{"/recall/r1", "5 trong 1, lô A24-123", "có vật lạ trong lọ", "Tỉnh Điện Biên", "27/11/2026", recallStopped, Mark{Kind: MarkOverdue, Text: "Còn 8 liều, chưa cách ly"}},
		{"/recall/r2", "MR, lô M-77", "nghi hỏng lạnh", "Cả nước", "01/10/2026", Mark{Kind: MarkDone, Text: "Dùng lại từ 10/10/2026"}, Mark{}},
	},
}

func recallSample(hub bool) RecallPage {
	out := RecallPage{
		Frame: stationFrame(NavReaction), ID: "r1", Name: "5 trong 1", Number: "A24-123", What: "Tỉnh Điện Biên, từ 27/11/2026.", Mark: recallStopped,
		Facts: []Fact{{Name: "Lý do", Value: "có vật lạ trong lọ"}}, Twins: []Crumb{{Name: "Cả nước, 27/11/2026", Href: "/recall/r3"}}, Hub: hub,
		Here: &RecallHere{
			Place: "Trạm Y tế Mường Nhà", Mark: Mark{Kind: MarkOverdue, Text: "Còn 8 liều, chưa cách ly"}, Text: "Lấy hết lọ ra, để riêng.", May: true, Note: Field{Error: "Câu này dài quá."},
			Rows: []RecallStock{{N: "1", Name: "A24-123, lọ 10 liều", Book: "8", Field: Field{Value: "x", Error: "Gõ một số."}}}, Done: "Đã báo 8 liều, ngày 27/11/2026.", Stock: "/stock/lot",
		},
		Children: "/recall/r1/children", ChildrenN: 12,
	}
	if !hub {
		return out
	}
	out.Frame, out.MayChange, out.Seen, out.Form, out.FormOpen, out.Why, out.LiftOpen = hubFrame(NavReaction), true, "s1", recallForm(), true, Field{Error: "Ghi lý do."}, true
	out.Form.Change = true
	line := RecallPlace{Name: "Xã Mường Nhà", Href: "/recall/r1?place=p1", Kids: "/recall/r1/children?place=p1", Left: 8, Apart: 8, Returned: 2, Given: 40, Children: 38, Stations: 2, Confirmed: 1, Quiet: 1}
	out.Crumbs = []Crumb{{Name: "Cả nước", Href: "/recall/r1"}, {Name: "Tỉnh Điện Biên", Href: "/recall/r1?place=p0"}}
	out.Places, out.Sum = []RecallPlace{line, {Name: "Kho tỉnh", Left: 200}}, line
	out.Silent, out.SilentNo = []RecallSilent{{"Trạm Y tế xã Na Son", "Xã Na Son", "20/11", "Sổ khi đó còn 12 liều, đã biết 30 mũi."}}, 1
	out.Open, out.OpenMore = []RecallSilent{{"Trạm Y tế xã Thanh Nưa", "Xã Thanh Nưa", "09:40", "4 liều"}}, 3
	out.After, out.Outside, out.CSV, out.XLSX = 2, 5, "/recall/r1?format=csv", "/recall/r1?format=xlsx"
	return out
}

func recallChildrenSample(hub bool) RecallChildren {
	out := RecallChildren{
		Frame: stationFrame(NavReaction), ID: "r1", Name: "5 trong 1, lô A24-123", What: "Tỉnh Điện Biên, từ 27/11/2026.", Made: "27/11/2026", Back: "/recall/r1", N: 2, More: 5, Hub: hub,
		PDF: "/recall/r1/children?format=pdf", Letters: "/due/print?list=recall", Advice: "Bé vẫn khỏe thì không cần làm gì.",
		Groups: []RecallGroup{{"bản Na Phay 1, Xã Mường Nhà", []RecallPerson{
			{
				ID: "c1", Name: "Vàng A An", Line: "18/07/2026, nam", Phone: "0912 345 678", Mother: "mẹ Lò Thị Ánh", Doses: "18/11/2026", At: "Trạm Y tế Mường Nhà",
				Mark: Mark{Kind: MarkDue, Text: "Tiêm lại 5 trong 1 mũi 2 từ 28/11/2026"}, Tried: "27/11: sẽ đến", Contact: "/child/c1/contact",
			},
			{Doses: "18/11/2026", Unknown: true},
		}}},
	}
	if hub {
		out.Frame, out.Letters = hubFrame(NavReaction), ""
	}
	return out
}
