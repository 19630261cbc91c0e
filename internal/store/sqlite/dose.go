package sqlite

import (
	"cmp"
	"slices"
	"strings"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

const doseColumns = `num, case_num, coalesce(subject, case_num), place, coalesce(recorded, residence), residence, code, vaccine, given_on, given_minute,
	dose, typed_dose, lot, expires, site, route, programme, source, not_done, screening, temperature, given_by,
	cohort, void, counted, campaign, lot_lost`

func (t *tx) doseDest(r *project.ImmunizationRow) []any {
	return []any{
		t.to(&r.ID), t.to(&r.Case), t.to(&r.Subject), t.to(&r.Place), t.to(&r.Recorded), t.to(&r.Residence), &r.Code, t.toText(&r.Vaccine),
		&r.GivenOn, &r.GivenMinute, &r.Dose, &r.TypedDose, t.toText(&r.Lot), &r.Expires, &r.Site, &r.Route, &r.Programme,
		&r.Source, &r.NotDone, &r.Screening, &r.Temperature, t.to(&r.GivenBy), &r.Cohort, &r.Void, &r.Counted, t.to(&r.Campaign), &r.LotLost,
	}
}

func (t *tx) doses(text string, args ...any) ([]project.ImmunizationRow, error) {
	return list(t, `SELECT `+doseColumns+` FROM immunization `+text, args, t.doseDest)
}

// ImmunizationRow implements store.RowTx.
func (t *tx) ImmunizationRow(id p.EntityID) (*project.ImmunizationRow, error) {
	num, err := t.number(id)
	if err != nil {
		return nil, err
	}
	return single(t, `SELECT `+doseColumns+` FROM immunization WHERE num = ?`, []any{num}, t.doseDest)
}

const (
	doseInsert = `INSERT OR IGNORE INTO immunization (num, case_num, subject, place, residence, code, vaccine, given_on,
		given_minute, dose, typed_dose, lot, expires, site, route, programme, source, not_done, screening, temperature,
		given_by, cohort, void, counted, recorded, campaign, lot_lost) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)`
	doseUpdate = `UPDATE immunization SET case_num = ?2, subject = ?3, place = ?4, residence = ?5, code = ?6, vaccine = ?7,
		given_on = ?8, given_minute = ?9, dose = ?10, typed_dose = ?11, lot = ?12, expires = ?13, site = ?14, route = ?15,
		programme = ?16, source = ?17, not_done = ?18, screening = ?19, temperature = ?20, given_by = ?21, cohort = ?22,
		void = ?23, counted = ?24, recorded = ?25, campaign = ?26, lot_lost = ?27 WHERE num = ?1`
)

// PutImmunizationRow implements store.RowTx.
func (t *tx) PutImmunizationRow(r *project.ImmunizationRow) error {
	if !t.write {
		return errReadOnly
	}
	n, err := t.numbers(r.ID, r.Case, r.Subject, r.Place, r.Residence, r.GivenBy, r.Recorded, r.Campaign)
	if err != nil {
		return err
	}
	vaccine, err := t.word(r.Vaccine)
	if err != nil {
		return err
	}
	lot, err := t.word(r.Lot)
	if err != nil {
		return err
	}
	subject := unlike(n[2], n[1]) // NULL: that of the case
	args := []any{
		n[0], n[1], subject, n[3], n[4], r.Code, vaccine, int64(r.GivenOn), int64(r.GivenMinute),
		int64(r.Dose), int64(r.TypedDose), lot, int64(r.Expires), int64(r.Site), int64(r.Route),
		int64(r.Programme), int64(r.Source), int64(r.NotDone), int64(r.Screening), int64(r.Temperature), n[5],
		int64(r.Cohort), boolOf(r.Void), boolOf(r.Counted), unlike(n[6], n[4]), n[7], int64(r.LotLost),
	}
	t.touch(n[7])
	t.touchDay(n[3], r.GivenOn)
	// Nearly all are new: only where one is there already is a second statement needed.
	added, err := t.execN(doseInsert, args...)
	if err != nil {
		return err
	}
	if added == 1 {
		t.count(tallyDoses, 1)
		return nil
	}
	if err := t.touchDose(n[0]); err != nil {
		return err
	}
	return t.exec(doseUpdate, args...)
}

// touchDose notes that a dose changes, before it is written over: its campaign's figures and its day's are no more what they were.
func (t *tx) touchDose(num int64) error {
	var campaign, place int64
	var day registry.Day
	known, err := t.one(`SELECT campaign, place, given_on FROM immunization WHERE num = ?`, []any{num}, &campaign, &place, &day)
	if known {
		t.touch(campaign)
		t.touchDay(place, day)
	}
	return err
}

// DeleteImmunizationRow implements store.RowTx.
func (t *tx) DeleteImmunizationRow(id p.EntityID) error {
	if !t.write {
		return errReadOnly
	}
	num, err := t.number(id)
	if err != nil {
		return err
	}
	if err := t.touchDose(num); err != nil {
		return err
	}
	n, err := t.execN(`DELETE FROM immunization WHERE num = ?`, num)
	t.count(tallyDoses, -n)
	t.touched.all = t.touched.all || n > 0
	return err
}

func sortDoses(rows []project.ImmunizationRow) {
	slices.SortFunc(rows, func(a, b project.ImmunizationRow) int {
		return cmp.Or(cmp.Compare(a.GivenOn, b.GivenOn), cmp.Compare(a.GivenMinute, b.GivenMinute), a.ID.Compare(b.ID))
	})
}

// DosesOfCase implements store.Query.
func (t *tx) DosesOfCase(id p.EntityID) ([]project.ImmunizationRow, error) {
	if id.IsZero() { // doses of people nobody knows are no case
		return nil, nil
	}
	num, err := t.number(id)
	if err != nil {
		return nil, err
	}
	rows, err := t.doses(`WHERE case_num = ?`, num)
	sortDoses(rows)
	return rows, err
}

// DosesOn implements store.Query; by time of day, then id.
func (t *tx) DosesOn(places []p.EntityID, day registry.Day) ([]project.ImmunizationRow, error) {
	var out []project.ImmunizationRow
	for _, place := range places {
		num, err := t.number(place)
		if err != nil {
			return nil, err
		}
		rows, err := t.doses(`WHERE place = ? AND given_on = ?`, num, int64(day))
		if err != nil {
			return nil, err
		}
		out = append(out, rows...)
	}
	sortDoses(out)
	return slices.CompactFunc(out, func(a, b project.ImmunizationRow) bool { return a.ID == b.ID }), nil
}

// DosesGiven implements store.Query.
func (t *tx) DosesGiven(places []p.EntityID, from, to registry.Day) ([]project.ImmunizationRow, error) {
	var out []project.ImmunizationRow
	for _, place := range store.Distinct(places) {
		num, err := t.number(place)
		if err != nil {
			return nil, err
		}
		rows, err := t.doses(`WHERE place = ? AND given_on BETWEEN ? AND ? AND counted = 1`, num, int64(from), int64(to))
		if err != nil {
			return nil, err
		}
		out = append(out, rows...)
	}
	sortDoses(out)
	return out, nil
}

// DosesOfCampaign implements store.Query.
func (t *tx) DosesOfCampaign(campaign p.EntityID, from, to registry.Day) ([]project.ImmunizationRow, error) {
	num, err := t.number(campaign)
	if err != nil || num <= 0 {
		return nil, err
	}
	rows, err := t.doses(`WHERE campaign = ?1 AND campaign <> 0 AND given_on >= ?2 AND (?3 = 0 OR given_on <= ?3)`, num, int64(from), int64(to))
	sortDoses(rows)
	return rows, err
}

// GivenIn implements store.Query.
func (t *tx) GivenIn(campaign p.EntityID) ([]store.CampaignDose, error) {
	num, err := t.number(campaign)
	if err != nil || num <= 0 {
		return nil, err
	}
	return list(t, `SELECT case_num, coalesce(subject, case_num), place, given_on FROM immunization
		WHERE campaign = ? AND campaign <> 0 AND void = 0 AND not_done = 0 ORDER BY given_on, given_minute, num`, []any{num}, func(r *store.CampaignDose) []any {
		return []any{t.to(&r.Case), t.to(&r.Subject), t.to(&r.Place), &r.On}
	})
}

// CampaignDay implements store.Query.
func (t *tx) CampaignDay(campaign p.EntityID, day registry.Day) ([]store.CampaignDayDose, error) {
	num, err := t.number(campaign)
	if err != nil || num <= 0 {
		return nil, err
	}
	return list(t, `SELECT i.case_num, coalesce(i.subject, i.case_num), i.place, i.given_on, i.lot, coalesce(s.birth_date, 0), coalesce(s.birth_prec, 0),
		coalesce(s.sex, 0) FROM immunization i LEFT JOIN subject s ON s.num = i.case_num
		WHERE i.campaign = ? AND i.campaign <> 0 AND i.given_on = ? AND i.void = 0 AND i.not_done = 0 ORDER BY i.given_on, i.given_minute, i.num`,
		[]any{num, int64(day)}, func(r *store.CampaignDayDose) []any {
			return []any{t.to(&r.Case), t.to(&r.Subject), t.to(&r.Place), &r.On, t.toText(&r.Lot), &r.BirthDate, &r.BirthPrec, &r.Sex}
		})
}

// DoseUses implements store.Query.
func (t *tx) DoseUses(place p.EntityID, from, to registry.Day) ([]store.DoseUse, error) {
	num, err := t.number(place)
	if err != nil || num <= 0 {
		return nil, err
	}
	out, err := list(t, `SELECT given_on, vaccine, lot, expires, programme, route, MAX(given_minute), count(*) FROM immunization
		WHERE place = ? AND given_on BETWEEN ? AND ? AND void = 0 AND not_done = 0 AND source = ? GROUP BY given_on, vaccine, lot, expires, programme, route`,
		[]any{num, int64(from), int64(to), int64(registry.SourceHere)}, func(r *store.DoseUse) []any {
			return []any{&r.On, t.toText(&r.Vaccine), t.toText(&r.Lot), &r.Expires, &r.Programme, &r.Route, &r.Last, &r.Count}
		})
	slices.SortFunc(out, store.ByUse)
	return out, err
}

// DosesNoLot implements store.Query.
func (t *tx) DosesNoLot(place p.EntityID, since registry.Day, lost bool, limit int) ([]project.ImmunizationRow, error) {
	num, err := t.number(place)
	if err != nil {
		return nil, err
	}
	rows, err := t.doses(`WHERE place = ? AND (lot_lost <> 0) = ? AND given_on >= ? AND lot = 0 AND void = 0 AND not_done = 0 AND source = ? ORDER BY given_on DESC LIMIT ?`,
		num, boolOf(lost), int64(since), int64(registry.SourceHere), limit)
	slices.SortFunc(rows, store.ByNoLot)
	return rows, err
}

// CasesAt implements store.RowTx; by id.
func (t *tx) CasesAt(place p.EntityID) ([]p.EntityID, error) {
	num, err := t.number(place)
	if err != nil || num <= 0 {
		return nil, err
	}
	return t.ids(`SELECT num FROM subject WHERE residence = ?1 AND recorded IS NULL UNION SELECT num FROM subject WHERE recorded = ?1
		UNION SELECT coalesce(subject, case_num) FROM immunization WHERE place = ?1 AND coalesce(subject, case_num) <> 0`, num)
}

// CasesGivenAt implements store.RowTx; by id.
func (t *tx) CasesGivenAt(place p.EntityID, since registry.Day) ([]p.EntityID, error) {
	num, err := t.number(place)
	if err != nil || num <= 0 {
		return nil, err
	}
	return t.ids(`SELECT DISTINCT coalesce(subject, case_num) FROM immunization
		WHERE place = ?1 AND given_on >= ?2 AND coalesce(subject, case_num) <> 0`, num, int64(since))
}

// SubjectsRecordedAt implements store.RowTx; by id.
func (t *tx) SubjectsRecordedAt(place p.EntityID) ([]project.SubjectRow, error) {
	num, err := t.number(place)
	if err != nil || num <= 0 {
		return nil, err
	}
	stayed, err := t.subjects(`WHERE s.residence = ? AND s.recorded IS NULL`, num)
	if err != nil {
		return nil, err
	}
	gone, err := t.subjects(`WHERE s.recorded = ?`, num)
	rows := append(stayed, gone...)
	slices.SortFunc(rows, bySubjectID)
	return rows, err
}

// SubjectsSilent implements store.Query.
func (t *tx) SubjectsSilent(place p.EntityID, residences []p.EntityID, since registry.Day) ([]p.EntityID, error) {
	n, err := t.numbers(append([]p.EntityID{place}, residences...)...)
	if err != nil || n[0] <= 0 {
		return nil, err
	}
	args := []any{int64(since)}
	for _, num := range n {
		args = append(args, num)
	}
	return t.ids(`SELECT num FROM subject WHERE residence NOT IN (`+strings.TrimPrefix(strings.Repeat(`, ?`, len(residences)), `,`)+`) AND num IN (
		SELECT coalesce(subject, case_num) FROM immunization WHERE place = ? GROUP BY 1 HAVING max(given_on) < ?)`,
		append(append(args[2:], args[1]), args[0])...)
}
