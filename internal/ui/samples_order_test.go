package ui

// Samples of the pages of orders.

func orderRowsSample() []OrderRow {
	return []OrderRow{
		{N: 1, Name: "5 trong 1", Small: "Đang có 4, dùng một tháng 30", Asked: "60", Approved: "40", Cut: "kho còn ít", Sent: "20", Received: "19", Differs: true, Item: "DPT-VGB-HIB", Stock: "epi", Field: stockField, Reason: Field{Value: "kho còn ít"}},
		{N: 2, Name: "Bơm kim 0,5 ml", Why: "chiến dịch sởi", Asked: "200", Sent: "0", Received: "0", Item: "BKT-0.5", Stock: "epi", Field: Field{Value: "200"}, Reason: Field{}},
	}
}

func stockOrderSample(approve bool) StockOrder {
	out := StockOrder{
		Frame: stationFrame(NavStock), ID: "o1", Title: "Trạm Y tế xã Mường Nhà", Lead: "tháng 12/2026, gửi lúc 08:00", Back: "/stock/orders?month=2026-12", Mark: Mark{Kind: MarkLater, Text: "Chờ duyệt"},
		Was:  []Note{{Lead: "Đơn đã đổi sau khi duyệt: xem lại số duyệt."}, {Lead: "Xin lúc 07:30", Text: "5 trong 1 40"}},
		Rows: orderRowsSample(), Said: "đợt sởi", Answer: "phần còn lại đầu tháng", Slips: []StockSlip{{ID: "t2", Lead: "Đang đi: phiếu 12 đến Mường Nhà, gửi 24/11/2026:", Text: "Sởi 20."}},
		Approve: approve, May: true, Void: !approve, Saw: "o2", Error: "Chưa ghi số ở dòng nào.", Note: Field{Value: "phần còn lại đầu tháng"},
	}
	if approve {
		out.Frame, out.Send = hubFrame(NavStock), "/stock/send?order=o1"
	}
	return out
}

func stockOrdersSample(hub bool) StockOrders {
	out := StockOrders{Frame: stationFrame(NavStock), Month: "12/2026", Before: "/stock/orders?month=2026-11", After: "/stock/orders?month=2027-01", Ask: "/stock/orders/ask?month=2026-12", AskText: "Sửa đơn"}
	if !hub {
		own := stockOrderSample(false)
		out.Own = &own
		return out
	}
	out.Frame, out.Hub, out.AskText = hubFrame(NavStock), true, "Đặt hàng"
	out.Sums = []OrderSumRow{{Name: "5 trong 1", Places: "2", Asked: "100", Approved: "80", Sent: "20", Have: "50", Mark: Mark{Kind: MarkAsk, Text: "Thiếu 10"}}, {Name: "Sởi", Places: "1", Asked: "20", Approved: "0", Sent: "0", Have: "0"}}
	out.Places = []OrderPlaceRow{{Mark: Mark{Kind: MarkLater, Text: "Chờ duyệt"}, Name: "Trạm Y tế xã Mường Nhà", Text: "5 trong 1 60, Bơm kim 0,5 ml 200", Href: "/stock/orders/o1", Act: "Duyệt"}}
	return out
}

func stockAskSample(hub bool) StockAsk {
	out := StockAsk{
		Frame: stationFrame(NavStock), Month: "12/2026", Value: "2026-12", To: "Tỉnh Điện Biên", Saw: "o1", Error: "Chưa ghi số ở dòng nào.", Station: !hub, Note: Field{Value: "đợt sởi"},
		Rows: []AskRow{{N: 1, Name: "5 trong 1", Small: "đang về 20", Have: "4", Needed: "30", Proposed: "40", Item: "DPT-VGB-HIB", Stock: "epi", Field: stockField, Reason: Field{Value: "trẻ vãng lai"}}},
	}
	if hub {
		out.Frame = hubFrame(NavStock)
	}
	return out
}
