package desk

import (
	"cmp"
	"sync"

	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// whysKept is of how many campaigns it is remembered why people had no dose.
const whysKept = 8

// campaignRead is what a campaign is counted from: its lists, and who had a dose, by day. Nothing of it is written to but days.
type campaignRead struct {
	mu   sync.Mutex
	days map[registry.Day][]store.CampaignDayDose // the doses of days that were reported

	stamp uint64 // at which it was read
	list  []store.CampaignEntry
	given []store.CampaignDose
	// People and records are numbered, so that a report of a hundred thousand counts in lists and looks nobody up by name.
	at     map[p.EntityID]int32 // number of the person, by case and by every record a dose was written to or that is listed
	people int
	whom   []int32 // by dose, the person
	whose  []int32 // by entry, the person
	entry  []int32 // by entry, the record: two laptops may have listed one
	// records is how many are listed.
	records int
}

// dayDosesKept bounds the doses of days that are kept of one campaign: some 10 MB.
const dayDosesKept = 100_000

// day reads the doses of a day with the age and sex of whom they were given to. They are kept as long as the campaign is.
func (r *campaignRead) day(tx store.Tx, campaign p.EntityID, day registry.Day) ([]store.CampaignDayDose, error) {
	r.mu.Lock()
	doses, known := r.days[day]
	r.mu.Unlock()
	if known {
		return doses, nil
	}
	doses, err := tx.CampaignDay(campaign, day)
	if err != nil || r.stamp == 0 {
		return doses, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	n := len(doses)
	for _, x := range r.days {
		n += len(x)
	}
	if r.days == nil || n > dayDosesKept {
		r.days = map[registry.Day][]store.CampaignDayDose{}
	}
	if len(doses) <= dayDosesKept {
		r.days[day] = doses
	}
	return doses, nil
}

// number numbers people and records once all are read.
func (r *campaignRead) number() {
	r.at = make(map[p.EntityID]int32, max(len(r.given), len(r.list)))
	of := func(id p.EntityID) int32 {
		n, known := r.at[id]
		if !known {
			n = int32(r.people)
			r.at[id] = n
			r.people++
		}
		return n
	}
	r.whom, r.whose, r.entry = make([]int32, len(r.given)), make([]int32, len(r.list)), make([]int32, len(r.list))
	for i := range r.given {
		r.whom[i] = of(personOf(&r.given[i]))
	}
	for i := range r.given {
		if x := &r.given[i]; x.Subject != x.Case {
			r.at[x.Subject] = r.whom[i]
		}
	}
	listed := make(map[p.EntityID]int32, len(r.list))
	for i := range r.list {
		x := &r.list[i]
		r.whose[i] = of(x.Subject)
		n, known := listed[x.Subject]
		if !known {
			n = int32(len(listed))
			listed[x.Subject] = n
		}
		r.entry[i] = n
	}
	r.records = len(listed)
}

// count counts who is listed and who had a dose, where has says so.
func (r *campaignRead) count(has func(place p.EntityID) bool) (listed, given int) {
	in := sameAsLast(has)
	seen := make([]bool, r.records)
	for i := range r.list {
		if n := r.entry[i]; !seen[n] && in(r.list[i].Place) {
			seen[n] = true
			listed++
		}
	}
	had := make([]bool, r.people)
	for i := range r.given {
		if n := r.whom[i]; !had[n] && in(r.given[i].Place) {
			had[n] = true
			given++
		}
	}
	return listed, given
}

// sameAsLast spares a question about the place that was asked about last: of a hundred thousand rows most stand beside others of theirs.
func sameAsLast(has func(p.EntityID) bool) func(p.EntityID) bool {
	var last p.EntityID
	in := has(last)
	return func(place p.EntityID) bool {
		if place != last {
			last, in = place, has(place)
		}
		return in
	}
}

// readsKept bounds what of campaigns is kept in memory, entries and doses together: some 40 MB.
const readsKept = 400_000

// readCampaign reads it. At a centre that is a hundred thousand rows of each and takes half a second; so what was read stays, as long
// as the store says that nothing of it changed. Of a campaign that is over nothing does.
func (d *Desk) readCampaign(tx store.Tx, id p.EntityID) (*campaignRead, error) {
	stamp, err := tx.CampaignStamp(id)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	kept := d.reads[id]
	d.mu.Unlock()
	if kept != nil && kept.stamp == stamp && stamp != 0 {
		return kept, nil
	}
	out := &campaignRead{stamp: stamp}
	if out.list, err = tx.ListedIn(id); err != nil {
		return nil, err
	}
	if out.given, err = tx.GivenIn(id); err != nil {
		return nil, err
	}
	if out.number(); stamp == 0 {
		return out, nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	n := len(out.list) + len(out.given)
	for other, x := range d.reads {
		if other != id {
			n += len(x.list) + len(x.given)
		}
	}
	if d.reads == nil || n > readsKept {
		d.reads = map[p.EntityID]*campaignRead{}
	}
	if len(out.list)+len(out.given) <= readsKept {
		d.reads[id] = out
	}
	return out, nil
}

// hadOf is what people have had of a campaign, by case, and by the record a dose was written to.
type hadOf map[p.EntityID]registry.CampaignHad

// had tells it of all doses.
func (r *campaignRead) had(c *registry.Campaign) hadOf {
	given := r.given
	had := make(hadOf, len(given))
	for i := range given { // by day
		who := personOf(&given[i])
		h := had[who]
		c.Take(&h, given[i].On)
		had[who] = h
	}
	for i := range given {
		if at := given[i].Subject; at != given[i].Case {
			had[at] = had[personOf(&given[i])]
		}
	}
	return had
}

// personOf is the case of a dose, or the record it was written to where that is not here.
func personOf(x *store.CampaignDose) p.EntityID { return cmp.Or(x.Case, x.Subject) }

// linked adds those on a list whose record was linked to another after it was listed: the dose is written to the one that leads.
func (h hadOf) linked(tx store.Tx, list []store.CampaignEntry) error {
	var without []p.EntityID
	for i := range list {
		if _, ok := h[list[i].Subject]; !ok {
			without = append(without, list[i].Subject)
		}
	}
	cases, err := tx.CasesOf(setOf(without)...)
	for subject, lead := range cases {
		if had, ok := h[lead]; ok {
			h[subject] = had
		}
	}
	return err
}

// outcomeOf is why an entry of a list had no dose, as its row says.
func outcomeOf(mark int32) registry.EnrolmentOutcome {
	return registry.EnrolmentOutcome(max(0, min(mark, 255)))
}

// whyRead is why somebody had no dose, in words, and by which state of the entry that was read.
type whyRead struct {
	sum    uint32
	reason string
}

// whysOf reads the words beside the outcomes of entries. A campaign's page is looked at again and again, so what was read before is not
// read again as long as the entry's row says that it is the same; of what is no more asked for nothing is kept.
func (d *Desk) whysOf(tx store.Tx, campaign p.EntityID, list []store.CampaignEntry) (map[p.EntityID]string, error) {
	d.mu.Lock()
	before := d.whys[campaign]
	d.mu.Unlock()
	known := make(map[p.EntityID]whyRead, len(list))
	out := make(map[p.EntityID]string, len(list))
	for i := range list {
		r := &list[i]
		x, ok := before[r.ID]
		if !ok || x.sum != r.Sum || r.Sum == 0 {
			s, err := tx.State(r.ID)
			if err != nil {
				return nil, err
			}
			if x = (whyRead{sum: r.Sum}); s != nil {
				x.reason = registry.EnrolmentOf(s).Reason
			}
		}
		known[r.ID] = x
		out[r.ID] = x.reason
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.whys == nil || len(d.whys) >= whysKept {
		d.whys = map[p.EntityID]map[p.EntityID]whyRead{}
	}
	d.whys[campaign] = known // replaced whole, and never written to again
	return out, nil
}
