package registry

import p "tramy/syncproto"

// Province is one of the 34 provinces and cities under the central government.
type Province struct {
	Code   string // of the statistics office, two digits
	Name   string // with the kind word in front
	NameEN string
	City   bool // thành phố trực thuộc trung ương
	From   Day  // since when it is so
}

// The days on which the present provinces came into force.
var (
	reformDay  = dayOf(2025, 7, 1)
	dongNaiDay = dayOf(2026, 4, 30)
)

// Provinces returns the provinces in force, in order of code: by Resolution 202/2025/QH15 of 2025-06-12 and
// Decision 19/2025/QĐ-TTg (list and codes) since 2025-07-01; Đồng Nai is a city since 2026-04-30 by
// Resolution 30/2026/QH16. Several codes were another province's before: a code means nothing without a date.
func Provinces() []Province {
	out := make([]Province, len(provinceTable))
	for i, t := range provinceTable {
		pr := Province{Code: t.code, Name: "Tỉnh " + t.name, NameEN: t.nameEN + " Province", City: t.city, From: reformDay}
		if t.city {
			pr.Name, pr.NameEN = "Thành phố "+t.name, t.nameEN+" City"
		}
		if t.code == "75" {
			pr.From = dongNaiDay
		}
		out[i] = pr
	}
	return out
}

// Place returns what is entered for the province as a place below parent.
func (pr Province) Place(parent p.EntityID) PlaceInput {
	kind := "tinh"
	if pr.City {
		kind = "thanhpho"
	}
	return PlaceInput{Parent: parent, Code: "gso:" + pr.Code, Name: pr.Name, NameEN: pr.NameEN, Level: LevelProvince, Type: kind, From: pr.From}
}

var provinceTable = []struct {
	code, name, nameEN string
	city               bool
}{
	{"01", "Hà Nội", "Hanoi", true},
	{"04", "Cao Bằng", "Cao Bang", false},
	{"08", "Tuyên Quang", "Tuyen Quang", false},
	{"11", "Điện Biên", "Dien Bien", false},
	{"12", "Lai Châu", "Lai Chau", false},
	{"14", "Sơn La", "Son La", false},
	{"15", "Lào Cai", "Lao Cai", false},
	{"19", "Thái Nguyên", "Thai Nguyen", false},
	{"20", "Lạng Sơn", "Lang Son", false},
	{"22", "Quảng Ninh", "Quang Ninh", false},
	{"24", "Bắc Ninh", "Bac Ninh", false},
	{"25", "Phú Thọ", "Phu Tho", false},
	{"31", "Hải Phòng", "Hai Phong", true},
	{"33", "Hưng Yên", "Hung Yen", false},
	{"37", "Ninh Bình", "Ninh Binh", false},
	{"38", "Thanh Hóa", "Thanh Hoa", false},
	{"40", "Nghệ An", "Nghe An", false},
	{"42", "Hà Tĩnh", "Ha Tinh", false},
	{"44", "Quảng Trị", "Quang Tri", false},
	{"46", "Huế", "Hue", true},
	{"48", "Đà Nẵng", "Da Nang", true},
	{"51", "Quảng Ngãi", "Quang Ngai", false},
	{"52", "Gia Lai", "Gia Lai", false},
	{"56", "Khánh Hòa", "Khanh Hoa", false},
	{"66", "Đắk Lắk", "Dak Lak", false},
	{"68", "Lâm Đồng", "Lam Dong", false},
	{"75", "Đồng Nai", "Dong Nai", true},
	{"79", "Hồ Chí Minh", "Ho Chi Minh", true},
	{"80", "Tây Ninh", "Tay Ninh", false},
	{"82", "Đồng Tháp", "Dong Thap", false},
	{"86", "Vĩnh Long", "Vinh Long", false},
	{"91", "An Giang", "An Giang", false},
	{"92", "Cần Thơ", "Can Tho", true},
	{"96", "Cà Mau", "Ca Mau", false},
}
