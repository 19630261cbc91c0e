package ui

import "strings"

// samples are full data for every page; some pages have several faces.
func samples() map[string][]any {
	loaded := stationFrame(NavToday)
	loaded.Notes = []Note{undo}
	loud := stationFrame(NavToday)
	loud.Training, loud.FirstSync, loud.Stale = true, &Progress{1240, 1842}, &Stale{9, "16/11"}
	loud.Notes = []Note{
		{Tone: ToneLate, Lead: "Chưa lưu được: đĩa đầy.", Text: "Chưa mất gì: phần vừa gõ còn nguyên. Xóa bớt tệp rồi bấm Lưu lại.", Alert: true, Action: &Action{Label: "Lưu lại", Href: "/"}},
		{Lead: "Mất mạng từ 07:12.", Text: "Cứ làm việc."},
	}
	busy := stationFrame("")
	busy.Sync = &SyncBadge{State: SyncBusy, Waiting: 3, Sent: 8, Central: 1210, Current: true}
	offline := stationFrame("")
	offline.Sync.Current = true
	readOnly := child
	readOnly.Frame, readOnly.ReadOnly = hubFrame(NavSearch), true
	nothing := child
	nothing.Two, nothing.Give.Lines, nothing.Give.Done, nothing.Marks = nil, nil, true, nil

	standing := child
	standing.Give.Visit = VisitLine{
		Text: "36,7 °C. Y sĩ Sơn ký 09:04.", Mark: Mark{Kind: MarkOK, Text: "Đủ điều kiện"}, Screened: true, CanScreen: true, CanSign: true, CanBack: true,
		Shown: "eligible", Stage: "2", Back: "Bỏ kết luận khám", Send: "Cho về",
	}
	standing.Frame.Notes = []Note{undo}
	standing.Messages = []FamilyMessage{{"msg-vi-b1", "vi", "Kính gửi gia đình Lò Thị Mai. Trạm Y tế xã Mường Nhà mời đến tiêm lúc 08:30, thứ Sáu 25/12/2026. Lò Gia Bảo: Lao; Sởi."}}
	nothing.Give.Visit = VisitLine{Text: "Chưa ghi là đã đến.", CanArrive: true, CanScreen: true}

	today := Today{
		Frame: loaded, Day: "thứ Tư 25/11/2026", Sessions: []Crumb{{"Buổi tiêm tại trạm, 07:30–11:00, 42 người hẹn", "/session/s1"}}, Registered: 1842,
		Lists: Lists{
			Keys: FormKeys{CSRF: "c0ffee", Once: "once-1"}, Tag: "abc",
			Due: People{Total: 3, Rows: []Person{bao, sua, khoi}}, Overdue: People{Total: 112, Rows: []Person{chu, di}, More: "/?all=overdue"},
			Done: People{Total: 21, Rows: []Person{on}},
		},
	}
	watched := today
	watched.Frame = loud
	watched.Watch = []Watched{{ID: "w1", Name: "Vàng Mai Chi", Vaccine: "5 trong 1", Minutes: 34, Of: 30}, {ID: "w2", Name: "Cà Bảo Ngọc", Vaccine: "Sởi", Minutes: 24, Of: 30}}
	watched.Over, watched.MayAct, watched.MayClose = 1, true, true
	watched.Waiting, watched.Ready = People{Total: 1, Rows: []Person{waiting}}, People{Total: 1, Rows: []Person{bao}}
	searched := today
	searched.Query, searched.Found = found.Query, &found
	missing := Found{Query: "vang thi chu", Said: "vang thi chu", Held: 1842, Register: true, Since: "07:12"}
	near := Found{Query: "lo ja bao", Said: "lo ja bao", Near: true, More: true, Total: 3, Held: 1842, Register: true, Rows: found.Rows}
	card := Found{
		Query: "011193001234||Trần Thị Hồng|05051993|Nữ|Thôn 3, Mường Nhà|08052021", Said: "căn cước Trần Thị Hồng, sinh 05/05/1993, số 011193001234", Held: 1842,
		Register: true, Offers: []Option{{"mother", "Đăng ký con của Trần Thị Hồng"}, {"self", "Đăng ký Trần Thị Hồng"}},
	}
	unread := today
	unread.Found = &Found{Wrong: "Trong ảnh chưa thấy mã QR."}
	hidden := Found{Query: "0412708301661316", Held: 1842, Hidden: []HiddenRow{{"b1", "L. G. Bảo", "2026", "Xã Núa Ngam"}}}

	communes := Communes{Value: "c2", Name: "Xã Núa Ngam, Tỉnh Điện Biên", Error: "Chọn một trong danh sách.", Query: "nua ngam", Searched: true, More: true, Elsewhere: true, Options: []Option{{"c1", "Xã Mường Nhà"}, {"c2", "Xã Núa Ngam, Tỉnh Điện Biên"}}}
	shielded := Select{Value: "yes", Options: []Option{{"yes", "Có"}, {"no", "Không"}, {"unknown", "Chưa rõ"}}}
	known := Select{Value: "card", Error: "Cần ghi.", Options: []Option{{"record", "theo sổ tiêm"}, {"card", "theo phiếu, sổ giấy"}, {"told", "nghe kể lại"}}}
	register := Register{
		Frame: stationFrame(NavRegister), Mother: Field{Value: "Lò Thị Ánh"}, Hint: "Thai phụ đang theo dõi, dự sinh 28/11/2026, UV2 đủ",
		MotherPhone: Field{Value: "0387 000 159"}, Born: Field{Value: "25/11/2026 00:10"}, Sex: sexes, Hamlet: Hamlet{Value: "Na Phay 2", Error: "Chọn trong danh sách hoặc gõ thôn khác, không cả hai.", Options: []Option{{"", "–"}, {"Na Phay 1", "Na Phay 1"}, {"Na Phay 2", "Na Phay 2"}}}, Commune: communes, MotherID: "w1", Protected: shielded, Evidence: known,
		BirthPlace: Select{Value: "station", Options: []Option{{"station", "Trạm ta"}, {"hospital", "Bệnh viện"}, {"home", "Tại nhà"}}},
		Weight:     Field{Value: "310", Error: "310 g: có phải 3.100 g?"}, Order: Select{Value: "0", Options: []Option{{"0", "Sinh một"}, {"1", "Thứ nhất"}, {"2", "Thứ hai"}, {"3", "Thứ ba"}}},
		Code: "0412 7083 0166 1316", Newborn: &Newborn{9, 15, "00:10 ngày 26/11"}, Candidates: candidates,
	}
	forced := register
	forced.Force, forced.Opened, forced.Sex.Error, forced.Newborn = true, true, "Chọn nam hoặc nữ.", nil

	exchange := Exchange{
		USB:   true,
		Frame: offline, State: SyncOffline, LastHeard: "06:58 hôm nay", LastAgo: "2 giờ 14 phút trước", Since: "07:12", NextTry: "09:20", Up: "CDC tỉnh Điện Biên", Refused: 1, Rejected: 2,
		Waiting: Stage{14, "cũ nhất 07:14 hôm nay", "11 mũi, 2 đăng ký, 1 sửa"}, Sent: Stage{6, "trung ương chưa trả lời", ""}, Central: Stage{1198, "kể từ 01/01/2026", "không mất nếu hỏng máy này"},
		Room:       []Note{{Tone: ToneOK, Lead: "Máy bên cạnh", Text: "14 lần ghi chưa gửi đã có ở máy laptop 2. Máy này hỏng cũng không mất."}, {Lead: "Máy bên cạnh", Text: "Không thấy máy laptop 3 từ 07:12."}},
		Equal:      &Equal{Same: true, At: "06:58 hôm nay", People: 1842, Doses: 9377, Fingerprint: "7F2A 91C0", Since: 14},
		EqualRoot:  "06:40 hôm nay",
		MendedLine: "3 hồ sơ khác tuyến trên, lúc 06:58 hôm nay. Không mất gì, không cần làm gì.",
		Mended:     []Mended{{At: "06:58 hôm nay", Area: "Xã Mường Nhà", Records: 3}, {At: "12/10", Area: "Danh mục chung", Records: 1}},
		Pending:    []PendingAct{{"08:38", "5 trong 1 mũi 3, Vàng Mai Chi", "Cà Thị Diên"}, {"08:55", "đăng ký CB Tòng Thị Hạnh", "Cà Thị Diên"}},
		Exchanges: []Exchanged{
			{Mark: Mark{Kind: MarkNoLink}, At: "09:05", Way: "mạng", Note: "không thấy CDC tỉnh; thử lại 09:20"},
			{Mark: Mark{Kind: MarkHalf}, At: "07:12", Way: "mạng", Sent: 5, KB: 3, Note: "đứt giữa chừng; 5 việc đã gửi vẫn được giữ"},
			{Mark: Mark{Kind: MarkOK}, At: "06:58", Way: "mạng", Sent: 8, Received: 23, KB: 41, Note: "danh sách hôm nay"},
		},
	}
	sending := exchange
	sending.Frame, sending.State, sending.Equal = busy, SyncBusy, &Equal{At: "06:58 hôm nay"}
	online := exchange
	online.State, online.Refused, online.Waiting = SyncOnline, 0, Stage{}

	overview := Overview{
		EqualRoot: "06:40 hôm nay",
		Frame:     hubFrame(NavOverview), Name: "Tỉnh Điện Biên", Period: "năm 2026", Crumbs: []Crumb{{"Việt Nam", "/?place=vn"}, {"Điện Biên", ""}},
		Completeness: Completeness{Heard: 41, Total: 45, Until: "06:00 hôm nay", SilentChildren: 289, Low: -1.3, High: 1.3},
		PeriodChoice: Select{Value: "2026", Options: []Option{{"2026", "Năm 2026, đến nay"}, {"2025", "Năm 2025"}}},
		MapChoice:    Select{Value: "2025-06-30", Options: []Option{{"", "Hiện nay"}, {"2025-06-30", "Trước ngày 01/07/2025"}}}, On: "30/06/2025",
		History: []PlaceHistory{{"Lập ngày 01/07/2025 từ:", []Crumb{{"Xã Mường Nhà", "/?place=7"}, {"Xã Phu Luông (một phần)", ""}}}},
		By:      Select{Options: []Option{{"", "Trẻ đã đăng ký"}}}, At: "db", Children: 52341, Births: 11356, ZeroDose: 214,
		Indicators: []Indicator{
			{Mark: Mark{Kind: MarkNear}, Name: "Tiêm đủ dưới 1 tuổi", Part: 9812, Of: 11356, Target: 90, Low: 85.1, High: 87.7, Note: "+5,1 so với cùng kỳ"},
			{Mark: Mark{Kind: MarkLow}, Name: "Viêm gan B ≤ 24 giờ", Part: 8164, Of: 11356, Target: 80, Low: 71, High: 74.6},
			{Mark: Mark{Kind: MarkReached}, Name: "Sởi, mũi 1", Part: 10243, Of: 11356, Target: 90},
			{Name: "Bỏ mũi 5 trong 1 (1→3)", Part: 640, Of: 10633},
		},
		Coverage: []CoverageRow{
			{Dose: DoseName{"Viêm gan B sơ sinh", 0, false}, Part: 8164, Of: 11356, Mark: Mark{Kind: MarkLow}},
			{Dose: DoseName{"Lao (BCG)", 0, false}, Part: 10901, Of: 11356, Mark: Mark{Kind: MarkReached}},
			{Dose: DoseName{"5 trong 1", 1, false}, Part: 10633, Of: 11356, Mark: Mark{Kind: MarkReached}},
			{Dose: DoseName{"5 trong 1", 3, false}, Part: 9993, Of: 11356, Mark: Mark{Kind: MarkNear}},
			{Dose: DoseName{"bOPV", 3, true}, Part: 9930, Of: 11356, Mark: Mark{Kind: MarkNear}},
		},
		Map:   []Tile{{"Sín Thầu", "/?place=1", 81, true, 0}, {"Mường Nhé", "/?place=2", 95, true, 0}, {"Sín Chải", "/?place=3", 71, false, 0}, {"Xa Dung", "/?place=4", 69, true, 0}, {"Điện Biên Phủ", "/?place=5", 97, true, 0}, {"Si Pa Phìn", "/?place=6", 74, true, 0}, {"Mường Pồn", "/?place=7", 92, true, 0}, {"Na Sang", "/?place=8", 88, true, 0}, {"Tìa Dình", "/?place=9", 61, false, 0}},
		Level: "Xã",
		Places: []PlaceRow{
			{Mark: Mark{Kind: MarkUnheard}, Name: "Tìa Dình", Href: "/?place=9", Children: 812, Third: 68, ThirdOf: 100, Measles: 70, MeaslesOf: 100, Zero: 31, Stations: 1, Until: "im 6 ngày"},
			{Mark: Mark{Kind: MarkLow}, Name: "Xa Dung", Href: "/?place=4", Children: 1120, Third: 150, ThirdOf: 200, Measles: 154, MeaslesOf: 200, Zero: 27, Heard: 1, Stations: 1, Until: "06:41 hôm nay"},
			{Mark: Mark{Kind: MarkReached}, Name: "Điện Biên Phủ", Children: 4312, Third: 980, ThirdOf: 1000, Measles: 990, MeaslesOf: 1000, Heard: 3, Stations: 3, Until: "09:31 hôm nay"},
			{Name: "Chưa xếp được theo địa giới này", Note: "Chưa rõ trẻ ở phần nào của xã đã chia hoặc gộp. Vẫn tính vào số chung.", Children: 12, Third: 3, ThirdOf: 4, Measles: 3, MeaslesOf: 4},
		},
	}

	stations := Stations{
		Frame: hubFrame(NavStations), Name: "Điện Biên", Until: "09:42 hôm nay", All: 45, Silent: 4, Odd: 4, Good: 37, CanEnrol: true, Pager: Pager{Older: "/stations?at=50", From: 1, To: 4, Total: 45},
		Mended: []Mended{{At: "06:58 hôm nay", Machine: "041 272", Where: "Trạm Y tế xã Mường Nhà", Area: "Xã Mường Nhà", Records: 3}},
		Rows: []Station{
			{Mark: Mark{Kind: MarkSilent, N: 6}, Name: "Tìa Dình", Person: "Vừ A Chá, 0372 000 114", Heard: "19/11 15:20", Expected: "20/11", Equal: Mark{Kind: MarkUnknown}, ClockError: "−2 s", Version: "1.4.2", Device: "041 270", Task: "Gọi, nhờ USB"},
			{Mark: Mark{Kind: MarkUnlike}, Name: "Xa Dung", Person: "Lò Văn Pánh, 0376 000 553", Heard: "06:41 hôm nay", Expected: "10:40", PendingKnown: true, Equal: Mark{Kind: MarkUnlike, Text: "Khác"}, ClockError: "+3 s", Version: "1.4.2", Device: "041 275", Task: "Xem máy", Href: "/devices?at=1"},
			{Mark: Mark{Kind: MarkClock}, Name: "Mường Luân", Person: "Quàng Thị Lả, 0377 000 664", Heard: "06:50 hôm nay", Pending: 2, PendingKnown: true, Equal: Mark{Kind: MarkEqual}, ClockError: "−3 năm", Version: "1.4.2", Device: "041 271", Task: "Nhắn chỉnh giờ"},
			{Mark: Mark{Kind: MarkOnTime}, Name: "Mường Nhà", Person: "Cà Thị Diên, 0385 000 997", Heard: "06:58 hôm nay", PendingKnown: true, Equal: Mark{Kind: MarkEqual}, ClockError: "0 s", Version: "1.4.2", Device: "041 272"},
		},
	}

	enrol := Enrol{
		Frame: hubFrame(NavEnrol), Place: Select{Options: []Option{{"p1", "Trạm Y tế xã Mường Nhà"}, {"p2", "Trạm Y tế xã Núa Ngam"}}},
		Role: Select{Value: "station", Options: []Option{{"station", "Máy của trạm"}, {"hub", "Máy tuyến trên"}}},
	}
	enrolled := enrol
	enrolled.Code = &EnrolCode{Place: "Trạm Y tế xã Mường Nhà", Role: "Máy của trạm", Until: "02/12/2026", Text: "tramy1:qpzry9x8gf2tvdw0s3jn54khce6mua7lqpzry9x8gf2tvdw0s3jn54khce6mua7lqpzry9x8gf2tvdw0s3jn54khce6mua7l", File: "/enrol/041299.tramy", QR: dot}

	dose := Dose{
		Frame: stationFrame(NavToday), ID: "d4", ChildID: "b1", Child: "Lò Gia Bảo", ChildLine: "18/07/2026, mẹ Lò Thị Mai", Name: DoseName{"5 trong 1", 2, false}, Tick: TickHub, Seen: "s3",
		Facts:   []Fact{{"Ngày tiêm", "26/10/2026 08:41", ""}, {"Lô", "A24-120, hạn 31/03/2027", ""}, {"Vị trí", "đùi trái", ""}, {"Người tiêm", "Cà Thị Diên", "Trạm Y tế xã Mường Nhà, máy 041 272"}, {"Nguồn", "tại đây", ""}},
		Vaccine: Select{Value: "DPT-HB-HIB", Options: []Option{{"DPT-HB-HIB", "5 trong 1"}, {"BOPV", "Bại liệt uống"}}}, Number: Field{Value: "2"}, On: Field{Value: "26/10/2026"}, Lot: Field{Value: "A24-120"}, Expires: Field{Value: "31/03/2027"}, Site: sites,
		Reason: Select{Options: []Option{{"child", "Nhầm trẻ"}, {"twice", "Ghi hai lần"}, {"notgiven", "Chưa tiêm"}, {"other", "Khác"}}}, Why: Field{Error: "Ghi vài chữ vì sao."}, Two: []TwoValues{{Entity: "d4", Field: "14", Label: "lô", Values: []OneValue{{"1", "A24-120", "trạm ta"}, {"2", "A24-102", "TTYT"}}}},
	}
	voided := dose
	voided.Voided, voided.Two, voided.Marks = true, nil, []Mark{{Kind: MarkVoid, Text: "Đã hủy 26/10/2026: nhầm trẻ"}}
	edit := EditChild{
		Frame: stationFrame(NavToday), ID: "b1", Title: "Lò Gia Bảo", Line: "18/07/2026, mẹ Lò Thị Mai", Name: Field{Value: "Lò Gia Bảo", Error: "Tên dài quá 120 ký tự.", Warn: "Tên viết toàn chữ hoa."}, Born: Field{Value: "18/07/2026"}, Mother: Field{Value: "Lò Thị Mai"},
		MotherPhone: Field{Value: "0385 000 41", Warn: "Số này thiếu một chữ số. Vẫn lưu được nếu mẹ chỉ nhớ vậy."}, Sex: Select{Value: "1", Options: sexes.Options}, Order: register.Order, BirthPlace: register.BirthPlace,
		Status: Select{Value: "1", Options: []Option{{"1", "Đang ở"}, {"2", "Đi vắng"}, {"3", "Chuyển đi"}, {"4", "Đã mất"}}}, Hamlet: Hamlet{Other: "Na Phay 9"}, Commune: communes, OwnPhone: Field{Value: "0387 000 159"}, MotherID: "w1", Protected: shielded, Evidence: known, AbsentUntil: Field{Value: "30/11/2026"}, Seen: "s4",
		Conditions: []ConditionLine{
			{Code: "intussusception", Name: "Tiền sử lồng ruột", Ticked: true, On: Field{Value: "02/11/2026"}},
			{Code: "rabies-exposure", Name: "Phơi nhiễm dại", Ticked: true, Dated: true, On: Field{Error: "Ghi ngày: lịch tính từ ngày này."}},
		},
		ConditionsError: "Nhiều nhất 40.", Further: Select{Options: []Option{{"", "–"}, {"anaphylaxis:bcg", "Lao"}}}, FurtherOn: Field{Value: "1"}, Kept: []string{"hiv", "thalassemia 03/02/2026"},
	}
	history := History{
		Frame: stationFrame(NavToday), ID: "b1", Name: "Lò Gia Bảo", Line: "18/07/2026, mẹ Lò Thị Mai", Pager: Pager{Older: "/child/b1/history?before=9"},
		Acts: []HistoryAct{
			{At: "25/11/2026 09:12", Who: "Cà Thị Diên", Where: "Trạm Y tế xã Mường Nhà", Device: "041 272", What: "5 trong 1 mũi 3", Changes: []HistoryChange{{"Lô", "", "A24-123"}}},
			{At: "19/11/2026 15:02", Who: "Phạm Thu Nga", Where: "TTYT Điện Biên", Device: "041 118", What: "Sửa thông tin", Marks: []Mark{{Kind: MarkTwo}}, Changes: []HistoryChange{{"Điện thoại mẹ", "0385 000 412", "0385 000 421"}, {"Dị ứng", "trứng", ""}}},
			{At: "18/07/2026 07:40", Who: "Phạm Thu Nga", Where: "TTYT Điện Biên", What: "Đăng ký"},
		},
	}
	address := TwoValues{Entity: "b9", Field: "17", Label: "Nơi ở hiện nay", ID: "b9", Name: "Quàng Hải Đăng", Line: "20/05/2025, Pu Lau", Values: []OneValue{{"1", "bản Pu Lau, xã Mường Nhà", "trạm ta, Quàng Văn Sơn, 02/11/2026"}, {"2", "phường Mường Thanh", "trạm Mường Thanh, 05/11/2026, lúc trạm ta mất mạng"}}}
	review := Review{
		Frame: stationFrame(NavReview), Total: 500, More: true, Possible: "/review?possible=1", Pager: Pager{Older: "/review?after=1"}, Two: []TwoValues{phoneTwo, address}, Above: 2, Centre: "06:58 hôm nay",
		Twice: []TwiceDose{{
			Case: Case{ID: "t-1", Back: "/review?focus=c-2", Focus: true, Why: "Cùng vắc xin, cùng ngày. Ghi hai lần thì máy đếm thừa, bé dễ thiếu một mũi."},
			ID:   "b1", Name: "Lò Gia Bảo", Line: "18/07/2026, mẹ Lò Thị Mai", Dose: "5 trong 1",
			A: TwiceSide{"d1", "20/10/2026 08:41, lô A24-120, Trạm Y tế xã Mường Nhà", "Cà Thị Diên, máy 041 272, 20/10 08:41", "s1"},
			B: TwiceSide{"d2", "20/10/2026, lô A24-120, ghi trên sổ, phiếu", "Phạm Thu Nga, TTYT, 24/10 15:02", "s2"},
		}},
		Todos: []Todo{{"Máy 041 272, Trạm Y tế xã Mường Nhà: 3 việc chưa nhận vào sổ.", "Máy này không được ghi loại việc đó, hoặc không ở nơi đó.", "/machine/v1", 3}},
		Duplicates: []Duplicate{
			{
				Mark: Mark{Kind: MarkAlike}, A: DuplicateSide{"b4", "Sùng Thị Dí"}, B: DuplicateSide{"b10", "CB Sùng Thị Chở"}, Warn: "Hai sổ có mũi trái nhau.",
				Rows: []DuplicateRow{{Mark{Kind: MarkSame, Text: "Giống: mẹ"}, "mẹ", "Sùng Thị Chở", "Sùng Thị Chở"}, {Mark{Kind: MarkSame, Text: "Giống: ngày sinh"}, "ngày sinh", "30/01/2026", "30/01/2026"}, {Mark{}, "điện thoại", "0385 000 412", ""}, {Mark{Kind: MarkDiffers, Text: "Khác: thôn"}, "thôn", "Pha Thanh", "Na Phay 1"}},
			},
			{Mark: Mark{Kind: MarkSimilar}, A: DuplicateSide{"b11", "Lò Minh Khang"}, B: DuplicateSide{"b12", "Lò Minh Khánh"}, Linked: true},
		},
		Held: []Held{{Mark: Mark{Kind: MarkRefused}, What: "Mũi MR, 18/11/2026", Line: "Vừ Thị Mái, ghi bởi tài khoản “diện”", Why: "Tài khoản này đã nghỉ từ 10/11. Mũi tiêm vẫn còn trên máy, chưa tính vào báo cáo tỉnh."}},
	}
	users := []Account{
		{ID: "u1", Mark: Mark{Kind: MarkInForce}, Name: "Cà Thị Diên", Login: "dien", Role: "điều dưỡng", Place: "Trạm Y tế xã Mường Nhà", Phone: "0385 000 997", LastSeen: "07:02 hôm nay", Self: true},
		{ID: "u2", Mark: Mark{Kind: MarkInForce}, Name: "Quàng Văn Sơn", Login: "son", Role: "trưởng trạm", Place: "Trạm Y tế xã Mường Nhà", LastSeen: "24/11 16:20", Logins: 2, Factor: true},
		{ID: "u3", Mark: Mark{Kind: MarkDisabled}, Name: "Vừ Thị Mái", Login: "mai", Role: "điều dưỡng", Place: "Trạm Y tế xã Núa Ngam", LastSeen: "10/11 09:00"},
	}
	settings := Settings{Frame: stationFrame(NavSettings), CanKeys: true, Disk: DiskWindows, Users: users, CanUsers: true, Requests: true, RequestsOpen: 2, CanImport: true, CanExport: true, CanFactor: true, Pin: &PinForm{Has: true, Password: &Field{}, Pin: Field{Error: "PIN này dễ đoán."}}, Logins: []LoginRow{{"a", "Chrome, Windows", "07:02 hôm nay", "09:40", true}, {"b", "", "hôm qua 16:20", "hôm qua 16:40", false}}, Vials: []Box{{Value: "IPV", Text: "IPV", Ticked: true}, {Value: "BOPV", Text: "bOPV"}}, Room: &RoomSwitch{On: true, Port: 8781, Addresses: Field{Value: "192.168.1.20:8781"}}, Again: Field{Error: "Hai lần gõ chưa giống nhau."}, About: []Fact{{"Số máy", "041 272", ""}, {"Bản", "1.4.2", "sổ lịch tiêm 2026-06"}, {"Sao lưu cuối", "24/11 16:40", ""}, {"Đĩa còn", "33 GB", ""}}}
	nowhere := Message{Frame: stationFrame(""), Tone: ToneAsk, Heading: "Chưa thấy trang này", Text: "Đường dẫn này không có trên máy.", Do: "Về trang Hôm nay rồi tìm lại.", Code: "not-found", Actions: []Action{{Label: "Về Hôm nay", Href: "/"}, {Label: "Thử lại", Href: "/x", Post: true}}}
	devices := Devices{Frame: hubFrame(NavDevices), CanRevoke: true, Error: "Ghi vài chữ vì sao thu hồi.", Rows: []Device{
		{ID: "v1", Mark: Mark{Kind: MarkInForce}, Number: "041 272", Name: "laptop phòng tiêm", Place: "Trạm Y tế xã Mường Nhà", Role: "máy trạm", Enrolled: "03/01/2026, Nguyễn Thu Hà", Heard: "06:58 hôm nay", Fingerprint: "7F2A 91C0"},
		{ID: "v2", Mark: Mark{Kind: MarkRevoked}, Number: "041 118", Name: "laptop cũ", Place: "Trạm Y tế xã Núa Ngam", Role: "máy trạm", Enrolled: "03/01/2026", Fingerprint: "11B0 AC47", Reason: "mất máy 12/10", Revoked: true},
		{ID: "v3", Mark: Mark{Kind: MarkInForce}, Number: "040 001", Name: "máy chủ", Place: "CDC tỉnh Điện Biên", Role: "tuyến trên", Self: true},
	}}
	heldOf := []HeldLog{{Mark: Mark{Kind: MarkHeld}, Log: "35626c953d1a8158e7240280", Title: "Máy 041 272, Trạm Y tế xã Mường Nhà: 2 việc chưa nhận vào sổ", Why: "Máy đã bị thu hồi trước khi những việc này đến.", Acts: []Held{{What: "Mũi MR, 18/11/2026", Line: "Vừ Thị Mái"}}}}
	lost := Machine{
		Frame: hubFrame(NavDevices), Device: devices.Rows[1], PlaceID: "t1", RoleKey: "station", CanRevoke: true, CanReject: true, Held: heldOf, Asked: true, Former: 1,
		Facts:   []Fact{{"Gọi lần cuối", "06:58 hôm nay", ""}, {"Việc mới nhất ở đây", "06:57 hôm nay", ""}, {"Sao lưu mới nhất", "24/11 16:40", ""}},
		Missing: []MissingPart{{"35626c953d1a8158e7240280", "việc 13 đến 57", "06:57 hôm nay", "máy đã báo trước khi gửi, hồ sơ khác dựa vào đó"}, {"7f2a91c03d1a8158e7240280", "từ việc 1, chưa rõ đến đâu", "chưa có gì của ngày đó", "phần ghi sau có nhắc tới"}}, MissingNote: "Máy gọi lần cuối 06:58 hôm nay. Việc ghi sau lúc đó mà máy chưa báo ai thì ở đây không biết được.",
	}
	twice := Machine{Frame: hubFrame(NavDevices), Device: devices.Rows[0], CanRevoke: true, Twice: true, Error: "Ghi vài chữ vì sao thu hồi."}
	places := Places{
		Frame: hubFrame(NavPlaces), ID: "p1", Name: "Xã Mường Nhà", Crumbs: []Crumb{{"Việt Nam", "/places?at=vn"}, {"Điện Biên", "/places?at=db"}, {"Xã Mường Nhà", ""}}, Facts: []Fact{{"Mã", "gso:03325", ""}, {"Từ ngày", "01/07/2025", "nhập từ 3 xã"}},
		Rows: []PlaceLine{{"Trạm Y tế xã Mường Nhà", "/places?at=t1", "trạm y tế", "kcb:11234", "", 2}, {"Điểm trạm Na Tông", "/places?at=t2", "điểm trạm", "own:DB-0021", "đến 31/12/2026", 0}}, CanAdd: true, Opened: true, NewKind: Select{Options: []Option{{"tram", "trạm y tế"}, {"diem", "điểm trạm"}, {"benhvien", "bệnh viện"}}}, NewCode: Field{Value: "123", Error: "Thiếu hệ mã. Ghi như kcb:00123."}, HasHamlets: true, HamletNames: []string{"Na Phay 1", "Na Phay 2", "Huổi Hương", "Khon Kén"},
		On: Field{Value: "30/06/2025"}, Day: "30/06/2025",
		History: []PlacePeriod{{"từ 01/07/2025 đến 31/12/2025", "Xã Mường Nhà", "gso:03325", "Tỉnh Điện Biên", "/places?at=p1"}, {"từ 01/01/2026", "Phường Mường Nhà", "gso:03325", "Tỉnh Điện Biên", ""}},
		Before:  []PlacePeriod{{"đến 30/06/2025", "Xã Na Tông", "gso:03328", "Huyện Điện Biên", "/places?at=p2"}}, After: []PlacePeriod{{"từ 01/07/2027", "Xã Pha Thanh", "gso:03329", "Tỉnh Điện Biên", "/places?at=p3"}},
		Acts: []Action{{Label: "Đổi tên", Href: "/places/change?do=rename&at=p1"}, {Label: "Sáp nhập", Href: "/places/change?do=merge&at=p1"}},
	}
	crumbs := places.Crumbs
	parts := []Option{{"", "Chưa rõ"}, {"0", "Xã Mường Nhà"}, {"1", "Xã Pha Thanh"}}
	splitting := PlaceChange{
		Frame: hubFrame(NavPlaces), Do: "split", ID: "p1", Name: "Xã Mường Nhà", Crumbs: crumbs, Title: "Chia Xã Mường Nhà", Lead: "Từ một ngày, xã này thành nhiều nơi.",
		Problems: []string{"Mã gso:1 ghi hai lần."}, Dated: true, From: Field{Value: "01/07/2027"}, DateHint: "Ngày đầu tiên của bản đồ mới.",
		Parts: []PlacePart{{1, "code0", "name0", Field{Value: "gso:03325"}, Field{Value: "Xã Mường Nhà"}}, {2, "code1", "name1", Field{}, Field{Value: "Xã Pha Thanh"}}}, More: "/places/change?parts=3",
		Hamlets:    []PlaceGiven{{"h0", "bản Na Phay 1", Select{Value: "0", Options: parts}}, {"h1", "bản Pha Thanh", Select{Value: "1", Options: parts}}},
		Facilities: []PlaceGiven{{"ft1", "Trạm Y tế xã Mường Nhà", Select{Value: "0", Options: parts[1:]}}},
	}
	merging := PlaceChange{
		Frame: hubFrame(NavPlaces), Do: "merge", ID: "p1", Name: "Xã Mường Nhà", Crumbs: crumbs, Title: "Sáp nhập Xã Mường Nhà", Lead: "Nhiều nơi thành một.", Dated: true, Naming: true,
		NewName: Field{Value: "Xã Mường Nhà"}, NewCode: Field{Value: "gso:03325"}, Kind: Select{Value: "xa", Options: []Option{{"xa", "xã"}, {"phuong", "phường"}}},
		With: []PlaceTick{{"p2", "Xã Na Tông", "gso:03328", true}, {"p3", "Xã Núa Ngam", "gso:03329", false}},
	}
	listing := PlaceChange{
		Frame: hubFrame(NavPlaces), Do: "hamlets", ID: "p1", Name: "Xã Mường Nhà", Crumbs: crumbs, Title: "Thôn, bản của Xã Mường Nhà", Lead: "Sửa tên, thêm, hoặc xóa trắng để bỏ.",
		Adding: true, Listed: []PlaceHamlet{{1, Field{Value: "bản Na Phay 1"}}, {2, Field{Value: "bản Pha Thanh"}}}, Parent: Hidden{"parent", "p9"},
	}
	looked := PlacePreview{
		Frame: hubFrame(NavPlaces), Crumbs: crumbs, Title: "Chia Xã Mường Nhà", When: "Từ 01/07/2027.", Ask: "240 người cần hỏi.", Placed: "3 người được xếp theo bản.",
		Changes:   []PlaceChanged{{"chia", "Xã Mường Nhà", "gso:03325", "Xã Mường Nhà, Xã Pha Thanh", 1, 4, 1842, 240}, {"mới", "Xã Pha Thanh", "gso:03330", "Xã Mường Nhà", 0, 0, 0, 0}},
		Concerned: []Fact{{"máy trạm", "1", ""}, {"người", "1.842", ""}}, Moves: []PlaceMoved{{"Trạm Y tế xã Mường Nhà", "Xã Mường Nhà", "Xã Mường Nhà"}},
		Hubs: []PlaceHub{{"CDC Yên Bái", "Tỉnh Yên Bái", "Tỉnh Lào Cai"}}, Warnings: []string{"2 thôn, bản chưa về nơi nào."}, Hidden: []Hidden{{"do", "split"}}, Digest: "00", Do: "Ghi 3 thay đổi",
	}
	access := AccessLog{Frame: hubFrame(NavAccess), Urgent: []AccessLine{{"25/11 09:12", "Nguyễn Thu Hà", "CDC tỉnh Điện Biên", "xem gấp hồ sơ nơi khác", "Lò Gia Bảo, 18/07/2026", "/child/b1", "mẹ đưa con đến, quên sổ", "040 001"}}, From: Field{Value: "01/11/2026"}, Act: Select{Options: []Option{{"", "Tất cả"}, {"view", "xem"}}}, Pager: Pager{Newer: "/access", Older: "/access?before=2"}, Rows: []AccessLine{{"25/11 09:12", "Cà Thị Diên", "Trạm Y tế xã Mường Nhà", "xem", "Lò Gia Bảo, 18/07/2026", "/child/b1", "", "041 272"}, {"24/11 15:00", "Nguyễn Thu Hà", "CDC tỉnh Điện Biên", "xuất", "Danh sách quá hạn, 112 người", "", "báo cáo tháng", "040 001"}}}
	person := func(name, role, login string) []DemoPerson { return []DemoPerson{{name, role, login, "tap-1234"}} }
	demo := DemoControl{
		Frame: Frame{Place: "Nước tập", Training: true, CSRF: "c", Path: "/"}, Day: "thứ Tư 25/11/2026", Seed: "7", Checked: &DemoCheck{true, "09:41", "7 nơi, 2.013 người, 11.502 mũi"},
		Nodes: []DemoNode{
			{ID: "n0", Name: "Trung ương", Kind: "tuyến trên cùng", Href: "http://127.0.0.1:8790/", People: person("Trần Văn Minh", "cán bộ trung ương", "minh"), Top: true, Children: 2013, Doses: 11502},
			{ID: "n1", Name: "CDC tỉnh Điện Biên", Kind: "tỉnh", Level: 1, Href: "http://127.0.0.1:8791/", People: person("Nguyễn Thu Hà", "cán bộ tỉnh", "ha"), Children: 1204, Doses: 6890},
			{ID: "n2", Name: "Trạm Y tế xã Mường Nhà", Kind: "trạm", Level: 2, Href: "http://127.0.0.1:8781/", People: person("Cà Thị Diên", "điều dưỡng", "dien"), Line: Mark{Kind: MarkCut}, Waiting: 14, Children: 512, Doses: 2890},
			{ID: "n3", Name: "Trạm Y tế xã Núa Ngam", Kind: "trạm", Level: 2, Href: "http://127.0.0.1:8782/", People: person("Lường Văn Hặc", "điều dưỡng", "hac"), Line: Mark{Kind: MarkSlow}, Waiting: 2, Children: 692, Doses: 4000},
		},
	}

	importing := Import{Frame: stationFrame(NavSettings), File: "so-tiem-chung-2026.xlsx", By: "Cà Thị Diên", At: "08:12", Rows: 1240, CanExport: true}
	columns := importing
	columns.Phase, columns.Doubtful, columns.Wrong = "columns", 1, "Chưa có cột ngày sinh."
	what := []Option{{"", "(không đọc)"}, {"name", "Họ tên"}, {"birth_date", "Ngày sinh"}, {"dose:DPT-VGB-HIB:1", "5 trong 1 mũi 1: ngày tiêm"}}
	columns.Sheets = Select{Value: "Sổ 2026", Options: []Option{{"Sổ 2026", "Sổ 2026"}, {"Sổ 2025", "Sổ 2025"}}}
	columns.Columns = []ImportColumn{
		{Letter: "B", Title: "Họ và tên trẻ", Name: "column-1", Choice: Select{Value: "name", Options: what}, Sample: []string{"Lò Gia Bảo", "Vàng Thị Chứ", "Nguyễn Lê Phương Minh Khôi"}},
		{Letter: "C", Title: "Ngày, tháng, năm sinh", Name: "column-2", Choice: Select{Value: "birth_date", Options: what}, Sample: []string{"18/07/2026", "02/06/2026", "25/09/2026"}},
		{Letter: "AB", Title: "DPT-VGB-Hib / Mũi 1", Name: "column-27", Choice: Select{Value: "dose:DPT-VGB-HIB:1", Options: what}, Doubt: true, Sample: []string{"20/09/2026", "", "x"}},
	}
	columns.Order = Select{Value: "dmy", Options: []Option{{"dmy", "3 tháng 4 (ngày trước)"}, {"mdy", "4 tháng 3 (tháng trước)"}}}
	working := importing
	working.Phase, working.Read, working.Percent, working.Again = "running", 620, 50, true
	working.Counts = ImportCounts{People: 620, New: 590, Completed: 8, There: 12, Proposed: 4, Refused: 6, Doses: 7080, PerSecond: 412}
	imported := importing
	imported.Phase, imported.Left, imported.Counts = "done", 10, working.Counts
	imported.Tabs = []ImportTab{{"proposed", "/import?show=proposed", 4, true}, {"refused", "/import?show=refused", 6, false}, {"kept", "/import?show=kept", 8, false}}
	imported.Pager = Pager{Older: "/import?show=proposed&page=2", From: 1, To: 50, Total: 60}
	imported.Lines = []ImportLine{
		{Row: 17, Name: "Lò Gia Bao", Reasons: []ImportReason{{"", "Có thể là người đã có trong sổ: 0181 5941 0000 1234 Lò Gia Bảo (18/07/2026, Mẹ Lò Thị Mai)."}}, Ask: true, Twin: true, Candidates: []ImportCandidate{{"b1", "0181594100001234", "Lò Gia Bảo, 18/07/2026"}}},
		{Row: 44, Name: "Vàng Thị Chứ", Reasons: []ImportReason{{"AB (DPT-VGB-Hib / Mũi 1)", "Trước ngày sinh 02/06/2026."}}},
		{Row: 51, Name: "Cà Văn Ơn", Reasons: []ImportReason{{"", "Có thể trùng với một dòng khác."}}, Answered: "Đã nhập là người mới"},
	}
	tried, stopped := imported, imported
	tried.Phase, tried.Left = "checked", 0
	stopped.Phase, stopped.Failure = "failed", "Máy này hết chỗ trên đĩa."
	export := Export{
		Frame: stationFrame(NavSettings), Layout: Select{Value: "wide", Options: []Option{{"wide", "Mỗi người một dòng"}, {"long", "Mỗi mũi một dòng"}}},
		Format: Select{Value: "xlsx", Options: []Option{{"xlsx", "Excel (.xlsx)"}, {"csv", "CSV"}}}, Reason: Field{Error: "Ghi lý do xuất sổ."}, Visitors: true,
	}
	stationDoor := Frame{Place: "Trạm Y tế xã Mường Nhà", CSRF: "c"}
	return map[string][]any{
		"import": {importing, columns, working, imported, tried, stopped}, "export": {export},
		"dose": {dose, voided}, "edit": {edit}, "history": {history}, "review": {review}, "settings": {Settings{Frame: stationFrame(NavSettings), Disk: DiskLinux}, settings}, "message": {nowhere},
		"devices": {devices}, "machine": {lost, twice}, "locked": {Locked{Frame: Frame{Place: "Trạm Y tế xã Mường Nhà", CSRF: "c", Path: "/locked"}, Number: "041 272", Named: "Trạm Y tế xã Mường Nhà", Call: "CDC tỉnh Điện Biên, 0215 3825 123", CanAsk: true, CanTakeOut: true, Drives: []USBDrive{{"/media/usb", "USB Sơn"}}}}, "users": {Users{Frame: hubFrame(NavUsers), Rows: users, Opened: true, Made: &NewPassword{"Lò Thị Thơm", "thom", "suối-chè-mây-42"}, Role: Select{Options: []Option{{"1", "điều dưỡng"}, {"2", "trưởng trạm"}}}, Place: enrol.Place, LoginName: Field{Value: "Thơm", Error: "Chỉ chữ thường không dấu và số."}}},
		"places": {places}, "place_change": {splitting, merging, listing}, "place_preview": {looked, PlacePreview{Frame: hubFrame(NavPlaces), Title: "Đổi tên", Nothing: true}}, "access": {access}, "demo": {demo},
		"looks": rightsSamples("looks"), "why": rightsSamples("why"), "taking": rightsSamples("taking"), "paper": rightsSamples("paper"), "consent": rightsSamples("consent"),
		"consentform": rightsSamples("consentform"), "requests": rightsSamples("requests"), "requestnew": rightsSamples("requestnew"), "request": rightsSamples("request"),
		"closemonth": closingSamples("closemonth"), "closedmonth": closingSamples("closedmonth"), "closedmonths": closingSamples("closedmonths"),
		"reports": reportSamples("reports"), "reportrows": reportSamples("reportrows"),
		"reactions": reactionSamples("reactions"), "reaction": reactionSamples("reaction"), "reactionnew": reactionSamples("reactionnew"),
		"reactionothers": reactionSamples("reactionothers"), "reactionform": reactionSamples("reactionform"),
		"login": {
			Login{Frame: Frame{Place: "Trạm Y tế xã Mường Nhà", CSRF: "c"}, LoginName: Field{Value: "dien"}, Error: "Tên hoặc mật khẩu chưa đúng. Thử lại, để ý phím Caps Lock.", Next: "/"},
			Login{Frame: Frame{Place: "CDC tỉnh Điện Biên", Training: true, CSRF: "c"}, Hub: true, People: []DemoPerson{{"Nguyễn Thu Hà", "cán bộ tiêm chủng", "ha", "tap-1234"}}},
		},
		"lock": {Lock{Frame: stationDoor, Next: "/child/b1", People: []Colleague{{"u1", "Cà Thị Diên", "điều dưỡng", true, "1"}, {"u2", "Quàng Văn Sơn", "trưởng trạm", false, "2"}}}},
		"unlock": {
			Unlock{Frame: stationDoor, ID: "u1", Name: "Cà Thị Diên", Next: "/child/b1", Secret: Field{Error: "PIN chưa đúng."}},
			Unlock{Frame: stationDoor, ID: "u2", Name: "Quàng Văn Sơn", Login: "son", Why: "Hôm nay chưa gõ mật khẩu trên máy này."},
		},
		"code":         {Code{Frame: Frame{Place: "CDC tỉnh Điện Biên", CSRF: "c"}, Name: "Nguyễn Thu Hà", Key: "k", Code: Field{Error: "Mã chưa đúng hoặc đã dùng."}}},
		"own-password": {OwnPassword{Frame: stationDoor, New: Field{Error: "Mật khẩu này dễ đoán."}}},
		"second-factor": {
			Factor{Frame: hubFrame(NavSettings), Required: true, Key: "ABCD EFGH", QR: "data:image/png;base64,AA", Password: &Field{}, Code: Field{Error: "Mã chưa đúng."}},
			Factor{Frame: hubFrame(NavSettings), Left: 7},
			Factor{Frame: hubFrame(NavSettings), Codes: []string{"abcd-efgh-jkmn", "pqrs-tuvw-xyz2"}},
		},
		"fridge": fridgeSamples(),
		"today":  {today, watched, searched, unread}, "lists": listsSamples(watched.Lists), "screen": screenSamples(), "close": closeSamples(), "found": {found, missing, hidden, near, card}, "search": {Search{Frame: hubFrame(NavSearch), Query: found.Query, Found: &missing}},
		"glass": {
			Glass{Frame: stationFrame(NavToday), ID: "b1", Name: "L. G. Bảo", Born: "2026", Mother: "L. T. Mai", Home: "Xã Núa Ngam", Take: true, Minutes: 60},
			Glass{Frame: hubFrame(NavSearch), ID: "b1", Name: "L. G. Bảo", Minutes: 60, Reason: Field{Value: "vội", Error: "Ghi rõ hơn vì sao, ít nhất 10 chữ cái."}},
		},
		"elsewhere": {
			Elsewhere{Frame: stationFrame(NavToday), Code: Field{Value: "12", Error: "Mã sai một số. Đọc lại trên sổ."}},
			Elsewhere{Frame: stationFrame(NavToday), Asked: true, Partial: true, Rows: []Hint{{Nonce: "00", Ticket: "01", Name: "L. G. Bảo", Born: "2026", Mother: "L. T. Mai", Phone: "12", Place: "Xã Núa Ngam", Sex: SexMale}}},
			Elsewhere{Frame: stationFrame(NavToday), Asked: true},
			Elsewhere{Frame: stationFrame(NavToday), Asked: true, Partial: true, Busy: 42, More: true, Rows: []Hint{{Nonce: "00", Ticket: "01", Name: "L. G. Bảo", Sex: SexMale}}},
		},
		"register": {register, forced}, "candidates": {candidates}, "child": {child, readOnly, nothing, tied(), expectant(), unsaid(), standing},
		"grown": familySamples()["grown"], "women": familySamples()["women"], "pregnancy": familySamples()["pregnancy"],
		"birth": familySamples()["birth"], "move": familySamples()["move"], "status": familySamples()["status"],
		"due":     {due(DueWeek, true), due(DueOverdue, true), due(DueMissed, true), due(DueZero, true), due(DueZero, false), due(DueWeek, false), due(DueOverdue, false), due(DueMissed, false)},
		"hamlets": {hamletsSample(false), hamletsSample(true), Hamlets{Frame: stationFrame(NavDue), MayChange: true}, Hamlets{Frame: stationFrame(NavDue)}}, "new": {newHereSample(), NewHere{Frame: stationFrame(NavToday)}},
		"workers": {workersSample(), WorkerLists{Frame: stationFrame(NavDue)}}, "letters": {lettersSample, Letters{Frame: stationFrame(NavDue)}},
		"mothers": birthSamples()["mothers"], "births": birthSamples()["births"], "slip": birthSamples()["slip"], "twin": birthSamples()["twin"], "tie": birthSamples()["tie"],
		"data": {DataOut{Frame: stationFrame(NavSettings), All: takeSample(), Minimum: TakeForm{For: takeSample().For, Reason: Field{Error: "Ghi lý do xuất sổ."}}, Format: Select{Value: "xlsx", Options: []Option{{"xlsx", "Excel (.xlsx)"}, {"csv", "CSV"}, {"objects", "JSON"}}}, Encrypt: true}, DataOut{Frame: stationFrame(NavSettings), All: takeSample(), Minimum: takeSample(), Encrypt: true, NoKey: "Chưa in khóa khôi phục."}},
		"stockfile": {StockFile{Frame: stationFrame(NavStock), Wrong: "Chọn tệp trước."}, StockFile{Frame: stationFrame(NavStock), File: "ton.xlsx", New: 1, Lines: []StockFileLine{
			{Row: 2, Mark: Mark{Kind: MarkOK, Text: "ghi"}, Name: "BCG", Lot: "B-1", Expires: "31/12/2027", Quantity: "40", Item: "BCG", New: true},
			{Row: 3, Mark: Mark{Kind: MarkInvalid, Text: "không ghi"}, Name: "Lạ", Quantity: "3", Why: "Không rõ “Lạ” là vắc xin hay vật tư nào."},
		}}},
		"lacking":  {Lacking{Frame: stationFrame(NavSettings)}, lackingSample},
		"homes":    {Homes{Frame: stationFrame(NavToday)}, homes(false), homes(true)},
		"sessions": {sessionsSample(), Sessions{Frame: stationFrame(NavToday)}}, "session": {sessionSample(false), sessionSample(true)}, "sessionsheet": {sessionSheet}, "papersheet": {paperSample(), PaperPage{Frame: stationFrame(NavToday), Title: "thứ Bảy 05/12/2026", Post: "/paper?day=2026-12-05", Sought: true, Query: "x"}},
		"paperday": {PaperDay{Frame: stationFrame(NavToday), Day: Field{Value: "32/13", Error: "Không có ngày 32/13."}, Sessions: []SessionLine{line}}}, "nolot": {noLotSample, NoLot{Frame: stationFrame(NavReview)}}, "papercands": {PaperCandidates{}, paperSample().New[0].Candidates}, "draftstate": {DraftState{At: "14:05", Saw: "abc.1"}, DraftState{Wrong: "Nháp này đã đổi ở trang khác."}},
		"lots":    {lotsSample, Lots{Frame: stationFrame(NavToday), May: true}},
		"recalls": {recallsSample}, "recall": {recallSample(false), recallSample(true)}, "recallchildren": {recallChildrenSample(false), recallChildrenSample(true)},
		"campaigns": {campaignsSample}, "campaign": {campaignSample(false), campaignSample(true)}, "campaignline": {campaignLinePage()}, "campaignabsent": {campaignAbsentSample()},
		"stock": {stockSample(true), stockSample(false)}, "stockin": {stockInSample()}, "stockcount": {stockCountSample()}, "stocklot": {stockLotSample(false), stockLotSample(true)},
		"stockorders": {stockOrdersSample(false), stockOrdersSample(true)}, "stockorder": {stockOrderSample(false), stockOrderSample(true)}, "stockask": {stockAskSample(false), stockAskSample(true)},
		"stockneeds": {needsSample(), needsAboveSample(), Needs{Frame: stationFrame(NavStock), Month: "12/2026", Months: option}}, "stockneedrows": {needRowsSample()}, "stockwastage": {wastageSample(), Wastage{Frame: stationFrame(NavStock), Name: "Xã Mường Nhà"}},
		"targets":   {targetsSample(true), targetsSample(false)},
		"stocksend": {stockSendSample()}, "stockdelivery": {stockDeliverySample(false), stockDeliverySample(true)}, "stockout": {stockOutSample()},
		"campaignday": {campaignDaySample()}, "campaignroll": {campaignRollSample(""), campaignRollSample("columns"), campaignRollSample("checked"), campaignRollSample("done")},
		"contact": {
			Contact{Frame: stationFrame(NavDue), ID: "b1", Name: "Lò Gia Bảo", Line: "18/07/2026", Phone: "0385 000 412", ContactForm: contactForm, Rows: []Fact{{"09:12 22/11/2026", "Gọi điện: Không nghe máy, 3 ngày trước", "Cà Thị Diên"}}, Error: "Ô này cần có."},
		},
		"badge": {*stationFrame("").Sync, *hubFrame("").Sync, *busy.Sync}, "usb": {USB{Frame: stationFrame(""), Up: true, Drives: []USBDrive{{"/media/a/KINGSTON", "KINGSTON"}}, Last: "Lần trước: 14 việc, 09:12 hôm nay.", Answered: "Trả lời gần nhất: 08:00 hôm qua.", Rows: []USBRow{{Mark{Kind: MarkOK}, "041272-12-down.tramy", "Đã đọc."}}}, USB{Frame: hubFrame(NavStations), Hub: true, Rows: []USBRow{{Mark{Kind: MarkRefused}, "Trạm Tìa Dình 041 270", "Tệp hỏng."}}, Answers: "/usb/answers"}},
		"sync":     {exchange, sending, online},
		"overview": {overview}, "stations": {stations}, "enrol": {enrol, enrolled},
		"phones": {
			Phones{Frame: stationFrame(NavSettings), Off: true},
			Phones{Frame: stationFrame(NavSettings), NoNetwork: true, Fingerprint: "AB:CD"},
			Phones{Frame: stationFrame(NavSettings), Address: "https://192.168.1.20:8782", Trust: "https://192.168.1.20:8782/phone/trust", TrustQR: dot, Fingerprint: strings.Repeat("AB:", 31) + "CD", Invite: &PhoneInvite{dot, "https://192.168.1.20:8782/phone/in?code=ABCDEFGHIJKLMNOPQRSTUVWXYZ", "09:20"}, List: []PhoneRow{{"1", "Máy tính bảng bàn khám", "Lò Văn Thanh", "25/11", "09:12", false}, {"2", "Máy cũ", "Lò Văn Thanh", "25/01", "26/01", true}}, Full: true},
		},
		"phonetrust": {PhoneTrust{Frame{Place: "Trạm Y tế xã Mường Nhà", CSRF: "c"}, strings.Repeat("AB:", 31) + "CD"}},
		"phonein":    {PhoneIn{Frame{Place: "Trạm Y tế xã Mường Nhà", CSRF: "c"}, "ABC", Field{}}, PhoneIn{Frame{CSRF: "c"}, "", Field{Value: "x", Error: "Mã này sai."}}},
	}
}

