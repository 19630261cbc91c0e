package registry

import (
	"cmp"
	"slices"
)

// What a month's need is worked out with where nobody says otherwise. Each is data of its source, and a person may change it on the page.
const (
	// NeedCoverage is the share of those due that are expected to come, percent: the goal for 2030 of Decision 2780/QĐ-BYT of 2025-08-29.
	NeedCoverage = 95
	// NeedBuffer is kept beside what is used, percent of it: a quarter of what a supply period takes (vietnam.md 2.4; WHO, vaccine needs).
	NeedBuffer = 25
	// NeedSyringeWastage is how many syringes of a hundred are spoilt: a factor of 1.11, with which WHO plans auto-disable syringes. Not yet held
	// against the printed source.
	NeedSyringeWastage = 10
	// NeedBoxHolds is how many syringes go into one safety box (vietnam.md 2.3).
	NeedBoxHolds = 100
)

// Limits of what is asked on the page of needs.
const (
	NeedCoverageMax = 100 // percent
	NeedBufferMax   = 300 // percent: three months
	// needWastageMax bounds a wastage rate: at 100 percent no number of vials would do.
	needWastageMax = 95
)

// Own wastage is taken for planning from so many full months with doses in them, of the last year, and so many doses of opened vials on: fewer
// say more of chance than of the place.
const (
	NeedWastageMonths = 6
	NeedWastageDoses  = 50
)

// PlannedDoses is how many doses of a vaccine a person of a group has in a year.
type PlannedDoses struct {
	Group TargetGroup
	Doses int
}

// planTable is for whom the programme's doses of a year are planned, by the schedule's ages (Circular 52/2025/TT-BYT; Japanese encephalitis two
// doses in the second year of life and one in the third). A pregnant woman is planned for with two doses of tetanus toxoid (WHO 2019).
var planTable = []struct {
	vaccine string
	plan    []PlannedDoses
}{
	{"VGB0", []PlannedDoses{{TargetBirths, 1}}},
	{"BCG", []PlannedDoses{{TargetBirths, 1}}},
	{"DPT-VGB-HIB", []PlannedDoses{{TargetUnder1, 3}}},
	{"BOPV", []PlannedDoses{{TargetUnder1, 3}}},
	{"IPV", []PlannedDoses{{TargetUnder1, 2}}},
	{"ROTA", []PlannedDoses{{TargetUnder1, 2}}},
	{"PCV", []PlannedDoses{{TargetUnder1, 3}}},
	{"SOI", []PlannedDoses{{TargetUnder1, 1}}},
	{"MR", []PlannedDoses{{TargetAge1, 1}}},
	{"DPT", []PlannedDoses{{TargetAge1, 1}}},
	{"VNNB", []PlannedDoses{{TargetAge1, 2}, {TargetAge2, 1}}},
	{"TD", []PlannedDoses{{TargetAge7, 1}}},
	{"HPV-EPI", []PlannedDoses{{TargetGirls11, 2}}},
	{"UV", []PlannedDoses{{TargetPregnant, 2}}},
}

// PlannedFor is for whom doses of a vaccine are planned in a year; nothing for what is no part of the routine programme.
func PlannedFor(vaccine string) []PlannedDoses {
	for i := range planTable {
		if planTable[i].vaccine == vaccine {
			return slices.Clone(planTable[i].plan)
		}
	}
	return nil
}

// NeedInput is what a month's need of one vaccine rests on. All amounts but Vial are doses.
type NeedInput struct {
	Vaccine    string
	Vial       int  // doses in a vial, 1 or more
	Registered int  // that people on the register are due in the month, overdue ones among them
	Newborn    int  // that children have who are expected to be born in it
	Planned    int  // that the targets of the year have in a month, see PlannedAMonth
	HasPlan    bool // there are such targets
	Usual      int  // given in a usual month: it counts where there is neither a register nor a target
	Coverage   int  // percent
	Wastage    int  // percent, of all doses
	Buffer     int  // percent of what is used
	Sessions   int  // at which the vaccine is given
	Usable     int  // on hand and usable in the month
}

// Need is the need of a vaccine in a month, step by step: each rests on the one before, so that a person can check it.
type Need struct {
	NeedInput
	Due        int // the greater of those due on the register, with the newborn, and the plan; else what is usual
	Reached    int // Due × Coverage, up
	Used       int // Reached × wastage factor, up
	Reserve    int // Used × Buffer, up
	AtLeast    int // of vials of several doses one is opened at each session
	Wanted     int // Used + Reserve, and no less than AtLeast
	Lacking    int // Wanted - Usable, not below 0
	Vials      int // Lacking in vials, up
	Doses      int // in those vials
	BySessions bool
}

