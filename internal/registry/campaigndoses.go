package registry

// CampaignHad is what somebody has had of a campaign; 0: not yet.
type CampaignHad struct{ First, Second Day }

// Doses is how many doses a person has of a campaign, 1 or 2.
func (in *CampaignInput) Doses() int {
	if in.Interval > 0 {
		return 2
	}
	return 1
}

// Take takes a dose of a day into account; those of a person are told by day. It returns which dose of theirs it is, 0 for one that
// is none of the two: the same needle written down by two laptops, or a second one too soon, after which the second is still to come.
func (in *CampaignInput) Take(had *CampaignHad, day Day) int {
	switch {
	case had.First == 0:
		had.First = day
		return 1
	case in.Interval > 0 && had.Second == 0 && day >= had.First+Day(in.Interval):
		had.Second = day
		return 2
	}
	return 0
}

// Next is which dose is to come for somebody, and from which day on; 0: they have had all.
func (in *CampaignInput) Next(had CampaignHad) (dose int, from Day) {
	switch {
	case had.First == 0:
		return 1, in.From
	case in.Interval > 0 && had.Second == 0:
		return 2, had.First + Day(in.Interval)
	}
	return 0, 0
}

// Rests reports whether somebody has had the first dose, and it is too early for the second on a day.
func (in *CampaignInput) Rests(had CampaignHad, day Day) bool {
	dose, from := in.Next(had)
	return dose == 2 && day < from
}

// Stands is why there was no dose, as far as it is about the next one: what was written before the first dose says nothing of the
// second.
func (in *EnrolmentInput) Stands(had CampaignHad) EnrolmentOutcome {
	if had.First != 0 && in.Day <= had.First {
		return 0
	}
	return in.Outcome
}

// Waits reports whether somebody on the list is to have a dose on a day, and nothing was written yet of why there was none in the
// round of that day.
func (in *EnrolmentInput) Waits(c *CampaignInput, had CampaignHad, day Day) bool {
	if dose, _ := c.Next(had); dose == 0 || c.Rests(had, day) {
		return false
	}
	outcome := in.Stands(had)
	return outcome == 0 || outcome.Open() && in.Day < day && c.Round(day) > c.Round(in.Day)
}
