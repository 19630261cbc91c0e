package postgres

import (
	"slices"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

var doseTable = newTable("immunization", "case_id id", `id case_id subject place recorded residence code vaccine given_on given_minute dose typed_dose
	lot expires site route programme source not_done screening temperature given_by cohort void counted campaign lot_lost`,
	func(r *project.ImmunizationRow) []any {
		return []any{
			&r.ID, &r.Case, &r.Subject, &r.Place, &r.Recorded, &r.Residence, &r.Code, &r.Vaccine, &r.GivenOn, &r.GivenMinute, &r.Dose, &r.TypedDose,
			&r.Lot, &r.Expires, &r.Site, &r.Route, &r.Programme, &r.Source, &r.NotDone, &r.Screening, &r.Temperature, &r.GivenBy, &r.Cohort, &r.Void,
			&r.Counted, &r.Campaign, &r.LotLost,
		}
	})

// ImmunizationRow implements store.RowTx.
func (t *tx) ImmunizationRow(id p.EntityID) (*project.ImmunizationRow, error) {
	return doseTable.one(t, `WHERE id = $1`, id)
}

// PutImmunizationRow implements store.RowTx. A dose lies with its case, so one that moves to another is deleted there.
func (t *tx) PutImmunizationRow(r *project.ImmunizationRow) error {
	t.touch(r.Campaign)
	if err := t.touchingOld(`SELECT campaign, 1 FROM immunization WHERE id = $1`, tallyDoses, 1, r.ID); err != nil {
		return err
	}
	if err := t.exec(`DELETE FROM immunization WHERE id = $1 AND case_id <> $2`, r.ID, r.Case); err != nil {
		return err
	}
	return doseTable.put(t, r)
}

// DeleteImmunizationRow implements store.RowTx.
func (t *tx) DeleteImmunizationRow(id p.EntityID) error {
	return t.touchingOld(`DELETE FROM immunization WHERE id = $1 RETURNING campaign, 1`, tallyDoses, 0, id)
}

const byTime = ` ORDER BY given_on, given_minute, id`

// DosesOfCase implements store.Query.
func (t *tx) DosesOfCase(id p.EntityID) ([]project.ImmunizationRow, error) {
	if id.IsZero() { // doses of people nobody knows are no case
		return nil, nil
	}
	return doseTable.list(t, `WHERE case_id = $1`+byTime, id)
}

// DosesOn implements store.Query; by time of day, then id.
func (t *tx) DosesOn(places []p.EntityID, day registry.Day) ([]project.ImmunizationRow, error) {
	return doseTable.list(t, `WHERE place = ANY($1) AND given_on = $2`+byTime, places, day)
}

// DosesGiven implements store.Query.
func (t *tx) DosesGiven(places []p.EntityID, from, to registry.Day) ([]project.ImmunizationRow, error) {
	return doseTable.list(t, `WHERE place = ANY($1) AND given_on BETWEEN $2 AND $3 AND counted`+byTime, places, from, to)
}

// DosesFrom implements store.RowTx.
func (t *tx) DosesFrom(place p.EntityID, since registry.Day, vaccine string) ([]project.ImmunizationRow, error) {
	if place.IsZero() {
		return nil, nil
	}
	return doseTable.list(t, `WHERE place = $1 AND given_on >= $2 AND ($3 = '' OR vaccine = $3)`+byTime, place, since, vaccine)
}

// DosesOfCampaign implements store.Query.
func (t *tx) DosesOfCampaign(campaign p.EntityID, from, to registry.Day) ([]project.ImmunizationRow, error) {
	if campaign.IsZero() {
		return nil, nil
	}
	return doseTable.list(t, `WHERE campaign = $1`+someCampaign+` AND given_on >= $2 AND ($3::int = 0 OR given_on <= $3)`+byTime, campaign, from, to)
}

// someCampaign lets the planner use the index of what was given in a campaign.
const someCampaign = ` AND campaign <> '00000000-0000-0000-0000-000000000000'`

// GivenIn implements store.Query.
func (t *tx) GivenIn(campaign p.EntityID) ([]store.CampaignDose, error) {
	if campaign.IsZero() {
		return nil, nil
	}
	return list(t, `SELECT case_id, subject, place, given_on FROM immunization WHERE campaign = $1`+someCampaign+` AND NOT void AND not_done = 0`+byTime,
		[]any{campaign}, func(r *store.CampaignDose) []any { return []any{&r.Case, &r.Subject, &r.Place, &r.On} })
}

// CampaignDay implements store.Query. A dose and who leads its case lie together.
func (t *tx) CampaignDay(campaign p.EntityID, day registry.Day) ([]store.CampaignDayDose, error) {
	if campaign.IsZero() {
		return nil, nil
	}
	return list(t, `SELECT i.case_id, i.subject, i.place, i.given_on, i.lot, coalesce(s.birth_date, 0), coalesce(s.birth_prec, 0), coalesce(s.sex, 0)
		FROM immunization i LEFT JOIN subject s ON s.id = i.case_id
		WHERE i.campaign = $1`+someCampaign+` AND i.given_on = $2 AND NOT i.void AND i.not_done = 0 ORDER BY i.given_on, i.given_minute, i.id`,
		[]any{campaign, day}, func(r *store.CampaignDayDose) []any {
			return []any{&r.Case, &r.Subject, &r.Place, &r.On, &r.Lot, &r.BirthDate, &r.BirthPrec, &r.Sex}
		})
}

// DoseUses implements store.Query.
func (t *tx) DoseUses(place p.EntityID, from, to registry.Day) ([]store.DoseUse, error) {
	if place.IsZero() {
		return nil, nil
	}
	out, err := list(t, `SELECT given_on, vaccine, lot, expires, programme, route, max(given_minute), count(*) FROM immunization
		WHERE place = $1 AND given_on BETWEEN $2 AND $3 AND NOT void AND not_done = 0 AND source = $4 GROUP BY given_on, vaccine, lot, expires, programme, route`,
		[]any{place, from, to, registry.SourceHere}, func(r *store.DoseUse) []any {
			return []any{&r.On, &r.Vaccine, &r.Lot, &r.Expires, &r.Programme, &r.Route, &r.Last, &r.Count}
		})
	slices.SortFunc(out, store.ByUse)
	return out, err
}

// DoseStamps implements store.Query. Other processes write to this database too, so no number of this one tells anything.
func (t *tx) DoseStamps(p.EntityID, registry.Day, registry.Day) ([]uint64, error) { return nil, nil }

// DosesNoLot implements store.Query.
func (t *tx) DosesNoLot(place p.EntityID, since registry.Day, lost bool, limit int) ([]project.ImmunizationRow, error) {
	rows, err := doseTable.list(t, `WHERE place = $1 AND (lot_lost <> 0) = $2 AND given_on >= $3 AND lot = '' AND NOT void AND not_done = 0 AND source = $4
		ORDER BY given_on DESC, vaccine, given_minute, id LIMIT $5`, place, lost, since, registry.SourceHere, int64(limit))
	slices.SortFunc(rows, store.ByNoLot)
	return rows, err
}
