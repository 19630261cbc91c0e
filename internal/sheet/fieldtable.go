package sheet

import (
	"strings"

	"tramy/internal/registry"
)

// fieldTable is every field a column can be. Titles are those of form A2.1 and of exports of the national
// system as health stations show them, with the abbreviations seen there; folding makes the spelling
// "HỌ VÀ TÊN", "Họ và tên" and "Ho va ten" one.
var fieldTable = []fieldInfo{
	{name: FieldIgnored, many: true, known: []string{
		"stt", "tt", "so tt", "so thu tu", "no", "ngay tiem chung day du", "tiem chung day du", "tcdd", "ngay tcdd", "tuoi", "thang tuoi",
		"tinh", "tinh thanh", "tinh thanh pho", "huyen", "quan huyen", "ten tinh", "ten huyen", "nguoi nhap", "ngay nhap", "co so quan ly", "don vi quan ly",
	}},
	{name: FieldReason, title: "Lý do", known: []string{"ly do khong nhap", "ly do tu choi nhap"}},
	{name: FieldSameAs, title: "Trùng với", known: []string{"trung voi ma"}},
	subjectText("code", "Mã sổ", func(p *Person) *string { return (*string)(&p.Subject.Code) }, "ma so tiem chung ca nhan", "ma the", "ma tramy"),
	subjectText("national_code", "Mã đối tượng", func(p *Person) *string { return &p.Subject.NationalCode },
		"ma doi tuong tiem chung", "madoituong", "ma dt", "ma so doi tuong", "ma niis", "ma tre", "id doi tuong"),
	{
		name: "name", title: "Họ và tên", text: true, known: []string{"ho ten", "ten tre", "ho ten tre", "ho va ten tre", "ho ten tre em", "ten doi tuong", "ho ten doi tuong", "ho va ten doi tuong", "ho va ten khach hang", "hoten", "ten"},
		person: (*personReader).name, show: func(p *Person) string { return p.Subject.Name },
	},
	{
		name: "birth_date", title: "Ngày sinh", date: true, known: []string{"ngay thang nam sinh", "ngay thang sinh", "ntns", "ngay sinh tre", "nam sinh", "ngaysinh", "ns", "sinh ngay", "dob"},
		person: (*personReader).birth, show: showBirth,
	},
	{
		name: FieldBirthMale, date: true, known: []string{"nam", "ngay sinh nam", "nam sinh nam", "ngay thang nam sinh nam", "gioi tinh nam", "gioi nam"},
		person: func(r *personReader, c cell) { r.birthOrTick(c, registry.SexMale) },
	},
	{
		name: FieldBirthFemale, date: true, known: []string{"nu", "ngay sinh nu", "nam sinh nu", "ngay thang nam sinh nu", "gioi tinh nu", "gioi nu"},
		person: func(r *personReader, c cell) { r.birthOrTick(c, registry.SexFemale) },
	},
	{
		name: "birth_minute", title: "Giờ sinh", known: []string{"thoi gian sinh", "gio phut sinh"},
		person: (*personReader).birthClock, show: func(p *Person) string { return p.Subject.BirthClock.String() },
	},
	enumField("sex", "Giới tính", registry.SexEnum, func(p *Person) *uint8 { return (*uint8)(&p.Subject.Sex) }, "gioi", "phai", "nam nu", "gioitinh", "gt"),
	subjectText("ethnic_group", "Dân tộc", func(p *Person) *string { return &p.Subject.Ethnic }, "dan toc tre", "dantoc", "d toc"),
	{
		name: "birth_order", title: "Thứ tự sinh", known: []string{"sinh doi thu tu", "con thu sinh doi", "thu tu sinh da thai"},
		person: numberInto(func(p *Person) *int { return &p.Subject.BirthOrder }), show: numberOf(func(p *Person) *int { return &p.Subject.BirthOrder }),
	},
	subjectText("mother_name", "Họ tên mẹ", func(p *Person) *string { return &p.Subject.MotherName },
		"ten me", "ho va ten me", "me", "ho ten me ngh", "ho ten me nguoi giam ho", "ten me ngh", "ho ten me hoac nguoi giam ho", "ho ten bo me", "ten bo me", "ho ten me bo", "hotenme"),
	phoneField("mother_phone", "Điện thoại mẹ", func(p *Person) *string { return &p.Subject.MotherPhone },
		"sdt", "sdt me", "dien thoai", "so dien thoai", "so dt", "dt me", "so dien thoai me", "dien thoai lien he", "dien thoai me ngh", "sdt lien he", "phone", "dtdd", "dt", "so dien thoai lien lac", "sdt me ngh"),
	{
		name: "mother_year", title: "Năm sinh mẹ", known: []string{"nam sinh cua me", "ns me"},
		person: numberInto(func(p *Person) *int { return &p.Subject.MotherYear }), show: numberOf(func(p *Person) *int { return &p.Subject.MotherYear }),
	},
	subjectText(FieldMotherCode, "Mã sổ mẹ", func(p *Person) *string { return &p.MotherCode }, "ma me"),
	unwritten(subjectText(FieldClass, "Lớp", func(p *Person) *string { return &p.Class }, "lop", "lop hoc", "ten lop", "lop nam hoc", "nhom lop")),
	unwritten(subjectText(FieldSchool, "Trường", func(p *Person) *string { return &p.School }, "truong", "truong hoc", "ten truong", "truong lop", "diem truong")),
	subjectText("father_name", "Họ tên cha", func(p *Person) *string { return &p.Subject.FatherName }, "ten cha", "ten bo", "ho ten bo", "ho va ten bo", "ho va ten cha", "cha", "bo", "hotencha"),
	phoneField("father_phone", "Điện thoại cha", func(p *Person) *string { return &p.Subject.FatherPhone }, "sdt cha", "sdt bo", "dien thoai bo", "so dien thoai bo", "so dien thoai cha", "dt bo", "dt cha"),
	subjectText("guardian_name", "Người giám hộ", func(p *Person) *string { return &p.Subject.GuardianName }, "ngh", "ho ten nguoi giam ho", "ten nguoi giam ho", "ho ten ngh", "nguoi cham soc", "ten ngh"),
	phoneField("guardian_phone", "Điện thoại người giám hộ", func(p *Person) *string { return &p.Subject.GuardianPhone }, "sdt nguoi giam ho", "sdt ngh", "so dien thoai nguoi giam ho", "dt ngh"),
	subjectText("hamlet", "Thôn/ấp/bản", func(p *Person) *string { return &p.Subject.Hamlet },
		"thon", "ap", "ban", "buon", "xom", "khu pho", "to dan pho", "thon ap", "thon ban", "thon xom", "thon buon", "ap thon", "to", "thon to", "thon to dan pho", "ten thon", "thon ap ban kp", "thon khu pho", "ap khu pho", "khu", "lang"),
	{
		name: FieldCommune, title: "Xã/phường", text: true, known: []string{"xa", "phuong", "phuong xa", "xa phuong thi tran", "ten xa", "xa thuong tru", "xa hien tai", "noi o xa"},
		person: (*personReader).commune, show: func(p *Person) string { return p.Commune },
	},
	{
		name: FieldCommuneNo, title: "Mã xã", known: []string{"ma xa phuong", "ma dvhc xa"},
		person: (*personReader).communeCode, show: func(p *Person) string { return p.CommuneCode },
	},
	{
		name: FieldAddress, text: true, known: []string{"dia chi", "cho o", "noi o", "dia chi hien tai", "noi o hien tai", "noi cu tru", "dia chi cu tru", "dia chi thon xa", "dia chi gia dinh", "cho o hien nay"},
		person: (*personReader).address,
	},
	{
		name: "personal_no", title: "Số định danh", known: []string{"so dinh danh ca nhan", "ma dinh danh", "madinhdanh", "so dinh danh cccd", "cccd", "so cccd", "cmnd", "cmnd cccd", "cccd cmnd", "can cuoc", "so can cuoc", "dinh danh", "ma so dinh danh", "so cmnd cccd", "so ddcn"},
		person: (*personReader).personalNo, show: func(p *Person) string { return p.Subject.PersonalNo },
	},
	subjectText("insurance", "Số BHYT", func(p *Person) *string { return &p.Subject.Insurance }, "bhyt", "so the bhyt", "ma bhyt", "the bhyt", "ma the bhyt", "ma so bhxh"),
	subjectText("passport", "Hộ chiếu", func(p *Person) *string { return &p.Subject.Passport }, "so ho chieu", "passport"),
	listField("aliases", "Tên, mã khác", func(p *Person) *[]string { return &p.Subject.Aliases }, "cac ma khac", "ma khac", "ma cu", "ten khac", "ten goi khac"),
	enumField("group", "Nhóm", registry.GroupEnum, func(p *Person) *uint8 { return (*uint8)(&p.Subject.Group) }, "loai doi tuong", "nhom doi tuong", "doi tuong"),
	dayField("due_date", "Ngày dự sinh", func(p *Person) *registry.Day { return &p.Subject.DueDate }, "du kien sinh", "ngay du kien sinh", "dks"),
	enumField("status", "Tình trạng", registry.StatusEnum, func(p *Person) *uint8 { return (*uint8)(&p.Subject.Status) }, "trang thai", "tinh trang cu tru", "trang thai theo doi", "tinh trang theo doi"),
	subjectText("status_reason", "Lý do tình trạng", func(p *Person) *string { return &p.Subject.StatusReason }),
	dayField("status_date", "Ngày tình trạng", func(p *Person) *registry.Day { return &p.Subject.StatusDate }),
	dayField("absent_until", "Vắng đến ngày", func(p *Person) *registry.Day { return &p.Subject.AbsentUntil }),
	phoneField("phone", "Điện thoại riêng", func(p *Person) *string { return &p.Subject.Phone }, "sdt rieng", "dien thoai ca nhan"),
	{
		name: "tetanus_before", title: "Số mũi uốn ván trước đây",
		person: func(r *personReader, c cell) { r.e.Subject.Tetanus, r.e.Subject.HasTetanus = r.number(c), c.text != "" },
		show: func(p *Person) string {
			if p.Subject.HasTetanus && p.Subject.Tetanus == 0 { // none is an answer
				return "0"
			}
			return numberText(p.Subject.Tetanus)
		},
	},
	{
		name: "tetanus_year", title: "Năm mũi uốn ván cuối",
		person: numberInto(func(p *Person) *int { return &p.Subject.TetanusYear }), show: numberOf(func(p *Person) *int { return &p.Subject.TetanusYear }),
	},
	enumField("tetanus_evidence", "Mũi uốn ván theo", registry.EvidenceEnum, func(p *Person) *uint8 { return (*uint8)(&p.Subject.TetanusFrom) }),
	enumField("protected_at_birth", "Được bảo vệ uốn ván lúc sinh", registry.ProtectedEnum, func(p *Person) *uint8 { return (*uint8)(&p.Subject.Protected) }),
	enumField("protected_evidence", "Bảo vệ uốn ván theo", registry.EvidenceEnum, func(p *Person) *uint8 { return (*uint8)(&p.Subject.ProtectedBy) }),
	enumField("pregnancy_end", "Thai kỳ kết thúc", registry.PregnancyEndEnum, func(p *Person) *uint8 { return (*uint8)(&p.Subject.PregnancyEnd) }),
	dayField("pregnancy_end_date", "Ngày thai kỳ kết thúc", func(p *Person) *registry.Day { return &p.Subject.PregnancyOn }),
	dayField("last_period", "Kỳ kinh cuối", func(p *Person) *registry.Day { return &p.Subject.LastPeriod }, "kinh cuoi", "kinh cuoi cung", "kcc"),
	subjectText("birth_place", "Nơi sinh", func(p *Person) *string { return &p.Subject.BirthPlace }, "co so sinh", "noi de", "sinh tai"),
	{
		name: "birth_weight", title: "Cân nặng lúc sinh (g)", known: []string{"can nang luc sinh", "can nang khi sinh", "can nang so sinh", "cn luc sinh", "cn", "can nang", "can nang g", "can nang kg", "trong luong luc sinh"},
		person: (*personReader).weight, show: numberOf(func(p *Person) *int { return &p.Subject.BirthWeight }),
	},
	subjectText("allergies", "Dị ứng", func(p *Person) *string { return &p.Subject.Allergies }, "tien su di ung"),
	subjectText("contraindications", "Chống chỉ định", func(p *Person) *string { return &p.Subject.Contraindications }, "ccd"),
	{
		name: "conditions", title: "Tình trạng bệnh", show: func(p *Person) string { return registry.JoinConditions(p.Subject.Conditions) },
		person: func(r *personReader, c cell) { r.e.Subject.Conditions = registry.SplitConditions(c.text) },
	},
	listField("consents", "Đồng ý", func(p *Person) *[]string { return &p.Subject.Consents }),
	subjectText("address_birth", "Địa chỉ nơi sinh", func(p *Person) *string { return &p.Subject.AddrBirth }),
	subjectText("address_registration", "Nơi đăng ký khai sinh", func(p *Person) *string { return &p.Subject.AddrRegister }, "noi dang ky"),
	subjectText("address_native", "Quê quán", func(p *Person) *string { return &p.Subject.AddrNative }, "nguyen quan"),
	subjectText("address_permanent", "Nơi thường trú", func(p *Person) *string { return &p.Subject.AddrPermanent }, "thuong tru", "ho khau", "ho khau thuong tru", "dia chi thuong tru", "hktt"),
	{
		name: "blood_group", title: "Nhóm máu", known: []string{"nhom mau abo", "nhom mau rh"}, show: func(p *Person) string { return choiceWord(registry.BloodGroupEnum, uint8(p.Subject.BloodGroup)) },
		person: func(r *personReader, c cell) {
			c.text = bloodText(c.text)
			r.e.Subject.BloodGroup = registry.BloodGroup(r.choice(registry.BloodGroupEnum, c))
		},
	},
	enumField("paper_kind", "Loại giấy tờ", registry.PaperKindEnum, func(p *Person) *uint8 { return (*uint8)(&p.Subject.PaperKind) }, "loai giay to tuy than"),
	subjectText("travel_paper", "Giấy xuất nhập cảnh", func(p *Person) *string { return &p.Subject.TravelPaper }, "giay to xuat nhap canh", "so giay xuat nhap canh"),
	dayField("missing_since", "Mất tích từ ngày", func(p *Person) *registry.Day { return &p.Subject.MissingSince }),
	dayField("next_date", "Ngày hẹn", func(p *Person) *registry.Day { return &p.Subject.NextDate }, "hen lan sau", "ngay hen tiem"),
	{
		name: "from_card", title: "Mã theo thẻ", show: func(p *Person) string { return yes(p.Subject.FromCard) },
		person: func(r *personReader, c cell) { r.e.Subject.FromCard = saysYes(c.text) },
	},
	{
		name: FieldPAB, known: []string{"pab", "bao ve uv so sinh", "uvss", "bao ve uvss", "duoc bao ve uvss", "bao ve uon van so sinh", "tre duoc bao ve uvss", "phong uvss"},
		person: func(r *personReader, c cell) { r.note("Bảo vệ uốn ván sơ sinh", c.text) },
	},
	{
		name: "note", title: "Ghi chú", text: true, many: true, known: []string{"ghi chu khac", "ghi chu tre", "gc"},
		person: func(r *personReader, c cell) { r.note("", c.text) }, show: func(p *Person) string { return p.Subject.Note },
	},

	{name: FieldDose, many: true, date: true},
	{name: FieldDoseLot, many: true},
	{name: FieldOtherDoses, title: "Mũi khác", known: []string{"cac mui khac", "mui tiem khac"}, person: (*personReader).otherDoses},

	{
		name: FieldVaccine, title: "Vắc xin", known: []string{"ten vac xin", "vacxin", "ten vacxin", "vaccine", "ten vaccine", "loai vac xin", "loai vacxin", "vx", "ten vx", "vac xin tiem", "ten thuong mai"},
		dose: (*personReader).vaccine, print: func(d *Dose) string { return d.Vaccine },
	},
	{
		name: FieldDoseOrder, title: "Mũi thứ", known: []string{"mui", "mui so", "lan", "lan tiem", "thu tu mui", "so mui", "mui tiem", "lieu"},
		dose: (*personReader).order, print: printOrder,
	},
	{
		name: FieldGivenOn, title: "Ngày tiêm", date: true, known: []string{"ngay tiem chung", "ngay tiem uong", "ngay uong", "ngaytiem", "thoi gian tiem", "ngay gio tiem"},
		dose: (*personReader).givenOn, print: func(d *Dose) string { return dayText(d.GivenOn) },
	},
	{name: FieldGivenMinute, title: "Giờ tiêm", dose: (*personReader).givenClock, print: func(d *Dose) string { return d.GivenClock.String() }},
	doseText(FieldLot, "Số lô", func(d *Dose) *string { return &d.Lot }, "lo", "lo vac xin", "so lo vac xin", "lo vx", "solo", "lot"),
	{
		name: FieldExpires, title: "Hạn dùng", known: []string{"han su dung", "hsd", "han dung vac xin"},
		dose: (*personReader).expires, print: func(d *Dose) string { return dayText(d.Expires) },
	},
	doseText(FieldDosePlace, "Nơi tiêm", func(d *Dose) *string { return &d.PlaceName }, "co so tiem", "co so tiem chung", "dia diem tiem", "don vi tiem", "noi tiem chung"),
	doseText(FieldGivenBy, "Người tiêm", func(d *Dose) *string { return &d.GiverName }, "can bo tiem"),
	doseEnum(FieldProgramme, "Chương trình", registry.ProgrammeEnum, func(d *Dose) *uint8 { return (*uint8)(&d.Programme) }, "loai hinh tiem", "hinh thuc tiem", "hinh thuc", "loai hinh", "tcmr dich vu", "nguon vac xin"),
	doseEnum(FieldSource, "Nguồn tin", registry.SourceEnum, func(d *Dose) *uint8 { return (*uint8)(&d.Source) }, "nguon ghi nhan"),
	doseEnum(FieldNotDone, "Không tiêm vì", registry.NotDoneEnum, func(d *Dose) *uint8 { return (*uint8)(&d.NotDone) }, "ly do khong tiem", "khong tiem"),
	doseEnum(FieldSite, "Vị trí tiêm", registry.SiteEnum, func(d *Dose) *uint8 { return (*uint8)(&d.Site) }, "vi tri"),
	doseEnum(FieldRoute, "Đường tiêm", registry.RouteEnum, func(d *Dose) *uint8 { return (*uint8)(&d.Route) }, "duong dung"),
	{
		name: FieldVolume, title: "Liều (µl)", known: []string{"lieu ul"},
		dose: doseNumber(func(d *Dose) *int { return &d.Volume }), print: printNumber(func(d *Dose) *int { return &d.Volume }),
	},
	doseEnum(FieldScreening, "Kết luận khám", registry.ScreeningEnum, func(d *Dose) *uint8 { return (*uint8)(&d.Screening) }, "kham sang loc", "ket luan kham sang loc"),
	{name: FieldTemperature, title: "Nhiệt độ (0,1 °C)", dose: doseNumber(func(d *Dose) *int { return &d.Temperature }), print: printNumber(func(d *Dose) *int { return &d.Temperature })},
	doseEnum(FieldChecked, "Đã hỏi", registry.CheckedEnum, func(d *Dose) *uint8 { return (*uint8)(&d.Checked) }),
	doseText(FieldAgainst, "Lý do vẫn tiêm", func(d *Dose) *string { return &d.Against }),
	doseEnum(FieldLotLost, "Không biết lô vì", registry.LotLostEnum, func(d *Dose) *uint8 { return (*uint8)(&d.LotLost) }, "ly do khong co lo"),
	doseText(FieldReceipt, "Số biên lai", func(d *Dose) *string { return &d.Receipt }, "bien lai", "so hoa don", "hoa don"),
	doseText(FieldDoseNote, "Ghi chú mũi", func(d *Dose) *string { return &d.Note }, "ghi chu mui tiem", "phan ung sau tiem"),
}

