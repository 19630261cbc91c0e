package project

import (
	"strings"

	"tramy/internal/registry"
	p "tramy/syncproto"
)

// The functions below project entities that stand alone. They return false for a state of another kind
// and for one whose creation has not arrived: it is parked, and a later call with more of it gives a row.

// PlaceRowOf projects a place.
func PlaceRowOf(s *p.State) (PlaceRow, bool) {
	if s.Kind != registry.KindPlace || !born(s) {
		return PlaceRow{}, false
	}
	v := registry.PlaceOf(s)
	return PlaceRow{
		ID: v.ID, Parent: v.Parent, Code: v.Code, Name: v.Name, NameEN: v.NameEN, Level: v.Level,
		Type: v.Type, From: v.From, Until: v.Until, Void: v.Void != "",
	}, true
}

// UserRowOf projects an account.
func UserRowOf(s *p.State) (UserRow, bool) {
	if s.Kind != registry.KindUser || !born(s) {
		return UserRow{}, false
	}
	v := registry.UserOf(s)
	return UserRow{
		ID: v.ID, Place: v.Place, Login: v.Login, Name: v.Name, Role: int32(v.Role), Password: v.Password,
		Phone: v.Phone, Void: v.Void != "",
	}, true
}

// DeviceRowOf projects a device. One that was entered in error is as good as revoked.
func DeviceRowOf(s *p.State) (DeviceRow, bool) {
	if s.Kind != registry.KindDevice || !born(s) {
		return DeviceRow{}, false
	}
	v := registry.DeviceOf(s)
	return DeviceRow{
		ID: v.ID, Place: v.Place, Number: int64(v.Number), Key: string(v.Key), SealKey: string(v.SealKey),
		Role: v.Role, Name: v.Name, Up: v.Up, Revoked: v.Revoked != "" || v.Void != "",
		NumberFirst: int64(v.FirstFree), NumberLast: int64(v.LastFree),
	}, true
}

// VaccineRowOf projects a vaccine.
func VaccineRowOf(s *p.State) (VaccineRow, bool) {
	if s.Kind != registry.KindVaccine || !born(s) {
		return VaccineRow{}, false
	}
	v := registry.VaccineOf(s)
	return VaccineRow{
		ID: v.ID, Code: v.Code, Name: v.Name, NameEN: v.NameEN, Short: v.Short,
		Antigens: strings.Join(v.Antigens, ";"), Doses: int32(v.Doses), Order: int32(v.Order),
		Route: v.Route, Site: v.Site, Volume: int32(v.Volume), Programme: v.Programme,
	}, true
}

// AccessRowOf projects an access record. Its time and actor are those of the change that created it.
func AccessRowOf(s *p.State) (AccessRow, bool) {
	if s.Kind != registry.KindAccess || !born(s) {
		return AccessRow{}, false
	}
	row := AccessRow{ID: s.ID}
	row.Place, _ = s.Get(p.FieldPlace).Ref()
	row.Subject, _ = s.Get(registry.AccessSubject).Ref()
	row.Act, _ = s.Get(registry.AccessAct).Text()
	row.Reason, _ = s.Get(registry.AccessReason).Text()
	birth := s.ID.Birth()
	for i := range s.Fields {
		for _, v := range s.Fields[i].Values {
			if v.Dot == birth {
				row.Actor, row.WallMS = v.Actor, v.At.Corrected()
				return row, true
			}
		}
	}
	return row, true
}
