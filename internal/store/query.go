package store

import (
	"cmp"
	"slices"

	"tramy/internal/project"
	"tramy/internal/registry"
	p "tramy/syncproto"
)

// Query answers pages. Nothing here reads states: rows and aggregates only.
type Query interface {
	SearchSubjects(q SubjectQuery) ([]project.SubjectRow, error)
	SubjectByCode(code string) (*project.SubjectRow, error)
	SubjectsOfCase(id p.EntityID) ([]project.SubjectRow, error)
	// CasesOf tells the cases of those among some subjects that stand under another's id.
	CasesOf(subjects ...p.EntityID) (map[p.EntityID]p.EntityID, error)
	// SubjectsByBlock returns subjects, living ones unless all are asked for, that could be the same person: equal
	// code, personal number, other number, phone, birth date or folded name. Who agrees in most comes first, so that a limit cuts off the unlikeliest; then
	// by id.
	SubjectsByBlock(b BlockQuery) ([]project.SubjectRow, error)
	// SubjectsFromCard returns who was registered under the code of a card and is not linked yet to a record that
	// has this code by its own right, by id. Those entered in error are left out.
	SubjectsFromCard() ([]project.SubjectRow, error)
	SubjectsExpected(residences []p.EntityID, from, to registry.Day, limit int) ([]project.SubjectRow, error) // by next date
	// SubjectsPregnant returns who is recorded as pregnant and has neither died nor moved away, by the day the birth is
	// expected on (first those of whom nobody knows it), sort name, id. No residence means anywhere.
	SubjectsPregnant(residences []p.EntityID, limit int) ([]project.SubjectRow, error)
	// ChildrenOf returns the children whose mother's own record is one of those named, by birth date, then birth order;
	// those entered in error are left out.
	ChildrenOf(mothers ...p.EntityID) ([]project.SubjectRow, error)
	// SubjectsCame returns who lives at some residences since a day or later, as was written by none of the accounts excepted: who
	// came from elsewhere. The dead, those who moved on and those entered in error are left out. By that day, latest first, then by name.
	SubjectsCame(residences []p.EntityID, since registry.Day, except []p.EntityID, limit int) ([]project.SubjectRow, error)
	// ChildrenBorn returns the children born from one day to another, inclusive, who live somewhere, whatever became of them: those who
	// lead a case, by birth date, then name, then id. Those entered in error and those whose creation is not here are left out.
	ChildrenBorn(residences []p.EntityID, from, to registry.Day) ([]project.SubjectRow, error)
	// HamletsAt counts the people of some residences by the hamlet as written, each person once; the dead, those who moved away and
	// those entered in error are left out. By residence, then hamlet.
	HamletsAt(residences ...p.EntityID) ([]HamletRow, error)
	// SubjectsSilent returns who has a dose given at a place, none of them since a day, and lives at none of the
	// residences; by id.
	SubjectsSilent(place p.EntityID, residences []p.EntityID, since registry.Day) ([]p.EntityID, error)
	DosesOfCase(id p.EntityID) ([]project.ImmunizationRow, error) // by date
	DosesOn(places []p.EntityID, day registry.Day) ([]project.ImmunizationRow, error)
	// DosesGiven returns the doses that count and were given at some places from one day to another, inclusive, by day, minute, then id.
	DosesGiven(places []p.EntityID, from, to registry.Day) ([]project.ImmunizationRow, error)
	// DosesOfCampaign returns the doses of a campaign from one day to another, inclusive (0: without end), by date. GivenIn
	// returns of all that were given and not taken back who had them, where and when, in the same order.
	DosesOfCampaign(campaign p.EntityID, from, to registry.Day) ([]project.ImmunizationRow, error)
	GivenIn(campaign p.EntityID) ([]CampaignDose, error)
	// ListedIn returns the entries of a campaign's lists that are not taken back, by day, then id; CampaignDay the doses of a day of it
	// that were given and not taken back, with whom they were given to, by time, then id.
	ListedIn(campaign p.EntityID) ([]CampaignEntry, error)
	CampaignDay(campaign p.EntityID, day registry.Day) ([]CampaignDayDose, error)
	// CampaignStamp tells whether ListedIn, GivenIn and CampaignDay answer as they did: at one number they do. 0 tells nothing.
	CampaignStamp(campaign p.EntityID) (uint64, error)
	// DoseUses tells what doses given at a place from one day to another, inclusive, used up: those given here and not taken back, by
	// day, counted by what DoseUse names; within a day by the last minute, then by name.
	DoseUses(place p.EntityID, from, to registry.Day) ([]DoseUse, error)
	// DoseStamps tells of which days DoseUses answers as it did: of each day from one to another, inclusive, a number, and at an equal one
	// it does. 0, or no numbers at all, tells nothing. They hold for as long as the process runs.
	DoseStamps(place p.EntityID, from, to registry.Day) ([]uint64, error)
	// LotDoses returns the doses that were given and not taken back of a lot of a vaccine, whose number is compared as registry.SameLot does:
	// by day, minute, then id. StockOfLot returns what places have of it, as Stock does.
	LotDoses(vaccine, lot string) ([]LotDose, error)
	StockOfLot(item, lot string) ([]project.StockRow, error)
	// DosesNoLot returns the doses given at a place since a day whose lot nobody wrote down: by day, newest first, then vaccine.
	// With lost those of which somebody said that it will never be known, else the others.
	DosesNoLot(place p.EntityID, since registry.Day, lost bool, limit int) ([]project.ImmunizationRow, error)
	Conflicts(limit int) ([]project.ConflictRow, error)
	// ConflictsOfCase returns what has several values of a person: by entity, then field.
	ConflictsOfCase(id p.EntityID) ([]project.ConflictRow, error)
	CountConflicts() (int64, error)

	Places() ([]project.PlaceRow, error) // all, by level, then code
	Place(id p.EntityID) (*project.PlaceRow, error)
	// PlacesByCode returns every place that has, or once had, a code: after a reform another territory may bear
	// it. Which of them is meant only a day can say: atlas.Atlas.ByCode. By id.
	PlacesByCode(code string) ([]project.PlaceRow, error)
	Users() ([]project.UserRow, error)
	User(id p.EntityID) (*project.UserRow, error)
	UsersByLogin(login string) ([]project.UserRow, error)
	Devices() ([]project.DeviceRow, error)
	Device(id p.EntityID) (*project.DeviceRow, error)
	Vaccines() ([]project.VaccineRow, error)   // by Order
	VaccineCodes() ([]string, error)           // sorted, each once
	Schedules() ([]project.ScheduleRow, error) // by From, then code
	// DueOf returns what the people of some cases need and have missed, by recommended day, and Leads the subjects that lead them, by
	// name.
	DueOf(cases ...p.EntityID) ([]project.DueRow, error)
	Leads(cases ...p.EntityID) ([]project.SubjectRow, error)
	// Due lists whom a worklist is about, each person once, by day, then as it comes.
	Due(q DueQuery) ([]DuePerson, error)
	// DueCases tells of whom Due of a query without a limit would tell, by id: for whoever only counts them.
	DueCases(q DueQuery) ([]p.EntityID, error)
	Accesses(subject p.EntityID, limit int) ([]project.AccessRow, error) // zero subject: all; newest first
	// AccessesNaming returns the looks at lists that named a subject, newest first.
	AccessesNaming(subject p.EntityID, limit int) ([]project.AccessRow, error)
	// AccessesTaking returns the looks that were about many people without naming them (a register taken out as a file
	// or on paper), newest first.
	AccessesTaking(limit int) ([]project.AccessRow, error)
	ConsentsOf(subjects ...p.EntityID) ([]project.ConsentRow, error) // by day, then id
	RequestsOf(subjects ...p.EntityID) ([]project.RequestRow, error) // by day, then id
	// Requests returns requests that wait for somebody or, if all are asked for, those that were answered as well; by day,
	// then id.
	Requests(all bool, limit int) ([]project.RequestRow, error)
	Request(id p.EntityID) (*project.RequestRow, error)
	// Records of a vaccination day, by day, then id: those about some people, those at some places, those that belong to
	// something (the visits of a session).
	RecordsOf(kind p.Kind, subjects ...p.EntityID) ([]project.RecordRow, error)
	RecordsAt(q RecordQuery) ([]project.RecordRow, error)
	RecordsUnder(kind p.Kind, under p.EntityID) ([]project.RecordRow, error)
	Record(id p.EntityID) (*project.RecordRow, error)

	// Stock returns what some places have, or all (none named), by place, item, expiry and lot; MovementsAt what moved at a place from
	// a moment until before another (0: without end), by moment.
	Stock(places ...p.EntityID) ([]project.StockRow, error)
	MovementsAt(place p.EntityID, from, until int64) ([]project.MovementRow, error)

	Rejections() ([]project.RejectionRow, error)    // by log
	Rescues(limit int) ([]project.RescueRow, error) // newest first

	Coverage(q CoverageQuery) ([]CoverageRow, error)
	// Figures calls see for each row, in an order of the engine's; the row is see's until it returns, and see must not
	// ask the store.
	Figures(q FigureQuery, see func(*FigureRow)) error
	Registered() ([]RegisteredRow, error) // by residence, then residence as recorded
	StationsHeard() ([]HeardRow, error)   // stations in service, by device
	Counts() (Counts, error)
}

