package bench

import (
	"fmt"
	"io"
	"math/rand/v2"
	"time"

	"tramy/internal/registry"
	p "tramy/syncproto"
)

// Parts of made-up names, weighted as a northern commune's register is: few family names, many given ones.
// Any likeness to a person is chance.
var (
	familyNames = []string{
		"Nguyễn", "Nguyễn", "Nguyễn", "Nguyễn", "Trần", "Trần", "Lê", "Lê", "Phạm", "Hoàng", "Vũ", "Phan", "Đặng", "Bùi", "Đỗ",
		"Hồ", "Ngô", "Dương", "Lý", "Lò", "Lò", "Lò", "Cà", "Quàng", "Tòng", "Lường", "Cầm", "Lèo", "Bạc", "Điêu", "Giàng",
		"Giàng", "Vàng", "Sùng", "Thào", "Vừ", "Lầu", "Mùa", "Hạng", "Chang", "Cứ", "Ly", "Pờ", "Khoàng", "Tao",
	}
	middleNames = []string{
		"Văn", "Văn", "Văn", "Thị", "Thị", "Thị", "Thị", "Minh", "Gia", "Ngọc", "Bảo", "Khánh", "Thanh", "Quang", "Đức", "Hữu",
		"Phương", "Thùy", "Hải", "Tuấn", "Anh", "Hoài", "Xuân", "Thu", "Kim", "Quỳnh", "Diệu", "Nhật", "A", "A",
	}
	givenNames = []string{
		"An", "Anh", "Ánh", "Bách", "Bảo", "Bình", "Chi", "Châu", "Chung", "Công", "Cường", "Dân", "Diệp", "Dũng", "Dương", "Đan",
		"Đạt", "Đăng", "Đông", "Đức", "Giang", "Hà", "Hân", "Hằng", "Hạnh", "Hiền", "Hiếu", "Hoa", "Hòa", "Hoàng", "Huệ", "Hùng",
		"Huy", "Hương", "Khang", "Khánh", "Khoa", "Khôi", "Kiên", "Kiệt", "Lan", "Lâm", "Linh", "Loan", "Long", "Ly", "Mai", "Mạnh",
		"Minh", "My", "Nam", "Nga", "Ngân", "Nghĩa", "Ngọc", "Nguyên", "Nhi", "Nhung", "Phong", "Phúc", "Phương", "Quân", "Quang",
		"Quỳnh", "Sơn", "Tâm", "Tân", "Thảo", "Thắng", "Thành", "Thịnh", "Thơm", "Thu", "Thư", "Thủy", "Tiến", "Toàn", "Trang",
		"Trinh", "Trung", "Tú", "Tùng", "Tuyết", "Uyên", "Vân", "Việt", "Vinh", "Vy", "Xuân", "Yến", "Páo", "Tủa", "Chứ", "Dình",
		"Lử", "Sính", "Chá", "Sua", "Mỷ", "Dợ", "Mo", "Xia", "Pâng", "Lả", "Ơn", "Inh", "Pánh", "Diên",
	}
	ethnicities = []string{"Kinh", "Kinh", "Thái", "Thái", "Thái", "Mông", "Mông", "Khơ Mú"}
	hamletNames = []string{
		"Na Phay 1", "Na Phay 2", "Pu Lau", "Huổi Hương", "Na Khoang", "Khon Kén", "Phì Cao", "Pha Thanh", "Na Tông 1", "Na Tông 2",
		"Bản Yên", "Hin Phon", "Huổi Chanh", "Gia Phú", "Sơn Tống",
	}
	phonePrefixes = []string{"032", "033", "034", "035", "036", "038", "039", "096", "097", "098", "086", "091", "094", "070"}
)

// visits are what is given together, in the order of the card; 2.5 doses on average.
var visits = [][]string{
	{"VGB0", "BCG"},
	{"DPT-VGB-HIB", "BOPV", "PCV"},
	{"DPT-VGB-HIB", "BOPV"},
	{"DPT-VGB-HIB", "BOPV", "PCV"},
	{"IPV", "ROTA"},
	{"SOI", "IPV", "PCV"},
	{"VNNB", "ROTA"},
	{"MR", "DPT", "VNNB"},
	{"VNNB", "TD"},
	{"TA", "TH", "HPV-EPI"},
}

// Maker makes what people enter, from a seed.
type Maker struct {
	r    *rand.Rand
	bits io.Reader
	lots map[string]*lot
}

type lot struct {
	number  string
	expires registry.Day
	since   registry.Day
}

// NewMaker returns a maker; equal seeds make equal registers.
func NewMaker(seed uint64) *Maker {
	var key [32]byte
	for i := range 8 {
		key[i] = byte(seed >> (8 * i))
	}
	src := rand.NewChaCha8(key)
	return &Maker{r: rand.New(src), bits: src, lots: map[string]*lot{}}
}

