package desk

import (
	"cmp"
	"context"
	"slices"

	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

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
	at   map[p.EntityID]int     // of a place in out.Places
	had  []registry.CampaignHad // by person, until the end of the day
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
	r.had = make([]registry.CampaignHad, r.read.people)
	for i := range r.read.given { // by day
		x := &r.read.given[i]
		if x.On > r.out.Day {
			break
		}
		dose := r.out.Take(&r.had[r.read.whom[i]], x.On)
		if dose == 0 {
			continue
		}
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
	return nil
}

// hadBy is what a person has had until the end of the day.
func (r *reporting) hadBy(who p.EntityID) registry.CampaignHad {
	if n, known := r.read.at[who]; known {
		return r.had[n]
	}
	return registry.CampaignHad{}
}

// day counts the doses of the day by age, sex and lot.
func (r *reporting) day() error {
	doses, err := r.read.day(r.tx, r.out.ID, r.out.Day)
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
		switch had := r.hadBy(personOf(&x.CampaignDose)); {
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

// lists counts who is listed, and who has no dose and why; of a campaign of two doses who is due for the second, and has none, too.
func (r *reporting) lists() error {
	seen := make([]bool, r.read.records)
	var without []store.CampaignEntry
	for i := range r.read.list {
		x := &r.read.list[i]
		if seen[r.read.entry[i]] { // two laptops listed them
			continue
		}
		seen[r.read.entry[i]] = true
		k := r.line(x.Place)
		if k < 0 {
			continue
		}
		r.out.Places[k].Listed++
		had := r.had[r.read.whose[i]]
		if had.First != 0 && had.Second == 0 && r.out.Doses() == 2 && !r.out.Rests(had, r.out.Day) {
			r.out.Places[k].DueSecond++
		}
		if x.Mark != 0 && x.Day <= r.out.Day && r.lacks(had, x.Day) {
			without = append(without, *x)
		}
	}
	without, err := r.unlinked(without)
	if err != nil {
		return err
	}
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

// lacks reports whether somebody has a dose to come, and what was written on a day says why there was none.
func (r *reporting) lacks(had registry.CampaignHad, on registry.Day) bool {
	dose, _ := r.out.Next(had)
	return dose != 0 && (had.First == 0 || on > had.First)
}

// unlinked leaves out who lacks nothing by what another record has had that theirs was linked to after it was listed.
func (r *reporting) unlinked(without []store.CampaignEntry) ([]store.CampaignEntry, error) {
	var asked []p.EntityID
	for i := range without {
		if r.hadBy(without[i].Subject).First == 0 {
			asked = append(asked, without[i].Subject)
		}
	}
	cases, err := r.tx.CasesOf(setOf(asked)...)
	if err != nil || len(cases) == 0 {
		return without, err
	}
	return slices.DeleteFunc(without, func(x store.CampaignEntry) bool {
		lead, linked := cases[x.Subject]
		return linked && !r.lacks(r.hadBy(lead), x.Day)
	}), nil
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