// SubjectQuery is what somebody typed, already folded by registry.
type SubjectQuery struct {
	Words      []string     // folded words, each a prefix; all must match
	Digits     string       // code, last six of a code, phone, personal number: prefix of a stored number
	Residences []p.EntityID // empty: anywhere
	After      string       // page: SortName of the last row
	AfterID    p.EntityID
	Limit      int
}

// RecordQuery asks for records of a kind at places, from a day until before another (0: without end).
type RecordQuery struct {
	Kind        p.Kind
	Places      []p.EntityID
	From, Until registry.Day
}

// HamletRow is a hamlet as people of a residence were written down.
type HamletRow struct {
	Residence p.EntityID
	Hamlet    string // "" if nobody wrote one
	People    int64
}

// SortStock puts rows of stock into their order.
func SortStock(rows []project.StockRow) {
	slices.SortFunc(rows, func(a, b project.StockRow) int {
		return cmp.Or(a.Key.Place.Compare(b.Key.Place), cmp.Compare(a.Key.Item, b.Key.Item), cmp.Compare(a.Expires, b.Expires),
			cmp.Compare(a.Key.Lot, b.Key.Lot), cmp.Compare(a.Key.Stock, b.Key.Stock))
	})
}

// SortHamlets puts rows of hamlets into their order.
func SortHamlets(rows []HamletRow) {
	slices.SortFunc(rows, func(a, b HamletRow) int {
		return cmp.Or(a.Residence.Compare(b.Residence), cmp.Compare(a.Hamlet, b.Hamlet))
	})
}

