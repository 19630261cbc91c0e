package ui

// Samples of the pages of a campaign.

var (
	campaignOn = Mark{Kind: MarkDue, Text: "Đang tiêm, vòng 1"}
	option     = Select{Value: "a", Error: "Chọn một.", Options: []Option{{"a", "Tiêm ở trường"}, {"b", "Chống dịch"}}}
)

func campaignForm() CampaignForm {
	return CampaignForm{
		Name: Field{Value: "Sởi 6–9 tháng"}, From: Field{Value: "25/11/2026"}, Until: Field{Error: "Ô này cần có."}, Second: Field{Value: "05/12/2026"},
		AgeFrom: Field{Value: "6"}, AgeTo: Field{Value: "9"}, Reason: Field{Value: "ổ dịch sởi ở bản Pha Thanh"}, Document: Field{Value: "12/KH-TTYT"},
		Kind: option, Vaccine: option, Sex: option, Place: option, Counts: true, CountsError: "Đã có người tiêm.",
		Targets: []TargetField{{"p1", "Xã Mường Nhà", Field{Value: "120", Error: "Gõ một số."}}}, TargetsError: "Nhiều nhất 500.",
	}
}

var (
	campaignLineSample = CampaignLine{Name: "Xã Mường Nhà", Target: "120", Listed: 118, Given: 96, Today: 40, Second: 3, Absent: 12, Others: 4, Percent: "80,0%", Heard: "09:40 hôm nay"}
	campaignOutSample  = []CampaignOutLine{{"Vắng", "", 8, 12}, {"Hoãn", "Sốt", 2, 4}}
)

var campaignsSample = Campaigns{
	Frame: stationFrame(NavCampaign), MayPlan: true, New: campaignForm(),
	Rows: []CampaignRow{{"/campaign/c1", "Sởi 6–9 tháng", "Sởi, mũi 0, 6 tháng đến 9 tháng", "25/11/2026–10/12/2026", "Tỉnh Điện Biên", campaignOn, 118, 96}},
}

func campaignSample(hub bool) CampaignPage {
	out := CampaignPage{
		Frame: stationFrame(NavCampaign), ID: "c1", Name: "Sởi 6–9 tháng", What: "Sởi, mũi 0", When: "25/11/2026–10/12/2026", Where: "Tỉnh Điện Biên", Mark: campaignOn,
		Facts: []Fact{{Name: "Loại", Value: "Chống dịch"}}, Places: []CampaignLine{campaignLineSample, {Name: "Xã Na Son", Heard: "Chưa nghe"}}, Sum: campaignLineSample,
		Out: campaignOutSample, Station: !hub, MayGive: !hub, MayChange: true, Hub: hub, Seen: "s1", Form: campaignForm(), Open: hub,
	}
	if hub {
		out.Frame = hubFrame(NavCampaign)
	}
	return out
}

func campaignLinePage() CampaignGive {
	wait := CampaignPupil{Person: bao, Enrolment: "e1", Waits: true, Dose: 2, Focus: true, AskHref: "/a", AgainHref: "/b", PostHref: "/c"}
	asked := CampaignPupil{Person: sua, Enrolment: "e2", Waits: true, Warn: []string{"Chống chỉ định: sốc phản vệ"}, Ask: "give", Checked: option, Against: Field{Error: "Ghi vì sao."}, AgainHref: "/b", PostHref: "/c"}
	why := CampaignPupil{Person: chu, Enrolment: "e3", Shown: "absent", Ask: "refused", Outcome: option, Reason: Field{Value: "Sốt", Error: "Ghi lý do."}, AgainHref: "/b", PostHref: "/c"}
	given := CampaignPupil{Person: on, Enrolment: "e4", Told: "lô M-77"}
	warned := CampaignPupil{Person: khoi, Enrolment: "e5", Waits: true, Warn: []string{"Có mũi SOI ngày 20/11/2026, chưa đủ 28 ngày"}, AskHref: "/a", AgainHref: "/b", PostHref: "/c"}
	absent := CampaignPupil{Person: di, Enrolment: "e6", Shown: "absent", Told: "25/11/2026", AgainHref: "/b", PostHref: "/c"}
	return CampaignGive{
		Frame: stationFrame(NavCampaign), ID: "c1", Name: "Sởi 6–9 tháng", What: "Sởi", Held: true, NotHeld: "Hôm nay không phải ngày của chiến dịch.", Lot: "M-77", Expires: "20/12/2026",
		Number: Field{Value: "M-78"}, Until: Field{Value: "11/2026", Error: "Lô này hết hạn."}, LotOpen: true, Known: []LotChoice{{"M-70", "Dùng lô M-70"}}, Stop: "Lô này đang bị dừng.",
		Classes: []ClassTab{{"/x", "1A", 12, 40, true, false}, {"/y", "1B", 0, 38, false, true}}, Class: "1A", Rows: []CampaignPupil{wait, asked, why, given, warned, absent},
		Listed: 118, Given: 96, Waiting: 12, Out: 10, Two: true, Second: 40, Resting: 20, Q: "lo gia bao", Sought: true, Found: []WalkIn{{Person: bao}, {Person: sua, Listed: true}}, MayGive: true,
		Reasons: []string{"Sốt", "Đang ốm"}, Hidden: 20,
	}
}

