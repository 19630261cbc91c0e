package sheet

import (
	"strings"

	"tramy/internal/registry"
)

// choiceWords are the words of an enumeration as registers have them, by its key; the first is written. Any
// spelling that folds to the same is read, and so is the key.
var choiceWords = map[*registry.Enum]map[string][]string{
	registry.SexEnum: {
		"male":    {"Nam", "trai", "m", "nam gioi", "1", "be trai"},
		"female":  {"Nữ", "gai", "f", "nu gioi", "0", "be gai", "2"},
		"unknown": {"Không rõ", "khac", "chua xac dinh", "chua ro"},
	},
	registry.StatusEnum: {
		"present": {"Đang ở", "co mat", "dang theo doi", "dang cu tru", "theo doi", "thuong tru", "tam tru", "song", "con song", "dang o dia phuong"},
		"absent":  {"Đi vắng", "vang mat", "tam vang", "vang"},
		"moved":   {"Chuyển đi", "da chuyen di", "chuyen", "chuyen noi khac", "da chuyen", "di khoi dia phuong"},
		"died":    {"Đã mất", "tu vong", "chet", "mat", "da tu vong", "da chet"},
		"unknown": {"Không rõ", "khong xac dinh", "mat dau"},
	},
	registry.GroupEnum: {
		"child":    {"Trẻ em", "tre", "tre em duoi 6 tuoi", "em be"},
		"pregnant": {"Thai phụ", "phu nu co thai", "pnct", "phu nu mang thai", "ba bau"},
		"adult":    {"Người lớn", "nguoi truong thanh", "pn 15 35", "phu nu tuoi sinh de"},
	},
	registry.EvidenceEnum: {
		"record": {"Sổ tiêm"},
		"card":   {"Phiếu, sổ giấy"},
		"told":   {"Lời kể"},
	},
	registry.ProtectedEnum: {
		"yes":     {"Có", "co bao ve"},
		"no":      {"Không"},
		"unknown": {"Chưa rõ", "khong ro"},
	},
	registry.PregnancyEndEnum: {
		"born":      {"Đã sinh"},
		"stillborn": {"Thai chết lưu"},
		"lost":      {"Không còn thai"},
	},
	registry.BloodGroupEnum: {
		"a": {"A"}, "b": {"B"}, "ab": {"AB"}, "o": {"O"},
		// In words: folding leaves no plus and no minus (see bloodText).
		"a_pos": {"A Rh dương", "a duong"}, "a_neg": {"A Rh âm", "a am"}, "b_pos": {"B Rh dương", "b duong"}, "b_neg": {"B Rh âm", "b am"},
		"ab_pos": {"AB Rh dương", "ab duong"}, "ab_neg": {"AB Rh âm", "ab am"}, "o_pos": {"O Rh dương", "o duong"}, "o_neg": {"O Rh âm", "o am"},
	},
	registry.PaperKindEnum: {
		"personal_no": {"Số định danh", "so dinh danh ca nhan", "dinh danh"},
		"card":        {"Thẻ căn cước", "can cuoc", "cccd", "the cccd", "can cuoc cong dan"},
		"passport":    {"Hộ chiếu"},
		"birth":       {"Giấy khai sinh", "khai sinh", "giay chung sinh", "chung sinh"},
		"old_card":    {"CMND", "chung minh nhan dan"},
		"none":        {"Không có giấy tờ", "khong co", "chua co"},
		"other":       {"Giấy khác", "khac"},
	},
	registry.SiteEnum: {
		"left_thigh":    {"Đùi trái", "mat truoc ngoai dui trai"},
		"right_thigh":   {"Đùi phải", "mat truoc ngoai dui phai"},
		"left_arm":      {"Cánh tay trái", "bap tay trai", "tay trai", "bap trai"},
		"right_arm":     {"Cánh tay phải", "bap tay phai", "tay phai", "bap phai"},
		"mouth":         {"Miệng", "uong"},
		"left_buttock":  {"Mông trái"},
		"right_buttock": {"Mông phải"},
		"other":         {"Chỗ khác", "khac"},
	},
	registry.RouteEnum: {
		"im":    {"Tiêm bắp", "bap", "tb"},
		"sc":    {"Tiêm dưới da", "duoi da", "tdd"},
		"id":    {"Tiêm trong da", "trong da", "ttd"},
		"oral":  {"Uống"},
		"nasal": {"Nhỏ mũi", "mui"},
	},
	registry.ProgrammeEnum: {
		"epi":      {"TCMR", "tiem chung mo rong", "mo rong", "1", "mien phi"},
		"outbreak": {"Chống dịch", "chien dich", "phong chong dich", "tiem chien dich"},
		"paid":     {"Dịch vụ", "dv", "2", "tiem dich vu", "tu nguyen"},
	},
	registry.SourceEnum: {
		"here":      {"Tiêm tại đây", "tai tram", "tai day"},
		"card":      {"Theo sổ", "so tiem", "the", "so tiem chung", "phieu"},
		"elsewhere": {"Nơi khác", "tiem noi khac"},
		"import":    {"Nhập từ tệp", "nhap tep"},
	},
	registry.NotDoneEnum: {
		"refused":         {"Từ chối", "khong dong y", "gia dinh tu choi"},
		"postponed":       {"Hoãn", "tam hoan", "hoan tiem", "om", "sot"},
		"contraindicated": {"Chống chỉ định", "ccd", "chong cd"},
		"no_vaccine":      {"Hết vắc xin", "khong co vac xin", "thieu vac xin", "het vx"},
		"absent":          {"Vắng mặt", "vang", "khong den", "di vang"},
		"referred":        {"Chuyển viện", "chuyen tuyen", "chuyen bv"},
		"other":           {"Lý do khác", "khac", "ktc", "khong tiem chung", "khong tiem duoc", "khong tiem"},
	},
	registry.ScreeningEnum: {
		"eligible":        {"Đủ điều kiện", "du dieu kien tiem", "dat", "tiem duoc", "dong y tiem"},
		"postpone":        {"Tạm hoãn", "hoan", "hoan tiem"},
		"contraindicated": {"Chống chỉ định", "ccd"},
		"refer":           {"Chuyển viện khám", "chuyen bv kham", "chuyen vien"},
		"on_paper":        {"Khám trên giấy", "phieu giay"},
	},
	registry.CheckedEnum: {
		"card":  {"Xem sổ", "xem the"},
		"hub":   {"Hỏi tuyến trên"},
		"phone": {"Gọi điện", "goi noi khac"},
		"told":  {"Người nhà nói", "gia dinh noi"},
	},
	registry.LotLostEnum: {
		"not_written": {"Lúc tiêm không ghi", "khong ghi"},
		"vial":        {"Vỏ lọ đã bỏ", "da bo vo lo"},
		"paper":       {"Mất phiếu, mất sổ", "mat phieu", "mat so"},
		"other":       {"Lý do khác"},
	},
}