// PlannedAMonth is the doses of a month, of those of a year for so many people: a twelfth, up.
func PlannedAMonth(people, doses int) int { return ceilDiv(people*doses, 12) }

// WastageFactor is how many hundredths of a dose are needed for one given: 100 × 100 / (100 - percent), to the nearest (vietnam.md 2.4).
func WastageFactor(percent int) int {
	of := 100 - clamp(percent, 0, needWastageMax)
	return (100*100 + of/2) / of
}

// NeedOf works out a need.
func NeedOf(in NeedInput) Need {
	in.Vial = max(in.Vial, 1)
	in.Coverage, in.Buffer, in.Wastage = clamp(in.Coverage, 0, NeedCoverageMax), clamp(in.Buffer, 0, NeedBufferMax), clamp(in.Wastage, 0, needWastageMax)
	n := Need{NeedInput: in, Due: in.Registered + in.Newborn}
	if in.HasPlan {
		n.Due = max(n.Due, in.Planned)
	}
	if n.Due == 0 && !in.HasPlan {
		n.Due = in.Usual
	}
	n.Reached = ceilDiv(n.Due*in.Coverage, 100)
	n.Used = ceilDiv(n.Reached*WastageFactor(in.Wastage), 100)
	n.Reserve = ceilDiv(n.Used*in.Buffer, 100)
	if in.Vial > 1 && n.Reached > 0 {
		n.AtLeast = in.Sessions * in.Vial
	}
	n.Wanted = n.Used + n.Reserve
	if n.AtLeast > n.Wanted {
		n.Wanted, n.BySessions = n.AtLeast, true
	}
	n.Lacking = max(0, n.Wanted-max(0, in.Usable))
	n.Vials = ceilDiv(n.Lacking, in.Vial)
	n.Doses = n.Vials * in.Vial
	return n
}

// SupplyNeed is the need of a supply, by piece.
type SupplyNeed struct {
	Item    string
	For     int // doses given, vials mixed, or syringes thrown away
	Wastage int // percent
	Buffer  int // percent, 0 where what it is for holds the buffer already
	Per     int // one is for so many; 1 but for boxes
	Wanted  int
	Usable  int
	Lacking int
}

// SuppliesFor works out what is needed beside the vaccines: a syringe a dose, one to mix and one vial of diluent for each vial that is mixed, and
// a box for every hundred syringes. usable is what is on hand, by item.
func SuppliesFor(needs []Need, buffer int, usable map[string]int) []SupplyNeed {
	doses, mixed, diluent := map[string]int{}, 0, map[string]int{}
	for i := range needs {
		n := &needs[i]
		if item := SyringeOf(n.Vaccine, ProgrammeEPI, 0); item != "" {
			doses[item] += n.Reached
		}
		if VialsOf(n.Vaccine).Mixed {
			vials := ceilDiv(max(n.Used, n.AtLeast), n.Vial)
			mixed += vials
			diluent[DiluentOf(n.Vaccine)] += ceilDiv(n.Wanted, n.Vial)
		}
	}
	var out []SupplyNeed
	add := func(item string, of, wastage, buffer, per int) int {
		if of == 0 {
			return 0
		}
		s := SupplyNeed{Item: item, For: of, Wastage: wastage, Buffer: buffer, Per: per, Usable: max(0, usable[item])}
		used := ceilDiv(ceilDiv(of*WastageFactor(wastage), 100), per)
		s.Wanted = used + ceilDiv(used*buffer, 100)
		s.Lacking = max(0, s.Wanted-s.Usable)
		out = append(out, s)
		return s.Wanted
	}
	buffer = clamp(buffer, 0, NeedBufferMax)
	syringes := add(SupplyAD01, doses[SupplyAD01], NeedSyringeWastage, buffer, 1)
	syringes += add(SupplyAD05, doses[SupplyAD05], NeedSyringeWastage, buffer, 1)
	syringes += add(SupplyMix5, mixed, NeedSyringeWastage, buffer, 1)
	add(SupplyBox, syringes, 0, 0, NeedBoxHolds)
	for _, item := range Supplies() {
		if DiluentFor(item) != "" {
			add(item, diluent[item], 0, 0, 1)
		}
	}
	return out
}

