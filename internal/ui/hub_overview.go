package ui

// Overview is a hub's first page: first how complete the figures are, then the figures, then where to go.
type Overview struct {
	Frame
	// Name is the place looked at, Period the time: "Tỉnh Điện Biên", "năm 2026".
	Name, Period string
	Crumbs       []Crumb
	Completeness Completeness
	// EqualRoot is when this hub last held what the centre held, "" where that is not known.
	EqualRoot string
	// Filters; all may be without options and are then left out. Posted by GET as period, on and by.
	PeriodChoice Select
	MapChoice    Select
	By           Select
	// On is the day of the map by which people stand somewhere: "30/06/2025"; "" for today's.
	On string
	// OffMap says that the place is not on that map: then there are no figures, and History says where they are.
	OffMap bool
	// History is what the place was and what became of it.
	History []PlaceHistory
	// At is the id of the place looked at, kept by the filters.
	At string
	// Children is how many are registered, Births how many were registered in the period.
	Children, Births int
	Indicators       []Indicator
	Coverage         []CoverageRow
	Map              []Tile
	// ZeroDose is how many children past the age for the first dose have none.
	ZeroDose int
	Places   []PlaceRow
	Targets  string // where the targets of the year stand
	// Level names what the rows of Places are: "Tỉnh", "Xã", "Trạm".
	Level string
}

// PlaceHistory is one change of the map at a place: "Từ 01/07/2025, gồm:" and the places it means.
type PlaceHistory struct {
	Text  string
	Links []Crumb
}

// Completeness says which stations the figures rest on.
type Completeness struct {
	// Heard of Total stations, Until when the figures reach: "06:00 hôm nay".
	Heard, Total int
	Until        string
	// Silent stations hold SilentChildren children and could move the figure by Low to High points.
	SilentChildren int
	Low, High      float64
}

// Silent is how many stations have not been heard from.
func (c Completeness) Silent() int { return max(0, c.Total-c.Heard) }

// Indicator is one named figure. Mark is MarkLow, MarkNear, MarkReached or none where there is no target.
type Indicator struct {
	Mark      Mark
	Name      string
	Part, Of  int
	Target    int // percent; 0: none
	Low, High float64
	// Note is the small line: "+5,1 so với cùng kỳ".
	Note string
	// Plan is the same of the planned denominator: "88,1 % của chỉ tiêu 1.400", or that there is none.
	Plan string
}

// CoverageRow is one dose: how many children of the cohort have it.
type CoverageRow struct {
	Dose     DoseName
	Part, Of int
	Mark     Mark
	Plan     string // as of Indicator
}

// Tile is a place on the tile map. Column puts it in one of eight columns; 0 lets it flow.
type Tile struct {
	Name, Href string
	Percent    int
	Heard      bool
	Column     int
}

// Shade is the tile's class.
func (t Tile) Shade() string {
	if !t.Heard {
		return "dark"
	}
	return shade(t.Percent)
}

// PlaceRow is a place below the one looked at.
type PlaceRow struct {
	Mark       Mark
	Name, Href string
	// Note is the small line under the name.
	Note     string
	Children int
	// Third and Measles are parts of the cohorts ThirdOf…: third dose of the five-in-one, first dose
	// against measles.
	Third, ThirdOf, Measles, MeaslesOf int
	Zero                               int
	Plan                               string // of Third, as of Indicator
	// Heard of Stations were heard from; Until is when the figures reach, or "im 6 ngày".
	Heard, Stations int
	Until           string
}

var _ = page("overview", "hub_overview.html", Overview{})
