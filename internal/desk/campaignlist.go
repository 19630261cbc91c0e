package desk

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// Listed is somebody on this station's list of a campaign.
type Listed struct {
	registry.Enrolment
	State   *p.State // of the enrolment
	Person  project.SubjectRow
	AskHome bool
	Dose    *project.ImmunizationRow // the last of the campaign, wherever it was given; nil: none
	Had     registry.CampaignHad
	// Allergies and Contraindications are what the record warns of; Unfit says that the campaign is not for their age or sex.
	Allergies, Contraindications string
	Unfit                        bool
	// Recent is the last dose of one of the same antigens within the last weeks, if there was one.
	Recent *project.ImmunizationRow
}

// Waits reports whether somebody is to have a dose on a day, and nothing was written yet of why there was none.
func (x *Listed) Waits(c *registry.CampaignInput, today registry.Day) bool {
	return x.EnrolmentInput.Waits(c, x.Had, today)
}

// Done reports whether somebody has had all doses of the campaign.
func (x *Listed) Done(c *registry.CampaignInput) bool {
	dose, _ := c.Next(x.Had)
	return dose == 0
}

// Why is why there was no dose, as far as it is about the one that is next.
func (x *Listed) Why() registry.EnrolmentOutcome { return x.Stands(x.Had) }

// ClassCount is how far a class, or another part of the list, is.
type ClassCount struct {
	Class         string
	Listed, Given int
	Second        int // of Given with both doses
	Resting       int // of Given too early for their second dose
	Waiting       int // nothing was written yet of the dose that is to come
}

// ListPage is a part of a campaign's list.
type ListPage struct {
	Campaigning
	Classes []ClassCount
	Class   string // the one shown
	All     bool   // everybody is shown, whatever their class
	Rows    []Listed
	// Out counts those without the dose that is to come by what became of them, by [registry.EnrolmentOutcome]; who rests is none.
	Out map[registry.EnrolmentOutcome]int
	// DueSecond are those on the list whose second dose is to come today or was to come before.
	DueSecond int
}

// recentDays is within how many days no second dose of one antigen is given: four weeks, as the schedule has it for all that
// is injected (TT 10/2024/TT-BYT; HCDC counts a month as at least 28 days).
const recentDays = 28

// NoClass asks for the part of a list that names no class.
const NoClass = "-"

