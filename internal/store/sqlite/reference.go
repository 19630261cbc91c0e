package sqlite

import (
	"tramy/internal/project"
	p "tramy/syncproto"
)

const userColumns = `id, place, login, name, role, password, phone, void`

func userDest(r *project.UserRow) []any {
	return []any{idTo(&r.ID), idTo(&r.Place), &r.Login, &r.Name, &r.Role, &r.Password, &r.Phone, &r.Void}
}

// PutUserRow implements store.RowTx.
func (t *tx) PutUserRow(r *project.UserRow) error {
	return t.exec(`INSERT OR REPLACE INTO account (`+userColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		r.ID[:], r.Place[:], r.Login, r.Name, int64(r.Role), r.Password, r.Phone, boolOf(r.Void))
}

// Users implements store.Query; by login.
func (t *tx) Users() ([]project.UserRow, error) {
	return list(t, `SELECT `+userColumns+` FROM account ORDER BY login, id`, nil, userDest)
}

// User implements store.Query.
func (t *tx) User(id p.EntityID) (*project.UserRow, error) {
	return single(t, `SELECT `+userColumns+` FROM account WHERE id = ?`, []any{id[:]}, userDest)
}

// UsersByLogin implements store.Query; by id.
func (t *tx) UsersByLogin(login string) ([]project.UserRow, error) {
	return list(t, `SELECT `+userColumns+` FROM account WHERE login = ? ORDER BY id`, []any{login}, userDest)
}

const deviceColumns = `id, place, number, key, seal_key, role, name, up, revoked, number_first, number_last, former_keys, renew`

func deviceDest(r *project.DeviceRow) []any {
	return []any{
		idTo(&r.ID), idTo(&r.Place), &r.Number, &r.Key, &r.SealKey, &r.Role, &r.Name, idTo(&r.Up), &r.Revoked,
		&r.NumberFirst, &r.NumberLast, &r.FormerKeys, &r.Renew,
	}
}

// PutDeviceRow implements store.RowTx.
func (t *tx) PutDeviceRow(r *project.DeviceRow) error {
	return t.exec(`INSERT OR REPLACE INTO device (`+deviceColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		r.ID[:], r.Place[:], r.Number, []byte(r.Key), []byte(r.SealKey), int64(r.Role), r.Name, r.Up[:],
		boolOf(r.Revoked), r.NumberFirst, r.NumberLast, []byte(r.FormerKeys), boolOf(r.Renew))
}

// Devices implements store.Query; by number, then id.
func (t *tx) Devices() ([]project.DeviceRow, error) {
	return list(t, `SELECT `+deviceColumns+` FROM device ORDER BY number, id`, nil, deviceDest)
}

// Device implements store.Query.
func (t *tx) Device(id p.EntityID) (*project.DeviceRow, error) {
	return single(t, `SELECT `+deviceColumns+` FROM device WHERE id = ?`, []any{id[:]}, deviceDest)
}

const vaccineColumns = `id, code, name, name_en, short, antigens, doses, ord, route, site, volume, programme`

// PutVaccineRow implements store.RowTx.
func (t *tx) PutVaccineRow(r *project.VaccineRow) error {
	return t.exec(`INSERT OR REPLACE INTO vaccine (`+vaccineColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		r.ID[:], r.Code, r.Name, r.NameEN, r.Short, r.Antigens, int64(r.Doses), int64(r.Order), int64(r.Route),
		int64(r.Site), int64(r.Volume), int64(r.Programme))
}

// Vaccines implements store.Query; by order, then code.
func (t *tx) Vaccines() ([]project.VaccineRow, error) {
	return list(t, `SELECT `+vaccineColumns+` FROM vaccine ORDER BY ord, code, id`, nil, func(r *project.VaccineRow) []any {
		return []any{
			idTo(&r.ID), &r.Code, &r.Name, &r.NameEN, &r.Short, &r.Antigens, &r.Doses, &r.Order, &r.Route,
			&r.Site, &r.Volume, &r.Programme,
		}
	})
}

// PutScheduleRow implements store.RowTx.
func (t *tx) PutScheduleRow(r *project.ScheduleRow) error {
	return t.exec(`INSERT OR REPLACE INTO schedule (id, code, title, valid_from, valid_until, file, void) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		r.ID[:], r.Code, r.Title, int64(r.From), int64(r.Until), r.File, boolOf(r.Void))
}

// Schedules implements store.Query.
func (t *tx) Schedules() ([]project.ScheduleRow, error) {
	return list(t, `SELECT id, code, title, valid_from, valid_until, file, void FROM schedule ORDER BY valid_from, code, id`, nil,
		func(r *project.ScheduleRow) []any {
			return []any{idTo(&r.ID), &r.Code, &r.Title, &r.From, &r.Until, &r.File, &r.Void}
		})
}

// VaccineCodes implements store.Query.
func (t *tx) VaccineCodes() ([]string, error) {
	return list(t, `SELECT DISTINCT code FROM vaccine ORDER BY code`, nil, func(code *string) []any { return []any{code} })
}
