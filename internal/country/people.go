package country

import (
	"fmt"
	"math/rand/v2"

	"tramy/internal/registry"
	"tramy/internal/synth"
	p "tramy/syncproto"
)

// province is the code of the one the demo lies in.
const province = "11"

var hamlets = synth.HamletNames(province)

// Maker makes people of a register from a seed.
type Maker struct {
	r     *rand.Rand
	names *synth.Namer
}

// NewMaker returns a maker; equal seeds make equal registers.
func NewMaker(seed uint64) *Maker {
	return &Maker{r: rand.New(rand.NewPCG(seed, 20261125)), names: synth.NewNamer(seed)}
}

func pick[T any](m *Maker, from []T) T { return from[m.r.IntN(len(from))] }

// Child makes a child born within the days before today.
func (m *Maker) Child(residence p.EntityID, today registry.Day, days int) registry.SubjectInput {
	ethnic := m.names.Ethnic(province)
	in := registry.SubjectInput{
		Place: residence, Ethnic: ethnic, Hamlet: pick(m, hamlets),
		BirthDate: today - registry.Day(m.r.IntN(days)), BirthPrec: registry.PrecisionDay,
		Sex: registry.SexMale, Group: registry.GroupChild, Status: registry.StatusPresent,
	}
	if m.r.IntN(2) == 0 {
		in.Sex = registry.SexFemale
	}
	in.Name = m.names.Child(ethnic, in.Sex, m.names.Family(ethnic))
	in.MotherName = m.names.Adult(ethnic, registry.SexFemale)
	if m.r.IntN(10) > 0 {
		in.MotherPhone = fmt.Sprintf("0%s%07d", pick(m, []string{"38", "97", "36", "35", "34", "91"}), m.r.IntN(10_000_000))
	}
	return in
}

// Woman makes a pregnant woman between the third month and the birth.
func (m *Maker) Woman(residence p.EntityID, today registry.Day) registry.SubjectInput {
	ethnic := m.names.Ethnic(province)
	return registry.SubjectInput{
		Place: residence, Ethnic: ethnic, Hamlet: pick(m, hamlets), Name: m.names.Adult(ethnic, registry.SexFemale),
		BirthDate: today.AddMonths(-12*18) - registry.Day(m.r.IntN(20*365)), BirthPrec: registry.PrecisionDay,
		Sex: registry.SexFemale, Group: registry.GroupPregnant, Status: registry.StatusPresent,
		DueDate: today + registry.Day(1+m.r.IntN(pregnancyDays-bookedDays)),
	}
}
