package storetest

import (
	"errors"
	"testing"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

func places(t *testing.T, s store.Store) {
	rows := []project.PlaceRow{
		{ID: id(9), Code: "own:VN", Name: "Việt Nam", NameEN: "Viet Nam", Level: registry.LevelNation, Type: "nuoc"},
		{ID: id(3), Parent: id(9), Code: "gso:01", Name: "Hà Nội", Level: registry.LevelProvince, From: -5, Until: 20_000, Void: true, Successors: []p.EntityID{id(4), id(1)}},
		{ID: id(1), Parent: id(3), Code: "gso:03325", Name: "Tiên Yên", Level: registry.LevelCommune, Hamlets: []string{"Bản \"Lầu\"\n1", "Đồng Tâm"}, Lists: []string{"cholera"}},
		{ID: id(2), Parent: id(3), Code: "gso:03326", Name: "Hải Lạng", Level: registry.LevelCommune, Until: 19_000},
		{ID: id(4), Parent: id(3), Code: "gso:03326", Name: "Hải Lạng mới", Level: registry.LevelCommune, From: 19_000, Former: []registry.FormerPlace{
			{Until: 19_100, Parent: id(9), Code: "gso:03327", Name: "Hải", Type: "xa"}, {Until: 19_200, Code: "gso:03328", Name: "Lạng"},
		}},
	}
	update(t, s, func(tx store.Tx) error { return each(shuffled(rows), tx.PutPlaceRow) })
	rows[0].Name = "Nước Việt Nam"
	rows[4].Former = rows[4].Former[1:]
	update(t, s, func(tx store.Tx) error { return errors.Join(tx.PutPlaceRow(&rows[0]), tx.PutPlaceRow(&rows[4])) })
	view(t, s, func(tx store.Tx) error {
		all, err := tx.Places()
		same(t, "places by level, then code", all, rows)
		one, err2 := tx.Place(id(3))
		equal(t, "place", one, &rows[1])
		by, err3 := tx.PlacesByCode("gso:03326")
		same(t, "places by a code used again", by, []project.PlaceRow{rows[3], rows[4]})
		former, err4 := tx.PlacesByCode("gso:03328")
		same(t, "places by a former code", former, rows[4:])
		none, err5 := tx.PlacesByCode("gso:9")
		same(t, "places by an unknown code", none, nil)
		return errors.Join(err, err2, err3, err4, err5)
	})
}

func users(t *testing.T, s store.Store) {
	rows := []project.UserRow{
		{ID: id(5), Place: id(1), Login: "an", Name: "An", Role: 3, Password: "$argon2id$", Phone: "09"},
		{ID: id(6), Place: id(2), Login: "an", Void: true},
		{ID: id(1), Login: "binh"},
	}
	update(t, s, func(tx store.Tx) error { return each(shuffled(rows), tx.PutUserRow) })
	rows[2].Login = "cuc"
	update(t, s, func(tx store.Tx) error { return tx.PutUserRow(&rows[2]) })
	view(t, s, func(tx store.Tx) error {
		all, err := tx.Users()
		same(t, "users by login", all, rows)
		one, err2 := tx.User(id(5))
		equal(t, "user", one, &rows[0])
		none, err3 := tx.User(id(9))
		equal(t, "unknown user", none, nil)
		by, err4 := tx.UsersByLogin("an")
		same(t, "users by login", by, rows[:2])
		old, err5 := tx.UsersByLogin("binh")
		same(t, "users by an old login", old, nil)
		return errors.Join(err, err2, err3, err4, err5)
	})
}

func devices(t *testing.T, s store.Store) {
	rows := []project.DeviceRow{
		{ID: id(5), Place: id(1), Number: 7, Key: "\x00\xff\x01", SealKey: "\xfe", Role: registry.NodeHub, Name: "Hub", Up: id(3), Revoked: true, NumberFirst: 10, NumberLast: 20, FormerKeys: "\x00\x01", Renew: true},
		{ID: id(1), Number: 8, Key: "k"},
		{ID: id(2), Number: 8},
	}
	update(t, s, func(tx store.Tx) error { return each(shuffled(rows), tx.PutDeviceRow) })
	rows[1].Name = "B"
	update(t, s, func(tx store.Tx) error { return tx.PutDeviceRow(&rows[1]) })
	view(t, s, func(tx store.Tx) error {
		all, err := tx.Devices()
		same(t, "devices by number", all, rows)
		one, err2 := tx.Device(id(5))
		equal(t, "device", one, &rows[0])
		none, err3 := tx.Device(id(9))
		equal(t, "unknown device", none, nil)
		return errors.Join(err, err2, err3)
	})
}

func vaccines(t *testing.T, s store.Store) {
	rows := []project.VaccineRow{
		{ID: id(5), Code: "BCG", Name: "Lao", NameEN: "BCG", Short: "BCG", Antigens: "BCG", Doses: 1, Order: 1, Route: registry.RouteID, Site: registry.SiteLeftArm, Volume: 100, Programme: registry.ProgrammeEPI},
		{ID: id(3), Code: "A", Order: 2},
		{ID: id(1), Code: "B", Order: 2},
		{ID: id(4), Code: "B", Order: 3},
	}
	update(t, s, func(tx store.Tx) error { return each(shuffled(rows), tx.PutVaccineRow) })
	same(t, "vaccines by order", read(t, s, func(tx store.Tx) ([]project.VaccineRow, error) { return tx.Vaccines() }), rows)
	same(t, "codes, each once", read(t, s, func(tx store.Tx) ([]string, error) { return tx.VaccineCodes() }), []string{"A", "B", "BCG"})
}

func accesses(t *testing.T, s store.Store) {
	rows := []project.AccessRow{
		{ID: id(1), Actor: id(5), Place: id(6), Subject: id(7), Act: "view", Reason: "r", WallMS: 30},
		{ID: id(9), Actor: id(5), Subject: id(8), Act: "view", WallMS: 20},
		{ID: id(3), Actor: id(5), Subject: id(7), Act: "print", WallMS: 10},
		{ID: id(4), Actor: id(5), Act: "login", WallMS: -1},
	}
	update(t, s, func(tx store.Tx) error {
		return each(shuffled(rows), func(r *project.AccessRow) error { return tx.PutAccessRow(r, nil) })
	})
	of := func(subject p.EntityID, limit int) []project.AccessRow {
		return read(t, s, func(tx store.Tx) ([]project.AccessRow, error) { return tx.Accesses(subject, limit) })
	}
	same(t, "accesses, newest first", of(p.EntityID{}, 10), rows)
	same(t, "newest accesses", of(p.EntityID{}, 2), rows[:2])
	same(t, "accesses to one", of(id(7), 10), []project.AccessRow{rows[0], rows[2]})
	same(t, "newest access to one", of(id(7), 1), rows[:1])
	same(t, "accesses to nobody", of(id(70), 1), nil)
}
