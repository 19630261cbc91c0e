package store

import (
	"tramy/internal/registry"
	p "tramy/syncproto"
)

// FigureQuery selects what a table of coverage is added up from.
type FigureQuery struct {
	CohortFrom, CohortTo registry.Month // of birth, inclusive; every year that has a month of it is read whole
	Doses                []Dose         // what FigureRow.Doses holds
}

// Dose is the n-th dose of a vaccine.
type Dose struct {
	Vaccine string
	Number  int32
}

// Months are counts by month of birth within a year, January first.
type Months [12]int64

// Between returns the sum over the months of a year that lie within from and to, inclusive.
func (m *Months) Between(year int, from, to registry.Month) int64 {
	first := registry.NewMonth(year, 1)
	var sum int64
	for i := max(0, int(from-first)); i <= min(len(m)-1, int(to-first)); i++ {
		sum += m[i]
	}
	return sum
}

// FigureRow is what is counted of the children born in one year whose residence was recorded, and led, to one place:
// all that a report needs of them, in one row however many they are.
type FigureRow struct {
	Year                int
	Recorded, Residence p.EntityID
	Children            Months
	Doses               []Months // as FigureQuery.Doses, wherever they were given
}

// RegisteredRow is how many children of every year of birth live somewhere.
type RegisteredRow struct {
	Recorded, Residence p.EntityID
	Count               int64
}

// HeardRow is when there was last news of a station: of itself, or by its logs through others.
type HeardRow struct {
	Place p.EntityID
	MS    int64 // hub time, 0 if there never was
}
