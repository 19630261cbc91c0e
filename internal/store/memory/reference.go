package memory

import (
	"cmp"
	"slices"

	"tramy/internal/project"
	"tramy/internal/registry"
	p "tramy/syncproto"
)

// PutPlaceRow implements store.RowTx.
func (t *tx) PutPlaceRow(row *project.PlaceRow) error {
	kept := *row
	kept.Successors, kept.Former = someOf(row.Successors), someOf(row.Former)
	kept.Hamlets, kept.Lists = someOf(row.Hamlets), someOf(row.Lists)
	return put(t, &t.places, row.ID, &kept)
}

// Places implements store.Query.
func (t *tx) Places() ([]project.PlaceRow, error) {
	return ordered(t, t.places.all(), 0, every, func(a, b *project.PlaceRow) int {
		return cmp.Or(cmp.Compare(a.Level, b.Level), cmp.Compare(a.Code, b.Code), a.ID.Compare(b.ID))
	})
}

// Place implements store.Query.
func (t *tx) Place(id p.EntityID) (*project.PlaceRow, error) { return one(t, &t.places, id) }

// PlacesByCode implements store.Query.
func (t *tx) PlacesByCode(code string) ([]project.PlaceRow, error) {
	return list(t, t.places.all(), 0, func(row *project.PlaceRow) bool {
		return row.Code == code || slices.ContainsFunc(row.Former, func(x registry.FormerPlace) bool { return x.Code == code })
	})
}

// PutUserRow implements store.RowTx.
func (t *tx) PutUserRow(row *project.UserRow) error { return put(t, &t.users, row.ID, row) }

// Users implements store.Query; by login.
func (t *tx) Users() ([]project.UserRow, error) {
	return ordered(t, t.users.all(), 0, every, func(a, b *project.UserRow) int {
		return cmp.Or(cmp.Compare(a.Login, b.Login), a.ID.Compare(b.ID))
	})
}

// User implements store.Query.
func (t *tx) User(id p.EntityID) (*project.UserRow, error) { return one(t, &t.users, id) }

// UsersByLogin implements store.Query; by id.
func (t *tx) UsersByLogin(login string) ([]project.UserRow, error) {
	return list(t, t.users.all(), 0, func(row *project.UserRow) bool { return row.Login == login })
}

// PutDeviceRow implements store.RowTx.
func (t *tx) PutDeviceRow(row *project.DeviceRow) error { return put(t, &t.devices, row.ID, row) }

// Devices implements store.Query; by number, then id.
func (t *tx) Devices() ([]project.DeviceRow, error) {
	return ordered(t, t.devices.all(), 0, every, func(a, b *project.DeviceRow) int {
		return cmp.Or(cmp.Compare(a.Number, b.Number), a.ID.Compare(b.ID))
	})
}

// Device implements store.Query.
func (t *tx) Device(id p.EntityID) (*project.DeviceRow, error) { return one(t, &t.devices, id) }

func stationInService(d *project.DeviceRow) bool {
	return d.Role == registry.NodeStation && !d.Revoked
}

// PutVaccineRow implements store.RowTx.
func (t *tx) PutVaccineRow(row *project.VaccineRow) error { return put(t, &t.vaccines, row.ID, row) }

// Vaccines implements store.Query; by order, then code.
func (t *tx) Vaccines() ([]project.VaccineRow, error) {
	return ordered(t, t.vaccines.all(), 0, every, func(a, b *project.VaccineRow) int {
		return cmp.Or(cmp.Compare(a.Order, b.Order), cmp.Compare(a.Code, b.Code), a.ID.Compare(b.ID))
	})
}

// VaccineCodes implements store.Query.
func (t *tx) VaccineCodes() ([]string, error) {
	var out []string
	for _, row := range t.vaccines.all() {
		out = append(out, row.Code)
	}
	slices.Sort(out)
	return slices.Compact(out), t.reading()
}

// PutScheduleRow implements store.RowTx.
func (t *tx) PutScheduleRow(row *project.ScheduleRow) error {
	return put(t, &t.schedules, row.ID, row)
}

// Schedules implements store.Query.
func (t *tx) Schedules() ([]project.ScheduleRow, error) {
	return ordered(t, t.schedules.all(), 0, every, func(a, b *project.ScheduleRow) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.Code, b.Code), a.ID.Compare(b.ID))
	})
}

// PutRejectionRow implements store.RowTx.
func (t *tx) PutRejectionRow(row *project.RejectionRow) error {
	return put(t, &t.rejections, row.ID, row)
}

// Rejected implements store.RowTx.
func (t *tx) Rejected(log p.LogID) (p.Seq, error) {
	var from p.Seq
	found := false
	for _, row := range t.rejections.all() {
		if row.Log == log && (!found || row.From < from) {
			from, found = row.From, true
		}
	}
	return from, t.reading()
}

// Rejections implements store.Query.
func (t *tx) Rejections() ([]project.RejectionRow, error) {
	return ordered(t, t.rejections.all(), 0, every, func(a, b *project.RejectionRow) int {
		return cmp.Or(a.Log.Compare(b.Log), cmp.Compare(a.From, b.From), a.ID.Compare(b.ID))
	})
}

// PutRescueRow implements store.RowTx.
func (t *tx) PutRescueRow(row *project.RescueRow) error {
	return put(t, &t.rescues, placed{row.ID, uint64(row.N)}, row)
}

// DeleteRescueRows implements store.RowTx.
func (t *tx) DeleteRescueRows(id p.EntityID) error {
	var all []placed
	for at := range t.rescues.from(placed{id, 0}) {
		if at.of != id {
			break
		}
		all = append(all, at)
	}
	for _, at := range all {
		if err := remove(t, &t.rescues, at); err != nil {
			return err
		}
	}
	return t.reading()
}

// Rescues implements store.Query.
func (t *tx) Rescues(limit int) ([]project.RescueRow, error) {
	return ordered(t, t.rescues.all(), limit, every, func(a, b *project.RescueRow) int {
		return cmp.Or(cmp.Compare(b.WallMS, a.WallMS), b.ID.Compare(a.ID), cmp.Compare(a.N, b.N))
	})
}