// ProposedOrder is what an order may ask for, by item: doses of vaccines, in whole vials, and pieces of supplies. What is not lacking is not in it.
func ProposedOrder(needs []Need, supplies []SupplyNeed) map[string]int {
	out := map[string]int{}
	for i := range needs {
		if needs[i].Doses > 0 {
			out[needs[i].Vaccine] += needs[i].Doses
		}
	}
	for i := range supplies {
		if supplies[i].Lacking > 0 {
			out[supplies[i].Item] += supplies[i].Lacking
		}
	}
	return out
}

// NeedLot is a lot on hand, as it is used up: Usable of it until the month ends, Left when it expires, of which nobody had the use.
type NeedLot struct {
	Number        string
	Expires       Day // 0: nobody wrote it
	Balance       int
	Usable, Left  int
	UsedUpTo, End Day // the last day on which it can be used, and the last of the month
}

// UseUp goes through the lots of one vaccine in the order of their expiry, as they will be used: before doses until the month begins, and month
// doses in it and in each of the months behind it. It tells what of each can be used until the month ends, and what will be left when it expires.
// The sum of Usable less before is what the month can count on.
func UseUp(lots []NeedLot, today, from, to Day, before, month int) []NeedLot {
	out := slices.Clone(lots)
	never := to + 36_500
	slices.SortStableFunc(out, func(a, b NeedLot) int { return cmp.Compare(cmp.Or(a.Expires, never), cmp.Or(b.Expires, never)) })
	// asked is how many doses are used from today to the end of a day.
	asked := func(day Day) int {
		if day < from {
			if from <= today || day < today {
				return 0
			}
			return before * int(day-today+1) / int(from-today)
		}
		return before + ceilDiv(month*int(day-from+1), int(to-from+1))
	}
	soon, late := 0, 0 // used of the lots before: until the month ends, and until they expire
	for i := range out {
		l := &out[i]
		l.End = to
		last := cmp.Or(l.Expires, never)
		l.UsedUpTo = last
		have := max(0, l.Balance)
		if last < today {
			l.Left = have
			continue
		}
		used := min(have, max(0, asked(last)-late))
		late += used
		l.Left = have - used
		if l.Expires == 0 {
			l.Left = 0
		}
		l.Usable = have
		if last <= to {
			l.Usable = min(have, max(0, asked(last)-soon))
		}
		soon += l.Usable
	}
	return out
}

// Wastage is what became of the doses of a vaccine's vials in some time: by the definitions of WHO, in doses.
type Wastage struct {
	Given  int // to people
	Rest   int // thrown away with opened vials
	Closed int // thrown away, broken or lost before a vial was opened
	Months int // with something given
}

// Opened is the doses of opened vials: given, and thrown away with them.
func (w Wastage) Opened() int { return w.Given + w.Rest }

// OpenRate is the open-vial wastage, of the doses of opened vials; ClosedRate the closed-vial wastage, of all that left the fridge; Rate both
// together, 1 - (1 - closed) × (1 - open). Tenths of a percent; -1 of nothing.
func (w Wastage) OpenRate() int { return permille(w.Rest, w.Opened()) }

// ClosedRate see OpenRate.
func (w Wastage) ClosedRate() int { return permille(w.Closed, w.Opened()+w.Closed) }

// Rate see OpenRate.
func (w Wastage) Rate() int { return permille(w.Rest+w.Closed, w.Opened()+w.Closed) }

// Add adds up two times.
func (w Wastage) Add(x Wastage) Wastage {
	return Wastage{w.Given + x.Given, w.Rest + x.Rest, w.Closed + x.Closed, w.Months + x.Months}
}

// Tells reports whether there is enough to plan by.
func (w Wastage) Tells() bool { return w.Months >= NeedWastageMonths && w.Opened() >= NeedWastageDoses }

// PlanBy is the rate to plan with, in whole percent, up, and whether it is the place's own: else that of planning for the vaccine.
func (w Wastage) PlanBy(vaccine string) (percent int, own bool) {
	if w.Tells() {
		return clamp(ceilDiv(w.Rate(), 10), 0, needWastageMax), true
	}
	return VialsOf(vaccine).Wastage, false
}

func permille(part, of int) int {
	if of <= 0 {
		return -1
	}
	return (part*1000 + of/2) / of
}

func ceilDiv(n, by int) int {
	if n <= 0 {
		return 0
	}
	return (n + by - 1) / by
}

func clamp(n, lo, hi int) int { return max(lo, min(n, hi)) }
