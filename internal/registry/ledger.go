package registry

import (
	"slices"
	"strings"

	p "tramy/syncproto"
)

// Limits of what is believed about stock.
const (
	StockQuantityMax = 2_000_000 // doses or pieces in one line: a national delivery
	VialDosesMax     = 100
	VVMStageMax      = 4
	TransferLinesMax = 60 // lots on one slip
)

// StockKey names what is balanced: one lot of an item in one stock of a place. What is sold and what the programme sent are two
// stocks, also under one lot number.
type StockKey struct {
	Place p.EntityID
	Item  string // a vaccine's code, or a supply's
	Lot   string // folded by FoldLot; "" where nobody wrote it, and of supplies, which are not kept by lot
	Stock Programme
}

// NewStockKey brings what was typed into a key.
func NewStockKey(place p.EntityID, item, lot string, stock Programme) StockKey {
	item = strings.ToUpper(cleanLine(item))
	if IsSupply(item) && !strings.HasPrefix(item, diluentPrefix) {
		lot = ""
	}
	return StockKey{Place: place, Item: item, Lot: FoldLot(lot), Stock: StockOf(stock, mostlyUnder(item))}
}

// Moment counts the minutes of the place's time, so that what happened to stock can be put in order. What has a day and no hour
// counts as of noon: sessions are in the morning, and stock is counted before or after them.
func Moment(day Day, clock Clock) int64 {
	minute, ok := clock.Minute()
	if !ok {
		minute = 12 * 60
	}
	return int64(day)*24*60 + int64(minute)
}

// Supplies that are kept like vaccines, by piece (the monthly supply report, vietnam.md 2.3).
const (
	SupplyAD01 = "BKT-0.1" // auto-disable syringe of 0.1 ml, for BCG
	SupplyAD05 = "BKT-0.5" // auto-disable syringe of 0.5 ml
	SupplyMix5 = "BKT-5"   // syringe for mixing
	SupplyBox  = "HOP-AT"  // safety box
	// diluentPrefix stands before the code of the vaccine that a diluent belongs to.
	diluentPrefix = "DM-"
)

// Supplies are the codes of supplies in the order of the report: syringes, boxes, and the diluent of each vaccine that is mixed.
func Supplies() []string {
	out := []string{SupplyAD01, SupplyAD05, SupplyMix5, SupplyBox}
	for i := range vialTable {
		if vialTable[i].Mixed {
			out = append(out, DiluentOf(vialTable[i].Vaccine))
		}
	}
	return out
}

// IsSupply reports whether a code is a supply's.
func IsSupply(item string) bool { return slices.Contains(Supplies(), item) }

// DiluentOf is the code of a vaccine's diluent.
func DiluentOf(vaccine string) string { return diluentPrefix + vaccine }

// DiluentFor is the vaccine that a supply is the diluent of, "" if it is none.
func DiluentFor(item string) string {
	vaccine, ok := strings.CutPrefix(item, diluentPrefix)
	if !ok {
		return ""
	}
	return vaccine
}

// mostlyUnder is the programme that a vaccine is mostly given under by the national table, which no machine knows otherwise.
func mostlyUnder(item string) Programme {
	for i := range vaccineTable {
		if vaccineTable[i].Code == item {
			return vaccineTable[i].Programme
		}
	}
	return ProgrammeEPI
}

// SyringeOf is the syringe that a dose of the programme's stock uses up, "" if it uses none of those that are counted: drops use
// none, and vaccines that are sold come with their own.
func SyringeOf(vaccine string, stock Programme, route Route) string {
	if stock != ProgrammeEPI {
		return ""
	}
	if route == 0 {
		for i := range vaccineTable {
			if vaccineTable[i].Code == vaccine {
				route = vaccineTable[i].Route
			}
		}
	}
	switch route {
	case RouteOral, 0:
		return ""
	case RouteID:
		return SupplyAD01
	}
	return SupplyAD05
}

// OpenRule is how long an opened vial may be used.
type OpenRule uint8

// The rules (WHO, multi-dose vial policy 2014, WHO/IVB/14.07; vietnam.md 2.5).
const (
	OpenSingle   OpenRule = 0 // a vial of one dose: used at once
	OpenSixHours OpenRule = 1 // mixed: 6 hours or the end of the session, whichever comes first
	// OpenSession holds for fluid vaccines of several doses. 28 days are allowed by WHO for prequalified ones with a vial monitor;
	// many made in Vietnam have neither, so that the end of the session is the rule unless a station says otherwise (OpenUntil).
	OpenSession OpenRule = 2
)

