package memory

import (
	"cmp"
	"slices"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// ImmunizationRow implements store.RowTx.
func (t *tx) ImmunizationRow(id p.EntityID) (*project.ImmunizationRow, error) {
	return one(t, &t.doses, id)
}

func givenAt(r *project.ImmunizationRow) given { return given{r.Case, r.GivenOn, r.GivenMinute, r.ID} }

// PutImmunizationRow implements store.RowTx.
func (t *tx) PutImmunizationRow(row *project.ImmunizationRow) error {
	if err := t.writing(); err != nil {
		return err
	}
	kept := *row
	if old, known := t.doses.get(row.ID); known && givenAt(old) != givenAt(row) {
		t.dosesOfCase.delete(givenAt(old))
	}
	t.doses.set(row.ID, &kept)
	t.dosesOfCase.set(givenAt(&kept), &kept)
	return nil
}

// DeleteImmunizationRow implements store.RowTx.
func (t *tx) DeleteImmunizationRow(id p.EntityID) error {
	if err := t.writing(); err != nil {
		return err
	}
	if old, known := t.doses.get(id); known {
		t.dosesOfCase.delete(givenAt(old))
		t.doses.delete(id)
	}
	return nil
}

// DosesOfCase implements store.Query.
func (t *tx) DosesOfCase(id p.EntityID) ([]project.ImmunizationRow, error) {
	if id.IsZero() { // doses of people nobody knows are no case
		return nil, t.reading()
	}
	// Days before 1970 are below zero.
	from := given{kase: id, day: registry.Day(-1 << 31)}
	return list(t, within(&t.dosesOfCase, from, func(k given) bool { return k.kase == id }), 0, every)
}

// DosesOn implements store.Query; by time of day, then id.
func (t *tx) DosesOn(places []p.EntityID, day registry.Day) ([]project.ImmunizationRow, error) {
	return ordered(t, t.doses.all(), 0, func(row *project.ImmunizationRow) bool {
		return row.GivenOn == day && slices.Contains(places, row.Place)
	}, func(a, b *project.ImmunizationRow) int {
		return cmp.Or(cmp.Compare(a.GivenMinute, b.GivenMinute), a.ID.Compare(b.ID))
	})
}

// DosesGiven implements store.Query.
func (t *tx) DosesGiven(places []p.EntityID, from, to registry.Day) ([]project.ImmunizationRow, error) {
	return ordered(t, t.doses.all(), 0, func(row *project.ImmunizationRow) bool {
		return row.Counted && from <= row.GivenOn && row.GivenOn <= to && slices.Contains(places, row.Place)
	}, func(a, b *project.ImmunizationRow) int {
		return cmp.Or(cmp.Compare(a.GivenOn, b.GivenOn), cmp.Compare(a.GivenMinute, b.GivenMinute), a.ID.Compare(b.ID))
	})
}

// DosesOfCampaign implements store.Query.
func (t *tx) DosesOfCampaign(campaign p.EntityID, from, to registry.Day) ([]project.ImmunizationRow, error) {
	return ordered(t, t.doses.all(), 0, func(row *project.ImmunizationRow) bool {
		return !campaign.IsZero() && row.Campaign == campaign && row.GivenOn >= from && (to == 0 || row.GivenOn <= to)
	}, func(a, b *project.ImmunizationRow) int {
		return cmp.Or(cmp.Compare(a.GivenOn, b.GivenOn), cmp.Compare(a.GivenMinute, b.GivenMinute), a.ID.Compare(b.ID))
	})
}

// GivenIn implements store.Query.
func (t *tx) GivenIn(campaign p.EntityID) ([]store.CampaignDose, error) {
	rows, err := t.DosesOfCampaign(campaign, -1<<31, 0)
	var out []store.CampaignDose
	for i := range rows {
		if r := &rows[i]; !r.Void && r.NotDone == 0 {
			out = append(out, store.CampaignDose{Case: r.Case, Subject: r.Subject, Place: r.Place, On: r.GivenOn})
		}
	}
	return out, err
}

// CampaignDay implements store.Query.
func (t *tx) CampaignDay(campaign p.EntityID, day registry.Day) ([]store.CampaignDayDose, error) {
	rows, err := t.DosesOfCampaign(campaign, day, day)
	var out []store.CampaignDayDose
	for i := range rows {
		r := &rows[i]
		if day == 0 && r.GivenOn != 0 || r.Void || r.NotDone != 0 {
			continue
		}
		x := store.CampaignDayDose{CampaignDose: store.CampaignDose{Case: r.Case, Subject: r.Subject, Place: r.Place, On: r.GivenOn}, Lot: r.Lot}
		if s, known := t.subjects.get(r.Case); known {
			x.BirthDate, x.BirthPrec, x.Sex = s.BirthDate, s.BirthPrec, s.Sex
		}
		out = append(out, x)
	}
	return out, err
}

// CampaignStamp implements store.Query: nothing is counted apart here, so nothing is told.
func (t *tx) CampaignStamp(p.EntityID) (uint64, error) { return 0, t.reading() }

// DoseUses implements store.Query.
func (t *tx) DoseUses(place p.EntityID, from, to registry.Day) ([]store.DoseUse, error) {
	at := map[store.DoseUse]int{}
	var out []store.DoseUse
	for _, r := range t.doses.all() {
		if place.IsZero() || r.Place != place || r.GivenOn < from || r.GivenOn > to || r.Void || r.NotDone != 0 || r.Source != registry.SourceHere {
			continue
		}
		use := store.DoseUse{On: r.GivenOn, Vaccine: r.Vaccine, Lot: r.Lot, Expires: r.Expires, Programme: r.Programme, Route: r.Route}
		i, known := at[use]
		if !known {
			i = len(out)
			at[use] = i
			out = append(out, use)
		}
		out[i].Count++
		out[i].Last = max(out[i].Last, r.GivenMinute)
	}
	slices.SortFunc(out, store.ByUse)
	return out, t.reading()
}

// DoseStamps implements store.Query: nothing is told.
func (t *tx) DoseStamps(p.EntityID, registry.Day, registry.Day) ([]uint64, error) {
	return nil, t.reading()
}

// DosesNoLot implements store.Query.
func (t *tx) DosesNoLot(place p.EntityID, since registry.Day, lost bool, limit int) ([]project.ImmunizationRow, error) {
	return ordered(t, t.doses.all(), limit, func(row *project.ImmunizationRow) bool {
		return row.Place == place && row.GivenOn >= since && row.Lot == "" && (row.LotLost != 0) == lost && !row.Void && row.NotDone == 0 && row.Source == registry.SourceHere
	}, func(a, b *project.ImmunizationRow) int { return store.ByNoLot(*a, *b) })
}

// CasesAt implements store.RowTx; by id.
func (t *tx) CasesAt(place p.EntityID) ([]p.EntityID, error) {
	if place.IsZero() {
		return nil, t.reading()
	}
	found, err := t.CasesGivenAt(place, registry.Day(-1<<31))
	for id, row := range t.subjects.all() {
		if row.Recorded == place {
			found = append(found, id)
		}
	}
	return ids(found), err
}

// CasesGivenAt implements store.RowTx; by id.
func (t *tx) CasesGivenAt(place p.EntityID, since registry.Day) ([]p.EntityID, error) {
	var found []p.EntityID
	for _, row := range t.doses.all() {
		if row.Place == place && !place.IsZero() && row.GivenOn >= since && !row.Subject.IsZero() {
			found = append(found, row.Subject)
		}
	}
	return ids(found), t.reading()
}

// SubjectsRecordedAt implements store.RowTx; by id.
func (t *tx) SubjectsRecordedAt(place p.EntityID) ([]project.SubjectRow, error) {
	return list(t, t.subjects.all(), 0, func(row *project.SubjectRow) bool { return row.Recorded == place && !place.IsZero() })
}

// SubjectsSilent implements store.Query.
func (t *tx) SubjectsSilent(place p.EntityID, residences []p.EntityID, since registry.Day) ([]p.EntityID, error) {
	got, err := t.CasesGivenAt(place, registry.Day(-1<<31))
	if err != nil {
		return nil, err
	}
	later, err := t.CasesGivenAt(place, since)
	return slices.DeleteFunc(got, func(id p.EntityID) bool {
		row, known := t.subjects.get(id)
		_, seen := slices.BinarySearchFunc(later, id, p.EntityID.Compare)
		return !known || seen || slices.Contains(residences, row.Residence)
	}), err
}
