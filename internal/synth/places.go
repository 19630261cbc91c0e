package synth

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	p "tramy/syncproto"
)

// Commune is where a register is kept.
type Commune struct {
	Code       string // of the statistics office, five digits
	Name       string // with the kind word in front
	Type       string // xa, phuong, dackhu
	Province   string // its code, two digits
	Population int    // 0: drawn
	Hamlets    []string
}

// DemoCommunes are units of Điện Biên in force since 2025-07-01 (decision 19/2025/QĐ-TTg): the small map that the
// demo has without any file.
func DemoCommunes() []Commune {
	return []Commune{
		{Code: "03368", Name: "Xã Mường Nhà", Type: "xa", Province: "11"},
		{Code: "03358", Name: "Xã Núa Ngam", Type: "xa", Province: "11"},
		{Code: "03356", Name: "Xã Sam Mứn", Type: "xa", Province: "11"},
		{Code: "03349", Name: "Xã Thanh Yên", Type: "xa", Province: "11"},
		{Code: "03334", Name: "Phường Mường Thanh", Type: "phuong", Province: "11"},
		{Code: "03328", Name: "Xã Thanh Nưa", Type: "xa", Province: "11"},
		{Code: "03385", Name: "Xã Tìa Dình", Type: "xa", Province: "11"},
		{Code: "03203", Name: "Xã Na Son", Type: "xa", Province: "11"},
	}
}

// Facility is the kind of place that gives doses and keeps records.
type Facility uint8

// Facilities.
const (
	Station  Facility = iota // the commune's own
	Point                    // an outreach point of the commune's: one register with the station
	Hospital                 // where children are born
	Clinic                   // paid vaccination in the town
)

// String returns the type of place, as the registry names it.
func (f Facility) String() string {
	return [...]string{"tram", "diem", "benhvien", "phongtiem"}[f]
}

// placeID is an id for a place of a register that is in no node.
func placeID(commune string, f Facility) p.EntityID {
	return entity("place "+commune+" "+f.String(), 0)
}

// CommuneID is the id that records give to a commune when Options.Commune does not say another.
func CommuneID(code string) p.EntityID { return entity("place "+code, 0) }

// styles of hamlet names by province; elsewhere Thôn.
var hamletStyles = map[string]struct {
	kinds []weighted
	words []string
}{
	"north-west": {
		[]weighted{{"Bản ", 9}, {"", 4}},
		[]string{"Na Phay", "Pu Lau", "Huổi Hương", "Na Khoang", "Khon Kén", "Phì Cao", "Pha Thanh", "Na Tông", "Bản Yên", "Hin Phon", "Huổi Chanh", "Gia Phú", "Sơn Tống", "Nà Lốm", "Pú Tửu", "Huổi Lếch", "Nậm Hua", "Ta Lét", "Pa Thơm", "Co Mỵ", "Nà Ngum", "Tin Tốc", "Co Pục", "Na Côm", "Huổi Púng", "Xôm", "Nà Tấu"},
	},
	"north-east": {
		[]weighted{{"Thôn ", 6}, {"Xóm ", 5}, {"", 1}},
		[]string{"Nà Rì", "Khuổi Luông", "Bản Chang", "Nà Pá", "Lũng Vài", "Nà Mạ", "Pác Nặm", "Khau Lạ", "Tân Lập", "Bản Phiệt", "Cốc Phường", "Nà Cáp", "Lũng Cẩm", "Đồng Tâm", "Khuổi Kẹn", "Nậm Đăm"},
	},
	"highlands": {
		[]weighted{{"Buôn ", 7}, {"Làng ", 4}, {"Thôn ", 5}},
		[]string{"Ea Nhái", "Kô Siêr", "Ako Dhông", "Krông Búk", "Cuôr Đăng", "Ea Bông", "Hra", "Plei Ốp", "Đăk Rơ", "H'Ra", "Kon Ktu", "Hòa Thắng", "Tân Tiến", "Ea Tul", "Cư Dluê", "Drai Si", "Ple Groi", "M'Duk"},
	},
	"south": {
		[]weighted{{"Ấp ", 11}, {"Khóm ", 2}},
		[]string{"Tân Hòa", "Phú Thuận", "Mỹ Hưng", "Bình Thạnh", "Thới Hòa", "Long Hòa", "Sóc Tro", "Trà Cuôn", "Hòa Lợi", "Vĩnh Quới", "An Thủy", "Xẻo Lá", "Cái Răng", "Giồng Lớn", "Ba Se", "Ô Tre", "Tân Quý", "Mỹ Đức"},
	},
	"elsewhere": {
		[]weighted{{"Thôn ", 9}, {"Xóm ", 3}, {"Làng ", 1}},
		[]string{"Đông", "Đoài", "Thượng", "Hạ", "Trung", "Phú Mỹ", "Yên Hòa", "An Khê", "Đồng Quý", "Vĩnh Thủy", "Xuân Lai", "Hòa Bình", "Tân Tiến", "Phúc Thọ", "Mỹ Lý", "Cầu Đá", "Hậu Trạch", "Kim Sơn", "Thạch Bàn", "Quảng Phú"},
	},
}

var hamletRegions = map[string]string{
	"11": "north-west", "12": "north-west", "14": "north-west",
	"04": "north-east", "08": "north-east", "15": "north-east", "19": "north-east", "20": "north-east",
	"51": "highlands", "52": "highlands", "66": "highlands", "68": "highlands",
	"80": "south", "82": "south", "86": "south", "91": "south", "92": "south", "96": "south",
}

// region of hamlet names that a province lies in.
func hamletRegion(province string) string {
	if region := hamletRegions[province]; region != "" {
		return region
	}
	return "elsewhere"
}

// HamletNames lists names of hamlets as a province has them.
func HamletNames(province string) []string {
	return slices.Clone(hamletStyles[hamletRegion(province)].words)
}

// peoplePerHamlet is how many people live in a hamlet, on average.
const peoplePerHamlet = 1100

// Bounds of what is drawn for a commune. New communes have some 30,000 people on average, in the hills fewer.
const (
	populationMin, populationMax           = 15_000, 45_000
	populationHillsMin, populationHillsMax = 8_000, 20_000
)

// complete draws what is not stated of a commune.
func (c Commune) complete(seed uint64) Commune {
	s := newSource(seed, "commune "+c.Code)
	region := hamletRegion(c.Province)
	if c.Population == 0 {
		c.Population = s.between(populationMin, populationMax)
		if c.Type != "phuong" && (region == "north-west" || region == "north-east" || region == "highlands") {
			c.Population = s.between(populationHillsMin, populationHillsMax)
		}
	}
	if len(c.Hamlets) > 0 {
		return c
	}
	n := min(max(c.Population/peoplePerHamlet, 6), 40)
	if c.Type == "phuong" {
		kind := "Tổ dân phố "
		if region == "south" || c.Province == "79" || c.Province == "75" {
			kind = "Khu phố "
		}
		for i := range n {
			c.Hamlets = append(c.Hamlets, kind+strconv.Itoa(i+1))
		}
		return c
	}
	style, taken := hamletStyles[region], map[string]bool{}
	for len(c.Hamlets) < n {
		word := s.one(style.words)
		name := word
		if kind := s.pick(style.kinds); !strings.HasPrefix(word, "Bản ") {
			name = kind + word
		}
		if taken[word] || s.of(25) {
			name = fmt.Sprintf("%s %d", name, s.between(1, 9))
		}
		if !taken[name] {
			taken[name], taken[word] = true, true
			c.Hamlets = append(c.Hamlets, name)
		}
	}
	return c
}
