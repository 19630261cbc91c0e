package ui

func takeSample() TakeForm {
	return TakeForm{For: Select{Value: "care", Error: "Chọn một việc.", Options: []Option{{"care", "chăm sóc"}, {"report", "báo cáo"}, {"family", "gia đình"}}}, Reason: Field{Value: "bàn giao trạm"}}
}

var lackingSample = Lacking{
	Frame: stationFrame(NavSettings), Field: Select{Value: "native_commune", Options: []Option{{"", "bất kỳ trường nào"}, {"native_commune", "quê quán: xã"}}}, All: true, Looked: 120, Whole: 3, Next: "/data/lacking?after=b1", MayEdit: true, MayTake: true,
	People: []LackingPerson{{ID: "b1", Name: "Lò Gia Bảo", Line: "nam, 18/07/2026, mẹ Lò Thị Mai, bản Na Phay", Missing: "số định danh hoặc hộ chiếu; quê quán: xã; quê quán: tỉnh", Count: 3}},
}
