package fhir_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/fhir/go/fhirversion"
	"github.com/google/fhir/go/jsonformat"

	"tramy/internal/fhir"
	"tramy/internal/registry"
	p "tramy/syncproto"
)

func day(y int, m time.Month, d int) registry.Day {
	out, err := registry.NewDay(y, m, d)
	if err != nil {
		panic(err)
	}
	return out
}

func id(n int) p.EntityID { return p.Dot{Seq: p.Seq(n)}.Entity() }

// child is somebody in whom every field that people enter is stated.
func child() *fhir.Person {
	return &fhir.Person{
		ID: id(1), Commune: "Xã Tà Xùa", CommuneCode: "gso:03910", MotherCode: "1000010000000173",
		Subject: registry.SubjectInput{
			Code: "1000010000000076", Name: "Lò Thị Mai Chi", BirthDate: day(2026, 5, 2), BirthPrec: registry.PrecisionMinute, BirthClock: registry.NewClock(3, 20),
			Sex: registry.SexFemale, Ethnic: "Thái", Hamlet: "Bản Bẹ", MotherName: "Lò Thị Ánh", MotherPhone: "0912345678", FatherName: "Lò Văn Đức",
			FatherPhone: "0385000412", GuardianName: "Lò Thị Bà", GuardianPhone: "0385000413", PersonalNo: "014326000123", Insurance: "TE1141234567890",
			NationalCode: "1400012345", Passport: "C1234567", Aliases: []string{"1000010000000270", "Bé Chi"}, Status: registry.StatusDied, StatusReason: "bệnh",
			StatusDate: day(2026, 10, 1), Allergies: "trứng", Contraindications: "BCG", BirthOrder: 2, BirthPlace: "Bệnh viện Bắc Yên", BirthWeight: 2950,
			Group: registry.GroupChild, AddrBirth: "Xã Bắc Yên, Sơn La", AddrRegister: "Xã Tà Xùa, Sơn La", AddrNative: "Xã Mường La, Sơn La", BloodGroup: registry.BloodGroup(6), PaperKind: registry.PaperCard, TravelPaper: "GTH 0123456", MissingSince: day(2026, 11, 1), AddrPermanent: "Xã Tà Xùa",
			NextDate: day(2026, 12, 5), Note: "ở với bà", Phone: "0912000111", Protected: registry.ProtectedYes, ProtectedBy: registry.EvidenceCard, MotherYear: 1999,
			Conditions: []registry.Condition{{Code: "145", On: day(2026, 6, 1)}},
		},
		Doses: []fhir.Dose{
			{ID: id(2), Number: 1, PlaceName: "Trạm Y tế Tà Xùa", PlaceCode: "kcb:14001", GiverName: "Nguyễn Văn An", ImmunizationInput: registry.ImmunizationInput{
				Vaccine: "VGB0", GivenOn: day(2026, 5, 2), GivenClock: registry.NewClock(8, 5), Lot: "HB-77", Expires: day(2027, 3, 31), Site: registry.SiteRightThigh,
				Route: registry.RouteIM, Programme: registry.ProgrammeEPI, Source: registry.SourceHere, Volume: 500, Screening: registry.ScreeningEligible, Temperature: 368,
				Note: "khóc ít", Checked: registry.CheckedCard,
			}},
			{ID: id(3), ImmunizationInput: registry.ImmunizationInput{
				Vaccine: "MR", GivenOn: day(2026, 9, 1), Order: 0, HasOrder: true, Source: registry.SourceCard, Programme: registry.ProgrammeOutbreak, Route: registry.RouteSC, Site: registry.SiteLeftArm,
			}},
			{ID: id(4), ImmunizationInput: registry.ImmunizationInput{Vaccine: "ROTARIX", GivenOn: day(2026, 7, 3), Order: 2, HasOrder: true, Source: registry.SourceElsewhere, Programme: registry.ProgrammePaid, Receipt: "BL 12", Route: registry.RouteOral, Site: registry.SiteMouth}},
			{ID: id(5), ImmunizationInput: registry.ImmunizationInput{Vaccine: "BCG", GivenOn: day(2026, 5, 3), NotDone: registry.NotDoneContraindicated, Source: registry.SourceHere, Note: "2000 g"}},
			{ID: id(6), Void: "ghi nhầm cháu", ImmunizationInput: registry.ImmunizationInput{Vaccine: "BOPV", GivenOn: day(2026, 7, 3), Source: registry.SourceHere, Against: "bác sĩ cho"}},
		},
	}
}

func reading() fhir.Reading { return fhir.Reading{Vaccines: registry.Vaccines()} }

