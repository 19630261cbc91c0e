package ui

// Samples of the page about fridges.

func fridgeSamples() []any {
	full := Fridges{
		Frame: stationFrame(NavStock), Month: "tháng 11/2026", Before: "/fridge?month=2026-10", MayRecord: true,
		Now: []FridgeRead{
			{ID: "f1", Name: "Tủ phòng tiêm", Keeps: "giữ từ 2,0 đến 8,0 °C", Last: Mark{Kind: MarkSafe, Text: "07:05: 4,6 °C"}},
			{ID: "f2", Name: "Tủ 2", Keeps: "giữ từ 2,0 đến 8,0 °C", Last: Mark{Kind: MarkLater, Text: "Hôm nay chưa đọc"}, Value: Field{Value: "abc", Error: "“abc” không phải nhiệt độ."}, Lowest: Field{Value: "1"}, Open: true},
		},
		Excursions: []FridgeExcursion{
			{ID: "t1", Seen: "s1", Fridge: "Tủ 2", When: "24/11/2026 07:05", Mark: Mark{Kind: MarkNo, Text: "Dưới 0 °C"}, How: "từ −0,6 đến 4,2 °C, quá lạnh 30 phút", Frozen: true, Lots: []string{"5 trong 1 A24-123", "Td T-77"}, NoteError: "Ô này cần có.", Typed: " "},
			{ID: "t2", Seen: "s2", Fridge: "Tủ 2", When: "20/11/2026 16:40", Mark: Mark{Kind: MarkNo, Text: "Quá nóng"}, How: "9,2 °C", Lots: []string{"Sởi M-0426"}, Note: "Mất điện, đã có điện lại"},
		},
		Tables: []FridgeTable{{
			Name: "Tủ phòng tiêm", Serial: "Vestfrost 41-1", Keeps: "giữ từ 2,0 đến 8,0 °C", Unread: 2, Low: 65, High: 35, Edit: "/fridge?edit=f1#form",
			Chart: []FridgeBar{{X: 2, Y: 40, Height: 10}, {X: 14, Y: 30, Height: 25, Odd: true}},
			Rows: []FridgeDay{
				{Day: "25/11", Morning: FridgeCell{Text: "4,6", Clock: "07:05"}, Lowest: "4,6", Highest: "4,6"},
				{Day: "24/11", Morning: FridgeCell{Text: "9,2", Clock: "07:10", Mark: Mark{Kind: MarkNo, Text: "Quá nóng"}}, AfternoonDue: true, Lowest: "1,0", LowestOdd: true, Highest: "9,2", HighestOdd: true, Logger: "máy ghi, 288 lần đo", Notes: []string{"Mất điện"}},
			},
		}},
		Form:   FridgeForm{ID: "f1", Seen: "s3", Was: "Tủ phòng tiêm", Name: Field{Value: "Tủ phòng tiêm"}, Low: Field{Value: "2,0"}, High: Field{Value: "1", Error: "Từ 2,1 đến 60,0."}},
		Logger: Select{Options: []Option{{"f1", "Tủ phòng tiêm"}, {"f2", "Tủ 2"}}}, LoggerError: "Không thấy cột giờ đo và cột °C trong tệp này.",
	}
	return []any{full, Fridges{Frame: stationFrame(NavStock), Month: "tháng 11/2026", Before: "/fridge?month=2026-10", After: "/fridge?month=2026-12", MayRecord: true}, Fridges{Frame: stationFrame(NavStock), Month: "tháng 11/2026"}}
}
