package registry

import "strconv"

// What the national minimum data set (Decision 3891/QĐ-BYT of 18/12/2025) asks of a person beside what a station records anyway. The
// decision's own lists of values have not been seen: these are the values that papers and laboratories use.

// BloodGroup is a blood group of the ABO system, with the rhesus factor where it is known.
type BloodGroup uint8

var bloodGroupKeys = []string{
	1: "a", 2: "b", 3: "ab", 4: "o",
	5: "a_pos", 6: "a_neg", 7: "b_pos", 8: "b_neg", 9: "ab_pos", 10: "ab_neg", 11: "o_pos", 12: "o_neg",
}

// PaperKind is the paper by which somebody is known.
type PaperKind uint8

// Papers.
const (
	PaperPersonalNo PaperKind = 1 // số định danh cá nhân, of the birth certificate or the register
	PaperCard       PaperKind = 2 // thẻ căn cước, căn cước công dân
	PaperPassport   PaperKind = 3
	PaperBirth      PaperKind = 4 // giấy khai sinh or giấy chứng sinh without a number
	PaperOldCard    PaperKind = 5 // CMND, 9 digits
	PaperNone       PaperKind = 6 // asked, and there is none
	PaperOther      PaperKind = 7
)

var paperKindKeys = []string{1: "personal_no", 2: "card", 3: "passport", 4: "birth", 5: "old_card", 6: "none", 7: "other"}

// The enumerations.
var (
	BloodGroupEnum = &Enum{"blood_group", bloodGroupKeys}
	PaperKindEnum  = &Enum{"paper_kind", paperKindKeys}
)

// String returns the stable key.
func (x BloodGroup) String() string { return key(bloodGroupKeys, int64(x)) }

// String returns the stable key.
func (x PaperKind) String() string { return key(paperKindKeys, int64(x)) }

// ethnicGroups are the peoples of Vietnam by their codes, 01 to 54, and the spellings that registers have. Source: the General Statistics
// Office's list of ethnic groups, Decision 121-TCTK/PPCĐ of 2/3/1979, which later lists number in the same way; 55 is for foreigners.
// Names that the list gives to several peoples (Xá, Mán, Thổ for Tày) are not among the spellings.
var ethnicGroups = [...][]string{
	1: {"Kinh", "Việt"}, 2: {"Tày"}, 3: {"Thái"}, 4: {"Hoa", "Hán"}, 5: {"Khmer", "Khơ Me"}, 6: {"Mường"}, 7: {"Nùng"}, 8: {"Mông", "H'Mông", "Hmông", "Mèo"}, 9: {"Dao"},
	10: {"Gia Rai", "Giơ Rai", "Jrai"}, 11: {"Ngái"}, 12: {"Ê Đê", "Ra Đê"}, 13: {"Ba Na"}, 14: {"Xơ Đăng", "Xê Đăng"}, 15: {"Sán Chay", "Cao Lan", "Sán Chỉ", "Sán Chí"}, 16: {"Cơ Ho", "K'Ho"},
	17: {"Chăm", "Chàm"}, 18: {"Sán Dìu"}, 19: {"Hrê", "H'rê"}, 20: {"Mnông", "M'Nông"}, 21: {"Ra Glai", "Raglay"}, 22: {"Xtiêng", "X'Tiêng", "Stiêng", "S'Tiêng"}, 23: {"Bru Vân Kiều", "Vân Kiều", "Bru"},
	24: {"Thổ"}, 25: {"Giáy"}, 26: {"Cơ Tu", "Ca Tu", "K'Tu"}, 27: {"Giẻ Triêng", "Gié Triêng"}, 28: {"Mạ"}, 29: {"Khơ Mú", "Khmú"}, 30: {"Co", "Cor"}, 31: {"Tà Ôi", "Ta Ôi", "Pa Cô"},
	32: {"Chơ Ro", "Châu Ro"}, 33: {"Kháng"}, 34: {"Xinh Mun", "Sinh Mun"}, 35: {"Hà Nhì"}, 36: {"Chu Ru"}, 37: {"Lào"}, 38: {"La Chí"}, 39: {"La Ha"}, 40: {"Phù Lá"}, 41: {"La Hủ"},
	42: {"Lự"}, 43: {"Lô Lô"}, 44: {"Chứt"}, 45: {"Mảng"}, 46: {"Pà Thẻn"}, 47: {"Cơ Lao", "Cờ Lao"}, 48: {"Cống"}, 49: {"Bố Y"}, 50: {"Si La"}, 51: {"Pu Péo"}, 52: {"Brâu"}, 53: {"Ơ Đu"}, 54: {"Rơ Măm"},
	55: {"Người nước ngoài", "Nước ngoài"},
}

// ethnicByMarks finds a people by a spelling with its marks, ethnicByLetters by one without, where that means one people only.
var ethnicByMarks, ethnicByLetters = ethnicIndex()

func ethnicIndex() (marks, letters map[string]int) {
	marks, letters = map[string]int{}, map[string]int{}
	for n, names := range ethnicGroups {
		for _, name := range names {
			marks[ethnicKey(FoldMarked(name))] = n
			if other, taken := letters[ethnicKey(Fold(name))]; taken && other != n {
				n := 0 // "Thai", "Mong", "Co Lao": two peoples
				letters[ethnicKey(Fold(name))] = n
				continue
			}
			letters[ethnicKey(Fold(name))] = n
		}
	}
	return marks, letters
}

// ethnicKey leaves out what spellings differ in: blanks, hyphens and apostrophes.
func ethnicKey(folded string) string {
	out := make([]rune, 0, len(folded))
	for _, r := range folded {
		if r != ' ' && r != '-' && r != '\'' && r != '’' {
			out = append(out, r)
		}
	}
	return string(out)
}

// EthnicCode is the code of an ethnic group, two digits, and its name in the list; "" if the text means none of them or several.
func EthnicCode(text string) (code, name string) {
	n := ethnicByMarks[ethnicKey(FoldMarked(text))]
	if n == 0 {
		n = ethnicByLetters[ethnicKey(Fold(text))]
	}
	if n == 0 {
		return "", ""
	}
	code = strconv.Itoa(n)
	if n < 10 {
		code = "0" + code
	}
	return code, ethnicGroups[n][0]
}
