package postgres

import (
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

var placeTable = newTable("place", "id", "id parent code name name_en level type valid_from valid_until void successors hamlets lists", func(r *project.PlaceRow) []any {
	return []any{
		&r.ID, &r.Parent, &r.Code, &r.Name, &r.NameEN, &r.Level, &r.Type, &r.From, &r.Until, &r.Void, &r.Successors, &r.Hamlets, &r.Lists,
	}
})

// PutPlaceRow implements store.RowTx.
func (t *tx) PutPlaceRow(r *project.PlaceRow) error {
	if err := placeTable.put(t, r); err != nil {
		return err
	}
	if err := t.exec(`DELETE FROM place_former WHERE place = $1`, r.ID); err != nil {
		return err
	}
	for n := range r.Former {
		x := &r.Former[n]
		if err := t.exec(`INSERT INTO place_former (place, n, until, parent, code, name, type) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			r.ID, n, x.Until, x.Parent, x.Code, x.Name, x.Type); err != nil {
			return err
		}
	}
	return nil
}

// places reads rows with their former periods.
func (t *tx) places(text string, args ...any) ([]project.PlaceRow, error) {
	rows, err := placeTable.list(t, text, args...)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	at := make(map[p.EntityID]*project.PlaceRow, len(rows))
	ids := make([]p.EntityID, len(rows))
	for i := range rows {
		at[rows[i].ID], ids[i] = &rows[i], rows[i].ID
	}
	var id p.EntityID
	var x registry.FormerPlace
	err = t.each(`SELECT place, until, parent, code, name, type FROM place_former WHERE place = ANY($1) ORDER BY place, n`, []any{ids},
		[]any{&id, &x.Until, &x.Parent, &x.Code, &x.Name, &x.Type}, func() error {
			at[id].Former = append(at[id].Former, x)
			return nil
		})
	return rows, err
}

// Places implements store.Query.
func (t *tx) Places() ([]project.PlaceRow, error) { return t.places(`ORDER BY level, code, id`) }

// Place implements store.Query.
func (t *tx) Place(id p.EntityID) (*project.PlaceRow, error) {
	rows, err := t.places(`WHERE id = $1`, id)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0], nil
}

// coded finds rows by a code, with the help of the index on its beginning.
const coded = `left(code, 100) = left($1, 100) AND code = $1`

// PlacesByCode implements store.Query.
func (t *tx) PlacesByCode(code string) ([]project.PlaceRow, error) {
	return t.places(`WHERE `+coded+` OR id IN (SELECT place FROM place_former WHERE `+coded+`) ORDER BY id`, code)
}

var userTable = newTable("account", "id", "id place login name role password phone void", func(r *project.UserRow) []any {
	return []any{&r.ID, &r.Place, &r.Login, &r.Name, &r.Role, &r.Password, &r.Phone, &r.Void}
})

// PutUserRow implements store.RowTx.
func (t *tx) PutUserRow(r *project.UserRow) error { return userTable.put(t, r) }

// Users implements store.Query; by login.
func (t *tx) Users() ([]project.UserRow, error) { return userTable.list(t, `ORDER BY login, id`) }

// User implements store.Query.
func (t *tx) User(id p.EntityID) (*project.UserRow, error) {
	return userTable.one(t, `WHERE id = $1`, id)
}

// UsersByLogin implements store.Query; by id.
func (t *tx) UsersByLogin(login string) ([]project.UserRow, error) {
	return userTable.list(t, `WHERE left(login, 100) = left($1, 100) AND login = $1 ORDER BY id`, login)
}

var deviceTable = newTable("device", "id", "id place number key seal_key role name up revoked number_first number_last former_keys renew", func(r *project.DeviceRow) []any {
	return []any{
		&r.ID, &r.Place, &r.Number,
		raw{&r.Key},
		raw{&r.SealKey},
		&r.Role, &r.Name, &r.Up, &r.Revoked, &r.NumberFirst, &r.NumberLast,
		raw{&r.FormerKeys},
		&r.Renew,
	}
})

// PutDeviceRow implements store.RowTx.
func (t *tx) PutDeviceRow(r *project.DeviceRow) error { return deviceTable.put(t, r) }

// Devices implements store.Query; by number, then id.
func (t *tx) Devices() ([]project.DeviceRow, error) {
	return deviceTable.list(t, `ORDER BY number, id`)
}

// Device implements store.Query.
func (t *tx) Device(id p.EntityID) (*project.DeviceRow, error) {
	return deviceTable.one(t, `WHERE id = $1`, id)
}

// StationsHeard implements store.Query.
func (t *tx) StationsHeard() ([]store.HeardRow, error) {
	return list(t, `SELECT d.place, greatest(coalesce(c.contact_ms, 0), coalesce(c.data_ms, 0)) FROM device d LEFT JOIN child c ON c.device = d.id
		WHERE d.role = $1 AND NOT d.revoked ORDER BY d.id`, []any{registry.NodeStation}, func(r *store.HeardRow) []any { return []any{&r.Place, &r.MS} })
}

var vaccineTable = newTable("vaccine", "id", "id code name name_en short antigens doses ord route site volume programme", func(r *project.VaccineRow) []any {
	return []any{
		&r.ID, &r.Code, &r.Name, &r.NameEN, &r.Short, &r.Antigens, &r.Doses, &r.Order, &r.Route, &r.Site, &r.Volume, &r.Programme,
	}
})

// PutVaccineRow implements store.RowTx.
func (t *tx) PutVaccineRow(r *project.VaccineRow) error { return vaccineTable.put(t, r) }

// Vaccines implements store.Query; by order, then code.
func (t *tx) Vaccines() ([]project.VaccineRow, error) {
	return vaccineTable.list(t, `ORDER BY ord, code, id`)
}

// VaccineCodes implements store.Query.
func (t *tx) VaccineCodes() ([]string, error) {
	return list(t, `SELECT DISTINCT code FROM vaccine ORDER BY code`, nil, func(code *string) []any { return []any{code} })
}

var scheduleTable = newTable("schedule", "id", "id code title valid_from valid_until file void", func(r *project.ScheduleRow) []any {
	return []any{&r.ID, &r.Code, &r.Title, &r.From, &r.Until, &r.File, &r.Void}
})

// PutScheduleRow implements store.RowTx.
func (t *tx) PutScheduleRow(r *project.ScheduleRow) error { return scheduleTable.put(t, r) }

// Schedules implements store.Query.
func (t *tx) Schedules() ([]project.ScheduleRow, error) {
	return scheduleTable.list(t, `ORDER BY valid_from, code, id`)
}

var rejectionTable = newTable("rejection", "id", "id log first reason actor wall_ms", func(r *project.RejectionRow) []any {
	return []any{&r.ID, &r.Log, &r.From, &r.Reason, &r.Actor, &r.WallMS}
})

// PutRejectionRow implements store.RowTx.
func (t *tx) PutRejectionRow(r *project.RejectionRow) error { return rejectionTable.put(t, r) }

// Rejected implements store.RowTx.
func (t *tx) Rejected(log p.LogID) (p.Seq, error) {
	var from p.Seq
	_, err := t.one(`SELECT coalesce(min(first), 0) FROM rejection WHERE log = $1`, []any{log}, &from)
	return from, err
}

// Rejections implements store.Query.
func (t *tx) Rejections() ([]project.RejectionRow, error) {
	return rejectionTable.list(t, `ORDER BY log, first, id`)
}

var rescueTable = newTable("rescue", "id n", "id n place wall_ms entity field author author_ms", func(r *project.RescueRow) []any {
	return []any{&r.ID, &r.N, &r.Place, &r.WallMS, &r.Entity, &r.Field, &r.Author, &r.AuthorMS}
})

// PutRescueRow implements store.RowTx.
func (t *tx) PutRescueRow(r *project.RescueRow) error { return rescueTable.put(t, r) }

// DeleteRescueRows implements store.RowTx.
func (t *tx) DeleteRescueRows(id p.EntityID) error {
	return t.exec(`DELETE FROM rescue WHERE id = $1`, id)
}

// Rescues implements store.Query.
func (t *tx) Rescues(limit int) ([]project.RescueRow, error) {
	return rescueTable.list(t, `ORDER BY wall_ms DESC, id DESC, n LIMIT $1`, limitOf(limit))
}
