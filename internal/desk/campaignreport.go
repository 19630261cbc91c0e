package desk

import (
	"cmp"
	"context"
	"slices"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// ReportDueHour is until when a day's figures of a campaign are to be with those above: before 17:00 (TT 13/2026/TT-BYT, Article
// 15). What the report holds and how it is laid out is ours: the circular has no form.
const ReportDueHour = 17

// AgeBand is an age group of the report, in full months, both inclusive; To 0 has no end. The bands are ours.
type AgeBand struct{ From, To int }

// AgeBands are the age groups of the report: those of the measles campaigns below one year, then of five years.
var AgeBands = []AgeBand{{0, 5}, {6, 8}, {9, 11}, {12, 59}, {60, 119}, {120, 179}, {180, 0}}

func bandOf(months int) int {
	for i, b := range AgeBands {
		if months >= b.From && (b.To == 0 || months <= b.To) {
			return i
		}
	}
	return -1
}

// CampaignPlace is how far a place is.
type CampaignPlace struct {
	Place          p.EntityID
	Name           string
	Target         int
	HasTarget      bool
	Listed         int
	Given, Today   int   // people since the beginning, and on the day
	Second         int   // of Given in the second round
	Full, FullNow  int   // of Given who have the second dose as well, and who had it on the day
	DueSecond      int   // of Listed whose second dose is to come on the day or was to come before
	Absent, Others int   // without a dose, absent or for another reason, as it stands now
	HeardMS        int64 // hub time of the last news of its machines, 0 if there never was; of this machine itself: -1
	Machines       int
}

// CampaignAge counts the day's doses of an age group; the age that nobody knows is the last one.
type CampaignAge struct {
	Band                  AgeBand
	Unknown               bool
	Male, Female, Neither int
}

// CampaignOut counts those without a dose, by why and by the words beside it.
type CampaignOut struct {
	Outcome registry.EnrolmentOutcome
	Reason  string
	Day     int // written on the day
	All     int // as it stands
}

// CampaignReport is what a campaign came to on a day.
type CampaignReport struct {
	Campaigning
	Day    registry.Day
	Round  int
	Places []CampaignPlace
	Sum    CampaignPlace
	// Ages counts the doses of the day; of a campaign of two doses the first ones, and AgesSecond the second ones. Beside are those
	// that are neither: too soon for a second, or written down twice.
	Ages, AgesSecond []CampaignAge
	Beside           int
	Lots             []LotGiven
	Out              []CampaignOut
	Common, Severe   int // reactions that began on the day, of doses of this campaign
}

// CampaignDay makes the report of a day for a person's places: at a hub all of the subtree, by its communes.
func (d *Desk) CampaignDay(ctx context.Context, who Who, id p.EntityID, day registry.Day) (*CampaignReport, error) {
	if err := may(who, rights.Read, registry.KindEnrolment); err != nil {
		return nil, err
	}
	out := &CampaignReport{Day: day}
	err := d.view(ctx, func(tx store.Tx) error {
		x, err := d.campaign(tx, who, id)
		if err != nil {
			return err
		}
		out.Campaigning, out.Round = *x, x.Round(day)
		read, err := d.readCampaign(tx, id)
		if err != nil {
			return err
		}
		r := &reporting{Desk: d, tx: tx, out: out, read: read, area: d.areaOf(who), at: map[p.EntityID]int{}}
		for _, step := range []func() error{r.places, r.given, r.day, r.lists, r.reactions, r.heard} {
			if err := step(); err != nil {
				return err
			}
		}
		r.sum()
		out.Listed, out.Given = out.Sum.Listed, out.Sum.Given
		return nil
	})
	return out, err
}

// reporting is one report on its way.
type reporting struct {
	*Desk
	tx   store.Tx
	out  *CampaignReport
	read *campaignRead
	area *area
	at   map[p.EntityID]int // of a place in out.Places
	had  hadOf              // until the end of the day
}

func (r *reporting) places() error {
	if r.Node.Identity().Role == registry.NodeStation {
		row, _ := r.Map().Row(r.Node.Identity().Place)
		r.place(row.ID, row.Name)
		if n, ok := r.out.Target(r.Home().Commune); ok {
			r.out.Places[0].Target, r.out.Places[0].HasTarget = n, true
		}
		return nil
	}
	for _, row := range r.TargetPlaces(&r.out.CampaignInput) {
		if r.area.has(row.ID) {
			r.place(row.ID, row.Name)
		}
	}
	return nil
}

func (r *reporting) place(id p.EntityID, name string) int {
	r.at[id] = len(r.out.Places)
	x := CampaignPlace{Place: id, Name: name}
	x.Target, x.HasTarget = r.out.Target(id)
	r.out.Places = append(r.out.Places, x)
	return r.at[id]
}

// line finds the line of where something was done, -1 for what is none of the person's: that of the place or of what it lies in.
func (r *reporting) line(place p.EntityID) int {
	if k, known := r.at[place]; known {
		return k
	}
	if !r.area.has(place) {
		r.at[place] = -1
		return -1
	}
	for _, up := range r.Map().Path(place) {
		if k, known := r.at[up]; known {
			r.at[place] = k
			return k
		}
	}
	if r.Node.Identity().Role == registry.NodeStation {
		row, _ := r.Node.Atlas().Row(place) // a colleague's point that shares the register
		return r.place(place, row.Name)
	}
	row, _ := r.Node.Atlas().Row(place)
	return r.place(place, row.Name)
}

// given counts who had a dose since the beginning.
func (r *reporting) given() error {
	r.had = make(hadOf, len(r.read.given))
	for i := range r.read.given { // by day
		x := &r.read.given[i]
		if x.On > r.out.Day {
			break
		}
		who := personOf(x)
		had := r.had[who]
		dose := r.out.Take(&had, x.On)
		if dose == 0 {
			continue
		}
		r.had[who] = had
		k := r.line(x.Place)
		if k < 0 {
			continue
		}
		at, today := &r.out.Places[k], x.On == r.out.Day
		switch {
		case dose == 2:
			at.Full++
			if today {
				at.FullNow++
			}
			continue
		case today:
			at.Today++
		}
		at.Given++
		if r.out.Campaigning.Campaign.Round(x.On) == 2 {
			at.Second++
		}
	}
	for i := range r.read.given {
		if x := &r.read.given[i]; x.Subject != x.Case && x.On <= r.out.Day {
			r.had[x.Subject] = r.had[personOf(x)]
		}
	}
	return nil
}

// day counts the doses of the day by age, sex and lot.
func (r *reporting) day() error {
	doses, err := r.tx.CampaignDay(r.out.ID, r.out.Day)
	if err != nil {
		return err
	}
	first, second := newAges(), newAges()
	lots := map[string]int{}
	for i := range doses {
		x := &doses[i]
		if r.line(x.Place) < 0 {
			continue
		}
		lots[x.Lot]++
		if r.out.Doses() == 1 {
			first.add(x)
			continue
		}
		// Of two that stand on one day one is the dose, and the other is none of the two.
		switch had := r.had[personOf(&x.CampaignDose)]; {
		case had.First == r.out.Day && first.once(x):
			first.add(x)
		case had.Second == r.out.Day && second.once(x):
			second.add(x)
		default:
			r.out.Beside++
		}
	}
	r.out.Ages = first.lines()
	if r.out.Doses() == 2 {
		r.out.AgesSecond = second.lines()
	}
	for lot, n := range lots {
		r.out.Lots = append(r.out.Lots, LotGiven{Vaccine: r.out.Vaccine, Lot: lot, Count: n})
	}
	slices.SortFunc(r.out.Lots, func(a, b LotGiven) int { return cmp.Compare(a.Lot, b.Lot) })
	return nil
}

// ages counts doses by age and sex.
type ages struct {
	bands   []CampaignAge
	unknown CampaignAge
	seen    map[p.EntityID]bool
}

func newAges() *ages {
	out := &ages{unknown: CampaignAge{Unknown: true}, seen: map[p.EntityID]bool{}}
	for _, b := range AgeBands {
		out.bands = append(out.bands, CampaignAge{Band: b})
	}
	return out
}

// once reports whether this is a person's first dose told.
func (a *ages) once(x *store.CampaignDayDose) bool {
	who := personOf(&x.CampaignDose)
	had := a.seen[who]
	a.seen[who] = true
	return !had
}

func (a *ages) add(x *store.CampaignDayDose) {
	age := &a.unknown
	if x.BirthPrec != 0 {
		if k := bandOf(x.On.AgeMonths(x.BirthDate)); k >= 0 {
			age = &a.bands[k]
		}
	}
	switch x.Sex {
	case registry.SexMale:
		age.Male++
	case registry.SexFemale:
		age.Female++
	default:
		age.Neither++
	}
}

func (a *ages) lines() []CampaignAge {
	if a.unknown.Male+a.unknown.Female+a.unknown.Neither > 0 {
		return append(a.bands, a.unknown)
	}
	return a.bands
}

// lists counts who is listed, and who has no dose and why; of a campaign of two doses who is due for the second, and has none, too.
func (r *reporting) lists() error {
	seen := make(map[p.EntityID]bool, len(r.read.list))
	var without []store.CampaignEntry
	for i := range r.read.list {
		x := &r.read.list[i]
		if seen[x.Subject] { // two laptops listed them
			continue
		}
		seen[x.Subject] = true
		k := r.line(x.Place)
		if k < 0 {
			continue
		}
		r.out.Places[k].Listed++
		if had := r.had[x.Subject]; had.First != 0 && had.Second == 0 && r.out.Doses() == 2 && !r.out.Rests(had, r.out.Day) {
			r.out.Places[k].DueSecond++
		}
		if x.Mark != 0 && x.Day <= r.out.Day {
			without = append(without, *x)
		}
	}
	if err := r.had.linked(r.tx, without); err != nil {
		return err
	}
	without = slices.DeleteFunc(without, func(x store.CampaignEntry) bool {
		had := r.had[x.Subject]
		dose, _ := r.out.Next(had)
		return dose == 0 || had.First != 0 && x.Day <= had.First
	})
	whys, err := r.whysOf(r.tx, r.out.ID, without)
	if err != nil {
		return err
	}
	type why struct {
		outcome registry.EnrolmentOutcome
		reason  string
	}
	at := map[why]int{}
	for i := range without {
		x := &without[i]
		place, w := &r.out.Places[r.line(x.Place)], why{outcomeOf(x.Mark), whys[x.ID]}
		if w.outcome == registry.EnrolmentAbsent {
			place.Absent++
		} else {
			place.Others++
		}
		j, known := at[w]
		if !known {
			j = len(r.out.Out)
			at[w] = j
			r.out.Out = append(r.out.Out, CampaignOut{Outcome: w.outcome, Reason: w.reason})
		}
		r.out.Out[j].All++
		if x.Day == r.out.Day {
			r.out.Out[j].Day++
		}
	}
	slices.SortFunc(r.out.Out, func(a, b CampaignOut) int {
		return cmp.Or(cmp.Compare(a.Outcome, b.Outcome), cmp.Compare(b.All, a.All), cmp.Compare(a.Reason, b.Reason))
	})
	return nil
}

// reactions counts those that began on the day and are put down to a dose of this campaign.
func (r *reporting) reactions() error {
	var places []p.EntityID
	for _, id := range r.Node.Atlas().Places() {
		if row, ok := r.Node.Atlas().Row(id); ok && row.Level == registry.LevelFacility && r.area.has(id) {
			places = append(places, id)
		}
	}
	states, err := r.tx.RecordsAt(store.RecordQuery{Kind: registry.KindReaction, Places: places, From: r.out.Day, Until: r.out.Day + 1})
	if err != nil {
		return err
	}
	list, err := recorded(r.tx, states)
	if err != nil {
		return err
	}
	for _, s := range list {
		x := registry.ReactionOf(s)
		ours := false
		for _, id := range x.Doses {
			dose, err := r.tx.ImmunizationRow(id)
			if err != nil {
				return err
			}
			ours = ours || dose != nil && dose.Campaign == r.out.ID
		}
		switch {
		case !ours:
		case x.Severity == registry.SeveritySevere:
			r.out.Severe++
		default:
			r.out.Common++
		}
	}
	return nil
}

// heard says until when each place's machines were heard from.
func (r *reporting) heard() error {
	if r.Node.Identity().Role == registry.NodeStation {
		r.out.Places[0].HeardMS, r.out.Places[0].Machines = -1, 1
		return nil
	}
	rows, err := r.tx.StationsHeard()
	for _, x := range rows {
		k := r.line(x.Place)
		if k < 0 {
			continue
		}
		at := &r.out.Places[k]
		// The machine heard longest ago says how old the place's figures may be.
		if at.Machines == 0 || x.MS < at.HeardMS {
			at.HeardMS = x.MS
		}
		at.Machines++
	}
	return err
}

func (r *reporting) sum() {
	s := &r.out.Sum
	s.HasTarget = len(r.out.Places) > 0
	for i := range r.out.Places {
		x := &r.out.Places[i]
		s.Target, s.Listed, s.Given, s.Today, s.Second = s.Target+x.Target, s.Listed+x.Listed, s.Given+x.Given, s.Today+x.Today, s.Second+x.Second
		s.Full, s.FullNow, s.DueSecond = s.Full+x.Full, s.FullNow+x.FullNow, s.DueSecond+x.DueSecond
		s.Absent, s.Others, s.Machines = s.Absent+x.Absent, s.Others+x.Others, s.Machines+x.Machines
		s.HasTarget = s.HasTarget && x.HasTarget
	}
}

// ReportDue tells a station that has given doses of a campaign today and not closed its day how many minutes are left until the
// report is due; late ones are below zero. False: nothing is due.
func (d *Desk) ReportDue(ctx context.Context, id p.EntityID) (minutes int, due bool, err error) {
	if d.Node.Identity().Role != registry.NodeStation {
		return 0, false, nil
	}
	today := d.Today()
	err = d.view(ctx, func(tx store.Tx) error {
		doses, err := tx.DosesOfCampaign(id, today, today)
		if err != nil {
			return err
		}
		own := d.Node.Identity().Place
		due = slices.ContainsFunc(doses, func(x project.ImmunizationRow) bool { return x.Place == own && !x.Void && x.NotDone == 0 })
		held, err := sessionsOn(tx, own, today)
		if err != nil || !due {
			return err
		}
		open, err := openSessions(tx, own, today)
		due = len(held) == 0 || len(open) > 0
		return err
	})
	now, _ := d.Clock().Minute()
	return ReportDueHour*60 - now, due, err
}

// reportAskHour is from which hour on a report that waits is spoken of on the first page: before, the day is still on.
const reportAskHour = 15

// ReportWaiting is a campaign whose report of today waits.
type ReportWaiting struct {
	ID      p.EntityID
	Name    string
	Minutes int // left until it is due; late ones are below zero
}

// ReportsWaiting lists the campaigns whose report of today waits at this station, from reportAskHour on.
func (d *Desk) ReportsWaiting(ctx context.Context, who Who) ([]ReportWaiting, error) {
	if now, _ := d.Clock().Minute(); now < reportAskHour*60 || d.Node.Identity().Role != registry.NodeStation || may(who, rights.Read, registry.KindCampaign) != nil {
		return nil, nil
	}
	var held []registry.Campaign
	today := d.Today()
	if err := d.view(ctx, func(tx store.Tx) error {
		rows, err := tx.RecordsAt(store.RecordQuery{Kind: registry.KindCampaign, Places: d.campaignPlaces(who), From: today})
		if err != nil {
			return err
		}
		states, err := recorded(tx, rows)
		if err != nil {
			return err
		}
		for _, s := range states {
			if x := registry.CampaignOf(s); x.From <= today && d.campaignConcerns(who, &x) {
				held = append(held, x)
			}
		}
		return nil
	}); err != nil {
		return nil, err
	}
	var out []ReportWaiting
	for i := range held {
		minutes, due, err := d.ReportDue(ctx, held[i].ID)
		if err != nil {
			return nil, err
		}
		if due {
			out = append(out, ReportWaiting{held[i].ID, held[i].Name, minutes})
		}
	}
	return out, nil
}