// CampaignDose is who had a dose of a campaign.
type CampaignDose struct {
	Case, Subject p.EntityID
	Place         p.EntityID // where it was given
	On            registry.Day
}

// CampaignEntry is an entry of a campaign's list, as its row says.
type CampaignEntry struct {
	ID, Subject p.EntityID
	Place       p.EntityID   // whose list it is
	Day         registry.Day // of the outcome
	Mark        int32        // registry.EnrolmentOutcome
	Sum         uint32       // as in project.RecordRow
}

// CampaignDayDose is a dose of a campaign, and the birth and sex of whom it was given to, if their record is here.
type CampaignDayDose struct {
	CampaignDose
	Lot       string
	BirthDate registry.Day
	BirthPrec registry.Precision // 0: nobody knows
	Sex       registry.Sex
}

// BlockQuery names the keys under which a duplicate would be found; zero values are not used.
type BlockQuery struct {
	Code       string // whole
	BirthDate  registry.Day
	Phone      string
	PersonalNo string
	Papers     []string // numbers of other papers, whole; those who have one as an alias count too
	SortName   string   // project.SortName of the name
	Words      []string // of the names of the person and the mother, folded: they only decide who comes first
	Gone       bool     // also the dead and those entered in error
	Limit      int
}

// BlockRows is how many of a block are worth comparing one by one: on a day with thousands of births those
// beyond it share no more with who is sought than the day and a word of a name.
const BlockRows = 200

