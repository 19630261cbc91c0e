package project

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"

	"tramy/internal/registry"
	p "tramy/syncproto"
)

// kinds are those that have rows, and one of each hundred that nobody knows.
var kinds = []p.Kind{
	registry.KindSubject, registry.KindImmunization, registry.KindLink, registry.KindPin, registry.KindUser, registry.KindDevice,
	registry.KindPlace, registry.KindVaccine, registry.KindRejection, registry.KindSchedule, registry.KindAccess, registry.KindRescue,
	registry.KindConsent, registry.KindRequest, registry.KindVisit, registry.KindSession,
	150, 250, 350, 450,
}

// FuzzRows: any state that the format can say, of whatever kind and with data of whatever type under any field,
// is projected or left without a row: one poison change must not stop a node.
func FuzzRows(f *testing.F) {
	raw, err := os.ReadFile("../../testdata/vectors/state.json")
	if err != nil {
		f.Fatal(err)
	}
	var vectors struct{ Accepted []struct{ Hex string } }
	if err := json.Unmarshal(raw, &vectors); err != nil {
		f.Fatal(err)
	}
	for i, v := range vectors.Accepted {
		b, err := hex.DecodeString(v.Hex)
		if err != nil {
			f.Fatal(err)
		}
		if len(b) < 4<<10 {
			f.Add(byte(i), b)
		}
	}
	for i, s := range []*p.State{
		made(1, registry.KindSubject, p.FieldPlace, p.Ref(id(7)), registry.SubjectName, p.Text("Lò Gia Bảo"), registry.SubjectBirthDate, p.Int(20_700)),
		made(2, registry.KindImmunization, p.FieldSubject, p.Ref(id(1)), p.FieldPlace, p.Ref(id(7)), registry.DoseVaccine, p.Text("BCG")),
		made(3, registry.KindLink, p.FieldSubject, p.Ref(id(1)), p.FieldSubject2, p.Ref(id(4)), registry.LinkSame, p.Bool(true)),
	} {
		f.Add(byte(i), p.AppendState(nil, s))
	}
	f.Fuzz(func(t *testing.T, kind byte, b []byte) {
		s, err := p.DecodeState(b)
		if err != nil {
			return
		}
		s.Kind = kinds[int(kind)%len(kinds)]
		other := made(1, registry.KindSubject)
		c := Case{Subjects: []*p.State{s, other}, Doses: []*p.State{s}, Links: []*p.State{s}}
		rows := CaseRows(c)
		if again := CaseRows(Case{Subjects: []*p.State{other, s}, Doses: []*p.State{s, s}, Links: []*p.State{s}}); len(again.Subjects) != len(rows.Subjects) || len(again.Doses) != len(rows.Doses) {
			t.Fatalf("the same states in another order give %d and %d rows, not %d and %d", len(again.Subjects), len(again.Doses), len(rows.Subjects), len(rows.Doses))
		}
		_ = SameTexts(s, other)
		up := func(place p.EntityID, _ registry.Day) p.EntityID { return place }
		_ = CasePlaces([]*p.State{s, other}, up)
		_ = EntityPlaces(s, up)
		PlaceRowOf(s)
		UserRowOf(s)
		DeviceRowOf(s)
		VaccineRowOf(s)
		AccessRowOf(s)
		RejectionRowOf(s)
		RescueRowsOf(s)
		if row, ok := ScheduleRowOf(s); ok {
			NewAdvisor(1, []ScheduleRow{row}, nil)
		}
	})
}
