package country

import (
	"fmt"
	"math/rand/v2"

	"tramy/internal/registry"
	p "tramy/syncproto"
)

// Names in use in the north-west, written down for made-up people: family names of Kinh, Thái, Mông, and
// given names with the middle names that go with them. Any likeness to a person is chance.
var (
	families = map[string][]string{
		"Kinh": {"Nguyễn", "Nguyễn", "Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Phan", "Vũ", "Đặng", "Bùi", "Đỗ"},
		"Thái": {"Lò", "Lò", "Cà", "Quàng", "Tòng", "Lường", "Cầm", "Lèo", "Bạc", "Điêu"},
		"Mông": {"Giàng", "Vàng", "Sùng", "Thào", "Vừ", "Lầu", "Mùa", "Hạng"},
	}
	boysNames = map[string][]string{
		"Kinh": {"Gia Bảo", "Minh Khôi", "Hải Đăng", "Đức Anh", "Quang Huy", "Tuấn Kiệt", "Minh Quân", "Hoàng Long", "Bảo Nam", "Thành Đạt"},
		"Thái": {"Văn Ơn", "Gia Bảo", "Minh Khang", "Văn Pánh", "Hải Đăng", "Văn Inh", "Bảo Long", "Văn Thương", "Đức Thiện", "Văn Sơn"},
		"Mông": {"A Páo", "A Tủa", "A Chứ", "A Dình", "A Lử", "A Sính", "A Vàng", "A Của", "A Chá", "A Giống"},
	}
	girlsNames = map[string][]string{
		"Kinh": {"Ngọc Hân", "Bảo An", "Khánh Linh", "Minh Châu", "Thảo Nguyên", "Hà My", "Gia Hân", "Phương Anh", "Thùy Dương", "Quỳnh Chi"},
		"Thái": {"Thị Hương", "Bảo Ngọc", "Thị Ánh", "Ngọc Hân", "Thị Thơm", "Mai Chi", "Thị Xuân", "Thị Pâng", "Thị Lả", "Thị Diên"},
		"Mông": {"Thị Sua", "Thị Dí", "Thị Mỷ", "Thị Dợ", "Thị Chở", "Thị Mo", "Thị Pàng", "Thị Say", "Thị Dua", "Thị Xia"},
	}
	mothersNames = map[string][]string{
		"Kinh": {"Thị Hoa", "Thị Lan", "Thu Hà", "Thị Hằng", "Thị Nga", "Thanh Huyền", "Thị Tuyết", "Thị Mai"},
		"Thái": {"Thị Mai", "Thị Xuân", "Thị Ánh", "Thị Hạnh", "Thị Thơm", "Thị Hoa", "Thị Pâng", "Thị Lả", "Thị Anh"},
		"Mông": {"Thị Mỷ", "Thị Mo", "Thị Dợ", "Thị Chở", "Thị Sua", "Thị Dí", "Thị Say"},
	}
	hamlets = []string{"Na Phay 1", "Na Phay 2", "Pu Lau", "Huổi Hương", "Na Khoang", "Khon Kén", "Phì Cao", "Pha Thanh"}
)

// Maker makes people of a register from a seed.
type Maker struct{ r *rand.Rand }

// NewMaker returns a maker; equal seeds make equal registers.
func NewMaker(seed uint64) *Maker { return &Maker{rand.New(rand.NewPCG(seed, 20261125))} }

func pick[T any](m *Maker, from []T) T { return from[m.r.IntN(len(from))] }