// CampaignList reads this station's list: the counts of all classes and the people of one, of all that wait (open), or of all. It
// writes down whom it names.
func (d *Desk) CampaignList(ctx context.Context, who Who, id p.EntityID, class string, all bool) (*ListPage, error) {
	if err := may(who, rights.Read, registry.KindEnrolment); err != nil {
		return nil, err
	}
	out := &ListPage{Class: class, All: all, Out: map[registry.EnrolmentOutcome]int{}}
	err := d.view(ctx, func(tx store.Tx) error {
		x, err := d.campaign(tx, who, id)
		if err != nil {
			return err
		}
		out.Campaigning = *x
		rows, read, err := d.enrolled(tx, id)
		if err != nil {
			return err
		}
		d.countCampaign(who, &out.Campaigning, read)
		had := read.had(&x.Campaign)
		if err := had.linked(tx, read.list); err != nil {
			return err
		}
		out.count(rows, had, d.Today())
		switch {
		case class == NoClass:
			out.Class = ""
		case class == "" && !all:
			out.firstClass()
		}
		home := d.Home()
		vaccines, err := vaccinesByCode(tx)
		if err != nil {
			return err
		}
		seen := map[p.EntityID]bool{}
		for i := range rows {
			if !out.All && rows[i].Group != out.Class {
				continue
			}
			one, err := d.listedOf(tx, &out.Campaigning.Campaign, rows[i].ID, &home, vaccines)
			if err != nil {
				return err
			}
			if one == nil || seen[one.Person.Case] {
				continue
			}
			seen[one.Person.Case] = true
			masked(who, &one.Person)
			out.Rows = append(out.Rows, *one)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(out.Rows, func(a, b Listed) int {
		return cmp.Or(compareClasses(a.Class, b.Class), cmp.Compare(a.Order, b.Order), cmp.Compare(a.Person.SortName, b.Person.SortName), a.ID.Compare(b.ID))
	})
	if len(out.Rows) == 0 {
		return out, nil
	}
	return out, d.NoteListed(ctx, who, idsOf(out.Rows, func(x *Listed) p.EntityID { return x.Person.ID })...)
}

// enrolled are the entries of this station's list of a campaign, at a hub those of the whole; and beside them what the campaign is
// counted from.
func (d *Desk) enrolled(tx store.Tx, campaign p.EntityID) ([]project.RecordRow, *campaignRead, error) {
	rows, err := tx.RecordsUnder(registry.KindEnrolment, campaign)
	if err != nil {
		return nil, nil, err
	}
	rows = slices.DeleteFunc(rows, func(r project.RecordRow) bool { return r.Void })
	read := &campaignRead{list: make([]store.CampaignEntry, 0, len(rows))}
	for i := range rows {
		r := &rows[i]
		read.list = append(read.list, store.CampaignEntry{ID: r.ID, Subject: r.Subject, Place: r.Place, Day: r.Day, Mark: r.Mark, Sum: r.Sum})
	}
	if read.given, err = tx.GivenIn(campaign); err != nil {
		return nil, nil, err
	}
	read.number()
	own, hub := d.Node.Identity().Place, d.Node.Identity().Role == registry.NodeHub
	return slices.DeleteFunc(rows, func(r project.RecordRow) bool { return !hub && r.Place != own }), read, nil
}

func (l *ListPage) count(rows []project.RecordRow, had hadOf, today registry.Day) {
	at, seen := map[string]int{}, map[p.EntityID]bool{}
	for i := range rows {
		r := &rows[i]
		if seen[r.Subject] { // two laptops enrolled them
			continue
		}
		seen[r.Subject] = true
		k, known := at[r.Group]
		if !known {
			k = len(l.Classes)
			at[r.Group] = k
			l.Classes = append(l.Classes, ClassCount{Class: r.Group})
		}
		c := &l.Classes[k]
		c.Listed++
		one := Listed{Had: had[r.Subject]}
		one.Outcome, one.Day = outcomeOf(r.Mark), r.Day
		if one.Had.First != 0 {
			c.Given++
		}
		if one.Had.Second != 0 {
			c.Second++
		}
		switch {
		case one.Done(&l.CampaignInput):
			continue
		case l.Rests(one.Had, today):
			c.Resting++
			continue
		case one.Had.First != 0:
			l.DueSecond++
		}
		if one.Waits(&l.CampaignInput, today) {
			c.Waiting++
		}
		l.Out[one.Why()]++
	}
	slices.SortFunc(l.Classes, func(a, b ClassCount) int { return compareClasses(a.Class, b.Class) })
}

// firstClass is the first one in which somebody waits.
func (l *ListPage) firstClass() {
	for i := range l.Classes {
		if l.Classes[i].Waiting > 0 {
			l.Class = l.Classes[i].Class
			return
		}
	}
	if len(l.Classes) > 0 {
		l.Class = l.Classes[0].Class
	}
}

// compareClasses puts 2A before 10A: by the number a class begins with, then by its name.
func compareClasses(a, b string) int {
	return cmp.Or(cmp.Compare(leading(a), leading(b)), cmp.Compare(registry.Fold(a), registry.Fold(b)), cmp.Compare(a, b))
}

func leading(s string) int {
	digits := strings.TrimLeft(s, "LlớpỚ ")
	end := 0
	for end < len(digits) && end < 6 && digits[end] >= '0' && digits[end] <= '9' {
		end++
	}
	n, err := strconv.Atoi(digits[:end])
	if err != nil {
		return 1 << 20
	}
	return n
}

func vaccinesByCode(tx store.Tx) (map[string]project.VaccineRow, error) {
	rows, err := tx.Vaccines()
	out := make(map[string]project.VaccineRow, len(rows))
	for _, v := range rows {
		out[v.Code] = v
	}
	return out, err
}

// listedOf reads one entry with whom it is about; nil if the person's record is not here or in error.
func (d *Desk) listedOf(tx store.Tx, c *registry.Campaign, id p.EntityID, home *Home, vaccines map[string]project.VaccineRow) (*Listed, error) {
	s, err := state(tx, id, registry.KindEnrolment)
	if err != nil {
		return nil, err
	}
	x := &Listed{Enrolment: registry.EnrolmentOf(s), State: s}
	row, err := tx.SubjectRow(x.Subject)
	if err != nil || row == nil {
		return nil, err
	}
	if row.Case != row.ID { // linked records are one person, shown by the one that leads
		if lead, err := tx.SubjectRow(row.Case); err != nil {
			return nil, err
		} else if lead != nil {
			row = lead
		}
	}
	if row.Void {
		return nil, nil
	}
	x.Person, x.AskHome = *row, home.Asks(row)
	person, err := tx.State(row.ID)
	if err != nil {
		return nil, err
	}
	if person != nil {
		one := registry.SubjectOf(person)
		x.Allergies, x.Contraindications = one.Allergies, one.Contraindications
	}
	today := d.Today()
	x.Unfit = !c.Fits(row.BirthDate, row.BirthPrec, row.Sex, today)
	doses, err := tx.DosesOfCase(row.Case)
	if err != nil {
		return nil, err
	}
	for i := range doses { // by day
		r := &doses[i]
		if r.Void || r.NotDone != 0 {
			continue
		}
		if r.Campaign == c.ID {
			switch first := x.Had.First; {
			case c.Take(&x.Had, r.GivenOn) != 0:
				x.Dose = r
			case r.GivenOn > first && today-r.GivenOn < recentDays: // too soon for a second, and no reason to give at once again
				x.Recent = r
			}
		} else if r.Counted && r.GivenOn != 0 && r.GivenOn <= today && today-r.GivenOn < recentDays && shareAntigen(vaccines, r.Vaccine, c.Vaccine) {
			x.Recent = r
		}
	}
	return x, nil
}

// shareAntigen reports whether two vaccines protect against one disease.
func shareAntigen(vaccines map[string]project.VaccineRow, a, b string) bool {
	if a == b {
		return true
	}
	of := strings.Split(vaccines[b].Antigens, ";")
	for antigen := range strings.SplitSeq(vaccines[a].Antigens, ";") {
		if antigen != "" && slices.Contains(of, antigen) {
			return true
		}
	}
	return false
}

// EnrolIn puts somebody who is here on this station's list of a campaign: who walks in. Whoever is on it stays as they are, and
// made is false.
func (d *Desk) EnrolIn(ctx context.Context, who Who, campaign, subject p.EntityID, class string) (id p.EntityID, made bool, err error) {
	if err := may(who, rights.Create, registry.KindEnrolment); err != nil {
		return id, false, err
	}
	if d.Node.Identity().Role != registry.NodeStation {
		return id, false, ErrForbidden
	}
	_, err = d.Node.Append(ctx, who.User, func(tx store.Tx, next func(int) p.EntityID) ([]registry.Draft, error) {
		x, err := d.campaign(tx, who, campaign)
		if err != nil {
			return nil, err
		}
		if _, err := state(tx, subject, registry.KindSubject); err != nil {
			return nil, err
		}
		if err := d.mine(tx, who, subject); err != nil {
			return nil, err
		}
		had, err := d.enrolmentOf(tx, x.ID, subject)
		if err != nil {
			return nil, err
		}
		if had != nil {
			id = had.ID
			return nil, nil
		}
		draft, err := registry.NewEnrolment(registry.EnrolmentInput{Subject: subject, Campaign: x.ID, Place: d.Node.Identity().Place, Class: class}, d.Today())
		id, made = next(0), true
		return nonEmpty(draft), err
	})
	return id, made, ignoreNothing(err)
}

// BeforeOnList tells in which class somebody is listed, and the entry before theirs there, "" if they are the first.
func (d *Desk) BeforeOnList(ctx context.Context, who Who, campaign, enrolment p.EntityID) (class, before string, err error) {
	err = d.view(ctx, func(tx store.Tx) error {
		s, err := d.ownEnrolment(tx, enrolment)
		if err == nil {
			class = registry.EnrolmentOf(s).Class
		}
		return err
	})
	if err != nil {
		return "", "", err
	}
	shown := class
	if shown == "" {
		shown = NoClass
	}
	list, err := d.CampaignList(ctx, who, campaign, shown, false)
	if err != nil {
		return "", "", err
	}
	for i := range list.Rows {
		if list.Rows[i].ID == enrolment && i > 0 {
			before = list.Rows[i-1].ID.String()
		}
	}
	return class, before, nil
}

// enrolmentOf is the entry of a person, or of whoever is linked to them, on this station's list; nil if there is none.
func (d *Desk) enrolmentOf(tx store.Tx, campaign, subject p.EntityID) (*p.State, error) {
	ids := []p.EntityID{subject}
	row, err := tx.SubjectRow(subject)
	if err != nil {
		return nil, err
	}
	if row != nil {
		linked, err := tx.SubjectsOfCase(row.Case)
		if err != nil {
			return nil, err
		}
		ids = setOf(append(ids, idsOf(linked, subjectID)...))
	}
	rows, err := tx.RecordsOf(registry.KindEnrolment, ids...)
	if err != nil {
		return nil, err
	}
	own := d.Node.Identity().Place
	rows = slices.DeleteFunc(rows, func(r project.RecordRow) bool { return r.Void || r.Under != campaign || r.Place != own })
	if len(rows) == 0 {
		return nil, nil
	}
	slices.SortFunc(rows, func(a, b project.RecordRow) int { return a.ID.Compare(b.ID) })
	return tx.State(rows[0].ID)
}

// Unlist takes somebody off the list who does not belong there: nobody was given or refused anything by that.
func (d *Desk) Unlist(ctx context.Context, who Who, enrolment p.EntityID, reason string) error {
	if err := may(who, rights.Void, registry.KindEnrolment); err != nil {
		return err
	}
	_, err := d.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		s, err := d.ownEnrolment(tx, enrolment)
		if err != nil {
			return nil, err
		}
		draft, err := registry.Void(s, reason, registry.SawOf(s))
		return nonEmpty(draft), err
	})
	return ignoreNothing(err)
}

func (d *Desk) ownEnrolment(tx store.Tx, id p.EntityID) (*p.State, error) {
	s, err := state(tx, id, registry.KindEnrolment)
	if err != nil {
		return nil, err
	}
	if registry.EnrolmentOf(s).Place != d.Node.Identity().Place {
		return nil, ErrElsewhere
	}
	return s, nil
}