func subjectText(name, title string, at func(*Person) *string, known ...string) fieldInfo {
	return fieldInfo{name: name, title: title, known: known, text: true, person: textInto(at), show: textOf(at)}
}

func phoneField(name, title string, at func(*Person) *string, known ...string) fieldInfo {
	return fieldInfo{
		name: name, title: title, known: known, show: textOf(at),
		person: func(r *personReader, c cell) { r.phone(at(&r.e.Person), c) },
	}
}

func listField(name, title string, at func(*Person) *[]string, known ...string) fieldInfo {
	return fieldInfo{
		name: name, title: title, known: known,
		person: func(r *personReader, c cell) { *at(&r.e.Person) = splitList(c.text) },
		show:   func(p *Person) string { return strings.Join(*at(p), "; ") },
	}
}

func dayField(name, title string, at func(*Person) *registry.Day, known ...string) fieldInfo {
	return fieldInfo{
		name: name, title: title, known: known, date: true,
		person: func(r *personReader, c cell) { *at(&r.e.Person) = r.day(c) },
		show:   func(p *Person) string { return dayText(*at(p)) },
	}
}

func enumField(name, title string, e *registry.Enum, at func(*Person) *uint8, known ...string) fieldInfo {
	return fieldInfo{
		name: name, title: title, known: known,
		person: func(r *personReader, c cell) { *at(&r.e.Person) = r.choice(e, c) },
		show:   func(p *Person) string { return choiceWord(e, *at(p)) },
	}
}