// dot stands for a QR: one grey pixel.
const dot = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg=="

// due is a worklist with some people, or with nobody.
func due(list string, some bool) Due {
	d := Due{
		Frame: stationFrame(NavDue), List: list, Day: "25/11/2026", Until: "01/12/2026", All: "/due?list=" + list, Registered: 1842, Schedule: true,
		Vaccine: Select{Value: "SOI", Options: []Option{{"", "Tất cả"}, {"SOI", "Sởi"}}}, Hamlet: Select{Options: []Option{{"", "Tất cả"}, {"-", "(chưa ghi)"}}},
		Worker: Select{Options: []Option{{"", "Mọi người"}, {"Lò Văn Hặc", "Lò Văn Hặc"}, {"-", "Chưa có y tế thôn bản"}}}, Came: Select{Options: []Option{{"", "Tất cả"}, {"never", "Chưa gọi lần nào"}}},
		Phone: Select{Options: []Option{{"", "Tất cả"}, {"none", "Không có số"}}},
		By:    Select{Value: "hamlet", Options: []Option{{"", "Số ngày"}, {"hamlet", "Thôn, bản"}}},
	}
	for _, name := range []string{DueWeek, DueOverdue, DueZero, DueMissed} {
		d.Tabs = append(d.Tabs, DueTab{List: name, Href: "/due?list=" + name, Count: 61, Current: name == list})
	}
	if some {
		missed := khoi
		missed.Mark, missed.Note = Mark{Kind: MarkMissed}, "quá tuổi từ 02/10/2026"
		d.People, d.Filtered = People{Total: 61, Rows: []Person{di, sua, missed}, More: "/due?list=" + list + "&all=1"}, list == DueWeek
		d.Groups = []DueGroup{{Title: "bản Na Phay 1", Note: "Lò Văn Hặc", Phone: "0385 000 777", Count: 60, Rows: []Person{di, sua}}, {Title: "Chưa có trong danh sách", Count: 1, Rows: []Person{missed}}}
		d.Print, d.Workers, d.Letters = "/due/print?list="+list, "/due/print?list="+list+"&as=workers", "/due/print?list="+list+"&as=letters"
		if list == DueOverdue {
			d.Late = []LateLine{{Vaccine: "5 trong 1", Href: "/due?list=overdue&vaccine=DPT-VGB-HIB", Counts: []int{4, 12, 0, 1198}, Total: 1214}}
		}
	}
	return d
}

// homes is a commune that was split, with two hamlets.
func homes(readOnly bool) Homes {
	choice := Select{Options: []Option{{"n1", "Xã Mường Nhà"}, {"n2", "Xã Núa Ngam"}}}
	wrong := choice
	wrong.Error = "Chọn một xã."
	return Homes{Frame: stationFrame(NavToday), People: 3, ReadOnly: readOnly, Groups: []HomeGroup{
		{Key: "o:na phay", Was: "Xã Phu Luông", Hamlet: "bản Na Phay 1", Choices: choice, People: []HomePerson{
			{"b1", "Lò Gia Bảo", "18/07/2026, mẹ Lò Thị Mai", false}, {"b2", "Giàng Thị Sua", "12/02/2026, mẹ Vàng Thị Mỷ", true},
		}},
		{Key: "o:", Was: "Xã Phu Luông", Choices: wrong, Open: true, People: []HomePerson{{"b4", "Sùng Thị Dí", "30/01/2026", false}}},
	}}
}