func campaignAbsentSample() CampaignAbsent {
	return CampaignAbsent{
		Frame: stationFrame(NavCampaign), ID: "c1", Name: "Sởi 6–9 tháng", By: option, Total: 2, Second: 1, Dose: option, Made: "In ngày 25/11/2026",
		Groups: []AbsentGroup{{"1A", []AbsentRow{{Person: bao, Class: "1A", Why: "Vắng", Reason: "ốm", Day: "25/11/2026"}, {Person: sua, Class: "1A", Why: "Chờ tiêm", Dose: "mũi 2"}}}},
	}
}

func campaignDaySample() CampaignDay {
	return CampaignDay{
		Frame: stationFrame(NavCampaign), ID: "c1", Name: "Sởi 6–9 tháng", What: "Sởi, mũi 0", Day: "25/11/2026", Place: "Trạm Y tế xã Mường Nhà", DayField: Field{Value: "25/11/2026"}, Round: 1,
		Due: &Mark{Kind: MarkAsk, Text: "Còn 2 giờ 10 phút đến 17:00."}, Places: []CampaignLine{campaignLineSample, campaignLineSample}, Sum: campaignLineSample,
		Show: CampaignShow{Rounds: true, Doses: true}, Beside: 1,
		Ages: []CampaignAges{{"Mũi 1", []CampaignAgeLine{{"6 tháng đến 8 tháng", 20, 20, 0, 40}}}, {"Mũi 2", nil}}, Lots: []CloseLot{{Vaccine: "Sởi", Lot: "M-77", Count: 40}}, Out: campaignOutSample, Common: 1, Doses: 40, ISO: "2026-11-25", Made: "Lập 14:50",
	}
}

func campaignRollSample(phase string) CampaignRoll {
	out := CampaignRoll{
		Frame: stationFrame(NavCampaign), ID: "c1", Name: "Sởi", Phase: phase, Wrong: "Không đọc được tệp.", File: "lop1.xlsx", Rows: 40, Matched: 30, New: 5, There: 1, Ask: 2, Refused: 2,
		Order: option, Class: Field{Value: "1A"}, School: Field{Value: "TH Mường Nhà"}, Columns: []ImportColumn{{Letter: "B", Title: "Họ tên", Name: "column-1", Choice: option, Doubt: true, Sample: []string{"Lò Gia Bảo", "Sùng A Páo"}}}, More: 3,
		Lines: []RollLine{
			{Row: 4, Name: "Lò Gia Bảo", Line: "1A", Mark: Mark{Kind: MarkAsk, Text: "Phải hỏi"}, Ask: true, Answer: "new", Candidates: []ImportCandidate{{"b1", "0412752601815941", "Lò Gia Bảo, 18/07/2026"}}},
			{Row: 5, Name: "Sùng A Páo", Mark: Mark{Kind: MarkNo, Text: "Chưa dùng được"}, Reasons: []string{"Cột C: ngày sinh không đọc được"}},
		},
	}
	return out
}