func doseText(name, title string, at func(*Dose) *string, known ...string) fieldInfo {
	return fieldInfo{
		name: name, title: title, known: known, text: true,
		dose:  func(_ *personReader, d *Dose, c cell) { *at(d) = c.text },
		print: func(d *Dose) string { return *at(d) },
	}
}

func doseEnum(name, title string, e *registry.Enum, at func(*Dose) *uint8, known ...string) fieldInfo {
	return fieldInfo{
		name: name, title: title, known: known,
		dose:  func(r *personReader, d *Dose, c cell) { *at(d) = r.choice(e, c) },
		print: func(d *Dose) string { return choiceWord(e, *at(d)) },
	}
}

func textInto(at func(*Person) *string) func(*personReader, cell) {
	return func(r *personReader, c cell) { *at(&r.e.Person) = c.text }
}

func textOf(at func(*Person) *string) func(*Person) string {
	return func(p *Person) string { return *at(p) }
}

func numberInto(at func(*Person) *int) func(*personReader, cell) {
	return func(r *personReader, c cell) { *at(&r.e.Person) = r.number(c) }
}

func numberOf(at func(*Person) *int) func(*Person) string {
	return func(p *Person) string { return numberText(*at(p)) }
}

func doseNumber(at func(*Dose) *int) func(*personReader, *Dose, cell) {
	return func(r *personReader, d *Dose, c cell) { *at(d) = r.number(c) }
}

func printNumber(at func(*Dose) *int) func(*Dose) string {
	return func(d *Dose) string { return numberText(*at(d)) }
}
