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

// Woman makes a pregnant woman between the third month and the birth.
func (m *Maker) Woman(residence p.EntityID, today registry.Day) registry.SubjectInput {
	ethnic := pick(m, []string{"Thái", "Thái", "Thái", "Mông", "Mông", "Kinh"})
	return registry.SubjectInput{
		Place: residence, Ethnic: ethnic, Hamlet: pick(m, hamlets), Name: pick(m, families[ethnic]) + " " + pick(m, mothersNames[ethnic]),
		BirthDate: today.AddMonths(-12*18) - registry.Day(m.r.IntN(20*365)), BirthPrec: registry.PrecisionDay,
		Sex: registry.SexFemale, Group: registry.GroupPregnant, Status: registry.StatusPresent,
		DueDate: today + registry.Day(1+m.r.IntN(pregnancyDays-bookedDays)),
	}
}