// Child makes a child born within the days before today.
func (m *Maker) Child(residence p.EntityID, today registry.Day, days int) registry.SubjectInput {
	ethnic := pick(m, []string{"Thái", "Thái", "Thái", "Mông", "Mông", "Kinh"})
	in := registry.SubjectInput{
		Place: residence, Ethnic: ethnic, Hamlet: pick(m, hamlets),
		BirthDate: today - registry.Day(m.r.IntN(days)), BirthPrec: registry.PrecisionDay,
		Sex: registry.SexMale, Group: registry.GroupChild, Status: registry.StatusPresent,
	}
	names := boysNames
	if m.r.IntN(2) == 0 {
		in.Sex, names = registry.SexFemale, girlsNames
	}
	in.Name = pick(m, families[ethnic]) + " " + pick(m, names[ethnic])
	in.MotherName = pick(m, families[ethnic]) + " " + pick(m, mothersNames[ethnic])
	if m.r.IntN(10) > 0 {
		in.MotherPhone = fmt.Sprintf("0%s%07d", pick(m, []string{"38", "97", "36", "35", "34", "91"}), m.r.IntN(10_000_000))
	}
	return in
}

// routine is the order in which this register's children get their doses: months after birth.
var routine = []struct {
	vaccine string
	months  int
	dose    int
}{
	{"VGB0", 0, 1},
	{"BCG", 0, 1},
	{"DPT-VGB-HIB", 2, 1},
	{"BOPV", 2, 1},
	{"DPT-VGB-HIB", 3, 2},
	{"BOPV", 3, 2},
	{"DPT-VGB-HIB", 4, 3},
	{"BOPV", 4, 3},
	{"IPV", 5, 1},
	{"SOI", 9, 1},
	{"IPV", 9, 2},
	{"MR", 18, 1},
	{"DPT", 18, 1},
}

// Doses makes the doses a child has had by today: mostly on time, some late, some missed.
func (m *Maker) Doses(child registry.SubjectInput, subject, at p.EntityID, today registry.Day) []registry.ImmunizationInput {
	var out []registry.ImmunizationInput
	late := m.r.IntN(20)
	for _, d := range routine {
		if m.r.IntN(100) < 6 { // missed
			continue
		}
		day := child.BirthDate.AddMonths(d.months) + registry.Day(m.r.IntN(6)+late/10*m.r.IntN(30))
		if day > today {
			break
		}
		out = append(out, registry.ImmunizationInput{
			Subject: subject, Place: at, Vaccine: d.vaccine, GivenOn: day, GivenClock: registry.NewClock(8+m.r.IntN(3), m.r.IntN(60)),
			Lot: lotOf(d.vaccine, day), Expires: day + 400, Programme: registry.ProgrammeEPI, Source: registry.SourceHere,
			Screening: registry.ScreeningEligible, Site: siteOf(d.vaccine), Route: routeOf(d.vaccine),
		})
	}
	return out
}

// lotOf names the lot of a vaccine that was in use on a day: one a quarter.
func lotOf(vaccine string, day registry.Day) string {
	y, mo, _ := day.Date()
	return fmt.Sprintf("%s%02d-%d", vaccine[:1], y%100, (int(mo)+2)/3)
}

func siteOf(vaccine string) registry.Site {
	switch vaccine {
	case "BOPV":
		return registry.SiteMouth
	case "BCG", "SOI", "MR":
		return registry.SiteLeftArm
	}
	return registry.SiteLeftThigh
}

func routeOf(vaccine string) registry.Route {
	switch vaccine {
	case "BOPV":
		return registry.RouteOral
	case "BCG":
		return registry.RouteID
	case "SOI", "MR":
		return registry.RouteSC
	}
	return registry.RouteIM
}

// Next is when a child is to come again: the first dose of the routine not given yet, on the session day
// (the 25th) of its month. Children whose turn is past stand on the list of those who did not come.
func (m *Maker) Next(child registry.SubjectInput, doses []registry.ImmunizationInput, today registry.Day) registry.Day {
	had := map[string]int{}
	for _, d := range doses {
		had[d.Vaccine]++
	}
	for _, r := range routine {
		if had[r.vaccine] >= r.dose {
			continue
		}
		day := child.BirthDate.AddMonths(r.months)
		if day < today-90 {
			continue // too long ago to be on this month's list
		}
		if day >= today-7 && day <= today+7 && m.r.IntN(2) == 0 {
			return today
		}
		if day < today && m.r.IntN(3) > 0 {
			return today
		}
		return day
	}
	return 0
}
