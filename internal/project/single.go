package project

import (
	"bytes"
	"strings"

	"tramy/internal/registry"
	p "tramy/syncproto"
)

// The functions below project entities that stand alone. They return false for a state of another kind
// and for one whose creation has not arrived: it is parked, and a later call with more of it gives a row.

// PlaceRowOf projects a place.
func PlaceRowOf(s *p.State) (PlaceRow, bool) {
	if s.Kind != registry.KindPlace || !Born(s) {
		return PlaceRow{}, false
	}
	v := registry.PlaceOf(s)
	return PlaceRow{
		ID: v.ID, Parent: v.Parent, Code: v.Code, Name: v.Name, NameEN: v.NameEN, Level: v.Level,
		Type: v.Type, From: v.From, Until: v.Until, Void: v.Void != "",
		Successors: v.Successors, Former: v.Former, Hamlets: v.Hamlets, Lists: v.Lists,
	}, true
}

// UserRowOf projects an account.
func UserRowOf(s *p.State) (UserRow, bool) {
	if s.Kind != registry.KindUser || !Born(s) {
		return UserRow{}, false
	}
	v := registry.UserOf(s)
	return UserRow{
		ID: v.ID, Place: v.Place, Login: v.Login, Name: v.Name, Role: int32(v.Role), Password: v.Password,
		Phone: v.Phone, Void: v.Void != "",
	}, true
}

// DeviceRowOf projects a device. One that was entered in error is as good as revoked. Its creation may be lost for ever,
// with the hub that enrolled it: what was written again of it gives a row as soon as it says who the device is. What replaces
// a value of the creation, and is all that is left, does not say so.
func DeviceRowOf(s *p.State) (DeviceRow, bool) {
	if s.Kind != registry.KindDevice {
		return DeviceRow{}, false
	}
	v := registry.DeviceOf(s)
	if b := s.ID.Birth(); s.SeenSeq(b.Log) < b.Seq && (len(v.Key) == 0 || v.Place.IsZero() || v.Role == 0) {
		return DeviceRow{}, false
	}
	return DeviceRow{
		ID: v.ID, Place: v.Place, Number: int64(v.Number), Key: string(v.Key), SealKey: string(v.SealKey),
		Role: v.Role, Name: v.Name, Up: v.Up, Revoked: v.Revoked != "" || v.Void != "",
		NumberFirst: int64(v.FirstFree), NumberLast: int64(v.LastFree), FormerKeys: string(v.Former),
		Renew: len(v.Renew) > 0 && bytes.Equal(v.Renew, v.Key),
	}, true
}

// VaccineRowOf projects a vaccine.
func VaccineRowOf(s *p.State) (VaccineRow, bool) {
	if s.Kind != registry.KindVaccine || !Born(s) {
		return VaccineRow{}, false
	}
	v := registry.VaccineOf(s)
	return VaccineRow{
		ID: v.ID, Code: v.Code, Name: v.Name, NameEN: v.NameEN, Short: v.Short,
		Antigens: strings.Join(v.Antigens, ";"), Doses: int32(v.Doses), Order: int32(v.Order),
		Route: v.Route, Site: v.Site, Volume: int32(v.Volume), Programme: v.Programme,
	}, true
}

// ScheduleRowOf projects a version of the schedule.
func ScheduleRowOf(s *p.State) (ScheduleRow, bool) {
	if s.Kind != registry.KindSchedule || !Born(s) {
		return ScheduleRow{}, false
	}
	v := registry.ScheduleOf(s)
	return ScheduleRow{ID: v.ID, Code: v.Code, Title: v.Title, From: v.From, Until: v.Until, File: v.File, Void: v.Void != ""}, true
}

// AccessRowOf projects an access record. Its time and actor are those of the change that created it.
func AccessRowOf(s *p.State) (AccessRow, bool) {
	if s.Kind != registry.KindAccess || !Born(s) {
		return AccessRow{}, false
	}
	row := AccessRow{ID: s.ID}
	row.Place, _ = s.Get(p.FieldPlace).Ref()
	row.Subject, _ = s.Get(registry.AccessSubject).Ref()
	row.Act, _ = s.Get(registry.AccessAct).Text()
	row.Reason, _ = s.Get(registry.AccessReason).Text()
	row.Actor, row.WallMS = creation(s)
	row.Count = int32(max(len(AccessNamed(s)), registry.AccessOf(s).Count))
	return row, true
}

// AccessNamed returns whom the list of an access record named, each once, in order.
func AccessNamed(s *p.State) []p.EntityID { return sortedSet(registry.AccessOf(s).Named) }

// RejectionRowOf projects a rejection.
func RejectionRowOf(s *p.State) (RejectionRow, bool) {
	if s.Kind != registry.KindRejection || !Born(s) {
		return RejectionRow{}, false
	}
	v, ok := registry.RejectionOf(s)
	row := RejectionRow{ID: v.ID, Log: v.Log, From: v.From, Reason: v.Reason}
	row.Actor, row.WallMS = creation(s)
	return row, ok
}

// RescueRowsOf projects the record of a rescue, a row a value.
func RescueRowsOf(s *p.State) []RescueRow {
	if s.Kind != registry.KindRescue || !Born(s) {
		return nil
	}
	place, _ := s.Get(p.FieldPlace).Ref()
	_, wall := creation(s)
	var rows []RescueRow
	for i, v := range registry.RescuedOf(s) {
		rows = append(rows, RescueRow{
			ID: s.ID, N: i, Place: place, WallMS: wall, Entity: v.Entity, Field: v.Field, Author: v.Actor, AuthorMS: v.At.Corrected(),
		})
	}
	return rows
}

// creation returns who created an entity and when, by hub time; zero if nothing of the creation stands.
func creation(s *p.State) (actor p.EntityID, wallMS int64) {
	birth := s.ID.Birth()
	for i := range s.Fields {
		for _, v := range s.Fields[i].Values {
			if v.Dot == birth {
				return v.Actor, v.At.Corrected()
			}
		}
	}
	return actor, 0
}
