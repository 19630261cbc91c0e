package ui

var stockField = Field{Value: "40", Error: "Ghi số, như 40 hoặc 3 lọ."}

func stockInSample() StockIn {
	return StockIn{
		Frame: stationFrame(NavStock), Scan: Field{Error: "Không đọc được mã này."}, Item: option, Vial: option, VVM: option, Stock: option,
		Lot: Field{Value: "A24-123"}, Expires: Field{Value: "31/03/2027"}, Quantity: stockField, Other: Field{Value: "CDC tỉnh"}, Day: Field{},
	}
}

func stockSample(kept bool) Stock {
	out := Stock{Frame: stationFrame(NavStock), Lead: "kiểm đếm lần cuối 20/11/2026", May: true, Kept: kept}
	if !kept {
		return out
	}
	low := Mark{Kind: MarkAsk, Text: "38, đủ 1 buổi"}
	line := func(mark Mark, name, small, doses string) StockLine {
		return StockLine{Mark: mark, Name: name, Small: small, Expires: "31/03/2027", VVM: 1, Vials: "3 lọ", Doses: doses, Where: "đủ 1 buổi", Href: "/stock/lot?item=MR", Act: "Sổ kho", Item: "MR", Number: "MR-1", Stock: "epi"}
	}
	out.Send = true
	out.Coming = []StockSlip{{ID: "t1", Lead: "Đang về: phiếu 0093 từ kho CDC tỉnh, gửi 24/11/2026:", Text: "Sởi 20, IPV 30.", Tone: ToneAsk, Confirm: true}}
	out.Sent = []StockSlip{{ID: "t2", Lead: "Đang đi: phiếu 12 đến CDC tỉnh, gửi 24/11/2026:", Text: "Sởi 20."}}
	out.Lots = []StockLine{
		line(Mark{Kind: MarkAsk, Text: "Còn 9 ngày"}, "Sởi-Rubella (MR)", "MR-0325, lọ 10 liều", "30"), line(Mark{Kind: MarkOK, Text: "Dùng trước"}, "5 trong 1", "A24-123, lọ 1 liều", "41"),
		line(Mark{Kind: MarkOverdue, Text: "Thiếu 4"}, "Bại liệt tiêm (IPV)", "V-5510, lọ 5 liều", "−4"),
	}
	out.Unentered = []StockLine{{Name: "Lao", Small: "1125-2, lọ 10 liều", Doses: "đã dùng 6", Href: "/stock/in", Act: "Nhập"}}
	out.Open = []StockVial{
		{Name: "Sởi", Small: "M-0426, mở 08:40", Rest: "7 liều", Value: 32, Max: 140, Text: "bỏ lúc 11:00", Item: "SOI", Number: "M-0426", Stock: "epi", Count: 7},
		{Name: "Lao", Small: "1125-2, mở 08:05", Rest: "6 liều", Value: 175, Max: 175, Text: "phải bỏ từ 11:00", Over: true, Item: "BCG", Number: "1125-2", Stock: "epi", Count: 6},
	}
	out.Supplies = []StockLine{{Name: "Bơm kim 0,1 ml (Lao)", Doses: "52", Href: "/stock/lot?item=BKT-0.1"}, {Name: "Bơm kim 0,5 ml", Mark: low, Href: "/stock/lot?item=BKT-0.5", Small: "L1"}}
	out.Sessions = []StockTrip{{"/stock/out?session=s1", "25/11/2026, bản Pha Thanh", "20 đang mang đi"}}
	return out
}

func stockCountSample() StockCountPage {
	return StockCountPage{
		Frame: stationFrame(NavStock), Note: Field{Value: "vỡ"}, Day: Field{}, New: stockInSample(), More: 3,
		Rows: []StockCountRow{{N: 1, Name: "5 trong 1", Small: "A24-123, lọ 1 liều", Book: "41", Item: "DPT-VGB-HIB", Number: "A24-123", Stock: "epi", Expires: "31/03/2027", Vial: "1", Field: stockField}},
	}
}

func stockLotSample(supply bool) StockLot {
	return StockLot{
		Frame: stationFrame(NavStock), Name: "Sởi", Small: "M-0426, lọ 10 liều", Expires: "31/03/2027", Balance: "37 liều", Mark: Mark{Kind: MarkOK, Text: "Dùng trước"},
		Item: "SOI", Number: "M-0426", Stock: "epi", VVM: 1, Vials: !supply, Supply: supply, May: true, Quantity: stockField, Note: Field{}, Other: Field{Value: "Bệnh viện"}, Reason: option,
		Rows: []StockEntry{
			{ID: "m3", When: "25/11/2026", What: "Đã tiêm, uống", Minus: "3"},
			{ID: "m2", When: "08:00", What: "Đếm được 40", Small: "sổ ghi 41, lệch −1"},
			{ID: "m1", When: "08:00 20/11/2026", What: "Nhận", Small: "CDC tỉnh", Plus: "50", Mark: Mark{Kind: MarkLater, Text: "Đã nằm trong số đếm"}, Void: true},
		},
	}
}

func stockSendSample() StockSend {
	return StockSend{Frame: hubFrame(NavStock), To: option, Number: Field{Value: "0093"}, Error: "Chưa ghi số lượng ở dòng nào.", Rows: stockCountSample().Rows}
}

func stockDeliverySample(taken bool) StockDelivery {
	return StockDelivery{
		Frame: stationFrame(NavStock), Number: "0093", From: "CDC tỉnh", To: "Trạm Y tế xã Mường Nhà", Day: "24/11/2026", ID: "t1", Confirm: !taken, Taken: taken, Void: taken, Error: "Phiếu này đã nhận.",
		Rows: []StockDeliveryRow{{N: 1, Name: "Sởi", Small: "M-0426", Expires: "31/03/2027", Sent: "20", Got: "18", Differs: true, Field: stockField}, {N: 2, Name: "Bơm kim 0,5 ml", Sent: "100", Got: "100", Field: Field{Value: "100"}}},
	}
}

func stockOutSample() StockOut {
	return StockOut{
		Frame: stationFrame(NavStock), Session: "s1", Title: "25/11/2026, bản Pha Thanh",
		Rows: []StockOutRow{{N: 1, Name: "Sởi", Small: "M-0426, lọ 10 liều", Item: "SOI", Number: "M-0426", Stock: "epi", Have: "trong tủ 30", Taken: "20", Used: "14", Back: "mang về 0", Thrown: "bỏ 2", Rest: "4", Open: true, Out: stockField, Bring: Field{}}},
	}
}
