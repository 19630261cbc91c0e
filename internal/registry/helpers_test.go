package registry

import (
	p "tramy/syncproto"
)

func someID(n byte) p.EntityID { return p.Dot{Log: p.LogID{n, 11: 0x40}, Seq: 1}.Entity() }

// stateOf is what a draft becomes when device n writes it.
func stateOf(d Draft, n byte) *p.State {
	dot := p.Dot{Log: p.LogID{n, 11: 0x40}, Seq: 1}
	s := &p.State{ID: dot.Entity(), Kind: d.Kind, Seen: []p.Seen{p.Seen(dot)}}
	for _, w := range d.Writes {
		s.Fields = append(s.Fields, p.FieldValues{Field: w.Field, Values: []p.Value{{Dot: dot, Data: w.Data}}})
	}
	return s
}

// with adds a concurrent value to a copy of s.
func with(s *p.State, f p.Field, data p.Data, n byte) *p.State {
	out := &p.State{ID: s.ID, Kind: s.Kind, Seen: s.Seen}
	v := p.Value{Dot: p.Dot{Log: p.LogID{n, 11: 0x40}, Seq: 7}, Data: data}
	done := false
	for _, fv := range s.Fields {
		if fv.Field == f {
			fv.Values = append(append([]p.Value{}, fv.Values...), v)
			done = true
		} else if fv.Field > f && !done {
			out.Fields = append(out.Fields, p.FieldValues{Field: f, Values: []p.Value{v}})
			done = true
		}
		out.Fields = append(out.Fields, fv)
	}
	if !done {
		out.Fields = append(out.Fields, p.FieldValues{Field: f, Values: []p.Value{v}})
	}
	return out
}

const goodCode PersonCode = "1234561234567853"

// filledSubject states every field there is.
func filledSubject() *SubjectInput {
	return &SubjectInput{
		Place: someID(1), Code: goodCode, Name: "Giàng A Páo", BirthDate: 20000, BirthPrec: PrecisionMinute, BirthClock: NewClock(3, 5),
		Sex: SexMale, Ethnic: "Mông", Hamlet: "Bản Lầu", MotherName: "Vàng Thị Mỷ", MotherPhone: "0912345678", Mother: someID(2),
		FatherName: "Giàng A Chứ", FatherPhone: "0987654321", GuardianName: "Giàng A Sùng", GuardianPhone: "0381234567",
		PersonalNo: "011224000001", Insurance: "0112345678", NationalCode: "1101100012345", Passport: "B1234567",
		Aliases: []string{"Tủa"}, Status: StatusMoved, StatusReason: "theo bố mẹ", StatusDate: 20100, Allergies: "trứng",
		Contraindications: "lồng ruột", Consents: []string{"reminders"}, BirthOrder: 2, BirthPlace: "Trạm y tế", BirthWeight: 3100,
		Group: GroupChild, DueDate: 20300, AddrBirth: "a", AddrRegister: "b", AddrNative: "c", AddrPermanent: "d", NextDate: 20400, Note: "hai\ndòng", FromCard: true,
		Conditions: []Condition{{Code: "bite", On: 20500}, {Code: "hiv"}},
	}
}

func filledDose() *ImmunizationInput {
	return &ImmunizationInput{
		Subject: someID(3), Code: goodCode, Place: someID(1), Vaccine: "BCG", GivenOn: 20001, GivenClock: NewClock(0, 0), Order: 0, HasOrder: true,
		Lot: "L1", Expires: 20300, Site: SiteLeftArm, Route: RouteID, Programme: ProgrammeEPI, Source: SourceHere, GivenBy: someID(4),
		Volume: 50, NotDone: 0, Screening: ScreeningRefer, Temperature: 368, Note: "n", Against: "a", Checked: CheckedTold,
	}
}