// choicesFolded finds the number of an enumeration by a folded word.
var choicesFolded = func() map[*registry.Enum]map[string]uint8 {
	out := make(map[*registry.Enum]map[string]uint8)
	for e, byKey := range choiceWords {
		out[e] = make(map[string]uint8)
		for key, words := range byKey {
			n, _ := e.Number(key)
			out[e][registry.Fold(key)] = uint8(n)
			for _, w := range words {
				out[e][registry.Fold(w)] = uint8(n)
			}
		}
	}
	return out
}()

func choiceNumber(e *registry.Enum, text string) (uint8, bool) {
	n, ok := choicesFolded[e][registry.Fold(text)]
	return n, ok
}

func choiceWord(e *registry.Enum, n uint8) string {
	if words := choiceWords[e][e.Key(int64(n))]; len(words) > 0 {
		return words[0]
	}
	return ""
}

// bloodText writes the sign of a rhesus factor in words: "A-" and "A" would fold to one.
func bloodText(text string) string {
	text = strings.NewReplacer("(", " ", ")", " ", "/", " ").Replace(text)
	for sign, word := range map[string]string{"+": " dương", "-": " âm", "−": " âm", "–": " âm"} {
		if rest, ok := strings.CutSuffix(strings.TrimSpace(text), sign); ok {
			return rest + word
		}
	}
	return text
}

func yes(b bool) string {
	if b {
		return "có"
	}
	return ""
}

// saysYes reads a tick.
func saysYes(text string) bool {
	switch registry.Fold(text) {
	case "co", "x", "v", "1", "yes", "true", "dung", "da tiem", "roi":
		return true
	}
	t := strings.TrimSpace(text)
	return t == "✓" || t == "✔" || t == "+"
}