// LotDose is who had a dose of a lot, where and when.
type LotDose struct {
	ID, Case, Subject   p.EntityID // Subject is zero of a dose recorded against a code not known here
	Place               p.EntityID // where it was given
	Recorded, Residence p.EntityID // as in project.ImmunizationRow
	On                  registry.Day
	Minute              registry.Clock
}

// SortLotDoses puts them into their order.
func SortLotDoses(rows []LotDose) {
	slices.SortFunc(rows, func(a, b LotDose) int {
		return cmp.Or(cmp.Compare(a.On, b.On), cmp.Compare(a.Minute, b.Minute), a.ID.Compare(b.ID))
	})
}

// DoseUse is what doses of one day used of one lot, as they wrote it.
type DoseUse struct {
	On        registry.Day
	Vaccine   string
	Lot       string // "" if nobody wrote it
	Expires   registry.Day
	Programme registry.Programme
	Route     registry.Route
	Last      registry.Clock // minute of the last of them
	Count     int64
}

// ByUse is the order of DoseUses.
func ByUse(a, b DoseUse) int {
	return cmp.Or(cmp.Compare(a.On, b.On), cmp.Compare(a.Last, b.Last), cmp.Compare(a.Vaccine, b.Vaccine), cmp.Compare(a.Lot, b.Lot),
		cmp.Compare(a.Programme, b.Programme), cmp.Compare(a.Expires, b.Expires), cmp.Compare(a.Route, b.Route))
}

// LotMoment counts minutes, of which an unknown one begins its day, so that uses and choices of lots can be put in order.
func LotMoment(day registry.Day, clock registry.Clock) int64 { return int64(day)*1441 + int64(clock) }

// DueList is a worklist.
type DueList uint8

// Worklists. Each is asked for a day.
const (
	ListDue     DueList = 1 // recommended by the day and not overdue on it; soonest first
	ListOverdue DueList = 2 // recommended and overdue on the day and still possible; longest ago first
	ListMissed  DueList = 3 // too old since Since; latest first
	ListComing  DueList = 4 // due, or becoming due, on some day from Since to the day, and not overdue on Since; soonest first
	// ListFirst are the children born from Since until Until, both inclusive, who never had a first dose (project.DueFirst): those of whom no
	// dose at all is known first, then the youngest. Vaccines are those recommended by the day; there may be none. It takes no Vaccine.
	ListFirst DueList = 5
)

// DuePerson is somebody in a worklist, and why.
type DuePerson struct {
	Case      p.EntityID
	Residence p.EntityID
	Hamlet    string
	Since     registry.Day // the first day on which something became due or, in ListOverdue, overdue; the last one of what was missed; in ListFirst that of birth
	Vaccines  []string     // in order
	// Late is, in ListOverdue, since when each of Vaccines is overdue.
	Late  []registry.Day
	Never bool // in ListFirst: no dose of anything is known
}

// DueQuery selects what is due at some places.
type DueQuery struct {
	List       DueList
	Residences []p.EntityID // empty: anywhere
	On         registry.Day
	Since      registry.Day // recommended, overdue or missed from this day on; 0: from the beginning
	Until      registry.Day // see ListFirst
	Vaccine    string       // "": any
	Limit      int
}

// CoverageQuery selects counted doses. Where only cohorts matter, Figures costs far less.
type CoverageQuery struct {
	CohortFrom, CohortTo registry.Month // inclusive; zero: all
	MonthFrom, MonthTo   registry.Month // of the dose, inclusive; zero: all
	Programme            registry.Programme
}

// CoverageRow is a count of doses by residence, vaccine and dose. A residence is two places, as recorded and as
// resolved: with both, atlas.Map.Stands finds where it counts on the map of any day.
type CoverageRow struct {
	Recorded  p.EntityID
	Residence p.EntityID
	Place     p.EntityID
	Vaccine   string
	Dose      int32
	Count     int64
}

// Counts are the sizes people ask for.
type Counts struct {
	Subjects, Doses, Entities, Changes, Segments int64
}

// Distinct are ids, each once, in their order.
func Distinct(ids []p.EntityID) []p.EntityID {
	out := slices.Clone(ids)
	slices.SortFunc(out, p.EntityID.Compare)
	return slices.Compact(out)
}