func bundleOf(people ...*fhir.Person) []byte {
	e := fhir.Encoder{Vaccines: registry.Vaccines()}
	b := fhir.Bundle{ResourceType: "Bundle", Type: "collection"}
	for _, who := range people {
		b.Entry = append(b.Entry, e.Entries(who)...)
	}
	return marshal(b)
}

func marshal(v any) []byte {
	out, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return out
}

func decode(t *testing.T, data []byte) *fhir.Read {
	t.Helper()
	r, err := fhir.Decode(bytes.NewReader(data), reading())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestWhatIsWrittenIsReadBack holds every field of a person and of doses: only references, what was void and how it is
// known here get lost on the way.
func TestWhatIsWrittenIsReadBack(t *testing.T) {
	who := child()
	check := func(t *testing.T, data []byte) {
		t.Helper()
		r := decode(t, data)
		if len(r.People) != 1 || len(r.People[0].Problems) > 0 {
			t.Fatalf("read %d people, the first with %v", len(r.People), r.People[0].Problems)
		}
		got := r.People[0]
		want := who.Subject.Cleaned()
		if !reflect.DeepEqual(got.Subject.Cleaned(), want) {
			t.Errorf("the person:\n got %+v\nwant %+v", got.Subject.Cleaned(), want)
		}
		if got.Commune != who.Commune || got.CommuneCode != who.CommuneCode || got.MotherCode != who.MotherCode {
			t.Errorf("beside it: %q %q %q", got.Commune, got.CommuneCode, got.MotherCode)
		}
		if len(got.Doses) != 4 || len(got.Warnings) != 1 || got.Warnings[0].Code != fhir.WarnEnteredInError {
			t.Fatalf("%d doses, warnings %v", len(got.Doses), got.Warnings)
		}
		for i := range got.Doses {
			want, d := who.Doses[i], got.Doses[i]
			want.Source = registry.SourceImport
			if !reflect.DeepEqual(d.ImmunizationInput, want.ImmunizationInput) || d.PlaceName != want.PlaceName || d.PlaceCode != want.PlaceCode || d.GiverName != want.GiverName {
				t.Errorf("dose %d:\n got %+v\nwant %+v", i, d, want)
			}
		}
	}
	t.Run("bundle", func(t *testing.T) { check(t, bundleOf(who)) })
	t.Run("lines", func(t *testing.T) {
		var lines bytes.Buffer
		e := fhir.Encoder{Vaccines: registry.Vaccines()}
		w := fhir.NewLineWriter(&e, &lines, &lines)
		if err := w.Write(who); err != nil {
			t.Fatal(err)
		}
		if n := bytes.Count(lines.Bytes(), []byte("\n")); n != 6 {
			t.Errorf("%d lines", n)
		}
		check(t, lines.Bytes())
	})
	// Every field that people enter is stated in the child above, so that a new one is not forgotten here.
	stated := who.Subject.Patch(&p.State{Kind: registry.KindSubject})
	women := []p.Field{registry.SubjectDueDate, registry.SubjectTetanus, registry.SubjectTetanusYear, registry.SubjectTetanusFrom, registry.SubjectPregnancyEnd, registry.SubjectPregnancyOn, registry.SubjectLastPeriod, registry.SubjectAbsentUntil, registry.SubjectConsents}
	for _, info := range registry.FieldsOf(registry.KindSubject) {
		if info.Type == registry.TypeRef || info.Type == registry.TypeRefs || info.Field == p.FieldVoid || info.Field == registry.SubjectFromCard || slices.Contains(women, info.Field) {
			continue
		}
		if d, ok := stated[info.Field]; !ok || d.IsNull() {
			t.Errorf("nothing is tried of %s", info.Name)
		}
	}
}

func TestAWomanIsReadBack(t *testing.T) {
	who := &fhir.Person{ID: id(1), Subject: registry.SubjectInput{
		Name: "Vàng Thị Mỷ", BirthDate: day(1998, 1, 1), BirthPrec: registry.PrecisionYear, Sex: registry.SexFemale, Group: registry.GroupPregnant, DueDate: day(2027, 1, 20),
		LastPeriod: day(2026, 4, 15), HasTetanus: true, TetanusFrom: registry.EvidenceTold, PregnancyEnd: registry.PregnancyLost, PregnancyOn: day(2024, 2, 2), AbsentUntil: day(2026, 12, 24),
	}}
	got := decode(t, bundleOf(who)).People[0]
	if !reflect.DeepEqual(got.Subject.Cleaned(), who.Subject.Cleaned()) || len(got.Problems) > 0 {
		t.Errorf("got %+v %v", got.Subject, got.Problems)
	}
}

// whole is a child with everything that goes to another program: facilities, a reaction, and what is next.
func whole() *fhir.Whole {
	x := &fhir.Whole{Person: *child(), On: day(2026, 11, 28)}
	x.Places = []fhir.Place{{ID: id(70), Name: "Trạm Y tế xã Tà Xùa", Code: "kcb:14123"}}
	x.Reactions = []fhir.Reaction{
		{ID: id(71), PlaceName: "Trạm Y tế xã Tà Xùa", PlaceCode: "kcb:14123", ReactionInput: registry.ReactionInput{
			Doses: []p.EntityID{x.Doses[0].ID}, On: day(2026, 11, 2), Clock: registry.NewClock(9, 30), Signs: []string{"fever", "seizure"}, Severity: registry.SeveritySevere,
			Treatment: "hạ sốt", Hospital: "BV huyện", Outcome: registry.EndSequelae, Note: "co giật 2 phút",
		}},
		{ID: id(72), ReactionInput: registry.ReactionInput{Signs: []string{"local"}, Severity: registry.SeverityCommon, Outcome: registry.EndRecovered}},
	}
	x.Next = []fhir.Recommended{
		{Vaccine: "MR", Number: 1, Status: "due", Urgency: "due", Earliest: day(2026, 11, 1), Recommended: day(2026, 11, 20), Reasons: []string{"đủ 18 tháng"}}, {Group: "Polio", Status: "complete"},
	}
	return x
}

// TestWhatGoesWithAChildIsReadBackAsTheChild: the reactions, places and recommendations of a file are counted and named; the child and the
// doses are taken as they are without them.
func TestWhatGoesWithAChildIsReadBackAsTheChild(t *testing.T) {
	data := marshal((&fhir.Encoder{Vaccines: registry.Vaccines()}).Collection(whole()))
	in, plain := decode(t, data), decode(t, bundleOf(child()))
	if len(in.People) != 1 || len(in.People[0].Problems) > 0 || !reflect.DeepEqual(in.People[0].Person, plain.People[0].Person) {
		t.Errorf("read as %+v", in.People[0])
	}
	if in.Skipped["AdverseEvent"] != 2 || in.Skipped["Location"] != 1 || in.Skipped["ImmunizationRecommendation"] != 1 {
		t.Errorf("passed by: %v", in.Skipped)
	}
	for _, want := range []string{`"Serious"`, `"resolvedWithSequelae"`, `"actuality":"actual"`, `"seizure"`, `"mode":"instance"`, `"30980-7"`} {
		if !strings.Contains(string(data), want) {
			t.Errorf("the file lacks %s", want)
		}
	}
}

// TestAnotherImplementationReadsWhatWeWrite holds what is written against Google's FHIR protos, which check the elements,
// types, codes and required members of R4 one by one.
func TestAnotherImplementationReadsWhatWeWrite(t *testing.T) {
	u, err := jsonformat.NewUnmarshaller("Asia/Ho_Chi_Minh", fhirversion.R4)
	if err != nil {
		t.Fatal(err)
	}
	back, err := jsonformat.NewMarshaller(false, "", "", fhirversion.R4)
	if err != nil {
		t.Fatal(err)
	}
	served := fhir.Encoder{Vaccines: registry.Vaccines(), Base: "http://127.0.0.1:8780/fhir/R4"}
	for name, v := range map[string]any{
		"file":            json.RawMessage(bundleOf(child())),
		"patient":         served.Patient(child()),
		"answer":          served.Searchset(served.Entries(child()), ""),
		"outcome":         fhir.Outcome(fhir.Issue{Severity: "error", Code: "invalid", Diagnostics: "x", Expression: []string{"Patient.name"}}),
		"whole":           served.Collection(whole()),
		"whole in a file": (&fhir.Encoder{Vaccines: registry.Vaccines()}).Collection(whole()),
		"statement":       fhir.Capabilities("1.2", "2026-11-28", true),
	} {
		t.Run(name, func(t *testing.T) {
			msg, err := u.Unmarshal(marshal(v))
			if err != nil {
				t.Fatalf("%v\nin %s", err, marshal(v))
			}
			again, err := back.Marshal(msg)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(name, "file") {
				// And what it writes of it is read here as the same.
				a, b := decode(t, marshal(v)), decode(t, again)
				if !reflect.DeepEqual(a.People, b.People) {
					t.Errorf("read from the other implementation's hands:\n got %+v\nwant %+v", b.People[0], a.People[0])
				}
			}
		})
	}
	for i := range child().Doses {
		if _, err := u.Unmarshal(marshal(served.Immunization(child(), &child().Doses[i]))); err != nil {
			t.Errorf("dose %d: %v", i, err)
		}
	}
	if _, err := u.Unmarshal([]byte(`{"resourceType":"Immunization","status":"done"}`)); err == nil {
		t.Fatal("the other implementation takes anything")
	}
}