func (m *Maker) pick(from []string) string { return from[m.r.IntN(len(from))] }

// Name makes a name of three or four words.
func (m *Maker) Name() string {
	s := m.pick(familyNames) + " " + m.pick(middleNames)
	if m.r.IntN(4) == 0 {
		s += " " + m.pick(middleNames[7:28])
	}
	return s + " " + m.pick(givenNames)
}

// Phone makes a mobile number.
func (m *Maker) Phone() string {
	return fmt.Sprintf("%s%07d", m.pick(phonePrefixes), m.r.IntN(10_000_000))
}

// Child makes a child registered on a day, up to ageDays old, with a code of a device.
func (m *Maker) Child(place p.EntityID, device int, today registry.Day, ageDays int) (registry.SubjectInput, error) {
	code, err := registry.NewCode(device, m.bits)
	if err != nil {
		return registry.SubjectInput{}, err
	}
	in := registry.SubjectInput{
		Place: place, Code: code, Name: m.Name(), BirthDate: today - registry.Day(m.r.IntN(ageDays)),
		BirthPrec: registry.PrecisionDay, Sex: registry.SexMale, Ethnic: m.pick(ethnicities), Hamlet: m.pick(hamletNames),
		MotherName: m.Name(), Group: registry.GroupChild, Status: registry.StatusPresent,
	}
	if m.r.IntN(2) == 0 {
		in.Sex = registry.SexFemale
	}
	if m.r.IntN(10) > 0 {
		in.MotherPhone = m.Phone()
	}
	if m.r.IntN(4) == 0 {
		in.MotherPhone = ""
		in.FatherName, in.FatherPhone = m.Name(), m.Phone()
	}
	return in, nil
}

// Visit makes the doses of a child's visit number n at a time, as the station's form fills them in.
func (m *Maker) Visit(subject, place p.EntityID, n, count int, at time.Time) []registry.ImmunizationInput {
	day := registry.Today(at, vietnam)
	local := at.UTC().Add(vietnam)
	given := visits[n%len(visits)]
	var out []registry.ImmunizationInput
	for i := range count {
		code := given[i%len(given)]
		if i >= len(given) { // a dose caught up
			code = visits[(n+1)%len(visits)][0]
		}
		l := m.lot(code, day)
		out = append(out, registry.ImmunizationInput{
			Subject: subject, Place: place, Vaccine: code, GivenOn: day, GivenClock: registry.NewClock(local.Hour(), local.Minute()),
			Lot: l.number, Expires: l.expires, Site: siteOf(code), Route: routeOf(code), Programme: registry.ProgrammeEPI,
			Source: registry.SourceHere, Screening: registry.ScreeningEligible,
		})
	}
	return out
}

// lot returns the lot of a vaccine that is open on a day: a new one comes every two months or so.
func (m *Maker) lot(code string, day registry.Day) *lot {
	l := m.lots[code]
	if l == nil || day-l.since > 60 || day-l.since > 20 && m.r.IntN(400) == 0 {
		l = &lot{
			number:  fmt.Sprintf("%d%c%d%c", 100+m.r.IntN(900), 'A'+rune(m.r.IntN(26)), 1000+m.r.IntN(9000), 'A'+rune(m.r.IntN(26))),
			expires: day + 180 + registry.Day(m.r.IntN(500)), since: day,
		}
		m.lots[code] = l
	}
	return l
}

// Patch makes a correction of a subject: mostly a new phone, else a hamlet or a name.
func (m *Maker) Patch() registry.Patch {
	switch m.r.IntN(5) {
	case 0:
		return registry.Patch{registry.SubjectHamlet: p.Text(fmt.Sprintf("%s %d", m.pick(hamletNames[2:]), m.r.IntN(90)))}
	case 1:
		return registry.Patch{registry.SubjectName: p.Text(m.Name())}
	}
	return registry.Patch{registry.SubjectMotherPhone: p.Text(m.Phone())}
}

// pause is the time from one press of save to the next: some four minutes, to the millisecond.
func (m *Maker) pause() time.Duration {
	return time.Duration(90_000+m.r.IntN(300_000)) * time.Millisecond
}

func siteOf(vaccine string) registry.Site {
	switch vaccine {
	case "BOPV", "ROTA", "TA":
		return registry.SiteMouth
	case "BCG", "SOI", "MR", "VNNB", "TD", "TH", "HPV-EPI":
		return registry.SiteLeftArm
	case "IPV", "VGB0", "PCV":
		return registry.SiteRightThigh
	}
	return registry.SiteLeftThigh
}

func routeOf(vaccine string) registry.Route {
	switch vaccine {
	case "BOPV", "ROTA", "TA":
		return registry.RouteOral
	case "BCG":
		return registry.RouteID
	case "SOI", "MR", "VNNB":
		return registry.RouteSC
	}
	return registry.RouteIM
}