// OpenMinutesMax is how long an opened vial is used at most where no session says when it ends: 6 hours.
const OpenMinutesMax = 6 * 60

// OpenDaysMax is how long an opened vial is used at most where WHO's policy lets it be kept: 28 days from opening.
const OpenDaysMax = 28

// openMonth are the vaccines of the programme whose opened vials may be kept for 28 days by WHO's policy (fluid, with a preservative or
// oral; WHO/IVB/14.07; vn-vaccine-products.csv, "28d if MDVP conditions"). It holds for products that are prequalified, which no code
// says: MayKeepOpen asks the station's practice too. Jevax is not among them (end of session).
var openMonth = []string{"BOPV", "IPV", "DPT", "TD", "UV", "PCV", "TH"}

// OpenMonthVaccines are the vaccines whose opened vials may be kept for 28 days, where the product is one that may.
func OpenMonthVaccines() []string { return slices.Clone(openMonth) }

// OpenUntil is when a vial opened at a moment must go, with no session known, and whether the end of a session ends it too. kept are the
// vaccines that the station keeps open (KeptOpen). 28 days need besides that the vial bears a monitor that is still good, and end with
// the day of expiry; what nobody looked at is as if it had none.
func OpenUntil(vaccine string, opened int64, expires Day, vvm int, kept []string) (until int64, session bool) {
	until = opened + OpenMinutesMax
	if !slices.Contains(kept, vaccine) || !slices.Contains(openMonth, vaccine) || vvm < 1 || vvm > 2 {
		return until, true
	}
	until = opened + OpenDaysMax*24*60
	if expires != 0 {
		until = min(until, Moment(expires+1, NewClock(0, 0)))
	}
	return until, false
}

// Vials is how a vaccine comes.
type Vials struct {
	Vaccine string
	Sizes   []int // doses in a vial, the usual one first
	Open    OpenRule
	Mixed   bool // powder, whose diluent comes and is counted apart
	Wastage int  // percent that is planned for; 0: nothing is
}

// vialTable is how the programme's vaccines come: vial sizes, open-vial rule and planned wastage of vn-vaccine-products.csv, whose
// sources are WHO's multi-dose vial policy 2014 and its planning wastage (vietnam.md 2.4, 2.5). What is sold comes in single doses,
// save those here.
var vialTable = []Vials{
	{"VGB0", []int{1}, OpenSingle, false, 5},
	{"BCG", []int{10}, OpenSixHours, true, 50},
	{"DPT-VGB-HIB", []int{1}, OpenSingle, false, 5},
	{"BOPV", []int{20, 10}, OpenSession, false, 10},
	{"IPV", []int{5, 10, 1}, OpenSession, false, 15},
	{"SOI", []int{10}, OpenSixHours, true, 25},
	{"MR", []int{10}, OpenSixHours, true, 25},
	{"DPT", []int{20, 10}, OpenSession, false, 15},
	{"TD", []int{10, 20}, OpenSession, false, 15},
	{"UV", []int{20, 10}, OpenSession, false, 15},
	{"VNNB", []int{5, 10}, OpenSession, false, 15},
	{"ROTA", []int{1}, OpenSingle, false, 5},
	{"PCV", []int{1, 5}, OpenSession, false, 15},
	{"HPV-EPI", []int{1}, OpenSingle, false, 5},
	{"TA", []int{1, 5}, OpenSession, false, 5},
	{"TH", []int{20, 1}, OpenSession, false, 15},
	{"MMR", []int{1}, OpenSixHours, false, 0},
	{"IMOJEV", []int{1}, OpenSixHours, false, 0},
	{"SVV", []int{1}, OpenSixHours, false, 0},
}

// VialsOf is how a vaccine comes; what is in no table comes in single doses.
func VialsOf(vaccine string) Vials {
	for i := range vialTable {
		if vialTable[i].Vaccine == vaccine {
			v := vialTable[i]
			v.Sizes = slices.Clone(v.Sizes)
			return v
		}
	}
	return Vials{Vaccine: vaccine, Sizes: []int{1}}
}
